"""Set-ups that do not connect, and what the doctor says of each: data of the tests and of a page.

`doctor_setups` makes each for real, by a function of the same name; `doc/connecting.py` writes the
page "If it does not connect" from this table. `...` stands for what differs from run to run.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ['CASES', 'Case', 'SECTIONS']

SECTIONS = {
    'network': "The host is not found, or does not answer",
    'tls': "Certificates and TLS",
    'proxy': "Proxies",
    'service': "Something else answers",
    'sign-in': "Signing in: 401 Unauthorized and API keys",
    'account': "Workspaces, projects and rights",
    'settings': "Settings, files and folders",
}


@dataclass(frozen=True)
class Case:
    """One set-up.

    :ivar name: of the function that makes it.
    :ivar section: a key of `SECTIONS`.
    :ivar title: the set-up in words.
    :ivar seen: error texts that people see then, and search for; one of them is in the error that
        the doctor keeps, if it keeps one.
    :ivar check: the check that finds it.
    :ivar verdict: ok, note, warning or failure.
    :ivar text: what the doctor says.
    :ivar advice: what it says to do.
    """

    name: str
    section: str
    title: str
    seen: tuple[str, ...]
    check: str
    verdict: str
    text: str
    advice: str


def _in(section, *rows):
    return [Case(row[0], section, *row[1:]) for row in rows]


CHECK_NAME = (
    "Check its spelling, the VPN and DNS; a network that needs a proxy wants"
    " HTTPS_PROXY=http://host:port."
)
CHECK_PORT = (
    "Check the port, and whether the service runs; a network that needs a proxy wants"
    " HTTPS_PROXY=http://host:port."
)
BETWEEN = "Check server and port, and what stands in between (proxy, firewall, VPN)."
HANGS = (
    "The service or a proxy in between hangs: try again later, or allow more with"
    " timeout=(connect seconds, read seconds)."
)
BREAKS_OFF = (
    "The connection broke while the answer was awaited or read. Where it always does, check"
    " scheme (https or http) and port of the server, and what stands in between."
)
PROXY_PASSWORD = (
    "Put user and password into it: HTTPS_PROXY=http://<user>:<password>@...; signs like @"
    " and : in them are written %40 and %3A."
)
ITS_AUTHORITY = (
    "give its authority (PEM) with verify_ssl_cert=<file> or in REQUESTS_CA_BUNDLE;"
    " verify_ssl_cert=False trusts anyone."
)
SOMETHING_ELSE = (
    "Something answers in place of Rally: a sign-in page (SSO), a captive portal, a proxy, or"
    " another server. Open ... in a browser, check server and proxy; with SSO an API key is needed."
)
ENDS_ELSEWHERE = (
    "References, redirects and addresses are followed on the configured server only. If the"
    " service moved there, give that server when connecting; a sign-in page of single sign-on"
    " needs an API key."
)
NOT_PASSED = (
    "The proxy does not let this host through: ask whoever runs it, or take the host out with"
    " NO_PROXY if it is reached without one. ..."
)
OF_KEYS = (
    "The key is wrong, was revoked or has expired, its user is disabled, or the subscription allows"
    " no API keys. Make a new one in Rally, under API Keys, and copy it alone."
)
OF_PASSWORDS = (
    "User or password is wrong, the user is disabled or locked, or the account signs in through"
    " SSO, which needs an API key. The service says the same of all."
)
EXACTLY = "Names are compared letter by letter; what is closed, or not permitted, is not seen."

CASES = (
    *_in(
        'network',
        (
            'unknown_host',
            "The host name is misspelt, or DNS does not know it",
            (
                'getaddrinfo failed',
                'NameResolutionError',
                'Name or service not known',
                'nodename nor servname provided',
                'Temporary failure in name resolution',
                'No address associated with hostname',
            ),
            'DNS',
            'failure',
            "the host name 'rally1.rallydev.invalid' is not known: ...",
            "Did you mean rally1.rallydev.com? " + CHECK_NAME,
        ),
        (
            'impossible_host',
            "The host name is none that could exist",
            ('label too long', 'label empty or too long', 'Failed to parse: Invalid host'),
            'DNS',
            'failure',
            "the host name 'rallyrally...' is not known: ...",
            CHECK_NAME,
        ),
        (
            'closed_port',
            "Nothing listens at that port",
            ('Connection refused', 'NewConnectionError', 'WinError 10061'),
            'TCP',
            'failure',
            "127.0.0.1:... takes no connection: ...",
            CHECK_PORT,
        ),
        (
            'closed_port_of_ipv6',
            "The server is given by an IPv6 address, where nothing listens",
            ('Connection refused', 'Network is unreachable', 'Cannot assign requested address'),
            'TCP',
            'failure',
            "[::1]:... takes no connection: ...",
            CHECK_PORT,
        ),
        (
            'silent_with_tls',
            "The server takes the connection and never answers (https)",
            ('ConnectTimeout', 'handshake operation timed out', 'timed out'),
            'TLS',
            'failure',
            "127.0.0.1:... takes the connection, and answers nothing in ... s",
            BETWEEN,
        ),
        (
            'silent',
            "The server takes the connection and never answers (http)",
            ('ReadTimeout', 'Read timed out'),
            'service',
            'failure',
            "127.0.0.1:... takes the connection, and gives no answer in ... s",
            HANGS,
        ),
        (
            'slow_service',
            "The service needs longer than the time limit",
            ('ReadTimeout', 'Read timed out'),
            'service',
            'failure',
            "127.0.0.1:... takes the connection, and gives no answer in ... s",
            HANGS,
        ),
        (
            'hangs_up_with_tls',
            "The connection is closed during the handshake",
            (
                'UNEXPECTED_EOF_WHILE_READING',
                'EOF occurred in violation of protocol',
                'Connection reset by peer',
            ),
            'TLS',
            'failure',
            "the handshake with 127.0.0.1:... broke off: ...",
            BETWEEN,
        ),
        (
            'hangs_up',
            "The connection is closed without an answer",
            ('RemoteDisconnected', 'Connection aborted', 'Connection reset by peer'),
            'service',
            'failure',
            "127.0.0.1:... takes the connection and breaks it off: ...",
            BREAKS_OFF,
        ),
    ),
    *_in(
        'tls',
        (
            'https_at_plain_http',
            "The server speaks plain http, and is asked with https",
            (
                'WRONG_VERSION_NUMBER',
                'wrong version number',
                'record layer failure',
                'unknown protocol',
                'http request',
            ),
            'TLS',
            'failure',
            "127.0.0.1:... speaks plain http, not https",
            "Write the server as 'http://127.0.0.1:...', or give the port of https. Over http,"
            " anyone in between can read the credentials.",
        ),
        (
            'http_at_https',
            "The server speaks https, and is asked with plain http",
            ('BadStatusLine', 'RemoteDisconnected', 'Connection aborted'),
            'service',
            'failure',
            "127.0.0.1:... speaks https, not plain http",
            "Write the server as 'https://127.0.0.1:...'.",
        ),
        (
            'expired',
            "The certificate has expired",
            ('certificate has expired', 'SSLCertVerificationError', 'CERTIFICATE_VERIFY_FAILED'),
            'TLS',
            'failure',
            "the certificate has expired: it was valid to ...",
            "Whoever runs the server must renew it; where it is new, the clock of this machine is"
            " wrong.",
        ),
        (
            'not_yet_valid',
            "The certificate is not yet valid",
            ('certificate is not yet valid', 'SSLCertVerificationError'),
            'TLS',
            'failure',
            "the certificate is not yet valid: it begins at ...",
            "Check the clock of this machine.",
        ),
        (
            'of_another_host',
            "The certificate is of another host",
            (
                'Hostname mismatch',
                'IP address mismatch',
                "hostname 'rally1.rallydev.com' doesn't match",
                'certificate is not valid for',
            ),
            'TLS',
            'failure',
            "the certificate is not for 127.0.0.1, but for rally.acme.example",
            "Give the server by a name that its certificate has (rally.acme.example), and check"
            " what the name leads to here (DNS, hosts file, captive portal).",
        ),
        (
            'no_names',
            "The certificate has a common name (CN) only, and no subjectAltName",
            (
                'Hostname mismatch',
                'IP address mismatch',
                'no appropriate commonName or subjectAltName fields were found',
            ),
            'TLS',
            'failure',
            "the certificate is for no host: it has no subjectAltName, only a subject,"
            " CN=127.0.0.1",
            "Whoever runs the server must renew it with the host in subjectAltName; the common name"
            " (CN) does not count any more.",
        ),
        (
            'for_clients_only',
            "The certificate is refused for another reason (purpose, weak key, SHA-1, CA without"
            " key identifiers)",
            (
                'unsupported certificate purpose',
                'unsuitable certificate purpose',
                'key too weak',
                'Missing Authority Key Identifier',
            ),
            'TLS',
            'failure',
            "the certificate is refused: ... certificate purpose",
            "Whoever runs the server, or the proxy in between, must renew it.",
        ),
        (
            'wants_a_certificate',
            "The server wants a certificate of the client",
            (
                'TLSV13_ALERT_CERTIFICATE_REQUIRED',
                'tlsv13 alert certificate required',
                'SSLV3_ALERT_HANDSHAKE_FAILURE',
            ),
            'service',
            'failure',
            "the handshake with 127.0.0.1:... broke off: [SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED]"
            " tlsv13 alert certificate required",
            "It wants a certificate of the client: set rally.session.cert.",
        ),
        (
            'self_signed',
            "The certificate is self-signed",
            ('self-signed certificate', 'self signed certificate'),
            'TLS',
            'failure',
            "the certificate is self-signed, by ...",
            "Where it is the right one, " + ITS_AUTHORITY,
        ),
        (
            'unknown_authority',
            "The authority that issued the certificate is not trusted here",
            (
                'unable to get local issuer certificate',
                'self-signed certificate in certificate chain',
                'CERTIFICATE_VERIFY_FAILED',
            ),
            'TLS',
            'failure',
            "the certificate is issued by ..., an authority that is not trusted here",
            "If your organisation issues certificates of its own, "
            + ITS_AUTHORITY
            + " If the authority is a public one, the server leaves out a certificate between (an"
            " incomplete chain), which whoever runs it must add.",
        ),
        (
            'intercepting_proxy',
            "A proxy opens TLS connections, with certificates of its own (Zscaler, Netskope, ...)",
            (
                'unable to get local issuer certificate',
                'self-signed certificate in certificate chain',
            ),
            'TLS',
            'failure',
            "the certificate is issued by ...Zscaler...: a proxy that opens connections and reads"
            " them",
            "Ask those who run it for the certificate of its authority (PEM), and give it with"
            " verify_ssl_cert=<file> or in REQUESTS_CA_BUNDLE; verify_ssl_cert=False trusts"
            " anyone.",
        ),
        (
            'expires_soon',
            "The certificate expires soon",
            (),
            'TLS',
            'warning',
            "the certificate expires in ... days, on ...",
            "Whoever runs the server must renew it.",
        ),
        (
            'only_old_tls',
            "The server speaks old versions of TLS only",
            (
                'UNSUPPORTED_PROTOCOL',
                'unsupported protocol',
                'TLSV1_ALERT_PROTOCOL_VERSION',
                'alert protocol version',
            ),
            'TLS',
            'failure',
            "the server speaks only versions of TLS or SSL that are no longer safe, or none at all",
            "Whoever runs the server, or the proxy in between, must update it: TLS 1.2 is the"
            " least.",
        ),
        (
            'no_common_cipher',
            "The server has no cipher in common with OpenSSL here",
            ('HANDSHAKE_FAILURE', 'handshake failure', 'no shared cipher'),
            'TLS',
            'failure',
            "the handshake with 127.0.0.1:... broke off: ...",
            "It has no cipher in common with OpenSSL here, serves another host name (SNI), or wants"
            " a certificate of the client.",
        ),
        (
            'other_protocol',
            "Something else than TLS or http listens there (ssh, a database)",
            ('WRONG_VERSION_NUMBER', 'wrong version number', 'record layer failure'),
            'TLS',
            'failure',
            "127.0.0.1:... speaks neither TLS nor http",
            BETWEEN,
        ),
        (
            'no_bundle',
            "REQUESTS_CA_BUNDLE or verify_ssl_cert names a file that is not there",
            ('Could not find a suitable TLS CA certificate bundle, invalid path',),
            'certificates',
            'failure',
            "REQUESTS_CA_BUNDLE: there is no file or folder '...'",
            "Give the path of a bundle of certificates (PEM) or of a folder of them.",
        ),
        (
            'folder_without_hashed_names',
            "REQUESTS_CA_BUNDLE or verify_ssl_cert names a folder in which OpenSSL finds nothing",
            ('unable to get local issuer certificate', 'CERTIFICATE_VERIFY_FAILED'),
            'certificates',
            'failure',
            "OpenSSL finds no certificate in the folder '...'",
            "It finds them by names such as 2e5ac55d.0, which 'openssl rehash ...' makes; a file of"
            " certificates (PEM) needs none.",
        ),
        (
            'bundle_without_certificates',
            "The bundle of certificates holds none",
            (
                'NO_CERTIFICATE_OR_CRL_FOUND',
                'no certificate or crl found',
                'unknown error (_ssl.c',
                '[X509]',
            ),
            'certificates',
            'failure',
            "the authorities in '...' cannot be loaded: ...",
            "Give a file of certificates in PEM form, which begin with -----BEGIN CERTIFICATE-----,"
            " with verify_ssl_cert=<file> or in REQUESTS_CA_BUNDLE.",
        ),
        (
            'not_checked',
            "Certificates are not checked (verify_ssl_cert=False)",
            ('InsecureRequestWarning', 'Unverified HTTPS request'),
            'certificates',
            'warning',
            "certificates are not checked (verify_ssl_cert=False): anyone in between can read the"
            " credentials; give a bundle's path instead",
            "",
        ),
    ),
    *_in(
        'proxy',
        (
            'proxy_is_down',
            "The proxy takes no connection",
            ('ProxyError', 'Cannot connect to proxy', 'Connection refused'),
            'proxy',
            'failure',
            "the proxy http://127.0.0.1:... (HTTPS_PROXY) takes no connection: ...",
            "Check HTTPS_PROXY, the network and the VPN. ...",
        ),
        (
            'proxy_is_unknown',
            "The host of the proxy is not known",
            ('ProxyError', 'Name or service not known', 'getaddrinfo failed'),
            'proxy',
            'failure',
            "the host of the proxy http://proxy.invalid:3128 (HTTPS_PROXY) is not known: ...",
            "Check HTTPS_PROXY, the network and the VPN. ...",
        ),
        (
            'proxy_wants_a_password',
            "The proxy asks for a password",
            ('ProxyError 407', '407 Proxy Authentication Required', 'Tunnel connection failed'),
            'proxy',
            'failure',
            "http://127.0.0.1:... (HTTPS_PROXY) asks for a password: 407 Proxy Authentication"
            " Required",
            PROXY_PASSWORD,
        ),
        (
            'proxy_refuses_the_password',
            "The proxy refuses user and password",
            ('ProxyError 407', '407 Proxy Authentication Required', 'Tunnel connection failed'),
            'proxy',
            'failure',
            "http://127.0.0.1:... (HTTPS_PROXY) refuses user and password: 407 Proxy Authentication"
            " Required",
            PROXY_PASSWORD,
        ),
        (
            'proxy_wants_ntlm',
            "The proxy wants NTLM or Kerberos",
            ('407 Proxy Authentication Required', 'Proxy-Authenticate: NTLM'),
            'proxy',
            'failure',
            "http://127.0.0.1:... (HTTPS_PROXY) asks for a password: 407 Proxy Authentication"
            " Required",
            "It wants NTLM, which requests does not speak: ask for an exception, or run a local"
            " proxy that signs in (cntlm, px). Put user and password into it: ...",
        ),
        (
            'proxy_refuses_the_host',
            "The proxy does not let the host through",
            ('Tunnel connection failed: 403 Forbidden', 'ProxyError'),
            'proxy',
            'failure',
            "http://127.0.0.1:... (HTTPS_PROXY) opens no tunnel to 127.0.0.1:...: 403 Forbidden",
            NOT_PASSED,
        ),
        (
            'proxy_wants_a_sign_in',
            "The proxy wants a sign-in on a page of its own",
            ('Tunnel connection failed: 511', 'Network Authentication Required'),
            'proxy',
            'failure',
            "http://127.0.0.1:... (HTTPS_PROXY) opens no tunnel to 127.0.0.1:...: 511 Network"
            " Authentication Required",
            "It wants a sign-in on a page of its own: open any page in a browser by this proxy."
            " ...",
        ),
        (
            'proxy_does_not_reach_it',
            "The proxy does not reach the server",
            ('Tunnel connection failed: 502 Bad Gateway', '503 Service Unavailable'),
            'proxy',
            'failure',
            "http://127.0.0.1:... (HTTPS_PROXY) opens no tunnel to 127.0.0.1:...: 502 Bad Gateway",
            "The proxy does not reach the server: check its name and port, and ask whoever runs the"
            " proxy. ...",
        ),
        (
            'proxy_is_none',
            "What is named as the proxy is another server",
            ('ProxyError', 'Tunnel connection failed', 'RemoteDisconnected'),
            'proxy',
            'failure',
            "http://127.0.0.1:... (HTTPS_PROXY) opens no tunnel to 127.0.0.1:...: 40...",
            "It seems to be a web server, not a proxy: check host and port in HTTPS_PROXY. ...",
        ),
        (
            'proxy_hangs_up',
            "The proxy closes the connection",
            ('ProxyError', 'RemoteDisconnected', 'it closed the connection'),
            'proxy',
            'failure',
            "http://127.0.0.1:... (HTTPS_PROXY) does not answer as a proxy: it closed the"
            " connection",
            "Check host and port in HTTPS_PROXY. ...",
        ),
        (
            'proxy_answers_with_a_page',
            "What is named as the proxy answers everything with a page",
            ('ProxyError', 'WRONG_VERSION_NUMBER', 'wrong version number'),
            'proxy',
            'failure',
            "http://127.0.0.1:... (HTTPS_PROXY) does not answer as a proxy: it sends a page where a"
            " tunnel belongs",
            "Check host and port in HTTPS_PROXY. ...",
        ),
        (
            'proxy_with_https',
            "The proxy is given with https, and speaks plain http",
            (
                'Your proxy appears to only use HTTP and not HTTPS',
                'WRONG_VERSION_NUMBER',
                'ProxyError',
            ),
            'proxy',
            'failure',
            "https://127.0.0.1:... (HTTPS_PROXY) speaks plain http, as most proxies do",
            "Write HTTPS_PROXY=http://127.0.0.1:...; it carries https all the same. ...",
        ),
        (
            'proxy_cannot_be_read',
            "The address of the proxy is none",
            ('InvalidProxyURL', 'Please check proxy URL', 'Failed to parse'),
            'proxy',
            'failure',
            "the address of the proxy cannot be read: ...",
            "Write HTTPS_PROXY=http://host:port.",
        ),
        (
            'proxy_for_this_machine',
            "A proxy of the environment gets requests for this machine (localhost, an emulator)",
            ('403 Forbidden', 'ProxyError', '503 Service Unavailable'),
            'proxy',
            'warning',
            "http://127.0.0.1:... (HTTP_PROXY) takes connections, also for this machine",
            "Name the hosts that need no proxy in NO_PROXY, as in NO_PROXY=localhost,127.0.0.1.",
        ),
        (
            'proxy_answers_407_to_http',
            "The proxy asks for a password (plain http)",
            ('407 Proxy Authentication Required',),
            'service',
            'failure',
            "the proxy on the way to http://127.0.0.1:... asks for a password, or refuses the one"
            " it gets (407: a page titled 'The proxy of Acme')",
            "Put user and password into it: HTTP_PROXY=http://<user>:<password>@host:port.",
        ),
        (
            'proxy_for_the_other_scheme',
            "A proxy is set for the other scheme only",
            ('HTTP_PROXY',),
            'proxy',
            'note',
            "none: HTTPS_PROXY is set, and is not for http",
            "Set HTTP_PROXY if a proxy is needed.",
        ),
    ),
    *_in(
        'service',
        (
            'sign_in_page',
            "A sign-in page, captive portal or another server answers with HTML",
            ('was not JSON content', 'JSONDecodeError', 'Expecting value: line 1 column 1'),
            'service',
            'failure',
            "http://127.0.0.1:... answers a page titled 'Sign in to Acme' where JSON belongs",
            SOMETHING_ELSE,
        ),
        (
            'redirected_to_sso',
            "A redirect leads to the sign-in page of single sign-on (SSO)",
            ('Refused to send credentials to', 'TooManyRedirects', '302 Found'),
            'service',
            'failure',
            "Refused to send credentials to 'https://sso.acme.example/login': this connection"
            " belongs to 'http://127.0.0.1:...'",
            ENDS_ELSEWHERE,
        ),
        (
            'redirected_to_a_sign_in_page',
            "A redirect leads to a sign-in page on the same host",
            ('was not JSON content', 'JSONDecodeError', 'Expecting value: line 1 column 1'),
            'service',
            'failure',
            "http://127.0.0.1:..., which leads on to http://127.0.0.1:.../login, answers a page"
            " titled 'Sign in to Acme' where JSON belongs",
            SOMETHING_ELSE,
        ),
        (
            'redirects_in_a_circle',
            "Redirects lead in a circle",
            ('TooManyRedirects', 'Exceeded 30 redirects', 'redirects in a circle'),
            'service',
            'failure',
            "a redirect of http://127.0.0.1:... leads nowhere: the service redirects in a circle",
            "A sign-in page, a proxy or a service that moved answers so: open the address in a"
            " browser, and give the server it ends at.",
        ),
        (
            'other_web_server',
            "The host serves something else",
            ('404 Target host', '404 Not Found'),
            'service',
            'failure',
            "there is no Rally Web Services API at http://127.0.0.1:... (404: a page titled 'Error"
            " response')",
            "Check the name of the server: it is the host alone, such as rally1.rallydev.com.",
        ),
        (
            'other_json_service',
            "The host serves JSON of another kind",
            ('KeyError', 'does not say who is asking'),
            'service',
            'failure',
            "http://127.0.0.1:... answers, and not as Rally does: ...",
            "...",
        ),
        (
            'captcha',
            "A gateway wants a captcha, or forbids the client",
            ('403 Forbidden', 'Attention Required', 'Just a moment...'),
            'service',
            'failure',
            "http://127.0.0.1:... forbids it (403: a page titled 'Just a moment...')",
            "A gateway or firewall in between may want a captcha or another network: open the"
            " server in a browser, and ask whoever runs the gateway.",
        ),
        (
            'addresses_are_limited',
            "The subscription serves only some IP addresses",
            ('is not within the allowed range',),
            'service',
            'failure',
            "...Your IP address, 10.1.2.3, is not within the allowed range...",
            "The subscription serves only some addresses: ask its administrator for yours, or go"
            " through the network it expects.",
        ),
        (
            'too_many_requests',
            "The service asks for fewer requests",
            ('429 Too Many Requests', 'Retry-After', 'RateLimitedError'),
            'service',
            'failure',
            "http://127.0.0.1:... asks for fewer requests (429: ...)",
            "Wait a while; other scripts of this account may be running. The service serves 12"
            " requests of one user at a time. It asks to wait 7 s.",
        ),
        (
            'unavailable',
            "The service is down for maintenance",
            ('503 Service Unavailable', '502 Bad Gateway', '504 Gateway Timeout'),
            'service',
            'failure',
            "http://127.0.0.1:... fails (503: ...)",
            "The service, or a gateway before it, has trouble: try again later; where it lasts, ask"
            " those who run it.",
        ),
        (
            'damaged_compression',
            "The answer says gzip, and is none",
            (
                'Error -3 while decompressing data',
                'incorrect header check',
                'ContentDecodingError',
                'incorrect data check',
            ),
            'service',
            'failure',
            "127.0.0.1:... takes the connection and breaks it off: ...",
            BREAKS_OFF,
        ),
        (
            'endless_answer',
            "The answer is larger than any of Rally",
            ('MemoryError', 'the answer is larger than max_answer'),
            'service',
            'failure',
            "The answer of 'http://127.0.0.1:...' is too large",
            "max_answer=bytes, or a pair (as sent, decompressed), allows more; a smaller pagesize,"
            " fewer fetch names or a narrower query need less.",
        ),
        (
            'clock_is_wrong',
            "The clock of this machine is wrong",
            ('certificate is not yet valid', 'certificate has expired'),
            'clock',
            'warning',
            "this machine is ... days ahead of the service (Thu, 01 Jan 2015 00:00:00 GMT)",
            "Set the clock of this machine (NTP): certificates, dates in queries and logs go wrong"
            " with it. A cache in between may show an old date, too.",
        ),
    ),
    *_in(
        'sign-in',
        (
            'wrong_key',
            "The API key is wrong, or was revoked",
            ('401 Unauthorized', 'Invalid credentials', 'AuthenticationError'),
            'sign-in',
            'failure',
            "401 Unauthorized: the service does not take the API key",
            OF_KEYS,
        ),
        (
            'gateway_wants_a_sign_in',
            "A gateway before the service wants a sign-in of its own (Kerberos, NTLM)",
            ('401 Unauthorized', 'Invalid credentials'),
            'sign-in',
            'failure',
            "401 Unauthorized: the service does not take the API key",
            "Rally says it in other words, so that what answers may not be Rally: check the server"
            " and what stands in between, such as a gateway with a sign-in of its own; then the"
            " credentials.",
        ),
        (
            'wrong_password',
            "User or password is wrong",
            (
                '401 Unauthorized',
                'The username or password you entered is incorrect',
                'Invalid credentials',
            ),
            'sign-in',
            'failure',
            "401 Unauthorized: the service does not take user and password",
            OF_PASSWORDS,
        ),
        (
            'disabled_user',
            "The user is disabled",
            ('401 Unauthorized', 'The username or password you entered is incorrect'),
            'sign-in',
            'failure',
            "401 Unauthorized: the service does not take user and password",
            OF_PASSWORDS,
        ),
        (
            'key_of_a_disabled_user',
            "The user of the API key is disabled",
            ('401 Unauthorized', 'Invalid credentials'),
            'sign-in',
            'failure',
            "401 Unauthorized: the service does not take the API key",
            OF_KEYS,
        ),
        (
            'no_credentials',
            "Nothing is given to sign in with",
            (
                'Full authentication is required to access this resource',
                'An Authentication object was not found in the SecurityContext',
            ),
            'credentials',
            'failure',
            "neither an API key nor user and password are given",
            "Give an API key (apikey, or APIKEY in the environment or a config file), or user and"
            " password.",
        ),
        (
            'password_as_key',
            "What is given as the API key is a password",
            ('401 Unauthorized',),
            'credentials',
            'warning',
            "the API key does not begin with an underscore, as all keys do; it may be a password or"
            " a user name",
            "Give an API key as apikey, and what belongs to a user as user and password.",
        ),
        (
            'key_as_password',
            "What is given as the password is an API key",
            ('401 Unauthorized',),
            'credentials',
            'warning',
            "the password looks like an API key",
            "Give an API key as apikey, without user and password.",
        ),
        (
            'key_with_a_blank',
            "There is a blank within the API key",
            ('Invalid leading whitespace, reserved character(s)', 'InvalidHeader'),
            'credentials',
            'failure',
            "apikey holds white space or signs no key has",
            "Copy the key alone: it begins with an underscore.",
        ),
        (
            'key_with_a_line_end',
            "The API key was read from a file, with the end of the line",
            ('Invalid header value', 'InvalidHeader'),
            'credentials',
            'note',
            "there is white space around the API key, which is left out",
            "Take it out where the key comes from.",
        ),
        (
            'key_in_quotes',
            "There are quotes around the API key",
            ('401 Unauthorized', 'Invalid credentials'),
            'credentials',
            'warning',
            "there are quotes around the API key",
            "Take them out where the key comes from.",
        ),
        (
            'helper_outside_a_profile',
            "A helper is named outside a profile",
            ('401 Unauthorized', 'Invalid credentials'),
            'credentials',
            'warning',
            "the password names a helper, and is sent as it is: only a profile of your own file has"
            " it looked up",
            "Put it into a profile of '.../pyral/config'.",
        ),
        (
            'user_with_a_colon',
            "The user holds a colon",
            ('401 Unauthorized', 'Invalid credentials'),
            'credentials',
            'failure',
            "the user holds a colon, which ends the user where user and password are sent",
            "Give the user name alone, which is mostly an email address.",
        ),
        (
            'user_with_a_blank',
            "There is white space around the user",
            ('401 Unauthorized', 'Invalid credentials'),
            'credentials',
            'warning',
            "there is white space or a quote around the user (ann@example.com ), which is sent"
            " with it",
            "Take it out where the user comes from.",
        ),
        (
            'user_without_password',
            "A user is given without a password",
            ('401 Unauthorized',),
            'credentials',
            'failure',
            "user ann@example.com is given without a password",
            "Give the password, too, or an API key as apikey.",
        ),
        (
            'password_without_user',
            "A password is given without a user",
            ('401 Unauthorized',),
            'credentials',
            'failure',
            "a password is given without a user",
            "Give the user, too; if this is an API key, give it as apikey.",
        ),
        (
            'wrong_netrc',
            "Nothing is given, and the netrc file has another password for the host",
            ('401 Unauthorized', '.netrc'),
            'sign-in',
            'failure',
            "401 Unauthorized: the service does not take what the netrc file gives",
            OF_PASSWORDS,
        ),
        (
            'key_of_somebody_else',
            "The API key belongs to another user than the one that is given",
            (),
            'sign-in',
            'note',
            "the API key belongs to ann@example.com, not to the user that is given, ed@example.com",
            "",
        ),
    ),
    *_in(
        'account',
        (
            'read_only_key',
            "The API key is read-only",
            ('401 Unauthorized', 'This API key is read-only', 'Not authorized to perform action'),
            'writing',
            'warning',
            "the API key is read-only: reads succeed, writes are refused with 401",
            "That is right for reports. To write, make a key with full access in Rally, under API"
            " Keys.",
        ),
        (
            'unknown_workspace',
            "The workspace that is named is not seen",
            ('either does not exist or the user does not have permission to access',),
            'workspace',
            'failure',
            "the account sees no open workspace 'Mian'",
            "Did you mean Main? " + EXACTLY,
        ),
        (
            'unknown_project',
            "The project that is named is not seen",
            ('does not contain an accessible Project with the name of',),
            'project',
            'failure',
            "the account sees no open project 'Team C'",
            "Did you mean Team ...? " + EXACTLY,
        ),
        (
            'no_default_workspace',
            "No workspace is named, and the account has no default",
            ('there is no DefaultWorkspace setting for the user',),
            'workspace',
            'failure',
            "No Workspace was specified and there is no DefaultWorkspace setting for the user",
            "Give workspace=<name>; the account sees Main, Other.",
        ),
        (
            'no_projects',
            "The account sees no project in the workspace",
            ('No accessible Projects found in the Workspace',),
            'project',
            'failure',
            "the account sees no open project in workspace 'Other'",
            "Ask an administrator for a permission to a project, or name another workspace.",
        ),
    ),
    *_in(
        'settings',
        (
            'server_with_a_path',
            "The server is given with the path of the web service",
            ("404 Target host", "is either not reachable or doesn't support the Rally WSAPI"),
            'server',
            'failure',
            "'https://rally1.rallydev.com/slm/webservice/v2.0' cannot be used as the name of a"
            " server",
            "The server's name cannot be used: it holds a path ('/slm/webservice/v2.0'). Give host,"
            " host:port, or http(s)://host[:port], for example 'https://rally1.rallydev.com'.",
        ),
        (
            'server_with_another_scheme',
            "The server is given with another scheme",
            ("404 Target host",),
            'server',
            'failure',
            "'ftp://rally1.rallydev.com' cannot be used as the name of a server",
            "The server's name cannot be used: scheme 'ftp' is not http or https. Give host,"
            " host:port, or http(s)://host[:port], for example 'rally1.rallydev.com'.",
        ),
        (
            'plain_http_elsewhere',
            "The server is given with plain http, and is not this machine",
            (),
            'server',
            'warning',
            "http://rally.acme.invalid is plain http: anyone in between can read the credentials",
            "Write https:// unless this is a server for tests.",
        ),
        (
            'no_config_file',
            "The config file that is named is not there",
            ('No such file or directory', 'does not exist'),
            'settings',
            'failure',
            "config file 'nowhere' (named by --config) does not exist",
            "Looked for '.../nowhere' and '.../nowhere.cfg'.",
        ),
        (
            'config_file_in_utf_16',
            "The config file was saved as UTF-16",
            ('UnicodeDecodeError',),
            'settings',
            'failure',
            "config file '...', line 1: it is UTF-16; save it as UTF-8",
            "Mend the file, or name another one.",
        ),
        (
            'misspelt_name_in_a_file',
            "A name in the config file is misspelt",
            (),
            'settings',
            'warning',
            "config file '...', line 2: 'PROJET' is not a setting; did you mean PROJECT?",
            "What is not understood has no effect: mend it, or take it out.",
        ),
        (
            'profile_without_a_name',
            "The file of profiles has settings before the first [profile]",
            (),
            'settings',
            'warning',
            "config file '...', line 1: it stands before the first [profile], such as [default],"
            " and sets nothing",
            "What is not understood has no effect: mend it, or take it out.",
        ),
        (
            'misspelt_profile',
            "The name of a profile is misspelt",
            (),
            'settings',
            'failure',
            "there is no profile 'Porduction' (named by RALLY_PROFILE) in '...'",
            "Did you mean production? Profiles there: production.",
        ),
        (
            'profile_link_leads_nowhere',
            "The file of profiles is a link that leads nowhere",
            ('No such file or directory', 'Too many levels of symbolic links'),
            'settings',
            'failure',
            "config file '...' cannot be read: Too many levels of symbolic links",
            "Mend the file, or name another one.",
        ),
        (
            'misspelt_option',
            "An option is misspelt",
            (),
            'settings',
            'warning',
            "option --rallyPrject is not one of ours and sets nothing; did you mean"
            " --rallyProject?",
            "What is not understood has no effect: mend it, or take it out.",
        ),
        (
            'key_and_password',
            "An API key and a password are given",
            (),
            'settings',
            'note',
            "an API key and a password are given; the key is used, the password is not sent",
            "",
        ),
        (
            'folder_that_cannot_be_written',
            "The schema cannot be kept between processes",
            ('Permission denied', 'Read-only file system'),
            'schema cache',
            'warning',
            "the folder '...' cannot be written: ...",
            "Scripts run, and read the schema anew each time. Make it writable, or name another"
            " folder in PYRAL_SCHEMA_CACHE.",
        ),
        (
            'damaged_schema',
            "A kept schema is damaged",
            (),
            'schema cache',
            'warning',
            "'...' is not used: it is damaged",
            "Remove the file; the schema is read anew, and kept again.",
        ),
        (
            'schema_of_another_server',
            "A kept schema is of another server",
            (),
            'schema cache',
            'warning',
            "'...' is not used: it is of another server",
            "Remove the file; the schema is read anew, and kept again.",
        ),
    ),
)

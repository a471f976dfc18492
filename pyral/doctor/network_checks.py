"""Checks of the way to the server: proxy, DNS, TCP and TLS. No request reaches the service."""
from __future__ import absolute_import, division, print_function

import re
import socket
import time
from functools import partial

from pyral._compat import ensure_text, fill, text_of
from pyral.config import SERVER
from pyral.doctor.examined_setup import LOOK_S
from pyral.doctor.finding import FAILURE, NOTE, OK, WARNING
from pyral.doctor.network import (
    TimeLeft,
    addresses_of,
    certificate_facts,
    connect,
    is_loopback,
    peer_certificate,
    reason_seen,
    speaks_http,
    tunnel,
)
from pyral.errors import first_names, nearest
from pyral.http import certificates
from pyral.http.library import checks_names, tls_context
from pyral.redact import mask_proxy

try:
    import ssl
except ImportError:  # a Python that was built without it speaks no TLS
    ssl = None

__all__ = ['advice_on_handshake', 'check_dns', 'check_proxy', 'check_tcp', 'check_tls']

_NO_PROXY_HERE = u"Name the hosts that need no proxy in NO_PROXY, as in NO_PROXY=localhost,{0}."
_PASSWORD = (u"Put user and password into it: {0}=http://<user>:<password>@{1}; signs like @ and "
             u": in them are written %40 and %3A.")
#: Who issues certificates for connections that it opens and reads.
_INTERCEPTORS = re.compile(
    u'(?i)zscaler|netskope|blue ?coat|symantec web|palo ?alto|fortinet|fortigate|sophos|mcafee web|'
    u'umbrella|forcepoint|websense|check ?point|avast|kaspersky|eset ssl|bitdefender|mitmproxy|'
    u'charles proxy|fiddler|portswigger|squid|proxy|firewall|gateway|inspection|interception')
_DAYS_BEFORE = 21
#: What a proxy answers until somebody signs in on a page of its own.
_OF_SIGN_IN_PAGES = (301, 302, 303, 307, 308, 511)
#: What a web server answers to CONNECT, and what to do then.
_OF_WEB_SERVERS = (400, 404, 405, 501)
_NO_PROXY_AT_ALL = u"It seems to be a web server, not a proxy: check host and port in {0}. {1}"
_OLD = re.compile(u'(?i)unsupported[_ ]protocol|protocol[_ ]version|no[_ ]protocols[_ ]available|'
                  u'version[_ ]too[_ ]low|legacy[_ ]sigalg')
#: What OpenSSL says of a handshake that broke off before a certificate was judged.
_BROKEN = (
    (u'(?i)renegotiation', u"Its TLS is of old: OpenSSL 3 refuses it. Whoever runs it, or the "
     u"proxy in between, must update it."),
    (u'(?i)unrecognized[_ ]name', u"The server does not know the host name that was asked for "
     u"(SNI): give the server by the name that it serves."),
    (u'(?i)certificate[_ ]required|bad[_ ]certificate', u"It wants a certificate of the client: "
     u"set rally.session.cert."),
    (u'(?i)key[_ ]too[_ ]small|md[_ ]too[_ ]weak', u"Its certificate or key is too weak for "
     u"OpenSSL here: whoever runs the server must renew it."),
    (u'(?i)handshake[_ ]failure|no[_ ]shared[_ ]cipher', u"It has no cipher in common with OpenSSL "
     u"here, serves another host name (SNI), or wants a certificate of the client."),
)
_HANDSHAKE = u"Check server and port, and what stands in between (proxy, firewall, VPN)."


def _words(error):
    """Return what an error of the system says, without its number."""
    reason = getattr(error, 'strerror', None)
    return text_of(reason) if reason else text_of(error) or type(error).__name__


def check_proxy(setup):
    """Which proxy is used and why, whether it answers, and whether it asks for a password."""
    base, environ = setup.base_url, setup.environ.reveal()
    names = _variables(base.scheme)
    named = [name for name in names if environ.get(name)]
    try:
        setup.proxy = setup.proxy_address()
    except ValueError as error:
        yield setup.finding('proxy', FAILURE, fill(u"the address of the proxy cannot be read: {0}",
                                                   error),
                            fill(u"Write {0}=http://host:port.", (named or names)[0]))
        return
    if setup.proxy is None:
        for finding in _without_proxy(setup, named, environ):
            yield finding
        return
    shown = ensure_text(mask_proxy(setup.proxy.scheme + '://' + setup.proxy.netloc))
    source = named[0] if named else u'rally.session'
    facts = {'proxy': shown, 'source': source, 'has_password': setup.proxy.has_password}
    values = set(environ[name] for name in named[:2] if name.lower() == named[0].lower())
    if len(values) > 1:
        yield setup.finding('proxy', NOTE, fill(u"{0} differ; {1} is used", u' and '.join(
            named[:2]), source))
    local = _NO_PROXY_HERE.format(base.host.strip('[]')) if is_loopback(base.host) else u''
    advice = fill(u"Check {0}, the network and the VPN. {1}", source, local)
    left = setup.left()
    try:
        sock, failed = connect(addresses_of(setup.proxy.host, setup.proxy.port), left)
    except (EnvironmentError, UnicodeError) as error:
        yield setup.finding('proxy', FAILURE, fill(
            u"the host of the proxy {0} ({1}) is not known: {2}", shown, source, _words(error)),
            advice, dict(facts, error=text_of(error)))
        return
    if sock is None:
        yield setup.finding('proxy', FAILURE, fill(
            u"the proxy {0} ({1}) takes no connection: {2}", shown, source, _words(failed[-1][1])),
            advice, dict(facts, error=text_of(failed[-1][1])))
        return
    try:
        yield _answer_of_proxy(setup, sock, shown, source, facts, local, left)
    finally:
        sock.close()


def _variables(scheme):
    return [scheme.upper() + '_PROXY', scheme + '_proxy', 'ALL_PROXY', 'all_proxy']


def _without_proxy(setup, named, environ):
    others = [name for name in ('HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy')
              if environ.get(name) and name.partition('_')[0].lower() != setup.base_url.scheme]
    no_proxy = environ.get('NO_PROXY') or environ.get('no_proxy')
    if named:
        text = fill(u"none: NO_PROXY ({0}) takes this host out of {1}", no_proxy, named[0]) \
            if no_proxy else fill(u"none: the session has none, though {0} is set", named[0])
        yield setup.finding('proxy', OK, text)
    elif others:
        yield setup.finding('proxy', NOTE, fill(
            u"none: {0} is set, and is not for {1}", others[0], setup.base_url.scheme),
            fill(u"Set {0}_PROXY if a proxy is needed.", setup.base_url.scheme.upper()))
    else:
        yield setup.finding('proxy', OK, u"none")


def _answer_of_proxy(setup, sock, shown, source, facts, local, left):
    proxy, base = setup.proxy, setup.base_url
    if proxy.scheme == 'https':
        opener = partial(_opened_proxy, proxy, min(setup.limit_s, LOOK_S))
        if peer_certificate(opener, proxy.host) is None and speaks_http(opener):
            return setup.finding('proxy', FAILURE, fill(
                u"{0} ({1}) speaks plain http, as most proxies do", shown, source), fill(
                u"Write {0}=http://{1}; it carries https all the same. {2}", source, proxy.netloc,
                local), facts)
    if proxy.scheme != 'http' or base.scheme == 'http':
        # Requests are passed on; what it says of them is seen where the service is asked.
        verdict = WARNING if local else OK
        return setup.finding('proxy', verdict, fill(
            u"{0} ({1}) takes connections{2}", shown, source,
            u", also for this machine" if local else u""), local, facts)
    try:
        status, reason, headers, rest = tunnel(sock, proxy, base.host, base.port, left)
    except EnvironmentError as error:
        return setup.finding('proxy', FAILURE, fill(
            u"{0} ({1}) does not answer as a proxy: {2}", shown, source, _words(error)),
            fill(u"Check host and port in {0}. {1}", source, local),
            dict(facts, error=text_of(error)))
    facts = dict(facts, status=status)
    told = fill(u"{0} {1}", status, reason)
    if 200 <= status < 300 and (rest or headers.get(u'content-length', u'0') != u'0'):
        return setup.finding('proxy', FAILURE, fill(
            u"{0} ({1}) does not answer as a proxy: it sends a page where a tunnel belongs", shown,
            source), fill(u"Check host and port in {0}. {1}", source, local), facts)
    if 200 <= status < 300:
        return setup.finding('proxy', OK, fill(u"{0} ({1}) opens a tunnel to {2}", shown, source,
                                               base.netloc), facts=facts)
    if status == 407:
        asked = headers.get(u'proxy-authenticate', u'').split(u' ')[0]
        advice = fill(_PASSWORD, source, proxy.netloc)
        if asked and asked.lower() != u'basic':
            advice = fill(u"It wants {0}, which requests does not speak: ask for an exception, or "
                          u"run a local proxy that signs in (cntlm, px). ", asked) + advice
        text = fill(u"{0} ({1}) refuses user and password: {2}", shown, source, told) \
            if proxy.has_password else fill(u"{0} ({1}) asks for a password: {2}", shown, source,
                                            told)
        return setup.finding('proxy', FAILURE, text, advice, facts)
    return setup.finding('proxy', FAILURE, fill(
        u"{0} ({1}) opens no tunnel to {2}: {3}", shown, source, base.netloc, told),
        fill(_NO_PROXY_AT_ALL, source, local) if status in _OF_WEB_SERVERS else
        fill(u"It wants a sign-in on a page of its own: open any page in a browser by this proxy. "
             u"{0}", local) if status in _OF_SIGN_IN_PAGES else
        fill(u"The proxy does not reach the server: check its name and port, and ask whoever runs "
             u"the proxy. {0}", local) if status >= 500 else
        fill(u"The proxy does not let this host through: ask whoever runs it, or take the host out "
             u"with NO_PROXY if it is reached without one. {0}", local), facts)


def _opened_proxy(proxy, limit_s):
    """Return a socket to a proxy, for a second look."""
    left = TimeLeft(limit_s)
    sock, failed = connect(addresses_of(proxy.host, proxy.port), left)
    if sock is None:
        raise failed[-1][1]
    sock.settimeout(left.seconds())
    return sock


def check_dns(setup):
    """Which addresses the host name has."""
    base = setup.base_url
    if setup.proxy is not None:
        yield setup.finding('DNS', OK, u"left to the proxy")
        return
    try:
        setup.addresses = addresses_of(base.host, base.port)
    except (EnvironmentError, UnicodeError) as error:
        near = [each for each in nearest(base.host, [SERVER, 'localhost'], limit=1)
                if each != base.host]
        advice = u"Check its spelling, the VPN and DNS; a network that needs a proxy wants " \
                 u"HTTPS_PROXY=http://host:port."
        if near:
            advice = fill(u"Did you mean {0}? {1}", near[0], advice)
        yield setup.finding('DNS', FAILURE, fill(u"the host name '{0}' is not known: {1}",
                                                 base.host, _words(error)), advice,
                            {'error': text_of(error)})
        return
    found = [address[0] for _, address in setup.addresses]
    yield setup.finding('DNS', OK, fill(u"{0} is {1}", base.host, first_names(found, 3)),
                        facts={'addresses': found})


def check_tcp(setup):
    """Whether the server takes connections."""
    base = setup.base_url
    if setup.proxy is not None:
        yield setup.finding('TCP', OK, u"left to the proxy")
        return
    begun = time.time()
    sock, failed = connect(setup.addresses, setup.left())
    before = [fill(u'{0}: {1}', address, _words(error)) for address, error in failed]
    if sock is None:
        is_late = isinstance(failed[-1][1], socket.timeout)
        text = u"no answer from {0} in {1:g} s" if is_late else u"{0} takes no connection: {2}"
        yield setup.finding('TCP', FAILURE, text.format(
            base.netloc, setup.limit_s, _words(failed[-1][1])),
            u"A firewall may drop what is sent: check network, VPN and proxy (HTTPS_PROXY)."
            if is_late else u"Check the port, and whether the service runs; a network that needs a "
            u"proxy wants HTTPS_PROXY=http://host:port.", {
                'failed': before, 'error': text_of(failed[-1][1])})
        return
    address = sock.getpeername()[0]
    sock.close()
    facts = {'failed': before, 'connect_s': round(time.time() - begun, 4)}
    if failed:
        yield setup.finding('TCP', NOTE, fill(u"{0} takes connections; before it failed {1}",
                                              address, before[0]), facts=facts)
    else:
        yield setup.finding('TCP', OK, fill(u"{0} port {1} takes connections", address, base.port),
                            facts=facts)


def check_tls(setup):
    """The handshake: certificate, host name, authority, and version of TLS."""
    base = setup.base_url
    if base.scheme == 'http':
        yield setup.finding('TLS', OK, u"not used: the server is given with http")
        return
    if setup.proxy is not None and setup.proxy.scheme != 'http':
        yield setup.finding('TLS', OK, fill(u"left to the first request, which goes through a {0} "
                                            u"proxy", setup.proxy.scheme))
        return
    session = setup.transport.session
    context = tls_context(getattr(session, 'verify', True), getattr(session, 'cert', None))
    sock = setup.opened()
    try:
        sock = wrapped = context.wrap_socket(sock, server_hostname=base.host.strip('[]'))
        der = wrapped.getpeercert(True)
        facts = certificate_facts(der)
        if context.verify_mode and not checks_names() and reason_seen(
                der, base.host) == certificates.HOST:
            raise IOError(fill(u"hostname {0} doesn't match", base.host))
        version, cipher = getattr(wrapped, 'version', lambda: None)(), wrapped.cipher()
        facts.update(version=version, cipher=cipher[0] if cipher else None)
    except (EnvironmentError, ValueError) as error:
        yield _of_failed_handshake(setup, error)
        return
    finally:
        sock.close()
    issuer = facts.get('issuer') or u''
    if version in ('SSLv3', 'TLSv1', 'TLSv1.1'):
        yield setup.finding('TLS', WARNING, fill(u"the server speaks {0}, which is no longer safe",
                                                 version),
                            u"Whoever runs the server, or the proxy in between, must update it.",
                            facts)
        return
    days = _days_to(facts.get('valid_to'))
    if days is not None and days < _DAYS_BEFORE:
        yield setup.finding('TLS', WARNING, fill(u"the certificate expires in {0:d} days, on {1}",
                                                 int(days), facts['valid_to']),
                            u"Whoever runs the server must renew it.", facts)
        return
    if _INTERCEPTORS.search(issuer):
        yield setup.finding('TLS', NOTE, fill(u"{0}, certificate by {1}, who seems to open "
                                              u"connections and read them", version, issuer),
                            facts=facts)
        return
    yield setup.finding('TLS', OK, fill(u"{0}, certificate by {1}, valid to {2}", version, issuer
                                        or u'an authority trusted here',
                                        facts.get('valid_to', u'?')), facts=facts)


def _days_to(moment):
    try:
        return (ssl.cert_time_to_seconds(moment) - time.time()) / 86400
    except (TypeError, ValueError, AttributeError):
        return None


def _of_failed_handshake(setup, error):
    """Return the finding of a handshake that failed."""
    base, text = setup.base_url, text_of(error)
    reason = certificates.reason_in(text)
    facts = {'error': text}
    is_late = isinstance(error, socket.timeout) or u'timed out' in text
    is_other = reason == certificates.PLAIN_HTTP
    if (is_other or reason is None and u'verify failed' not in text) \
            and speaks_http(setup.opener()):
        if setup.proxy is not None:
            return setup.finding('TLS', FAILURE, fill(
                u"what the proxy {0} leads to speaks plain http, not https", setup.proxy.netloc),
                fill(u"Check that this is a proxy, and the port of the server, {0}.", base.port),
                facts)
        return setup.finding('TLS', FAILURE, fill(
            u"{0} speaks plain http, not https", base.netloc), fill(
            u"Write the server as 'http://{0}', or give the port of https. Over http, anyone in "
            u"between can read the credentials.", base.netloc), facts)
    if is_late:
        return setup.finding('TLS', FAILURE, fill(
            u"{0} takes the connection, and answers nothing in {1:g} s", base.netloc,
            setup.limit_s), _HANDSHAKE, facts)
    if is_other and not _OLD.search(text):
        return setup.finding('TLS', FAILURE, fill(u"{0} speaks neither TLS nor http",
                                                  base.netloc), _HANDSHAKE, facts)
    if _OLD.search(text):
        return setup.finding('TLS', FAILURE, u"the server speaks only versions of TLS or SSL that "
                             u"are no longer safe, or none at all", u"Whoever runs the server, or "
                             u"the proxy in between, must update it: TLS 1.2 is the least.", facts)
    der = peer_certificate(setup.opener(), base.host)
    known = certificate_facts(der)
    facts.update(known)
    if reason is None and u'verify failed' in text and u'verify failed:' not in text:
        # 2.7 and 3.6 do not say it, and what is left when names and dates are right is a guess.
        reason = reason_seen(der, base.host)
        facts['guessed'] = reason == certificates.AUTHORITY
    if reason in _OF_CERTIFICATES:
        told, advice = _OF_CERTIFICATES[reason]
        if reason in (certificates.AUTHORITY, certificates.SELF_SIGNED) and _INTERCEPTORS.search(
                known.get('issuer') or u''):
            told, advice = _OF_INTERCEPTORS
        if reason == certificates.HOST and known and not known['names']:
            told, advice = _WITHOUT_NAMES
        if facts.get('guessed'):
            advice += u" This Python does not say why it is refused; a newer one does."
        names = first_names(known.get('names') or [known.get('subject') or u'?'])
        return setup.finding('TLS', FAILURE, fill(
            told, host=base.host, names=names, issuer=known.get('issuer') or u'?',
            start=known.get('valid_from') or u'?', end=known.get('valid_to') or u'?'), fill(
            advice, names=names), facts)
    if u'verify failed' in text:
        said = re.search(u'verify failed: ([^(]*)', text)
        return setup.finding('TLS', FAILURE, fill(u"the certificate is refused: {0}", said.group(
            1).strip() if said else text), u"Whoever runs the server, or the proxy in between, "
            u"must renew it.", facts)
    return setup.finding('TLS', FAILURE, fill(u"the handshake with {0} broke off: {1}",
                                              base.netloc, _words(error)),
                         advice_on_handshake(text), facts)


def advice_on_handshake(text):
    """Return what to do where a handshake broke off.

    :param text: what OpenSSL says.
    """
    return next((each for pattern, each in _BROKEN if re.search(pattern, text)), _HANDSHAKE)


_TRUST = (u"give its authority (PEM) with verify_ssl_cert=<file> or in REQUESTS_CA_BUNDLE; "
          u"verify_ssl_cert=False trusts anyone.")
_OF_CERTIFICATES = {
    certificates.HOST: (
        u"the certificate is not for {host}, but for {names}",
        u"Give the server by a name that its certificate has ({names}), and check what the name "
        u"leads to here (DNS, hosts file, captive portal)."),
    certificates.EXPIRED: (
        u"the certificate has expired: it was valid to {end}",
        u"Whoever runs the server must renew it; where it is new, the clock of this machine is "
        u"wrong."),
    certificates.EARLY: (
        u"the certificate is not yet valid: it begins at {start}",
        u"Check the clock of this machine."),
    certificates.SELF_SIGNED: (
        u"the certificate is self-signed, by {issuer}",
        u"Where it is the right one, " + _TRUST),
    certificates.AUTHORITY: (
        u"the certificate is issued by {issuer}, an authority that is not trusted here",
        u"If your organisation issues certificates of its own, " + _TRUST + u" If the authority "
        u"is a public one, the server leaves out a certificate between (an incomplete chain), "
        u"which whoever runs it must add."),
}
_WITHOUT_NAMES = (
    u"the certificate is for no host: it has no subjectAltName, only a subject, {names}",
    u"Whoever runs the server must renew it with the host in subjectAltName; the common name (CN) "
    u"does not count any more.")
_OF_INTERCEPTORS = (
    u"the certificate is issued by {issuer}: a proxy that opens connections and reads them",
    u"Ask those who run it for the certificate of its authority (PEM), and give it with "
    u"verify_ssl_cert=<file> or in REQUESTS_CA_BUNDLE; verify_ssl_cert=False trusts anyone.")

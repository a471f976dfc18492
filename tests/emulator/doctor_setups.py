"""Set-ups that do not connect, made for real on this machine: a function for each of the table.

A function takes the `Servers` and returns the keywords for `examine`. Servers that several set-ups
need are started once.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import ipaddress
import json
import socket
import ssl
import warnings
from pathlib import Path

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from pyral.emulator import Emulator
from tests.contract.forward_proxy import ForwardProxy
from tests.contract.test_tls_and_proxies import self_signed
from tests.emulated import WORLD
from tests.peers import Peer, Scripted, Serving, drain, receive, reply
from tests.threads import GUARD_S

__all__ = ['SETUPS', 'Servers']

KEY, ED = '_annKey0001', 'ed@example.com'
USER, PASSWORD = 'ann@example.com', 'ann-Secret1'
#: Seconds for a check whose peer never answers.
SHORT_S = 0.5
SETUPS = {}


def setup(function):
    """Keep a function under its name."""
    SETUPS[function.__name__] = function
    return function


class TlsPeer(Peer):
    """Shakes hands with a certificate, and answers every request with one answer."""

    def __init__(self, context, answer=None):
        self._context, self._reply = context, answer or page('401 Unauthorized', 'x')
        super().__init__()

    def serve(self, connection):
        """Shake hands and answer one request."""
        connection.settimeout(GUARD_S)
        with self._context.wrap_socket(connection.dup(), server_side=True) as secure:
            received, _ = receive(secure)
            if received:
                secure.sendall(self._reply)


class Closing(Peer):
    """Reads what comes first and closes the connection."""

    def serve(self, connection):
        """Read once."""
        connection.recv(1)


class Silent(Peer):
    """Takes connections and never answers."""

    def serve(self, connection):
        """Read until the other side goes."""
        drain(connection)


class Greeting(Peer):
    """Greets whoever connects, in a protocol of its own."""

    def serve(self, connection):
        """Say which."""
        connection.sendall(b'SSH-2.0-OpenSSH_9.6\r\n')


class Servers:
    """Everything that set-ups share, closed together.

    :ivar folder: for files.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.stack = contextlib.ExitStack()
        self._emulators = {}

    def close(self):
        """End all servers."""
        self.stack.close()

    def begin(self, peer):
        """Return a peer that ends with the others."""
        return self.stack.enter_context(peer)

    @functools.cached_property
    def plain(self):
        """An emulator that listens without TLS."""
        return self.begin(Emulator(world=WORLD))

    @functools.cached_property
    def authority(self):
        """The authority that the set-ups trust, and its path."""
        made, path = trustme.CA(), self.folder / 'authority.pem'
        made.cert_pem.write_to_path(str(path))
        return made, str(path)

    @functools.cached_property
    def secure(self):
        """A TLS server with a right certificate."""
        return self.begin(TlsPeer(self.context()))

    def context(self, signer=None, names=('127.0.0.1',), days=(-1, 300), **options):
        """Return the server side of TLS with a certificate.

        :param days: from when to when it is valid, from today on.
        """
        now = datetime.datetime.now(datetime.timezone.utc)
        start, end = (now + datetime.timedelta(days=each) for each in days)
        issued = (signer or self.authority[0]).issue_cert(
            *names, not_before=start, not_after=end, **options
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issued.configure_cert(context)
        return context

    def with_certificate(self, *args, **options):
        """Return the keywords for a TLS server with a certificate."""
        peer = self.begin(TlsPeer(self.context(*args, **options)))
        return self.of(peer.netloc, REQUESTS_CA_BUNDLE=self.authority[1])

    def of(self, server, **environ):
        """Return the keywords for a server with a right key."""
        return {'server': server, 'apikey': KEY, 'environ': environ}

    def answering(self, *answer):
        """Return the keywords for a server that answers everything with one answer."""
        return self.of(self.begin(Serving(lambda *_: answer)).url)

    def through(self, proxy):
        """Return the keywords for the TLS server by a proxy."""
        return self.of(
            self.secure.netloc,
            HTTPS_PROXY=proxy,
            REQUESTS_CA_BUNDLE=self.authority[1],
        )

    def closed_port(self, host='127.0.0.1', family=socket.AF_INET):
        """Return a port where nothing listens, taken so that no other process gets it."""
        sock = self.stack.enter_context(socket.socket(family))
        sock.bind((host, 0))
        return sock.getsockname()[1]

    def file(self, name, content):
        """Return the path of a file made anew."""
        path = self.folder / name
        path.write_bytes(content)
        return str(path)


def page(status, title, headers=()):
    """Return the bytes of an HTML page."""
    return reply(status, [('Content-Type', 'text/html'), *headers], html(title))


def html(title):
    """Return an HTML page."""
    return f'<html><head><title>{title}</title></head><body>...</body></html>'.encode()


# The network


@setup
def unknown_host(servers):
    return servers.of('rally1.rallydev.invalid')


@setup
def impossible_host(servers):
    return servers.of('rally' * 20 + '.example')


@setup
def closed_port(servers):
    return servers.of(f'127.0.0.1:{servers.closed_port()}')


@setup
def closed_port_of_ipv6(servers):
    try:
        port = servers.closed_port('::1', socket.AF_INET6)
    except OSError:  # this machine has no such address
        port = 1
    return servers.of(f'http://[::1]:{port}')


@setup
def silent_with_tls(servers):
    return {**servers.of(servers.begin(Silent()).netloc), 'time_limit': SHORT_S}


@setup
def silent(servers):
    return {**servers.of(servers.begin(Silent()).url), 'time_limit': SHORT_S}


@setup
def slow_service(servers):
    servers.plain.order_fault('delay', delay_ms=1000 * GUARD_S)
    return {**servers.of(servers.plain.url), 'time_limit': SHORT_S}


@setup
def hangs_up_with_tls(servers):
    return servers.of(servers.begin(Closing()).netloc)


@setup
def hangs_up(servers):
    return servers.of(servers.begin(Closing()).url)


# TLS


@setup
def https_at_plain_http(servers):
    return servers.of(servers.plain.server)


@setup
def http_at_https(servers):
    return servers.of(servers.secure.url)


@setup
def expired(servers):
    return servers.with_certificate(days=(-9, -1))


@setup
def not_yet_valid(servers):
    return servers.with_certificate(days=(1, 9))


@setup
def of_another_host(servers):
    return servers.with_certificate(names=('rally.acme.example',))


def signed(servers, names, usage):
    """Return the server side of TLS with a certificate of the trusted authority, made by hand.

    :param names: extensions that name its hosts.
    :param usage: what its key is for.
    """
    key, path = ec.generate_private_key(ec.SECP256R1()), servers.folder / 'made.pem'
    authority = servers.authority[0]
    issuer = x509.load_pem_x509_certificate(authority.cert_pem.bytes())
    signer = serialization.load_pem_private_key(authority.private_key_pem.bytes(), None)
    now = datetime.datetime.now(datetime.timezone.utc)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, '127.0.0.1')])
    builder = x509.CertificateBuilder(
        issuer.subject,
        subject,
        key.public_key(),
        x509.random_serial_number(),
        now - datetime.timedelta(days=1),
        now + datetime.timedelta(days=90),
    )
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())
    for extension in (*names, identifier, x509.ExtendedKeyUsage([usage])):
        builder = builder.add_extension(extension, critical=False)
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return servers.of(
        servers.begin(TlsPeer(context)).netloc, REQUESTS_CA_BUNDLE=servers.authority[1]
    )


@setup
def no_names(servers):
    return signed(servers, [], ExtendedKeyUsageOID.SERVER_AUTH)


@setup
def for_clients_only(servers):
    address = x509.IPAddress(ipaddress.ip_address('127.0.0.1'))
    names = [x509.SubjectAlternativeName([address])]
    return signed(servers, names, ExtendedKeyUsageOID.CLIENT_AUTH)


@setup
def wants_a_certificate(servers):
    context = servers.context()
    context.load_verify_locations(servers.authority[1])
    context.verify_mode = ssl.CERT_REQUIRED
    peer = servers.begin(TlsPeer(context))
    return servers.of(peer.netloc, REQUESTS_CA_BUNDLE=servers.authority[1])


@setup
def self_signed_certificate(servers):
    names = [str(servers.folder / name) for name in ('own.pem', 'own.key')]
    now = datetime.datetime.now(datetime.timezone.utc)
    self_signed(names, now - datetime.timedelta(days=1), now + datetime.timedelta(days=9))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*names)
    peer = servers.begin(TlsPeer(context))
    return servers.of(peer.netloc, REQUESTS_CA_BUNDLE=servers.authority[1])


@setup
def unknown_authority(servers):
    return servers.with_certificate(trustme.CA())


@setup
def intercepting_proxy(servers):
    authority = trustme.CA(
        organization_name='Zscaler Inc.', organization_unit_name='Zscaler Intermediate'
    )
    return servers.with_certificate(authority)


@setup
def expires_soon(servers):
    return servers.with_certificate(days=(-9, 5))


@setup
def only_old_tls(servers):
    context = servers.context()
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        context.minimum_version = context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers('ALL:@SECLEVEL=0')
    peer = servers.begin(TlsPeer(context))
    return servers.of(peer.netloc, REQUESTS_CA_BUNDLE=servers.authority[1])


@setup
def no_common_cipher(servers):
    context = servers.context(key_type=trustme.KeyType.RSA)
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers('AES128-CCM8:@SECLEVEL=0')
    peer = servers.begin(TlsPeer(context))
    return servers.of(peer.netloc, REQUESTS_CA_BUNDLE=servers.authority[1])


@setup
def other_protocol(servers):
    return servers.of(servers.begin(Greeting()).netloc)


@setup
def no_bundle(servers):
    return servers.of(servers.secure.netloc, REQUESTS_CA_BUNDLE=str(servers.folder / 'nowhere.pem'))


@setup
def folder_without_hashed_names(servers):
    folder = servers.folder / 'authorities'
    folder.mkdir()
    (folder / 'ours.pem').write_bytes(Path(servers.authority[1]).read_bytes())
    return servers.of(servers.secure.netloc, REQUESTS_CA_BUNDLE=str(folder))


@setup
def bundle_without_certificates(servers):
    path = servers.file('empty.pem', b'the certificate comes here\n')
    return servers.of(servers.secure.netloc, REQUESTS_CA_BUNDLE=path)


@setup
def not_checked(servers):
    return {**servers.of(servers.secure.netloc), 'verify_ssl_cert': False}


# Proxies


@setup
def proxy_is_down(servers):
    return servers.through(f'http://127.0.0.1:{servers.closed_port()}')


@setup
def proxy_is_unknown(servers):
    return servers.through('http://proxy.invalid:3128')


@functools.lru_cache(maxsize=None)
def strict_proxy(servers):
    return servers.begin(ForwardProxy('u:right'))


@setup
def proxy_wants_a_password(servers):
    return servers.through(strict_proxy(servers).url)


@setup
def proxy_refuses_the_password(servers):
    return servers.through(strict_proxy(servers).url.replace('//', '//u:wrong-word@'))


@setup
def proxy_wants_ntlm(servers):
    answer = page('407 Proxy Authentication Required', 'x', [('Proxy-Authenticate', 'NTLM')])
    return servers.through(servers.begin(Scripted(answer)).url)


@setup
def proxy_refuses_the_host(servers):
    return servers.through(servers.begin(ForwardProxy(None, '403 Forbidden')).url)


@setup
def proxy_wants_a_sign_in(servers):
    status = '511 Network Authentication Required'
    return servers.through(servers.begin(ForwardProxy(None, status)).url)


@setup
def proxy_does_not_reach_it(servers):
    return servers.through(servers.begin(ForwardProxy(None, '502 Bad Gateway')).url)


@setup
def proxy_is_none(servers):
    return servers.through(servers.plain.url)


@setup
def proxy_hangs_up(servers):
    return servers.through(servers.begin(Closing()).url)


@setup
def proxy_answers_with_a_page(servers):
    answer = '200 OK', [('Content-Type', 'text/html')], html('Welcome')
    return servers.through(servers.begin(Serving(lambda *_: answer)).url)


@setup
def proxy_with_https(servers):
    return servers.through(strict_proxy(servers).url.replace('http:', 'https:'))


@setup
def proxy_cannot_be_read(servers):
    return servers.through('http://proxy.acme.example:port')


@setup
def proxy_for_this_machine(servers):
    proxy = servers.begin(ForwardProxy(None, '503 Service Unavailable'))
    return servers.of(servers.plain.url, HTTP_PROXY=proxy.url)


@setup
def proxy_answers_407_to_http(servers):
    return servers.of(servers.plain.url, HTTP_PROXY=strict_proxy(servers).url)


@setup
def proxy_for_the_other_scheme(servers):
    return servers.of(servers.plain.url, HTTPS_PROXY='http://proxy.invalid:3128')


# The service


@setup
def sign_in_page(servers):
    return servers.answering('200 OK', [('Content-Type', 'text/html')], html('Sign in to Acme'))


@setup
def redirected_to_sso(servers):
    return servers.answering('302 Found', [('Location', 'https://sso.acme.example/login')], b'')


@setup
def redirected_to_a_sign_in_page(servers):
    def answer(method, path, head, body):
        if path.startswith('/login'):
            return '200 OK', [('Content-Type', 'text/html')], html('Sign in to Acme')
        return '302 Found', [('Location', '/login?next=user')], b''

    return servers.of(servers.begin(Serving(answer)).url)


@setup
def redirects_in_a_circle(servers):
    return servers.answering('302 Found', [('Location', '/slm/webservice/v2.0/user')], b'')


@setup
def other_web_server(servers):
    return servers.answering(
        '404 Not Found', [('Content-Type', 'text/html')], html('Error response')
    )


@setup
def other_json_service(servers):
    return servers.answering('200 OK', [('Content-Type', 'application/json')], b'{"status": "up"}')


@setup
def captcha(servers):
    return servers.answering(
        '403 Forbidden', [('Content-Type', 'text/html')], html('Just a moment...')
    )


@setup
def addresses_are_limited(servers):
    text = (
        'Error 404 Your IP address, 10.1.2.3, is not within the allowed range that your'
        ' subscription administrator has configured.'
    )
    return servers.answering('404 Not Found', [('Content-Type', 'text/html')], html(text))


@setup
def too_many_requests(servers):
    servers.plain.order_fault('status', status=429, headers={'Retry-After': '7'})
    return servers.of(servers.plain.url)


@setup
def unavailable(servers):
    servers.plain.order_fault('status', status=503)
    return servers.of(servers.plain.url)


@setup
def damaged_compression(servers):
    return servers.answering('200 OK', [('Content-Encoding', 'gzip')], b'{"QueryResult": {}}')


@setup
def endless_answer(servers):
    answer = b'HTTP/1.1 200 OK\r\nContent-Length: 10737418240\r\n\r\n{"QueryResult": '
    return servers.of(servers.begin(Scripted(answer)).url)


@setup
def clock_is_wrong(servers):
    return servers.answering('503 x', [('Date', 'Thu, 01 Jan 2015 00:00:00 GMT')], b'')


# Signing in


@setup
def wrong_key(servers):
    return {**servers.of(servers.plain.url), 'apikey': '_nobodysKey0001'}


def signed_in(servers, user, password, **more):
    return {'server': servers.plain.url, 'user': user, 'password': password, 'environ': {}, **more}


@setup
def gateway_wants_a_sign_in(servers):
    headers = [('WWW-Authenticate', 'Negotiate'), ('Content-Type', 'text/html')]
    return servers.answering('401 Unauthorized', headers, html('Sign in'))


@setup
def wrong_password(servers):
    return signed_in(servers, USER, 'wrong-word')


@setup
def disabled_user(servers):
    return signed_in(servers, 'dora@example.com', 'dora-Secret1')


@setup
def key_of_a_disabled_user(servers):
    return {**servers.of(servers.plain.url), 'apikey': '_doraKey0001'}


@setup
def no_credentials(servers):
    return {'server': servers.plain.url, 'environ': {}}


@setup
def password_as_key(servers):
    return {**servers.of(servers.plain.url), 'apikey': PASSWORD}


@setup
def key_as_password(servers):
    return signed_in(servers, USER, '_abcdefGHIJKL0123456789mnopqrSTUVWXYZ')


@setup
def key_with_a_blank(servers):
    return {**servers.of(servers.plain.url), 'apikey': '_annKey 0001'}


@setup
def key_with_a_line_end(servers):
    return {**servers.of(servers.plain.url), 'apikey': KEY + '\n'}


@setup
def user_without_password(servers):
    return signed_in(servers, USER, None)


@setup
def key_in_quotes(servers):
    return {**servers.of('nowhere.invalid'), 'apikey': f'"{KEY}"'}


@setup
def helper_outside_a_profile(servers):
    return {'args': ['--password=helper: pass x'], 'user': USER, 'server': 'nowhere.invalid'}


@setup
def user_with_a_colon(servers):
    return signed_in(servers, 'acme:ann', PASSWORD)


@setup
def user_with_a_blank(servers):
    return {**signed_in(servers, USER + ' ', PASSWORD), 'server': 'nowhere.invalid'}


@setup
def password_without_user(servers):
    return signed_in(servers, None, PASSWORD)


@setup
def wrong_netrc(servers):
    text = b'machine 127.0.0.1 login ann@example.com password wrong-word\n'
    return {
        'server': servers.plain.url,
        'environ': {},
        'NETRC': servers.file('netrc', text),
    }


@setup
def key_of_somebody_else(servers):
    return {**servers.of(servers.plain.url), 'user': ED}


# Accounts


@setup
def read_only_key(servers):
    return {**servers.of(servers.plain.url), 'apikey': '_robReadOnly0001'}


@setup
def unknown_workspace(servers):
    return {**servers.of(servers.plain.url), 'workspace': 'Mian'}


@setup
def unknown_project(servers):
    return {**servers.of(servers.plain.url), 'project': 'Team C'}


@setup
def no_default_workspace(servers):
    return signed_in(servers, 'nina@example.com', 'nina-Secret1')


@setup
def no_projects(servers):
    return signed_in(servers, 'nina@example.com', 'nina-Secret1', workspace='Other')


# Settings


@setup
def server_with_a_path(servers):
    return servers.of('https://rally1.rallydev.com/slm/webservice/v2.0')


@setup
def server_with_another_scheme(servers):
    return servers.of('ftp://rally1.rallydev.com')


@setup
def plain_http_elsewhere(servers):
    return servers.of('http://rally.acme.invalid')


@setup
def no_config_file(servers):
    return {'args': ['--config=nowhere'], 'folder': str(servers.folder), 'environ': {}}


@setup
def config_file_in_utf_16(servers):
    path = servers.file('notepad.cfg', 'SERVER = rally1.rallydev.com\n'.encode('utf-16'))
    return {'args': ['--config=' + path], 'environ': {}}


@setup
def misspelt_name_in_a_file(servers):
    path = servers.file('near.cfg', b'APIKEY = _annKey0001\nPROJET = Team A\n')
    return {'args': ['--config=' + path, '--server=nowhere.invalid'], 'environ': {}}


def profiles(servers, name, content, **environ):
    """Return the keywords for a file of profiles; a link to itself without content."""
    path = servers.folder / name / 'pyral' / 'config'
    path.parent.mkdir(parents=True)
    if content:
        path.write_bytes(content)
        path.chmod(0o600)
    else:
        path.symlink_to(path)
    return {'environ': {'XDG_CONFIG_HOME': str(servers.folder / name), **environ}}


@setup
def profile_without_a_name(servers):
    # The server is the public one, to which nothing goes by this proxy.
    proxy = f'http://127.0.0.1:{servers.closed_port()}'
    return profiles(servers, 'nameless', b'apikey = _k\n[other]\nuser = u\n', HTTPS_PROXY=proxy)


@setup
def misspelt_profile(servers):
    named = {'RALLY_PROFILE': 'Porduction'}
    return profiles(servers, 'named', b'[production]\nserver = nowhere.invalid\n', **named)


@setup
def profile_link_leads_nowhere(servers):
    return profiles(servers, 'linked', b'')


@setup
def misspelt_option(servers):
    return {'args': ['--rallyPrject=Web'], **servers.of('nowhere.invalid')}


@setup
def key_and_password(servers):
    return {**servers.of('nowhere.invalid'), 'user': USER, 'password': PASSWORD}


@setup
def folder_that_cannot_be_written(servers):
    return {**servers.of('nowhere.invalid'), 'schema_cache': servers.file('a-file', b'')}


def kept_schema(servers, name, change):
    """Return keywords for a folder whose one schema was changed after it was kept."""
    folder = servers.folder / name
    folder.mkdir()
    content = b'{"Name": "Defect"}'
    head = {
        'format': 3,
        'server': 'https://nowhere.invalid',
        'place': 'workspace/1',
        'version': 'abcdef0123456789',
        'digest': 0,
        'types': [],
    }
    path = folder / 'schema-https_nowhere.invalid_workspace_1-abcdef0123456789.json'
    path.write_bytes(json.dumps({**head, **change}).encode() + b'\n' + content)
    path.chmod(0o600)
    return {**servers.of('nowhere.invalid'), 'schema_cache': str(folder)}


@setup
def damaged_schema(servers):
    return kept_schema(servers, 'damaged', {})


@setup
def schema_of_another_server(servers):
    return kept_schema(servers, 'moved', {'server': 'https://rally1.rallydev.com'})


SETUPS['self_signed'] = SETUPS.pop('self_signed_certificate')

"""Sockets, a proxy's tunnel and TLS handshakes, made by hand to see where a connection fails.

No request to the service is made here and no credential of it is known. All of it ends in time.
"""
from __future__ import absolute_import, division, print_function

import base64
import re
import socket

from pyral._compat import ensure_native, ensure_text, monotonic, unquote, urlsplit
from pyral.http import certificates
from pyral.http.library import tls_context

__all__ = ['ProxyAddress', 'TimeLeft', 'addresses_of', 'certificate_facts', 'connect',
           'is_loopback', 'peer_certificate', 'reason_seen', 'speaks_http', 'speaks_tls', 'tunnel']

_LARGEST_HEAD = 1 << 16
_LOOPBACK = re.compile(r'^(?:localhost|.+\.localhost|127(?:\.[0-9]+){3}|\[?::1\]?)$')
_STATUS_LINE = re.compile(br'^HTTP/[0-9.]+ +([0-9]{3})([^\r\n]*)')


class TimeLeft(object):
    """The time that one check has.

    :param seconds: from now on.
    """

    def __init__(self, seconds):
        self._ends_at = monotonic() + seconds

    def seconds(self, most=None):
        """Return what is left.

        :param most: no more than this.
        :raises socket.timeout: nothing.
        """
        left = self._ends_at - monotonic()
        if left <= 0:
            raise socket.timeout('timed out')
        return left if most is None else min(left, most)


class ProxyAddress(object):
    """The address of a proxy, taken apart.

    :param address: as the settings give it.
    :raises ValueError: it is none.
    """

    def __init__(self, address):
        parts = urlsplit(ensure_native(address))
        self.scheme = parts.scheme.lower()
        self.host, self.port = parts.hostname, parts.port
        if not self.host:
            raise ValueError("there is no host in it")
        if re.search(r'["\'\s]', self.host):
            raise ValueError("there is a quote or white space in it")
        if self.scheme not in ('http', 'https') and not self.scheme.startswith('socks'):
            raise ValueError("'{0}' is no scheme of a proxy".format(self.scheme))
        self.port = self.port or {'https': 443, 'http': 80}.get(self.scheme, 1080)
        self.has_password = parts.username is not None
        self._user = (unquote(parts.username or ''), unquote(parts.password or ''))

    @property
    def netloc(self):
        """Host and port, without user and password."""
        return '{0}:{1}'.format('[{0}]'.format(self.host) if ':' in self.host else self.host,
                                self.port)

    def authorization(self):
        """Return the line that proves who asks, or nothing."""
        if not self.has_password:
            return ''
        pair = u':'.join(ensure_text(part) for part in self._user).encode('utf-8')
        return 'Proxy-Authorization: Basic {0}\r\n'.format(
            base64.b64encode(pair).decode('ascii'))


def is_loopback(host):
    """Say whether a host is this machine by its name or address."""
    return _LOOPBACK.match(host) is not None


def addresses_of(host, port):
    """Return the addresses of a host as pairs of family and socket address.

    :raises EnvironmentError: its name is not known.
    :raises UnicodeError: it is no name that can be looked up.
    """
    found = []
    for family, _, _, _, address in socket.getaddrinfo(
            ensure_text(host).strip(u'[]'), port, 0, socket.SOCK_STREAM):
        if (family, address) not in found:
            found.append((family, address))
    return found


def connect(addresses, left):
    """Return a socket to the first address that takes the connection, and what failed before.

    :param addresses: of `addresses_of`.
    :param left: a `TimeLeft`.
    :returns: the socket or None, and a list of pairs: address, error.
    """
    failed = []
    for number, (family, address) in enumerate(addresses):
        sock = None
        try:
            sock = socket.socket(family, socket.SOCK_STREAM)
            # What does not answer leaves time for the others.
            sock.settimeout(left.seconds() / (len(addresses) - number))
            sock.connect(address)
            return sock, failed
        except EnvironmentError as error:
            if sock is not None:
                sock.close()
            failed.append((address[0], error))
    return None, failed


def tunnel(sock, proxy, host, port, left):
    """Ask a proxy for a tunnel; return status, reason, headers by lower-case name, and the rest.

    :raises EnvironmentError: it gives no answer, or one that is not HTTP.
    """
    target = '{0}:{1}'.format(host, port)
    sock.sendall('CONNECT {0} HTTP/1.1\r\nHost: {0}\r\n{1}\r\n'.format(
        target, proxy.authorization()).encode('latin-1', 'replace'))
    return _head(sock, left)


def _head(sock, left):
    received = b''
    while b'\r\n\r\n' not in received and len(received) < _LARGEST_HEAD:
        sock.settimeout(left.seconds())
        piece = sock.recv(4096)
        if not piece:
            break
        received += piece
    head, _, rest = received.partition(b'\r\n\r\n')
    line = _STATUS_LINE.match(head)
    if line is None:
        raise IOError('it closed the connection' if not received else 'its answer is not HTTP')
    headers = dict()
    for each in head.decode('latin-1').split(u'\r\n')[1:]:
        name, _, value = each.partition(u':')
        headers[name.strip().lower()] = value.strip()
    return int(line.group(1)), line.group(2).decode('latin-1').strip(), headers, rest


def speaks_http(opened):
    """Say whether what is at the other end answers plain HTTP.

    :param opened: returns a socket to it, with its time limit.
    """
    try:
        sock = opened()
        try:
            sock.sendall(b'HEAD / HTTP/1.0\r\n\r\n')
            return _STATUS_LINE.match(sock.recv(64)) is not None
        finally:
            sock.close()
    except EnvironmentError:
        return False


def speaks_tls(opened, host):
    """Say whether what is at the other end speaks TLS, with whatever certificate."""
    return peer_certificate(opened, host) is not None


def peer_certificate(opened, host):
    """Return the certificate of the other end as bytes, or None; nothing in it is checked."""
    try:
        sock = opened()
        try:
            wrapped = tls_context(False).wrap_socket(sock, server_hostname=host.strip('[]'))
            sock = wrapped
            return wrapped.getpeercert(True)
        finally:
            sock.close()
    except (EnvironmentError, AttributeError, ValueError):
        return None


def certificate_facts(certificate):
    """Return what a certificate says, as facts of a finding; empty where Python cannot read it.

    :param certificate: bytes, or None.
    """
    try:
        known = certificates.decoded(certificate)
        return {'subject': _name(known.get('subject')), 'issuer': _name(known.get('issuer')),
                 'valid_from': known['notBefore'], 'valid_to': known['notAfter'],
                 'names': [value for _, value in known.get('subjectAltName', ())][:20]}
    except (EnvironmentError, AttributeError, KeyError, ValueError, TypeError):
        return {}


def reason_seen(certificate, host):
    """Return why a certificate is refused, where Python does not say it; None where nobody can."""
    try:
        return certificates.reason_of(certificates.decoded(certificate), host)
    except (EnvironmentError, AttributeError, KeyError, ValueError, TypeError, Warning):
        return None


def _name(pairs):
    """Return a name of a certificate as one line: `O=Acme, CN=Acme Root`."""
    short = {'commonName': 'CN', 'organizationName': 'O', 'organizationalUnitName': 'OU'}
    return u', '.join(u'{0}={1}'.format(short[name], ensure_text(value))
                      for part in pairs or () for name, value in part if name in short)

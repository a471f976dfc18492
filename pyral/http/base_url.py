"""The base URL of a connection: scheme, host, port; no address elsewhere passes (SSRF, redirects).

A `BaseUrl` is scheme, host and port. It turns paths and references into addresses, and refuses
every address elsewhere before credentials could leave. It never looks anything up.
"""
from __future__ import absolute_import, division, print_function

import re
from collections import namedtuple

from pyral._compat import (
    binary_type,
    ensure_native,
    ensure_text,
    fill,
    raise_from,
    text_type,
    urlsplit,
    urlunsplit,
)
from pyral.errors import ServerNameError, TransportError
from pyral.redact import hides_frames, mask_proxy, mask_url

#: Of an address elsewhere so much is kept: an answer may give one of any length.
_SHOWN_CHARACTERS = 2000

DEFAULT_PORTS = {'https': 443, 'http': 80}

_HOST = re.compile(r'^(?:\[[0-9A-Fa-f:.]+\]|[^\W_](?:[\w.-]*\w)?)$', re.UNICODE)


class BaseUrl(namedtuple('BaseUrl', 'scheme host port')):
    """Scheme, lower-case host and port number of the configured server."""

    __slots__ = ()

    @classmethod
    @hides_frames
    def parse(cls, server):
        """Read what a user gives as `server`.

        :param server: `host` or `host:port`, or either with `http://` or `https://` before it;
            slashes at the end count for nothing
        :raises ServerNameError: saying what is wrong with anything else
        """
        text = _server_text(server)
        scheme, rest = 'https', text
        if '://' in text:
            scheme, rest = text.split('://', 1)
            scheme = scheme.lower()
            if scheme not in DEFAULT_PORTS:
                raise _wrong(text, "scheme '{0}' is not http or https".format(scheme), rest)
        rest = rest.rstrip('/') or rest
        _refuse_slips(text, rest)
        _refuse_extras(text, scheme if '://' in text else None, rest)
        host, port = _host_and_port(text, rest, scheme)
        return cls(scheme, host, port)

    @property
    def netloc(self):
        """`host` or `host:port`, the port only where it is not the scheme's own."""
        if self.port == DEFAULT_PORTS[self.scheme]:
            return self.host
        return '{0}:{1}'.format(self.host, self.port)

    @property
    def url(self):
        """`https://host[:port]`, without a slash at the end."""
        return '{0}://{1}'.format(self.scheme, self.netloc)

    @hides_frames
    def admit(self, url, mask=mask_url):
        """Return `url` as an address on this server; http is lifted where https is configured.

        :param url: a full URL
        :param mask: takes secrets out of a text, up to a limit; for the error
        :raises TransportError: the URL is elsewhere; `kind` is `foreign`, nothing was sent
        """
        try:
            parts = urlsplit(ensure_native(url, errors='replace').strip())
            host, port = (parts.hostname or '').lower(), parts.port
        except ValueError:
            raise_from(self._foreign(url, mask), None)
        scheme = parts.scheme.lower()
        host = '[{0}]'.format(host) if ':' in host else host
        lifted = self.scheme == 'https' and scheme == 'http' and port in (None, 80, self.port)
        is_same = scheme == self.scheme and (port or DEFAULT_PORTS.get(scheme)) == self.port
        if host != self.host or '@' in parts.netloc or not (lifted or is_same):
            raise self._foreign(url, mask)
        return urlunsplit((self.scheme, self.netloc, parts.path, parts.query, ''))

    def _foreign(self, url, mask):
        shown = mask(url, _SHOWN_CHARACTERS)
        return TransportError(
            fill("Refused to send credentials to '{0}': this connection belongs to '{1}'",
                 shown[:200], self.url),
            kind='foreign', url=shown,
            hint="References, redirects and addresses are followed on the configured server only. "
                 "If the service moved there, give that server when connecting; a sign-in page of "
                 "single sign-on needs an API key.")


def _server_text(server):
    if not isinstance(server, (text_type, binary_type)):
        raise _wrong(server, "it must be a host name, not {0}".format(type(server).__name__), None)
    text = ensure_native(ensure_text(server, errors='replace'), errors='replace').strip()
    if not text:
        raise _wrong(text, "it is empty", 'rally1.rallydev.com')
    return text


def _refuse_slips(text, rest):
    """Refuse what is nearly an address, with the address that was meant."""
    if text[0] in '"\'' and text[0] == text[-1]:
        raise _wrong(text, "there are quotes around it", text[1:-1])
    if '://' in rest:
        raise _wrong(text, "there are two schemes in it", rest)
    begun = re.match(r'^(https?):?/+(.+)$', text, re.IGNORECASE)
    if begun and '://' not in text:
        raise _wrong(text, "between scheme and host stands ://", '://'.join(begun.groups()))
    if re.match(r'^[0-9A-Fa-f.]*:[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*$', rest):
        raise _wrong(text, "an IPv6 address stands in brackets", '[::1]:8010')


def _refuse_extras(text, scheme, rest):
    if '@' in rest:
        raise _wrong(rest, "it holds a user name; user and "
                     "password, or apikey, are arguments of their own", None)
    for sign, name in (('/', 'path'), ('?', 'query'), ('#', 'fragment'), ('\\', 'path')):
        if sign in rest:
            host = rest.split(sign)[0]
            raise _wrong(text, "it holds a {0} ('{1}')".format(name, rest[len(host):]),
                         '{0}://{1}'.format(scheme, host) if scheme else host)


def _host_and_port(text, rest, scheme):
    host, port = rest, DEFAULT_PORTS[scheme]
    split = re.match(r'^(\[[^\]]*\]|[^:]*):(.*)$', rest)
    if split:
        host, digits = split.groups()
        if not re.match(r'^[0-9]{1,5}$', digits) or not 0 < int(digits) < 65536:
            raise _wrong(text, "'{0}' is not a port number".format(digits), host)
        port = int(digits)
    if not _HOST.match(ensure_text(host)):
        raise _wrong(text, "'{0}' is not a host name".format(host), None)
    return host.lower(), port


def _is_usable(server):
    """Say whether an example would be taken."""
    try:
        return bool(server) and BaseUrl.parse(server) is not None
    except ServerNameError:
        return False


def _wrong(text, reason, instead):
    hint = "Give host, host:port, or http(s)://host[:port]"
    hint = fill("{0}, for example '{1}'.", hint, mask_proxy(instead)) if _is_usable(instead) \
        else hint + '.'
    return ServerNameError(
        fill("404 Target host: '{0}' is either not reachable or doesn't support the Rally WSAPI",
             mask_proxy(text)),
        field='server',
        hint=fill("The server's name cannot be used: {0}. {1}", mask_url(reason), hint))


__all__ = ['BaseUrl', 'DEFAULT_PORTS']

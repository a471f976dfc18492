"""The `requests.Session` of a connection: signs requests to its server and no other, keeps cookies.

All requests of a connection go through it, from every thread, so that what a script sets on it
(hooks, verify, cert, proxies, headers, adapters) or patches in the HTTP library holds for each.
What the environment and `netrc` say never replaces what the connection was given.
"""
from __future__ import absolute_import, division, print_function

import copy
import os

import requests
from requests.adapters import HTTPAdapter
from requests.compat import cookielib
from requests.cookies import RequestsCookieJar
from requests.sessions import merge_setting
from requests.structures import CaseInsensitiveDict

from pyral._compat import ensure_native, urlsplit
from pyral._locks import ProcessLock
from pyral.http.base_url import DEFAULT_PORTS
from pyral.http.limits import current
from pyral.redact import MASK, Secret, mask_proxy

__all__ = ['Cookies', 'Proxies', 'ServiceSession', 'Signature', 'follow_fork', 'forget_cookies',
           'renew_connections', 'session_class']


#: Bytes of cookies that are sent; servers refuse more than 8 KiB of headers.
_LARGEST_HEADER = 6 << 10


class Signature(object):
    """What proves to one server who asks; it is put on requests to that server only.

    :param base_url: the `BaseUrl` of the server
    :param headers: the headers that prove it
    """

    __slots__ = ('_base_url', '_prefixes', '_headers')

    def __init__(self, base_url, headers):
        self._base_url = base_url
        self._headers = dict((name, Secret(value)) for name, value in headers.items())
        # As the HTTP library spells it; what follows the slash cannot name another host.
        origin = requests.Request('GET', base_url.url + '/').prepare().url
        self._prefixes = (origin, '{0}:{1}/'.format(origin[:-1], base_url.port))

    def __repr__(self):
        return '<Signature for {0}>'.format(self._base_url.url)

    def __reduce_ex__(self, protocol):
        raise TypeError("credentials are not pickled")

    def covers(self, url):
        """Say whether a URL is on the server."""
        if (url or '').startswith(self._prefixes):
            return True
        try:
            parts = urlsplit(url)
            port = parts.port or DEFAULT_PORTS.get(parts.scheme)
        except (ValueError, AttributeError, TypeError):
            return False
        return '@' not in parts.netloc and '\\' not in parts.netloc and (
            (parts.scheme, parts.hostname, port)
            == (self._base_url.scheme, self._base_url.host.strip('[]'), self._base_url.port))

    def headers_for(self, url):
        """Return the headers that prove who asks, none for a URL elsewhere."""
        if not url.startswith(self._prefixes):
            return {}
        return dict((name, secret.reveal()) for name, secret in self._headers.items())

    def __call__(self, prepared):
        """Sign a prepared request; what is set on it already stays."""
        if prepared.url.startswith(self._prefixes):
            for name, secret in self._headers.items():
                prepared.headers.setdefault(name, secret.reveal())
        return prepared

    @property
    def names(self):
        """The names of the headers."""
        return tuple(self._headers)


class _Arriving(cookielib.DefaultCookiePolicy):
    """Remembers the cookies that the service sets; those a script sets it never sees.

    :param covers: says whether a URL is on the service
    :param takes: False where servers can set none
    :param learn: called with each cookie, kept or not
    """

    def __init__(self, covers, takes, learn):
        cookielib.DefaultCookiePolicy.__init__(self)
        self.covers, self.takes, self.learn, self.arrived = covers, takes, learn, set()

    def set_ok(self, cookie, request):
        """Say whether a cookie that arrives is kept."""
        cookie.__class__ = _QuietCookie
        self.learn(cookie)
        if not (self.takes and cookielib.DefaultCookiePolicy.set_ok(self, cookie, request)):
            return False
        if self.covers(request.get_full_url()):
            self.arrived.add(_key(cookie))
        return True


def _key(cookie):
    return (cookie.domain, cookie.path, cookie.name)


def _drop(jar, cookie):
    try:
        jar.clear(*_key(cookie))
    except KeyError:
        pass  # a signal handler did


def _size(cookie):
    return len(cookie.name) + len(cookie.value or '') + len('=; ')


class _QuietCookie(cookielib.Cookie):
    """A cookie whose value is shown nowhere."""

    def __repr__(self):
        return '<Cookie {0}={1} for {2}{3}>'.format(self.name, MASK, self.domain, self.path)

    __str__ = __repr__


class Proxies(dict):
    """The proxies of a session, shown without user and password."""

    def __repr__(self):
        return repr(dict((scheme, ensure_native(mask_proxy(address) or '', errors='replace'))
                         for scheme, address in self.items()))

    __str__ = __repr__


class Cookies(RequestsCookieJar):
    """Cookies that many threads use; what the service sets proves who asks, as a signature does.

    :param covers: says whether a URL is on the service
    :param takes: False where servers can set none
    :param learn: called with each cookie, whoever sets it
    """

    def __init__(self, covers, takes=True, learn=lambda cookie: None):
        self.arriving = _Arriving(covers, takes, learn)
        RequestsCookieJar.__init__(self, self.arriving)
        vars(self)['_cookies_lock'] = ProcessLock()  # the library has one that is left held

    def set_cookie(self, cookie, *args, **kwargs):
        """Keep a cookie, as one that shows no value."""
        cookie.__class__ = _QuietCookie
        self.arriving.learn(cookie)
        return RequestsCookieJar.set_cookie(self, cookie, *args, **kwargs)

    def __repr__(self):
        return '<Cookies {0}>'.format(', '.join(sorted(set(
            cookie.name for cookie in self)))) if hasattr(self, '_cookies') else '<Cookies>'

    __str__ = __repr__

    def __iter__(self):
        # Another thread's answer may bring a cookie while this one is prepared.
        with self._cookies_lock:
            return iter(list(RequestsCookieJar.__iter__(self)))

    def extract_cookies(self, response, request):
        """Take the cookies of an answer, as far as a server takes so many back."""
        with self._cookies_lock:
            before = dict((_key(cookie), cookie.value) for cookie in self)
            RequestsCookieJar.extract_cookies(self, response, request)
            arrived = self.arrived_in(self)
            size = sum(map(_size, arrived))
            for cookie in sorted(arrived, key=_size, reverse=True):
                if size > _LARGEST_HEADER and before.get(_key(cookie)) != cookie.value:
                    _drop(self, cookie)
                    size -= _size(cookie)

    def forget_arrived(self):
        """Drop the cookies that the service set."""
        with self._cookies_lock:
            self.take_arrived_from(self)
            self.arriving.arrived = set()

    def take_arrived_from(self, jar):
        """Drop the cookies that the service set from another jar."""
        for cookie in self.arrived_in(jar):
            _drop(jar, cookie)

    def arrived_in(self, jar):
        """Return the cookies of a jar that the service set."""
        return [cookie for cookie in list(jar) if _key(cookie) in self.arriving.arrived]


def forget_cookies(session):
    """Drop the cookies that the service set in a session, also in one of a script's own."""
    cookies = getattr(session, 'cookies', None)
    forget = getattr(cookies, 'forget_arrived', None) or getattr(cookies, 'clear', None)
    if forget is not None:
        forget()


def renew_connections(session):
    """Let a session use its connections no more; it makes others, and its settings stay."""
    for adapter in getattr(session, 'adapters', {}).values():
        if isinstance(adapter, HTTPAdapter):
            adapter.init_poolmanager(adapter._pool_connections, adapter._pool_maxsize,
                                     block=adapter._pool_block)
            adapter.proxy_manager = {}


def follow_fork(session):
    """Give a session connections and sign-in of its own in a child process.

    The old ones are shared with the parent, and their locks may be held by threads it has.
    """
    renew_connections(session)
    if isinstance(getattr(session, 'cookies', None), Cookies):
        before = session.cookies
        fresh = Cookies(before.arriving.covers, before.arriving.takes, before.arriving.learn)
        for cookie in RequestsCookieJar.__iter__(before):
            if _key(cookie) not in before.arriving.arrived:
                fresh.set_cookie(cookie)
        session.cookies = fresh


class ServiceSession(requests.Session):
    """The session of one connection; see the module.

    :param signature: signs what goes to the service
    :param headers: the headers of every request
    :param takes_cookies: False where the credentials are all that counts
    :param learn_cookie: called with each cookie, so that its value is masked from then on
    """

    def __init__(self, signature, headers, takes_cookies, learn_cookie):
        super(ServiceSession, self).__init__()
        self._signature = signature
        self._pid, self._forking = os.getpid(), ProcessLock()
        self.trust_env = False
        self.headers = CaseInsensitiveDict(headers)
        self.cookies = Cookies(signature.covers, takes_cookies, learn_cookie)
        self.proxies = Proxies()

    def follow_fork(self):
        """Take connections of its own in a child process."""
        if self._pid != os.getpid():
            with self._forking:
                if self._pid != os.getpid():
                    follow_fork(self)
                    self._pid = os.getpid()

    def prepare_request(self, request):
        """Return the prepared request, signed where it goes to the service."""
        self.follow_fork()
        if not self._signature.covers(request.url):
            return self._unproven(super(ServiceSession, self).prepare_request(request),
                                  request.headers)
        asked = copy.copy(request)
        if not asked.auth and not self.auth:
            asked.auth = _as_it_is
        prepared = super(ServiceSession, self).prepare_request(asked)
        # Who names a header in a call, even as None, wants it as it says.
        named = set(name.lower() for name in request.headers or ())
        return prepared if named.intersection(
            name.lower() for name in self._signature.names) else self._signature(prepared)

    def _unproven(self, prepared, given=None):
        """Return a prepared request to elsewhere without the cookies of the service."""
        cookies = self.cookies
        if isinstance(cookies, Cookies) and cookies.arrived_in(prepared._cookies) \
                and 'cookie' not in (name.lower() for name in given or ()):
            cookies.take_arrived_from(prepared._cookies)
            prepared.headers.pop('Cookie', None)
            prepared.prepare_cookies(prepared._cookies)
        return prepared

    def rebuild_auth(self, prepared_request, response):
        """Take the signature off where a redirect leads away from the service."""
        covers = self._signature.covers
        if covers(prepared_request.url) and covers(response.request.url):
            return
        for name in self._signature.names:
            prepared_request.headers.pop(name, None)
        self._unproven(prepared_request)
        super(ServiceSession, self).rebuild_auth(prepared_request, response)

    def resolve_redirects(self, resp, req, *args, **kwargs):
        """Return the requests or responses a redirect leads to.

        One that is not followed is only looked at: what is wrong with it is told by its reader.
        Nor is the body read here of an answer that is to be read within limits.
        """
        if kwargs.get('yield_requests') and current() is not None:
            return iter(())
        found = super(ServiceSession, self).resolve_redirects(resp, req, *args, **kwargs)
        if not kwargs.get('yield_requests'):
            return found
        try:
            return iter([next(found)])
        except (StopIteration, ValueError, requests.RequestException):
            return iter(())

    def merge_environment_settings(self, url, proxies, stream, verify, cert):
        """Return the settings of a request; for the service, none are of the environment."""
        if not self._signature.covers(url):
            return super(ServiceSession, self).merge_environment_settings(
                url, proxies, stream, verify, cert)
        url = None  # it has the token of a write in it
        return {'proxies': merge_setting(proxies, self.proxies),
                'stream': merge_setting(stream, self.stream),
                'verify': merge_setting(verify, self.verify),
                'cert': merge_setting(cert, self.cert)}

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce_ex__(self, protocol):
        raise TypeError("the session of a Rally signs requests and is not pickled; connect again "
                        "where it is needed")


def session_class():
    """Return the class for a new session: one of what the HTTP library calls `Session` now.

    A cache that puts a class of its own in that place is asked before the network is.
    """
    current = requests.Session
    if not isinstance(current, type) or issubclass(ServiceSession, current) \
            or not issubclass(current, ServiceSession.__base__):
        return ServiceSession
    return type(ensure_native('ServiceSession'), (ServiceSession, current), {})


def _as_it_is(prepared):
    """Leave a request alone; with an authentication named, `netrc` is not asked for one."""
    return prepared

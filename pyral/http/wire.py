"""One HTTP request sent and its answer read: session, headers, cookies, redirects, proxy, TLS.

A request goes to the configured server or not at all; it is sent once, by the method of the session
that is named like it, and what is not an answer becomes one of the errors of `errors`, cleaned of
secrets. Whether to send again is not decided here.
"""
from __future__ import absolute_import, division, print_function

import itertools
import logging
import os
import re
from functools import partial

import requests
from requests.exceptions import BaseHTTPError, InvalidHeader
from requests.utils import get_netrc_auth, should_bypass_proxies

from pyral import config
from pyral._compat import (
    HTTPException,
    Mapping,
    ensure_binary,
    ensure_native,
    fill,
    urlencode_pairs,
    urljoin,
)
from pyral._locks import ProcessLock, Slots
from pyral.errors import ConfigError
from pyral.http.answer import Answer
from pyral.http.base_url import BaseUrl
from pyral.http.bodies import cleaned, leads_on, limit_body, next_address, redirected, whole
from pyral.http.certificates import reason_seen
from pyral.http.connections import ServiceAdapter
from pyral.http.limits import OVERSIZE, Limits
from pyral.http.log import WireLog
from pyral.http.network_failures import failure_at, failure_of, transport_error
from pyral.http.retrying import Sending
from pyral.http.session import (
    ServiceSession,
    Signature,
    follow_fork,
    forget_cookies,
    renew_connections,
    session_class,
)
from pyral.http.settings import proxies_for, verification, warn_no_more
from pyral.redact import MASK, Redactor, Secret, ServiceURLFilter, mask_proxy, revealed

__all__ = ['MAX_PARALLEL', 'Wire', 'added']

LOG = logging.getLogger('pyral.transport')

#: The service serves this many requests of one user at a time.
MAX_PARALLEL = 12
_MAX_REDIRECTS = 5

# The HTTP library logs whole addresses, with the token of a write in them.
for _name in ('urllib3.connectionpool', 'urllib3.connection'):
    logging.getLogger(_name).addFilter(ServiceURLFilter())
#: What the HTTP library raises for what comes over the wire, from damaged lengths to bad names.
_LIBRARY_ERRORS = (requests.RequestException, EnvironmentError, BaseHTTPError, HTTPException,
                   ValueError, OverflowError)


#: Cookies whose names say so are sessions however short they are; other short values are words.
_SESSION_COOKIE = re.compile('(?i)sess|sid|token|auth|key')
_SHORTEST_COOKIE = 8


def _is_word(value, address):
    """Say whether a value of a cookie is one that texts hold for their own sake."""
    return len(value) < _SHORTEST_COOKIE or value.isalpha() or value in address


def _keyed(url, key):
    """Return a URL with the token of a write."""
    return added(url, urlencode_pairs([('key', revealed(key))], default='')) if key else url


def added(url, query):
    """Return a URL with a further part of a query."""
    joint = '' if url.endswith(('?', '&')) else '&' if '?' in url else '?'
    return url + joint + query


def _begin_limits(response, **options):
    """Let the body of a response be read within limits: a hook, which returns nothing."""
    limit_body(response)


class Wire(object):
    """Sends requests to one server, each once; counts them and tells listeners.

    :param server: host, host:port, or scheme://host[:port]
    :param credentials: `sign_in.Credentials`
    :param headers: integration and further headers, see `config.integration_headers`
    :param verify: True, False, or the path of a bundle or folder of certificates
    :param adapter: a `requests` transport adapter, mounted for the server
    :param environ: a `Secret` with the mapping read for proxies and certificates
    """

    def __init__(self, server, credentials, headers, verify, adapter, environ):
        self.base_url = BaseUrl.parse(revealed(server))
        self.server = revealed(server)
        self.redactor = Redactor([credentials.password, credentials.apikey])
        self.log = WireLog(self.redactor)
        # Without a lock: the latest numbers are kept, because threads and signal handlers may put
        # them down in another order than they got them in.
        self._numbers, self._given = itertools.count(1), [0] * 4 * MAX_PARALLEL
        self.latency_s = None
        self.apikey = Secret(ensure_native(credentials.apikey.reveal())) \
            if credentials.apikey else None
        self.authorization = None if self.apikey else self._basic(credentials)
        self._signature = Signature(self.base_url, self._proof())
        self._headers = config.integration_headers(revealed(headers))
        self._pid, self._forking = None, ProcessLock()
        self._follow_fork()
        self._session = self._new_session(
            adapter, verification(verify, environ.reveal()), environ)
        if self._session.verify is False:
            warn_no_more(self.base_url.host)

    def _new_session(self, adapter, verify, environ):
        session = session_class()(self._signature, self._headers, not self.apikey,
                                  self._learn_cookie)
        session.verify = verify
        session.proxies.update(
            proxies_for(self.base_url, environ.reveal(), should_bypass_proxies))
        self._learn_proxies(session)
        for scheme in ('https://', 'http://'):
            session.mount(scheme, ServiceAdapter(pool_maxsize=MAX_PARALLEL))
        if adapter is not None:
            session.mount(self.base_url.url, adapter)
        return session

    def _proof(self):
        if self.apikey is not None:
            return {'ZSESSIONID': self.apikey}
        return {} if self.authorization is None else {'Authorization': self.authorization}

    def _basic(self, credentials):
        """Return the header of basic authentication, or None where there is nothing to send."""
        user, password = pair = credentials.user, credentials.password
        if pair == (config.USER_NAME, config.PASSWORD) or not (user or password):
            pair = [Secret(part) for part in get_netrc_auth(self.base_url.url) or ()]
        elif not (user and password):
            pair = None
        if not pair:
            return None
        self.redactor.learn(pair[1])
        prepared = requests.Request('GET', self.base_url.url, auth=tuple(
            ensure_binary(revealed(part)) for part in pair)).prepare()
        self.redactor.learn(prepared.headers['Authorization'].split()[-1])
        return Secret(prepared.headers['Authorization'])

    def _learn_cookie(self, cookie):
        """Mask the value of a cookie from now on, unless it is a word that texts are made of."""
        value = Secret((getattr(cookie, 'value', None) or '').strip('"'))
        is_session = _SESSION_COOKIE.search(getattr(cookie, 'name', None) or '') is not None
        if is_session or not _is_word(value.reveal(), self.base_url.url):
            self.redactor.learn(value, is_passing=True)

    def _learn_proxies(self, session):
        for address in (getattr(session, 'proxies', None) or {}).values():
            self.redactor.learn_address(address)

    def _follow_fork(self):
        """Make what belongs to this process alone: locks, and the connections of the session."""
        # A child process must not share sockets, and may find locks held by threads it lacks.
        if self._pid == os.getpid():
            return
        with self._forking:
            if self._pid == os.getpid():
                return
            self._slots = Slots(MAX_PARALLEL)
            if self._pid is not None and not isinstance(self._session, ServiceSession):
                follow_fork(self._session)
            self._pid = os.getpid()

    @property
    def session(self):
        """The `requests.Session` that requests go through; another one may be put in its place."""
        self._follow_fork()
        if isinstance(self._session, ServiceSession):
            self._session.follow_fork()
        return self._session

    @session.setter
    def session(self, session):
        self._session = session

    @property
    def proxies(self):
        """The proxies of the session."""
        found = getattr(self._session, 'proxies', None)
        return found if isinstance(found, Mapping) else {}

    def forget_cookies(self):
        """Begin a new session with the service; the token of the old one is worth nothing then."""
        forget_cookies(self.session)

    def close(self):
        """Close the connections; the next request opens new ones."""
        self.session.close()

    def send(self, request, key=None):
        """Send a `Request` once, following redirects on this server; return a `Sending`.

        A write follows one: whoever redirects it again may have carried it out both times.

        :param key: the security token of a write
        """
        self._follow_fork()
        url, shown, options = request.url, self.redactor.text(request.url), request.options
        bounds = Limits(options.deadline, options.max_answer, options.retry.clock,
                        len(request.body or b''))
        for _ in range(1 + (1 if request.is_write else _MAX_REDIRECTS)):
            with self._slots:
                sending = self._send(request, url, shown, key, bounds)
            if sending.error is not None or not leads_on(request, sending.answer):
                return sending
            before = url
            url, refusal = next_address(request, before, sending.answer, self.base_url)
            if refusal is not None:
                return refusal
            # As it came: what a redirect quotes is masked before it is cut at a #.
            shown = self.redactor.text(
                urljoin(before, self.redactor.text(sending.answer.location)))
        return redirected(request, sending.answer, "the service redirects in a circle")

    def _send(self, request, url, shown, key, bounds):
        """Put one request on the wire and read its answer whole, within limits."""
        shown = added(shown, 'key=' + MASK) if key else shown
        number, clock = self._count(), request.options.retry.clock
        started = clock()
        self.log.asked(number, request, shown)
        response, problem = None, None
        try:
            with bounds:
                response = self._response(request, url, key, bounds)
                if response.status_code < 200:
                    response.close()  # the answer itself is still to come: nobody else may get it
                    content = Secret(b'')
                else:  # a token is fetched so, too
                    content = Secret(whole(response, bounds, request.options.content_stream))
        except ConfigError:
            raise  # which is a ValueError too
        except _LIBRARY_ERRORS as error:
            problem = error
        except MemoryError:
            problem = bounds.exceeded(OVERSIZE)
        except BaseException as error:
            self._leave(response, error)
            raise
        elapsed_s = clock() - started
        if problem is not None:
            if response is not None:
                response.close()
            sending = self._failed(problem, request, bounds.reached)
            self.log.failed(number, request, sending.error, elapsed_s)
            return sending
        if not isinstance(self._session, ServiceSession):
            for cookie in getattr(self._session, 'cookies', None) or ():
                self._learn_cookie(cookie)
        answer = Answer(
            response.status_code, response.headers if isinstance(response.headers, Mapping) else {},
            content.reveal(), shown, request.method, elapsed_s, self.redactor.text)
        if self.latency_s is None or elapsed_s < self.latency_s:
            self.latency_s = elapsed_s
        self.log.answered(number, request, answer)
        return Sending(answer, None, None)

    def _leave(self, response, error):
        """Close what an exception left half read; after Ctrl-C no connection is used any more."""
        try:
            if response is not None:
                response.close()
            if not isinstance(error, Exception):
                renew_connections(self._session)
        except Exception as problem:  # of an adapter of the script; what came first is told
            LOG.debug("a connection is left as it is: %s", problem)

    def _response(self, request, url, key, bounds):
        """Return the response of the session, the one that a hook refused too."""
        # Nothing that is secret gets a name here: errors are shown with the names of their frames.
        try:
            return getattr(self.session, request.method.lower())(
                _keyed(url, key), **self._keywords(request, url, bounds))
        except requests.HTTPError as error:
            if error.response is None:
                raise
            return error.response
        except InvalidHeader as error:
            if isinstance(error.args[0] if error.args else None, Exception):
                raise  # the header is one of the answer, not of the session
            reason = self.redactor.text(error).partition(u' in header value: ')[0]
        raise ConfigError(fill("a header of rally.session cannot be sent: {0}", reason),
                          field='headers', hint="Names and values of headers are text on one line.")

    def _keywords(self, request, url, bounds):
        """Return the arguments of a request besides its URL."""
        session = self.session
        headers = dict((ensure_native(name), ensure_native(value))
                       for name, value in (request.options.headers or {}).items())
        timeout = tuple(bounds.within(seconds) for seconds in request.options.timeout)
        keywords = {'stream': True, 'timeout': timeout, 'allow_redirects': False}
        if not isinstance(session, ServiceSession):  # one of the script's own, that cannot sign
            headers = dict(self._headers, **headers)
            headers.update(self._signature.headers_for(url))
            keywords['auth'] = self._signature
            if isinstance(session, requests.Session):
                # It reads the body of a redirect by itself, before anyone else gets to it.
                hooks = (session.hooks or {}).get('response') or ()
                keywords['hooks'] = {'response': [_begin_limits] + (
                    [hooks] if callable(hooks) else list(hooks))}
        if headers:
            keywords['headers'] = headers
        if request.body is not None:
            keywords['data'] = request.body
        return keywords

    def _failed(self, problem, request, limit):
        failure = failure_at(limit) or failure_of(problem)
        self._learn_proxies(self._session)  # a script may have set them
        proxy = mask_proxy(next((each for each in self.proxies.values() if each), None))
        error = transport_error(
            failure, self.server, cleaned(problem, self.redactor), request.is_write, proxy,
            None if proxy else partial(reason_seen, self.base_url.host, self.base_url.port,
                                       request.options.timeout[0]),
            method=request.method, url=self.redactor.text(request.url),
            payload=request.payload if request.is_write else None)
        return Sending(None, error, failure)

    @property
    def request_count(self):
        """How many requests were sent."""
        return max(self._given)

    def _count(self):
        number = next(self._numbers)
        self._given[number % len(self._given)] = number
        return number

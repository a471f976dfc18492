"""All requests of one connection: address, sign-in, token of writes, retries (HTTP transport).

Calls only go down from here: `retrying` decides on repeats, `wire` sends. A write is never sent
twice unless the first sending surely had no effect. A password comes from `Rally`, goes to `wire`
and no further. One `Transport` may serve any number of threads, and survives a fork.
"""
from __future__ import absolute_import, division, print_function

import logging
import os
from functools import partial

from pyral import config
from pyral._compat import (
    Mapping,
    ensure_native,
    fill,
    raise_from,
    string_types,
    urlencode_pairs,
)
from pyral.errors import RallyResponseError, RallyRESTAPIError, TransportError
from pyral.http.bodies import encoded
from pyral.http.envelope import Receipt, read
from pyral.http.limits import MAX_ANSWER
from pyral.http.questions import difference
from pyral.http.retry_policy import RetryBudget, RetryPolicy
from pyral.http.retrying import Request, RequestOptions, foreign_answer, with_retries
from pyral.http.settings import deadline_of, max_answer_pair, timeout_pair
from pyral.http.sign_in import Credentials, SignIn
from pyral.http.wire import MAX_PARALLEL, Wire, added
from pyral.redact import Secret, revealed

__all__ = ['Credentials', 'DEFAULT_TIMEOUT', 'MAX_PARALLEL', 'Transport']

LOG = logging.getLogger('pyral.transport')

#: Seconds to wait for a connection, and for each piece of an answer.
DEFAULT_TIMEOUT = (config.DEFAULT_SESSION_TIMEOUT, 120)

_INVALID_KEY = b'Invalid key'
#: One write is sent with no more than so many new tokens.
_MOST_RENEWALS = 5
_NO_TOKEN = ("A proxy or a sign-in page may have answered in its place. An API key needs no token: "
             "Rally(server, apikey=...).")


class Transport(object):
    """Requests to one server with one set of credentials.

    :param server: host, host:port, or scheme://host[:port]
    :param credentials: `Credentials`; none by default
    :param headers: integration and further headers, see `config.integration_headers`
    :param verify: True, False, or the path of a bundle or folder of certificates
    :param timeout: seconds, or a pair (connect, read)
    :param retry: a `RetryPolicy`
    :param adapter: a `requests` transport adapter, mounted for the server
    :param environ: mapping read for proxies and certificates, the process's by default
    :param deadline: seconds for one sending and all of its answer
    :param max_answer: bytes of a body, or a pair (as sent, decompressed)

    Attributes: `server` as given, `base_url`, `service_url`, `schema_url`, `request_count`,
    `latency_s` (what the quickest answer took, None before the first),
    `retry_budget`, `wire_log` (add a listener there).
    """

    def __init__(self, server, credentials=None, headers=None, verify=True, timeout=None,
                 retry=None, adapter=None, environ=None, deadline=None, max_answer=None):
        self.timeout = timeout_pair(timeout, DEFAULT_TIMEOUT)
        self.deadline = deadline
        deadline_of(deadline, self.timeout)
        self.max_answer = max_answer_pair(max_answer, MAX_ANSWER)
        self.retry = RetryPolicy() if retry is None else retry
        self.retry_budget = RetryBudget(self.retry.rally_budget)
        server, environ = Secret(server), Secret(os.environ if environ is None else environ)
        self._wire = Wire(server, Credentials() if credentials is None else credentials, headers,
                          verify, adapter, environ)
        self.server, self.base_url = self._wire.server, self._wire.base_url
        self.redactor, self.wire_log = self._wire.redactor, self._wire.log
        self.service_url = '{0}/{1}'.format(
            self.base_url.url, config.WEB_SERVICE % config.WS_API_VERSION)
        self.schema_url = '{0}/{1}'.format(
            self.base_url.url, config.SCHEMA_SERVICE % config.WS_API_VERSION)
        #: Process -> its sign-in; a token is worth nothing without the cookies of its process.
        self._sign_ins = {os.getpid(): SignIn(self._fetch_token)}

    def __repr__(self):
        # An error that ended its making is shown with it.
        base_url = getattr(self, 'base_url', None)
        return '<Transport to {0}>'.format(base_url.url if base_url is not None else 'nowhere')

    def __reduce__(self):
        raise TypeError("a Transport holds credentials and connections and is not pickled")

    def within(self, timeout=None, deadline=None, retry=None):
        """Return this transport with other time limits for its requests; all else is shared.

        :param timeout: seconds, or a pair for connecting and reading; None changes nothing
        :param deadline: seconds for one sending and all of its answer; None changes nothing
        :param retry: a `RetryPolicy`; None changes nothing
        """
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__)
        other.timeout = timeout_pair(timeout, self.timeout)
        other.deadline = self.deadline if deadline is None else deadline
        other.retry = retry or self.retry
        deadline_of(deadline, other.timeout)
        return other

    @property
    def session(self):
        """The `requests.Session` that requests go through; another one may be put in its place."""
        return self._wire.session

    @session.setter
    def session(self, session):
        self._wire.session = session

    @property
    def proxies(self):
        """The proxies of the session."""
        return self._wire.proxies

    @property
    def request_count(self):
        """How many requests were sent."""
        return self._wire.request_count

    @property
    def latency_s(self):
        """Seconds the quickest answer took, None before the first."""
        return self._wire.latency_s

    @property
    def has_credentials(self):
        """True where there is anything to sign in with."""
        return self._wire.apikey is not None or self._wire.authorization is not None

    @property
    def _sign_in(self):
        process = os.getpid()
        found = self._sign_ins.get(process)
        if found is None:
            found = self._sign_ins.setdefault(process, SignIn(self._fetch_token))
        return found

    def get(self, path_or_url, params=None, **options):
        """Read; see `request`."""
        return self.request('GET', path_or_url, params, **options)

    def put(self, path_or_url, body=None, params=None, **options):
        """Create; see `request`."""
        return self.request('PUT', path_or_url, params, body, **options)

    def post(self, path_or_url, body=None, params=None, **options):
        """Update, or whatever else changes something; see `request`."""
        return self.request('POST', path_or_url, params, body, **options)

    def delete(self, path_or_url, params=None, **options):
        """Delete; see `request`."""
        return self.request('DELETE', path_or_url, params, **options)

    def request(self, method, path_or_url, params=None, body=None, **options):
        """Send one request, again where that is safe and promises success, and return the answer.

        An HTTP status or errors in the envelope are no exceptions here: see `Answer.errors`.

        :param method: GET, PUT, POST or DELETE
        :param path_or_url: a path below the service (`defect/12`), or a full URL on this server
        :param params: a dict or list of pairs, added to the URL percent-encoded
        :param body: what becomes the JSON body, or bytes to send as they are
        :param options: see `RequestOptions`
        :raises TransportError: no answer came, or the address is not on this server
        """
        try:
            url = self.address(path_or_url, params)
        except TransportError as error:
            error.method = method
            raise
        return self._signed(self._call(method, url, body, RequestOptions(**options)))

    def _call(self, method, url, body, options):
        options.timeout = timeout_pair(options.timeout, self.timeout)
        options.deadline = deadline_of(
            self.deadline if options.deadline is None else options.deadline, options.timeout)
        options.max_answer = max_answer_pair(options.max_answer, self.max_answer)
        options.retry = options.retry or self.retry
        return Request(method, url, body, encoded(body), options)

    def address(self, path_or_url, params=None):
        """Return the full URL of a path below the service, or of a URL on this server."""
        target = ensure_native(path_or_url)
        if '://' in target:
            url = self.base_url.admit(target, self.redactor.text)
        elif target.startswith('/slm/'):
            url = self.base_url.url + target
        else:
            url = '{0}/{1}'.format(self.service_url, target.lstrip('/'))
        if not params:
            return url
        pairs = list(params.items()) if isinstance(params, Mapping) else params
        try:
            query = urlencode_pairs(pairs)
        except UnicodeError as error:
            raise_from(RallyRESTAPIError(
                fill("the parameters hold a sign that is none: {0}", error),
                hint="Half of a pair of surrogates stands in a text. Nothing was sent."), None)
        return added(url, query)

    def token(self):
        """Return the security token, asking the service once; None with an API key."""
        return revealed(self._token())

    def _token(self):
        return self._sign_in.token() if self._wire.apikey is None else None

    def close(self):
        """Close the connections; the next request opens new ones."""
        self._wire.close()

    def _signed(self, request):
        """Send with credentials; where they lapsed in the middle of a run, renew.

        A token may be stale again before it is used, where others renew theirs or the service
        forgets quickly; a password that is refused is offered once more and no further.
        """
        sign_in = self._sign_in
        sign_in.wait()
        if sign_in.refusal is not None:
            raise sign_in.refusal.copy()
        generation, used = sign_in.generation, self._token() if request.is_write else None
        answer = self._delivered(request)
        if not _is_refusal(request, answer):
            sign_in.proven = sign_in.proven or answer.ok
            return answer
        if not sign_in.proven:
            sign_in.refuse(answer.error('Invalid credentials'))
            return answer
        if self._wire.apikey is not None:
            return self._delivered(request) if answer.status == 401 else answer
        for _ in range(_MOST_RENEWALS):
            LOG.info("sign-in lapsed; renewing it")
            sign_in.renew(generation)
            generation, before, used = sign_in.generation, used, \
                self._token() if request.is_write else None
            answer = self._delivered(request)
            if used == before or answer.status == 401 or not _is_refusal(request, answer):
                break
        return answer

    def _delivered(self, request):
        """Send as often as promises success, a write with the token of this moment."""
        key = self._token() if request.is_write else None
        answer = with_retries(request, partial(self._wire.send, key=key), self.retry_budget,
                              lambda: self._sign_in.proven)
        found = difference(request, answer)
        if found is not None:
            # What else is left on these connections belongs to other requests, too.
            self.close()
            raise foreign_answer(request, answer, found)
        return answer

    def _fetch_token(self):
        self._wire.forget_cookies()
        answer = self._delivered(self._call(
            'GET', self.address(config.AUTH_ENDPOINT), None, RequestOptions(purpose='token')))
        if answer.status == 401:
            raise answer.error('Invalid credentials')
        if answer.status == 404:
            return Secret('')  # on-premises servers of old have no tokens and need none
        if not answer.ok or answer.errors:
            raise answer.error()
        token = _token_in(answer)
        if not token:
            raise RallyRESTAPIError("the service gave no security token, so nothing can be written",
                                    status_code=answer.status, method='GET', url=answer.url,
                                    hint=_NO_TOKEN)
        self.redactor.learn(token, is_passing=True)
        self._sign_in.proven = True
        return token


def _is_refusal(request, answer):
    """Say whether an answer refuses the credentials or the token they gave."""
    if answer.status == 401:
        return True
    if not request.is_write or _INVALID_KEY not in answer.content:
        return False
    try:
        return any(u'Invalid key' in error for error in answer.errors)
    except RallyResponseError:
        return False


def _token_in(answer):
    """Return the token of an answer, or None; what came is not shown, it may hold a token."""
    try:
        found = read(answer, config.AUTH_ENDPOINT)
    except RallyResponseError:
        return None
    if not isinstance(found, Receipt) or not isinstance(found.token.reveal(), string_types):
        return None
    return Secret(ensure_native(found.token.reveal()))

"""The one door to the network: sign-in, headers, token, timeouts, retries, proxy, wire log.

Nothing else in the package imports `requests`, builds a header or sees a password. A request goes
to the configured server or not at all; a write is never sent twice unless the first sending
surely had no effect; what is not an answer is raised as one of the errors of `errors`, cleaned
of secrets. One `Transport` may serve any number of threads, and survives a fork.
"""
from __future__ import absolute_import, division, print_function

import logging
import os
import threading

import requests
from requests.adapters import HTTPAdapter
from requests.cookies import RequestsCookieJar, extract_cookies_to_jar, get_cookie_header
from requests.exceptions import BaseHTTPError
from requests.utils import get_netrc_auth, should_bypass_proxies

from pyral import config
from pyral._compat import (
    HTTPException,
    Mapping,
    ensure_binary,
    ensure_native,
    string_types,
    urlencode_pairs,
)
from pyral.errors import RallyResponseError, RallyRESTAPIError, TransportError
from pyral.http.answer import Answer
from pyral.http.base_url import Origin
from pyral.http.bodies import cleaned, encoded, failed, leads_on, next_address, whole
from pyral.http.envelope import read
from pyral.http.faults import fault_of, transport_error
from pyral.http.log import WireLog
from pyral.http.retry import RetryBudget, RetryPolicy
from pyral.http.retrying import Call, Sending, deliver
from pyral.http.settings import proxies_for, timeout_pair, verification, warn_no_more
from pyral.http.sign_in import SignIn
from pyral.redact import Redactor, ServiceURLFilter, mask_url

LOG = logging.getLogger('pyral.transport')

#: Seconds to wait for a connection, and for each piece of an answer.
DEFAULT_TIMEOUT = (config.DEFAULT_SESSION_TIMEOUT, 120)
#: The service serves this many requests of one user at a time.
MAX_PARALLEL = 12
_MAX_REDIRECTS = 5

# The HTTP library logs whole addresses, with the token of a write in them.
for _name in ('urllib3.connectionpool', 'urllib3.connection'):
    logging.getLogger(_name).addFilter(ServiceURLFilter())
_INVALID_KEY = b'Invalid key'
_NO_TOKEN = ("A proxy or a sign-in page may have answered in its place. An API key needs no token: "
             "Rally(server, apikey=...).")
#: What the HTTP library raises for what comes over the wire, from damaged lengths to bad names.
_LIBRARY_ERRORS = (requests.RequestException, EnvironmentError, BaseHTTPError, HTTPException,
                   ValueError, OverflowError)


class Transport(object):
    """Requests to one server with one set of credentials.

    :param server: host, host:port, or scheme://host[:port]
    :param user: user name; with `password` it is sent by basic authentication
    :param password: password
    :param apikey: API key; wins over user and password
    :param headers: integration and further headers, see `config.integration_headers`
    :param verify: True, False, or the path of a bundle or folder of certificates
    :param timeout: seconds, or a pair (connect, read)
    :param retry: a `RetryPolicy`
    :param adapter: a `requests` transport adapter, mounted for the server
    :param environ: mapping read for proxies and certificates, the process's by default

    Attributes: `server` as given, `origin`, `service_url`, `schema_url`, `request_count`,
    `latency_s` (what the quickest answer took, None before the first),
    `retry_budget`, `wire_log` (add a listener there).
    """

    def __init__(self, server, user=None, password=None, apikey=None, headers=None, verify=True,
                 timeout=None, retry=None, adapter=None, environ=None):
        environ = os.environ if environ is None else environ
        self.server = server
        self.origin = Origin.parse(server)
        self.service_url = '{0}/{1}'.format(
            self.origin.url, config.WEB_SERVICE % config.WS_API_VERSION)
        self.schema_url = '{0}/{1}'.format(
            self.origin.url, config.SCHEMA_SERVICE % config.WS_API_VERSION)
        self.timeout = timeout_pair(timeout, DEFAULT_TIMEOUT)
        self.retry = RetryPolicy() if retry is None else retry
        self.verify = verification(verify, environ)
        if self.verify is False:
            warn_no_more(self.origin.host)
        self.proxies = proxies_for(self.origin, environ, should_bypass_proxies)
        self.redactor = Redactor([password, apikey])
        self._authorization, self._apikey = self._credentials(user, password, apikey)
        self._headers = config.integration_headers(headers)
        self._adapter = adapter
        self.wire_log = WireLog(self.redactor)
        self.request_count = 0
        self.latency_s = None
        self.retry_budget = RetryBudget(self.retry.rally_budget)
        self._open()

    def __repr__(self):
        return '<Transport to {0}>'.format(self.origin.url)

    def __reduce__(self):
        raise TypeError("a Transport holds credentials and connections and is not pickled")

    def _open(self):
        """Make what belongs to this process alone: connections, cookies, locks."""
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._slots = threading.BoundedSemaphore(MAX_PARALLEL)
        self._jar = None if self._apikey else RequestsCookieJar()
        self._sign_in = SignIn(self._fetch_token)
        session = requests.Session()
        session.trust_env = False
        session.headers.clear()
        session.headers.update(self._headers)
        session.proxies.update(self.proxies)
        session.verify = self.verify
        session.mount('https://', HTTPAdapter(pool_maxsize=MAX_PARALLEL))
        session.mount('http://', HTTPAdapter(pool_maxsize=MAX_PARALLEL))
        if self._adapter is not None:
            session.mount(self.origin.url, self._adapter)
        self._session = session

    def _credentials(self, user, password, apikey):
        if apikey:
            return None, ensure_native(apikey)
        pair = None
        if (user, password) == (config.USER_NAME, config.PASSWORD) or not (user or password):
            pair = get_netrc_auth(self.origin.url)
        elif user and password:
            pair = (user, password)
        if pair is None:
            return None, None
        self.redactor.learn(pair[1])
        prepared = requests.Request('GET', self.origin.url, auth=tuple(
            ensure_binary(part) for part in pair)).prepare()
        authorization = prepared.headers['Authorization']
        self.redactor.learn(authorization.split()[-1])
        return authorization, None

    @property
    def session(self):
        """The `requests.Session` whose headers, proxies and adapters are used."""
        self._follow_fork()
        return self._session

    @property
    def has_credentials(self):
        """True where there is anything to sign in with."""
        return self._apikey is not None or self._authorization is not None

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

    def request(self, method, path_or_url, params=None, body=None, timeout=None, retry=None,
                purpose=None, wants_json=True, headers=None, follows=True, divisible=False,
                sieve=None):
        """Send one request, again where that is safe and promises success, and return the answer.

        An HTTP status or errors in the envelope are no exceptions here: see `Answer.errors`.

        :param method: GET, PUT, POST or DELETE
        :param path_or_url: a path below the service (`defect/12`), or a full URL on this server
        :param params: a dict or list of pairs, added to the URL percent-encoded
        :param body: what becomes the JSON body, or bytes to send as they are
        :param timeout: seconds or a pair, for this call
        :param retry: a `RetryPolicy` for this call
        :param purpose: a word for listeners (`lazy` for what attribute access reads)
        :param wants_json: False where the body may be anything
        :param headers: further headers for this call
        :param follows: False to get a redirect itself instead of where it leads
        :param divisible: True where asking for less is better than asking again after a timeout
        :param sieve: takes a part of the body out while it arrives; see `sieve`
        :raises TransportError: no answer came, or the address is not on this server
        """
        try:
            url = self.address(path_or_url, params)
        except TransportError as error:
            error.method = method
            raise
        call = Call(
            method, url, timeout_pair(timeout, self.timeout),
            retry or self.retry, payload=body, body=encoded(body), purpose=purpose,
            wants_json=wants_json, headers=headers, follows=follows, divisible=divisible,
            sieve=sieve)
        self._follow_fork()
        return self._signed(call)

    def address(self, path_or_url, params=None):
        """Return the full URL of a path below the service, or of a URL on this server."""
        target = ensure_native(path_or_url)
        if '://' in target:
            url = self.origin.admit(target)
        elif target.startswith('/slm/'):
            url = self.origin.url + target
        else:
            url = '{0}/{1}'.format(self.service_url, target.lstrip('/'))
        if not params:
            return url
        pairs = list(params.items()) if isinstance(params, Mapping) else params
        joint = '' if url.endswith(('?', '&')) else '&' if '?' in url else '?'
        return url + joint + urlencode_pairs(pairs)

    def token(self):
        """Return the security token, asking the service once; None with an API key."""
        if self._apikey is not None:
            return None
        self._follow_fork()
        return self._sign_in.token()

    def close(self):
        """Close the connections; the next request opens new ones."""
        self._session.close()

    def _follow_fork(self):
        # A child process must not share sockets, and may find locks held by threads it lacks.
        if self._pid != os.getpid():
            self._open()

    def _signed(self, call):
        """Send with credentials; where they lapsed in the middle of a run, renew once."""
        sign_in = self._sign_in
        sign_in.wait()
        if sign_in.refusal is not None:
            raise sign_in.refusal.copy()
        generation = sign_in.generation
        answer = self._with_retries(call)
        if not self._is_refusal(call, answer):
            sign_in.proven = sign_in.proven or answer.ok
            return answer
        if not sign_in.proven:
            sign_in.refuse(answer.error('Invalid credentials'))
            return answer
        if self._apikey is not None:
            return self._with_retries(call) if answer.status == 401 else answer
        LOG.info("sign-in lapsed; renewing it once")
        sign_in.renew(generation)
        return self._with_retries(call)

    def _is_refusal(self, call, answer):
        if answer.status == 401:
            return True
        if not call.is_write or _INVALID_KEY not in answer.content:
            return False
        try:
            return any(u'Invalid key' in error for error in answer.errors)
        except RallyResponseError:
            return False

    def _fetch_token(self):
        self._jar.clear()
        answer = self._with_retries(Call('GET', self.address(config.AUTH_ENDPOINT), self.timeout,
                                         self.retry, purpose='token'))
        if answer.status == 401:
            raise answer.error('Invalid credentials')
        if answer.status == 404:
            return ''  # on-premises servers of old have no tokens and need none
        if not answer.ok or answer.errors:
            raise answer.error()
        try:
            token = read(answer, config.AUTH_ENDPOINT).token
        except (AttributeError, RallyResponseError):
            token = None  # what came is not shown: there may be a token in it
        if not isinstance(token, string_types) or not token:
            raise RallyRESTAPIError("the service gave no security token, so nothing can be written",
                                    status_code=answer.status, method='GET', url=answer.url,
                                    hint=_NO_TOKEN)
        self.redactor.learn(token)
        self._sign_in.proven = True
        return ensure_native(token)

    def _with_retries(self, call):
        return deliver(call, self._send, self.retry_budget, lambda: self._sign_in.proven)

    def _send(self, call):
        """Send once, following redirects on this server; return a `Sending`."""
        method, url, body = call.method, call.url, call.body
        for _ in range(_MAX_REDIRECTS + 1):
            keyed = self._with_key(url) if call.is_write else url
            with self._slots:
                sending = self._exchange(call, method, keyed, body)
            if sending.error is not None or not leads_on(call, sending.answer):
                return sending
            url, refusal = next_address(call, url, sending.answer, self.origin)
            if refusal is not None:
                return refusal
        return failed('redirect', "the service redirects in a circle", call)

    def _with_key(self, url):
        token = self.token()
        if not token:
            return url
        joint = '' if url.endswith(('?', '&')) else '&' if '?' in url else '?'
        return url + joint + urlencode_pairs([('key', token)], default='')

    def _exchange(self, call, method, url, body):
        """Put one request on the wire and read its answer whole."""
        number = self._count()
        started = call.policy.clock()
        self.wire_log.asked(number, call, method, url, body)
        response, problem = None, None
        try:
            prepared = self._prepared(method, url, body, call.headers)
            response = self._session.get_adapter(prepared.url).send(
                prepared, stream=True, timeout=call.timeout, verify=self.verify, cert=None,
                proxies=self.proxies)
            self._keep_cookies(prepared, response)
            content = whole(response, call.sieve)
        except _LIBRARY_ERRORS as error:
            problem = error
        elapsed_s = call.policy.clock() - started
        if problem is not None:
            if response is not None:
                response.close()
            sending = self._sending_of(problem, call, method, url)
            self.wire_log.failed(number, call, sending.error, elapsed_s)
            return sending
        answer = Answer(response.status_code, response.headers, content,
                        self.redactor.text(url), method, elapsed_s, self.redactor.text)
        if self.latency_s is None or elapsed_s < self.latency_s:
            self.latency_s = elapsed_s
        self.wire_log.answered(number, call, answer)
        return Sending(answer, None, None)

    def _prepared(self, method, url, body, extra):
        headers = dict(self._session.headers)
        for name, value in (extra or {}).items():
            headers[ensure_native(name)] = ensure_native(value)
        if self._apikey is not None:
            headers['ZSESSIONID'] = self._apikey
        elif self._authorization is not None:
            headers['Authorization'] = self._authorization
        prepared = requests.PreparedRequest()
        prepared.prepare(method=method, url=url, headers=headers, data=body)
        if self._jar is not None:
            with self._lock:
                cookies = get_cookie_header(self._jar, prepared)
            if cookies:
                prepared.headers['Cookie'] = cookies
        return prepared

    def _keep_cookies(self, prepared, response):
        if self._jar is not None:
            with self._lock:
                extract_cookies_to_jar(self._jar, prepared, response.raw)

    def _sending_of(self, problem, call, method, url):
        fault = fault_of(problem)
        cause = cleaned(problem, self.redactor)
        proxy = mask_url(next(iter(self.proxies.values()), None))
        error = transport_error(fault, self.server, cause, call.is_write, proxy, method=method,
                                url=self.redactor.text(call.url),
                                payload=call.payload if call.is_write else None)
        return Sending(None, error, fault)

    def _count(self):
        with self._lock:
            self.request_count += 1
            return self.request_count


class TimedTransport(object):
    """A transport whose requests have a time limit of their own.

    :param transport: a `Transport`
    :param timeout: seconds, or a pair for connecting and reading
    """

    def __init__(self, transport, timeout):
        self._transport = transport
        self._timeout = timeout

    def __getattr__(self, name):
        if name.startswith('_'):
            raise AttributeError(name)
        return getattr(self._transport, name)

    def __repr__(self):
        return '<{0!r} within {1!r} seconds>'.format(self._transport, self._timeout)

    def get(self, path_or_url, params=None, **options):
        """Read; see `Transport.request`."""
        return self.request('GET', path_or_url, params, **options)

    def put(self, path_or_url, body=None, params=None, **options):
        """Create; see `Transport.request`."""
        return self.request('PUT', path_or_url, params, body, **options)

    def post(self, path_or_url, body=None, params=None, **options):
        """Update; see `Transport.request`."""
        return self.request('POST', path_or_url, params, body, **options)

    def delete(self, path_or_url, params=None, **options):
        """Delete; see `Transport.request`."""
        return self.request('DELETE', path_or_url, params, **options)

    def request(self, method, path_or_url, params=None, body=None, **options):
        """Send one request; see `Transport.request`."""
        options.setdefault('timeout', self._timeout)
        return self._transport.request(method, path_or_url, params, body, **options)


__all__ = ['DEFAULT_TIMEOUT', 'MAX_PARALLEL', 'TimedTransport', 'Transport']

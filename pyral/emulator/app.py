"""The WSGI application: authentication, routing, and the single place where errors become answers.

A request passes `respond` (route, identity, token), `run` (transaction and handler) and `finish`
(bytes, headers). No exception leaves this module: what nobody foresaw is logged and answered with
an envelope that says so.
"""
from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Iterable, Mapping, cast

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from . import wire
from .auth import Authenticator, Identity, Sessions
from .envelope import Answer, Document, Result
from .errors import AuthenticationFailed, MethodNotAllowed, PathNotFound, ServiceError
from .handlers.query import paging
from .request import Call, Params
from .routes import OWN, READING, Action, find_route
from .store.reading import of_type

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from .store import Obj, Store, Tx

__all__ = ['App', 'Settings']

log = logging.getLogger('pyral.emulator')

#: Larger bodies are refused: an attachment of 50 MB in base64 and its wrapping.
MAX_BODY = 75 * 1024 * 1024
#: More simultaneous requests of one user wait for their turn (section 16).
MOST_AT_ONCE = 12
FORM = 'application/x-www-form-urlencoded'
#: Versions that are answered; older ones with the warning of section 18.
CURRENT_VERSIONS = ('v2.0', 'v2.x')
OLD_STATES = {'1': "Not Supported", 'current': "Deprecated"}
OLD_VERSION = ("The version {} of the API is answered as v2.0: its API status is {}. "
               "Please update your client to use the latest version of the API.")
UNEXPECTED = "An unexpected error occurred in the emulator: {}. Its log says more."


@dataclass
class Settings:
    """How the application behaves beyond the protocol.

    :ivar latency_ms: added to every answer of the service.
    :ivar latency_per_item_us: added for every row of the answer.
    :ivar strict_tokens: accept a security token only in the session it belongs to.
    :ivar strict_case: compare texts in queries by exact letters.
    """

    latency_ms: float = 0
    latency_per_item_us: float = 0
    strict_tokens: bool = False
    strict_case: bool = False


class App:
    """Answers WSGI requests from a store.

    :param store: the objects.
    :param settings: behaviour beyond the protocol.
    """

    def __init__(self, store: Store, settings: Settings | None = None,
                 emulator: Any = None) -> None:
        self.store = store
        self.emulator = emulator
        self.settings = settings or Settings()
        self.sessions = Sessions()
        self.authenticator = Authenticator(self.sessions, self.settings.strict_tokens)
        self._turns: dict[int, threading.BoundedSemaphore] = {}
        self._turns_lock = threading.Lock()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        request.max_content_length = MAX_BODY
        response = self.respond(request)
        return response(environ, start_response)

    def respond(self, request: Request) -> Response:
        """Return the answer to a request, whatever happens."""
        exchange = Exchange(self, request)
        try:
            answer = exchange.answer()
        except RequestEntityTooLarge:
            answer = wire.error_page(413, "The body is larger than {} bytes.".format(MAX_BODY))
        except HTTPException as error:
            answer = wire.error_page(error.code or 400, error.description or "")
        except Exception as error:
            log.exception("%s %s failed", exchange.method, request.path)
            answer = self.refusal(
                ServiceError(UNEXPECTED.format(type(error).__name__)), 'OperationResult')
        return exchange.finish(answer)

    def forget(self) -> None:
        """End all sessions."""
        self.sessions.clear()

    def turn(self, user: int) -> threading.BoundedSemaphore:
        """Return the gate that lets a few requests of one user pass at a time."""
        with self._turns_lock:
            return self._turns.setdefault(user, threading.BoundedSemaphore(MOST_AT_ONCE))

    def run(self, action: Action, call: Call) -> Answer:
        """Run a handler inside its transaction; refusals become envelopes here and only here."""
        try:
            if action.mode == OWN:
                return action.handler(call)
            opened = self.store.reading if action.mode == READING else self.store.writing
            with opened() as tx:
                call.tx = tx
                return action.handler(call)
        except ServiceError as error:
            return self.refusal(error, action.envelope, call)

    def refusal(self, error: ServiceError, envelope: str, call: Call | None = None) -> Answer:
        """Return the answer that states a refusal."""
        if error.status != 200:
            page = wire.error_page(error.status, str(error))
            if isinstance(error, AuthenticationFailed):
                page.headers['WWW-Authenticate'] = 'Basic realm="Rally"'
            if isinstance(error, MethodNotAllowed) and error.allowed:
                page.headers['Allow'] = ', '.join(error.allowed)
            return page
        payload: dict[str, Any] = {}
        if envelope == 'QueryResult':
            size = paging(call).size if call is not None else 0
            payload = {'TotalResultCount': 0, 'StartIndex': 1, 'PageSize': size, 'Results': []}
        if envelope == 'BatchResult':
            payload = {'Results': []}
        return Result(envelope, payload, list(error.messages), bare=envelope == 'BatchResult')

    def dispatch(self, call: Call) -> Result:
        """Run one entry of a batch in a transaction of its own."""
        envelope = 'OperationResult'
        try:
            path = '/slm/webservice/{}/{}'.format(
                call.version, (call.entry_path or '').lstrip('/'))
            action, parts = find_route(path, call.method)
            envelope = action.envelope
            call.path = parts
            answer = self.run(action, call)
        except ServiceError as error:
            answer = self.refusal(ServiceError(*error.messages), envelope, call)
        except Exception as error:
            log.exception("batch entry %s %s failed", call.method, call.entry_path)
            answer = self.refusal(
                ServiceError(UNEXPECTED.format(type(error).__name__)), envelope, call)
        if isinstance(answer, Result):
            return answer
        return Result(envelope, {}, ["{} {} is not possible in a batch".format(
            call.method, call.entry_path)])

    def subscription(self) -> Mapping[str, Any]:
        """Return the settings of the subscription."""
        with self.store.reading() as tx:
            found = of_type(tx, 'Subscription')
        return found[0].doc if found else {}


class Exchange:
    """One request on its way through the application.

    :param app: whose request it is.
    :param request: the parsed request.
    """

    def __init__(self, app: App, request: Request) -> None:
        self.app = app
        self.request = request
        self.params = Params.parse(request.query_string.decode('latin-1'))
        self.method = request.method.upper()
        self.warnings: list[str] = []
        self.identity: Identity | None = None
        self.path_version: str | None = None

    def answer(self) -> Answer:
        """Return what the request is answered with, before it becomes bytes."""
        if self.method == 'OPTIONS':
            return Document(b'', wire.JSON_TYPE, 204, {'Allow': wire.ALLOWED_METHODS})
        if self.method == 'HEAD':
            self.method = 'GET'
        self._read_form()
        try:
            action, parts = find_route(self.request.path, self.method)
            self._check_version(parts.get('version'))
            identity, user = self._identify()
            call = self._call(identity, user, parts)
        except ServiceError as error:
            return self.app.refusal(error, 'OperationResult')
        try:
            if action.guarded:
                self.app.authenticator.authorize_write(identity, self.params.get('key'))
        except ServiceError as error:
            # Also a create is told of a bad token by an OperationResult (section 2.2).
            return self.app.refusal(error, 'OperationResult')
        with self.app.turn(user.oid):
            answer = self.app.run(action, call)
            self._wait(answer.items)
        self.warnings += call.warnings
        return answer

    def _read_form(self) -> None:
        """Turn a POST with `_method=GET` into the query it stands for."""
        if self.method != 'POST':
            return
        params = self.params
        if (self.request.mimetype or '').lower() == FORM and '_method' not in params:
            if len(self.request.get_data()) < MAX_BODY:
                form = Params.parse(self.request.get_data().decode('latin-1'))
                if form.get('_method', '').upper() == 'GET':
                    params = params.merged(form)
        elif params.get('_method', '').upper() == 'GET':
            params = params.merged(Params.parse(self.request.get_data().decode('latin-1')))
        if params.get('_method', '').upper() == 'GET':
            self.params, self.method = params, 'GET'

    def _check_version(self, version: str | None) -> None:
        """Let an old version pass with a warning, and an unknown one not at all."""
        if version is None or version.lower() in CURRENT_VERSIONS:
            return
        state = OLD_STATES.get(version.lower().split('.')[0])
        if state is None:
            raise PathNotFound("There is no version {} of the API; use v2.0".format(version[:20]))
        self.warnings.append(OLD_VERSION.format(version, state))

    def _identify(self) -> tuple[Identity, Obj]:
        headers = {name.lower(): value for name, value in self.request.headers.items()}
        with self.app.store.reading() as tx:
            identity, user = self.app.authenticator.identify(tx, headers)
        self.identity = identity
        return identity, user

    def _call(self, identity: Identity, user: Obj, parts: Mapping[str, str]) -> Call:
        base = '{}/slm/webservice/{}'.format(
            self.request.host_url.rstrip('/'), parts.get('version') or 'v2.0')
        # A handler that opens its own transactions never sees this one.
        nothing = cast('Tx', None)
        return Call(nothing, identity, user, self.method, parts, self.params,
                    self.request.get_data(), base, self.app.dispatch,
                    self.app.authenticator.token_for)

    def _wait(self, items: int) -> None:
        settings = self.app.settings
        seconds = settings.latency_ms / 1e3 + settings.latency_per_item_us * items / 1e6
        if seconds > 0:
            time.sleep(seconds)

    def finish(self, answer: Answer) -> Response:
        """Return an answer as bytes with all headers."""
        status, headers = 200, dict(answer.headers)
        if isinstance(answer, Document):
            body, content_type, status = answer.body, answer.content_type, answer.status
        else:
            body = wire.json_bytes(answer.document(self.warnings), self._flag('pretty'))
            content_type = wire.JSON_TYPE
            callback = self.params.get('jsonp', '').strip()
            if callback and self.method == 'GET':
                body = wire.wrapped(callback, body)
        body, extra = wire.compressed(body, self.request.headers.get('Accept-Encoding', ''))
        headers.update(extra)
        response = Response(body, status, headers, content_type=content_type)
        self._set_cookies(response)
        self._allow_origin(response)
        return response

    def _flag(self, name: str) -> bool:
        return self.params.get(name, '').strip().lower() == 'true'

    def _set_cookies(self, response: Response) -> None:
        identity = self.identity
        if identity is None or not identity.new_session or identity.session is None:
            return
        secure = self.request.scheme == 'https'
        for name, value in (('JSESSIONID', identity.session), ('ZSESSIONID', identity.session),
                            ('SUBBUCKETID', '100')):
            response.set_cookie(name, value, path='/', httponly=True, secure=secure)

    def _allow_origin(self, response: Response) -> None:
        origin = self.request.headers.get('Origin')
        if not origin:
            return
        own = self.request.host_url.rstrip('/')
        if wire.origin_allowed(origin, own, self.app.subscription()):
            response.headers.extend(wire.cors_headers(origin))

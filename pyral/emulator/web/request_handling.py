"""One HTTP request, from its headers to the bytes of its answer (session cookies, CORS, JSONP).

Ordered faults act here, because they concern answers and connections rather than objects. Nothing
here decides what a request means; that is for the routes and their handlers.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Mapping, cast

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from ..access.auth import Identity
from ..answers import serialize
from ..clock import iso
from ..envelope import Answer, Document, Result
from ..errors import AddressRefused, BadRequest, PathNotFound, RequestTooLarge
from ..handlers import security_token
from ..handlers.browser import favicon
from ..request import Call, Operation, Params
from .control import PREFIX, ControlApi
from .faults import Fault, Faults
from .local_access import Caller
from .open_paths import OpenPaths
from .request_log import LoggedRequest, RequestLog, hidden, log_line
from .routes import find_route, suffix_warnings
from .runner import Runner
from .wsgi import BREAK, HERE, IN_PROCESS

if TYPE_CHECKING:
    from ..store import Obj, Tx

__all__ = ['MAX_BODY', 'RequestHandling']

#: Larger bodies are refused: an attachment of 50 MB in base64 and its wrapping.
MAX_BODY = 75 * 1024 * 1024
FORM = 'application/x-www-form-urlencoded'
#: A query in a form is shorter; anything longer is the body of a write.
LONGEST_FORM = 1024 * 1024
#: Versions that are answered; older ones with the warning of section 18.
CURRENT_VERSIONS = ('v2.0', 'v2.x')
OLD_STATES = {'1': "Not Supported", 'current': "Deprecated"}
#: The first and the last of the versions 1.x (section 1.4).
FIRST_OLD, LAST_OLD = 8, 43
OLD_VERSION = (
    "The version {} of the API is answered as v2.0: its API status is {}. "
    "Please update your client to use the latest version of the API."
)
#: Where the security token is asked for.
SIGN_IN = '/security/authorize'
#: Texts of errors kept in the log of requests, and how much of one.
MOST_ERRORS = 5
LONGEST_ERROR = 250


class RequestHandling:
    """A request and how it is answered.

    :param request: the parsed request.
    :param runner: runs the handler of its route.
    :param control: answers below its own prefix.
    :param open_paths: answers what needs no login.
    """

    def __init__(
        self,
        request: Request,
        runner: Runner,
        control: ControlApi,
        faults: Faults,
        request_log: RequestLog,
        open_paths: OpenPaths,
    ) -> None:
        self._runner, self._control, self._open_paths = runner, control, open_paths
        self._faults, self._log = faults, request_log
        self.request = request
        self.method = request.method.upper()
        self.params = Params.parse(request.query_string.decode('latin-1'))
        self.headers = {name.lower(): value for name, value in request.headers.items()}
        self.warnings: list[str] = []
        self.envelope = 'OperationResult'
        self.identity: Identity | None = None
        self.fault: Fault | None = None
        #: Whether the security token is asked for.
        self.signs_in = False
        self.entry: LoggedRequest | None = None
        self._started = time.perf_counter()
        #: Scheme, host and port the client used; None when its `Host` header is none.
        self.origin = serialize.origin_of(
            request.scheme,
            request.environ.get('HTTP_HOST'),
            request.environ.get('SERVER_NAME', ''),
            request.environ.get('SERVER_PORT', ''),
        )

    def response(self) -> Response:
        """Return the answer to the request, whatever happens."""
        try:
            return self._finish(self._answer())
        except Exception as error:
            refusal = self._refusal(error)
        try:
            return self._finish(refusal)
        except Exception as error:
            # What breaks the making of headers must not cost the answer of a write that was done.
            answer = self._refusal(error)
        raw = serialize.json_bytes(answer.document()) if isinstance(answer, Result) else answer.body
        kind = serialize.JSON_TYPE if isinstance(answer, Result) else answer.content_type
        headers = serialize.service_headers(500, {}, False)
        return Response(raw, 500, headers, content_type=kind)

    def _refusal(self, error: Exception) -> Answer:
        return self._runner.answer_to(error, self.method, self.request.path, self.envelope)

    def _answer(self) -> Answer:
        """Return what the request is answered with, before it becomes bytes."""
        if self.origin is None:
            raise BadRequest("The Host header names no host.")
        if (self.request.path + '/').startswith(PREFIX + '/'):
            return self._control.serve(
                self.method, self.request.path, self._body(), self._caller(), self.params
            )
        picture = favicon(self.method, self.request.path)
        if picture is not None:
            # A browser asks for it by itself: no fault is meant for it.
            return picture
        self._note()
        if self.method == 'OPTIONS':
            return Document(b'', serialize.JSON_TYPE, 204, {'Allow': serialize.ALLOWED_METHODS})
        if self.method == 'HEAD':
            self.method = 'GET'
        self._read_form()
        self.fault = self._faults.next_for(self.method, self.request.path)
        replaced = self._before()
        return self._serve() if replaced is None else replaced

    def _caller(self) -> Caller:
        """Return who sent the request."""
        environ = self.request.environ
        return Caller(
            self.request.remote_addr or '',
            environ.get(HERE, ''),
            self.headers,
            self.origin or '',
            IN_PROCESS in environ,
        )

    def _serve(self) -> Answer:
        """Serve the request: without a login where none is needed, else by its route."""
        address = self.request.remote_addr or ''
        if not self._runner.settings.admits(address):
            raise AddressRefused(address)
        query = self.request.query_string.decode('latin-1')
        found = self._open_paths.answer(
            self.method, self.request.path, query, self.origin or '', self._for_browser
        )
        if found is not None:
            return found
        action, parts = find_route(self.request.path, self.method)
        self.signs_in = action.handler is security_token.authorize
        self._check_version(parts.get('version'))
        self.warnings += suffix_warnings(self.request.path, parts.get('version'))
        local = self._control.facts_for(self.method, self._caller()) if action.is_page else None
        guest = self._guest() if action.open_here and local is not None else None
        identity, user = guest or self._identify()
        if action.guarded:
            # Also a create is told of a bad token by an OperationResult (section 2.2).
            self._runner.authenticator.authorize_write(identity, self.params.get('key'))
        self.envelope = action.envelope
        call = self._call(identity, user, parts)
        call.local, call.signed_in = local, guest is None
        with self._runner.limit_of(user.oid):
            answer = self._runner.run(action, call)
            settings = self._runner.settings
            self._runner.wait(
                settings.latency_ms / 1e3 + settings.latency_per_item_us * answer.items / 1e6
            )
        self.warnings += call.warnings
        return answer

    def _body(self) -> bytes:
        try:
            return self.request.get_data()
        except RequestEntityTooLarge:
            raise RequestTooLarge(f"The body is larger than {MAX_BODY} bytes.") from None
        except HTTPException as error:
            raise BadRequest(error.description or "The body cannot be read.") from None

    def _note(self) -> None:
        """Begin the entry in the log of requests."""
        self.entry = self._log.open(
            iso(self._runner.store.clock.now()),
            self.method,
            self.request.path,
            self.params.pairs(),
            self.headers,
        )

    def _read_form(self) -> None:
        """Turn a POST with `_method=GET` into the query it stands for."""
        if self.method != 'POST':
            return
        is_form = (self.request.mimetype or '').lower() == FORM
        if (self.request.content_length or 0) > LONGEST_FORM:
            return
        if not is_form and self.params.get('_method', '').upper() != 'GET':
            return
        params = self.params.merged(Params.parse(self._body().decode('latin-1')))
        # curl calls every body a form; only one that says so is.
        if params.get('_method', '').upper() == 'GET':
            self.params, self.method = params, 'GET'

    def _check_version(self, version: str | None) -> None:
        """Let an old version pass with a warning, and an unknown one not at all."""
        if version is None or version.lower() in CURRENT_VERSIONS:
            return
        major, _, minor = version.lower().partition('.')
        state = OLD_STATES.get(major)
        is_old = minor.isdigit() and FIRST_OLD <= int(minor[:9]) <= LAST_OLD
        if state is None or (minor != '' if major == 'current' else not is_old):
            raise PathNotFound(f"There is no version {version[:20]} of the API; use v2.0")
        self.warnings.append(OLD_VERSION.format(version, state))

    @property
    def _for_browser(self) -> bool:
        """Whether a browser asks for a page, rather than a client of the API."""
        return self.method == 'GET' and 'text/html' in self.headers.get('accept', '').lower()

    def _guest(self) -> tuple[Identity, Obj] | None:
        """Return the user whose view a browser without any login gets; None where it has one."""
        if not self._for_browser or 'authorization' in self.headers or 'zsessionid' in self.headers:
            return None
        with self._runner.store.reading() as tx:
            return self._runner.authenticator.guest(
                tx, self.headers.get('cookie', ''), self._control.shown_user
            )

    def _identify(self) -> tuple[Identity, Obj]:
        with self._runner.store.reading() as tx:
            identity, user = self._runner.authenticator.identify(tx, self.headers)
        self.identity = identity
        if self.entry is not None:
            self.entry.user = str(user.doc.get('UserName'))
            self.entry.auth = identity.way
        return identity, user

    def _call(self, identity: Identity, user: Obj, parts: Mapping[str, str]) -> Call:
        base = f"{self.origin}/slm/webservice/{parts.get('version') or 'v2.0'}"
        # A handler that opens its own transactions never sees this one.
        nothing = cast('Tx', None)
        call = Call(
            nothing,
            identity,
            user,
            Operation(self.method, parts, self.params, self._body()),
            base,
            self._runner.dispatch,
            self._runner.authenticator.token_for,
        )
        call.here = self.request.path
        call.strict_case = self._runner.settings.strict_case
        return call

    def _before(self) -> Answer | None:
        """Do what the fault does before the request is served; an answer replaces it."""
        fault = self.fault
        if fault is None:
            return None
        if self.entry is not None:
            self.entry.fault = fault.kind
        self._runner.wait(fault.delay_ms / 1e3)
        if fault.kind == 'expire-token':
            self._runner.sessions.expire_tokens()
        if fault.kind == 'expire-session':
            self._runner.sessions.clear()
        if fault.kind == 'repeat-page':
            self.params = self.params.merged(Params([('start', '1')]))
        if fault.kind == 'errors':
            return Result('OperationResult', {}, [str(text) for text in fault.errors])
        if fault.kind == 'status':
            headers = {str(name): str(value) for name, value in fault.headers.items()}
            return Document(fault.body.encode('utf-8'), serialize.HTML_TYPE, fault.status, headers)
        if fault.kind == 'reset':
            self.request.environ[BREAK] = 'reset'
            return Document(b'', serialize.HTML_TYPE)
        return None

    def _after(self, answer: Answer) -> Answer:
        """Do what the fault does to the finished answer."""
        fault = self.fault
        if fault is None:
            return answer
        if fault.kind in ('unanswered', 'truncate'):
            self.request.environ[BREAK] = 'truncate' if fault.kind == 'truncate' else 'reset'
        if fault.kind == 'garble':
            return Document(fault.body.encode('utf-8'), serialize.HTML_TYPE)
        if isinstance(answer, Result) and answer.key == 'QueryResult':
            if fault.kind == 'wrong-total':
                answer.payload['TotalResultCount'] += fault.rows
            if fault.kind == 'short-page':
                rows = answer.payload['Results']
                answer.payload['Results'] = rows[: max(0, len(rows) - fault.rows)]
        return answer

    def _finish(self, answer: Answer) -> Response:
        """Return an answer as bytes with all headers."""
        answer = self._after(answer)
        status, headers = 200, dict(answer.headers)
        sign_in = self.signs_in or self.request.path.lower().rstrip('/').endswith(SIGN_IN)
        if isinstance(answer, Document):
            body, content_type, status = answer.body, answer.content_type, answer.status
        else:
            body = serialize.json_bytes(answer.document(self.warnings), self._flag('pretty'))
            content_type = serialize.JSON_TYPE
            callback = self.params.get('jsonp', '').strip()
            if callback and self.method == 'GET' and not sign_in and self._allows_jsonp():
                body = serialize.wrapped(callback, body)
                content_type = serialize.SCRIPT_TYPE
            if self.method == 'GET' and not sign_in:
                headers.setdefault('ETag', serialize.etag(body))
        self._complete(answer, status, len(body))
        body, extra = serialize.compressed(body, self.headers.get('accept-encoding', ''))
        headers.update(extra)
        may_be_kept = 'Cache-Control' in headers
        headers = serialize.service_headers(status, headers, sign_in)
        response = Response(body, status, headers, content_type=content_type)
        self._set_cookies(response)
        self._allow_origin(response, may_be_kept)
        return response

    def _complete(self, answer: Answer, status: int, size: int) -> None:
        entry = self.entry
        if entry is None:
            return
        entry.status, entry.items, entry.bytes = status, answer.items, size
        if isinstance(answer, Result):
            entry.errors = [hidden(text[:LONGEST_ERROR]) for text in answer.errors[:MOST_ERRORS]]
        entry.ms = round((time.perf_counter() - self._started) * 1e3, 3)
        log_line(entry)

    def _flag(self, name: str) -> bool:
        return self.params.get(name, '').strip().lower() == 'true'

    def _allows_jsonp(self) -> bool:
        return self._runner.subscription().get('JSONPEnabled') is not False

    def _set_cookies(self, response: Response) -> None:
        identity = self.identity
        if identity is None or not identity.new_session or identity.session is None:
            return
        secure = self.request.scheme == 'https'
        # A page elsewhere may send them only where it may also read what is answered.
        elsewhere = secure and self._reads_from(self.headers.get('origin') or '')
        cookies: dict[str, Any] = {
            'JSESSIONID': identity.session,
            'ZSESSIONID': identity.session,
            'SUBBUCKETID': '100',
        }
        for name, value in cookies.items():
            response.set_cookie(
                name,
                value,
                path='/',
                httponly=True,
                secure=secure,
                samesite='None' if elsewhere else 'Lax',
            )

    def _reads_from(self, origin: str) -> bool:
        """Say whether pages of another origin may read answers."""
        return origin not in ('', self.origin) and serialize.origin_allowed(
            origin, self.origin, self._runner.subscription()
        )

    def _allow_origin(self, response: Response, may_be_kept: bool) -> None:
        origin = self.headers.get('origin')
        if not origin:
            if may_be_kept:
                # A browser may not show a page of another origin what it has kept without one.
                response.headers.add('Vary', 'Origin')
            return
        if response.headers.get('Cross-Origin-Resource-Policy') == 'same-origin':
            return
        if serialize.origin_allowed(origin, self.origin, self._runner.subscription()):
            response.headers.extend(serialize.cors_headers(origin))

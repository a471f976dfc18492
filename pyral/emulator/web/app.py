"""The WSGI application: the single place where errors become answers, and the control desk.

A request is an `Exchange` (route, identity, token, bytes); this module runs its handler inside a
transaction and turns refusals into envelopes. No exception leaves it: what nobody foresaw is logged
and answered with an envelope that says so.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Iterable, Mapping

from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Request, Response

from ..access.auth import Authenticator, Sessions, keys_of, revoke_keys, set_credentials
from ..answers import wire
from ..envelope import Answer, Result
from ..errors import AuthenticationFailed, MethodNotAllowed, ServiceError
from ..handlers.query import paging
from ..request import Call
from ..settings import Settings
from ..store.reading import of_type
from . import control
from .exchange import MAX_BODY, Exchange
from .faults import Faults
from .request_log import Journal
from .routes import OWN, READING, Action, find_route

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from ..store import Store

__all__ = ['App']

log = logging.getLogger('pyral.emulator')

UNEXPECTED = "An unexpected error occurred in the emulator: {}. Its log says more."
#: How long a session lives unused, when the subscription says it.
TIMEOUT = 'SessionTimeoutSeconds'


class App:
    """Answers WSGI requests from a store.

    :param store: the objects.
    :param settings: behaviour beyond the protocol.
    :param emulator: who can reset the world and says where it listens; None without one.
    """

    def __init__(
        self, store: Store, settings: Settings | None = None, emulator: Any = None
    ) -> None:
        self.store = store
        self.settings = settings or Settings()
        self.emulator = emulator
        self.journal = Journal()
        self.faults = Faults()
        self.sessions = Sessions()
        self.authenticator = Authenticator(self.sessions, self.settings.strict_tokens)
        self._snapshots: dict[str, Any] = {}
        self._turns: dict[int, threading.BoundedSemaphore] = {}
        self._turns_lock = threading.Lock()
        self._set_timeout()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        request.max_content_length = MAX_BODY
        return self.respond(request)(environ, start_response)

    def respond(self, request: Request) -> Response:
        """Return the answer to a request, whatever happens."""
        exchange = Exchange(self, request)
        try:
            answer = exchange.answer()
        except RequestEntityTooLarge:
            answer = wire.error_page(413, f"The body is larger than {MAX_BODY} bytes.")
        except HTTPException as error:
            answer = wire.error_page(error.code or 400, error.description or "")
        except Exception as error:
            log.exception("%s %s failed", exchange.method, request.path)
            answer = self.refusal(
                ServiceError(UNEXPECTED.format(type(error).__name__)), exchange.envelope
            )
        return exchange.finish(answer)

    def turn(self, user: int) -> threading.BoundedSemaphore:
        """Return the gate that lets a few requests of one user pass at a time (section 16)."""
        with self._turns_lock:
            if user not in self._turns:
                self._turns[user] = threading.BoundedSemaphore(int(self.settings.at_once))
            return self._turns[user]

    def run(self, action: Action, call: Call) -> Answer:
        """Run a handler inside its transaction; refusals become envelopes here and only here."""
        try:
            if action.mode == OWN:
                return action.handler(call)
            opened = self.store.reading if action.mode == READING else self.store.writing
            with opened() as tx:
                call.tx = tx
                answer = action.handler(call)
            if action.guarded and call.path.get('type', '').lower() == 'subscription':
                self._set_timeout()
            return answer
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
            path = f"/slm/webservice/{call.version}/{(call.entry_path or '').lstrip('/')}"
            action, parts = find_route(path, call.method)
            envelope = action.envelope
            call.path = parts
            answer = self.run(action, call)
        except ServiceError as error:
            answer = self.refusal(ServiceError(*error.messages), envelope, call)
        except Exception as error:
            log.exception("batch entry %s %s failed", call.method, call.entry_path)
            answer = self.refusal(
                ServiceError(UNEXPECTED.format(type(error).__name__)), envelope, call
            )
        if isinstance(answer, Result):
            return answer
        return Result(envelope, {}, [f"{call.method} {call.entry_path} is not possible in a batch"])

    def subscription(self) -> Mapping[str, Any]:
        """Return the settings of the subscription."""
        with self.store.reading() as tx:
            found = of_type(tx, 'Subscription')
        return found[0].doc if found else {}

    def control(self, request: Request, origin: str) -> Answer:
        """Answer at the control door; the origin is the one the client used."""
        return control.serve(
            self,
            request.method.upper(),
            request.path,
            request.get_data(),
            request.remote_addr or '',
            request.headers.get('Origin'),
            origin,
        )

    def forget(self) -> None:
        """End all sessions, take all faults back, and empty the log of requests."""
        self.sessions.clear()
        self.faults.clear()
        self.journal.clear()
        self._set_timeout()

    def _set_timeout(self) -> None:
        seconds = self.subscription().get(TIMEOUT)
        if isinstance(seconds, (int, float)) and seconds > 0:
            self.sessions.seconds = float(seconds)

    # The desk of the control door

    def about(self) -> dict[str, Any]:
        """Return where the emulator is and what it holds, without secrets."""
        with self.store.reading() as tx:
            spaces = [space.name for space in of_type(tx, 'Workspace')]
            users = [str(user.doc.get('UserName')) for user in of_type(tx, 'User')]
        shown = {
            name: getattr(self.emulator, name, None)
            for name in ('url', 'world', 'user', 'workspace', 'project')
        }
        return {**shown, 'workspaces': spaces, 'users': users, 'requests': self.journal.count}

    def reset_world(self) -> None:
        """Put the world back as it was at the start."""
        if self.emulator is None:
            self.forget()
        else:
            self.emulator.reset()

    def take_snapshot(self, name: str) -> None:
        """Keep a copy of all data under a name."""
        before = self._snapshots.get(name)
        self._snapshots[name] = self.store.snapshot()
        if before is not None:
            before.close()

    def put_back(self, name: str) -> bool:
        """Put data back that were kept; returns whether there is such a name."""
        if name not in self._snapshots:
            return False
        self.store.restore(self._snapshots[name])
        return True

    def snapshot_names(self) -> list[str]:
        """Return the names of the copies that are kept."""
        return sorted(self._snapshots)

    def let_in(
        self,
        user: str,
        password: str | None = None,
        apikey: str | None = None,
        read_only: bool = False,
    ) -> None:
        """Give a user a password, a further API key, or both.

        :raises ValueError: when that cannot be.
        """
        with self.store.writing() as tx:
            set_credentials(tx, user, password, apikey, read_only)

    def revoke(self, user: str, apikey: str | None = None) -> list[str]:
        """Take a user's API key away, or all; return the ids of those that are gone.

        :raises ValueError: when there is no such user or key.
        """
        with self.store.writing() as tx:
            return revoke_keys(tx, user, apikey)

    def credentials(self) -> dict[str, list[dict[str, str]]]:
        """Return id and access of the API keys of every user who has one."""
        with self.store.reading() as tx:
            held = {str(user.doc.get('UserName')): keys_of(user) for user in of_type(tx, 'User')}
        return {user: keys for user, keys in held.items() if keys}

    def tune(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Change settings, and return them all.

        :raises ValueError: for an unknown name or a value that cannot be.
        """
        self.settings.change(values)
        if 'at_once' in values:
            # Requests under way leave by the gates they came through.
            with self._turns_lock:
                self._turns.clear()
        self.authenticator.strict_tokens = self.settings.strict_tokens
        return asdict(self.settings)

"""Runs handlers in transactions (dispatch), and turns errors into answers. Knows no HTTP request.

This is the only place where a refusal becomes an envelope, and where an exception that nobody
foresaw is logged and answered with an envelope that says so.
"""

from __future__ import annotations

import logging
import threading
from dataclasses import asdict
from typing import Any, Mapping

from ..access.auth import Authenticator, Sessions
from ..answers import serialize
from ..envelope import Answer, Result
from ..errors import AuthenticationFailed, MethodNotAllowed, ServiceError
from ..request import Call
from ..rules.derived import flow_data
from ..settings import Settings
from ..store import Store
from ..store.database_errors import trouble
from ..store.reading import of_type
from .request_log import in_a_line
from .routes import OWN, READING, Action, find_route, suffix_warnings

__all__ = ['Runner']

log = logging.getLogger('pyral.emulator')

UNEXPECTED = "An unexpected error occurred in the emulator: {}. Its log says more."
DATABASE = "The database of the emulator cannot be used, and the request was not done: {}"
#: How long a session lives unused, when the subscription says it.
TIMEOUT = 'SessionTimeoutSeconds'


class Runner:
    """Runs calls over a store, and holds the logins that they are made with.

    :param store: the objects.
    :param settings: behaviour beyond the protocol.
    """

    def __init__(self, store: Store, settings: Settings) -> None:
        self.store = store
        self.settings = settings
        self.sessions = Sessions()
        self.authenticator = Authenticator(self.sessions, settings.strict_tokens)
        self._limits: dict[int, threading.BoundedSemaphore] = {}
        self._limits_lock = threading.Lock()
        self._stopped = threading.Event()
        self.set_session_timeout()

    def run(self, action: Action, call: Call) -> Answer:
        """Run a handler inside its transaction."""
        try:
            if action.mode == OWN:
                return action.handler(call)
            timebox = flow_data.shown_by(call.path, is_page=call.here.startswith('/browse/'))
            if timebox is not None:
                flow_data.collect(self.store, timebox)
            opened = self.store.reading if action.mode == READING else self.store.writing
            with opened() as tx:
                call.tx = tx
                answer = action.handler(call)
            if action.guarded and call.path.get('type', '').lower() == 'subscription':
                self.set_session_timeout()
            return answer
        except Exception as error:
            return self.answer_to(error, call.method, call.entry_path or call.here, action.envelope)

    def dispatch(self, call: Call) -> Result:
        """Run one entry of a batch in a transaction of its own."""
        envelope = 'OperationResult'
        try:
            path = f"/slm/webservice/{call.version}/{(call.entry_path or '').lstrip('/')}"
            action, parts = find_route(path, call.method)
            envelope = action.envelope
            call.path = parts
            for text in suffix_warnings(path, call.version):
                call.warn(text)
            answer = self.run(action, call)
        except ServiceError as error:
            # Also a path that leads nowhere is told in the envelope of its entry.
            answer = self.refusal(ServiceError(*error.messages), envelope, call.here)
        if isinstance(answer, Result):
            return answer
        return Result(envelope, {}, [f"{call.method} {call.entry_path} is not possible in a batch"])

    def answer_to(self, error: Exception, method: str, path: str, envelope: str) -> Answer:
        """Return the answer to an exception: a refusal in its own words, anything else logged."""
        wrong = trouble(error)
        if wrong:
            log.error("%s %s failed: the database says: %s", method, in_a_line(path), wrong)
            error = ServiceError(DATABASE.format(wrong))
        elif not isinstance(error, ServiceError):
            log.error("%s %s failed", method, in_a_line(path), exc_info=error)
            error = ServiceError(UNEXPECTED.format(type(error).__name__))
        return self.refusal(error, envelope, path)

    def refusal(self, error: ServiceError, envelope: str, path: str) -> Answer:
        """Return the answer that states a refusal.

        :param path: of the request, for a page.
        """
        if error.status != 200:
            page = serialize.error_page(error.status, str(error), path)
            if isinstance(error, AuthenticationFailed):
                page.headers['WWW-Authenticate'] = 'Basic realm="Rally ALM"'
            if isinstance(error, MethodNotAllowed) and error.allowed:
                page.headers['Allow'] = ', '.join(error.allowed)
            return page
        payload: dict[str, Any] = {}
        if envelope == 'QueryResult':
            payload = {'TotalResultCount': 0, 'StartIndex': 0, 'PageSize': 0, 'Results': []}
        if envelope == 'BatchResult':
            payload = {'Results': []}
        return Result(envelope, payload, list(error.messages), bare=envelope == 'BatchResult')

    def limit_of(self, user: int) -> threading.BoundedSemaphore:
        """Return the semaphore that bounds the concurrent requests of a user (section 16)."""
        with self._limits_lock:
            if user not in self._limits:
                self._limits[user] = threading.BoundedSemaphore(int(self.settings.at_once))
            return self._limits[user]

    def wait(self, seconds: float) -> None:
        """Delay a request; `stop` ends every delay."""
        if seconds > 0:
            self._stopped.wait(seconds)

    def stop(self) -> None:
        """End the delays of all requests, now and from now on."""
        self._stopped.set()

    def resume(self) -> None:
        """Let delays last again, after a `stop`."""
        self._stopped.clear()

    def subscription(self) -> Mapping[str, Any]:
        """Return the settings of the subscription."""
        with self.store.reading() as tx:
            found = of_type(tx, 'Subscription')
        return found[0].doc if found else {}

    def set_session_timeout(self) -> None:
        """Let sessions live as long as the subscription says."""
        seconds = self.subscription().get(TIMEOUT)
        if isinstance(seconds, (int, float)) and seconds > 0:
            self.sessions.seconds = float(seconds)

    def change_settings(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Change settings, and return them all.

        :raises ValueError: for an unknown name or a value that cannot be.
        """
        self.settings.change(values)
        if 'at_once' in values:
            # Requests under way release the semaphores that they acquired.
            with self._limits_lock:
                self._limits.clear()
        self.authenticator.strict_tokens = self.settings.strict_tokens
        return asdict(self.settings)

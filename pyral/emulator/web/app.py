"""The WSGI application: runner, control API, faults and request log, put together.

What one request means is in `request_handling`; what a handler needs around it in `runner`.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping

from werkzeug.wrappers import Request

from ..request import LocalFacts
from ..settings import Settings
from .control import ControlApi
from .faults import Faults
from .folders import Folders
from .local_access import LocalAccess
from .open_paths import OpenPaths
from .request_handling import MAX_BODY, RequestHandling
from .request_log import RequestLog
from .runner import Runner

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from ..store import Store

__all__ = ['App']


class App:
    """Answers WSGI requests from a store.

    :param store: the objects.
    :param settings: behaviour beyond the protocol.
    :param reset: puts the world back for the control API; `forget` alone without one.
    :param describe: says where the emulator listens and what it holds, for the control API.
    :param folders: the folder whose files are served below each prefix.
    :param access: decides who may use the control API.
    :param facts: what pages show to callers that may.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings | None = None,
        reset: Callable[[], None] | None = None,
        describe: Callable[[], Mapping[str, Any]] = dict,
        folders: Mapping[str, Path] | None = None,
        access: LocalAccess | None = None,
        facts: Callable[[], LocalFacts] = LocalFacts,
    ) -> None:
        self.store = store
        self.runner = Runner(store, settings or Settings())
        self.settings = self.runner.settings
        self.sessions = self.runner.sessions
        self.authenticator = self.runner.authenticator
        self.request_log = RequestLog()
        self.faults = Faults()
        self.open_paths = OpenPaths(Folders(folders or {}))
        self.control = ControlApi(
            self.runner,
            self.faults,
            self.request_log,
            reset or self.forget,
            describe,
            access or LocalAccess(),
            facts,
        )

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        request = Request(environ)
        request.max_content_length = MAX_BODY
        handling = RequestHandling(
            request, self.runner, self.control, self.faults, self.request_log, self.open_paths
        )
        return handling.response()(environ, start_response)

    def forget(self) -> None:
        """End all sessions, take all faults back, and empty the request log."""
        self.sessions.clear()
        self.faults.clear()
        self.request_log.clear()
        self.runner.set_session_timeout()

    def close(self) -> None:
        """End the delays of all requests, and give up the snapshots of the control API."""
        self.runner.stop()
        self.control.close()

"""A small client of the protocol for tests: it adds nothing and hides nothing."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from pyral.emulator.settings import Settings
from pyral.emulator.store import Store
from pyral.emulator.web import server
from pyral.emulator.web.adapter import InProcessAdapter
from pyral.emulator.web.app import App
from tests.emulator.tiny_world import Tiny, build_tiny
from tests.threads import GUARD_S

ORIGIN = 'http://emulator.invalid'


@pytest.fixture(scope='session', autouse=True)
def patient_server():
    """Let a server wait as long as a busy machine needs, where it waits for a client or a thread.

    A client that did not come to read in two seconds why it was refused sees a reset instead.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in ('IDLE_SECONDS', 'DRAIN_SECONDS', 'STOP_SECONDS'):
            patch.setattr(server, name, GUARD_S)
        yield


class Service:
    """One caller of an application, in process.

    :param app: the application.
    :param tiny: the objects of the tiny world.
    :param headers: how the caller proves who it is; the full API key when not given.
    """

    def __init__(
        self,
        app: App,
        tiny: Tiny,
        auth: tuple[str, str] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.app, self.tiny = app, tiny
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.mount(ORIGIN, InProcessAdapter(app))
        self.session.auth = auth
        if auth is None:
            self.session.headers.update({'ZSESSIONID': tiny.apikey} if headers is None else headers)

    @property
    def base(self) -> str:
        return ORIGIN + '/slm/webservice/v2.0'

    def send(self, method: str, path: str, body: Any = None, **params: Any) -> requests.Response:
        """Send a request; a path that begins with `/slm`, `/emulator` or `/browse` is absolute."""
        absolute = path.startswith(('/slm', '/emulator', '/browse')) or path == '/'
        headers = params.pop('headers', None)
        return self.session.request(
            method,
            (ORIGIN if absolute else self.base) + path,
            params=params,
            headers=headers,
            json=body,
            allow_redirects=params.pop('follow', True),
        )

    def get(self, path: str, **params: Any) -> Any:
        """Return what lies below the only key of an answer."""
        return opened(self.send('GET', path, **params))

    def rows(self, path: str, **params: Any) -> list[dict[str, Any]]:
        """Return the rows of a query that must succeed."""
        result = self.get(path, **params)
        assert result['Errors'] == []
        return result['Results']

    def names(self, path: str, **params: Any) -> list[str]:
        """Return the names of the rows of a query."""
        return [row['_refObjectName'] for row in self.rows(path, **params)]

    def oid(self, name: str) -> int:
        return self.tiny[name]

    def other(
        self, auth: tuple[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> Service:
        """Return another caller of the same application."""
        return Service(self.app, self.tiny, auth, headers)


def opened(response: requests.Response) -> Any:
    """Return what lies below the only key of an envelope."""
    assert response.status_code == 200, response.text
    document = response.json()
    assert len(document) == 1
    return next(iter(document.values()))


def tiny_service(url: str = 'sqlite://', **settings: Any) -> Service:
    """Return a caller of a new application over a new store."""
    store = Store(url)
    tiny = build_tiny(store)
    return Service(App(store, Settings(**settings)), tiny)

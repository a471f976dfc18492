"""The `Emulator`: a store, a world, the application and its server, as one object."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Iterable, Mapping

from . import worlds
from .access.auth import GivenLogin, keys_by_user, revoke_keys, set_credentials
from .clock import Clock, parse_iso
from .request import LocalFacts
from .rules.derived.recount import bring_up_to_date
from .settings import Settings
from .store import Store
from .store.database_errors import told
from .store.reading import of_type
from .web.adapter import InProcessAdapter
from .web.app import App
from .web.faults import Fault
from .web.folders import Served, folders_of
from .web.local_access import LocalAccess, host_names
from .web.request_log import LoggedRequest
from .web.server import Server
from .web.tls import Certificate, make_certificate

__all__ = ['Emulator']

log = logging.getLogger('pyral.emulator')

#: What an emulator says of its login.
SHOWN = ('user', 'password', 'apikey', 'workspace', 'project')
#: What the control API tells of an emulator.
DESCRIBED = ('url', 'world', 'user', 'workspace', 'project')
#: What a script finds in its environment, and where it comes from.
ENVIRONMENT = {
    'RALLY_SERVER': 'url',
    'RALLY_USER': 'user',
    'RALLY_PASSWORD': 'password',
    'APIKEY': 'apikey',
    'RALLY_WORKSPACE': 'workspace',
    'RALLY_PROJECT': 'project',
}
#: Where HTTP libraries of several languages (requests, OpenSSL with httpx, Ruby and Go, Node.js,
#: curl) look for the authority to trust.
TRUST_VARIABLES = ('REQUESTS_CA_BUNDLE', 'SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS', 'CURL_CA_BUNDLE')
#: Where a database keeps it; no attribute has such a name, so no answer shows it.
LOGIN = '_login'
#: The address of an emulator without a socket; its adapter is mounted there.
IN_PROCESS_URL = 'http://emulator.invalid'


@dataclass(frozen=True)
class WorldSource:
    """What a world is built from: its name or file, its factor of artifacts, its seed."""

    name: str
    scale: int
    seed: int


class Emulator:
    """One emulated Rally: a world in a store, an application, and (mostly) a server.

        with Emulator(world='empty') as emulator:
            rally = pyral.Rally(emulator.url, apikey=emulator.apikey)

    :param world: `demo`, `empty`, or the path of a world file.
    :param host: where to listen.
    :param port: 0 picks a free port.
    :param db: None keeps the data in memory; the path of a SQLite file keeps them across runs;
        any SQLAlchemy URL is another database.
    :param seed: decides everything random about the world and its identifiers.
    :param scale: multiplies the artifacts of the world.
    :param latency_ms: added to every answer.
    :param latency_per_item_us: added for every row of an answer.
    :param tls: True makes a certificate on the spot; a pair of paths gives certificate and key.
    :param now: the time to stand still at; None follows the machine's clock.
    :param listen: False serves in process only, by `adapter()`.
    :param strict_tokens: accept a security token only in the session it was given to.
    :param strict_case: compare texts in queries by exact letters.
    :param serve: folders whose files are served below paths of their own, such as an App SDK
        build: `DIR=/apps/2.1`, pairs of folder and prefix, or a mapping of them.
    :param allow_host: further names that the control API answers to, such as a container's.

    :ivar url: where it is, such as `http://127.0.0.1:8010`.
    :ivar server: host and port of the same.
    """

    def __init__(
        self,
        world: str | os.PathLike[str] = 'demo',
        host: str = '127.0.0.1',
        port: int = 0,
        db: str | os.PathLike[str] | None = None,
        seed: int = 0,
        scale: int = 1,
        latency_ms: float = 0,
        latency_per_item_us: float = 0,
        tls: bool | tuple[str | os.PathLike[str], str | os.PathLike[str]] = False,
        now: datetime | str | None = None,
        listen: bool = True,
        strict_tokens: bool = False,
        strict_case: bool = False,
        serve: Served = None,
        allow_host: str | Iterable[str] = (),
    ) -> None:
        self.world = os.fspath(world)
        self._source = WorldSource(self.world, scale, seed)
        #: The certificate clients must trust, when there is one.
        self.certificate: Certificate | None = None
        self._server: Server | None = None
        self._url = IN_PROCESS_URL
        self._lock = threading.RLock()
        #: The folder served below each prefix.
        self.folders = folders_of(serve)
        access = LocalAccess(host, host_names(allow_host))
        start = parse_iso(now) if isinstance(now, str) else now
        self.store = Store(database_url(db), Clock(start), seed)
        try:
            with told(database_url(db)):
                self._open()
                #: What a reset puts back; a kept database gets its world built anew.
                self._initial = self.store.snapshot() if db is None else None
            self.app = App(
                self.store,
                Settings(latency_ms, latency_per_item_us, strict_tokens, strict_case),
                self.reset,
                self._described,
                self.folders,
                access,
                self._local_facts,
            )
            if tls and listen:
                self.certificate = (
                    make_certificate(host)
                    if isinstance(tls, bool)
                    else Certificate(os.fspath(tls[0]), os.fspath(tls[1]))
                )
            tls_context = self.certificate.context() if self.certificate else None
            self._new_server = partial(Server, self.app, host, port, tls_context)
            self._listen = listen
        except BaseException:
            self.store.close()
            raise

    @property
    def url(self) -> str:
        """Return the address, without a slash at its end.

            rally = Rally(emulator.url, apikey=emulator.apikey)

        Until it listens that is the address its adapter serves.
        """
        return self._url

    @property
    def server(self) -> str:
        """Return host and port of the address.

            print(emulator.server)

        As `Rally` and `RALLY_SERVER` take them, too.
        """
        return self.url.split('://', 1)[1]

    def start(self) -> Emulator:
        """Begin to listen; returns when requests are accepted. Harmless when repeated.

            emulator = Emulator(world='empty').start()
            print(emulator.url)
            emulator.stop()

        :raises OSError: when the port is taken or the host is not ours.
        """
        with self._lock:
            self.app.runner.resume()
            if self._listen and self._server is None:
                self._server = self._new_server()
                self._server.start()
                self._url = self._server.url
        return self

    def stop(self) -> None:
        """Stop listening and close the database. Harmless when repeated.

            emulator = Emulator(world='empty', listen=False)
            emulator.stop()

        Data in memory are gone then.
        """
        with self._lock:
            server, self._server = self._server, None
        self.app.close()
        if server is not None:
            # Without the lock: a reset that a client ordered may still wait for it.
            server.stop()
        with self._lock:
            if self.certificate is not None:
                self.certificate.discard()
            if self._initial is not None:
                self._initial.close()
            self.store.close()

    def reset(self) -> None:
        """Put the world back as it was at the start, and end all sessions, faults and logs.

            rally.create('Tag', {'Name': 'urgent'})
            emulator.reset()

        A kept database gets its world built anew.
        """
        with self._lock:
            if self._initial is not None:
                self.store.restore(self._initial)
            else:
                self.store.empty(self._source.seed)
                self._open()
            self.app.forget()

    def snapshot(self) -> Any:
        """Return a copy of all data, for `restore`.

            before = emulator.snapshot()

        Faults and the log are no part of it.
        """
        return self.store.snapshot()

    def restore(self, snapshot: Any) -> None:
        """Put all data back as they were at a snapshot.

            before = emulator.snapshot()
            rally.create('Tag', {'Name': 'urgent'})
            emulator.restore(before)

        Faults and the log stay as they are.
        """
        with self._lock:
            self.store.restore(snapshot)

    def _open(self) -> None:
        """Open the world, and take over its login."""
        login, self._given = open_world(self.store, self._source)
        self.user = login['user']
        self.password = login['password']
        self.apikey = login['apikey']
        self.workspace = login['workspace']
        self.project = login['project']

    def _described(self) -> Mapping[str, str]:
        """Return what the control API tells of this emulator."""
        return {name: getattr(self, name) for name in DESCRIBED}

    def _local_facts(self) -> LocalFacts:
        """Return what pages show to callers of this machine alone."""
        return LocalFacts(self._given, self._described())

    def environment(self) -> dict[str, str]:
        """Return the variables that make a script connect here: `RALLY_SERVER` and so on.

            for name, value in emulator.environment().items():
                print(name, value)

        For `subprocess.run(..., env={**os.environ, **emulator.environment()})`; it sets nothing.
        With TLS they also name the authority to trust, for clients in other languages too.
        """
        found = {name: getattr(self, attribute) or '' for name, attribute in ENVIRONMENT.items()}
        if self.certificate is not None:
            found.update(dict.fromkeys(TRUST_VARIABLES, self.certificate.trusted))
        return found

    def requests(self) -> list[LoggedRequest]:
        """Return what clients asked since the start or the last reset, oldest first.

            print([request.path for request in emulator.requests()])

        Of very many the oldest are dropped.
        """
        return self.app.request_log.entries()

    def order_fault(self, kind: str, **details: Any) -> Fault:
        """Let coming requests fail: `order_fault('status', status=503, count=2, path='defect')`.

            emulator.order_fault('delay', delay_ms=20, path='defect')
            rally.get('Defect')

        :param kind: one of `faults.KINDS`.
        :param details: fields of `faults.Fault`.
        :raises FaultError: when the order cannot be understood.
        """
        fault = Fault.of({'kind': kind, **details})
        self.app.faults.order(fault)
        return fault

    def let_in(
        self,
        user: str,
        password: str | None = None,
        apikey: str | None = None,
        read_only: bool = False,
    ) -> None:
        """Give a user, such as one made through the API, a password, a further API key, or both.

            emulator.let_in(emulator.user, apikey='_readonly', read_only=True)

        :param user: the UserName.
        :param read_only: whether the key may only read.
        :raises ValueError: for an unknown user, an empty secret, or somebody else's key.
        """
        with self.store.writing() as tx:
            set_credentials(tx, user, password, apikey, read_only)

    def revoke(self, user: str, apikey: str | None = None) -> list[str]:
        """Take an API key away from a user, or all of them.

            emulator.revoke(emulator.user)

        :param apikey: the key, or its id as `api_keys` shows it.
        :returns: the ids of the keys that are gone.
        :raises ValueError: for an unknown user, or a key that the user has not.
        """
        with self.store.writing() as tx:
            return revoke_keys(tx, user, apikey)

    def api_keys(self) -> dict[str, list[dict[str, str]]]:
        """Return id and access (`full` or `read-only`) of the API keys by UserName.

            print(emulator.api_keys()[emulator.user])

        The keys themselves are not shown.
        """
        with self.store.reading() as tx:
            return keys_by_user(tx)

    def adapter(self) -> InProcessAdapter:
        """Return an adapter for `requests` sessions that needs no socket.

            emulator = Emulator(world='empty', listen=False)
            rally = pyral.Rally(emulator.url, apikey=emulator.apikey, adapter=emulator.adapter())

        It is to be mounted on `url`, which `Rally(adapter=...)` does.
        """
        return InProcessAdapter(self.app)

    def __enter__(self) -> Emulator:
        try:
            return self.start()
        except BaseException:
            self.stop()
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        return f'<Emulator {self.url} of world {self.world}>'


def open_world(
    store: Store, source: WorldSource
) -> tuple[Mapping[str, str], Mapping[int, GivenLogin] | None]:
    """Build a world into an empty store, or take the one that is there.

    :returns: the login to show, and what each user was given to log in with. The first is kept
        beside the data, so that a kept database can be opened again; the second is not.
    :raises worlds.WorldError: when the world cannot be read or built.
    """
    with store.reading() as tx:
        found = of_type(tx, 'Subscription')
    if found:
        kept = found[0].doc.get(LOGIN, {})
        if kept.get('world') != source.name:
            log.warning(
                "the database holds the world '%s'; '%s' was not built",
                kept.get('world'),
                source.name,
            )
        with store.writing() as tx:
            bring_up_to_date(tx)
        return {name: str(kept.get(name, '')) for name in SHOWN}, None
    document = worlds.load(source.name, scale=source.scale, seed=source.seed, now=store.clock.now())
    built = worlds.build(document, store)
    login = {name: getattr(built, name) or '' for name in SHOWN}
    with store.writing() as tx:
        for subscription in of_type(tx, 'Subscription')[:1]:
            doc = {**subscription.doc, LOGIN: {**login, 'world': source.name}}
            tx.update(subscription.oid, doc=doc)
    store.analyze()
    return login, built.given


def database_url(db: str | os.PathLike[str] | None) -> str:
    """Return the SQLAlchemy URL of a database given as nothing, a path or a URL."""
    if db is None:
        return 'sqlite://'
    if isinstance(db, str) and '://' in db:
        return db
    return 'sqlite:///' + str(Path(db).expanduser().resolve())

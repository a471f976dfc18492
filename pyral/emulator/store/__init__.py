"""The store: every object of the emulated service, in one database.

`Store.reading()` and `Store.writing()` give a `Tx`. Only this package and the query compiler know
SQLAlchemy. Must never know a rule of the service.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ..clock import Clock
from .database import Database, Snapshot
from .database_errors import told
from .obj import Obj
from .system_definitions import install_system, renew_system
from .transaction import Tx

__all__ = ['Obj', 'Snapshot', 'Store', 'Tx', 'install_system']


class Store:
    """Open a database and hand out transactions."""

    def __init__(self, url: str = 'sqlite://', clock: Clock | None = None, seed: int = 0) -> None:
        """Open the store; a new database gets its tables and the system definitions.

        :param url: in memory by default; `sqlite:///file` keeps the data; any SQLAlchemy URL.
        :param clock: what tells the time; the machine's clock by default.
        :param seed: decides the UUIDs of a new database.
        :raises DatabaseUnavailable: when it cannot be opened or filled.
        """
        self.clock = clock or Clock()
        self.url = url
        self._database = Database(url)
        self._current = threading.local()
        try:
            with told(url):
                self._fill(seed)
        except BaseException:
            self._database.close()
            raise

    def _fill(self, seed: int) -> None:
        """Give a new database the system definitions and its seed."""
        if self._database.in_memory:
            self._database.restore(_installed())
        with self.writing() as tx:
            renew_system(tx)
            tx.plant(seed)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is SQLite, which has functions of ours."""
        return self._database.is_sqlite

    @contextmanager
    def reading(self) -> Iterator[Tx]:
        """Lend a transaction that sees one state of the data.

        Inside another transaction of the same thread it is that one.
        """
        current = getattr(self._current, 'tx', None)
        if current is not None:
            yield current
            return
        with self._database.reading() as connection, self._lend(connection, False) as tx:
            yield tx

    @contextmanager
    def writing(self) -> Iterator[Tx]:
        """Lend the one transaction that may write; an exception undoes all it did.

        :raises RuntimeError: inside a reading transaction of the same thread.
        """
        current = getattr(self._current, 'tx', None)
        if current is not None:
            if not current.writable:
                raise RuntimeError("Cannot write inside `reading()`; open `writing()` first.")
            yield current
            return
        before = self._database.model_cache
        try:
            with self._database.writing() as connection, self._lend(connection, True) as tx:
                yield tx
                tx.flush()
        except BaseException:
            self._database.model_cache = before
            self._database.counters = None
            raise

    @contextmanager
    def _lend(self, connection: Any, writable: bool) -> Iterator[Tx]:
        self._current.tx = Tx(self._database, self.clock, connection, writable)
        try:
            yield self._current.tx
        finally:
            self._current.tx = None

    def snapshot(self) -> Snapshot:
        """Copy all data, to be put back by `restore`."""
        copied = self._database.snapshot()
        copied.models = self._database.model_cache
        return copied

    def restore(self, snapshot: Snapshot) -> None:
        """Put all data back as they were at a snapshot, which stays usable."""
        self._database.restore(snapshot)
        self._database.model_cache = snapshot.models

    def empty(self, seed: int) -> None:
        """Take all data away, so that the store is as a new one of this seed."""
        if self.is_sqlite:
            self._database.restore(_installed())
        else:
            self._database.clear()
        self._database.model_cache = {}
        with self.writing() as tx:
            renew_system(tx)
            tx.plant(seed)

    def analyze(self) -> None:
        """Let the database look at its rows and plan better; for after a world was built."""
        self._database.analyze()

    def close(self) -> None:
        """Close the database."""
        self._database.close()


class _Template(Store):
    """Write the system definitions; what all stores in memory start with is a copy of this."""

    def _fill(self, seed: int) -> None:
        with self.writing() as tx:
            install_system(tx)


@functools.lru_cache(maxsize=1)
def _installed() -> Snapshot:
    store = _Template()
    try:
        return store.snapshot()
    finally:
        store.close()

"""The database behind the store: the engine, its settings, and whole copies of its contents.

Everything that only SQLite knows (pragmas, functions, the backup call) stays in this file, so
that another database by URL needs nothing but SQLAlchemy. Must never know what the rows mean.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import weakref
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import unquote, urlsplit

from sqlalchemy import JSON, URL, Connection, Engine, Table, create_engine, event, inspect, make_url
from sqlalchemy.pool import StaticPool
from sqlalchemy.schema import CreateIndex

from .cache import Kept
from .chunks import chunks
from .copies import Copies
from .database_errors import DatabaseError, opening
from .tables import OLD_INDEXES, metadata

__all__ = ['Database', 'Snapshot']

#: Made once: `json.dumps` would make an encoder for each of a world's many documents.
_dumps = json.JSONEncoder(ensure_ascii=False, separators=(',', ':')).encode
_decode = json.JSONDecoder().raw_decode
#: Connections kept for readers at once; more are made when they are needed.
_CONNECTIONS = 24
#: Asks PostgreSQL how it compares ranks; null says "as the database does".
_RANK_COLLATION = (
    'SELECT collation_name FROM information_schema.columns WHERE table_schema = current_schema()'
    " AND table_name = 'objects' AND column_name = 'rank'"
)
#: In WAL mode `NORMAL` loses nothing when the process is killed, only when the machine is.
_PRAGMAS = (
    'journal_mode = WAL',
    'synchronous = NORMAL',
    'busy_timeout = 30000',
    'cache_size = -65536',
    'temp_store = MEMORY',
    'mmap_size = 268435456',
)
#: So many rows the planner of SQLite believes a table to have at least. Where it expects to look
#: up more rows than a table has, as it does behind every recursion, it reads the whole table
#: first, for a Bloom filter.
_LARGE = 1 << 22
_ENLARGE = (
    "UPDATE sqlite_stat1 SET stat = '{0}' || substr(stat, instr(stat, ' '))"
    " WHERE tbl IN ('objects', 'links') AND CAST(stat AS INTEGER) < {0}"
)


class Snapshot:
    """Hold all rows as they were at one moment; only the `Database` looks inside.

    One that is dropped, or left at the end of the process, is closed like one that `close` ends.
    """

    def __init__(self, content: Any) -> None:
        self.content = content
        #: What was read of the model as it was then (see `Database.model_cache`).
        self.models: dict[Any, Any] = {}
        self._finalizer = weakref.finalize(self, content.close)

    def close(self) -> None:
        """Give the memory back; harmless when repeated."""
        self._finalizer()


class Database:
    """Open a database by URL, hand out connections, copy and put back its contents."""

    def __init__(self, url: str) -> None:
        """Open a database and make the tables where they are missing.

        :param url: `sqlite://` in memory, `sqlite:///file`, or any SQLAlchemy URL.
        :raises DatabaseUnavailable: when it cannot be opened.
        """
        with opening(url):
            try:
                self._open(make_url(url))
            except BaseException:
                if hasattr(self, 'engine'):
                    self.engine.dispose()
                raise

    def _open(self, parsed: URL) -> None:
        self.is_sqlite = parsed.get_backend_name() == 'sqlite'
        self.in_memory = self.is_sqlite and parsed.database in (None, '', ':memory:')
        self._lock = threading.RLock()
        #: Catalogues by workspace, kept by `catalogue`; each state of the model has its own dict.
        self.model_cache: dict[Any, Any] = {}
        #: What transactions have read of objects that seldom change.
        self.kept = Kept()
        #: All counters, where nobody else can write them: in memory, under the lock.
        self.counters: dict[tuple[int, str], int] | None = None
        # Passwords and keys are among the parameters, and errors are logged.
        options: dict[str, Any] = {'json_serializer': _dumps, 'hide_parameters': True}
        if self.is_sqlite:
            options['json_deserializer'] = _loads
            options['connect_args'] = {'check_same_thread': False}
        if self.in_memory:
            options['poolclass'] = StaticPool
        else:
            options['pool_size'] = _CONNECTIONS
        self.engine: Engine = create_engine(parsed, **options)
        #: Connections that are lent now, and those that were when the database was closed.
        self._lent: set[Any] = set()
        self._late: set[Any] = set()
        event.listen(self.engine, 'checkout', self._checked_out)
        event.listen(self.engine, 'checkin', self._checked_in)
        self._frozen = self.engine
        if self.is_sqlite:
            event.listen(self.engine, 'connect', self._prepare)
            if not self.in_memory:
                make_private(str(parsed.database))
        else:
            self._frozen = self.engine.execution_options(isolation_level='REPEATABLE READ')
        self._make_tables()

    def _make_tables(self) -> None:
        """Make the tables and indexes that are missing; an older database has other indexes."""
        metadata.create_all(self.engine)
        if self.in_memory:
            return
        self._compare_ranks_bytewise()
        known = inspect(self.engine)
        there = {
            str(index['name'])
            for table in metadata.sorted_tables
            for index in known.get_indexes(table.name)
        }
        missing = [
            index
            for table in metadata.sorted_tables
            for index in table.indexes
            if index.name not in there
        ]
        if not missing:
            self._enlarge()
            return
        with self.engine.begin() as connection:
            # In this order, so that who is interrupted here goes on here the next time.
            for name in OLD_INDEXES:
                connection.exec_driver_sql('DROP INDEX IF EXISTS ' + name)
            for index in missing:
                connection.execute(CreateIndex(index, if_not_exists=True))
        self.analyze()

    def _compare_ranks_bytewise(self) -> None:
        """Give the rank column of an older PostgreSQL database the collation it has now."""
        if self.engine.dialect.name != 'postgresql':
            return
        with self.engine.begin() as connection:
            if connection.exec_driver_sql(_RANK_COLLATION).scalar() != 'C':
                connection.exec_driver_sql(
                    'ALTER TABLE objects ALTER COLUMN rank TYPE VARCHAR COLLATE "C"'
                )

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Lend a connection for reading; what it sees does not change meanwhile."""
        if self.in_memory:
            with self._lock, self._begun('BEGIN') as connection:
                yield connection
        else:
            with self._begun('BEGIN', self._frozen) as connection:
                yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Lend the one connection for writing; an exception takes all of it back."""
        with self._lock, self._begun('BEGIN IMMEDIATE') as connection:
            yield connection

    @contextmanager
    def _begun(self, how: str, engine: Engine | None = None) -> Iterator[Connection]:
        with (engine or self.engine).connect() as connection:
            self._say(connection, how)
            try:
                yield connection
                self._say(connection, 'COMMIT')
                connection.commit()
            except BaseException:
                self._take_back(connection)
                raise

    def _take_back(self, connection: Connection) -> None:
        """End a transaction that failed, whatever of it there still is.

        On a full disk SQLite may have ended it itself, or leaves it open when it cannot commit.
        """
        try:
            raw: Any = connection.connection.driver_connection
            if self.is_sqlite and raw.in_transaction:
                raw.execute('ROLLBACK')
            connection.rollback()
        except (DatabaseError, sqlite3.Error):
            # The connection is of no use any more; what happened before is what is told.
            connection.invalidate()

    def _say(self, connection: Connection, how: str) -> None:
        """Begin or end a transaction in SQL: the driver is in its autocommit mode (see `_prepare`).

        Straight to the driver, as every request does so four times.
        """
        if self.is_sqlite:
            raw: Any = connection.connection.driver_connection
            raw.execute(how)

    def snapshot(self) -> Snapshot:
        """Copy all rows."""
        with self._lock:
            if self.is_sqlite:
                copy = sqlite3.connect(':memory:', check_same_thread=False)
                with self._raw() as raw:
                    raw.backup(copy)
                return Snapshot(copy)
            return Snapshot(Copies(self.engine))

    def restore(self, snapshot: Snapshot) -> None:
        """Put all rows back as they were."""
        with self._lock:
            if self.is_sqlite:
                with self._raw() as raw:
                    snapshot.content.backup(raw)
            else:
                snapshot.content.put_back()
            self.kept, self.counters = Kept(), None

    def clear(self) -> None:
        """Take all rows away."""
        with self.writing() as connection:
            for table in metadata.sorted_tables:
                connection.execute(table.delete())
        self.kept, self.counters = Kept(), None

    def insert_rows(
        self, connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]
    ) -> None:
        """Insert many rows, given as values in the order of the table's columns.

        A document is the last column of its table.
        """
        if not rows:
            return
        # Straight to a driver we know: SQLAlchemy's work per row costs more than the database's.
        if self.is_sqlite:
            marks = ', '.join('?' for _ in table.columns)
            connection.exec_driver_sql(
                f'INSERT INTO {table.name} VALUES ({marks})', _written(table, rows)
            )
            return
        if self.engine.dialect.driver == 'psycopg':
            raw: Any = connection.connection.cursor()
            with raw.copy(f'COPY {table.name} FROM STDIN') as stream:
                for row in _written(table, rows):
                    stream.write_row(row)
            return
        names = [column.name for column in table.columns]
        for portion in chunks(rows):
            connection.execute(table.insert(), [dict(zip(names, row)) for row in portion])

    def analyze(self) -> None:
        """Let the planner look at the rows; worth it after a world was built."""
        with self._lock, self.engine.connect() as connection:
            connection.exec_driver_sql('ANALYZE')
            connection.commit()
        self._enlarge()

    def _enlarge(self) -> None:
        """Let the planner of SQLite believe that the tables are large, if it knows any better."""
        if not self.is_sqlite or not inspect(self.engine).has_table('sqlite_stat1'):
            return
        with self._lock, self.engine.connect() as connection:
            if connection.exec_driver_sql(_ENLARGE.format(_LARGE)).rowcount:
                connection.exec_driver_sql('ANALYZE sqlite_schema')
            connection.commit()

    def close(self) -> None:
        """Close all connections; one that another thread still reads with, when it is done."""
        with self._lock:
            self._late |= self._lent
            self.engine.dispose()

    def _checked_out(self, raw: Any, _record: object, _proxy: object) -> None:
        self._lent.add(raw)

    def _checked_in(self, raw: Any, _record: object) -> None:
        self._lent.discard(raw)
        if raw in self._late:
            self._late.discard(raw)
            raw.close()

    @contextmanager
    def _raw(self) -> Iterator[sqlite3.Connection]:
        lent = self.engine.raw_connection()
        try:
            yield lent.driver_connection  # type: ignore[misc]
        finally:
            lent.close()

    def _prepare(self, raw: sqlite3.Connection, _record: object) -> None:
        # Without this the driver opens and closes transactions by its own rules.
        raw.isolation_level = None
        raw.create_function('rally_fold', 1, _fold, deterministic=True)
        for pragma in _PRAGMAS:
            if not (self.in_memory and pragma.startswith(('journal', 'synch', 'mmap'))):
                raw.execute('PRAGMA ' + pragma)


def make_private(database: str) -> None:
    """Make the file of a database where there is none, for its owner alone; it holds passwords.

    SQLite gives the files beside it the same mode. A file that is there already keeps its own.

    :param database: a path, or a `file:` URI.
    """
    path = unquote(urlsplit(database).path) if database.startswith('file:') else database
    # What cannot be made here, SQLite says better.
    with suppress(OSError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _written(table: Table, rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return rows as a driver takes them: a document as text."""
    if isinstance(list(table.columns)[-1].type, JSON):
        return [(*row[:-1], _dumps(row[-1])) for row in rows]
    return list(rows)


def _loads(text: str) -> Any:
    """Read a document of our own writing, without looking for blanks around it."""
    return _decode(text)[0]


def _fold(value: Any) -> Any:
    """Return a text without its case, as comparisons of the service ignore it."""
    return value.casefold() if isinstance(value, str) else value

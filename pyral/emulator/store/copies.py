"""Copies of all rows inside a database that is not SQLite, which has a call of its own for that.

The copies are temporary tables of one connection: the database forgets them with it, however the
process ends. Must never know what the rows mean.
"""

from __future__ import annotations

from sqlalchemy import Column, Connection, Engine, MetaData, Table, insert, select
from sqlalchemy.schema import CreateTable

from .tables import metadata

__all__ = ['Copies']


class Copies:
    """Hold all rows as they were when it was made, and put them back.

    :param engine: the database; one connection of it is kept until `close`.
    """

    def __init__(self, engine: Engine) -> None:
        self._connection: Connection = engine.connect()
        # Out of the pool: nobody else may get a connection with tables of ours.
        self._connection.detach()
        kept = MetaData()
        self._copies = [(table, _copy_of(table, kept)) for table in metadata.sorted_tables]
        with self._connection.begin():
            for table, copy in self._copies:
                self._connection.execute(CreateTable(copy))
                self._connection.execute(
                    insert(copy).from_select(
                        [column.name for column in table.columns], select(table)
                    )
                )

    def put_back(self) -> None:
        """Take away every row that is not as it was, and write those that are missing.

        Few rows differ after most tests, and the database finds them quicker than it writes all.
        """
        with self._connection.begin():
            for table, copy in self._copies:
                keys = [column.name for column in table.primary_key.columns]
                wrong = select(table).except_(select(copy)).subquery()
                same = [table.c[key] == wrong.c[key] for key in keys]
                self._connection.execute(table.delete().where(*same))
                missing = select(copy).except_(select(table))
                self._connection.execute(
                    insert(table).from_select([column.name for column in table.columns], missing)
                )

    def close(self) -> None:
        """Forget the rows."""
        self._connection.close()


def _copy_of(table: Table, tables: MetaData) -> Table:
    """Return a temporary table with the columns of a table, and no index."""
    columns = [Column(column.name, column.type, nullable=True) for column in table.columns]
    return Table('kept_' + table.name, tables, *columns, prefixes=['TEMPORARY'])

"""The four tables: objects, the links between them, contents and counters, for every type.

A graph: `objects` are its nodes with their scalar values, `links` its edges. What an edge or a
value means is the model's business, so no type and no custom field ever needs DDL.
"""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)
from sqlalchemy.dialects import postgresql, sqlite

__all__ = ['OLD_INDEXES', 'blobs', 'counters', 'links', 'metadata', 'objects']

metadata = MetaData()
#: Indexes that databases of earlier versions have and that are of no use now.
OLD_INDEXES = ('links_by_target', 'objects_by_type')

# SQLite makes a column the row's own key only when its type is spelled INTEGER.
_Key = BigInteger().with_variant(sqlite.INTEGER(), 'sqlite')
# Ranks are compared byte by byte, whatever the language of the database.
_Rank = String().with_variant(String(collation='C'), 'postgresql')
_Document = JSON().with_variant(postgresql.JSONB(), 'postgresql')

objects = Table(
    'objects',
    metadata,
    Column('oid', _Key, primary_key=True, autoincrement=False),
    Column('uuid', String, nullable=False, unique=True),
    Column('type', String, nullable=False),
    Column('workspace', _Key),
    Column('project', _Key),
    Column('name', String),
    Column('number', BigInteger),
    Column('formatted_id', String),
    Column('created', String, nullable=False),
    Column('updated', String),
    Column('version', Integer, nullable=False, default=1),
    Column('rank', _Rank),
    Column('recycled', Boolean, nullable=False, default=False),
    Column('alt_id', String),
    Column('doc', _Document, nullable=False),
    # With `recycled`, so that counting needs no look at the rows.
    Index('objects_by_place', 'type', 'workspace', 'project', 'recycled'),
    Index('objects_by_number', 'number', 'type'),
    Index('objects_by_alt_id', 'alt_id'),
    Index('objects_by_rank', 'workspace', 'rank'),
)

links = Table(
    'links',
    metadata,
    Column('source', _Key, primary_key=True, autoincrement=False),
    Column('attr', String, primary_key=True),
    Column('target', _Key, primary_key=True, autoincrement=False),
    Column('position', Integer, nullable=False, default=0),
    # The name comes first: a workspace is the target of nearly everything, and a planner that
    # knows only averages would read all of its edges to find the few of one name.
    Index('links_by_name', 'attr', 'target', 'source'),
    sqlite_with_rowid=False,
)

blobs = Table(
    'blobs',
    metadata,
    Column('oid', _Key, primary_key=True, autoincrement=False),
    Column('data', LargeBinary, nullable=False),
)

counters = Table(
    'counters',
    metadata,
    Column('workspace', _Key, primary_key=True, autoincrement=False),
    Column('family', String, primary_key=True),
    Column('last', BigInteger, nullable=False),
)

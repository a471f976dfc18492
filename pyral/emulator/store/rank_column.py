"""Reads and writes of the rank column: the order of the artifacts of a workspace.

Ranks are compared byte by byte, artifacts of the same rank stand in the order of their ObjectIDs.
A rank is kept without the characters that fill it up to its length. Which texts are ranks is for
`rules.write.rank_keys` to say; here they are only compared. Artifacts in the recycle bin keep
their places.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Sequence

from sqlalchemy import Integer, Select, bindparam, select, tuple_, update

from .tables import objects

if TYPE_CHECKING:
    from .obj import Obj
    from .transaction import Tx

__all__ = [
    'FILL',
    'LENGTH',
    'filled',
    'first_ranked',
    'last_ranked',
    'neighbours',
    'set_ranks',
    'stripped',
]

#: Characters of a rank as it is shown (WSAPI reference, section 8.5).
LENGTH = 64
#: The least of its characters, with which it is filled up.
FILL = '!'


def filled(rank: str | None) -> str | None:
    """Return a kept rank as it is shown."""
    return None if rank is None else rank.ljust(LENGTH, FILL)


def stripped(rank: str) -> str:
    """Return a shown rank as it is kept."""
    return rank.rstrip(FILL)


def first_ranked(tx: Tx, workspace: int | None) -> tuple[int, str] | None:
    """Return what stands at the top of a workspace: ObjectID and rank."""
    found = _ranked(tx, workspace, 1, down=True)
    return found[0] if found else None


def last_ranked(tx: Tx, workspace: int | None) -> tuple[int, str] | None:
    """Return what stands at the bottom of a workspace: ObjectID and rank."""
    found = _ranked(tx, workspace, 1, down=False)
    return found[0] if found else None


def neighbours(tx: Tx, obj: Obj, count: int, down: bool) -> list[tuple[int, str]]:
    """Return up to `count` ObjectIDs and ranks above or below an artifact, the nearest first."""
    return _ranked(tx, obj.workspace, count, down, obj)


def set_ranks(tx: Tx, oids: Sequence[int], ranks: Sequence[str]) -> None:
    """Give objects their ranks, in one statement."""
    rows = [{'which': oid, 'to': rank} for oid, rank in zip(oids, ranks)]
    if rows:
        tx.connection.execute(
            update(objects).where(objects.c.oid == bindparam('which')).values(rank=bindparam('to')),
            rows,
        )
        tx.reranked(dict(zip(oids, ranks)))


def _ranked(
    tx: Tx, workspace: int | None, count: int, down: bool, beyond: Obj | None = None
) -> list[tuple[int, str]]:
    values: dict[str, Any] = {'workspace': workspace, 'count': count}
    if beyond is not None:
        values.update(rank=beyond.rank, oid=beyond.oid)
    statement = _in_order(workspace is None, down, beyond is not None)
    return [(row[0], row[1]) for row in tx.rows(statement, values)]


@functools.lru_cache(maxsize=None)
def _in_order(outside: bool, down: bool, is_beyond: bool) -> Select[Any]:
    """Return the select of the first `count` ranked artifacts of a `workspace`.

    :param outside: those of no workspace are meant.
    :param down: from the top to the bottom.
    :param is_beyond: only those beyond a `rank` and an `oid`.
    """
    place = (objects.c.rank, objects.c.oid)
    here = (
        objects.c.workspace.is_(None) if outside else objects.c.workspace == bindparam('workspace')
    )
    statement = select(objects.c.oid, objects.c.rank).where(here, objects.c.rank.is_not(None))
    if is_beyond:
        mark = tuple_(
            bindparam('rank', type_=objects.c.rank.type), bindparam('oid', type_=objects.c.oid.type)
        )
        statement = statement.where(tuple_(*place) > mark if down else tuple_(*place) < mark)
    order = place if down else tuple(column.desc() for column in place)
    return statement.order_by(*order).limit(bindparam('count', type_=Integer()))

"""Reads and writes of the rank column: the order of the artifacts of a workspace.

Which texts are ranks is for `rules.write.rank_keys` to say; here they are only compared.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

from sqlalchemy import Executable, bindparam, func, select, update

from .tables import objects

if TYPE_CHECKING:
    from .transaction import Tx

__all__ = ['first_rank', 'last_rank', 'rank_after', 'rank_before', 'ranked', 'set_ranks']


def first_rank(tx: Tx, workspace: int | None) -> str | None:
    """Return the smallest rank of a workspace, which stands at the top."""
    return _one(tx, select(func.min(objects.c.rank)).where(objects.c.workspace == workspace))


def last_rank(tx: Tx, workspace: int | None) -> str | None:
    """Return the greatest rank of a workspace, which stands at the bottom."""
    return _one(tx, select(func.max(objects.c.rank)).where(objects.c.workspace == workspace))


def rank_before(tx: Tx, workspace: int | None, rank: str) -> str | None:
    """Return the next smaller rank."""
    return _one(
        tx,
        select(func.max(objects.c.rank)).where(
            objects.c.workspace == workspace, objects.c.rank < rank
        ),
    )


def rank_after(tx: Tx, workspace: int | None, rank: str) -> str | None:
    """Return the next greater rank."""
    return _one(
        tx,
        select(func.min(objects.c.rank)).where(
            objects.c.workspace == workspace, objects.c.rank > rank
        ),
    )


def ranked(tx: Tx, workspace: int | None) -> list[int]:
    """Return everything ranked in a workspace, from top to bottom."""
    statement = (
        select(objects.c.oid)
        .where(objects.c.workspace == workspace, objects.c.rank.is_not(None))
        .order_by(objects.c.rank, objects.c.oid)
    )
    return [row[0] for row in tx.rows(statement)]


def set_ranks(tx: Tx, oids: Sequence[int], ranks: Sequence[str]) -> None:
    """Give objects their ranks, in one statement."""
    rows = [{'which': oid, 'to': rank} for oid, rank in zip(oids, ranks)]
    if rows:
        tx.connection.execute(
            update(objects).where(objects.c.oid == bindparam('which')).values(rank=bindparam('to')),
            rows,
        )
        tx.rewritten()


def _one(tx: Tx, statement: Executable) -> str | None:
    rows = tx.rows(statement)
    return rows[0][0] if rows else None

"""History in bulk: every object of some types, deleted ones too, and what revisions say they were.

Plain rows only: what is summed up of them is for `rules` to say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable

from sqlalchemy import String, cast, select

from .expressions import holds
from .tables import objects

if TYPE_CHECKING:
    from .obj import Obj
    from .transaction import Tx

__all__ = ['WAS', 'of_every_kind', 'values_before']

#: Key of a revision's document: the values before it. Such names are never rendered.
WAS = '_was'


def of_every_kind(tx: Tx, types: Iterable[str], workspace: int) -> list[Obj]:
    """Return the objects of some types in a workspace by ObjectID, deleted ones too."""
    return tx.objects(
        select(objects)
        .where(objects.c.type.in_(list(types)), objects.c.workspace == workspace)
        .order_by(objects.c.oid)
    )


def values_before(
    tx: Tx, workspace: int, since: str
) -> dict[int, list[tuple[str, int, dict[str, Any]]]]:
    """Return what the revisions after a moment say of the values before them.

    :returns: by object: moment, number and values of each revision, the first one first.
    """
    statement = select(objects).where(
        objects.c.type == 'Revision',
        objects.c.workspace == workspace,
        objects.c.created > since,
        holds(cast(objects.c.doc, String), f'"{WAS}"'),
    )
    found: dict[int, list[tuple[str, int, dict[str, Any]]]] = {}
    for one in tx.objects(statement):
        was = one.doc.get(WAS)
        if was is not None:
            told = (one.created, int(one.doc['RevisionNumber']), was)
            found.setdefault(was['of'], []).append(told)
    for revisions in found.values():
        revisions.sort(key=lambda told: told[1])
    return found

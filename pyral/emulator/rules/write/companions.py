"""Objects that come along with another one: its revision history, its blocker, its bin entry.

What they hold is said here once, for writes through the API and for world files; who stores them
decides about identities and edges.
"""

from __future__ import annotations

from typing import Any, Mapping, Sequence

from ...store import Obj
from ...store.past import WAS

__all__ = ['FIRST_REVISION', 'KEPT', 'bin_entry', 'blocker', 'history', 'revision', 'was_before']

#: The text of the first revision of every object.
FIRST_REVISION = "Original revision"
#: Key of a bin entry's document: the parts that lie there too. Such names are never rendered.
KEPT = '_parts'
#: What cumulative flow data sums up: a revision keeps the values that these had before it.
FLOWING = frozenset(
    ('Estimate', 'Iteration', 'PlanEstimate', 'Release', 'ScheduleState', 'ToDo', 'WorkProduct')
)


def history(workspace: int | None, created: str) -> Obj:
    """Return an empty revision history."""
    return Obj(type='RevisionHistory', workspace=workspace, created=created)


def revision(
    workspace: int | None,
    created: str,
    number: int,
    text: str,
    was: Mapping[str, Any] | None = None,
) -> Obj:
    """Return a revision; its edges are `RevisionHistory` and `User`.

    :param was: what `was_before` returned.
    """
    doc: dict[str, Any] = {'RevisionNumber': number, 'Description': text}
    if was:
        doc[WAS] = was
    return Obj(type='Revision', workspace=workspace, created=created, doc=doc)


def was_before(oid: int, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what a revision of an object keeps of the values that were there before it.

    :param values: stored scalars and targets of references by attribute name.
    :returns: those that flow data needs, with the object they are of; None when there are none.
    """
    kept = {name: value for name, value in values.items() if name in FLOWING}
    return {'of': oid, **kept} if kept else None


def blocker(blocked: Obj, created: str) -> Obj:
    """Return the blocker of an object; its edges are `WorkProduct` and `BlockedBy`."""
    return Obj(type='Blocker', workspace=blocked.workspace, created=created)


def bin_entry(obj: Obj, deleted: str, parts: Sequence[int] = ()) -> Obj:
    """Return the entry of the recycle bin for an object; its edges are `DeletedBy` and `Type`."""
    return Obj(
        type='RecycleBinEntry',
        workspace=obj.workspace,
        name=obj.name,
        created=deleted,
        doc={
            'ID': obj.formatted_id or str(obj.oid),
            'DeletionDate': deleted,
            'ItemOID': obj.oid,
            KEPT: list(parts),
        },
    )

"""Objects that come along with another one: its revision history, its blocker, its bin entry.

What they hold is said here once, for writes through the API and for world files; who stores them
decides about identities and edges.
"""

from __future__ import annotations

from typing import Sequence

from ...store import Obj

__all__ = ['FIRST_REVISION', 'KEPT', 'bin_entry', 'blocker', 'history', 'revision']

#: The text of the first revision of every object.
FIRST_REVISION = "Original revision"
#: Key of a bin entry's document: the parts that lie there too. Such names are never rendered.
KEPT = '_parts'


def history(workspace: int | None, created: str) -> Obj:
    """Return an empty revision history."""
    return Obj(type='RevisionHistory', workspace=workspace, created=created)


def revision(workspace: int | None, created: str, number: int, text: str) -> Obj:
    """Return a revision; its edges are `RevisionHistory` and `User`."""
    doc = {'RevisionNumber': number, 'Description': text}
    return Obj(type='Revision', workspace=workspace, created=created, doc=doc)


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

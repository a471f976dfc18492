"""Delete objects, keep restorable ones in the recycle bin, bring them back, purge them.

A restorable object stays in the store, marked as recycled, together with the parts that belong to
nothing else (WSAPI reference, section 8.7); its entry remembers those parts. Everything else is
removed for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import texts
from ..errors import NotAuthorized, ServiceError
from ..store.ownership import OWNED
from .derived import rollups
from .derived.derive import DEPENDENT_BACK
from .subjects.type_rules import INSTEAD_OF_DELETE
from .write.allow import allow, permit
from .write.change import Change
from .write.companions import KEPT, bin_entry
from .write.states import TIMEBOX_DATES

if TYPE_CHECKING:
    from ..request import Call
    from ..store import Obj, Tx

__all__ = ['delete', 'restore', 'restore_from']

#: References of those parts that are deleted with their owners.
_PART_REFERENCES = tuple(
    dict.fromkeys(name for owned in OWNED.values() if owned.goes_along for name in owned.by)
)
#: The edge whose other end counts what it is on.
TAGGED = 'Artifact.Tags'


def delete(call: Call, obj: Obj) -> None:
    """Delete an object.

    :raises ServiceError: when the type cannot be deleted or the caller may not.
    """
    change = Change.of(call, obj.workspace)
    type_def = change.type_of(obj)
    if not type_def.deletable:
        raise NotAuthorized(texts.no_right(f"Delete not allowed for {type_def.name}"))
    here = {
        name: change.tx.target(obj.oid, attr.relation.attr)
        for name, attr in type_def.attributes.items()
        if attr.type == 'OBJECT' and attr.relation is not None
    }
    allow(change, 'Delete', type_def, obj)
    change.stale.update(oid for oid in here.values() if oid is not None)
    change.stale.update(_children_of(change.tx, obj.oid))
    if obj.type in TIMEBOX_DATES:
        # What is scheduled in it points to it by an edge named as its type.
        change.stale.update(change.tx.sources(obj.oid, obj.type))
    change.stale.update(change.tx.targets(obj.oid, TAGGED))
    for name in DEPENDENT_BACK:
        change.stale.update(change.tx.sources(obj.oid, name))
    instead = INSTEAD_OF_DELETE.get(type_def.path)
    if instead is not None:
        instead(change, obj)
    elif obj.type == 'RecycleBinEntry':
        _purge(change, obj)
    elif type_def.restorable:
        _recycle(change, obj, type_def.oid)
    else:
        _remove(change, obj)
    change.stale.discard(obj.oid)
    rollups.settle(change)


def restore_from(call: Call, entry: Obj) -> Obj:
    """Bring back what an entry of the recycle bin stands for, as the caller.

    :raises ServiceError: when nothing is there any more or the caller may not.
    """
    change = Change.of(call, entry.workspace)
    item = change.tx.get(int(entry.doc.get('ItemOID') or 0), recycled=True)
    if item is None or not item.recycled:
        raise ServiceError("Object to restore cannot be null")
    allow(change, 'Restore', change.type_of(item), item)
    for part in change.tx.get_many(entry.doc.get(KEPT, ()), recycled=True).values():
        permit(change, part, 'Restore')
    return restore(change.tx, entry)


def restore(tx: Tx, entry: Obj) -> Obj:
    """Bring back an object with its parts and drop its entry of the recycle bin.

    The protocol has no call for this; the emulator's control API uses it.

    :param entry: the RecycleBinEntry.
    :returns: the object, as if it had never been deleted.
    :raises ServiceError: when nothing is there any more.
    """
    oid = int(entry.doc.get('ItemOID') or 0)
    if tx.get(oid, recycled=True) is None:
        raise ServiceError("Object to restore cannot be null")
    for one in (oid, *entry.doc.get(KEPT, ())):
        tx.update(one, recycled=False)
    tx.remove(entry.oid)
    rollups.recompute(tx, [oid, *_children_of(tx, oid)])
    restored = tx.get(oid)
    assert restored is not None
    return restored


def _recycle(change: Change, obj: Obj, type_oid: int) -> None:
    parts = _parts_of(change, obj)
    for one in (obj.oid, *parts):
        change.tx.update(one, recycled=True)
    now = change.stamp
    change.tx.insert(
        bin_entry(obj, now, parts),
        {'DeletedBy': change.user.oid, 'Type': type_oid, 'Workspace': obj.workspace},
    )


def _purge(change: Change, entry: Obj) -> None:
    item = change.tx.get(int(entry.doc.get('ItemOID') or 0), recycled=True)
    change.tx.remove(entry.oid)
    if item is not None and item.recycled:
        _remove(change, item, recycled=True)


def _remove(change: Change, obj: Obj, recycled: bool = False) -> None:
    """Remove an object for good, with its parts, their histories and contents."""
    for oid in [*_parts_of(change, obj, recycled), obj.oid]:
        history = change.tx.target(oid, 'RevisionHistory')
        one = change.tx.get(oid, recycled=True)
        if history is not None and one is not None and one.type != 'Revision':
            for revision in change.tx.sources(history, 'RevisionHistory'):
                if revision != oid:
                    change.tx.remove(revision)
            change.tx.remove(history)
        content = change.tx.target(oid, 'Content')
        if content is not None and len(change.tx.sources(content, 'Content')) == 1:
            change.tx.remove(content)
        change.tx.remove(oid)


def _parts_of(change: Change, obj: Obj, recycled: bool = False) -> list[int]:
    """Return the parts of an object and their parts, in the order found.

    :raises NotAuthorized: when one of them is not the caller's to delete.
    """
    found: dict[int, None] = {}
    waiting = [obj.oid]
    while waiting:
        owner = waiting.pop()
        for name in _PART_REFERENCES:
            sources = change.tx.get_many(change.tx.sources(owner, name), recycled=recycled)
            for part in sources.values():
                if part.oid not in found and _goes_along(part, name):
                    permit(change, part, 'Delete')
                    found[part.oid] = None
                    waiting.append(part.oid)
    return list(found)


def _goes_along(part: Obj, reference: str) -> bool:
    """Say whether an object is deleted with the one that its reference leads to."""
    owned = OWNED.get(part.type)
    return owned is not None and owned.goes_along and reference in owned.by


def _children_of(tx: Tx, oid: int) -> set[int]:
    """Return what shows whether this object is there as its parent."""
    return {child for name in ('Parent', 'PortfolioItem') for child in tx.sources(oid, name)}

"""Collections of an object: put members in, take them out, replace them all.

A collection is either a set of edges of its own (Tags, Milestones, Predecessors) or the other side
of a reference (Tasks is everything whose WorkProduct points here). Both sides stay in step because
there is only one edge; this module decides which side is written and refuses what may not be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, Sequence

from ... import texts
from ...errors import ServiceError
from .allow import allow, permit
from .completion import prepare
from .draft import Draft
from .revisions import members_difference
from .saving import save

if TYPE_CHECKING:
    from ...model import AttrDef, TypeDef
    from ...store import Obj
    from .change import Change

__all__ = ['back_reference', 'check_cycle', 'include', 'members_of', 'replace', 'exclude']

_CYCLE = "Validation error: {}.{} should not make a cycle"


def back_reference(attr: AttrDef, member_type: TypeDef) -> AttrDef | None:
    """Return the reference of a member that a collection is the other side of.

    :returns: None when the collection has edges of its own.
    """
    relation = attr.relation
    if relation is None or relation.forward:
        return None
    for candidate in member_type.attributes.values():
        if (
            candidate.type == 'OBJECT'
            and candidate.relation is not None
            and candidate.relation.attr == relation.attr
            and candidate.name == relation.attr
        ):
            return candidate
    return None


def members_of(change: Change, obj: Obj, attr: AttrDef) -> list[int]:
    """Return the live members of a collection."""
    return change.tx.members(obj.oid, attr)


def replace(change: Change, obj: Obj, attr: AttrDef, wanted: Sequence[int]) -> list[str]:
    """Make a collection hold exactly these members; return the phrases for the revision.

    Members that the caller may not read stay: a list of what one sees says nothing about them.
    """
    every = change.tx.get_many(members_of(change, obj, attr))
    seen = change.rights.seen(every.values())
    current = [oid for oid in members_of(change, obj, attr) if oid in seen]
    held, meant = set(current), set(wanted)
    added = [oid for oid in wanted if oid not in held]
    gone = [oid for oid in current if oid not in meant]
    return include(change, obj, attr, added) + exclude(change, obj, attr, gone)


def include(change: Change, obj: Obj, attr: AttrDef, members: Iterable[int]) -> list[str]:
    """Put members into a collection; those that are in it already stay."""
    current = set(members_of(change, obj, attr))
    fresh = [oid for oid in members if oid not in current]
    found = change.tx.get_many(fresh)
    type_def = change.type_of(obj)
    kinds = {member.type: member for member in found.values()}
    backs = {kind: _own_reference(change, attr, member) for kind, member in kinds.items()}
    edges: list[tuple[int, str, int]] = []
    for oid in fresh:
        check_cycle(change, type_def, attr, obj.oid, oid)
        back = backs[found[oid].type]
        if back is None:
            edges.append(_edge(obj, attr, found[oid]))
        else:
            _point(change, found[oid], back, obj.oid)
    change.tx.add_links(edges)
    change.relinked.update(edges)
    return members_difference(attr.label, [_name(found[oid]) for oid in fresh], ())


def exclude(change: Change, obj: Obj, attr: AttrDef, members: Iterable[int]) -> list[str]:
    """Take members out of a collection; those that are not in it do no harm."""
    current = set(members_of(change, obj, attr))
    gone = [oid for oid in members if oid in current]
    found = change.tx.get_many(gone)
    for oid in gone:
        _disconnect(change, obj, attr, found[oid])
    return members_difference(attr.label, (), [_name(found[oid]) for oid in gone])


def check_cycle(change: Change, type_def: TypeDef, attr: AttrDef, owner: int, member: int) -> None:
    """Refuse an edge that would make an object its own ancestor, child or predecessor.

    :param owner: the object that has the attribute.
    :param member: what it shall point to or contain.
    :raises ServiceError: when the edge would close a circle.
    """
    relation = attr.relation
    if relation is None or not _is_hierarchy(attr):
        return
    source, target = (owner, member) if relation.forward else (member, owner)
    waiting, seen = [target], {target}
    while waiting:
        one = waiting.pop()
        if one == source:
            raise ServiceError(_CYCLE.format(type_def.name, attr.label))
        for above in change.tx.targets(one, relation.attr):
            if above not in seen:
                seen.add(above)
                waiting.append(above)


def _is_hierarchy(attr: AttrDef) -> bool:
    assert attr.relation is not None
    edge = attr.relation.attr
    return edge == 'Parent' or edge.endswith('.Predecessors')


def _disconnect(change: Change, obj: Obj, attr: AttrDef, member: Obj) -> None:
    back = _own_reference(change, attr, member)
    if back is None:
        edge = _edge(obj, attr, member)
        change.tx.drop_link(*edge)
        change.relinked.add(edge)
    elif back.required:
        raise ServiceError(texts.required(change.type_of(member).name, back.label))
    else:
        _point(change, member, back, None)


def _own_reference(change: Change, attr: AttrDef, member: Obj) -> AttrDef | None:
    """Return the reference of a member that has to be written; None when it is a bare edge."""
    assert attr.relation is not None
    return None if attr.relation.forward else back_reference(attr, change.type_of(member))


def _edge(obj: Obj, attr: AttrDef, member: Obj) -> tuple[int, str, int]:
    """Return source, name and target of the edge that makes a member one."""
    assert attr.relation is not None
    source, target = (obj, member) if attr.relation.forward else (member, obj)
    return source.oid, attr.relation.attr, target.oid


def _point(change: Change, member: Obj, back: AttrDef, target: int | None) -> None:
    """Change the member's own reference, as an update of the member would.

    :raises NotAuthorized: when the caller may not change the member, where it goes, or the object
        that it is taken from.
    """
    draft = Draft(change, change.type_of(member), member)
    permit(change, member)
    held = draft.target(back.name)
    if held is not None and held.oid != target:
        permit(change, held)
    draft.links[back.name] = target
    prepare(draft)
    change.settle()
    allow(change, 'Update', draft.type_def, member, draft.changed_links())
    save(draft)


def _name(obj: Obj) -> str:
    name = obj.name or obj.doc.get('DisplayName') or obj.doc.get('UserName') or str(obj.oid)
    return f'{obj.formatted_id}: {name}' if obj.formatted_id else str(name)

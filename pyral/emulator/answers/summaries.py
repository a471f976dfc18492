"""Collection summaries: `Tasks:summary[State;Owner]` as counts per group (section 6.1).

The members of all rows that the caller may read are read together; groups are made of the values a
reader would see. Shape and key formats follow the choices of the WSAPI reference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Mapping, Sequence

from ..model import AttrDef
from ..store.reading import heads, member_edges, references
from .fetch import Summary

if TYPE_CHECKING:
    from ..request import Call
    from ..store import Obj

__all__ = ['summaries_of']

#: The key of a group without a value.
NOTHING = 'None'


def summaries_of(
    call: Call,
    objs: Sequence[Obj],
    summaries: Iterable[Summary],
) -> dict[int, dict[str, Any]]:
    """Return the `Summary` of each row by ObjectID; names that are no collection are skipped."""
    found: dict[int, dict[str, Any]] = {}
    for summary in summaries:
        for kind in dict.fromkeys(obj.type for obj in objs):
            some = [obj for obj in objs if obj.type == kind]
            attr = collection_named(call, some[0], summary.collection)
            if attr is None:
                continue
            for oid, counted in counts_of(call, some, attr, summary).items():
                found.setdefault(oid, {})[attr.name] = counted
    return found


def collection_named(call: Call, obj: Obj, name: str) -> AttrDef | None:
    """Return the collection attribute of an object's type, by name in any case."""
    type_def = call.catalogue(obj.workspace).resolve(obj.type)
    attr = None if type_def is None else type_def.attr(name)
    return attr if attr is not None and attr.type == 'COLLECTION' else None


def counts_of(
    call: Call,
    objs: Sequence[Obj],
    attr: AttrDef,
    summary: Summary,
) -> dict[int, dict[str, Any]]:
    """Return count and groups of one collection for objects of one type."""
    pairs = member_edges(call.tx, attr, [obj.oid for obj in objs], call.rights.sight)
    members = call.tx.get_many(member for _, member in pairs)
    owned: dict[int, list[Obj]] = {obj.oid: [] for obj in objs}
    for owner, member in pairs:
        if member in members:
            owned[owner].append(members[member])
    groups = groups_of(call, attr, summary)
    attrs = {one.name: one for group in groups for one in group}
    values = {name: display_values(call, [*members.values()], one) for name, one in attrs.items()}
    named = [[one.name for one in group] for group in groups]
    return {
        oid: {
            'Count': len(mine),
            **{'+'.join(names): nested_counts(mine, names, values) for names in named},
        }
        for oid, mine in owned.items()
    }


def groups_of(call: Call, attr: AttrDef, summary: Summary) -> list[list[AttrDef]]:
    """Return the attributes of each group; a group with an unknown one, or a collection, falls."""
    target = call.catalogue().resolve(attr.target or '')
    found = [[target.attr(name) for name in group] for group in summary.groups] if target else []
    return [
        [one for one in group if one is not None]
        for group in found
        if all(one is not None and one.type != 'COLLECTION' for one in group)
    ]


def display_values(call: Call, members: Sequence[Obj], attr: AttrDef) -> dict[int, str]:
    """Return the group key of each member: a value as it is shown, or a reference's name."""
    if attr.relation is not None:
        edges = references(call.tx, [member.oid for member in members], [attr.relation.attr])
        known = heads(call.tx, [edge.member for edge in edges])
        return {
            edge.owner: known[edge.member].name or str(edge.member)
            for edge in edges
            if edge.member in known
        }
    column = attr.column
    found = {}
    for member in members:
        value = getattr(member, column) if column else member.doc.get(attr.name)
        if attr.type == 'BOOLEAN':
            value = bool(value)
        if value not in (None, ''):
            found[member.oid] = str(value).lower() if isinstance(value, bool) else str(value)
    return found


def nested_counts(
    members: Sequence[Obj],
    names: Sequence[str],
    values: Mapping[str, Mapping[int, str]],
) -> dict[str, Any]:
    """Count members by the first name, and below it by the others."""
    parted: dict[str, list[Obj]] = {}
    for member in members:
        parted.setdefault(values[names[0]].get(member.oid, NOTHING), []).append(member)
    if len(names) == 1:
        return {key: len(some) for key, some in parted.items()}
    return {key: nested_counts(some, names[1:], values) for key, some in parted.items()}

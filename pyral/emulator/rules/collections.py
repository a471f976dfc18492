"""Collection edits of a request: add members by reference or inline, remove them.

WSAPI reference, sections 7.2 and 7.3. `links` does the work; here requests are read and answered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence

from .. import texts
from ..errors import ServiceError
from .create import create_in
from .derived import rollups
from .subjects.schema_changes import create_value
from .write.allow import allow
from .write.assignments import is_modifiable, member_list
from .write.change import Change
from .write.draft import Draft
from .write.links import back_reference, exclude, include
from .write.references import WrongType, read_ahead, resolve
from .write.saving import save

if TYPE_CHECKING:
    from ..model import AttrDef, TypeDef
    from ..request import Call
    from ..store import Obj

__all__ = ['add_members', 'remove_members']

_CLOSED = "Cannot {} collection {}"
CLOSED_VERBS = {'Add': "add to", 'Remove': "remove from"}


def add_members(call: Call, obj: Obj, attr: AttrDef, items: Sequence[Any]) -> list[Obj]:
    """Put members into a collection; items without a reference are created.

    :param attr: the collection of the path.
    :param items: references, objects with `_ref`, or the attributes of new members.
    :returns: the members, in the order of the items.
    :raises ServiceError: with every refusal; nothing is added then.
    """
    change, type_def = _open(call, obj, attr, 'Add')
    members: list[int] = []
    read_ahead(change, items)
    for item in items:
        if isinstance(item, Mapping) and item.get('_ref') in (None, ''):
            members.append(_create(change, obj, attr, item).oid)
        else:
            members.append(_follow(change, type_def, attr, item))
    change.settle()
    phrases = include(change, obj, attr, list(dict.fromkeys(members)))
    _finish(change, type_def, obj, attr, phrases)
    found = change.tx.get_many(members)
    return [found[oid] for oid in members if oid in found]


def remove_members(call: Call, obj: Obj, attr: AttrDef, items: Sequence[Any]) -> None:
    """Take members out of a collection.

    :raises ServiceError: with every refusal; nothing is removed then.
    """
    change, type_def = _open(call, obj, attr, 'Remove')
    members = member_list(change, type_def, attr, items)
    phrases = exclude(change, obj, attr, members)
    _finish(change, type_def, obj, attr, phrases)


def _open(call: Call, obj: Obj, attr: AttrDef, verb: str) -> tuple[Change, TypeDef]:
    """Start the change, if the collection may be changed and the caller may change it."""
    change = Change.of(call, obj.oid if obj.type == 'Workspace' else obj.workspace)
    type_def = change.type_of(obj)
    if not is_modifiable(attr):
        raise ServiceError(_CLOSED.format(CLOSED_VERBS[verb], attr.name))
    allow(change, verb, type_def, obj)
    return change, type_def


def _follow(change: Change, type_def: TypeDef, attr: AttrDef, item: Any) -> int:
    try:
        found = resolve(change, type_def, attr, item)
        if found is None:
            raise ServiceError(texts.bad_reference("null"))
        return found.oid
    except ServiceError as error:
        if isinstance(error, WrongType):
            change.refuse(_CLOSED.format("add to", attr.name))
        for text in error.messages:
            change.refuse(text)
        return 0


def _create(change: Change, obj: Obj, attr: AttrDef, values: Mapping[str, Any]) -> Obj:
    """Make a new member that knows its owner from the start."""
    member_type = change.catalogue.resolve(attr.target or '')
    if member_type is None or member_type.abstract:
        member_type = change.catalogue.resolve(str(values.get('_type', '')))
    if member_type is None:
        raise ServiceError(_CLOSED.format("add to", attr.name))
    if member_type.path == 'AllowedAttributeValue' and obj.type.endswith('Definition'):
        return create_value(change, member_type, values, member_type.name, obj.oid)
    back = back_reference(attr, member_type)
    links = {} if back is None else {back.name: obj.oid}
    if (
        back is None
        and obj.project is not None
        and 'Project' in member_type.attributes
        and not any(name.lower() == 'project' for name in values)
    ):
        links['Project'] = obj.project
    return create_in(change, member_type, values, member_type.name, links)


def _finish(
    change: Change, type_def: TypeDef, obj: Obj, attr: AttrDef, phrases: Sequence[str]
) -> None:
    """Count the owner's version up and work out what follows.

    Members that point to their owner are versions of their own; the owner is not changed then.
    """
    has_edges = attr.relation is not None and (attr.relation.forward or '.' in attr.relation.attr)
    current = change.tx.get(obj.oid)
    if has_edges and phrases and current is not None:
        save(Draft(change, type_def, current), phrases)
    rollups.settle(change)

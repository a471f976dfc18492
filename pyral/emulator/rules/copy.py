"""Duplicate an object: a new identity, and `(Copy of) ` before its name (section 1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping, Sequence

from .. import texts
from ..errors import NotAuthorized
from ..store.ownership import OWNED
from .derived import rollups
from .subjects.type_rules import AFTER_CREATE, BEFORE_CREATE
from .write.allow import allow
from .write.change import Change
from .write.completion import complete
from .write.draft import Draft, held
from .write.links import include
from .write.saving import save_new

if TYPE_CHECKING:
    from ..model import AttrDef, TypeDef
    from ..request import Call
    from ..store import Obj

__all__ = ['copy']

PREFIX = "(Copy of) "
#: What tells a copy from its original by `PREFIX`; the name, where nothing else is said.
TELLING: Mapping[str, Sequence[str]] = {'User': ('UserName', 'DisplayName')}
#: Edges that a copy shares with its original.
SHARED = ('Tags', 'Milestones', 'TestCases')


def copy(call: Call, obj: Obj) -> Obj:
    """Make a copy of an object beside it.

    :raises ServiceError: when the type cannot be copied or the caller may not.
    """
    change = Change.of(call, obj.workspace)
    type_def = change.type_of(obj)
    if not _is_copyable(change, type_def):
        raise NotAuthorized(texts.no_right(f"Copy not allowed for {type_def.name}"))
    made = _copy(change, type_def, obj, {})
    for part_type, owned in OWNED.items():
        if owned.is_copied:
            _copy_parts(change, obj, made, part_type, owned.by[0])
    rollups.settle(change)
    return change.tx.get(made.oid) or made


def _copy_parts(change: Change, obj: Obj, made: Obj, part_type: str, reference: str) -> None:
    parts = change.tx.get_many(change.tx.sources(obj.oid, reference))
    for part in parts.values():
        if part.type == part_type:
            _copy(change, change.type_of(part), part, {reference: made.oid})


def _copy(change: Change, type_def: TypeDef, obj: Obj, links: Mapping[str, int]) -> Obj:
    draft = Draft(change, type_def)
    for name, attr in type_def.attributes.items():
        if not _is_copied(type_def, attr):
            continue
        if attr.type == 'OBJECT' and attr.relation is not None:
            draft.links[name] = change.tx.target(obj.oid, attr.relation.attr)
        elif attr.type != 'COLLECTION':
            draft.values[name] = held(obj, attr)
    draft.links.update(links)
    if not links:
        _rename(draft, TELLING.get(obj.type, ('Name',)))
    complete(draft)
    if obj.type in BEFORE_CREATE:
        BEFORE_CREATE[obj.type](draft)
    change.settle()
    allow(change, 'Create', type_def, links=draft.links)
    made = save_new(draft)
    for name in SHARED:
        shared = type_def.attributes.get(name)
        if shared is not None and shared.relation is not None and '.' in shared.relation.attr:
            include(change, made, shared, change.tx.members(obj.oid, shared))
    if obj.type in AFTER_CREATE:
        AFTER_CREATE[obj.type](change, made)
    return made


def _rename(draft: Draft, names: Sequence[str]) -> None:
    for name in names:
        if draft.values.get(name) is None:
            continue
        limit = draft.type_def.attributes[name].max_length
        text = f'{PREFIX}{draft.values[name]}'
        draft.values[name] = text[:limit] if limit > 0 else text


def _is_copyable(change: Change, type_def: TypeDef) -> bool:
    """Say whether objects of a type can be copied; objectives can at every level of theirs."""
    family = change.catalogue.resolve(type_def.path.split('/')[0])
    return type_def.copyable or (family is not None and family.copyable)


def _is_copied(type_def: TypeDef, attr: AttrDef) -> bool:
    if attr.slot in ('derived', 'constant', 'blob'):
        return False
    if (type_def.path, attr.name) == ('Task', 'Project'):
        return True
    return not attr.read_only or attr.create_only

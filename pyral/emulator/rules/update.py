"""Update an object from the body of a request (WSAPI reference, section 4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from .. import texts
from ..errors import NotAuthorized, ServiceError
from .derived import rollups
from .subjects.type_rules import AFTER_UPDATE, BEFORE_UPDATE, INSTEAD_OF_UPDATE
from .write.allow import allow
from .write.assignments import assign
from .write.change import Change
from .write.completion import prepare
from .write.draft import Draft
from .write.links import check_cycle, replace
from .write.ranking import rank, wanted
from .write.required import demand
from .write.saving import save
from .write.states import of_own_level

if TYPE_CHECKING:
    from ..request import Call
    from ..store import Obj

__all__ = ['update']


def update(call: Call, obj: Obj, values: Mapping[str, Any], body_key: str) -> Obj:
    """Change what the body names and nothing else; rank the object when the parameters ask.

    :param obj: the object as it is stored.
    :param values: the attributes of the body; None clears one, a list replaces a collection.
    :param body_key: the body's key as sent, for the warnings.
    :returns: the object as it is stored now.
    :raises ServiceError: with every refusal; nothing is changed then.
    """
    change = Change.of(call, _workspace_of(obj))
    type_def = change.type_of(obj)
    if not type_def.updatable:
        raise NotAuthorized(texts.no_updating(type_def.name, obj.oid))
    instead = INSTEAD_OF_UPDATE.get(type_def.path)
    if instead is not None:
        return instead(change, type_def, obj, values, body_key)
    draft = Draft(change, type_def, obj)
    assign(draft, values, body_key)
    _leave_to_children(draft, body_key)
    prepare(draft)
    of_own_level(draft)
    _check_tree(draft)
    before = BEFORE_UPDATE.get(type_def.path)
    if before is not None:
        before(draft)
    demand(draft)
    change.settle()
    _check_rights(draft, obj)
    phrases: list[str] = []
    for name, oids in draft.members.items():
        phrases += replace(change, obj, type_def.attributes[name], oids)
    place = wanted(call.params)
    if place is not None:
        moved = rank(change, type_def, obj, *place)
        phrases += [moved] if moved else []
    saved = save(draft, phrases)
    after = AFTER_UPDATE.get(type_def.path)
    if after is not None:
        after(change, saved)
    rollups.settle(change)
    return change.tx.get(obj.oid) or saved


def _workspace_of(obj: Obj) -> int | None:
    """Return the workspace whose model and time zone apply to an object."""
    return obj.oid if obj.type == 'Workspace' else obj.workspace


def _check_rights(draft: Draft, obj: Obj) -> None:
    """Ask for the right to the object as it is and, if it moves, as it will be."""
    allow(draft.change, 'Update', draft.type_def, obj)
    moved = draft.changed_links()
    if moved:
        allow(draft.change, 'Update', draft.type_def, obj, moved)


def _leave_to_children(draft: Draft, body_key: str) -> None:
    """Ignore the states of a story with children: it takes them from those (section 8.4)."""
    if draft.type_def.path != 'HierarchicalRequirement' or draft.obj is None:
        return
    wanted = [name for name in ('ScheduleState', 'FlowState') if draft.turned(name)]
    if not wanted or not draft.tx.get_many(draft.tx.sources(draft.obj.oid, 'Parent')):
        return
    for name in wanted:
        draft.values.pop(name, None)
        draft.links.pop(name, None)
        draft.change.warn(texts.ignored(body_key, name))


def _check_tree(draft: Draft) -> None:
    assert draft.obj is not None
    for name, target in draft.changed_links().items():
        if target is None:
            continue
        try:
            check_cycle(
                draft.change, draft.type_def, draft.type_def.attributes[name], draft.obj.oid, target
            )
        except ServiceError as error:
            draft.change.refuse(str(error))

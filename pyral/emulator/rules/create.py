"""Create an object from the body of a request (WSAPI reference, section 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from .. import texts
from ..access.scope import first_project
from ..errors import NotAuthorized
from .derived import rollups
from .subjects.type_rules import AFTER_CREATE, BEFORE_CREATE, EXISTING, INSTEAD_OF_CREATE
from .write.allow import allow
from .write.assignments import assign
from .write.change import Change
from .write.completion import complete
from .write.draft import Draft
from .write.links import replace
from .write.ranking import rank, wanted
from .write.references import peek
from .write.required import demand
from .write.saving import save_new
from .write.states import of_own_level

if TYPE_CHECKING:
    from ..model import TypeDef
    from ..request import Call
    from ..store import Obj

__all__ = ['create', 'create_in']

#: Attributes that tell which workspace a new object belongs to, the strongest first. Any other
#: reference that leads out of it is refused (section 16).
WHERE = ('Workspace', 'Project')
#: A new project is of its parent's workspace.
WHERE_A_PROJECT = ('Workspace', 'Parent')


def create(call: Call, type_def: TypeDef, values: Mapping[str, Any], body_key: str) -> Obj:
    """Make a new object and everything that comes with it.

    :param call: the request; its parameters name the context and a rank.
    :param type_def: the type of the URL.
    :param values: the attributes of the body.
    :param body_key: the body's key as sent, for the warnings.
    :returns: the stored object.
    :raises ServiceError: with every refusal; nothing is stored then.
    """
    workspace = _workspace_of(call, type_def, values)
    change = Change.of(call, workspace)
    known = change.catalogue.resolve(type_def.path) or type_def
    if workspace is not None or call.param('workspace') is not None:
        _stay_in_workspace(change, known)
    instead = INSTEAD_OF_CREATE.get(known.path)
    if instead is not None:
        return instead(change, known, values, body_key)
    obj = create_in(change, known, values, body_key)
    place = wanted(call.params)
    if place is not None:
        rank(change, known, obj, *place)
    rollups.settle(change)
    return change.tx.get(obj.oid) or obj


def create_in(
    change: Change,
    type_def: TypeDef,
    values: Mapping[str, Any],
    body_key: str,
    links: Mapping[str, int] | None = None,
) -> Obj:
    """Make a new object inside a change that is under way.

    :param links: references set beforehand: the owner of a member that is created inline.
    :returns: the stored object; one that was there before where the type has no second like it.
    """
    if not type_def.creatable or type_def.abstract:
        raise NotAuthorized(texts.no_creating(type_def.name))
    draft = Draft(change, type_def)
    draft.links.update(links or {})
    assign(draft, values, body_key)
    complete(draft)
    of_own_level(draft)
    before = BEFORE_CREATE.get(type_def.path)
    if before is not None:
        before(draft)
    demand(draft)
    change.settle()
    allow(change, 'Create', type_def, links=draft.links)
    existing = EXISTING.get(type_def.path)
    found = None if existing is None else existing(draft)
    if found is not None:
        return found
    members = dict(draft.members)
    obj = save_new(draft)
    for name, oids in members.items():
        replace(change, obj, type_def.attributes[name], oids)
    after = AFTER_CREATE.get(type_def.path)
    if after is not None:
        after(change, obj)
    return change.tx.get(obj.oid) or obj


def _stay_in_workspace(change: Change, type_def: TypeDef) -> None:
    """Take a project of a workspace that was named and is not the one of the caller's default."""
    if change.project is not None or 'Project' not in type_def.attributes:
        return
    assert change.workspace is not None
    first = first_project(change.tx, change.rights, change.workspace)
    change.project = None if first is None else first.oid


def _workspace_of(call: Call, type_def: TypeDef, values: Mapping[str, Any]) -> int | None:
    """Return the workspace the references of a body imply; None for "the scope's"."""
    folded = {name.lower(): value for name, value in values.items()}
    for name in WHERE_A_PROJECT if type_def.path == 'Project' else WHERE:
        found = peek(call.tx, folded.get(name.lower()))
        if found is None or not call.rights.sees(found):
            continue
        if found.type == 'Workspace':
            return found.oid
        if found.workspace is not None:
            return found.workspace
    return None

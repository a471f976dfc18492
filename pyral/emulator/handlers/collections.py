"""Reads of the members of a collection, with pagination."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..answers.fetch import FULL
from ..answers.projection import VALUES
from ..answers.render import Renderer
from ..catalogue.hidden_fields import hidden_in
from ..envelope import Result, query_result
from ..errors import ServiceError
from ..store.custom_definitions import values_shown
from ..store.reading import (
    document_order,
    in_workspace,
    member_of,
    member_order,
    newest_first,
)
from .items import asked_object
from .query import fetch_of, paging, seen, select_objects

if TYPE_CHECKING:
    from ..model import AttrDef, TypeDef
    from ..request import Call
    from ..store import Obj

__all__ = ['asked_collection', 'collection_page', 'members', 'visible']

#: Collections with an order of their own; all others show members as they were added.
ORDERS = {'Revisions': newest_first(), 'AllowedValues': document_order('ValueIndex')}
#: Metadata that a system object has and a workspace adds to (section 9.3).
METADATA = frozenset(['AllowedAttributeValue', 'AttributeDefinition', 'TypeDefinition'])


def asked_collection(call: Call) -> tuple[Obj, AttrDef]:
    """Return the owner and the collection attribute a path names.

    :raises ObjectNotFound: when the owner cannot be read.
    :raises ServiceError: when the type has no such collection.
    """
    owner, type_def = asked_object(call)
    name = call.path['collection']
    attr = type_def.attr(name)
    if attr is None or attr.type != 'COLLECTION':
        raise ServiceError(f'Could not find the collection "{name[:80]}" on type "{type_def.path}"')
    return owner, attr


def visible(call: Call, target: TypeDef, workspace: int | None) -> list[Any]:
    """Return the conditions that leave out the members the caller may not see."""
    chosen = workspace or call.scope.workspace
    families = call.catalogue(workspace).family(target.path)
    if target.path in METADATA and chosen is not None:
        return [in_workspace(chosen), *seen(call, families, chosen)]
    return seen(call, families)


def as_seen(call: Call, owner: Obj, attr: AttrDef) -> Obj:
    """Return the owner of the members; a type's attributes are those of a workspace (section 9.3).

    They are the attributes the type has in the workspace asked for, else in the one that defines
    the type, else in the caller's default workspace.
    """
    if owner.type != 'TypeDefinition' or attr.name != 'Attributes':
        return owner
    asked = call.param('workspace') is not None or owner.workspace is None
    workspace = call.scope.workspace if asked else owner.workspace
    here = call.catalogue(workspace).resolve(str(owner.doc['TypePath']))
    found = None if here is None else call.tx.get(here.oid)
    return owner if found is None else found


def collection_page(call: Call, owner: Obj, attr: AttrDef) -> tuple[int, list[Obj]]:
    """Return how many members match the call's query, and one page of them."""
    owner = as_seen(call, owner, attr)
    workspace = owner.oid if owner.type == 'Workspace' else owner.workspace
    catalogue = call.catalogue(workspace)
    target = catalogue.type(attr.target or '')
    extra = [member_of(attr, owner.oid), *visible(call, target, workspace)]
    chosen = workspace or call.scope.workspace
    if attr.relation == VALUES and chosen is not None:
        # A workspace that has values of its own sees only those (section 9.5).
        extra.append(values_shown(owner.oid, chosen))
    order = [ORDERS[attr.name] if attr.name in ORDERS else member_order(attr, owner.oid)]
    return select_objects(call, [target], paging(call), extra, order, workspace)


def members(call: Call) -> Result:
    """Answer `GET /<type>/<oid>/<Collection>`: members are full objects without a fetch."""
    owner, attr = asked_collection(call)
    page = paging(call)
    total, objs = collection_page(call, owner, attr)
    rows = Renderer(call).rows(objs, fetch_of(call, FULL))
    if owner.type == 'TypeDefinition' and attr.name == 'Attributes':
        show_hidden(call, str(owner.doc['TypePath']), objs, rows)
    return query_result(total, page.start, page.size, rows)


def show_hidden(call: Call, type_path: str, objs: list[Obj], rows: list[dict[str, Any]]) -> None:
    """Let the attributes of a type show what the project of the request hides."""
    project = None if call.scope.project is None else call.tx.get(call.scope.project)
    hidden = None if project is None else hidden_in(call.tx, project)
    for obj, row in zip(objs, rows):
        if hidden and 'Hidden' in row and hidden.holds(type_path, obj.oid):
            row['Hidden'] = True

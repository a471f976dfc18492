"""Reading the members of a collection."""
from __future__ import annotations

from typing import TYPE_CHECKING

from ..catalogue import catalogue_for
from ..envelope import Result, query_result
from ..errors import ObjectNotFound, PathNotFound
from ..fetch import FULL
from ..render import Renderer
from ..store.reading import in_projects, member_of, member_order, newest_first, of_types
from .items import asked_object
from .query import fetch_of, paging, select_objects

if TYPE_CHECKING:
    from ..model import AttrDef
    from ..request import Call
    from ..store import Obj

__all__ = ['asked_collection', 'members']

#: Collections that show the newest member first (section 7.1).
NEWEST_FIRST = frozenset(['Revisions'])


def asked_collection(call: Call) -> tuple[Obj, AttrDef]:
    """Return the owner and the collection attribute a path names.

    :raises ObjectNotFound: when the owner cannot be read.
    :raises PathNotFound: when the type has no such collection.
    """
    owner, type_def = asked_object(call)
    attr = type_def.attr(call.path['collection'])
    if attr is None or attr.type not in ('COLLECTION', 'OBJECT'):
        raise PathNotFound("{} has no collection {}".format(
            type_def.path, call.path['collection'][:80]))
    return owner, attr


def members(call: Call) -> Result:
    """Answer `GET /<type>/<oid>/<Collection>`: members are full objects without a fetch."""
    owner, attr = asked_collection(call)
    workspace = owner.oid if owner.type == 'Workspace' else owner.workspace
    catalogue = catalogue_for(call.tx, workspace or call.scope.workspace)
    target = catalogue.resolve(attr.target or '')
    if target is None:
        raise ObjectNotFound()
    call.enter(workspace)
    page = paging(call)
    extra = [member_of(attr, owner.oid), *readable(call, attr)]
    order = [newest_first()] if attr.name in NEWEST_FIRST else [member_order(attr, owner.oid)]
    total, objs = select_objects(call, [target], page, extra, order)
    rows = Renderer(call).rows(objs, fetch_of(call, FULL))
    return query_result(total, page.start, page.size, rows)

"""Queries on a type, with pagination: which objects, in which order, which page of them.

`select_objects` is the one way from a query to objects; collections, feeds and the browser use it
too. SQL stays in the store and in the language: conditions pass through here unopened.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Iterable, NamedTuple, Sequence

from .. import texts
from ..answers.fetch import SHELL, Fetch, parse_fetch, parse_shallow
from ..answers.render import Renderer
from ..catalogue.configuration import zone_of
from ..clock import zone
from ..envelope import Result, query_result
from ..errors import ServiceError, UnknownType
from ..language import QueryContext, mentions, order_by, parse, where
from ..store.reading import (
    document_holds,
    holds_text,
    in_projects,
    in_workspace,
    of_types,
    select_page,
    with_ids,
)

if TYPE_CHECKING:
    from ..catalogue.catalogue import Catalogue
    from ..model import TypeDef
    from ..request import Call
    from ..store import Obj

__all__ = [
    'Paging',
    'artifact_types',
    'context_of',
    'fetch_of',
    'listed',
    'paging',
    'paging_of',
    'query',
    'query_objects',
    'retired_search',
    'scoping',
    'seen',
    'select_objects',
    'type_asked',
]

DEFAULT_PAGE_SIZE = 20
MAX_PAGE_SIZE = 2000
MAX_START = 2**53
WHOLE = re.compile(r'[+-]?[0-9]+$')
#: So many say that a number is greater than every bound.
MOST_DIGITS = 20

#: Types that never answer a query with rows, yet do not refuse it (section 5.10).
EMPTY_TYPES = frozenset(['AttachmentContent'])
#: What listings leave out unless the query says otherwise (sections 5.5 and 14).
LISTED_ONLY: dict[str, tuple[str, str | bool]] = {
    'User': ('Disabled', False),
    'Project': ('State', 'Open'),
}
#: A query by identity names one object and finds it whatever its state; old names included.
IDENTITY = ('ObjectID', 'ObjectUUID', 'Oid')
IDENTITY_OF = {'User': ('UserName', 'Name')}
#: Where `search` looks beside the name and the FormattedID.
SEARCHED = ('Description', 'Notes')
#: Longer texts are not looked for: every text of every row is held against them.
LONGEST_SEARCH = 1000
#: Types that are seen across all workspaces.
GLOBAL_TYPES = frozenset(['Subscription', 'User', 'UserProfile'])


class Paging(NamedTuple):
    """The page asked for, after clamping."""

    start: int
    size: int


def paging(call: Call) -> Paging:
    """Return start and page size; nonsense gives the defaults, too much is cut (section 3.3)."""
    return paging_of(call.param('pagesize'), call.param('start'))


def paging_of(pagesize: str | None, first: str | None) -> Paging:
    """Return start and page size of two parameters as they were sent."""
    size = whole(pagesize, DEFAULT_PAGE_SIZE)
    start = whole(first, 1)
    if size < 1:
        size = DEFAULT_PAGE_SIZE
    return Paging(min(max(start, 1), MAX_START), min(size, MAX_PAGE_SIZE))


def whole(text: str | None, default: int) -> int:
    """Return the integer a parameter holds, or the default; one of endless digits is cut."""
    found = WHOLE.match((text or '').strip().strip('"'))
    return default if found is None else int(found.group()[:MOST_DIGITS])


def fetch_of(call: Call, default: Fetch) -> Fetch:
    """Return what the answer shows; `shallowFetch` replaces `fetch`."""
    shallow = call.param('shallowFetch')
    return parse_shallow(shallow) if shallow else parse_fetch(call.param('fetch'), default)


def context_of(call: Call, workspace: int | None) -> QueryContext:
    """Return what the words of a query mean to this caller: who, when, in which time zone."""
    here = zone_of(call.tx, workspace)
    profile = call.tx.target(call.user.oid, 'UserProfile')
    own = None if profile is None else call.tx.get(profile)
    name = None if own is None else own.doc.get('TimeZone')
    return QueryContext(
        call.user.oid,
        call.now,
        here,
        zone(name) if name else here,
        call.strict_case,
        call.rights.sight,
    )


def type_asked(call: Call, text: str) -> TypeDef:
    """Return the type a path names.

    :raises UnknownType: when the workspace does not know it.
    """
    found = call.catalogue().resolve(text)
    if found is None:
        raise UnknownType(text)
    return found


def scoping(call: Call, catalogue: Catalogue, type_def: TypeDef) -> list[Any]:
    """Return the conditions of scope and rights for the rows of a type (section 14)."""
    scope = call.scope
    families = catalogue.family(type_def.path)
    if type_def.path == 'Workspace' and scope.workspace is not None:
        return [with_ids([scope.workspace]), *seen(call, families)]
    if type_def.path in GLOBAL_TYPES or scope.workspace is None:
        # Without a workspace there is only what lies in none.
        nowhere = [] if scope.workspace is not None else [in_workspace(0)]
        return [*nowhere, *seen(call, families)]
    conditions: list[Any] = [in_workspace(scope.workspace)]
    if type_def.path == 'TypeDefinition':
        conditions.append(with_ids(catalogue.definition_oids))
    attr = type_def.attr('Project')
    placed = attr is not None and attr.type == 'OBJECT' and attr.required
    if attr is not None and attr.type == 'OBJECT' and scope.projects is not None:
        conditions.append(in_projects(scope.projects, none_too=not placed))
    return [*conditions, *seen(call, families, scope.workspace, placed)]


def seen(
    call: Call, types: Iterable[str], workspace: int | None = None, placed: bool = False
) -> list[Any]:
    """Return the condition that the caller may read an object; none for who may read all.

    :param types: the TypePaths it may have.
    :param workspace: that of all objects that have one, where that is certain.
    :param placed: whether all of them have a project.
    """
    sight = call.rights.sight
    if sight is None:
        return []
    return [sight.condition(types=types, workspace=workspace, placed=placed)]


def listed(types: Sequence[TypeDef], query_text: str) -> list[Any]:
    """Return the condition that leaves out disabled users and closed projects."""
    if len(types) != 1 or types[0].path not in LISTED_ONLY:
        return []
    key, value = LISTED_ONLY[types[0].path]
    if query_text:
        tree = parse(query_text)
        names = (key, *IDENTITY, *IDENTITY_OF.get(types[0].path, ()))
        if any(mentions(tree, name) for name in names):
            return []
    return [document_holds(key, value)]


def select_objects(
    call: Call,
    types: Sequence[TypeDef],
    page: Paging,
    extra: Sequence[Any] = (),
    order: Sequence[Any] = (),
    workspace: int | None = None,
) -> tuple[int, list[Obj]]:
    """Return how many objects match the call's `query` and `search`, and one page of them.

    :param types: the types asked for; their subtypes are included.
    :param extra: further conditions, such as "a member of this collection".
    :param order: what sorts when the call has no `order`.
    :param workspace: whose model the names mean; the scope's when not given.
    :raises ServiceError: for a query or an order the service would refuse.
    """
    workspace = call.scope.workspace if workspace is None else workspace
    catalogue = call.catalogue(workspace)
    text, sorting = call.param('query'), call.param('order')
    conditions: list[Any] = list(extra)
    families = dict.fromkeys(path for one in types for path in catalogue.family(one.path))
    conditions.append(of_types(list(families)))
    if text:
        conditions.append(where(text, catalogue, types, context_of(call, workspace)))
    words = call.param('search')
    if words:
        if len(words) > LONGEST_SEARCH:
            raise ServiceError(texts.endless_search(len(words), LONGEST_SEARCH))
        conditions.append(holds_text(words.strip('"'), SEARCHED))
    keys = list(order)
    if sorting:
        keys = order_by(sorting, catalogue, types, sight=call.rights.sight)
    return select_page(call.tx, conditions, keys, page.start, page.size)


def artifact_types(call: Call, base: TypeDef, param: str = 'types') -> list[TypeDef]:
    """Return the types a query covers: the `types` parameter narrows an abstract one.

    :param param: its name, which is another one for the items of groups.
    """
    names = [name for name in (call.param(param) or '').split(',') if name.strip()]
    if not names:
        return [base]
    found = [type_asked(call, name.strip()) for name in names]
    catalogue = call.catalogue()
    for one in found:
        if not catalogue.is_a(one.path, base.path):
            raise UnknownType(one.path)
    return found


def query_objects(call: Call, page: Paging) -> tuple[TypeDef, int, list[Obj]]:
    """Return the type a path names, how many of its objects match, and one page of them.

    :raises ServiceError: when type, query or order are refused.
    """
    base = type_asked(call, call.path['type'])
    if base.path in EMPTY_TYPES:
        return base, 0, []
    if not base.queryable:
        raise ServiceError(f'Type "{base.path}" is not queryable')
    types = artifact_types(call, base)
    extra = scoping(call, call.catalogue(), base) + listed(types, call.param('query') or '')
    total, objs = select_objects(call, types, page, extra)
    return base, total, objs


def retired_search(call: Call) -> Result:
    """Refuse `GET /search`, the full-text search the service has retired (section 1.2)."""
    raise ServiceError("Could not read: path or entity not found: /search")


def query(call: Call) -> Result:
    """Answer `GET /<type>`: one page of the objects in scope that match."""
    page = paging(call)
    _, total, objs = query_objects(call, page)
    rows = Renderer(call).rows(objs, fetch_of(call, SHELL))
    return query_result(total, page.start, page.size, rows)

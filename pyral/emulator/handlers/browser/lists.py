"""Lists of the object browser: objects of a type, or the members of a collection, page by page."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Sequence

from ... import texts
from ...answers.fetch import FULL, parse_fetch
from ...answers.render import Renderer
from ...envelope import query_result
from ...errors import ServiceError
from ...language import corrected, corrected_order
from ..collections import asked_collection, collection_page
from ..query import artifact_types, context_of, paging, query_objects
from .cells import cell, local, shortened
from .columns import LEADING, PARAM, chosen, heads, offered
from .page import address, link_to, message, page, title_of
from .places import choices
from .trail import trail

if TYPE_CHECKING:
    from ...envelope import Document, Result
    from ...model import TypeDef
    from ...request import Call
    from ...store import Obj

__all__ = ['collection', 'listing', 'printed']

#: Parameters that the pages of a list hand on to one another.
KEPT = (
    'query',
    'order',
    'search',
    'pagesize',
    'types',
    'workspace',
    'project',
    'projectScopeUp',
    'projectScopeDown',
)
#: Those of them that have a field of their own in the form.
FIELDS = ('query', 'order', 'pagesize', 'search')
SCOPE = ('workspace', 'project', 'projectScopeUp', 'projectScopeDown')


@dataclass
class Listed:
    """What a list shows: the objects of the page, how many there are, or why there are none."""

    type_def: TypeDef
    objs: Sequence[Obj] = ()
    total: int = 0
    error: str | None = None
    workspace: int | None = None
    types: Sequence[TypeDef] = ()


def listing(call: Call) -> Document:
    """Answer `GET /browse/<type>`: the objects of a type, with a query box and pages."""
    name = call.path['type']
    found = call.catalogue().resolve(name)
    if found is None:
        return message(call, "Unknown type", texts.unknown_type(name))
    rows = Listed(found, workspace=call.scope.workspace, types=[found])
    try:
        rows.types = artifact_types(call, found)
        _, rows.total, rows.objs = query_objects(call, paging(call))
    except ServiceError as refusal:
        rows.error = str(refusal)
    return list_page(
        call,
        rows,
        title=found.display_name + " list",
        json=call.base_url + '/' + found.path.lower(),
        places=choices(call, call.scope.project, call.scope.workspace),
    )


def collection(call: Call) -> Document:
    """Answer `GET /browse/<type>/<oid>/<Collection>`: the members, with the same query box."""
    try:
        owner, attr = asked_collection(call)
    except ServiceError as error:
        return message(call, "Not found", str(error))
    renderer = Renderer(call)
    target = renderer.catalogue_of(owner).type(attr.target or '')
    workspace = owner.oid if owner.type == 'Workspace' else owner.workspace
    rows = Listed(target, workspace=workspace or call.scope.workspace, types=[target])
    try:
        rows.total, rows.objs = collection_page(call, owner, attr)
    except ServiceError as refusal:
        rows.error = str(refusal)
    return list_page(
        call,
        rows,
        title=f"{attr.label} of {title_of(owner)}",
        trail=[*trail(call, owner), link_to(owner)],
        json=f'{renderer.reference_of(owner)}/{attr.name}',
        places=[],
    )


def list_page(call: Call, rows: Listed, **values: Any) -> Document:
    """Return a page with rows."""
    catalogue = call.catalogue(rows.workspace)
    objs = rows.objs
    kinds = [rows.type_def.path, *sorted({obj.type for obj in objs})]
    known = offered(catalogue, kinds)
    names, own_choice = chosen(call, known)
    leading = [name for name in LEADING if name in known]
    kept = {name: call.param(name) or '' for name in KEPT}
    fetched = ','.join([*leading, *names]) or 'ObjectID'
    shown = Renderer(call).rows(objs, parse_fetch(fetched, FULL))
    wanted = paging(call)
    values['json'] = address(
        values['json'],
        [('pretty', 'true'), ('fetch', fetched), ('start', str(wanted.start)), *kept.items()],
    )
    if own_choice:
        kept[PARAM] = ','.join(names)
    titles = [(name, known[name].label) for name in leading if name == 'FormattedID']
    titles += [('Name' if 'Name' in leading else '', "Name")]
    titles += [(name, known[name].label) for name in names]
    place = None if rows.error else call.tx.get(call.scope.project or call.scope.workspace or 0)
    return page(
        call,
        'list.html',
        type=rows.type_def,
        heads=heads(call, titles, rows.types, catalogue, kept),
        rows=[row_of(call, row, names, known) for row in shown],
        total=rows.total,
        asked=kept,
        hidden=[(name, text) for name, text in kept.items() if name not in FIELDS + SCOPE],
        carried=[(name, text) for name, text in kept.items() if name != PARAM],
        upward=call.flag('projectScopeUp') is True,
        downward=call.flag('projectScopeDown') is not False,
        offered=[
            (name, attr.label, name in names)
            for name, attr in sorted(known.items())
            if name not in LEADING
        ],
        own_choice=own_choice,
        usual=address(call.here, {**kept, PARAM: ''}.items()),
        error=rows.error,
        meant=None if rows.error is None else meant(call, rows, kept),
        place=None if place is None or not call.rights.sees(place) else link_to(place),
        answer=printed(query_result(rows.total, wanted.start, wanted.size, shown)),
        pages=pages(call, kept, rows.total, len(objs)),
        **values,
    )


def row_of(
    call: Call, row: dict[str, Any], names: Sequence[str], known: dict[str, Any]
) -> dict[str, Any]:
    """Return the cells of an object; its id and its name lead to its page."""
    return {
        'href': local(call, row['_ref']),
        'id': row.get('FormattedID'),
        'has_id': 'FormattedID' in known,
        'text': row.get('_refObjectName') or row.get('Name') or row['_ref'].rsplit('/', 1)[-1],
        'cells': [cell(call, shortened(known[name].type, row.get(name))) for name in names],
    }


def meant(call: Call, rows: Listed, kept: dict[str, str]) -> list[tuple[str, str]]:
    """Return texts that a refused query or order may mean, each with the list that asks so."""
    catalogue = call.catalogue(rows.workspace)
    found = {}
    if kept['query']:
        context = context_of(call, rows.workspace)
        found['query'] = corrected(kept['query'], catalogue, rows.types, context)
    if kept['order']:
        found['order'] = corrected_order(kept['order'], catalogue, rows.types)
    better = {name: text for name, text in found.items() if text is not None}
    if not better:
        return []
    return [(' · '.join(better.values()), address(call.here, {**kept, **better}.items()))]


def printed(result: Result) -> str:
    """Return an answer as a client would get it, indented."""
    return json.dumps(result.document(), indent=2, ensure_ascii=False)


def pages(call: Call, kept: dict[str, str], total: int, here: int) -> dict[str, Any]:
    """Return what the foot of a list says: which rows, and the ways to the other pages.

    :param here: how many rows the page has.
    """
    wanted = paging(call)

    def way(start: int) -> str:
        return address(call.here, [*kept.items(), ('start', str(start))])

    end = (total - 1) // wanted.size * wanted.size + 1
    return {
        'first': wanted.start if here else 0,
        'last': wanted.start + here - 1 if here else 0,
        'total': total,
        'start': wanted.start,
        'past': not here and total > 0,
        'before': way(max(1, wanted.start - wanted.size)) if here and wanted.start > 1 else None,
        'after': way(wanted.start + wanted.size) if here and wanted.start + here <= total else None,
        'end': way(end) if total else None,
    }

"""The object browser: Subscription, Workspace, Project and on, every reference a link.

Pages are made on the server from the same rows a client gets, work without scripts, and show the
JSON behind them. Everything is escaped by the templates. A refusal is part of the page, which is
why this is the one handler that catches it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from .. import texts
from ..answers.fetch import FULL, parse_fetch
from ..answers.render import Renderer
from ..envelope import Document, query_result, read_result
from ..errors import ObjectNotFound, ServiceError
from ..markup import plain
from ..model import label_of
from ..request import Params
from ..store.reading import of_type
from .collections import asked_collection, collection_page
from .items import asked_object
from .query import paging, query_objects

if TYPE_CHECKING:
    from ..envelope import Result
    from ..model import TypeDef
    from ..request import Call
    from ..store import Obj

__all__ = ['collection', 'go', 'in_page', 'item', 'listing', 'start_page']

HTML = 'text/html; charset=utf-8'
#: No page needs anything but its own text and style.
HEADERS = {
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'same-origin',
}
#: Types offered on every page; the box beside them reaches all others.
COMMON = (
    'HierarchicalRequirement',
    'Defect',
    'Task',
    'TestCase',
    'TestSet',
    'PortfolioItem',
    'Iteration',
    'Release',
    'Milestone',
    'Project',
    'User',
    'Tag',
    'TypeDefinition',
)
#: What a list shows of its rows, where the type has it.
COLUMNS = (
    'FormattedID',
    'UserName',
    'ElementName',
    'StringValue',
    'ScheduleState',
    'State',
    'RevisionNumber',
    'Description',
    'Text',
    'Role',
    'User',
    'Owner',
    'Project',
    'Iteration',
    'CreationDate',
)
MOST_COLUMNS = 7
#: What one wants to know of an object first, and last.
LEADING = (
    'UserName',
    'ElementName',
    'TypePath',
    'AttributeType',
    'StringValue',
    'State',
    'ScheduleState',
    'FlowState',
    'Priority',
    'Severity',
    'Role',
    'Owner',
    'User',
    'Project',
    'Parent',
    'PortfolioItem',
    'WorkProduct',
    'Requirement',
    'Iteration',
    'Release',
    'StartDate',
    'EndDate',
    'ReleaseStartDate',
    'ReleaseDate',
    'PlanEstimate',
    'Estimate',
    'ToDo',
    'Description',
    'Text',
    'Notes',
)
TECHNICAL = (
    'DragAndDropRank',
    'FormattedIDID',
    'FormattedIDPrefix',
    'ObjectID',
    'ObjectUUID',
    'VersionId',
    'RevisionHistory',
    'Workspace',
    'Subscription',
)
#: Types in which others live: their pages lead to lists of what is there.
PLACES = {'Workspace': 'workspace', 'Project': 'project'}
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
LONG = 140
ROOT = '/browse'

TEMPLATES = Environment(
    loader=FileSystemLoader(str(Path(__file__).resolve().parent.parent / 'templates')),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page(call: Call, template: str, **values: Any) -> Document:
    """Return a page of the browser."""
    types = sorted(
        (one for one in call.catalogue().types() if one.queryable), key=lambda one: one.path
    )
    known = (call.catalogue().resolve(name) for name in COMMON)
    common = [found for found in known if found is not None]
    shown = TEMPLATES.get_template(template).render(
        user=call.user.doc.get('DisplayName') or call.user.doc.get('UserName'),
        login=call.user.doc.get('UserName'),
        me=path_of(call.user.type, call.user.oid),
        root=ROOT,
        types=types,
        common=common,
        **{'error': None, 'trail': [], **values},
    )
    return Document(shown.encode('utf-8', 'replace'), HTML, headers=dict(HEADERS))


def in_page(handler: Callable[[Call], Document]) -> Callable[[Call], Document]:
    """Let a scope that cannot be followed be said in a page, too."""

    def handle(call: Call) -> Document:
        try:
            call.catalogue()
        except ServiceError as error:
            call.params = Params()
            return page(call, 'message.html', title="Not found", error=str(error))
        return handler(call)

    return handle


def path_of(type_path: str, oid: int | str, collection: str = '') -> str:
    """Return the page of an object or of one of its collections."""
    return '/'.join(part for part in (ROOT, type_path.lower(), str(oid), collection) if part)


def start_page(call: Call) -> Document:
    """Answer `GET /`: the subscription, where the object model begins."""
    found = of_type(call.tx, 'Subscription')
    if not found:
        raise ObjectNotFound()
    return object_page(call, found[0], call.catalogue().type('Subscription'))


def go(call: Call) -> Document:
    """Answer `GET /browse?type=`: the way of the box to the list of a type."""
    name = call.param('type')
    target = '/' if name is None else f'{ROOT}/{name.strip().lower()}'
    found = None if name is None else call.catalogue().resolve(name)
    if found is not None:
        target = f'{ROOT}/{found.path.lower()}'
    elif name is not None:
        return page(
            call,
            'message.html',
            title="Unknown type",
            error=texts.unknown_type(name),
        )
    return Document(b'', HTML, 302, {'Location': target})


def item(call: Call) -> Document:
    """Answer `GET /browse/<type>/<oid>`: one object with all its attributes."""
    try:
        obj, type_def = asked_object(call)
    except ServiceError as error:
        return page(call, 'message.html', title="Not found", error=str(error))
    return object_page(call, obj, type_def)


def object_page(call: Call, obj: Obj, type_def: TypeDef) -> Document:
    """Return the page of one object."""
    row = Renderer(call).one(obj, FULL)
    labels = {attr.name: attr for attr in type_def.attributes.values()}
    cells = [
        dict(
            cell(call, readable(labels[name].type, value)),
            name=name,
            label=labels[name].label,
            type=labels[name].type,
        )
        for name, value in row.items()
        if name in labels
    ]
    filled = {one['name']: one for one in cells if one['kind'] not in ('none', 'collection')}
    return page(
        call,
        'object.html',
        title=row.get('_refObjectName') or obj.formatted_id or obj.type,
        type=type_def,
        formatted_id=obj.formatted_id,
        trail=trail(call, obj),
        leading=[filled[name] for name in LEADING if name in filled],
        others=[one for name, one in filled.items() if name not in LEADING + TECHNICAL + ('Name',)],
        technical=[filled[name] for name in TECHNICAL if name in filled],
        collections=[one for one in cells if one['kind'] == 'collection'],
        empty=[one for one in cells if one['kind'] == 'none'],
        lists=lists_in(call, obj),
        json=row['_ref'] + '?pretty=true',
        answer=printed(read_result(type_def.name, row)),
    )


def printed(result: Result) -> str:
    """Return an answer as a client would get it, indented."""
    return json.dumps(result.document(), indent=2, ensure_ascii=False)


def readable(attr_type: str, value: Any) -> Any:
    """Return a value for the eye: a date in two words, rich text without its tags."""
    if not isinstance(value, str):
        return value
    if attr_type == 'DATE':
        return f'{value[:10]} {value[11:19]} UTC'
    if attr_type == 'TEXT':
        return plain(value).strip() or value
    return value


def lists_in(call: Call, obj: Obj) -> list[tuple[str, str]]:
    """Return names and addresses of the lists of what lives in a workspace or a project."""
    if obj.type not in PLACES:
        return []
    place = urlencode({PLACES[obj.type]: f'/{obj.type.lower()}/{obj.oid}'})
    catalogue = Renderer(call).catalogue_of(obj)
    found = (catalogue.resolve(name) for name in COMMON)
    return [
        (one.display_name, f'{ROOT}/{one.path.lower()}?{place}')
        for one in found
        if one is not None and one.attr('Project') is not None
    ]


def trail(call: Call, obj: Obj) -> list[tuple[str, str]]:
    """Return the way down to an object: subscription, workspace, project."""
    places = [of_type(call.tx, 'Subscription')[0]] if obj.type != 'Subscription' else []
    for oid in (obj.workspace, obj.project):
        place = None if oid is None or oid == obj.oid else call.tx.get(oid)
        if place is not None and call.rights.sees(place):
            places.append(place)
    return [(place.name or place.type, path_of(place.type, place.oid)) for place in places]


def cell(call: Call, value: Any) -> dict[str, Any]:
    """Return how a value is shown: its kind, its text, and where it leads."""
    if value is None or value == '':
        return {'kind': 'none', 'text': ''}
    if isinstance(value, bool):
        return {'kind': 'flag', 'text': 'yes' if value else 'no'}
    if isinstance(value, Mapping) and 'Count' in value:
        names = [str(one.get('Name')) for one in value.get('_tagsNameArray', ())]
        return {
            'kind': 'collection',
            'text': ', '.join(names),
            'count': value['Count'],
            'href': local(call, value['_ref']),
        }
    if isinstance(value, Mapping) and '_ref' in value:
        text = value.get('_refObjectName') or value.get('_type') or 'object'
        return {'kind': 'ref', 'text': text, 'href': local(call, value['_ref'])}
    if isinstance(value, Mapping):
        return {'kind': 'text', 'text': ' '.join(str(one) for one in value.values() if one)}
    return {'kind': 'number' if isinstance(value, (int, float)) else 'text', 'text': str(value)}


def local(call: Call, ref: str) -> str:
    """Return the page of the browser for a reference."""
    return ROOT + ref[len(call.base_url) :]


def listing(call: Call) -> Document:
    """Answer `GET /browse/<type>`: the objects of a type, with a query box and pages."""
    found = call.catalogue().resolve(call.path['type'])
    if found is None:
        return page(
            call,
            'message.html',
            title="Unknown type",
            error=texts.unknown_type(call.path['type']),
        )
    wanted = paging(call)
    try:
        _, total, objs = query_objects(call, wanted)
        error = None
    except ServiceError as refusal:
        total, objs, error = 0, [], str(refusal)
    return list_page(
        call,
        found,
        total,
        objs,
        error,
        title=found.display_name + " list",
        json=call.base_url + '/' + found.path.lower(),
    )


def collection(call: Call) -> Document:
    """Answer `GET /browse/<type>/<oid>/<Collection>`: the members, with the same query box."""
    try:
        owner, attr = asked_collection(call)
    except ServiceError as error:
        return page(call, 'message.html', title="Not found", error=str(error))
    renderer = Renderer(call)
    target = renderer.catalogue_of(owner).type(attr.target or '')
    title = f"{attr.label} of {owner.name or owner.formatted_id or owner.type}"
    try:
        total, objs = collection_page(call, owner, attr)
        error_text = None
    except ServiceError as refusal:
        total, objs, error_text = 0, [], str(refusal)
    way = trail(call, owner) + [(owner.name or owner.type, path_of(owner.type, owner.oid))]
    return list_page(
        call,
        target,
        total,
        objs,
        error_text,
        title=title,
        trail=way,
        json=f'{renderer.reference_of(owner)}/{attr.name}',
    )


def list_page(
    call: Call, type_def: TypeDef, total: int, objs: list[Obj], error: str | None, **values: Any
) -> Document:
    """Return a page with rows."""
    kinds = {obj.type for obj in objs} or {type_def.path}
    catalogue = Renderer(call).catalogue_of(objs[0]) if objs else call.catalogue()
    columns = [
        name for name in COLUMNS if any(has(catalogue.resolve(kind), name) for kind in kinds)
    ]
    if 'FormattedID' in columns and 'Description' in columns:
        # An artifact is known by its name; its description is a page of its own.
        columns.remove('Description')
    del columns[MOST_COLUMNS:]
    rows = []
    fetched = ','.join(columns) or 'ObjectID'
    shown = Renderer(call).rows(objs, parse_fetch(fetched, FULL))
    for obj, row in zip(objs, shown):
        cells = [cell(call, shortened(name, row.get(name))) for name in columns]
        rows.append(
            {
                'href': local(call, row['_ref']),
                'type': obj.type,
                'cells': cells,
                'text': row.get('_refObjectName') or row['_ref'].rsplit('/', 1)[-1],
            }
        )
    asked = {name: call.param(name) or '' for name in KEPT}
    wanted = paging(call)
    values['json'] += '?' + urlencode(
        {
            'pretty': 'true',
            'fetch': fetched,
            'start': str(wanted.start),
            **{name: text for name, text in asked.items() if text},
        }
    )
    place = None if error else call.tx.get(call.scope.project or call.scope.workspace or 0)
    return page(
        call,
        'list.html',
        type=type_def,
        columns=[label_of(name) for name in columns],
        rows=rows,
        total=total,
        asked=asked,
        error=error,
        here=call.here,
        place=None if place is None else (place.name, path_of(place.type, place.oid)),
        answer=printed(query_result(total, wanted.start, wanted.size, shown)),
        pages=pages(call, asked, total),
        **values,
    )


def has(type_def: TypeDef | None, name: str) -> bool:
    """Say whether a type has an attribute of exactly this name."""
    return type_def is not None and name in type_def.attributes


def shortened(name: str, value: Any) -> Any:
    """Return a value cut for a table: a date without its time, a long text without its end."""
    if name.endswith('Date') and isinstance(value, str):
        return value[:10]
    return value[:LONG] + "…" if isinstance(value, str) and len(value) > LONG else value


def pages(call: Call, asked: Mapping[str, str], total: int) -> dict[str, Any]:
    """Return what the foot of a list says: which rows, and the ways to the other pages."""
    wanted = paging(call)
    last = min(total, wanted.start + wanted.size - 1)

    def way(start: int) -> str:
        given: Iterable[tuple[str, str]] = ((name, text) for name, text in asked.items() if text)
        return f"{call.here}?{urlencode([*given, ('start', str(start))])}"

    return {
        'first': wanted.start if last >= wanted.start else 0,
        'last': last,
        'total': total,
        'before': way(max(1, wanted.start - wanted.size)) if wanted.start > 1 else None,
        'after': way(wanted.start + wanted.size) if last < total else None,
    }

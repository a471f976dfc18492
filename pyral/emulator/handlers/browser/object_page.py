"""The page of one object in the browser: its attributes, where it leads, and the JSON behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from ...answers.fetch import FULL
from ...answers.render import Renderer
from ...envelope import read_result
from ...errors import ServiceError
from ..items import asked_object
from .burn_charts import chart_of
from .cells import cell, readable
from .lists import printed
from .page import COMMON, ROOT, message, page
from .trail import trail

if TYPE_CHECKING:
    from ...envelope import Document
    from ...model import TypeDef
    from ...request import Call
    from ...store import Obj

__all__ = ['item']

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


def item(call: Call) -> Document:
    """Answer `GET /browse/<type>/<oid>`: one object with all its attributes."""
    try:
        obj, type_def = asked_object(call)
    except ServiceError as error:
        return message(call, "Not found", str(error))
    return object_page(call, obj, type_def)


def object_page(call: Call, obj: Obj, type_def: TypeDef) -> Document:
    """Return the page of one object."""
    row = Renderer(call).one(obj, FULL)
    labels = {attr.name: attr for attr in type_def.attributes.values()}
    cells: list[dict[str, Any]] = [
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
        chart=chart_of(call, obj),
        json=row['_ref'] + '?pretty=true',
        answer=printed(read_result(type_def.name, row)),
    )


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

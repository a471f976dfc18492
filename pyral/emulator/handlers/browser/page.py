"""The frame of a page of the object browser: templates, security headers (CSP), navigation.

No page needs a script or anything of another origin, and the headers let none in. Every value is
escaped by the templates.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from ...envelope import Document
from ...errors import ServiceError
from ...model import Model
from ...request import Params

if TYPE_CHECKING:
    from ...model import TypeDef
    from ...request import Call
    from ...store import Obj

__all__ = [
    'COMMON',
    'HEADERS',
    'HTML',
    'PRIVATE',
    'ROOT',
    'TEMPLATES',
    'address',
    'common_types',
    'in_page',
    'link_to',
    'message',
    'page',
    'path_of',
    'plain_page',
    'title_of',
]

HTML = 'text/html; charset=utf-8'
#: No page needs anything but its own text and style.
HEADERS = {
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    'Cache-Control': 'no-store',
    'Referrer-Policy': 'same-origin',
    'X-Frame-Options': 'DENY',
}
#: Pages that show secrets or the traffic: no other origin reads them, whatever the subscription
#: allows, and none shares a window with them.
PRIVATE = {
    **HEADERS,
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
}
#: Types offered on every page; the list beside them reaches all others.
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
ROOT = '/browse'
#: Where a long word may be broken: at its capitals, and behind what joins its parts.
SEAM = re.compile(r'(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[_./@-])(?=\w)')
#: Shorter words fit everywhere.
LONG_WORD = 12


def breakable(text: object) -> Markup:
    """Return a name with marks where a line may end, so that no word is broken elsewhere."""
    words = str(text).split(' ')
    return Markup(' ').join(
        Markup('<wbr>').join(SEAM.split(word)) if len(word) > LONG_WORD else escape(word)
        for word in words
    )


@functools.lru_cache(maxsize=1)
def formatted_id() -> re.Pattern[str]:
    """Return the pattern of a FormattedID in a text: a prefix of the system, and a number."""
    every = (one for one in Model.load().types.values() if 'FormattedID' in one.attributes)
    prefixes = {one.id_prefix for one in every if one.id_prefix and len(one.id_prefix) > 1}
    return re.compile(rf"(?<![\w/-])((?:{'|'.join(sorted(prefixes))})[0-9]{{1,9}})(?![\w-])")


def linked(text: object) -> Markup:
    """Return a text whose FormattedIDs lead to what they name."""
    parts = formatted_id().split(str(text))
    # Every other part is what the pattern found.
    return Markup('').join(
        Markup('<a href="{}?find={}">{}</a>').format(ROOT, part, part) if place % 2 else part
        for place, part in enumerate(parts)
    )


TEMPLATES = Environment(
    loader=FileSystemLoader(str(Path(__file__).resolve().parent.parent.parent / 'templates')),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
TEMPLATES.filters['breakable'] = breakable
TEMPLATES.filters['linked'] = linked


def page(call: Call, template: str, **values: Any) -> Document:
    """Return a page of the browser for a caller."""
    types = sorted(
        (one for one in call.catalogue().types() if one.queryable), key=lambda one: one.path
    )
    shown: dict[str, Any] = {
        'user': call.user.doc.get('DisplayName') or call.user.doc.get('UserName'),
        'login': call.user.doc.get('UserName'),
        'me': path_of(call.user.type, call.user.oid),
        'signed_in': call.signed_in,
        'local': call.local is not None,
        'types': types,
        'common': common_types(call),
    }
    return _document(template, call.here, {**shown, **values})


def plain_page(template: str, here: str, **values: Any) -> Document:
    """Return a page that belongs to no caller."""
    types = Model.load().types
    shown: dict[str, Any] = {
        'user': None,
        'signed_in': False,
        'local': True,
        'types': [],
        'common': [types[name] for name in COMMON],
    }
    return _document(template, here, {**shown, **values})


def _document(template: str, here: str, values: Mapping[str, Any]) -> Document:
    given: Mapping[str, Any] = {'error': None, 'trail': [], 'wanted': '', 'headers': HEADERS}
    shown = {**given, 'root': ROOT, 'here': here, **values}
    text = TEMPLATES.get_template(template).render(shown)
    return Document(text.encode('utf-8', 'replace'), HTML, headers=dict(shown['headers']))


def message(call: Call, title: str, error: str, **values: Any) -> Document:
    """Return a page that says why there is nothing to show."""
    return page(call, 'message.html', **{'title': title, 'error': error, 'near': [], **values})


def common_types(call: Call) -> list[TypeDef]:
    """Return the types offered on every page, as the workspace of the request names them."""
    found = (call.catalogue().resolve(name) for name in COMMON)
    return [one for one in found if one is not None]


def in_page(handler: Callable[[Call], Document]) -> Callable[[Call], Document]:
    """Let a scope that cannot be followed be said in a page, too.

    The forms name workspace and project in one field, `place`, which becomes the parameter of the
    protocol here.
    """

    def handle(call: Call) -> Document:
        place = call.params.get('place')
        if place is not None:
            call.params = placed(call.params, place.strip())
        try:
            call.catalogue()
        except ServiceError as error:
            call.params = Params()
            return message(call, "Not found", str(error))
        return handler(call)

    return handle


def placed(params: Params, place: str) -> Params:
    """Return parameters whose scope is the place that a form names."""
    kept = [
        (name, value)
        for name, value in params.pairs()
        if name.lower() not in ('place', 'project', 'workspace')
    ]
    name = 'project' if place.lower().startswith('/project/') else 'workspace'
    return Params([*kept, (name, place)] if place else kept)


def path_of(type_path: str, oid: int | str, collection: str = '') -> str:
    """Return the page of an object or of one of its collections."""
    return '/'.join(part for part in (ROOT, type_path.lower(), str(oid), collection) if part)


def link_to(obj: Obj) -> tuple[str, str]:
    """Return the name and the page of an object."""
    return title_of(obj), path_of(obj.type, obj.oid)


def title_of(obj: Obj) -> str:
    """Return what an object is called."""
    name = obj.name or obj.doc.get('DisplayName') or obj.doc.get('UserName')
    return str(name or obj.formatted_id or obj.type)


def address(path: str, params: Iterable[tuple[str, str]]) -> str:
    """Return a path with its parameters; those that say nothing are left out."""
    given = urlencode([(name, text) for name, text in params if text])
    return f'{path}?{given}' if given else path

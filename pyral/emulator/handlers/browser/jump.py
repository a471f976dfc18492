"""The jump box of the browser: a FormattedID, an ObjectID, a reference or a type, and its page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Iterable
from urllib.parse import urlencode

from ... import refs, texts
from ...access.scope import find_object
from ...envelope import Document
from ...store.reading import named_like, numbered, of_types, select_page, with_ids
from ..query import seen
from .page import HTML, ROOT, link_to, message, path_of, title_of

if TYPE_CHECKING:
    from ...model import TypeDef
    from ...request import Call
    from ...store import Obj

__all__ = ['go']

FORMATTED_ID = re.compile(r'([A-Za-z]{1,10})0*([0-9]{1,15})')
DIGITS = re.compile(r'-?[0-9]{1,18}')
PLAIN_NUMBER = re.compile(r'()0*([0-9]{1,15})')
#: So many near things are shown.
MOST_NEAR = 12
#: So many objects are read to find them.
MOST_LOOKED_AT = 500
#: How far a number may be away to be near.
NEARBY = 5
LONGEST = 300


def go(call: Call) -> Document:
    """Answer `GET /browse?find=` and `?type=`: the page that is meant, or what is near it."""
    text = (call.param('find') or '')[:LONGEST]
    kind = call.param('type')
    if text:
        return find(call, text)
    if kind is None:
        return led_to('/')
    found = call.catalogue().resolve(kind)
    if found is None:
        return message(call, "Unknown type", texts.unknown_type(kind))
    return led_to(f'{ROOT}/{found.path.lower()}')


def led_to(path: str) -> Document:
    """Return a redirect within the browser."""
    return Document(b'', HTML, 302, {'Location': path})


def find(call: Call, text: str) -> Document:
    """Return the page of what a text names, or one that offers what is near."""
    found = meant(call, text)
    if len(found) == 1:
        return led_to(path_of(found[0].type, found[0].alt_id or found[0].oid))
    if found:
        return offer(call, text, f"More than one object is called {text}.", found)
    type_def = call.catalogue().resolve(''.join(text.split()))
    if type_def is not None and type_def.queryable:
        return led_to(f'{ROOT}/{type_def.path.lower()}')
    return offer(call, text, f"There is nothing called {text} here.", near(call, text))


def offer(call: Call, text: str, error: str, objs: Iterable[Obj]) -> Document:
    """Return a page with objects to choose from."""
    listed = [(one.formatted_id or one.type, *link_to(one), place_of(call, one)) for one in objs]
    search = f'{ROOT}/artifact?' + urlencode({'search': text})
    return message(call, "Jump", error, near=listed, wanted=text, search=search)


def place_of(call: Call, obj: Obj) -> str:
    """Return the name of the project, or else of the workspace, that an object lies in."""
    place = call.tx.get(obj.project or obj.workspace or 0)
    return '' if place is None or place.oid == obj.oid else title_of(place)


def meant(call: Call, text: str) -> list[Obj]:
    """Return the objects that a text names: by FormattedID, ObjectID, UUID or reference."""
    bare = ''.join(text.split())
    number = FORMATTED_ID.fullmatch(bare)
    if number is not None:
        wanted = (number.group(1) + number.group(2)).lower()
        every = with_numbers(call, int(number.group(2)), 0)
        return [one for one in every if (one.formatted_id or '').lower() == wanted]
    ref = refs.parse(text)
    asked = bare if DIGITS.fullmatch(bare) or refs.dashed(bare) else None if ref is None else ref.id
    found = None if asked is None else find_object(call.tx, asked)
    return [found] if found is not None and call.rights.sees(found) else []


def near(call: Call, text: str) -> list[Obj]:
    """Return what someone may have meant: ids of the same number, ids nearby, names."""
    bare = ''.join(text.split())
    number = FORMATTED_ID.fullmatch(bare) or PLAIN_NUMBER.fullmatch(bare)
    if number is None:
        return by_name(call, text)
    prefix, wanted = number.group(1).lower(), int(number.group(2))

    def distance(obj: Obj) -> tuple[bool, int, int]:
        letters = (obj.formatted_id or '').lower().rstrip('0123456789')
        away = abs((obj.number or 0) - wanted)
        return away > 0 and letters != prefix, away, obj.oid

    found = sorted(with_numbers(call, wanted, NEARBY), key=distance)
    if not prefix:
        ids = range(wanted - NEARBY, wanted + NEARBY + 1)
        found += readable(call, [with_ids(ids)])
    return found[:MOST_NEAR] or by_name(call, text)


def with_numbers(call: Call, number: int, away: int) -> list[Obj]:
    """Return the objects whose FormattedID has a number, or one so far away at most."""
    found = readable(call, [numbered(number - away, number + away)])
    return [one for one in found if one.formatted_id]


def readable(call: Call, conditions: list[Any]) -> list[Obj]:
    """Return the objects that meet conditions and that the caller may see."""
    found = select_page(call.tx, conditions, [], 1, MOST_LOOKED_AT)[1]
    seen_by_caller = call.rights.seen(found)
    return [one for one in found if one.oid in seen_by_caller]


def by_name(call: Call, text: str) -> list[Obj]:
    """Return the objects whose name holds a text."""
    types = [one.path for one in named_types(call)]
    conditions = [of_types(types), named_like(text), *seen(call, types)]
    return select_page(call.tx, conditions, [], 1, MOST_NEAR)[1]


def named_types(call: Call) -> list[TypeDef]:
    """Return the types that people know by name or by number."""
    catalogue = call.catalogue()
    wanted = (
        'Artifact',
        'Project',
        'Workspace',
        'User',
        'Iteration',
        'Release',
        'Milestone',
        'Tag',
    )
    found = {path: None for name in wanted for path in catalogue.family(name)}
    resolved = (catalogue.resolve(path) for path in found)
    return [one for one in resolved if one is not None]

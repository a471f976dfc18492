"""Reads of one object by its id."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .. import texts
from ..access.scope import find_object
from ..answers.fetch import FULL
from ..answers.render import Renderer
from ..envelope import Result, read_result
from ..errors import MethodNotAllowed, ObjectNotFound, PathNotFound, UnknownType
from .query import fetch_of

if TYPE_CHECKING:
    from ..model import TypeDef
    from ..request import Call
    from ..store import Obj

__all__ = ['asked_object', 'no_id', 'read']

#: What could be the second part of the name of a type.
WORD = re.compile(r'[A-Za-z]\w*')


def asked_object(call: Call) -> tuple[Obj, TypeDef]:
    """Return the object a path names, with its type.

    The type in the path may be an ancestor of the object's own; the workspace of the object
    decides what the type names mean.

    :raises MethodNotAllowed: when the path names a type, all of whose objects cannot be changed.
    :raises UnknownType: when the path's type is none.
    :raises ObjectNotFound: when it is missing, deleted, of another type, or not the caller's.
    """
    text = call.path['type']
    obj = find_object(call.tx, call.path['oid'])
    if obj is not None and not call.rights.sees(obj):
        obj = None
    catalogue = call.catalogue(None if obj is None else obj.workspace)
    asked = catalogue.resolve(text)
    if asked is None:
        raise UnknownType(text)
    if obj is None or not catalogue.is_a(obj.type, asked.path):
        raise ObjectNotFound()
    return obj, catalogue.type(obj.type)


def no_id(call: Call) -> Result:
    """Answer any request for what stands below a type and is the id of nothing (section 4.5).

    :raises MethodNotAllowed: when the path names a type, all of whose objects cannot be changed.
    :raises UnknownType: when the path could be the name of a type in two parts.
    :raises PathNotFound: when it goes on below what is no type at all.
    """
    text, rest = call.path['type'], call.path['oid']
    if call.catalogue().resolve(f'{text}/{rest}') is not None:
        raise MethodNotAllowed(f"{call.method} is not possible here; try GET", ('GET',))
    if call.catalogue().resolve(text) is None:
        if WORD.fullmatch(rest):
            raise UnknownType(f'{text}/{rest}')
        raise PathNotFound(f"There is nothing at {(call.entry_path or call.here)[:200]}")
    said = texts.MISSING if call.method == 'GET' else texts.unknown_id(rest)
    return Result('OperationResult', {}, [said])


def read(call: Call) -> Result:
    """Answer `GET /<type>/<oid>`: the object, full unless `fetch` says less."""
    obj, type_def = asked_object(call)
    fetch = fetch_of(call, FULL)
    item = Renderer(call).one(obj, FULL if fetch.mode == 'shell' else fetch)
    return read_result(type_def.name, item)

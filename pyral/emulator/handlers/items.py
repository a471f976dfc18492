"""Reads of one object by its id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..access.scope import find_object
from ..answers.fetch import FULL
from ..answers.render import Renderer
from ..envelope import Result, read_result
from ..errors import ObjectNotFound, UnknownType
from .query import fetch_of

if TYPE_CHECKING:
    from ..model import TypeDef
    from ..request import Call
    from ..store import Obj

__all__ = ['asked_object', 'read']


def asked_object(call: Call) -> tuple[Obj, TypeDef]:
    """Return the object a path names, with its type.

    The type in the path may be an ancestor of the object's own; the workspace of the object
    decides what the type names mean.

    :raises UnknownType: when the path's type is none.
    :raises ObjectNotFound: when it is missing, deleted, of another type, or not the caller's.
    """
    text = call.path['type']
    obj = find_object(call.tx, call.path['oid'])
    catalogue = call.catalogue(None if obj is None else obj.workspace)
    asked = catalogue.resolve(text)
    if asked is None:
        raise UnknownType(text)
    if obj is None or not catalogue.is_a(obj.type, asked.path) or not call.rights.sees(obj):
        raise ObjectNotFound()
    return obj, catalogue.type(obj.type)


def read(call: Call) -> Result:
    """Answer `GET /<type>/<oid>`: the object, full unless `fetch` says less."""
    obj, type_def = asked_object(call)
    fetch = fetch_of(call, FULL)
    item = Renderer(call).one(obj, FULL if fetch.mode == 'shell' else fetch)
    return read_result(type_def.name, item)

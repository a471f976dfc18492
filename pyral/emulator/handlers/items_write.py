"""Writes of one object: create, update, delete, copy, restore."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import rules, texts
from ..access.scope import find_object
from ..answers.fetch import FULL
from ..answers.render import Renderer
from ..envelope import Result, create_result, operation_result
from ..errors import ObjectNotFound, UnknownType
from .query import fetch_of

if TYPE_CHECKING:
    from ..model import TypeDef
    from ..request import Call
    from ..store import Obj

__all__ = ['copy', 'create', 'delete', 'restore', 'update']


def create(call: Call) -> Result:
    """Answer `PUT` and `POST /<type>/create`: the new object, full unless `fetch` says less."""
    type_def = _asked_type(call)
    body_key, values = call.attributes()
    obj = rules.create(call, type_def, values, body_key)
    return create_result(_shown(call, obj))


def update(call: Call) -> Result:
    """Answer `POST` and `PUT /<type>/<oid>`: the object as it is now."""
    obj = _target(call, texts.nothing_to_update(_asked_type(call).name, call.path['oid']))
    body_key, values = call.attributes()
    return operation_result(Object=_shown(call, rules.update(call, obj, values, body_key)))


def delete(call: Call) -> Result:
    """Answer `DELETE /<type>/<oid>`: nothing but the absence of errors."""
    _asked_type(call)
    rules.delete(call, _target(call, texts.NOTHING_TO_DELETE))
    return operation_result()


def copy(call: Call) -> Result:
    """Answer `POST /<type>/<oid>/copy`: the new object."""
    _asked_type(call)
    made = rules.copy(call, _target(call, texts.MISSING))
    return operation_result(Object=_shown(call, made))


def restore(call: Call) -> Result:
    """Answer `POST /recyclebinentry/<oid>/restore`: the object that came back.

    The protocol has no documented call for it; this path is the emulator's own.
    """
    back = rules.restore_from(call, _target(call, "Object to restore cannot be null"))
    return operation_result(Object=_shown(call, back))


def _asked_type(call: Call) -> TypeDef:
    """Return the type of the path in the request's workspace, or in that of the object.

    :raises UnknownType: when neither knows it.
    """
    text = call.path['type']
    found = call.catalogue().resolve(text)
    if found is None and 'oid' in call.path:
        obj = find_object(call.tx, call.path['oid'])
        if obj is not None and obj.workspace is not None and call.rights.sees(obj):
            found = call.catalogue(obj.workspace).resolve(text)
    if found is None:
        raise UnknownType(text)
    return found


def _target(call: Call, missing: str) -> Obj:
    """Return the object of the path.

    :param missing: what to say when it is not there, deleted, of another type or not visible.
    :raises ObjectNotFound: with that text.
    """
    obj = find_object(call.tx, call.path['oid'])
    if obj is None or not call.rights.sees(obj):
        raise ObjectNotFound(missing)
    catalogue = call.catalogue(obj.workspace)
    asked = catalogue.resolve(call.path['type'])
    if asked is None or not catalogue.is_a(obj.type, asked.path):
        raise ObjectNotFound(missing)
    return obj


def _shown(call: Call, obj: Obj) -> dict[str, object]:
    return Renderer(call).one(obj, fetch_of(call, FULL))

"""Collection edits: members are added and removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import rules, texts
from ..answers.fetch import FULL
from ..answers.render import Renderer
from ..envelope import Result, operation_result
from ..errors import ServiceError
from ..request import read_json
from .collections import asked_collection
from .query import fetch_of

if TYPE_CHECKING:
    from ..request import Call

__all__ = ['add', 'remove']


def add(call: Call) -> Result:
    """Answer `POST /<type>/<oid>/<Collection>/add`: a row for every item added."""
    owner, attr = asked_collection(call)
    added = rules.add_members(call, owner, attr, _items(call))
    rows = Renderer(call).rows(added, fetch_of(call, FULL))
    return operation_result(Results=[_versioned(row) for row in rows])


def remove(call: Call) -> Result:
    """Answer `POST /<type>/<oid>/<Collection>/remove`: nothing but the absence of errors."""
    owner, attr = asked_collection(call)
    rules.remove_members(call, owner, attr, _items(call))
    return operation_result()


def _versioned(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its version under a second key, as the vendor's sample shows it."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        found[name] = value
        if name == '_objectVersion':
            found['Version'] = value
    return found


def _items(call: Call) -> list[Any]:
    """Return the first list of the body, whatever its key: clients name it differently.

    :raises ServiceError: when the body holds none.
    """
    document = read_json(call.raw_body)
    if not isinstance(document, dict):
        raise ServiceError(texts.malformed("the document is not an object"))
    for value in document.values():
        if isinstance(value, list):
            return value
    raise ServiceError(texts.malformed('expected a list under "CollectionItems"'))

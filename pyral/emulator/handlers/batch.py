"""Batch requests: several operations in one, each with an outcome of its own.

Every entry runs through the same routes and rules as a request by itself, in a transaction of its
own: one that fails stops no other (WSAPI reference, section 12).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping
from urllib.parse import unquote

from .. import texts
from ..envelope import Result, batch_entry, batch_result
from ..errors import ServiceError
from ..request import Params, read_json

if TYPE_CHECKING:
    from ..request import Call

__all__ = ['LIMIT', 'batch']

#: Most entries of one request.
LIMIT = 500
METHODS = ('GET', 'POST', 'PUT', 'DELETE')
#: Parameters of the request that hold for every entry.
SHARED = (
    'fetch',
    'workspace',
    'project',
    'projectScopeUp',
    'projectScopeDown',
    'shallowFetch',
    'compact',
    'includePermissions',
)
_BAD_ENTRY = "Batch entry {} is not valid: {}"


def batch(call: Call) -> Result:
    """Answer `POST /batch`: one result per entry, in the order of the entries."""
    shared = Params([(name, call.params[name]) for name in SHARED if name in call.params])
    return batch_result(
        [_outcome(call, shared, number, entry) for number, entry in enumerate(_entries(call), 1)]
    )


def _entries(call: Call) -> list[Any]:
    document = read_json(call.raw_body)
    found = None
    if isinstance(document, dict):
        found = next((value for key, value in document.items() if key.lower() == 'batch'), None)
    if not isinstance(found, list):
        raise ServiceError(texts.malformed('expected a list of entries under "Batch"'))
    if len(found) > LIMIT:
        raise ServiceError(f"A batch holds at most {LIMIT} entries, not {len(found)}")
    return found


def _outcome(call: Call, shared: Params, number: int, entry: Any) -> dict[str, Any]:
    try:
        inner = _inner_call(call, shared, entry)
    except ServiceError as error:
        return batch_entry(Result('OperationResult', {}, [_BAD_ENTRY.format(number, error)]))
    return batch_entry(call.dispatch(inner), inner.warnings)


def _inner_call(call: Call, shared: Params, entry: Any) -> Call:
    """Return the call an entry stands for.

    :raises ServiceError: when it lacks something, with the reason.
    """
    inside = entry.get('Entry', entry) if isinstance(entry, Mapping) else None
    if not isinstance(inside, Mapping):
        raise ServiceError('expected an object under "Entry"')
    path, method = inside.get('Path'), inside.get('Method')
    if not isinstance(path, str) or not path.strip():
        raise ServiceError('"Path" is missing')
    if not isinstance(method, str) or method.upper() not in METHODS:
        raise ServiceError(f"\"Method\" should be one of {', '.join(METHODS)}")
    place, _, query = path.strip().partition('?')
    place = '/' + unquote(place).strip('/')
    if place.lower().split('.')[0] == '/batch':
        raise ServiceError("a batch cannot hold another one")
    return call.entry(method.upper(), place, inside.get('Body'), shared.merged(Params.parse(query)))

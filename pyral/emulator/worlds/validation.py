"""Schema validation of a world document against the JSON Schema, with the fault explained.

The schema says what is right; this module turns its verdict into one sentence a person can act on,
with the place and the nearest right word.  It must never quote a password or an API key.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Mapping

import jsonschema

from .errors import WorldError, near_miss

SCHEMA_FILE = Path(__file__).with_name('world.schema.json')
#: Keys whose value may not be shown in a message.
_SECRET_KEYS = frozenset(('password', 'apiKey', 'key'))


def check_shape(document: Any) -> None:
    """Check a document against the JSON Schema that ships beside this module.

    :raises WorldError: with the place of the most telling fault.
    """
    faults = list(_validator().iter_errors(document))
    if faults:
        fault = min(faults, key=_weight)
        raise _as_world_error(fault)


@lru_cache(maxsize=1)
def schema() -> Mapping[str, Any]:
    """Return the JSON Schema of world files."""
    read: Mapping[str, Any] = json.loads(SCHEMA_FILE.read_text(encoding='utf-8'))
    return read


@lru_cache(maxsize=1)
def _validator() -> Any:
    return jsonschema.Draft202012Validator(schema())


def _weight(fault: Any) -> tuple[int, int, str]:
    """Order faults: an unknown key explains more than what follows from it."""
    rank = 0 if fault.validator == 'additionalProperties' else 1
    return (rank, len(fault.absolute_path), str(list(fault.absolute_path)))


def _as_world_error(fault: Any) -> WorldError:
    if fault.validator in ('oneOf', 'anyOf') and fault.context:
        fault = _telling(fault)
    place = list(fault.absolute_path)
    explain = _EXPLAIN.get(fault.validator)
    if explain is not None:
        return explain(fault, place)
    if any(step in _SECRET_KEYS for step in place):
        return WorldError(f'this value does not have the right form ({fault.validator}).', place)
    return WorldError(f'{_shortened(fault.message)}.', place)


def _telling(fault: Any) -> Any:
    """Pick the fault of the alternative that the writer meant: the one of the same JSON type."""
    inner = [one for one in fault.context if one.validator not in ('type', 'const')]
    deepest = max(inner or fault.context, key=lambda one: len(one.absolute_path))
    return deepest if inner else fault


def _unknown_key(fault: Any, place: list[Any]) -> WorldError:
    known = list(fault.schema.get('properties', {}))
    patterns = fault.schema.get('patternProperties', {})
    attributes = '; keys that begin with a capital letter or c_ are attributes' if patterns else ''
    for key in fault.instance:
        if key not in known and not any(_matches(pattern, key) for pattern in patterns):
            listed = ', '.join(sorted(known))
            hint = near_miss(key, known) or f' Known keys: {listed}{attributes}.'
            return WorldError(f"'{key}' is no key of the format here.{hint}", place + [key])
    return WorldError(_shortened(fault.message), place)


def _missing_key(fault: Any, place: list[Any]) -> WorldError:
    missing = [key for key in fault.validator_value if key not in fault.instance]
    near = [key for key in fault.instance if near_miss(key, missing)]
    hint = f" There is '{near[0]}'; the right spelling is '{missing[0]}'." if near else ''
    return WorldError(f"the key '{missing[0]}' is missing.{hint}", place)


def _not_of_enum(fault: Any, place: list[Any]) -> WorldError:
    options = [str(value) for value in fault.validator_value]
    text = str(fault.instance)
    listed, hint = ', '.join(options), near_miss(text, options)
    return WorldError(f"'{_shortened(text, 60)}' is not one of {listed}.{hint}", place)


def _wrong_type(fault: Any, place: list[Any]) -> WorldError:
    wanted = fault.validator_value
    names = wanted if isinstance(wanted, list) else [wanted]
    listed = ' or '.join(str(_JSON_NAMES.get(name, name)) for name in names)
    return WorldError(f'must be {listed}, not {_JSON_NAMES[_json_type(fault.instance)]}.', place)


def _no_alternative(fault: Any, place: list[Any]) -> WorldError:
    wanted = {
        name
        for one in fault.context
        for name in _as_list(one.validator_value)
        if one.validator == 'type'
    }
    if not wanted:
        about = fault.schema.get('description', '')
        return WorldError(f'none of the forms that are possible here. {about}', place)
    listed = ' or '.join(sorted(_JSON_NAMES.get(name, str(name)) for name in wanted))
    return WorldError(f'must be {listed}, not {_JSON_NAMES[_json_type(fault.instance)]}.', place)


_EXPLAIN = {
    'additionalProperties': _unknown_key,
    'required': _missing_key,
    'enum': _not_of_enum,
    'type': _wrong_type,
    'oneOf': _no_alternative,
}
_JSON_NAMES = {
    'object': 'an object',
    'array': 'a list',
    'string': 'a text',
    'null': 'null',
    'integer': 'a whole number',
    'number': 'a number',
    'boolean': 'true or false',
}


def _json_type(value: Any) -> str:
    if value is None:
        return 'null'
    if isinstance(value, bool):
        return 'boolean'
    for kind, name in ((int, 'integer'), (float, 'number'), (str, 'string'), (list, 'array')):
        if isinstance(value, kind):
            return name
    return 'object'


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _matches(pattern: str, key: str) -> bool:
    return re.search(pattern, key) is not None


def _shortened(text: str, limit: int = 200) -> str:
    return text if len(text) <= limit else text[: limit - 1] + '…'

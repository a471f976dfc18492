"""Error texts and warnings in the recorded words of the service, each made here and nowhere else.

The words and where they come from: WSAPI reference, sections 4.3 to 4.5, 5.9, 13 and 16. A value
of the request is shown short; a password, a key or a token never.
"""

from __future__ import annotations

import json
from typing import Any, Iterable

__all__ = [
    'ADDRESS_REFUSED',
    'INVALID_KEY',
    'MISSING',
    'NOTHING_TO_DELETE',
    'NO_CREDENTIALS',
    'VALIDATION',
    'WRONG_CREDENTIALS',
    'bad_date',
    'bad_html',
    'bad_reference',
    'bad_sort',
    'bad_state',
    'endless_search',
    'ignored',
    'malformed',
    'missing_reference',
    'no_creating',
    'no_right',
    'no_updating',
    'not_allowed_in_queries',
    'not_convertible',
    'not_listed',
    'not_shared',
    'nothing_to_update',
    'other_project',
    'other_workspace',
    'required',
    'shown',
    'taken',
    'too_great',
    'too_long',
    'unknown_attribute',
    'unknown_id',
    'unknown_type',
]

#: How much of a value a text repeats.
LONGEST = 200

#: How refusals begin that come only after all values of a body could be converted.
VALIDATION = 'Validation error: '

MISSING = 'Cannot find object to read'
NOTHING_TO_DELETE = 'Object to delete cannot be null'
INVALID_KEY = 'Not authorized to perform action: Invalid key'
WRONG_CREDENTIALS = 'The username or password you entered is incorrect.'
NO_CREDENTIALS = 'Full authentication is required to access this resource'
ADDRESS_REFUSED = (
    'Your IP address, {}, is not within the allowed range that your subscription administrator has '
    'configured.'
)

#: The converter and the class that the text about a state names, by attribute.
_STATE_CONVERTERS = {
    'ScheduleState': ('WorkProductConversion', 'State'),
    'State': ('DefectConversion', 'Rating'),
}
#: Types whose refusal has no colon.
_NO_COLON = frozenset(['AttachmentContent'])


def shown(value: Any) -> str:
    """Return a value as a text may show it: short."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= LONGEST else text[:LONGEST] + '...'


def unknown_type(name: str) -> str:
    """The path, or an object, names a type that the workspace has not."""
    return f'Requested type name "{shown(name.lower())}" is unknown.'


def unknown_id(text: str) -> str:
    """The path of a write ends in a text that is no id."""
    return f'Could not read object: Object not found for Object ID: {shown(text)}'


def nothing_to_update(type_name: str, identifier: str) -> str:
    """The object to update is not there."""
    return f'Could not read: Could not read {type_name} {identifier} to update.'


def no_creating(type_name: str) -> str:
    """The caller may not create objects of a type there, or nobody may."""
    return f'Not authorized to create{"" if type_name in _NO_COLON else ":"} {type_name}'


def no_updating(type_name: str, identifier: Any) -> str:
    """The caller may not change an object, or nobody may."""
    return f'Not authorized to update: {type_name} {identifier}'


def no_right(reason: str) -> str:
    """The caller lacks the right to do anything else: delete, add to a collection, copy."""
    return f'Not authorized to perform action: {reason}'


def ignored(body_key: str, name: str) -> str:
    """The warning of an attribute that is unknown or read-only; `body_key` is as it was sent."""
    return f'Ignored JSON element {body_key}.{name} during processing of this request.'


def malformed(reason: object) -> str:
    """The body is no JSON, or not of the form that the request needs."""
    return f'Cannot parse input stream due to I/O error as JSON document: {reason}'


def bad_reference(value: Any) -> str:
    """What should be a reference is none."""
    return f'Cannot parse object reference from "{shown(value)}"'


def missing_reference(value: Any) -> str:
    """A reference leads nowhere, or to what the caller may not see."""
    return f'Could not read: Could not read referenced object {shown(value)}'


def other_workspace(label: str, here: int | None, there: int | None) -> str:
    """A reference leads into another workspace; the recorded text ends without its bracket."""
    return (
        f'Could not set value for {label}: Cannot connect object to value, {label} value is in a '
        f'different workspace. [object workspace OID={here}, value workspace OID={there}'
    )


def other_project(label: str) -> str:
    """A reference leads to an object of another project, where both must be of one."""
    return f'Could not set value for {label}: null'


def required(type_name: str, label: str) -> str:
    """A required attribute has no value."""
    return f'{VALIDATION}{type_name}.{label} should not be null'


def too_long(type_name: str, label: str, most: int) -> str:
    """A text is too long."""
    return f'{VALIDATION}{type_name}.{label} length is greater than the maximum length of {most}'


def too_great(type_name: str, label: str, most: int) -> str:
    """A number is too great."""
    return f'{VALIDATION}{type_name}.{label} is greater than the maximum value of {most}'


def taken(type_name: str, label: str, value: str) -> str:
    """A value that must be unique is held by another object."""
    return f'{VALIDATION}{type_name}.{label} "{shown(value)}" is already in use'


def endless_search(length: int, most: int) -> str:
    """A text to look for is too long."""
    return (
        f"Could not parse: The text to look for has {length} characters, more than the {most}"
        " that are read"
    )


def bad_html(type_name: str, label: str) -> str:
    """A text holds markup that is not allowed."""
    return (
        f"{VALIDATION}{type_name}.{label} contained invalid input. Search 'HTML Whitelist' at "
        'help.rallydev.com for details.'
    )


def not_listed(type_name: str, name: str, label: str, value: Any, choices: Iterable[Any]) -> str:
    """A value is not one of those allowed: the words differ by attribute and type.

    Those of ScheduleState and of a defect's State are recorded; elsewhere two wordings are known,
    and the text holds both.

    :param name: the attribute's ElementName.
    :param choices: the allowed values.
    """
    listed = [str(choice) for choice in choices if choice not in (None, '')]
    if name == 'ScheduleState' or (type_name, name) == ('Defect', 'State'):
        return bad_state(name, value, listed)
    return (
        f'{VALIDATION}{type_name}.{label} "{shown(value)}" is invalid.  Valid values are: '
        f'{", ".join(listed)} : {shown(value)} is an invalid value'
    )


def bad_state(name: str, value: Any, choices: Iterable[str]) -> str:
    """A state is not one of the workspace's."""
    converter, kind = _STATE_CONVERTERS[name]
    return (
        f'Could not convert: "{name}" must be a string : Conversion method name : '
        f'com.f4tech.slm.convert.{converter}.getStateNamed : value to convert : {shown(value)} : '
        f'type to convert : class com.f4tech.slm.domain.{kind} : '
        f'valid set is : ({",".join(choices)})'
    )


def bad_date(value: Any) -> str:
    """A text is no date; two blanks after the first full stop."""
    return (
        f'Could not parse: Cannot convert "{shown(value)}" into a date.  You must use the ISO8601 '
        'date+time format.'
    )


def not_convertible(value: Any, kind: str, asked: str = 'convert') -> str:
    """A value is not of the attribute's kind.

    :param kind: with its article left out: `number`, `list of references`.
    :param asked: `convert` for a body, `parse` for a query.
    """
    return f'Could not {asked}: Cannot convert "{shown(value)}" to a {kind}'


def unknown_attribute(name: str, type_name: str, path: str) -> str:
    """A query names an attribute that the type has not."""
    return (
        f'Could not parse: Could not find attribute "{shown(name)}" on type {type_name} in the '
        f'query segment "{shown(path)}"'
    )


def not_allowed_in_queries(name: str, type_name: str) -> str:
    """A query names an attribute that cannot be asked for."""
    return (
        f'Could not parse: Attribute "{name}" on type {type_name} is not allowed in query '
        'expressions.'
    )


def not_shared(type_name: str) -> str:
    """A query on an abstract type names an attribute that only some of its subtypes have."""
    return (
        f'Could not read: could not read all instances of class com.f4tech.slm.domain.{type_name}'
    )


def bad_sort(path: str) -> str:
    """An order names an attribute that cannot be sorted by."""
    return f'Cannot sort using unknown attribute {shown(path)}'

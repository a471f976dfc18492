"""Validation of a batch: what is sent for each item, and what plainly cannot be: refused for all.

Items are dicts or instances with attributes; of an entity counts what was set on it since it was
read. Everything is judged before the first item goes out, and a refusal says which item it was.
This module must never ask the service, nor judge what the service itself judges better.
"""
from __future__ import absolute_import, division, print_function

import re

from pyral import refs
from pyral._compat import (
    Mapping,
    binary_type,
    ensure_native,
    ensure_text,
    fill,
    integer_types,
    raise_from,
    text_of,
    text_type,
)
from pyral.entity.base import BaseEntity
from pyral.errors import MultipleOperationError, RallyAttributeNameError
from pyral.writing import payload

__all__ = ['as_items', 'as_list', 'changed_items', 'given_values', 'identities', 'new_items',
           'to_delete']

#: Required attributes that the service fills by itself, by name and by kind.
_DEFAULTED = frozenset(['FlowState', 'ScheduleState', 'Project', 'Workspace', 'Subscription'])
_DEFAULTED_KINDS = frozenset(['RATING', 'STATE', 'BOOLEAN', 'INTEGER', 'COLLECTION'])

_NUMBER = re.compile(r'[+-]?\d+(\.\d*)?$')
_FORMATTED_ID = re.compile(r'[A-Za-z]{1,10}\d+$')
_DATE = re.compile(r'\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:?\d\d)?)?$')


def as_items(items):
    """Return the items as a list, all dicts or all instances.

    :raises MultipleOperationError: they are mixed, or it is one item.
    """
    items = as_list(items, "For one item: [item], or create() and update().",
                    "dicts, or of instances with attributes")
    if len(set(isinstance(item, Mapping) for item in items)) > 1:
        raise MultipleOperationError(
            'All items must be consistent, ie., all dicts or all data-like instances')
    return items


def as_list(items, hint, kinds="entities, references or ids"):
    """Return items as a list.

    :param hint: what to do about one item.
    :raises MultipleOperationError: it is one item, or nothing that holds items.
    """
    single = isinstance(items, (Mapping, text_type, binary_type)) or isinstance(items, BaseEntity)
    if single or refs.parse(items) is not None or not hasattr(items, '__iter__'):
        raise MultipleOperationError(
            "the items are a list of {0}, not {1}".format(kinds, type(items).__name__), hint=hint)
    return list(items)


def given_values(item, fields):
    """Return names and values of an item as far as they are to be sent.

    :param fields: the names that count; None for all of a dict or plain instance, and for what
        was set on an entity.
    """
    return _data(payload.data_of, item, fields)


def _data(read, *arguments):
    try:
        return read(*arguments)
    except TypeError as error:
        raise_from(MultipleOperationError(error.args[0]), None)


def new_items(type_def, items, fields):
    """Return the attributes of each item to create.

    :raises MultipleOperationError: naming what cannot be sent, and the first item it is about.
    """
    values = [_data(payload.new_values, type_def, item, fields) for item in items]
    prepared = _by_name(type_def, values, 'INVALIDS')
    _refuse('INVALIDS', _read_only(type_def, prepared))
    required = [each.ElementName for each in type_def.Attributes if _must_be_given(each)]
    _refuse('MISSING', [(place, ensure_native(name)) for place, values in enumerate(prepared)
                        for name in required if values.get(name) is None])
    _refuse('MISTYPED', _mistyped(type_def, prepared))
    return prepared


def changed_items(type_def, items, fields):
    """Return the changed attributes of each item to update.

    :raises MultipleOperationError: naming what cannot be sent, and the first item it is about.
    """
    prepared = _by_name(type_def, [given_values(item, fields) for item in items], 'READ_ONLY')
    _refuse('READ_ONLY', _read_only(type_def, prepared))
    _refuse('MISTYPED', _mistyped(type_def, prepared))
    return prepared


def identities(type_def, items, catalogue=None):
    """Return what says which item is meant, of each item to update; see `payload.identity_in`.

    :param catalogue: the types of the workspace, to tell a FormattedID that is written wrongly.
    :raises MultipleOperationError: nothing says it for one of them.
    """
    found = []
    for place, item in enumerate(items):
        ident = payload.identity_in(type_def, item)
        is_id = refs.oid_of(ident) is not None
        if not is_id and not (isinstance(ident, (text_type, binary_type))
                              and _FORMATTED_ID.match(ensure_text(ident).strip())):
            raise MultipleOperationError(
                fill("every item to update needs its ObjectID; there is none in item {0}: {1}",
                     place, repr(item)), field='ObjectID',
                hint=_what_is_wrong_with(ident, catalogue)
                or "A FormattedID or a reference will do as well.")
        found.append(ident)
    return found


def to_delete(type_def, items, catalogue):
    """Return a `Ref` or the text of a FormattedID for each item to delete.

    :raises MultipleOperationError: nothing says which item it is for one of them.
    """
    return [_identity(type_def, place, item, catalogue) for place, item in enumerate(items)]


def _identity(type_def, place, item, catalogue):
    is_text = isinstance(item, (text_type, binary_type))
    ident = item if is_text else payload.identity_in(type_def, item)
    ident = item if ident is None else ident
    ref, oid = refs.parse(ident), refs.oid_of(ident)
    text = ensure_text(ident).strip() if isinstance(ident, (text_type, binary_type)) else u''
    if ref is None and (oid is not None or refs.is_oid(text)):
        ref = refs.Ref(type_def.TypePath, text if oid is None else oid)
    if ref is None and not _FORMATTED_ID.match(text):
        raise MultipleOperationError(
            fill("every item to delete needs its ObjectID, FormattedID or reference; there is "
                 "none in item {0}: {1}", place, repr(item)), field='ObjectID',
            hint=_what_is_wrong_with(ident, catalogue))
    return text if ref is None else ref


def _what_is_wrong_with(ident, catalogue):
    if catalogue is None or not isinstance(ident, (text_type, binary_type)):
        return None
    return catalogue.strange_formatted_id(ensure_text(ident).strip())


def _by_name(type_def, values, status):
    """Return the values as the service names and writes them; names must be of the type."""
    prepared = []
    for place, each in enumerate(values):
        try:
            prepared.append(payload.item_values(type_def, each, without=payload.IDS))
        except RallyAttributeNameError as error:
            names = ensure_native(error.args[0]).split(', ')
            _refuse(status, [(place, name) for name in names], error)
    return prepared


def _refuse(status, problems, cause=None):
    """Raise if there are problems, each the place of an item and what is wrong with it."""
    if not problems:
        return
    shown = [problem for _, problem in problems]
    if status != 'MISTYPED':
        shown = sorted(set(shown))
    place, first = problems[0]
    hint = fill("Nothing was sent. The first is in item {0}.", place)
    if cause is not None:
        hint = fill("{0} {1}", cause.hint or '', hint).strip()
    raise_from(MultipleOperationError(
        fill('Invalid or insufficient attributes for data items: {0} ==> {1}', status,
             repr(shown)), field=first[0] if isinstance(first, tuple) else first, hint=hint,
        suggestions=cause.suggestions if cause is not None else ()), None)


def _read_only(type_def, prepared):
    found = []
    for place, values in enumerate(prepared):
        for name in values:
            attribute = type_def.attribute(name)
            if attribute is not None and attribute.ReadOnly:
                found.append((place, ensure_native(name)))
    return found


def _must_be_given(attribute):
    return (attribute.Required and not attribute.ReadOnly and not attribute.AllowedValues
            and attribute.ElementName not in _DEFAULTED
            and attribute.AttributeType not in _DEFAULTED_KINDS)


def _mistyped(type_def, prepared):
    found = []
    for place, values in enumerate(prepared):
        for name, value in values.items():
            attribute = type_def.attribute(name)
            fits = _FITS.get(attribute.AttributeType) if attribute is not None else None
            if value is not None and fits is not None and not fits(value):
                found.append((place, (ensure_native(name), value)))
    return found


def _is_number(value):
    if isinstance(value, text_type):
        return bool(_NUMBER.match(value.strip()))
    return not isinstance(value, (bool, list, Mapping))


def _is_boolean(value):
    return isinstance(value, bool) or text_of(value).lower() in ('true', 'false')


def _is_date(value):
    return isinstance(value, text_type) and bool(_DATE.match(value))


def _is_text(value):
    return isinstance(value, (float, text_type) + integer_types) and not isinstance(value, bool)


#: What plainly cannot be a value of a kind; the service judges the rest.
_FITS = {
    'INTEGER': _is_number, 'QUANTITY': _is_number, 'DECIMAL': _is_number,
    'BOOLEAN': _is_boolean, 'DATE': _is_date, 'STRING': _is_text, 'TEXT': _is_text,
    'COLLECTION': lambda value: isinstance(value, list),
}

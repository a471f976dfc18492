"""Serialization: what a caller gives for an item, as the JSON object the service takes.

Names go through the schema, values through a table by attribute type: an entity becomes its
reference, a list a collection of references, a date its ISO text. The result is always a new
dict; what the caller gave is never changed. This module must never ask the service, and never
judge a value that the service itself can judge.
"""
from __future__ import absolute_import, division, print_function

import re
from collections import OrderedDict

from pyral import refs
from pyral._compat import (
    Mapping,
    binary_type,
    ensure_native,
    ensure_text,
    fill,
    integer_types,
    is_decimal,
    string_types,
    text_type,
)
from pyral._dates import DATE_TYPES, iso_text
from pyral.entity.base import raw_item

__all__ = ['IDS', 'as_mapping', 'attribute_with', 'changes_of', 'collection_items', 'item_values']

#: Keys of raw items that name the item itself or describe the answer; they are not sent back.
_WIRE_MARK = '_'
#: What says which item is meant; in a body the service ignores it, and remarks upon it.
IDS = ('ObjectID', 'FormattedID')
_LISTS = (list, tuple, set, frozenset)
_QUOTED = re.compile(u'"([^"]+)"')


def item_values(type_def, values, without=()):
    """Return the attributes for a create or update body.

    :param type_def: the type, which maps the names.
    :param values: a mapping of names to natural Python values, or an entity.
    :param without: names, as the service spells them, that are left out.
    :raises RallyAttributeNameError: naming all the attributes the type does not have.
    :raises TypeError: a name is no text, or two of them name one attribute.
    """
    given = OrderedDict((_name(name), value) for name, value in as_mapping(values).items())
    given = [(name, value) for name, value in given.items() if not name.startswith(_WIRE_MARK)]
    prepared, told = {}, {}
    names = type_def.map_names([name for name, _ in given])
    for name, (written, value) in zip(names, given):
        if name in told:
            raise TypeError(ensure_native(fill(
                "'{0}' and '{1}' both name the attribute {2}; give one of them", told[name],
                written, name)))
        told[name] = written
        if name not in without:
            attribute = type_def.attribute(name)
            prepared[name] = _value(value, attribute.AttributeType if attribute else None)
    return prepared


def attribute_with(body, text):
    """Return the name of the attribute whose value a text of the service quotes, or None.

    :param body: what was sent: `{type: {name: value}}`
    :param text: for example `Cannot parse object reference from "Mei"`
    """
    quoted = _QUOTED.findall(text)
    values = next(iter(body.values()), None) if isinstance(body, Mapping) else None
    if not quoted or not isinstance(values, Mapping):
        return None
    for name, value in sorted(values.items()):
        members = value if isinstance(value, list) else [value]
        for member in members:
            if isinstance(member, Mapping):
                member = member.get('_ref')
            if isinstance(member, (float, text_type) + integer_types) and (
                    text_type(member) in quoted):
                return name
    return None


def as_mapping(values):
    """Return the names and values of a mapping or of an entity that holds its item.

    :raises TypeError: for anything else.
    """
    if isinstance(values, Mapping):
        return values
    item = raw_item(values)
    if item is not None:
        return item
    raise TypeError("item data is a dict of attribute names and values, not {0}: {1!r}".format(
        type(values).__name__, values))


def changes_of(entity):
    """Return what was set on an entity since it was read, by name.

    Collections are left out: what stands there may as well have been read.
    """
    found, item = {}, raw_item(entity)
    for name, value in vars(entity).items():
        read = item.get(name)
        kept = isinstance(value, list) if _is_collection(read) else _same(value, read)
        if not name.startswith(_WIRE_MARK) and not (name in item and kept):
            found[name] = value
    return found


def _is_collection(read):
    return isinstance(read, list) or (isinstance(read, Mapping) and 'Count' in read)


def _same(value, read):
    if isinstance(read, Mapping):
        return raw_item(value) is read or refs.same(value, read)
    return value == read


def collection_items(values):
    """Return `[{"_ref": ...}]` for one member or several, given in any form.

    A dict without `_ref` is a member to be created and goes as it is; so does text that is no
    reference, for the service to refuse.
    """
    if isinstance(values, (Mapping,) + string_types) or not hasattr(values, '__iter__'):
        values = [values]
    return [_member(value) for value in values]


def _name(name):
    if isinstance(name, text_type):
        return name
    if isinstance(name, binary_type):
        return ensure_text(name)
    raise TypeError("the names of attributes are text, not {0!r}".format(name))


def _member(value):
    ref = refs.reference_text(value)
    if ref is not None:
        return {'_ref': ref}
    if isinstance(value, Mapping):
        return dict((name, _value(each, None)) for name, each in value.items())
    return ensure_text(value) if isinstance(value, binary_type) else value


def _value(value, kind):
    if isinstance(value, binary_type):
        value = ensure_text(value)
    if value is None or isinstance(value, (float, text_type) + integer_types):
        return _scalar_of(value, kind)
    if kind == 'COLLECTION':
        return collection_items(value)
    if isinstance(value, DATE_TYPES):
        return ensure_text(iso_text(value))
    if isinstance(value, _LISTS) and not isinstance(value, refs.Ref):
        return [_untyped_member(each) for each in value]
    if is_decimal(value):
        return int(value) if value == value.to_integral_value() else float(value)
    return _object(value, kind)


def _scalar_of(value, kind):
    """Return a scalar as it is; an address given for a reference is shortened.

    Text for a collection is its one member; where it is no reference, the service says so.
    """
    if not isinstance(value, text_type):
        return value
    if kind == 'OBJECT':
        return refs.reference_text(value) or value
    return collection_items(value) if kind == 'COLLECTION' and value else value


def _untyped_member(value):
    """Convert one element of a list whose attribute the schema does not describe."""
    if isinstance(value, (text_type, binary_type)):
        return _member(value)
    return _value(value, None) if refs.reference_text(value) is None else _member(value)


def _object(value, kind):
    if getattr(value, '_type', None) == 'AllowedAttributeValue' and kind != 'OBJECT':
        return value.StringValue
    ref = refs.reference_text(value)
    if ref is not None:
        return ref
    item = value if isinstance(value, Mapping) else raw_item(value)
    if item is not None:  # A web link is an object of its own, without a reference.
        return dict((name, _value(each, None)) for name, each in item.items())
    raise TypeError(
        "{0!r} ({1}) cannot be sent; give text, a number, a bool, None, a date, an entity, a "
        "reference or a list of them".format(value, type(value).__name__))

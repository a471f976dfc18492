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
    text_of,
    text_type,
)
from pyral._dates import DATE_TYPES, iso_text
from pyral._scalars import is_no_value, plain_scalar
from pyral.entity.base import own_values, raw_item

__all__ = ['IDS', 'attribute_with', 'changes_of', 'collection_items', 'data_of', 'identity_in',
           'is_row', 'item_values', 'new_values']

#: Keys of raw items that name the item itself or describe the answer; they are not sent back.
_WIRE_MARK = '_'
#: What says which item is meant; in a body the service ignores it, and remarks upon it.
IDS = ('ObjectID', 'FormattedID')
#: Further names of what says which item is meant, where the type has no such attribute: those of
#: entities. They are left out of what is sent.
_REFERENCES = ('oid', '_ref', 'ref')
#: Where an item is, is no value of its own; the service ignores it and warns.
_PLACES = frozenset(['Subscription', 'Workspace'])
_LISTS = (list, tuple, set, frozenset)
_QUOTED = re.compile(u'"([^"]+)"')


def item_values(type_def, values, without=()):
    """Return the attributes for a create or update body.

    :param type_def: the type, which maps the names.
    :param values: a mapping of names to natural Python values. `oid`, `ref` and `_ref` are left
        out where they are a reference or ObjectID.
    :param without: names, as the service spells them, that are left out.
    :raises RallyAttributeNameError: naming all the attributes the type does not have.
    :raises TypeError: a name is no text, or two of them name one attribute.
    """
    given = OrderedDict((_name(name), value) for name, value in values.items())
    given = [(name, value) for name, value in given.items()
             if not name.startswith(_WIRE_MARK) and not _is_identity(type_def, name, value)]
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
                    text_of(member) in quoted):
                return name
    return None


def data_of(item, fields=None):
    """Return names and values of what a caller gives as one item, as far as they are to be sent.

    :param item: a mapping, an entity, or an instance with attributes.
    :param fields: the names that count; None for all of a dict or plain instance, and for what
        was set on an entity.
    :raises TypeError: it is none of these.
    """
    if is_row(item):
        item = dict((name, item[name]) for name in item.keys())
    if isinstance(item, Mapping):
        return item if fields is None else dict(
            (name, value) for name, value in item.items() if name in fields)
    if fields is not None:
        return dict((name, getattr(item, name)) for name in fields if hasattr(item, name))
    if raw_item(item) is not None:
        return changes_of(item)
    declared = (getattr(item, '__dataclass_fields__', None) or getattr(item, '_fields', None)
                or [each.name for each in getattr(type(item), '__attrs_attrs__', ())])
    if declared and not isinstance(item, refs.Ref):
        return dict((name, getattr(item, name)) for name in declared)
    if hasattr(item, '__dict__') and not isinstance(item, type):
        return dict(vars(item))
    raise TypeError("an item is a dict of attribute names and values or an instance with "
                    "attributes, not {0}: {1!r}".format(type(item).__name__, item))


def is_row(item):
    """Say whether this is a row of a table (`sqlite3.Row`, a series of pandas): names to values."""
    kind = type(item)
    return not isinstance(item, Mapping) and all(
        hasattr(kind, each) for each in ('keys', '__getitem__'))


def new_values(type_def, item, fields=None):
    """Return what `data_of` does, but of an entity all that can be written: for a new item."""
    raw = raw_item(item)
    if raw is None or fields is not None:
        return data_of(item, fields)
    values = dict((name, value) for name, value in raw.items()
                  if value is not None and _is_writable(type_def, name))
    values.update(changes_of(item))
    return values


def identity_in(type_def, item):
    """Return what in a caller's data says which item is meant, or None.

    An ObjectID counts most, then a reference, then a FormattedID, which costs a request.

    :param item: see `data_of`.
    """
    if refs.parse(item) is not None:
        return refs.parse(item)
    if is_row(item):
        item = data_of(item)
    if not isinstance(item, Mapping):
        item = dict((name, getattr(item, name, None)) for name in IDS + _REFERENCES)
    found = {}
    for name, value in item.items():
        for known in IDS:
            if value and isinstance(name, (text_type, binary_type)) and (
                    ensure_text(name).lower() == known.lower()):
                found[known] = value
        if value and _is_identity(type_def, name, value):
            found[name] = value
    return next((found[name] for name in ('ObjectID',) + _REFERENCES + ('FormattedID',)
                 if name in found), None)


def _is_identity(type_def, name, value):
    """Say whether a name and value refer to the item itself by `oid`, `ref` or `_ref`."""
    if name not in _REFERENCES or (value is not None and refs.oid_of(value) is None):
        return False
    return type_def.attribute(name) is None


def _is_writable(type_def, name):
    attribute = type_def.attribute(name)
    return (attribute is not None and not attribute.ReadOnly and name not in _PLACES
            and attribute.AttributeType != 'COLLECTION')


def changes_of(entity):
    """Return what was set on an entity since it was read, by name.

    Collections are left out: what stands there may as well have been read.
    """
    found, item = {}, raw_item(entity)
    for name, value in own_values(entity).items():
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
    value = plain_scalar(value)
    if isinstance(value, binary_type):
        value = ensure_text(value)
    if is_no_value(value):
        raise TypeError(
            "{0!r} ({1}) cannot be sent; None takes the value away".format(
                value, type(value).__name__))
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

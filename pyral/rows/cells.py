"""Cells: the plain value that a path leads to from an item.

A reference shows the name of what it refers to, a collection the names of its members. What was
fetched is taken as it is; what was not, `complete` reads.
"""
from __future__ import absolute_import, division, print_function

import operator

from pyral._compat import binary_type, integer_types, string_types, text_type
from pyral._dates import time_of
from pyral.entity.base import BaseEntity, name_of, own_values, raw_item
from pyral.entity.named_members import named_members
from pyral.errors import DetachedEntityError
from pyral.rows.columns import TIME

__all__ = ['row_reader']

_ABSENT = object()
#: Classes of values that are cells as they are.
_PLAIN = frozenset((text_type, binary_type, bool, float, type(None)) + integer_types)
_NESTED = (dict, list)


def row_reader(columns, is_fetched, complete, parses_times):
    """Return the function that reads the cells of a row, as a list, from an entity.

    What the item shows needs no entity to be made of it: most cells of most rows.

    :param is_fetched: is called with a name and its depth in the path; says whether the query asked
        for it, so that an item without it has no such attribute.
    :param complete: is called with an entity and a name, and reads what the entity lacks.
    :param parses_times: True for aware times, False for the texts of the service.
    """
    readers = [_cell_reader(column, is_fetched, complete, parses_times) for column in columns]
    special = [(place, reader) for place, (column, reader) in enumerate(zip(columns, readers))
               if column.is_list or len(column.steps) > 1
               or parses_times and column.kind == TIME]
    others = set(range(len(columns))) - {place for place, _ in special}
    take = _taker([columns[place].steps[0] for place in sorted(others)])

    def read(entity):
        item, is_changed = raw_item(entity), bool(own_values(entity))
        try:
            values = () if is_changed else take(item)
            is_plain = not is_changed and _PLAIN.issuperset(map(type, values))
        except KeyError:
            is_plain = False
        if not is_plain:
            return [reader(item, entity, is_changed) for reader in readers]
        cells = list(values)
        for place, reader in special:
            cells.insert(place, reader(item, entity, is_changed))
        return cells

    return read


def _taker(names):
    """Return the function that takes values of these names from a dict, as a sequence."""
    if len(names) > 1:
        return operator.itemgetter(*names)
    return lambda item: [item[name] for name in names]


def _cell_reader(column, is_fetched, complete, parses_times):
    """Return the function that reads one cell from a raw item and its entity."""
    of_item = _item_reader(column.steps)
    of_entity = _entity_reader(column.steps, is_fetched, complete)
    as_time = column.kind == TIME and parses_times

    def read(item, entity, is_changed):
        value = _ABSENT if is_changed else of_item(item)
        if value is _ABSENT:
            value = of_entity(entity)
        if as_time and value is not None:
            value = _times(value)
        if column.is_list and not isinstance(value, list):
            value = [] if value is None else [value]
        return value

    return read


def _item_reader(steps):
    """Return the function that reads a path as far as a raw item tells, else gives `_ABSENT`."""
    first, rest = steps[0], steps[1:]

    def read(item):
        value = item.get(first, _ABSENT)
        if value.__class__ in _PLAIN:
            return value if not rest or value is None else _ABSENT
        for step in rest:
            if value is None:
                return None
            if value.__class__ is not dict:
                return _ABSENT
            value = value.get(step, _ABSENT)
        if value.__class__ is dict:
            return _shown_name(value)
        return value if value.__class__ in _PLAIN else _ABSENT

    return read


def _entity_reader(steps, is_fetched, complete):
    """Return the function that reads a path from an entity, which loads what is missing."""
    fetched = [is_fetched(step, depth) for depth, step in enumerate(steps)]

    def read(entity):
        value = entity
        for depth, step in enumerate(steps):
            if isinstance(value, list):
                # Members of a collection come without what the query asked for.
                value = _flat([_next(each, step, False, complete) for each in value])
            else:
                value = _next(value, step, fetched[depth], complete)
        return _plain(value) if isinstance(value, (BaseEntity,) + _NESTED) else value

    return read


def _shown_name(value):
    """Return the name of a reference object, or the names of a collection that tells them."""
    if 'Count' in value:
        if not value['Count']:
            return []
        members = named_members(value)
        return [each['Name'] for each in members] if members is not None else _ABSENT
    name = value.get('_refObjectName')
    return name if name is not None else _ABSENT


def _next(value, step, is_fetched, complete):
    """Return the attribute of an entity, None where there is none."""
    if not isinstance(value, BaseEntity):
        return value.get(step) if isinstance(value, dict) else None
    try:
        if step not in raw_item(value) and step not in own_values(value) and not _is_given(
                value, step):
            if is_fetched:
                return None
            complete(value, step)
        return getattr(value, step)
    except DetachedEntityError:
        raise
    except AttributeError:  # its type has none, or it is gone
        return None


def _is_given(value, step):
    """Say whether an entity tells an attribute without having it."""
    return (step in ('oid', 'ref', 'ObjectID') or step[:1] == '_'
            or step == 'Name' and raw_item(value).get('_refObjectName') is not None)


def _flat(values):
    found = []
    for each in values:
        found.extend(each if isinstance(each, list) else [each])
    return found


def _plain(value):
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, BaseEntity):
        set_name = own_values(value).get('Name')
        return name_of(raw_item(value)) if set_name is None else set_name
    if isinstance(value, dict):
        return name_of(value)
    return value


def _times(value):
    if isinstance(value, list):
        return [_times(each) for each in value]
    try:
        return time_of(value) if isinstance(value, string_types) else value
    except ValueError:  # the schema says it is a date, and the service shows something else
        return value

"""Cells: the plain values that a path leads to from the items of a page, a column at a time.

A reference shows the name of what it refers to, a collection the names of its members. What was
fetched is taken as it is, and no entity is made of an item for it. Where an item does not show a
cell, its row is read from its entity, which loads what is missing: what `complete` reads.
"""
from __future__ import absolute_import, division, print_function

from itertools import islice
from operator import itemgetter

from pyral._compat import binary_type, integer_types, string_types, text_type
from pyral._dates import time_of
from pyral.entity.base import BaseEntity, name_of, own_values, raw_item
from pyral.entity.named_members import member_names, named_members
from pyral.errors import DetachedEntityError
from pyral.rows.columns import TIME

__all__ = ['NO_VALUES', 'NameLists', 'kinds_of', 'page_reader']

_ABSENT = object()
#: The class of a cell that is missing.
NO_VALUES = frozenset([type(None)])
#: Classes of values that are cells as they are.
_PLAIN = NO_VALUES | frozenset((text_type, binary_type, bool, float) + integer_types)
_NESTED = (dict, list)
_COLLECTIONS = frozenset([dict])
_REFERENCES = _COLLECTIONS | NO_VALUES
_name, _reference_name = itemgetter('Name'), itemgetter('_refObjectName')


class NameLists(object):
    """The cells of a column of collections: lists of names, kept without a list for each.

    :param names: of all members, one after the other.
    :param counts: how many of them each cell has.
    """

    __slots__ = ('counts', 'names')

    def __init__(self, names, counts):
        self.names, self.counts = names, counts

    def __len__(self):
        return len(self.counts)

    def __iter__(self):
        names = iter(self.names)
        return iter([list(islice(names, count)) for count in self.counts])


def kinds_of(cells):
    """Return the set of the classes of the cells of a column."""
    return set([list]) if isinstance(cells, NameLists) else set(map(type, cells))


def page_reader(columns, is_fetched, complete, parses_times):
    """Return the function that yields the columns of a page, some rows at a time.

    It is called with a page and a function that takes rows of it. It yields lists of columns, each
    a list of cells or `NameLists`: as many rows at once as can be read without a request, and
    each of the others by itself.

    :param is_fetched: is called with a name and its depth in the path; says whether the query asked
        for it, so that an item without it has no such attribute.
    :param complete: is called with an entity and a name, and reads what the entity lacks.
    :param parses_times: True for aware times, False for the texts of the service.
    """
    column_readers = [_column_reader(column, is_fetched, parses_times) for column in columns]
    cell_readers = [_cell_reader(column, is_fetched, complete, parses_times) for column in columns]

    def read(page, take):
        items, special = page.items, set(page.changed)
        cells = [reader(items, special) for reader in column_readers]
        done, count = 0, len(items)
        if special:
            cells = [list(each) for each in cells]
        for place in sorted(special):
            if place > done:
                take(page, place - done)
                yield [each[done:place] for each in cells]
            if page.taken > place:
                return  # somebody else took the rest of the page
            take(page, 1)
            entity = page.entity(place)
            item, is_changed = raw_item(entity), place in page.changed
            yield [[reader(item, entity, is_changed)] for reader in cell_readers]
            done = place + 1
        if done < count and page.taken <= done:
            take(page, count - done)
            yield [each[done:] for each in cells] if done else cells

    return read


def _column_reader(column, is_fetched, parses_times):
    """Return the function that reads the cells of all items of a page.

    It adds to a set the places of those items that do not show their cell.
    """
    steps = [_name if step == 'Name' else itemgetter(step) for step in column.steps]
    of_item = _item_reader(column.steps, is_fetched(column.steps[0], 0))
    as_time = column.kind == TIME and parses_times

    def read(items, special):
        cells = _cells_at(steps, items)
        if cells is None:
            cells = [of_item(item) for item in items]
            special.update([place for place, each in enumerate(cells) if each is _ABSENT])
        if as_time:
            cells = [each if each is None else _times(each) for each in cells]
        if column.is_list and not isinstance(cells, NameLists):
            cells = [each if isinstance(each, list) else [] if each is None else [each]
                     for each in cells]
        return cells

    return read


def _cells_at(steps, items):
    """Return the cells at the end of a path, or None where one of them needs a closer look."""
    values, kinds = items, frozenset()
    try:
        for place, step in enumerate(steps):
            if NO_VALUES <= kinds:
                values = [each if each is None else step(each) for each in values]
            else:
                values = list(map(step, values))
            kinds = frozenset(map(type, values))
            if kinds <= _PLAIN:
                return values if place + 1 == len(steps) or kinds == NO_VALUES else None
            if not kinds <= _REFERENCES:
                return None
            if steps[place + 1:] == [_name] and kinds == _COLLECTIONS and 'Count' in values[0]:
                break  # the names of members are what a collection shows
        return _shown(values, kinds)
    except (KeyError, TypeError):
        return None


def _shown(values, kinds):
    """Return the names of reference objects or of the members of collections, None if unknown."""
    if kinds == _COLLECTIONS and 'Count' in values[0]:
        found = member_names(values)
        return None if found is None else NameLists(*found)
    if NO_VALUES <= kinds:
        present = [each for each in values if each is not None]
    else:
        present = values
    names = list(map(_reference_name, present))
    if None in names or [each for each in present if 'Count' in each]:
        return None
    if present is values:
        return names
    names = iter(names)
    return [each if each is None else next(names) for each in values]


def _cell_reader(column, is_fetched, complete, parses_times):
    """Return the function that reads one cell from a raw item and its entity."""
    of_item = _item_reader(column.steps, is_fetched(column.steps[0], 0))
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


def _item_reader(steps, is_fetched):
    """Return the function that reads a path as far as a raw item tells, else gives `_ABSENT`.

    :param is_fetched: whether an item without the first attribute has no such one.
    """
    first, rest = steps[0], steps[1:]
    missing = None if is_fetched and not _is_told(first) else _ABSENT

    def read(item):
        value = item.get(first, missing)
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
    return (_is_told(step)
            and (step != 'Name' or raw_item(value).get('_refObjectName') is not None))


def _is_told(step):
    """Say whether entities may tell an attribute without having it."""
    return step in ('oid', 'ref', 'ObjectID', 'Name') or step[:1] == '_'


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

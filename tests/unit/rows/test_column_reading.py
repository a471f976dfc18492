# coding: utf-8
"""Columns of a page hold what its entities show one by one, and files what their modules write."""
from __future__ import absolute_import, division, print_function, unicode_literals

import csv
import io
import json

import pytest

pytest.importorskip('hypothesis')

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from pyral.entity.base import own_values  # noqa: E402
from pyral.entity.hydrator import EntityHydrator  # noqa: E402
from pyral.rows import Rows, cells, files  # noqa: E402
from pyral.rows.columns import INTEGER, NUMBER, TEXT, TIME, Column  # noqa: E402
from tests.unit.rows.pages import Pages, columns_in, rows_until_error  # noqa: E402

NAMES = ['Name', 'State', 'Owner', 'Tags', 'Estimate', 'oid', 'ObjectID', '_ref', 'c_Mood']
#: What items have; `oid` is told by entities alone.
KEYS = ['Name', 'State', 'Owner', 'Tags', 'Estimate', 'c_Mood']
SERVICE = 'https://rally.test/slm/webservice/v2.0/'
TEXTS = st.one_of(st.sampled_from(['', 'a', 'x,y', '=1', '"', '2024-01-31T10:00:00.000Z', '-']),
                  st.text(max_size=4))
NUMBERS = st.one_of(st.integers(-2, 2), st.floats(), st.just(-0.0))
SCALARS = st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS)
MEMBERS = st.fixed_dictionaries({
    'Name': st.one_of(TEXTS, st.integers(0, 1)),
    '_ref': st.sampled_from(['/tag/1', 'tag/2', 'https://other.test/tag/3'])})


@st.composite
def collections(draw):
    """Return a collection object, most of which name their members."""
    members = draw(st.lists(draw(st.sampled_from([MEMBERS, MEMBERS.filter(
        lambda each: '://' not in each['_ref'] and not isinstance(each['Name'], int))])),
        max_size=3))
    value = {'_ref': draw(st.sampled_from([SERVICE + 'Defect/1/Tags', 'elsewhere', None])),
             '_type': draw(st.sampled_from(['Tag', 'Tag', ''])),
             'Count': draw(st.sampled_from([len(members), len(members), 2, None]))}
    if draw(st.integers(0, 3)):
        value['_tagsNameArray'] = members
    return value


NESTED = st.recursive(
    st.one_of(SCALARS, collections()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.sampled_from(KEYS + ['_refObjectName']), inner, max_size=3),
        st.fixed_dictionaries({'_ref': st.just(SERVICE + 'user/7'), '_type': st.just('User'),
                               '_refObjectName': st.one_of(st.none(), TEXTS)}),
        st.fixed_dictionaries({'_ref': st.just(SERVICE + 'user/7'), '_type': st.just('User'),
                               '_refObjectName': TEXTS, 'Name': SCALARS, 'Owner': inner})),
    max_leaves=4)
ITEMS = st.dictionaries(st.sampled_from(KEYS + ['_refObjectName']), NESTED, max_size=6)


@st.composite
def pages(draw):
    """Return raw items that mostly have the same keys, with values of the same kinds."""
    kinds = dict((name, draw(st.sampled_from([SCALARS, TEXTS, NUMBERS, collections(), NESTED])))
                 for name in draw(st.sets(st.sampled_from(KEYS))))
    kinds.update(draw(st.sampled_from([
        {}, {'ObjectID': st.integers(1, 9)}, {'_ref': st.just(SERVICE + 'defect/7')}])))
    alike = st.fixed_dictionaries(kinds)
    return draw(st.lists(st.one_of(alike, alike, ITEMS), max_size=6))


COLUMNS = st.lists(st.builds(
    Column, st.sampled_from(['a', 'b"', 'é']), st.one_of(st.just(('Tags', 'Name')), st.lists(
        st.sampled_from(NAMES), min_size=1, max_size=3).map(tuple)),
    st.sampled_from([TEXT, TIME, NUMBER, INTEGER]), st.booleans()), min_size=1, max_size=4)
FETCHED = st.sets(st.sampled_from([name.lower() for name in NAMES])).map(frozenset)


def entity_by_entity(entities, columns, fetched, parses_times):
    """Yield the rows as they are read one by one: a cell that an item lacks from its entity."""
    rows = Rows([], columns, fetched)
    readers = [(cells._item_reader(column.steps, False),
                cells._entity_reader(column.steps, rows._is_fetched, rows._complete))
               for column in columns]
    for entity in entities:
        row, item, is_changed = [], entity._item, bool(own_values(entity))
        for column, (of_item, of_entity) in zip(columns, readers):
            value = cells._ABSENT if is_changed else of_item(item)
            if value is cells._ABSENT:
                value = of_entity(entity)
            if parses_times and column.kind == TIME and value is not None:
                value = cells._times(value)
            if column.is_list and not isinstance(value, list):
                value = [] if value is None else [value]
            row.append(value)
        yield row
        rows._completed.clear()


@pytest.mark.filterwarnings('ignore')
@settings(max_examples=300, deadline=None)
@given(pages(), COLUMNS, FETCHED, st.booleans(), st.sets(st.integers(0, 5)), st.booleans())
def test_a_page_read_by_columns_gives_what_its_entities_give(
        items, columns, fetched, parses_times, changed, is_listed):
    expected = EntityHydrator(None).page(items)
    entities = EntityHydrator(None).page(items)
    if is_listed:  # only those who have entities can change them
        for place in changed:
            for each in expected[place:place + 1] + entities[place:place + 1]:
                own_values(each)['State'] = 'changed'
    source = entities if is_listed else Pages([items])
    found = rows_until_error(Rows(source, columns, fetched).cells(parses_times))
    assert repr(found) == repr(rows_until_error(
        entity_by_entity(expected, columns, fetched, parses_times)))
    if not parses_times:
        source = EntityHydrator(None).page(items) if is_listed else Pages([items])
        if is_listed:
            for place in changed:
                for each in source[place:place + 1]:
                    own_values(each)['State'] = 'changed'
        assert repr(rows_until_error(columns_in(Rows(source, columns, fetched)))) == repr(found)


def parts(count):
    """Return a strategy of parts of a table with so many columns."""
    values = st.one_of(SCALARS, SCALARS, st.lists(SCALARS, max_size=2), st.binary(max_size=2).map(
        lambda value: value.decode('latin-1').encode('utf-8')))

    def columns(size):
        column = st.sampled_from([SCALARS, TEXTS, NUMBERS, st.integers(0, 9), values, st.one_of(
            st.none(), TEXTS)]).flatmap(lambda kind: st.lists(kind, min_size=size, max_size=size))
        names = st.lists(st.integers(0, 2), min_size=size, max_size=size).flatmap(
            lambda counts: st.builds(cells.NameLists, st.lists(
                TEXTS, min_size=sum(counts), max_size=sum(counts)), st.just(counts)))
        return st.lists(st.one_of(column, names), min_size=count, max_size=count)
    return st.integers(1, 60).flatmap(columns)


class Table(object):
    """Rows that are there as parts."""

    def __init__(self, names, parts):
        self.columns = [Column(name, (name,), TEXT, False) for name in names]
        self._parts = parts

    def check(self):
        """Nothing failed."""

    def _columns_of_rows(self):
        """Return the parts."""
        return iter(self._parts)


TABLES = st.lists(st.sampled_from(['a', 'b,', 'é"']), min_size=1, max_size=3).flatmap(
    lambda names: st.builds(Table, st.just(names), st.lists(parts(len(names)), max_size=3)))


@settings(max_examples=200, deadline=None)
@given(TABLES, st.booleans())
def test_csv_is_what_the_csv_module_writes_of_each_row(table, escapes):
    found, expected, told = io.StringIO(newline=''), io.StringIO(newline=''), []
    count = files.write_csv(found, table, escapes, 'utf-8', told.append)
    writer = csv.writer(expected)
    writer.writerow([column.name for column in table.columns])
    rows = [row for part in table._columns_of_rows() for row in zip(*part)]
    for row in rows:
        writer.writerow([files._cell(value, escapes) for value in row])
    assert found.getvalue() == expected.getvalue()
    assert count == sum(told) == len(rows)


@settings(max_examples=200, deadline=None)
@given(TABLES)
def test_json_lines_are_what_the_json_module_writes_of_each_cell(table):
    found, told = io.StringIO(), []
    count = files.write_jsonl(found, table, told.append)
    names = [json.dumps(column.name, ensure_ascii=False) for column in table.columns]
    rows = [row for part in table._columns_of_rows() for row in zip(*part)]
    lines = ['{' + ', '.join(name + ': ' + json.dumps(value, ensure_ascii=False, default=str)
                             for name, value in zip(names, row)) + '}\n' for row in rows]
    assert found.getvalue() == ''.join(lines)
    assert count == sum(told) == len(rows)

"""Scalars of array libraries are numbers, times and ids like others; what is none is refused."""
from __future__ import absolute_import, division, print_function

import datetime
import sqlite3
from collections import namedtuple
from decimal import Decimal

import pytest

from pyral import MultipleOperationError
from pyral._scalars import plain_scalar
from pyral.entity import Defect

Kind = namedtuple('Kind', 'kind')
NAN, INFINITE = float('nan'), float('inf')


class Scalar(object):
    """What scalars of array libraries have in common."""

    dtype, shape = Kind('i'), ()

    def __init__(self, value):
        self._value = value

    def item(self):
        return self._value


class Time(Scalar):
    """One of nanoseconds, which is a number unless a coarser one is asked for."""

    dtype = Kind('M')

    def item(self):
        return 1798761600000000000

    def astype(self, unit):
        assert unit == 'datetime64[us]'
        return Scalar(self._value)


class Column(Scalar):
    """Many values, which are no scalar."""

    shape = (2,)


class NoTime(datetime.datetime):
    """A time that is none, as `pandas.NaT`."""

    def __eq__(self, other):
        return False

    def __ne__(self, other):
        return True

    __hash__ = datetime.datetime.__hash__


@pytest.mark.parametrize('name, value, read', [
    ('PlanEstimate', Scalar(3), 3.0), ('PlanEstimate', Scalar(2.5), 2.5),
    ('Ready', Scalar(True), True),
    ('TargetDate', Time(datetime.datetime(2027, 1, 1)), '2027-01-01T00:00:00.000Z'),
    ('TargetDate', Time(None), None),
])
def test_a_scalar_is_written_and_asked_for_as_its_value(rally, name, value, read):
    defect = rally.create('Defect', {'Name': 'From a table', name: value})
    assert getattr(defect, name) == read
    rally.updateMultiple('Defect', [{'ObjectID': Scalar(defect.oid), name: None},
                                    {'ObjectID': defect.oid, name: value}])
    query = {'ObjectID': Scalar(defect.oid), name: value}
    assert rally.get('Defect', query=query, fetch=True).one() == defect
    assert getattr(rally[Scalar(defect.oid)], name) == read
    assert rally.update('Defect', {'oid': Scalar(defect.oid), 'Name': 'x'}) == defect
    assert rally.delete('Defect', Scalar(defect.oid))


@pytest.mark.parametrize('value', [
    NAN, INFINITE, -INFINITE, Decimal('nan'), Decimal('inf'), NoTime(2027, 1, 1), Scalar(NAN),
])
def test_a_value_that_is_none_is_refused_before_anything_is_sent(rally, request_budget, value):
    data = {'Name': 'x', 'PlanEstimate': value}
    rally.typedef('Defect')
    defect = rally.get('Defect', fetch='Name', project=None).first()
    with request_budget(rally, 0):
        for write in (lambda: rally.create('Defect', data),
                      lambda: rally.update('Defect', dict(data, ObjectID=defect.oid)),
                      lambda: rally.createMultiple('Defect', [data]),
                      lambda: rally.get('Defect', query={'PlanEstimate': value})):
            with pytest.raises((TypeError, MultipleOperationError), match='None'):
                write()


def test_a_scalar_says_where_a_read_begins_and_ends(rally, recwarn):
    all_of_them = [each.oid for each in rally.get('Tag')]
    part = rally.get('Tag', start=Scalar(2), limit=Scalar(1))
    assert [each.oid for each in part] == all_of_them[1:2]
    assert [str(each.message) for each in recwarn] == []


class Slots(object):
    """An instance without a dict, as attrs makes it."""

    __slots__ = ('Name', 'State')
    __attrs_attrs__ = tuple(namedtuple('Field', 'name')(name) for name in __slots__)

    def __init__(self, **values):
        for name in self.__slots__:
            setattr(self, name, values.get(name, 'Open'))


class Series(object):
    """A row that has an item for each name, and attributes of its own beside."""

    def __init__(self, **values):
        self.Name, self._values = 'the series', values

    def keys(self):
        return list(self._values)

    def __getitem__(self, name):
        return self._values[name]


def of_database(**values):
    """Return the same as a row of a database."""
    database = sqlite3.connect(':memory:')
    database.row_factory = sqlite3.Row
    columns = ', '.join('? AS {0}'.format(name) for name in sorted(values))
    try:
        found = database.execute('SELECT ' + columns, [values[name] for name in sorted(values)])
        return found.fetchone()
    finally:
        database.close()


@pytest.mark.parametrize('row', [Slots, Series, of_database])
def test_a_row_of_a_table_is_an_item(rally, row):
    made = rally.create('Defect', row(Name='One', State='Open'))
    assert (made.Name, made.State) == ('One', 'Open')
    assert rally.createMultiple('Defect', [row(Name='Two', State='Open')])[0]['Name'] == 'Two'
    if row is not Slots:
        rally.update('Defect', row(ObjectID=made.oid, Name='Three'))
        rally.update('Defect', made.oid, row(Notes='By id'))
        rally.updateMultiple('Defect', [row(FormattedID=made.FormattedID, State='Closed')])
        found = rally[made.oid]
        assert (found.Name, found.State, found.Notes) == ('Three', 'Closed', 'By id')


def test_what_is_no_scalar_stays():
    for value in (Column(3), 3, 'x', None, Defect(5, 'x', 'defect/5'), datetime.date(2027, 1, 1)):
        assert plain_scalar(value) is value

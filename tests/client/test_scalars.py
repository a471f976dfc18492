"""Scalars of array libraries are numbers, times and ids like others; what is none is refused."""
from __future__ import absolute_import, division, print_function

import datetime
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


def test_what_is_no_scalar_stays():
    for value in (Column(3), 3, 'x', None, Defect(5, 'x', 'defect/5'), datetime.date(2027, 1, 1)):
        assert plain_scalar(value) is value

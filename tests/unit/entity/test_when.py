"""`entity.when(name)`: the time that an attribute holds; the attribute itself stays text."""
from __future__ import absolute_import, division, print_function

import datetime
import pickle

import pytest

from pyral._dates import UTC, iso_text, time_of
from pyral.entity.base import Detached
from pyral.entity.classes import entity_from
from tests.unit.fakes import reference, row


def at(*parts):
    return datetime.datetime(*parts, tzinfo=UTC)


def defect(**attributes):
    return entity_from(row(1, **attributes), Detached())


class Zone(datetime.tzinfo):
    """Two hours east of Greenwich."""

    def utcoffset(self, when):
        return datetime.timedelta(hours=2)

    def dst(self, when):
        return datetime.timedelta(0)


@pytest.mark.parametrize('value, expected', [
    ('2024-01-31T10:20:30.456Z', at(2024, 1, 31, 10, 20, 30, 456000)),
    (u'2024-01-31T10:20:30Z', at(2024, 1, 31, 10, 20, 30)),
    ('2024-01-31T10:20Z', at(2024, 1, 31, 10, 20)),
    ('2024-01-31T10:20:30.4567891Z', at(2024, 1, 31, 10, 20, 30, 456789)),
    ('2024-01-31T10:20:30.000+02:00', at(2024, 1, 31, 8, 20, 30)),
    ('2024-01-31T22:20:30-0330', at(2024, 2, 1, 1, 50, 30)),
    ('2024-01-31T10:20:30', at(2024, 1, 31, 10, 20, 30)),
    ('2024-02-29', at(2024, 2, 29)),
    (datetime.date(2024, 2, 29), at(2024, 2, 29)),
    (datetime.datetime(2024, 2, 29, 1), at(2024, 2, 29, 1)),
    (datetime.datetime(2024, 2, 29, 1, tzinfo=Zone()), at(2024, 2, 28, 23)),
    (None, None), ('', None),
])
def test_a_time_is_aware_and_in_utc(value, expected):
    found = defect(c_Met=value).when('Met')
    assert found == expected
    assert found is None or found.utcoffset() == datetime.timedelta(0)


@pytest.mark.parametrize('value', ['Open', '2024-13-01', '2024-01-31x', '24-01-31', 5, True,
                                   reference(row(7, 'user'))])
def test_what_is_no_date_is_told_by_attribute_and_value(value):
    with pytest.raises(ValueError) as caught:
        defect(c_Met=value).when('c_Met')
    assert 'c_Met of <Defect 1' in str(caught.value)


def test_what_is_missing_is_an_attribute_error_and_text_stays_text():
    entity = defect(CreationDate='2024-01-31T10:20:30.456Z')
    entity._hydrated = True
    with pytest.raises(AttributeError):
        entity.when('Colour')
    entity.when('CreationDate')
    assert entity.CreationDate == vars(entity)['CreationDate'] == '2024-01-31T10:20:30.456Z'


@pytest.mark.parametrize('text', ['2024-01-31T10:20:30.456Z', '1999-12-31T23:59:59.999Z'])
def test_a_time_is_written_as_it_was_read(text):
    assert iso_text(time_of(text)) == text
    assert pickle.loads(pickle.dumps(time_of(text), 2)) == time_of(text)

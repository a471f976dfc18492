"""Dates and times of the standard library wherever a value is written."""
from __future__ import absolute_import, division, print_function

import datetime

import pytest

from pyral._dates import UTC

LONG_AGO, NEVER = datetime.datetime(2000, 1, 1, tzinfo=UTC), datetime.datetime(2999, 1, 1)

#: Conditions that hold for every item there is.
ALWAYS = {
    'dict': {'CreationDate >': LONG_AGO},
    'dict with a day': {'CreationDate >': LONG_AGO.date()},
    'dict without a zone': {'CreationDate <': NEVER},
    'dict of two': {'CreationDate >': LONG_AGO, 'CreationDate <': NEVER.date()},
    'list of dicts': [{'CreationDate >': LONG_AGO}, {'CreationDate <': NEVER}],
    'text of a day': 'CreationDate > {0}'.format(LONG_AGO.date()),
}


@pytest.mark.parametrize('form', sorted(ALWAYS))
def test_queries_take_them(rally, form):
    everything = rally.get('Defect', fetch='CreationDate', project=None).total
    found = rally.get('Defect', fetch='CreationDate', query=ALWAYS[form], project=None)
    assert found.errors == [] and found.total == everything > 0
    assert all(defect.when('CreationDate') > LONG_AGO for defect in found)


def test_a_query_for_the_very_time_finds_the_item(rally):
    defect = rally.get('Defect', fetch='CreationDate', project=None, limit=1).first()
    found = rally.get('Defect', fetch='CreationDate', project=None,
                      query={'CreationDate': defect.when('CreationDate')})
    assert defect in list(found)


@pytest.mark.parametrize('value', [datetime.datetime(2031, 5, 6, 7, 8, 9, 10000),
                                   datetime.datetime(2031, 5, 6, 7, 8, 9, 10000, tzinfo=UTC)])
@pytest.mark.parametrize('write', ['create', 'update', 'set', 'createMultiple'])
def test_data_take_them_and_give_them_back(rally, write, value):
    data = {'Name': 'dated', 'TargetDate': value}
    if write == 'createMultiple':
        rally.createMultiple('Defect', [data])
    else:
        made = rally.create('Defect', data if write == 'create' else {'Name': 'dated'})
    if write == 'update':
        rally.update('Defect', {'ObjectID': made.oid, 'TargetDate': value})
    elif write == 'set':
        made.TargetDate = value
        rally.update('Defect', made)
    again = rally.get('Defect', fetch='TargetDate', query='Name = dated').one()
    assert again.when('TargetDate').replace(tzinfo=None) == value.replace(tzinfo=None)

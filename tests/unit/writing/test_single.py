# coding: utf-8
"""One item written: how an update finds out which item is meant."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json

import pytest

from pyral import NotFoundError, RallyRESTAPIError
from pyral.advice import RallyWarning
from tests.fake_http import raw_defect, result, scripted_http

DONE = {'OperationResult': {'Errors': [], 'Warnings': [], 'Object': raw_defect(12)}}
ITEM = {'Defect': dict(raw_defect(12), Errors=[], Warnings=[])}


@pytest.mark.parametrize('name', ['ObjectID', 'objectid', 'OBJECTID', 'objectId'])
@pytest.mark.parametrize('oid', [12, '12'])
def test_the_objectid_in_the_data_names_the_item_whatever_its_letter_case(name, oid):
    rally, asked = scripted_http(DONE, ITEM)
    assert rally.update('Defect', {name: oid, 'State': 'Open'}).oid == 12
    assert asked[0].method == 'POST' and asked[0].path.endswith('/defect/12')
    assert json.loads(asked[0].body.decode('utf-8')) == {'Defect': {'State': 'Open'}}


@pytest.mark.parametrize('name', ['FormattedID', 'formattedid', 'FORMATTEDID'])
def test_the_formattedid_in_the_data_names_the_item_whatever_its_letter_case(name):
    rally, asked = scripted_http(result([raw_defect(12)]), DONE, ITEM)
    assert rally.update('Defect', {name: 'DE1', 'State': 'Open'}).oid == 12
    assert asked[0].params['query'] == '(FormattedID = "DE1")'
    assert json.loads(asked[1].body.decode('utf-8')) == {'Defect': {'State': 'Open'}}


def test_an_objectid_counts_more_than_a_formattedid_and_an_empty_one_not_at_all():
    rally, asked = scripted_http(DONE, ITEM)
    rally.update('Defect', {'FormattedID': 'DE99', 'ObjectID': 12, 'State': 'Open'})
    assert asked[0].path.endswith('/defect/12') and len(asked) == 2
    rally, asked = scripted_http(result([raw_defect(12)]), DONE, ITEM)
    rally.update('Defect', {'ObjectID': None, 'FormattedID': 'DE1', 'State': 'Open'})
    assert asked[0].params['query'] == '(FormattedID = "DE1")'


def test_a_reference_in_the_data_names_the_item_where_no_id_does():
    rally, asked = scripted_http(DONE, ITEM)
    rally.update('Defect', {'_ref': raw_defect(12)['_ref'], 'State': 'Open'})
    assert asked[0].path.endswith('/defect/12')


def test_data_that_name_no_item_are_refused_before_anything_is_sent():
    rally, asked = scripted_http()
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.update('Defect', {'State': 'Open'})
    assert 'An identifying field (ObjectID or FormattedID) must be specified' in str(caught.value)
    assert asked == []


def test_a_formattedid_is_the_one_asked_for_whatever_its_letter_case():
    rally, asked = scripted_http(result([raw_defect(5, FormattedID='US1'), raw_defect(12)]), DONE,
                                 ITEM)
    assert rally.update('Defect', 'de1', {'State': 'Open'}).oid == 12
    assert asked[1].path.endswith('/defect/12')
    rally, asked = scripted_http(result([raw_defect(5, FormattedID='US1')]))
    with pytest.raises(NotFoundError):
        rally.update('Defect', 'DE1', {'State': 'Open'})
    assert len(asked) == 1


def test_what_the_service_remarks_on_a_write_becomes_a_warning():
    remarked = {'Errors': [], 'Warnings': ['odd'], 'Object': raw_defect(12)}
    gone = {'OperationResult': {'Errors': [], 'Warnings': ['odd']}}
    for replies, write, said in (
            ([gone], lambda rally: rally.delete('Defect', 12), 'delete Defect 12'),
            ([{'CreateResult': remarked}, ITEM], lambda rally: rally.create(
                'Defect', {'Name': 'x'}), 'create Defect'),
            ([{'OperationResult': remarked}, ITEM], lambda rally: rally.update(
                'Defect', 12, {'Name': 'x'}), 'update Defect 12')):
        rally, _ = scripted_http(*replies)
        with pytest.warns(RallyWarning) as caught:
            write(rally)
        (text,) = [str(each.message) for each in caught]
        assert said in text and 'odd' in text


def test_a_refused_rank_shows_the_first_reason():
    rally, _ = scripted_http({'OperationResult': {'Errors': ['one', 'two'], 'Warnings': []}})
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.rankToTop(raw_defect(12))
    assert caught.value.args[0].endswith(', one') and caught.value.errors == ['one', 'two']

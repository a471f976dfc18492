"""What a batch sends for each item, and what it refuses for all before the first goes out."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral.errors import MultipleOperationError
from pyral.writing.batch_items import (
    as_items,
    changed_items,
    given_values,
    identities,
    new_items,
)
from tests.unit.writing.test_payload import OWNER, TAGS, defect, entity

START = 'Invalid or insufficient attributes for data items: '


@pytest.mark.parametrize('items', [
    None, 'abc', b'abc', {'Name': 'x'}, 5, entity()])
def test_items_are_several(items):
    with pytest.raises(MultipleOperationError) as caught:
        as_items(items)
    assert caught.value.args[0].startswith('the items are a list of dicts')
    assert '[item]' in caught.value.hint


def test_items_are_of_one_kind():
    assert as_items(iter([{'Name': 'x'}])) == [{'Name': 'x'}]
    with pytest.raises(MultipleOperationError):
        as_items([{'Name': 'x'}, entity()])
    with pytest.raises(MultipleOperationError) as caught:
        given_values(None, None)
    assert 'NoneType' in caught.value.args[0]


@pytest.mark.parametrize('function, items, said, field', [
    (new_items, [{'Name': 'x'}, {'Name': 'y', 'Bogus': 1}], "INVALIDS ==> ['Bogus']", 'Bogus'),
    (new_items, [{'Name': 'x'}, {'Name': 'y', 'CreationDate': '2024-01-01'}],
     "INVALIDS ==> ['CreationDate']", 'CreationDate'),
    (new_items, [{'Name': 'x'}, {'PlanEstimate': 1}], "MISSING ==> ['Name']", 'Name'),
    (new_items, [{'Name': 'x'}, {'Name': 'y', 'PlanEstimate': True}],
     "MISTYPED ==> [('PlanEstimate', True)]", 'PlanEstimate'),
    (changed_items, [{'ObjectID': 1}, {'ObjectID': 2, 'Nmae': 'x'}], "READ_ONLY ==> ['Nmae']",
     'Nmae'),
    (changed_items, [{'ObjectID': 1}, {'ObjectID': 2, 'TargetDate': 5}],
     "MISTYPED ==> [('TargetDate', 5)]", 'TargetDate'),
])
def test_a_refusal_names_the_attribute_and_the_item(function, items, said, field):
    with pytest.raises(MultipleOperationError) as caught:
        function(defect(), items, None)
    assert caught.value.args[0] == START + said
    assert caught.value.field == field
    assert caught.value.hint.endswith('Nothing was sent. The first is in item 1.')
    assert list(caught.value.suggestions) == (['Name'] if field == 'Nmae' else [])


def test_an_item_without_objectid_is_told_by_its_place():
    with pytest.raises(MultipleOperationError) as caught:
        identities(defect(), [{'ObjectID': 1}, {'Name': 'DE1'}])
    assert 'there is none in item 1: ' in caught.value.args[0]


def test_of_an_entity_counts_what_was_set_on_it():
    item = entity(Owner=OWNER, Tags=TAGS, Workspace=OWNER, CreationDate='2024-01-01')
    item.PlanEstimate = 5
    assert changed_items(defect(), [item, entity()], None) == [{'PlanEstimate': 5}, {}]
    assert changed_items(defect(), [item], ['Name']) == [{'Name': 'broken'}]


def test_a_new_item_like_an_entity_has_what_can_be_written():
    item = entity(Owner=OWNER, Tags=TAGS, Workspace=OWNER, CreationDate='2024-01-01')
    item.PlanEstimate = 5
    made = new_items(defect(), [item], None)[0]
    assert sorted(made) == ['Name', 'Owner', 'PlanEstimate']
    assert made['Owner'] == 'user/7' and made['PlanEstimate'] == 5

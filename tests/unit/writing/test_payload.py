# -*- coding: utf-8 -*-
"""What a caller gives becomes what is sent: names, values, and what was set on an entity."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral.entity.base import Detached
from pyral.entity.classes import entity_from
from pyral.errors import RallyAttributeNameError
from pyral.schema.definitions import Catalogue
from pyral.writing import payload
from tests.unit.fakes import BASE, row
from tests.unit.schema.test_definitions import attribute, type_raw

DEFECT = type_raw('Defect', [
    attribute('Name', Required=True), attribute('ObjectID', 'INTEGER', ReadOnly=True),
    attribute('CreationDate', 'DATE', ReadOnly=True), attribute('PlanEstimate', 'QUANTITY'),
    attribute('Blocked', 'BOOLEAN'), attribute('TargetDate', 'DATE'),
    attribute('Owner', 'OBJECT'), attribute('Workspace', 'OBJECT'),
    attribute('Tags', 'COLLECTION'), attribute('c_Customer', Custom=True)])


def defect():
    """Return the type definition."""
    return Catalogue([DEFECT]).resolve('Defect')


def entity(**values):
    """Return a defect as it was read."""
    return entity_from(row(5, 'defect', 'broken', Name='broken', **values), Detached())


OWNER = {'_ref': BASE + 'user/7', '_type': 'User', '_refObjectName': 'Mei'}
TAGS = {'_ref': BASE + 'defect/5/Tags', '_type': 'Tag', 'Count': 2}


def test_names_may_be_bytes_and_nothing_else_but_text():
    assert payload.item_values(defect(), {b'Name': b'x', u'customer': u'y'}) == {
        'Name': 'x', 'c_Customer': 'y'}
    with pytest.raises(TypeError) as caught:
        payload.item_values(defect(), {1: 'x'})
    assert str(caught.value) == 'the names of attributes are text, not 1'
    with pytest.raises(RallyAttributeNameError):
        payload.item_values(defect(), {'Nmae': 'x'})


@pytest.mark.parametrize('value, sent', [
    (u'tag/1', [{'_ref': 'tag/1'}]), (b'tag/1', [{'_ref': 'tag/1'}]), ([b'red'], [u'red']),
    (u'red', [u'red']), (b'red', [u'red']), (u'', u''), (None, None), ([], []),
    ({'Name': b'new'}, [{'Name': u'new'}])])
def test_one_member_of_a_collection_may_come_without_a_list(value, sent):
    assert payload.item_values(defect(), {'Tags': value}) == {'Tags': sent}


def test_one_attribute_under_two_names_is_no_guess():
    with pytest.raises(TypeError) as caught:
        payload.item_values(defect(), {'Customer': 'a', 'c_Customer': 'b'})
    assert 'both name the attribute c_Customer' in str(caught.value)


def test_what_was_set_on_an_entity_is_told_from_what_was_read():
    item = entity(Owner=OWNER, Tags=TAGS, PlanEstimate=3, CreationDate='2024-01-01')
    assert item.Owner.Name == 'Mei'  # built values are kept where set ones are
    item.__dict__['Tags'] = ['as read']
    assert payload.changes_of(item) == {}
    item.Owner, item.PlanEstimate, item.Name = item.Owner, 3, 'broken'
    assert payload.changes_of(item) == {}
    item.Owner, item.PlanEstimate, item.Customer = None, 5, 'Northwind'
    assert payload.changes_of(item) == {'Owner': None, 'PlanEstimate': 5, 'Customer': 'Northwind'}


@pytest.mark.parametrize('values, text, name', [
    ({'Name': u'x', 'Owner': u'Mei'}, u'Cannot parse object reference from "Mei"', 'Owner'),
    ({'PlanEstimate': 7}, u'Could not convert: Cannot convert "7" to a date', 'PlanEstimate'),
    ({'Tags': [{'_ref': u'tag/1'}, u'red']}, u'Cannot parse object reference from "red"', 'Tags'),
    ({'Tags': [{'_ref': u'tag/1'}]}, u'Could not read "tag/1"', 'Tags'),
    ({'Name': u'x'}, u'Not authorized to create', None),
    ({'Name': u'x'}, u'The "state" is wrong', None),
])
def test_a_text_that_quotes_a_value_leads_to_its_attribute(values, text, name):
    assert payload.attribute_with({'Defect': values}, text) == name
    assert payload.attribute_with(None, text) is None

# -*- coding: utf-8 -*-
"""The functions of `pyral.restapi` that scripts call with a context, and reads by an address."""
from __future__ import absolute_import, division, print_function, unicode_literals

import gc

import pytest

from pyral import RallyRESTAPIError, TransportError
from pyral.restapi import getCollection, getResourceByOID, hydrateAnInstance


def test_a_context_leads_back_to_its_connection(rally):
    context = rally.contextHelper.currentContext()
    tag = rally.get('Tag', fetch='Name', instance=False, limit=1).next()
    answer = getResourceByOID(context, 'Tag', tag.oid)
    assert answer.status_code == 200 and answer.json()['Tag']['Name'] == tag.Name
    response = getResourceByOID(context, 'Tag', tag.oid, unwrap=True)
    assert [each.Name for each in response] == [tag.Name]
    entity = hydrateAnInstance(context, {'_type': 'Tag', '_ref': tag._ref, 'Name': 'mine'})
    assert (entity.Name, entity) == ('mine', tag)
    same = hydrateAnInstance(context, {'Name': 'changed'}, existingInstance=entity)
    assert same is entity and entity.Name == 'changed'


def test_a_context_without_its_connection_says_so(emu):
    rally = emu.connect()
    context = rally.contextHelper.currentContext()
    del rally
    gc.collect()
    assert hydrateAnInstance(context, {'_type': 'Tag'}) is None
    with pytest.raises(RallyRESTAPIError) as caught:
        getResourceByOID(context, 'Tag', 1)
    assert caught.value.args[0].startswith('Unable to find Rally instance for context: ')
    for secret in (emu.password, emu.apikey):
        assert secret not in str(caught.value)


def test_a_collection_is_read_by_its_address(rally, wire):
    story = rally.get('Story', fetch='Tasks', query='FormattedID = US101', instance=True)
    ref = story._item['Tasks']['_ref']
    names = [task.Name for task in story.Tasks]
    wire.clear()
    assert [task.Name for task in rally.getCollection(ref)] == names
    assert [task.Name for task in getCollection(story._context, ref)] == names
    assert all('workspace=' in line and 'project=' not in line for line in wire.lines)
    response = rally.getCollection(ref + '?fetch=Name&order=Name DESC', pagesize=2)
    assert [task.Name for task in response] == sorted(names, reverse=True)
    assert rally.getCollection(ref, limit=1, fetch='Name').next()._hydrated is True


def test_a_collection_elsewhere_gets_no_credentials(rally):
    with pytest.raises(TransportError) as caught:
        rally.getCollection('https://elsewhere.example/slm/webservice/v2.0/defect/1/Tags')
    assert caught.value.kind == 'foreign'


def test_an_item_is_read_by_its_objectid(rally):
    tag = list(rally.get('Tag', fetch='Name', limit=1))[0]
    assert rally._itemQuery('Tag', tag.oid).Name == tag.Name
    with pytest.raises(RallyRESTAPIError) as caught:
        rally._itemQuery('Tag', 123)
    assert caught.value.args[0] == '404 Unreferenceable Tag OID: 123'

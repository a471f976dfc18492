# -*- coding: utf-8 -*-
"""Users and profiles, and the functions that scripts import beside `Rally`."""
from __future__ import absolute_import, division, print_function, unicode_literals

import copy
import gc
import pickle

import pytest

import pyral
from pyral import (
    InvalidRallyTypeNameError,
    NotFoundError,
    Rally,
    RallyRESTAPIError,
    TransportError,
    proj_utils,
    search_utils,
)
from pyral.cargotruck import CargoTruck
from pyral.restapi import getCollection, getResourceByOID, hydrateAnInstance
from tests.emulated import Wire


def test_users_are_read_page_by_page(rally, monkeypatch):
    from pyral.reading import queries
    monkeypatch.setattr(queries, 'KILO_PAGESIZE', 2)
    users = rally.getAllUsers()
    names = [user.UserName for user in users]
    assert len(names) == len(set(names)) >= 6
    assert 'dora@example.com' in names


def test_a_profile_that_came_along_is_complete(rally):
    user = [each for each in rally.getAllUsers() if each.UserName == 'ed@example.com'][0]
    wire = Wire(rally)
    assert user.UserProfile._hydrated is True
    assert user.UserProfile.DefaultWorkspace.Name == 'Main'
    assert wire.lines == []


def test_users_of_another_workspace_do_not_move_the_connection(rally):
    other = [each for each in rally.getWorkspaces()
             if each.Name != rally.getWorkspace().Name][0]
    before = rally.getProject().ref
    assert rally.getAllUsers(workspace=other.Name)
    assert rally.getAllUsers(workspace=other)
    assert rally.getProject().ref == before


def test_a_name_with_a_quote_finds_nobody_else(rally):
    assert rally.getUserInfo(name='x" OR (UserName != "') == []


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


def test_search_says_that_it_was_withdrawn(rally):
    for keywords in ('login', ['login', 'page']):
        with pytest.raises(RallyRESTAPIError):
            rally.search(keywords)


def test_the_schema_is_read_as_the_service_gives_it(rally):
    types = rally.getSchemaInfo(rally.getWorkspace())
    assert 'Defect' in [each['ElementName'] for each in types]
    assert isinstance(types, list)


def test_the_old_switches_answer(rally):
    assert rally.warningsEnabled() is True
    assert rally.disableWarnings() is None and rally.warningsEnabled() is False
    assert rally.enableWarnings() is None and rally.warningsEnabled() is True
    assert rally.serviceURL() == rally.service_url
    assert rally.subscriptionName() == 'Small Company'
    assert rally._wpCacheStatus() in (False, 'minimal', 'narrow', 'wide')
    assert rally.version == 'v2.0' and rally.schema_url.endswith('/slm/schema/v2.0')


def test_nothing_shows_a_secret(emu):
    for rally in (emu.connect(), emu.sign_in()):
        shown = repr(rally) + repr(rally.contextHelper) + repr(rally.contextHelper.currentContext())
        assert emu.password not in shown and emu.apikey not in shown
        with pytest.raises(TypeError):
            pickle.dumps(rally)
        with pytest.raises(TypeError):
            copy.deepcopy(rally._transport)


def test_an_entity_that_was_pickled_loads_again(emu, rally):
    tag = list(rally.get('Tag', fetch=False, limit=1))[0]
    data = pickle.dumps(tag)
    assert emu.apikey.encode('ascii') not in data
    again = pickle.loads(data)
    assert again == tag
    again.attach(rally)
    assert again.CreationDate


def test_a_connection_is_a_context_manager(emu):
    with emu.connect() as rally:
        assert rally.get('Tag').resultCount
        assert rally.requests_made == 2


def test_what_names_nothing_is_told_and_not_asked(rally, wire):
    assert rally.getStates('PortfolioItem/Feature') == rally.getStates('Feature') != []
    state = rally.getStates('Feature')[0]
    assert rally.getState('PortfolioItem/Feature', state.Name) == state
    with pytest.raises(InvalidRallyTypeNameError) as caught:
        rally.getStates('Featur')
    assert caught.value.suggestions[0].endswith('Feature')
    wire.clear()
    with pytest.raises(NotFoundError) as caught:
        rally.getUserInfo(oid='Mei Lin')
    assert caught.value.args[0] == '404 Unreferenceable User OID: Mei Lin'
    assert 'username=' in caught.value.hint
    with pytest.raises(TypeError) as caught:
        rally.getCollection(None)
    assert 'by its address' in str(caught.value)
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.rankToTop('US1')
    assert 'its ref' in caught.value.hint
    assert wire.lines == []


def test_a_log_of_an_upload_is_no_copy_of_the_file(rally, tmpdir):
    path, log = tmpdir.join('a.bin'), tmpdir.join('wire.log')
    path.write_binary(b'x' * 30000)
    story = rally.create('Story', {'Name': 'with a file', 'Description': 'y' * 5000})
    rally.enableLogging(str(log))
    rally.addAttachment(story, str(path))
    rally.update('Story', story, {'Description': 'z' * 5000})
    rally.disableLogging()
    text = log.read()
    assert 'PUT attachmentcontent/create' in text and '"Content": "eHh4' in text
    assert '... (40' in text and 'eHh4' * 500 not in text
    assert 'z' * 5000 in text


class Project(object):
    """A project as far as the tree functions look at it."""

    def __init__(self, oid, parent=None):
        self._ref = 'project/{0}'.format(oid)
        self.Parent = parent
        self.oid = oid


TOP = Project(1)
LEFT, RIGHT = Project(2, TOP), Project(3, TOP)
LEAF = Project(4, LEFT)
POOL = [TOP, LEFT, RIGHT, LEAF]


@pytest.mark.parametrize('module', [proj_utils, search_utils])
def test_the_tree_of_projects_is_walked_both_ways(module):
    assert module.projectAncestors(LEAF, POOL) == [LEFT, TOP]
    assert module.projectAncestors(LEAF, POOL, []) == [LEFT, TOP]
    assert module.projectDescendants(TOP, POOL) == [LEFT, LEAF, RIGHT]
    assert module.projeny(TOP, POOL) == [LEFT, [LEAF], RIGHT]
    assert module.projectDescendants(LEAF, POOL) == []
    assert module.flatten([1, [2, (3, [4])], 5]) == [1, 2, 3, 4, 5]


def test_a_mock_response_is_one_pass_over_a_list():
    response = search_utils.MockRallyRESTResponse([1, 2])
    assert (response.resultCount, response.status_code, response.errors) == (2, 200, [])
    assert list(response) == [1, 2] and list(response) == [] and response


def test_a_truck_brings_its_cargo_in_order():
    class Agent(object):
        def fetch(self, order, timeout=None):
            return order * 10, timeout

    truck = CargoTruck([1, 2, 3, 4], 2)
    truck.load(Agent(), 'fetch', 5)
    assert truck.dump() == [(10, 5), (20, 5), (30, 5), (40, 5)]


def test_every_exported_name_exists_and_the_list_is_sorted():
    assert pyral.__all__ == sorted(pyral.__all__)
    assert [name for name in pyral.__all__ if not hasattr(pyral, name)] == []
    assert pyral.AgileCentral is Rally

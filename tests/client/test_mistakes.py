# coding: utf-8
"""What people write by mistake: it is told in their words, before anything is sent."""
from __future__ import absolute_import, division, print_function

import pickle

import pytest

from pyral import Rally, entity
from pyral.advice import RallyWarning
from pyral.errors import (
    ConfigError,
    InvalidRallyTypeNameError,
    MultipleOperationError,
    NotFoundError,
    RallyAttributeNameError,
    RallyRESTAPIError,
    TransportError,
)


def on_another_server(entity_of_here):
    """Return the entity as if it came from elsewhere, by a full reference or by a short one."""
    state = entity_of_here.__getstate__()
    state['base_url'] = 'https://other.example.com'
    item = dict(state['item'])
    if '://' in item['_ref']:
        item['_ref'] = 'https://other.example.com' + item['_ref'].split('://')[1][
            item['_ref'].split('://')[1].index('/'):]
    state['item'] = item
    stranger = type(entity_of_here).__new__(type(entity_of_here))
    stranger.__setstate__(state)
    return stranger


@pytest.mark.parametrize('name', [None, 5, ['Defect'], True])
def test_a_type_is_named_by_text(rally, request_budget, name):
    with request_budget(rally, 0):
        with pytest.raises(TypeError) as caught:
            rally.get(name)
    assert str(caught.value).startswith("a type is named by text such as 'Defect', not by ")
    assert rally.typedef(name if name != ['Defect'] else 5) is None


def test_bytes_and_an_entity_class_name_a_type_too(rally):
    here = rally.get('Defect').resultCount
    assert rally.get(b'Defect').resultCount == rally.get(entity.Defect).resultCount == here


@pytest.mark.parametrize('fetch', [[None], ['Name', 5], [['Name']], (True,)])
def test_a_fetch_list_holds_names(rally, request_budget, fetch):
    with request_budget(rally, 2):
        with pytest.raises(TypeError) as caught:
            rally.get('Defect', fetch=fetch)
    assert str(caught.value).startswith('fetch is a list of names, and ')


def test_a_path_in_a_fetch_list_is_explained(rally):
    with pytest.raises(RallyAttributeNameError) as caught:
        rally.get('Defect', fetch=['Owner.Name'])
    assert caught.value.args == ('Owner.Name',) and 'A path is no name' in caught.value.hint


@pytest.mark.parametrize('url', [None, 5, []])
def test_a_collection_is_named_by_its_address(rally, request_budget, url):
    with request_budget(rally, 0):
        with pytest.raises(TypeError) as caught:
            rally.getCollection(url)
    assert 'is named by its address' in str(caught.value)


def test_a_raw_collection_object_is_an_address_too(rally):
    story = rally.get('Story', fetch=True, query='Tasks.ObjectID != null', project=None).next()
    raw = story.to_dict()['Tasks']
    assert [each.oid for each in rally.getCollection(raw)] == [each.oid for each in story.Tasks]


@pytest.mark.parametrize('given', [None, 'rally', 5])
def test_an_entity_attaches_to_a_connection_only(rally, given):
    defect = pickle.loads(pickle.dumps(rally.get('Defect', project=None).next()))
    with pytest.raises(TypeError) as caught:
        defect.attach(given)
    assert str(caught.value).startswith('attach takes a connected Rally')


def test_an_entity_of_another_server_is_no_value_of_a_query(rally, request_budget):
    project = on_another_server(rally.getProject())
    owner = on_another_server(rally.get('User').next())
    with request_budget(rally, 0):
        for query in ({'Owner': owner}, {'Owner in': [owner]}, ['State = Open', {'Owner': owner}],
                      {'Project': project}, {'Project': set([project])}):
            with pytest.raises(TransportError) as caught:
                rally.get('Defect', query=query)
            assert 'https://other.example.com' in str(caught.value)


def test_a_place_of_another_server_is_no_scope(rally, emu):
    project, workspace = (on_another_server(each)
                          for each in (rally.getProject(), rally.getWorkspace()))
    for refused in (lambda: rally.get('Defect', project=project),
                    lambda: rally.get('Defect', workspace=workspace),
                    lambda: rally.setProject(project), lambda: rally.setWorkspace(workspace),
                    lambda: rally.getProjects(workspace), lambda: emu.connect(project=project),
                    lambda: emu.connect(workspace=workspace)):
        with pytest.raises(TransportError):
            refused()


def test_many_values_may_come_in_any_form(rally):
    ids = [each.FormattedID for each in rally.get('Defect', fetch='FormattedID', project=None)]
    for many in (ids, tuple(ids), set(ids), (each for each in ids), dict.fromkeys(ids).keys()):
        found = rally.get('Defect', query={'FormattedID': many}, project=None)
        assert found.resultCount == len(ids)
    owners = rally.get('User', fetch='ObjectID')
    assert rally.get('Defect', query={'Owner': owners}, project=None).errors == []


@pytest.mark.parametrize('options, field', [
    ({'retry': 3}, 'retry'), ({'headers': 'name'}, 'headers'), ({'apikey': 7}, 'apikey'),
    ({'user': 7, 'password': 'x'}, 'user'), ({'user': 'ann', 'password': 7}, 'password'),
])
def test_an_option_of_the_wrong_kind_is_named_before_any_request(options, field):
    with pytest.raises(ConfigError) as caught:
        Rally('rally.invalid', **options)
    assert caught.value.field == field


@pytest.mark.parametrize('typed, meant', [
    ('ca_cert_file', 'verify_ssl_cert'), ('username', 'user'), ('max_retries', 'retry'),
])
def test_the_keyword_of_another_library_is_recognised(emu, typed, meant):
    with pytest.warns(RallyWarning) as heard:
        emu.connect(**{typed: 'x'})
    assert "did you mean '{0}'?".format(meant) in str(heard[0].message)


@pytest.mark.parametrize('name, hint, near', [
    ('State', "It exists but was not fetched: add 'State' to fetch", ()),
    ('Package', "It exists but was not fetched: the schema hides it", ()),
    ('Stat', 'The type Defect has no such attribute.', ('State',)),
])
def test_a_missing_attribute_is_explained_from_the_schema_an_earlier_process_left(
        emu, name, hint, near):
    emu.connect().typedef('Story')
    defect = emu.connect().get('Defect', fetch='Name', project=None).next()
    with pytest.raises(AttributeError) as caught:
        getattr(defect, name)
    assert caught.value.hint.startswith(hint) and caught.value.suggestions[:1] == near


def test_without_any_schema_a_missing_attribute_is_told_from_the_item(emu, request_budget):
    rally = emu.connect(schema_cache=False)
    whole = rally.get('Defect', fetch=True, project=None).next()
    part = rally.get('Defect', fetch='Name', project=None).next()
    with request_budget(rally, 0):
        with pytest.raises(AttributeError) as caught:
            whole.Bogus
        assert caught.value.hint == 'All attributes were fetched, and this is none of them.'
        with pytest.raises(AttributeError) as caught:
            part.Bogus
        assert caught.value.hint.startswith('It was not fetched (add it to fetch')


def test_a_choice_of_a_list_shows_what_it_is(rally):
    values = rally.typedef('Defect').attribute('Platforms').AllowedValues
    assert [repr(each) for each in values] == [
        "<AllowedAttributeValue 'Linux'>", "<AllowedAttributeValue 'Windows'>",
        "<AllowedAttributeValue 'macOS'>"]


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
        rally.rankToTop('the first one')
    assert 'its ref' in caught.value.hint
    assert wire.lines == []


@pytest.mark.parametrize('value', [u'ü', u'²', u'1²'])
def test_letters_where_a_word_or_a_number_belongs_are_told_as_any_other(emu, rally, value):
    with pytest.raises(ConfigError) as caught:
        emu.connect(lazy=value)
    assert caught.value.field == 'lazy'
    with pytest.raises(MultipleOperationError) as caught:
        rally.createMultiple('Defect', [{'Name': 'x', 'Blocked': value}])
    assert caught.value.field == 'Blocked'
    assert [each.oid for each in rally.get('Defect', pagesize=value)] == [
        each.oid for each in rally.get('Defect')]

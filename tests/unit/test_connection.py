"""One account on one server: what belongs to it, what is refused, and what a read gives."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral import NotFoundError, RallyRESTAPIError, entity
from pyral.errors import InvalidRallyTypeNameError, TransportError
from tests.fake_http import Reply, raw_defect, scripted_http

HERE = 'https://rally.test/slm/webservice/v2.0/'
ELSEWHERE = 'https://other.test/slm/webservice/v2.0/'


@pytest.fixture
def connected():
    """A connection to a scripted service, and what it was asked about defects."""
    rally, asked = scripted_http(*[{'Defect': dict(raw_defect(12), Errors=[], Warnings=[])}] * 3)
    rally.connection = rally._connection
    return rally._connection, asked


def test_a_reference_of_this_server_is_taken_in_every_form(connected):
    connection, _ = connected
    for value in ('defect/12', '/defect/12', HERE + 'defect/12', {'_ref': HERE + 'defect/12'}):
        assert connection.local_ref(value).short == 'defect/12'
    assert connection.local_ref('DE12') is None and connection.local_ref(None) is None


@pytest.mark.parametrize('values', [
    {'Owner': ELSEWHERE + 'user/1'}, {'Owner': {'_ref': ELSEWHERE + 'user/1'}},
    {'Tags': ['tag/1', ELSEWHERE + 'tag/2']}, {'Tags': ('tag/1', ELSEWHERE + 'tag/2')},
    {'Name': 'x', 'Tags': set([ELSEWHERE + 'tag/2'])},
])
def test_values_of_another_server_are_refused_naming_both(connected, values):
    connection, asked = connected
    with pytest.raises(TransportError) as caught:
        connection.check_values(values)
    assert 'other.test' in str(caught.value) and 'rally.test' in str(caught.value)
    assert asked == []


@pytest.mark.parametrize('values', [
    {}, {'Name': 'https://example.com/page'}, {'Owner': HERE + 'user/1', 'Tags': ['tag/1', 5]},
    {'Owner': None}, None, 'text', 5,
])
def test_other_values_pass(connected, values):
    connection, asked = connected
    connection.check_values(values)
    assert asked == []


def test_a_standard_type_is_known_without_a_request(connected):
    connection, _ = connected
    before = connection.transport.request_count
    assert connection.type_of('Story', with_attributes=False).TypePath == 'HierarchicalRequirement'
    assert connection.transport.request_count == before
    with_attributes = connection.type_of('Defect')
    assert with_attributes.attribute('State') is not None
    assert connection.type_of('Defect', with_attributes=False) is with_attributes


@pytest.mark.parametrize('name', ['Defect', b'Defect', entity.Defect])
def test_a_type_is_named_by_text_or_by_its_class(connected, name):
    assert connected[0].type_of(name).TypePath == 'Defect'


@pytest.mark.parametrize('name', [None, 5, ['Defect'], object()])
def test_what_names_no_type_is_told(connected, name):
    with pytest.raises(TypeError):
        connected[0].type_of(name)


def test_an_unknown_type_is_told_with_the_nearest(connected):
    with pytest.raises(InvalidRallyTypeNameError) as caught:
        connected[0].type_of('Defcet')
    assert caught.value.suggestions[:1] == ('Defect',)


def test_the_type_of_an_item_is_that_of_its_class_or_reference(connected):
    connection, _ = connected
    for item in (connection.entity(raw_defect(12)), 'defect/12', HERE + 'Defect/12',
                 {'_ref': 'defect/12'}):
        assert connection.type_of_item(item).TypePath == 'Defect'
    assert connection.type_of_item('no reference') is None
    assert connection.type_of_item('unheardof/12') is None


def test_a_scope_becomes_parameters_and_a_context(connected):
    context, params = connected[0].scoped()
    assert dict(params)['workspace'] == 'workspace/101'
    assert dict(params)['project'] == 'project/1001'
    assert context.workspace == 'Alpha WS' and context.project == 'P1'
    assert 'project' not in dict(connected[0].scoped(project=None)[1])
    up = dict(connected[0].scoped(projectScopeUp=True)[1])
    assert up['projectScopeUp'] == 'true'


def test_an_item_that_is_read_has_its_type(connected):
    connection, asked = connected
    item = connection.read_item('defect/12', [('fetch', 'Name')])
    assert (item['_type'], item['Name']) == ('Defect', 'x')
    assert 'Errors' not in item and 'Warnings' not in item
    assert asked[0].params == {'fetch': 'Name'}


def test_an_item_that_names_no_type_gets_that_of_its_envelope():
    raw = raw_defect(12)
    del raw['_type']
    rally, _ = scripted_http({'Defect': dict(raw, Errors=[], Warnings=[])})
    assert rally._connection.read_item('defect/12')['_type'] == 'Defect'


@pytest.mark.parametrize('reply, kind, status', [
    (Reply({'OperationResult': {'Errors': ['Cannot find object to read'], 'Warnings': []}}, 404),
     NotFoundError, 404),
    (Reply({'OperationResult': {'Errors': ['no'], 'Warnings': []}}, 500), RallyRESTAPIError, 500),
])
def test_an_item_the_service_does_not_show_is_an_error_with_the_message_that_was_given(
        reply, kind, status):
    rally, _ = scripted_http(reply)
    with pytest.raises(kind) as caught:
        rally._connection.read_item('defect/12', message='it is not there')
    assert caught.value.args[0] == 'it is not there' and caught.value.status_code == status


def test_a_time_limit_holds_for_the_connection_that_was_asked_for_only(connected):
    connection, _ = connected
    limited = connection.within(3)
    assert limited is not connection and limited.helper is connection.helper
    assert connection.within(None) is connection
    assert limited.read_item('defect/12')['Name'] == 'x'


def test_the_stub_of_a_workspace_is_named_and_not_loaded(connected):
    connection, _ = connected
    workspace = connection.helper.currentWorkspace()
    before = connection.transport.request_count
    assert connection.stub(None) is None
    found = connection.stub(workspace)
    assert (found.Name, found.oid, found._type) == ('Alpha WS', 101, 'Workspace')
    assert connection.transport.request_count == before

# coding: utf-8
"""After a write whose outcome is unknown: which items fit what was sent, the newest first."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from pyral import RallyRESTAPIError
from pyral.errors import TransportError
from tests.fake_http import Reply, raw_defect, result, scripted_http

SERVICE = 'https://rally.test/slm/webservice/v2.0/'
GONE = {'OperationResult': {'Errors': ['Cannot find object to read'], 'Warnings': []}}


def lost(method, path, payload=None):
    """Return the error of a write without an answer."""
    return TransportError('no answer', method=method, url=SERVICE + path, payload=payload,
                          outcome_unknown=True)


def created(**values):
    """Return the error of a create without an answer."""
    return lost('PUT', 'defect/create?workspace=workspace/101&project=project/1001',
                {'Defect': values})


def item(*args, **values):
    """Return the answer to the read of one defect."""
    return {'Defect': dict(raw_defect(*args, **values), Errors=[], Warnings=[])}


def query_of(seen):
    """Return the innermost conditions of a query, in their order."""
    return [part.strip('() ') for part in seen.params['query'].split(' AND ')]


def test_items_that_fit_are_listed_newest_first():
    rally, asked = scripted_http(result([raw_defect(14), raw_defect(12)]))
    assert [each.oid for each in created(Name='x').find(rally)] == [14, 12]
    (seen,) = asked
    assert seen.method == 'GET' and seen.params['order'] == 'CreationDate DESC'
    assert seen.params['query'] == '(Name = "x")'


def test_what_was_sent_is_asked_for_and_the_name_before_all():
    rally, asked = scripted_http(result([]))
    error = created(Blocked=True, Name='x', Owner=SERVICE + 'user/3', PlanEstimate=3,
                    State='Open', TargetDate='2024-01-01')
    assert error.find(rally) == []
    assert query_of(asked[0]) == [
        'Name = "x"', 'Blocked = true', 'Owner = "/user/3"', 'PlanEstimate = "3"',
        'TargetDate = "2024-01-01"']


@pytest.mark.parametrize('value', [None, ['tag/1'], 'two\nlines', '  '])
def test_a_value_that_cannot_be_asked_for_is_left_out(value):
    rally, asked = scripted_http(result([]))
    created(Name='x', Owner=value, Tags=['tag/1'], Notes='long text', Unknown='y').find(rally)
    assert query_of(asked[0]) == ['Name = "x"']


def test_false_and_a_reference_object_are_asked_for():
    rally, asked = scripted_http(result([]))
    created(Blocked=False, Owner={'_ref': 'user/3'}).find(rally)
    assert query_of(asked[0]) == ['Blocked = false', 'Owner = "/user/3"']


@pytest.mark.parametrize('number', [1234567.8912345, 0.1 + 0.2, -1 / 3.0, 2.5, 3])
def test_a_number_is_asked_for_with_all_of_its_digits(number):
    rally, asked = scripted_http(result([]))
    created(Name='x', PlanEstimate=number).find(rally)
    (seen,) = asked
    assert [each for each in query_of(seen) if 'PlanEstimate' in each] == [
        'PlanEstimate = "{0!r}"'.format(number)]


def test_the_workspace_is_that_of_the_write_and_the_project_is_left_open():
    rally, asked = scripted_http(result([]))
    created(Name='x').find(rally)
    assert asked[0].params['workspace'] == 'workspace/101' and 'project' not in asked[0].params


@pytest.mark.parametrize('values', [{}, {'Notes': 'x'}, {'Tags': ['tag/1']}, {'Owner': None}])
def test_where_nothing_tells_the_new_item_from_others_nothing_is_asked(values):
    rally, asked = scripted_http()
    with pytest.raises(RallyRESTAPIError) as caught:
        created(**values).find(rally)
    assert 'nothing that was sent tells the new Defect from others' in str(caught.value)
    assert asked == []


def test_a_changed_item_is_read_as_it_is_now():
    rally, asked = scripted_http(item(12, Name='now'))
    (found,) = lost('POST', 'defect/12?workspace=workspace/101', {'Defect': {}}).find(rally)
    assert found.Name == 'now'
    assert asked[0].path.endswith('/defect/12') and 'project' not in asked[0].params


def test_a_deleted_item_that_is_gone_is_an_empty_list():
    rally, _ = scripted_http(Reply(GONE, 404), item(12))
    assert lost('DELETE', 'defect/12').find(rally) == []
    assert [each.oid for each in lost('DELETE', 'defect/12').find(rally)] == [12]


@pytest.mark.parametrize('status', [403, 404, 410, 500])
def test_another_failure_of_the_look_up_is_no_empty_list(status):
    rally, _ = scripted_http(Reply('<html>no</html>', status))
    with pytest.raises(RallyRESTAPIError) as caught:
        lost('POST', 'defect/12').find(rally)
    assert caught.value.status_code == status


@pytest.mark.parametrize('action', ['add', 'remove'])
def test_a_collection_edit_shows_the_item_that_owns_the_collection(action):
    rally, asked = scripted_http(item(12))
    (found,) = lost('POST', 'defect/12/Tags/' + action, {'CollectionItems': []}).find(rally)
    assert found.oid == 12 and asked[0].path.endswith('/defect/12')


@pytest.mark.parametrize('address', [
    'http://10.0.0.7:8080/slm/webservice/v2.0/', 'https://other.test/proxy/slm/webservice/v2.x/'])
def test_the_same_service_may_be_asked_under_another_address(address):
    def lost_there(method, path, payload=None):
        return TransportError('no answer', method=method, url=address + path, payload=payload,
                              outcome_unknown=True)

    rally, asked = scripted_http(result([raw_defect(14)]), item(12), result([]))
    workspace = '?workspace={0}workspace/101'.format(address)
    made = lost_there('PUT', 'defect/create' + workspace, {'Defect': {
        'Name': 'x', 'Owner': address + 'user/3'}})
    assert [each.oid for each in made.find(rally)] == [14]
    assert query_of(asked[0]) == ['Name = "x"', 'Owner = "/user/3"']
    assert asked[0].params['workspace'] == 'workspace/101'
    assert [each.oid for each in lost_there('DELETE', 'defect/12').find(rally)] == [12]
    assert lost_there('POST', 'batch', {'Batch': [{'Entry': {
        'Path': '/defect/create', 'Method': 'PUT', 'Body': {'defect': {'Name': 'a'}}}}]}).find(
            rally) == [[]]
    assert [seen.host for seen in asked] == ['rally.test'] * 3


def test_a_batch_is_looked_up_entry_by_entry():
    rally, asked = scripted_http(result([raw_defect(14)]), result([]), item(12))
    error = lost('POST', 'batch?workspace=/workspace/101', {'Batch': [
        {'Entry': {'Path': '/defect/create', 'Method': 'PUT', 'Body': {'defect': {'Name': 'a'}}}},
        {'Entry': {'Path': '/defect/create', 'Method': 'PUT', 'Body': {'defect': {'Name': 'b'}}}},
        {'Entry': {'Path': '/defect/12', 'Method': 'POST', 'Body': {'defect': {'Name': 'c'}}}}]})
    assert [[each.oid for each in found] for found in error.find(rally)] == [[14], [], [12]]
    assert [query_of(seen) for seen in asked[:2]] == [['Name = "a"'], ['Name = "b"']]
    assert asked[0].params['workspace'] == 'workspace/101'


def test_a_path_that_names_no_item_is_told():
    rally, asked = scripted_http()
    for path, said in (('elsewhere', 'a POST to elsewhere'), ('nothing/create', 'a new nothing')):
        with pytest.raises(RallyRESTAPIError) as caught:
            lost('POST', path, {'X': {'Name': 'x'}}).find(rally)
        assert 'there is no look-up for ' + said in str(caught.value)
    assert asked == []


@pytest.mark.parametrize('error', [
    lost('GET', 'defect/12'), TransportError('no answer'), TransportError('x', method='PUT')])
def test_an_error_that_is_about_no_write_has_nothing_to_find(error):
    rally, asked = scripted_http()
    with pytest.raises(RallyRESTAPIError) as caught:
        error.find(rally)
    assert type(error).__name__ + ' is not about a write' in str(caught.value) and asked == []


def test_a_failed_query_is_raised():
    rally, _ = scripted_http(result([], Errors=['no such attribute']))
    with pytest.raises(RallyRESTAPIError) as caught:
        created(Name='x').find(rally)
    assert caught.value.errors == ['no such attribute']

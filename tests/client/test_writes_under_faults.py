"""Writes under faults: sent once, and whoever does not know the outcome is told so and can look."""
from __future__ import absolute_import, division, print_function

import pickle

import pytest

from pyral import MultipleOperationError, PyralError, RallyRESTAPIError, RetryPolicy, Timeout
from tests.client.fault_fixtures import (  # noqa: F401 - fixtures
    proxy,
    proxy_of_the_module,
    service,
    service_of_the_module,
)
from tests.flaky_proxy import SILENCE
from tests.threads import GUARD_S

#: (fault, whether the service carried the write out nevertheless)
UNKNOWN = [('lose-answer', True), ('cut-answer', True), ('reset-answer', True),
           ('garble', True), ('status-502-after', True), ('cut-request', False),
           ('refuse', False), ('page-200', False), ('empty-200', False), ('status-503', False)]


def named(rally, name):
    """Return the defects of a name."""
    return list(rally.get('Defect', fetch='Name,Notes', project=None,
                          query='Name = "{0}"'.format(name)))


@pytest.fixture
def rally(service, proxy):
    """A connection with a key, through the proxy."""
    return service.shared('by_key', proxy.url)


@pytest.fixture
def name(request):
    """A name that no other test uses."""
    return 'of {0}'.format(request.node.name)[-120:].replace('"', '')


@pytest.mark.parametrize('fault, done, way', [
    (fault, done, 'by_word' if place % 3 else 'by_key')
    for place, (fault, done) in enumerate(UNKNOWN)])
def test_a_create_without_an_answer_is_sent_once_and_can_be_looked_up(
        service, proxy, fault, done, way, name):
    rally = service.shared(way, proxy.url)
    service.forget()
    proxy.order(fault)
    with pytest.raises(PyralError) as caught:
        rally.create('Defect', {'Name': name, 'Notes': 'x'})
    error = pickle.loads(pickle.dumps(caught.value))
    assert error.outcome_unknown and error.payload == {'Defect': {'Name': name, 'Notes': 'x'}}
    assert error.method == 'PUT' and 'error.find(rally)' in str(error)
    assert len([each for each in service.requests() if each['method'] == 'PUT']) <= 1
    found = error.find(rally)
    assert [each.Name for each in found] == ([name] if done else [])
    assert len(named(rally, name)) == len(found)


@pytest.mark.parametrize('fault, done', UNKNOWN[:5])
def test_a_change_without_an_answer_shows_what_is_there(rally, proxy, name, fault, done):
    defect = rally.create('Defect', {'Name': name, 'Notes': 'before'})
    proxy.order(fault)
    with pytest.raises(PyralError) as caught:
        rally.update('Defect', defect.oid, {'Notes': 'after'})
    assert caught.value.outcome_unknown
    assert [each.Notes for each in caught.value.find(rally)] == ['after']
    proxy.order(fault)
    with pytest.raises(PyralError) as caught:
        rally.delete('Defect', defect.oid)
    assert caught.value.outcome_unknown and caught.value.find(rally) == []


def test_a_collection_edit_without_an_answer_shows_its_item(rally, proxy, name):
    defect = rally.create('Defect', {'Name': name})
    tag = rally.create('Tag', {'Name': 'lost tag'})
    proxy.order('lose-answer')
    with pytest.raises(PyralError) as caught:
        rally.addCollectionItems(defect, 'Tags', [tag])
    (found,) = caught.value.find(rally)
    assert [each.Name for each in found.Tags] == ['lost tag']


@pytest.mark.parametrize('fault, done', [UNKNOWN[0], UNKNOWN[3], UNKNOWN[4], UNKNOWN[5]])
def test_a_batch_without_an_answer_is_looked_up_entry_by_entry(rally, proxy, name, fault, done):
    proxy.order(fault)
    with pytest.raises(MultipleOperationError) as caught:
        rally.createMultiple('Defect', [{'Name': name}, {'Name': name + ' 2'}])
    assert caught.value.outcome_unknown and 'Items 0 to 1' in str(caught.value)
    found = caught.value.find(rally)
    assert [[each.Name for each in some] for some in found] == (
        [[name], [name + ' 2']] if done else [[], []])


@pytest.mark.parametrize('fault', ['status-429'])
def test_a_write_the_service_refused_to_start_is_sent_again(rally, proxy, name, fault):
    proxy.order(fault, fault)
    assert rally.create('Defect', {'Name': name}).Name == name
    assert len(named(rally, name)) == 1


def test_a_refusal_in_an_envelope_is_no_unknown_outcome(rally, service, name):
    service.order('errors', method='PUT', errors=['Not today'])
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.create('Defect', {'Name': name})
    assert not caught.value.outcome_unknown and caught.value.errors == ['Not today']


def test_a_page_with_a_500_leaves_the_outcome_open(rally, service, name):
    service.order('status', method='PUT', status=500)
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.create('Defect', {'Name': name})
    assert caught.value.outcome_unknown and caught.value.status_code == 500
    assert "Proxy error" in caught.value.args[0]


def test_an_answer_that_is_no_result_leaves_the_outcome_open(rally, service, name):
    service.order('garble', method='PUT', body='{"Something": {"else": 1}}')
    with pytest.raises(PyralError) as caught:
        rally.create('Defect', {'Name': name})
    assert caught.value.outcome_unknown and len(caught.value.find(rally)) == 1


def test_a_create_whose_second_reading_fails_is_still_told_as_done(rally, service, name):
    service.order('status', method='GET', path='defect/', status=500)
    assert rally.create('Defect', {'Name': name}).Name == name


def test_find_looks_where_the_write_went(rally, proxy, name):
    (company,) = [each for each in rally.getProjects() if each.Name == 'Company']
    proxy.order('lose-answer')
    with pytest.raises(PyralError) as caught:
        rally.create('Defect', {'Name': 'quoted "name"', 'Owner': 'user/{0}'.format(
            rally.contextHelper.user_oid)}, project=company)
    assert [each.Name for each in caught.value.find(rally)] == ['quoted "name"']


def test_an_error_that_is_no_write_has_nothing_to_find(rally, service, name):
    rally = service.by_key()
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.get('Defect', query='Nonsense = 1').raise_for_errors()
    with pytest.raises(RallyRESTAPIError) as told:
        caught.value.find(rally)
    assert 'not about a write' in str(told.value)


def test_a_time_limit_holds_for_one_call_and_names_the_server(service, proxy):
    rally = service.by_key(proxy.url, retry=RetryPolicy(attempts=1))
    rally.typedef('Tag')
    proxy.order(SILENCE, SILENCE)
    with pytest.raises(Timeout) as caught:
        rally.create('Tag', {'Name': 'slow'}, timeout=(GUARD_S, 0.2))
    assert caught.value.outcome_unknown and caught.value.kind == 'timeout'
    response = rally.get('Defect', timeout=(GUARD_S, 0.2), pagesize=10)
    assert response.errors == ['Request timed out on attempt to reach {0}'.format(proxy.url)]
    assert rally.get('Defect', pagesize=10).errors == []


def test_a_time_limit_that_never_ends_is_refused(rally, service, name):
    with pytest.raises(ValueError):
        service.by_key().get('Defect', timeout=0)

"""Reads under faults: every item once and in order, or an error that says where reading stopped."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral import AuthenticationError, RallyResponseError, RallyRESTAPIError, RetryPolicy
from tests.client.fault_fixtures import service, service_of_the_module  # noqa: F401 - fixtures
from tests.flaky_proxy import KINDS, FlakyProxy

QUERY = 'Name contains "row "'


def make(service, word):
    """Create forty defects and return their names, in the order of their making."""
    names = ['{0} {1:02}'.format(word, number) for number in range(40)]
    assert service.shared('by_key').createMultiple(
        'Defect', [{'Name': name} for name in names]).complete
    return names


@pytest.fixture(scope='module')
def rows(service_of_the_module):  # noqa: F811 - a fixture
    """The names of the defects of the tests that change none."""
    return make(service_of_the_module, 'row')


def read(rally, **options):
    """Return the response and the names it serves."""
    options.setdefault('pagesize', 10)
    response = rally.get('Defect', fetch='Name', query=QUERY, project=None, order='ObjectID',
                         **options)
    return response, [item.Name for item in response]


PASSING = ['reset', 'unanswered', 'truncate', 'garble', 'repeat-page', 'short-page', 'wrong-total']


@pytest.mark.parametrize('threads, skip', [(1, 0), (1, 3), (3, 1)])
@pytest.mark.parametrize('kind', PASSING)
def test_a_passing_fault_leaves_no_trace(service, rows, kind, threads, skip):
    rally = service.shared('by_key')
    service.order(kind, skip=skip, path='defect$', rows=3)
    response, names = read(rally, threads=threads)
    assert names == rows
    assert response.served == response.total == 40 and response.complete


@pytest.mark.parametrize('status', [429, 502, 503, 504, 524])
def test_a_passing_status_leaves_no_trace(service, rows, status):
    rally = service.shared('by_key')
    service.order('status', status=status, skip=1, count=2, path='defect$')
    assert read(rally)[1] == rows


@pytest.mark.parametrize('kind', ['repeat-page'])
def test_a_service_that_keeps_lying_is_told_with_the_place_to_go_on(service, rows, kind):
    rally = service.shared('by_key')
    service.order(kind, skip=2, count=-1, path='defect$')
    response = rally.get('Defect', fetch='Name', query=QUERY, project=None, pagesize=10,
                         order='ObjectID')
    names = []
    with pytest.raises(RallyResponseError) as caught:
        for item in response:
            names.append(item.Name)
    assert names == rows[:20] and not response.complete and response.served == 20
    assert caught.value.resume_at == 21 and 'start=21' in str(caught.value)
    service._control('DELETE', 'faults')
    assert names + read(rally, start=caught.value.resume_at)[1] == rows


def test_a_page_that_fails_for_good_says_where_to_go_on(service, rows):
    rally = service.shared('by_key')
    service.order('status', status=503, skip=1, count=5, path='defect$')
    response = rally.get('Defect', fetch='Name', query=QUERY, project=None, pagesize=10)
    names = []
    with pytest.raises(RallyResponseError) as caught:
        names.extend(item.Name for item in response)
    assert caught.value.resume_at == 11 and caught.value.cause.status_code == 503
    assert read(rally, start=11)[1] == rows[10:]


def test_rows_that_stay_away_are_counted_and_told(service, rows):
    rally = service.shared('by_key')
    service.order('short-page', count=-1, rows=1, path='defect$')
    response, names = read(rally, pagesize=100)
    assert names == rows[:39] and not response.complete
    assert any('1 of the 40 items' in warning for warning in response.warnings)


@pytest.mark.parametrize('threads', [1, 4])
@pytest.mark.parametrize('gone', [[0, 1, 2, 3], [5, 12], [9]])
def test_items_deleted_while_reading_make_no_others_vanish(service, gone, threads):
    rally = other = service.shared('by_key')
    word = 'gone {0} {1}'.format('-'.join(map(str, gone)), threads)
    rows = make(service, word)
    response = rally.get('Defect', fetch='Name', query='Name contains "{0} "'.format(word),
                         project=None, pagesize=5, order='ObjectID', threads=threads)
    names = [next(response).Name for _ in range(7)]
    for place in gone:
        (defect,) = other.get('Defect', query='Name = "{0}"'.format(rows[place]), project=None)
        other.delete('Defect', defect.oid)
    names.extend(item.Name for item in response)
    kept = [name for place, name in enumerate(rows) if place not in gone]
    assert names == sorted(set(names)) and set(kept) <= set(names)


@pytest.mark.parametrize('threads', [1, 4])
@pytest.mark.parametrize('count', [1, 4])
def test_items_created_while_reading_push_none_out(service, count, threads):
    rally = other = service.shared('by_key')
    word = 'new {0} {1}'.format(count, threads)
    rows = make(service, word)
    response = rally.get('Defect', fetch='Name', query='Name contains "{0} "'.format(word),
                         project=None, pagesize=5, order='Name', threads=threads)
    names = [next(response).Name for _ in range(7)]
    for number in range(count):
        other.create('Defect', {'Name': 'early {0} {1}'.format(word, number)})
    names.extend(item.Name for item in response)
    assert len(names) == len(set(names)) and set(rows) <= set(names)
    assert [name for name in names if name in rows] == rows


@pytest.mark.parametrize('seed', range(2))
def test_a_spoilt_wire_yields_the_same_items_or_an_error(service, rows, seed):
    with FlakyProxy(service.port, seed=seed) as proxy:  # noqa: F811 - one of its own
        rally = service.by_key(proxy.url)
        read(rally)
        proxy.probability = 0.3
        came_through = number = 0
        # How many come through depends on which thread asks first: never whether any does.
        while number < 8 or came_through < 4 or proxy.faults <= 5:
            number += 1
            assert number < 200
            names = []
            try:
                response = rally.get('Defect', fetch='Name', query=QUERY, project=None, pagesize=7,
                                     order='ObjectID', threads=1 + number % 4)
                names.extend(item.Name for item in response)
            except (RallyRESTAPIError, RallyResponseError):
                pass
            else:
                came_through += 1
                assert response.complete and names == rows
            assert names == rows[:len(names)]
        assert set(proxy.counts) <= set(KINDS) | {'requests'}


# Sessions

def test_an_expired_token_is_renewed_in_the_middle_of_writing(service):
    rally = service.by_word()
    for number in range(3):
        service.order('expire-token', method='PUT')
        assert rally.create('Tag', {'Name': 'expired {0}'.format(number)})
    assert len(list(rally.get('Tag', query='Name contains "expired "', project=None))) == 3


def test_a_dropped_session_and_a_401_are_renewed_once(service):
    rally = service.by_word()
    rally.create('Tag', {'Name': 'first'})
    service.forget()
    service.order('status', status=401, path='tag')
    assert rally.create('Tag', {'Name': 'second'}).Name == 'second'
    asked = [each['path'].rpartition('/')[2] for each in service.requests()]
    assert asked.count('authorize') == 1


def test_a_wrong_password_is_offered_once(service):
    service.forget()
    with pytest.raises(AuthenticationError) as caught:
        service.by_word(password='not-the-Word1')
    assert caught.value.args == ('Invalid credentials',)
    assert [each['status'] for each in service.requests()] == [401]


def test_a_password_that_no_longer_holds_is_offered_twice_at_most(service):
    rally = service.by_word()
    service.forget()
    service.order('status', status=401, count=-1)
    for _ in range(5):
        with pytest.raises(RallyRESTAPIError):
            rally.get('Tag', project=None).raise_for_errors()
    assert len(service.requests()) == 2


def test_the_waits_are_counted_by_the_clock_that_was_given(service):
    slept = []
    rally = service.by_key(retry=RetryPolicy(sleep=slept.append, random=lambda: 1.0))
    service.order('status', status=503, count=1, path='tag$')
    service.order('status', status=429, count=1, path='tag$', headers={'Retry-After': '7'})
    assert rally.get('Tag', project=None).errors == []
    assert slept == [0.5, 7.0] and rally.retries_made == 2

"""API keys: several of one user, full or read-only; who may make many requests at once."""

from __future__ import annotations

import threading

import pytest

from tests.contract.small_world import user_of
from tests.threads import GUARD_S

ED = 'ed@example.com'


def status_of(emulator, key):
    return user_of(emulator, key).send('GET', '/user').status_code


@pytest.mark.fact('2.1')
def test_a_user_has_several_keys_each_with_its_own_access(emulator):
    emulator.let_in(ED, apikey='_second', read_only=True)
    emulator.let_in(ED, apikey='_third')
    for key, writes in (('_edKey0001', 200), ('_second', 401), ('_third', 200)):
        caller = user_of(emulator, key)
        assert caller.get('/user', fetch='UserName')['UserName'] == ED
        assert caller.send('PUT', '/tag/create', {'Tag': {'Name': key}}).status_code == writes


@pytest.mark.fact('2.1')
def test_keys_are_listed_without_themselves_and_revoked_one_by_one(emulator):
    emulator.let_in(ED, apikey='_second', read_only=True)
    emulator.let_in(ED, apikey='_third')
    first, second, third = emulator.api_keys()[ED]
    assert [one['access'] for one in (first, second, third)] == ['full', 'read-only', 'full']
    assert '_' not in ''.join(one['id'] for one in (first, second, third))
    assert emulator.revoke(ED, '_third') == [third['id']]
    assert emulator.revoke(ED, first['id']) == [first['id']]
    assert [status_of(emulator, key) for key in ('_edKey0001', '_second', '_third')] == [
        401,
        200,
        401,
    ]
    with pytest.raises(ValueError, match="has no such apikey"):
        emulator.revoke(ED, '_third')
    assert emulator.revoke(ED) == [second['id']]
    assert ED not in emulator.api_keys() and status_of(emulator, '_second') == 401


@pytest.mark.fact('2.1')
def test_the_control_interface_lists_and_revokes_keys(emulator, api):
    control = emulator.url + '/emulator/credentials'
    api.session.post(control, json={'user': ED, 'apikey': '_second'})
    held = api.session.get(control).json()['credentials'][ED]
    assert len(held) == 2 and '_second' not in str(held)
    gone = api.session.delete(control, json={'user': ED, 'apikey': '_second'})
    assert gone.json() == {'user': ED, 'revoked': [held[1]['id']]}
    assert api.session.delete(control, json={'user': ED, 'apikey': '_second'}).status_code == 400
    assert api.session.delete(control, json={'user': ED, 'password': 'x'}).status_code == 400
    taken = api.session.post(control, json={'user': 'vic@example.com', 'apikey': '_edKey0001'})
    assert taken.json() == {'error': "this apikey belongs to another user"}


@pytest.mark.fact('2.1', '13')
def test_a_subscription_without_api_keys_lets_none_in(emulator, api):
    subscription = api.get('/subscription')
    api.update(subscription, ApiKeysEnabled=False)
    assert api.send('GET', '/user').status_code == 401
    api.session.headers.pop('ZSESSIONID')
    api.session.auth = (emulator.user, emulator.password)
    assert api.send('GET', '/user').status_code == 200


@pytest.mark.fact('13')
def test_the_default_project_of_user_and_profile_is_one(api):
    user = api.create('user', UserName='jane@example.com', EmailAddress='jane@example.com')
    profile, company = api.read(user['UserProfile']), api.named('project', 'Company')
    assert user['DefaultProject']['_ref'] == profile['DefaultProject']['_ref']
    api.update(profile, DefaultProject=company['_ref'])
    assert api.read(user)['DefaultProject']['_ref'] == company['_ref']
    api.update(user, DefaultProject=profile['DefaultProject']['_ref'])
    assert api.read(profile)['DefaultProject'] == profile['DefaultProject']


@pytest.mark.fact('16')
def test_more_requests_of_one_user_than_the_limit_wait_and_are_not_refused(
    emulator, api, monkeypatch
):
    control = emulator.url + '/emulator/settings'
    assert api.session.get(control).json()['at_once'] == 12
    assert api.session.post(control, json={'at_once': 0}).status_code == 400
    api.session.post(control, json={'at_once': 2})
    user = emulator.user
    asked, inside, go_on = threading.Semaphore(0), threading.Semaphore(0), threading.Event()
    running, most, statuses = [], [], []
    limit_of, run = emulator.app.runner.limit_of, emulator.app.runner.run

    def limit_asked(oid):
        asked.release()
        return limit_of(oid)

    def run_slowly(action, call):
        if call.user.doc['UserName'] != user:
            return run(action, call)
        running.append(call)
        most.append(len(running))
        inside.release()
        assert go_on.wait(GUARD_S)
        running.remove(call)
        return run(action, call)

    monkeypatch.setattr(emulator.app.runner, 'limit_of', limit_asked)
    monkeypatch.setattr(emulator.app.runner, 'run', run_slowly)
    threads = [
        threading.Thread(target=lambda: statuses.append(status_of(emulator, emulator.apikey)))
        for _ in range(6)
    ]
    try:
        for thread in threads:
            thread.start()
        assert all(asked.acquire(timeout=GUARD_S) for _ in threads)
        assert all(inside.acquire(timeout=GUARD_S) for _ in range(2))
        # Another user is served meanwhile.
        assert status_of(emulator, '_edKey0001') == 200
        assert not inside.acquire(blocking=False) and statuses == []
    finally:
        go_on.set()
        for thread in threads:
            thread.join()
        api.session.post(control, json={'at_once': 12})
    assert statuses == [200] * 6 and max(most) == 2

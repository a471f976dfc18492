"""The control API: reset, snapshots, the log of requests, faults, settings."""

import json
import os

import pytest

from pyral.emulator.web.control import ORDERS
from pyral.emulator.web.faults import KINDS, TYPES, Fault, FaultError, Faults


def control(service, method, path, body=None, **options):
    response = service.other(headers={}).send(method, '/emulator/' + path, body, **options)
    return response.status_code, response.json()


def test_it_says_where_it_is_without_secrets(service):
    status, about = control(service, 'GET', 'about')
    assert status == 200
    assert about['workspaces'] == ['East', 'West'] and service.tiny.user in about['users']
    text = str(about)
    assert service.tiny.password not in text and service.tiny.apikey not in text


def test_a_snapshot_is_restored_by_name(service):
    assert control(service, 'POST', 'snapshot', {'name': 'before'})[0] == 200
    service.send('DELETE', '/defect/{}'.format(service.oid('bug')))
    assert service.names('/defect') == []
    assert control(service, 'POST', 'restore', {'name': 'before'})[0] == 200
    assert service.names('/defect') == ['Login <fails>']
    assert 'before' in control(service, 'GET', 'snapshot')[1]['snapshots']
    status, answer = control(service, 'POST', 'restore', {'name': 'other'})
    assert status == 404 and "'other'" in answer['error']


def test_the_log_tells_what_was_asked_and_hides_secrets(service):
    service.send(
        'GET',
        '/defect',
        fetch='Name',
        key='very-secret',
        headers={
            'X-RallyIntegrationName': 'Tests',
            'X-RallyIntegrationOS': 'Any',
            'User-Agent': 'me/1',
        },
    )
    service.other(headers={}).send('GET', '/defect')
    service.get('/defect', query='(X)')
    status, log = control(service, 'GET', 'requests')
    first, second, third = log['requests']
    assert status == 200 and log['count'] == 3
    assert (first['method'], first['path'], first['status'], first['items']) == (
        'GET',
        '/slm/webservice/v2.0/defect',
        200,
        1,
    )
    assert first['params'] == {'fetch': 'Name', 'key': '***'}
    assert first['integration'] == {'Name': 'Tests', 'OS': 'Any'}
    assert (first['user'], first['auth'], first['agent']) == (service.tiny.user, 'key', 'me/1')
    assert first['ms'] > 0
    assert (second['status'], second['user']) == (401, None)
    assert third['errors'] == ['Could not parse: Unknown operator ")"']
    assert 'very-secret' not in str(log) and service.tiny.apikey not in str(log)
    control(service, 'DELETE', 'requests')
    assert control(service, 'GET', 'requests')[1] == {'count': 0, 'requests': []}


def test_reset_ends_sessions_faults_and_logs(service):
    caller = service.other(auth=(service.tiny.user, service.tiny.password))
    caller.get('/user')
    control(service, 'POST', 'faults', {'kind': 'status'})
    assert control(service, 'POST', 'reset')[0] == 200
    follower = service.other(headers={})
    follower.session.cookies.update(caller.session.cookies)
    assert follower.send('GET', '/user').status_code == 401
    assert control(service, 'GET', 'faults')[1]['faults'] == []


@pytest.fixture
def waits(service, monkeypatch):
    """The seconds that requests were delayed by, none of which pass."""
    found = []
    stopped = service.app.runner._stopped
    monkeypatch.setattr(stopped, 'wait', found.append)
    return found


def test_settings_are_shown_and_changed(service, waits):
    assert control(service, 'GET', 'settings')[1]['latency_ms'] == 0
    assert control(service, 'POST', 'settings', {'latency_ms': 60})[1]['latency_ms'] == 60
    service.get('/defect')
    assert waits == [0.06]
    for wrong in (
        {'latency_ms': -1},
        {'latency_ms': True},
        {'bogus': 1},
        {'strict_case': 3},
        {'allowed_addresses': 7},
        {'allowed_addresses': 'here'},
        [1],
    ):
        assert control(service, 'POST', 'settings', wrong)[0] == 400
    assert control(service, 'GET', 'settings')[1]['latency_ms'] == 60


def test_latency_per_item_counts_rows(service, waits):
    control(service, 'POST', 'settings', {'latency_per_item_us': 20000})
    assert len(service.names('/hierarchicalrequirement')) == 3
    assert waits == [0.06]


@pytest.mark.parametrize(
    ('method', 'path', 'body', 'status'),
    [
        ('GET', 'bogus', None, 404),
        ('DELETE', 'reset', None, 405),
        ('POST', 'faults', 'x', 400),
        ('POST', 'faults', {'kind': 'bogus'}, 400),
        ('POST', 'faults', {'kind': 'status', 'x': 1}, 400),
        ('POST', 'faults', {'kind': 'status', 'count': 'x'}, 400),
        ('POST', 'faults', {}, 400),
        ('POST', 'faults', {'kind': 'status', 'path': '('}, 400),
        ('POST', 'snapshot', {'name': ''}, 400),
    ],
)
def test_an_order_that_makes_no_sense_is_explained(service, method, path, body, status):
    got, answer = control(service, method, path, body)
    assert got == status and answer['error']


def test_a_status_fault_strikes_so_many_requests_and_then_no_more(service):
    control(
        service,
        'POST',
        'faults',
        {'kind': 'status', 'status': 503, 'count': 2, 'headers': {'Retry-After': '1'}},
    )
    answers = [service.send('GET', '/defect') for _ in range(3)]
    assert [one.status_code for one in answers] == [503, 503, 200]
    assert answers[0].headers['Retry-After'] == '1'
    assert [entry.fault for entry in service.app.request_log.entries()] == [
        'status',
        'status',
        None,
    ]


def test_a_script_of_faults_is_worked_through_in_order(service):
    control(
        service,
        'POST',
        'faults',
        [{'kind': 'status', 'status': 500}, {'kind': 'status', 'status': 429}],
    )
    assert [service.send('GET', '/defect').status_code for _ in range(3)] == [500, 429, 200]


def test_a_fault_is_filtered_by_method_and_path(service):
    control(
        service, 'POST', 'faults', {'kind': 'status', 'count': -1, 'method': 'get', 'path': '/task'}
    )
    assert service.send('GET', '/defect').status_code == 200
    assert service.send('POST', '/task/1', {}).status_code == 200
    assert service.send('GET', '/task').status_code == 503
    assert service.send('GET', '/TASK/1').status_code == 503
    control(service, 'DELETE', 'faults')
    assert service.send('GET', '/task').status_code == 200


def test_probability_is_decided_by_the_seed():
    def strikes(seed):
        faults = Faults()
        faults.order(Fault('status', count=-1, probability=0.5, seed=seed))
        return [faults.next_for('GET', '/x') is not None for _ in range(60)]

    assert strikes(1) == strikes(1) != strikes(2)
    assert 15 < sum(strikes(1)) < 45


def test_a_fault_may_let_some_requests_pass_first():
    fault = Fault('status', skip=2)
    assert [fault.fits('GET', '/x') for _ in range(4)] == [False, False, True, False]


def test_an_unknown_kind_names_those_there_are():
    with pytest.raises(FaultError, match='truncate'):
        Fault('explode')


@pytest.mark.fact('17')
def test_what_a_client_says_of_itself_is_kept_as_it_was_meant(service):
    said = {
        'X-RallyIntegrationOS': 'Linux \u00e9'.encode().decode('latin-1'),
        'X-Trace-Id': 't-1',
        'X-RallyIntegrationOperation': 'sync',
        'X-RallyIntegrationName': 'n' * 10000,
    }
    assert service.send('GET', '/defect', headers=said, query='x' * 10000).status_code == 200
    entry = service.app.request_log.entries()[-1]
    assert entry.integration == {
        'OS': 'Linux \u00e9',
        'TraceId': 't-1',
        'Operation': 'sync',
        'Name': 'n' * 4000,
    }
    assert entry.params == [('query', 'x' * 4000)]


@pytest.mark.parametrize(
    'order',
    [
        {'kind': None},
        {},
        {'kind': 'status', 'status': 99},
        {'kind': 'status', 'status': 10**9},
        {'kind': 'delay', 'delay_ms': -1},
        {'kind': 'delay', 'delay_ms': float('inf')},
        {'kind': 'status', 'probability': float('nan')},
        {'kind': 'status', 'count': -2},
        {'kind': 'status', 'headers': {'A': 'x\r\nB: y'}},
        {'kind': 'status', 'path': '('},
    ],
)
def test_an_order_that_could_not_be_carried_out_is_refused(service, order):
    path = service.base.split('/slm')[0] + '/emulator/faults'
    answer = service.session.post(path, data=json.dumps(order))
    assert answer.status_code == 400 and answer.json()['error']
    assert control(service, 'GET', 'faults')[1]['faults'] == []


def test_garbled_wrong_and_short_answers(service):
    order = service.app.faults.order
    order(
        Fault('garble'),
        Fault('wrong-total', rows=7),
        Fault('short-page'),
        Fault('errors', errors=['Busy']),
    )
    assert service.send('GET', '/task').text.startswith('<html>')
    assert service.get('/task')['TotalResultCount'] == 9
    short = service.get('/task')
    assert (short['TotalResultCount'], len(short['Results'])) == (2, 1)
    assert service.get('/task')['Errors'] == ['Busy']
    assert len(service.get('/task')['Results']) == 2


def test_a_repeated_page_ignores_start(service):
    service.app.faults.order(Fault('repeat-page'))
    assert service.names('/task', start=2, pagesize=1) == ['Draw']
    assert service.names('/task', start=2, pagesize=1) == ['Paint']


def test_tokens_can_be_made_stale_on_order(service):
    basic = service.other(auth=(service.tiny.user, service.tiny.password))
    token = basic.get('/security/authorize')['SecurityToken']
    service.app.faults.order(Fault('expire-token', method='PUT'))
    answers = [
        basic.send('PUT', '/tag/create', {'Tag': {'Name': 'late'}}, key=token).json()
        for _ in range(1)
    ]
    assert answers[0]['OperationResult']['Errors'] == [
        'Not authorized to perform action: Invalid key'
    ]
    token = basic.get('/security/authorize')['SecurityToken']
    answer = basic.send('PUT', '/tag/create', {'Tag': {'Name': 'late'}}, key=token).json()
    assert answer['CreateResult']['Errors'] == []


def test_a_delay_lets_the_request_wait(service, waits):
    service.app.faults.order(Fault('delay', delay_ms=50))
    assert service.names('/defect') == ['Login <fails>']
    assert waits == [0.05]


def test_every_kind_of_fault_and_every_order_is_in_the_documentation():
    page = os.path.join(os.path.dirname(__file__), '..', '..', 'doc', 'source', 'emulator.rst')
    with open(page, encoding='utf-8') as source:
        text = source.read()
    orders = [
        '{} /emulator{}'.format(method, path)
        for path, methods in ORDERS.items()
        for method in methods
    ]
    assert [name for name in [*KINDS, *TYPES, *orders] if '``{}``'.format(name) not in text] == []


def test_a_session_can_be_ended_on_order(service):
    caller = service.other(auth=(service.tiny.user, service.tiny.password))
    caller.get('/user')
    caller.session.auth = None
    assert caller.send('GET', '/user').status_code == 200
    assert control(service, 'POST', 'faults', {'kind': 'expire-session'})[0] == 200
    assert caller.send('GET', '/user').status_code == 401


def test_a_user_made_through_the_api_is_given_a_password_and_a_key(service):
    service.send(
        'PUT',
        '/user/create',
        {'User': {'UserName': 'jane@example.com', 'EmailAddress': 'jane@example.com'}},
    )
    jane = service.other(auth=('jane@example.com', 'jane-Secret1'))
    assert jane.send('GET', '/user').status_code == 401
    status, answer = control(
        service,
        'POST',
        'credentials',
        {
            'user': 'jane@example.com',
            'password': 'jane-Secret1',
            'apikey': '_jane1',
            'read_only': True,
        },
    )
    assert (status, answer) == (200, {'user': 'jane@example.com'})
    assert jane.get('/user', fetch='UserName')['UserName'] == 'jane@example.com'
    by_key = service.other(headers={'ZSESSIONID': '_jane1'})
    assert by_key.get('/user', fetch='UserName')['UserName'] == 'jane@example.com'
    assert by_key.send('PUT', '/tag/create', {'Tag': {'Name': 'x'}}).status_code == 401


@pytest.mark.parametrize(
    'order',
    [
        None,
        {},
        {'user': 'nobody@example.com', 'password': 'x'},
        {'user': 'ann@example.com'},
        {'user': 'ann@example.com', 'password': ''},
        {'user': 'ann@example.com', 'password': 5},
        {'user': 'ann@example.com', 'colour': 'red'},
    ],
)
def test_credentials_that_cannot_be_are_refused(service, order):
    status, answer = control(service, 'POST', 'credentials', order)
    assert status == 400 and answer['error']


def test_a_key_belongs_to_one_user(service):
    service.send(
        'PUT',
        '/user/create',
        {'User': {'UserName': 'jane@example.com', 'EmailAddress': 'jane@example.com'}},
    )
    status, answer = control(
        service, 'POST', 'credentials', {'user': 'jane@example.com', 'apikey': service.tiny.apikey}
    )
    assert (status, answer['error']) == (400, "this apikey belongs to another user")

"""Who is asking: credentials, sessions and security tokens (WSAPI reference, section 2)."""

import time

import pytest

from pyral.emulator.store.reading import of_type
from tests.emulator.service import ORIGIN, opened

WRONG = 'The username or password you entered is incorrect.'
NOBODY = 'Full authentication is required to access this resource'
INVALID_KEY = {
    'OperationResult': {
        '_rallyAPIMajor': '2',
        '_rallyAPIMinor': '0',
        'Errors': ['Not authorized to perform action: Invalid key'],
        'Warnings': [],
    }
}


@pytest.fixture
def basic(service):
    """A caller with user name and password, who keeps cookies."""
    return service.other(auth=(service.tiny.user, service.tiny.password))


def refused(response, text):
    """Assert that a response is the 401 page with one of the recorded texts."""
    assert response.status_code == 401
    assert text in response.text
    assert response.headers['WWW-Authenticate'] == 'Basic realm="Rally ALM"'
    assert response.headers['Content-Type'].startswith('text/html')


@pytest.mark.fact('2.3')
@pytest.mark.parametrize(
    'auth',
    [
        ('{user}', 'wrong'),
        ('nobody@tiny.test', '{password}'),
        ('', ''),
        ('{user}', ''),
        ('', '{password}'),
        ('{disabled}', '{password}'),
        ("' OR 1=1 --", '{password}'),
    ],
)
def test_wrong_credentials_are_refused(service, auth):
    given = tuple(part.format(**vars(service.tiny)) for part in auth)
    refused(service.other(auth=given).send('GET', '/defect'), WRONG)


@pytest.mark.fact('2.3')
def test_no_credentials_are_refused_with_the_other_text(service):
    refused(service.other(headers={}).send('GET', '/defect'), NOBODY)


@pytest.mark.fact('2.3')
@pytest.mark.parametrize(
    'headers',
    [
        {'ZSESSIONID': '_wrong'},
        {'ZSESSIONID': ''},
        {'Authorization': 'Bearer _wrong'},
        {'ZSESSIONID': '_tinydisabled'},
        {'Authorization': 'Basic !!!'},
        {'Authorization': 'Basic dXNlcg=='},
        {'Authorization': 'Basic'},
    ],
)
def test_a_wrong_key_or_header_is_refused(service, headers):
    refused(service.other(headers=headers).send('GET', '/defect'), WRONG)


@pytest.mark.fact('2.1')
def test_a_key_wins_over_user_and_password(service, basic):
    for key in ('_wrong', ''):
        refused(basic.send('GET', '/user', headers={'ZSESSIONID': key}), WRONG)
    response = basic.send('GET', '/user', headers={'ZSESSIONID': service.tiny.viewer_key})
    assert response.json()['User']['_refObjectName'] == 'Vera'


@pytest.mark.fact('2.1')
def test_the_key_is_taken_as_a_bearer_token_too(service):
    caller = service.other(headers={'Authorization': 'Bearer ' + service.tiny.apikey})
    assert caller.get('/user')['_refObjectName'] == 'Ada'


def test_the_user_name_is_compared_without_case_and_the_password_with_it(service):
    tiny = service.tiny
    assert service.other(auth=(tiny.user.upper(), tiny.password)).get('/user')['Errors'] == []
    refused(service.other(auth=(tiny.user, tiny.password.upper())).send('GET', '/user'), WRONG)


def test_passwords_and_keys_are_never_shown(service):
    text = service.send('GET', '/user', fetch='true').text
    text += service.send('GET', '/users', fetch='_password,_apikey,Password').text
    assert 'pbkdf2' not in text and service.tiny.apikey not in text


@pytest.mark.fact('2.2', 'use/token-get')
def test_authorize_answers_a_token_and_sets_the_session_cookies(basic):
    response = basic.send('GET', '/security/authorize')
    result = response.json()['OperationResult']
    assert list(result) == [
        '_rallyAPIMajor',
        '_rallyAPIMinor',
        'Errors',
        'Warnings',
        'SecurityToken',
    ]
    assert len(result['SecurityToken']) >= 36
    assert {'JSESSIONID', 'ZSESSIONID', 'SUBBUCKETID'} <= set(basic.session.cookies.keys())


@pytest.mark.fact('15', '2.1')
@pytest.mark.parametrize(
    ('scheme', 'origin', 'listed', 'site'),
    [
        ('http', None, '', 'Lax'),
        ('http', 'https://apps.example.com', '', 'Lax'),
        ('https', None, '', 'Lax'),
        ('https', 'https://apps.example.com', '', 'None'),
        ('https', 'https://apps.example.com', 'apps.example.com', 'None'),
        ('https', 'https://apps.example.com', 'else.example.com', 'Lax'),
        ('https', 'https://emulator.invalid', '', 'Lax'),
        ('https', 'null', '', 'Lax'),
        ('https', 'http://[', '', 'Lax'),
    ],
)
def test_only_pages_that_may_read_send_the_session_from_elsewhere(
    service, basic, scheme, origin, listed, site
):
    with service.app.store.writing() as tx:
        (row,) = of_type(tx, 'Subscription')
        tx.update(row.oid, doc={**row.doc, 'CORSAllowedDomains': listed})
    address = basic.base.replace('http:', scheme + ':')
    basic.session.mount(address, basic.session.adapters[ORIGIN])
    answer = basic.session.get(
        address + '/user', headers={} if origin is None else {'Origin': origin}
    )
    cookies = answer.raw._original_response.msg.get_all('Set-Cookie')
    assert len(cookies) == 3
    for cookie in cookies:
        parts = cookie.split('; ')
        assert f'SameSite={site}' in parts and 'HttpOnly' in parts
        assert ('Secure' in parts) is (scheme == 'https')


@pytest.mark.fact('2.2')
def test_a_session_keeps_its_token(basic):
    tokens = {basic.get('/security/authorize')['SecurityToken'] for _ in range(3)}
    assert len(tokens) == 1


@pytest.mark.fact('2.1')
def test_the_session_cookie_alone_proves_who_asks(service, basic):
    basic.get('/user')
    follower = service.other(headers={})
    follower.session.cookies.update(basic.session.cookies)
    assert follower.get('/user')['_refObjectName'] == 'Ada'


WRITES = [
    ('PUT', '/defect/create', {'Defect': {'Name': 'new'}}),
    ('POST', '/defect/create', {'Defect': {'Name': 'new'}}),
    ('POST', '/defect/{bug}', {'Defect': {'Name': 'other'}}),
    ('PUT', '/defect/{bug}', {'Defect': {'Name': 'other'}}),
    ('DELETE', '/defect/{bug}', None),
    ('POST', '/defect/{bug}/Tags/add', {'CollectionItems': [{'Name': 'new'}]}),
    ('POST', '/defect/{bug}/Tags/remove', {'CollectionItems': []}),
    ('POST', '/defect/{bug}/copy', {'Defect': {}}),
    ('POST', '/batch', {'Batch': []}),
]


@pytest.mark.fact('2.2', 'use/token-needed', 'use/token-invalid')
@pytest.mark.parametrize(('method', 'path', 'body'), WRITES)
@pytest.mark.parametrize('key', [{}, {'key': ''}, {'key': 'stale'}, {'key': 'ünïcode'}])
def test_every_write_needs_a_token_with_a_password(service, basic, method, path, body, key):
    response = basic.send(method, path.format(**service.tiny.oids), body, **key)
    assert response.json() == INVALID_KEY
    assert service.names('/defect') == ['Login <fails>']


@pytest.mark.fact('2.2', 'use/token-used')
def test_a_write_with_the_token_passes(service, basic):
    token = basic.get('/security/authorize')['SecurityToken']
    response = basic.send('PUT', '/tag/create', {'Tag': {'Name': 'green'}}, key=token)
    assert response.json()['CreateResult']['Errors'] == []


@pytest.mark.fact('2.1')
def test_a_write_with_a_key_needs_no_token(service):
    for extra in ({}, {'key': 'None'}):
        response = service.send('PUT', '/tag/create', {'Tag': {'Name': 'green'}}, **extra)
        assert response.json()['CreateResult']['Errors'] == []


@pytest.mark.fact('2.1')
def test_a_key_beside_a_session_cookie_needs_a_token(service, basic):
    basic.get('/user')
    response = basic.send(
        'PUT',
        '/tag/create',
        {'Tag': {'Name': 'green'}},
        headers={'ZSESSIONID': service.tiny.apikey},
    )
    assert response.json() == INVALID_KEY


@pytest.mark.fact('2.1')
def test_a_read_only_key_reads_and_cannot_write(service):
    reader = service.other(headers={'ZSESSIONID': service.tiny.readonly_key})
    assert reader.names('/defect') == ['Login <fails>']
    response = reader.send('PUT', '/tag/create', {'Tag': {'Name': 'green'}})
    assert response.status_code == 401
    assert 'green' not in service.names('/tag')


@pytest.mark.fact('2.1')
def test_a_read_only_key_beside_a_session_cookie_is_an_invalid_key(service, basic):
    reader = service.other(headers={'ZSESSIONID': service.tiny.readonly_key})
    owner = reader.get('/user')['UserName']
    login = service.other(auth=(owner, service.tiny.password))
    assert login.get('/user')['UserName'] == owner
    reader.session.cookies.update(login.session.cookies)
    response = reader.send('PUT', '/tag/create', {'Tag': {'Name': 'green'}})
    assert response.json() == INVALID_KEY


@pytest.mark.fact('2.2')
def test_a_foreign_token_is_refused(service, basic):
    vera = service.other(auth=(service.tiny.viewer, service.tiny.password))
    token = vera.get('/security/authorize')['SecurityToken']
    assert basic.send('DELETE', '/defect/{}'.format(service.oid('bug')), key=token).json() == (
        INVALID_KEY
    )


@pytest.mark.fact('2.2')
def test_a_client_without_cookies_may_write_with_a_token_of_the_same_user(service, basic):
    token = basic.get('/security/authorize')['SecurityToken']
    forgetful = service.other(auth=(service.tiny.user, service.tiny.password))
    answer = forgetful.send('PUT', '/tag/create', {'Tag': {'Name': 'green'}}, key=token).json()
    assert answer['CreateResult']['Errors'] == []


@pytest.mark.fact('2.2')
def test_in_strict_mode_a_token_is_good_only_in_its_session(service, basic):
    service.app.authenticator.strict_tokens = True
    try:
        token = basic.get('/security/authorize')['SecurityToken']
        forgetful = service.other(auth=(service.tiny.user, service.tiny.password))
        path = '/defect/{}'.format(service.oid('bug'))
        assert forgetful.send('DELETE', path, key=token).json() == INVALID_KEY
        assert basic.send('DELETE', path, key=token).json()['OperationResult']['Errors'] == []
    finally:
        service.app.authenticator.strict_tokens = False


@pytest.mark.fact('2.1')
@pytest.mark.parametrize(
    ('policy', 'status'),
    [
        ({'AuthenticationPolicy': 'Rally Only'}, 200),
        ({'AuthenticationPolicy': 'Rally or SSO'}, 200),
        ({'AuthenticationPolicy': 'SSO Only'}, 401),
        ({'AuthenticationPolicy': 'SSO With Exceptions'}, 401),
        (
            {
                'AuthenticationPolicy': 'SSO With Exceptions',
                'SSOExceptionUsernames': 'x@y.z,{user}',
            },
            200,
        ),
    ],
)
def test_a_subscription_with_single_sign_on_takes_passwords_of_listed_users(
    service, basic, policy, status
):
    values = {name: text.format(user=service.tiny.user.upper()) for name, text in policy.items()}
    path = '/subscription/{}'.format(service.oid('sub'))
    assert opened(service.send('POST', path, {'Subscription': values}))['Errors'] == []
    assert basic.send('GET', '/user').status_code == status
    assert service.send('GET', '/user').status_code == 200


@pytest.mark.fact('2.2')
def test_a_session_ends_when_it_was_unused_for_as_long_as_the_subscription_says(
    service, basic, monkeypatch
):
    path = '/subscription/{}'.format(service.oid('sub'))
    wish = {'Subscription': {'SessionTimeoutSeconds': 600}}
    assert opened(service.send('POST', path, wish))['Errors'] == []
    begun = time.monotonic()
    monkeypatch.setattr(service.app.sessions, '_clock', lambda: begun)
    basic.get('/user')
    follower = service.other(headers={})
    follower.session.cookies.update(basic.session.cookies)
    for later, status in ((590, 200), (2 * 590, 200), (2 * 590 + 601, 401)):
        monkeypatch.setattr(service.app.sessions, '_clock', lambda at=begun + later: at)
        assert follower.send('GET', '/user').status_code == status


@pytest.mark.fact('1.3')
def test_the_user_singleton_ignores_paging_and_becomes_a_list_with_a_query(service):
    one = service.send('GET', '/user', fetch='UserName', pagesize=1000, start=1).json()
    assert list(one) == ['User']
    assert one['User']['UserName'] == service.tiny.user
    assert list(service.send('GET', '/user', query='').json()) == ['QueryResult']
    many = service.send('GET', '/user', query='(UserName = "{}")'.format(service.tiny.user)).json()
    assert many['QueryResult']['TotalResultCount'] == 1
    assert list(service.send('GET', '/user:current').json()) == ['User']


@pytest.mark.fact('1.3')
def test_the_subscription_is_a_singleton(service):
    answer = service.send('GET', '/subscription', fetch='true', pagesize=1, start=1).json()
    assert list(answer) == ['Subscription']
    assert answer['Subscription']['Workspaces']['Count'] == 2
    assert list(service.send('GET', '/subscriptions').json()) == ['QueryResult']


@pytest.mark.fact('13', '19')
def test_the_permissions_of_the_caller_have_composite_ids(service):
    viewer = service.other(headers={'ZSESSIONID': service.tiny.viewer_key})
    rows = viewer.rows('/user:current/permissions/all')
    ids = {row['ObjectID'] for row in rows}
    assert ids == {
        '{}u{}w1'.format(service.oid('vera'), service.oid('east')),
        '{}u{}p2'.format(service.oid('vera'), service.oid('mid')),
    }
    for row in rows:
        again = viewer.session.get(row['_ref']).json()
        assert next(iter(again.values()))['Role'] == row['Role']

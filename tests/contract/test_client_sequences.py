"""What existing clients send, request by request (WSAPI reference, appendix A)."""

from __future__ import annotations

import json

import pytest
import requests

from tests.contract.small_world import BASE, path_of


@pytest.fixture
def send(emulator, api):
    """Send an address exactly as given, below the version, and open its envelope."""

    def sent(method, address, body=None, key=None):
        root = '' if address.startswith('/slm/') else BASE + '/'
        request = api.session.prepare_request(requests.Request(method, api.url, data=body))
        # A prepared request takes the address as it stands, without encoding it again.
        request.url = api.url + root + address
        answer = api.session.send(request).json()
        assert len(answer) == 1
        name, inner = next(iter(answer.items()))
        assert key is None or name == key
        assert inner['Errors'] == []
        return inner

    return sent


@pytest.mark.fact('A.1', '1.3')
def test_the_start_up_of_pyral(send, api, emulator):
    user = send(
        'GET',
        'User?fetch=ObjectID,UserName,DisplayName,FirstName,LastName,Disabled,'
        'UserProfile&query=(UserName%20%3D%20%22ann@example.com%22)'
        '&pagesize=1000&start=1',
        key='QueryResult',
    )['Results'][0]
    assert user['UserName'] == 'ann@example.com' and user['UserProfile']['_ref']
    subscription = send('GET', 'Subscription?fetch=true&pagesize=1000&start=1', key='Subscription')
    profile = send(
        'GET', 'UserProfile/' + user['UserProfile']['_ref'].rsplit('/', 1)[1], key='UserProfile'
    )
    assert profile['DefaultWorkspace']['_refObjectName'] == 'Main'
    assert profile['DefaultProject']['_refObjectName'] == 'Team A'
    workspaces = path_of({'_ref': subscription['_ref']})[1:] + '/Workspaces'
    for query in ('((Name = "Main") AND (State = Open))', '(State = Open)'):
        rows = send(
            'GET',
            '{}?fetch=true&query={}&pagesize=200&start=1'.format(
                workspaces, query.replace(' ', '%20')
            ),
            key='QueryResult',
        )['Results']
        assert {'Name', 'State', '_ref'} <= set(rows[0])
    workspace = send('GET', 'workspace/{}'.format(rows[0]['ObjectID']), key='Workspace')
    projects = send(
        'GET',
        '{}?fetch="ObjectID,Name,State"&pagesize=200&start=1'.format(
            workspace['Projects']['_ref'][len(api.url) :]
        ),
        key='QueryResult',
    )['Results']
    assert {'ObjectID', 'Name', 'State'} <= set(projects[0])
    everything = send(
        'GET',
        'Project?fetch=Name&workspace=workspace/{}&pagesize=1000&start=1'.format(
            workspace['ObjectID']
        ),
        key='QueryResult',
    )
    assert {'Company', 'Team A', 'Team B', 'Web'} <= {row['Name'] for row in everything['Results']}
    schema = send(
        'GET', '/slm/schema/v2.0/workspace/{}'.format(workspace['ObjectID']), key='QueryResult'
    )
    assert 'HierarchicalRequirement' in {row['ElementName'] for row in schema['Results']}


@pytest.mark.fact('A.1', '1.3')
def test_with_a_key_the_first_user_is_the_caller(send, emulator):
    found = send('GET', 'User?fetch=ObjectID,UserName&pagesize=1000&start=1')
    first = found['Results'][0] if 'Results' in found else found
    assert first['UserName'] == emulator.user


@pytest.fixture
def scope(api):
    """The parameters pyral adds, in its order."""
    return 'workspace={}&project={}&projectScopeUp=false&projectScopeDown=false'.format(
        path_of(api.named('workspace', 'Main'))[1:], path_of(api.project)[1:]
    )


@pytest.mark.fact('A.2', '4.3', '4.4', '4.5')
def test_create_read_update_and_delete_of_pyral(send, scope):
    made = send(
        'PUT',
        'defect/create?key=None&' + scope,
        json.dumps({'defect': {'Name': 'sent by pyral'}}),
        'CreateResult',
    )['Object']
    oid = made['ObjectID']
    read = send('GET', 'Defect/{}?{}'.format(oid, scope), key='Defect')
    assert read['Project']['_refObjectName'] == 'Team A'
    found = send(
        'GET',
        'Defect?fetch=ObjectID&query=(FormattedID%20=%20{})&{}&pagesize=1000&start=1'.format(
            read['FormattedID'], scope
        ),
    )['Results']
    assert [row['ObjectID'] for row in found] == [oid]
    body = json.dumps({'defect': {'ObjectID': oid, 'State': 'Fixed'}})
    send('POST', 'defect/{}?key=None'.format(oid), body, 'OperationResult')
    assert send('GET', 'Defect/{}'.format(oid))['State'] == 'Fixed'
    send('DELETE', 'defect/{}?key=None'.format(oid), key='OperationResult')
    found = send('GET', 'Defect?fetch=Name&query=(ObjectID%20=%20{})'.format(oid))
    assert found['TotalResultCount'] == 0


@pytest.mark.fact('A.2', '11')
def test_ranking_of_pyral(send, api, scope):
    low, high = (api.create('defect', Name=name) for name in ('low', 'high'))
    body = json.dumps({'defect': {'_ref': 'defect/{}'.format(low['ObjectID'])}})
    send(
        'POST',
        'defect/{}?&rankAbove={}&{}&key=None'.format(low['ObjectID'], high['_ref'], scope),
        body,
        'OperationResult',
    )
    rows = send('GET', 'Defect?fetch=Name&order=Rank&' + scope)['Results']
    names = [row['Name'] for row in rows]
    assert names.index('low') == names.index('high') - 1
    send('POST', 'defect/{}?&rankTo=TOP&{}'.format(high['ObjectID'], scope), body)
    assert send('GET', 'Defect?fetch=Name&order=Rank&' + scope)['Results'][0]['Name'] == 'high'


@pytest.mark.fact('A.2', '7.2', '7.3')
def test_collections_of_pyral(send, api):
    defect, tag = api.create('defect', Name='tagged'), api.named('tag', 'legal')
    place = 'Defect/{}/Tags'.format(defect['ObjectID'])
    body = json.dumps({'Tags': [{'_ref': 'Tag/{}'.format(tag['ObjectID'])}]})
    added = send('POST', place + '/add?fetch=Name&key=None', body, 'OperationResult')
    assert [row['Name'] for row in added['Results']] == ['legal']
    body = json.dumps({'CollectionItems': [{'_ref': 'Tag/{}'.format(tag['ObjectID'])}]})
    assert 'Results' not in send('POST', place + '/remove?key=None', body, 'OperationResult')
    members = send('GET', place + '?pagesize=1000&start=1', key='QueryResult')
    assert members['TotalResultCount'] == 0


@pytest.mark.fact('A.3', '1.1')
def test_paths_of_the_java_toolkit_end_in_js(send, api):
    made = send(
        'POST', 'defect/create.js?fetch=true', '{"defect": {"Name": "java"}}', 'CreateResult'
    )['Object']
    place = 'defect/{}.js'.format(made['ObjectID'])
    assert send('POST', place, '{"defect": {"State": "Open"}}')['Object']['State'] == 'Open'
    legal = '/tag/{}.js'.format(api.named('tag', 'legal')['ObjectID'])
    added = send(
        'POST',
        'defect/{}/tags/add.js'.format(made['ObjectID']),
        json.dumps({'CollectionItems': [{'_ref': legal}]}),
    )
    assert len(added['Results']) == 1
    assert (
        send('GET', 'defect.js?fetch=true&pagesize=200&start=1&query=(Name%20=%20java)')[
            'TotalResultCount'
        ]
        == 1
    )
    send('DELETE', place)


@pytest.mark.fact('A.3', '3.1')
def test_the_ruby_toolkit_sends_a_workspace_and_an_empty_query(send, api):
    workspace = path_of(api.named('workspace', 'Main'))[1:]
    found = send('GET', 'tag?workspace={}&query=&order=&pagesize=200&fetch=true'.format(workspace))
    assert found['TotalResultCount'] == 2
    made = send('POST', 'tag/create?workspace=' + workspace, '{"Tag": {"Name": "ruby"}}')
    assert made['Object']['Name'] == 'ruby'
    low = api.create('defect', Name='by put')
    send('PUT', '{}?rankTo=TOP&workspace={}'.format(path_of(low)[1:], workspace), '{"Defect": {}}')
    assert send('GET', 'defect?order=Rank&fetch=Name')['Results'][0]['Name'] == 'by put'


@pytest.mark.fact('A.3', '1.2')
def test_the_clojure_toolkit_copies_and_misses_without_an_exception(send, api):
    defect = api.named('defect', 'Sign in fails for names with umlauts')
    done = send('POST', path_of(defect)[1:] + '/copy', '{"Defect": {}}', 'OperationResult')
    assert done['Object']['Name'] == '(Copy of) ' + defect['Name']
    assert api.get('/defect/1')['Errors'] == ['Cannot find object to read']


@pytest.mark.fact('A.3', '3.1', '14')
def test_the_custom_agile_toolkit_asks_with_everything_switched_on(send, api):
    found = send(
        'GET',
        'hierarchicalrequirement?pagesize=2000&compact=false'
        '&includePermissions=true&projectScopeUp=true&projectScopeDown=true'
        '&fetch=Name&project=' + path_of(api.project)[1:],
    )
    assert found['PageSize'] == 2000
    assert {row['_p'] for row in found['Results']} == {'7'}

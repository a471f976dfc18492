"""The statements of the vendor's page "Use the Web Services API", tried by curl over HTTP."""

from __future__ import annotations

import re
from urllib.parse import quote

import feedparser
import pytest

from tests.contract.foreign_programs import Curl
from tests.contract.small_world import BASE, path_of

INVALID_KEY = 'Not authorized to perform action: Invalid key'


@pytest.fixture
def defect(http_api):
    return http_api.named('defect', 'Sign in fails for names with umlauts')


@pytest.fixture
def story(http_api):
    return http_api.named('hierarchicalrequirement', 'Sign in with e-mail')


@pytest.mark.fact('use/token-get')
def test_the_token_is_an_operation_result(curl):
    answer = curl.get('/security/authorize', 'OperationResult')
    assert list(answer) == [
        '_rallyAPIMajor',
        '_rallyAPIMinor',
        'Errors',
        'Warnings',
        'SecurityToken',
    ]
    assert (answer['Errors'], answer['Warnings']) == ([], [])


@pytest.mark.fact('use/token-needed', 'use/token-invalid')
@pytest.mark.parametrize('key', ['', '?key=', '?key=none', '?key="{token}"'])
@pytest.mark.parametrize(
    ('method', 'path'),
    [
        ('PUT', '/defect/create'),
        ('POST', '/defect/create'),
        ('POST', '{defect}'),
        ('DELETE', '{defect}'),
    ],
)
def test_every_change_needs_the_unquoted_token(curl, defect, method, path, key):
    path = path.format(defect=path_of(defect)) + key.format(token=curl.token).replace('"', '%22')
    reply = curl.run('-X', method, '-d', '@' + curl.file({'Defect': {'Name': 'x'}}), path)
    assert reply.opened('OperationResult') == {
        '_rallyAPIMajor': '2',
        '_rallyAPIMinor': '0',
        'Errors': [INVALID_KEY],
        'Warnings': [],
    }
    assert curl.get(path_of(defect), 'Defect')['Name'] == defect['Name']


@pytest.mark.fact('use/token-used')
def test_a_token_kept_with_its_cookies_lets_every_change_pass(curl, tmp_path):
    jar = str(tmp_path / 'cookies')
    token = curl.run('-c', jar, '/security/authorize').opened('OperationResult')['SecurityToken']
    sent = curl.file({'Tag': {'Name': 'with cookies'}})
    made = curl.run('-b', jar, '-T', sent, '/tag/create?key=' + token).opened('CreateResult')
    path = path_of(made['Object'])
    sent = curl.file({'Tag': {'Name': 'changed'}})
    done = curl.run('-b', jar, '-d', '@' + sent, path + '?key=' + token)
    assert done.opened('OperationResult')['Object']['Name'] == 'changed'
    gone = curl.run('-b', jar, '-X', 'DELETE', path + '?key=' + token)
    assert gone.opened('OperationResult')['Errors'] == []


JANE = {
    'User': {
        'EmailAddress': 'jane@example.com',
        'FirstName': 'Jane',
        'LastName': 'Developer',
        'DisplayName': 'Jane Developer',
        'UserName': 'jane@example.com',
    }
}


@pytest.mark.fact('use/user-create', 'use/user-defaults')
def test_a_user_is_created_by_plain_text_and_gets_the_default_permissions(curl):
    made = curl.run(
        '-H', 'Content-Type: text/plain', '-d', '@' + curl.file(JANE), curl.keyed('/user/create')
    ).opened('CreateResult')
    assert made['Errors'] == []
    user = path_of(made['Object'])[1:]
    rights = {}
    for kind, place in (('workspacepermission', 'Workspace'), ('projectpermission', 'Project')):
        rows = curl.get('/{}?fetch=Role,{}&query=(User = {})'.format(kind, place, user))['Results']
        rights[kind] = [(row['Role'], row[place]['_refObjectName']) for row in rows]
    assert rights == {
        'workspacepermission': [('User', 'Main')],
        'projectpermission': [('Viewer', 'Team A')],
    }


@pytest.mark.fact('use/user-admins')
def test_an_editor_creates_no_users(listening, curl, tmp_path):
    ed = Curl(listening, tmp_path, 'ed@example.com:ed-Secret1')
    refused = ed.post('/user/create', JANE, 'CreateResult')
    assert refused['Errors'] == ['Not authorized to create: User']
    assert curl.get('/user?query=(FirstName = Jane)')['TotalResultCount'] == 0


@pytest.mark.fact('use/permissions-query')
@pytest.mark.parametrize('kind', ['userpermission', 'workspacepermission', 'projectpermission'])
def test_permissions_can_be_queried(curl, kind):
    result = curl.get('/{}?fetch=Role,User&pagesize=200'.format(kind))
    assert result['Errors'] == []
    assert {'Ed Editor', 'Vic Viewer'} <= {
        row['User']['_refObjectName'] for row in result['Results']
    }


@pytest.mark.fact('use/user-fields')
def test_a_custom_field_of_users_is_updated_and_queried(curl, http_api):
    ed = http_api.one('/user', '(UserName = "ed@example.com")')
    assert curl.post(path_of(ed), {'User': {'c_Badge': 'foo'}})['Errors'] == []
    rows = curl.get('/user?query=(c_Badge = foo)')['Results']
    assert [row['_refObjectName'] for row in rows] == ['Ed Editor']


@pytest.mark.fact('use/scoping-flags')
@pytest.mark.parametrize(
    ('project', 'up', 'down', 'names'),
    [
        ('Company', 'true', 'true', {'Company', 'Team A', 'Team B'}),
        ('Company', 'false', 'true', {'Company', 'Team A', 'Team B'}),
        ('Company', 'true', 'false', {'Company'}),
        ('Team B', 'false', 'false', {'Team B'}),
        ('Team B', 'true', 'false', {'Company', 'Team B'}),
    ],
)
def test_the_four_settings_of_the_scope(curl, http_api, project, up, down, names):
    for place in ('Company', 'Team A', 'Team B'):
        made = http_api.try_create(
            'defect', {'Name': 'of ' + place, 'Project': http_api.named('project', place)['_ref']}
        )
        assert made['Errors'] == []
    rows = curl.get(
        '/defect?query=(Name contains "of ")&project={}&projectScopeUp={}'
        '&projectScopeDown={}'.format(path_of(http_api.named('project', project)), up, down)
    )['Results']
    assert {row['_refObjectName'] for row in rows} == {'of ' + name for name in names}


@pytest.mark.fact('use/project-any')
def test_an_artifact_may_be_moved_to_any_project_of_the_workspace(curl, http_api, defect):
    for name in ('Team B', 'Company', 'Old Team'):
        # A closed project is found only when its state is asked for.
        any_state = '((Name = "{}") AND ((State = Open) OR (State = Closed)))'.format(name)
        project = http_api.one('/project', any_state)
        done = curl.post(path_of(defect), {'Defect': {'Project': project['_ref']}})
        assert done['Errors'] == []
        assert done['Object']['Project']['_refObjectName'] == name


@pytest.mark.fact('use/rss', 'use/rss-title')
def test_a_feed_of_my_open_defects(curl, http_api, defect):
    http_api.update(defect, Owner=http_api.get('/user')['_ref'])
    query = quote('((State = Open) AND (Owner = currentuser))')
    reply = curl.run(
        '/rss/defect?query={}&order=Priority,Severity&title=My%20Open%20Defects'.format(query)
    )
    assert 'xml' in reply.headers['content-type']
    feed = feedparser.parse(reply.text)
    assert (feed.bozo, feed.version) == (False, 'rss20')
    assert feed.feed.title == 'My Open Defects'
    assert [item.title for item in feed.entries] == [defect['Name']]


@pytest.mark.fact('use/schema-workspace', 'use/schema-project', 'use/schema-hash', 'use/schema-ttl')
@pytest.mark.parametrize(('kind', 'name'), [('workspace', 'Main'), ('project', 'Team A')])
def test_the_schema_by_place_with_and_without_its_hash(curl, http_api, kind, name):
    place = http_api.named(kind, name)
    root = '/slm/schema/v2.0/{}/{}'.format(kind, place['ObjectID'])
    for tail in ('', '/' + '0' * 32):
        moved = curl.run(root + tail)
        assert moved.status == 302
        assert moved.headers['location'].endswith('{}/{}'.format(root, place['SchemaVersion']))
    reply = curl.run('{}/{}'.format(root, place['SchemaVersion']))
    assert 'max-age=31536000' in reply.headers['cache-control']
    types = {row['TypePath']: row for row in reply.opened('QueryResult')['Results']}
    assert {'Defect', 'HierarchicalRequirement', 'PortfolioItem/Theme', 'User'} <= set(types)
    assert 'ScheduleState' in [one['ElementName'] for one in types['Defect']['Attributes']]


@pytest.mark.fact('use/schema-hash')
def test_curl_follows_the_redirect_of_the_schema(curl, http_api):
    place = http_api.named('workspace', 'Main')
    raw = curl.run('--location', '/slm/schema/v2.0/workspace/{}'.format(place['ObjectID'])).text
    assert '\r\n\r\n{"QueryResult": ' in raw


@pytest.mark.fact('use/typedefinition', 'use/attributes')
def test_the_type_definition_leads_to_its_attributes(curl):
    (row,) = curl.get('/typedefinition?query=(ElementName = Defect)&fetch=true')['Results']
    assert (row['TypePath'], row['IDPrefix']) == ('Defect', 'DE')
    found = curl.get('/typedefinition/{}/Attributes?pagesize=200'.format(row['ObjectID']))
    attributes = {one['ElementName']: one for one in found['Results']}
    assert {'Name', 'Severity', 'c_EffortFactor'} <= set(attributes)
    values = curl.run(attributes['Severity']['AllowedValues']['_ref'] + '?pagesize=100')
    assert 'Major Problem' in [
        one['StringValue'] for one in values.opened('QueryResult')['Results']
    ]


@pytest.mark.fact('use/attributes-workspace')
@pytest.mark.parametrize('number', ['own', 'system'])
def test_the_workspace_parameter_shows_the_attributes_of_another_workspace(curl, http_api, number):
    (row,) = curl.get('/typedefinition?query=(ElementName = Defect)&fetch=true')['Results']
    oid = row['ObjectID'] if number == 'own' else row['Parent']['_ref'].rsplit('/', 1)[1]
    path = '/typedefinition/{}/Attributes?pagesize=200'.format(oid)
    places = http_api.members(http_api.get('/subscription'), 'Workspaces')
    other = next(path_of(one) for one in places if one['Name'] == 'Other')
    names = [one['ElementName'] for one in curl.get(path)['Results']]
    assert {'Severity', 'c_EffortFactor'} <= set(names)
    names = [one['ElementName'] for one in curl.get(path + '&workspace=' + other)['Results']]
    assert 'Severity' in names and 'c_EffortFactor' not in names


@pytest.mark.fact('use/type-collection')
def test_the_workspace_has_its_types_as_a_collection(curl, http_api):
    rows = curl.get(
        '{}/TypeDefinitions?fetch=TypePath&pagesize=500'.format(
            path_of(http_api.named('workspace', 'Main'))
        )
    )['Results']
    assert {'Defect', 'Task', 'PortfolioItem/Feature'} <= {row['TypePath'] for row in rows}


INTEGRATION = {
    'Name': 'Subversion Plugin',
    'Vendor': 'CA Agile Central Software',
    'Version': '2.01',
    'OS': 'Linux 2.6.18-8.1.1.el5 amd64',
    'Platform': 'Java 1.6.0_41',
    'Library': 'Apache Axis 1.4',
}


@pytest.mark.fact('use/integration', '17')
def test_integration_headers_are_taken_and_shown_in_the_log(listening, curl):
    headers = [
        part
        for name, value in INTEGRATION.items()
        for part in ('-H', 'X-RallyIntegration{}: {}'.format(name, value))
    ]
    curl.run(*headers, '/defect').opened('QueryResult')
    entry = listening.requests()[-1]
    assert {name.lower(): value for name, value in entry.integration.items()} == {
        name.lower(): value for name, value in INTEGRATION.items()
    }


@pytest.mark.fact('use/keys', '4.7')
def test_elements_carry_the_standard_keys(curl):
    for row in curl.get('/artifact?fetch=Name&pagesize=200')['Results']:
        assert {
            '_rallyAPIMajor',
            '_rallyAPIMinor',
            '_ref',
            '_refObjectName',
            '_refObjectUUID',
            '_type',
        } <= set(row)
        assert re.search(r'{}/[a-z/]+/\d+$'.format(BASE), row['_ref'])


@pytest.mark.fact('use/story', '8.9')
def test_a_user_story_is_a_hierarchical_requirement(curl, story):
    assert story['_type'] == 'HierarchicalRequirement'
    unknown = curl.get('/userstory')
    assert unknown['Errors'] == ['Requested type name "userstory" is unknown.']


@pytest.mark.fact('use/dates', '8.8', '19')
def test_iteration_dates_are_shifted_to_the_bounds_of_their_days(curl, http_api):
    body = {
        'Iteration': {
            'Name': 'Winter',
            'StartDate': '2013-12-16T12:34:56Z',
            'EndDate': '2013-12-22T12:34:56Z',
            'State': 'Planning',
            'Project': http_api.project['_ref'],
        }
    }
    made = curl.post('/iteration/create', body, 'CreateResult')['Object']
    assert (made['StartDate'], made['EndDate']) == (
        '2013-12-16T07:00:00.000Z',
        '2013-12-23T06:59:59.000Z',
    )


@pytest.mark.fact('use/boolean-required', 'use/boolean-null', '8.3', '19')
def test_booleans_are_not_required_and_null_means_false(curl):
    (row,) = curl.get('/typedefinition?query=(ElementName = Defect)&fetch=true')['Results']
    found = curl.get('/typedefinition/{}/Attributes?pagesize=200'.format(row['ObjectID']))
    booleans = [one for one in found['Results'] if one['AttributeType'] == 'BOOLEAN']
    assert booleans and not any(one['Required'] for one in booleans)
    made = curl.post('/defect/create', {'Defect': {'Name': 'x', 'Blocked': None}}, 'CreateResult')
    assert made['Errors'] == [] and made['Object']['Blocked'] is False


@pytest.mark.fact('use/current', 'use/deprecation', '18', '1.4')
@pytest.mark.parametrize(
    ('version', 'state'), [('current', 'Deprecated'), ('1.43', 'Not Supported')]
)
def test_old_versions_answer_with_a_warning(curl, version, state):
    result = curl.get('/slm/webservice/{}/defect.js'.format(version))
    assert result['TotalResultCount'] == 2
    assert any(state in text for text in result['Warnings'])

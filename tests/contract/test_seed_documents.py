"""The examples of the vendor's two pages, run by curl over HTTP as they are printed there.

The pages are "REST Services" and "Use the Web Services API". Where a sample of theirs is broken
(comments in JSON, a forgotten brace), the sent form is the clean one.
"""
from __future__ import annotations

import re
from urllib.parse import quote

import feedparser
import pytest

from pyral.emulator import Emulator
from tests.contract.outside import Curl
from tests.contract.small_world import BASE, NOW, WORLD, Api, path_of

INVALID_KEY = 'Not authorized to perform action: Invalid key'


@pytest.fixture(scope='module')
def listening():
    with Emulator(world=WORLD, now=NOW) as emulator:
        yield emulator


@pytest.fixture
def curl(listening, tmp_path):
    """curl as the administrator; the world is as at the start."""
    listening.reset()
    return Curl(listening, tmp_path)


@pytest.fixture
def api(listening, curl):
    """Another way to the same service, to look things up with."""
    return Api(listening.url, listening.apikey)


@pytest.fixture
def defect(api):
    return api.named('defect', 'Sign in fails for names with umlauts')


@pytest.fixture
def story(api):
    return api.named('hierarchicalrequirement', 'Sign in with e-mail')


# "REST Services"


@pytest.mark.fact('rest/get', 'rest/auth', 'rest/envelope')
def test_curl_reads_an_object_with_user_and_password(curl, defect):
    read = curl.get(path_of(defect), 'Defect')
    assert read['Name'] == defect['Name']
    assert (read['_rallyAPIMajor'], read['_rallyAPIMinor']) == ('2', '0')
    assert read['_ref'] == '{}/defect/{}'.format(curl.url, defect['ObjectID'])
    assert read['_type'] == 'Defect'


@pytest.mark.fact('rest/auth')
def test_curl_without_a_user_is_refused(curl, defect):
    reply = curl.run(path_of(defect), user=None)
    assert reply.status == 401
    assert reply.headers['www-authenticate'].startswith('Basic')


@pytest.mark.fact('rest/put', 'use/token-used')
def test_curl_creates_a_defect_by_putting_a_file(curl, api):
    sent = curl.file({'Defect': {'Name': 'From a file'}})
    made = curl.run('-T', sent, curl.keyed('/defect/create')).opened('CreateResult')
    assert made['Errors'] == []
    assert api.read(made['Object'])['Name'] == 'From a file'


@pytest.mark.fact('rest/put')
def test_curl_puts_what_it_reads_from_a_pipe_in_chunks(curl, api):
    sent = curl.file({'Defect': {'Name': 'In chunks'}})
    made = curl.run('-H', 'Transfer-Encoding: chunked', '-T', sent, curl.keyed('/defect/create'))
    assert made.opened('CreateResult')['Object']['Name'] == 'In chunks'


@pytest.mark.fact('rest/post')
def test_curl_creates_and_updates_by_post_with_type_and_charset(curl, api):
    made = curl.post('/defect/create', {'Defect': {'Name': 'Gr\u00fc\u00dfe'}}, 'CreateResult')
    assert made['Object']['Name'] == 'Gr\u00fc\u00dfe'
    changed = curl.post(path_of(made['Object']), {'Defect': {'Name': '\u4f60\u597d'}})
    assert changed['Errors'] == []
    assert api.read(made['Object'])['Name'] == '\u4f60\u597d'


@pytest.mark.fact('rest/post')
@pytest.mark.parametrize('header', [
    'Content-Type: text/javascript', 'Content-Type: application/json', 'Content-Type:',
    'Content-Type: application/x-www-form-urlencoded', 'Content-Type: text/plain;charset=UTF-8'])
def test_the_content_type_of_a_body_does_not_matter(curl, header):
    sent = curl.file({'Tag': {'Name': 'typed'}})
    reply = curl.run('-H', header, '-d', '@' + sent, curl.keyed('/tag/create'))
    assert reply.opened('CreateResult')['Object']['Name'] == 'typed'


@pytest.mark.fact('rest/delete')
@pytest.mark.parametrize('method', ['delete', 'DELETE'])
def test_curl_deletes_with_the_method_as_printed(curl, defect, method):
    done = curl.run('-X', method, curl.keyed(path_of(defect))).opened('OperationResult')
    assert done == {'_rallyAPIMajor': '2', '_rallyAPIMinor': '0', 'Errors': [], 'Warnings': []}
    gone = curl.get(path_of(defect), 'OperationResult')
    assert gone['Errors'] == ['Cannot find object to read']


@pytest.mark.fact('rest/browse', 'rest/reference')
def test_curl_walks_from_the_subscription_down_to_an_object(curl):
    subscription = curl.get('/subscription', 'Subscription')
    workspaces = curl.run(subscription['Workspaces']['_ref']).opened('QueryResult')['Results']
    main = next(one for one in workspaces if one['Name'] == 'Main')
    projects = curl.run(main['Projects']['_ref']).opened('QueryResult')['Results']
    team = next(one for one in projects if one['Name'] == 'Team A')
    iterations = curl.run(team['Iterations']['_ref']).opened('QueryResult')['Results']
    read = curl.run(iterations[0]['_ref']).opened('Iteration')
    assert read['Project']['_ref'] == team['_ref']
    assert read['Project']['_refObjectName'] == 'Team A'


@pytest.mark.fact('rest/jsonp-function')
def test_jsonp_calls_the_named_function(curl):
    plain = curl.run('/defect')
    reply = curl.run('/defect?jsonp=callback_function')
    assert reply.text == 'callback_function({})'.format(plain.text)
    assert 'javascript' in reply.headers['content-type']


@pytest.mark.fact('rest/jsonp-variable')
def test_jsonp_sets_a_variable(curl):
    query = quote('(State = Open)')
    reply = curl.run('/defect?query={}&jsonp=var%20response%20%3D'.format(query))
    assert re.match(r'var response =\(\{"QueryResult": \{.*\}\}\)$', reply.text)


@pytest.mark.fact('rest/jsonp-js')
def test_jsonp_answers_at_the_old_address_too(curl):
    reply = curl.run('/defect.js?query={}&jsonp=callBack'.format(quote('(State = Open)')))
    assert reply.text.startswith('callBack({"QueryResult": ')


@pytest.mark.fact('rest/collection-ref')
def test_a_collection_is_shown_as_count_and_reference(curl, defect):
    tags = curl.get(path_of(defect), 'Defect')['Tags']
    assert tags['Count'] == 2
    assert tags['_ref'].lower() == '{}/defect/{}/tags'.format(curl.url, defect['ObjectID'])
    assert (tags['_rallyAPIMajor'], tags['_rallyAPIMinor']) == ('2', '0')


@pytest.mark.fact('rest/collection-get')
def test_the_members_of_a_collection_are_a_query_result(curl, defect):
    result = curl.get('/defect/{}/tags'.format(defect['ObjectID']))
    assert (result['TotalResultCount'], result['StartIndex'], result['PageSize']) == (2, 1, 20)
    assert sorted(row['Name'] for row in result['Results']) == ['legal', 'urgent']
    assert all('/tag/' in row['_ref'] for row in result['Results'])


@pytest.mark.fact('rest/collection-params')
def test_collections_take_the_parameters_of_queries(curl, defect):
    tags = '/defect/{}/tags'.format(defect['ObjectID'])
    found = curl.get(tags + '?fetch=Name&query=(Name = legal)')
    assert [row['Name'] for row in found['Results']] == ['legal']
    page = curl.get(tags + '?fetch=Name&order=Name DESC&start=2&pagesize=1')
    assert [row['Name'] for row in page['Results']] == ['legal']
    assert (page['TotalResultCount'], page['StartIndex'], page['PageSize']) == (2, 2, 1)


@pytest.mark.fact('rest/collection-add')
def test_tags_are_added_by_reference_and_by_name(curl, api, defect):
    existing = api.create('tag', Name='Old Tag')
    body = {'CollectionItems': [{'Name': 'New Tag'}, {'_ref': existing['_ref']}]}
    done = curl.post('/defect/{}/tags/add?fetch=Name'.format(defect['ObjectID']), body)
    assert (done['Errors'], done['Warnings']) == ([], [])
    assert [row['Name'] for row in done['Results']] == ['New Tag', 'Old Tag']
    for row in done['Results']:
        assert {'_rallyAPIMajor', '_rallyAPIMinor', '_ref', '_objectVersion', '_refObjectName',
                'Name', '_type'} <= set(row)
        assert (row['_type'], row['_objectVersion']) == ('Tag', '1')
    assert curl.get('/defect/{}/tags'.format(defect['ObjectID']))['TotalResultCount'] == 4


@pytest.mark.fact('rest/collection-remove')
def test_a_tag_is_removed(curl, api, defect):
    tag = api.named('tag', 'urgent')
    body = {'CollectionItems': [{'_ref': tag['_ref']}]}
    done = curl.post('/defect/{}/tags/remove'.format(defect['ObjectID']), body)
    assert done == {'_rallyAPIMajor': '2', '_rallyAPIMinor': '0', 'Errors': [], 'Warnings': []}
    left = curl.get('/defect/{}/tags?fetch=Name'.format(defect['ObjectID']))['Results']
    assert [row['Name'] for row in left] == ['legal']
    assert api.read(tag)['Name'] == 'urgent'


def summary_of(curl, story, fetch):
    """Return the summary of the tasks of a story, in a query in rank order as on the page."""
    rows = curl.get('/hierarchicalrequirement?fetch={}&order=Rank'.format(fetch))['Results']
    return next(row for row in rows if row['_ref'] == story['_ref'])['Summary']['Tasks']


@pytest.mark.fact('rest/summary-count')
def test_a_summary_counts_the_members(curl, story):
    assert summary_of(curl, story, 'Tasks:summary') == {'Count': 3}


@pytest.mark.fact('rest/summary-groups')
def test_a_summary_groups_by_state_and_by_owner(curl, story):
    assert summary_of(curl, story, 'Tasks:summary[State;Owner]') == {
        'Count': 3, 'State': {'Completed': 1, 'In-Progress': 1, 'Defined': 1},
        'Owner': {'Ed Editor': 2, 'None': 1}}


@pytest.mark.fact('rest/summary-nested')
@pytest.mark.parametrize('plus', ['%2B', '+'])
def test_a_summary_groups_by_a_combination(curl, api, story, plus):
    task = api.named('task', 'Check the password')
    api.update(task, Blocked=True, BlockedReason='no server')
    assert summary_of(curl, story, 'Tasks:summary[State{}Blocked]'.format(plus)) == {
        'Count': 3, 'State+Blocked': {
            'Completed': {'false': 1}, 'In-Progress': {'true': 1}, 'Defined': {'false': 1}}}


@pytest.mark.fact('rest/summary-count')
def test_defects_are_summed_up_at_the_printed_address(curl):
    result = curl.get('/defect?fetch=Tasks:summary&order=Rank')
    assert result['Errors'] == []
    assert [row['Summary'] for row in result['Results']] == [{'Tasks': {'Count': 0}}] * 2


@pytest.mark.fact('rest/existence')
@pytest.mark.parametrize(('address', 'names'), [
    ('/hierarchicalrequirement?query=(Children.ObjectID = null)',
     ['Newsletter', 'Pay by card', 'Pay by invoice', 'Sign in with e-mail']),
    ('/defect?query=(Tags.ObjectID != null)', ['Sign in fails for names with umlauts'])])
def test_collections_are_asked_for_being_empty_or_not(curl, address, names):
    rows = curl.get(address)['Results']
    assert sorted(row['_refObjectName'] for row in rows) == names


@pytest.mark.fact('rest/cors')
def test_a_theme_is_readable_for_a_page_of_another_origin(curl, api):
    theme = api.named('portfolioitem/theme', 'Growth')
    reply = curl.run('-H', 'Origin: http://elsewhere.example', path_of(theme))
    assert reply.opened('Theme')['Name'] == 'Growth'
    assert reply.headers['access-control-allow-origin'] == 'http://elsewhere.example'
    assert reply.headers['access-control-allow-credentials'] == 'true'


# "Use the Web Services API"


@pytest.mark.fact('use/token-get')
def test_the_token_is_an_operation_result(curl):
    answer = curl.get('/security/authorize', 'OperationResult')
    assert list(answer) == [
        '_rallyAPIMajor', '_rallyAPIMinor', 'Errors', 'Warnings', 'SecurityToken']
    assert (answer['Errors'], answer['Warnings']) == ([], [])


@pytest.mark.fact('use/token-needed', 'use/token-invalid')
@pytest.mark.parametrize('key', ['', '?key=', '?key=none', '?key="{token}"'])
@pytest.mark.parametrize(('method', 'path'), [
    ('PUT', '/defect/create'), ('POST', '/defect/create'), ('POST', '{defect}'),
    ('DELETE', '{defect}')])
def test_every_change_needs_the_unquoted_token(curl, defect, method, path, key):
    path = path.format(defect=path_of(defect)) + key.format(token=curl.token).replace('"', '%22')
    reply = curl.run('-X', method, '-d', '@' + curl.file({'Defect': {'Name': 'x'}}), path)
    assert reply.opened('OperationResult') == {
        '_rallyAPIMajor': '2', '_rallyAPIMinor': '0', 'Errors': [INVALID_KEY], 'Warnings': []}
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


JANE = {'User': {
    'EmailAddress': 'jane@example.com', 'FirstName': 'Jane', 'LastName': 'Developer',
    'DisplayName': 'Jane Developer', 'UserName': 'jane@example.com'}}


@pytest.mark.fact('use/user-create', 'use/user-defaults')
def test_a_user_is_created_by_plain_text_and_gets_the_default_permissions(curl):
    made = curl.run('-H', 'Content-Type: text/plain', '-d', '@' + curl.file(JANE),
                    curl.keyed('/user/create')).opened('CreateResult')
    assert made['Errors'] == []
    user = path_of(made['Object'])[1:]
    rights = {}
    for kind, place in (('workspacepermission', 'Workspace'), ('projectpermission', 'Project')):
        rows = curl.get('/{}?fetch=Role,{}&query=(User = {})'.format(kind, place, user))['Results']
        rights[kind] = [(row['Role'], row[place]['_refObjectName']) for row in rows]
    assert rights == {'workspacepermission': [('User', 'Main')],
                      'projectpermission': [('Viewer', 'Team A')]}


@pytest.mark.fact('use/user-admins')
def test_an_editor_creates_no_users(listening, curl, tmp_path):
    ed = Curl(listening, tmp_path, 'ed@example.com:ed-Secret1')
    refused = ed.post('/user/create', JANE, 'CreateResult')
    assert [text.split(':')[0] for text in refused['Errors']] == [
        'Not authorized to perform action']
    assert curl.get('/user?query=(FirstName = Jane)')['TotalResultCount'] == 0


@pytest.mark.fact('use/permissions-query')
@pytest.mark.parametrize('kind', ['userpermission', 'workspacepermission', 'projectpermission'])
def test_permissions_can_be_queried(curl, kind):
    result = curl.get('/{}?fetch=Role,User&pagesize=200'.format(kind))
    assert result['Errors'] == []
    assert {'Ed Editor', 'Vic Viewer'} <= {
        row['User']['_refObjectName'] for row in result['Results']}


@pytest.mark.fact('use/user-fields')
def test_a_custom_field_of_users_is_updated_and_queried(curl, api):
    ed = api.one('/user', '(UserName = "ed@example.com")')
    assert curl.post(path_of(ed), {'User': {'c_Badge': 'foo'}})['Errors'] == []
    rows = curl.get('/user?query=(c_Badge = foo)')['Results']
    assert [row['_refObjectName'] for row in rows] == ['Ed Editor']


@pytest.mark.fact('use/scoping-flags')
@pytest.mark.parametrize(('project', 'up', 'down', 'names'), [
    ('Company', 'true', 'true', {'Company', 'Team A', 'Team B'}),
    ('Company', 'false', 'true', {'Company', 'Team A', 'Team B'}),
    ('Company', 'true', 'false', {'Company'}),
    ('Team B', 'false', 'false', {'Team B'}),
    ('Team B', 'true', 'false', {'Company', 'Team B'})])
def test_the_four_settings_of_the_scope(curl, api, project, up, down, names):
    for place in ('Company', 'Team A', 'Team B'):
        made = api.try_create('defect', {
            'Name': 'of ' + place, 'Project': api.named('project', place)['_ref']})
        assert made['Errors'] == []
    rows = curl.get('/defect?query=(Name contains "of ")&project={}&projectScopeUp={}'
                    '&projectScopeDown={}'.format(
                        path_of(api.named('project', project)), up, down))['Results']
    assert {row['_refObjectName'] for row in rows} == {'of ' + name for name in names}


@pytest.mark.fact('use/project-any')
def test_an_artifact_may_be_moved_to_any_project_of_the_workspace(curl, api, defect):
    for name in ('Team B', 'Company', 'Old Team'):
        # A closed project is found only when its state is asked for.
        any_state = '((Name = "{}") AND ((State = Open) OR (State = Closed)))'.format(name)
        project = api.one('/project', any_state)
        done = curl.post(path_of(defect), {'Defect': {'Project': project['_ref']}})
        assert done['Errors'] == []
        assert done['Object']['Project']['_refObjectName'] == name


@pytest.mark.fact('use/rss', 'use/rss-title')
def test_a_feed_of_my_open_defects(curl, api, defect):
    api.update(defect, Owner=api.get('/user')['_ref'])
    query = quote('((State = Open) AND (Owner = currentuser))')
    reply = curl.run('/rss/defect?query={}&order=Priority,Severity&title=My%20Open%20Defects'
                     .format(query))
    assert 'xml' in reply.headers['content-type']
    feed = feedparser.parse(reply.text)
    assert (feed.bozo, feed.version) == (False, 'rss20')
    assert feed.feed.title == 'My Open Defects'
    assert [item.title for item in feed.entries] == [defect['Name']]


@pytest.mark.fact('use/schema-workspace', 'use/schema-project', 'use/schema-hash', 'use/schema-ttl')
@pytest.mark.parametrize(('kind', 'name'), [('workspace', 'Main'), ('project', 'Team A')])
def test_the_schema_by_place_with_and_without_its_hash(curl, api, kind, name):
    place = api.named(kind, name)
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
def test_curl_follows_the_redirect_of_the_schema(curl, api):
    place = api.named('workspace', 'Main')
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
        one['StringValue'] for one in values.opened('QueryResult')['Results']]


@pytest.mark.fact('use/attributes-workspace')
@pytest.mark.parametrize('number', ['own', 'system'])
def test_the_workspace_parameter_shows_the_attributes_of_another_workspace(curl, api, number):
    (row,) = curl.get('/typedefinition?query=(ElementName = Defect)&fetch=true')['Results']
    oid = row['ObjectID'] if number == 'own' else row['Parent']['_ref'].rsplit('/', 1)[1]
    path = '/typedefinition/{}/Attributes?pagesize=200'.format(oid)
    places = api.members(api.get('/subscription'), 'Workspaces')
    other = next(path_of(one) for one in places if one['Name'] == 'Other')
    names = [one['ElementName'] for one in curl.get(path)['Results']]
    assert {'Severity', 'c_EffortFactor'} <= set(names)
    names = [one['ElementName'] for one in curl.get(path + '&workspace=' + other)['Results']]
    assert 'Severity' in names and 'c_EffortFactor' not in names


@pytest.mark.fact('use/type-collection')
def test_the_workspace_has_its_types_as_a_collection(curl, api):
    rows = curl.get('{}/TypeDefinitions?fetch=TypePath&pagesize=500'.format(
        path_of(api.named('workspace', 'Main'))))['Results']
    assert {'Defect', 'Task', 'PortfolioItem/Feature'} <= {row['TypePath'] for row in rows}


INTEGRATION = {'Name': 'Subversion Plugin', 'Vendor': 'CA Agile Central Software',
               'Version': '2.01', 'OS': 'Linux 2.6.18-8.1.1.el5 amd64',
               'Platform': 'Java 1.6.0_41', 'Library': 'Apache Axis 1.4'}


@pytest.mark.fact('use/integration')
def test_integration_headers_are_taken_and_shown_in_the_log(listening, curl):
    headers = [part for name, value in INTEGRATION.items()
               for part in ('-H', 'X-RallyIntegration{}: {}'.format(name, value))]
    curl.run(*headers, '/defect').opened('QueryResult')
    entry = listening.requests()[-1]
    assert {name.lower(): value for name, value in entry.integration.items()} == {
        name.lower(): value for name, value in INTEGRATION.items()}


@pytest.mark.fact('use/keys')
def test_elements_carry_the_standard_keys(curl):
    for row in curl.get('/artifact?fetch=Name&pagesize=200')['Results']:
        assert {'_rallyAPIMajor', '_rallyAPIMinor', '_ref', '_refObjectName', '_refObjectUUID',
                '_type'} <= set(row)
        assert re.search(r'{}/[a-z/]+/\d+$'.format(BASE), row['_ref'])


@pytest.mark.fact('use/story')
def test_a_user_story_is_a_hierarchical_requirement(curl, story):
    assert story['_type'] == 'HierarchicalRequirement'
    unknown = curl.get('/userstory')
    assert unknown['Errors'] == ['Requested type name "userstory" is unknown.']


@pytest.mark.fact('use/dates')
def test_iteration_dates_are_shifted_to_the_bounds_of_their_days(curl, api):
    body = {'Iteration': {
        'Name': 'Winter', 'StartDate': '2013-12-16T12:34:56Z', 'EndDate': '2013-12-22T12:34:56Z',
        'State': 'Planning', 'Project': api.project['_ref']}}
    made = curl.post('/iteration/create', body, 'CreateResult')['Object']
    assert (made['StartDate'], made['EndDate']) == (
        '2013-12-16T07:00:00.000Z', '2013-12-23T06:59:59.000Z')


@pytest.mark.fact('use/boolean-required', 'use/boolean-null')
def test_booleans_are_not_required_and_null_means_false(curl):
    (row,) = curl.get('/typedefinition?query=(ElementName = Defect)&fetch=true')['Results']
    found = curl.get('/typedefinition/{}/Attributes?pagesize=200'.format(row['ObjectID']))
    booleans = [one for one in found['Results'] if one['AttributeType'] == 'BOOLEAN']
    assert booleans and not any(one['Required'] for one in booleans)
    made = curl.post('/defect/create', {'Defect': {'Name': 'x', 'Blocked': None}}, 'CreateResult')
    assert made['Errors'] == [] and made['Object']['Blocked'] is False


@pytest.mark.fact('use/current', 'use/deprecation')
@pytest.mark.parametrize(('version', 'state'), [('current', 'Deprecated'), ('1.43', 'Not Supported')])
def test_old_versions_answer_with_a_warning(curl, version, state):
    result = curl.get('/slm/webservice/{}/defect.js'.format(version))
    assert result['TotalResultCount'] == 2
    assert any(state in text for text in result['Warnings'])

"""The examples of the vendor's page "REST Services", run by curl over HTTP as printed there.

Where a sample of the page is broken (comments in JSON, a forgotten brace), the clean one is sent.
"""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from tests.contract.small_world import path_of


@pytest.fixture
def defect(http_api):
    return http_api.named('defect', 'Sign in fails for names with umlauts')


@pytest.fixture
def story(http_api):
    return http_api.named('hierarchicalrequirement', 'Sign in with e-mail')


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
def test_curl_creates_a_defect_by_putting_a_file(curl, http_api):
    sent = curl.file({'Defect': {'Name': 'From a file'}})
    made = curl.run('-T', sent, curl.keyed('/defect/create')).opened('CreateResult')
    assert made['Errors'] == []
    assert http_api.read(made['Object'])['Name'] == 'From a file'


@pytest.mark.fact('rest/put')
def test_curl_puts_what_it_reads_from_a_pipe_in_chunks(curl, http_api):
    sent = curl.file({'Defect': {'Name': 'In chunks'}})
    made = curl.run('-H', 'Transfer-Encoding: chunked', '-T', sent, curl.keyed('/defect/create'))
    assert made.opened('CreateResult')['Object']['Name'] == 'In chunks'


@pytest.mark.fact('rest/post')
def test_curl_creates_and_updates_by_post_with_type_and_charset(curl, http_api):
    made = curl.post('/defect/create', {'Defect': {'Name': 'Gr\u00fc\u00dfe'}}, 'CreateResult')
    assert made['Object']['Name'] == 'Gr\u00fc\u00dfe'
    changed = curl.post(path_of(made['Object']), {'Defect': {'Name': '\u4f60\u597d'}})
    assert changed['Errors'] == []
    assert http_api.read(made['Object'])['Name'] == '\u4f60\u597d'


@pytest.mark.fact('rest/post')
@pytest.mark.parametrize(
    'header',
    [
        'Content-Type: text/javascript',
        'Content-Type: application/json',
        'Content-Type:',
        'Content-Type: application/x-www-form-urlencoded',
        'Content-Type: text/plain;charset=UTF-8',
    ],
)
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
def test_curl_follows_references_from_the_subscription_down_to_an_object(curl):
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


@pytest.mark.fact('rest/collection-ref', '4.8')
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
def test_tags_are_added_by_reference_and_by_name(curl, http_api, defect):
    existing = http_api.create('tag', Name='Old Tag')
    body = {'CollectionItems': [{'Name': 'New Tag'}, {'_ref': existing['_ref']}]}
    done = curl.post('/defect/{}/tags/add?fetch=Name'.format(defect['ObjectID']), body)
    assert (done['Errors'], done['Warnings']) == ([], [])
    assert [row['Name'] for row in done['Results']] == ['New Tag', 'Old Tag']
    for row in done['Results']:
        assert set(row) == {
            '_rallyAPIMajor',
            '_rallyAPIMinor',
            '_ref',
            '_refObjectUUID',
            '_objectVersion',
            'Version',
            '_refObjectName',
            'Name',
            '_type',
        }
        assert (row['_type'], row['_objectVersion'], row['Version']) == ('Tag', '1', '1')
    assert curl.get('/defect/{}/tags'.format(defect['ObjectID']))['TotalResultCount'] == 4


@pytest.mark.fact('rest/collection-remove')
def test_a_tag_is_removed(curl, http_api, defect):
    tag = http_api.named('tag', 'urgent')
    body = {'CollectionItems': [{'_ref': tag['_ref']}]}
    done = curl.post('/defect/{}/tags/remove'.format(defect['ObjectID']), body)
    assert done == {'_rallyAPIMajor': '2', '_rallyAPIMinor': '0', 'Errors': [], 'Warnings': []}
    left = curl.get('/defect/{}/tags?fetch=Name'.format(defect['ObjectID']))['Results']
    assert [row['Name'] for row in left] == ['legal']
    assert http_api.read(tag)['Name'] == 'urgent'


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
        'Count': 3,
        'State': {'Completed': 1, 'In-Progress': 1, 'Defined': 1},
        'Owner': {'Ed Editor': 2, 'None': 1},
    }


@pytest.mark.fact('rest/summary-nested')
@pytest.mark.parametrize('plus', ['%2B', '+'])
def test_a_summary_groups_by_a_combination(curl, http_api, story, plus):
    task = http_api.named('task', 'Check the password')
    http_api.update(task, Blocked=True, BlockedReason='no server')
    assert summary_of(curl, story, 'Tasks:summary[State{}Blocked]'.format(plus)) == {
        'Count': 3,
        'State+Blocked': {
            'Completed': {'false': 1},
            'In-Progress': {'true': 1},
            'Defined': {'false': 1},
        },
    }


@pytest.mark.fact('rest/summary-count')
def test_defects_are_summed_up_at_the_printed_address(curl):
    result = curl.get('/defect?fetch=Tasks:summary&order=Rank')
    assert result['Errors'] == []
    assert [row['Summary'] for row in result['Results']] == [{'Tasks': {'Count': 0}}] * 2


@pytest.mark.fact('rest/existence')
@pytest.mark.parametrize(
    ('address', 'names'),
    [
        (
            '/hierarchicalrequirement?query=(Children.ObjectID = null)',
            ['Newsletter', 'Pay by card', 'Pay by invoice', 'Sign in with e-mail'],
        ),
        ('/defect?query=(Tags.ObjectID != null)', ['Sign in fails for names with umlauts']),
    ],
)
def test_collections_are_asked_for_being_empty_or_not(curl, address, names):
    rows = curl.get(address)['Results']
    assert sorted(row['_refObjectName'] for row in rows) == names


@pytest.mark.fact('rest/cors')
def test_a_theme_is_readable_for_a_page_of_another_origin(curl, http_api):
    theme = http_api.named('portfolioitem/theme', 'Growth')
    reply = curl.run('-H', 'Origin: http://elsewhere.example', path_of(theme))
    assert reply.opened('Theme')['Name'] == 'Growth'
    assert reply.headers['access-control-allow-origin'] == 'http://elsewhere.example'
    assert reply.headers['access-control-allow-credentials'] == 'true'

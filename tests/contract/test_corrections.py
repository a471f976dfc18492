"""Corrections and additions of the WSAPI reference, made in 2026-11 from recordings and clients.

`CORRECTED` and `ADDED` are its two tables. Every fact of theirs has a test below, which asks the
service with a real request; the last test holds the lists against the tests.
"""

from __future__ import annotations

import re

import pytest

from tests.contract.small_world import BASE, path_of

#: What public recordings corrected: the row's sections -> what it now says, fact by fact.
CORRECTED = {
    '1.1, 1.2': (
        'plural type names work everywhere',
        'other text in place of an id is a missing object',
        'the suffix .js warns',
    ),
    '1.3': ('a query makes a list of the subscription',),
    '1.4, 13, 20': (
        'v3.0 is refused in words that name v2.0',
        'grouped queries',
        'permissions in bulk',
    ),
    '1.5': ('answers are application/json', 'the table of headers'),
    '2.2, 2.3': (
        'the length of a token',
        'the realm',
        'the two pages of 401',
        'a refused address',
    ),
    '3.1': ('permission codes stand in nested references',),
    '4.2': ('a refused query has neither start nor page size', 'the root of a read has its type'),
    '4.3': (
        'SubmittedBy is null unless sent',
        'values of a fresh object',
        'conversion errors come first',
    ),
    '4.4, 4.5': ('an id that is no number', 'two updates at the same time'),
    '4.7': (
        'versions stand in nested references of a named fetch',
        'the order of keys',
        'the age of an object',
    ),
    '5.3, 5.9': (
        'old names in queries',
        'the text for an unknown attribute',
        'an attribute that queries may not name',
    ),
    '6': (
        'adding to a collection answers full objects',
        'hidden attributes of full objects',
        'declared attributes that full objects lack',
        'DirectChildrenCount comes with FormattedID',
        'Rank in fetch',
        'a name is not repeated on a path',
    ),
    '7.2, 16': ('a tag that exists is returned',),
    '8.1': ('a bare ObjectID is a reference', 'slashes and dots in references'),
    '8.2, 9.2, 9.4': ('fixed ids of the system',),
    '8.3': ('an unset TEXT is empty', 'an unset RATING is None', 'an unset web link is empty'),
    '8.4': ('FlowState.Project warns and is honoured',),
    '8.5': ('new items are ranked at the top', 'ranks have 64 characters'),
    '10': ('an attachment without User is the callers',),
    '13, 16': ('not authorized to update', 'not authorized to create'),
    '16': (
        'a wrong ScheduleState',
        'a wrong Defect.State',
        'a value outside another list',
        'a reference into another workspace',
        'a TestSet of another project',
    ),
    'App. C': ('Workspace.Style', 'password numbers of the subscription'),
}
#: What clients of the service rely on: the row's section -> the fact.
ADDED = {
    '5.3': (
        'parts of a FormattedID',
        'Owner.Name, Oid and TypeDefOid',
        'a disabled user is found by UserName',
    ),
    '1.3, 2': ('a query that is empty makes a list',),
    '5.5, 8.5': ('ranks are compared byte by byte',),
    '5.5': ('fixed texts sort as text, ratings by position',),
    '4.3': ('a create in another workspace takes a project there',),
    '4.4': (
        'a story that moves takes iteration and release by name',
        'Parent and PortfolioItem exclude each other',
        'a story that gets children has no iteration',
    ),
    '9': ('Feature comes from the nearest ancestor', 'a field is hidden in a project'),
    '1.1': ('a doubled prefix is redirected',),
    '5.1': ('redundant parentheses',),
}
STATED = set()


def fact(section, title):
    """Say which fact of the two tables a test states."""

    def note(test):
        STATED.add((section, title))
        return test

    return note


@pytest.fixture
def story(api):
    return api.named('hierarchicalrequirement', 'Sign in with e-mail')


@pytest.fixture
def defect(api):
    return api.named('defect', 'Sign in fails for names with umlauts')


def plain(api, path, **params):
    """Return the Results of a query without further ado."""
    result = api.get(path, **params)
    assert result['Errors'] == [], result['Errors']
    return result['Results']


def ids(rows):
    """Return the ObjectIDs of rows."""
    return [int(row['_ref'].rsplit('/', 1)[-1]) for row in rows]


# 1.1, 1.2


PLURALS = [
    ('defect', 'defects'),
    ('tag', 'Tags'),
    ('project', 'projects'),
    ('typedefinition', 'typedefinitions'),
    ('hierarchicalrequirement', 'HierarchicalRequirements'),
    ('portfolioitem/feature', 'portfolioitem/features'),
    ('portfolioitem', 'portfolioitems'),
    ('artifact', 'artifacts'),
    ('recyclebinentry', 'recyclebinentries'),
    ('scmrepository', 'SCMRepositories'),
    ('testcasestep', 'testcasesteps'),
    ('user', 'users'),
    ('subscription', 'subscriptions'),
]


@fact('1.1, 1.2', 'plural type names work everywhere')
@pytest.mark.fact('1.1')
@pytest.mark.parametrize(('singular', 'plural'), PLURALS)
def test_a_plural_lists_what_the_singular_lists(api, singular, plural):
    asked = {'query': '(ObjectID != 0)', 'pagesize': 200}
    assert ids(plain(api, '/' + plural, **asked)) == ids(plain(api, '/' + singular, **asked))


@pytest.mark.fact('1.1')
def test_every_type_is_known_by_its_plural(api):
    rows = plain(api, '/typedefinition', fetch='TypePath,Queryable', pagesize=2000)
    queried = [row['TypePath'] for row in rows if row['Queryable']]
    assert len(queried) > 50
    for path in queried:
        plural = path[:-1] + 'ies' if path.endswith('y') else path + 's'
        assert api.get('/' + plural, query='(ObjectID = 0)')['Errors'] == []


@pytest.mark.fact('1.1')
def test_a_plural_stands_wherever_a_type_name_does(api, defect, story):
    oid, place = defect['ObjectID'], api.project
    assert api.get('/defects/{}'.format(oid))['Name'] == defect['Name']
    made = api.ask('PUT', '/tags/create', {'Tags': {'Name': 'made by the plural'}})
    assert made['Errors'] == []
    changed = api.ask('POST', '/defects/{}'.format(oid), {'defects': {'Name': 'Changed'}})
    assert changed['Object']['Name'] == 'Changed'
    refs = {'Requirement': '/hierarchicalrequirements/{}'.format(story['ObjectID'])}
    assert api.update(defect, **refs)['Requirement']['_ref'] == story['_ref']
    tag = '/tags/{}'.format(made['Object']['ObjectID'])
    assert api.add(defect, 'Tags', {'_ref': tag})['Errors'] == []
    assert (
        api.ask('POST', '/defects/{}/Tags/remove'.format(oid), {'CollectionItems': [tag]})['Errors']
        == []
    )
    scoped = {'project': '/projects/{}'.format(place['ObjectID'])}
    assert oid in ids(plain(api, '/defect', **scoped))
    assert plain(api, '/artifact', types='defects,tasks') == plain(
        api, '/artifact', types='defect,task'
    )
    assert plain(api, '/defect', query='(Project = /projects/{})'.format(place['ObjectID']))
    feed = api.send('GET', '/rss/defects')
    assert b'<title>Changed</title>' in feed.content
    schema = '/slm/schema/v2.0/{}/{}'
    one, many = (
        api.send('GET', schema.format(word, place['ObjectID'])) for word in ('project', 'projects')
    )
    assert one.json() == many.json()
    entry = {'Path': '/defects/{}'.format(oid), 'Method': 'GET'}
    (outcome,) = api.ask('POST', '/batch', {'Batch': [{'Entry': entry}]})['Results']
    assert outcome['Errors'] == []
    other = api.named('hierarchicalrequirement', 'Check out')
    ranked = api.try_update(
        story, {}, rankAbove='/hierarchicalrequirements/{}'.format(other['ObjectID'])
    )
    assert ranked['Errors'] == []
    assert 'AdminWorkspaces' in api.get('/users/{}/permissionmap'.format(_me(api)))
    assert api.ask('DELETE', '/defects/{}'.format(oid))['Errors'] == []


def _me(api):
    return api.get('/user')['ObjectID']


@pytest.mark.fact('1.1')
@pytest.mark.parametrize('name', ['s', 'ies', 'defectss', 'nothings', 'ys'])
def test_a_plural_of_nothing_is_unknown(api, name):
    assert api.get('/' + name)['Errors'] == ['Requested type name "{}" is unknown.'.format(name)]


@fact('1.1, 1.2', 'other text in place of an id is a missing object')
def test_other_text_in_place_of_an_id_is_a_missing_object(api):
    assert api.get('/defect/this_is_not_valid')['Errors'] == ['Cannot find object to read']


WARNING = 'It is no longer necessary to append ".js" to WSAPI resources.'


@fact('1.1, 1.2', 'the suffix .js warns')
@pytest.mark.fact('1.1', '18')
def test_the_suffix_js_works_and_warns(api, defect):
    path = path_of(defect)
    for answer in (
        api.get('/defect.js'),
        api.get(path + '.js'),
        api.get(path + '/Tags.js'),
        api.get('/user.js'),
        api.get('/defect.js', query='(Name'),
        api.ask('POST', path + '.js', {'Defect': {'Name': 'Changed'}}),
        api.ask('PUT', '/tag/create.js', {'Tag': {'Name': 'new'}}),
        api.ask('POST', '/defect/1.js', {'Defect': {'Name': 'Nowhere'}}),
        api.ask('DELETE', path + '.js'),
    ):
        assert WARNING in answer['Warnings']
    entry = {'Path': '/tag/create.js', 'Method': 'PUT', 'Body': {'Tag': {'Name': 'newer'}}}
    (outcome,) = api.ask('POST', '/batch', {'Batch': [{'Entry': entry}]})['Results']
    assert outcome['Warnings'] == [WARNING]
    assert api.get('/defect')['Warnings'] == []


# 1.3


@fact('1.3', 'a query makes a list of the subscription')
@pytest.mark.fact('1.3')
@pytest.mark.parametrize('query', ['', '(Name = "Small Company")', '(ObjectID > 0)'])
def test_a_query_makes_a_list_of_the_subscription(api, query):
    answer = api.send('GET', '/subscription', query=query).json()
    assert [row['_refObjectName'] for row in answer['QueryResult']['Results']] == ['Small Company']
    assert 'Subscription' in api.send('GET', '/subscription', pagesize=1, fetch='true').json()


# 1.4, 13, 20


@fact('1.4, 13, 20', 'v3.0 is refused in words that name v2.0')
def test_v3_is_refused_in_words_that_name_v2(api):
    (error,) = api.get('/slm/webservice/v3.0/defect')['Errors']
    assert 'v2.0' in error


@fact('1.4, 13, 20', 'grouped queries')
@pytest.mark.fact('20')
def test_a_query_is_grouped_by_a_drop_down(api):
    result = api.get('/defect/groupby/Severity')
    assert result['Errors'] == [] and result['Groups']


@fact('1.4, 13, 20', 'permissions in bulk')
@pytest.mark.fact('13')
def test_permissions_are_changed_in_bulk(api):
    user = api.one('/user', '(UserName = vic@example.com)')
    body = {
        'userOID': user['ObjectID'],
        'rootProjectOID': api.project['ObjectID'],
        'permission': 'Editor',
    }
    answer = api.ask('POST', '/projectpermission/bulkupdate', body)
    assert answer['Errors'] == []
    held = api.rows('/projectpermission', '(User.ObjectID = {})'.format(user['ObjectID']))
    assert 'Editor' in [row['Role'] for row in held]


# 1.5


@fact('1.5', 'answers are application/json')
@pytest.mark.fact('1.5')
def test_answers_are_application_json(api):
    for method, path in (('GET', '/defect'), ('GET', '/defect/1'), ('PUT', '/defect/create')):
        answer = api.send(method, path)
        assert re.sub(' ', '', answer.headers['Content-Type']) == 'application/json;charset=utf-8'


@fact('1.5', 'the table of headers')
@pytest.mark.fact('1.5')
def test_answers_have_the_recorded_headers(api):
    headers = api.send('GET', '/defect').headers
    assert headers['Cache-Control'] == 'private,max-age=0,must-revalidate'
    assert headers['X-XSS-Protection'] == '1; mode=block'
    assert re.match(r'W/"0[0-9a-f]{32}"$', headers['ETag'])
    assert headers['RallyRequestID']


# 2.2, 2.3


@fact('2.2, 2.3', 'the length of a token')
@pytest.mark.fact('2.2')
def test_a_token_has_40_to_43_characters(http_api):
    answer = http_api.session.get(
        http_api.url + BASE + '/security/authorize',
        auth=('ann@example.com', 'ann-Secret1'),
        headers={'ZSESSIONID': None},
    )
    assert 40 <= len(answer.json()['OperationResult']['SecurityToken']) <= 43


def refused(http_api, auth):
    """Return the answer to a caller who is not let in."""
    return http_api.session.get(
        http_api.url + BASE + '/defect', auth=auth, headers={'ZSESSIONID': None}
    )


@fact('2.2, 2.3', 'the realm')
def test_the_realm_is_rally_alm(http_api):
    answer = refused(http_api, ('ann@example.com', 'wrong'))
    assert answer.headers['WWW-Authenticate'] == 'Basic realm="Rally ALM"'


@fact('2.2, 2.3', 'the two pages of 401')
def test_the_two_pages_of_401(http_api):
    wrong = refused(http_api, ('ann@example.com', 'wrong'))
    assert 'The username or password you entered is incorrect.' in wrong.text
    assert '<h2>HTTP ERROR 401</h2>' in wrong.text
    none = refused(http_api, None)
    assert 'Full authentication is required to access this resource' in none.text


@fact('2.2, 2.3', 'a refused address')
@pytest.mark.fact('2.3')
def test_a_refused_address_gets_a_page_and_404(emulator, api):
    emulator.app.settings.change({'allowed_addresses': '192.0.2.1'})
    try:
        answer = api.send('GET', '/defect')
    finally:
        emulator.app.settings.change({'allowed_addresses': ''})
    assert answer.status_code == 404
    assert 'is not within the allowed range that your subscription administrator' in answer.text
    assert api.get('/defect')['Errors'] == []


# 3.1, 4.2


@fact('3.1', 'permission codes stand in nested references')
@pytest.mark.fact('3.1')
def test_permission_codes_stand_in_nested_references(api, defect):
    row = api.get(path_of(defect), fetch='Project', includePermissions='true')
    assert row['_p'] == '7' and row['Project']['_p'] == '7'


@fact('4.2', 'a refused query has neither start nor page size')
def test_a_refused_query_has_neither_start_nor_page_size(api):
    result = api.get('/defect', query='(Nothing = 1)', start=5, pagesize=7)
    assert [result[key] for key in ('TotalResultCount', 'StartIndex', 'PageSize')] == [0, 0, 0]


@fact('4.2', 'the root of a read has its type')
@pytest.mark.fact('4.2')
def test_the_root_of_a_read_has_its_type(api, defect):
    assert api.read(defect)['_type'] == 'Defect'


# 4.3


@fact('4.3', 'SubmittedBy is null unless sent')
@pytest.mark.fact('4.3')
def test_submitted_by_is_null_unless_sent(api):
    assert api.create('defect', Name='Nobody')['SubmittedBy'] is None
    assert api.create('defect', Name='Me', SubmittedBy=_me(api))['SubmittedBy'] is not None


@fact('4.3', 'values of a fresh object')
@pytest.mark.fact('4.3', '8.3')
def test_values_of_a_fresh_object(api):
    made = api.create('defect', Name='Fresh')
    assert [made[name] for name in ('Description', 'Notes')] == ['', '']
    names = ('Environment', 'Resolution', 'Severity', 'Priority')
    assert [made[name] for name in names] == ['None'] * 4
    assert (made['DisplayColor'], made['VersionId'], made['FoundInBuild']) == ('#f9a814', '1', None)


@fact('4.3', 'conversion errors come first')
def test_conversion_errors_come_first(api):
    result = api.try_create('milestone', {'Nam': 'Misspelt', 'TargetDate': 'soon'})
    (error,) = result['Errors']
    assert error.startswith('Could not parse: Cannot convert "soon" into a date.')
    assert result['Warnings'] == [
        'Ignored JSON element milestone.Nam during processing of this request.'
    ]


# 4.4, 4.5, 4.7


@fact('4.4, 4.5', 'an id that is no number')
def test_an_id_that_is_no_number(api):
    said = ['Could not read object: Object not found for Object ID: this_is_not_valid']
    assert api.ask('DELETE', '/defect/this_is_not_valid')['Errors'] == said
    body = {'Defect': {'Name': 'Nowhere'}}
    assert api.ask('POST', '/defect/this_is_not_valid', body)['Errors'] == said


@fact('4.4, 4.5', 'two updates at the same time')
@pytest.mark.fact('4.4')
def test_the_answer_to_two_updates_at_the_same_time_can_be_ordered(emulator, api, story):
    said = (
        'Concurrency conflict: [Object has been modified since being read for update in this'
        ' context] - ConcurrencyConflictException : Modified since read on update : Object Class :'
        ' com.f4tech.slm.domain.UserStory : ObjectID : {}'.format(story['ObjectID'])
    )
    emulator.order_fault('errors', errors=[said])
    result = api.try_update(story, {'Name': 'Later'})
    assert result['Errors'] == [said] and 'Object' not in result
    assert api.read(story)['Name'] == story['Name']


@fact('4.7', 'versions stand in nested references of a named fetch')
@pytest.mark.fact('4.7', '6')
def test_versions_stand_in_nested_references_of_a_named_fetch(api, defect):
    assert '_objectVersion' in api.read(defect, 'Project')['Project']
    assert '_objectVersion' not in api.read(defect)['Project']


@fact('4.7', 'the order of keys')
@pytest.mark.fact('4.7')
def test_the_order_of_keys(api, defect):
    (row,) = api.rows('/defect', '(ObjectID = {})'.format(defect['ObjectID']))
    keys = [key for key in row if not key.startswith('_')]
    first = ['CreationDate', 'ObjectID', 'ObjectUUID', 'VersionId', 'Subscription', 'Workspace']
    assert keys[:6] == first
    assert keys.index('Changesets') < keys.index('ScheduleState')
    assert keys.index('VerifiedInBuild') < keys.index('c_EffortFactor')
    assert list(row)[-1] == '_type'


@fact('4.7', 'the age of an object')
@pytest.mark.fact('4.7')
def test_the_age_of_an_object(api, story):
    made = api.create('defect', Name='New')
    assert made['_CreatedAt'] == 'just now'
    assert re.match('[A-Z][a-z]{2} [0-9]{1,2}', api.read(story)['_CreatedAt'])


# 5.3, 5.9


@fact('5.3, 5.9', 'old names in queries')
@fact('5.3', 'Owner.Name, Oid and TypeDefOid')
@pytest.mark.fact('5.3')
def test_old_names_in_queries(api, story):
    owned = ids(plain(api, '/artifact', query='(Owner.UserName = ed@example.com)', pagesize=200))
    assert owned == ids(
        plain(api, '/artifact', query='(Owner.Name = "ed@example.com")', pagesize=200)
    )
    assert len(owned) > 2
    assert plain(api, '/artifact', query='(Owner.Name contains "Editor")') == []
    for path in ('/hierarchicalrequirement', '/artifact'):
        assert ids(plain(api, path, query='(Oid = {})'.format(story['ObjectID']))) == [
            story['ObjectID']
        ]
    assert story['ObjectID'] in ids(
        plain(
            api,
            '/hierarchicalrequirement',
            query='(Project.Oid = {})'.format(api.project['ObjectID']),
            pagesize=200,
        )
    )
    assert len(plain(api, '/user', query='(Name = "ed@example.com")')) == 1
    assert len(plain(api, '/user', query='(name contains "@example.com")')) > 2


@pytest.mark.fact('5.3')
def test_the_type_of_an_item_is_compared_by_the_id_of_its_definition(api, story):
    types = {
        row['TypePath']: row['ObjectID']
        for row in plain(api, '/typedefinition', fetch='TypePath,ObjectID', pagesize=2000)
    }
    for path in ('HierarchicalRequirement', 'Task', 'PortfolioItem/Feature'):
        text = '(TypeDefOid = {})'.format(types[path])
        found = plain(api, '/artifact', query=text, pagesize=200)
        assert {row['_type'] for row in found} == {path}
        assert len(found) == api.get('/' + path)['TotalResultCount']
    pair = '(TypeDefOid in {},{})'.format(types['Task'], types['Defect'])
    assert {row['_type'] for row in plain(api, '/artifact', query=pair)} == {'Task', 'Defect'}
    stories = api.get('/hierarchicalrequirement')['TotalResultCount']
    for text, count in (
        ('(TypeDefOid = {})'.format(types['Task']), 0),
        ('(TypeDefOid != {})'.format(types['Task']), stories),
        ('(TypeDefOid = null)', 0),
    ):
        found = api.get('/hierarchicalrequirement', query=text)
        assert (found['Errors'], found['TotalResultCount']) == ([], count)
    below = '(WorkProduct.TypeDefOid = {})'.format(types['HierarchicalRequirement'])
    assert api.get('/task', query=below)['TotalResultCount'] > 0


@pytest.mark.fact('3.2', '5.3')
@pytest.mark.parametrize(
    ('old', 'new'),
    [
        ('Oid DESC', 'ObjectID DESC'),
        ('Owner.Name', 'Owner.UserName'),
        ('Project.Oid', 'Project.ObjectID'),
    ],
)
def test_old_names_in_orders(api, old, new):
    asked = {'pagesize': 200, 'query': '(Owner != null)'}
    assert ids(plain(api, '/artifact', order=old, **asked)) == ids(
        plain(api, '/artifact', order=new, **asked)
    )


@pytest.mark.fact('3.2', '5.3')
def test_items_are_sorted_by_the_id_of_their_type(api):
    rows = plain(api, '/artifact', order='TypeDefOid,ObjectID DESC', pagesize=200)
    types = [row['_type'] for row in rows]
    assert len(set(types)) > 3
    assert sum(1 for one, other in zip(types, types[1:]) if one != other) == len(set(types)) - 1


@fact('5.3, 5.9', 'the text for an unknown attribute')
def test_the_text_for_an_unknown_attribute(api):
    result = api.get('/hierarchicalrequirement', query='(InvalidField = 1)')
    assert result['Errors'] == [
        'Could not parse: Could not find attribute "InvalidField" on type HierarchicalRequirement'
        ' in the query segment "InvalidField"'
    ]


@fact('5.3, 5.9', 'an attribute that queries may not name')
def test_an_attribute_that_queries_may_not_name(api):
    query = '(Project.ObjectID = {})'.format(api.project['ObjectID'])
    assert api.get('/projectpermission', query=query)['Errors'] == [
        'Could not parse: Attribute "Project" on type ProjectPermission is not allowed in query'
        ' expressions.'
    ]


# 6


@fact('6', 'adding to a collection answers full objects')
@pytest.mark.fact('6', '7.2')
def test_adding_to_a_collection_answers_full_objects(api, defect):
    tag = api.named('tag', 'legal')
    (row,) = api.add(defect, 'Tags', {'_ref': tag['_ref']})['Results']
    assert {'Name', 'Archived', 'CreationDate', 'Workspace'} <= set(row)


@fact('6', 'hidden attributes of full objects')
@pytest.mark.fact('6')
def test_hidden_attributes_of_full_objects(api, defect):
    full = api.read(defect)
    assert full['Package'] is None and full['TaskActualTotal'] == 0.0
    made = api.create('task', Name='Weigh it', WorkProduct=full['_ref'], Actuals=1.5)
    assert api.read(made)['Actuals'] == 1.5


@fact('6', 'declared attributes that full objects lack')
@pytest.mark.fact('6')
def test_declared_attributes_that_full_objects_lack(api, defect):
    names = 'Ancestors FinancialWorkType MixedChildren FormattedIDID FormattedIDPrefix'.split()
    assert not {*names, 'PortfolioItem', 'IterationValue', 'ReleaseValue'} & set(api.read(defect))


@fact('6', 'DirectChildrenCount comes with FormattedID')
@pytest.mark.fact('6')
def test_direct_children_count_comes_with_formatted_id(api, story):
    assert 'DirectChildrenCount' in api.read(story, 'FormattedID')
    (task, *_) = api.members(story, 'Tasks', 'FormattedID,WorkProduct')
    assert 'DirectChildrenCount' not in task
    assert 'DirectChildrenCount' in task['WorkProduct']


@fact('6', 'Rank in fetch')
@pytest.mark.fact('6')
def test_rank_in_fetch(api, story):
    row = api.read(story, 'Rank')
    assert row['DragAndDropRank'] == story['DragAndDropRank'] and 'Rank' not in row


@fact('6', 'a name is not repeated on a path')
@pytest.mark.fact('6')
def test_a_name_is_not_repeated_on_a_path(api, story):
    row = api.read(story, 'Project,Parent,Release')
    assert 'Parent' in row['Project'] and 'Parent' not in (row['Project']['Parent'] or {})
    assert 'Project' in row['Release']


# 7.2, 16


def tags(api):
    """Return how many tags there are."""
    return api.get('/tag')['TotalResultCount']


@fact('7.2, 16', 'a tag that exists is returned')
@pytest.mark.fact('7.2', '16')
def test_a_tag_that_exists_is_returned(api, defect):
    urgent, before = api.named('tag', 'urgent'), tags(api)
    again = api.try_create('tag', {'Name': 'urgent', 'Archived': True})
    assert (again['Errors'], again['Warnings']) == ([], [])
    assert again['Object']['_ref'] == urgent['_ref']
    assert again['Object']['VersionId'] == urgent['VersionId']
    assert again['Object']['_CreatedAt'] == urgent['_CreatedAt']
    assert again['Object']['Archived'] is False
    added = api.add(defect, 'Tags', {'Name': 'urgent'}, {'Name': 'brand new'}, {'Name': 'legal'})
    assert added['Errors'] == []
    assert [row['Name'] for row in added['Results']] == ['urgent', 'brand new', 'legal']
    assert added['Results'][0]['_ref'] == urgent['_ref']
    assert tags(api) == before + 1
    path, body = '/tag/create', {'Tag': {'Name': 'legal'}}
    (outcome,) = api.ask(
        'POST', '/batch', {'Batch': [{'Entry': {'Path': path, 'Method': 'PUT', 'Body': body}}]}
    )['Results']
    assert outcome['Object']['_ref'] == api.named('tag', 'legal')['_ref']
    assert tags(api) == before + 1


@pytest.mark.fact('7.2', '16')
def test_a_tag_of_another_workspace_or_one_deleted_is_another(api):
    there = api.try_create('tag', {'Name': 'urgent'}, workspace=other_workspace(api)['_ref'])
    assert there['Errors'] == []
    assert there['Object']['_ref'] != api.named('tag', 'urgent')['_ref']
    gone = api.named('tag', 'legal')
    assert api.delete(gone)['Errors'] == []
    again = api.try_create('tag', {'Name': 'legal'})['Object']
    assert again['_ref'] != gone['_ref'] and again['_CreatedAt'] == 'just now'


@pytest.mark.fact('16')
def test_other_types_may_have_equal_names(api):
    one, two = (api.create('milestone', Name='Twice') for _ in range(2))
    assert one['_ref'] != two['_ref']


# 8.1


def other_workspace(api):
    """Return the workspace that is not the default one."""
    rows = api.members(api.get('/subscription'), 'Workspaces')
    return next(row for row in rows if row['Name'] != 'Main')


def spellings(oid):
    """Return an ObjectID as it may stand in place of a reference."""
    return [oid, str(oid), {'_ref': oid}, {'_ref': str(oid)}]


@fact('8.1', 'a bare ObjectID is a reference')
@pytest.mark.fact('8.1')
@pytest.mark.parametrize('form', range(4))
def test_a_bare_object_id_is_a_reference_in_a_body(api, story, form):
    def bare(item):
        return spellings(item['ObjectID'])[form]

    feature, tag = api.named('portfolioitem/feature', 'Accounts'), api.named('tag', 'legal')
    user, release = api.get('/user'), api.named('release', 'Release 1')
    made = api.try_create(
        'hierarchicalrequirement',
        {
            'Name': 'By number',
            'Project': bare(api.project),
            'PortfolioItem': bare(feature),
            'Owner': bare(user),
            'Release': bare(release),
            'Tags': [bare(tag)],
        },
    )
    assert (made['Errors'], made['Warnings']) == ([], [])
    assert made['Object']['Owner']['_ref'] == user['_ref']
    assert made['Object']['PortfolioItem']['_ref'] == feature['_ref']
    assert made['Object']['Release']['_ref'] == release['_ref']
    assert [row['_ref'] for row in api.members(made['Object'], 'Tags')] == [tag['_ref']]
    task = api.try_create('task', {'Name': 'Part', 'WorkProduct': bare(made['Object'])})
    assert task['Object']['WorkProduct']['_ref'] == made['Object']['_ref']
    urgent = api.named('tag', 'urgent')
    added = api.add(made['Object'], 'Tags', bare(urgent))
    assert [row['_ref'] for row in added['Results']] == [urgent['_ref']]
    assert api.remove(made['Object'], 'Tags', bare(tag))['Errors'] == []
    assert [row['_ref'] for row in api.members(made['Object'], 'Tags')] == [urgent['_ref']]


@pytest.mark.fact('8.1', '3.1')
def test_a_bare_object_id_is_a_reference_in_a_parameter(api):
    place, other = api.project, other_workspace(api)
    near = ids(plain(api, '/defect', project=place['ObjectID']))
    assert near == ids(plain(api, '/defect', project=place['_ref'])) != []
    assert ids(plain(api, '/project', workspace=other['ObjectID'])) == ids(
        plain(api, '/project', workspace=other['_ref'])
    )
    made = api.try_create('defect', {'Name': 'There'}, project=place['ObjectID'])
    assert made['Object']['Project']['_ref'] == place['_ref']
    assert api.get('/defect', project=other['ObjectID'])['Errors'] == [
        'Could not read: Could not read referenced object {}'.format(other['ObjectID'])
    ]


@pytest.mark.fact('8.1', '5.4')
@pytest.mark.parametrize('form', ['{}', '"{}"'])
@pytest.mark.parametrize(
    ('path', 'name', 'operator'),
    [
        ('defect', 'Project', '='),
        ('defect', 'Owner', '!='),
        ('task', 'WorkProduct', '='),
        ('hierarchicalrequirement', 'Tags', '='),
        ('hierarchicalrequirement', 'Tags', 'contains'),
        ('hierarchicalrequirement', 'PortfolioItem', '='),
    ],
)
def test_a_bare_object_id_is_a_reference_in_a_query(api, path, name, operator, form):
    targets = {
        'Project': api.project,
        'Owner': api.get('/user'),
        'WorkProduct': api.named('hierarchicalrequirement', 'Sign in with e-mail'),
        'Tags': api.named('tag', 'urgent'),
        'PortfolioItem': api.named('portfolioitem/feature', 'Accounts'),
    }
    target = targets[name]
    text = '({} {} {})'
    bare = plain(
        api, '/' + path, query=text.format(name, operator, form.format(target['ObjectID']))
    )
    assert bare == plain(api, '/' + path, query=text.format(name, operator, target['_ref'])) != []


@pytest.mark.fact('8.1', '11')
@pytest.mark.parametrize('parameter', ['rankAbove', 'rankBelow'])
def test_a_bare_object_id_names_what_to_rank_beside(api, story, parameter):
    other = api.named('hierarchicalrequirement', 'Check out')
    assert api.try_update(story, {}, **{parameter: other['ObjectID']})['Errors'] == []
    order = ids(plain(api, '/hierarchicalrequirement', order='Rank', pagesize=200))
    distance = order.index(other['ObjectID']) - order.index(story['ObjectID'])
    assert distance > 0 if parameter == 'rankAbove' else distance < 0


NO_ID = 'Cannot parse object reference from "{}"'
MISSING = 'Could not read: Could not read referenced object {}'


@pytest.mark.fact('8.1', '16')
@pytest.mark.parametrize(
    ('value', 'said'),
    [
        (True, NO_ID.format('true')),
        (False, NO_ID.format('false')),
        (1.5, NO_ID.format('1.5')),
        (1e300, NO_ID.format('1e+300')),
        ([], NO_ID.format('[]')),
        ({'_ref': True}, NO_ID.format('{"_ref": true}')),
        ({'_ref': []}, NO_ID.format('{"_ref": []}')),
        ('12 34', NO_ID.format('12 34')),
        ('١٢', NO_ID.format('١٢')),
        (10**30, NO_ID.format(10**30)),
        (0, MISSING.format(0)),
        (-1, MISSING.format(-1)),
        (-51038, MISSING.format(-51038)),
        (9999999999999999999, MISSING.format(9999999999999999999)),
        (2**63 - 1, MISSING.format(2**63 - 1)),
        ('-0', MISSING.format('-0')),
    ],
)
def test_what_is_the_id_of_nothing_changes_nothing(api, defect, value, said):
    before = api.read(defect)
    for result in (
        api.try_update(defect, {'Owner': value, 'Name': 'Not so'}),
        api.try_update(defect, {'Tags': [value], 'Name': 'Not so'}),
        api.remove(defect, 'Tags', value),
    ):
        assert result['Errors'] == [said]
    if not isinstance(value, (list, dict, bool, float)):
        for parameters in ({'project': value}, {'workspace': value}):
            assert api.get('/defect', **parameters)['Errors'] == [said]
        assert api.try_update(defect, {}, rankAbove=value)['Errors'] == [said]
    assert api.read(defect) == before


@pytest.mark.fact('8.1')
def test_a_bare_id_is_looked_for_in_the_type_of_the_attribute(api, defect, story):
    before = api.read(defect)
    oid = story['ObjectID']
    for values in ({'Owner': oid}, {'Iteration': str(oid)}, {'Tags': [oid]}, {'Project': oid}):
        assert api.try_update(defect, values)['Errors'] == [MISSING.format(oid)]
    result = api.add(defect, 'Tags', oid)
    assert result['Errors'] == [MISSING.format(oid)]
    assert api.try_update(defect, {}, rankBelow=api.project['ObjectID'])['Errors'] == [
        MISSING.format(api.project['ObjectID'])
    ]
    assert plain(api, '/defect', query='(Owner = {})'.format(oid)) == []
    assert api.read(defect) == before


@fact('8.1', 'slashes and dots in references')
@pytest.mark.fact('8.1')
@pytest.mark.parametrize(
    'form',
    [
        '/slm/webservice/v2.0//defect/{}',
        '//defect/{}',
        '///defect//{}/',
        '../defect/{}',
        '../../defect/{}.js',
        './defect/{}',
        'slm/webservice/v2.0/defect/{}',
        '/webservice/v2.0/defect/{}',
        '/slm/slm/webservice/v2.0/defect/{}',
        'v2.0/defect/{}',
        'rally1.rallydev.com/slm/webservice/v2.0/defect/{}',
        '//rally1.rallydev.com/slm/webservice/v2.0/defect/{}',
        'https://rally1.rallydev.com//slm//webservice/v2.0//defect/{}',
        'https:/rally1.rallydev.com/slm/webservice/v2.0/defect/{}',
        'https://rally1.rallydev.com/slm/webservice/1.43/defect/{}.js',
    ],
)
def test_slashes_and_dots_in_references(api, defect, form):
    made = api.try_create('task', {'Name': 'Part', 'WorkProduct': form.format(defect['ObjectID'])})
    assert made['Errors'] == []
    assert made['Object']['WorkProduct']['_ref'] == defect['_ref']


@pytest.mark.fact('8.1')
@pytest.mark.parametrize(
    'form', ['//defect/{}', '/defect//{}', '/defect/{}/', '/defect/{}//', '//defect//{}.js']
)
def test_doubled_slashes_in_paths(api, defect, form):
    path = form.format(defect['ObjectID'])
    assert api.get(path)['Name'] == defect['Name']
    assert api.ask('POST', path, {'Defect': {'Name': 'Changed'}})['Errors'] == []
    entry = {'Path': path, 'Method': 'GET'}
    (outcome,) = api.ask('POST', '/batch', {'Batch': [{'Entry': entry}]})['Results']
    assert outcome['Errors'] == []


# 8.2 to 8.5


@fact('8.2, 9.2, 9.4', 'fixed ids of the system')
def test_fixed_ids_of_the_system(api):
    assert api.get('/typedefinition/-51038')['ElementName'] == 'HierarchicalRequirement'
    assert api.get('/typedefinition/-51078')['ElementName'] == 'PortfolioItem'


@fact('8.3', 'an unset TEXT is empty')
@pytest.mark.fact('8.3')
@pytest.mark.parametrize(
    ('path', 'name'),
    [
        ('hierarchicalrequirement', 'Notes'),
        ('testcase', 'PreConditions'),
        ('iteration', 'Theme'),
        ('milestone', 'Notes'),
        ('project', 'Notes'),
    ],
)
def test_an_unset_text_is_empty(api, path, name):
    rows = api.rows('/' + path)
    assert '' in [row[name] for row in rows] and None not in [row[name] for row in rows]


@fact('8.3', 'an unset RATING is None')
@pytest.mark.fact('8.3')
def test_an_unset_rating_is_none(api):
    assert api.create('defect', Name='Unrated', Severity=None)['Severity'] == 'None'


@fact('8.3', 'an unset web link is empty')
@pytest.mark.fact('8.3')
def test_an_unset_web_link_is_empty(api):
    assert api.create('defect', Name='No ticket')['c_Ticket'] == {}


@fact('8.4', 'FlowState.Project warns and is honoured')
def test_the_project_of_a_flow_state_warns_and_is_honoured(api):
    place = api.named('project', 'Team B')
    body = {'Name': 'Review', 'OrderIndex': 9, 'Project': place['_ref']}
    body['ScheduleStateMapping'] = 'Accepted'
    made = api.ask('PUT', '/flowstate/create', {'flowstate': body})
    assert made['Errors'] == []
    assert made['Warnings'] == [
        'Ignored JSON element flowstate.Project during processing of this request.'
    ]
    assert made['Object']['Project']['_ref'] == place['_ref']


@fact('8.5', 'new items are ranked at the top')
def test_new_items_are_ranked_at_the_top(api):
    made = [api.create('defect', Name=name)['ObjectID'] for name in ('one', 'two')]
    order = ids(plain(api, '/artifact', order='Rank', types='defect,hierarchicalrequirement'))
    assert order[:2] == made[::-1]


@fact('8.5', 'ranks have 64 characters')
def test_ranks_have_64_characters(api):
    assert len(api.create('defect', Name='new')['DragAndDropRank']) == 64


# 10, 13, 16


@fact('10', 'an attachment without User is the callers')
@pytest.mark.fact('10')
def test_an_attachment_without_user_is_the_callers(as_editor, story):
    content = as_editor.create('attachmentcontent', Content='SGVsbG8=')
    values = {
        'Name': 'hello.txt',
        'ContentType': 'text/plain',
        'Size': 5,
        'Content': content['ObjectID'],
        'Artifact': story['ObjectID'],
    }
    made = as_editor.try_create('attachment', values)
    assert (made['Errors'], made['Warnings']) == ([], [])
    assert made['Object']['User']['_ref'] == as_editor.get('/user')['_ref']


@fact('13, 16', 'not authorized to update')
def test_not_authorized_to_update(as_viewer, defect):
    said = ['Not authorized to update: Defect {}'.format(defect['ObjectID'])]
    assert as_viewer.try_update(defect, {'Name': 'Mine'})['Errors'] == said


@fact('13, 16', 'not authorized to create')
def test_not_authorized_to_create(as_viewer):
    (error,) = as_viewer.try_create('defect', {'Name': 'Mine'})['Errors']
    assert error.startswith('Not authorized to create: Defect')


@fact('16', 'a wrong ScheduleState')
def test_a_wrong_schedule_state(api, defect):
    (error,) = api.try_update(defect, {'ScheduleState': 'In Progress'})['Errors']
    assert error.startswith('Could not convert: "ScheduleState" must be a string : Conversion')
    assert 'WorkProductConversion.getStateNamed : value to convert : In Progress' in error
    assert error.endswith('valid set is : (Defined,In-Progress,Completed,Accepted)')


@fact('16', 'a wrong Defect.State')
def test_a_wrong_state_of_a_defect(api, defect):
    (error,) = api.try_update(defect, {'State': 'Wrong'})['Errors']
    assert error.startswith('Could not convert: "State" must be a string : Conversion method name')
    assert 'DefectConversion.getStateNamed : value to convert : Wrong' in error


@fact('16', 'a value outside another list')
def test_a_value_outside_another_list(api, story):
    (task, *_) = api.members(story, 'Tasks')
    assert api.try_update(task, {'State': 'X'})['Errors'] == [
        'Validation error: Task.State "X" is invalid.  Valid values are: Defined, In-Progress,'
        ' Completed : X is an invalid value'
    ]


@fact('16', 'a reference into another workspace')
def test_a_reference_into_another_workspace(api, defect):
    there = other_workspace(api)
    tag = api.try_create('tag', {'Name': 'afar'}, workspace=there['_ref'])['Object']
    (error,) = api.try_update(defect, {'Tags': [tag['_ref']]})['Errors']
    assert error.startswith('Could not set value for Tags: Cannot connect object to value, Tags')
    assert error.endswith('value workspace OID={}'.format(there['ObjectID']))


@fact('16', 'a TestSet of another project')
def test_a_test_set_of_another_project(api):
    (result, *_) = api.rows('/testcaseresult')
    other = api.named('project', 'Team B')
    made = api.try_create('testset', {'Name': 'Elsewhere', 'Project': other['_ref']})['Object']
    assert api.try_update(result, {'TestSet': made['_ref']})['Errors'] == [
        'Could not set value for Test Set: null'
    ]


# App. C


@fact('App. C', 'Workspace.Style')
def test_the_style_of_a_workspace(api):
    assert api.named('workspace', 'Main')['Style'] == 'UserStory'


@fact('App. C', 'password numbers of the subscription')
def test_password_numbers_of_the_subscription(api):
    found = api.get('/subscription')
    assert (found['PasswordExpirationDays'], found['PreviousPasswordCount']) == (0, 0)


# Added: 5.3


@fact('5.3', 'parts of a FormattedID')
@pytest.mark.fact('5.3', '5.5')
@pytest.mark.parametrize('part', ['US101', 'us10', 'US', '01', '10'])
def test_parts_of_a_formatted_id(api, part):
    every = {
        row['FormattedID'] for row in plain(api, '/artifact', fetch='FormattedID', pagesize=200)
    }
    for operator, wanted in (('contains', True), ('!contains', False)):
        query = '(FormattedID {} "{}")'.format(operator, part)
        found = plain(api, '/artifact', fetch='FormattedID', query=query, pagesize=200)
        assert {row['FormattedID'] for row in found} == {
            each for each in every if (part.upper() in each) is wanted
        }
    below = plain(api, '/task', query='(WorkProduct.FormattedID contains "US101")')
    assert len(below) == 3


@fact('5.3', 'a disabled user is found by UserName')
@pytest.mark.fact('5.5')
@pytest.mark.parametrize('name', ['UserName', 'username', 'Name', 'ObjectID', 'Oid', 'ObjectUUID'])
def test_a_disabled_user_is_found_by_what_names_one(api, name):
    dora = api.one('/user', '((Disabled = true) AND (FirstName = Dora))')
    values = {
        'username': dora['UserName'],
        'name': dora['UserName'],
        'objectid': dora['ObjectID'],
        'oid': dora['ObjectID'],
        'objectuuid': dora['ObjectUUID'],
    }
    query = '({} = "{}")'.format(name, values[name.lower()])
    assert ids(plain(api, '/user', query=query)) == [dora['ObjectID']]
    assert plain(api, '/user', query='(FirstName = Dora)') == []


# Added: 1.3, 2


@fact('1.3, 2', 'a query that is empty makes a list')
@pytest.mark.fact('1.3', '3.1')
@pytest.mark.parametrize('path', ['/user', '/User', '/users', '/subscription', '/defect'])
@pytest.mark.parametrize('query', ['', ' '])
def test_a_query_that_is_empty_makes_a_list(api, path, query):
    result = api.send('GET', path, query=query).json()['QueryResult']
    assert result['Errors'] == [] and result['TotalResultCount'] > 0
    form = api.session.post(
        api.url + BASE + path, data={'_method': 'GET', 'query': query, 'pagesize': '1'}
    )
    assert form.json()['QueryResult']['PageSize'] == 1


# Added: 5.5, 8.5


@fact('5.5, 8.5', 'ranks are compared byte by byte')
def test_ranks_are_compared_byte_by_byte(api):
    (first, *rest) = ids(plain(api, '/artifact', order='Rank', pagesize=200))
    for number in range(40):
        beside = rest[(7 * number) % len(rest)] if number % 3 else first
        api.try_create('defect', {'Name': str(number)}, rankBelow=beside)
    rows = plain(api, '/artifact', order='Rank', fetch='DragAndDropRank', pagesize=200)
    ranks = [row['DragAndDropRank'].encode('ascii') for row in rows]
    assert ranks == sorted(ranks) and len(set(ranks)) == len(ranks)


@fact('5.5', 'fixed texts sort as text, ratings by position')
def test_fixed_texts_sort_as_text_and_ratings_by_position(api):
    asked = {'query': '((State = Open) OR (State = Closed))', 'pagesize': 200, 'fetch': 'State'}
    states = [row['State'] for row in plain(api, '/project', order='State', **asked)]
    assert states == sorted(states) and set(states) == {'Open', 'Closed'}
    for word in ('Minor Problem', 'Crash/Data Loss', 'Cosmetic'):
        api.create('defect', Name=word, Severity=word)
    rows = api.rows('/defect', order='Severity')
    listed = ['None', 'Crash/Data Loss', 'Major Problem', 'Minor Problem', 'Cosmetic']
    places = [listed.index(row['Severity']) for row in rows if row['Severity'] != 'None']
    assert places == sorted(places)


# Added: 4.3, 4.4, 9


@fact('4.3', 'a create in another workspace takes a project there')
@pytest.mark.fact('4.3')
def test_a_create_in_another_workspace_takes_a_project_there(api):
    there = other_workspace(api)
    scope = {'workspace': there['_ref']}
    for name in ('Zebra', 'Aardvark'):
        made = api.try_create('project', {'Name': name, 'Workspace': there['_ref']}, **scope)
        assert made['Errors'] == []
    first = api.one('/project', '(Name = Aardvark)', **scope)
    for value in (there['_ref'], there['ObjectID']):
        made = api.try_create('defect', {'Name': 'There', 'Workspace': value})
        assert made['Errors'] == []
        assert made['Object']['Workspace']['_ref'] == there['_ref']
        assert made['Object']['Project']['_ref'] == first['_ref']
    made = api.try_create('defect', {'Name': 'There'}, workspace=there['ObjectID'])
    assert made['Object']['Project']['_ref'] == first['_ref']
    here = api.named('workspace', 'Main')
    near = api.try_create('defect', {'Name': 'Here', 'Workspace': here['_ref']})['Object']
    assert near['Project']['_ref'] == api.project['_ref']


@fact('4.4', 'a story that moves takes iteration and release by name')
def test_a_story_that_moves_takes_iteration_and_release_by_name(api, story):
    there = api.named('project', 'Team B')
    dates = {'StartDate': '2026-03-10', 'EndDate': '2026-03-20', 'State': 'Planning'}
    same = api.try_create('iteration', {'Name': 'Iteration 2', 'Project': there['_ref'], **dates})[
        'Object'
    ]
    moved = api.update(story, Project=there['_ref'])
    assert moved['Iteration']['_ref'] == same['_ref'] and moved['Release'] is None
    for part in (*api.members(story, 'Tasks'), *api.members(story, 'TestCases')):
        assert part['Project']['_ref'] == there['_ref']


@fact('4.4', 'Parent and PortfolioItem exclude each other')
def test_parent_and_portfolio_item_exclude_each_other(api, story):
    above = api.named('hierarchicalrequirement', 'Check out')
    below = api.update(story, Parent=above['_ref'])
    assert below['PortfolioItem'] is None
    feature = api.named('portfolioitem/feature', 'Accounts')
    again = api.update(story, PortfolioItem=feature['_ref'])
    assert again['Parent'] is None


@fact('4.4', 'a story that gets children has no iteration')
def test_a_story_that_gets_children_has_no_iteration(api, story):
    assert story['Iteration'] is not None
    api.create('hierarchicalrequirement', Name='Child', Parent=story['_ref'])
    read = api.read(story)
    assert (read['Iteration'], read['Release']) == (None, None)


@fact('9', 'Feature comes from the nearest ancestor')
def test_feature_comes_from_the_nearest_ancestor(api):
    child = api.named('hierarchicalrequirement', 'Pay by card')
    grandchild = api.create('hierarchicalrequirement', Name='Leaf', Parent=child['_ref'])
    for leaf in (child, grandchild):
        assert api.read(leaf)['Feature']['_refObjectName'] == 'Accounts'


@fact('9', 'a field is hidden in a project')
@pytest.mark.fact('9.3')
def test_a_field_is_hidden_in_a_project(api):
    types = plain(api, '/typedefinition', query='(TypePath = Defect)', fetch='ObjectID')
    path = '/project/{}/typedefinition/{}/scopedattributedefinition/{}'
    (field,) = (
        row
        for row in api.members(types[0], 'Attributes', 'Name,ObjectID')
        if row['Name'] == 'Effort Factor'
    )
    answer = api.ask(
        'POST',
        path.format(api.project['ObjectID'], types[0]['ObjectID'], field['ObjectID']),
        {'ScopedAttributeDefinition': {'Hidden': True}},
    )
    assert answer['Errors'] == []


# Added: 1.1, 5.1


@fact('1.1', 'a doubled prefix is redirected')
@pytest.mark.fact('1.1')
def test_a_doubled_prefix_is_redirected(api):
    url = api.url + '/slm' + BASE + '/user'
    answer = api.session.get(url, allow_redirects=False)
    assert answer.status_code == 302
    assert answer.headers['Location'].endswith(BASE + '/user')
    assert '/slm/slm/' not in answer.headers['Location']


@fact('5.1', 'redundant parentheses')
@pytest.mark.fact('5.1')
@pytest.mark.parametrize(
    'query',
    [
        '((Name = "urgent"))',
        '((((Name = "urgent"))))',
        '( ( Name = "urgent" ) )',
        '(((Name = "urgent") AND (ObjectID > 0)))',
        '(((Name = "urgent")) AND ((ObjectID > 0)))',
        '((Name = "urgent") AND ((ObjectID > 0)))',
        '(' * 500 + 'Name = "urgent"' + ')' * 500,
    ],
)
def test_redundant_parentheses(api, query):
    assert [row['_refObjectName'] for row in plain(api, '/tag', query=query)] == ['urgent']


@pytest.mark.fact('5.1', '5.9')
@pytest.mark.parametrize(
    'query',
    ['((Name = "urgent")', '((Name = "urgent")))', '(())', '((A = 1) AND (B = 2) AND (C = 3))'],
)
def test_parentheses_that_do_not_close_are_refused(api, query):
    (error,) = api.get('/tag', query=query)['Errors']
    assert error.startswith('Could not parse: Error parsing expression -- expected ')


def test_every_fact_of_the_two_tables_has_a_test():
    listed = {
        (section, title)
        for table in (CORRECTED, ADDED)
        for section, titles in table.items()
        for title in titles
    }
    assert listed == STATED
    assert (len(CORRECTED), len(ADDED)) == (22, 9)

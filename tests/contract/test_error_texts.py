"""Error texts: the words of every refusal, its envelope, its paging and its status, as one table.

Texts that have been recorded stand beside those the reference chooses where nothing was. The words
of each are made in one place, `pyral.emulator.texts`.
"""

from __future__ import annotations

import os
import re
from urllib.parse import quote

import pytest

from pyral.emulator import Emulator, texts
from tests.answer_checks import fingerprint
from tests.contract.small_world import path_of, user_of

pytestmark = pytest.mark.fact('16')

EMULATOR = os.path.dirname(texts.__file__)
NO_DATE = (
    'Could not parse: Cannot convert "{}" into a date.  You must use the ISO8601 date+time format.'
)
CONVERSION = (
    'Could not convert: "{}" must be a string : Conversion method name : '
    'com.f4tech.slm.convert.{}.getStateNamed : value to convert : {} : type to convert : '
    'class com.f4tech.slm.domain.{} : valid set is : ({})'
)
STATES = 'Defined,In-Progress,Completed,Accepted'
ELSEWHERE = (
    'Could not set value for {0}: Cannot connect object to value, {0} value is in a different '
    'workspace. [object workspace OID={1}, value workspace OID={2}'
)


def wrong_schedule_state(value):
    return CONVERSION.format('ScheduleState', 'WorkProductConversion', value, 'State', STATES)


@pytest.fixture
def places(api):
    """Objects of several types and places, by the names that the rows use."""
    (other,) = [
        one for one in api.members(api.get('/subscription'), 'Workspaces') if one['Name'] == 'Other'
    ]
    there = api.rows('/project', workspace=other['_ref'])[0]
    main = api.named('workspace', 'Main')
    defect = api.create('defect', Name='Refused')
    case = api.create('testcase', Name='Here')
    values = {'TestCase': case['_ref'], 'Build': '1', 'Date': '2026-03-01', 'Verdict': 'Pass'}

    def made(type_path, project):
        body = {'Name': 'There', 'Project': project['_ref']}
        return api.try_create(type_path, body)['Object']

    team_b = api.named('project', 'Team B')
    found = {
        'defect': defect,
        'story': api.create('hierarchicalrequirement', Name='Refused'),
        'suite': api.create('defectsuite', Name='Refused'),
        'set': api.create('testset', Name='Refused'),
        'task': api.create('task', Name='Refused', WorkProduct=defect['_ref']),
        'feature': api.create('portfolioitem/feature', Name='Refused'),
        'result': api.create('testcaseresult', **values),
        'project': api.project,
        'user': api.get('/user'),
        'profile': api.read(api.get('/user')['UserProfile']),
        'other_case': made('testcase', there),
        'other_set': made('testset', there),
        'other_story': made('hierarchicalrequirement', there),
        'other_tag': api.try_create('tag', {'Name': 'there', 'Workspace': other['_ref']})['Object'],
        'other_project': there,
        'set_b': made('testset', team_b),
        'main': main,
        'other': other,
    }
    shown = {name: one['_ref'] for name, one in found.items()}
    shown.update({name + '_path': path_of(one) for name, one in found.items()})
    shown.update({name + '_oid': one['ObjectID'] for name, one in found.items()})
    return shown


def filled(value, places):
    """Return a text, list or object with the names in `<...>` replaced."""
    if isinstance(value, dict):
        return {key: filled(one, places) for key, one in value.items()}
    if isinstance(value, list):
        return [filled(one, places) for one in value]
    if not isinstance(value, str):
        return value
    return re.sub(r'<(\w+)>', lambda found: str(places.get(found[1], found[0])), value)


QUERY, CREATE, OPERATION = 'QueryResult', 'CreateResult', 'OperationResult'
RESULT = {'Build': '1', 'Date': '2026-03-01', 'Verdict': 'Pass'}

#: Refused queries: path, parameters, text.
QUERIES = [
    # Unknown attributes (section 5.9, recorded), on the way too.
    (
        '/hierarchicalrequirement',
        {'query': '(InvalidField = 999)'},
        'Could not parse: Could not find attribute "InvalidField" on type HierarchicalRequirement '
        'in the query segment "InvalidField"',
    ),
    (
        '/portfolioitem/feature',
        {'query': '(Parent.Bogus = 1)'},
        'Could not parse: Could not find attribute "Bogus" on type Initiative in the query '
        'segment "Parent.Bogus"',
    ),
    # What nobody can ask for: Filterable is false, or there is nothing to compare.
    *(
        (
            '/' + path,
            {'query': f'({asked} != null)'},
            f'Could not parse: Attribute "{attribute}" on type {owner} is not allowed in query '
            'expressions.',
        )
        for path, asked, attribute, owner in (
            ('projectpermission', 'Project', 'Project', 'ProjectPermission'),
            ('projectpermission', 'Project.Name', 'Project', 'ProjectPermission'),
            ('workspacepermission', 'Workspace', 'Workspace', 'WorkspacePermission'),
            ('user', 'UserProfile', 'UserProfile', 'User'),
            ('defect', 'RevisionHistory', 'RevisionHistory', 'Defect'),
            (
                'defect',
                'Requirement.RevisionHistory.ObjectID',
                'RevisionHistory',
                'HierarchicalRequirement',
            ),
            ('artifact', 'FormattedIDPrefix', 'FormattedIDPrefix', 'Artifact'),
            ('hierarchicalrequirement', 'Recycled', 'Recycled', 'HierarchicalRequirement'),
            ('release', 'TaskEstimateTotal', 'TaskEstimateTotal', 'Release'),
        )
    ),
    # The language.
    ('/defect', {'query': '(Name="x")'}, 'Could not parse: Unknown operator ")"'),
    ('/defect', {'query': '(Name zobolts x)'}, 'Could not parse: Unknown operator "zobolts"'),
    (
        '/defect',
        {'query': '((Name = a) AND (Name = b) AND (Name = c))'},
        'Could not parse: Error parsing expression -- expected ")" but saw "AND" instead.',
    ),
    ('/defect', {'query': '(CreationDate > soon)'}, NO_DATE.format('soon')),
    ('/defect', {'query': '(Owner = somebody)'}, 'Cannot parse object reference from "somebody"'),
    (
        '/artifact',
        {'query': '(Severity = None)'},
        'Could not read: could not read all instances of class com.f4tech.slm.domain.Artifact',
    ),
    # Order, type, scope.
    ('/defect', {'order': 'Invalid Order'}, 'Cannot sort using unknown attribute Invalid'),
    ('/defect', {'order': 'Tags'}, 'Cannot sort using unknown attribute Tags'),
    ('/bogus', {}, 'Requested type name "bogus" is unknown.'),
    ('/Bogus/Type', {}, 'Requested type name "bogus/type" is unknown.'),
    ('/artifact', {'types': 'bogus'}, 'Requested type name "bogus" is unknown.'),
    ('/defect', {'workspace': 'xyz'}, 'Cannot parse object reference from "xyz"'),
    (
        '/defect',
        {'project': '/project/1'},
        'Could not read: Could not read referenced object /project/1',
    ),
    (
        '<defect_path>/Tags',
        {'query': '(Bogus = 1)'},
        'Could not parse: Could not find attribute "Bogus" on type Tag in the query segment '
        '"Bogus"',
    ),
]


@pytest.mark.fact('4.2', '5.9')
def test_a_refused_query_has_its_text_and_no_paging(api, places):
    for path, params, text in QUERIES:
        response = api.send('GET', filled(path, places), pagesize=7, start=3, **params)
        assert (response.status_code, response.json()) == (
            200,
            {
                QUERY: {
                    '_rallyAPIMajor': '2',
                    '_rallyAPIMinor': '0',
                    'Errors': [text],
                    'Warnings': [],
                    'TotalResultCount': 0,
                    'StartIndex': 0,
                    'PageSize': 0,
                    'Results': [],
                }
            },
        )


#: Refused writes: method, path, body, envelope, text.
WRITES = [
    # States: recorded for a defect; the same words wherever the attribute is.
    *(
        (
            'POST',
            f'<{name}_path>',
            {'X': {'ScheduleState': value}},
            OPERATION,
            wrong_schedule_state(said),
        )
        for name, value, said in (
            ('defect', 'In Progress', 'In Progress'),
            ('defect', 'x' * 300, 'x' * 200 + '...'),
            ('defect', {'a': 1}, '{"a": 1}'),
            ('story', 'Done', 'Done'),
            ('suite', 'Done', 'Done'),
            ('set', 7, '7'),
        )
    ),
    (
        'POST',
        '<defect_path>',
        {'Defect': {'State': 'Done'}},
        OPERATION,
        CONVERSION.format(
            'State', 'DefectConversion', 'Done', 'Rating', 'Submitted,Open,Fixed,Closed'
        ),
    ),
    # Other lists: two wordings are known, one text holds both.
    (
        'POST',
        '<task_path>',
        {'Task': {'State': 'X'}},
        OPERATION,
        'Validation error: Task.State "X" is invalid.  Valid values are: Defined, In-Progress, '
        'Completed : X is an invalid value',
    ),
    (
        'PUT',
        '/projectpermission/create',
        {'ProjectPermission': {'Project': '<project>', 'User': '<user>', 'Role': 'King'}},
        CREATE,
        'Validation error: ProjectPermission.Role "King" is invalid.  Valid values are: Admin, '
        'User, Viewer, Editor : King is an invalid value',
    ),
    # Another workspace: recorded for test cases and test sets (the bracket stays open).
    (
        'PUT',
        '/testcaseresult/create',
        {'TestCaseResult': {**RESULT, 'TestCase': '<other_case>'}},
        CREATE,
        ELSEWHERE.format('Test Case', '<main_oid>', '<other_oid>'),
    ),
    (
        'POST',
        '<result_path>',
        {'TestCaseResult': {'TestSet': '<other_set>'}},
        OPERATION,
        ELSEWHERE.format('Test Set', '<main_oid>', '<other_oid>'),
    ),
    (
        'PUT',
        '/task/create',
        {'Task': {'Name': 'x', 'WorkProduct': '<other_story>'}},
        CREATE,
        ELSEWHERE.format('Work Product', '<main_oid>', '<other_oid>'),
    ),
    (
        'PUT',
        '/defect/create',
        {'Defect': {'Name': 'x', 'Workspace': '<main>', 'Project': '<other_project>'}},
        CREATE,
        ELSEWHERE.format('Project', '<main_oid>', '<other_oid>'),
    ),
    (
        'PUT',
        '/defect/create',
        {'Defect': {'Name': 'x', 'Workspace': '<other>', 'Project': '<project>'}},
        CREATE,
        ELSEWHERE.format('Project', '<other_oid>', '<main_oid>'),
    ),
    (
        'POST',
        '<defect_path>',
        {'Defect': {'Project': '<other_project>'}},
        OPERATION,
        ELSEWHERE.format('Project', '<main_oid>', '<other_oid>'),
    ),
    (
        'POST',
        '<defect_path>',
        {'Defect': {'Tags': [{'_ref': '<other_tag>'}]}},
        OPERATION,
        ELSEWHERE.format('Tags', '<main_oid>', '<other_oid>'),
    ),
    (
        'POST',
        '<defect_path>/Tags/add',
        {'CollectionItems': [{'_ref': '<other_tag>'}]},
        OPERATION,
        ELSEWHERE.format('Tags', '<main_oid>', '<other_oid>'),
    ),
    (
        'POST',
        '<story_path>?rankAbove=<other_story_path>',
        {'X': {}},
        OPERATION,
        ELSEWHERE.format('Rank', '<main_oid>', '<other_oid>'),
    ),
    # A test set of another project.
    (
        'POST',
        '<result_path>',
        {'TestCaseResult': {'TestSet': '<set_b>'}},
        OPERATION,
        'Could not set value for Test Set: null',
    ),
    # Other references.
    (
        'PUT',
        '/defect/create',
        {'Defect': {'Name': 'x', 'Workspace': '/workspace/0000000001'}},
        CREATE,
        'Could not read: Could not read referenced object /workspace/0000000001',
    ),
    (
        'POST',
        '<defect_path>',
        {'Defect': {'Owner': 'somebody'}},
        OPERATION,
        'Cannot parse object reference from "somebody"',
    ),
    # Values.
    (
        'PUT',
        '/defect/create',
        {'Defect': {}},
        CREATE,
        'Validation error: Defect.Name should not be null',
    ),
    (
        'POST',
        '<defect_path>',
        {'Defect': {'Notes': 'x' * 32769}},
        OPERATION,
        'Validation error: Defect.Notes length is greater than the maximum length of 32768',
    ),
    (
        'POST',
        '<story_path>',
        {'X': {'Name': '<script>'}},
        OPERATION,
        "Validation error: HierarchicalRequirement.Name contained invalid input. Search 'HTML "
        "Whitelist' at help.rallydev.com for details.",
    ),
    (
        'POST',
        '<defect_path>',
        {'Defect': {'TargetDate': '2017-04-29 20:23:51.188960'}},
        OPERATION,
        NO_DATE.format('2017-04-29 20:23:51.188960'),
    ),
    (
        'POST',
        '<defect_path>',
        {'Defect': {'PlanEstimate': 'x'}},
        OPERATION,
        'Could not convert: Cannot convert "x" to a number',
    ),
    (
        'POST',
        '<defect_path>',
        {'Defect': {'Blocked': 'x'}},
        OPERATION,
        'Could not convert: Cannot convert "x" to a boolean',
    ),
    # What is not there.
    (
        'POST',
        '/defect/1001',
        {'Defect': {}},
        OPERATION,
        'Could not read: Could not read Defect 1001 to update.',
    ),
    ('DELETE', '/defect/1001', None, OPERATION, 'Object to delete cannot be null'),
    ('GET', '/defect/1001', None, OPERATION, 'Cannot find object to read'),
    ('PUT', '/bogus/create', {'X': {}}, CREATE, 'Requested type name "bogus" is unknown.'),
    # What nobody may.
    (
        'DELETE',
        '<project_path>',
        None,
        OPERATION,
        'Not authorized to perform action: Delete not allowed for Project',
    ),
]


@pytest.mark.fact('4.3', '4.4', '4.5', '8.1')
def test_a_refused_write_has_its_text_and_envelope_and_changes_nothing(api, emulator, places):
    before = fingerprint(emulator.store)
    for method, path, body, envelope, text in WRITES:
        response = api.send(method, filled(path, places), filled(body, places))
        assert (response.status_code, response.json()) == (200, refusal(envelope, text, places))
    assert fingerprint(emulator.store) == before


def refusal(envelope, text, places=None):
    """Return the answer of a refused write."""
    return {
        envelope: {
            '_rallyAPIMajor': '2',
            '_rallyAPIMinor': '0',
            'Errors': [filled(text, places or {})],
            'Warnings': [],
        }
    }


#: Writes without the right, as a viewer of the project: method, path, body, envelope, text.
RIGHTS = [
    ('PUT', '/defect/create', {'Defect': {'Name': 'x'}}, CREATE, 'create: Defect'),
    ('PUT', '/tag/create', {'Tag': {'Name': 'x'}}, CREATE, 'create: Tag'),
    (
        'PUT',
        '/portfolioitem/feature/create',
        {'Feature': {'Name': 'x'}},
        CREATE,
        'create: Feature',
    ),
    (
        'PUT',
        '/attachmentcontent/create',
        {'AttachmentContent': {'Content': 'aGVsbG8='}},
        CREATE,
        'create AttachmentContent',
    ),
    ('PUT', '/artifact/create', {'Artifact': {'Name': 'x'}}, CREATE, 'create: Artifact'),
    ('POST', '<defect_path>', {'X': {'Name': 'x'}}, OPERATION, 'update: Defect <defect_oid>'),
    (
        'POST',
        '<feature_path>',
        {'X': {'Name': 'x'}},
        OPERATION,
        'update: Feature <feature_oid>',
    ),
    (
        'POST',
        '<project_path>',
        {'Project': {'Name': 'x'}},
        OPERATION,
        'update: Project <project_oid>',
    ),
    (
        'DELETE',
        '<defect_path>',
        None,
        OPERATION,
        'perform action: Delete not allowed for Defect',
    ),
    (
        'POST',
        '<defect_path>/Tags/add',
        {'CollectionItems': [{'Name': 'x'}]},
        OPERATION,
        'perform action: Update not allowed for Defect',
    ),
    (
        'POST',
        '<defect_path>/Tags/remove',
        {'CollectionItems': []},
        OPERATION,
        'perform action: Update not allowed for Defect',
    ),
    ('POST', '<defect_path>/copy', {'Defect': {}}, OPERATION, 'create: Defect'),
]


@pytest.mark.fact('13')
def test_a_missing_right_is_named(as_viewer, emulator, places):
    before = fingerprint(emulator.store)
    for method, path, body, envelope, text in RIGHTS:
        response = as_viewer.send(method, filled(path, places), body)
        said = 'Not authorized to ' + text
        assert (response.status_code, response.json()) == (200, refusal(envelope, said, places))
    assert fingerprint(emulator.store) == before


TYPES = ['defect', 'HierarchicalRequirement', 'portfolioitem/feature', 'user', 'Project', 'tag']
NO_IDS = [
    'this_is_not_valid',
    '1.5',
    '-',
    '<object at 0x1>',
    'None',
    'a b',
    '1/2/3/4',
    '[]',
    "'1'",
    '12x',
    '\u00e9',
]


@pytest.mark.fact('1.1', '4.4', '4.5')
@pytest.mark.parametrize('type_path', TYPES)
def test_an_id_that_is_none_is_an_object_that_is_not_there(api, type_path):
    for text in NO_IDS:
        path = '/{}/{}'.format(type_path, quote(text))
        for method in ('GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'BREW'):
            response = api.send(method, path, {'X': {'Name': 'x'}})
            said = (
                'Cannot find object to read'
                if method == 'GET'
                else f'Could not read object: Object not found for Object ID: {text}'
            )
            assert (response.status_code, response.json()) == (200, refusal(OPERATION, said))


@pytest.mark.fact('1.1')
@pytest.mark.parametrize(
    ('path', 'status'),
    [
        ('/defect/x/Tags', 200),
        ('/defect/x/Tags/add', 200),
        ('/defect/x/copy', 200),
        ('/user/x/permissionmap', 200),
        ('/portfolioitem/x/y', 200),
        ('/bogus/x/y', 404),
        ('/security/authorize/x', 404),
    ],
)
def test_what_goes_on_below_a_type_is_answered_in_an_envelope(api, path, status):
    for method in ('GET', 'POST', 'DELETE'):
        assert api.send(method, path, {'X': {}}).status_code == status


def test_a_level_of_portfolio_items_is_no_id(api):
    assert api.send('DELETE', '/portfolioitem/feature').status_code == 405
    assert api.ask('DELETE', '/portfolioitem/nothing')['Errors'] == [
        'Could not read object: Object not found for Object ID: nothing'
    ]


@pytest.mark.fact('4.3')
def test_values_that_are_none_are_told_before_anything_is_validated(api):
    body = {'Milestone': {'Nane': 'x', 'TargetDate': '2017-04-29 20:23', 'DisplayColor': 'x' * 999}}
    answer = api.ask('POST', '/milestone/create', body)
    assert answer['Errors'] == [NO_DATE.format('2017-04-29 20:23')]
    assert answer['Warnings'] == [
        'Ignored JSON element Milestone.Nane during processing of this request.'
    ]
    del body['Milestone']['TargetDate']
    assert api.ask('POST', '/milestone/create', body)['Errors'] == [
        'Validation error: Milestone.Display Color length is greater than the maximum length of '
        '128',
        'Validation error: Milestone.Name should not be null',
    ]


@pytest.mark.fact('4.3', '8.4')
@pytest.mark.parametrize('key', ['defect', 'Defect', 'DEFECT', 'anything'])
def test_a_warning_repeats_the_key_of_the_body_with_errors_too(api, places, key):
    for values, errors in (({}, 0), ({'PlanEstimate': 'x'}, 1)):
        body = {key: {'c_Old': 1, 'FormattedID': 'DE1', **values}}
        answer = api.ask('POST', filled('<defect_path>', places), body)
        assert len(answer['Errors']) == errors
        assert answer['Warnings'] == [
            f'Ignored JSON element {key}.{name} during processing of this request.'
            for name in ('c_Old', 'FormattedID')
        ]


@pytest.mark.fact('8.4')
def test_the_project_of_a_flow_state_is_warned_of_and_taken(api):
    project = api.try_create('project', {'Name': 'Flowing'})['Object']
    values = {'Name': 'Last', 'Project': project['_ref'], 'ScheduleStateMapping': 'Accepted'}
    answer = api.ask('POST', '/flowstate/create', {'flowstate': values})
    said = ['Ignored JSON element flowstate.Project during processing of this request.']
    assert (answer['Errors'], answer['Warnings']) == ([], said)
    assert answer['Object']['Project']['_ref'] == project['_ref']
    again = api.ask('POST', path_of(answer['Object']), {'flowstate': values})
    assert (again['Errors'], again['Warnings']) == ([], said)


@pytest.mark.fact('8.1', '13')
def test_a_profile_may_name_places_of_another_workspace(api, places):
    """A user belongs to no workspace, so nothing of a profile is in a different one."""
    answer = api.ask(
        'POST', places['profile_path'], {'UserProfile': {'DefaultProject': places['other_project']}}
    )
    assert answer['Errors'] == []


def page(status, reason, path):
    """Return the page the service sends, as text without markup."""
    return (
        f'Error {status} {reason} HTTP ERROR {status} Problem accessing {path}. Reason: {reason} '
        'Powered by Jetty://'
    )


@pytest.mark.fact('2.3')
@pytest.mark.parametrize(
    ('key', 'reason'),
    [
        ('_wrong', 'The username or password you entered is incorrect.'),
        (None, 'Full authentication is required to access this resource'),
    ],
)
@pytest.mark.parametrize('path', ['/defect', '/security/authorize', '/defect/<x>'])
def test_a_caller_who_is_not_known_gets_the_page_and_the_challenge(api, path, key, reason):
    api.session.headers.pop('ZSESSIONID')
    response = api.session.get(
        api.url + '/slm/webservice/v2.0' + path, headers={'ZSESSIONID': key} if key else {}
    )
    assert response.status_code == 401
    assert response.headers['Content-Type'] == 'text/html;charset=ISO-8859-1'
    assert response.headers['WWW-Authenticate'] == 'Basic realm="Rally ALM"'
    plain = ' '.join(re.sub('<[^>]*>', ' ', response.text).split())
    assert plain == page(401, reason, '/slm/webservice/v2.0' + path.replace('<x>', '&lt;x&gt;'))


@pytest.mark.fact('2.3')
def test_an_address_that_is_not_allowed_gets_a_404_with_its_page():
    with Emulator(world='empty', listen=False) as emulator:
        caller = user_of(emulator, emulator.apikey)
        for allowed, status in (
            ('', 200),
            ('10.0.0.0/8, 127.0.0.1', 200),
            ('127.0.0.0/8', 200),
            ('10.1.2.3', 404),
            ('::1', 404),
        ):
            emulator.app.settings.change({'allowed_addresses': allowed})
            response = caller.send('GET', '/User')
            assert response.status_code == status
        plain = ' '.join(re.sub('<[^>]*>', ' ', response.text).split())
        reason = texts.ADDRESS_REFUSED.format('127.0.0.1')
        assert plain == page(404, reason, '/slm/webservice/v2.0/User')
        with pytest.raises(ValueError):
            emulator.app.settings.change({'allowed_addresses': 'here'})


def test_the_words_of_a_refusal_stand_in_one_file():
    """What a text begins with is written nowhere else in the emulator."""
    beginnings = (
        'Could not convert: "',
        'Could not set value for ',
        'Could not read: Could not read ',
        'Could not read object: ',
        'Cannot parse object reference',
        'Cannot parse input stream',
        'Cannot find object to read',
        'Cannot sort using',
        'Could not find attribute',
        'Ignored JSON element',
        'Not authorized to ',
        'Object to delete',
        'Requested type name',
        'into a date',
        'is an invalid value',
        'is not allowed in query',
        'is already in use',
        'length is greater than',
        'should not be null',
        'HTML Whitelist',
        'username or password you entered',
        'Full authentication',
        'Your IP address',
    )
    elsewhere = []
    for folder, _, files in os.walk(EMULATOR):
        for file in files:
            path = os.path.join(folder, file)
            if not file.endswith('.py') or path == texts.__file__:
                continue
            with open(path, encoding='utf-8') as source:
                written = source.read()
            elsewhere += [(path, text) for text in beginnings if text in written]
    assert elsewhere == []

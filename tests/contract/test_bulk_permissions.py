"""Roles in a tree of projects at once, `projectpermission/bulkupdate` (section 13)."""

from __future__ import annotations

import json

import pytest

from tests.contract.small_world import path_of, with_key

pytestmark = pytest.mark.fact('13')

PATH = '/projectpermission/bulkupdate'
NOT_NULL = 'Validation error: ProjectPermission.{} should not be null'
NO_OBJECT = 'Could not read: Could not read referenced object {}'


@pytest.fixture
def vic(api):
    """Somebody who may read Team A, and is a member of it."""
    return api.one('/user', '(UserName = "vic@example.com")')


@pytest.fixture
def oids(api):
    """ObjectIDs of Company and of all below it: Team A and Team B with a Web each, Old Team."""
    rows = api.rows('/project', '((State = Open) OR (State = Closed))', 'Name,Parent,ObjectID')
    return {called(row): row['ObjectID'] for row in rows}


def called(project):
    """Return the name of a project, with that of its parent where others have it too."""
    if project['Name'] != 'Web':
        return project['Name']
    return 'Web of ' + project['Parent']['_refObjectName']


def roles_of(api, user):
    """Return a user's role by the name of the project."""
    found = {}
    for row in api.members(user, 'UserPermissions'):
        if row['_type'] == 'ProjectPermission':
            found[called(api.read(row['Project']))] = row['Role']
    return found


def order(vic, root, permission='Editor', **more):
    return {
        'userOID': vic['ObjectID'],
        'rootProjectOID': root,
        'permission': permission,
        **more,
    }


def sent_as(api, how, given):
    """Send an order in one of the ways that clients have, and return the answer."""
    if how == 'address':
        return api.ask('POST', PATH, **given)
    if how == 'form':
        answer = api.session.post(api.url + '/slm/webservice/v2.0' + PATH, data=given).json()
        return answer['OperationResult']
    body = {'ProjectPermission': given} if how == 'wrapped' else given
    return api.ask('POST', PATH, body)


@pytest.mark.parametrize('how', ['address', 'form', 'json', 'wrapped'])
def test_a_role_is_given_in_a_project_and_all_below_it(api, vic, oids, how):
    result = sent_as(api, how, order(vic, oids['Team A']))
    assert (result['Errors'], result['Results']) == ([], ['Changed 2 of 2 project permissions'])
    assert roles_of(api, vic) == {'Team A': 'Editor', 'Web of Team A': 'Editor'}


@pytest.mark.parametrize('as_list', [False, True])
def test_excluded_projects_keep_what_they_have_with_all_below_them(api, vic, oids, as_list):
    excluded = [oids['Team A'], oids['Team B']]
    given = order(
        vic,
        oids['Company'],
        excludedRootProjectOIDs=excluded if as_list else ','.join(map(str, excluded)),
    )
    assert sent_as(api, 'json', given)['Errors'] == []
    assert roles_of(api, vic) == {'Company': 'Editor', 'Old Team': 'Editor', 'Team A': 'Viewer'}


def test_a_weaker_role_is_given_only_when_it_is_forced(api, vic, oids):
    web = oids['Web of Team A']
    for permission, forced, expected in (
        ('Project Admin', False, 'Admin'),
        ('Viewer', False, 'Admin'),
        ('No Access', False, 'Admin'),
        ('editor', True, 'Editor'),
        ('PROJECT ADMIN', False, 'Admin'),
        ('No Access', True, None),
    ):
        given = order(vic, web, permission, forceDowngradePermissions=forced)
        assert sent_as(api, 'json', given)['Errors'] == []
        assert roles_of(api, vic).get('Web of Team A') == expected


def test_no_access_ends_the_membership_of_the_team(api, vic, oids):
    given = order(vic, oids['Team A'], 'No Access', forceDowngradePermissions='true')
    assert sent_as(api, 'form', given)['Errors'] == []
    assert roles_of(api, vic) == {}
    assert 'Vic Viewer' not in [
        row['_refObjectName'] for row in api.members(api.project, 'TeamMembers')
    ]


def test_who_gets_a_role_gets_into_the_workspace_too(emulator, api, oids):
    jane = api.try_create(
        'user', {'UserName': 'jane@example.com', 'EmailAddress': 'jane@example.com'}
    )['Object']
    as_jane = with_key(emulator, api, 'jane@example.com', '_janeKey0002')
    api.ask(
        'POST',
        path_of(jane) + '/permissionmap',
        {'M': {'NoAccessWorkspaces': [api.named('workspace', 'Main')['_ref']]}},
    )
    assert as_jane.rows('/workspace') == []
    assert sent_as(api, 'json', order(jane, oids['Web of Team A'], 'Viewer'))['Errors'] == []
    assert [row['Name'] for row in as_jane.rows('/workspace')] == ['Main']


@pytest.mark.parametrize(
    ('change', 'text'),
    [
        ({'userOID': ''}, NOT_NULL.format('userOID')),
        ({'rootProjectOID': None}, NOT_NULL.format('rootProjectOID')),
        ({'permission': ''}, NOT_NULL.format('permission')),
        ({'userOID': 'x'}, NO_OBJECT.format('x')),
        ({'userOID': 1}, NO_OBJECT.format('1')),
        ({'rootProjectOID': 1}, NO_OBJECT.format('1')),
        ({'rootProjectOID': '{user}'}, NO_OBJECT.format('{user}')),
        ({'userOID': '{root}'}, NO_OBJECT.format('{root}')),
        ({'excludedRootProjectOIDs': '{root},zzz'}, NO_OBJECT.format('zzz')),
        (
            {'permission': 'Owner'},
            'Validation error: ProjectPermission.permission "Owner" is invalid.  Valid values are:'
            ' No Access, Viewer, Editor, Project Admin',
        ),
        (
            {'forceDowngradePermissions': 'perhaps'},
            'Could not convert: Cannot convert "perhaps" to a boolean',
        ),
        ({'userOID': {'a': 1}}, 'the value of "userOID" is not a text'),
    ],
)
def test_a_wrong_order_is_refused_with_a_text_and_changes_nothing(api, vic, oids, change, text):
    names = {'user': str(vic['ObjectID']), 'root': str(oids['Team A'])}
    given = order(vic, oids['Team A'], 'Project Admin')
    for name, value in change.items():
        given[name] = value.format(**names) if isinstance(value, str) else value
    before = roles_of(api, vic)
    (error,) = sent_as(api, 'json', given)['Errors']
    assert text.format(**names) in error
    assert roles_of(api, vic) == before


@pytest.mark.parametrize('body', [b'', b'{', b'[]', b'\xff\xfe', b'userOID', b'{"a": {"b": [[]]}}'])
def test_a_body_that_is_no_order_is_refused_with_a_text(api, body):
    (error,) = json.loads(api.send('POST', PATH, body).content)['OperationResult']['Errors']
    assert error.startswith(('Validation error: ', 'Cannot parse input stream'))


def test_only_who_administers_every_project_of_the_tree_may_do_it(emulator, api, vic, oids):
    assert sent_as(api, 'json', order(vic, oids['Web of Team A'], 'Project Admin'))['Errors'] == []
    as_vic = with_key(emulator, api, 'vic@example.com', '_vicKey0002')
    ed = api.one('/user', '(UserName = "ed@example.com")')
    before = roles_of(api, ed)
    for root in ('Team A', 'Company'):
        result = sent_as(as_vic, 'json', order(ed, oids[root], 'Project Admin'))
        assert result['Errors'] and 'Results' not in result
    assert roles_of(api, ed) == before
    assert (
        sent_as(as_vic, 'json', order(ed, oids['Web of Team A'], 'Project Admin'))['Errors'] == []
    )
    assert roles_of(api, ed)['Web of Team A'] == 'Admin'


def test_a_read_only_key_and_a_missing_token_change_nothing(emulator, api, vic, oids):
    before = roles_of(api, vic)
    given = order(vic, oids['Team A'])
    url = emulator.url + '/slm/webservice/v2.0' + PATH
    read_only = api.session.post(url, params=given, headers={'ZSESSIONID': '_robReadOnly0001'})
    assert read_only.status_code == 401
    no_token = api.session.post(
        url, params=given, headers={'ZSESSIONID': None}, auth=(emulator.user, emulator.password)
    )
    assert no_token.json()['OperationResult']['Errors'] == [
        'Not authorized to perform action: Invalid key'
    ]
    assert roles_of(api, vic) == before

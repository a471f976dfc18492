"""Users, profiles, permissions on writes, places (WSAPI reference, section 13)."""

from __future__ import annotations

import pytest

from tests.contract.small_world import path_of, with_key

pytestmark = pytest.mark.fact('13')

JANE = {
    'EmailAddress': 'jane@example.com',
    'FirstName': 'Jane',
    'LastName': 'Developer',
    'DisplayName': 'Jane Developer',
    'UserName': 'jane@example.com',
}


@pytest.fixture
def jane(api):
    return api.try_create('user', JANE)['Object']


def roles(api, user):
    return {row['Name']: row['_type'] for row in api.members(user, 'UserPermissions')}


@pytest.mark.fact('use/user-defaults', 'use/user-create')
def test_a_new_user_gets_the_default_rights_and_a_profile(api, jane):
    assert jane['_refObjectName'] == 'Jane Developer'
    assert roles(api, jane) == {
        'Main User': 'WorkspacePermission',
        'Team A Viewer': 'ProjectPermission',
    }
    profile = api.read(jane['UserProfile'])
    assert profile['DefaultWorkspace']['_refObjectName'] == 'Main'
    assert profile['DefaultProject']['_refObjectName'] == 'Team A'


@pytest.mark.fact('use/user-defaults')
def test_without_a_default_project_the_first_open_one_by_name_is_used(api):
    profile = api.read(api.get('/user')['UserProfile'])
    api.update(profile, DefaultProject=None, DefaultWorkspace=None)
    user = api.try_create('user', JANE)['Object']
    first = min(
        (row for row in api.rows('/project', '(State = Open)')), key=lambda row: row['Name'].lower()
    )
    assert '{} Viewer'.format(first['Name']) in roles(api, user)


@pytest.mark.fact('use/user-admins')
def test_only_administrators_create_users(api, as_editor, jane):
    for caller in (as_editor,):
        result = caller.try_create('user', {**JANE, 'UserName': 'other@example.com'})
        assert result['Errors'] == ['Not authorized to create: User']


def test_user_name_and_mail_address_are_required_and_user_names_are_unique(api, jane):
    assert api.try_create('user', {})['Errors'] == [
        'Validation error: User.Email Address should not be null',
        'Validation error: User.User Name should not be null',
    ]
    assert api.try_create('user', {**JANE, 'UserName': 'JANE@example.com'})['Errors'] == [
        'Validation error: User.User Name "JANE@example.com" is already in use'
    ]


def test_a_new_user_may_read_and_not_write(emulator, api, jane):
    as_jane = with_key(emulator, api, 'jane@example.com', '_janeKey0001')
    assert as_jane.get('/defect')['TotalResultCount'] > 0
    result = as_jane.try_create('defect', {'Name': 'x'})
    assert result['Errors'] == ['Not authorized to create: Defect']


def test_a_permission_gives_the_right_at_once_and_its_removal_takes_it(emulator, api, jane):
    as_jane = with_key(emulator, api, 'jane@example.com', '_janeKey0001')
    permission = api.create(
        'projectpermission', Project=api.project['_ref'], User=jane['_ref'], Role='Editor'
    )
    assert permission['ObjectID'] == '{}u{}p2'.format(jane['ObjectID'], api.project['ObjectID'])
    defect = as_jane.create('defect', Name='x')
    assert roles(api, jane)['Team A Editor'] == 'ProjectPermission'
    assert 'Team A Viewer' not in roles(api, jane)
    assert api.delete(permission)['Errors'] == []
    assert as_jane.delete(defect)['Errors'] == ['Object to delete cannot be null']


def test_a_user_shows_the_strongest_right_of_all(emulator, api, as_editor, jane):
    def shown():
        found = api.read(jane)
        assert found['SubscriptionPermission'] == found['WorkspacePermission']
        return found['SubscriptionPermission']

    assert shown() == 'Workspace User'
    project = api.create(
        'projectpermission', Project=api.project['_ref'], Role='Admin', User=jane['_ref']
    )
    assert shown() == 'Project Admin'
    main = api.named('workspace', 'Main')
    workspace = api.create(
        'workspacepermission', Workspace=main['_ref'], Role='Admin', User=jane['_ref']
    )
    assert shown() == 'Workspace Admin'
    path = '/user/{}/setpermissionflags'.format(jane['ObjectID'])
    for flag, level in ((True, 'Subscription Admin'), (False, 'Workspace Admin')):
        api.ask('POST', path, {'SetPermissionFlags': {'SubscriptionAdmin': flag}})
        assert shown() == level
    api.delete(workspace)
    assert shown() == 'Project Admin'
    api.delete(project)
    assert shown() == 'No Access'
    assert as_editor.get('/user')['WorkspacePermission'] == 'Workspace User'


def test_whoever_may_see_no_workspace_sees_none(emulator, api, jane):
    for permission in api.members(jane, 'UserPermissions'):
        assert api.delete(permission)['Errors'] == []
    caller = with_key(emulator, api, jane['UserName'], '_jane')
    assert caller.get('/user')['UserName'] == jane['UserName']
    for kind in ('workspace', 'project', 'artifact', 'tag', 'iteration', 'conversationpost'):
        assert caller.rows('/' + kind) == []
    (profile,) = caller.rows('/userprofile')
    assert profile['_ref'] == jane['UserProfile']['_ref']
    subscription = caller.get('/subscription')
    assert caller.members(subscription, 'Workspaces') == []


def test_a_role_that_is_none_is_refused(api, jane):
    values = {'Project': api.project['_ref'], 'User': jane['_ref']}
    assert api.try_create('projectpermission', {**values, 'Role': 'User'})['Errors'] == [
        'Validation error: ProjectPermission.Role "User" is invalid.  '
        'Valid values are: Viewer, Editor, Admin : User is an invalid value'
    ]
    assert api.try_create('projectpermission', values)['Errors'] == [
        'Validation error: ProjectPermission.Role should not be null'
    ]


def test_a_viewer_reads_and_changes_nothing(api, as_viewer):
    story = api.named('hierarchicalrequirement', 'Sign in with e-mail')
    assert as_viewer.read(story)['Name'] == story['Name']
    reason = 'Not authorized to perform action: {} not allowed for HierarchicalRequirement'
    assert as_viewer.try_update(story, {'Name': 'x'})['Errors'] == [
        'Not authorized to update: HierarchicalRequirement {}'.format(story['ObjectID'])
    ]
    assert as_viewer.delete(story)['Errors'] == [reason.format('Delete')]
    assert as_viewer.add(story, 'Tags', {'Name': 'new'})['Errors'] == [reason.format('Update')]
    assert api.read(story)['Name'] == story['Name']
    assert as_viewer.try_create('tag', {'Name': 'new'})['Errors'] == [
        'Not authorized to create: Tag'
    ]
    assert api.rows('/tag', '(Name = new)') == []


def test_an_editor_writes_where_the_role_holds_and_nowhere_else(api, as_editor):
    defect = as_editor.create('defect', Name='x')
    team_b = api.named('project', 'Team B')
    result = as_editor.try_update(defect, {'Project': team_b['_ref']})
    assert result['Errors'] == [
        'Could not read: Could not read referenced object ' + team_b['_ref']
    ]
    hidden = api.try_create('defect', {'Name': 'y', 'Project': team_b['_ref']})['Object']
    assert as_editor.try_update(hidden, {'Name': 'z'})['Errors'] == [
        'Could not read: Could not read Defect {} to update.'.format(hidden['ObjectID'])
    ]


@pytest.mark.parametrize(
    ('type_path', 'values'),
    [
        ('project', {'Name': 'p'}),
        ('workspace', {'Name': 'w'}),
        ('state', {'Name': 's'}),
        ('typedefinition', {'Name': 'Capability'}),
        ('preliminaryestimate', {'Name': 'XXL'}),
    ],
)
def test_places_and_definitions_need_an_administrator(as_editor, type_path, values):
    errors = as_editor.try_create(type_path, values)['Errors']
    assert any(
        'Not authorized to create: ' in text or 'should not be null' in text for text in errors
    )


def test_users_change_themselves_and_not_others(api, as_editor):
    me = as_editor.get('/user')
    assert as_editor.try_update(me, {'Phone': '1234'})['Object']['Phone'] == '1234'
    ann = api.get('/user')
    for user, values in ((ann, {'Phone': '1234'}), (me, {'Disabled': True})):
        assert as_editor.try_update(user, values)['Errors'] == [
            'Not authorized to update: User {}'.format(user['ObjectID'])
        ]


def test_a_disabled_user_is_no_longer_let_in(emulator, api, jane):
    as_jane = with_key(emulator, api, 'jane@example.com', '_janeKey0001')
    assert as_jane.send('GET', '/user').status_code == 200
    api.update(jane, Disabled=True)
    assert as_jane.send('GET', '/user').status_code == 401


def test_the_display_name_is_what_references_show(api, jane):
    assert api.update(jane, DisplayName='J. D.')['_refObjectName'] == 'J. D.'


@pytest.mark.fact('14')
def test_the_project_picker_of_a_new_user_is_that_of_the_service(emulator, api, jane):
    assert (jane['ProjectScopeUp'], jane['ProjectScopeDown']) == (False, True)
    company = api.named('project', 'Company')['_ref']
    api.create('projectpermission', Project=company, Role='Viewer', User=jane['_ref'])
    caller = with_key(emulator, api, jane['UserName'], '_jane')
    assert {
        row['Project']['_refObjectName'] for row in caller.rows('/artifact', project=company)
    } == {'Company', 'Team A'}
    api.update(jane, ProjectScopeDown=False)
    assert {
        row['Project']['_refObjectName'] for row in caller.rows('/artifact', project=company)
    } == {'Company'}


def test_a_new_project_may_leave_the_states_of_tasks_alone(api):
    assert api.create('project', Name='p')['TaskStateRollupEnabled'] is True
    quiet = api.create('project', Name='q', TaskStateRollupEnabled=False)
    assert quiet['TaskStateRollupEnabled'] is False


def test_team_memberships_show_on_both_sides(api, jane):
    result = api.ask(
        'POST',
        '/user/{}/TeamMemberships/add'.format(jane['ObjectID']),
        {'CollectionItems': [{'_ref': api.project['_ref']}]},
    )
    assert result['Errors'] == []
    members = [row['_refObjectName'] for row in api.members(api.project, 'TeamMembers')]
    assert 'Jane Developer' in members


def test_the_administrator_flag_is_set_by_its_own_path(emulator, api, as_editor, jane):
    path = path_of(jane) + '/setpermissionflags'
    body = {'SetPermissionFlags': {'SubscriptionAdmin': True}}
    assert as_editor.ask('POST', path, body)['Errors'] == [
        'Not authorized to update: User {}'.format(jane['ObjectID'])
    ]
    assert api.ask('POST', path, body)['Errors'] == []
    assert api.read(jane)['SubscriptionAdmin'] is True
    as_jane = with_key(emulator, api, 'jane@example.com', '_janeKey0001')
    assert as_jane.try_create('project', {'Name': 'by jane'})['Errors'] == []


def test_the_permission_map_gives_and_takes_roles(api, jane):
    path = path_of(jane) + '/permissionmap'
    team_b = api.named('project', 'Team B')
    assert (
        api.ask(
            'POST',
            path,
            {
                'PermissionMap': {
                    'EditorProjects': [team_b['_ref']],
                    'NoAccessProjects': [api.project['_ref']],
                    'MembershipProjects': [{'_ref': team_b['_ref']}],
                }
            },
        )['Errors']
        == []
    )
    held = api.get(path)
    assert [row['_refObjectName'] for row in held['EditorProjects']] == ['Team B']
    assert (held['ViewerProjects'], held['AdminProjects']) == ([], [])
    assert [row['_refObjectName'] for row in held['MembershipProjects']] == ['Team B']


def test_a_new_workspace_and_its_projects_are_ready_for_work(api):
    workspace = api.try_create('workspace', {'Name': 'Fresh'})['Object']
    configuration = api.read(workspace['WorkspaceConfiguration'])
    assert configuration['TimeZone']
    project = api.try_create('project', {'Name': 'P', 'Workspace': workspace['_ref']})['Object']
    child = api.try_create('project', {'Name': 'C', 'Parent': project['_ref']})['Object']
    assert child['Workspace']['_refObjectName'] == 'Fresh'
    story = api.try_create(
        'hierarchicalrequirement',
        {'Name': 's', 'Project': child['_ref'], 'ScheduleState': 'Completed'},
    )['Object']
    assert story['FormattedID'] == 'US1'
    assert story['FlowState']['_refObjectName'] == 'Completed'


def test_a_new_workspace_has_the_estimates_and_portfolio_states_of_every_other(api):
    workspace = api.try_create('workspace', {'Name': 'Fresh'})['Object']
    main = api.one('/workspace', '(Name = "Main")')

    def shown(type_path, *names, **params):
        rows = api.rows('/' + type_path, order='Name', **params)
        return [tuple(row[name] for name in names) for row in rows]

    for type_path, names in (
        ('preliminaryestimate', ('Name', 'Value', 'CountValue')),
        ('state', ('Name', 'OrderIndex', 'InProgressMarker', 'AcceptedMarker')),
    ):
        made = shown(type_path, *names, workspace=workspace['_ref'])
        assert made and set(made) == set(shown(type_path, *names, workspace=main['_ref']))
    sizes = shown('preliminaryestimate', 'Name', 'Value', 'CountValue', workspace=workspace['_ref'])
    assert sorted(sizes, key=lambda size: size[1]) == [
        ('XS', 1, 1),
        ('S', 2, 2),
        ('M', 3, 5),
        ('L', 5, 8),
        ('XL', 8, 13),
    ]


def test_without_a_default_workspace_the_first_open_one_by_name_is_used(emulator, api):
    nina = with_key(emulator, api, 'nina@example.com', '_ninaKey01')
    assert [row['Name'] for row in nina.rows('/workspace')] == ['Main']
    api.update(api.named('workspace', 'Main'), State='Closed')
    assert [row['Name'] for row in nina.rows('/workspace')] == ['Other']


@pytest.mark.fact('8.2')
def test_prefixes_of_formatted_ids_are_a_setting_of_the_workspace(api):
    workspace = api.try_create('workspace', {'Name': 'Fresh'})['Object']
    project = api.try_create('project', {'Name': 'P', 'Workspace': workspace['_ref']})['Object']
    configuration = api.read(workspace['WorkspaceConfiguration'])
    api.update(configuration, HierarchicalRequirementPrefix='S', DefectPrefix='BUG')
    made = [
        api.try_create(kind, {'Name': 'x', 'Project': project['_ref']})['Object']['FormattedID']
        for kind in ('hierarchicalrequirement', 'defect', 'defect')
    ]
    assert made == ['S1', 'BUG1', 'BUG2']
    elsewhere = api.create('defect', Name='x')['FormattedID']
    assert elsewhere.startswith('DE')


@pytest.mark.fact('8.8', 'use/dates')
def test_the_time_zone_of_the_workspace_decides_the_bounds_of_days(api):
    workspace = api.named('workspace', 'Main')
    configuration = api.read(workspace['WorkspaceConfiguration'])
    api.update(configuration, TimeZone='Asia/Tokyo')
    iteration = api.create(
        'iteration',
        Name='i',
        StartDate='2026-05-01',
        EndDate='2026-05-14',
        Project=api.project['_ref'],
    )
    assert iteration['StartDate'] == '2026-04-30T15:00:00.000Z'
    assert iteration['EndDate'] == '2026-05-14T14:59:59.000Z'

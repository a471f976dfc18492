"""Rights, whatever way a request takes (WSAPI reference, section 13); `tests/fuzz` attacks them."""

import base64

import pytest

from tests.contract.small_world import path_of, with_key

STORY = 'hierarchicalrequirement'


@pytest.fixture
def mallory(emulator, api):
    """An editor of Team A who may also read Team B, and no more."""
    user = api.one('/user', '(UserName = "ed@example.com")')
    api.create(
        'projectpermission',
        Project=api.named('project', 'Team B')['_ref'],
        Role='Viewer',
        User=user['_ref'],
    )
    return with_key(emulator, api, 'ed@example.com', '_edKey0001')


@pytest.fixture
def theirs(api):
    """A story of Team B with something of every kind in it, and its parts by collection."""
    place = {'Project': api.named('project', 'Team B')['_ref']}
    story = api.create(STORY, Name='theirs', **place)
    mine = {'WorkProduct': story['_ref']}
    content = api.create('attachmentcontent', Content=base64.b64encode(b'theirs').decode())
    parts = {
        'Tasks': api.create('task', Name='task', **mine),
        'Children': api.create(STORY, Name='child', Parent=story['_ref'], **place),
        'Defects': api.create('defect', Name='defect', Requirement=story['_ref'], **place),
        'TestCases': api.create('testcase', Name='case', **mine, **place),
        'Discussion': api.create('conversationpost', Text='post', Artifact=story['_ref']),
        'Attachments': api.create(
            'attachment',
            Name='file',
            Artifact=story['_ref'],
            Content=content['_ref'],
            ContentType='text/plain',
        ),
    }
    return story, parts, content


@pytest.mark.fact('13', '7.2', '7.3')
def test_nobody_takes_members_through_the_collections_of_an_own_object(api, mallory, theirs):
    story, parts, _ = theirs
    own = mallory.create(STORY, Name='own')
    for collection, part in parts.items():
        one = {'_ref': part['_ref']}
        for answer in (
            mallory.add(own, collection, one),
            mallory.try_update(own, {collection: [one]}),
            mallory.remove(story, collection, one),
            mallory.try_update(story, {collection: []}),
        ):
            assert answer['Errors'], collection
        held = api.members(story, collection, fetch='ObjectID')
        assert [row['_ref'] for row in held] == [part['_ref']], collection
        assert api.read(part)['VersionId'] == part['VersionId']


@pytest.mark.fact('13')
def test_a_member_is_not_taken_from_an_object_that_is_not_ones_own(api, mallory, theirs):
    story, _, _ = theirs
    child = mallory.create(STORY, Name='of Team A')
    api.update(child, Parent=story['_ref'])
    own = mallory.create(STORY, Name='own')
    answer = mallory.add(own, 'Children', {'_ref': child['_ref']})
    assert answer['Errors'] == [
        'Not authorized to update: HierarchicalRequirement {}'.format(story['ObjectID'])
    ]
    assert [row['_ref'] for row in api.members(story, 'Children')][-1] == child['_ref']


@pytest.mark.fact('13', '4.6')
def test_parts_of_other_projects_are_neither_moved_nor_deleted(api, mallory, theirs):
    story = mallory.create(STORY, Name='own')
    case = api.create(
        'testcase',
        Name='case',
        WorkProduct=story['_ref'],
        Project=api.named('project', 'Team B')['_ref'],
    )
    web = api.one('/project', '((Name = "Web") AND (Parent.Name = "Team A"))')
    answer = mallory.try_update(story, {'Project': web['_ref']})
    assert answer['Errors'] == ['Not authorized to update: TestCase {}'.format(case['ObjectID'])]
    assert api.read(case)['Project']['_refObjectName'] == 'Team B'
    parent = theirs[0]
    sprint = api.create(
        'iteration',
        Name='sprint',
        State='Planning',
        StartDate='2026-03-01',
        EndDate='2026-03-31',
        Project=api.named('project', 'Team B')['_ref'],
    )
    lonely = api.create(STORY, Name='lonely', Project=parent['Project']['_ref'])
    api.update(lonely, Iteration=sprint['_ref'])
    answer = mallory.try_update(story, {'Parent': lonely['_ref']})
    assert answer['Errors'] == [
        'Not authorized to update: HierarchicalRequirement {}'.format(lonely['ObjectID'])
    ]


@pytest.mark.fact('7.2')
def test_what_has_no_such_reference_is_no_member(api):
    release = api.create(
        'release',
        Name='r',
        State='Planning',
        ReleaseStartDate='2026-03-01',
        ReleaseDate='2026-03-31',
    )
    case, defect = api.create('testcase', Name='c'), api.create('defect', Name='d')
    refused = api.add(release, 'WorkProducts', {'_ref': case['_ref']})
    assert refused['Errors'] == ['Cannot add to collection WorkProducts']
    assert api.try_update(release, {'WorkProducts': [{'_ref': case['_ref']}]})['Errors']
    assert api.add(release, 'WorkProducts', {'_ref': defect['_ref']})['Errors'] == []
    assert [row['_ref'] for row in api.members(release, 'WorkProducts')] == [defect['_ref']]


@pytest.mark.fact('13', '10')
def test_contents_and_preferences_of_others_stay(api, mallory, as_viewer, theirs):
    _, parts, content = theirs
    ann = api.get('/user')
    loose = api.create('attachmentcontent', Content='eA==')
    others = [
        content,
        loose,
        parts['Attachments'],
        api.try_create('preference', {'Name': 'a', 'User': ann['_ref']})['Object'],
        api.try_create('preference', {'Name': 'b'})['Object'],
        api.try_create('preference', {'Name': 'c', 'Project': api.project['_ref']})['Object'],
    ]
    for other in others:
        assert as_viewer.delete(other)['Errors'], other['_type']
    for other in others[:-1]:
        assert mallory.delete(other)['Errors'], other['_type']
    own = mallory.try_create('preference', {'Name': 'mine'})['Object']
    assert mallory.try_create('preference', {'Name': 'x', 'User': ann['_ref']})['Errors']
    assert mallory.try_update(own, {'User': ann['_ref']})['Errors']
    assert mallory.try_update(own, {'Value': 'v'})['Errors'] == []
    assert mallory.delete(own)['Errors'] == []
    # One's own contents go as ever.
    again = mallory.create('attachmentcontent', Content='eA==')
    assert mallory.delete(again)['Errors'] == []


@pytest.mark.fact('13', '6.1', '7.1')
def test_summaries_counts_and_builds_show_what_may_be_read(api, as_editor, theirs):
    own = as_editor.create(STORY, Name='own')
    place = {'Project': api.named('project', 'Team B')['_ref']}
    api.create(STORY, Name='hidden', Parent=own['_ref'], **place)
    api.create('defect', Name='hidden', Requirement=own['_ref'], **place)
    fetch = 'Children:summary[Name],Defects:summary[Name;Owner],Children,Defects'
    (row,) = as_editor.rows('/' + STORY, '(Name = "own")', fetch=fetch)
    assert row['Summary'] == {
        'Children': {'Count': 0, 'Name': {}},
        'Defects': {'Count': 0, 'Name': {}, 'Owner': {}},
    }
    assert (row['Children']['Count'], row['Defects']['Count']) == (0, 0)
    (seen,) = api.rows('/' + STORY, '(Name = "own")', fetch=fetch)
    assert seen['Summary']['Defects']['Name'] == {'hidden': 1}
    definition = api.create('builddefinition', Name='hidden', **place)
    build = api.create('build', BuildDefinition=definition['_ref'], Status='SUCCESS')
    assert as_editor.rows('/build') == []
    assert as_editor.read(build)['Errors'] == ['Cannot find object to read']
    assert [row['_ref'] for row in api.rows('/build')] == [build['_ref']]


@pytest.fixture
def wanda(emulator, api):
    """An administrator of the workspace Main, and a plain user of Other."""
    nina = api.one('/user', '(UserName = "nina@example.com")')
    main = api.named('workspace', 'Main')
    api.create('workspacepermission', Workspace=main['_ref'], Role='Admin', User=nina['_ref'])
    return with_key(emulator, api, 'nina@example.com', '_ninaKey0001')


def spaces(api):
    """Return the workspaces by name."""
    path = '/subscription/{}/Workspaces'.format(api.get('/subscription')['ObjectID'])
    return {row['Name']: row for row in api.rows(path)}


@pytest.mark.fact('13')
def test_a_workspace_administrator_becomes_none_elsewhere(api, wanda):
    nina = wanda.get('/user')
    main, other = spaces(api)['Main'], spaces(api)['Other']
    lab = api.one('/project', '(Name = "Lab")', workspace=other['_ref'])
    long_s = {'Work\u017fpace': other['_ref'], 'Role': 'Admin', 'User': nina['_ref']}
    for body in (
        {'Workspace': other['_ref'], 'Role': 'Admin', 'User': nina['_ref']},
        {'Workspace': other['_ref'], 'Project': wanda.project['_ref'], **long_s},
        {'Project': wanda.project['_ref'], **long_s},
        {'workspace': main['_ref'], **long_s},
    ):
        for params in ({}, {'workspace': main['_ref']}, {'project': wanda.project['_ref']}):
            answer = wanda.try_create('workspacepermission', body, **params)
            assert answer['Errors'], (body, params)
    body = {'Project': lab['_ref'], 'Role': 'Admin', 'User': nina['_ref']}
    for extra in ({}, {'Workspace': main['_ref']}):
        for params in ({}, {'workspace': main['_ref']}):
            assert wanda.try_create('projectpermission', {**body, **extra}, **params)['Errors']
    roles = {
        row['Workspace']['_refObjectName']: row['Role']
        for row in api.rows('/user/{}/UserPermissions'.format(nina['ObjectID']))
        if row['_type'] == 'WorkspacePermission'
    }
    assert roles == {'Main': 'Admin', 'Other': 'User'}


@pytest.mark.fact('13')
def test_a_workspace_administrator_disables_and_deletes_users_of_that_workspace_alone(api, wanda):
    def user(name):
        return api.one('/user', '(UserName = "{}@example.com")'.format(name))

    ann, vic, rob = user('ann'), user('vic'), user('rob')
    other = spaces(api)['Other']
    api.create('workspacepermission', Workspace=other['_ref'], Role='User', User=rob['_ref'])
    for one in (ann, rob):
        assert wanda.try_update(one, {'Disabled': True})['Errors']
        assert wanda.try_update(one, {'EmailAddress': 'x@example.com'})['Errors']
        assert wanda.delete(one)['Errors']
    assert wanda.try_update(ann, {'Department': 'x'})['Errors']
    assert wanda.try_update(rob, {'Department': 'x'})['Errors'] == []
    assert wanda.try_update(vic, {'Disabled': True})['Errors'] == []
    assert wanda.delete(vic)['Errors'] == []
    assert [user(name)['Disabled'] for name in ('ann', 'rob')] == [False, False]


@pytest.mark.fact('13')
def test_a_profile_stays_its_users_own(api, as_editor):
    ann, ed = api.get('/user'), as_editor.get('/user')
    path = path_of(ed['UserProfile'])
    answer = as_editor.ask('POST', path, {'UserProfile': {'User': ann['_ref']}})
    assert answer['Errors'] == [
        'Not authorized to update: UserProfile {}'.format(path.rsplit('/', 1)[1])
    ]

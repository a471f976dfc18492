"""Project scoping and what rights leave visible (WSAPI reference, sections 13 and 14)."""

import pytest

from tests.emulator.service import opened

pytestmark = pytest.mark.fact('14')


def in_scope(service, **params):
    """Return the names of the stories a scope finds."""
    return set(service.names('/hierarchicalrequirement', **params))


@pytest.mark.fact('use/scoping-flags')
@pytest.mark.parametrize(
    ('project', 'up', 'down', 'expected'),
    [
        ('top', 'false', 'true', {'Log in', 'Forgot password', 'Side story'}),
        ('top', 'true', 'true', {'Log in', 'Forgot password', 'Side story'}),
        ('top', 'false', 'false', set()),
        ('mid', 'false', 'false', {'Log in'}),
        ('mid', 'false', 'true', {'Log in', 'Forgot password'}),
        ('leaf', 'true', 'false', {'Log in', 'Forgot password'}),
        ('leaf', 'false', 'true', {'Forgot password'}),
        ('leaf', 'true', 'true', {'Log in', 'Forgot password'}),
    ],
)
def test_flags_decide_about_ancestors_and_descendants(service, project, up, down, expected):
    found = in_scope(
        service,
        project='/project/{}'.format(service.oid(project)),
        projectScopeUp=up,
        projectScopeDown=down,
    )
    assert found == expected


def test_without_flags_a_project_brings_its_descendants(service):
    assert in_scope(service, project='project/{}'.format(service.oid('mid'))) == {
        'Log in',
        'Forgot password',
    }


@pytest.mark.fact('use/scoping-flags')
def test_the_project_picker_of_the_user_is_the_default_of_the_flags(service):
    with service.app.store.writing() as tx:
        user = tx.get(service.oid('ada'))
        tx.update(user.oid, doc={**user.doc, 'ProjectScopeDown': False, 'ProjectScopeUp': True})
    assert in_scope(service, project='project/{}'.format(service.oid('leaf'))) == {
        'Log in',
        'Forgot password',
    }
    assert in_scope(service, project='project/{}'.format(service.oid('top'))) == set()


@pytest.mark.fact('use/scoping-null')
@pytest.mark.parametrize(
    'params', [{}, {'project': 'null'}, {'project': ''}, {'workspace': 'workspace/{east}'}]
)
def test_without_a_project_the_whole_workspace_is_searched(service, params):
    given = {name: text.format(**service.tiny.oids) for name, text in params.items()}
    assert in_scope(service, **given) == {'Log in', 'Forgot password', 'Side story'}


@pytest.mark.fact('3.1', '8.1')
@pytest.mark.parametrize(
    'form', ['{base}/workspace/{oid}', '/workspace/{oid}', 'workspace/{oid}', 'Workspace/{oid}.js']
)
def test_a_workspace_is_named_in_every_form_of_a_reference(service, form):
    text = form.format(base=service.base, oid=service.oid('west'))
    assert service.names('/defect', workspace=text) == ['Far away']


def test_a_project_implies_its_workspace(service):
    assert service.names('/defect', project='/project/{}'.format(service.oid('far'))) == [
        'Far away'
    ]


def test_a_project_outside_the_workspace_is_refused(service):
    result = service.get(
        '/defect',
        workspace='/workspace/{}'.format(service.oid('west')),
        project='/project/{}'.format(service.oid('mid')),
    )
    assert result['Errors'] == ['Project is not in workspace']


@pytest.mark.parametrize(
    ('text', 'error'),
    [
        ('xyz', 'Cannot parse object reference from "xyz"'),
        ('/project/1', 'Could not read: Could not read referenced object /project/1'),
        ('/project/{bug}', 'Could not read: Could not read referenced object /project/{bug}'),
    ],
)
def test_a_project_that_is_none_is_refused(service, text, error):
    text, error = (one.format(**service.tiny.oids) for one in (text, error))
    assert service.get('/defect', project=text)['Errors'] == [error]


@pytest.mark.fact('5.10')
def test_other_workspaces_are_invisible_unless_named(service):
    assert service.names('/workspace') == ['East']
    assert service.names('/workspace', query='(Name = "West")') == []
    assert service.names('/workspace', workspace='/workspace/{}'.format(service.oid('west'))) == [
        'West'
    ]


def test_projects_are_scoped_by_workspace_only(service):
    found = service.names(
        '/project', project='/project/{}'.format(service.oid('leaf')), projectScopeDown='false'
    )
    assert set(found) == {'Top', 'Mid', 'Leaf', 'Side'}


def test_closed_projects_are_listed_only_when_asked_for(service):
    assert 'Shut' not in service.names('/project')
    assert service.names('/project', query='(State = Closed)') == ['Shut']
    assert service.names('/project', query='(ObjectID = {})'.format(service.oid('shut'))) == [
        'Shut'
    ]


def test_users_are_seen_from_every_workspace_and_disabled_ones_only_when_asked_for(service):
    west = '/workspace/{}'.format(service.oid('west'))
    assert set(service.names('/user', workspace=west, query='(ObjectID > 0)')) >= {'Ada', 'Vera'}
    assert set(service.names('/users')) == {'Ada', 'Rob', 'Vera'}
    everybody = service.names('/users', query='((Disabled = true) OR (Disabled = false))')
    assert set(everybody) == {'Ada', 'Rob', 'Vera', 'Dora'}


@pytest.mark.parametrize('identity', ['ObjectID', 'ObjectUUID'])
@pytest.mark.parametrize(
    ('type_path', 'attribute', 'value'),
    [
        ('user', 'EmailAddress', 'dora@example.com'),
        ('project', 'Name', 'Old Team'),
    ],
)
def test_a_query_by_identity_finds_disabled_users_and_closed_projects(
    api, type_path, attribute, value, identity
):
    by_name = '({} = "{}")'.format(attribute, value)
    hidden = {'user': '(Disabled = true)', 'project': '(State = Closed)'}[type_path]
    assert api.rows('/' + type_path, by_name) == []
    found = api.one('/' + type_path, '({} AND {})'.format(by_name, hidden))
    asked = api.one('/' + type_path, '({} = "{}")'.format(identity, found[identity]))
    assert asked['_ref'] == found['_ref']
    both = '(({0} = "{1}") AND {2})'.format(identity, found[identity], by_name)
    assert [row['_ref'] for row in api.rows('/' + type_path, both)] == [found['_ref']]


def test_scope_up_reaches_every_project_above_and_none_beside(api):
    company, team = (api.named('project', name) for name in ('Company', 'Team A'))
    web = api.one('/project', '((Name = "Web") AND (Parent = "{}"))'.format(team['_ref']))
    below = api.try_create('project', {'Name': 'Pages', 'Parent': web['_ref']})['Object']
    for project in (company, team, web, below):
        api.create('hierarchicalrequirement', Name='in ' + project['Name'], Project=project['_ref'])
    api.create(
        'hierarchicalrequirement', Name='in Team B', Project=api.named('project', 'Team B')['_ref']
    )

    def seen(project, **flags):
        rows = api.rows(
            '/hierarchicalrequirement',
            '(Name contains "in ")',
            project=project['_ref'],
            order='ObjectID',
            **flags,
        )
        return [row['Name'][3:] for row in rows if row['Name'].startswith('in ')]

    up = {'projectScopeUp': 'true', 'projectScopeDown': 'false'}
    assert seen(below, **up) == ['Company', 'Team A', 'Web', 'Pages']
    assert seen(web, **up) == ['Company', 'Team A', 'Web']
    assert seen(company, **up) == ['Company']
    down = {'projectScopeUp': 'false', 'projectScopeDown': 'true'}
    assert seen(team, **down) == ['Team A', 'Web', 'Pages']


@pytest.fixture
def viewer(service):
    """A caller who may see the project Mid and nothing else."""
    return service.other(headers={'ZSESSIONID': service.tiny.viewer_key})


def test_a_viewer_finds_only_what_the_permissions_show(service, viewer):
    assert viewer.names('/hierarchicalrequirement') == ['Log in']
    assert viewer.names('/project') == ['Mid']
    assert viewer.names('/workspace') == ['East']


def test_a_viewer_cannot_read_beyond_the_permissions(service, viewer):
    for path in (
        'hierarchicalrequirement/{child}',
        'project/{side}',
        'workspace/{west}',
        'defect/{far-bug}',
        'userprofile/{ada-profile}',
    ):
        result = viewer.get('/' + path.format(**service.tiny.oids))
        assert result['Errors'] == ['Cannot find object to read'], path
    assert viewer.get('/userprofile/{}'.format(service.oid('vera-profile')))['Errors'] == []


@pytest.mark.fact('7.1', '19')
def test_members_beyond_the_permissions_are_left_out_and_not_counted(service, viewer):
    story = viewer.get('/hierarchicalrequirement/{}'.format(service.oid('story')), fetch='Children')
    assert story['Children']['Count'] == 0
    assert viewer.rows('/hierarchicalrequirement/{}/Children'.format(service.oid('story'))) == []


@pytest.mark.fact('19')
def test_a_reference_beyond_the_permissions_stays_closed(service, viewer):
    rows = viewer.rows('/hierarchicalrequirement', fetch='PortfolioItem,FormattedID')
    assert rows[0]['PortfolioItem']['_refObjectName'] == 'Search'
    assert 'FormattedID' not in rows[0]['PortfolioItem']


def test_profiles_of_others_stay_closed_wherever_they_are_met(service, viewer):
    query = '((UserName = "{}") OR (UserName != "nobody"))'.format(service.tiny.user)
    profiles = {
        row['_refObjectName']: row['UserProfile']
        for row in viewer.rows('/user', query=query, fetch='UserProfile,TimeZone', pagesize=200)
    }
    own = viewer.get('/user')['_refObjectName']
    assert 'TimeZone' in profiles.pop(own)
    assert profiles and not [name for name, one in profiles.items() if one and 'TimeZone' in one]


@pytest.mark.parametrize(
    ('query', 'seen'),
    [
        ('(PortfolioItem.Name = "Search")', True),
        ('(PortfolioItem.ObjectID != null)', True),
        ('(PortfolioItem.FormattedID = 1)', False),
        ('(PortfolioItem.Project.Name != null)', False),
        ('(Children.ObjectID != null)', False),
        ('(Children.Name != null)', False),
        ('(Children.ObjectUUID != null)', False),
        ('(Children != null)', False),
        ('(PortfolioItem.ObjectUUID != null)', True),
        ('(Project.State = "Open")', True),
        ('(Project.Parent.State = "Open")', False),
        ('(Tasks.State = "Defined")', True),
        ('(Tasks.Project.State = "Open")', True),
        ('(Tasks.Owner.UserName != null)', True),
    ],
)
def test_paths_of_a_query_do_not_look_beyond_the_permissions(service, viewer, query, seen):
    every = service.names('/hierarchicalrequirement', query=query)
    assert 'Log in' in every
    assert ('Log in' in viewer.names('/hierarchicalrequirement', query=query)) is seen


def test_an_order_does_not_look_beyond_the_permissions(service, viewer):
    for name, zone in (('ada-profile', 'America/Denver'), ('vera-profile', 'Europe/Berlin')):
        result = opened(
            service.send(
                'POST',
                '/userprofile/{}'.format(service.oid(name)),
                {'UserProfile': {'TimeZone': zone}},
            )
        )
        assert (result['Errors'], result['Warnings']) == ([], [])
    order = 'UserProfile.TimeZone,ObjectID'
    assert service.names('/users', order=order)[:2] == ['Ada', 'Vera']
    assert viewer.names('/users', order=order)[0] == 'Vera'


def test_a_scope_beyond_the_permissions_cannot_be_named(service, viewer):
    for params in (
        {'project': '/project/{}'.format(service.oid('side'))},
        {'workspace': '/workspace/{}'.format(service.oid('west'))},
    ):
        errors = viewer.get('/defect', **params)['Errors']
        assert errors[0].startswith('Could not read: Could not read referenced object')


def test_the_workspaces_of_the_subscription_follow_the_permissions(service, viewer):
    path = '/Subscription/{}/Workspaces'.format(service.oid('sub'))
    assert service.names(path, fetch='Name') == ['East', 'West']
    assert viewer.names(path, fetch='Name') == ['East']
    assert service.names(path, query='((Name = "West") AND (State = Open))') == ['West']

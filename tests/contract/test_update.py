"""Updating objects (WSAPI reference, section 4.4)."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.fact('4.4')


@pytest.fixture
def defect(api):
    return api.create('defect', Name='Login fails', PlanEstimate=3, Notes='n')


@pytest.mark.fact('1.2')
@pytest.mark.parametrize('method', ['POST', 'PUT'])
def test_post_and_put_change_only_what_is_given(api, defect, method):
    path = '/defect/{}'.format(defect['ObjectID'])
    result = api.ask(method, path, {'dEFECT': {'State': 'Open'}})
    assert (result['Errors'], result['Warnings']) == ([], [])
    assert result['Object']['State'] == 'Open'
    assert (result['Object']['Name'], result['Object']['PlanEstimate']) == ('Login fails', 3.0)


@pytest.mark.fact('4.1')
def test_the_envelope_of_an_update_is_operationresult(api, defect):
    path = '/defect/{}'.format(defect['ObjectID'])
    assert list(api.send('POST', path, {'Defect': {}}).json()) == ['OperationResult']


def test_null_clears_an_attribute(api, defect):
    updated = api.update(defect, PlanEstimate=None, Notes=None, Iteration=None)
    assert (updated['PlanEstimate'], updated['Notes'], updated['Iteration']) == (None, '', None)


def test_null_does_not_clear_a_required_attribute(api, defect):
    result = api.try_update(defect, {'Name': None, 'Notes': 'changed'})
    assert result['Errors'] == ['Validation error: Defect.Name should not be null']
    assert api.read(defect)['Notes'] == 'n'


@pytest.mark.fact('8.2')
def test_each_accepted_change_counts_the_version_up_by_one(api, defect):
    updated = api.update(defect, State='Open', Severity='Cosmetic')
    assert (defect['VersionId'], updated['VersionId']) == ('1', '2')
    assert updated['_objectVersion'] == '2'


def test_an_update_that_changes_nothing_makes_no_version(api, defect):
    updated = api.update(defect, Name='Login fails', PlanEstimate='3.0', Owner=None)
    assert updated['VersionId'] == '1'
    assert updated['LastUpdateDate'] == defect['LastUpdateDate']
    assert api.revisions(defect) == ['Original revision']


def test_read_only_attributes_in_the_body_are_ignored_with_warnings(api, defect):
    result = api.try_update(
        defect,
        {'ObjectID': 1, 'FormattedID': 'DE1', '_ref': 'x', '_objectVersion': '9', 'State': 'Open'},
    )
    assert result['Errors'] == []
    assert result['Warnings'] == [
        'Ignored JSON element Defect.{} during processing of this request.'.format(name)
        for name in ('ObjectID', 'FormattedID')
    ]
    assert result['Object']['ObjectID'] == defect['ObjectID']
    assert result['Object']['State'] == 'Open'


def test_what_a_read_gave_can_be_sent_back(api, defect):
    item = api.read(defect)
    result = api.try_update(defect, {**item, 'Name': 'renamed'})
    assert result['Errors'] == []
    assert result['Object']['Name'] == 'renamed'
    assert result['Object']['VersionId'] == '2'


def test_the_target_of_an_update_must_be_there(api, defect):
    api.delete(defect)
    result = api.try_update(defect, {'Name': 'x'})
    assert result['Errors'] == [
        'Could not read: Could not read Defect {} to update.'.format(defect['ObjectID'])
    ]


def test_the_type_of_the_path_must_be_the_objects(api, defect):
    path = '/task/{}'.format(defect['ObjectID'])
    (error,) = api.ask('POST', path, {'Task': {'Name': 'x'}})['Errors']
    assert error == 'Could not read: Could not read Task {} to update.'.format(defect['ObjectID'])
    by_uuid = '/artifact/{}'.format(defect['ObjectUUID'])
    assert api.ask('POST', by_uuid, {'x': {'Name': 'y'}})['Object']['Name'] == 'y'


def test_a_failing_update_changes_nothing_at_all(api, defect):
    result = api.try_update(
        defect, {'Name': 'new', 'Tags': [api.named('tag', 'urgent')['_ref']], 'State': 'Bogus'}
    )
    assert len(result['Errors']) == 1
    after = api.read(defect)
    assert (after['Name'], after['VersionId'], after['Tags']['Count']) == ('Login fails', '1', 0)


def test_objects_may_not_be_their_own_ancestors(api):
    top = api.create('hierarchicalrequirement', Name='top')
    middle = api.create('hierarchicalrequirement', Name='middle', Parent=top['_ref'])
    leaf = api.create('hierarchicalrequirement', Name='leaf', Parent=middle['_ref'])
    for parent in (top, middle, leaf):
        assert api.try_update(top, {'Parent': parent['_ref']})['Errors'] == [
            'Validation error: HierarchicalRequirement.Parent should not make a cycle'
        ]
    assert api.try_update(top, {'Predecessors': [{'_ref': top['_ref']}]})['Errors'] == [
        'Validation error: HierarchicalRequirement.Predecessors should not make a cycle'
    ]


@pytest.mark.fact('8.4')
def test_passing_states_stamps_dates_and_going_back_takes_them_away(api, defect):
    opened = api.update(defect, State='Open', ScheduleState='In-Progress')
    assert opened['OpenedDate'] and opened['InProgressDate'] and not opened['ClosedDate']
    closed = api.update(defect, State='Closed', ScheduleState='Accepted')
    assert closed['ClosedDate'] == closed['AcceptedDate'] > opened['OpenedDate']
    assert closed['OpenedDate'] == opened['OpenedDate']
    assert closed['InProgressDate'] == opened['InProgressDate']
    back = api.update(defect, State='Submitted', ScheduleState='Defined')
    stamps = ('OpenedDate', 'ClosedDate', 'InProgressDate', 'AcceptedDate')
    assert [back[name] for name in stamps] == [None] * 4


@pytest.mark.fact('8.4')
def test_schedule_state_and_flow_state_move_together(api, defect):
    completed = api.update(defect, ScheduleState='Completed')
    assert completed['FlowState']['_refObjectName'] == 'Completed'
    accepted = api.one(
        '/flowstate', '((Name = Accepted) AND (Project = "{}"))'.format(api.project['_ref'])
    )
    assert api.update(defect, FlowState=accepted['_ref'])['ScheduleState'] == 'Accepted'


@pytest.mark.fact('C')
def test_blocking_names_a_blocker_and_unblocking_removes_it(api, defect):
    blocked = api.update(defect, Blocked=True, BlockedReason='no server')
    blocker = api.read(blocked['Blocker'])
    assert blocker['BlockedBy']['_refObjectName'] == 'Ann Admin'
    assert blocker['WorkProduct']['_refObjectName'] == 'Login fails'
    free = api.update(defect, Blocked=False)
    assert (free['Blocker'], free['BlockedReason']) == (None, None)


@pytest.mark.fact('C')
def test_tasks_follow_their_work_product(api):
    story = api.create('hierarchicalrequirement', Name='s')
    task = api.create('task', Name='t', WorkProduct=story['_ref'])
    current = api.named('iteration', 'Iteration 2')
    release = api.named('release', 'Release 1')
    team_b = api.named('project', 'Team B')
    api.update(story, Release=release['_ref'])
    assert api.read(task)['Release']['_ref'] == release['_ref']
    api.update(story, Iteration=current['_ref'], Project=team_b['_ref'])
    moved = api.read(task)
    assert moved['Iteration']['_ref'] == current['_ref']
    # The new project has no release of that name.
    assert moved['Release'] is None
    assert moved['Project']['_ref'] == team_b['_ref']
    here, gone = (
        [row['_ref'] for row in api.rows('/task', project=project['_ref'])]
        for project in (team_b, api.project)
    )
    assert task['_ref'] in here and task['_ref'] not in gone
    api.update(story, Iteration=None, Release=None)
    left = api.read(task)
    assert (left['Iteration'], left['Release']) == (None, None)


def test_a_completed_task_has_nothing_to_do_unless_it_says_so(api):
    story = api.create('hierarchicalrequirement', Name='s')
    task = api.create('task', Name='t', WorkProduct=story['_ref'], ToDo=3)
    assert api.update(task, State='In-Progress')['ToDo'] == 3
    assert api.update(task, State='Completed')['ToDo'] == 0
    api.update(task, State='Defined', ToDo=3)
    assert api.update(task, State='Completed', ToDo=2)['ToDo'] == 2


def test_attributes_of_creation_cannot_be_set_later(api):
    case = api.create('testcase', Name='c')
    other = api.create('testcase', Name='d')
    step = api.create('testcasestep', TestCase=case['_ref'], Input='do')
    result = api.try_update(step, {'TestCase': other['_ref'], 'Input': 'do it'})
    assert result['Warnings'] == [
        'Ignored JSON element TestCaseStep.TestCase during processing of this request.'
    ]
    assert result['Object']['TestCase']['_refObjectName'] == 'c'


@pytest.mark.fact('4.4')
@pytest.mark.parametrize(
    'type_path',
    [
        'defect',
        'hierarchicalrequirement',
        'task',
        'testcase',
        'portfolioitem/feature',
        'iteration',
        'release',
        'milestone',
        'testcaseresult',
        'project',
        'userprofile',
        'workspaceconfiguration',
    ],
)
def test_what_was_read_can_be_sent_back_and_changes_nothing(api, type_path):
    for row in api.rows('/' + type_path)[:2]:
        result = api.try_update(row, api.read(row))
        assert result['Errors'] == []
        assert result['Object']['VersionId'] == row['VersionId']


@pytest.mark.fact('1.2')
def test_a_copy_is_a_new_object_with_a_telling_name(api, defect):
    path = '/defect/{}/copy'.format(defect['ObjectID'])
    made = api.ask('POST', path, {'Defect': {}})['Object']
    assert made['Name'] == '(Copy of) Login fails'
    assert made['PlanEstimate'] == 3.0
    assert made['FormattedID'] != defect['FormattedID']
    assert made['VersionId'] == '1'


@pytest.mark.fact('1.2')
def test_a_copied_test_case_keeps_its_steps(api):
    case = api.named('testcase', 'A known user signs in')
    made = api.ask('POST', '/testcase/{}/copy'.format(case['ObjectID']), {'TestCase': {}})
    assert made['Object']['Steps']['Count'] == case['Steps']['Count'] > 0
    assert api.read(case)['Steps']['Count'] == case['Steps']['Count']


@pytest.mark.fact('1.2', 'B')
def test_a_type_that_cannot_be_copied_says_so(api):
    tag = api.named('tag', 'urgent')
    result = api.ask('POST', '/tag/{}/copy'.format(tag['ObjectID']), {'Tag': {}})
    assert result['Errors'] == ['Not authorized to perform action: Copy not allowed for Tag']


@pytest.mark.fact('1.2')
@pytest.mark.parametrize(
    ('path', 'type_path', 'values'),
    [
        (
            'objective',
            'objective/strategicobjective',
            {'StartDate': '2026-01-01', 'TargetDate': '2026-06-30'},
        ),
        (
            'workingcapacityplan',
            'workingcapacityplan',
            {
                'CapacityPlanStatus': 'Draft',
                'EstimationType': 'Points',
                'FinalizeDate': '2026-04-01',
                'HierarchyType': 'Release',
                'ProjectMode': 'Rollup',
            },
        ),
        ('risk', 'risk', {}),
        ('testfolder', 'testfolder', {}),
        ('testset', 'testset', {}),
        ('portfolioitem/feature', 'portfolioitem/feature', {}),
    ],
)
def test_newer_types_are_copied_too(api, path, type_path, values):
    old = api.create(type_path, Name='Plan of the year', **values)
    made = api.ask('POST', '/{}/{}/copy'.format(path, old['ObjectID']), {'Copy': {}})
    assert (made['Errors'], made['Warnings']) == ([], [])
    new = made['Object']
    assert (new['Name'], new['_type']) == ('(Copy of) Plan of the year', old['_type'])
    assert new['ObjectID'] != old['ObjectID'] and new['FormattedID'] != old['FormattedID']


def test_a_copied_user_is_a_user_of_its_own(api):
    ed = api.one('/user', '(UserName = "ed@example.com")')
    copies = [
        api.ask('POST', '/user/{}/copy'.format(ed['ObjectID']), {'User': {}}) for _ in range(2)
    ]
    made = copies[0]['Object']
    assert made['UserName'] == '(Copy of) ed@example.com'
    assert made['_refObjectName'] == made['DisplayName'] == '(Copy of) Ed Editor'
    assert made['UserProfile']['_ref'] != ed['UserProfile']['_ref']
    assert made['UserPermissions']['Count'] == 2
    assert copies[1]['Errors'] == [
        'Validation error: User.User Name "(Copy of) ed@example.com" is already in use'
    ]

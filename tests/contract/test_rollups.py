"""Derived values: sums, counts and states of tasks, tests, defects and children (section 8.4)."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.fact('8.4')


@pytest.fixture
def story(api):
    return api.create('hierarchicalrequirement', Name='s')


def shown(api, item, *names):
    found = api.read(item)
    return [found[name] for name in names]


def test_task_totals_are_the_sums_of_the_tasks(api, story):
    first = api.create('task', Name='a', WorkProduct=story['_ref'], Estimate=5, ToDo=2, Actuals=3)
    api.create('task', Name='b', WorkProduct=story['_ref'], Estimate=1.5, ToDo=1.5)
    totals = ('TaskEstimateTotal', 'TaskRemainingTotal', 'TaskActualTotal')
    found = api.read(story, ','.join(totals))
    assert [found[name] for name in totals] == [6.5, 3.5, 3.0]
    api.delete(first)
    found = api.read(story, ','.join(totals))
    assert [found[name] for name in totals] == [1.5, 1.5, 0.0]


def test_derived_values_can_be_queried(api, story):
    api.create('task', Name='a', WorkProduct=story['_ref'], Estimate=77)
    assert api.one('/hierarchicalrequirement', '(TaskEstimateTotal = 77)')['Name'] == 's'


def test_task_status_and_schedule_state_follow_the_tasks(api, story):
    assert shown(api, story, 'TaskStatus') == ['NONE']
    one = api.create('task', Name='a', WorkProduct=story['_ref'])
    two = api.create('task', Name='b', WorkProduct=story['_ref'])
    state = ('TaskStatus', 'ScheduleState')
    assert shown(api, story, *state) == ['DEFINED', 'Defined']
    api.update(one, State='In-Progress')
    assert shown(api, story, *state) == ['IN_PROGRESS', 'In-Progress']
    api.update(one, Blocked=True)
    assert shown(api, story, *state) == ['IN_PROGRESS_BLOCKED', 'In-Progress']
    api.update(one, State='Completed', Blocked=False)
    api.update(two, State='Completed')
    assert shown(api, story, *state) == ['COMPLETED', 'Completed']
    api.update(two, State='In-Progress')
    assert shown(api, story, *state) == ['IN_PROGRESS', 'In-Progress']


def test_a_project_may_switch_the_roll_up_of_task_states_off(api, story):
    task = api.create('task', Name='a', WorkProduct=story['_ref'])
    api.update(api.project, TaskStateRollupEnabled=False)
    api.update(task, State='In-Progress')
    assert shown(api, story, 'ScheduleState') == ['Defined']


def test_a_completed_task_has_nothing_left_to_do(api, story):
    task = api.create('task', Name='a', WorkProduct=story['_ref'], Estimate=4, ToDo=4)
    assert api.update(task, State='Completed')['ToDo'] == 0.0


def test_test_cases_are_counted_with_their_last_verdicts(api, story):
    counts = ('TestCaseCount', 'PassingTestCaseCount', 'TestCaseStatus')
    assert shown(api, story, *counts) == [0, 0, 'NONE']
    one, two = (api.create('testcase', Name=name, WorkProduct=story['_ref']) for name in 'ab')
    assert shown(api, story, *counts) == [2, 0, 'NONE_RUN']

    def run(case, verdict, day):
        api.create(
            'testcaseresult',
            TestCase=case['_ref'],
            Verdict=verdict,
            Build=day,
            Date='2026-03-{}'.format(day),
        )

    run(one, 'Fail', '01')
    assert shown(api, story, *counts) == [2, 0, 'SOME_RUN_NONE_PASSING']
    run(one, 'Pass', '03')
    assert shown(api, story, *counts) == [2, 1, 'SOME_RUN_ALL_PASSING']
    run(one, 'Fail', '02')
    assert shown(api, one, 'LastVerdict', 'LastBuild') == ['Pass', '03']
    run(two, 'Error', '04')
    assert shown(api, story, *counts) == [2, 1, 'ALL_RUN_SOME_NOT_PASSING']
    run(two, 'Pass', '05')
    assert shown(api, story, *counts) == [2, 2, 'ALL_RUN_ALL_PASSING']


def test_the_last_result_of_a_test_case_goes_with_the_result(api):
    case = api.create('testcase', Name='c')
    results = [
        api.create('testcaseresult', TestCase=case['_ref'], Verdict=verdict, Build='1', Date=date)
        for verdict, date in (('Pass', '2026-03-01'), ('Fail', '2026-03-02'))
    ]
    assert api.read(case)['LastResult']['_ref'] == results[1]['_ref']
    api.delete(results[1])
    assert api.read(case)['LastResult']['_ref'] == results[0]['_ref']
    assert shown(api, case, 'LastVerdict') == ['Pass']


def test_defect_status_of_a_story(api, story):
    assert shown(api, story, 'DefectStatus') == ['NONE']
    one, two = (api.create('defect', Name=name, Requirement=story['_ref']) for name in 'ab')
    assert shown(api, story, 'DefectStatus') == ['NONE_CLOSED']
    api.update(one, State='Closed')
    assert shown(api, story, 'DefectStatus') == ['SOME_CLOSED']
    api.update(two, State='Closed')
    assert shown(api, story, 'DefectStatus') == ['ALL_CLOSED']
    api.update(two, Requirement=None)
    api.update(one, Requirement=None)
    assert shown(api, story, 'DefectStatus') == ['NONE']


def test_a_parent_story_takes_its_state_from_its_children(api, story):
    one, two = (
        api.create('hierarchicalrequirement', Name=name, Parent=story['_ref']) for name in 'ab'
    )
    assert shown(api, story, 'DirectChildrenCount', 'ScheduleState') == [2, 'Defined']
    assert shown(api, one, 'HasParent') == [True]
    api.update(one, ScheduleState='Completed')
    assert shown(api, story, 'ScheduleState') == ['In-Progress']
    api.update(two, ScheduleState='Accepted')
    assert shown(api, story, 'ScheduleState') == ['Completed']
    api.update(one, ScheduleState='Accepted')
    top = api.read(story)
    assert (top['ScheduleState'], top['FlowState']['_refObjectName']) == ('Accepted', 'Accepted')
    assert top['AcceptedDate']


def test_a_state_given_to_a_story_with_children_is_ignored_with_a_warning(api):
    parent = api.named('hierarchicalrequirement', 'Check out')
    result = api.try_update(parent, {'ScheduleState': 'Accepted', 'Notes': 'kept'})
    assert result['Warnings'] == [
        'Ignored JSON element HierarchicalRequirement.ScheduleState '
        'during processing of this request.'
    ]
    assert result['Object']['ScheduleState'] == parent['ScheduleState'] == 'In-Progress'
    assert api.revisions(parent)[0] == 'NOTES added [kept]'
    assert (
        parent['InProgressDate']
        == api.named('hierarchicalrequirement', 'Pay by card')['InProgressDate']
    )


def test_leaf_stories_are_summed_up_the_portfolio(api):
    theme = api.create('portfolioitem/theme', Name='t')
    initiative = api.create('portfolioitem/initiative', Name='i', Parent=theme['_ref'])
    feature = api.create('portfolioitem/feature', Name='f', Parent=initiative['_ref'])
    epic = api.create('hierarchicalrequirement', Name='e', PortfolioItem=feature['_ref'])
    for name, points in (('a', 5), ('b', 3), ('c', None)):
        api.create('hierarchicalrequirement', Name=name, Parent=epic['_ref'], PlanEstimate=points)
    names = (
        'LeafStoryCount',
        'LeafStoryPlanEstimateTotal',
        'UnEstimatedLeafStoryCount',
        'AcceptedLeafStoryCount',
        'PercentDoneByStoryCount',
        'PercentDoneByStoryPlanEstimate',
    )
    for item in (feature, initiative, theme):
        assert shown(api, item, *names) == [3, 8.0, 1, 0, 0.0, 0.0]
    leaf = api.named('hierarchicalrequirement', 'a')
    api.update(leaf, ScheduleState='Accepted')
    for item in (feature, initiative, theme):
        assert shown(api, item, *names) == [3, 8.0, 1, 1, 0.3333, 0.625]
        assert api.read(item)['ActualStartDate']
    assert shown(api, feature, 'DirectChildrenCount') == [1]
    api.delete(leaf)
    assert shown(api, theme, *names[:2]) == [2, 3.0]


def test_moving_a_story_changes_both_features(api):
    old, new = (api.create('portfolioitem/feature', Name=name) for name in 'on')
    story = api.create('hierarchicalrequirement', Name='s', PortfolioItem=old['_ref'])
    api.update(story, PortfolioItem=new['_ref'])
    assert [api.read(item)['LeafStoryCount'] for item in (old, new)] == [0, 1]


def test_iterations_and_releases_sum_up_what_is_scheduled_in_them(api, story):
    iteration = api.named('iteration', 'Iteration 3')
    release = api.named('release', 'Release 1')
    before = api.read(release)['PlanEstimate']
    scheduled = api.read(iteration)['PlanEstimate']
    api.update(story, Iteration=iteration['_ref'], Release=release['_ref'], PlanEstimate=8)
    api.create('task', Name='t', WorkProduct=story['_ref'], Estimate=6)
    assert shown(api, iteration, 'PlanEstimate', 'TaskEstimateTotal') == [scheduled + 8, 6.0]
    assert api.read(release)['PlanEstimate'] == before + 8
    api.update(story, Iteration=None)
    assert shown(api, iteration, 'PlanEstimate', 'TaskEstimateTotal') == [scheduled, 0.0]


def test_milestones_and_tags_count_what_they_are_on(api, story):
    milestone = api.create('milestone', Name='m')
    tag = api.create('tag', Name='counted')
    api.update(story, Milestones=[milestone['_ref']], Tags=[tag['_ref']])
    assert api.read(milestone)['TotalArtifactCount'] == 1
    assert api.read(tag)['UsageCount'] == 1
    api.delete(story)
    assert api.read(milestone)['TotalArtifactCount'] == 0
    assert api.read(tag)['UsageCount'] == 0


def test_a_suite_counts_its_defects(api):
    suite = api.create('defectsuite', Name='s')
    defect = api.create('defect', Name='d', State='Closed')
    api.add(suite, 'Defects', defect['_ref'], {'Name': 'e'})
    names = ('TotalDefectCount', 'ClosedDefectCount', 'DefectStatus')
    assert shown(api, suite, *names) == [2, 1, 'SOME_CLOSED']


def test_a_build_definition_shows_its_last_build(api):
    definition = api.create('builddefinition', Name='b', Project=api.project['_ref'])
    for number, day in (('1', '01'), ('2', '02')):
        api.create(
            'build',
            BuildDefinition=definition['_ref'],
            Status='SUCCESS',
            Number=number,
            Start='2026-03-' + day,
        )
    shown_ = api.read(definition)
    assert shown_['LastStatus'] == 'SUCCESS'
    assert api.read(shown_['LastBuild'])['Number'] == '2'


def test_derived_values_are_no_version_of_their_own(api, story):
    api.create('task', Name='t', WorkProduct=story['_ref'], Estimate=6)
    assert api.read(story)['VersionId'] == '1'

"""Derived values about time: predecessors, lateness, capacities, discussions; the ways up.

The protocol names these attributes; how they come about is stated here (sections 8.4 and 8.9).
"""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.fact('C')


@pytest.fixture
def story(api):
    return api.named('hierarchicalrequirement', 'Sign in with e-mail')


@pytest.fixture
def feature(api):
    return api.named('portfolioitem/feature', 'Accounts')


def shown(api, item, *names):
    found = api.read(item)
    return [found[name] for name in names]


def test_a_story_says_when_a_predecessor_is_not_scheduled_or_too_late(api, story, feature):
    flags = ('PredecessorNotScheduled', 'PredecessorScheduledInSameOrLaterIteration')
    above = (
        'ChildStoryPredecessorNotScheduled',
        'ChildStoryPredecessorScheduledInSameOrLaterIteration',
    )
    sprint = {number: api.named('iteration', 'Iteration {}'.format(number)) for number in (1, 2, 3)}
    first = api.create('hierarchicalrequirement', Name='first')
    assert shown(api, story, *flags) == [False, False]
    api.update(story, Predecessors=[{'_ref': first['_ref']}])
    assert shown(api, story, *flags) == shown(api, feature, *above) == [True, False]
    for number, late in ((1, False), (2, True), (3, True)):
        api.update(first, Iteration=sprint[number]['_ref'])
        assert shown(api, story, *flags) == shown(api, feature, *above) == [False, late]
    api.update(first, Iteration=sprint[1]['_ref'])
    api.update(sprint[1], StartDate='2026-03-20', EndDate='2026-03-30')
    assert shown(api, story, *flags) == [False, True]
    assert [
        row['Name']
        for row in api.rows(
            '/hierarchicalrequirement', '(PredecessorScheduledInSameOrLaterIteration = true)'
        )
    ] == [story['Name']]
    api.delete(first)
    assert shown(api, story, *flags) == shown(api, feature, *above) == [False, False]


def test_a_feature_counts_the_stories_that_end_after_its_release(api, story, feature):
    release = api.named('release', 'Release 1')
    assert shown(api, feature, 'LateChildCount') == [0]
    api.update(release, ReleaseStartDate='2026-02-01', ReleaseDate='2026-03-01')
    assert shown(api, feature, 'LateChildCount') == [1]
    api.update(story, Iteration=None, Release=None)
    assert shown(api, feature, 'LateChildCount') == [0]


def test_a_capacity_sums_up_the_tasks_of_a_user_in_an_iteration(api, story):
    ed = api.one('/user', '(UserName = "ed@example.com")')
    held = api.create(
        'useriterationcapacity', User=ed['_ref'], Capacity=28, Iteration=story['Iteration']['_ref']
    )
    assert (held['TaskEstimates'], held['Load']) == (14, 0.5)
    task = api.named('task', 'Build the form')
    api.update(task, Estimate=13)
    assert shown(api, held, 'TaskEstimates', 'Load') == [21, 0.75]
    api.update(task, Owner=None)
    assert shown(api, held, 'TaskEstimates') == [8]
    api.update(held, Capacity=4)
    assert shown(api, held, 'Load') == [2]
    api.update(story, Iteration=api.named('iteration', 'Iteration 3')['_ref'])
    assert shown(api, held, 'TaskEstimates', 'Load') == [0, 0]
    api.update(story, Iteration=held['Iteration']['_ref'])
    assert shown(api, held, 'TaskEstimates') == [8]
    api.delete(held['Iteration'])
    assert shown(api, held, 'TaskEstimates', 'Load') == [0, 0]


def test_the_age_of_a_discussion_is_that_of_its_last_post(api, story):
    assert story['LatestDiscussionAgeInMinutes'] > 20 * 24 * 60 - 60
    api.create('conversationpost', Artifact=story['_ref'], Text='Anew')
    assert shown(api, story, 'LatestDiscussionAgeInMinutes') == [0]
    other = api.create('hierarchicalrequirement', Name='silent')
    assert other['LatestDiscussionAgeInMinutes'] is None


@pytest.mark.fact('8.9')
def test_the_unified_parent_is_the_parent_or_the_portfolio_item(api, story, feature):
    epic = api.named('hierarchicalrequirement', 'Check out')
    assert story['UnifiedParent']['_ref'] == feature['_ref']
    found = api.rows('/hierarchicalrequirement', '(UnifiedParent.Name = "Accounts")', 'Name')
    assert {row['Name'] for row in found} == {story['Name'], epic['Name']}
    moved = api.update(story, UnifiedParent=epic['_ref'])
    assert (moved['Parent']['_ref'], moved['PortfolioItem']) == (epic['_ref'], None)
    moved = api.update(story, Parent=None, PortfolioItem=feature['_ref'])
    assert moved['UnifiedParent']['_ref'] == feature['_ref']
    assert api.update(story, UnifiedParent=None)['PortfolioItem'] is None


@pytest.mark.fact('8.9')
def test_the_unified_parent_sent_back_does_not_undo_a_change(api, story):
    epic = api.named('hierarchicalrequirement', 'Check out')
    moved = api.update(
        story, Parent=epic['_ref'], PortfolioItem=None, UnifiedParent=story['UnifiedParent']
    )
    assert moved['UnifiedParent']['_ref'] == moved['Parent']['_ref'] == epic['_ref']
    defect = api.rows('/defect')[0]
    refused = api.try_update(story, {'UnifiedParent': defect['_ref']})['Errors']
    assert refused == [
        'Validation error: HierarchicalRequirement.Portfolio Item must be a '
        'reference to Feature, not to Defect'
    ]

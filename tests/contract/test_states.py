"""States that depend on their place: flow states of a project, states of a portfolio level."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.fact('8.4')

ORDER = (
    "Validation error: FlowState.ScheduleStateMappingMapped schedule state must be {} than or "
    "equal to {}."
)


def test_flow_states_keep_the_order_of_the_schedule_states(api):
    def new(**values):
        return api.try_create(
            'flowstate', {'Name': 'Review', 'Project': api.project['_ref'], **values}
        )

    assert new(ScheduleStateMapping='Defined')['Errors'] == [ORDER.format('greater', 'Accepted')]
    assert new(ScheduleStateMapping='Accepted')['Object']['OrderIndex'] == 5
    made = new(ScheduleStateMapping='In-Progress', OrderIndex=2, WIPLimit=3, AgeThreshold=4)
    assert (made['Errors'], made['Object']['Project']['_ref']) == ([], api.project['_ref'])
    for state, word, other in (
        ('Accepted', 'less', 'Completed'),
        ('Defined', 'greater', 'In-Progress'),
    ):
        refused = api.try_update(made['Object'], {'ScheduleStateMapping': state})
        assert refused['Errors'] == [ORDER.format(word, other)]
    assert api.update(made['Object'], Name='Look closely')['ScheduleStateMapping'] == 'In-Progress'


def test_a_portfolio_item_takes_the_states_of_its_own_level_only(api):
    feature = api.named('portfolioitem/feature', 'Accounts')
    done = {
        level: api.one('/state', '((Name = "Done") AND (TypeDef.Name = "{}"))'.format(level))
        for level in ('Feature', 'Initiative')
    }
    refused = api.try_update(feature, {'State': done['Initiative']['_ref']})
    assert refused['Errors'] == [
        'Validation error: Feature.State "Done" is a state of another type'
    ]
    moved = api.update(feature, State=done['Feature']['_ref'])
    assert moved['State']['_ref'] == done['Feature']['_ref']
    assert moved['StateChangedDate'] == moved['LastUpdateDate'] > feature['LastUpdateDate']
    later = api.update(feature, Name='Accounts and more')
    assert later['StateChangedDate'] == moved['StateChangedDate'] < later['LastUpdateDate']


def test_a_date_of_progress_is_that_of_the_first_state_that_reached_it(api):
    story = api.create('hierarchicalrequirement', Name='s')
    assert (story['InProgressDate'], story['AcceptedDate']) == (None, None)
    begun = api.update(story, ScheduleState='In-Progress')
    assert begun['InProgressDate'] == begun['LastUpdateDate']
    done = api.update(story, ScheduleState='Completed')
    assert (done['InProgressDate'], done['AcceptedDate']) == (begun['InProgressDate'], None)
    taken = api.update(story, ScheduleState='Accepted')
    assert taken['InProgressDate'] == begun['InProgressDate'] < taken['AcceptedDate']
    assert taken['AcceptedDate'] == taken['LastUpdateDate']
    again = api.update(story, Name='t')
    assert (again['InProgressDate'], again['AcceptedDate']) == (
        begun['InProgressDate'],
        taken['AcceptedDate'],
    )
    back = api.update(story, ScheduleState='In-Progress')
    assert (back['InProgressDate'], back['AcceptedDate']) == (begun['InProgressDate'], None)


def test_a_flow_state_is_dated_when_it_changes_and_only_then(api):
    story = api.create('hierarchicalrequirement', Name='s')
    begun = api.update(story, ScheduleState='In-Progress')
    assert begun['FlowStateChangedDate'] == begun['LastUpdateDate'] > story['FlowStateChangedDate']
    named = api.update(story, Name='t')
    assert named['FlowStateChangedDate'] == begun['FlowStateChangedDate']

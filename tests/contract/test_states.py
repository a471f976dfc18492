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
    assert (made['Errors'], made['Warnings']) == ([], [])
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
    assert moved['StateChangedDate'] == '2026-03-18T15:30:00.000Z'

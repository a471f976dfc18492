"""Values of a body and how they are kept; ranks; phrases of revisions: the pure rules."""

from __future__ import annotations

import base64
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyral.emulator.errors import ServiceError
from pyral.emulator.model import Model
from pyral.emulator.rules.derived.derive import task_status
from pyral.emulator.rules.derived.derive import test_status as status_of_tests
from pyral.emulator.rules.derived.state_rollup import from_children, from_tasks
from pyral.emulator.rules.write import rank_keys
from pyral.emulator.rules.write.coerce import scalar
from pyral.emulator.rules.write.revisions import difference, members_difference, shown
from pyral.emulator.store import Obj
from pyral.emulator.store.rank_column import LENGTH

TYPES = Model.load().types
STATES = ('Idea', 'Defined', 'In-Progress', 'Completed', 'Accepted', 'Released')


def keep(type_path, name, value, zone=timezone.utc):
    type_def = TYPES[type_path]
    return scalar(type_def, type_def.attributes[name], value, zone)


@pytest.mark.parametrize(
    ('name', 'value', 'kept'),
    [
        ('Name', 'x', 'x'),
        ('Name', 7, '7'),
        ('Name', 1.5, '1.5'),
        ('Name', True, 'true'),
        ('Name', None, None),
        ('Name', 'a < b > c', 'a < b > c'),
        ('PlanEstimate', 3, 3.0),
        ('PlanEstimate', '2.50', 2.5),
        ('PlanEstimate', '', None),
        ('PlanEstimate', 1.005, 1.0),
        ('PlanEstimate', -999, -999.0),
        ('Blocked', 'TRUE', True),
        ('Blocked', '', False),
        ('Blocked', None, False),
        ('Severity', '', 'None'),
        ('Severity', None, 'None'),
        ('Severity', 'Cosmetic', 'Cosmetic'),
        ('TargetDate', '', None),
        ('TargetDate', '2024-02-29', '2024-02-29T00:00:00.000Z'),
        ('TargetDate', '2024-02-01T10:11:12Z', '2024-02-01T10:11:12.000Z'),
        ('TargetDate', '2024-02-01T10:11:12.3456789-0530', '2024-02-01T15:41:12.345Z'),
        ('Description', '<DIV>a<br/>b</div>', '<DIV>a<br/>b</div>'),
    ],
)
def test_a_value_is_kept_in_the_type_of_its_attribute(name, value, kept):
    found = keep('Defect', name, value)
    assert found == kept
    assert type(found) is type(kept)


def test_a_date_without_a_zone_is_of_the_workspaces_zone():
    zone = timezone(timedelta(hours=-7))
    assert keep('Defect', 'TargetDate', '2024-02-01', zone) == '2024-02-01T07:00:00.000Z'
    assert keep('Defect', 'TargetDate', '2024-02-01T10:00:00', zone) == '2024-02-01T17:00:00.000Z'


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('PlanEstimate', 'NaN'),
        ('PlanEstimate', float('inf')),
        ('PlanEstimate', '1e400'),
        ('PlanEstimate', [1]),
        ('PlanEstimate', False),
        ('PlanEstimate', '1,5'),
        ('PlanEstimate', 1000),
        ('Blocked', 1),
        ('Blocked', 'yes'),
        ('Blocked', {}),
        ('Severity', 'cosmetic'),
        ('Severity', 5),
        ('State', 'Submitted '),
        ('TargetDate', '2024-02-30'),
        ('TargetDate', 20240201),
        ('TargetDate', 'today'),
        ('TargetDate', '2024-02-01 10:00'),
        ('TargetDate', '9999-12-31T23:59:59-10:00'),
        ('Name', {}),
        ('Name', '\ud800'),
        ('Name', 'x</b>'),
        ('Name', '<!-- x'),
        ('Description', '<iframe src="x">'),
        ('Description', '<img src=x onerror=y()>'),
        ('Description', '<a href=" JaVaScript:x">'),
        ('Description', '<!DOCTYPE html>'),
    ],
)
def test_what_is_none_of_its_type_is_refused(name, value):
    with pytest.raises(ServiceError) as refusal:
        keep('Defect', name, value)
    assert len(refusal.value.messages) == 1
    assert '\n' not in str(refusal.value)


def test_whole_numbers_are_demanded_of_integers():
    assert keep('Task', 'TaskIndex', 3.0) == 3
    for value in (3.5, 2**64, '3.5'):
        with pytest.raises(ServiceError):
            keep('Task', 'TaskIndex', value)


def test_text_of_machines_may_hold_angle_brackets():
    assert keep('Changeset', 'Message', 'List<String> fixed') == 'List<String> fixed'


@given(st.binary(max_size=200))
def test_any_bytes_come_back_from_base64(data):
    text = base64.b64encode(data).decode('ascii')
    assert keep('AttachmentContent', 'Content', text) == data


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
        ),
        max_leaves=5,
    )
)
def test_no_json_value_breaks_a_conversion(value):
    for attr in TYPES['Defect'].attributes.values():
        if not attr.is_relation:
            try:
                scalar(TYPES['Defect'], attr, value)
            except ServiceError as refusal:
                assert all(len(text) < 700 for text in refusal.messages)


RANKS = st.lists(st.sampled_from(['top', 'bottom', 'between']), max_size=60)


@given(RANKS, st.randoms(use_true_random=False))
def test_ranks_keep_the_order_they_were_made_for(moves, chance):
    order = []
    for move in moves:
        place = {'top': 0, 'bottom': len(order)}.get(move)
        if place is None:
            place = chance.randint(0, len(order))
        above = order[place - 1] if place else None
        below = order[place] if place < len(order) else None
        order[place:place] = rank_keys.spread(1, above, below)
    assert order == sorted(order)
    assert len(set(order)) == len(order)
    assert all(rank_keys.is_rank(rank) for rank in order)


def test_ranks_look_as_recorded_and_spread_evenly():
    first = rank_keys.spread(1, None, None)[0]
    assert first.startswith('P!!!')
    assert rank_keys.spread(1, None, first)[0].startswith('P!!!')
    three = rank_keys.spread(3, None, None)
    assert three == sorted(three)
    assert rank_keys.spread(1, three[2], None) == rank_keys.spread(4, None, None)[3:]


LONGEST = '~' * LENGTH


@pytest.mark.parametrize(
    ('upper', 'lower'),
    [
        ('P!!!1', 'P!!!1'),
        ('P!!!1', 'P!!!1!'),
        ('P!!!2', 'P!!!1'),
        (LONGEST[:-1] + '}', LONGEST),
        (LONGEST, None),
        (None, '!' * (LENGTH - 1) + '"'),
        ('P', 'with blanks'),
        ('\u00e9', None),
        (None, ''),
        (None, '!!'),
        ('P', LONGEST + '~'),
    ],
)
def test_where_no_rank_fits_there_is_none(upper, lower):
    assert rank_keys.spread(1, upper, lower) is None


def test_a_gap_takes_hundreds_of_ranks_at_one_spot():
    above, below = rank_keys.spread(2, None, None)
    for _ in range(300):
        (below,) = rank_keys.spread(1, above, below)
    assert len(below) <= LENGTH


@pytest.mark.parametrize(
    ('old', 'new', 'phrase'),
    [
        ('', 'x', 'STATE added [x]'),
        ('x', '', 'STATE removed [x]'),
        ('x', 'x', None),
        ('x', 'y', 'STATE changed from [x] to [y]'),
        ('', '', None),
    ],
)
def test_a_difference_reads_as_the_service_writes_it(old, new, phrase):
    assert difference('State', old, new) == phrase


def test_values_are_shown_as_a_reader_expects():
    attributes = TYPES['Defect'].attributes
    denver = timezone(timedelta(hours=-6), 'MDT')
    date = '2018-09-11T21:03:16.000Z'
    assert shown(attributes['TargetDate'], date, denver) == 'Tue Sep 11 15:03:16 MDT 2018'
    assert shown(attributes['Blocked'], False) == 'false'
    assert shown(attributes['Notes'], 'n' * 256) == 'value too long to display'
    assert members_difference('Tags', ['a'], ['b']) == ['TAGS added [a]', 'TAGS removed [b]']


@pytest.mark.parametrize(
    ('current', 'tasks', 'expected'),
    [
        ('Defined', [], None),
        ('Defined', ['Defined'], None),
        ('Idea', ['In-Progress', 'Defined'], 'In-Progress'),
        ('Defined', ['Completed', 'Defined'], 'In-Progress'),
        ('In-Progress', ['Completed'], 'Completed'),
        ('Completed', ['Completed'], None),
        ('Completed', ['Completed', 'Defined'], 'In-Progress'),
        ('Accepted', ['In-Progress'], None),
        ('Bogus', ['Completed'], None),
    ],
)
def test_the_state_that_tasks_give_their_work_product(current, tasks, expected):
    assert from_tasks(STATES, current, tasks) == expected


@pytest.mark.parametrize(
    ('children', 'expected'),
    [
        ([], None),
        (['Defined'], 'Defined'),
        (['Idea', 'Defined'], 'Defined'),
        (['Defined', 'Accepted'], 'In-Progress'),
        (['Completed', 'Accepted'], 'Completed'),
        (['Accepted', 'Accepted'], 'Accepted'),
        (['Released', 'Accepted'], 'Accepted'),
    ],
)
def test_the_state_that_children_give_their_parent(children, expected):
    assert from_children(STATES, children) == expected


def test_the_status_words_of_tasks_and_tests():
    def tasks(*states):
        return [Obj(doc={'State': state.strip('!'), 'Blocked': '!' in state}) for state in states]

    assert task_status([]) == 'NONE'
    assert task_status(tasks('Completed', 'Completed!')) == 'COMPLETED_BLOCKED'
    assert task_status(tasks('Defined', 'Defined!')) == 'IN_PROGRESS_BLOCKED'
    assert status_of_tests(['Fail', 'Fail']) == 'ALL_RUN_NONE_PASSING'
    assert status_of_tests(['Fail', 'Pass', None]) == 'SOME_RUN_SOME_NOT_PASSING'

"""Typed values: which stored values a comparison finds, at the bounds above all."""

from __future__ import annotations

from typing import Any, Callable

import pytest
from sqlalchemy import Column, MetaData, String, Table, create_engine, select

from pyral.emulator.errors import ServiceError
from pyral.emulator.language.operators import MAX_LIST, MAX_NEEDLE, OPERATORS, read_value
from pyral.emulator.language.parse import parse
from pyral.emulator.language.values import Blank, Choice, Exact, ObjectValue, Span, Text, Unchosen
from tests.emulator.test_language_check import CONTEXT, checked, value

CELLS = Table('cells', MetaData(), Column('x', String))


def found(stored: list[Any], condition: Callable[[Any], Any]) -> list[Any]:
    """Return which of some stored texts meet a condition, in their order."""
    engine = create_engine('sqlite://')
    with engine.begin() as connection:
        CELLS.create(connection)
        connection.execute(CELLS.insert(), [{'x': each} for each in stored])
        rows = connection.execute(select(CELLS.c.x).where(condition(CELLS.c.x))).all()
    engine.dispose()
    return [each for each in stored if (each,) in rows]


@pytest.mark.parametrize(
    ('test', 'expected'),
    [
        ('equal', ['b', 'b9']),
        ('differs', ['a', 'c', 'd', None]),
        ('below', ['a']),
        ('up_to', ['a', 'b', 'b9']),
        ('above', ['c', 'd']),
        ('onward', ['b', 'b9', 'c', 'd']),
    ],
)
def test_a_stretch_of_time_holds_its_start_and_not_its_end(test: str, expected: list[Any]) -> None:
    span = Span('b', 'c', 'c')
    assert found(['a', 'b', 'b9', 'c', 'd', None], getattr(span, test)) == expected


def test_later_than_a_day_may_begin_with_the_day_itself() -> None:
    assert found(['a', 'b', 'b9', 'c'], Span('b', 'c', 'b').above) == ['b', 'b9', 'c']


LISTED = Choice('mid', False, True, before=('low',), here=('mid',), after=('high',))


@pytest.mark.parametrize(
    ('test', 'listed', 'unlisted'),
    [
        ('below', ['low'], ['high', 'low']),
        ('up_to', ['low', 'mid'], ['high', 'low', 'mid']),
        ('above', ['high'], ['none']),
        ('onward', ['high', 'mid'], ['mid', 'none']),
    ],
)
def test_a_choice_orders_by_its_list_and_by_letters_only_without_one(
    test: str, listed: list[str], unlisted: list[str]
) -> None:
    stored = ['high', 'low', 'mid', 'none', None]
    assert found(stored, getattr(LISTED, test)) == listed
    assert found(stored, getattr(Choice('mid'), test)) == unlisted


def test_no_choice_is_the_entry_of_that_name_or_nothing() -> None:
    stored = ['None', '', None, 'x', 'XXXX']
    assert found(stored, Unchosen('None').equal) == ['None', '', None]
    assert found(stored, Unchosen('None').differs) == ['x', 'XXXX']


@pytest.mark.parametrize(
    ('test', 'listed', 'unlisted'),
    [
        ('equal', ['', None], ['', None]),
        ('differs', ['a'], ['a']),
        ('below', [], []),
        ('up_to', [], ['']),
        ('above', [], ['a']),
        ('onward', [], ['', 'a']),
    ],
)
def test_nothing_has_a_place_among_letters_and_none_in_a_list(
    test: str, listed: list[Any], unlisted: list[Any]
) -> None:
    stored = ['', None, 'a']
    assert found(stored, getattr(Blank(listed=True), test)) == listed
    assert found(stored, getattr(Blank(), test)) == unlisted


def test_nothing_in_a_list_of_values_is_the_empty_text() -> None:
    query = checked('(Name in "a,null")').routes[0].value
    assert found(['a', '', None, 'b', 'XXXX'], query.equal) == ['a', '', None]


# Reading


@pytest.mark.parametrize(
    ('text', 'number'),
    [
        ('7', 7),
        ('+7', 7),
        ('-7', -7),
        ('7.5', 7.5),
        ('9223372036854775807', 2**63 - 1),
        ('-9223372036854775807', -(2**63 - 1)),
        ('+9223372036854775807', 2**63 - 1),
        ('9223372036854775808', float(2**63)),
        ('000000000000000000007', 7.0),
    ],
)
def test_a_number_is_whole_where_the_database_holds_it(text: str, number: float) -> None:
    read = value(f'(PlanEstimate = {text})')
    assert read == Exact(number) and type(read.value) is type(number)


@pytest.mark.parametrize(
    ('ref', 'expected'),
    [
        ('/user/12', ObjectValue(12)),
        ('/projectpermission/12u34p1', ObjectValue('12u34p1', 'alt_id')),
    ],
)
def test_a_reference_names_an_object_by_what_stands_in_it(ref: str, expected: ObjectValue) -> None:
    assert value(f'(Owner = "{ref}")') == expected


@pytest.mark.parametrize(('text', 'number'), [('DE7', 7), (' de7 ', 7), ('7', 7)])
def test_the_prefix_of_a_formattedid_is_ignored(text: str, number: int) -> None:
    assert value(f'(FormattedID = "{text}")') == Exact(number)


def test_a_uuid_is_compared_in_the_form_it_is_stored_in() -> None:
    dashed = '3f0c7f5e-3a52-4b39-9d02-9c1f6a3f2a11'
    for text in (dashed, dashed.replace('-', ''), dashed.upper()):
        assert value(f'(ObjectUUID = "{text}")') == Text(dashed, folds=False)
    assert value('(ObjectUUID = "No UUID")') == Text('no uuid', folds=False)


@pytest.mark.parametrize('emptiness', ['""'])
def test_an_empty_choice_is_compared_and_not_looked_for_along_the_path(emptiness: str) -> None:
    assert value(f'(Severity = {emptiness})') == Blank(emptiness=False, listed=True)


@pytest.mark.parametrize(
    ('query', 'said'),
    [
        ('(PlanEstimate = {})', 'Could not parse: Cannot convert "{}" to a number'),
        ('(Blocked = {})', 'Could not parse: Cannot convert "{}" to a boolean'),
        ('(Owner = {})', 'Cannot parse object reference from "{}"'),
        (
            '({} = 1)',
            'Could not parse: Could not find attribute "{}" on type Defect in the query'
            ' segment "{}"',
        ),
    ],
)
def test_a_long_text_is_shown_by_its_first_two_hundred_letters(query: str, said: str) -> None:
    with pytest.raises(ServiceError) as caught:
        checked(query.format('x' * 300))
    assert str(caught.value) == said.format(*['x' * 200 + '...'] * 2)


def test_the_longest_list_and_the_longest_text_are_taken_and_no_longer_ones() -> None:
    def read(symbol: str, text: str) -> object:
        comparison: Any = parse(f'(Name {symbol} "{text}")')
        step = checked('(Name = x)').routes[0].steps[-1]
        return read_value(OPERATORS[symbol], comparison.value, step, CONTEXT)

    assert read('contains', 'x' * MAX_NEEDLE) == Text('x' * MAX_NEEDLE)
    with pytest.raises(ServiceError, match='more than the'):
        read('contains', 'x' * (MAX_NEEDLE + 1))
    assert len(read('in', ','.join(['x'] * MAX_LIST)).values) == MAX_LIST  # type: ignore[attr-defined]
    with pytest.raises(ServiceError, match='more than the'):
        read('in', ','.join(['x'] * (MAX_LIST + 1)))

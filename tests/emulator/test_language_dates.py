"""Dates of a query: literals and variables, in the zone they belong to."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from pyral.emulator.clock import zone
from pyral.emulator.errors import ServiceError
from pyral.emulator.language.dates import read_date
from pyral.emulator.language.values import QueryContext

DENVER = zone('America/Denver')
# Noon in Denver, already the next day in Tokyo.
CONTEXT = QueryContext(1, datetime(2024, 2, 1, 19, tzinfo=timezone.utc), DENVER, zone('Asia/Tokyo'))


def between(text: str, context: QueryContext = CONTEXT) -> tuple[str, str]:
    """Return the stretch of a date as short texts."""
    span = read_date(text, context)
    return span.start.replace(':00.000Z', ''), span.end.replace(':00.000Z', '')


@pytest.mark.fact('5.7')
@pytest.mark.parametrize(
    ('text', 'start', 'end'),
    [
        ('today', '2024-02-01T15:00', '2024-02-02T15:00'),
        ('today+0', '2024-02-01T07:00', '2024-02-02T07:00'),
        ('yesterday', '2024-01-31T07:00', '2024-02-01T07:00'),
        ('tomorrow', '2024-02-02T07:00', '2024-02-03T07:00'),
        ('lastweek', '2024-01-25T07:00', '2024-02-01T07:00'),
        ('nextweek', '2024-02-02T07:00', '2024-02-09T07:00'),
        ('lastmonth', '2024-01-02T07:00', '2024-02-01T07:00'),
        ('nextmonth', '2024-02-02T07:00', '2024-03-03T07:00'),
        ('lastquarter', '2023-11-03T06:00', '2024-02-01T07:00'),
        ('nextquarter', '2024-02-02T07:00', '2024-05-02T06:00'),
        ('lastyear', '2023-02-01T07:00', '2024-02-01T07:00'),
        ('nextyear', '2024-02-02T07:00', '2025-02-01T07:00'),
        ('today-1', '2024-01-31T07:00', '2024-02-02T07:00'),
        ('today+2', '2024-02-01T07:00', '2024-02-04T07:00'),
    ],
)
def test_a_variable_is_a_stretch_of_whole_days(text: str, start: str, end: str) -> None:
    assert between(text) == (start, end)


@pytest.mark.fact('5.7')
@pytest.mark.parametrize('text', ['LastWeek', 'last week', ' LAST  WEEK '])
def test_letter_case_and_blanks_of_a_variable_do_not_matter(text: str) -> None:
    assert read_date(text, CONTEXT) == read_date('lastweek', CONTEXT)


def test_today_is_of_the_workspace_when_the_caller_has_no_zone() -> None:
    context = QueryContext(1, CONTEXT.now, DENVER)
    assert between('today', context) == between('today+0', context)


@pytest.mark.fact('5.7')
def test_later_than_days_ago_means_from_the_start_of_that_day() -> None:
    assert read_date('today-7', CONTEXT).after == read_date('today-7', CONTEXT).start
    assert read_date('today+7', CONTEXT).after == read_date('today+7', CONTEXT).end
    assert read_date('lastweek', CONTEXT).after == read_date('lastweek', CONTEXT).end


@pytest.mark.fact('5.7')
@pytest.mark.parametrize(
    ('text', 'start'),
    [
        ('2024-02-01T10:11:12.345Z', '2024-02-01T10:11:12.345Z'),
        ('2024-02-01T10:11:12Z', '2024-02-01T10:11:12.000Z'),
        ('2024-02-01T10:11:12+02:00', '2024-02-01T08:11:12.000Z'),
        ('2024-02-01T10:11:12-0700', '2024-02-01T17:11:12.000Z'),
        ('2024-02-01', '2024-02-01T07:00:00.000Z'),
        ('2024-07-01', '2024-07-01T06:00:00.000Z'),
    ],
)
def test_a_literal_is_one_moment(text: str, start: str) -> None:
    span = read_date(text, CONTEXT)
    assert span.start == start
    assert datetime.fromisoformat(span.end[:-1]) - datetime.fromisoformat(
        span.start[:-1]
    ) == timedelta(milliseconds=1)


@pytest.mark.parametrize(
    'text',
    [
        '2017-04-29 20:23:51.188960',
        '2024-13-01',
        '2024-02-30',
        'soon',
        '',
        'today-',
        'today*2',
        'today-99999999',
        'today+9999999',
        '9999-12-31T23:59:59.999Z',
        '0001-01-01T00:00:00+14:00',
        'x' * 500,
    ],
)
def test_a_text_that_is_no_date_is_refused_in_the_recorded_words(text: str) -> None:
    with pytest.raises(ServiceError) as caught:
        read_date(text, CONTEXT)
    assert str(caught.value) == (
        'Could not parse: Cannot convert "{}" into a date.  You must use the ISO8601 date+time '
        'format.'.format(text if len(text) <= 200 else text[:200] + '...')
    )

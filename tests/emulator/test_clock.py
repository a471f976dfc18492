"""Tests of time: the clock, the protocol's date texts, days of a time zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyral.emulator.clock import (
    Clock,
    advancing,
    day_end,
    day_start,
    friendly,
    frozen,
    iso,
    parse_iso,
    zone,
)

NOON = datetime(2024, 2, 14, 12, 0, tzinfo=timezone.utc)


def test_a_frozen_clock_stands_still():
    clock = frozen('2024-02-01T10:11:12.345Z')
    assert clock.stamp() == clock.stamp() == '2024-02-01T10:11:12.345Z'


def test_an_advancing_clock_moves_at_each_look():
    clock = advancing('2024-02-01', timedelta(seconds=2))
    assert [clock.stamp(), clock.stamp()] == [
        '2024-02-01T00:00:00.000Z',
        '2024-02-01T00:00:02.000Z',
    ]


def test_a_clock_can_be_set_and_moved():
    clock = Clock()
    clock.set(NOON)
    clock.move(timedelta(hours=1))
    assert clock.now() == NOON + timedelta(hours=1)


def test_a_real_clock_tells_the_time_in_utc_and_whole_milliseconds():
    before = datetime.now(timezone.utc) - timedelta(milliseconds=1)
    now = Clock().now()
    assert before <= now <= datetime.now(timezone.utc)
    assert now.microsecond % 1000 == 0


@pytest.mark.parametrize(
    ('text', 'stored'),
    [
        ('2024-02-01', '2024-02-01T00:00:00.000Z'),
        ('2024-02-01T10:11', '2024-02-01T10:11:00.000Z'),
        ('2024-02-01T10:11:12Z', '2024-02-01T10:11:12.000Z'),
        ('2024-02-01t10:11:12.3z', '2024-02-01T10:11:12.300Z'),
        ('2024-02-01T10:11:12.345678+01:00', '2024-02-01T09:11:12.345Z'),
        ('2024-02-01T10:11:12-0730', '2024-02-01T17:41:12.000Z'),
        (' 2024-02-01T10:11:12+02 ', '2024-02-01T08:11:12.000Z'),
    ],
)
def test_every_form_of_a_date_is_read(text, stored):
    assert iso(parse_iso(text)) == stored


def test_a_date_without_a_zone_is_of_the_zone_that_is_meant():
    assert iso(parse_iso('2013-12-16', zone('America/Denver'))) == '2013-12-16T07:00:00.000Z'


@pytest.mark.parametrize(
    'text',
    [
        '',
        'today',
        '2024',
        '2024-13-01',
        '2024-02-30',
        '2024-02-01T25:00:00Z',
        '20240201',
        '2024-02-01T10:11:12.345Z extra',
        '2017-04-29 20:23:51.188960',
        '2024-02-01Tnoon',
        '0001-01-01T00:00:00+14:00',
    ],
)
def test_a_text_that_is_no_date_is_refused(text):
    with pytest.raises(ValueError):
        parse_iso(text)


@given(
    st.datetimes(
        min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30), timezones=st.timezones()
    )
)
def test_a_printed_date_is_read_as_the_same_moment(at):
    kept = at.astimezone(timezone.utc)
    assert parse_iso(iso(at)) == kept.replace(microsecond=kept.microsecond // 1000 * 1000)


@given(st.lists(st.datetimes(min_value=datetime(1000, 1, 1)), min_size=2, max_size=5))
def test_printed_dates_sort_as_the_moments_do(moments):
    moments = [at.replace(microsecond=at.microsecond // 1000 * 1000) for at in moments]
    assert sorted(map(iso, moments)) == [iso(at) for at in sorted(moments)]


@pytest.mark.fact('4.7')
@pytest.mark.parametrize(
    ('created', 'text'),
    [
        (NOON - timedelta(seconds=59), 'just now'),
        (NOON - timedelta(minutes=1), '1 minute ago'),
        (NOON - timedelta(minutes=8, seconds=30), '8 minutes ago'),
        (NOON - timedelta(hours=3, minutes=45), 'today at 8:15 am'),
        (NOON - timedelta(hours=12), 'today at 12:00 am'),
        (NOON - timedelta(hours=13), '1 day ago'),
        (NOON - timedelta(days=3), '3 days ago'),
        (NOON - timedelta(days=6), '6 days ago'),
        (NOON - timedelta(days=7), 'Feb 7'),
        (NOON - timedelta(days=44), 'Jan 1'),
        (NOON - timedelta(days=45), 'Dec 31, 2023'),
    ],
)
def test_the_age_of_an_object_is_told_as_recorded(created, text):
    assert friendly(created, NOON) == text


def test_the_day_of_an_age_is_that_of_the_time_zone():
    early = datetime(2024, 2, 14, 5, 0, tzinfo=timezone.utc)
    assert friendly(early, NOON) == 'today at 5:00 am'
    assert friendly(early, NOON, zone('America/Denver')) == '1 day ago'


def test_a_day_begins_and_ends_in_its_time_zone():
    denver = zone('America/Denver')
    assert iso(day_start(date(2013, 12, 16), denver)) == '2013-12-16T07:00:00.000Z'
    assert iso(day_end(date(2013, 12, 22), denver)) == '2013-12-23T06:59:59.000Z'


def test_a_day_of_23_hours_ends_before_the_next_begins():
    denver = zone('America/Denver')
    start, end = day_start(date(2024, 3, 10), denver), day_end(date(2024, 3, 10), denver)
    assert end - start == timedelta(hours=23) - timedelta(seconds=1)


@pytest.mark.parametrize('name', [None, '', 'Middle/Earth', '../etc/passwd', 'a' * 300])
def test_a_time_zone_that_is_none_is_utc(name):
    assert zone(name) is timezone.utc

"""Small languages inside the texts of a world file: relative dates and placeholders.

Plain functions of their arguments: the moment and the time zone are given, nothing is looked up.
"""

from __future__ import annotations

import datetime
import re
from typing import Any, Mapping

UTC = datetime.timezone.utc
_RELATIVE = re.compile(
    r'(?P<base>now|today)(?P<steps>(?:[+-]\d+[dhmw]?)*)(?: (?P<hour>\d{1,2}):(?P<minute>\d\d))?$'
)
_STEP = re.compile(r'([+-]\d+)([dhmw]?)')
_UNITS = {'': 'days', 'd': 'days', 'h': 'hours', 'm': 'minutes', 'w': 'weeks'}
_DATE_ONLY = re.compile(r'\d{4}-\d\d-\d\d$')
_FRACTION = re.compile(r'\.(\d+)')
_PLACEHOLDER = re.compile(
    r'\{(?P<name>[a-z][a-z0-9]*)(?P<steps>(?:(?://|[-+*%])\d+)*)(?::(?P<width>0?\d+))?\}'
)
_ARITHMETIC = re.compile(r'(//|[-+*%])(\d+)')
_OPERATIONS = {
    '+': lambda left, right: left + right,
    '-': lambda left, right: left - right,
    '*': lambda left, right: left * right,
    '//': lambda left, right: left // right,
    '%': lambda left, right: left % right,
}


def moment(
    text: str, now: datetime.datetime, zone: datetime.tzinfo, end_of_day: bool = False
) -> datetime.datetime:
    """Return the moment, in UTC, that a date text of a world file means.

    ``now``, ``now-2h``, ``today-3``, ``today+1w 09:30``, ``2024-05-01``, and full ISO dates.
    Days begin at midnight in the time zone of the workspace.

    :param end_of_day: a date without a time means the last second of that day.
    :raises ValueError: the text is none of these.
    """
    match = _RELATIVE.match(text)
    if match is not None:
        return _relative(match, now, zone, end_of_day)
    if _DATE_ONLY.match(text):
        day = datetime.datetime.fromisoformat(text).date()
        return _at(day, zone, end_of_day)
    full = _FRACTION.sub(lambda found: '.' + found.group(1)[:6].ljust(6, '0'), text)
    value = datetime.datetime.fromisoformat(full.replace('Z', '+00:00'))
    return (value.replace(tzinfo=UTC) if value.tzinfo is None else value).astimezone(UTC)


def wire_date(value: datetime.datetime) -> str:
    """Print a moment as the store and the wire have it: ``2024-05-01T09:30:00.000Z``."""
    return value.astimezone(UTC).isoformat(timespec='milliseconds').replace('+00:00', 'Z')


def fill(value: Any, counts: Mapping[str, int]) -> Any:
    """Return a value with placeholders replaced and cycles turned.

    A text that is one placeholder and nothing else becomes a number: ``"{n%3+1}"`` is ``2``.
    ``{"cycle": [a, b, c]}`` is the n-th of its values, round and round.  Braces around other words
    stay as they are.

    :param counts: the counters of the repeats around the value, the innermost last.
    """
    if not counts:
        return value
    if isinstance(value, str):
        return _fill_text(value, counts) if '{' in value else value
    if isinstance(value, list):
        return [fill(item, counts) for item in value]
    if isinstance(value, dict):
        options = value.get('cycle')
        if len(value) == 1 and isinstance(options, list) and options:
            innermost = list(counts.values())[-1]
            return fill(options[(innermost - 1) % len(options)], counts)
        return {key: fill(item, counts) for key, item in value.items()}
    return value


def may_move(value: Any) -> bool:
    """Say whether a value may differ from one repeat to the next."""
    if isinstance(value, str):
        return '{' in value
    if isinstance(value, list):
        return any(map(may_move, value))
    if isinstance(value, dict):
        return 'cycle' in value or any(map(may_move, value.values()))
    return False


def _fill_text(text: str, counts: Mapping[str, int]) -> Any:
    whole = _PLACEHOLDER.fullmatch(text)
    if whole is not None and whole['name'] in counts and whole['width'] is None:
        return _count(whole, counts)

    def replaced(match: re.Match[str]) -> str:
        if match['name'] not in counts:
            return match.group(0)
        return format(_count(match, counts), f"{match['width'] or ''}d")

    return _PLACEHOLDER.sub(replaced, text)


def _count(match: re.Match[str], counts: Mapping[str, int]) -> int:
    result = counts[match['name']]
    for sign, number in _ARITHMETIC.findall(match['steps']):
        result = _OPERATIONS[sign](result, int(number))
    return result


def _relative(
    match: re.Match[str], now: datetime.datetime, zone: datetime.tzinfo, end_of_day: bool
) -> datetime.datetime:
    steps = [(int(number), unit) for number, unit in _STEP.findall(match['steps'])]
    if match['base'] == 'now' and match['hour'] is None:
        return (now + _delta(steps)).astimezone(UTC)
    days = datetime.timedelta(
        days=sum(
            number * (7 if unit == 'w' else 1) for number, unit in steps if unit in ('', 'd', 'w')
        )
    )
    rest = _delta([(number, unit) for number, unit in steps if unit in ('h', 'm')])
    day = now.astimezone(zone).date() + days
    if match['hour'] is None:
        return _at(day, zone, end_of_day and not rest) + rest
    clock = datetime.time(int(match['hour']), int(match['minute']))
    return datetime.datetime.combine(day, clock, tzinfo=zone).astimezone(UTC) + rest


def _delta(steps: list[tuple[int, str]]) -> datetime.timedelta:
    total = datetime.timedelta()
    for number, unit in steps:
        total += datetime.timedelta(**{_UNITS[unit]: number})
    return total


def _at(day: datetime.date, zone: datetime.tzinfo, end_of_day: bool) -> datetime.datetime:
    clock = datetime.time(23, 59, 59) if end_of_day else datetime.time()
    return datetime.datetime.combine(day, clock, tzinfo=zone).astimezone(UTC)

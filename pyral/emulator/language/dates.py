"""Dates of a query: literals and variables such as `today-7`, each as a stretch of time.

Follows the WSAPI reference, section 5.7. Depends on nothing but the context it is given: it never
looks at a clock or at the machine's time zone.

A literal is one moment; a date alone is the start of that day in the workspace's zone, as it is on
create. The variables `lastweek` to `nextyear` are so many whole days next to today, without today,
as `yesterday` and `tomorrow` are.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone, tzinfo

from .. import texts
from ..clock import day_start, iso, parse_iso
from ..errors import ServiceError
from .values import QueryContext, Span

__all__ = ['read_date']

#: Variable to the days it spans, counted from today: first and last.
VARIABLES: dict[str, tuple[int, int]] = {
    'yesterday': (-1, -1),
    'tomorrow': (1, 1),
    'lastweek': (-7, -1),
    'nextweek': (1, 7),
    'lastmonth': (-30, -1),
    'nextmonth': (1, 30),
    'lastquarter': (-90, -1),
    'nextquarter': (1, 90),
    'lastyear': (-365, -1),
    'nextyear': (1, 365),
}
_SHIFTED = re.compile(r'today([+-])([0-9]{1,7})\Z')
_MOMENT = timedelta(milliseconds=1)


def read_date(text: str, context: QueryContext) -> Span:
    """Read a date literal or a date variable.

    :param text: the value as written, without quotes.
    :param context: tells what day it is, and where.
    :raises ServiceError: the text is neither.
    """
    try:
        return _variable(text, context) or _literal(text, context)
    except (ValueError, OverflowError):
        raise ServiceError(texts.bad_date(text)) from None


def _literal(text: str, context: QueryContext) -> Span:
    at = parse_iso(text, context.timezone)
    start, end = iso(at), iso(at + _MOMENT)
    return Span(start, end, end)


def _variable(text: str, context: QueryContext) -> Span | None:
    word = ''.join(text.split()).lower()
    zone = context.timezone
    if word == 'today':
        zone = context.user_timezone or zone
        return _days(context.now, zone, 0, 0)
    if word in VARIABLES:
        return _days(context.now, zone, *VARIABLES[word])
    shifted = _SHIFTED.match(word)
    if shifted is None:
        return None
    sign, count = shifted.group(1), int(shifted.group(2))
    if sign == '+':
        return _days(context.now, zone, 0, count)
    span = _days(context.now, zone, -count, 0)
    # `(LastUpdateDate > today-7)` is how people ask for the last week, although the stretch reaches
    # to the end of today.
    return Span(span.start, span.end, span.start)


def _days(now: datetime, zone: tzinfo, first: int, last: int) -> Span:
    """The stretch from the first moment of one day to the last of another, counted from today."""
    today: date = now.replace(tzinfo=now.tzinfo or timezone.utc).astimezone(zone).date()
    start = iso(day_start(today + timedelta(days=first), zone))
    end = iso(day_start(today + timedelta(days=last + 1), zone))
    return Span(start, end, end)

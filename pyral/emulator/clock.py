"""Time as the emulator sees it: the clock, and the date texts of the protocol.

Everything that needs "now" asks a `Clock`, so that a test or a demo can freeze it. Stored dates
are texts `YYYY-MM-DDThh:mm:ss.SSSZ` in UTC, which compare as texts. Must never read the
machine's time zone.
"""

from __future__ import annotations

import re
import time
from datetime import date, datetime, timedelta, timezone, tzinfo

from zoneinfo import ZoneInfo

__all__ = [
    'Clock',
    'advancing',
    'day_end',
    'day_start',
    'friendly',
    'frozen',
    'iso',
    'parse_iso',
    'zone',
]

UTC = timezone.utc

_ISO = re.compile(
    r'\s*(\d{4})-(\d{1,2})-(\d{1,2})'
    r'(?:T(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2}|[+-]\d{2})?)?'
    r'\s*\Z',
    re.IGNORECASE,
)
#: No date is longer; what a text ends with is read more than once.
_LONGEST_DATE = 100
_MONTHS = ('Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec')


class Clock:
    """Tell the time: the real one, a frozen one, or one that advances at each look."""

    def __init__(self, start: datetime | None = None, step: timedelta = timedelta(0)) -> None:
        """Make a clock.

        :param start: the time to stand still at; `None` follows the machine's clock.
        :param step: how far a standing clock moves each time it is read.
        """
        self._at = None if start is None else _aware(start)
        self._step = step

    def now(self) -> datetime:
        """Return the current time in UTC, cut to milliseconds as the protocol has them."""
        if self._at is None:
            at = datetime.fromtimestamp(time.time(), UTC)
        else:
            at = self._at
            self._at = at + self._step
        return at.replace(microsecond=at.microsecond // 1000 * 1000)

    def stamp(self) -> str:
        """Return the current time as the text that is stored and sent."""
        return iso(self.now())

    def set(self, at: datetime | None) -> None:
        """Stand still at a time, or follow the machine's clock again when given `None`."""
        self._at = None if at is None else _aware(at)

    def move(self, by: timedelta) -> None:
        """Move a standing clock forward (or back)."""
        self._at = self.now() + by

    def __repr__(self) -> str:
        return f"Clock({'real' if self._at is None else iso(self._at)})"


def frozen(at: datetime | str) -> Clock:
    """Return a clock that stands still at a time."""
    return Clock(parse_iso(at) if isinstance(at, str) else at)


def advancing(at: datetime | str, step: timedelta = timedelta(milliseconds=1)) -> Clock:
    """Return a clock that moves by a step each time it is read."""
    return Clock(parse_iso(at) if isinstance(at, str) else at, step)


def iso(at: datetime) -> str:
    """Print a time as the protocol does: UTC, milliseconds, `Z`.

    >>> iso(datetime(2024, 2, 1, 10, 11, 12, 345678, timezone.utc))
    '2024-02-01T10:11:12.345Z'
    """
    at = _aware(at).astimezone(UTC)
    day = f'{at.year:04d}-{at.month:02d}-{at.day:02d}'
    time_of_day = f'{at.hour:02d}:{at.minute:02d}:{at.second:02d}'
    return f'{day}T{time_of_day}.{at.microsecond // 1000:03d}Z'


def parse_iso(text: str, default_zone: tzinfo = UTC) -> datetime:
    """Read an ISO 8601 date or date with time.

    :param text: `2024-02-01`, `2024-02-01T10:11:12.345Z`, or with an offset.
    :param default_zone: the zone of a text that names none.
    :returns: an aware time in UTC.
    :raises ValueError: the text is no such date.
    """
    match = _ISO.match(text) if len(text) <= _LONGEST_DATE else None
    if match is None:
        raise ValueError(f'not an ISO 8601 date: "{text[:_LONGEST_DATE]}"')
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    fraction = int(((match.group(7) or '') + '000000')[:6])
    at = datetime(
        year, month, day, hour, minute, second, fraction, _offset(match.group(8), default_zone)
    )
    try:
        return at.astimezone(UTC)
    except OverflowError:
        raise ValueError(f'out of range: "{text}"') from None


def friendly(created: datetime, now: datetime, where: tzinfo = UTC) -> str:
    """Say how long ago something was created, as `_CreatedAt` does.

    The thresholds are those chosen in the WSAPI reference, section 4.7: under a minute, under an
    hour, the same day, under seven days, the same year, older.

    :param created: when the object was created.
    :param now: the time to look from.
    :param where: the time zone whose days are meant.
    """
    age = now - created
    there, here = created.astimezone(where), now.astimezone(where)
    if age < timedelta(minutes=1):
        return 'just now'
    if age < timedelta(hours=1):
        minutes = int(age.total_seconds() // 60)
        return f"{minutes} minute{'' if minutes == 1 else 's'} ago"
    if there.date() == here.date():
        half = 'am' if there.hour < 12 else 'pm'
        return f'today at {there.hour % 12 or 12}:{there.minute:02d} {half}'
    days = (here.date() - there.date()).days
    if days < 7:
        return f"{days} day{'' if days == 1 else 's'} ago"
    text = f'{_MONTHS[there.month - 1]} {there.day}'
    return text if there.year == here.year else f'{text}, {there.year}'


def zone(name: str | None) -> tzinfo:
    """Return the time zone of a name such as `America/Denver`; UTC when there is no such zone."""
    try:
        return ZoneInfo(name) if name else UTC
    except (KeyError, ValueError, OSError):
        return UTC


def day_start(day: date, where: tzinfo) -> datetime:
    """Return the first moment of a day in a time zone, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=where).astimezone(UTC)


def day_end(day: date, where: tzinfo) -> datetime:
    """Return the last whole second of a day in a time zone, in UTC.

    End dates of iterations and releases are recorded as `2013-12-23T06:59:59.000Z` for UTC-7
    (WSAPI reference, section 8.8).
    """
    return day_start(day + timedelta(days=1), where) - timedelta(seconds=1)


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at


def _offset(text: str | None, default_zone: tzinfo) -> tzinfo:
    if not text:
        return default_zone
    if text in 'Zz':
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:]) if len(text) > 3 else 0
    shift = timedelta(hours=hours, minutes=minutes)
    return timezone(-shift if text[0] == '-' else shift)

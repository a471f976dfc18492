"""Dates and times as the service writes them: ISO 8601, UTC, milliseconds.

Pure, and without a clock.
"""
from __future__ import absolute_import, division, print_function

import datetime
import re

__all__ = ['DATE_TYPES', 'UTC', 'iso_text', 'time_of']

#: The types of the standard library that stand for a day or a time.
DATE_TYPES = (datetime.date, datetime.datetime)

_TEXT = re.compile(
    r'(\d{4})-(\d\d)-(\d\d)'
    r'(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s*(?:[Zz]|([+-])(\d\d):?(\d\d))?)?$')
_NO_TIME = datetime.timedelta(0)
#: What reads the form of the service alone, many times as fast; 3.7 and later have it.
_from_iso = getattr(datetime.datetime, 'fromisoformat', None)


class _Utc(datetime.tzinfo):
    """UTC, which 2.7 has no object for."""

    def utcoffset(self, when):
        return _NO_TIME

    dst = utcoffset

    def tzname(self, when):
        return 'UTC'

    def __repr__(self):
        return 'UTC'

    def __reduce__(self):
        return 'UTC'  # the one of this module


UTC = datetime.timezone.utc if hasattr(datetime, 'timezone') else _Utc()


def time_of(value):
    """Return the aware time that a date, a time or a text of the service stands for, in UTC.

    A day is its beginning. What has no zone is taken as UTC, as `iso_text` does.

    :raises ValueError: the text is no date.
    """
    if isinstance(value, datetime.datetime):
        return value.astimezone(UTC) if value.tzinfo is not None else value.replace(tzinfo=UTC)
    if isinstance(value, datetime.date):
        return datetime.datetime(value.year, value.month, value.day, tzinfo=UTC)
    if _from_iso is not None and len(value) == 24 and value[10] == 'T' and value[23] == 'Z':
        try:
            return _from_iso(value[:23] + '+00:00')
        except ValueError:  # the pattern decides
            pass
    found = _TEXT.match(value)
    if found is None:
        raise ValueError("no date")
    parts = found.groups()
    micros = int((parts[6] or '0').ljust(6, '0')[:6])
    year, month, day, hour, minute, second = [int(part or 0) for part in parts[:6]]
    when = datetime.datetime(year, month, day, hour, minute, second, micros, UTC)
    if parts[7]:
        offset = datetime.timedelta(hours=int(parts[8]), minutes=int(parts[9]))
        when = when - offset if parts[7] == '+' else when + offset
    return when


def iso_text(when):
    """Return `2024-01-31` for a date, `2024-01-31T10:00:00.000Z` for a time.

    A time without a zone is taken as UTC, which is what the service stores.
    """
    if not isinstance(when, datetime.datetime):
        return when.isoformat()
    if when.tzinfo is not None:
        when = (when - when.utcoffset()).replace(tzinfo=None)
    seconds = when.replace(microsecond=0).isoformat()
    return '{0}.{1:03d}Z'.format(seconds, when.microsecond // 1000)

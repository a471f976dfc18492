"""Dates and times as the service writes them: ISO 8601, UTC, milliseconds.

Pure, and without a clock.
"""
from __future__ import absolute_import, division, print_function

import datetime

__all__ = ['DATE_TYPES', 'iso_text']

#: The types of the standard library that stand for a day or a time.
DATE_TYPES = (datetime.date, datetime.datetime)


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

"""Dates and times as the service writes them: ISO 8601, UTC, milliseconds.

Pure, and without a clock: it prints moments, it never asks for one.
"""
from __future__ import absolute_import, division, print_function

import datetime

__all__ = ['MOMENTS', 'iso_text']

#: The types of the standard library that stand for a day or a moment.
MOMENTS = (datetime.date, datetime.datetime)


def iso_text(moment):
    """Return `2024-01-31` for a date, `2024-01-31T10:00:00.000Z` for a time.

    A time without a zone is taken as UTC, which is what the service stores.
    """
    if not isinstance(moment, datetime.datetime):
        return moment.isoformat()
    if moment.tzinfo is not None:
        moment = (moment - moment.utcoffset()).replace(tzinfo=None)
    seconds = moment.replace(microsecond=0).isoformat()
    return '{0}.{1:03d}Z'.format(seconds, moment.microsecond // 1000)

"""Scalars of array libraries (numpy, pandas): the plain number or time in one, and what is none.

Such a library is never imported here; its scalars are known by what they have.
"""
from __future__ import absolute_import, division, print_function

import datetime

__all__ = ['is_no_value', 'plain_scalar']


def plain_scalar(value):
    """Return the plain value in a scalar of an array library, any other value as it is."""
    if not hasattr(type(value), 'dtype') or getattr(value, 'shape', None) != ():
        return value
    # Of finer times than Python has, `item` makes a number.
    return (value.astype('datetime64[us]') if value.dtype.kind == 'M' else value).item()


def is_no_value(value):
    """Say whether a number or time is none: infinite, or not equal to itself (`nan`, `NaT`)."""
    if isinstance(value, float):
        return value != value or value in (float('inf'), float('-inf'))
    if hasattr(type(value), 'is_finite'):
        return not value.is_finite()  # of the module decimal, which is not imported for it
    return isinstance(value, datetime.date) and value != value

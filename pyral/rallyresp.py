"""Responses under their historic path: the same objects as in `pyral.reading.response`."""
from __future__ import absolute_import, division, print_function

from pyral.errors import RallyResponseError
from pyral.reading.response import (
    AgileCentralResponseError,
    AgileCentralRESTResponse,
    ErrorResponse,
    RallyRESTResponse,
)

__all__ = [
    'AgileCentralRESTResponse',
    'AgileCentralResponseError',
    'ErrorResponse',
    'RallyRESTResponse',
    'RallyResponseError',
]

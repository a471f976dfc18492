"""Query building under its historic path: the same objects as in `pyral.query.builder`."""
from __future__ import absolute_import, division, print_function

from pyral.query.builder import (
    AgileCentralQueryFormatter,
    AgileCentralUrlBuilder,
    RallyQueryFormatter,
    RallyUrlBuilder,
    build,
    encode,
    literal,
    tree,
)

__all__ = [
    'AgileCentralQueryFormatter',
    'AgileCentralUrlBuilder',
    'RallyQueryFormatter',
    'RallyUrlBuilder',
    'build',
    'encode',
    'literal',
    'tree',
]

from pyral.query.builder import AgileCentralQueryFormatter as AgileCentralQueryFormatter
from pyral.query.builder import AgileCentralUrlBuilder as AgileCentralUrlBuilder
from pyral.query.builder import RallyQueryFormatter as RallyQueryFormatter
from pyral.query.builder import RallyUrlBuilder as RallyUrlBuilder
from pyral.query.builder import build as build
from pyral.query.builder import encode as encode
from pyral.query.builder import literal as literal
from pyral.query.builder import tree as tree

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

"""The tables of the page about queries: each row is built, and gives what its right column says."""

import datetime
import re
from pathlib import Path

import pytest

from pyral.query.builder import build

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / 'doc' / 'source' / 'queries.rst').read_text(encoding='utf-8')
#: A row of a table of the page: what one writes, what the service reads.
ROW = re.compile(r'^ {3}\* - ``(?P<left>.+)``\n {5}- (?P<right>.+)$', re.MULTILINE)
ROWS = ROW.findall(PAGE)


def test_the_page_has_its_tables():
    assert len(ROWS) == PAGE.count('\n   * - ``') > 35
    assert PAGE.count(':class: queries') == 3


@pytest.mark.parametrize(('left', 'right'), ROWS, ids=[left for left, _ in ROWS])
def test_a_row_of_the_page_says_what_is_built(left, right):
    built = build(eval(left, {'datetime': datetime}))
    assert right == ('no query' if built is None else '``{0}``'.format(built))

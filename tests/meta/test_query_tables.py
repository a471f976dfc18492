"""The tables of the page about queries: each row is built, and gives what its right column says."""

import datetime
import os
import re

import pytest

from pyral.query.builder import build

PAGE = os.path.join(os.path.dirname(__file__), '..', '..', 'doc', 'source', 'queries.rst')
#: A row of a table of the page: what one writes, what the service reads.
ROW = re.compile(r'^ {3}\* - ``(?P<left>.+)``\n {5}- (?P<right>.+)$', re.MULTILINE)
ROWS = ROW.findall(open(PAGE, encoding='utf-8').read())


def test_the_page_has_its_tables():
    page = open(PAGE, encoding='utf-8').read()
    assert len(ROWS) == page.count('\n   * - ``') > 35
    assert page.count(':class: queries') == 3


@pytest.mark.parametrize(('left', 'right'), ROWS, ids=[left for left, _ in ROWS])
def test_a_row_of_the_page_says_what_is_built(left, right):
    built = build(eval(left, {'datetime': datetime}))
    assert right == ('no query' if built is None else '``{0}``'.format(built))

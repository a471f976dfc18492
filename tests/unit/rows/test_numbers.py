"""Numbers in files and tables of text: as many digits as tell them from all others."""
from __future__ import absolute_import, division, print_function

import io

import pytest

from pyral.cli import formats
from pyral.cli.streams import TextSink
from pyral.rows.columns import NUMBER, Column
from pyral.rows.files import write_csv

FLOATS = [0.1 + 0.2, 1234567.8912345, -1 / 3.0, 2.5, 5.0, 1e-7, 123456789012345.67, 1e22]


class Parts(object):
    """Rows of one column that come in parts of so many."""

    columns = [Column('Number', ('Number',), NUMBER, False)]

    def __init__(self, values, most):
        self.values, self.most = values, most

    def check(self):
        """Nothing failed."""

    def _columns_of_rows(self):
        for start in range(0, len(self.values), self.most):
            yield [self.values[start:start + self.most]]


@pytest.mark.parametrize('others', [[], [None], [7], [7, None], [u'x'], [True], [[1.5]]])
@pytest.mark.parametrize('most', [1, 100])
def test_a_float_is_read_back_from_csv_as_it_was(others, most):
    target = io.StringIO()
    write_csv(target, Parts(FLOATS + others, most), True, 'utf-8')
    lines = target.getvalue().split(u'\r\n')
    assert [float(each) for each in lines[1:len(FLOATS) + 1]] == FLOATS


@pytest.mark.parametrize('format_name', ['csv', 'tsv', 'table', 'json', 'jsonl'])
@pytest.mark.parametrize('is_list', [False, True])
def test_each_format_of_the_command_tells_a_float_whole(format_name, is_list):
    columns = [Column('Number', ('Number',), NUMBER, is_list)]
    cells = [[[each] if is_list else each] for each in FLOATS]
    target = io.BytesIO()
    formats.write(formats.PlainRows(columns, cells), format_name, TextSink(target), lambda count: 0)
    text = target.getvalue().decode('utf-8')
    assert [each for each in FLOATS if repr(each) not in text] == []

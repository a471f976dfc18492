"""The benchmarks run: every part of them in miniature, and the server's rows are what they seem."""
import json
import sys

import pytest

if sys.version_info < (3, 9):
    pytest.skip("the benchmarks need the emulator", allow_module_level=True)
pytest.importorskip('werkzeug')

from tests.benchmarks import report, run  # noqa: E402
from tests.benchmarks.contenders import Run  # noqa: E402
from tests.benchmarks.page_server import FIRST_NUMBER, Pages  # noqa: E402


def test_a_tiny_run_measures_ours_and_writes_the_page(tmp_path, capsys):
    page = tmp_path / 'page.rst'
    assert run.main(['--tiny', '--ours-only', '--write', str(page), 'connect', 'hold', 'walk']) == 0
    shown = capsys.readouterr().out
    assert 'failed' not in shown and 'ours' in shown
    assert page.read_text().count('list-table') == 3


def test_an_unknown_job_is_refused_before_anything_starts(capsys):
    assert run.main(['hodl']) == 2
    assert 'hodl' in capsys.readouterr().out


def test_pages_of_any_size_join_to_the_same_rows():
    pages = Pages('https://bench.test/slm/webservice/v2.0')
    pages.total = 250
    for size in (7, 100, 250, 400):
        rows = []
        for start in range(1, 251, size):
            content, count = pages.page(start, size)
            found = json.loads(content)['QueryResult']
            assert len(found['Results']) == count and found['TotalResultCount'] == 250
            rows += found['Results']
        assert [row['ObjectID'] for row in rows] == [
            FIRST_NUMBER + number for number in range(1, 251)]
        assert len(set(row['_ref'] for row in rows)) == 250


def test_a_failure_is_shown_with_its_reason():
    failed = Run('ours', None, None, None, None, None, None, 'no such luck')
    assert 'no such luck' in report.text('hold', [failed])
    assert report.rows([failed])[0][0] == 'ours'

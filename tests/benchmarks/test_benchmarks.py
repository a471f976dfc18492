"""The benchmarks run: every part of them in miniature, and the server's rows are what they seem."""

import json
import sys

import pytest

if sys.version_info < (3, 9):
    pytest.skip("the benchmarks need the emulator", allow_module_level=True)
pytest.importorskip('werkzeug')

from tests.benchmarks import goals, report, run  # noqa: E402
from tests.benchmarks.contenders import Run  # noqa: E402
from tests.benchmarks.page_server import FIRST_NUMBER, Pages  # noqa: E402


def test_a_tiny_run_measures_ours_and_writes_the_page(tmp_path, capsys):
    page = tmp_path / 'page.rst'
    jobs = ['connect', 'hold', 'million-rows', 'related']
    assert run.main(['--tiny', '--ours-only', '--write', str(page)] + jobs) == 0
    shown = capsys.readouterr().out
    assert 'failed' not in shown and 'ours' in shown
    written = page.read_text()
    assert written.count('list-table') == 5 and '* - requests to connect' in written


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
            FIRST_NUMBER + number for number in range(1, 251)
        ]
        assert len(set(row['_ref'] for row in rows)) == 250


def made(contender, seconds, requests=1, peak_mb=100.0):
    """Return what a contender came to."""
    return Run(contender, seconds, seconds, peak_mb, requests, 1, None, None, seconds)


def test_goals_are_judged_by_the_runs_there_are():
    runs = {
        'related': {'ours': made('ours', 1.0, requests=13), 'released': made('released', 80.0)},
        'hold': {
            'ours': made('ours', 3.0, peak_mb=120.0),
            'floor-orjson': made('floor-orjson', 2.0),
            'ours-json': Run('ours-json', None, None, None, None, None, None, 'broke'),
            'floor-json': made('floor-json', 2.0),
        },
    }
    assert goals.judged(runs) == [
        ['hold, times the orjson floor', 'at most 2', '1.50', 'kept'],
        ['hold, memory of plain dicts read by orjson', 'at most 1.3', '1.20', 'kept'],
        ['requests to read 400 defects, their tasks and owners', 'at most 12', '13', 'missed'],
        ['tasks and owners, times as fast as pyral 1.6.0', 'at least 50', '80.00', 'kept'],
    ]
    assert goals.judged({}) == []


def test_every_goal_is_about_a_job_there_is():
    class Asked(dict):
        def __missing__(self, job):
            found.add(job)
            return {name: made(name, 1.0) for name in run.DISTANT + run.ROWS}

    found = set()
    for goal in goals.GOALS:
        goal.measure(Asked())
    assert found <= set(run.jobs(1, 10, 1)) and len(found) > 6


def test_a_failure_is_shown_with_its_reason():
    failed = Run('ours', None, None, None, None, None, None, 'no such luck')
    assert 'no such luck' in report.text('hold', [failed])
    assert report.rows([failed])[0][0] == 'ours'

"""What every suite shares: a cache folder of its own, the summary of the other interpreters."""
import itertools
import os

import pytest


def pytest_terminal_summary(terminalreporter):
    """Show what the SDK's suites said on other interpreters, above the closing line."""
    lines = os.environ.get('PYRAL_MATRIX_SUMMARY', '').splitlines()
    if lines:
        terminalreporter.section('the SDK on other interpreters')
        for line in lines:
            terminalreporter.write_line(line)


@pytest.fixture(scope='session')
def caches(tmpdir_factory):
    """Where the caches of a run are, one folder for each test, and their number."""
    return str(tmpdir_factory.mktemp('caches')), itertools.count()


@pytest.fixture(autouse=True)
def no_cache_of_the_user(caches, monkeypatch):
    """Give each test, and every process it starts, an empty cache folder of its own."""
    root, numbers = caches
    monkeypatch.setenv('XDG_CACHE_HOME', os.path.join(root, str(next(numbers))))
    monkeypatch.delenv('PYRAL_SCHEMA_CACHE', raising=False)

"""The fixtures that users take into their own tests, in a pytest run of their own."""

import os
import subprocess
import sys
import textwrap

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONFTEST = """
    import pytest
    pytest_plugins = ['pyral.emulator.pytest_plugin']

    @pytest.fixture(scope='session')
    def rally_world():
        return 'empty'
"""
TESTS = """
    import os
    import sys
    import pytest
    from pyral import Rally, rallyWorkset

    @pytest.fixture
    def rally(rally_emulator):
        server, user, password, apikey, workspace, project = rallyWorkset([])
        assert server == rally_emulator.url and apikey == rally_emulator.apikey
        return Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)

    def test_one_creates(rally, rally_budget):
        with rally_budget(4):
            rally.create('Defect', {'Name': 'Mine'})
        assert rally.get('Defect').resultCount == 1

    def test_another_finds_nothing(rally):
        assert rally.get('Defect').resultCount == 0

    def test_a_promise_is_held(rally, rally_budget):
        with rally_budget(1):
            for name in ('Defect', 'Task'):
                rally.get(name).resultCount

    def test_the_environment_is_as_it_was():
        assert os.environ.get('RALLY_SERVER') == 'mine'
"""


def test_each_test_finds_the_world_as_it_was_and_promises_are_held(tmp_path, monkeypatch):
    (tmp_path / 'conftest.py').write_text(textwrap.dedent(CONFTEST))
    (tmp_path / 'test_scripts.py').write_text(textwrap.dedent(TESTS))
    monkeypatch.setenv('RALLY_SERVER', 'mine')
    monkeypatch.setenv('PYTHONPATH', ROOT)
    done = subprocess.run(
        [sys.executable, '-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'test_scripts.py'],
        cwd=str(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert '1 failed, 3 passed' in done.stdout, done.stdout
    assert "2 requests reached the emulator, 1 at most were promised:" in done.stdout
    assert 'GET /slm/webservice/v2.0/Task' in done.stdout

"""The pytest plugin, in runs of pytest as a user has them: the entry point finds it.

What old interpreters say is asked of the environments that `make test` keeps for them.
"""

import os
import shutil
import subprocess
import sys
import textwrap

import pytest

from tests import matrix

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SMALL = os.path.join(ROOT, 'tests', 'data', 'worlds', 'small.json')
FORMER_NAME = """
    import pytest
    pytest_plugins = ['pyral.emulator.pytest_plugin']

    @pytest.fixture(scope='session')
    def rally_world():
        return 'empty'
"""
#: Tests that pass, in this order.
TESTS = """
    import os
    import sys
    import pytest
    import report
    from pyral import Rally, rallyWorkset

    urls = []

    @pytest.fixture(scope='session')
    def rally_world():
        return 'empty'

    @pytest.fixture
    def of_the_script(rally_emulator):
        server, user, password, apikey, workspace, project = rallyWorkset([])
        assert (server, apikey) == (rally_emulator.url, rally_emulator.apikey)
        assert (workspace, project) == (rally_emulator.workspace, rally_emulator.project)
        connection = Rally(server, user, password, apikey=apikey, workspace=workspace)
        yield connection
        connection.close()

    def test_nothing_is_loaded_that_no_test_asked_for():
        loaded = [name for name in sys.modules if name.startswith('pyral.emulator')]
        assert loaded == []
        assert not set(['sqlalchemy', 'werkzeug', 'lark', 'jinja2']) & set(sys.modules)

    def test_one_creates(of_the_script, rally_budget):
        with rally_budget(1):
            of_the_script.create('Defect', {'Name': 'Mine'})
        assert report.names(of_the_script) == ['Mine']

    def test_another_finds_nothing(rally, rally_emulator):
        urls.append(rally_emulator.url)
        assert rally.get('Defect').resultCount == 0

    @pytest.mark.rally_world('worlds/small.json')
    class TestAWorldBesideTheTest(object):
        def test_it_is_there(self, rally, rally_emulator):
            urls.append(rally_emulator.url)
            assert rally.get('Defect', query='FormattedID = DE7', instance=True).State == 'Open'
            rally.delete('Defect', 'DE7')

        @pytest.mark.rally_world('empty')
        def test_the_nearest_marker_counts(self, rally, rally_emulator):
            urls.append(rally_emulator.url)
            assert rally.get('Defect').resultCount == 0

        def test_it_is_as_it_was(self, rally, rally_emulator):
            urls.append(rally_emulator.url)
            assert rally.get('Defect', query='FormattedID = DE7').resultCount == 1

    def test_each_world_has_one_emulator():
        empty, small, again, small_again = urls
        assert empty == again != small == small_again

    def test_the_environment_is_as_it_was():
        assert os.environ['RALLY_SERVER'] == 'mine'
        assert os.environ['RALLY_CONFIG'] == 'mine.cfg'
"""
#: The plugin counts once, however often it is named.
TESTS_ONCE = """
    import pyral.emulator.pytest_plugin

    def test_the_world_of_the_conftest(rally):
        assert rally.get('Defect').resultCount == 0

    def test_nothing_is_there_twice(request):
        manager = request.session._fixturemanager
        for name in ('rally', 'rally_budget', 'rally_emulator'):
            assert len(manager.getfixturedefs(name, request.node)) == 1
        markers = request.config.getini('markers')
        assert len([line for line in markers if line.startswith('rally_world')]) == 1
"""
#: Tests that fail, or cannot begin.
FAILING = """
    import pytest

    pytestmark = pytest.mark.rally_world('empty')

    def test_a_promise_is_held(rally, rally_budget):
        with rally_budget(1):
            rally.get('User', fetch='Name', query='ObjectID > 0').resultCount
            rally.get('Project', query='State = Open', fetch='Name').resultCount

    def test_an_error_of_the_test_is_shown(rally_budget):
        with rally_budget(0):
            raise ValueError('mine')

    def test_a_promise_is_a_number(rally_budget):
        rally_budget('2')

    @pytest.mark.rally_world('nowhere.json')
    def test_no_file(rally):
        pass

    @pytest.mark.rally_world
    def test_no_argument(rally):
        pass

    @pytest.mark.rally_world('test_failing.py')
    def test_no_world(rally):
        pass
"""
#: A run without the emulator: what needs it says so, the rest goes on.
WITHOUT = """
    def test_of_its_own():
        pass

    def test_with_a_connection(rally):
        pass
"""
#: The package of a user, whose coverage is measured.
REPORT = """
    def names(rally):
        return [defect.Name for defect in rally.get('Defect', fetch='Name')]
"""


@pytest.fixture(scope='module')
def site(tmp_path_factory):
    """A folder in which pyral is installed, as far as its metadata and its entry points go."""
    folder = tmp_path_factory.mktemp('site')
    os.symlink(os.path.join(ROOT, 'pyral'), str(folder / 'pyral'))
    command = [sys.executable, 'setup.py', '-q', 'egg_info', '--egg-base', str(folder)]
    subprocess.run(command, cwd=ROOT, check=True)
    return str(folder)


@pytest.fixture
def run(site, tmp_path, monkeypatch):
    """Return a function that runs pytest over files of this project: its code and its output."""
    monkeypatch.setenv('PYTHONPATH', site)
    monkeypatch.setenv('RALLY_SERVER', 'mine')
    monkeypatch.setenv('RALLY_CONFIG', 'mine.cfg')
    monkeypatch.delenv('PYTEST_ADDOPTS', raising=False)

    def run_pytest(files, *options, python=sys.executable, how=('-m', 'pytest')):
        for name, text in files.items():
            (tmp_path / name).write_text(textwrap.dedent(text))
        if python == sys.executable:
            # pytest compiles what an entry point brings itself; once will do for all runs.
            monkeypatch.delenv('PYTHONDONTWRITEBYTECODE', raising=False)
        else:
            monkeypatch.setenv('PYTHONDONTWRITEBYTECODE', '1')
        command = [python, *how, '-p', 'no:cacheprovider', '-W', 'error', *options]
        done = subprocess.run(
            command,
            cwd=str(tmp_path),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return done.returncode, done.stdout

    return run_pytest


def test_each_test_finds_its_world_as_it_was(run, tmp_path):
    (tmp_path / 'scripts' / 'worlds').mkdir(parents=True)
    shutil.copy(SMALL, str(tmp_path / 'scripts' / 'worlds'))
    # The coverage of a user's package is whole, though pyral is imported before it is measured.
    measured = ['--cov=report', '--cov-branch', '--cov-fail-under=100']
    files = {'scripts/report.py': REPORT, 'scripts/test_scripts.py': TESTS}
    # What a developer has beside his scripts must not get what the tests write.
    files['rally-v2.0.cfg'] = 'SERVER = rally1.rallydev.com\nUSER = me\nPROJECT = Mine\n'
    code, said = run(files, '--strict-markers', *measured)
    assert code == 0 and '8 passed' in said, said


def test_what_is_wrong_is_said_without_the_frames_of_the_plugin(run, tmp_path):
    code, said = run({'test_failing.py': FAILING}, '--strict-markers')
    assert code == 1 and '3 failed, 3 errors' in said, said
    promised = said.partition('2 requests reached the emulator, 1 at most were promised:\n')[2]
    assert promised, said
    user, project = promised.splitlines()[:2]
    assert 'GET /slm/webservice/v2.0/User?fetch=Name&query=(ObjectID > 0)&' in user
    assert 'GET /slm/webservice/v2.0/Project?fetch=Name&query=(State = Open)&' in project
    assert 'ValueError: mine' in said
    assert "rally_world: there is no world 'nowhere.json': it is demo, empty, or a world" in said
    assert "rally_world takes one world: 'demo', 'empty', or the path of a world file" in said
    assert f"{tmp_path / 'test_failing.py'}, line 2: not JSON" in said
    assert 'rally_budget takes the number of requests that are promised, not str' in said
    for frame in ('pytest_plugin.py', 'contextlib', 'def __exit__', 'During handling'):
        assert frame not in said


@pytest.mark.parametrize('options', ['-p no:pyral', '-p pyral -p pyral.pytest_plugin -n 1'])
def test_the_former_name_gives_the_same_fixtures(run, options):
    code, said = run({'conftest.py': FORMER_NAME, 'test_it.py': TESTS_ONCE}, *options.split())
    assert code == 0 and '2 passed' in said, said


def without_emulator():
    """Return {version: python} of the environments of `make test` that have no emulator."""
    folders = os.path.join(ROOT, '.venv', 'matrix')
    pythons = {
        version: os.path.join(folders, version, 'bin', 'python')
        for version in matrix.wanted(matrix.interpreters())
    }
    return {version: python for version, python in pythons.items() if os.path.exists(python)}


@pytest.mark.parametrize('version', matrix.wanted(matrix.interpreters()))
def test_without_the_emulator_a_sentence_says_what_is_missing(run, version):
    python = without_emulator().get(version)
    if python is None:
        pytest.skip("make test has made no environment of this version")
    start = 'import sys, pyral, pytest; sys.exit(pytest.main(sys.argv[1:]))'
    code, said = run({'test_it.py': WITHOUT}, python=python, how=('-c', start))
    assert code == 1 and '1 passed, 1 error' in said, said
    if tuple(int(part) for part in version.split('.')) < (3, 9):
        sentence = f'the emulator needs Python 3.9 or later, and this is {version}; run it with a '
    else:
        sentence = "the emulator needs cachetools, which is not installed: pip install 'pyral[emu"
    assert said.count('\n' + sentence) == 1, said
    assert 'Traceback' not in said and 'During handling' not in said

"""The code on the pages runs: `pycon` blocks as doctests, `python` blocks as code, `sh` in a shell.

Tests among the code run in a pytest of their own as well. All blocks of a page run in order in one
namespace, as a reader would type them. Commands meet a demo Rally; a config file (`ini`) is read
back. What does not run is named in `NOT_RUN`, with the reason.
"""

import contextlib
import doctest
import io
import os
import re
import shutil
import subprocess
import sys
import textwrap
import warnings

import pytest

import pyral
from pyral import config
from pyral.emulator import Emulator

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCE = os.path.join(ROOT, 'doc', 'source')
RUN = ('python', 'pycon', 'sh', 'cfg', 'ini')
BLOCK = re.compile(
    r'^\.\. code-block:: (?P<kind>\w+)\n(?:   :.*\n)*\n(?P<body>(?:(?:   .*)?\n)+)', re.M
)
#: A block without a kind: `::` ends the paragraph before it, or stands alone.
PLAIN = re.compile(r'^(?!\.\. ).*::\n\n(?P<body>(?:(?:   .*)?\n)+)', re.M)

#: The characters of a line of code that a page shows.
WIDTH = 90

PRINTS = re.compile(r'It prints::\n\n(?P<body>(?:   .*\n)+)')

#: The beginnings of the blocks that are not run, and why.
NOT_RUN = {
    '$ pyral doctor\n': "tests/emulator/test_command_examples.py compares it",
    'python -m pyral.emulator [--host': "the usage in short",
    'python -m pyral.emulator --world team.json': "runs until it is stopped",
    'python -m pyral.emulator --serve': "runs until it is stopped",
    '$ createdb rally': "needs a PostgreSQL; `make test-postgres` brings its own",
    'eval "$(register': "changes the shell of a user",
    'US134 Show orders': "what the block before it prints, which is compared",
    'FormattedID  Name': "what the block before it prints, which is compared",
    "$ pip install '": "installs; tests/release.py does so",
    'from tqdm import tqdm': "needs tqdm",
}
#: What sets up an environment; tests/release.py runs the README as it is, these lines included.
SETS_UP = ('make ', '. .venv/', 'pip install ')
MY_REPORT = """
import sys
from pyral import Rally, rallyWorkset
server, user, password, apikey, workspace, project = rallyWorkset(sys.argv[1:])
print(Rally(server, user, password, apikey=apikey).getWorkspace().Name)
"""


def pages():
    """Return the README and every page that has code."""
    paths = [os.path.join(ROOT, 'README.rst')]
    for folder, _, files in os.walk(SOURCE):
        paths += [os.path.join(folder, file) for file in sorted(files) if file.endswith('.rst')]
    # tests/emulator/test_cookbook.py runs the recipes, and counts their requests.
    paths.remove(os.path.join(SOURCE, 'cookbook.rst'))
    return [path for path in paths if BLOCK.search(read(path))]


def is_sample(path, block):
    """Say whether a block shows what goes over the wire, on a page of the protocol reference."""
    return block.group('kind') == 'text' and os.path.basename(os.path.dirname(path)) == 'protocol'


def read(path):
    """Return a page's text, ending in a line end so that a last block is whole."""
    with open(path, encoding='utf-8') as page:
        return page.read() + '\n'


def body_of(block):
    """Return the text of a block without its indent."""
    return textwrap.dedent(block.group('body'))


@pytest.fixture(scope='module')
def demo():
    """A demo Rally that listens."""
    with Emulator(world='demo') as emulator:
        yield emulator


def run_doctest(body, line, path, names):
    """Run a session; what it prints must match."""
    parser, runner = (
        doctest.DocTestParser(),
        doctest.DocTestRunner(
            optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE, verbose=False
        ),
    )
    test = parser.get_doctest(body, names, os.path.basename(path), path, line)
    shown = []
    test.globs = names
    runner.run(test, out=shown.append, clear_globs=False)
    names.update(test.globs)
    assert not shown, ''.join(shown)


def run_commands(block, demo):
    """Run commands of a shell on the demo Rally; each must succeed, and curl without errors.

    Where the page says what they print, that is compared.
    """
    python = "'{0}'".format(sys.executable)
    lines = body_of(block).splitlines(True)
    body = ''.join(line for line in lines if not line.startswith(SETS_UP))
    if not body.strip():
        return
    # That the emulator runs the command after `--` is a test of its own.
    body = body.replace('python -m pyral.emulator -- ', '')
    body = re.sub(r'(?m)(^|\| )pyral ', r'\1python -m pyral ', body).replace(
        'python ', python + ' '
    )
    body = body.replace('http://127.0.0.1:8010', demo().url).replace('_demo...', demo().apikey)
    ended = subprocess.run(
        ['sh', '-e', '-c', body.replace('curl ', 'curl --silent --fail ')],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(os.environ, PYTHONPATH=ROOT, **demo().environment()),
    )
    assert ended.returncode == 0 and ended.stdout.strip(), ended.stdout
    if 'curl' in body:
        assert ended.stdout.count('"Errors": []') == body.count('curl '), ended.stdout
    shown = PRINTS.match(block.string, block.end())
    if shown:
        assert ended.stdout == body_of(shown)


def run_tests(body):
    """Run a block that has tests in it by pytest, with nothing but the plugin of pyral."""
    with open('test_of_the_page.py', 'w', encoding='utf-8') as file:
        file.write(body)
    command = ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', '-p', 'pyral', '--strict-markers']
    ended = subprocess.run(
        [sys.executable, *command, 'test_of_the_page.py'],
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=dict(os.environ, PYTHONPATH=ROOT),
    )
    assert ended.returncode == 0, ended.stdout


def read_settings(body):
    """Read a config file; every line that is no comment must count."""
    with open('shown.cfg', 'w', encoding='utf-8') as file:
        file.write(body)
    values = pyral.rallyWorkset(['--config=shown'])
    for line in body.splitlines():
        if line.strip() and not line.startswith('#'):
            assert line.partition('=')[2].strip() in values


def read_profiles(body):
    """Read a file of profiles; every line of every section must count."""
    os.makedirs('user/pyral', exist_ok=True)
    with open('user/pyral/config', 'w', encoding='utf-8') as file:
        file.write(body)
    environ = {'XDG_CONFIG_HOME': os.path.abspath('user')}
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        counted = [
            setting
            for name in config.profile_names(environ)
            for setting in config.reported_settings(profile=name, environ=environ)
            if setting.source.startswith('profile ')
        ]
    assert len(counted) == len(re.findall('^[^#\\[\n].*[=:]', body, re.M)) > 0


def run_python(block, path, names):
    """Run code; where the page says what it prints, that is compared."""
    text, printed = block.string, io.StringIO()
    line = text[: block.start('body')].count('\n')
    with contextlib.redirect_stdout(printed):
        exec(compile('\n' * line + body_of(block), path, 'exec'), names)
    shown = PRINTS.match(text, block.end())
    if shown:
        assert printed.getvalue() == body_of(shown)


def run_block(block, path, names, demo):
    """Run one block by its kind; `demo` returns the demo Rally. Returns the program it lacks."""
    kind, body = block.group('kind'), body_of(block)
    if kind == 'python' and re.search('^def test_', body, re.M):
        run_tests(body)
    if kind == 'python':
        run_python(block, path, names)
    elif kind == 'pycon':
        run_doctest(body, block.string[: block.start('body')].count('\n'), path, names)
    elif kind == 'ini':
        read_settings(body)
    elif kind == 'cfg':
        read_profiles(body)
    elif kind == 'sh' and 'curl ' in body and shutil.which('curl') is None:
        return 'curl'
    elif kind == 'sh':
        with open('my_report.py', 'w') as script:
            script.write(MY_REPORT)
        if not os.path.exists('examples'):
            os.symlink(os.path.join(ROOT, 'examples'), 'examples')
        run_commands(block, demo)
    return None


@pytest.mark.parametrize('path', pages(), ids=os.path.basename)
def test_the_code_of_a_page_runs(path, no_settings, monkeypatch, tmp_path, request):
    monkeypatch.chdir(tmp_path)
    if os.path.basename(path) == 'README.rst':  # its script finds its settings outside
        for name, value in request.getfixturevalue('demo').environment().items():
            monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, 'argv', ['script.py'])
    names = {'__name__': '__page__'}
    try:
        lacking = [
            run_block(block, path, names, lambda: request.getfixturevalue('demo'))
            for block in BLOCK.finditer(read(path))
        ]
    finally:
        for value in list(names.values()):
            if type(value).__name__ == 'Emulator':
                value.stop()
    if any(lacking):
        pytest.skip("all ran but the commands with curl, which is not installed")


def test_code_is_not_cut_off_on_a_page_of_1300_pixels():
    long = [
        (os.path.basename(path), line)
        for path in [*pages()[1:], os.path.join(SOURCE, 'cookbook.rst')]
        for block in BLOCK.finditer(read(path))
        if block.group('kind') in RUN
        for line in body_of(block).splitlines()
        if len(line) > WIDTH
    ]
    assert long == []


def test_what_is_not_run_is_named():
    found = []
    for path in pages():
        text = read(path)
        found += [body_of(block) for block in PLAIN.finditer(text)]
        found += [
            body_of(block)
            for block in BLOCK.finditer(text)
            if block.group('kind') not in RUN and not is_sample(path, block)
        ]
    unnamed = [body for body in found if not body.startswith(tuple(NOT_RUN))]
    assert unnamed == []
    unused = [start for start in NOT_RUN if not any(body.startswith(start) for body in found)]
    assert unused == []


def test_every_page_that_the_readme_links_is_there():
    text = read(os.path.join(ROOT, 'README.rst'))
    linked = re.findall(r'<(doc/[^>]+)>`_', text)
    assert len(linked) > 8
    assert [path for path in linked if not os.path.exists(os.path.join(ROOT, path))] == []


def test_every_page_is_reachable_from_the_index():
    index = read(os.path.join(SOURCE, 'index.rst'))
    names = [
        file[:-4] for file in os.listdir(SOURCE) if file.endswith('.rst') and file != 'index.rst'
    ]
    assert [name for name in names if not re.search(r'^   {0}$'.format(name), index, re.M)] == []

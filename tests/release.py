"""Check a release before it is published: build, install into empty environments, run.

`make release-check` calls it. Both archives are built as a publisher would build them, each is
installed into an empty environment of every Python found here, and the quickstart runs against
the demo world of what was installed; pytest runs there with its coverage on. The commands of the
README are run one after another in what the sdist holds. Nothing is uploaded.
"""

import ast
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import textwrap

from tests import matrix

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: Run outside the project, so that what is imported is what was installed.
IMPORT_ALL = """
import pkgutil, sys
import pyral

assert pyral.__version__ == {version!r}, pyral.__version__
assert pyral.__file__.startswith(sys.prefix), pyral.__file__

def import_all(package):
    for _, name, is_package in pkgutil.iter_modules(package.__path__, package.__name__ + '.'):
        # The emulator and pytest are extras; what is a program runs when it is imported.
        if not name.endswith(('.emulator', '.pytest_plugin', '.__main__')):
            __import__(name)
            if is_package:
                import_all(sys.modules[name])

import_all(pyral)
"""
QUICKSTART = ['-m', 'pyral.emulator', '--world', 'demo', '--port', '0', '--']
#: The last release of pytest-cov that an interpreter takes.
COVERAGE = {'2.7': 'pytest-cov<3', '3.6': 'pytest-cov<4.1'}
#: The package of a user, its tests, and a file of tests that needs no emulator.
REPORT = "def names(rally):\n    return [each.Name for each in rally.get('Tag', fetch='Name')]\n"
PROJECT = {
    'report.py': REPORT,
    'test_report.py': 'import report\n\ndef test_names(rally):\n    assert report.names(rally)\n',
    'test_other.py': 'import report\n\ndef test_other():\n    assert callable(report.names)\n',
}
COMMANDS = re.compile(r'^\.\. code-block:: sh\n\n(?P<body>(?:(?:   .*)?\n)+)', re.M)


class Failed(Exception):
    """A check did not pass; the message says which, and what was said."""


def run(command, folder=ROOT, **options):
    """Run a command, which must succeed; return all that it said."""
    done = subprocess.run(
        command,
        cwd=folder,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **options,
    )
    if done.returncode != 0:
        raise Failed(f'{" ".join(command)}\n{done.stdout[-3000:]}')
    return done.stdout


def version():
    """Return the version as it is written, once, in `pyral/_version.py`."""
    with open(os.path.join(ROOT, 'pyral', '_version.py'), encoding='utf-8') as source:
        tree = ast.parse(source.read())
    return next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and node.targets[0].id == 'VERSION'
    )


def build(folder, *options):
    """Build sdist and wheel into a folder without a warning; return {'.whl': path, '.gz': path}."""
    # That byte-compiling is off would be a warning too.
    environ = {key: os.environ[key] for key in os.environ if key != 'PYTHONDONTWRITEBYTECODE'}
    said = run([sys.executable, '-m', 'build', '--outdir', folder, *options, ROOT], env=environ)
    warned = [line for line in said.splitlines() if 'warning' in line.lower()]
    if warned:
        raise Failed('the build warns:\n' + '\n'.join(warned))
    paths = [os.path.join(folder, name) for name in os.listdir(folder)]
    return {os.path.splitext(path)[1]: path for path in paths}


def unpack(sdist, folder):
    """Unpack an sdist; return its root."""
    with tarfile.open(sdist) as archive:
        archive.extractall(folder)
    (name,) = os.listdir(folder)
    return os.path.join(folder, name)


def check_install(archive, name, path, folder, examples):
    """Install an archive into an empty environment of one Python, import all and run it."""
    has_emulator = tuple(int(part) for part in name.split('.')) >= (3, 9)
    shutil.rmtree(os.path.join(folder, 'project'), ignore_errors=True)
    python = matrix.empty_environment(name, path, ROOT, os.path.join(folder, 'env'))
    run([python, *matrix.INSTALL, archive + ('[emulator]' if has_emulator else '')])
    run([python, '-m', 'pip', 'check'])
    run([python, '-c', IMPORT_ALL.format(version=version())], folder)
    if has_emulator:
        said = run([python, *QUICKSTART, python, 'quickstart.py'], examples)
        if 'deleted' not in said.lower():
            raise Failed('the quickstart did not come to its end:\n' + said)
    check_pytest(python, name, os.path.join(folder, 'project'))


def check_pytest(python, name, folder):
    """Run the tests of a user's project with coverage, where there is an emulator and where not."""
    pins = [matrix.pins(name)[1], COVERAGE.get(name, 'pytest-cov')]
    run([python, *matrix.INSTALL, *pins])
    os.makedirs(folder)
    for file, text in PROJECT.items():
        with open(os.path.join(folder, file), 'w', encoding='utf-8') as source:
            source.write(text)
    command = [python, '-m', 'pytest', '-W', 'error', '--cov=report', '--cov-report=term']
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if tuple(int(part) for part in name.split('.')) >= (3, 9):
        wanted = ['2 passed', 'report.py', '100%']
    else:
        wanted = ['1 passed, 1 error', 'report.py', '50%', 'the emulator needs Python 3.9 or later']
    if any(text not in done.stdout for text in wanted) or 'Traceback' in done.stdout:
        raise Failed('pytest ended otherwise than it should:\n' + done.stdout + done.stderr)


def check_readme(folder):
    """Run all commands of the README one after another, as a reader would, in a fresh clone."""
    with open(os.path.join(folder, 'README.rst'), encoding='utf-8') as readme:
        blocks = [found.group('body') for found in COMMANDS.finditer(readme.read() + '\n')]
    if len(blocks) < 4:
        raise Failed('the README has fewer commands than it had')
    run(['sh', '-e', '-c', ''.join(textwrap.dedent(block) for block in blocks)], folder)


def main():
    """Run all checks; return 0 if every one passed."""
    dist = os.path.join(ROOT, 'dist')
    shutil.rmtree(dist, ignore_errors=True)
    print('building ...')
    archives = build(dist)
    run([sys.executable, '-m', 'twine', 'check', '--strict', *archives.values()])
    found = matrix.interpreters()
    own = '{0}.{1}'.format(*sys.version_info)
    names = list(dict.fromkeys([*matrix.wanted(found), own]))
    with tempfile.TemporaryDirectory() as folder:
        unpacked = unpack(archives['.gz'], os.path.join(folder, 'sdist'))
        print('running tests of the sdist ...')
        run([sys.executable, '-m', 'pytest', '-q', '-n', 'auto', 'tests/compat'], unpacked)
        print('running the commands of the README ...')
        check_readme(unpack(archives['.gz'], os.path.join(folder, 'readme')))
        examples = os.path.join(folder, 'examples')
        shutil.copytree(os.path.join(unpacked, 'examples'), examples)
        for name in names:
            path = found.get(name, sys.executable if name == own else None)
            if path is None:
                print(f'Python {name}: skipped, no such interpreter found')
                continue
            for archive in archives.values():
                print(f'Python {name}: {os.path.basename(archive)} ...')
                check_install(archive, name, path, folder, examples)
    print('ready to be published: ' + ' '.join(sorted(os.listdir(dist))))
    return 0


if __name__ == '__main__':
    try:
        sys.exit(main())
    except Failed as problem:
        sys.exit(f'release-check: {problem}')

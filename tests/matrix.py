"""Run the SDK's suites on other interpreters, each against an emulator process on this one.

The SDK runs on 2.7 and 3.6 and later, the emulator on 3.9 and later; so the suites of the SDK run
there with `PYRAL_TEST_SERVER` naming an emulator that this interpreter serves. An interpreter that
this machine lacks is reported as skipped, never silently passed over.
"""

import functools
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import namedtuple

#: where the summary of the main pytest run finds what the other interpreters said
SUMMARY_VARIABLE = 'PYRAL_MATRIX_SUMMARY'
#: the versions whose suites must run where the interpreter is found; 'newest' is the highest found.
#: Those come first that take longest.
VERSIONS = ['2.7', '3.6', 'newest', '3.8']
SUITES = ['tests/unit', 'tests/client', 'tests/compat']
#: What the suites read. They run in a copy of it, where each interpreter keeps its bytecode: most
#: of what a process of theirs would cost is compiling pyral, and Python 2.7 writes `.pyc` files
#: beside the modules, which no working tree should have.
TREE = ['pyral', 'pyral.egg-info', 'tests', 'examples', 'doc/source']
#: What stands between an older and a newer version that run everything runs what needs no server
#: and the contract of scripts. The newest differs from the main interpreter in its standard
#: library: threads, sockets, frames, processes, terminals.
FEWER_SUITES = {
    '3.8': ['tests/unit', 'tests/compat'],
    'newest': ['tests/unit', 'tests/compat']
    + [
        'tests/client/test_{0}.py'.format(name)
        for name in (
            'attachments command command_writes connect doctor frames generic_tools interrupts '
            'lazy log pickles profiles reads_under_faults rows secrets session '
            'threads_and_processes transport writes_under_faults writing'
        ).split()
    ],
}
#: last releases that still install on an old interpreter
PINS = {
    '2.7': ['pip<21', 'pytest<5', 'pytest-timeout<2', 'requests<2.28', 'six'],
    '3.6': ['pip<22', 'pytest<7.1', 'pytest-timeout<2.2', 'requests<2.28', 'six'],
}
#: An index that is away for a while makes no run fail.
INSTALL = ['-m', 'pip', '-qq', '--disable-pip-version-check', 'install']
INSTALL += ['--retries', '10', '--timeout', '60']
#: Seconds after which a program hangs that should end at once, on a busy machine too.
PATIENCE_S = 600
#: Seconds for one installation; with all its retries an index that hangs would take hours.
INSTALL_S = 900
#: Seconds for the suites of one version, some ten times what they take.
SUITES_S = 2400
PINS_ELSEWHERE = ['pip', 'pytest<10', 'pytest-timeout<3', 'requests<3', 'six']
#: So much of the output is shown of what was ended because it hung.
SHOWN_LINES = 60

#: What one version came to: a line, whether that is good, and what it wrote where it is not.
Outcome = namedtuple('Outcome', 'line passed said', defaults=[''])


@functools.lru_cache(maxsize=None)
def interpreters():
    """Return {'3.8': path} of the interpreters that run, from the version manager and the PATH."""
    found = {}
    candidates = sorted(glob.glob(os.path.expanduser('~/.pyenv/versions/*/bin/python')))
    candidates += [
        shutil.which('python' + name)
        for name in ['2.7', '2'] + ['3.{0}'.format(minor) for minor in range(6, 20)]
    ]
    for path in candidates:
        version = path and version_of(path)
        if version:
            found.setdefault(version, path)
    return found


def version_of(path):
    """Return '3.8' for an interpreter that runs, None for a name that does not."""
    code = 'import sys; print("%d.%d" % sys.version_info[:2])'
    try:
        done = subprocess.run(
            [path, '-c', code], capture_output=True, text=True, timeout=PATIENCE_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    text = done.stdout.strip()
    return text if done.returncode == 0 and re.match(r'\d+\.\d+$', text) else None


def wanted(found):
    """Return the versions to run: the fixed ones, and the newest found."""
    newest = max(found, key=lambda text: tuple(int(part) for part in text.split('.')))
    fixed = [newest if name == 'newest' else name for name in VERSIONS]
    return list(dict.fromkeys(fixed))


def environment(version, path, root):
    """Make (once) a virtual environment of that version with the SDK's needs; return its python."""
    folder = os.path.join(root, '.venv', 'matrix', version)
    python = os.path.join(folder, 'bin', 'python')
    ready = os.path.join(folder, '.ready')
    if os.path.exists(ready):
        return python
    empty_environment(version, path, root, folder)
    install(python, *pins(version)[1:])
    open(ready, 'w').close()
    return python


def install(python, *wanted):
    """Install by the pip of an interpreter."""
    subprocess.run([python] + INSTALL + list(wanted), check=True, timeout=INSTALL_S)


def pins(version):
    """Return what the tests need on a version, its pip first."""
    return PINS.get(version, PINS_ELSEWHERE)


def empty_environment(version, path, root, folder):
    """Make a virtual environment with nothing but pip in a folder; return its python."""
    shutil.rmtree(folder, ignore_errors=True)
    if version == '2.7':
        make_old_environment(path, root, folder)
    else:
        subprocess.check_call([path, '-m', 'venv', folder])
    python = os.path.join(folder, 'bin', 'python')
    # An old pip picks releases that its Python cannot install, so pip itself comes first.
    install(python, '-U', pins(version)[0])
    return python


def make_old_environment(path, root, folder):
    """Make a virtual environment for 2.7, which has no venv module of its own."""
    tools = os.path.join(root, '.venv', 'matrix', 'virtualenv-2.7')
    if not os.path.isdir(tools):
        # virtualenv 20.21 is the last that makes environments for 2.7.
        install(sys.executable, '--target', tools, 'virtualenv<20.22')
    subprocess.check_call(
        [sys.executable, '-m', 'virtualenv', '-q', '-p', path, folder],
        env=dict(os.environ, PYTHONPATH=tools),
    )


def start_emulator(root):
    """Start an emulator process on a free port; return (process, its facts as JSON text)."""
    world = os.path.join(root, 'tests', 'data', 'worlds', 'small.json')
    process = subprocess.Popen(
        [sys.executable, '-m', 'pyral.emulator', '--world', world, '--port', '0', '--json'],
        cwd=root,
        stdout=subprocess.PIPE,
        text=True,
    )
    facts = process.stdout.readline().strip()
    json.loads(facts)
    return process, facts


def copied_tree(root):
    """Copy what the suites read into `.venv/matrix/tree`, as it is now; return that folder."""
    tree = os.path.join(root, '.venv', 'matrix', 'tree')
    shutil.rmtree(tree, ignore_errors=True)
    no_bytecode = shutil.ignore_patterns('__pycache__', '*.pyc')
    for name in TREE:
        if os.path.isdir(os.path.join(root, name)):
            shutil.copytree(os.path.join(root, name), os.path.join(tree, name), ignore=no_bytecode)
    for name in os.listdir(root):
        if os.path.isfile(os.path.join(root, name)):
            shutil.copy2(os.path.join(root, name), tree)
    return tree


def suites_of(version):
    """Return the suites that run on a version, fewer on those that `FEWER_SUITES` names."""
    return FEWER_SUITES.get(version if version in VERSIONS else 'newest', SUITES)


def run_version(version, path, root, tree):
    """Run the SDK's suites on one interpreter, in a copy of the tree; return its Outcome."""
    name = 'Python {0}'.format(version)
    try:
        python = environment(version, path, root)
    except (OSError, subprocess.SubprocessError) as problem:
        return Outcome('{0}: no environment could be made: {1}'.format(name, problem), False)
    note = os.path.join(root, '.venv', 'matrix', version, 'test-running')
    environ = dict(os.environ, PYTHONPATH=tree, PYRAL_TEST_NOTE=note)
    environ.pop('PYTHONDONTWRITEBYTECODE', None)
    process, facts = start_emulator(root)
    try:
        code, output = run_within(
            SUITES_S,
            [python, '-m', 'pytest', '-q', '-p', 'no:cacheprovider'] + suites_of(version),
            cwd=tree,
            env=dict(environ, PYRAL_TEST_SERVER=facts),
        )
    finally:
        process.terminate()
        process.wait(PATIENCE_S)
    lines = [line for line in output.splitlines() if line.strip()]
    if code is None:
        # On 2.7 no signal ends the waiting for a lock, so this is all that tells where it hangs.
        with open(note) as noted:
            said = '\n'.join(lines[-SHOWN_LINES:] + [noted.read()])
        return Outcome('{0}: did not end within {1} s'.format(name, SUITES_S), False, said)
    line = '{0}: {1}'.format(name, ' '.join(lines[-1:]).strip('= '))
    return Outcome(line, code == 0, '' if code == 0 else output)


def run_within(seconds, command, **options):
    """Run a program; return its exit code, None where it had to be ended, and its output.

    The output goes to a file: who reads a pipe waits for each process that still holds its end.
    """
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **options)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(PATIENCE_S)
            code = None
        output.seek(0)
        return code, output.read().decode('utf-8', 'replace')


def runs(root):
    """Return a function for each wanted version that runs its suites and returns the Outcome."""
    found, tree = interpreters(), copied_tree(root)

    def run(version):
        if version in found:
            return run_version(version, found[version], root, tree)
        return Outcome('Python {0}: skipped, no such interpreter found'.format(version), True)

    return [functools.partial(run, version) for version in wanted(found)]

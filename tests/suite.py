"""Everything `make test` runs: lint, types, docs, the other interpreters, the main pytest run.

The main pytest run comes last so that its closing line closes the output; what the other
interpreters said is shown in its summary (see conftest.py). Every step's exit code counts, and
none stops the next: one run shows all there is to mend. Name steps to run only those:
`python tests/suite.py lint types`.
"""

import os
import subprocess
import sys
import tempfile
import threading

import matrix

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

PYTEST = ['-m', 'pytest', '-q', '-n', 'auto']
#: the files of tests/meta that start servers or tools, build archives, or check types
SLOW_META = [
    'architecture_page',
    'docs',
    'packaging',
    'secret_watch',
    'stubs',
    'tooling',
    'typed_bodies',
]
#: what is run to see which branches the tests reach
COVERED = ['tests/unit', 'tests/compat', 'tests/client', 'tests/emulator', 'tests/contract']
#: step -> its commands; `matrix` is a function of its own, `pytest` gets what the matrix said
COMMANDS = {
    'lint': [['-m', 'ruff', 'check', '.'], ['-m', 'ruff', 'format', '--check', '.']],
    'types': [['-m', 'mypy'], ['-m', 'tests.typed_bodies']],
    'docs': [
        '-m sphinx -a -W --keep-going -q -b html doc/source doc/build/html'.split(),
    ],
    'units': [
        PYTEST
        + ['tests/unit', 'tests/meta']
        + [f'--ignore=tests/meta/test_{name}.py' for name in SLOW_META]
    ],
    'pytest': [PYTEST + ['--dist', 'loadfile', '--no-loadscope-reorder']],
    # A step of its own: it takes 1.6 times the processor time. The plug-in of the emulator is
    # imported before a plug-in of coverage could begin, hence `coverage run`.
    'coverage': [
        ['-m', 'coverage', 'erase'],
        ['-m', 'coverage', 'run'] + PYTEST + ['--dist', 'loadfile'] + COVERED,
        ['-m', 'coverage', 'combine', '-q'],
        ['-m', 'coverage', 'report'],
    ],
}
#: Seconds after which a test fails with the lines at which it hangs; single waits have GUARD_S.
TEST_S = 1500
#: What runs unless steps are named; `units` is a part of `pytest` that needs no server.
STEPS = ['lint', 'types', 'docs', 'matrix', 'pytest']
#: The minute of constant faults runs beside the main pytest run, which judges it (tests/soak).
SOAK = [
    '-W',
    'ignore',
    '-m',
    'tests.soak.soaking',
    '--seconds',
    '60',
    '--faults',
    '180',
    '--seed',
    '20',
    '--rest',
    '1.2',
]


def run_commands(step, environ):
    """Run all commands of one step in the project's root; say whether every one passed."""
    codes = [
        subprocess.call([sys.executable] + command, cwd=ROOT, env=environ)
        for command in COMMANDS[step]
    ]
    return not any(codes)


def run_beside_soak(step, environ):
    """Run the main pytest step with the soak beside it; say whether it passed."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = os.path.join(folder, 'outcome.json')
        soak = subprocess.Popen(
            [sys.executable] + SOAK + ['--outcome', outcome], cwd=ROOT, stdout=subprocess.DEVNULL
        )
        try:
            return run_commands(step, dict(environ, PYRAL_SOAK_OUTCOME=outcome))
        finally:
            soak.kill()
            soak.wait()


def main(names):
    """Run the named steps (all by default); return 0 only if every one of them passed."""
    known = list(dict.fromkeys(STEPS + list(COMMANDS)))
    unknown = [name for name in names if name not in known]
    if unknown:
        sys.stderr.write(
            'suite: no step called {0}; there are {1}\n'.format(
                ', '.join(unknown), ', '.join(known)
            )
        )
        return 2
    os.environ.setdefault('PYTEST_TIMEOUT', str(TEST_S))
    failed, environ = [], dict(os.environ)
    steps = [step for step in known if step in (names or STEPS)]
    # Making environments is mostly waiting for downloads, so it goes on beside the first steps.
    environments = threading.Thread(target=matrix.prepare, args=(ROOT,))
    if 'matrix' in steps:
        environments.start()
    for step in steps:
        print('=== {0} '.format(step).ljust(78, '='))
        sys.stdout.flush()
        if step == 'matrix':
            environments.join()
            outcomes = matrix.run(ROOT)
            environ[matrix.SUMMARY_VARIABLE] = '\n'.join(outcome.line for outcome in outcomes)
            passed = all(outcome.passed for outcome in outcomes)
        elif step == 'pytest':
            passed = run_beside_soak(step, environ)
        else:
            passed = run_commands(step, environ)
        if not passed:
            failed.append(step)
    if failed:
        print('FAILED: {0}'.format(', '.join(failed)))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

"""Everything `make test` runs: lint, types, docs, the other interpreters, the main pytest run.

The main pytest run comes last so that its closing line closes the output; what the other
interpreters said is shown in its summary (see conftest.py). What comes before it is done two at a
time, as each uses one core; what it writes is shown step by step. Every step's exit code counts,
and none stops the next: one run shows all there is to mend. Name steps to run only those:
`python tests/suite.py lint types`.
"""

import os
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

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
#: What the tests of the main pytest run check as well, so that no step does besides.
TESTED = [['-m', 'tests.typed_bodies']]
#: Seconds after which a test fails with the lines at which it hangs; single waits have GUARD_S.
TEST_S = 1500
#: What runs unless steps are named; `units` is a part of `pytest` that needs no server.
STEPS = ['lint', 'types', 'docs', 'matrix', 'pytest']
#: The steps that are done two at a time, beside the versions of the matrix.
QUIET = ['lint', 'types', 'docs']
#: Seconds for one command of these, some twenty times what it takes.
QUIET_S = 900
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


def run_quietly(commands):
    """Run commands in the project's root; return their Outcome."""
    done = [
        matrix.run_within(QUIET_S, [sys.executable] + command, cwd=ROOT) for command in commands
    ]
    said = ''.join(output for _, output in done)
    if any(code is None for code, _ in done):
        said += 'suite: a command did not end within {0} s\n'.format(QUIET_S)
    return matrix.Outcome('', not any(code != 0 for code, _ in done), said)


def start_early(steps, pool):
    """Start what comes before the main pytest run; return {step: its futures}.

    What takes longest begins first; beside it what says soonest that there is something to mend.
    """
    versions = matrix.runs(ROOT) if 'matrix' in steps else []
    begun = {'matrix': [pool.submit(run) for run in versions[:1]]}
    tested = TESTED if 'pytest' in steps else []
    for step in steps:
        if step in QUIET:
            commands = [each for each in COMMANDS[step] if each not in tested]
            begun[step] = [pool.submit(run_quietly, commands)]
    begun['matrix'] += [pool.submit(run) for run in versions[1:]]
    return begun


def show(futures):
    """Show what each writes when it is done; return the outcomes."""
    outcomes = []
    for future in futures:
        outcome = future.result()
        outcomes.append(outcome)
        print(outcome.said, end='')
        if outcome.line:
            print(outcome.line)
        sys.stdout.flush()
    return outcomes


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
    pool = ThreadPoolExecutor(2)
    try:
        begun = start_early(steps, pool)
        for step in steps:
            print('=== {0} '.format(step).ljust(78, '='))
            sys.stdout.flush()
            if step in begun:
                outcomes = show(begun[step])
                passed = all(outcome.passed for outcome in outcomes)
                if step == 'matrix':
                    lines = [outcome.line for outcome in outcomes]
                    environ[matrix.SUMMARY_VARIABLE] = '\n'.join(lines)
            elif step == 'pytest':
                passed = run_beside_soak(step, environ)
            else:
                passed = run_commands(step, environ)
            if not passed:
                failed.append(step)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)  # Ctrl-C reaches what runs by itself
    if failed:
        print('FAILED: {0}'.format(', '.join(failed)))
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

"""Who takes part: interpreters with ours, with the released pyral 1.6.0, and without either.

The released package is installed from the package index into an environment of its own and run as
a script's library; nothing of it is opened or imported here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import namedtuple

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
RELEASED = 'pyral==1.6.0'
#: The released package runs on these.
RELEASED_VERSIONS = ('3.9', '3.10', '3.11', '3.12')
#: No single job may take longer.
LIMIT_S = 900

#: name -> (label, script, arguments); `released` has an interpreter of its own.
SCRIPTS = {
    'ours': ('ours', 'jobs.py', []),
    'ours-json': ('ours, json', 'jobs.py', ['no-orjson']),
    'released': ('pyral 1.6.0', 'jobs.py', []),
    'floor-json': ('floor, json', 'floor.py', ['json']),
    'floor-orjson': ('floor, orjson', 'floor.py', ['orjson']),
    'plain-orjson': ('12 plain connections, orjson', 'floor.py', ['orjson', 'at-once']),
}

#: What reads rows of every item -> its label; the first is what the others are compared with.
FORMS = {
    'bare': 'a loop that looks at nothing',
    'csv': 'CSV',
    'jsonl': 'JSON Lines',
    'parquet': 'Parquet',
}
for form, label in FORMS.items():
    SCRIPTS['rows-' + form] = (label, 'jobs.py', [form])
    SCRIPTS['rows-' + form + '-json'] = (label + ', json', 'jobs.py', ['no-orjson', form])
#: Contender -> what its time and memory are compared with as with the floor.
FLOORS = {'ours-json': 'floor-json'}
for form in FORMS:
    FLOORS['rows-' + form] = 'rows-bare'
    FLOORS['rows-' + form + '-json'] = 'rows-bare-json'

#: What one run of a job came to; `problem` is None where it succeeded, `job_cpu_s` is without what
#: came before the job, `growth` is the memory at its end as a multiple of that at its beginning.
Run = namedtuple(
    'Run', 'contender seconds cpu_s peak_mb requests at_once result problem job_cpu_s growth'
)
Run.__new__.__defaults__ = (None, None)


def released_python(root=ROOT):
    """Return the interpreter that has the released package, making its environment once.

    :returns: a path, or None where there is no interpreter or index for it; the reason is printed.
    """
    folder = os.path.join(root, '.venv', 'bench-released')
    python = os.path.join(folder, 'bin', 'python')
    if os.path.exists(os.path.join(folder, '.ready')):
        return python
    base = _fitting_interpreter()
    if base is None:
        print("bench: no Python of {} found for {}".format('/'.join(RELEASED_VERSIONS), RELEASED))
        return None
    try:
        subprocess.check_call([base, '-m', 'venv', '--clear', folder])
        subprocess.check_call(
            [python, '-m', 'pip', '-qq', '--disable-pip-version-check', 'install', RELEASED]
        )
    except (OSError, subprocess.CalledProcessError) as problem:
        print("bench: {} cannot be installed: {}".format(RELEASED, problem))
        return None
    open(os.path.join(folder, '.ready'), 'w').close()
    return python


def _fitting_interpreter():
    sys.path.insert(0, os.path.join(ROOT, 'tests'))
    try:
        import matrix
    finally:
        sys.path.pop(0)
    here = '{}.{}'.format(*sys.version_info[:2])
    if here in RELEASED_VERSIONS:
        return sys.executable
    found = matrix.interpreters()
    fitting = [found[version] for version in reversed(RELEASED_VERSIONS) if version in found]
    return fitting[0] if fitting else None


def environment(folder, is_ours):
    """Return the environment of a contender: a cache and a bytecode folder of its own."""
    environ = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(('RALLY', 'PYTHON', 'APIKEY', 'PYRAL'))
    }
    environ['XDG_CACHE_HOME'] = os.path.join(folder, 'cache')
    environ['NO_PROXY'] = environ['no_proxy'] = '*'
    if is_ours:
        environ['PYTHONPATH'] = ROOT
    return environ


def run(name, job, facts, python, folder):
    """Run a job of a contender and return what its script printed, or the reason it failed."""
    _, script, arguments = SCRIPTS[name]
    command = [python, os.path.join(HERE, script), job, json.dumps(facts)] + arguments
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            env=environment(folder, name.startswith(('ours', 'rows'))),
            cwd=folder,
        )
    except subprocess.TimeoutExpired:
        return None, 'not done after {} s'.format(LIMIT_S)
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        return None, (done.stderr.strip().splitlines() or ['no output'])[-1]
    return json.loads(lines[-1]), None


def import_seconds(module, python, folder, is_ours):
    """Return the time a new process takes to import a module."""
    code = (
        'import time; t = time.perf_counter(); import {0}; print(time.perf_counter() - t)'
    ).format(module)
    return float(
        subprocess.run(
            [python, '-c', code],
            capture_output=True,
            text=True,
            check=True,
            cwd=folder,
            env=environment(folder, is_ours),
        ).stdout
    )

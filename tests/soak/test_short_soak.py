"""The short form of `make soak`: a minute of constant faults on every run of the tests.

The suite begins it beside the other tests, because it mostly rests; by itself this test runs it.
"""

import json
import os
import subprocess
import sys
import time

import pytest

pytestmark = pytest.mark.skipif(sys.version_info < (3, 9), reason="the emulator needs Python 3.9")

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
#: Where the outcome of the soak that the suite began is found; see `tests/suite.py`.
BEGUN = os.environ.get('PYRAL_SOAK_OUTCOME')
SECONDS = float(os.environ.get('PYRAL_SOAK_SECONDS', '60'))
#: A slow machine goes on until so many faults struck.
FAULTS = int(3 * SECONDS)
SEED = os.environ.get('PYRAL_SOAK_SEED', '20')
GRACE_S = 2400
#: The longest rest between two steps of a thread: what keeps the other tests quick.
REST = '1.2'


def outcome_of(path):
    """Return what came of a soak, as soon as it is told."""
    until = time.monotonic() + SECONDS + GRACE_S
    while not os.path.exists(path):
        assert time.monotonic() < until, "the soak does not end"
        time.sleep(0.2)
    with open(path) as source:
        return json.load(source)


def soaked(path):
    """Soak now; return what came of it."""
    done = subprocess.run(
        [
            sys.executable,
            '-W',
            'ignore',
            '-m',
            'tests.soak.soaking',
            '--seconds',
            str(SECONDS),
            '--faults',
            str(FAULTS),
            '--seed',
            SEED,
            '--rest',
            REST,
            '--outcome',
            path,
        ],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        universal_newlines=True,
    )
    assert os.path.exists(path), done.stdout
    return outcome_of(path)


def test_model_client_and_database_agree_after_faults(tmp_path):
    outcome = outcome_of(BEGUN) if BEGUN else soaked(str(tmp_path / 'outcome.json'))
    report, tally = outcome['report'], outcome['tally']
    print(report)
    assert outcome['failures'] == [], report
    assert tally.get('losses', 0) == tally.get('duplicates', 0) == 0, report
    assert outcome['faulted'] >= FAULTS and tally['writes looked up'] > 0, report

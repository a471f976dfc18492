"""Run the tests on a busy machine: a busy loop for each core beside them, ended with them.

    python -m tests.under_load --times 2             everything `make test` runs
    python -m tests.under_load --sdk --times 5       the SDK's suites only

No test may depend on the speed of the machine; this is how one that does is found. Each run leaves
to chance what `make test` takes from a seed.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import Iterator

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SDK = ['-m', 'pytest', '-q', '-n', 'auto', 'tests/unit', 'tests/client', 'tests/compat']
ALL = ['tests/suite.py']


@contextmanager
def busy(count: int) -> Iterator[None]:
    """Keep so many cores busy within."""
    loops = [subprocess.Popen([sys.executable, '-c', 'while True: pass']) for _ in range(count)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def main(arguments: list[str] | None = None) -> int:
    """Run the tests so many times under load; 0 where every run passed."""
    parser = argparse.ArgumentParser(prog='loaded', description=__doc__.splitlines()[0])
    parser.add_argument('--times', type=int, default=2)
    parser.add_argument('--sdk', action='store_true', help="only the suites of the SDK")
    parser.add_argument('--loops', type=int, default=os.cpu_count() or 2)
    options = parser.parse_args(arguments)
    outcomes = []
    with busy(options.loops):
        for number in range(1, options.times + 1):
            began = time.monotonic()
            seed = os.environ.get('PYRAL_TEST_SEED') or str(time.time_ns())
            code = subprocess.call(
                [sys.executable, *(SDK if options.sdk else ALL)],
                cwd=ROOT,
                env={**os.environ, 'PYRAL_TEST_SEED': seed},
            )
            outcomes.append(code)
            seconds = time.monotonic() - began
            print(
                f"loaded: run {number} of {options.times} with PYRAL_TEST_SEED={seed}:"
                f" exit code {code}, {seconds:.0f} s"
            )
    return 1 if any(outcomes) else 0


if __name__ == '__main__':
    sys.exit(main())

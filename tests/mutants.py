"""Mutation testing of the pure packages: break each function in every small way, see a test fail.

`make mutants` runs mutmut over each row of `PACKAGES` with the tests that belong to it, prints what
was killed and shows each mutant that survived; it fails where a package is below `GOAL`. Mutants
that no test can see are named with a reason in `equivalent_mutants.txt`. Name packages to run only
those: `python -m tests.mutants refs retry`.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / '.mutants'
EQUIVALENT = ROOT / 'tests' / 'equivalent_mutants.txt'
#: Percent of the mutants of a package that must be killed; equivalent ones do not count.
GOAL = 90.0
#: What mutmut calls a mutant that a test has seen.
KILLED = frozenset(['killed', 'timeout', 'segfault', 'suspicious'])

#: package -> (files that are broken, the tests that belong to them); property tests are left out,
#: which draw new examples each time and take long to find nothing
PACKAGES = {
    'refs': (
        ['pyral/refs.py'],
        ['tests/unit/test_refs.py'],
    ),
    'retry': (
        ['pyral/http/retry_policy.py', 'pyral/http/retrying.py'],
        ['tests/unit/http/test_retry_policy.py', 'tests/unit/http/test_retrying.py'],
    ),
    'batches': (
        ['pyral/lazy/batches.py'],
        ['tests/unit/lazy/test_batches.py'],
    ),
    'page_sizes': (
        ['pyral/reading/page_sizes.py'],
        ['tests/unit/reading/test_page_sizes.py'],
    ),
    'query': (
        ['pyral/query/*.py'],
        [
            'tests/unit/query/test_remarks.py',
            'tests/unit/query/test_builder.py',
            'tests/unit/query/test_nodes.py',
            'tests/unit/query/test_parser.py',
            'tests/compat/test_queries.py::test_the_old_formatter_encodes_without_the_outer_pair',
            'tests/compat/test_queries.py::test_the_old_formatter_normalises_parts_and_refuses_bad_ones',
            'tests/compat/test_queries.py::test_the_old_formatter_builds_subsets_and_ranges',
        ],
    ),
    'language': (
        ['pyral/emulator/language/*.py'],
        [
            'tests/emulator/test_language_answers.py::test_every_operator_on_every_kind_of_attribute',
            'tests/emulator/test_language_check.py',
            'tests/emulator/test_language_dates.py',
            'tests/emulator/test_language_order.py',
            'tests/emulator/test_language_parse.py',
            'tests/emulator/test_language_statements.py',
            'tests/emulator/test_language_values.py',
            'tests/contract/test_query_language.py',
            'tests/contract/test_scoping.py::test_paths_of_a_query_do_not_look_beyond_the_permissions',
            'tests/contract/test_scoping.py::test_an_order_does_not_look_beyond_the_permissions',
        ],
    ),
}


class Mutant(NamedTuple):
    """One small break: the file, and the lines before and after."""

    path: str
    before: str
    after: str


class Figures(NamedTuple):
    """What became of the mutants of a package."""

    package: str
    killed: int
    equivalent: int
    survivors: list[tuple[str, str]]
    seconds: float

    @property
    def percent(self) -> float:
        """The share of the mutants that can be seen and were."""
        seen = self.killed + len(self.survivors)
        return 100.0 * self.killed / seen if seen else 0.0


def equivalents(text: str) -> dict[Mutant, str]:
    """Return {mutant: reason} of the list of mutants that no test can see.

    An entry is a path, the line without (`-`) and with (`+`) the break, and the reason (`=`).
    """
    found: dict[Mutant, str] = {}
    for block in text.split('\n\n'):
        lines = [line for line in block.splitlines() if line and not line.startswith('#')]
        if lines:
            path, before, after, reason = lines
            found[Mutant(path, before[1:].strip(), after[1:].strip())] = reason[1:].strip()
    return found


def mutant_of(shown: str) -> Mutant:
    """Return the mutant that `mutmut show` prints as a diff."""
    path = before = after = ''
    for line in shown.splitlines():
        if line.startswith('--- '):
            path = line[4:].strip()
        elif line.startswith('-'):
            before = line[1:].strip()
        elif line.startswith('+') and not line.startswith('+++ '):
            after = line[1:].strip()
    return Mutant(path, before, after)


def prepare(folder: Path, files: list[str], tests: list[str]) -> None:
    """Make the folder that mutmut works in: the project by links, with settings of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in ('pyral', 'tests', 'pyproject.toml'):
        (folder / name).symlink_to(ROOT / name)
    settings = {
        'source_paths': ['pyral'],
        'only_mutate': files,
        'pytest_add_cli_args_test_selection': tests,
        'pytest_add_cli_args': ['-p', 'no:cacheprovider'],
        'use_git_change_detection': ['false'],
    }
    lines = ['[mutmut]']
    for name, values in settings.items():
        lines.append(f'{name}=' if len(values) > 1 else f'{name}={values[0]}')
        lines.extend(f'    {value}' for value in values if len(values) > 1)
    (folder / 'setup.cfg').write_text('\n'.join(lines) + '\n')


def mutmut(folder: Path, *words: str) -> str:
    """Run mutmut in a folder and return what it printed."""
    done = subprocess.run(
        [sys.executable, '-m', 'mutmut', *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=dict(os.environ, PYTHONDONTWRITEBYTECODE='1'),
    )
    if done.returncode != 0:
        raise SystemExit(f'mutmut {words[0]} failed:\n{done.stdout[-3000:]}')
    return done.stdout


#: What `mutmut show` prints, for many mutants in one process.
SHOW = """
import sys
from mutmut.__main__ import find_mutant, get_diff_for_mutant
for name in sys.stdin.read().split():
    print('#', name)
    print(get_diff_for_mutant(name, path=find_mutant(name).path), end='\\0')
"""


def shown(folder: Path, names: list[str]) -> list[str]:
    """Return the diffs of mutants."""
    done = subprocess.run(
        [sys.executable, '-c', SHOW],
        cwd=folder,
        input='\n'.join(names),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return done.stdout.split('\0')[:-1]


def run(package: str, known: dict[Mutant, str], jobs: int) -> Figures:
    """Break one package in every way and return the figures."""
    started, folder = time.monotonic(), WORK / package
    prepare(folder, *PACKAGES[package])
    mutmut(folder, 'run', '--max-children', str(jobs))
    killed, left = 0, []
    for line in mutmut(folder, 'results', '--all', 'true').splitlines():
        name, _, status = line.strip().partition(': ')
        if status in KILLED:
            killed += 1
        elif status:
            left.append(name)
    diffs = dict(zip(left, shown(folder, left)))
    survivors = [(name, diff) for name, diff in diffs.items() if mutant_of(diff) not in known]
    equivalent = len(left) - len(survivors)
    return Figures(package, killed, equivalent, survivors, time.monotonic() - started)


def main(arguments: list[str]) -> int:
    """Run the named packages, all by default; return 0 where each reaches the goal."""
    parser = argparse.ArgumentParser(prog='tests.mutants', description=__doc__)
    parser.add_argument('packages', nargs='*', metavar='package', help=', '.join(PACKAGES))
    parser.add_argument('--jobs', type=int, default=os.cpu_count(), help='mutants at a time')
    options = parser.parse_args(arguments)
    unknown = [name for name in options.packages if name not in PACKAGES]
    if unknown:
        parser.error(f'no package {", ".join(unknown)}; there are {", ".join(PACKAGES)}')
    known = equivalents(EQUIVALENT.read_text())
    every = []
    for package in options.packages or PACKAGES:
        figures = run(package, known, options.jobs)
        every.append(figures)
        for _name, shown in figures.survivors:
            print(shown)
        sys.stdout.flush()
    print('package       killed  survived  equivalent  percent  seconds')
    for each in every:
        print(
            f'{each.package:<12} {each.killed:>7} {len(each.survivors):>9} {each.equivalent:>11}'
            f' {each.percent:>8.1f} {each.seconds:>8.0f}'
        )
    return 1 if any(each.percent < GOAL for each in every) else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

"""`make bench`: every contender on every job, in turn, against one server; prints a table.

    python -m tests.benchmarks.run [--full] [--tiny] [--write doc/source/benchmarks.rst] [JOB ...]

The quick form takes some minutes; `--full` streams 1,000,000 items and creates 1,000 one by one.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import namedtuple
from urllib.parse import urlencode

import requests

from tests.benchmarks import contenders, goals, report

#: A job: its script's name, the server's settings, further facts, contenders, how often.
Job = namedtuple('Job', 'title script settings facts contenders repeats')
LATENCY = {'base_ms': 100, 'item_us': 250}
EVERYONE = ('ours', 'ours-json', 'released', 'floor-orjson', 'floor-json')
DISTANT = EVERYONE + ('plain-orjson',)
CLIENTS = ('ours', 'released')
ROWS = tuple('rows-' + form + reader for reader in ('', '-json') for form in contenders.FORMS)
#: A plain client has so many connections and asks for pages of this size, knowing how many.
PLAIN_WIDTH, PLAIN_SIZE = 12, 1000
#: So many processes import each module, in turn; the first compile what they import.
IMPORTS = 15


def jobs(items, million, creates):
    """Return {name: Job}; the sizes are what quick, full and tiny runs differ in."""
    many = '{:,} defects'.format(items)
    return {
        'connect': Job('connect, 100 ms', 'connect', {'base_ms': 100}, {}, CLIENTS, 3),
        'connect-named': Job(
            'connect to a named workspace and project, 100 ms',
            'connect',
            {'base_ms': 100},
            {'named': True},
            CLIENTS,
            3,
        ),
        'first': Job(
            'first item of ' + many + ', 100 ms + 0.25 ms an item',
            'first',
            dict(LATENCY, items=items),
            {},
            DISTANT,
            3,
        ),
        'stream-slow': Job(
            'stream ' + many + ', 100 ms + 0.25 ms an item',
            'stream',
            dict(LATENCY, items=items),
            {},
            DISTANT,
            3,
        ),
        'stream': Job(
            'stream ' + many + ', no latency', 'stream', {'items': items}, {}, EVERYONE, 3
        ),
        'hold': Job('hold ' + many + ', no latency', 'hold', {'items': items}, {}, EVERYONE, 3),
        'related': Job(
            'read 400 defects, their tasks and owners, 100 ms',
            'related',
            {'base_ms': 100},
            {},
            CLIENTS,
            1,
        ),
        'create-single': Job(
            'create {:,} defects one by one, 100 ms'.format(creates),
            'create_single',
            {'base_ms': 100, 'items': 1},
            {'count': creates},
            CLIENTS,
            1,
        ),
        'create-batch': Job(
            'create {:,} defects in batches, 100 ms'.format(creates),
            'create_batch',
            {'base_ms': 100, 'items': 1},
            {'count': creates},
            ('ours',),
            1,
        ),
        'tenth': Job(
            'stream {:,} defects, no latency'.format(million // 10),
            'stream',
            {'items': million // 10},
            {},
            ('ours',),
            1,
        ),
        'million': Job(
            'stream {:,} defects, no latency'.format(million),
            'stream',
            {'items': million},
            {},
            ('ours', 'released', 'floor-orjson'),
            1,
        ),
        'million-rows': Job(
            'rows of {:,} defects, no latency'.format(million),
            'rows',
            {'items': million},
            {},
            ROWS,
            2,
        ),
    }


class Bench:
    """One run: a server process and the interpreters.

    :param folder: for whatever the run leaves behind.
    :param defects: how many the emulator's world holds.
    :param released: the interpreter that has pyral 1.6.0, or None to leave it out.
    :param is_tiny: True to run each job once, which measures nothing.
    """

    def __init__(self, folder, defects, released, is_tiny=False):
        self.folder = folder
        self._is_tiny = is_tiny
        self.pythons = {'released': released}
        self._server = subprocess.Popen(
            [
                sys.executable,
                '-m',
                'tests.benchmarks.page_server',
                '--folder',
                folder,
                '--defects',
                str(defects),
            ],
            cwd=contenders.ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=dict(os.environ, TMPDIR=folder),
        )
        self.facts = json.loads(self._server.stdout.readline())

    def control(self, **settings):
        """Set the server up and return what it was asked since the last time."""
        return requests.get(
            self.facts['url'] + '/bench', params=settings, verify=self.facts['bundle']
        ).json()

    def measure(self, job):
        """Return the runs of a job; ours comes first, since the floor reads the same pages."""
        names = [
            name
            for name in job.contenders
            if name != 'released' or self.pythons['released'] is not None
        ]
        found, seen = {name: [] for name in names}, {}
        for _ in range(1 if self._is_tiny else job.repeats):
            for name in names:
                found[name].append(self._one(name, job, seen))
        return [best(found[name]) for name in names]

    def _one(self, name, job, seen):
        facts = dict(self.facts, folder=self.folder, **job.facts)
        self.control(**job.settings)
        facts['reset'] = '{}/bench?{}'.format(self.facts['url'], urlencode(job.settings))
        facts.update(pages=seen.get('pages'), width=max(1, seen.get('at_once', 1)))
        if name.startswith('plain'):
            starts = range(1, job.settings['items'] + 1, PLAIN_SIZE)
            facts.update(pages=[(start, PLAIN_SIZE) for start in starts], width=PLAIN_WIDTH)
        if name.startswith('floor') and not facts['pages']:
            return failed(name, 'ours read no pages')
        said, problem = contenders.run(
            name, job.script, facts, self.pythons.get(name, sys.executable), self.folder
        )
        heard = self.control()
        if problem is not None:
            return failed(name, problem)
        if name == 'ours':
            # Without latency few requests overlap; the floor may use the whole width then.
            seen.update(pages=heard['pages'], at_once=PLAIN_WIDTH if len(heard['pages']) > 1 else 1)
        return contenders.Run(
            name,
            said['seconds'],
            said['cpu_s'],
            said['peak_mb'],
            heard['requests'],
            heard['at_once'],
            said['result'],
            None,
            said.get('job_cpu_s'),
            said.get('growth'),
        )

    def imports(self):
        """Return [(what, seconds)] of importing."""
        asked = [('requests', sys.executable, True), ('pyral', sys.executable, True)]
        if self.pythons['released'] is not None:
            asked += [('pyral', self.pythons['released'], False)]
        times = [
            [
                contenders.import_seconds(module, python, self.folder, is_ours)
                for module, python, is_ours in asked
            ]
            for _ in range(IMPORTS)
        ]
        return [
            (('ours' if is_ours else 'pyral 1.6.0') if module == 'pyral' else module, min(each))
            for (module, _, is_ours), each in zip(asked, zip(*times))
        ]

    def close(self):
        """End the server."""
        self._server.communicate()


def failed(name, problem):
    """Return the run of a contender that did not get through."""
    return contenders.Run(name, None, None, None, None, None, None, problem)


def best(runs):
    """Return the quickest run that succeeded, else a failed one."""
    done = [run for run in runs if run.problem is None]
    return min(done, key=lambda run: run.seconds) if done else runs[-1]


def arguments():
    """Return the description of the command line."""
    parser = argparse.ArgumentParser(prog='bench', description=__doc__.splitlines()[0])
    parser.add_argument('names', nargs='*', metavar='JOB')
    parser.add_argument('--full', action='store_true')
    parser.add_argument('--tiny', action='store_true', help="a minute's check that all of it runs")
    parser.add_argument('--ours-only', action='store_true', help="leave pyral 1.6.0 out")
    parser.add_argument('--write', metavar='FILE', help="write the page of results")
    return parser


def main(argv):
    """Run the jobs and print their tables; 1 where one of ours failed."""
    options = arguments().parse_args(argv)
    table = jobs(
        *(
            (1000, 2000, 20)
            if options.tiny
            else (50000, 1000000, 1000)
            if options.full
            else (50000, 200000, 100)
        )
    )
    names = options.names or ['import'] + list(table)
    unknown = [name for name in names if name != 'import' and name not in table]
    if unknown:
        print(
            "bench: no job called {}; there are import, {}".format(
                ', '.join(unknown), ', '.join(table)
            )
        )
        return 2
    released = None if options.ours_only else contenders.released_python()
    folder, results, times = tempfile.mkdtemp(prefix='pyral-bench-'), {}, []
    bench = Bench(folder, 40 if options.tiny else 400, released, options.tiny)
    try:
        for name in names:
            if name == 'import':
                times = bench.imports()
                print(report.import_lines(times), flush=True)
            else:
                results[name] = bench.measure(table[name])
                print(report.text(table[name].title, results[name]), flush=True)
    finally:
        bench.close()
        shutil.rmtree(folder, ignore_errors=True)
    judged = goals.judged(
        {name: {run.contender: run for run in runs} for name, runs in results.items()}, options.full
    )
    print(report.goal_lines(judged), flush=True)
    if options.write:
        report.write(
            options.write,
            times,
            [(table[name].title, runs) for name, runs in results.items()],
            judged,
        )
    return (
        1
        if any(
            run.problem and run.contender.startswith(('ours', 'rows'))
            for runs in results.values()
            for run in runs
        )
        else 0
    )


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

"""The cost of the emulator's requests, as ratios against an earlier version measured beside it.

    python -m tests.benchmarks.bench_emulator_cost [--rounds N] [--defects N] [--references N]
                                                   [--scale N]

The earlier version comes out of the history of the repository; where that has it not, nothing is
measured. Each side runs in processes of its own, in turn; the least CPU seconds of all rounds
count. Memory is by how much the greatest size of a process grows when it builds the demo world at
twice a scale: what the database keeps in memory is the same then, as it has a limit of its own.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import resource
import subprocess
import sys
import tarfile
import tempfile
import time

#: What is measured against.
BEFORE = 'e114504'
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
#: Job -> the most it may cost, in times of the earlier version.
GOALS = {
    'create and read one defect': 0.4,
    'one small read': 0.85,
    'references set into a collection': 0.24,
    'all users with every attribute': 0.12,
    'building the demo world': 1.0,
}
#: The memory an object costs that is built.
MEMORY = ('memory of building a world, by object', 0.23)
BASE = '/slm/webservice/v2.0'


class Client:
    """Calls the application of an emulator, of any version, without a socket."""

    def __init__(self, emulator):
        self._app, self._apikey = emulator.app, emulator.apikey

    def ask(self, method, path, body=None):
        """Return what lies below the only key of an answer."""
        raw = b'' if body is None else json.dumps(body).encode('utf-8')
        place, _, query = path.partition('?')
        environ = {
            'REQUEST_METHOD': method,
            'SCRIPT_NAME': '',
            'PATH_INFO': BASE + place,
            'QUERY_STRING': query,
            'SERVER_PROTOCOL': 'HTTP/1.1',
            'SERVER_NAME': 'localhost',
            'SERVER_PORT': '80',
            'REMOTE_ADDR': '127.0.0.1',
            'CONTENT_LENGTH': str(len(raw)),
            'CONTENT_TYPE': 'application/json',
            'HTTP_HOST': 'localhost',
            'HTTP_ZSESSIONID': self._apikey,
            'wsgi.version': (1, 0),
            'wsgi.url_scheme': 'http',
            'wsgi.input': io.BytesIO(raw),
            'wsgi.errors': sys.stderr,
            'wsgi.multithread': True,
            'wsgi.multiprocess': False,
            'wsgi.run_once': False,
        }
        content = b''.join(self._app(environ, lambda *_: None))
        (answer,) = json.loads(content).values()
        if answer.get('Errors'):
            raise AssertionError(answer['Errors'])
        return answer


def path_of(item):
    """Return the path of an item below the version."""
    return item['_ref'].split('v2.0', 1)[1]


def least(work, times, repeats=5):
    """Return the least CPU seconds of one piece of work, over some repeats."""
    spent = []
    for _ in range(repeats):
        started = time.process_time()
        for _ in range(times):
            work()
        spent.append((time.process_time() - started) / times)
    return min(spent)


def measure(world, references):
    """Return what each job costs the version that is imported here."""
    from pyral.emulator import Emulator  # noqa: PLC0415 -- the version of the working directory

    found = {}
    emulator = Emulator(world=world, listen=False)
    client = Client(emulator)

    def create_and_read():
        made = client.ask('POST', '/defect/create', {'Defect': {'Name': 'x'}})['Object']
        client.ask('GET', path_of(made))

    one = client.ask('GET', '/defect?pagesize=1')['Results'][0]
    create_and_read()
    found['create and read one defect'] = least(create_and_read, 30)
    small = path_of(one) + '?fetch=Name'
    found['one small read'] = least(lambda: client.ask('GET', small), 60)
    found['all users with every attribute'] = least(
        lambda: client.ask('GET', '/user?query=(ObjectID%20%3E%200)&fetch=true'), 1
    )
    tag = client.ask('POST', '/tag/create', {'Tag': {'Name': 'x'}})['Object']['_ref']
    body = {'Defect': {'Tags': references * [{'_ref': tag}]}}
    found['references set into a collection'] = least(
        lambda: client.ask('POST', path_of(one), body), 1, 2
    )
    found['building the demo world'] = least(
        lambda: Emulator(world='demo', listen=False).stop(), 1, 3
    )
    return found


def peak(scale):
    """Return the greatest size of this process after it has built the demo world into a file."""
    from pyral.emulator import Emulator  # noqa: PLC0415 -- the version of the working directory

    with tempfile.TemporaryDirectory() as folder:
        Emulator(world='demo', scale=scale, db=os.path.join(folder, 'demo.db'), listen=False).stop()
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def before(folder):
    """Unpack the earlier version; return whether the history has it."""
    packed = subprocess.run(
        ['git', 'archive', '--format=tar', BEFORE, 'pyral'], cwd=ROOT, capture_output=True
    )
    if packed.returncode:
        return False
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as archive:
        archive.extractall(folder)
    return True


def run(folder, arguments):
    """Measure the version in a folder, in a process of its own."""
    environment = dict(os.environ, PYTHONPATH=folder)
    said = subprocess.run(
        [sys.executable, os.path.abspath(__file__), *arguments],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        check=True,
    )
    return json.loads(said.stdout)


def main(arguments):
    """Measure and print which goals are kept, as the goals of the client are printed."""
    parser = argparse.ArgumentParser(prog='bench_emulator_cost')
    parser.add_argument('--rounds', type=int, default=2)
    parser.add_argument('--defects', type=int, default=5000)
    parser.add_argument('--references', type=int, default=100_000)
    parser.add_argument('--scale', type=int, default=100)
    parser.add_argument('--measure', metavar='WORLD')
    parser.add_argument('--peak', type=int, metavar='SCALE')
    options = parser.parse_args(arguments)
    if options.measure:
        print(json.dumps(measure(options.measure, options.references)))
        return 0
    if options.peak:
        print(peak(options.peak))
        return 0
    from tests.benchmarks.bench_world import world  # noqa: PLC0415 -- only where both run

    with tempfile.TemporaryDirectory() as folder:
        if not before(folder):
            print(f"the history has no {BEFORE}: the cost of the emulator is not compared")
            return 0
        source = os.path.join(folder, 'world.json')
        with open(source, 'w', encoding='utf-8') as target:
            json.dump(world(options.defects), target)
        told = ['--measure', source, '--references', str(options.references)]
        rounds = [(run(folder, told), run(ROOT, told)) for _ in range(options.rounds)]
        costs = [
            (job, goal, *(min(one[side][job] for one in rounds) for side in (0, 1)))
            for job, goal in GOALS.items()
        ]
        scale = options.scale
        growth = [
            run(side, ['--peak', str(2 * scale)]) - run(side, ['--peak', str(scale)])
            for side in (folder, ROOT)
        ]
    for job, goal, old, new in (*costs, (*MEMORY, *growth)):
        verdict = 'kept' if new / old <= goal else 'missed'
        print(f"{verdict:6} {job}: {new / old:.2f} of {BEFORE} (at most {goal})")
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

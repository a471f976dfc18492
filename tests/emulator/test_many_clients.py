"""Many clients at once, a process that is killed, and memory while serving: over real HTTP."""

from __future__ import annotations

import gc
import http.client
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pyral.emulator import Emulator
from tests.threads import GUARD_S

ROOT = Path(__file__).resolve().parents[2]
API = '/slm/webservice/v2.0'
CLIENTS = 24
OTHER_DATABASE = 'PYRAL_TEST_DATABASE_URL'
#: A server that tells where it is on its first line, like the command line does.
PROGRAM = [sys.executable, '-m', 'pyral.emulator', '--world', 'empty', '--port', '0', '--json']


class Client:
    """One connection with an API key, kept open."""

    def __init__(self, server, apikey):
        self._connection = http.client.HTTPConnection(server, timeout=GUARD_S)
        self._apikey = apikey

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self._connection.close()

    def send(self, method, path, body=None):
        """Return what lies below the only key of the answer."""
        self._connection.request(
            method,
            API + path,
            None if body is None else json.dumps(body),
            {'ZSESSIONID': self._apikey, 'Content-Type': 'application/json'},
        )
        response = self._connection.getresponse()
        content = response.read()
        assert response.status == 200, content
        return next(iter(json.loads(content).values()))

    def create(self, name):
        """Create a defect and return the object of the answer."""
        result = self.send('POST', '/defect/create', {'Defect': {'Name': name}})
        assert result['Errors'] == []
        return result['Object']

    def named(self, name):
        """Return the rows of the defects with a name."""
        return self.send(
            'GET', '/defect?fetch=Name,FormattedID&query=(Name%20=%20{})'.format(name)
        )['Results']


def together(work):
    """Run the same work in as many threads as there are clients; return what each returned."""
    barrier = threading.Barrier(CLIENTS)

    def run(number):
        barrier.wait(GUARD_S)
        return work(number)

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(run, range(CLIENTS)))


@pytest.fixture(params=['memory', 'file', 'another database'])
def emulator(request, tmp_path):
    db = None if request.param == 'memory' else str(tmp_path / 'kept.db')
    if request.param == 'another database':
        db = os.environ.get(OTHER_DATABASE)
        if not db:
            pytest.skip(
                "{} names no database to test with (its rows would be lost)".format(OTHER_DATABASE)
            )
    with Emulator(world='empty', db=db) as emulator:
        emulator.reset()
        yield emulator


def test_each_of_24_clients_gets_its_own_right_answers(emulator):
    def work(number):
        made = []
        with Client(emulator.server, emulator.apikey) as client:
            for turn in range(3):
                name = 'c{}t{}'.format(number, turn)
                made.append(client.create(name)['FormattedID'])
                assert [(row['Name'], row['FormattedID']) for row in client.named(name)] == [
                    (name, made[-1])
                ]
        return made

    numbers = [one for made in together(work) for one in made]
    assert sorted(int(one[2:]) for one in numbers) == list(range(1, 3 * CLIENTS + 1))


def test_24_clients_that_change_one_object_leave_a_version_for_each_change(emulator):
    with Client(emulator.server, emulator.apikey) as client:
        oid = client.create('shared')['ObjectID']

    def work(number):
        with Client(emulator.server, emulator.apikey) as client:
            result = client.send(
                'POST', '/defect/{}'.format(oid), {'Defect': {'Name': 'by {}'.format(number)}}
            )
        assert result['Errors'] == [] and result['Object']['Name'] == 'by {}'.format(number)
        return int(result['Object']['VersionId'])

    versions = sorted(together(work))
    assert versions == list(range(versions[0], versions[0] + CLIENTS))


def write_until_it_dies(facts, prefix, answered):
    """Create defects and note each that was answered, until the server is gone."""
    try:
        with Client(urlsplit(facts['url']).netloc, facts['apikey']) as client:
            for number in range(10**6):
                name = '{}n{}'.format(prefix, number)
                answered.append((client.create(name)['FormattedID'], name))
    except (OSError, http.client.HTTPException):
        return


@pytest.mark.skipif(not hasattr(signal, 'SIGKILL'), reason="this system has no kill -9")
def test_a_killed_process_loses_no_write_it_answered(tmp_path):
    db = str(tmp_path / 'kept.db')
    server = subprocess.Popen(
        [*PROGRAM, '--db', db],
        cwd=str(ROOT),
        stdout=subprocess.PIPE,
        env={**os.environ, 'PYTHONUNBUFFERED': '1'},
    )
    answered: list[tuple[str, str]] = []
    try:
        facts = json.loads(server.stdout.readline())
        writers = [
            threading.Thread(target=write_until_it_dies, args=(facts, name, answered))
            for name in ('a', 'b', 'c')
        ]
        for writer in writers:
            writer.start()
        while len(answered) < 30 and any(writer.is_alive() for writer in writers):
            writers[0].join(0.01)
    finally:
        server.kill()
        server.wait()
        server.stdout.close()
    for writer in writers:
        writer.join(GUARD_S)
    assert len(answered) >= 30
    with Emulator(world='empty', db=db) as served, Client(served.server, served.apikey) as client:
        rows = client.send('GET', '/defect?fetch=Name,FormattedID&pagesize=2000')['Results']
        kept = {(row['FormattedID'], row['Name']) for row in rows}
        assert set(answered) <= kept
        # What was under way may be there or not, but whole: each writer had one at most.
        assert len(kept) <= len(answered) + len(writers)
        assert client.create('after')['FormattedID'] not in {number for number, _ in kept}


def test_memory_stays_flat_while_serving(caplog):
    # What the tests themselves keep of the log is none of the emulator's.
    caplog.set_level(logging.WARNING, 'pyral.emulator.requests')
    with Emulator(world='demo') as emulator, Client(emulator.server, emulator.apikey) as client:

        def blocks_after(times):
            """Serve, empty the log of requests (it has a bound of its own), count what is held."""
            for number in range(times):
                client.send(
                    'GET',
                    '/defect?fetch=Name,Owner&pagesize=5&query=(ObjectID%20>%20{})'.format(
                        number % 40
                    ),
                )
                if number % 10 == 0:
                    client.send('GET', '/hierarchicalrequirement?fetch=true&pagesize=2')
            emulator.app.request_log.clear()
            gc.collect()
            return sys.getallocatedblocks()

        blocks_after(100)
        held, grown = blocks_after(100), []
        # One object kept for each request would be some dozens of blocks a request, each time;
        # what the process keeps for itself comes once.
        while len(grown) < 4 and (not grown or min(grown) >= 400):
            before, held = held, blocks_after(400)
            grown.append(held - before)
        assert min(grown) < 400, grown

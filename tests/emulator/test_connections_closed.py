"""Whoever runs with warnings as errors sees none: connections, sockets and files are closed."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from tests.threads import GUARD_S

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
STRICT = ['-X', 'dev', '-W', 'error']
#: Before Python 3.13 a connection to SQLite that is dropped open says nothing.
CONFTEST = """
    import functools
    import sqlite3
    import warnings

    class Watched(sqlite3.Connection):
        is_open = True

        def close(self):
            self.is_open = False
            super().close()

        def __del__(self):
            if self.is_open:
                warnings.warn("unclosed database", ResourceWarning)

    watched = functools.partial(sqlite3.connect, factory=Watched)
    sqlite3.connect = sqlite3.dbapi2.connect = watched

    pytest_plugins = ['pyral.emulator.pytest_plugin']
"""
TESTS = """
    import gc
    import threading

    import pytest
    import requests

    from pyral.emulator import Emulator

    @pytest.fixture(autouse=True)
    def collected():
        yield
        gc.collect()

    def ask(emulator, verify=None):
        with requests.Session() as session:
            session.trust_env = False
            path = emulator.url + '/slm/webservice/v2.0/defect'
            login = (emulator.user, emulator.password)
            assert session.get(path, auth=login, verify=verify).ok

    @pytest.mark.parametrize('number', range(2))
    def test_the_fixtures(rally_emulator, number):
        ask(rally_emulator)

    @pytest.mark.parametrize('kept', [True, False])
    def test_many_threads_and_a_reset(kept, tmp_path):
        db = str(tmp_path / 'kept.db') if kept else None
        with Emulator(world='empty', db=db) as emulator:
            threads = [threading.Thread(target=ask, args=(emulator,)) for _ in range(6)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            emulator.restore(emulator.snapshot())
            with requests.Session() as session:
                session.trust_env = False
                assert session.post(emulator.url + '/emulator/snapshot').ok
            emulator.reset()
            ask(emulator)

    def test_a_reader_that_outlives_the_stop(tmp_path):
        emulator = Emulator(world='empty', db=str(tmp_path / 'kept.db'), listen=False)
        reading = threading.Barrier(2)

        def read():
            with emulator.store.reading():
                reading.wait(600)
                reading.wait(600)

        thread = threading.Thread(target=read)
        thread.start()
        reading.wait(600)
        emulator.stop()
        reading.wait(600)
        thread.join()

    def test_https():
        with Emulator(world='empty', tls=True) as emulator:
            ask(emulator, emulator.certificate.trusted)

    def test_a_client_that_keeps_its_connection():
        with requests.Session() as session:
            session.trust_env = False
            with Emulator(world='empty') as emulator:
                assert session.get(emulator.url + '/emulator/about').ok
"""


def interpreters():
    """Return this interpreter, and a Python 3.13 that has all the emulator needs, if there is."""
    found = [sys.executable]
    if sys.version_info < (3, 13):
        try:
            probed = subprocess.run(
                ['python3.13', '-c', 'import pytest, pyral.emulator'], cwd=ROOT, capture_output=True
            )
        except OSError:
            return found
        if probed.returncode == 0:
            found.append('python3.13')
    return found


@pytest.mark.parametrize('python', interpreters())
def test_a_run_with_warnings_as_errors_passes(python, tmp_path):
    (tmp_path / 'conftest.py').write_text(textwrap.dedent(CONFTEST))
    (tmp_path / 'test_scripts.py').write_text(textwrap.dedent(TESTS))
    done = subprocess.run(
        [python, *STRICT, '-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'test_scripts.py'],
        cwd=str(tmp_path),
        env={**os.environ, 'PYTHONPATH': ROOT},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert done.returncode == 0, done.stdout
    assert 'Warning' not in done.stdout, done.stdout


@pytest.mark.parametrize('python', interpreters())
@pytest.mark.parametrize('sent', [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize('options', [[], ['--tls']], ids=['http', 'https'])
def test_a_process_that_is_told_to_stop_leaves_without_a_word(python, sent, options):
    command = [python, *STRICT, '-m', 'pyral.emulator', '--world', 'empty', '--port', '0', '--json']
    process = subprocess.Popen(
        command + options, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout.readline().startswith('{')
        process.send_signal(sent)
        out, error = process.communicate(timeout=GUARD_S)
    assert (process.returncode, out, error) == (0, '', '')

"""The watch over secrets can fail: each way of showing one is caught, in a worker too."""

import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

CONFTEST = 'from tests.conftest import caches, no_cache_of_the_user, pytest_configure\n'
LEAKS = '''
import logging, os, subprocess, sys, warnings
import pytest
from pyral import PyralError
from pyral.emulator.web.request_log import RequestLog
from pyral.redact import Redactor

SECRET = 'tell-' + 'nobody-77'


@pytest.fixture(autouse=True)
def used():
    Redactor().learn(SECRET)


def test_leak_by_output():
    print('key ' + SECRET)


def test_leak_by_error_output():
    sys.stderr.write('key ' + SECRET)


def test_leak_by_log():
    logging.getLogger('pyral.transport').debug('sent %s', SECRET)


def test_leak_by_warning():
    with warnings.catch_warnings(record=True):
        warnings.warn('refused ' + SECRET)


def test_leak_by_error():
    with pytest.raises(PyralError):
        raise PyralError('x', hint='not ' + SECRET)


def test_leak_by_cause():
    with pytest.raises(PyralError):
        raise PyralError('x', cause=ValueError(SECRET))


def test_leak_by_cache():
    os.makedirs(os.environ['XDG_CACHE_HOME'])
    with open(os.path.join(os.environ['XDG_CACHE_HOME'], 'schema.json'), 'w') as cache:
        cache.write('{"' + SECRET)


def test_leak_by_file(tmp_path):
    (tmp_path / 'rally.log').write_text('GET key=' + SECRET)


def test_leak_by_process():
    subprocess.run([sys.executable, '-c', 'print("tell-" + "nobody-77")'], capture_output=True)


def test_leak_by_request_log():
    RequestLog().open('now', 'GET', '/' + SECRET, [], {})


def test_quiet():
    print('tell-', PyralError('fine'))


def test_file_of_the_user(tmp_path):
    (tmp_path / 'netrc').write_text('password ' + SECRET)
'''


def test_every_way_of_showing_a_secret_fails_the_test_that_shows_it(tmp_path):
    (tmp_path / 'conftest.py').write_text(CONFTEST)
    (tmp_path / 'test_leaks.py').write_text(LEAKS)
    done = subprocess.run(
        [
            sys.executable,
            '-m',
            'pytest',
            '-q',
            '-rE',
            '-n',
            '1',
            '-p',
            'no:cacheprovider',
            '--rootdir',
            str(tmp_path),
            str(tmp_path),
        ],
        cwd=ROOT,
        env=dict(os.environ, PYTHONPATH=ROOT),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    caught = set(re.findall(r'^ERROR \S+::(\w+)', done.stdout, re.M))
    assert done.returncode == 1, done.stdout
    assert caught == set(re.findall(r'def (test_leak_\w+)', LEAKS)), done.stdout
    assert 'nobody-77' not in done.stdout, "the report itself must not show the secret"

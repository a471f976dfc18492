"""Programs of others against a listening emulator: curl, a browser, pages of another origin.

What is missing on a machine skips its tests and says how to get it; nothing here decides what is
right.
"""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from html import unescape
from urllib.parse import quote

import pytest

from pyral.emulator import Emulator
from pyral.emulator.clock import parse_iso
from tests.contract.small_world import BASE, NOW, TICK, WORLD, Api
from tests.peers import Serving
from tests.threads import GUARD_S

#: What a program is called on different systems.
NAMES = {
    'curl': ('curl',),
    'node': ('node', 'nodejs'),
    'npm': ('npm',),
    'chromium': ('chromium', 'chromium-browser', 'google-chrome', 'chrome'),
}
#: A program that takes longer hangs.
PATIENCE = GUARD_S
TOOLKIT = 'rally@2.1.3'


def program(name):
    """Return the path of a program, or skip the test."""
    for candidate in NAMES[name]:
        path = shutil.which(candidate)
        if path:
            return path
    pytest.skip("{0} is not installed; install the package `{0}` to run this test".format(name))


class Reply:
    """What curl printed of one answer.

    :param raw: head and body, as printed by `--include`.
    """

    def __init__(self, raw):
        head, _, body = raw.replace(b'HTTP/1.1 100 Continue\r\n\r\n', b'').partition(b'\r\n\r\n')
        lines = head.decode('latin-1').split('\r\n')
        self.status = int(lines[0].split()[1])
        pairs = [line.partition(': ')[::2] for line in lines[1:]]
        self.headers = {name.lower(): value for name, value in pairs}
        self.text = body.decode('utf-8')

    def opened(self, key):
        """Return what lies below the only key of the envelope, which must be this one."""
        assert self.status == 200
        document = json.loads(self.text)
        assert list(document) == [key]
        return document[key]


class Curl:
    """Runs curl as the vendor's page does, with a user and a password.

    :param emulator: a listening emulator.
    :param folder: where files to send are written.
    :param user: `name:password`; the login of the world when not given.
    """

    def __init__(self, emulator, folder, user=None):
        self.emulator, self.folder = emulator, folder
        self.user = user or '{0.user}:{0.password}'.format(emulator)
        self.url = emulator.url + BASE

    def run(self, *arguments, user=''):
        """Run curl and return its `Reply`; the last argument may leave out the service's address.

        Brackets and braces in addresses are curl's own language, hence `--globoff`.
        """
        arguments = list(arguments)
        if arguments[-1].startswith('/'):
            root = self.emulator.url if arguments[-1].startswith('/slm/') else self.url
            arguments[-1] = root + arguments[-1]
        login = [] if user is None else ['-u', user or self.user]
        self.emulator.store.clock.move(TICK)
        done = subprocess.run(
            [
                program('curl'),
                '--silent',
                '--show-error',
                '--include',
                '--globoff',
                '--noproxy',
                '*',
                *login,
                *arguments,
            ],
            stdout=subprocess.PIPE,
            timeout=PATIENCE,
            check=True,
        )
        return Reply(done.stdout)

    def get(self, path, key='QueryResult'):
        """GET an address as it stands on the page, blanks encoded, and open its envelope."""
        return self.run(path.replace(' ', '%20')).opened(key)

    def file(self, body):
        """Write a body into a file for `-T` or `-d @` and return its path."""
        path = str(self.folder / 'body.json')
        with open(path, 'wb') as target:
            target.write(body if isinstance(body, bytes) else json.dumps(body).encode('utf-8'))
        return path

    @functools.cached_property
    def token(self):
        """The security token, asked for once."""
        return self.get('/security/authorize', 'OperationResult')['SecurityToken']

    def keyed(self, path):
        """Return an address with the security token."""
        return '{}{}key={}'.format(path, '&' if '?' in path else '?', quote(self.token))

    def post(self, path, body, key='OperationResult'):
        """POST a body from a file, with the token, and open the envelope."""
        return self.run(
            '-H',
            'Content-Type: text/javascript;charset=utf-8',
            '-d',
            '@' + self.file(body),
            self.keyed(path),
        ).opened(key)


#: A browser that takes cookies of other sites, where these say `SameSite=None`.
THIRD_PARTY_COOKIES = {'profile': {'cookie_controls_mode': 0, 'block_third_party_cookies': False}}


def browser(url, *options, user=None, preferences=None):
    """Return the document of a page after its scripts have run in a headless browser.

    :param user: `name:password` to put into the address.
    :param preferences: what its user has set.
    """
    if user:
        url = url.replace(
            '://', '://{}@'.format(':'.join(quote(part, safe='') for part in user.split(':'))), 1
        )
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        if preferences:
            os.mkdir(os.path.join(profile, 'Default'))
            with open(os.path.join(profile, 'Default', 'Preferences'), 'w') as target:
                json.dump(preferences, target)
        done = subprocess.run(
            [
                program('chromium'),
                '--headless',
                '--no-sandbox',
                '--disable-gpu',
                '--disable-dev-shm-usage',
                '--no-first-run',
                '--user-data-dir=' + profile,
                '--virtual-time-budget=5000',
                *options,
                '--dump-dom',
                url,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
        )
    return done.stdout.decode('utf-8', 'replace')


def element(document, name):
    """Return the text of the element with an id; empty when there is none."""
    found = re.search(r'id="{}"[^>]*>(.*?)</'.format(name), document, re.DOTALL)
    return unescape(found.group(1)) if found else ''


@contextmanager
def pages(**documents):
    """Serve HTML pages by name from an origin of their own; yields its address."""

    def answer(method, path, head, body):
        page = documents.get(path.strip('/'), '').encode('utf-8')
        status = '200 OK' if page else '404 Not Found'
        return status, [('Content-Type', 'text/html; charset=utf-8')], page

    with Serving(answer) as server:
        yield server.url


def kept_folder(name):
    """Return where a client of others is installed once an environment.

    Kept in the virtual environment where there is one, so that `make clean` takes it away.
    """
    in_venv = sys.prefix != sys.base_prefix and os.access(sys.prefix, os.W_OK)
    return os.path.join(sys.prefix if in_venv else tempfile.gettempdir(), name)


def installing(*command):
    """Run an installer and return what it says of its failure; empty where there was none."""
    try:
        done = subprocess.run(
            command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=PATIENCE
        )
    except subprocess.TimeoutExpired:
        return '{} took longer than {} s'.format(command[0], PATIENCE)
    last = done.stderr.decode('utf-8', 'replace').strip().splitlines()[-1:]
    return '' if done.returncode == 0 else ' '.join(last) or '{} failed'.format(command[0])


@functools.lru_cache(maxsize=None)
def installed_toolkit():
    """Return (folder, problem) of the vendor's Node.js toolkit."""
    folder = kept_folder('pyral-node-clients')
    if os.path.isdir(os.path.join(folder, 'node_modules', 'rally')):
        return folder, ''
    os.makedirs(folder, exist_ok=True)
    quiet = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error']
    return folder, installing(program('npm'), 'install', '--prefix', folder, *quiet, TOOLKIT)


@functools.lru_cache(maxsize=None)
def installed_package(requirement):
    """Return (programs, problem) of a package of PyPI in an environment of its own."""
    folder = kept_folder('pyral-python-clients-' + requirement.partition('=')[0])
    programs = os.path.join(folder, 'bin')
    complete = os.path.join(folder, 'complete')
    if os.path.exists(complete):
        return programs, ''
    venv = installing(sys.executable, '-m', 'venv', '--clear', folder)
    python = os.path.join(programs, 'python')
    quiet = ['--disable-pip-version-check', '--quiet', '--no-input']
    problem = venv or installing(python, '-m', 'pip', 'install', *quiet, requirement)
    if not problem:
        open(complete, 'w').close()
    return programs, problem


def run_package(requirement, command, **environment):
    """Run a program (or `python`) from the environment of a package; return what it printed."""
    programs, problem = installed_package(requirement)
    if problem:
        pytest.skip("pip could not install {}: {}".format(requirement, problem))
    inherited = {name: os.environ[name] for name in os.environ if not name.startswith('RALLY')}
    done = subprocess.run(
        [os.path.join(programs, command[0]), *command[1:]],
        cwd=programs,
        timeout=PATIENCE,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**inherited, 'PYTHONPATH': '', **environment, 'NO_PROXY': '127.0.0.1'},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def run_node(script, **environment):
    """Run a script that may `require('rally')`, and return the JSON it prints at its end."""
    node, _ = program('node'), program('npm')
    folder, problem = installed_toolkit()
    if problem:
        pytest.skip("npm could not install {}: {}".format(TOOLKIT, problem))
    # The toolkit is of an age whose warnings about itself are no part of any answer.
    done = subprocess.run(
        [node, '--no-deprecation', '-e', script],
        cwd=folder,
        timeout=PATIENCE,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment, 'NO_PROXY': '127.0.0.1'},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope='session')
def shared_listening():
    with Emulator(world=WORLD, now=NOW) as emulator:
        yield emulator


@pytest.fixture
def listening(shared_listening):
    """The small world over HTTP, as it was at the start."""
    shared_listening.reset()
    shared_listening.store.clock.set(parse_iso(NOW))
    return shared_listening


@pytest.fixture
def http_api(listening):
    """The administrator's way to the service over HTTP, to prepare and to look things up."""
    return Api(listening.url, listening.apikey, clock=listening.store.clock)


@pytest.fixture
def curl(listening, tmp_path):
    """curl as the administrator."""
    return Curl(listening, tmp_path)

"""The pytest plugin: `rally` is a connection to an emulator whose world is fresh for each test.

pytest loads it by itself where pyral is installed (`-p no:pyral` keeps it out). It imports pyral
and nothing more until a test asks for a fixture, because it is loaded in every run of pytest.
"""
from __future__ import absolute_import, division, print_function

import importlib
import os
import sys

import pytest

from pyral._compat import fill, fspath, string_types, text_type
from pyral.config import WS_API_VERSION
from pyral.restapi import Rally

__all__ = [
    'ENTRY_POINT', 'pytest_configure', 'rally', 'rally_budget', 'rally_emulator',
    'rally_emulator_of_the_session', 'rally_emulators', 'rally_schema_folder', 'rally_world',
]

#: Worlds that have a name; any other is a file.
_NAMED_WORLDS = ('demo', 'empty')
_MARKER = ("rally_world(world): the world of the emulator for this test: demo, empty, or the path "
           "of a world file, which begins at the folder of the test's file")
#: What a developer's account may set and an emulator does not: it has no place in a test.
_OTHER_SETTINGS = ('RALLY_CONFIG', 'RALLY_PROFILE', 'RALLY_APIKEY', 'RALLY_API_KEY')
#: What `rallyWorkset` reads in the current folder, and what wins over that.
_LOCAL_CONFIG = 'rally-{0}.cfg'.format(WS_API_VERSION)
_IN_CONFIG = ('user', 'password', 'apikey', 'workspace', 'project')
#: So many requests are listed where there were too many of them.
_MOST_LISTED = 50


class _EntryPoint(object):
    """What pytest loads by itself: it brings this module, which may be named as well.

    A module that is an entry point ends the run of those who name it too, by `-p` or by
    `pytest_plugins`, because pytest then finds one plugin under two names.
    """

    def pytest_plugin_registered(self, manager):
        """Register the module as soon as this object is."""
        module = sys.modules[__name__]
        if not manager.is_registered(module):
            manager.register(module, __name__)


ENTRY_POINT = _EntryPoint()


def pytest_configure(config):
    """Register the marker, once, however often this plugin is named."""
    if _MARKER not in config.getini('markers'):
        config.addinivalue_line('markers', _MARKER)


class _Emulators(object):
    """The emulators of a run by their world, each started when the first test asks for it."""

    def __init__(self):
        self._running = {}
        self._learned = []

    def of(self, world):
        """Return the emulator of a world: a name, or the path of a file."""
        key = world if world in _NAMED_WORLDS else os.path.realpath(world)
        if key not in self._running:
            self._running[key] = _started(world)
        return self._running[key]

    def started(self, emulator):
        """Say whether an emulator is one of these."""
        return emulator in self._running.values()

    def learn_schema(self, emulator):
        """Keep its schema, once: or a promise would depend on which test of the run is first."""
        if emulator not in self._learned:
            connection = Rally(emulator.url, apikey=emulator.apikey)
            connection.contextHelper.catalogue()
            connection.close()
            self._learned.append(emulator)

    def stop(self):
        """Stop all."""
        while self._running:
            self._running.popitem()[1].stop()


class _Promise(object):
    """A promise on requests, while a `with` block runs."""

    def __init__(self, emulator, most):
        self._emulator, self._most = emulator, most
        self._before = 0

    def __enter__(self):
        self._before = self._emulator.app.request_log.count

    def __exit__(self, kind, error, trace):
        __tracebackhide__ = True
        made = self._emulator.app.request_log.count - self._before
        if kind is None and made > self._most:
            pytest.fail(_too_many(self._emulator.requests(), made, self._most))


@pytest.fixture(scope='session')
def rally_world():
    """The world of tests without a marker: `demo`, `empty`, or a world file; override it."""
    return 'demo'


@pytest.fixture(scope='session')
def rally_emulators():
    """The emulators of the run, one for each world."""
    emulators = _Emulators()
    yield emulators
    emulators.stop()


@pytest.fixture(scope='session')
def rally_emulator_of_the_session(rally_emulators, rally_world):
    """The emulator that serves all tests without a marker."""
    return rally_emulators.of(fspath(rally_world))


@pytest.fixture(scope='session')
def rally_schema_folder(tmp_path_factory):
    """The folder where all tests of the run keep schemas, instead of the developer's own."""
    return str(tmp_path_factory.mktemp('rally-schema'))


@pytest.fixture
def rally_emulator(request, rally_emulators, rally_world, rally_schema_folder, monkeypatch):
    """An emulator, its world put back, and `RALLY_SERVER` and the like set to it for one test."""
    marker = request.node.get_closest_marker('rally_world')
    if marker is not None:
        emulator = rally_emulators.of(_marked_world(marker, request.node))
    else:
        emulator = request.getfixturevalue('rally_emulator_of_the_session')
        # A test file may override the world; what is kept for the session was made before that.
        if rally_emulators.started(emulator):
            emulator = rally_emulators.of(fspath(rally_world))
    emulator.reset()
    for name in _OTHER_SETTINGS:
        monkeypatch.delenv(name, raising=False)
    for name, value in emulator.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv('PYRAL_SCHEMA_CACHE', rally_schema_folder)
    if os.path.exists(_LOCAL_CONFIG):
        # It would win over the variables, and a script under test would write where it points.
        monkeypatch.setenv('RALLY_CONFIG', _config_file(emulator, rally_schema_folder))
    return emulator


@pytest.fixture
def rally(rally_emulator):
    """A connection to the emulator, with an API key; closed after the test."""
    connection = Rally(
        rally_emulator.url, apikey=rally_emulator.apikey,
        workspace=rally_emulator.workspace or None, project=rally_emulator.project or None)
    yield connection
    connection.close()


@pytest.fixture
def rally_budget(rally_emulator, rally_emulators):
    """A promise on requests: `with rally_budget(12):` fails when the emulator gets more."""
    rally_emulators.learn_schema(rally_emulator)

    def budget(most):
        __tracebackhide__ = True
        if not isinstance(most, int):
            pytest.fail(fill("rally_budget takes the number of requests that are promised, not {0}",
                             type(most).__name__))
        return _Promise(rally_emulator, most)

    return budget


def _started(world):
    """Return a new emulator that listens; where there can be none, say why in a sentence."""
    unknown_worlds = ()
    try:
        emulator = importlib.import_module('pyral.emulator').Emulator
        unknown_worlds = importlib.import_module('pyral.emulator.worlds').WorldError
        return emulator(world=world).start()
    except ImportError as problem:
        # Only an import that failed for another reason names a module.
        if getattr(problem, 'name', None):
            raise
        reason = text_type(problem)
    except unknown_worlds as problem:
        reason = text_type(problem)
    pytest.fail(reason, pytrace=False)


def _config_file(emulator, folder):
    """Return the path of a config file that names an emulator and leaves nothing out."""
    path = os.path.join(folder, 'emulator.cfg')
    lines = [u'{0} = "{1}"\n'.format(name.upper(), getattr(emulator, name) or 'default')
             for name in _IN_CONFIG]
    lines.append(u'SERVER = {0}\n'.format(emulator.url))
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 'wb') as file:
        file.write(u''.join(lines).encode('utf-8'))
    return path


def _marked_world(marker, item):
    """Return the world that a marker names: a name, or the path of a file that is there."""
    world = fspath(marker.args[0]) if len(marker.args) == 1 and not marker.kwargs else None
    if not isinstance(world, string_types):
        pytest.fail("rally_world takes one world: 'demo', 'empty', or the path of a world file, "
                    "as in @pytest.mark.rally_world('team.json')", pytrace=False)
    if world in _NAMED_WORLDS:
        return world
    # Before pytest 7 an item has no `path`.
    folder = os.path.dirname(text_type(getattr(item, 'path', None) or item.fspath))
    path = os.path.join(folder, world)
    if not os.path.isfile(path):
        pytest.fail(fill("rally_world: there is no world '{0}': it is demo, empty, or a world "
                         "file, and {1} is no file", world, path), pytrace=False)
    return path


def _too_many(requests, made, most):
    """Return what to say of more requests than were promised."""
    lines = [fill("{0} requests reached the emulator, {1} at most were promised:", made, most)]
    found = requests[-made:]
    lines += [fill('  {0}', entry.asked()) for entry in found[:_MOST_LISTED]]
    if made > len(lines) - 1:
        lines.append(fill('  and {0} more', made - len(lines) + 1))
    return '\n'.join(lines)

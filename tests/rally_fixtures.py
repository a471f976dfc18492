"""The fixtures of the suites that run against an emulator: `from rally_fixtures import *`."""
from __future__ import absolute_import, division, print_function

import os
import shutil
from contextlib import contextmanager

import pytest

from tests import emulated

__all__ = ['emu', 'emulator_of_the_session', 'rally', 'request_budget', 'schema_of_the_session',
           'schema_unknown', 'wire']


@pytest.fixture(scope='session')
def emulator_of_the_session():
    """The emulator all tests of a run share."""
    found = emulated.find()
    if found is None:
        pytest.skip("the emulator needs Python 3.9; name a running one in PYRAL_TEST_SERVER")
    yield found
    if found.emulator is not None:
        found.emulator.stop()


@pytest.fixture(scope='session')
def schema_of_the_session(emulator_of_the_session, tmpdir_factory):
    """A folder that keeps the schema; learning it is most of what many a test would cost."""
    folder = str(tmpdir_factory.mktemp('schema'))
    emulator_of_the_session.reset()
    emulator_of_the_session.connect(schema_cache=folder).contextHelper.catalogue()
    return folder


@pytest.fixture
def emu(emulator_of_the_session, schema_of_the_session):
    """The emulator with its world as at the beginning, its schema in the cache."""
    os.makedirs(kept_schemas())
    for name in os.listdir(schema_of_the_session):
        # A link will do: the cache never writes into a file that is there.
        os.link(os.path.join(schema_of_the_session, name), os.path.join(kept_schemas(), name))
    emulator_of_the_session.reset()
    return emulator_of_the_session


@pytest.fixture
def schema_unknown(emu):
    """Nothing of the emulator's schema is in the cache."""
    shutil.rmtree(kept_schemas())


def kept_schemas():
    """Return the folder of the schemas that a connection keeps by itself."""
    return os.path.join(os.environ['XDG_CACHE_HOME'], 'pyral')


@pytest.fixture
def rally(emu):
    """A connection with an API key."""
    return emu.connect()


@pytest.fixture
def wire(rally):
    """What `rally` sends from now on."""
    return emulated.Wire(rally)


@pytest.fixture
def request_budget():
    """Return a context manager: `with request_budget(rally, 12):` fails where it takes more."""
    @contextmanager
    def budget(connection, most):
        before = connection.requests_made
        yield
        made = connection.requests_made - before
        assert made <= most, "{0} requests, {1} at most were promised".format(made, most)

    return budget

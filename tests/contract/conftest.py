"""The services the contract is checked against: an emulator in memory, and one on a file.

A fact of the service is stated once and holds for each of them.
"""
from __future__ import annotations

import os
import sys

import pytest

sys.path.insert(0, os.path.dirname(__file__))

from service import Service  # noqa: E402

from pyral.emulator import Emulator  # noqa: E402

WORLD = os.path.join(os.path.dirname(__file__), '..', 'data', 'worlds', 'small.json')
NOW = '2026-03-18T15:30:00.000Z'


@pytest.fixture(scope='session', params=['memory', 'file'])
def backend(request, tmp_path_factory):
    """One emulator for the whole run; each test gets it as it was at the start."""
    db = None
    if request.param == 'file':
        db = str(tmp_path_factory.mktemp('contract') / 'rally.db')
    with Emulator(world=WORLD, listen=False, now=NOW, db=db) as emulator:
        emulator.pristine = emulator.snapshot()
        yield emulator


@pytest.fixture
def emulator(backend):
    """The backend with its world as at the start."""
    backend.restore(backend.pristine)
    return backend


def user_of(emulator, apikey):
    """Return one user's way to the service."""
    return Service(emulator.url, apikey, emulator.adapter())


@pytest.fixture
def service(emulator):
    """The service as its administrator sees it."""
    return user_of(emulator, emulator.apikey)


@pytest.fixture
def as_editor(emulator):
    """The service as an editor of the tests' project sees it."""
    return user_of(emulator, '_edKey0001')


@pytest.fixture
def as_viewer(emulator, service):
    """The service as somebody sees it who may read the tests' project and no more."""
    with emulator.store.writing() as tx:
        viewer = tx.get(service.one('/user', '(UserName = "vic@example.com")')['ObjectID'])
        tx.update(viewer.oid, doc={**viewer.doc, '_apikey': '_vicKey0001'})
    return user_of(emulator, '_vicKey0001')

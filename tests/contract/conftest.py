"""Fixtures of the contract tests: a fact of the service is stated once, for every backend.

The backends differ in where the data live; a further database comes with `PYRAL_TEST_DATABASE`, a
SQLAlchemy URL of an empty database.
"""

from __future__ import annotations

import os

import pytest

from tests.contract.foreign_programs import curl, http_api, listening, shared_listening  # noqa: F401
from tests.contract.hostile_requests import hostile, shared_hostile  # noqa: F401
from tests.contract.small_world import (  # noqa: F401
    api,
    as_editor,
    as_viewer,
    emulator,
    small_backend,
)
from tests.emulator.service import Service, patient_server, tiny_service  # noqa: F401

BACKENDS = ['memory', 'file']
OTHER = os.environ.get('PYRAL_TEST_DATABASE')
if OTHER:
    BACKENDS.append('database')


def url_of(backend, folder):
    """Return the SQLAlchemy URL of a backend."""
    if backend == 'memory':
        return 'sqlite://'
    return OTHER if backend == 'database' else 'sqlite:///{}'.format(folder / 'contract.db')


@pytest.fixture(scope='session', params=BACKENDS)
def backend(request, tmp_path_factory):
    service = tiny_service(url_of(request.param, tmp_path_factory.mktemp('contract')))
    beginning = service.app.store.snapshot()
    yield service, beginning
    service.app.store.close()


@pytest.fixture
def service(backend):
    """A caller with a full API key; the world is as it was at the start."""
    shared, beginning = backend
    shared.app.store.restore(beginning)
    shared.app.forget()
    return Service(shared.app, shared.tiny)

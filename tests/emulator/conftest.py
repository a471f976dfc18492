"""Fixtures of the emulator's own tests: the tiny world, in process, put back after each test."""

from __future__ import annotations

import pytest

from pyral.emulator.store.database import Database
from tests.emulator.service import Service, patient_server, tiny_service  # noqa: F401


@pytest.fixture(autouse=True)
def stores_of_a_test_are_closed(monkeypatch):
    """Close the database of each store that a test made; those of wider fixtures stay open."""
    made, open_database = [], Database.__init__

    def note(self, *args, **kwargs):
        open_database(self, *args, **kwargs)
        made.append(self)

    monkeypatch.setattr(Database, '__init__', note)
    yield
    for database in made:
        database.close()


@pytest.fixture(scope='session')
def shared_service():
    service = tiny_service()
    beginning = service.app.store.snapshot()
    yield service, beginning
    service.app.store.close()


@pytest.fixture
def service(shared_service):
    """A caller with a full API key; the world is as it was at the start."""
    shared, beginning = shared_service
    shared.app.store.restore(beginning)
    shared.app.forget()
    shared.app.settings.change(
        {'latency_ms': 0, 'latency_per_item_us': 0, 'strict_tokens': False, 'strict_case': False}
    )
    shared.app.authenticator.strict_tokens = False
    return Service(shared.app, shared.tiny)

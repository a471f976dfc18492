"""Fixtures of the emulator's own tests: the tiny world, in process, put back after each test."""

from __future__ import annotations

import pytest

from tests.emulator.service import Service, tiny_service


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

"""pytest fixtures that run the emulator for the tests of scripts that talk to Rally.

Put `pytest_plugins = ['pyral.emulator.pytest_plugin']` into a `conftest.py`. One emulator serves
the whole run, and every test that asks for `rally_emulator` finds its world as at the beginning.
Nothing here is loaded unless it is named, and nothing of the caller's environment stays changed.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from . import Emulator

__all__ = [
    'rally_budget',
    'rally_emulator',
    'rally_emulator_of_the_session',
    'rally_schema_folder',
    'rally_world',
]


@pytest.fixture(scope='session')
def rally_world() -> str | os.PathLike[str]:
    """The world of the emulator: `demo`, `empty`, or the path of a world file; override it."""
    return 'demo'


@pytest.fixture(scope='session')
def rally_emulator_of_the_session(rally_world: str | os.PathLike[str]) -> Iterator[Emulator]:
    """The emulator that serves all tests of the run."""
    with Emulator(world=rally_world) as emulator:
        yield emulator


@pytest.fixture(scope='session')
def rally_schema_folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The folder where all tests of the run keep schemas, instead of the developer's own."""
    return str(tmp_path_factory.mktemp('rally-schema'))


@pytest.fixture
def rally_emulator(
    rally_emulator_of_the_session: Emulator,
    rally_schema_folder: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Emulator:
    """The emulator, its world put back, and `RALLY_SERVER` and the like set to it for one test."""
    rally_emulator_of_the_session.reset()
    for name, value in rally_emulator_of_the_session.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv('PYRAL_SCHEMA_CACHE', rally_schema_folder)
    # A config file of the developer's account has no place in a test.
    monkeypatch.delenv('RALLY_CONFIG', raising=False)
    return rally_emulator_of_the_session


@pytest.fixture
def rally_budget(rally_emulator: Emulator) -> Callable[[int], AbstractContextManager[None]]:
    """A promise on requests: `with rally_budget(12):` fails when the emulator gets more."""

    @contextmanager
    def budget(most: int) -> Iterator[None]:
        before = rally_emulator.app.request_log.count
        yield
        made = rally_emulator.app.request_log.count - before
        if made > most:
            asked = ''.join(
                f'\n  {entry.method} {entry.path}' for entry in rally_emulator.requests()[-made:]
            )
            pytest.fail(
                f"{made} requests reached the emulator, {most} at most were promised:{asked}"
            )

    return budget

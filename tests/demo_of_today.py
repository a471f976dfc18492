"""A demo Rally for tests of what people do on a day: its items are dated around the day it is made.

Where a day ends between the making and a test, in whichever time zone, what was of yesterday is of
the day before: then the test is begun again with a Rally of the new day.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable

from pyral.emulator import Emulator

#: Days end at full and half hours, and at quarters in few places.
QUARTER_S = 900


class DemoOfToday:
    """Makes the Rally at its first use, and closes it as a context."""

    def __init__(self) -> None:
        self._stack = contextlib.ExitStack()
        self._emulator: Emulator | None = None
        self._made_at = 0

    def __enter__(self) -> DemoOfToday:
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stack.close()

    def use(self, action: Callable[[Emulator], None]) -> None:
        """Call `action` with the Rally as at the beginning; twice, where a day may have ended."""
        if self._emulator is None:
            self._begin()
        try:
            self._call(action)
        except Exception:
            if self._made_at == _quarter():
                raise
            self._begin()
            self._call(action)

    def _begin(self) -> None:
        self._stack.close()
        self._made_at = _quarter()
        self._emulator = self._stack.enter_context(Emulator(world='demo'))

    def _call(self, action: Callable[[Emulator], None]) -> None:
        assert self._emulator is not None
        self._emulator.reset()
        action(self._emulator)


def _quarter() -> int:
    return int(time.time() // QUARTER_S)

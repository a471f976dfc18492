"""A plug-in for runs under `libfaketime`, which refuses the absolute sleep of Python 3.11.

`time.sleep` asks for a moment of the monotonic clock there, and gets "Invalid argument"; waiting
for an event that never comes takes as long and is carried. Named by `tests/other_dates.py` only,
before anything takes `time.sleep` as its own.
"""

from __future__ import annotations

import threading
import time


def sleep(seconds: float) -> None:
    """Wait so long."""
    threading.Event().wait(seconds)


time.sleep = sleep

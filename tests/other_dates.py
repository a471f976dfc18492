"""Run the tests at other dates, by `libfaketime`: 35 days on, and across a change of the clock.

The second run begins a minute before the next change between summer and winter time in Berlin.
What is not run so: browsers, node and curl (their certificates and caches have dates of their
own), what other interpreters and tools do, and anything that measures. Clocks that only measure
intervals stay real, so waiting takes as long as ever. Arguments go to pytest.
"""

from __future__ import annotations

import datetime
import os
import shutil
import subprocess
import sys

from zoneinfo import ZoneInfo

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ZONE = 'Europe/Berlin'
DAYS_ON = 35
SUITES = [
    *('tests/unit', 'tests/client', 'tests/compat', 'tests/emulator', 'tests/contract'),
    '--ignore=tests/contract/test_foreign_clients.py',
    '--ignore=tests/emulator/test_browser.py',
]
#: Intervals are real; no byte code keeps a moved time of its source.
SETTINGS = {'FAKETIME_DONT_FAKE_MONOTONIC': '1', 'PYTHONDONTWRITEBYTECODE': '1'}


def next_change(now: datetime.datetime, zone: ZoneInfo) -> datetime.datetime:
    """Return the first full hour, in UTC, from which on the zone is off UTC by something else."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    offset = hour.astimezone(zone).utcoffset()
    while hour.astimezone(zone).utcoffset() == offset:
        hour += datetime.timedelta(hours=1)
    return hour


def run_at(seconds: int, zone: str | None, arguments: list[str]) -> int:
    """Run pytest with the clock so many seconds ahead; return its exit code."""
    environ = {**os.environ, **SETTINGS, **({'TZ': zone} if zone else {})}
    command = [sys.executable, '-m', 'pytest', '-q', '-n', 'auto', '--dist', 'loadfile']
    command += ['-p', 'tests.real_sleep', '-p', 'no:cacheprovider', *(arguments or SUITES)]
    return subprocess.call(
        ['faketime', '-m', '-f', f'+{seconds}s', *command], cwd=ROOT, env=environ
    )


def main(arguments: list[str]) -> int:
    """Run the tests at both dates; 0 where both pass, or where the program is missing."""
    if shutil.which('faketime') is None:
        print("test-dates: skipped; it needs faketime (Debian: apt-get install faketime)")
        return 0
    now = datetime.datetime.now(datetime.timezone.utc)
    change = next_change(now, ZoneInfo(ZONE))
    print(f"test-dates: {DAYS_ON} days on")
    later = run_at(DAYS_ON * 86400, None, arguments)
    now = datetime.datetime.now(datetime.timezone.utc)
    print(f"test-dates: {ZONE}, across {change:%Y-%m-%d %H:%M} UTC")
    ahead = int((change - now).total_seconds()) - 60
    across = run_at(ahead, ZONE, arguments)
    return 1 if later or across else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

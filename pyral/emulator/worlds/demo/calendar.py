"""The demo world's calendar: sprints and releases around a given day, and moments as text.

Plain arithmetic on the moment that is given, so that the same moment gives the same calendar.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

UTC = datetime.timezone.utc
#: The first day of Sprint 1.
_FIRST_MONDAY = datetime.date(2021, 1, 4)
_SPRINT_DAYS = 14
#: How many sprints back and ahead the demo world knows.
PAST, AHEAD = 6, 2


@dataclass(frozen=True)
class Timebox:
    """A sprint or a release: first and last day, and how far it is from the current one."""

    offset: int
    name: str
    start: datetime.date
    end: datetime.date

    def day(self, number: int) -> datetime.date:
        """Return the day with this number (from 0), at most the last one."""
        return min(self.start + datetime.timedelta(days=number), self.end)


class Calendar:
    """The sprints and releases around a moment; the current sprint is always well under way."""

    def __init__(self, now: datetime.datetime) -> None:
        self.now = now
        self.today = now.date()
        anchor = self.today - datetime.timedelta(days=3)
        monday = anchor - datetime.timedelta(days=anchor.weekday())
        number = (monday - _FIRST_MONDAY).days // _SPRINT_DAYS + 1
        self.sprints = {
            offset: self._sprint(offset, monday, number) for offset in range(-PAST, AHEAD + 1)
        }
        self.releases = {offset: self._release(offset) for offset in (-1, 0, 1)}

    def release_of(self, day: datetime.date) -> int:
        """Return which release a day belongs to, as an offset from the current one."""
        for offset, release in self.releases.items():
            if release.start <= day <= release.end:
                return offset
        return 1 if day > self.today else -1

    def at(self, day: datetime.date, hour: int, minute: int = 0) -> str:
        """Return a moment as the wire has it; never later than now."""
        moment = datetime.datetime.combine(day, datetime.time(hour, minute), tzinfo=UTC)
        moment = min(moment, self.now)
        return moment.strftime('%Y-%m-%dT%H:%M:%S.000Z')

    def ago(self, days: int) -> datetime.date:
        """Return the day so many days ago."""
        return self.today - datetime.timedelta(days=days)

    def worked(self, day: datetime.date, days_ago: int = 1) -> datetime.date:
        """Return the last work day up to a day that is at least so many days ago."""
        return work_day(min(day, self.ago(days_ago)))

    def _sprint(self, offset: int, monday: datetime.date, number: int) -> Timebox:
        start = monday + datetime.timedelta(days=_SPRINT_DAYS * offset)
        end = start + datetime.timedelta(days=_SPRINT_DAYS - 1)
        return Timebox(offset, f'Sprint {number + offset}', start, end)

    def _release(self, offset: int) -> Timebox:
        quarter = self.today.year * 4 + (self.today.month - 1) // 3 + offset
        start, after = _quarter_start(quarter), _quarter_start(quarter + 1)
        name = f'{quarter // 4}.Q{quarter % 4 + 1}'
        return Timebox(offset, name, start, after - datetime.timedelta(days=1))


def work_day(day: datetime.date) -> datetime.date:
    """Return a day, or the Friday before a weekend."""
    return day - datetime.timedelta(days=max(day.weekday() - 4, 0))


def work_days(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """Return the days from Monday to Friday between two days, both included."""
    days = (first + datetime.timedelta(days=number) for number in range((last - first).days + 1))
    return [day for day in days if day.weekday() < 5]


def _quarter_start(quarter: int) -> datetime.date:
    return datetime.date(quarter // 4, quarter % 4 * 3 + 1, 1)

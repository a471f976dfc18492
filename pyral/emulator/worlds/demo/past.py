"""The past of the demo world's items: revisions on the work days of the sprint they were done in.

An item is given with the state it has now; what is told here are the steps to it. Choices come
from a random generator of their own, so that they change nothing about the items.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Mapping, Sequence
from typing import Any

from .calendar import Calendar, work_days
from .users_and_projects import TEAMS, TESTER

Item = dict[str, Any]
#: State of a defect by the schedule state of it.
DEFECT_STATE = {
    'Accepted': 'Closed',
    'Completed': 'Fixed',
    'In-Progress': 'Open',
    'Defined': 'Submitted',
}
#: In older sprints a task goes from its first state to its last one at once.
_IN_DETAIL = -2
#: Days back on which people looked through what is planned for later.
_GROOMED = 9


class Past:
    """Tell how items came to be what they are.

    :param rng: decides on which days things happened.
    """

    def __init__(self, calendar: Calendar, rng: random.Random) -> None:
        self.calendar = calendar
        self.rng = rng
        self._over = self._groomed = 0

    def tell(self, item: Item, project: str) -> None:
        """Add revisions to a story or a defect and to its tasks; takes the notes of its maker out.

        :param item: with `_slot` (its sprint), and where work has begun with `_days` (the first
            and the last one) and `_direct` (whether it was accepted without being completed).
        """
        slot, days = item.pop('_slot'), item.pop('_days', None)
        direct = item.pop('_direct', True)
        told: list[Item] = []
        if slot == 0:
            told += self._scope(item, project)
        if days is not None:
            told += self._states(item, days, direct)
            for index, task in enumerate(item.get('Tasks', ())):
                self._task(task, item, days, slot, index)
        elif slot > 0:
            told += self._groom(item, project)
        if item.get('Blocked'):
            at = self.calendar.at(self.calendar.worked(self.calendar.today), 16, 5)
            was = {'Blocked': False, 'BlockedReason': None}
            told.append({'at': at, 'by': item['Owner'], 'was': was})
        if told:
            item['revisions'] = told
            item['LastUpdateDate'] = max(item['LastUpdateDate'], told[-1]['at'])

    def tell_epic(self, epic: Item, parts: Sequence[Item]) -> None:
        """Add revisions to a story with children: its state follows theirs."""
        state, told = epic['ScheduleState'], []
        moments = sorted(one['at'] for part in parts for one in part.get('revisions', ()))
        if 'InProgressDate' not in epic or not moments:
            epic['LastUpdateDate'] = epic['CreationDate']
            return
        by = epic['Owner']
        told.append({'at': epic['InProgressDate'], 'by': by, 'was': {'ScheduleState': 'Defined'}})
        if state in ('Completed', 'Accepted'):
            at = epic.get('AcceptedDate', moments[-1])
            told.append({'at': at, 'by': by, 'was': {'ScheduleState': 'In-Progress'}})
        epic['revisions'] = told
        epic['LastUpdateDate'] = told[-1]['at']

    def _scope(self, item: Item, project: str) -> list[Item]:
        """Let some items of the current sprint be left over from the last one or come late."""
        calendar, sprint = self.calendar, self.calendar.sprints[0]
        lead = '@' + TEAMS[project][0]
        if item['ScheduleState'] == 'Defined' and 'Tasks' not in item:
            at = calendar.at(calendar.worked(sprint.day(1)), 10)
            return [{'at': at, 'by': lead, 'was': {'Iteration': None, 'Release': None}}]
        self._over += 1
        if self._over % 9 != 4:
            return []
        was: Item = {'Iteration': f'@sprint-{project}--1'}
        before = calendar.release_of(calendar.sprints[-1].start)
        if item['Release'] != f'@release-{project}-{before}':
            was['Release'] = f'@release-{project}-{before}'
        return [{'at': calendar.at(sprint.start, 8), 'by': lead, 'was': was}]

    def _states(
        self, item: Item, days: tuple[datetime.date, datetime.date], direct: bool
    ) -> list[Item]:
        """Tell the steps of the schedule state, and of the state of a defect."""
        state = item['ScheduleState']
        told = [_step(item, item['InProgressDate'], 'Defined', item['Owner'])]
        last = item['LastUpdateDate']
        if state == 'Accepted' and not direct:
            between = work_days(*days)
            day = between[max(len(between) - 2, 0)]
            told.append(_step(item, self.calendar.at(day, 12, 59), 'In-Progress', item['Owner']))
            told.append(_step(item, last, 'Completed', '@' + TESTER))
        elif state != 'In-Progress':
            told.append(_step(item, last, 'In-Progress', item['Owner']))
        for name in ('Resolution', 'FixedInBuild'):
            if name in item and len(told) > 1:
                told[1]['was'][name] = 'None' if name == 'Resolution' else None
        return told

    def _task(
        self,
        task: Item,
        item: Item,
        days: tuple[datetime.date, datetime.date],
        slot: int,
        index: int,
    ) -> None:
        """Tell how a task was begun, went on and was completed, before its work product was."""
        if task['State'] == 'Defined':
            return
        rng, by = self.rng, task['Owner']
        first, last = days
        if item['ScheduleState'] == 'In-Progress':
            last = self.calendar.worked(self.calendar.today)
        between = work_days(first, last)
        if len(between) > 2 and item['ScheduleState'] == 'Accepted':
            # The work may have been completed a day before it was accepted.
            between = between[:-1]
        start = 0 if index == 0 else rng.randrange((len(between) + 1) // 2)
        end = rng.randrange(start, len(between))
        begun = self._moment(between[start], first, 0)
        done = self._moment(between[end], None, 40)
        estimate = task['Estimate']
        if task['State'] == 'In-Progress':
            was = {'State': 'Defined', 'ToDo': estimate, 'Actuals': None}
            task['revisions'] = [{'at': begun, 'by': by, 'was': was}]
            return
        if slot < _IN_DETAIL:
            was = {'State': 'Defined', 'ToDo': estimate, 'Actuals': None}
            task['revisions'] = [{'at': done, 'by': by, 'was': was}]
            return
        left = max(estimate - rng.randint(0, 2), 1)
        told: list[Item] = [
            {'at': begun, 'by': by, 'was': {'State': 'Defined', 'ToDo': estimate}},
            {'at': done, 'by': by, 'was': {'State': 'In-Progress', 'ToDo': left, 'Actuals': None}},
        ]
        if end - start > 1:
            day = between[rng.randrange(start + 1, end)]
            spent = max(estimate // 2, 1)
            told[1:1] = [
                {
                    'at': self.calendar.at(day, rng.randint(13, 16), rng.randint(0, 59)),
                    'by': by,
                    'was': {'ToDo': left, 'Actuals': None},
                }
            ]
            # An estimate may have been too low: then there is more to do than before.
            rest = max(left - spent, 1) if rng.random() < 0.8 else left + 2
            told[-1]['was'].update(ToDo=rest, Actuals=spent)
        task['revisions'] = [one for one in told if one['was']]

    def _moment(self, day: datetime.date, first: datetime.date | None, minute: int) -> str:
        """Return a moment of a day: after the work began, before the work product is completed."""
        rng = self.rng
        if first is None or day == first:
            return self.calendar.at(day, 12, minute + rng.randint(0, 18))
        return self.calendar.at(day, rng.randint(8, 11), rng.randint(0, 59))

    def _groom(self, item: Item, project: str) -> list[Item]:
        """Let people look through what is planned for later: there is something every day."""
        self._groomed += 1
        turn = self._groomed
        at = self.calendar.at(self.calendar.ago(1 + turn % _GROOMED), 14, turn * 7 % 60)
        if at <= item['CreationDate']:
            return []
        team = TEAMS[project]
        changes: tuple[Mapping[str, Any], ...] = (
            {'Owner': None if turn % 2 else '@greg'},
            {'Name': item['Name'] + ' (draft)'},
            {'c_Customer': 'Tailspin'},
        )
        was = next(
            (
                one
                for number in range(len(changes))
                for one in (changes[(turn + number) % len(changes)],)
                if all(name in item and item[name] != value for name, value in one.items())
            )
        )
        by = '@' + ('paula', 'greg', *team)[turn % (2 + len(team))]
        return [{'at': at, 'by': by, 'was': was}]


def _step(item: Item, at: str, before: str, by: str) -> Item:
    """Return the step from a schedule state to the next one."""
    was = {'ScheduleState': before}
    if item['type'] == 'Defect':
        was['State'] = DEFECT_STATE[before]
    return {'at': at, 'by': by, 'was': was}

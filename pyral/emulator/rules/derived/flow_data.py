"""Cumulative flow data: what an iteration or a release held at the end of each work day, by state.

The service collects it every night. Here the nights that have passed are made up for when somebody
asks for it: the items are read as they are now, and as their revisions keep that they were. Rows
that were collected stay as they are, whatever happens to the items later.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Iterator, Mapping, NamedTuple

from ...catalogue.catalogue import catalogue_for
from ...catalogue.configuration import configuration_of, zone_of
from ...clock import day_end, iso, parse_iso
from ...store import Obj, bulk, past
from ...store.ownership import NOTED
from ...store.reading import of_type
from ..write.companions import KEPT
from ..write.states import SCHEDULE_STATES, TIMEBOX_DATES

if TYPE_CHECKING:
    from ...store import Store, Tx

__all__ = ['CARDS', 'collect', 'shown_by']

#: What is scheduled and counted.
CARDS = ('Defect', 'DefectSuite', 'HierarchicalRequirement', 'TestSet')
#: What flow data is about -> its type.
_TYPES = {'Iteration': 'IterationCumulativeFlowData', 'Release': 'ReleaseCumulativeFlowData'}
#: Counter of a workspace: the ordinal of the last day that was collected.
_DONE = '#flow/{}'
#: Nights that are longer ago are not made up for.
MOST_DAYS = 400
_EVER = '9999'
_WEEK = ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')


class Period(NamedTuple):
    """Some values of an object, and from when until when it had them."""

    begin: str
    end: str
    values: Mapping[str, Any]


#: Count, plan estimates, hours to do, estimated hours.
Sums = list[float]


def shown_by(path: Mapping[str, str], is_page: bool) -> str | None:
    """Return the timebox whose flow data a request shows.

    :param path: the named parts of the route.
    :param is_page: whether it is a page of the object browser, where timeboxes have charts.
    """
    asked = path.get('type', '').lower()
    for timebox, kind in _TYPES.items():
        if asked == kind.lower() or (is_page and 'oid' in path and asked == timebox.lower()):
            return timebox
    return None


def collect(store: Store, timebox: str) -> None:
    """Make the rows of every night that has passed since the last time.

    :param store: must not be in a transaction of this thread.
    :param timebox: `Iteration` or `Release`.
    """
    with store.reading() as tx:
        due = _due(tx, timebox)
    if due:
        with store.writing() as tx:
            for workspace, done, last in _due(tx, timebox):
                _Collection(tx, workspace, timebox).run(done, last)
                tx.raise_number(workspace, _DONE.format(timebox), last.toordinal())


def _due(tx: Tx, timebox: str) -> list[tuple[int, date, date]]:
    """Return the workspaces that lack a night, the last day they have, and the last day over."""
    found = []
    for workspace in of_type(tx, 'Workspace'):
        today = tx.clock.now().astimezone(zone_of(tx, workspace.oid)).date()
        last = today - timedelta(days=1)
        done = tx.number_reached(workspace.oid, _DONE.format(timebox))
        if done < last.toordinal():
            first = max(done, last.toordinal() - MOST_DAYS, 1)
            found.append((workspace.oid, date.fromordinal(first), last))
    return found


class _Collection:
    """The rows of one workspace and one kind of timebox."""

    def __init__(self, tx: Tx, workspace: int, timebox: str) -> None:
        self._tx = tx
        self._workspace = workspace
        self._timebox = timebox
        self._zone: tzinfo = zone_of(tx, workspace)
        self._deleted: dict[int, str] = {}
        self._before: dict[int, list[tuple[str, int, dict[str, Any]]]] = {}

    def run(self, done: date, last: date) -> None:
        """Store the rows of the days after one, up to another."""
        ends = self._ends(done, last)
        if not ends:
            return
        self._read_past(min(days[0] for days in ends.values()))
        sums = self._sums(ends, self._hours())
        self._tx.insert_many(list(self._rows(ends, sums)))

    def _ends(self, done: date, last: date) -> dict[int, list[str]]:
        """Return the ends of the days that a row is due for, by timebox."""
        begin, end = TIMEBOX_DATES[self._timebox]
        found = {}
        kept = self._kept()
        works = self._work_days()
        for box in past.of_every_kind(self._tx, [self._timebox], self._workspace):
            if box.recycled or not box.doc.get(begin) or not box.doc.get(end):
                continue
            first = max(self._day(box.doc[begin]), self._day(box.created), done + timedelta(days=1))
            length = (min(self._day(box.doc[end]), last) - first).days + 1
            days = [first + timedelta(days=number) for number in range(length)]
            moments = [iso(day_end(day, self._zone)) for day in days if day.weekday() in works]
            missing = [moment for moment in moments if (box.oid, moment) not in kept]
            if missing:
                found[box.oid] = missing
        return found

    def _kept(self) -> set[tuple[int, str]]:
        """Return timebox and moment of the rows that are there, as a world may give some."""
        kind = _TYPES[self._timebox]
        rows = past.of_every_kind(self._tx, [kind], self._workspace)
        return {(int(one.doc.get(NOTED[kind]) or 0), one.created) for one in rows}

    def _day(self, moment: str) -> date:
        return parse_iso(moment).astimezone(self._zone).date()

    def _work_days(self) -> frozenset[int]:
        """Return the days of the week on which rows are made; every day where none is named."""
        found = configuration_of(self._tx, self._workspace)
        text = str(found.doc.get('WorkDays') or '') if found is not None else ''
        named = {name.strip().lower() for name in text.split(',')}
        days = frozenset(number for number, name in enumerate(_WEEK) if name in named)
        return days or frozenset(range(len(_WEEK)))

    def _read_past(self, since: str) -> None:
        self._before = past.values_before(self._tx, self._workspace, since)
        for entry in past.of_every_kind(self._tx, ['RecycleBinEntry'], self._workspace):
            for oid in (entry.doc.get('ItemOID'), *entry.doc.get(KEPT, ())):
                self._deleted[int(oid or 0)] = entry.doc['DeletionDate']

    def _periods(self, obj: Obj, present: Mapping[str, Any]) -> Iterator[Period]:
        """Yield what an object was, the present first."""
        values, end = present, self._deleted.get(obj.oid, _EVER)
        for moment, _, was in reversed(self._before.get(obj.oid, ())):
            if moment < end:
                yield Period(moment, end, values)
                end = moment
            values = {**values, **was}
        if obj.created < end:
            yield Period(obj.created, end, values)

    def _hours(self) -> dict[int, list[Period]]:
        """Return what the tasks of each card were."""
        owners = dict(bulk.edge_rows(self._tx, 'WorkProduct'))
        found: dict[int, list[Period]] = {}
        for task in past.of_every_kind(self._tx, ['Task'], self._workspace):
            present = {
                'Estimate': task.doc.get('Estimate'),
                'ToDo': task.doc.get('ToDo'),
                'WorkProduct': owners.get(task.oid),
            }
            for period in self._periods(task, present):
                owner = period.values['WorkProduct']
                if owner is not None:
                    found.setdefault(owner, []).append(period)
        return found

    def _sums(
        self, ends: Mapping[int, list[str]], hours: Mapping[int, list[Period]]
    ) -> dict[tuple[int, str], dict[str, Sums]]:
        """Return the sums by timebox and moment, and in these by schedule state."""
        scheduled = dict(bulk.edge_rows(self._tx, self._timebox))
        found: dict[tuple[int, str], dict[str, Sums]] = {}
        for card in past.of_every_kind(self._tx, CARDS, self._workspace):
            present = {
                'PlanEstimate': card.doc.get('PlanEstimate'),
                'ScheduleState': card.doc.get('ScheduleState'),
                self._timebox: scheduled.get(card.oid),
            }
            tasks = hours.get(card.oid, ())
            for period in self._periods(card, present):
                box, state = period.values[self._timebox], str(period.values['ScheduleState'])
                days = ends.get(box, ())
                for moment in days[bisect_left(days, period.begin) : bisect_left(days, period.end)]:
                    sums = found.setdefault((box, moment), {}).setdefault(state, [0, 0, 0, 0])
                    sums[0] += 1
                    sums[1] += period.values['PlanEstimate'] or 0
                    for task in tasks:
                        if task.begin <= moment < task.end:
                            sums[2] += task.values['ToDo'] or 0
                            sums[3] += task.values['Estimate'] or 0
        return found

    def _rows(
        self,
        ends: Mapping[int, list[str]],
        sums: Mapping[tuple[int, str], Mapping[str, Sums]],
    ) -> Iterator[Obj]:
        """Yield a row for each state of each day on which anything was scheduled."""
        kind, states = _TYPES[self._timebox], self._states()
        for box, moments in ends.items():
            for moment in moments:
                by_state = sums.get((box, moment), {})
                for state in dict.fromkeys((*states, *by_state)) if by_state else ():
                    count, planned, to_do, estimated = by_state.get(state, (0, 0, 0, 0))
                    yield Obj(
                        oid=self._tx.new_oid(),
                        type=kind,
                        workspace=self._workspace,
                        created=moment,
                        doc={
                            'CardCount': int(count),
                            'CardEstimateTotal': round(float(planned), 3),
                            'CardState': state,
                            'CardToDoTotal': round(float(to_do), 3),
                            'TaskEstimateTotal': round(float(estimated), 3),
                            NOTED[kind]: box,
                        },
                    )

    def _states(self) -> tuple[str, ...]:
        """Return the schedule states of the workspace."""
        story = catalogue_for(self._tx, self._workspace).type('HierarchicalRequirement')
        allowed = story.attributes['ScheduleState'].allowed_values or SCHEDULE_STATES
        return tuple(str(state) for state in allowed)

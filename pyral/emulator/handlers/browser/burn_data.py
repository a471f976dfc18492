"""The numbers of a burn-down or burn-up: what was planned, accepted and to do on each day.

They come from the cumulative flow data of the iteration or release. Where there are none, they are
worked out from the items as they are and from what their revisions say they were.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Iterable, Mapping, NamedTuple, Sequence

from ...catalogue.configuration import configuration_of, zone_of
from ...clock import iso, parse_iso
from ...language import where
from ...store.reading import edges, in_workspace, of_types, references, select_page
from ..query import context_of, seen

if TYPE_CHECKING:
    from ...request import Call
    from ...store import Obj

__all__ = ['Burn', 'Day', 'TimeboxDays', 'burn_of', 'timebox_of']

#: More are not read: no page needs them to be true to the last item.
MOST_ITEMS = 5000
MOST_DAYS = 400
#: Names of the first and the last day, and of the type of the flow data.
TIMEBOXES: Mapping[str, tuple[str, str, str]] = {
    'Iteration': ('StartDate', 'EndDate', 'IterationCumulativeFlowData'),
    'Release': ('ReleaseStartDate', 'ReleaseDate', 'ReleaseCumulativeFlowData'),
}
SCHEDULED = 'SchedulableArtifact'
ACCEPTED = 'Accepted'
WEEK = ('monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday')


@dataclass(frozen=True)
class TimeboxDays:
    """An iteration or a release: its days, and the one that it is now.

    :ivar days: its work days; all of its days where the workspace has none.
    """

    obj: Obj
    zone: tzinfo
    days: Sequence[date]
    today: date


class Day(NamedTuple):
    """What a timebox held at the end of a day: points, and hours of tasks."""

    planned: float = 0
    accepted: float = 0
    to_do: float = 0
    estimated: float = 0


@dataclass(frozen=True)
class Burn:
    """The numbers of a chart.

    :ivar by_day: those of the days that have come.
    :ivar collected: whether they come from cumulative flow data.
    """

    timebox: TimeboxDays
    by_day: Mapping[date, Day]
    collected: bool


def timebox_of(call: Call, obj: Obj) -> TimeboxDays | None:
    """Return the days of an iteration or a release; None for what has none."""
    if obj.type not in TIMEBOXES:
        return None
    begin, end, _ = TIMEBOXES[obj.type]
    where_ = zone_of(call.tx, obj.workspace)
    try:
        first = parse_iso(str(obj.doc.get(begin))).astimezone(where_).date()
        last = parse_iso(str(obj.doc.get(end))).astimezone(where_).date()
    except ValueError:
        return None
    length = min((last - first).days + 1, MOST_DAYS)
    if length < 1:
        return None
    every = [first + timedelta(days=number) for number in range(length)]
    works = work_days(call, obj.workspace)
    days = [day for day in every if day.weekday() in works] or every
    return TimeboxDays(obj, where_, days, call.now.astimezone(where_).date())


def work_days(call: Call, workspace: int | None) -> frozenset[int]:
    """Return the days of the week on which a workspace works; every day where none is named."""
    found = configuration_of(call.tx, workspace)
    text = str(found.doc.get('WorkDays') or '') if found is not None else ''
    named = {name.strip().lower() for name in text.split(',')}
    days = frozenset(number for number, name in enumerate(WEEK) if name in named)
    return days or frozenset(range(len(WEEK)))


def burn_of(call: Call, timebox: TimeboxDays) -> Burn:
    """Return the numbers of a timebox up to today."""
    collected = flow_of(call, timebox)
    if collected:
        return Burn(timebox, collected, True)
    return Burn(timebox, worked_out(call, timebox), False)


def asked(call: Call, timebox: TimeboxDays, kind: str, query: str) -> list[Obj]:
    """Return the objects of a type that match, as far as the caller may see them."""
    obj = timebox.obj
    catalogue = call.catalogue(obj.workspace)
    type_def = catalogue.type(kind)
    families = catalogue.family(kind)
    conditions = [
        of_types(families),
        where(query, catalogue, [type_def], context_of(call, obj.workspace)),
        in_workspace(obj.workspace or 0),
        *seen(call, families, obj.workspace),
    ]
    return select_page(call.tx, conditions, [], 1, MOST_ITEMS)[1]


def flow_of(call: Call, timebox: TimeboxDays) -> dict[date, Day]:
    """Return what the cumulative flow data say of the days of a timebox."""
    obj = timebox.obj
    kind = TIMEBOXES[obj.type][2]
    rows = asked(call, timebox, kind, f'({obj.type}ObjectID = {obj.oid})')
    accepted = accepted_states(call, obj.workspace)
    latest: dict[tuple[date, str], Obj] = {}
    for row in rows:
        day = parse_iso(row.created).astimezone(timebox.zone).date()
        key = (day, str(row.doc.get('CardState')))
        if key not in latest or latest[key].created <= row.created:
            latest[key] = row
    found: dict[date, Day] = {}
    for (day, state), row in sorted(latest.items(), key=lambda pair: pair[0]):
        before = found.get(day, Day())
        points = number(row.doc.get('CardEstimateTotal'))
        found[day] = Day(
            before.planned + points,
            before.accepted + (points if state in accepted else 0),
            before.to_do + number(row.doc.get('CardToDoTotal')),
            before.estimated + number(row.doc.get('TaskEstimateTotal')),
        )
    return {day: values for day, values in found.items() if day <= timebox.today}


def accepted_states(call: Call, workspace: int | None) -> frozenset[str]:
    """Return the schedule states of what is accepted: that one, and those behind it."""
    story = call.catalogue(workspace).type('HierarchicalRequirement')
    states = [str(one) for one in story.attributes['ScheduleState'].allowed_values or ()]
    return frozenset(states[states.index(ACCEPTED) :] if ACCEPTED in states else [ACCEPTED])


class Steps:
    """What a number was over time, read back from its present value and the revisions."""

    def __init__(self, present: float, label: str, revisions: Iterable[tuple[str, str]]) -> None:
        phrase = re.compile(
            rf'(?:^|, ){re.escape(label)} '
            r'(?:changed from \[(?P<old>[^\]]*)\] to|added|removed \[(?P<gone>[^\]]*)\])'
        )
        self._present = present
        #: Moment of each change, and the value before it; the latest first.
        self._before: list[tuple[str, float]] = []
        for moment, text in sorted(revisions, reverse=True):
            found = phrase.search(text)
            if found is not None:
                self._before.append((moment, number(found.group('old') or found.group('gone'))))

    def at(self, moment: str) -> float:
        """Return the value that held at a moment."""
        value = self._present
        for changed, before in self._before:
            if changed <= moment:
                break
            value = before
        return value


def worked_out(call: Call, timebox: TimeboxDays) -> dict[date, Day]:
    """Return the numbers of a timebox from its items and their revisions."""
    obj = timebox.obj
    inside = f'({obj.type}.ObjectID = {obj.oid})'
    cards = [one for one in asked(call, timebox, SCHEDULED, inside) if not is_parent(one)]
    tasks = [] if obj.type == 'Release' else asked(call, timebox, 'Task', inside)
    revisions = revisions_of(call, [*cards, *tasks])
    # What came to the timebox later counts from then on.
    joined = re.compile(rf'(?:^|, ){obj.type.upper()} (?:changed from \[[^\]]*\] to|added) \[')
    points, to_do, estimated, since = {}, {}, {}, {}
    for one in (*cards, *tasks):
        told = revisions.get(one.oid, [])
        arrivals = [moment for moment, text in told if joined.search(text)]
        since[one.oid] = max([one.created, *arrivals])
        points[one.oid] = Steps(number(one.doc.get('PlanEstimate')), 'PLAN ESTIMATE', told)
        to_do[one.oid] = Steps(number(one.doc.get('ToDo')), 'TO DO', told)
        estimated[one.oid] = Steps(number(one.doc.get('Estimate')), 'ESTIMATE', told)
    found = {}
    for day in timebox.days if cards or tasks else ():
        if day > timebox.today:
            break
        end = iso(datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=timebox.zone))
        held = [one for one in cards if since[one.oid] <= end]
        done = [one for one in held if (one.doc.get('AcceptedDate') or '9') <= end]
        open_ = [one for one in tasks if since[one.oid] <= end]
        found[day] = Day(
            sum(points[one.oid].at(end) for one in held),
            sum(points[one.oid].at(end) for one in done),
            sum(to_do[one.oid].at(end) for one in open_),
            sum(estimated[one.oid].at(end) for one in open_),
        )
    return found


def is_parent(card: Obj) -> bool:
    """Say whether a story is planned by its children, which count themselves."""
    return number(card.doc.get('DirectChildrenCount')) > 0


def revisions_of(call: Call, objs: Sequence[Obj]) -> dict[int, list[tuple[str, str]]]:
    """Return moment and text of the revisions of objects, by ObjectID."""
    oids = [one.oid for one in objs]
    owner = {edge.member: edge.owner for edge in references(call.tx, oids, ['RevisionHistory'])}
    kept = edges(call.tx, list(owner), ['RevisionHistory'], forward=False)
    rows = call.tx.get_many(edge.member for edge in kept)
    found: dict[int, list[tuple[str, str]]] = {}
    for edge in kept:
        row = rows.get(edge.member)
        if row is not None and row.type == 'Revision':
            told = (row.created, str(row.doc.get('Description') or ''))
            found.setdefault(owner[edge.owner], []).append(told)
    return found


def number(value: Any) -> float:
    """Return a value as a number; what is none counts for nothing."""
    try:
        found = float(value or 0)
    except (TypeError, ValueError):
        return 0
    return found if math.isfinite(found) else 0

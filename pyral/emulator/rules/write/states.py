"""States and what follows from them: schedule and flow states in step, date stamps, day bounds.

Every function looks at an object before it is stored and puts more values into it; none of them
stores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Mapping, Sequence

from ...clock import day_end, day_start, iso, parse_iso

if TYPE_CHECKING:
    from ...model import TypeDef
    from .draft import Draft
    from .unfinished import FlowState, Unfinished

__all__ = [
    'ACCEPTED',
    'COMPLETED',
    'IN_PROGRESS',
    'SCHEDULE_STATES',
    'TIMEBOX_DATES',
    'flow_state',
    'flow_state_order',
    'keep_states',
    'of_own_level',
    'prefix_of',
    'reached',
    'stamped_by',
]

IN_PROGRESS, COMPLETED, ACCEPTED = 'In-Progress', 'Completed', 'Accepted'
#: The schedule states of a workspace that defines none of its own.
SCHEDULE_STATES = ('Defined', IN_PROGRESS, COMPLETED, ACCEPTED)
_OTHER_LEVEL = 'Validation error: {}.State "{}" is a state of another type'
#: The service's own words, label and sentence run together (section 8.4).
_NOT_IN_ORDER = (
    "Validation error: FlowState.ScheduleStateMappingMapped schedule state must be "
    "{} than or equal to {}."
)
#: First letters that the service does not take from the name itself.
_PREFIXES: Mapping[str, str] = {IN_PROGRESS: 'P'}
#: Begin and end of the types that last some days.
TIMEBOX_DATES: Mapping[str, tuple[str, str]] = {
    'Iteration': ('StartDate', 'EndDate'),
    'Release': ('ReleaseStartDate', 'ReleaseDate'),
}


def prefix_of(state: Any) -> str | None:
    """Return the letter that stands for a schedule state."""
    return _PREFIXES.get(state) or str(state or '')[:1] or None


def position(states: Sequence[Any], state: Any) -> int:
    """Return where a state stands in its list; -1 when it is not in it."""
    return states.index(state) if state in states else -1


def reached(states: Sequence[Any], state: Any, wanted: Any) -> bool:
    """Say whether a state is another one or comes after it."""
    return wanted in states and position(states, state) >= position(states, wanted)


def stamped_by(type_def: TypeDef, name: str, state: Any) -> dict[str, bool]:
    """Return the dates that a state stamps, and whether it has been reached with this one.

    :param name: `ScheduleState` or `State`.
    """
    attr = type_def.attributes.get(name)
    if attr is None:
        return {}
    if name == 'ScheduleState':
        states = attr.allowed_values or SCHEDULE_STATES
        return {
            'InProgressDate': reached(states, state, IN_PROGRESS),
            'AcceptedDate': reached(states, state, ACCEPTED),
        }
    if type_def.path != 'Defect':
        return {}
    states = attr.allowed_values or ()
    opened = position(states, 'Open') if 'Open' in states else 1
    return {'OpenedDate': position(states, state) >= opened, 'ClosedDate': state == 'Closed'}


def schedule(draft: Unfinished) -> None:
    """Keep ScheduleState and FlowState in step, and stamp what passing them means."""
    if not (
        draft.creating
        or draft.turned('ScheduleState')
        or draft.turned('FlowState')
        or draft.turned('Project')
    ):
        return
    attr = draft.type_def.attributes['ScheduleState']
    if draft.value('ScheduleState') is None and not draft.given('ScheduleState'):
        draft.put('ScheduleState', attr.default)
    flow, flows = draft.link('FlowState'), draft.flow_states()
    mapping = {one.oid: one.mapping for one in flows}
    if flow in mapping and draft.turned('FlowState'):
        draft.put('ScheduleState', mapping[flow])
    elif flow not in mapping or mapping[flow] != draft.value('ScheduleState'):
        draft.point('FlowState', _first(flows, draft.value('ScheduleState')))
    state = draft.value('ScheduleState')
    if draft.creating or draft.turned('ScheduleState'):
        draft.put('ScheduleStatePrefix', prefix_of(state))
        for date, has_come in stamped_by(draft.type_def, 'ScheduleState', state).items():
            _stamp(draft, date, has_come)
    if draft.turned('FlowState'):
        draft.put('FlowStateChangedDate', draft.stamp)


def defect(draft: Unfinished) -> None:
    """Stamp when a defect was opened and closed; a new one was open from the start."""
    if not draft.creating and not draft.turned('State'):
        return
    come = stamped_by(draft.type_def, 'State', draft.value('State'))
    _stamp(draft, 'OpenedDate', come['OpenedDate'], draft.since)
    _stamp(draft, 'ClosedDate', come['ClosedDate'])


def portfolio(draft: Unfinished) -> None:
    """Stamp when a portfolio item changed its state."""
    if draft.turned('State'):
        draft.put('StateChangedDate', draft.stamp)


def of_own_level(draft: Draft) -> None:
    """Refuse a portfolio state of another level."""
    if not draft.has('StateChangedDate') or not draft.turned('State'):
        return
    state = draft.target('State')
    if state is not None and draft.tx.target(state.oid, 'TypeDef') != draft.type_def.oid:
        draft.refuse(_OTHER_LEVEL.format(draft.type_def.name, state.name))


def flow_state_order(draft: Unfinished) -> None:
    """Let a flow state without a place come last."""
    if draft.lacks('OrderIndex'):
        draft.put('OrderIndex', 1 + max((one.order for one in _others(draft)), default=0))


def flow_state(draft: Unfinished) -> None:
    """Keep the flow states of a project in the order of the schedule states they stand for."""
    flow_state_order(draft)
    if not draft.turned('ScheduleStateMapping') and not draft.turned('OrderIndex'):
        return
    states = draft.type_def.attributes['ScheduleStateMapping'].allowed_values or ()
    own = position(states, draft.value('ScheduleStateMapping'))
    for one in reversed(_others(draft)):
        before = one.order <= draft.value('OrderIndex')
        if before and own < position(states, one.mapping):
            draft.refuse(_NOT_IN_ORDER.format("greater", one.mapping))
            return
        if not before and own > position(states, one.mapping):
            draft.refuse(_NOT_IN_ORDER.format("less", one.mapping))
            return


def task(draft: Unfinished) -> None:
    """Leave nothing to do on a task that is completed."""
    if (
        draft.turned('State')
        and draft.value('State') == COMPLETED
        and not draft.given('ToDo')
        and draft.value('ToDo')
    ):
        draft.put('ToDo', 0.0)


def timebox(draft: Unfinished) -> None:
    """Shift the dates of iterations and releases to the bounds of their days.

    The days are those of the workspace's time zone (WSAPI reference, section 8.8).
    """
    bounds = TIMEBOX_DATES[draft.type_def.path]
    if not any(draft.given(name) for name in bounds):
        return
    zone = draft.zone
    for name, shift in zip(bounds, (day_start, day_end)):
        if draft.given(name) and draft.value(name):
            day = parse_iso(draft.value(name)).astimezone(zone).date()
            try:
                draft.correct(name, iso(shift(day, zone)))
            except OverflowError:
                draft.refuse(
                    "Validation error:"
                    f" {draft.type_def.name}.{draft.type_def.attributes[name].label} is out of"
                    " range"
                )
    start, end = (draft.value(name) for name in bounds)
    if start and end and start > end:
        labels = [draft.type_def.attributes[name].label for name in bounds]
        draft.refuse(
            f"Validation error: {draft.type_def.name}.{labels[1]} should not be before"
            f" {draft.type_def.name}.{labels[0]}"
        )


#: What is kept in step for each type, in this order; portfolio levels under their common name.
_STATE_RULES: Mapping[str, Sequence[Callable[['Unfinished'], None]]] = {
    'Defect': (schedule, defect),
    'DefectSuite': (schedule,),
    'HierarchicalRequirement': (schedule,),
    'Iteration': (timebox,),
    'Objective': (portfolio,),
    'PortfolioItem': (portfolio,),
    'Release': (timebox,),
    'Risk': (schedule,),
    'Task': (task,),
    'TestSet': (schedule,),
}


def keep_states(draft: Unfinished) -> None:
    """Apply the rules of states and dates that the type of an object has."""
    for rule in _STATE_RULES.get(draft.type_def.path.split('/')[0], ()):
        rule(draft)


def _first(flows: Sequence[FlowState], state: Any) -> int | None:
    """Return the first flow state that stands for a schedule state."""
    return next((one.oid for one in flows if one.mapping == state), None)


def _others(draft: Unfinished) -> list[FlowState]:
    return [one for one in draft.flow_states() if one.oid != draft.oid]


def _stamp(draft: Unfinished, name: str, has_come: bool, moment: str | None = None) -> None:
    """Set the date of a state when it is reached, clear it when it is left; never move it."""
    if not has_come:
        draft.put(name, None)
    elif not draft.value(name):
        draft.put(name, moment or draft.stamp)

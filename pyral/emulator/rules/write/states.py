"""States and what follows from them: schedule and flow states in step, stamps, day bounds.

Every function looks at a draft before it is stored and puts more values into it; none of them
stores. They are called for every type and do nothing where the attributes are missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Sequence

from ...clock import day_end, day_start, iso, parse_iso
from ...store import bulk

if TYPE_CHECKING:
    from ...store import Obj
    from .draft import Draft

__all__ = ['STATE_RULES', 'flow_state', 'flow_state_for', 'position', 'schedule_states']

IN_PROGRESS, COMPLETED, ACCEPTED = 'In-Progress', 'Completed', 'Accepted'
_OTHER_LEVEL = 'Validation error: {}.State "{}" is a state of another type'
#: The service's own words, label and sentence run together (section 8.4).
_NOT_IN_ORDER = (
    "Validation error: FlowState.ScheduleStateMappingMapped schedule state must be "
    "{} than or equal to {}."
)
#: First letters that the service does not take from the name itself.
_PREFIXES: Mapping[str, str] = {IN_PROGRESS: 'P'}
#: Begin and end of the types that last some days.
_BOUNDS: Mapping[str, tuple[str, str]] = {
    'Iteration': ('StartDate', 'EndDate'),
    'Release': ('ReleaseStartDate', 'ReleaseDate'),
}


def schedule_states(draft: Draft) -> Sequence[Any]:
    """Return the schedule states of the workspace in their order."""
    return draft.type_def.attributes['ScheduleState'].allowed_values or (
        'Defined',
        IN_PROGRESS,
        COMPLETED,
        ACCEPTED,
    )


def position(states: Sequence[Any], state: Any) -> int:
    """Return where a state stands in its list; -1 when it is not in it."""
    return states.index(state) if state in states else -1


def flow_state_for(draft: Draft, project: int | None, state: Any) -> int | None:
    """Return the first flow state of a project that stands for a schedule state."""
    if project is None:
        return None
    fitting = [
        one
        for one in bulk.in_project(draft.tx, 'FlowState', project)
        if one.doc.get('ScheduleStateMapping') == state
    ]
    fitting.sort(key=lambda one: (one.doc.get('OrderIndex') or 0, one.oid))
    return fitting[0].oid if fitting else None


def schedule(draft: Draft) -> None:
    """Keep ScheduleState and FlowState in step, and stamp what passing them means."""
    if not draft.has('ScheduleState'):
        return
    if not (
        draft.creating
        or draft.turned('ScheduleState')
        or draft.turned('FlowState')
        or draft.turned('Project')
    ):
        return
    if draft.value('ScheduleState') is None and not draft.given('ScheduleState'):
        draft.put('ScheduleState', draft.type_def.attributes['ScheduleState'].default)
    states = schedule_states(draft)
    flow = draft.target('FlowState')
    if flow is not None and draft.turned('FlowState') and _serves(draft, flow):
        draft.put('ScheduleState', flow.doc.get('ScheduleStateMapping'))
    elif (
        flow is None
        or not _serves(draft, flow)
        or flow.doc.get('ScheduleStateMapping') != draft.value('ScheduleState')
    ):
        draft.point(
            'FlowState', flow_state_for(draft, draft.link('Project'), draft.value('ScheduleState'))
        )
    state = draft.value('ScheduleState')
    if draft.creating or draft.turned('ScheduleState'):
        draft.put('ScheduleStatePrefix', _PREFIXES.get(state) or str(state or '')[:1] or None)
        _stamp(draft, 'InProgressDate', position(states, state) >= position(states, IN_PROGRESS))
        _stamp(draft, 'AcceptedDate', position(states, state) >= position(states, ACCEPTED))
    if draft.turned('FlowState'):
        draft.put('FlowStateChangedDate', draft.change.stamp)


def defect(draft: Draft) -> None:
    """Stamp when a defect was opened and closed."""
    if draft.type_def.path != 'Defect' or not (draft.creating or draft.turned('State')):
        return
    attr = draft.type_def.attributes['State']
    states = attr.allowed_values or ()
    state = draft.value('State') if draft.given('State') or not draft.creating else attr.default
    opened = position(states, 'Open') if 'Open' in states else 1
    _stamp(draft, 'OpenedDate', position(states, state) >= opened)
    _stamp(draft, 'ClosedDate', state == 'Closed')


def portfolio(draft: Draft) -> None:
    """Stamp when a portfolio item changed its state, which must be one of its level."""
    if not draft.has('StateChangedDate') or not draft.turned('State'):
        return
    draft.put('StateChangedDate', draft.change.stamp)
    state = draft.target('State')
    if state is not None and draft.tx.target(state.oid, 'TypeDef') != draft.type_def.oid:
        draft.change.refuse(_OTHER_LEVEL.format(draft.type_def.name, state.name))


def flow_state(draft: Draft) -> None:
    """Keep the flow states of a project in the order of the schedule states they stand for.

    A new one without a place comes last.
    """
    others = (
        []
        if draft.link('Project') is None
        else [
            one
            for one in bulk.in_project(draft.tx, 'FlowState', draft.link('Project') or 0)
            if draft.obj is None or one.oid != draft.obj.oid
        ]
    )
    if draft.value('OrderIndex') is None:
        draft.put('OrderIndex', 1 + max((_place(one) for one in others), default=0))
    if not draft.turned('ScheduleStateMapping') and not draft.turned('OrderIndex'):
        return
    states = draft.type_def.attributes['ScheduleStateMapping'].allowed_values or ()
    own = position(states, draft.value('ScheduleStateMapping'))
    for one in sorted(others, key=_place, reverse=True):
        mapped = one.doc.get('ScheduleStateMapping')
        before = _place(one) <= draft.value('OrderIndex')
        if before and own < position(states, mapped):
            draft.change.refuse(_NOT_IN_ORDER.format("greater", mapped))
            return
        if not before and own > position(states, mapped):
            draft.change.refuse(_NOT_IN_ORDER.format("less", mapped))
            return


def task(draft: Draft) -> None:
    """Leave nothing to do on a task that is completed."""
    if (
        draft.type_def.path == 'Task'
        and draft.turned('State')
        and draft.value('State') == COMPLETED
        and not draft.given('ToDo')
        and draft.value('ToDo')
    ):
        draft.put('ToDo', 0.0)


def timebox(draft: Draft) -> None:
    """Shift the dates of iterations and releases to the bounds of their days.

    The days are those of the workspace's time zone (WSAPI reference, section 8.8).
    """
    bounds = _BOUNDS.get(draft.type_def.path)
    if bounds is None or not any(draft.given(name) for name in bounds):
        return
    zone = draft.change.zone
    for name, shift in zip(bounds, (day_start, day_end)):
        if draft.given(name) and draft.value(name):
            day = parse_iso(draft.value(name)).astimezone(zone).date()
            try:
                draft.put(name, iso(shift(day, zone)))
            except OverflowError:
                draft.change.refuse(
                    "Validation error:"
                    f" {draft.type_def.name}.{draft.type_def.attributes[name].label} is out of"
                    " range"
                )
    start, end = (draft.value(name) for name in bounds)
    if start and end and start > end:
        labels = [draft.type_def.attributes[name].label for name in bounds]
        draft.change.refuse(
            f"Validation error: {draft.type_def.name}.{labels[1]} should not be before"
            f" {draft.type_def.name}.{labels[0]}"
        )


#: In this order, before a draft is stored.
STATE_RULES = (schedule, defect, portfolio, task, timebox)


def _place(flow: Obj) -> int:
    return int(flow.doc.get('OrderIndex') or 0)


def _serves(draft: Draft, flow: Obj) -> bool:
    """Say whether a flow state belongs to the project of the draft."""
    return draft.tx.target(flow.oid, 'Project') == draft.link('Project')


def _stamp(draft: Draft, name: str, reached: bool) -> None:
    if not reached:
        draft.put(name, None)
    elif not draft.value(name):
        draft.put(name, draft.change.stamp)

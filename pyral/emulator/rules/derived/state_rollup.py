"""State roll-up: tasks and children move the schedule state of their story or work product.

Which state it becomes is decided by pure functions; the others read the store and write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from ..write.completion import prepare
from ..write.draft import Draft
from ..write.saving import save
from ..write.states import COMPLETED, IN_PROGRESS

if TYPE_CHECKING:
    from ...store import Obj
    from ..write.change import Change
    from .facts import Facts

__all__ = ['follow_children', 'follow_tasks', 'from_children', 'from_tasks']


def from_tasks(states: Sequence[Any], current: Any, tasks: Sequence[Any]) -> Any:
    """Return the schedule state after a task has changed its state, or None for "as it is".

    Work begins with the first task that moves, is completed with the last one, and goes on when a
    task of completed work is opened again. Accepted work stays accepted.

    :param states: the schedule states in order.
    :param current: the one the work product has.
    :param tasks: the states of all its tasks.
    """
    if not tasks or current not in states or COMPLETED not in states or IN_PROGRESS not in states:
        return None
    here, done = states.index(current), states.index(COMPLETED)
    if here > done:
        return None
    if all(state == COMPLETED for state in tasks):
        return COMPLETED if here < done else None
    begun = any(state in (IN_PROGRESS, COMPLETED) for state in tasks)
    if here == done or (begun and here < states.index(IN_PROGRESS)):
        return IN_PROGRESS
    return None


def from_children(states: Sequence[Any], children: Sequence[Any]) -> Any:
    """Return the schedule state of a story with children, or None when it cannot be told.

    :param states: the schedule states in order.
    :param children: the schedule states of all children.
    """
    places = [states.index(state) for state in children if state in states]
    if not places or IN_PROGRESS not in states:
        return None
    first, last, begun = min(places), max(places), states.index(IN_PROGRESS)
    if first == last or last < begun:
        return states[last]
    return states[max(first, begun)]


def follow_children(facts: Facts, change: Change, obj: Obj) -> bool:
    """Let a story with children take its schedule state from them; say whether it changed."""
    if obj.type != 'HierarchicalRequirement':
        return False
    children = facts.sources(obj.oid, 'Parent', obj.type)
    fresh = change.tx.get(obj.oid)
    if not children or fresh is None:
        return False
    draft = Draft(change, change.type_of(obj), fresh)
    states = draft.type_def.attributes['ScheduleState'].allowed_values or ()
    return _set_state(
        draft, from_children(states, [child.doc.get('ScheduleState') for child in children])
    )


def follow_tasks(facts: Facts, change: Change, oid: int) -> bool:
    """Let the tasks of a work product move its schedule state, where its project wants that.

    :returns: whether they did.
    """
    obj = change.tx.get(oid)
    if obj is None or 'ScheduleState' not in change.type_of(obj).attributes:
        return False
    project = None if obj.project is None else change.tx.get(obj.project)
    if project is not None and project.doc.get('TaskStateRollupEnabled') is False:
        return False
    tasks = facts.sources(oid, 'WorkProduct', 'Task')
    draft = Draft(change, change.type_of(obj), obj)
    states = draft.type_def.attributes['ScheduleState'].allowed_values or ()
    return _set_state(
        draft,
        from_tasks(states, draft.value('ScheduleState'), [task.doc.get('State') for task in tasks]),
    )


def _set_state(draft: Draft, state: Any) -> bool:
    if state is None or state == draft.value('ScheduleState'):
        return False
    draft.put('ScheduleState', state)
    prepare(draft)
    save(draft, derived=True)
    return True

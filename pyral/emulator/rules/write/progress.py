"""State roll-up: which schedule state tasks or children give a work product; pure functions."""

from __future__ import annotations

from typing import Any, Sequence

from .states import COMPLETED, IN_PROGRESS

__all__ = ['from_children', 'from_tasks']


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

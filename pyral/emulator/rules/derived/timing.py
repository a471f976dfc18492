"""Derived values about time: who waits for what, what is late, how much a person has taken on.

The rules are functions of one object and of `Facts`, as those of `derive`, which lists them. The
protocol names these attributes without saying how they come about; each rule states its reading.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from ..write.states import TIMEBOX_DATES
from .facts import Facts, Values

if TYPE_CHECKING:
    from ...store import Obj
    from ..write.draft import Draft

__all__ = [
    'END',
    'INHERITED',
    'PREDECESSORS',
    'capacity',
    'children',
    'predecessors',
    'timebox_moves',
]

#: The edge from a story to one it has to wait for.
PREDECESSORS = 'HierarchicalRequirement.Predecessors'
#: When the timebox of a story ends; kept under a name of our own for what is above it.
END = '_end'
#: What a story shows of its predecessors, and a portfolio item of the stories below it.
INHERITED = {
    'PredecessorNotScheduled': 'ChildStoryPredecessorNotScheduled',
    'PredecessorScheduledInSameOrLaterIteration': (
        'ChildStoryPredecessorScheduledInSameOrLaterIteration'
    ),
}


def predecessors(facts: Facts, obj: Obj) -> Values:
    """Say whether a predecessor has no iteration, or one that begins no earlier than its own."""
    own = facts.target(obj.oid, 'Iteration')
    begin = None if own is None else own.doc.get('StartDate')
    ahead = [facts.target(one.oid, 'Iteration') for one in facts.targets(obj.oid, PREDECESSORS)]
    return {
        END: _end(facts, obj, own),
        'PredecessorNotScheduled': any(one is None for one in ahead),
        'PredecessorScheduledInSameOrLaterIteration': (
            begin is not None
            and any((one.doc.get('StartDate') or '') >= begin for one in ahead if one is not None)
        ),
    }


def children(facts: Facts, obj: Obj, stories: Sequence[Obj], items: Sequence[Obj]) -> Values:
    """Pass on what the stories say of their predecessors, and count the late ones.

    A story is late when its iteration, or without one its release, ends after the release of the
    portfolio item; without a release the planned end counts.

    :param stories: the stories directly below a portfolio item.
    :param items: the portfolio items directly below it.
    """
    values: Values = {
        above: (
            any(one.doc.get(name) is True for one in stories)
            or any(one.doc.get(above) is True for one in items)
        )
        for name, above in INHERITED.items()
    }
    release = facts.target(obj.oid, 'Release')
    end = obj.doc.get('PlannedEndDate') if release is None else release.doc.get('ReleaseDate')
    values['LateChildCount'] = (
        0 if end is None else sum(1 for one in stories if (one.doc.get(END) or '') > end)
    )
    return values


def capacity(facts: Facts, obj: Obj) -> Values:
    """Sum up the estimates of a user's tasks in an iteration, and their share of the capacity."""
    user, iteration = facts.leads(obj.oid, 'User'), facts.target(obj.oid, 'Iteration')
    taken = 0.0 if user is None or iteration is None else facts.estimates(iteration.oid, user)
    available = obj.doc.get('Capacity')
    return {'TaskEstimates': taken, 'Load': round(taken / available, 4) if available else 0.0}


def timebox_moves(draft: Draft) -> None:
    """Let everything scheduled in an iteration or a release that moves be worked out again."""
    if draft.obj is not None and any(
        draft.turned(name) for name in TIMEBOX_DATES[draft.type_def.path]
    ):
        draft.change.stale.update(draft.tx.sources(draft.obj.oid, draft.type_def.path))


def _end(facts: Facts, story: Obj, iteration: Obj | None) -> Any:
    """Return when the timebox ends that a story is scheduled in."""
    timebox = iteration or facts.target(story.oid, 'Release')
    return None if timebox is None else timebox.doc.get(TIMEBOX_DATES[timebox.type][1])

"""Moves: what a change of project or parent means for timeboxes, parents and parts.

WSAPI reference, sections 4.4 and 8.9. The first functions look at an object before it is stored and
change more of it; `move_parts` and `unschedule` write what follows from it elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Mapping

from ...store import bulk
from ...store.ownership import OWNED
from .allow import permit

if TYPE_CHECKING:
    from ...store import Obj
    from .change import Change
    from .draft import Draft
    from .unfinished import Unfinished

__all__ = [
    'TIMEBOXES',
    'follow_project',
    'keep_leaf',
    'move_parts',
    'one_parent',
    'scheduled',
    'STORY',
]

STORY = 'HierarchicalRequirement'
TIMEBOXES = ('Iteration', 'Release')
_TWO_PARENTS = "Validation error: {}.Parent and {}.PortfolioItem exclude each other"
_HAS_CHILDREN = "Validation error: {}.{} should be null: it has children"
#: Type of a part -> the reference to what it moves with, and the attributes that it takes along.
_FOLLOWING: Mapping[str, tuple[str, tuple[str, ...]]] = {
    'TestCase': ('WorkProduct', ('Project',)),
    **{path: (owned.by[0], owned.takes) for path, owned in OWNED.items() if owned.takes},
}
#: Such a reference -> the collection that owners have; without it they need not be asked.
_COLLECTIONS: Mapping[str, tuple[str, ...]] = {
    'Artifact': ('PullRequests',),
    'Iteration': ('UserIterationCapacities',),
    'TestCase': ('Results',),
    'WorkProduct': ('Tasks', 'TestCases'),
}


def one_parent(draft: Unfinished) -> None:
    """Let a story belong to another story or to a portfolio item; what is set last counts.

    When one write sets both, the story above it counts.
    """
    if draft.type_def.path != STORY or None in (draft.link('Parent'), draft.link('PortfolioItem')):
        return
    moved = [name for name in ('Parent', 'PortfolioItem') if draft.turned(name)]
    if not moved:
        return
    other = 'PortfolioItem' if moved[0] == 'Parent' else 'Parent'
    draft.point(other, None)
    if draft.link(other) is not None:
        draft.refuse(_TWO_PARENTS.format(STORY, STORY))


def follow_project(draft: Draft) -> None:
    """Give what moves to another project the timeboxes of the same names there, or none."""
    if draft.creating or not draft.turned('Project'):
        return
    project = draft.link('Project')
    for name in TIMEBOXES:
        attr = draft.type_def.attributes.get(name)
        if attr is None or attr.read_only or draft.given(name):
            continue
        held = draft.target(name)
        if held is not None and project is not None and held.project != project:
            there = bulk.in_project(draft.tx, name, project)
            draft.point(name, next((one.oid for one in there if one.name == held.name), None))


def keep_leaf(draft: Draft) -> None:
    """Refuse a timebox for a story with children: those have timeboxes of their own."""
    if draft.type_def.path != STORY or draft.obj is None:
        return
    wanted = [name for name in TIMEBOXES if draft.turned(name) and draft.link(name) is not None]
    if not wanted:
        return
    children = draft.members.get('Children')
    if children is None:
        children = list(draft.tx.get_many(draft.tx.sources(draft.obj.oid, 'Parent')))
    for name in wanted if children else ():
        draft.refuse(_HAS_CHILDREN.format(STORY, name))


def scheduled(change: Change, story: int) -> dict[str, None]:
    """Return the timeboxes that a story which gets children loses."""
    return {name: None for name in TIMEBOXES if change.tx.target(story, name) is not None}


def move_parts(draft: Draft, owner: Obj, moved: Mapping[str, int | None]) -> None:
    """Let the parts of an object follow it to another project, iteration or release.

    :param moved: the references of the object that have changed.
    :raises NotAuthorized: when one of them is not the caller's to change.
    """
    tx = draft.tx
    waiting = [(draft.type_def, owner)]
    while waiting:
        type_def, one = waiting.pop()
        for reference, collections in _COLLECTIONS.items():
            if type_def.attributes.keys().isdisjoint(collections):
                continue
            if not any(
                takes
                for by, takes in _FOLLOWING.values()
                if by == reference and moved.keys() & takes
            ):
                continue
            for part in tx.get_many(tx.sources(one.oid, reference)).values():
                by, takes = _FOLLOWING.get(part.type, ('', ()))
                if by != reference or not moved.keys() & takes:
                    continue
                permit(draft.change, part)
                for name in takes:
                    if name in moved:
                        tx.set_link(part.oid, name, tx.target(one.oid, name))
                waiting.append((draft.change.type_of(part), part))

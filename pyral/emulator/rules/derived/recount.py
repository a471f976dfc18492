"""Batch recomputation of every derived value of a store, as after building a world.

Works upwards (tests, then stories from the leaves, then portfolio levels, then timeboxes) and in
slices: what a slice needs is read, what differs is written, and both are forgotten before the next
one, so that a large world needs hardly more memory than a small one.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...catalogue.catalogue import catalogue_for
from ...store import bulk
from ...store.chunks import chunks
from ..write.moving import STORY, TIMEBOXES
from ..write.states import ACCEPTED, IN_PROGRESS, prefix_of, reached
from .derive import DEPENDENT_BACK, FEATURE, LEVELS, derive, level_of
from .state_rollup import from_children
from .store_facts import INWARD, StoreFacts

if TYPE_CHECKING:
    from ...model import AttrDef
    from ...store import Obj, Tx

__all__ = ['bring_up_to_date', 'recompute_all']

#: So many objects are in one slice,
PORTION = 2000
#: and they have so many neighbours together, unless one alone has more.
SLICE = 4000
#: References whose targets the rules read: from the objects themselves, and from their neighbours.
REFERENCES = ('Iteration', 'Parent', 'PortfolioItem', 'PreliminaryEstimate', 'Release', 'TestCase')
#: Types of neighbours whose references are read too.
FURTHER = (STORY, 'TestCaseResult')
#: What the names of all portfolio types begin with.
PORTFOLIO = 'PortfolioItem/'


def recompute_all(tx: Tx) -> int:
    """Bring every derived value of the store up to date.

    A story with children has no timebox of its own; one that was given to it goes.
    States of stories with children follow them, without revisions. Call it after all objects and
    edges are in.

    :returns: how many objects were changed; a story that lost its timebox may count twice.
    """
    changed = _unschedule(tx)
    recount = _Recount(tx)
    for oids in _slices(tx):
        changed += recount.bring(oids)
        tx.forget()
    return changed


def bring_up_to_date(tx: Tx) -> None:
    """Work out what a database of an earlier version does not hold: the features of stories."""
    if bulk.has_edges(tx, 'PortfolioItem', STORY) and not bulk.has_edges(tx, FEATURE, STORY):
        recompute_all(tx)


def _unschedule(tx: Tx) -> int:
    """Take stories with children and their tasks out of their timeboxes; return how many left."""
    left = 0
    for parents in chunks(bulk.parents(tx, 'Parent', STORY), PORTION):
        tasks = bulk.pointing(tx, parents, 'WorkProduct', 'Task')
        edges = tx.edges_of([*parents, *tasks])
        scheduled = {
            name: [oid for oid, found in edges.items() if found.get(name)] for name in TIMEBOXES
        }
        for name, oids in scheduled.items():
            bulk.write_links(tx, name, dict.fromkeys(oids))
        left += len({oid for oids in scheduled.values() for oid in oids})
        tx.forget()
    return left


def _slices(tx: Tx) -> Iterator[Sequence[int]]:
    """Yield the objects that have derived values, in slices; each after what it is derived from."""
    below = heights(bulk.edge_rows(tx, 'Parent'))
    ordered: dict[tuple[int, int], array[int]] = {}
    for oid, type_path in bulk.identities(tx, LEVELS, PORTFOLIO):
        level = level_of(type_path)
        if level is not None:
            ordered.setdefault((level, below.get(oid, 0)), array('q')).append(oid)
    below.clear()
    for _, oids in sorted(ordered.items()):
        for portion in chunks(oids, PORTION):
            yield from cut(portion, bulk.degrees(tx, portion, DEPENDENT_BACK, INWARD), SLICE)


def cut(oids: Sequence[int], degrees: Mapping[int, int], most: int) -> Iterator[Sequence[int]]:
    """Cut a list of objects where they have too many neighbours together.

    :param degrees: how many neighbours each has; those that have none may be left out.
    """
    piece: list[int] = []
    weight = 0
    for oid in oids:
        weight += degrees.get(oid, 0)
        if piece and weight > most:
            yield piece
            piece, weight = [], degrees.get(oid, 0)
        piece.append(oid)
    if piece:
        yield piece


def heights(edges: Iterable[tuple[int, int]]) -> dict[int, int]:
    """Return how far down a tree goes below its objects; those without children are left out.

    :param edges: pairs of child and parent. A circle, which no sound data has, ends.
    """
    parent_of = dict(edges)
    found: dict[int, int] = {}
    for child, parent in parent_of.items():
        height, seen, here = 1, {child}, parent
        while here not in seen and found.get(here, 0) < height:
            found[here] = height
            seen.add(here)
            if here not in parent_of:
                break
            height, here = height + 1, parent_of[here]
    return found


class _Recount:
    """What stays known from slice to slice: the attributes of types and the flow of projects."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._attributes: dict[tuple[int | None, str], Mapping[str, AttrDef] | None] = {}
        self._flow: dict[int, dict[Any, int]] = {}

    def bring(self, oids: Sequence[int]) -> int:
        """Bring the derived values of some objects up to date; return how many were changed.

        None of them may be derived from another.
        """
        tx = self._tx
        facts = StoreFacts(tx, tuple(DEPENDENT_BACK), oids)
        self._read_around(facts, oids)
        documents: dict[int, dict[str, Any]] = {}
        links: dict[str, dict[int, int | None]] = {}
        for obj in tx.get_many(oids).values():
            attributes = self._attributes_of(obj)
            if attributes is None:
                continue
            values = derive(facts, obj)
            if obj.type == STORY:
                values.update(self._state(facts, obj, attributes['ScheduleState']))
            for name, value in values.items():
                attr = attributes.get(name)
                if name == FEATURE or (attr is not None and attr.type == 'OBJECT'):
                    if facts.leads(obj.oid, name) != value:
                        links.setdefault(name, {})[obj.oid] = value
                elif (attr is not None or name.startswith('_')) and obj.doc.get(name) != value:
                    documents.setdefault(obj.oid, {})[name] = value
        bulk.merge_documents(tx, documents)
        for name, targets in links.items():
            bulk.write_links(tx, name, targets)
        return len(documents.keys() | {oid for targets in links.values() for oid in targets})

    def _read_around(self, facts: StoreFacts, oids: Sequence[int]) -> None:
        """Read what the rules look at for some objects, in few statements."""
        tx = self._tx
        tx.get_many(oids)
        facts.read(oids)
        further = [oid for oid, obj in tx.get_many(facts.others()).items() if obj.type in FURTHER]
        edges = tx.edges_of([*oids, *further])
        tx.get_many(
            {oid for found in edges.values() for name in REFERENCES for oid in found.get(name, ())}
        )
        seen: set[int] = set()
        while not seen.issuperset(edges):
            seen.update(edges)
            above = {oid for found in edges.values() for oid in found.get('Parent', ())}
            edges = tx.edges_of(above - seen)

    def _attributes_of(self, obj: Obj) -> Mapping[str, AttrDef] | None:
        """Return the attributes of an object's type in its workspace."""
        key = (obj.workspace, obj.type)
        if key not in self._attributes:
            found = catalogue_for(self._tx, obj.workspace).resolve(obj.type)
            self._attributes[key] = None if found is None else found.attributes
        return self._attributes[key]

    def _state(self, facts: StoreFacts, obj: Obj, attr: AttrDef) -> dict[str, Any]:
        """Return the schedule state a story takes from its children, and the flow state with it."""
        children = facts.sources(obj.oid, 'Parent', STORY)
        states = attr.allowed_values or ()
        state = from_children(states, [child.doc.get('ScheduleState') for child in children])
        if state is None or state == obj.doc.get('ScheduleState'):
            return {}
        values: dict[str, Any] = {'ScheduleState': state, 'ScheduleStatePrefix': prefix_of(state)}
        values.update(_reached(states, state, children))
        flow = self._flow_state(obj.project, state)
        if flow is not None:
            values['FlowState'] = flow
        return values

    def _flow_state(self, project: int | None, state: Any) -> int | None:
        """Return the first flow state of a project that stands for a schedule state."""
        if project is None:
            return None
        if project not in self._flow:
            flow = bulk.in_project(self._tx, 'FlowState', project)
            flow.sort(key=lambda one: (one.doc.get('OrderIndex') or 0, one.oid), reverse=True)
            self._flow[project] = {one.doc.get('ScheduleStateMapping'): one.oid for one in flow}
        return self._flow[project].get(state)


def _reached(states: Sequence[Any], state: Any, children: Sequence[Obj]) -> dict[str, Any]:
    """Return when work on a story with children began, and when the last of it was accepted."""
    begun = [child.doc['InProgressDate'] for child in children if child.doc.get('InProgressDate')]
    ended = [child.doc['AcceptedDate'] for child in children if child.doc.get('AcceptedDate')]
    values: dict[str, Any] = {}
    for name, date, wanted in (
        ('InProgressDate', min(begun, default=None), IN_PROGRESS),
        ('AcceptedDate', max(ended, default=None), ACCEPTED),
    ):
        if date and reached(states, state, wanted):
            values[name] = date
    return values

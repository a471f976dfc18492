"""Batch recomputation of every derived value of a store, as after building a world.

Reads what the rules of `derive` look at once, in slices, and keeps only those parts; works upwards
(tasks and tests, then stories from the leaves, then portfolio levels, then timeboxes) and writes
what differs in bulk.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...catalogue.catalogue import catalogue_for
from ...store import bulk
from ..write.moving import STORY, TIMEBOXES
from ..write.states import ACCEPTED, IN_PROGRESS, prefix_of, reached
from .derive import DERIVED, FEATURE, SCHEDULABLE, derive, level_of
from .state_rollup import from_children
from .timing import PREDECESSORS

if TYPE_CHECKING:
    from ...model import AttrDef
    from ...store import Obj, Tx

__all__ = ['bring_up_to_date', 'recompute_all']

#: Types whose objects the rules look at; portfolio items are known by their prefix.
TYPES = (
    'Task',
    'TestCase',
    'TestCaseResult',
    'Defect',
    'DefectSuite',
    'HierarchicalRequirement',
    'TestSet',
    'Risk',
    'Iteration',
    'Release',
    'Milestone',
    'Tag',
    'Project',
    'Build',
    'BuildDefinition',
    'PreliminaryEstimate',
    'FlowState',
    'UserIterationCapacity',
    'User',
)
PORTFOLIO = 'PortfolioItem/'
#: Edges the rules follow.
EDGES = (
    'WorkProduct',
    'TestCase',
    'TestSet',
    'Requirement',
    'Parent',
    'PortfolioItem',
    'Iteration',
    'Release',
    'BuildDefinition',
    'PreliminaryEstimate',
    'LastResult',
    'LastBuild',
    'FlowState',
    'Project',
    'TestSet.TestCases',
    'DefectSuite.Defects',
    'Milestone.Artifacts',
    'Milestone.Projects',
    'Artifact.Tags',
    'UnifiedParent',
    FEATURE,
    'User',
    PREDECESSORS,
)
#: Parts of a document the rules read, besides the derived ones themselves.
READ = (
    'Actuals',
    'Estimate',
    'ToDo',
    'State',
    'Blocked',
    'Verdict',
    'Date',
    'Build',
    'Status',
    'Start',
    'PlanEstimate',
    'ScheduleState',
    'AcceptedDate',
    'InProgressDate',
    'Value',
    'CountValue',
    'OrderIndex',
    'ScheduleStateMapping',
    'StartDate',
    'EndDate',
    'ReleaseDate',
    'PlannedEndDate',
    'Capacity',
)


def recompute_all(tx: Tx) -> int:
    """Bring every derived value of the store up to date.

    A story with children has no timebox of its own; one that was given to it goes.
    States of stories with children follow them, without revisions. Call it after all objects and
    edges are in.

    :returns: how many objects were changed.
    """
    facts = LoadedFacts(tx)
    documents: dict[int, dict[str, Any]] = {}
    links: dict[str, dict[int, int | None]] = {}
    for obj in facts.ordered():
        attributes = facts.attributes(obj)
        if attributes is None:
            continue
        values = derive(facts, obj)
        if obj.type == STORY:
            values.update(_state(facts, obj, attributes['ScheduleState']))
            for oid, name in _unscheduled(facts, obj):
                links.setdefault(name, {})[oid] = None
        for name, value in values.items():
            attr = attributes.get(name)
            if name == FEATURE or (attr is not None and attr.type == 'OBJECT'):
                if facts.first(obj.oid, name) != value:
                    links.setdefault(name, {})[obj.oid] = value
            elif (attr is not None or name.startswith('_')) and obj.doc.get(name) != value:
                documents.setdefault(obj.oid, {})[name] = value
                obj.doc[name] = value
    bulk.merge_documents(tx, documents)
    for name, targets in links.items():
        bulk.write_links(tx, name, targets)
    return len(documents.keys() | {oid for targets in links.values() for oid in targets})


def bring_up_to_date(tx: Tx) -> None:
    """Work out what a database of an earlier version does not hold: the features of stories."""
    if bulk.has_edges(tx, 'PortfolioItem', STORY) and not bulk.has_edges(tx, FEATURE, STORY):
        recompute_all(tx)


class LoadedFacts:
    """Answer from memory what the rules ask; made once for a whole store."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._out: dict[str, dict[int, list[int]]] = {edge: {} for edge in EDGES}
        self._in: dict[str, dict[int, list[int]]] = {edge: {} for edge in EDGES}
        self._attributes: dict[tuple[int | None, str], Mapping[str, AttrDef] | None] = {}
        self._flow: dict[tuple[int, Any], int] = {}
        # Derived values are read too, so that only what differs is written.
        names = (*READ, *DERIVED)
        self._objs = {obj.oid: obj for obj in bulk.slim_objects(tx, TYPES, PORTFOLIO, names)}
        for source, edge, target in bulk.edge_rows(tx, EDGES):
            self._out[edge].setdefault(source, []).append(target)
            self._in[edge].setdefault(target, []).append(source)

    def ordered(self) -> Iterable[Obj]:
        """Return the objects that have derived values, each after those it is derived from."""
        known = [
            (level, self._height(obj), obj.oid)
            for obj in self._objs.values()
            for level in (level_of(obj.type),)
            if level is not None
        ]
        known.sort()
        return [self._objs[oid] for _, _, oid in known]

    def attributes(self, obj: Obj) -> Mapping[str, AttrDef] | None:
        """Return the attributes of an object's type in its workspace."""
        key = (obj.workspace, obj.type)
        if key not in self._attributes:
            found = catalogue_for(self._tx, obj.workspace).resolve(obj.type)
            self._attributes[key] = None if found is None else found.attributes
        return self._attributes[key]

    def first(self, oid: int, edge: str) -> int | None:
        """Return the ObjectID an edge leads to, whether it is live or not."""
        found = self._out.get(edge, {}).get(oid)
        return found[0] if found else None

    def drop(self, oid: int, edge: str) -> bool:
        """Forget the edges of an object; say whether there were any."""
        targets = self._out[edge].pop(oid, [])
        for target in targets:
            self._in[edge][target].remove(oid)
        return bool(targets)

    def flow_state(self, project: int | None, state: Any) -> int | None:
        """Return the first flow state of a project that stands for a schedule state."""
        if not self._flow:
            flows = [one for one in self._objs.values() if one.type == 'FlowState']
            flows.sort(key=lambda one: (one.doc.get('OrderIndex') or 0, one.oid))
            for one in flows:
                project_of = self.first(one.oid, 'Project')
                self._flow.setdefault(
                    (project_of or 0, one.doc.get('ScheduleStateMapping')), one.oid
                )
        return self._flow.get((project or 0, state))

    def sources(self, oid: int, edge: str, *types: str) -> Sequence[Obj]:
        """Return the objects of some types that point to an object."""
        return [
            obj for obj in self._live(self._in[edge].get(oid, ())) if not types or obj.type in types
        ]

    def targets(self, oid: int, edge: str) -> Sequence[Obj]:
        """Return the objects an object points to."""
        return list(self._live(self._out[edge].get(oid, ())))

    def target(self, oid: int, edge: str) -> Obj | None:
        """Return the one object an object points to."""
        found = self.first(oid, edge)
        return None if found is None else self._objs.get(found)

    def leads(self, oid: int, edge: str) -> int | None:
        """Return where an edge leads, though the object there may be deleted."""
        return self.first(oid, edge)

    def count_sources(self, oid: int, edge: str) -> int:
        """Return how many objects point to an object."""
        return len(self.sources(oid, edge))

    def estimates(self, iteration: int, user: int) -> float:
        """Return the sum of the estimates of a user's tasks in an iteration."""
        return bulk.estimates(self._tx, iteration, user)

    def sums(self, oid: int, edge: str, keys: Sequence[str], accepted: bool) -> Mapping[str, float]:
        """Return sums over the schedulable artifacts that point to an object."""
        every = [
            obj
            for obj in self.sources(oid, edge, *SCHEDULABLE)
            if not accepted or obj.doc.get('AcceptedDate')
        ]
        return {key: round(float(sum(obj.doc.get(key) or 0 for obj in every)), 2) for key in keys}

    def _live(self, oids: Iterable[int]) -> Iterable[Obj]:
        return (self._objs[oid] for oid in oids if oid in self._objs)

    def _height(self, obj: Obj) -> int:
        """Return how far down a tree goes below an object, as a sort key: leaves come first."""
        if obj.type != 'HierarchicalRequirement' and not obj.type.startswith(PORTFOLIO):
            return 0
        height, level, seen = 0, [obj.oid], {obj.oid}
        while level:
            level = [
                child
                for oid in level
                for child in self._in['Parent'].get(oid, ())
                if child not in seen
            ]
            seen.update(level)
            height += 1
        return height


def _unscheduled(facts: LoadedFacts, obj: Obj) -> list[tuple[int, str]]:
    """Take a story with children and its tasks out of their timeboxes; return what they leave."""
    if not facts.sources(obj.oid, 'Parent', STORY):
        return []
    every = [obj.oid, *(task.oid for task in facts.sources(obj.oid, 'WorkProduct', 'Task'))]
    return [(oid, name) for oid in every for name in TIMEBOXES if facts.drop(oid, name)]


def _state(facts: LoadedFacts, obj: Obj, attr: AttrDef) -> dict[str, Any]:
    """Return the schedule state a story takes from its children, and the flow state with it."""
    children = facts.sources(obj.oid, 'Parent', 'HierarchicalRequirement')
    states = attr.allowed_values or ()
    state = from_children(states, [child.doc.get('ScheduleState') for child in children])
    if state is None or state == obj.doc.get('ScheduleState'):
        return {}
    values: dict[str, Any] = {'ScheduleState': state, 'ScheduleStatePrefix': prefix_of(state)}
    values.update(_reached(states, state, children))
    flow = facts.flow_state(obj.project, state)
    if flow is not None:
        values['FlowState'] = flow
    return values


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

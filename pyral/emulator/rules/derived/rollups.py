"""Roll-ups: derived values are kept true after one write, or for a whole world after building.

Derived values are stored like any other, so that queries and sorting see them. `settle` works
from the objects a change has touched outwards; `recompute_all` reads everything once. Both use the
rules of `derive`. Neither counts a version up: derived values are not a change of the object.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...catalogue.catalogue import catalogue_for
from ...store import bulk
from ...store.reading import edges as edges_of
from .derive import DEPENDENT_BACK, DEPENDENT_ON, SCHEDULABLE, derive, level_of
from .recount import recompute_all
from .state_rollup import follow_children, follow_tasks

if TYPE_CHECKING:
    from ...model import TypeDef
    from ...store import Obj, Tx
    from ..write.change import Change

__all__ = ['StoreFacts', 'recompute', 'recompute_all', 'settle']

#: How often one object may be worked out for one write; a guard, never reached by sound data.
PATIENCE = 25


class StoreFacts:
    """Answer from the store, one statement a question."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    def sources(self, oid: int, edge: str, *types: str) -> Sequence[Obj]:
        """Return the objects of some types that point to an object."""
        found = self._tx.get_many(self._tx.sources(oid, edge)).values()
        return [one for one in found if not types or one.type in types]

    def targets(self, oid: int, edge: str) -> Sequence[Obj]:
        """Return the objects an object points to."""
        return list(self._tx.get_many(self._tx.targets(oid, edge)).values())

    def target(self, oid: int, edge: str) -> Obj | None:
        """Return the one object an object points to."""
        found = self._tx.target(oid, edge)
        return None if found is None else self._tx.get(found)

    def leads(self, oid: int, edge: str) -> int | None:
        """Return where an edge leads, though the object there may be deleted."""
        return self._tx.target(oid, edge)

    def count_sources(self, oid: int, edge: str) -> int:
        """Return how many objects point to an object."""
        return bulk.count_sources(self._tx, oid, edge)

    def estimates(self, iteration: int, user: int) -> float:
        """Return the sum of the estimates of a user's tasks in an iteration."""
        return bulk.estimates(self._tx, iteration, user)

    def sums(self, oid: int, edge: str, keys: Sequence[str], accepted: bool) -> Mapping[str, float]:
        """Return sums over the schedulable artifacts that point to an object."""
        return bulk.sums(
            self._tx, oid, edge, SCHEDULABLE, keys, 'AcceptedDate' if accepted else None
        )


def settle(change: Change) -> None:
    """Bring every derived value that a change may have altered up to date."""
    for oid in sorted(change.advanced):
        follow_tasks(StoreFacts(change.tx), change, oid)
    work = _Worklist(change.tx)
    work.add(change.stale)
    facts = StoreFacts(change.tx)
    for obj in work:
        altered = _store_derived(change.tx, change.type_of(obj), obj, derive(facts, obj))
        before = set(change.stale)
        if follow_children(StoreFacts(change.tx), change, obj) or altered:
            work.add([obj.oid, *(change.stale - before)], beyond=obj.oid)


def recompute(tx: Tx, oids: Iterable[int]) -> None:
    """Work out the derived values of some objects and of everything that depends on them.

    States are left as they are; only sums, counts and the like are derived here.
    """
    work = _Worklist(tx)
    work.add(oids)
    facts = StoreFacts(tx)
    for obj in work:
        type_def = catalogue_for(tx, obj.workspace).resolve(obj.type)
        if type_def is not None and _store_derived(tx, type_def, obj, derive(facts, obj)):
            work.add([obj.oid], beyond=obj.oid)


class _Worklist:
    """Objects still to be worked out, those that others depend on first."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self._heap: list[tuple[int, int]] = []
        self._waiting: set[int] = set()
        self._visits: dict[int, int] = {}

    def add(self, oids: Iterable[int], beyond: int | None = None) -> None:
        """Add objects and what depends on them.

        :param beyond: an object that is done itself; only what depends on it is added.
        """
        wanted = set(oids)
        if not wanted:
            return
        for edge in edges_of(self._tx, wanted, DEPENDENT_ON):
            wanted.add(edge.member)
        for edge in edges_of(self._tx, wanted, DEPENDENT_BACK, forward=False):
            wanted.add(edge.member)
        wanted.discard(beyond or 0)
        found = self._tx.get_many(wanted)
        timeboxes = [oid for oid, obj in found.items() if obj.type == 'Iteration']
        if timeboxes:
            found = {
                **found,
                **bulk.pointing(self._tx, timeboxes, 'Iteration', 'UserIterationCapacity'),
            }
        for oid, obj in found.items():
            level = level_of(obj.type)
            if level is not None and oid not in self._waiting:
                self._waiting.add(oid)
                heapq.heappush(self._heap, (level, oid))

    def __iter__(self) -> _Worklist:
        return self

    def __next__(self) -> Obj:
        while self._heap:
            _, oid = heapq.heappop(self._heap)
            self._waiting.discard(oid)
            self._visits[oid] = self._visits.get(oid, 0) + 1
            obj = self._tx.get(oid)
            if obj is not None and self._visits[oid] <= PATIENCE:
                return obj
        raise StopIteration


def _store_derived(tx: Tx, type_def: TypeDef, obj: Obj, values: Mapping[str, Any]) -> bool:
    """Store the derived values that differ; say whether any did."""
    doc, altered = dict(obj.doc), False
    for name, value in values.items():
        attr = type_def.attributes.get(name)
        if attr is not None and attr.type == 'OBJECT':
            if tx.target(obj.oid, name) != value:
                tx.set_link(obj.oid, name, value)
                altered = True
        elif (attr is not None or name.startswith('_')) and doc.get(name) != value:
            doc[name] = value
            altered = True
    if doc != obj.doc:
        tx.update(obj.oid, doc=doc)
    return altered

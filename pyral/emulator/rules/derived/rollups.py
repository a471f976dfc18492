"""Roll-ups: derived values are kept true after one write, or for a whole world after building.

Derived values are stored like any other, so that queries and sorting see them. `settle` works
from the objects a change has touched outwards; `recompute_all` goes through everything, from below
upwards. Both use the rules of `derive`. Neither counts a version up: derived values are not a
change of the object.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ...catalogue.catalogue import catalogue_for
from ...store import bulk
from .derive import (
    COUNTED,
    DEPENDENT_BACK,
    DEPENDENT_ON,
    FEATURE,
    FOLLOWED,
    OWN,
    derive,
    level_of,
    matters,
)
from .recount import recompute_all
from .state_rollup import follow_children, follow_tasks
from .store_facts import StoreFacts

if TYPE_CHECKING:
    from ...model import TypeDef
    from ...store import Obj, Tx
    from ..write.change import Change

__all__ = ['StoreFacts', 'recompute', 'recompute_all', 'settle']

#: How often one object may be worked out for one write; a guard, never reached by sound data.
PATIENCE = 25


def settle(change: Change) -> None:
    """Bring every derived value that a change may have altered up to date."""
    facts = StoreFacts(change.tx)
    for oid in sorted(change.advanced):
        if follow_tasks(facts, change, oid):
            facts.forget()
    work = _Worklist(change.tx, facts)
    _take(change, work)
    for obj in work:
        altered = _store_derived(change.tx, change.type_of(obj), obj, derive(facts, obj))
        work.add([obj.oid], altered, beyond=obj.oid)
        if follow_children(facts, change, obj):
            facts.forget()
            _take(change, work, beyond=obj.oid)


def _take(change: Change, work: _Worklist, beyond: int | None = None) -> None:
    """Put everything on the list that a change has touched since the last time."""
    stale = set(change.stale)
    for source, name, target in change.relinked:
        if name in FOLLOWED or name in DEPENDENT_BACK:
            stale.add(source)
        if name in FOLLOWED or name in COUNTED:
            stale.add(target)
    altered = change.altered
    change.stale, change.altered, change.relinked = set(), {}, set()
    work.add(stale, beyond=beyond)
    for oid, names in altered.items():
        if oid not in stale:
            work.add([oid], names, beyond=beyond)


def recompute(tx: Tx, oids: Iterable[int]) -> None:
    """Work out the derived values of some objects and of everything that depends on them.

    States are left as they are; only sums, counts and the like are derived here.
    """
    facts = StoreFacts(tx)
    work = _Worklist(tx, facts)
    work.add(oids)
    for obj in work:
        type_def = catalogue_for(tx, obj.workspace).resolve(obj.type)
        if type_def is not None:
            altered = _store_derived(tx, type_def, obj, derive(facts, obj))
            work.add([obj.oid], altered, beyond=obj.oid)


class _Worklist:
    """Objects still to be worked out, those that others depend on first."""

    def __init__(self, tx: Tx, facts: StoreFacts) -> None:
        self._tx = tx
        self._facts = facts
        self._heap: list[tuple[int, int]] = []
        self._waiting: set[int] = set()
        self._visits: dict[int, int] = {}

    def add(
        self,
        oids: Iterable[int],
        names: Collection[str] | None = None,
        beyond: int | None = None,
    ) -> None:
        """Add objects and what depends on them.

        :param names: what has changed of them; everything when not given.
        :param beyond: an object that is done itself; only what depends on it is added.
        """
        changed = set(oids)
        if not changed or (names is not None and not matters(names)):
            return
        on = [edge for edge, read in DEPENDENT_ON.items() if _read(names, read)]
        back = [edge for edge, read in DEPENDENT_BACK.items() if _read(names, read)]
        wanted = set(changed) if _read(names, OWN) else set()
        above = {
            target
            for edges in self._tx.edges_of(changed).values()
            for edge in on
            for target in edges.get(edge, ())
        }
        wanted |= above
        if back:
            held = changed if names is not None else changed | above
            self._facts.read(held)
            wanted.update(
                other
                for oid in held
                for edge in back
                for other in self._facts.near(oid, edge, False)
            )
        wanted.discard(beyond or 0)
        found = {
            oid: obj
            for oid, obj in self._tx.get_many(wanted).items()
            if level_of(obj.type) is not None
        }
        timeboxes = [oid for oid, obj in found.items() if obj.type == 'Iteration']
        if timeboxes:
            found.update(bulk.pointing(self._tx, timeboxes, 'Iteration', 'UserIterationCapacity'))
        self._tx.edges_of(found)
        self._facts.read(found)
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


def _read(names: Collection[str] | None, read: frozenset[str]) -> bool:
    """Say whether one of some names is read somewhere; None stands for all of them."""
    return names is None or not read.isdisjoint(names)


def _store_derived(tx: Tx, type_def: TypeDef, obj: Obj, values: Mapping[str, Any]) -> set[str]:
    """Store the derived values that differ; return their names."""
    doc, altered = dict(obj.doc), set()
    for name, value in values.items():
        attr = type_def.attributes.get(name)
        if name == FEATURE or (attr is not None and attr.type == 'OBJECT'):
            if tx.target(obj.oid, name) != value:
                tx.set_link(obj.oid, name, value)
                altered.add(name)
        elif (attr is not None or name.startswith('_')) and doc.get(name) != value:
            doc[name] = value
            altered.add(name)
    if doc != obj.doc:
        tx.update(obj.oid, doc=doc)
    return altered

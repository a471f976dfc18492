"""Facts from the store: what the rules of derived values ask of the objects around one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ...store import bulk
from .derive import DEPENDENT_BACK, DEPENDENT_ON, SCHEDULABLE

if TYPE_CHECKING:
    from ...store import Obj, Tx

__all__ = ['StoreFacts']

#: Edges the rules follow, from the object that has derived values and to it.
OUTWARD = (*DEPENDENT_ON, *DEPENDENT_BACK, 'PreliminaryEstimate')
#: Very much may be scheduled in a timebox; the database sums it up.
INWARD = (
    *(name for name in DEPENDENT_ON if name not in ('Iteration', 'Release')),
    *DEPENDENT_BACK,
)


class StoreFacts:
    """Answer from the store: the neighbours of many objects are read in one statement.

    :param outward: the edges whose targets are read with an object; those of references that are
        not among them are found by `target`.
    :param together: objects that are worked out at once, and of which none is altered meanwhile;
        what points to one of them is summed up for all.
    """

    def __init__(
        self, tx: Tx, outward: Sequence[str] = OUTWARD, together: Sequence[int] = ()
    ) -> None:
        self._tx = tx
        self._outward = outward
        self._together = together
        self._sums: dict[tuple[str, tuple[str, ...], str | None], dict[int, dict[str, float]]] = {}
        self._near: dict[tuple[int, bool], dict[str, list[int]]] = {}

    def read(self, oids: Iterable[int]) -> None:
        """Read the neighbours of some objects."""
        missing = [oid for oid in oids if (oid, True) not in self._near]
        for oid in missing:
            self._near[oid, True], self._near[oid, False] = {}, {}
        for oid, outward, edge, other in bulk.neighbours(self._tx, missing, self._outward, INWARD):
            self._near[oid, outward].setdefault(edge, []).append(other)

    def forget(self) -> None:
        """Read the neighbours again when they are asked for: something has moved."""
        self._near.clear()

    def near(self, oid: int, edge: str, outward: bool) -> Sequence[int]:
        """Return the live neighbours of an object along an edge."""
        self.read([oid])
        return self._near[oid, outward].get(edge, ())

    def others(self) -> set[int]:
        """Return every neighbour that was read."""
        return {oid for edges in self._near.values() for near in edges.values() for oid in near}

    def sources(self, oid: int, edge: str, *types: str) -> Sequence[Obj]:
        """Return the objects of some types that point to an object."""
        near = self.near(oid, edge, False)
        found = self._tx.get_many(near).values() if near else ()
        return [one for one in found if not types or one.type in types]

    def targets(self, oid: int, edge: str) -> Sequence[Obj]:
        """Return the objects an object points to."""
        return list(self._tx.get_many(self.near(oid, edge, True)).values())

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
        present = 'AcceptedDate' if accepted else None
        if not self._together:
            return bulk.sums(self._tx, [oid], edge, SCHEDULABLE, keys, present)[oid]
        asked = (edge, tuple(keys), present)
        if asked not in self._sums:
            self._sums[asked] = bulk.sums(
                self._tx, self._together, edge, SCHEDULABLE, keys, present
            )
        return self._sums[asked][oid]

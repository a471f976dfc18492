"""What a derived value is worked out from: `Facts` answer which objects point at an object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Protocol, Sequence

if TYPE_CHECKING:
    from ...store import Obj

__all__ = ['Facts', 'Values']

Values = dict[str, Any]


class Facts(Protocol):
    """Answer what the rules ask about the neighbours of an object; deleted ones are not seen."""

    def sources(self, oid: int, edge: str, *types: str) -> Sequence[Obj]:
        """Return the objects of some types that point to an object."""

    def targets(self, oid: int, edge: str) -> Sequence[Obj]:
        """Return the objects an object points to."""

    def target(self, oid: int, edge: str) -> Obj | None:
        """Return the one object an object points to."""

    def leads(self, oid: int, edge: str) -> int | None:
        """Return where an edge leads, though the object there may be deleted."""

    def count_sources(self, oid: int, edge: str) -> int:
        """Return how many objects point to an object."""

    def estimates(self, iteration: int, user: int) -> float:
        """Return the sum of the estimates of a user's tasks in an iteration."""

    def sums(self, oid: int, edge: str, keys: Sequence[str], accepted: bool) -> Mapping[str, float]:
        """Return the sums of some numbers over the schedulable artifacts that point here.

        :param accepted: only those that are accepted.
        """

"""Cache of rows: what one transaction has read, and what seldom changes between transactions.

Nearly every request asks for the subscription, the caller with profile and permissions, and the
workspace with its configuration. These are kept under a version that every change of theirs
counts up, so that a transaction which sees another version reads them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from .obj import Obj

__all__ = ['Cache', 'Kept', 'SETTLED']

#: Types whose objects seldom change.
SETTLED = frozenset(
    (
        'FlowState',
        'Project',
        'ProjectPermission',
        'Subscription',
        'User',
        'UserProfile',
        'Workspace',
        'WorkspaceConfiguration',
        'WorkspacePermission',
    )
)
#: So many values are kept between transactions.
_MOST = 20_000

Edges = dict[str, list[int]]


class Kept:
    """Values that were read of what seldom changes, all under one version of it."""

    def __init__(self) -> None:
        self._state: tuple[int, dict[Any, Any]] = (-1, {})

    def of(self, version: int) -> dict[Any, Any]:
        """Return the values of a version; those of another one are dropped."""
        kept, values = self._state
        if kept != version:
            values = {}
            self._state = (version, values)
        return values


class Cache:
    """Objects and their references as one transaction knows them.

    It is told of every write. Only names without a dot are references; an edge whose name has one
    is a member of a collection, of which there may be very many.
    """

    def __init__(self) -> None:
        self._objs: dict[int, Obj] = {}
        self._edges: dict[int, Edges] = {}
        #: The values kept between transactions; none once this one has changed what they tell.
        self.kept: dict[Any, Any] | None = None

    def obj(self, oid: int) -> Obj | None:
        """Return an object that was read before."""
        found = self._objs.get(oid)
        if found is None and self.kept is not None:
            found = self.kept.get(oid)
        return found

    def edges(self, oid: int) -> Mapping[str, Sequence[int]] | None:
        """Return the references of an object, if they were read before."""
        found = self._edges.get(oid)
        if found is None and self.kept is not None:
            found = self.kept.get(('edges', oid))
        return found

    def add(self, obj: Obj) -> None:
        """Remember an object as it is stored."""
        self._objs[obj.oid] = obj
        if obj.type in SETTLED:
            self.keep(obj.oid, obj)

    def add_edges(self, oid: int, edges: Edges) -> None:
        """Remember the references of an object."""
        self._edges[oid] = edges
        obj = self.obj(oid)
        if obj is not None and obj.type in SETTLED:
            self.keep(('edges', oid), edges)

    def keep(self, key: Any, value: Any) -> None:
        """Keep a value for other transactions, as long as there are not too many."""
        if self.kept is not None and len(self.kept) < _MOST:
            self.kept[key] = value

    def change(self, oid: int, values: Mapping[str, Any]) -> None:
        """Note that columns of an object were written."""
        obj = self.obj(oid)
        if obj is not None:
            self._objs[oid] = replace(obj, **values)

    def point(self, oid: int, attr: str, target: int | None) -> None:
        """Note that a reference of an object was written."""
        edges = self.edges(oid)
        if edges is not None:
            rest = {name: list(found) for name, found in edges.items() if name != attr}
            self._edges[oid] = rest if target is None else {**rest, attr: [target]}

    def forget_edges(self, oid: int | None = None) -> None:
        """Forget the references of an object, or of all."""
        if oid is None:
            self._edges.clear()
        else:
            self._edges.pop(oid, None)

    def forget(self) -> None:
        """Forget all that was read."""
        self._objs.clear()
        self._edges.clear()

"""One transaction on the graph of objects: read, insert, change, remove, follow edges.

A `Tx` keeps what belongs together in step (an object and its edges, the `workspace` and `project`
columns and the edges of the same name) and gives out identifiers. It knows no rule of the
service: whether a change is allowed, and what follows from it, is for `rules` to say.
"""
from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Union

from sqlalchemy import Connection, Executable, Row, and_, delete, func, insert, select, update

from ..model import AttrDef
from ..refs import dashed
from .edges import members_of
from .tables import blobs, counters, objects
from .tables import links as _links

if TYPE_CHECKING:
    from ..clock import Clock
    from . import Store

__all__ = ['Obj', 'Tx']

Targets = Union[int, Sequence[int], None]

#: The columns that repeat an edge, for scoping.
_COPIES = ('Workspace', 'Project')
_OIDS, _UUIDS, _MODEL, _SEED = '#oid', '#uuid', '#model', '#seed'
#: Where the ObjectIDs of a new store begin: eleven digits, as a real subscription has them.
_FIRST_OID = 48_000_000_000
#: Explicit ObjectIDs below this raise the counter; above it the counter never gets there.
_COUNTED_OIDS = 10 ** 15
#: Parameters in one `IN`: below the limits of every database.
_BATCH = 500


@dataclass
class Obj:
    """Hold one object: identity, scope, and the scalar values that are set."""

    oid: int = 0
    uuid: str = ''
    type: str = ''
    workspace: int | None = None
    project: int | None = None
    name: str | None = None
    number: int | None = None
    formatted_id: str | None = None
    created: str = ''
    updated: str | None = None
    version: int = 1
    rank: str | None = None
    recycled: bool = False
    alt_id: str | None = None
    doc: dict[str, Any] = field(default_factory=dict)


class Tx:
    """Read and, inside `Store.writing`, change the objects."""

    def __init__(self, store: Store, connection: Connection, writable: bool) -> None:
        self.store = store
        self.connection = connection
        self.writable = writable
        self._counted: dict[tuple[int, str], int] = {}

    @property
    def clock(self) -> Clock:
        """The clock of the store."""
        return self.store.clock

    # Identifiers

    def new_oid(self) -> int:
        """Return an ObjectID that was never used before."""
        return self._advance(0, _OIDS, 1) * 4 + _FIRST_OID

    def new_uuid(self) -> str:
        """Return a UUID that was never used before; the seed and the count decide it."""
        return self._uuid('uuid/{}'.format(self._advance(0, _UUIDS, 1)))

    def next_number(self, workspace: int | None, family: str) -> int:
        """Return the next number of a FormattedID.

        :param workspace: the workspace that counts.
        :param family: what shares one sequence, such as `Defect` or `PortfolioItem/Feature`.
        """
        return self._advance(workspace or 0, family, 1)

    def raise_number(self, workspace: int | None, family: str, at_least: int) -> None:
        """Let the numbers of a family go on after `at_least`."""
        key = (workspace or 0, family)
        if self._last(*key) < at_least:
            self._counted[key] = at_least

    def _uuid(self, text: str) -> str:
        digits = hashlib.md5('{}/{}'.format(self._last(0, _SEED), text).encode(),
                             usedforsecurity=False).hexdigest()
        variant = '89ab'[int(digits[16], 16) % 4]
        return '-'.join((digits[:8], digits[8:12], '4' + digits[13:16],
                         variant + digits[17:20], digits[20:]))

    def _last(self, workspace: int, family: str) -> int:
        key = (workspace, family)
        if key not in self._counted:
            row = self.connection.execute(select(counters.c.last).where(
                counters.c.workspace == workspace, counters.c.family == family)).first()
            if row is None:
                return 0
            if not self.writable:
                return int(row[0])
            self._counted[key] = int(row[0])
        return self._counted[key]

    def _advance(self, workspace: int, family: str, by: int) -> int:
        last = self._last(workspace, family) + by
        self._counted[workspace, family] = last
        return last

    def flush(self) -> None:
        """Write the counters; `Store.writing` does it at the end."""
        for (workspace, family), last in self._counted.items():
            where = and_(counters.c.workspace == workspace, counters.c.family == family)
            if not self.connection.execute(
                    update(counters).where(where).values(last=last)).rowcount:
                self.connection.execute(insert(counters).values(
                    workspace=workspace, family=family, last=last))
        self._counted.clear()

    # Objects

    def insert(self, obj: Obj, links: Mapping[str, Targets] | None = None) -> Obj:
        """Store an object with its edges; what identity and dates it lacks it gets here.

        :param obj: the object; `oid`, `uuid` and `created` may be empty.
        :param links: target or targets by the edge's name; `None` targets are left out.
        :returns: the same object, complete.
        """
        edges = {attr: _each(targets) for attr, targets in (links or {}).items()}
        self._complete(obj, edges)
        self.connection.execute(insert(objects), [_values(obj)])
        rows = [{'source': obj.oid, 'attr': attr, 'target': target, 'position': position}
                for attr, targets in edges.items() for position, target in enumerate(targets)]
        if rows:
            self.connection.execute(insert(_links), rows)
        return obj

    def insert_many(self, objs: Iterable[Obj],
                    link_rows: Iterable[tuple[int, str, int]] = ()) -> None:
        """Store many objects and edges at once, as a world has them.

        :param objs: complete objects, save that `uuid` and `created` may be empty.
        :param link_rows: `(source, attr, target)`; their order is the order of the members. The
            edges `Workspace` and `Project` are added from the columns where they are missing.
        """
        pending = []
        for obj in objs:
            self._complete(obj, {})
            pending.append(_values(obj))
        rows, positions = [], {}  # type: ignore[var-annotated]
        for source, attr, target in link_rows:
            position = positions.get((source, attr), 0)
            positions[source, attr] = position + 1
            rows.append({'source': source, 'attr': attr, 'target': target, 'position': position})
        if pending:
            self.connection.execute(insert(objects), pending)
        if rows:
            self.connection.execute(insert(_links), rows)

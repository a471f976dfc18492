"""One transaction on the graph of objects: read, insert, change, remove, follow edges.

A `Tx` keeps what belongs together in step (an object and its edges, the `workspace` and `project`
columns and the edges of the same name) and gives out identifiers. It knows no rule of the
service: whether a change is allowed, and what follows from it, is for `rules` to say.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Callable, TypeVar, Union

from sqlalchemy import Connection, Executable, delete, insert, select, update

from ..model import AttrDef, Model, Relation
from ..refs import dashed
from .cache import SETTLED, Cache
from .chunks import chunks
from .members import members_of
from .obj import Obj
from .statements import (
    BY_OIDS,
    COUNTERS,
    COUNTERS_OF,
    EDGE_NAMES,
    EVERY_BY_OID,
    HELD_LINKS,
    LAST_POSITION,
    MOST_COUNTERS,
    NEW_COUNTER,
    NEW_LINK,
    NEW_OBJECT,
    PLAIN_EDGES,
    SET_COUNTER,
    SOURCES,
    TARGETS,
    updated,
)
from .tables import blobs, counters, objects
from .tables import links as _links

if TYPE_CHECKING:
    from ..clock import Clock
    from .database import Database

__all__ = ['Tx']

Targets = Union[int, Sequence[int], None]
T = TypeVar('T')

#: The columns that repeat an edge, for scoping.
_COPIES = ('Workspace', 'Project')
_OIDS, _UUIDS, _MODEL, _SEED, _SETTLED = '#oid', '#uuid', '#model', '#seed', '#settled'
#: Where the ObjectIDs of a new store begin: eleven digits, as a real subscription has them.
_FIRST_OID = 48_000_000_000
_OID_STEP = 4
#: Explicit ObjectIDs below this raise the counter; above it the counter never gets there.
_COUNTED_OIDS = 10**15


class Tx:
    """Read and, inside `Store.writing`, change the objects."""

    def __init__(
        self, database: Database, clock: Clock, connection: Connection, writable: bool
    ) -> None:
        self.database = database
        #: The clock of the store.
        self.clock = clock
        self.connection = connection
        self.writable = writable
        self._counted: dict[tuple[int, str], int] = {}
        #: Counters with a row, those that have changed, and whether all rows were read.
        self._stored: set[tuple[int, str]] = set()
        self._changed: set[tuple[int, str]] = set()
        self._has_all: bool | None = None
        self._rows = Cache()
        self._kept = database.kept
        self._asked_kept = False
        self._rewrote = False

    # Identifiers

    def new_oid(self) -> int:
        """Return an ObjectID that was never used before."""
        return self._advance(0, _OIDS, 1) * _OID_STEP + _FIRST_OID

    def new_uuid(self) -> str:
        """Return a UUID that was never used before; the seed and the count decide it."""
        return self._uuid(f'uuid/{self._advance(0, _UUIDS, 1)}')

    def next_number(self, workspace: int | None, family: str) -> int:
        """Return the next number of a FormattedID.

        :param workspace: the workspace that counts.
        :param family: what shares one sequence, such as `Defect` or `PortfolioItem/Feature`.
        """
        return self._advance(workspace or 0, family, 1)

    def raise_number(self, workspace: int | None, family: str, at_least: int) -> None:
        """Let the numbers of a family go on after `at_least`."""
        if self._last(workspace or 0, family) < at_least:
            self._set(workspace or 0, family, at_least)

    def number_reached(self, workspace: int, family: str) -> int:
        """Return the last number of a family; 0 when none was given yet."""
        return self._last(workspace, family)

    def _uuid(self, text: str) -> str:
        digits = hashlib.md5(
            f'{self._last(0, _SEED)}/{text}'.encode(), usedforsecurity=False
        ).hexdigest()
        variant = '89ab'[int(digits[16], 16) % 4]
        return '-'.join(
            (digits[:8], digits[8:12], '4' + digits[13:16], variant + digits[17:20], digits[20:])
        )

    def _last(self, workspace: int, family: str) -> int:
        if self._has_all is None and self.database.counters is not None:
            self._has_all = True
            self._stored.update(self.database.counters)
            self._counted.update(self.database.counters)
        elif self._has_all is None:
            rows = self.rows(COUNTERS)
            self._has_all = len(rows) < MOST_COUNTERS
            self._note_counters(rows)
            self._share_counters()
        key = (workspace, family)
        if key not in self._counted and not self._has_all:
            self._note_counters(self.rows(COUNTERS_OF, {'workspace': workspace}))
        return self._counted.setdefault(key, 0)

    def _note_counters(self, rows: Iterable[Sequence[Any]]) -> None:
        for workspace, family, last in rows:
            self._stored.add((workspace, family))
            self._counted.setdefault((workspace, family), int(last))

    def _advance(self, workspace: int, family: str, by: int) -> int:
        last = self._last(workspace, family) + by
        self._set(workspace, family, last)
        return last

    def _set(self, workspace: int, family: str, last: int) -> None:
        self._counted[workspace, family] = last
        self._changed.add((workspace, family))

    def flush(self) -> None:
        """Write the counters; `Store.writing` does it at the end."""
        old: list[dict[str, Any]] = []
        new: list[dict[str, Any]] = []
        for workspace, family in sorted(self._changed):
            row = {'in': workspace, 'of': family, 'to': self._counted[workspace, family]}
            (old if (workspace, family) in self._stored else new).append(row)
        if old:
            self.connection.execute(SET_COUNTER, old)
        if new:
            self.connection.execute(NEW_COUNTER, new)
        self._stored |= self._changed
        self._changed.clear()
        self._share_counters()

    def _share_counters(self) -> None:
        """Let the next transaction know the counters, if it cannot but find them like this."""
        if self.database.in_memory and self._has_all:
            self.database.counters = {key: self._counted[key] for key in self._stored}

    # What is known already

    @property
    def _cache(self) -> Cache:
        """Return what is known; the values of other transactions join in when first asked for."""
        if not self._asked_kept:
            self._asked_kept = True
            version = self._last(0, _SETTLED)
            if not self._rewrote:
                self._rows.kept = self._kept.of(version)
        return self._rows

    def known(self, oid: int) -> Obj | None:
        """Return an object that was read already, deleted or not."""
        return self._cache.obj(oid)

    def known_edges(self, oid: int) -> Mapping[str, Sequence[int]] | None:
        """Return all references of an object whose references were read already."""
        return self._cache.edges(oid)

    def remembered(self, key: Any, read: Callable[[], T]) -> T:
        """Return what a question about users, places and settings was answered with before.

        :param key: the question; every change of such objects ends its answer.
        :param read: reads the answer; None is not remembered.
        """
        cache = self._cache
        found = None if cache.kept is None else cache.kept.get(key)
        if found is None:
            found = read()
            if found is not None:
                cache.keep(key, found)
        answer: T = found
        return answer

    def reranked(self, ranks: Mapping[int, str]) -> None:
        """Say that ranks were written past this transaction."""
        for oid, rank in ranks.items():
            self._rows.change(oid, {'rank': rank})

    def forget(self) -> None:
        """Let go of the objects and references that were read, so that many can be read in turn."""
        self._rows.forget()

    def rewritten(self) -> None:
        """Say that rows were written past this transaction: nothing known holds any longer."""
        self.forget()
        self._unsettle()

    def _unsettle(self) -> None:
        """Count the version of what seldom changes up; this transaction keeps nothing now."""
        self._rows.kept = None
        if not self._rewrote:
            self._rewrote = True
            self._advance(0, _SETTLED, 1)

    def _is_settled(self, oid: int) -> bool:
        obj = self.get(oid, recycled=True)
        return obj is not None and obj.type in SETTLED

    # Objects

    def insert(self, obj: Obj, links: Mapping[str, Targets] | None = None) -> Obj:
        """Store an object with its edges; what identity and dates it lacks it gets here.

        :param obj: the object; `oid`, `uuid` and `created` may be empty.
        :param links: target or targets by the edge's name; `None` targets are left out.
        :returns: the same object, complete.
        """
        self.insert_all([(obj, links or {})])
        return obj

    def insert_all(self, made: Sequence[tuple[Obj, Mapping[str, Targets]]]) -> None:
        """Store some objects with their edges, as `insert` stores one."""
        rows = []
        for obj, links in made:
            edges = {attr: _each(targets) for attr, targets in links.items()}
            self._complete(obj, edges)
            rows += [
                {'source': obj.oid, 'attr': attr, 'target': target, 'position': position}
                for attr, targets in edges.items()
                for position, target in enumerate(targets)
            ]
            if obj.type in SETTLED:
                self._unsettle()
            self._rows.add(replace(obj, doc=_set_only(obj.doc)))
            self._rows.add_edges(
                obj.oid,
                {attr: targets for attr, targets in edges.items() if targets and _is_plain(attr)},
            )
        self.connection.execute(NEW_OBJECT, [_values(obj) for obj, _ in made])
        if rows:
            self.connection.execute(NEW_LINK, rows)

    def insert_many(
        self, objs: Iterable[Obj], link_rows: Iterable[tuple[int, str, int]] = ()
    ) -> None:
        """Store many objects and edges at once, as a world has them.

        :param objs: objects with their `oid`; `uuid` and `created` may be empty. The columns
            `workspace` and `project` and the edges of these names are completed from each other.
        :param link_rows: `(source, attr, target)`; their order is the order of the members.
        """
        rows: list[tuple[int, str, int, int]] = []
        counts: dict[tuple[int, str], int] = {}
        copies: dict[tuple[int, str], int] = {}
        for source, attr, target in link_rows:
            position = counts.get((source, attr), 0)
            counts[source, attr] = position + 1
            rows.append((source, attr, target, position))
            if attr in _COPIES:
                copies[source, attr] = target
        pending: list[tuple[Any, ...]] = []
        for obj in objs:
            edges = {attr: [copies[obj.oid, attr]] for attr in _COPIES if (obj.oid, attr) in copies}
            known = set(edges)
            self._complete(obj, edges)
            rows.extend((obj.oid, attr, edges[attr][0], 0) for attr in edges if attr not in known)
            pending.append(tuple(_values(obj).values()))
        self.database.insert_rows(self.connection, objects, pending)
        rows.sort()
        self.database.insert_rows(self.connection, _links, rows)
        self.rewritten()

    def _complete(self, obj: Obj, edges: dict[str, list[int]]) -> None:
        """Give an object its identity, and let columns and edges say the same."""
        if not obj.oid:
            obj.oid = self.new_oid()
        elif _FIRST_OID <= obj.oid < _COUNTED_OIDS:
            self.raise_number(0, _OIDS, (obj.oid - _FIRST_OID) // _OID_STEP)
        obj.uuid = obj.uuid or self._uuid(f'oid/{obj.oid}')
        obj.created = obj.created or self.clock.stamp()
        for attr in _COPIES:
            column = attr.lower()
            if edges.get(attr):
                setattr(obj, column, edges[attr][0])
            elif getattr(obj, column) is not None and _has_reference(obj.type, attr):
                edges[attr] = [getattr(obj, column)]

    def get(self, oid: int, recycled: bool = False) -> Obj | None:
        """Return an object by its ObjectID.

        :param recycled: whether a deleted object that is still in the bin counts too.
        """
        found = self._cache.obj(oid)
        if found is None:
            for found in self.objects(EVERY_BY_OID, {'oid': oid}):
                self._rows.add(found)
        return None if found is None or (found.recycled and not recycled) else found

    def get_many(self, oids: Iterable[int], recycled: bool = False) -> dict[int, Obj]:
        """Return objects by their ObjectIDs; those that are not there are left out."""
        known = {oid: self._cache.obj(oid) for oid in oids}
        for portion in chunks([oid for oid, obj in known.items() if obj is None]):
            for obj in self.objects(BY_OIDS, {'oids': portion}):
                known[obj.oid] = obj
                self._rows.add(obj)
        return {
            oid: obj
            for oid, obj in sorted(known.items())
            if obj is not None and (recycled or not obj.recycled)
        }

    def by_uuid(self, uuid: str | None, recycled: bool = False) -> Obj | None:
        """Return an object by its UUID, with or without dashes, in any case."""
        text = dashed(uuid) if uuid else None
        return None if text is None else self._one(objects.c.uuid == text, recycled)

    def by_alt_id(self, text: str) -> Obj | None:
        """Return a permission by its composite identifier."""
        return self._one(objects.c.alt_id == text.lower(), False)

    def _one(self, condition: Any, recycled: bool) -> Obj | None:
        statement = select(objects).where(condition)
        if not recycled:
            statement = statement.where(objects.c.recycled.is_(False))
        found = self.objects(statement.limit(1))
        return found[0] if found else None

    def update(self, oid: int, **values: Any) -> None:
        """Change columns of an object; `doc` replaces the whole document.

        `workspace` and `project` are changed by `set_link`.
        """
        if values:
            if 'doc' in values:
                values['doc'] = _set_only(values['doc'])
            bound = {f'to_{name}': value for name, value in values.items()}
            self.connection.execute(updated(tuple(values)), {'which': oid, **bound})
            self._changed_object(oid, values)

    def _changed_object(self, oid: int, values: Mapping[str, Any]) -> None:
        if self._is_settled(oid):
            self._unsettle()
        self._rows.change(oid, values)

    def remove(self, oid: int) -> None:
        """Remove an object for good, with its edges in both directions and its content."""
        self.connection.execute(delete(_links).where(_links.c.source == oid))
        names = [row[0] for row in self.rows(EDGE_NAMES)]
        self.connection.execute(
            delete(_links).where(_links.c.attr.in_(names), _links.c.target == oid)
        )
        self.connection.execute(delete(blobs).where(blobs.c.oid == oid))
        self.connection.execute(delete(objects).where(objects.c.oid == oid))
        self.rewritten()

    # Edges

    def targets(self, oid: int, attr: str) -> list[int]:
        """Return where the edges of an object lead, in their order; deleted objects included."""
        if _is_plain(attr):
            known = self._cache.edges(oid)
            edges = self.edges_of([oid])[oid] if known is None else known
            return list(edges.get(attr, ()))
        return [row[0] for row in self.rows(TARGETS, {'oid': oid, 'attr': attr})]

    def edges_of(self, oids: Iterable[int]) -> dict[int, Mapping[str, Sequence[int]]]:
        """Return all references of some objects."""
        cache = self._cache
        known = {oid: cache.edges(oid) for oid in oids}
        missing = [oid for oid, edges in known.items() if edges is None]
        fresh: dict[int, dict[str, list[int]]] = {oid: {} for oid in missing}
        for portion in chunks(missing):
            for source, attr, target in self.rows(PLAIN_EDGES, {'oids': portion}):
                fresh[source].setdefault(attr, []).append(target)
        for oid, edges in fresh.items():
            cache.add_edges(oid, edges)
        return {oid: fresh[oid] if edges is None else edges for oid, edges in known.items()}

    def sources(self, oid: int, attr: str) -> list[int]:
        """Return which objects have an edge to this one; deleted objects included."""
        return [row[0] for row in self.rows(SOURCES, {'oid': oid, 'attr': attr})]

    def target(self, oid: int, attr: str) -> int | None:
        """Return where the one edge of an object leads, or `None`."""
        found = self.targets(oid, attr)
        return found[0] if found else None

    def set_link(self, oid: int, attr: str, target: int | None) -> None:
        """Let the one edge of an object lead somewhere else, or nowhere."""
        self.connection.execute(delete(_links).where(_links.c.source == oid, _links.c.attr == attr))
        if target is not None:
            self.connection.execute(
                insert(_links).values(source=oid, attr=attr, target=target, position=0)
            )
        if self._is_settled(oid):
            self._unsettle()
        self._rows.point(oid, attr, target)
        if attr in _COPIES:
            values = {attr.lower(): target}
            self.connection.execute(update(objects).where(objects.c.oid == oid).values(values))
            self._rows.change(oid, values)

    def add_link(self, source: int, attr: str, target: int) -> bool:
        """Add an edge at the end; returns whether it was new."""
        return self.add_links([(source, attr, target)]) == 1

    def add_links(self, edges: Sequence[tuple[int, str, int]]) -> int:
        """Add edges, each at the end of those of its name; returns how many were new."""
        ends: dict[tuple[int, str], dict[int, None]] = {}
        for source, attr, target in edges:
            ends.setdefault((source, attr), {})[target] = None
        rows = []
        for (source, attr), targets in ends.items():
            held = {row[0] for row in self._held(source, attr, list(targets))}
            fresh = [target for target in targets if target not in held]
            if not fresh:
                continue
            here = {'oid': source, 'attr': attr}
            last = self.rows(LAST_POSITION, here)[0][0]
            first = 0 if last is None else last + 1
            rows += [
                {'source': source, 'attr': attr, 'target': target, 'position': first + place}
                for place, target in enumerate(fresh)
            ]
            self._changed_edges(source)
        for portion in chunks(rows):
            self.connection.execute(NEW_LINK, portion)
        return len(rows)

    def _held(self, source: int, attr: str, targets: Sequence[int]) -> Iterator[Sequence[Any]]:
        for portion in chunks(targets):
            yield from self.rows(HELD_LINKS, {'oid': source, 'attr': attr, 'oids': portion})

    def _changed_edges(self, source: int) -> None:
        if self._is_settled(source):
            self._unsettle()
        self._rows.forget_edges(source)

    def drop_link(self, source: int, attr: str, target: int) -> bool:
        """Remove an edge; returns whether there was one."""
        gone = self.connection.execute(
            delete(_links).where(
                _links.c.source == source, _links.c.attr == attr, _links.c.target == target
            )
        ).rowcount
        self._changed_edges(source)
        return bool(gone)

    def members(self, oid: int, attr_def: AttrDef) -> list[int]:
        """Return the live members of a collection, in the order they were added."""
        found = members_of(attr_def, [oid]).subquery()
        return [
            row[0]
            for row in self.rows(select(found.c.member).order_by(found.c.position, found.c.member))
        ]

    # Content, statements, model

    def put_blob(self, oid: int, data: bytes) -> None:
        """Keep the bytes of an object, in place of those it had."""
        self.connection.execute(delete(blobs).where(blobs.c.oid == oid))
        self.connection.execute(insert(blobs).values(oid=oid, data=data))

    def get_blob(self, oid: int) -> bytes | None:
        """Return the bytes of an object."""
        found = self.rows(select(blobs.c.data).where(blobs.c.oid == oid))
        return bytes(found[0][0]) if found else None

    def rows(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Any]:
        """Run a select, with the values of its parameters, and return its rows."""
        return self.connection.execute(statement, values).fetchall()

    def objects(self, statement: Executable, values: Mapping[str, Any] | None = None) -> list[Obj]:
        """Run a `select(objects)` and return its rows as objects."""
        return [Obj(*row) for row in self.connection.execute(statement, values)]

    def object(self, row: Sequence[Any]) -> Obj:
        """Make an object of the columns of `objects`, in their order."""
        return Obj(*row)

    def note(self, row: Sequence[Any]) -> Obj:
        """Make an object of a row as `object` does, and remember it."""
        obj = Obj(*row)
        self._rows.add(obj)
        return obj

    def model_changed(self, workspace: int | None) -> None:
        """Say that types, attributes or values changed, so that catalogues are read again."""
        self.database.model_cache = {}
        self._advance(workspace or 0, _MODEL, 1)

    def model_version(self, workspace: int | None) -> tuple[int, int]:
        """Return a key that changes with the model of a workspace."""
        own = self._last(workspace, _MODEL) if workspace else 0
        return self._last(0, _MODEL), own

    def plant(self, seed: int) -> None:
        """Remember the seed of a new database; an old one keeps its own."""
        if not self.rows(select(counters.c.last).where(counters.c.family == _SEED)):
            self._set(0, _SEED, seed)


def _each(targets: Targets) -> list[int]:
    if targets is None:
        return []
    return [targets] if isinstance(targets, int) else list(dict.fromkeys(targets))


def _is_plain(attr: str) -> bool:
    """Say whether an edge is a reference, of which an object has one under a name."""
    return '.' not in attr


def _set_only(doc: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in doc.items() if value is not None}


def _values(obj: Obj) -> dict[str, Any]:
    values = dict(vars(obj))
    values['doc'] = _set_only(obj.doc)
    return values


@functools.lru_cache(maxsize=None)
def _has_reference(type_path: str, attr: str) -> bool:
    """Say whether objects of a type have a reference of this name."""
    types = Model.load().types
    found = types.get(type_path) or types.get(type_path.split('/')[0])
    definition = None if found is None else found.attributes.get(attr)
    return definition is not None and definition.relation == Relation(attr, True)

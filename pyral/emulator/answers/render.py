"""Rendering of objects as JSON: rows of a query, objects of a read, references inside them.

A page costs a handful of statements whatever its size: the edges out of all its objects, the heads
of what they lead to, the counts of its collections; the same again for every level of references
a fetch list opens. The objects that were asked for are those that the caller may read; a reference
to another one stays closed, and collections count and name none (`store.sight`).
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any, Iterable, Mapping, Sequence

from .. import refs
from ..catalogue.catalogue import schema_version
from ..catalogue.configuration import zone_of
from ..clock import friendly, parse_iso
from ..envelope import API
from ..store.custom_definitions import count_values_shown
from ..store.reading import (
    Head,
    count_edges,
    count_members,
    head_of,
    heads,
    latest_posts,
    member_edges,
    of_type,
    references,
)
from .fetch import MAX_DEPTH, Fetch
from .projection import (
    COPIED,
    VALUES,
    Collection,
    Derived,
    Projection,
    Reference,
    Scalar,
    projection_for,
)
from .summaries import summaries_of

if TYPE_CHECKING:
    from ..catalogue.catalogue import Catalogue
    from ..model import AttrDef
    from ..request import Call
    from ..store import Obj

__all__ = ['Renderer']

#: `_p` by strength of the caller's role (section 3.1).
PERMISSION_CODES = {3: '7', 2: '5', 1: '1', 0: '0'}
#: What changes by itself as time goes by.
AGE, POSTS = 'LatestDiscussionAgeInMinutes', 'Discussion'
#: Types whose references bear no name.
NAMELESS = frozenset(['RevisionHistory', 'ConversationPost'])


class Renderer:
    """Shows objects for one call.

    :param call: whose base address, rights and clock are used.
    """

    def __init__(self, call: Call) -> None:
        self.call = call
        self.tx = call.tx
        self._with_permissions = call.flag('includePermissions') is True
        self._projections: dict[tuple[int | None, str, Fetch], Projection] = {}
        self._now = call.now
        self._friendly: dict[tuple[int | None, str], str] = {}
        self._zones: dict[int | None, Any] = {}
        self._subscription: Head | None = None

    def rows(self, objs: Sequence[Obj], fetch: Fetch) -> list[dict[str, Any]]:
        """Return the rows of a query, one for each object, in their order."""
        if fetch.mode == 'shell' and not fetch.summaries:
            return [self._closed(head_of(obj), permission=True) for obj in objs]
        bodies = self._bodies([(fetch, obj) for obj in objs], MAX_DEPTH)
        summaries = summaries_of(self.call, objs, fetch.summaries)
        rows = []
        for obj in objs:
            row = self._header(head_of(obj), versioned=True, permission=True)
            row.update(bodies[fetch, obj.oid])
            if obj.oid in summaries:
                row['Summary'] = summaries[obj.oid]
            row['_type'] = obj.type
            rows.append(row)
        return rows

    def one(self, obj: Obj, fetch: Fetch) -> dict[str, Any]:
        """Return one object, as a read or the `Object` of a write shows it."""
        return self.rows([obj], fetch)[0]

    def reference_of(self, obj: Obj) -> str:
        """Return the absolute reference of an object."""
        return refs.object_ref(self.call.base_url, obj.type, obj.alt_id or obj.oid)

    def reference(self, oid: int | None) -> dict[str, Any] | None:
        """Return a closed reference to an object, or None."""
        found = {} if oid is None else heads(self.tx, [oid])
        return None if oid is None or oid not in found else self._closed(found[oid])

    def catalogue_of(self, obj: Obj) -> Catalogue:
        """Return the model of the workspace an object lives in."""
        workspace = obj.oid if obj.type == 'Workspace' else obj.workspace
        return self.call.catalogue(workspace)

    def _header(
        self, head: Head, versioned: bool = False, permission: bool = False
    ) -> dict[str, Any]:
        row: dict[str, Any] = dict(API)
        row['_ref'] = f'{self.call.base_url}/{head.type.lower()}/{head.alt_id or head.oid}'
        row['_refObjectUUID'] = head.uuid
        if versioned:
            row['_objectVersion'] = str(head.version)
        if head.name is not None and head.type not in NAMELESS:
            row['_refObjectName'] = head.name
        if permission and self._with_permissions:
            row['_p'] = PERMISSION_CODES[self.call.rights.role_at(head)]
        return row

    def _closed(
        self, head: Head, versioned: bool = False, permission: bool = False
    ) -> dict[str, Any]:
        row = self._header(head, versioned, permission)
        row['_type'] = head.type
        return row

    def _projection(self, type_path: str, workspace: int | None, fetch: Fetch) -> Projection:
        key = (workspace, type_path, fetch)
        found = self._projections.get(key)
        if found is None:
            catalogue = self.call.catalogue(workspace)
            type_def = catalogue.resolve(type_path)
            if type_def is None:
                raise LookupError(f"no type {type_path} in workspace {workspace}")
            found = self._projections[key] = projection_for(catalogue, type_def, fetch)
        return found

    def _projection_of(self, obj: Obj, fetch: Fetch) -> Projection:
        workspace = obj.oid if obj.type == 'Workspace' else obj.workspace
        return self._projection(obj.type, workspace, fetch)

    def _bodies(
        self, shown: Iterable[tuple[Fetch, Obj]], depth: int
    ) -> dict[tuple[Fetch, int], dict[str, Any]]:
        """Return the attributes of many objects, each under its fetch, without their headers."""
        every = list(shown)
        projections = {(fetch, obj.oid): self._projection_of(obj, fetch) for fetch, obj in every}
        level = Level(self, every, projections, depth)
        return {
            (fetch, obj.oid): level.body(obj, projections[fetch, obj.oid], fetch)
            for fetch, obj in every
        }

    def _opened(
        self, wanted: Mapping[Fetch, Iterable[int]], known: Mapping[int, Head], depth: int
    ) -> dict[tuple[Fetch, int], dict[str, Any]]:
        """Return reference objects that show more than their header, by fetch and id."""
        oids = {oid for some in wanted.values() for oid in some if oid in known}
        found_objs = self.tx.get_many(oids) if oids else {}
        seen = self.call.rights.seen(found_objs.values())
        objs = {oid: obj for oid, obj in found_objs.items() if oid in seen}
        shown = [
            (inner, objs[oid])
            for inner, some in wanted.items()
            for oid in dict.fromkeys(some)
            if oid in objs and self._projection_of(objs[oid], inner).steps
        ]
        found: dict[tuple[Fetch, int], dict[str, Any]] = {}
        for (inner, oid), body in self._bodies(shown, depth - 1).items() if shown else ():
            row = self._header(known[oid], versioned=True, permission=True)
            row.update(body)
            row['_type'] = known[oid].type
            found[inner, oid] = row
        return found

    def _derived(self, obj: Obj, step: Derived, versioned: bool) -> Any:
        """Return a single value that is worked out when it is read."""
        if step.attr.slot == 'blob':
            data = self.tx.get_blob(obj.oid)
            return None if data is None else base64.b64encode(data).decode('ascii')
        if step.attr.slot == 'constant':
            return self._the_subscription(versioned)
        if step.name == 'SchemaVersion':
            return schema_version(self.tx, obj)
        if step.name == 'FormattedIDPrefix':
            return (obj.formatted_id or '').rstrip('0123456789') or None
        return obj.number if step.name == 'FormattedIDID' else None

    def _the_subscription(self, versioned: bool) -> dict[str, Any] | None:
        if self._subscription is None:
            found = of_type(self.tx, 'Subscription')
            self._subscription = head_of(found[0]) if found else None
        head = self._subscription
        return None if head is None else self._closed(head, versioned, versioned)

    def _created_at(self, obj: Obj) -> str:
        if obj.workspace not in self._zones:
            self._zones[obj.workspace] = zone_of(self.tx, obj.workspace)
        # Objects of one second look alike, and a world holds many of them.
        key = (obj.workspace, obj.created[:19])
        if key not in self._friendly:
            self._friendly[key] = friendly(
                parse_iso(obj.created), self._now, self._zones[obj.workspace]
            )
        return self._friendly[key]


class Level:
    """The edges and counts of one level of objects, read together.

    :param renderer: whose call it is.
    :param shown: the objects of the level, each with how it is shown; one may stand there twice.
    :param projections: the projection of each object under its fetch.
    :param depth: how many levels of references may still be opened.
    """

    def __init__(
        self,
        renderer: Renderer,
        shown: Sequence[tuple[Fetch, Obj]],
        projections: Mapping[tuple[Fetch, int], Projection],
        depth: int,
    ) -> None:
        self.renderer = renderer
        self.depth = depth
        self._base = renderer.call.base_url
        self._sight = renderer.call.rights.sight
        self._objs = list({obj.oid: obj for _, obj in shown}.values())
        self._oids = [obj.oid for obj in self._objs]
        distinct = {id(projection): projection for projection in projections.values()}
        self._steps = [step for projection in distinct.values() for step in projection.steps]
        self._targets = self._read_references()
        self._heads = heads(renderer.tx, self._targets.values())
        self._opened = renderer._opened(self._to_open(projections), self._heads, depth)
        #: Closed references, by whether the row is shown under a list of names (section 4.7).
        self._closed = {
            named: self._close(named) for named in {fetch.mode == 'list' for fetch, _ in shown}
        }
        #: Counts by the attribute's ObjectID, of collections that are counted one by one.
        self._apart = self._count_apart()
        self._counts = self._read_counts()
        self._named = self._read_named()
        self._posts = latest_posts(renderer.tx, self._discussed(projections))

    def body(self, obj: Obj, projection: Projection, fetch: Fetch) -> dict[str, Any]:
        """Return the attributes of one object in the order of its projection."""
        row: dict[str, Any] = {}
        named = fetch.mode == 'list'
        closed = self._closed[named]
        stem = f'{self._base}/{obj.type}/{obj.alt_id or obj.oid}/'
        for step in projection.steps:
            name = step.name
            if isinstance(step, Scalar):
                row[name] = step.value(obj)
                if name == 'CreationDate':
                    row['_CreatedAt'] = self.renderer._created_at(obj)
            elif isinstance(step, Reference):
                target = self._targets.get((obj.oid, step.link))
                shown = (
                    None
                    if target is None
                    else self._opened.get((step.inner, target))
                    if step.inner is not None
                    else None
                )
                row[name] = shown or (None if target is None else closed.get(target))
            elif isinstance(step, Collection):
                row[name] = self._collection(obj, stem, step)
            elif step.attr.type == 'COLLECTION':
                count = self._apart.get((step.attr.oid, obj.oid), 0)
                row[name] = collection_object(stem + name, step.attr.target or '', count)
            elif name == AGE:
                row[name] = self._age(self._posts.get(obj.oid))
            else:
                row[name] = self.renderer._derived(obj, step, named)
        return row

    def _close(self, named: bool) -> dict[int, dict[str, Any]]:
        """Return references that show no more than their header, and less of what is not seen."""
        renderer = self.renderer
        seen = renderer.call.rights.seen(self._heads.values()) if named else set()
        return {
            oid: renderer._closed(head, named and oid in seen, named)
            for oid, head in self._heads.items()
        }

    def _age(self, moment: str | None) -> int | None:
        """Return how many whole minutes have passed since a moment."""
        passed = None if moment is None else self.renderer._now - parse_iso(moment)
        return None if passed is None else max(0, int(passed.total_seconds() // 60))

    def _count(self, oid: int, step: Collection) -> int:
        """Return how many members a collection of an object has."""
        if step.apart:
            return self._apart.get((step.attr.oid, oid), 0)
        counted = self._counts.get((oid, step.relation.attr, step.relation.forward), {})
        return sum(number for kind, number in counted.items() if kind in step.family)

    def _collection(self, obj: Obj, stem: str, step: Collection) -> dict[str, Any]:
        count = self._count(obj.oid, step)
        shown = collection_object(stem + step.name, step.type, count)
        if step.named:
            del shown['Count']
            shown['_tagsNameArray'] = self._named.get((obj.oid, step.name), [])
            shown['Count'] = count
        return shown

    def _read_references(self) -> dict[tuple[int, str], int]:
        wanted = {step.link for step in self._steps if isinstance(step, Reference)}
        found: dict[tuple[int, str], int] = {}
        bare = []
        for name in wanted.intersection(COPIED):
            column = name.lower()
            for obj in self._objs:
                value = getattr(obj, column)
                if value is None:
                    bare.append(obj.oid)
                else:
                    found[obj.oid, name] = value
        stored = sorted(wanted.difference(COPIED))
        every = references(self.renderer.tx, self._oids, stored) if stored else []
        if bare:
            every += references(self.renderer.tx, bare, COPIED)
        for edge in every:
            found.setdefault((edge.owner, edge.attr), edge.member)
        return found

    def _to_open(
        self, projections: Mapping[tuple[Fetch, int], Projection]
    ) -> dict[Fetch, list[int]]:
        wanted: dict[Fetch, list[int]] = {}
        if self.depth <= 0:
            return wanted
        for (_, oid), projection in projections.items():
            for step in projection.steps:
                if isinstance(step, Reference) and step.inner is not None:
                    target = self._targets.get((oid, step.link))
                    if target is not None:
                        wanted.setdefault(step.inner, []).append(target)
        return wanted

    def _read_counts(self) -> dict[tuple[int, str, bool], dict[str, int]]:
        found: dict[tuple[int, str, bool], dict[str, int]] = {}
        outward, inward = (
            sorted(
                {
                    step.relation.attr
                    for step in self._steps
                    if isinstance(step, Collection)
                    and step.relation.forward is forward
                    and not step.apart
                }
            )
            for forward in (True, False)
        )
        rows = count_edges(self.renderer.tx, self._oids, outward, inward, self._sight)
        for forward, owner, attr, kind, number in rows:
            found.setdefault((owner, attr, forward), {})[kind] = number
        return found

    def _count_apart(self) -> dict[tuple[int, int], int]:
        """Count the collections that have no edges to count, by attribute and object."""
        tx = self.renderer.tx
        every = {
            step.attr.oid: step.attr
            for step in self._steps
            if isinstance(step, (Collection, Derived)) and step.apart
        }
        alike = [attr for attr in every.values() if attr.relation != VALUES]
        found = count_members(tx, alike, self._oids, self._sight) if alike else {}
        for attr in every.values():
            if attr.relation == VALUES:
                counted = self._count_values(attr)
                found.update(((attr.oid, oid), number) for oid, number in counted.items())
        return found

    def _count_values(self, attr: AttrDef) -> dict[int, int]:
        """Count the allowed values of attributes as the workspace has them."""
        tx = self.renderer.tx
        places: dict[int | None, list[int]] = {}
        for obj in self._objs:
            place = obj.workspace or self.renderer.call.scope.workspace
            places.setdefault(place, []).append(obj.oid)
        found: dict[int, int] = {}
        for place, oids in places.items():
            if place is not None:
                found.update(count_values_shown(tx, oids, place))
                continue
            counted = count_members(tx, [attr], oids, self._sight)
            found.update((oid, number) for (_, oid), number in counted.items())
        return found

    def _discussed(self, projections: Mapping[tuple[Fetch, int], Projection]) -> set[int]:
        """Return the objects whose last post is to be shown, and that may have one."""
        if not any(step.name == AGE for step in self._steps):
            return set()
        found = set()
        for (_, oid), projection in projections.items():
            posts = next((step for step in projection.steps if step.name == POSTS), None)
            if not isinstance(posts, Collection) or self._count(oid, posts):
                found.add(oid)
        return found

    def _read_named(self) -> dict[tuple[int, str], list[dict[str, Any]]]:
        """Return the short lists of Tags and Milestones."""
        found: dict[tuple[int, str], list[dict[str, Any]]] = {}
        steps = {
            step.name: step for step in self._steps if isinstance(step, Collection) and step.named
        }
        for name, step in steps.items():
            owners = [oid for oid in self._oids if self._count(oid, step)]
            every = member_edges(self.renderer.tx, step.attr, owners, self._sight)
            members = self.renderer.tx.get_many(member for _, member in every)
            for owner, member in every:
                found.setdefault((owner, name), []).append(short_form(members[member], step.named))
        return found


def short_form(member: Obj, names: Sequence[str]) -> dict[str, Any]:
    """Return what `_tagsNameArray` shows of a member: its names and a relative reference."""
    values = {name: member.name if name == 'Name' else member.doc.get(name) for name in names}
    return {**values, '_ref': f'/{member.type.lower()}/{member.oid}'}


def collection_object(ref: str, kind: str, count: int) -> dict[str, Any]:
    """Return what stands for a collection inside an object."""
    return {
        '_rallyAPIMajor': '2',
        '_rallyAPIMinor': '0',
        '_ref': ref,
        '_type': kind,
        'Count': count,
    }

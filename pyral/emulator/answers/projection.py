"""Projection: which attributes the rows of one type show under one fetch, in which order.

A projection is made once for a type and a fetch and then serves every row of the page. It reads the
model only; values come later, from `render`.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Mapping

from ..model import AttrDef, Relation, TypeDef
from ..store.members import is_apart
from ..store.rank_column import filled
from .fetch import Fetch

if TYPE_CHECKING:
    from ..catalogue.catalogue import Catalogue
    from ..store import Obj

__all__ = ['Collection', 'Derived', 'Projection', 'Reference', 'Scalar', 'VALUES', 'projection_for']

#: The first attributes of a recorded row (section 4.7); all others follow by name.
FIRST = ('CreationDate', 'ObjectID', 'ObjectUUID', 'VersionId', 'Subscription', 'Workspace')
FIRST_RANK = {name: rank for rank, name in enumerate(FIRST)}
#: So many projections are kept for one catalogue.
MOST_KEPT = 256
#: Edges that the object's own row repeats, so that no statement is needed for them.
COPIED = ('Workspace', 'Project')
#: What stands for a value that is not set, where that is not null.
UNSET: Mapping[str, Callable[[], Any]] = {'TEXT': str, 'RATING': lambda: 'None', 'WEB_LINK': dict}
STORY = 'HierarchicalRequirement'
#: The values of an AttributeDefinition, of which a workspace shows only some.
VALUES = Relation('AttributeDefinition', False)
#: Collections whose short list travels in `_tagsNameArray`, and what a member shows there.
NAMED: Mapping[str, tuple[str, ...]] = {
    'Tags': ('Name',),
    'Milestones': ('Name', 'DisplayColor', 'TargetDate'),
}


@dataclass(frozen=True)
class Scalar:
    """A value out of the object itself."""

    name: str
    value: Callable[[Obj], Any]


@dataclass(frozen=True)
class Reference:
    """An edge to one object.

    :ivar inner: how the object behind it is shown; None for a plain reference.
    """

    name: str
    link: str
    inner: Fetch | None


@dataclass(frozen=True)
class Collection:
    """Edges to many objects, shown as a count and a reference.

    :ivar family: the types a member may have: one edge name can serve several collections.
    :ivar apart: whether its members are not counted by its edges.
    """

    name: str
    attr: AttrDef
    type: str
    relation: Relation
    family: frozenset[str]
    apart: bool
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Derived:
    """A value or a collection that is worked out when it is read.

    :ivar apart: whether it is a collection, whose members are counted by rules of its own.
    """

    name: str
    attr: AttrDef
    inner: Fetch | None
    apart: bool


@dataclass(frozen=True)
class Projection:
    """All attributes of a row, in the order they are shown."""

    type: TypeDef
    steps: tuple[Scalar | Reference | Collection | Derived, ...]


def of_column(attr: AttrDef, column: str) -> Callable[[Obj], Any]:
    """Return the reader of a value that is a column of its own."""
    if attr.name == 'VersionId':
        return lambda obj: str(obj.version)
    if attr.name == 'ObjectID':
        return lambda obj: obj.alt_id or obj.oid
    if column == 'rank':
        return lambda obj: filled(obj.rank)
    return operator.attrgetter(column)


def of_document(attr: AttrDef) -> Callable[[Obj], Any]:
    """Return the reader of a value in the object's document, in its JSON type (section 8.3)."""
    name = attr.name
    if attr.type == 'BOOLEAN':
        # An unset boolean is false to every reader.
        return lambda obj: bool(obj.doc.get(name))
    if attr.type in ('DECIMAL', 'QUANTITY'):
        return lambda obj: as_float(obj.doc.get(name))
    if attr.type in UNSET and not (attr.type == 'RATING' and attr.required):
        unset = UNSET[attr.type]
        return lambda obj: obj.doc.get(name) or unset()
    return lambda obj: obj.doc.get(name)


def as_float(value: Any) -> Any:
    """Return a whole number as the fraction the service shows; anything else as it is."""
    return float(value) if isinstance(value, int) else value


def sort_key(attr: AttrDef) -> tuple[int, str]:
    """Return where an attribute stands in a row."""
    return FIRST_RANK.get(attr.name, len(FIRST)), attr.name


def step_for(
    catalogue: Catalogue,
    attr: AttrDef,
    fetch: Fetch,
) -> Scalar | Reference | Collection | Derived:
    """Return how one attribute of a row is built."""
    if attr.slot in ('constant', 'derived', 'blob'):
        return Derived(attr.name, attr, fetch.inside(attr.name), _counts_apart(attr))
    if attr.relation is not None and attr.type == 'OBJECT':
        return Reference(attr.name, attr.relation.attr, fetch.inside(attr.name))
    if attr.relation is not None:
        target = attr.target or ''
        family = frozenset(catalogue.family(target))
        apart, named = _counts_apart(attr), NAMED.get(attr.name, ())
        return Collection(attr.name, attr, target, attr.relation, family, apart, named)
    if attr.slot.startswith('column:'):
        return Scalar(attr.name, of_column(attr, attr.slot[len('column:') :]))
    return Scalar(attr.name, of_document(attr))


def _counts_apart(attr: AttrDef) -> bool:
    return attr.type == 'COLLECTION' and (attr.relation == VALUES or is_apart(attr))


def projection_for(catalogue: Catalogue, type_def: TypeDef, fetch: Fetch) -> Projection:
    """Return the projection for the rows of one type under one fetch; each is made once."""
    key = (type_def.path, fetch)
    found = catalogue.kept.get(key)
    if not isinstance(found, Projection):
        if len(catalogue.kept) >= MOST_KEPT:
            catalogue.kept.clear()
        found = catalogue.kept[key] = _made(catalogue, type_def, fetch)
    return found


def _made(catalogue: Catalogue, type_def: TypeDef, fetch: Fetch) -> Projection:
    is_story = type_def.path == STORY
    shown = (
        attr
        for attr in type_def.attributes.values()
        if fetch.shows(attr.name, attr.in_full) or (is_story and fetch.brings(attr.name))
    )
    steps = tuple(step_for(catalogue, attr, fetch) for attr in sorted(shown, key=sort_key))
    return Projection(type_def, steps)

"""Prepared statements that nearly every request needs: building costs more than running.

Each takes its values as parameters when it is run; a list of ids is written into the statement as
literals. Must never hold a value of its own.
"""

from __future__ import annotations

import functools
from typing import Any

from sqlalchemy import (
    BindParameter,
    Executable,
    Select,
    Update,
    bindparam,
    func,
    insert,
    literal,
    select,
    union_all,
    update,
)

from .expressions import Folded
from .sight import Sight
from .tables import counters, links, objects

__all__ = [
    'BY_OIDS',
    'COUNTERS',
    'COUNTERS_OF',
    'COUNT_LINKS',
    'EDGE_NAMES',
    'EVERY_BY_OID',
    'HEADS',
    'HELD_LINKS',
    'LAST_POSITION',
    'LATEST',
    'OF_TYPE',
    'PERMISSIONS',
    'MOST_COUNTERS',
    'NEIGHBOURS',
    'NEW_COUNTER',
    'NEW_LINK',
    'NEW_OBJECT',
    'PLAIN_EDGES',
    'REFERENCES',
    'SET_COUNTER',
    'SOURCES',
    'TARGETS',
    'counted_edges',
    'identifiers_of',
    'ids',
    'live_edges',
    'of_document',
    'readable_among',
    'updated',
]


def ids() -> BindParameter[Any]:
    """Return the parameter of a list of our own ids: never text from outside.

    A thousand bound parameters cost more than the query, so they become literals.
    """
    return bindparam('oids', expanding=True, literal_execute=True)


def _ends(forward: bool) -> tuple[Any, Any]:
    """Return the columns of owner and member of an edge."""
    return (links.c.source, links.c.target) if forward else (links.c.target, links.c.source)


def _names() -> BindParameter[Any]:
    return bindparam('attrs', expanding=True)


EVERY_BY_OID = select(objects).where(objects.c.oid == bindparam('oid'))
BY_OIDS = select(objects).where(objects.c.oid.in_(ids()))
#: All references of some objects: rows of (source, name, target).
PLAIN_EDGES = (
    select(links.c.source, links.c.attr, links.c.target)
    .where(links.c.source.in_(ids()), links.c.attr.not_like('%.%'))
    .order_by(links.c.source, links.c.attr, links.c.position, links.c.target)
)
OF_TYPE = (
    select(objects)
    .where(objects.c.type == bindparam('kind'), objects.c.recycled.is_(False))
    .order_by(objects.c.oid)
)
TARGETS = (
    select(links.c.target)
    .where(links.c.source == bindparam('oid'), links.c.attr == bindparam('attr'))
    .order_by(links.c.position, links.c.target)
)
SOURCES = (
    select(links.c.source)
    .where(links.c.target == bindparam('oid'), links.c.attr == bindparam('attr'))
    .order_by(links.c.source)
)
_HERE = (links.c.source == bindparam('oid'), links.c.attr == bindparam('attr'))
LAST_POSITION = select(func.max(links.c.position)).where(*_HERE)
#: Which of some `oids` edges of a name lead to already.
HELD_LINKS = select(links.c.target).where(*_HERE, links.c.target.in_(ids()))
COUNT_LINKS = (
    select(func.count())
    .select_from(links)
    .where(links.c.target == bindparam('oid'), links.c.attr == bindparam('attr'))
)
_COUNTERS = select(counters.c.workspace, counters.c.family, counters.c.last)
#: So many counters are read at once.
MOST_COUNTERS = 200
#: Those of all workspaces, unless there are more; the store's own, which count for 0, come first.
COUNTERS = _COUNTERS.order_by(counters.c.workspace, counters.c.family).limit(MOST_COUNTERS)
COUNTERS_OF = _COUNTERS.where(counters.c.workspace == bindparam('workspace'))
SET_COUNTER = (
    update(counters)
    .where(counters.c.workspace == bindparam('in'), counters.c.family == bindparam('of'))
    .values(last=bindparam('to'))
)
NEW_COUNTER = insert(counters).values(
    workspace=bindparam('in'), family=bindparam('of'), last=bindparam('to')
)
NEW_OBJECT, NEW_LINK = insert(objects), insert(links)
HEADS = select(
    objects.c.oid,
    objects.c.type,
    objects.c.uuid,
    objects.c.name,
    objects.c.alt_id,
    objects.c.version,
    objects.c.workspace,
    objects.c.project,
).where(objects.c.oid.in_(ids()))
#: When the newest object of some `kinds` that points here was made: rows of (target, moment).
LATEST = (
    select(links.c.target, func.max(objects.c.created))
    .join(objects, objects.c.oid == links.c.source)
    .where(
        links.c.target.in_(ids()),
        links.c.attr.in_(_names()),
        objects.c.type.in_(bindparam('kinds', expanding=True)),
        objects.c.recycled.is_(False),
    )
    .group_by(links.c.target)
)
REFERENCES = select(links.c.source, links.c.attr, links.c.target).where(
    links.c.source.in_(ids()), links.c.attr.in_(_names())
)


def identifiers_of(user: int) -> dict[str, str]:
    """Return what the identifiers of a user's permissions lie between, as `1u2w` does."""
    return {'first': f'{user}u', 'last': f'{user}v'}


#: Permissions by their identifiers; their users have links without end, of which these are few.
PERMISSIONS = select(
    objects.c.type, objects.c.workspace, objects.c.project, objects.c.doc['Role'].as_string()
).where(
    objects.c.alt_id > bindparam('first'),
    objects.c.alt_id < bindparam('last'),
    objects.c.recycled.is_(False),
)


def _neighbours() -> Executable:
    """Return the select of the live objects at the other ends of edges, `out` of `oids` and `in`.

    :returns: rows of (1 for outward or 0, owner, name, columns of the object).
    """
    parts = []
    for forward, names in ((True, 'out'), (False, 'in')):
        owner, member = _ends(forward)
        parts.append(
            select(
                literal(int(forward)).label('outward'),
                owner.label('owner'),
                links.c.attr,
                objects,
            )
            .join(objects, objects.c.oid == member)
            .where(
                owner.in_(ids()),
                links.c.attr.in_(bindparam(names, expanding=True)),
                objects.c.recycled.is_(False),
            )
        )
    return union_all(*parts)


NEIGHBOURS = _neighbours()


def _edge_names() -> Select[Any]:
    """Return the select of the names all edges have, from one name's first edge to the next's.

    `SELECT DISTINCT` would read every edge.
    """
    names = select(func.min(links.c.attr).label('name')).cte('names', recursive=True)
    later = select(func.min(links.c.attr)).where(links.c.attr > names.c.name).scalar_subquery()
    names = names.union_all(select(later).where(names.c.name.is_not(None)))
    return select(names.c.name).where(names.c.name.is_not(None))


#: The names of all edges there are: some dozens.
EDGE_NAMES = _edge_names()


@functools.lru_cache(maxsize=64)
def updated(names: tuple[str, ...]) -> Update:
    """Return the update of some columns of the object `which`, to `to_<column>`."""
    values = {name: bindparam('to_' + name, type_=objects.c[name].type) for name in names}
    return update(objects).where(objects.c.oid == bindparam('which')).values(values)


@functools.lru_cache(maxsize=2)
def live_edges(forward: bool) -> Select[Any]:
    """Return the select of edges to live objects: rows of (owner, name, member)."""
    owner, member = _ends(forward)
    return (
        select(owner, links.c.attr, member)
        .join(objects, objects.c.oid == member)
        .where(owner.in_(ids()), links.c.attr.in_(_names()), objects.c.recycled.is_(False))
        .order_by(owner, links.c.attr, links.c.position, member)
    )


@functools.lru_cache(maxsize=64)
def readable_among(sight: Sight) -> Select[Any]:
    """Return the select of those of some `oids` that a caller may read."""
    return select(objects.c.oid).where(objects.c.oid.in_(ids()), sight.condition())


@functools.lru_cache(maxsize=64)
def counted_edges(outward: bool, inward: bool, sight: Sight | None = None) -> Executable:
    """Return the select of counts of live members, along edges `out` of some `oids` and `in`.

    :param sight: whose members count; all when not given.
    :returns: rows of (1 for outward or 0, owner, name, type, count).
    """
    parts = []
    for wanted, forward, names in ((outward, True, 'out'), (inward, False, 'in')):
        if not wanted:
            continue
        owner, member = _ends(forward)
        parts.append(
            select(literal(int(forward)), owner, links.c.attr, objects.c.type, func.count())
            .join(objects, objects.c.oid == member)
            .where(
                owner.in_(ids()),
                links.c.attr.in_(bindparam(names, expanding=True)),
                objects.c.recycled.is_(False),
                *(() if sight is None else (sight.condition(),)),
            )
            .group_by(owner, links.c.attr, objects.c.type)
        )
    return union_all(*parts)


@functools.lru_cache(maxsize=64)
def of_document(key: str, fold: bool) -> Select[Any]:
    """Return the select of a live object of a `kind` whose document holds a `value` under a key.

    :param key: a name out of our own code, never a client's.
    :param fold: the value is folded, and any case is meant.
    """
    held: Any = objects.c.doc[key].as_string()
    if fold:
        held = Folded(held)
    return (
        select(objects)
        .where(
            objects.c.type == bindparam('kind'),
            held == bindparam('value'),
            objects.c.recycled.is_(False),
        )
        .limit(1)
    )

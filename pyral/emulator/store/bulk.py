"""Bulk reads and writes of very many rows, for values that are derived from neighbours.

Only plain rows pass through here; what they mean is for `rules` to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, delete, func, insert, or_, select, update

from .cache import SETTLED
from .chunks import CHUNK, chunks
from .obj import Obj
from .statements import COUNT_LINKS, NEIGHBOURS, ids
from .tables import links, objects

if TYPE_CHECKING:
    from .transaction import Tx

__all__ = [
    'count_links',
    'count_sources',
    'degrees',
    'edge_rows',
    'estimates',
    'has_edges',
    'holders',
    'identities',
    'in_project',
    'merge_documents',
    'neighbours',
    'parents',
    'pointing',
    'sums',
    'write_links',
]


def sums(
    tx: Tx,
    targets: Sequence[int],
    edge: str,
    types: Sequence[str],
    keys: Sequence[str],
    present: str | None = None,
) -> dict[int, dict[str, float]]:
    """Return the sums of some numbers over the live objects of some types that point to objects.

    :param keys: keys of the document.
    :param present: count only objects whose document has this key.
    :returns: the sums by the object pointed to.
    """
    document = objects.c.doc
    statement = (
        select(links.c.target, *(func.sum(document[key].as_float()) for key in keys))
        .join(links, links.c.source == objects.c.oid)
        .where(
            links.c.target.in_(ids()),
            links.c.attr == edge,
            objects.c.type.in_(list(types)),
            objects.c.recycled.is_(False),
        )
        .group_by(links.c.target)
    )
    if present is not None:
        statement = statement.where(document[present].as_string().is_not(None))
    found = {oid: dict.fromkeys(keys, 0.0) for oid in targets}
    for portion in chunks(targets):
        for oid, *row in tx.rows(statement, {'oids': list(portion)}):
            found[oid] = {key: round(float(value or 0), 2) for key, value in zip(keys, row)}
    return found


def estimates(tx: Tx, iteration: int, user: int) -> float:
    """Return the sum of the estimates of the live tasks of a user in an iteration."""
    owner = links.alias('owner')
    statement = (
        select(func.sum(objects.c.doc['Estimate'].as_float()))
        .join(links, links.c.source == objects.c.oid)
        .join(owner, owner.c.source == objects.c.oid)
        .where(
            links.c.target == iteration,
            links.c.attr == 'Iteration',
            owner.c.attr == 'Owner',
            owner.c.target == user,
            objects.c.type == 'Task',
            objects.c.recycled.is_(False),
        )
    )
    return round(float(tx.rows(statement)[0][0] or 0), 2)


def pointing(tx: Tx, targets: Sequence[int], edge: str, type_path: str) -> dict[int, Obj]:
    """Return the live objects of one type that point to some objects, by ObjectID."""
    statement = (
        select(objects)
        .join(links, links.c.source == objects.c.oid)
        .where(
            links.c.target.in_(list(targets)),
            links.c.attr == edge,
            objects.c.type == type_path,
            objects.c.recycled.is_(False),
        )
    )
    return {obj.oid: obj for obj in tx.objects(statement)}


def neighbours(
    tx: Tx, oids: Sequence[int], outward: Sequence[str], inward: Sequence[str]
) -> Iterator[tuple[int, bool, str, int]]:
    """Yield the live objects on the other ends of the edges of some objects, which are known then.

    :param outward: names of edges that lead from the objects.
    :param inward: names of edges that lead to them.
    :returns: (object, whether outward, name, the other).
    """
    for portion in chunks(oids):
        rows = tx.rows(NEIGHBOURS, {'oids': portion, 'out': list(outward), 'in': list(inward)})
        for outwards, oid, name, *row in rows:
            yield oid, outwards == 1, name, tx.note(row).oid


def count_links(tx: Tx, target: int, edge: str) -> int:
    """Return how many edges of a name lead here, from deleted objects too."""
    return int(tx.rows(COUNT_LINKS, {'oid': target, 'attr': edge})[0][0])


def count_sources(tx: Tx, target: int, edge: str) -> int:
    """Return how many live objects point here under a name."""
    statement = (
        select(func.count())
        .select_from(links)
        .join(objects, objects.c.oid == links.c.source)
        .where(links.c.target == target, links.c.attr == edge, objects.c.recycled.is_(False))
    )
    return int(tx.rows(statement)[0][0])


def in_project(tx: Tx, type_path: str, project: int) -> list[Obj]:
    """Return the live objects of one type that belong to a project."""
    if type_path in SETTLED:
        key = ('in_project', type_path, project)
        return list(tx.remembered(key, lambda: _in_project(tx, type_path, project)))
    return _in_project(tx, type_path, project)


def _in_project(tx: Tx, type_path: str, project: int) -> list[Obj]:
    workspace = select(objects.c.workspace).where(objects.c.oid == project).scalar_subquery()
    return tx.objects(
        select(objects)
        .where(
            objects.c.type == type_path,
            objects.c.workspace == workspace,
            objects.c.project == project,
            objects.c.recycled.is_(False),
        )
        .order_by(objects.c.oid)
    )


def identities(tx: Tx, types: Iterable[str], prefix: str) -> Iterator[tuple[int, str]]:
    """Yield ObjectID and type of every live object of some types, in the order of the ObjectIDs.

    :param types: TypePaths.
    :param prefix: what the TypePath of further types begins with.
    """
    statement = (
        select(objects.c.oid, objects.c.type)
        .where(
            or_(objects.c.type.in_(list(types)), objects.c.type.startswith(prefix)),
            objects.c.recycled.is_(False),
        )
        .order_by(objects.c.oid)
        .execution_options(yield_per=CHUNK)
    )
    for oid, type_path in tx.connection.execute(statement):
        yield oid, type_path


def edge_rows(tx: Tx, edge: str) -> Iterator[tuple[int, int]]:
    """Yield every edge of a name: (source, target)."""
    statement = (
        select(links.c.source, links.c.target)
        .where(links.c.attr == edge)
        .execution_options(yield_per=CHUNK)
    )
    for source, target in tx.connection.execute(statement):
        yield source, target


def parents(tx: Tx, edge: str, type_path: str) -> list[int]:
    """Return the live objects of a type that live ones of the same type point to under a name."""
    parent, child = objects.alias('parent'), objects.alias('child')
    statement = (
        select(links.c.target)
        .distinct()
        .join(child, child.c.oid == links.c.source)
        .join(parent, parent.c.oid == links.c.target)
        .where(
            links.c.attr == edge,
            child.c.type == type_path,
            child.c.recycled.is_(False),
            parent.c.type == type_path,
            parent.c.recycled.is_(False),
        )
        .order_by(links.c.target)
    )
    return [row[0] for row in tx.rows(statement)]


def degrees(
    tx: Tx, oids: Sequence[int], outward: Iterable[str], inward: Iterable[str]
) -> dict[int, int]:
    """Return how many edges of some names the objects have; those of deleted neighbours count.

    :param outward: names of edges that lead from the objects.
    :param inward: names of edges that lead to them.
    """
    counted: dict[int, int] = {}
    for column, names in ((links.c.source, outward), (links.c.target, inward)):
        statement = (
            select(column, func.count())
            .where(column.in_(ids()), links.c.attr.in_(list(names)))
            .group_by(column)
        )
        for oid, count in tx.rows(statement, {'oids': list(oids)}):
            counted[oid] = counted.get(oid, 0) + count
    return counted


def has_edges(tx: Tx, edge: str, type_path: str) -> bool:
    """Say whether any object of a type has an edge of a name."""
    statement = (
        select(links.c.source)
        .join(objects, objects.c.oid == links.c.source)
        .where(links.c.attr == edge, objects.c.type == type_path)
        .limit(1)
    )
    return bool(tx.rows(statement))


def holders(tx: Tx, types: Sequence[str], workspace: int, key: str, text: str) -> list[int]:
    """Return the objects of a workspace, deleted ones too, whose document holds a text."""
    statement = select(objects.c.oid).where(
        objects.c.type.in_(list(types)),
        or_(objects.c.workspace == workspace, objects.c.workspace.is_(None)),
        objects.c.doc[key].as_string() == text,
    )
    return [row[0] for row in tx.rows(statement)]


def merge_documents(tx: Tx, changes: Mapping[int, Mapping[str, Any]]) -> None:
    """Put values into the documents of many objects; None takes a key out."""
    for portion in chunks(list(changes)):
        fresh = []
        for oid, obj in tx.get_many(portion, recycled=True).items():
            merged = {**obj.doc, **changes[oid]}
            fresh.append(
                {
                    'which': oid,
                    'to': {key: value for key, value in merged.items() if value is not None},
                }
            )
        if fresh:
            tx.connection.execute(
                update(objects)
                .where(objects.c.oid == bindparam('which'))
                .values(doc=bindparam('to')),
                fresh,
            )
    if changes:
        tx.rewritten()


def write_links(tx: Tx, edge: str, targets: Mapping[int, int | None]) -> None:
    """Let the one edge of a name of many objects lead somewhere else, or nowhere."""
    if not targets:
        return
    tx.connection.execute(
        delete(links).where(and_(links.c.source == bindparam('which'), links.c.attr == edge)),
        [{'which': oid} for oid in targets],
    )
    rows = [
        {'source': oid, 'attr': edge, 'target': target, 'position': 0}
        for oid, target in targets.items()
        if target is not None
    ]
    if rows:
        tx.connection.execute(insert(links), rows)
    tx.rewritten()

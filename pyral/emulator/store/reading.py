"""Reads that serve many objects in one statement: pages, edges in bulk, counts, permissions.

The renderer and the scope use these, so that a page costs a handful of statements whatever its
size. Nothing here writes, and nothing here knows the types of the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterable, Iterator, NamedTuple, Sequence

from sqlalchemy import (
    ColumnElement,
    and_,
    false,
    func,
    or_,
    select,
)

from .cache import SETTLED
from .chunks import chunks
from .expressions import Folded, among, holds
from .members import counted_members, listed_members, members_of
from .ownership import HELD, HISTORY, NOTED, OWNED
from .statements import (
    HEADS,
    LATEST,
    OF_TYPE,
    PERMISSIONS,
    REFERENCES,
    counted_edges,
    identifiers_of,
    live_edges,
    of_document,
    readable_among,
)
from .tables import links, objects

if TYPE_CHECKING:
    from ..model import AttrDef
    from .obj import Obj
    from .sight import Sight
    from .transaction import Tx

__all__ = [
    'Edge',
    'Head',
    'count_by_type',
    'count_edges',
    'count_groups',
    'count_members',
    'document_holds',
    'document_order',
    'edges',
    'find_by_document',
    'find_by_entry',
    'find_named',
    'head_of',
    'heads',
    'holds_text',
    'in_groups',
    'in_projects',
    'in_workspace',
    'latest_posts',
    'member_edges',
    'member_of',
    'member_order',
    'named_like',
    'newest_first',
    'numbered',
    'of_type',
    'of_types',
    'owners_of',
    'permissions',
    'readable',
    'references',
    'roles',
    'select_grouped',
    'select_page',
    'subtree',
    'with_ids',
]


#: Types whose references bear an internal name, such as `scheduleState` (section 9.4); its key.
INNER_NAMED = frozenset(['AttributeDefinition', 'WebLinkDefinition'])
INNER_NAME = '_internalName'
POST_TYPES = ('ConversationPost', 'ObjectiveConversationPost')
POST_OWNERS = ('Artifact', 'Objective')
#: Types of which there are few objects, and these seldom change.
FEW = ('Subscription', 'Workspace')


class Head(NamedTuple):
    """What a reference object shows of the object it points to."""

    oid: int
    type: str
    uuid: str
    name: str | None
    alt_id: str | None
    version: int
    workspace: int | None
    project: int | None


class Edge(NamedTuple):
    """One edge of the page: whose, under which name, to which object."""

    owner: int
    attr: str
    member: int


def _portions(oids: Iterable[int]) -> Iterator[Sequence[int]]:
    """Cut ids into portions a statement can name, each id once."""
    return chunks(list(dict.fromkeys(oids)))


def heads(tx: Tx, oids: Iterable[int]) -> dict[int, Head]:
    """Return the heads of objects by id; deleted ones keep theirs, so that old references show."""
    found: dict[int, Head] = {}
    missing = []
    for oid in dict.fromkeys(oids):
        obj = tx.known(oid)
        if obj is None:
            missing.append(oid)
        else:
            found[oid] = head_of(obj)
    for portion in chunks(missing):
        for row in tx.rows(HEADS, {'oids': portion}):
            found[row[0]] = Head(*row)
    inner = [oid for oid in missing if oid in found and found[oid].type in INNER_NAMED]
    found.update((obj.oid, head_of(obj)) for obj in tx.get_many(inner).values())
    return found


def head_of(obj: Obj) -> Head:
    """Return the head of an object that is already read."""
    name = obj.doc.get(INNER_NAME) or obj.name if obj.type in INNER_NAMED else obj.name
    return Head(
        obj.oid,
        obj.type,
        obj.uuid,
        name,
        obj.alt_id,
        obj.version,
        obj.workspace,
        obj.project,
    )


def edges(tx: Tx, oids: Iterable[int], attrs: Sequence[str], forward: bool = True) -> list[Edge]:
    """Return the edges of many objects under some names, to objects that are not deleted.

    :param attrs: values of the edge's name.
    :param forward: the given objects are the sources; otherwise the targets.
    """
    found: list[Edge] = []
    for portion in _portions(oids):
        values = {'oids': portion, 'attrs': list(attrs)}
        found.extend(Edge(*row) for row in tx.rows(live_edges(forward), values))
    return found


def references(tx: Tx, oids: Iterable[int], attrs: Sequence[str]) -> list[Edge]:
    """Return the outgoing references of many objects, those to deleted objects too (section 19)."""
    found: list[Edge] = []
    missing = []
    for oid in dict.fromkeys(oids):
        known = tx.known_edges(oid)
        if known is None:
            missing.append(oid)
        else:
            found.extend(Edge(oid, attr, each) for attr in attrs for each in known.get(attr, ()))
    for portion in chunks(missing):
        values = {'oids': portion, 'attrs': list(attrs)}
        found.extend(Edge(*row) for row in tx.rows(REFERENCES, values))
    return found


def readable(tx: Tx, oids: Iterable[int], sight: Sight) -> set[int]:
    """Return those of some objects that a caller may read, deleted ones too."""
    statement = readable_among(sight)
    return {row[0] for portion in _portions(oids) for row in tx.rows(statement, {'oids': portion})}


def owners_of(tx: Tx, part: Obj) -> list[Obj]:
    """Return what a part belongs to, deleted or not: more than one where it is shared."""
    if part.type in NOTED:
        item = tx.get(int(part.doc.get(NOTED[part.type]) or 0), recycled=True)
        return [] if item is None else [item]
    if part.type in OWNED:
        led = [tx.target(part.oid, edge) for edge in OWNED[part.type].by]
        return list(tx.get_many((oid for oid in led if oid is not None), recycled=True).values())
    held: int | None = part.oid
    if part.type == HISTORY:
        held = tx.target(part.oid, HELD['RevisionHistory'])
    elif part.type not in HELD:
        return []
    if held is None:
        return []
    edge = HELD['RevisionHistory' if part.type == HISTORY else part.type]
    holders = tx.get_many(tx.sources(held, edge), recycled=True).values()
    return [one for one in holders if one.type != HISTORY]


def count_edges(
    tx: Tx,
    oids: Iterable[int],
    outward: Sequence[str],
    inward: Sequence[str],
    sight: Sight | None = None,
) -> list[tuple[bool, int, str, str, int]]:
    """Count members per object, name and member type.

    :param outward: names of edges that lead from the objects.
    :param inward: names of edges that lead to them.
    :param sight: whose members count; all when not given.
    :returns: rows of (whether outward, object, name, type, count).
    """
    names = {name: list(held) for name, held in (('out', outward), ('in', inward)) if held}
    if not names:
        return []
    statement = counted_edges(bool(outward), bool(inward), sight)
    found: list[tuple[bool, int, str, str, int]] = []
    for portion in _portions(oids):
        found.extend(
            (row[0] == 1, row[1], row[2], row[3], row[4])
            for row in tx.rows(statement, {'oids': portion, **names})
        )
    return found


def in_workspace(workspace: int) -> ColumnElement[bool]:
    """Return the condition "of this workspace, or of none" for the page's objects."""
    return or_(objects.c.workspace == workspace, objects.c.workspace.is_(None))


def in_projects(projects: Iterable[int], none_too: bool) -> ColumnElement[bool]:
    """Return the condition "of one of these projects".

    :param none_too: let objects pass that have no project.
    """
    inside = among(objects.c.project, sorted(projects))
    return or_(inside, objects.c.project.is_(None)) if none_too else inside


def with_ids(oids: Iterable[int]) -> ColumnElement[bool]:
    """Return the condition "one of these objects"."""
    every = sorted(oids)
    return among(objects.c.oid, every) if every else false()


def numbered(first: int, last: int) -> ColumnElement[bool]:
    """Return the condition that the number of the FormattedID lies in a range."""
    return objects.c.number.between(first, last)


def named_like(text: str) -> ColumnElement[bool]:
    """Return the condition that the name holds a text, in any letter case."""
    return holds(Folded(objects.c.name), text.casefold())


def of_types(types: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition "of one of these types"."""
    return objects.c.type.in_(list(types))


def member_of(attr: AttrDef, owner: int) -> ColumnElement[bool]:
    """Return the condition "a member of this object's collection"."""
    found = members_of(attr, [owner]).subquery()
    return objects.c.oid.in_(select(found.c.member))


def member_order(attr: AttrDef, owner: int) -> ColumnElement[Any]:
    """Return the place of a member in this object's collection, as a sort key."""
    found = members_of(attr, [owner]).subquery()
    return (
        select(func.min(found.c.position)).where(found.c.member == objects.c.oid).scalar_subquery()
    )


def document_order(key: str) -> ColumnElement[Any]:
    """Return a number of the document as a sort key."""
    number: ColumnElement[Any] = objects.c.doc[key].as_integer()
    return number


def newest_first() -> ColumnElement[Any]:
    """Return the sort key of collections whose newest member comes first."""
    return objects.c.oid.desc()


def count_members(
    tx: Tx, attrs: Iterable[AttrDef], oids: Iterable[int], sight: Sight | None = None
) -> dict[tuple[int, int], int]:
    """Count the members of some collections, stored or derived, for many objects.

    :param sight: whose members count; all when not given.
    :returns: counts by ObjectID of the attribute and of the object.
    """
    statement = counted_members(tuple(attrs), sight)
    found: dict[tuple[int, int], int] = {}
    for portion in _portions(oids):
        found.update(
            ((attr, owner), number) for attr, owner, number in tx.rows(statement, {'oids': portion})
        )
    return found


def member_edges(
    tx: Tx, attr: AttrDef, oids: Iterable[int], sight: Sight | None = None
) -> list[tuple[int, int]]:
    """Return the members of one collection, for many objects: rows of (owner, member).

    :param sight: whose members are meant; all when not given.
    """
    found: list[tuple[int, int]] = []
    statement = listed_members(attr, sight)
    for portion in _portions(oids):
        found.extend((row[0], row[1]) for row in tx.rows(statement, {'oids': portion}))
    return found


def holds_text(text: str, keys: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that the name, the FormattedID or a text of the document holds a text.

    :param keys: names in the document.
    """
    columns: list[ColumnElement[Any]] = [objects.c.name, objects.c.formatted_id]
    columns += [objects.c.doc[key].as_string() for key in keys]
    wanted = text.casefold()
    return or_(*(holds(Folded(column), wanted) for column in columns))


def document_holds(key: str, value: str | bool) -> ColumnElement[bool]:
    """Return the condition that the document holds a value; an unset boolean counts as false."""
    if isinstance(value, bool):
        held = func.coalesce(objects.c.doc[key].as_boolean(), False)
        return held.is_(True) if value else held.is_(False)
    equal: ColumnElement[bool] = objects.c.doc[key].as_string() == value
    return equal


def count_by_type(
    tx: Tx, apart: Iterable[str], conditions: Sequence[ColumnElement[bool]]
) -> dict[int | None, dict[str, int]]:
    """Return how many live objects meet all conditions, by workspace and TypePath.

    :param apart: types that are not counted.
    """
    kinds = (objects.c.type, objects.c.workspace)
    wanted = and_(objects.c.recycled.is_(False), kinds[0].not_in(sorted(apart)), *conditions)
    statement = select(*kinds, func.count()).where(wanted).group_by(*kinds)
    found: dict[int | None, dict[str, int]] = {}
    for kind, workspace, number in tx.rows(statement):
        found.setdefault(workspace, {})[kind] = number
    return found


def select_page(
    tx: Tx,
    conditions: Sequence[ColumnElement[bool]],
    order: Sequence[ColumnElement[Any]],
    start: int,
    size: int,
) -> tuple[int, list[Obj]]:
    """Return how many live objects meet all conditions, and one page of them.

    :param order: sort keys; the ObjectID follows as the last.
    :param start: the first row, counted from 1.
    """
    wanted = and_(objects.c.recycled.is_(False), *conditions)
    keys = (*order, objects.c.oid)
    # One scan counts, sorts and cuts the bare ids; whole rows are read for the page alone.
    found = (
        select(objects.c.oid, func.count().over().label('total'))
        .where(wanted)
        .order_by(*keys)
        .limit(size)
        .offset(start - 1)
        .subquery()
    )
    rows = tx.rows(
        select(found.c.total, objects).join(found, found.c.oid == objects.c.oid).order_by(*keys)
    )
    if not rows and start > 1:
        count = select(func.count()).select_from(objects).where(wanted)
        return int(tx.rows(count)[0][0]), []
    return (int(rows[0][0]) if rows else 0), [tx.object(row[1:]) for row in rows]


def _grouped(
    conditions: Sequence[ColumnElement[bool]], key: ColumnElement[Any], *columns: Any
) -> Any:
    """Return the live objects that meet all conditions, each with its group, as a subquery."""
    wanted = and_(objects.c.recycled.is_(False), *conditions)
    return select(objects.c.oid, key.label('key'), *columns).where(wanted).subquery()


def _of_groups(column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    named = column.in_([value for value in values if value is not None])
    return or_(named, column.is_(None)) if None in values else named


def in_groups(
    conditions: Sequence[ColumnElement[bool]], key: ColumnElement[Any]
) -> ColumnElement[bool]:
    """Return the condition that some object of those that meet all conditions leads here.

    :param key: the expression of an ObjectID.
    """
    return objects.c.oid.in_(select(_grouped(conditions, key).c.key))


def count_groups(
    tx: Tx,
    conditions: Sequence[ColumnElement[bool]],
    key: ColumnElement[Any],
    values: Sequence[Any] | None = None,
) -> dict[Any, int]:
    """Return how many live objects that meet all conditions each group has.

    :param key: what they are grouped by.
    :param values: the groups that count; all when not given.
    """
    found = _grouped(conditions, key)
    statement = select(found.c.key, func.count()).group_by(found.c.key)
    if values is not None:
        statement = statement.where(_of_groups(found.c.key, values))
    return {row[0]: row[1] for row in tx.rows(statement)}


def select_grouped(
    tx: Tx,
    conditions: Sequence[ColumnElement[bool]],
    key: ColumnElement[Any],
    values: Sequence[Any],
    order: Sequence[ColumnElement[Any]],
    start: int,
    size: int,
) -> list[tuple[Any, Obj]]:
    """Return one page of the live objects of each of some groups, with the group of each.

    :param key: what they are grouped by.
    :param order: sort keys within a group; the ObjectID follows as the last.
    :param start: the first object of each group, counted from 1.
    """
    place = func.row_number().over(partition_by=key, order_by=(*order, objects.c.oid))
    found = _grouped(conditions, key, place.label('place'))
    rows = tx.rows(
        select(found.c.key, objects)
        .join(found, found.c.oid == objects.c.oid)
        .where(_of_groups(found.c.key, values), found.c.place.between(start, start + size - 1))
        .order_by(found.c.key, found.c.place)
    )
    return [(row[0], tx.object(row[1:])) for row in rows]


def of_type(tx: Tx, type_path: str) -> list[Obj]:
    """Return every live object of one type, in the order of their ids."""
    if type_path in FEW:
        return list(tx.remembered(('of_type', type_path), lambda: _of_type(tx, type_path)))
    return _of_type(tx, type_path)


def _of_type(tx: Tx, type_path: str) -> list[Obj]:
    return tx.objects(OF_TYPE, {'kind': type_path})


def find_named(tx: Tx, type_path: str, workspace: int | None, name: str) -> Obj | None:
    """Return the oldest live object of a type and a workspace with this very name."""
    statement = (
        select(objects)
        .where(
            objects.c.type == type_path,
            objects.c.workspace == workspace,
            objects.c.name == name,
            objects.c.recycled == false(),
        )
        .order_by(objects.c.oid)
        .limit(1)
    )
    found = tx.objects(statement)
    return found[0] if found else None


def find_by_document(
    tx: Tx,
    type_path: str,
    key: str,
    value: str,
    fold: bool = False,
) -> Obj | None:
    """Return the live object of a type whose document holds a text under a key.

    :param fold: compare without regard to the case of letters.
    """
    wanted = value.casefold() if fold else value

    def read() -> Obj | None:
        found = tx.rows(of_document(key, fold), {'kind': type_path, 'value': wanted})
        return tx.note(found[0]) if found else None

    if type_path not in SETTLED:
        return read()
    return tx.remembered(('document', type_path, key, wanted, fold), read)


def latest_posts(tx: Tx, oids: Iterable[int]) -> dict[int, str]:
    """Return when the last post was written to the discussion of each object that has one."""
    found: dict[int, str] = {}
    for portion in _portions(oids):
        values = {'oids': portion, 'attrs': POST_OWNERS, 'kinds': POST_TYPES}
        found.update((row[0], row[1]) for row in tx.rows(LATEST, values))
    return found


def find_by_entry(tx: Tx, type_path: str, key: str, entry: str) -> Obj | None:
    """Return the live object of a type whose document has an entry in a table under a key."""
    found = tx.objects(
        select(objects)
        .where(
            objects.c.type == type_path,
            objects.c.recycled.is_(False),
            objects.c.doc[(key, entry)].as_string().is_not(None),
        )
        .limit(1)
    )
    return found[0] if found else None


def subtree(tx: Tx, root: int, attr: str) -> list[int]:
    """Return every object below a root along a reference to the parent, the root left out."""
    first = select(links.c.source).where(links.c.target == root, links.c.attr == attr)
    tree = first.cte('tree', recursive=True)
    tree = tree.union(
        select(links.c.source).where(links.c.attr == attr, links.c.target == tree.c.source)
    )
    return [row[0] for row in tx.rows(select(tree.c.source))]


def permissions(tx: Tx, user: int) -> tuple[dict[int, str], dict[int, str]]:
    """Return a user's role per workspace and per project, as the permissions say."""
    return tx.remembered(('permissions', user), lambda: _permissions(tx, user))


def roles(tx: Tx, user: int) -> tuple[dict[int, str], dict[int, str]]:
    """Return the roles that count: none in a project without one in its workspace."""
    return tx.remembered(('roles', user), lambda: _roles(tx, user))


def _permissions(tx: Tx, user: int) -> tuple[dict[int, str], dict[int, str]]:
    workspaces, projects = {}, {}
    for kind, workspace, project, role in tx.rows(PERMISSIONS, identifiers_of(user)):
        if kind == 'WorkspacePermission':
            workspaces[workspace] = role
        elif kind == 'ProjectPermission':
            projects[project] = role
    return workspaces, projects


def _roles(tx: Tx, user: int) -> tuple[dict[int, str], dict[int, str]]:
    workspaces, projects = permissions(tx, user)
    places = tx.get_many(projects)
    counting = {oid: role for oid, role in projects.items() if oid in places}
    return workspaces, {
        oid: role for oid, role in counting.items() if places[oid].workspace in workspaces
    }

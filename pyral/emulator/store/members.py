"""Members of collections as SQL: along stored edges, and worked out where none are stored.

Derived collections (ancestors, the types of a workspace…) are a table of small selects, so that
counting them and listing them is the same query as for any other collection.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, Callable, Union

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Executable,
    Select,
    String,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.sql.expression import FromClause

from ..model import AttrDef, Model, Relation
from .expressions import PORTFOLIO, of_family
from .sight import Sight
from .statements import ids
from .tables import links, objects

__all__ = ['counted_members', 'is_apart', 'listed_members', 'members_of']

Members = Select[Any]
Owners = Union[Sequence[int], BindParameter[Any]]
#: Edges that the rows of the objects repeat.
_COPIES = ('Workspace', 'Project')
#: From what a user has made, posted and recorded to the user.
_OF_USER = Relation('User', False)
_PERMISSIONS = Model.load().family('UserPermission')


def members_of(attr: AttrDef, owners: Owners) -> Members:
    """Return a select of the live members of a collection, for some owners.

    :param attr: a COLLECTION attribute, stored or derived, or a stored OBJECT attribute.
    :param owners: ObjectIDs of the objects whose collection is asked.
    :returns: rows `(owner, member, position)`, in no order.
    """
    if attr.relation is None:
        build = _DERIVED.get(attr.name)
        return _nobody() if build is None else build(attr, owners)
    forward = attr.relation.forward
    if attr.relation.attr in _COPIES and not forward and attr.target:
        return _inhabitants(objects.c[attr.relation.attr.lower()], attr.target, owners)
    if attr.relation == _OF_USER and attr.target in _PERMISSIONS:
        return _permissions(attr.target, owners)
    owner, member = (
        (links.c.source, links.c.target) if forward else (links.c.target, links.c.source)
    )
    statement = (
        select(owner.label('owner'), member.label('member'), links.c.position)
        .join(objects, objects.c.oid == member)
        .where(owner.in_(owners), links.c.attr == attr.relation.attr, objects.c.recycled.is_(False))
    )
    if not forward and attr.target:
        # Many types point to the same owner under one name (`Iteration`); only some are meant.
        statement = statement.where(of_family(objects.c.type, attr.target))
    return statement


def is_apart(attr: AttrDef) -> bool:
    """Say whether a collection is not found along its edges: its owners have too many of them.

    A workspace or a project is named by nearly everything, and its collections hold little of it;
    a user by every revision of what the user has changed.
    """
    relation = attr.relation
    return relation is None or (
        not relation.forward and (relation.attr in _COPIES or relation == _OF_USER)
    )


def _readable(attr: AttrDef, sight: Sight | None) -> FromClause:
    """Return the members of a collection of some `oids` that a caller may read."""
    members = members_of(attr, ids()).subquery()
    if sight is None:
        return members
    member = objects.alias()
    seen = select(members).join(member, member.c.oid == members.c.member)
    types = None if attr.target is None else Model.load().family(attr.target)
    return seen.where(sight.condition(member, types)).subquery()


@functools.lru_cache(maxsize=512)
def counted_members(attrs: tuple[AttrDef, ...], sight: Sight | None = None) -> Executable:
    """Return the select of the counts of collections, for some `oids`.

    :param sight: whose members count; all when not given.
    :returns: rows of (ObjectID of the attribute, owner, count).
    """
    found = [(attr, _readable(attr, sight)) for attr in attrs]
    return union_all(
        *(
            select(literal(attr.oid, BigInteger), members.c.owner, func.count()).group_by(
                members.c.owner
            )
            for attr, members in found
        )
    )


@functools.lru_cache(maxsize=512)
def listed_members(attr: AttrDef, sight: Sight | None = None) -> Members:
    """Return the select of the members of a collection, for some `oids`: (owner, member).

    :param sight: whose members are meant; all when not given.
    """
    members = _readable(attr, sight)
    return select(members.c.owner, members.c.member).order_by(
        members.c.owner, members.c.position, members.c.member
    )


def _inhabitants(place: ColumnElement[Any], path: str, owners: Owners) -> Members:
    """Return the objects of a type in some workspaces or projects.

    Their rows say where they are; the edges of a place are those of everything in it.
    """
    return select(
        place.label('owner'), objects.c.oid.label('member'), literal(0).label('position')
    ).where(place.in_(owners), of_family(objects.c.type, path), objects.c.recycled.is_(False))


def _permissions(path: str, owners: Owners) -> Members:
    """Return the permissions of some users: an identifier begins with the user, as in `1u2w`."""
    user = objects.alias('user')
    begin = cast(user.c.oid, String)
    return (
        select(
            user.c.oid.label('owner'),
            objects.c.oid.label('member'),
            literal(0).label('position'),
        )
        .join(
            objects,
            and_(
                objects.c.alt_id > begin + 'u',
                objects.c.alt_id < begin + 'v',
                of_family(objects.c.type, path),
                objects.c.recycled.is_(False),
            ),
        )
        .select_from(user)
        .where(user.c.oid.in_(owners))
    )


def _nobody() -> Members:
    return select(
        links.c.source.label('owner'), links.c.target.label('member'), links.c.position
    ).where(links.c.source.is_(None))


def _live(source: FromClause, condition: ColumnElement[bool]) -> Members:
    """Select the live objects of a list of (owner, member) that meet a condition."""
    return (
        select(source.c.owner, source.c.member, source.c.member.label('position'))
        .join(objects, objects.c.oid == source.c.member)
        .where(objects.c.recycled.is_(False), condition)
        .distinct()
    )


def _reached(owners: Owners, attrs: Sequence[str], upward: bool) -> FromClause:
    """Follow references from some owners as far as they lead, separately for each owner."""
    here, there = (links.c.source, links.c.target) if upward else (links.c.target, links.c.source)
    first = select(here.label('owner'), there.label('member')).where(
        here.in_(owners), links.c.attr.in_(attrs)
    )
    tree = first.cte(recursive=True)
    step = select(tree.c.owner, there).where(here == tree.c.member, links.c.attr.in_(attrs))
    return tree.union(step)


def _ancestors(attr: AttrDef, owners: Owners) -> Members:
    return _live(
        _reached(owners, ('Parent', PORTFOLIO), True), of_family(objects.c.type, PORTFOLIO)
    )


def _folders_above(attr: AttrDef, owners: Owners) -> Members:
    return _live(_reached(owners, ('TestFolder', 'Parent'), True), objects.c.type == 'TestFolder')


def _below_folder(attr: AttrDef, owners: Owners) -> Members:
    kinds = ('TestCase',) if attr.target == 'TestCase' else ('TestCase', 'TestFolder')
    return _live(_reached(owners, ('TestFolder', 'Parent'), False), objects.c.type.in_(kinds))


def _children(attr: AttrDef, owners: Owners) -> Members:
    """Return what hangs below a schedulable artifact: stories, tasks, defects, test cases."""
    pairs = (
        select(links.c.target.label('owner'), links.c.source.label('member'))
        .where(
            links.c.target.in_(owners), links.c.attr.in_(('Parent', 'WorkProduct', 'Requirement'))
        )
        .subquery()
    )
    return _live(pairs, of_family(objects.c.type, 'Artifact'))


def _scheduled(attr: AttrDef, owners: Owners) -> Members:
    pairs = (
        select(links.c.target.label('owner'), links.c.source.label('member'))
        .where(links.c.target.in_(owners), links.c.attr == 'TestSet')
        .subquery()
    )
    return _live(pairs, objects.c.type == 'ScheduledTestCase')


def _of_test_case(attr: AttrDef, owners: Owners) -> Members:
    """Return what a scheduled test case shows of its test case: steps, results, defects."""
    case, member = links.alias('to_case'), links.alias('of_case')
    pairs = (
        select(case.c.source.label('owner'), member.c.source.label('member'))
        .where(
            case.c.source.in_(owners),
            case.c.attr == 'TestCase',
            member.c.target == case.c.target,
            member.c.attr == 'TestCase',
        )
        .subquery()
    )
    return _live(pairs, of_family(objects.c.type, attr.target or ''))


def _people(*roles: str) -> Callable[[AttrDef, Owners], Members]:
    """Return the users who have one of some roles in a project."""

    def build(attr: AttrDef, owners: Owners) -> Members:
        person, permission = links.alias('person'), objects.alias('permission')
        pairs = (
            select(permission.c.project.label('owner'), person.c.target.label('member'))
            .join(person, person.c.source == permission.c.oid)
            .where(
                permission.c.project.in_(owners),
                person.c.attr == 'User',
                permission.c.type == 'ProjectPermission',
                permission.c.recycled.is_(False),
                permission.c.doc['Role'].as_string().in_(roles),
            )
            .subquery()
        )
        return _live(pairs, objects.c.type == 'User')

    return build


def _of_type(kind: str) -> Callable[[AttrDef, Owners], Members]:
    """Return all objects of a type; there is one subscription, so it owns them all."""

    def build(attr: AttrDef, owners: Owners) -> Members:
        return _joined(objects.alias('holder'), objects.c.type == kind, owners)

    return build


def _top_projects(attr: AttrDef, owners: Owners) -> Members:
    has_parent = (
        select(links.c.source)
        .where(links.c.source == objects.c.oid, links.c.attr == 'Parent')
        .exists()
    )
    return select(
        objects.c.workspace.label('owner'),
        objects.c.oid.label('member'),
        objects.c.oid.label('position'),
    ).where(
        objects.c.type == 'Project',
        objects.c.workspace.in_(owners),
        objects.c.recycled.is_(False),
        ~has_parent,
    )


def _type_definitions(attr: AttrDef, owners: Owners) -> Members:
    """Return a workspace's own definitions, and the system's where it has none of that path.

    The system's portfolio levels all go once a workspace has levels of its own.
    """
    owner, own = objects.alias('holder'), objects.alias('own')
    path = objects.c.doc['TypePath'].as_string()
    instead = or_(
        own.c.doc['TypePath'].as_string() == path,
        and_(own.c.doc['_level'].as_boolean(), path.like(PORTFOLIO + '/%')),
    )
    hidden = (
        select(own.c.oid)
        .where(
            own.c.type == 'TypeDefinition',
            own.c.workspace == owner.c.oid,
            own.c.recycled.is_(False),
            instead,
        )
        .exists()
    )
    shown = or_(objects.c.workspace == owner.c.oid, and_(objects.c.workspace.is_(None), ~hidden))
    return _joined(owner, and_(objects.c.type == 'TypeDefinition', shown), owners)


def _joined(owner: FromClause, condition: ColumnElement[bool], owners: Owners) -> Members:
    """Select every owner with every live object that meets a condition."""
    return (
        select(
            owner.c.oid.label('owner'),
            objects.c.oid.label('member'),
            objects.c.oid.label('position'),
        )
        .join(objects, and_(condition, objects.c.recycled.is_(False)))
        .select_from(owner)
        .where(owner.c.oid.in_(owners))
    )


_DERIVED: dict[str, Callable[[AttrDef, Owners], Members]] = {
    'Ancestors': _ancestors,
    'AllUsers': _people('Admin', 'Editor', 'Viewer', 'User'),
    'Children': _top_projects,
    'Defects': _of_test_case,
    'Descendants': _below_folder,
    'Editors': _people('Admin', 'Editor'),
    'MixedChildren': _children,
    'RecursiveTestCases': _below_folder,
    'Results': _of_test_case,
    'ScheduledChildren': _scheduled,
    'Steps': _of_test_case,
    'Tags': _of_type('SubscriptionTag'),
    'TestFolderHierarchy': _folders_above,
    'TypeDefinitions': _type_definitions,
    'Viewers': _people('Viewer'),
    'Workspaces': _of_type('Workspace'),
}

"""Read the definitions that are not the system's: types, attributes, values of one workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update

from .expressions import of_family
from .tables import links, objects

if TYPE_CHECKING:
    from .obj import Obj
    from .transaction import Tx

__all__ = [
    'CustomRows',
    'count_values_shown',
    'edges_below',
    'edges_of',
    'custom_rows',
    'custom_type_row',
    'custom_values',
    'replace_targets',
    'repoint',
    'values_shown',
]

#: References that lead to a type definition.
_TO_TYPES = (
    'AssociatedWorkType',
    'ItemTypeDef',
    'ObjectiveType',
    'PortfolioItemType',
    'Type',
    'TypeDef',
    'TypeDefinition',
)


@dataclass(frozen=True)
class CustomRows:
    """Hold what a workspace has defined beyond the system's definitions."""

    types: Sequence[Obj]
    attributes: Sequence[Obj]
    #: TypePath of the declaring type by the attribute's ObjectID.
    owners: dict[int, str]
    #: Allowed values in order by the attribute's ObjectID, system attributes too.
    values: dict[int, list[object]]


def custom_rows(tx: Tx, workspace: int | None) -> CustomRows:
    """Return the definitions of a workspace and those of the whole subscription."""
    types = tx.objects(_defined('TypeDefinition', workspace))
    attributes = tx.objects(_defined('AttributeDefinition', workspace))
    values: dict[int, list[object]] = {}
    for attr_oid, kind, doc in tx.rows(_values(workspace)):
        value = doc.get('IntegerValue') if kind == 'INTEGER' else doc.get('StringValue')
        values.setdefault(attr_oid, []).append(value)
    owners = {row[0]: row[1] for row in tx.rows(_owners(workspace))}
    return CustomRows(types, attributes, owners, values)


def values_shown(attribute: int, workspace: int) -> ColumnElement[bool]:
    """Return the condition "an allowed value as this workspace has them".

    A workspace that has values of its own sees only those, any other only the system's.

    :param attribute: ObjectID of the AttributeDefinition.
    """
    of_attribute = objects.c.oid.in_(
        select(links.c.source).where(
            links.c.target == attribute, links.c.attr == 'AttributeDefinition'
        )
    )
    own = _values_of(attribute, workspace)
    theirs = and_(objects.c.workspace.is_(None), ~own.exists())
    return and_(of_attribute, or_(objects.c.workspace == workspace, theirs))


def count_values_shown(tx: Tx, attributes: Sequence[int], workspace: int) -> dict[int, int]:
    """Count the allowed values of some attributes as this workspace has them.

    :param attributes: ObjectIDs of AttributeDefinitions.
    """
    statement = (
        select(links.c.target, objects.c.workspace, func.count())
        .join(objects, objects.c.oid == links.c.source)
        .where(
            links.c.target.in_(attributes),
            links.c.attr == 'AttributeDefinition',
            objects.c.type == 'AllowedAttributeValue',
            objects.c.recycled.is_(False),
            or_(objects.c.workspace == workspace, objects.c.workspace.is_(None)),
        )
        .group_by(links.c.target, objects.c.workspace)
    )
    rows = tx.rows(statement)
    found = {target: number for target, place, number in rows if place is None}
    found.update((target, number) for target, place, number in rows if place is not None)
    return found


def custom_values(tx: Tx, attribute: int, workspace: int | None) -> list[Obj]:
    """Return a workspace's own value objects of an attribute."""
    return tx.objects(
        select(objects)
        .where(objects.c.oid.in_(_values_of(attribute, workspace)))
        .order_by(objects.c.oid)
    )


def custom_type_row(tx: Tx, path: str, workspace: int | None) -> Obj | None:
    """Return a workspace's own TypeDefinition object of a TypePath."""
    found = [
        row
        for row in tx.objects(_defined('TypeDefinition', workspace))
        if row.doc['TypePath'] == path and row.workspace == workspace
    ]
    return found[0] if found else None


def repoint(tx: Tx, workspace: int | None, old: int, new: int) -> None:
    """Let references of a workspace's objects to one type definition lead to another."""
    holder = objects.alias('holder')
    tx.connection.execute(
        update(links)
        .where(
            links.c.target == old,
            links.c.attr.in_(_TO_TYPES),
            links.c.source.in_(select(holder.c.oid).where(holder.c.workspace == workspace)),
        )
        .values(target=new)
    )
    tx.rewritten()


def edges_of(tx: Tx, sources: Sequence[int], attr: str) -> dict[int, list[int]]:
    """Return where the edges of some objects under one name lead, in order."""
    found: dict[int, list[int]] = {}
    for source, target in tx.rows(
        select(links.c.source, links.c.target)
        .where(links.c.source.in_(sources), links.c.attr == attr)
        .order_by(links.c.source, links.c.position)
    ):
        found.setdefault(source, []).append(target)
    return found


def edges_below(tx: Tx, source: int, beginning: str) -> list[tuple[str, int]]:
    """Return names and targets of the edges of an object whose names begin with a text."""
    name = func.substr(links.c.attr, 1, len(beginning))
    rows = tx.rows(
        select(links.c.attr, links.c.target).where(links.c.source == source, name == beginning)
    )
    return [(attr, target) for attr, target in rows]


def replace_targets(tx: Tx, source: int, attr: str, targets: Sequence[int]) -> None:
    """Let the edges of an object under one name lead to exactly these objects."""
    tx.connection.execute(delete(links).where(links.c.source == source, links.c.attr == attr))
    tx.insert_many((), ((source, attr, target) for target in targets))


def _values_of(attribute: int, workspace: int | None) -> Select[tuple[int]]:
    value = objects.alias('value')
    return (
        select(value.c.oid)
        .join(links, and_(links.c.source == value.c.oid, links.c.attr == 'AttributeDefinition'))
        .where(
            links.c.target == attribute,
            value.c.workspace == workspace,
            value.c.oid > 0,
            value.c.recycled.is_(False),
        )
    )


def _defined(kind: str, workspace: int | None) -> Select[tuple[object, ...]]:
    of_workspace: ColumnElement[bool] = objects.c.workspace.is_(None)
    if workspace is not None:
        of_workspace = or_(of_workspace, objects.c.workspace == workspace)
    # Not the bare column, by whose index a planner would read all objects above 0.
    oid = objects.c.oid + 0
    return (
        select(objects)
        .where(
            of_family(objects.c.type, kind), oid > 0, objects.c.recycled.is_(False), of_workspace
        )
        .order_by(oid)
    )


def _owners(workspace: int | None) -> Select[tuple[int, str]]:
    own = _defined('AttributeDefinition', workspace).subquery()
    path = objects.c.doc['TypePath'].as_string()
    return (
        select(own.c.oid, path)
        .join(links, and_(links.c.source == own.c.oid, links.c.attr == 'TypeDefinition'))
        .join(objects, objects.c.oid == links.c.target)
    )


def _values(workspace: int | None) -> Select[tuple[int, str, dict[str, object]]]:
    own = _defined('AllowedAttributeValue', workspace).subquery()
    return (
        select(links.c.target, objects.c.doc['AttributeType'].as_string(), own.c.doc)
        .join(links, and_(links.c.source == own.c.oid, links.c.attr == 'AttributeDefinition'))
        .join(objects, objects.c.oid == links.c.target)
        .order_by(links.c.target, own.c.doc['ValueIndex'].as_integer(), own.c.oid)
    )

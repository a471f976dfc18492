"""Read the definitions that are not the system's: types, attributes, values of one workspace."""
from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Select, and_, or_, select

from .tables import links, objects

if TYPE_CHECKING:
    from .transaction import Obj, Tx

__all__ = ['OwnRows', 'own_rows']


@dataclass(frozen=True)
class OwnRows:
    """Hold what a workspace has defined beyond the system's definitions."""

    types: Sequence[Obj]
    attributes: Sequence[Obj]
    #: TypePath of the declaring type by the attribute's ObjectID.
    owners: dict[int, str]
    #: Allowed values in order by the attribute's ObjectID, system attributes too.
    values: dict[int, list[object]]


def own_rows(tx: Tx, workspace: int | None) -> OwnRows:
    """Return the definitions of a workspace and those of the whole subscription."""
    types = tx.objects(_defined('TypeDefinition', workspace))
    attributes = tx.objects(_defined('AttributeDefinition', workspace))
    values: dict[int, list[object]] = {}
    for attr_oid, kind, doc in tx.rows(_values(workspace)):
        value = doc.get('IntegerValue') if kind == 'INTEGER' else doc.get('StringValue')
        values.setdefault(attr_oid, []).append(value)
    return OwnRows(types, attributes, {row[0]: row[1] for row in tx.rows(_owners(workspace))}, values)


def _defined(kind: str, workspace: int | None) -> Select[tuple[object, ...]]:
    of_workspace: ColumnElement[bool] = objects.c.workspace.is_(None)
    if workspace is not None:
        of_workspace = or_(of_workspace, objects.c.workspace == workspace)
    return select(objects).where(
        objects.c.type == kind, objects.c.oid > 0, objects.c.recycled.is_(False),
        of_workspace).order_by(objects.c.oid)


def _owners(workspace: int | None) -> Select[tuple[int, str]]:
    own = _defined('AttributeDefinition', workspace).subquery()
    path = objects.c.doc['TypePath'].as_string()
    return (select(own.c.oid, path)
            .join(links, and_(links.c.source == own.c.oid, links.c.attr == 'TypeDefinition'))
            .join(objects, objects.c.oid == links.c.target))


def _values(workspace: int | None) -> Select[tuple[int, str, dict[str, object]]]:
    own = _defined('AllowedAttributeValue', workspace).subquery()
    return (select(links.c.target, objects.c.doc['AttributeType'].as_string(), own.c.doc)
            .join(links, and_(links.c.source == own.c.oid,
                              links.c.attr == 'AttributeDefinition'))
            .join(objects, objects.c.oid == links.c.target)
            .order_by(links.c.target, own.c.doc['ValueIndex'].as_integer(), own.c.oid))

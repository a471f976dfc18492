"""Group keys: the field of a grouped query to the SQL expression its objects are grouped by.

Follows the WSAPI reference, section 20: standard fields with a list of values, and references to
one object. What is unset, or leads to a deleted object, has the key NULL.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Sequence

from sqlalchemy import ColumnElement, and_, case, false, func, select
from sqlalchemy.sql.expression import FromClause

from ..errors import ServiceError
from ..model import AttrDef, TypeDef
from ..store.tables import links, objects
from .check import AttributePaths
from .expressions import scalar

if TYPE_CHECKING:
    from ..catalogue.catalogue import Catalogue
    from ..store.sight import Sight
    from .paths import Step

__all__ = ['GroupKey', 'group_key']

CHOICES = ('STRING', 'STATE', 'RATING')
#: What an unset rating is called.
NOTHING = 'None'
_REFUSED = (
    "Cannot group by attribute {}: only standard fields with a list of values and references to one"
    " object can be grouped by"
)


@dataclass(frozen=True)
class GroupKey:
    """What objects are grouped by.

    :ivar attr: the attribute, as one of the types asked for has it.
    :ivar values: the values of its list on all types, in order; none for a reference.
    :ivar expression: the value, or the ObjectID of the object referred to.
    """

    attr: AttrDef
    values: tuple[str, ...]
    expression: ColumnElement[Any]


def group_key(
    field: str,
    catalogue: Catalogue,
    types: Sequence[TypeDef],
    *,
    sight: Sight | None = None,
    alias: FromClause = objects,
) -> GroupKey:
    """Return what objects of some types are grouped by.

    :param field: the name of an attribute, in any letter case.
    :param catalogue: the model of the workspace.
    :param types: the types asked for.
    :param sight: what the caller may look into; None when into everything.
    :param alias: `objects` or an alias of it, from which the statement selects.
    :raises ServiceError: for an unknown attribute, or one that cannot be grouped by.
    """
    steps = [route[-1] for route in AttributePaths(catalogue, types, sight).resolve(field)]
    if '.' in field or not all(_groupable(step.attr) for step in steps):
        raise ServiceError(_REFUSED.format(field[:200]))
    attr = steps[0].attr
    if len({(step.attr.is_relation, step.attr.target) for step in steps}) > 1:
        raise ServiceError(_REFUSED.format(field[:200]))
    expressions = [_only(step, alias, _value(step, alias)) for step in steps]
    values = dict.fromkeys(
        str(value)
        for step in steps
        for value in step.attr.allowed_values or ()
        if value not in (None, '', NOTHING)
    )
    expression = expressions[0] if len(expressions) == 1 else func.coalesce(*expressions)
    return GroupKey(attr, () if attr.is_relation else tuple(values), expression)


def _groupable(attr: AttrDef) -> bool:
    if attr.custom:
        return False
    if attr.is_relation:
        return attr.type == 'OBJECT' and attr.relation is not None and attr.relation.forward
    return attr.type in CHOICES and bool(attr.allowed_values)


def _value(step: Step, alias: FromClause) -> ColumnElement[Any]:
    relation = step.attr.relation
    if relation is None:
        value: ColumnElement[Any] = func.nullif(scalar(alias, step), '')
        return func.nullif(value, NOTHING) if step.attr.type == 'RATING' else value
    link, there = links.alias(), objects.alias()
    return (
        select(link.c.target)
        .join(there, and_(there.c.oid == link.c.target, there.c.recycled == false()))
        .where(link.c.source == alias.c.oid, link.c.attr == relation.attr)
        .limit(1)
        .correlate(alias)
        .scalar_subquery()
    )


def _only(step: Step, alias: FromClause, value: ColumnElement[Any]) -> ColumnElement[Any]:
    """Unset, for objects of types that a route is not about."""
    return value if step.only is None else case((alias.c.type.in_(step.only), value))

"""SQL for one step of a path: the value of an attribute, and the way to the objects behind it.

Shared by conditions (`compile`) and sort keys (`order`). Objects in the recycle bin are never met.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from sqlalchemy import Boolean, ColumnElement, case, false, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FromClause
from sqlalchemy.sql.functions import FunctionElement

from ..store.expressions import column_for
from ..store.members import members_of
from ..store.tables import links, objects
from .paths import Step

__all__ = ['Together', 'Way', 'follow', 'scalar']


class Together(FunctionElement[bool]):
    """A condition in brackets that stays separate from those around it."""

    type = Boolean()
    name = 'together'
    inherit_cache = True

    def self_group(self, against: Any = None) -> Any:
        return self


@compiles(Together)
def _together(element: Together, compiler: Any, **options: Any) -> str:
    return f'({compiler.process(element.clauses, **options)})'


def scalar(alias: FromClause, step: Step, *, letters: bool = False) -> ColumnElement[Any]:
    """Return the expression of a scalar attribute, as queries compare and sort it.

    :param alias: `objects` or an alias of it.
    :param step: a step whose attribute is no relation.
    :param letters: a part of the text is looked for; a FormattedID is its number otherwise.
    """
    if step.by_type:
        return case(dict(step.by_type), value=alias.c.type)
    if letters and step.attr.column == 'formatted_id':
        return alias.c.formatted_id
    if step.part:
        part: ColumnElement[Any] = alias.c.doc[(step.attr.name, step.part)].as_string()
        return part
    if step.attr.column == 'version':
        return alias.c.version
    return column_for(alias, step.attr)


@dataclass(frozen=True)
class Way:
    """A way from an object through references and collections, as the body of a subquery.

    :ivar start: the column that holds the ObjectID of the object the way starts at; None when the
        first step leads everybody to the same place.
    :ivar conditions: what ties the tables together.
    :ivar end: the objects table at the end of the way.
    """

    start: ColumnElement[Any] | None
    conditions: list[ColumnElement[bool]]
    end: FromClause


def follow(steps: Sequence[Step], last: Step | None = None) -> Way:
    """Make the way through some steps; all share one FROM, so that a long path nests nothing.

    :param steps: at least one, all of them relations.
    :param last: the scalar step that follows, if one does.
    """
    start: ColumnElement[Any] | None = None
    here: FromClause | None = None
    conditions: list[ColumnElement[bool]] = []
    following = [*steps[1:], last]
    for step, after in zip(steps, following):
        there = objects.alias()
        conditions.append(there.c.recycled == false())
        if after is not None and after.only is not None:
            conditions.append(there.c.type.in_(after.only))
        if step.sight is not None and not _shown_anyway(step, after):
            conditions.append(step.sight.condition(there, step.leads or None))
        near = _tie(step, here, there, conditions)
        if here is None:
            start = near
        elif near is not None:
            conditions.append(near == here.c.oid)
        here = there
    assert here is not None
    return Way(start, conditions, here)


def _shown_anyway(step: Step, after: Step | None) -> bool:
    """Whether a reference shows this of an object that the caller may not read."""
    if step.attr.type == 'COLLECTION':
        return False
    return after is None or after.attr.column in ('oid', 'uuid', 'name')


def _tie(
    step: Step, here: FromClause | None, there: FromClause, conditions: list[ColumnElement[bool]]
) -> ColumnElement[Any] | None:
    """Tie an object to the one before it; return the column that names the one before."""
    relation = step.attr.relation
    if relation is not None:
        link = links.alias()
        conditions.append(link.c.attr == relation.attr)
        if relation.forward:
            conditions.append(link.c.target == there.c.oid)
            return link.c.source
        # Many types point to one owner under one name (`Project`); only some are meant.
        conditions += [link.c.source == there.c.oid, there.c.type.in_(step.leads)]
        return link.c.target
    if step.attr.type == 'COLLECTION':
        everybody: Any = select(objects.c.oid)
        pairs = members_of(step.attr, everybody).subquery()
        conditions.append(pairs.c.member == there.c.oid)
        return pairs.c.owner
    conditions.append(there.c.type == step.attr.target)
    if here is not None:
        # True anyway; it tells SQLAlchemy that the product is meant.
        conditions.append(there.c.oid != here.c.oid)
    return None

"""SQL for one step of a path: the value of an attribute, and the way to the objects behind it.

Shared by conditions (`compile`) and sort keys (`order`). Objects in the recycle bin are never met.
"""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Sequence

from sqlalchemy import ColumnElement, String, false
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FromClause
from sqlalchemy.sql.functions import FunctionElement

from ..store.expressions import column_for
from ..store.tables import links, objects
from .nodes import Step

__all__ = ['Folded', 'Walk', 'scalar', 'walk']


class Folded(FunctionElement[str]):
    """A text without its letter case, on every database."""

    type = String()
    name = 'rally_fold'
    inherit_cache = True


@compiles(Folded)
def _fold_sqlite(element: Folded, compiler: Any, **options: Any) -> str:
    return 'rally_fold({})'.format(compiler.process(element.clauses, **options))


@compiles(Folded, 'postgresql')
def _fold_postgresql(element: Folded, compiler: Any, **options: Any) -> str:
    return 'lower({})'.format(compiler.process(element.clauses, **options))


def scalar(alias: FromClause, step: Step) -> ColumnElement[Any]:
    """Return the expression of a scalar attribute, as queries compare and sort it.

    :param alias: `objects` or an alias of it.
    :param step: a step whose attribute is no relation.
    """
    if step.part:
        return alias.c.doc[(step.attr.name, step.part)].as_string()
    if step.attr.column == 'version':
        return alias.c.version
    return column_for(alias, step.attr)


@dataclass(frozen=True)
class Walk:
    """A way from an object through references and collections, as the body of a subquery.

    :ivar start: the column that holds the ObjectID of the object the way starts at; None when the
        first step leads everybody to the same place.
    :ivar conditions: what ties the tables together.
    :ivar end: the objects table at the end of the way.
    """

    start: ColumnElement[Any] | None
    conditions: list[ColumnElement[bool]]
    end: FromClause


def walk(steps: Sequence[Step], last: Step | None = None) -> Walk:
    """Make the way through some steps; all share one FROM, so that a long path nests nothing.

    :param steps: at least one, all of them relations.
    :param last: the scalar step that follows, if one does.
    """
    start: ColumnElement[Any] | None = None
    here: FromClause | None = None
    conditions: list[ColumnElement[bool]] = []
    following = [step.only for step in steps[1:]] + [last.only if last else None]
    for step, only in zip(steps, following):
        there = objects.alias()
        conditions.append(there.c.recycled == false())
        if only is not None:
            conditions.append(there.c.type.in_(only))
        relation = step.attr.relation
        if relation is None:
            conditions.append(there.c.type == step.attr.target)
            if here is not None:
                # True anyway; it tells SQLAlchemy that the product is meant.
                conditions.append(there.c.oid != here.c.oid)
        else:
            link = links.alias()
            near, far = link.c.source, link.c.target
            if not relation.forward:
                near, far = far, near
            conditions += [link.c.attr == relation.attr, far == there.c.oid]
            if here is None:
                start = near
            else:
                conditions.append(near == here.c.oid)
        here = there
    assert here is not None
    return Walk(start, conditions, here)

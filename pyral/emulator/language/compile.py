"""Query compiler, the fourth step: a checked tree becomes one SQL condition on the objects table.

A path through references and collections is a subquery over `links`, each comparison its own: "some
member matches, independently" (WSAPI reference, section 5.6). Values are bound parameters, never
text of the statement. This module knows no attribute by name and reads nothing.
"""

from __future__ import annotations

from typing import Any, Callable, Sequence

from sqlalchemy import ColumnElement, and_, exists, literal_column, not_, or_, select, true
from sqlalchemy.sql.expression import FromClause

from ..store.expressions import Folded
from ..store.tables import objects
from .checked_tree import Checked, Every, ResolvedPath, Test
from .expressions import Together, follow, scalar
from .operators import Operator
from .paths import Step
from .values import ObjectValue, Text, Typed

__all__ = ['compile_query']

#: SQLite refuses expressions deeper than 1000, and counts a chain of n ORs as n deep.
CHAIN = 100

Condition = ColumnElement[bool]


def compile_query(checked: Checked, alias: FromClause = objects) -> Condition:
    """Return the condition that an object matches a query.

    :param checked: the tree that `check` made; its depth is bounded there.
    :param alias: `objects` or an alias of it, from which the statement selects.
    """
    if isinstance(checked, Test):
        return _test(checked, alias)
    parts = [compile_query(operand, alias) for operand in checked.operands]
    return _joined(and_ if isinstance(checked, Every) else or_, parts)


def _joined(join: Callable[..., Condition], parts: list[Condition]) -> Condition:
    """Join conditions as a shallow tree, which SQLAlchemy would flatten but for `Together`."""
    while len(parts) > CHAIN:
        parts = [
            Together(join(*parts[start : start + CHAIN])) for start in range(0, len(parts), CHAIN)
        ]
    return join(*parts)


def _test(test: Test, alias: FromClause) -> Condition:
    value = test.routes[0].value
    if not value.emptiness:
        return or_(
            *(_guarded(route, alias, _holds(test.operator, route, alias)) for route in test.routes)
        )
    reached = or_(*(_guarded(route, alias, _reached(route, alias)) for route in test.routes))
    return reached if test.operator.negative else not_(reached)


def _guarded(route: ResolvedPath, alias: FromClause, condition: Condition) -> Condition:
    only = route.steps[0].only
    return condition if only is None else and_(alias.c.type.in_(only), condition)


def _holds(operator: Operator, route: ResolvedPath, alias: FromClause) -> Condition:
    """The condition that a comparison is true for some object at the end of the way."""
    *before, last = route.steps
    value = route.value
    if not last.attr.is_relation:
        return _scalar_test(
            before, last, alias, value, lambda x: operator.condition(value, x), operator
        )
    assert isinstance(value, ObjectValue)
    if last.attr.type == 'OBJECT' and operator.negative:
        # An object without the reference differs, too: that no link leads there is what counts.
        return _at(before, last, alias, lambda here: not_(_leads_to(last, here, value)))
    return _reach(
        route.steps,
        None,
        alias,
        lambda there: operator.condition(value, there.c[value.column]),
        selective=not operator.negative,
    )


def _reached(route: ResolvedPath, alias: FromClause) -> Condition:
    """The condition that there is anything at the end of the way."""
    *before, last = route.steps
    if last.attr.is_relation:
        return _reach(route.steps, None, alias, lambda there: true())
    return _scalar_test(before, last, alias, route.value, route.value.differs)


def _scalar_test(
    before: Sequence[Step],
    last: Step,
    alias: FromClause,
    value: Typed,
    condition: Callable[[Any], Condition],
    operator: Operator | None = None,
) -> Condition:
    def leaf(here: FromClause) -> Condition:
        expression = scalar(here, last, letters=isinstance(value, Text))
        return condition(Folded(expression) if value.folds else expression)

    identified = (
        operator is not None
        and operator.test == 'equal'
        and last.attr.column in ('oid', 'uuid', 'formatted_id')
    )
    return _at(before, last, alias, leaf, selective=identified)


def _at(
    before: Sequence[Step],
    last: Step,
    alias: FromClause,
    leaf: Callable[[FromClause], Condition],
    selective: bool = False,
) -> Condition:
    """A condition on the object itself, or on some object behind the steps before the last."""
    if not before:
        return leaf(alias)
    return _reach(before, last, alias, leaf, selective)


def _leads_to(step: Step, here: FromClause, value: ObjectValue) -> Condition:
    return _reach([step], None, here, lambda there: value.equal(there.c[value.column]), True)


def _reach(
    steps: Sequence[Step],
    last: Step | None,
    alias: FromClause,
    leaf: Callable[[FromClause], Condition],
    selective: bool = False,
) -> Condition:
    """The condition that some object behind relations matches.

    Where few objects are met at the end, their owners are found once and the object looked up
    among them; else each object looks along its own links.

    :param selective: whether the condition itself picks few objects.
    """
    way = follow(steps, last)
    conditions = [*way.conditions, leaf(way.end)]
    if way.start is not None and (selective or not steps[-1].crowded):
        if steps[-1].leads:
            conditions.append(way.end.c.type.in_(steps[-1].leads))
        return alias.c.oid.in_(select(way.start).where(*conditions))
    if way.start is not None:
        conditions.insert(0, way.start == alias.c.oid)
    return exists(select(literal_column('1')).where(*conditions).correlate(alias))

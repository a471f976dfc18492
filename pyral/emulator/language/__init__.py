"""The query language: from the text of `query` and `order` to SQL, in four steps.

Tokens and tree (`grammar.lark`, `parse`), names and types (`check`), SQL (`compile`); sort keys are
read by `order`, the fields of grouped queries by `grouping`. Others need only `where`, `order_by`
and `group_key`. Nothing here runs a statement.

    >>> condition = where('(Owner = currentuser)', catalogue, [defect], context)  # doctest: +SKIP
    >>> tx.rows(select(objects).where(condition))                                # doctest: +SKIP
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from sqlalchemy import ColumnElement, true
from sqlalchemy.sql.expression import FromClause

from ..model import TypeDef
from ..store.tables import objects
from .check import check, mentions
from .compile import compile_query
from .correction import corrected, corrected_order
from .grouping import GroupKey, group_key
from .nodes import unparse
from .order import order_by
from .parse import parse
from .values import QueryContext

if TYPE_CHECKING:
    from ..catalogue.catalogue import Catalogue

__all__ = [
    'GroupKey',
    'QueryContext',
    'check',
    'compile_query',
    'corrected',
    'corrected_order',
    'group_key',
    'mentions',
    'order_by',
    'parse',
    'unparse',
    'where',
]


def where(
    text: str | None,
    catalogue: Catalogue,
    types: Sequence[TypeDef],
    context: QueryContext,
    alias: FromClause = objects,
) -> ColumnElement[Any]:
    """Return the condition that an object matches a query text.

    It says nothing about type, scope or the recycle bin of the object itself: that is the caller's.

    :param text: the query; empty or None matches everything.
    :param catalogue: the model of the workspace.
    :param types: the types asked for.
    :param context: who asks, and when.
    :param alias: `objects` or an alias of it, from which the statement selects.
    :raises ServiceError: with the text the service gives.
    """
    if not text or not text.strip():
        return true()
    return compile_query(check(parse(text), catalogue, types, context), alias)

"""Sort keys: the text of `order` to SQL expressions.

Follows the WSAPI reference, section 3.2: several keys, dotted paths through references, directions
in any letter case, unknown direction words read as ascending. Texts sort without letter case,
ratings and states by the place in their list, ranks byte by byte, FormattedIDs by number; unset
comes last ascending and first descending. Ties are always broken by ObjectID, so that pages never
overlap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Sequence

from sqlalchemy import ColumnElement, case, select
from sqlalchemy.sql.expression import FromClause

from .. import texts
from ..errors import ServiceError
from ..model import AttrDef, TypeDef
from ..store.expressions import Folded
from ..store.tables import objects
from .check import AttributePaths
from .expressions import follow, scalar
from .operators import KINDS, kind_of
from .paths import Step

if TYPE_CHECKING:
    from ..catalogue.catalogue import Catalogue
    from ..store.sight import Sight

__all__ = ['MAX_KEYS', 'order_by']

#: More keys are refused; the database has a limit of its own.
MAX_KEYS = 32

#: Types of attribute that sort by the place in their list; other lists are texts (section 3.2).
PLACED = ('RATING', 'STATE')
TEXT_KINDS = (KINDS['text'], KINDS['prose'], KINDS['choice'])


def order_by(
    text: str | None,
    catalogue: Catalogue,
    types: Sequence[TypeDef],
    *,
    sight: Sight | None = None,
    closed: bool = False,
    alias: FromClause = objects,
) -> list[ColumnElement[Any]]:
    """Return what a statement is to be ordered by.

    :param text: the `order` parameter; empty or None sorts by ObjectID.
    :param catalogue: the model of the workspace.
    :param types: the types asked for.
    :param sight: what the caller may look into; None when into everything.
    :param closed: whether there are objects among them that the caller may not look into; of
        these the name alone counts.
    :param alias: `objects` or an alias of it, from which the statement selects.
    :raises ServiceError: a key that cannot be sorted by.
    """
    names = AttributePaths(catalogue, types, sight)
    keys: list[ColumnElement[Any]] = []
    seen: set[str] = set()
    for path, descending in _read(text or ''):
        if path.lower() in seen:
            continue
        seen.add(path.lower())
        for steps in _routes(names, path):
            if steps[-1].attr.column == 'oid' and len(steps) == 1:
                return [*keys, alias.c.oid.desc() if descending else alias.c.oid.asc()]
            found = _expressions(steps, alias)
            if closed and sight is not None and steps[0].attr.column != 'name':
                found = [case((sight.condition(alias), key)) for key in found]
            keys += [_directed(key, descending) for key in found]
    return [*keys, alias.c.oid.asc()]


def _read(text: str) -> list[tuple[str, bool]]:
    """Split the text into paths, and whether each is descending."""
    keys: list[tuple[str, bool]] = []
    for part in text.split(','):
        words = part.split()
        if words:
            keys.append((words[0], len(words) > 1 and words[1].lower() == 'desc'))
    if len(keys) > MAX_KEYS:
        raise ServiceError(
            f"Cannot sort by {len(keys)} attributes, more than the {MAX_KEYS} that are read"
        )
    return keys


def _routes(names: AttributePaths, path: str) -> list[tuple[Step, ...]]:
    refused = ServiceError(texts.bad_sort(path))
    try:
        routes = names.resolve(path)
    except ServiceError:
        raise refused from None
    for steps in routes:
        if any(not _singular(step.attr) for step in steps) or kind_of(steps[-1]) is None:
            raise refused
    return routes


def _singular(attr: AttrDef) -> bool:
    """Whether an attribute has one value: a collection has none to sort by, nor a map."""
    if attr.type == 'OBJECT':
        return attr.relation is not None or attr.slot == 'constant'
    return attr.type not in ('COLLECTION', 'MAP', 'RAW', 'BINARY_DATA')


def _directed(key: ColumnElement[Any], descending: bool) -> ColumnElement[Any]:
    return key.desc().nulls_first() if descending else key.asc().nulls_last()


def _expressions(steps: Sequence[Step], alias: FromClause) -> list[ColumnElement[Any]]:
    """The keys of one route; a reference sorts by the name of its object, then by ObjectID."""
    *before, last = steps
    if last.attr.is_relation:
        return [
            _reached(steps, None, alias, lambda there: Folded(there.c.name)),
            _reached(steps, None, alias, lambda there: there.c.oid),
        ]
    if before:
        return [_reached(before, last, alias, lambda there: _value(there, last))]
    return [_only(last, alias, _value(alias, last))]


def _reached(
    steps: Sequence[Step], last: Step | None, alias: FromClause, value: Any
) -> ColumnElement[Any]:
    way = follow(steps, last)
    statement = select(value(way.end)).where(*way.conditions).limit(1)
    if way.start is not None:
        statement = statement.where(way.start == alias.c.oid)
    return _only(steps[0], alias, statement.correlate(alias).scalar_subquery())


def _only(step: Step, alias: FromClause, expression: ColumnElement[Any]) -> ColumnElement[Any]:
    """Unset, for objects of types that a route is not about."""
    if step.only is None:
        return expression
    return case((alias.c.type.in_(step.only), expression))


def _value(here: FromClause, step: Step) -> ColumnElement[Any]:
    """The value of an attribute in the form that sorts as the service does."""
    expression = scalar(here, step)
    kind = kind_of(step)
    if kind not in TEXT_KINDS:
        return expression
    if step.attr.type not in PLACED or not step.attr.allowed_values:
        return Folded(expression)
    entries = [str(entry) for entry in step.attr.allowed_values if entry not in (None, '')]
    places = {entry: place for place, entry in enumerate(dict.fromkeys(entries))}
    return case(places, value=expression, else_=case((expression != '', len(places))))

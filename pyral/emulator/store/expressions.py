"""SQL expressions for attributes: how a value is read out of an object's row.

The only place that knows that a value may be a column or a key of the document.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Boolean, ColumnElement, Float, String, cast, func, null, or_
from sqlalchemy.sql.expression import FromClause

from ..model import AttrDef, Model

__all__ = ['as_integer', 'column_for', 'of_family']

PORTFOLIO = 'PortfolioItem'


def column_for(alias: FromClause, attr: AttrDef) -> ColumnElement[Any]:
    """Return the expression for a scalar attribute.

    Texts and dates come as text, INTEGER, DECIMAL and QUANTITY as numbers, BOOLEAN as boolean;
    FormattedID as its number, since the service compares it so (WSAPI reference, section 5.5).

    :param alias: `objects` or an alias of it.
    :param attr: a scalar attribute; relations have no expression.
    :raises ValueError: for a relation or a blob.
    """
    if attr.slot == 'derived' or attr.slot == 'constant':
        return _DERIVED[attr.name](alias) if attr.name in _DERIVED else null()
    if attr.name == 'FormattedID':
        return alias.c.number
    if attr.name == 'VersionId':
        return cast(alias.c.version, String)
    if attr.column is not None:
        return alias.c[attr.column]
    if attr.slot == 'doc':
        return _READERS.get(attr.type, _as_string)(alias.c.doc[attr.name])
    raise ValueError(f'{attr.type} {attr.name} has no value of its own')


def of_family(column: ColumnElement[Any], path: str) -> ColumnElement[bool]:
    """Return the condition that a type column holds a TypePath or one that inherits from it."""
    family = Model.load().family(path)
    listed = column.in_(family)
    return or_(listed, column.like(PORTFOLIO + '/%')) if PORTFOLIO in family else listed


def _as_string(value: Any) -> ColumnElement[Any]:
    text: ColumnElement[Any] = value.as_string()
    return text


def as_integer(value: Any) -> ColumnElement[Any]:
    """Return a whole number of the document; it may be an ObjectID, too long for `as_integer()`."""
    return cast(value.as_string(), BigInteger)


def _as_float(value: Any) -> ColumnElement[Any]:
    return cast(value.as_float(), Float)


def _as_boolean(value: Any) -> ColumnElement[Any]:
    return cast(value.as_boolean(), Boolean)


def _prefix(alias: FromClause) -> ColumnElement[Any]:
    digits = func.length(cast(alias.c.number, String))
    return func.substr(alias.c.formatted_id, 1, func.length(alias.c.formatted_id) - digits)


_READERS = {
    'INTEGER': as_integer,
    'DECIMAL': _as_float,
    'QUANTITY': _as_float,
    'BOOLEAN': _as_boolean,
}
_DERIVED = {
    'FormattedIDID': lambda alias: alias.c.number,
    'FormattedIDPrefix': _prefix,
}

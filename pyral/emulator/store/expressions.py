"""SQL expressions for attributes: how a value is read out of an object's row.

The only place that knows that a value may be a column or a key of the document.
"""

from __future__ import annotations

from typing import Any, Sequence

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Boolean,
    ColumnElement,
    Float,
    String,
    bindparam,
    cast,
    func,
    literal,
    null,
    or_,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import FromClause
from sqlalchemy.sql.functions import FunctionElement

from ..model import AttrDef, Model

__all__ = ['Folded', 'among', 'as_integer', 'column_for', 'holds', 'of_family']

PORTFOLIO = 'PortfolioItem'


class Folded(FunctionElement[str]):
    """A text without its letter case, on every database."""

    type = String()
    name = 'rally_fold'
    inherit_cache = True


@compiles(Folded)
def _fold_sqlite(element: Folded, compiler: Any, **options: Any) -> str:
    return f'rally_fold({compiler.process(element.clauses, **options)})'


@compiles(Folded, 'postgresql')
def _fold_postgresql(element: Folded, compiler: Any, **options: Any) -> str:
    # A database of a language would lower letters as here, but put them in an order of its own.
    return f'(lower({compiler.process(element.clauses, **options)}) COLLATE "C")'


class Holds(FunctionElement[bool]):
    """Whether a text holds another one.

    Not by LIKE: SQLite takes patterns of 50,000 bytes, and reads a text anew for each character.
    """

    type = Boolean()
    name = 'rally_holds'
    inherit_cache = True


@compiles(Holds)
def _holds_sqlite(element: Holds, compiler: Any, **options: Any) -> str:
    return f'(instr({compiler.process(element.clauses, **options)}) > 0)'


@compiles(Holds, 'postgresql')
def _holds_postgresql(element: Holds, compiler: Any, **options: Any) -> str:
    return f'(strpos({compiler.process(element.clauses, **options)}) > 0)'


def holds(column: Any, text: str) -> ColumnElement[bool]:
    """Return the condition that a column holds a text somewhere, letter by letter."""
    return Holds(column, literal(text, String()))


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


def among(column: Any, oids: Sequence[int]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of these integers.

    The numbers are our own ids, never text from outside, and go into the statement as literals:
    a thousand bound parameters cost more than the query.
    """
    values: BindParameter[Any] = bindparam(
        None, [int(oid) for oid in oids], expanding=True, literal_execute=True
    )
    found: ColumnElement[bool] = column.in_(values)
    return found


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

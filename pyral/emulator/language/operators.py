"""The operators, the kinds of attribute, and which works on which: three tables.

An operator is an object that asks a value for its condition. The kind of an attribute says how a
value is read for it and what may be asked of it (WSAPI reference, sections 5.4 to 5.6).
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Callable, Mapping

from .. import refs, texts
from ..errors import ServiceError
from ..model import AttrDef
from ..store.rank_column import stripped
from .dates import read_date
from .nodes import Value
from .paths import Step
from .values import (
    Blank,
    Choice,
    Exact,
    Flag,
    Nothing,
    ObjectValue,
    OneOf,
    QueryContext,
    Text,
    Typed,
    Unchosen,
    fold,
)

__all__ = ['KINDS', 'OPERATORS', 'Kind', 'Operator', 'kind_of', 'reachable', 'read_value']

#: Longer needles are not looked for; the longest attribute holds 32768.
MAX_NEEDLE = 16_000
#: More values in one list are refused; a statement takes about 32,000 parameters.
MAX_LIST = 10_000

#: Entries of a value list that stand for "no choice", which is neither before nor after another.
NO_CHOICE = (None, '', 'None')

_NUMBER = re.compile(r'[+-]?([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]{1,4})?\Z', re.IGNORECASE)
_FORMATTED = re.compile(r'[A-Za-z]*([0-9]+)\Z')
_LONG_MAX = 2**63 - 1
_HUGE = 1e300


@dataclass(frozen=True)
class Operator:
    """One operator of the language.

    :ivar symbol: as it is written, in lower case.
    :ivar test: the method of a value that makes its condition.
    :ivar negative: whether it holds where the positive operator does not.
    """

    symbol: str
    test: str
    negative: bool = False

    def condition(self, value: Typed, x: Any) -> Any:
        """Make the condition on an expression."""
        return getattr(value, self.test)(x)


OPERATORS: Mapping[str, Operator] = {
    operator.symbol: operator
    for operator in (
        Operator('=', 'equal'),
        Operator('!=', 'differs', negative=True),
        Operator('<', 'below'),
        Operator('<=', 'up_to'),
        Operator('>', 'above'),
        Operator('>=', 'onward'),
        Operator('contains', 'within'),
        Operator('!contains', 'missing', negative=True),
        Operator('in', 'equal'),
    )
}


@dataclass(frozen=True)
class Kind:
    """How a family of attributes is compared.

    :ivar read: text, attribute and context to a typed value; never asked about `null`.
    :ivar null: what `null` means.
    :ivar operators: the symbols that work.
    """

    read: Callable[[str, AttrDef, QueryContext], Typed]
    null: Typed
    operators: tuple[str, ...]


def kind_of(step: Step) -> Kind | None:
    """Return how an attribute is compared, or None when the service cannot compare it.

    :param step: the last step of a path.
    """
    attr = step.attr
    if step.part:
        return KINDS['text']
    if attr.slot == 'blob' or not reachable(attr):
        return None
    if attr.column in COLUMN_KINDS:
        return KINDS[COLUMN_KINDS[attr.column]]
    name = TYPE_KINDS.get(attr.type)
    if name == 'text' and attr.allowed_values:
        name = 'choice'
    return KINDS[name] if name else None


def reachable(attr: AttrDef) -> bool:
    """Say whether the store can follow or express an attribute; derived ones it seldom can."""
    return attr.slot != 'derived' or attr.type == 'COLLECTION' or attr.name in DERIVED_SCALARS


def read_value(operator: Operator, value: Value, step: Step, context: QueryContext) -> Typed:
    """Read the right side of a comparison as an attribute understands it.

    :raises ServiceError: the operator does not work on the attribute, or the text is no such value.
    """
    attr, kind = step.attr, kind_of(step)
    assert kind is not None, "the check of a path refuses what cannot be compared"
    if operator.symbol not in kind.operators:
        raise ServiceError(
            f'Could not parse: Operator "{operator.symbol}" cannot be used on attribute'
            f' "{attr.name}" of type {attr.type}; it takes {", ".join(kind.operators)}'
        )
    if operator.symbol == 'in':
        return _list(kind, value.text, attr, context)
    if operator.test in ('within', 'missing') and kind is not KINDS['members']:
        return _needle(value.text)
    if value.text.lower() != 'null':
        return kind.read(value.text, attr, context)
    if operator.symbol not in ('=', '!='):
        raise ServiceError(
            f'Could not parse: Operator "{operator.symbol}" cannot compare attribute "{attr.name}"'
            ' with null; use = or !='
        )
    return kind.null


def _list(kind: Kind, text: str, attr: AttrDef, context: QueryContext) -> OneOf:
    parts = [part.strip() for part in text.split(',')]
    if len(parts) > MAX_LIST:
        raise ServiceError(
            f'Could not parse: The list for attribute "{attr.name}" has {len(parts)} values, more'
            f' than the {MAX_LIST} that are read'
        )
    return OneOf(
        tuple(
            kind.null if part.lower() == 'null' else kind.read(part, attr, context)
            for part in parts
        )
    )


def _needle(text: str) -> Text:
    if len(text) > MAX_NEEDLE:
        raise ServiceError(texts.endless_search(len(text), MAX_NEEDLE))
    return Text(fold(text))


def _text(text: str, attr: AttrDef, context: QueryContext) -> Typed:
    if not text:
        return Blank(emptiness=False)
    return Text(text, folds=False) if context.strict_case else Text(fold(text))


def _choice(text: str, attr: AttrDef, context: QueryContext) -> Typed:
    if not text:
        return Blank(emptiness=False, listed=True)
    word = fold(text)
    make = Unchosen if word == 'none' else Choice
    # A stored value is spelled as its list has it, so only one that is not there needs folding.
    spelled = [str(entry) for entry in attr.allowed_values or () if entry not in (None, '')]
    known = next((entry for entry in spelled if fold(entry) == word), None)
    if known is None:
        return make(word, listed=bool(spelled))
    if known in NO_CHOICE:
        return make(known, folds=False, listed=True)
    entries = [entry for entry in spelled if entry not in NO_CHOICE]
    place = entries.index(known)
    return make(
        known,
        folds=False,
        listed=True,
        before=tuple(entries[:place]),
        here=(known,),
        after=tuple(entries[place + 1 :]),
    )


def _number(text: str, attr: AttrDef, context: QueryContext) -> Typed:
    if not _NUMBER.match(text.strip()):
        raise ServiceError(texts.not_convertible(text, 'number', 'parse'))
    return Exact(_storable(text.strip()))


def _storable(text: str) -> int | float:
    """The number of a text, as one that a database takes: beyond 64 bits it is only compared."""
    if len(text) <= 20 and text.lstrip('+-').isdigit() and abs(int(text)) <= _LONG_MAX:
        return int(text)
    number = float(text)
    return math.copysign(_HUGE, number) if math.isinf(number) else number


def _formatted_id(text: str, attr: AttrDef, context: QueryContext) -> Typed:
    """The number of an identifier; its prefix is ignored (section 5.5)."""
    match = _FORMATTED.match(text.strip())
    return _number(match.group(1) if match else text, attr, context)


def _rank(text: str, attr: AttrDef, context: QueryContext) -> Typed:
    """A rank as it is kept; compared with its letter case."""
    return Text(stripped(text), folds=False)


def _uuid(text: str, attr: AttrDef, context: QueryContext) -> Typed:
    return Text(refs.dashed(text.strip()) or fold(text), folds=False)


def _flag(text: str, attr: AttrDef, context: QueryContext) -> Typed:
    word = text.strip().lower()
    if word not in ('true', 'false'):
        raise ServiceError(texts.not_convertible(text, 'boolean', 'parse'))
    return Flag(word == 'true')


def _date(text: str, attr: AttrDef, context: QueryContext) -> Typed:
    return read_date(text, context)


def _reference(text: str, attr: AttrDef, context: QueryContext) -> Typed:
    if attr.target == 'User' and text.strip().lower() == 'currentuser':
        return ObjectValue(context.user_oid)
    ref = refs.parse(text, attr.target)
    if ref is None:
        raise ServiceError(texts.bad_reference(text))
    if ref.oid is not None:
        return ObjectValue(_storable(ref.id))
    if ref.uuid is not None:
        return ObjectValue(ref.uuid, 'uuid')
    return ObjectValue(ref.id, 'alt_id')


def _opaque(text: str, attr: AttrDef, context: QueryContext) -> Typed:
    raise ServiceError(
        f'Could not parse: Attribute "{attr.name}" of type {attr.type} can only be compared with'
        ' null'
    )


_EQUAL = ('=', '!=')
_ORDERED = ('=', '!=', '<', '<=', '>', '>=')
_SUBSTRING = ('contains', '!contains')

KINDS: Mapping[str, Kind] = {
    'text': Kind(_text, Blank(), _ORDERED + _SUBSTRING + ('in',)),
    'prose': Kind(_text, Blank(), _EQUAL + _SUBSTRING),
    'choice': Kind(_choice, Blank(), _ORDERED + _SUBSTRING + ('in',)),
    'number': Kind(_number, Nothing(), _ORDERED + ('in',)),
    'formatted': Kind(_formatted_id, Nothing(), _ORDERED + _SUBSTRING + ('in',)),
    'uuid': Kind(_uuid, Nothing(), _ORDERED + _SUBSTRING + ('in',)),
    'rank': Kind(_rank, Nothing(), _ORDERED + _SUBSTRING + ('in',)),
    'flag': Kind(_flag, Nothing(), _EQUAL),
    'date': Kind(_date, Nothing(), _ORDERED),
    'object': Kind(_reference, Nothing(), _EQUAL),
    'members': Kind(_reference, Nothing(), _EQUAL + _SUBSTRING),
    'opaque': Kind(_opaque, Nothing(), _EQUAL),
}

#: Derived attributes that the store can still give an expression for.
DERIVED_SCALARS = frozenset(['FormattedIDID', 'FormattedIDPrefix'])

#: Columns that are compared in their own way, whatever the type of the attribute.
COLUMN_KINDS: Mapping[str | None, str] = {
    'formatted_id': 'formatted',
    'rank': 'rank',
    'uuid': 'uuid',
    'version': 'number',
}

TYPE_KINDS: Mapping[str, str] = {
    'STRING': 'text',
    'TEXT': 'prose',
    'RATING': 'choice',
    'STATE': 'choice',
    'INTEGER': 'number',
    'DECIMAL': 'number',
    'QUANTITY': 'number',
    'BOOLEAN': 'flag',
    'DATE': 'date',
    'OBJECT': 'object',
    'COLLECTION': 'members',
    'MAP': 'opaque',
    'RAW': 'opaque',
    'WEB_LINK': 'opaque',
}

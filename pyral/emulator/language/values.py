"""Literals of a query: what the right side of a comparison means, as typed values with tests.

A value is asked for a condition on `x`, which is whatever can be compared, called `is_` and
`contains` on, and combined by `&` and `|`: in practice a SQLAlchemy expression. Values go in as
bound parameters only. Unset attributes are nothing: they equal null, differ from every value, and
are neither before nor after one (WSAPI reference, section 5.6).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime, timezone, tzinfo
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..store.sight import Sight

from ..store.expressions import holds

__all__ = [
    'Blank',
    'Choice',
    'Exact',
    'Flag',
    'Nothing',
    'ObjectValue',
    'OneOf',
    'Ordered',
    'QueryContext',
    'Span',
    'Text',
    'Typed',
    'Unchosen',
    'fold',
]


@dataclass(frozen=True)
class QueryContext:
    """What a query depends on besides its text: who asks, and when.

    :ivar user_oid: the caller, for `currentuser`.
    :ivar now: the moment that `today` is about.
    :ivar timezone: the workspace's zone, for date variables and for dates that name none.
    :ivar user_timezone: the caller's zone, for `today`; None means the workspace's.
    :ivar sight: what the caller may look into; None when into everything.
    :ivar strict_case: compare `=`, `!=`, `<` and `in` on texts by exact letters.
    """

    user_oid: int
    now: datetime
    timezone: tzinfo = timezone.utc
    user_timezone: tzinfo | None = None
    strict_case: bool = False
    sight: Sight | None = None


def fold(text: str) -> str:
    """Return the form in which texts are compared; the store folds its side alike."""
    return text.casefold()


class Typed(ABC):
    """A value with the tests an operator may ask for."""

    #: Whether the test is about having any value at all (`= null`), rather than about a value.
    emptiness = False
    #: Whether the stored text is to be folded before it is compared.
    folds = False
    #: Whether an unset attribute equals this value.
    unset = False

    def alternatives(self) -> tuple[Any, ...]:
        """Return the stored values that equal this value."""
        return ()

    @abstractmethod
    def equal(self, x: Any) -> Any:
        """Condition: x is this value."""

    def differs(self, x: Any) -> Any:
        """Condition: x is not this value; unset differs from everything."""
        return x.is_(None) | ~self.equal(x)


class Ordered(Typed):
    """A value that others come before and after."""

    @abstractmethod
    def below(self, x: Any) -> Any:
        """Condition: x comes before this value."""

    @abstractmethod
    def above(self, x: Any) -> Any:
        """Condition: x comes after this value."""

    @abstractmethod
    def up_to(self, x: Any) -> Any:
        """Condition: x is this value or before it."""

    @abstractmethod
    def onward(self, x: Any) -> Any:
        """Condition: x is this value or after it."""


@dataclass(frozen=True)
class Exact(Ordered):
    """A number or an identifier: compared as it is."""

    value: Any

    def alternatives(self) -> tuple[Any, ...]:
        return (self.value,)

    def equal(self, x: Any) -> Any:
        return x == self.value

    def differs(self, x: Any) -> Any:
        return x.is_distinct_from(self.value)

    def below(self, x: Any) -> Any:
        return x < self.value

    def above(self, x: Any) -> Any:
        return x > self.value

    def up_to(self, x: Any) -> Any:
        return x <= self.value

    def onward(self, x: Any) -> Any:
        return x >= self.value


@dataclass(frozen=True)
class ObjectValue(Exact):
    """The object a reference names, by the column of the object's row that identifies it."""

    column: str = 'oid'

    def within(self, x: Any) -> Any:
        """Condition: the member x is this object."""
        return self.equal(x)

    def missing(self, x: Any) -> Any:
        """Condition: the member x is another object."""
        return self.differs(x)


@dataclass(frozen=True)
class Text(Exact):
    """A text; compared without regard to letter case unless the context is strict."""

    folds: bool = True

    def within(self, x: Any) -> Any:
        """Condition: x contains this text."""
        return holds(x, self.value)

    def missing(self, x: Any) -> Any:
        """Condition: x does not contain this text."""
        return x.is_(None) | ~self.within(x)


@dataclass(frozen=True)
class Choice(Text):
    """An entry of a value list, which orders by its place in the list and not by letters.

    :ivar listed: whether there is a list; a value that is not in it has no place.
    :ivar before: the entries before it.
    :ivar here: the entry itself, if it is in the list.
    :ivar after: the entries after it.
    """

    listed: bool = False
    before: tuple[str, ...] = ()
    here: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    def below(self, x: Any) -> Any:
        return x.in_(self.before) if self.listed else x < self.value

    def above(self, x: Any) -> Any:
        return x.in_(self.after) if self.listed else x > self.value

    def up_to(self, x: Any) -> Any:
        return x.in_(self.before + self.here) if self.listed else x <= self.value

    def onward(self, x: Any) -> Any:
        return x.in_(self.here + self.after) if self.listed else x >= self.value


@dataclass(frozen=True)
class Unchosen(Choice):
    """`None` of a value list: the entry of that name, or no choice at all."""

    unset: bool = True

    def alternatives(self) -> tuple[Any, ...]:
        return ('', self.value)

    def equal(self, x: Any) -> Any:
        return x.is_(None) | x.in_(self.alternatives())

    def differs(self, x: Any) -> Any:
        return x.not_in(self.alternatives())


@dataclass(frozen=True)
class Flag(Typed):
    """A boolean; one that was never set reads as false."""

    value: bool

    def equal(self, x: Any) -> Any:
        return x.is_(True) if self.value else x.is_(None) | x.is_(False)

    def differs(self, x: Any) -> Any:
        return Flag(not self.value).equal(x)


@dataclass(frozen=True)
class Span(Ordered):
    """A stretch of time, from `start` up to but not including `end`, as stored texts.

    :ivar after: what `>` counts as later: `end`, or `start` for `today-N` (section 5.7).
    """

    start: str
    end: str
    after: str

    def equal(self, x: Any) -> Any:
        return (x >= self.start) & (x < self.end)

    def below(self, x: Any) -> Any:
        return x < self.start

    def above(self, x: Any) -> Any:
        return x >= self.after

    def up_to(self, x: Any) -> Any:
        return x < self.end

    def onward(self, x: Any) -> Any:
        return x >= self.start


@dataclass(frozen=True)
class Nothing(Typed):
    """`null` of anything that is not a text."""

    emptiness: bool = True
    unset: bool = True

    def equal(self, x: Any) -> Any:
        return x.is_(None)

    def differs(self, x: Any) -> Any:
        return x.is_not(None)


@dataclass(frozen=True)
class Blank(Ordered):
    """`null` or `""` of a text or a choice, which are the same to the service's database.

    :ivar emptiness: true when written `null`: through a path that asks whether anything is there.
    :ivar listed: whether the attribute is ordered by a list, in which nothing has no place.
    """

    emptiness: bool = True
    listed: bool = False
    unset: bool = True

    def alternatives(self) -> tuple[Any, ...]:
        return ('',)

    def equal(self, x: Any) -> Any:
        return x.is_(None) | (x == '')

    def differs(self, x: Any) -> Any:
        return x.is_not(None) & (x != '')

    def below(self, x: Any) -> Any:
        return x.in_(())

    def above(self, x: Any) -> Any:
        return x.in_(()) if self.listed else x > ''

    def up_to(self, x: Any) -> Any:
        return x.in_(() if self.listed else ('',))

    def onward(self, x: Any) -> Any:
        return x.in_(()) if self.listed else x >= ''


@dataclass(frozen=True)
class OneOf(Typed):
    """Several values, for `in`."""

    values: tuple[Typed, ...]

    @property
    def folds(self) -> bool:  # type: ignore[override]
        return any(value.folds for value in self.values)

    def equal(self, x: Any) -> Any:
        stored = [one for value in self.values for one in value.alternatives()]
        if self.folds:
            stored = [fold(one) for one in stored]
        found = x.in_(list(dict.fromkeys(stored)))
        return found | x.is_(None) if any(value.unset for value in self.values) else found

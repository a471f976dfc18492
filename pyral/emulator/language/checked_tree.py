"""The checked tree of a query: names are attributes and values are typed; `compile` reads it.

`check` makes it of the tree that `nodes` describes. Nothing here may know a table or a clock.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Union

if TYPE_CHECKING:
    from .operators import Operator
    from .paths import Step
    from .values import Typed

__all__ = ['Checked', 'Every', 'ResolvedPath', 'Some', 'Test']


@dataclass(frozen=True)
class ResolvedPath:
    """One reading of a path: its steps, and the value as the last attribute understands it.

    A path has several routes when a type met on the way is abstract and its subtypes define the
    next attribute each in its own way.
    """

    steps: tuple[Step, ...]
    value: Typed


@dataclass(frozen=True)
class Test:
    """A comparison that is understood: true when it is true on one of its routes."""

    __test__ = False

    operator: Operator
    routes: tuple[ResolvedPath, ...]


@dataclass(frozen=True)
class Every:
    """All operands are true: a chain of ANDs, flattened."""

    operands: tuple[Checked, ...]


@dataclass(frozen=True)
class Some:
    """At least one operand is true: a chain of ORs, flattened."""

    operands: tuple[Checked, ...]


Checked = Union[Test, Every, Some]

"""The tree of a query, before and after it is checked: small classes without behaviour.

`parse` makes `Comparison` and `Combination`; `check` turns them into `Test`, `Every` and `Some`,
whose names are attributes and whose values are typed; `compile` reads only the latter. Nothing here
may know a type, a table or a clock.

A combination may be nested a thousand deep (clients ask for many ids as one chain of ORs), so
nobody may walk a tree by recursion: `postorder` is the way through it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Iterator, Union

if TYPE_CHECKING:
    from ..model import AttrDef
    from .operators import Operator
    from .values import Sight, Typed

__all__ = [
    'Checked',
    'Combination',
    'Comparison',
    'Every',
    'Node',
    'Route',
    'Some',
    'Step',
    'Test',
    'Value',
    'postorder',
    'unparse',
]


@dataclass(frozen=True)
class Value:
    """The right side as written: its text without quotes, and whether it had them."""

    text: str
    quoted: bool = False


@dataclass(frozen=True)
class Comparison:
    """`(path operator value)`; the operator in lower case, the path as given."""

    path: str
    operator: str
    value: Value


@dataclass(frozen=True)
class Combination:
    """`(left AND right)` or `(left OR right)`; the junction in upper case."""

    junction: str
    left: Node
    right: Node


Node = Union[Comparison, Combination]


@dataclass(frozen=True)
class Step:
    """One attribute of a path.

    :ivar only: TypePaths of the objects it applies to; None when to all that are met here.
    :ivar leads: TypePaths that may be met behind a reference or collection.
    :ivar crowded: whether so many objects may be there that one does not look at all of them.
    :ivar part: the part of a web link that is meant.
    :ivar sight: what the caller may look into behind it; None when into everything.
    """

    attr: AttrDef
    only: tuple[str, ...] | None = None
    leads: tuple[str, ...] = ()
    crowded: bool = False
    part: str | None = None
    sight: Sight | None = None


@dataclass(frozen=True)
class Route:
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
    routes: tuple[Route, ...]


@dataclass(frozen=True)
class Every:
    """All operands are true: a chain of ANDs, flattened."""

    operands: tuple[Checked, ...]


@dataclass(frozen=True)
class Some:
    """At least one operand is true: a chain of ORs, flattened."""

    operands: tuple[Checked, ...]


Checked = Union[Test, Every, Some]


def postorder(node: Node) -> Iterator[Node]:
    """Give each node after its operands, left before right, at any depth.

    :param node: the root.
    """
    pending: list[tuple[Node, bool]] = [(node, False)]
    while pending:
        current, ready = pending.pop()
        if ready or isinstance(current, Comparison):
            yield current
        else:
            pending += [(current, True), (current.right, False), (current.left, False)]


def unparse(node: Node) -> str:
    """Write a tree as query text that parses to the same tree.

    :param node: the root.
    :returns: the text, with one blank between tokens.
    """
    parts: list[str] = []
    pending: list[Node | str] = [node]
    while pending:
        current = pending.pop()
        if isinstance(current, str):
            parts.append(current)
        elif isinstance(current, Comparison):
            parts.append(_comparison_text(current))
        else:
            pending += [")", current.right, f" {current.junction} ", current.left, "("]
    return "".join(parts)


def _comparison_text(comparison: Comparison) -> str:
    text = comparison.value.text
    if comparison.value.quoted:
        text = '"{}"'.format(text.replace('\\', '\\\\').replace('"', '\\"'))
    return f"({comparison.path} {comparison.operator} {text})"

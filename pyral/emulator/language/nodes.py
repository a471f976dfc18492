"""The syntax tree of a query as it was written: small classes without behaviour.

`parse` makes `Comparison` and `Combination`; `check` turns them into the `checked_tree`.
Nothing here may know a type, a table or a clock.

A combination may be nested a thousand deep (clients ask for many ids as one chain of ORs), so
nobody may go through a tree by recursion: `postorder` is the way through it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Iterator, Union

__all__ = [
    'Combination',
    'Comparison',
    'Node',
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
        escaped = text.replace('\\', '\\\\').replace('"', '\\"')
        text = f'"{escaped}"'
    return f"({comparison.path} {comparison.operator} {text})"

"""Query parser: text to syntax tree, the first two steps of a query, tokens and tree.

The grammar is in `grammar.lark`; this module builds the tree from it and says in the service's
own words (WSAPI reference, section 5.9) what is wrong with a text. It knows no attribute and no
type, and whatever it is given, it raises nothing but `ServiceError`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from ..errors import ServiceError
from .nodes import Combination, Comparison, Node, Value

__all__ = ['MAX_LENGTH', 'parse']

#: Longer texts are refused unread; a client that asks for thousands of ids stays well below.
MAX_LENGTH = 250_000

#: What would have been right, by the terminals allowed where parsing stopped: first match counts.
EXPECTED = (
    ('QUOTED', "a value"),
    ('WORD', 'an attribute or "("'),
    ('LPAR', '"("'),
    ('JUNCTION', '"AND" or "OR"'),
    ('RPAR', '")"'),
    ('$END', '")"'),
)
#: A token in a message is cut here: an answer must not repeat a megabyte.
SHOWN = 200


def parse(text: str) -> Node:
    """Read a query.

    :param text: a query as a client sends it, decoded.
    :returns: its tree, names and values still as written.
    :raises ServiceError: with the text the service gives.
    """
    if len(text) > MAX_LENGTH:
        raise ServiceError(
            f"Could not parse: The query is {len(text)} characters long, more than the {MAX_LENGTH}"
            " that are read"
        )
    _refuse_unstorable(text)
    try:
        return _lark().parse(text)  # type: ignore[return-value]
    except UnexpectedInput as err:
        raise ServiceError(f"Could not parse: {_complaint(err)}") from None


def _refuse_unstorable(text: str) -> None:
    """No database takes these characters, so no value can contain them."""
    if '\0' in text or any('\ud800' <= char <= '\udfff' for char in text):
        raise ServiceError(
            "Could not parse: The query contains a character that is not text (NUL or half of a "
            "surrogate pair)"
        )


@lru_cache(maxsize=None)
def _lark() -> Lark:
    return Lark.open(
        'grammar.lark',
        rel_to=__file__,
        parser='lalr',
        lexer='contextual',
        transformer=_TreeBuilder(),
    )


class _TreeBuilder(Transformer[Token, Node]):
    """Makes the tree while the parser reduces, so that depth costs no recursion."""

    def path(self, children: list[Any]) -> str:
        return str(children[0])

    def operator(self, children: list[Any]) -> str:
        return str(children[0]).lower()

    def junction(self, children: list[Any]) -> str:
        return str(children[0]).upper()

    def bare(self, children: list[Any]) -> Value:
        return Value(str(children[0]))

    def quoted(self, children: list[Any]) -> Value:
        return Value(_unescape(str(children[0])[1:-1]), quoted=True)

    def comparison(self, children: list[Any]) -> Comparison:
        return Comparison(*children)

    def combination(self, children: list[Any]) -> Combination:
        left, junction, right = children
        return Combination(junction, left, right)


def _unescape(text: str) -> str:
    """`\\"` is a quote and `\\\\` a backslash; before anything else a backslash is itself."""
    return '\\'.join(part.replace('\\"', '"') for part in text.split('\\\\'))


def _complaint(err: UnexpectedInput) -> str:
    """Say what was expected where parsing stopped, in the words of the service."""
    if isinstance(err, UnexpectedCharacters):
        # The lexer is stuck only before a quote that is never closed.
        return "Error parsing expression -- expected a closing quote but saw the end instead."
    assert isinstance(err, UnexpectedToken)
    allowed = err.accepts or err.expected
    saw = '' if err.token.type == '$END' else str(err.token)[:SHOWN]
    if 'OPERATOR' in allowed:
        return f'Unknown operator "{saw}"'
    wanted = next(words for name, words in EXPECTED if name in allowed)
    if saw == ')' and '$END' in allowed:
        wanted = "the end"
    seen = f'"{saw}"' if saw else "the end"
    return f'Error parsing expression -- expected {wanted} but saw {seen} instead.'

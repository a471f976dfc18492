"""Correction of a refused query ("did you mean"): the text that a careless one seems to mean.

The parser stays as strict as the service. This module reads what people write instead, parentheses
left out, `==` and `&&`, names without their case, and offers a text only when the strict parser and
the check take it. Whoever shows it decides; nothing is ever asked in place of what was written.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Iterable, Iterator, NamedTuple, Sequence

from ..errors import ServiceError
from .check import ALIASES, AttributePaths, check
from .nodes import Combination, Comparison, Node, Value, unparse
from .operators import OPERATORS as TESTS
from .order import order_by
from .parse import parse

if TYPE_CHECKING:
    from ..catalogue.catalogue import Catalogue
    from ..model import AttrDef, TypeDef
    from .values import QueryContext

__all__ = ['corrected', 'corrected_order']

#: Longer texts are not looked at: nobody wrote them by hand.
MOST_TOKENS = 400
LONGEST = 4000
#: How alike a name must be to one that there is.
ALIKE = 0.7
PIECE = re.compile(
    r'\s*(?:(?P<quoted>"(?:\\.|[^"\\])*(?:"|\Z)|\'[^\']*(?:\'|\Z)|[\u201c\u201d][^\u201c\u201d]*'
    r'(?:[\u201c\u201d]|\Z))'
    r'|(?P<open>\()|(?P<close>\))|(?P<junction>&&|\|\|)'
    r'|(?P<operator>!contains\b|!=|<>|<=|>=|==|!~|=~|=|<|>|~)'
    r'|(?P<word>(?:(?!&&|\|\|)[^\s()"=<>!~])+)|(?P<other>\S))',
    re.IGNORECASE,
)
JUNCTIONS = {'&&': 'AND', '||': 'OR', 'and': 'AND', 'or': 'OR'}
OPERATORS = {
    '==': '=',
    '<>': '!=',
    '~': 'contains',
    '=~': 'contains',
    '!~': '!contains',
    'like': 'contains',
    'contain': 'contains',
    'contains': 'contains',
    'in': 'in',
    'is': '=',
    'equals': '=',
}
NEGATIVE = {'contains': '!contains', '=': '!='}
NOTHING = ('none', 'nil', 'empty', 'unset', '""', '')
AMERICAN_DATE = re.compile(r'(\d{1,2})[/.](\d{1,2})[/.](\d{4})')
#: What an object is called by, where a query compares a reference with a name.
NAMES = ('Name', 'UserName', 'DisplayName', 'FormattedID')
LABEL = re.compile(r'[\s_-]+')


class Piece(NamedTuple):
    """A piece of the text: `kind` is a group of `PIECE`, `text` without quotes."""

    kind: str
    text: str


class NotUnderstood(Exception):
    """There is no comparison where one should be."""


def corrected(
    text: str, catalogue: Catalogue, types: Sequence[TypeDef], context: QueryContext
) -> str | None:
    """Return the query that a refused one seems to mean; None when there is no good guess.

    :param text: the query as it was written.
    :param types: the types asked for.
    """
    if len(text) > LONGEST:
        return None
    try:
        tree = Reader(list(tokens(text))).whole()
    except (NotUnderstood, RecursionError):
        return None
    paths = AttributePaths(catalogue, types, context.sight)
    meant = unparse(repaired(tree, paths, catalogue, types, context))
    try:
        check(parse(meant), catalogue, types, context)
    except ServiceError:
        return None
    return None if meant == text.strip() else meant


def corrected_order(text: str, catalogue: Catalogue, types: Sequence[TypeDef]) -> str | None:
    """Return the order that a refused one seems to mean; None when there is no good guess."""
    keys = []
    for part in text[:LONGEST].split(','):
        words = part.split()
        down = bool(words) and words[-1].lower() in ('desc', 'descending')
        if words and (down or words[-1].lower() in ('asc', 'ascending')):
            words.pop()
        if words:
            keys.append(near_path(' '.join(words), catalogue, types) + (' DESC' if down else ''))
    meant = ', '.join(keys)
    try:
        order_by(meant, catalogue, types)
    except ServiceError:
        return None
    return None if not meant or meant == text.strip() else meant


def tokens(text: str) -> Iterator[Piece]:
    """Cut a text into tokens; a quote that nothing closes reaches to the end."""
    for number, found in enumerate(PIECE.finditer(text)):
        kind = found.lastgroup
        if number > MOST_TOKENS:
            raise NotUnderstood
        if kind is None or kind == 'other':
            continue
        piece = found.group(kind)
        if kind == 'quoted':
            whole = len(piece) > 1 and piece[-1] in '"\'\u201c\u201d'
            piece = piece[1:-1] if whole else piece[1:]
            piece = piece.replace('\\"', '"').replace('\\\\', '\\')
        elif kind == 'word' and piece.lower() in JUNCTIONS:
            kind = 'junction'
        yield Piece(kind, piece)


class Reader:
    """Reads tokens as a query with the usual precedence: AND binds closer than OR."""

    def __init__(self, found: list[Piece]) -> None:
        self.tokens, self.place = found, 0

    def kind(self, ahead: int = 0) -> str:
        """Return the kind of a token to come; empty behind the last."""
        place = self.place + ahead
        return self.tokens[place].kind if place < len(self.tokens) else ''

    def take(self) -> Piece:
        """Return the next token and go on."""
        self.place += 1
        return self.tokens[self.place - 1]

    def whole(self) -> Node:
        """Read everything; parentheses that nothing opened are left out."""
        found = self.either()
        while self.kind():
            if self.kind() == 'close':
                self.take()
            else:
                found = Combination('AND', found, self.either())
        return found

    def either(self) -> Node:
        """Read what OR joins."""
        found = self.both()
        while self._joins('OR'):
            found = Combination('OR', found, self.both())
        return found

    def both(self) -> Node:
        """Read what AND joins, or nothing but their neighbourhood."""
        found = self.operand()
        while self._joins('AND') or self._begins(0):
            found = Combination('AND', found, self.operand())
        return found

    def operand(self) -> Node:
        """Read a comparison, or a query in parentheses."""
        if self.kind() != 'open':
            return self.comparison()
        self.take()
        found = self.either()
        if self.kind() == 'close':
            self.take()
        return found

    def comparison(self) -> Node:
        """Read an attribute, an operator and a value; `not` may stand before each of the two."""
        names: list[str] = []
        negative = False
        while self._is_word('not') and not names:
            self.take()
            negative = not negative
        while self.kind() in ('word', 'quoted') and not (names and self._operates()):
            names.append(self.take().text)
        if not names or not self._operates():
            raise NotUnderstood
        operator, opposite = self._operator()
        value = self._value(operator)
        path = ' '.join(names)
        if negative is opposite:
            return Comparison(path, operator, value)
        if operator in NEGATIVE:
            return Comparison(path, NEGATIVE[operator], value)
        if operator != 'in':
            raise NotUnderstood
        words = value.text.split(',')
        found: Node = Comparison(path, '!=', Value(words[0], ' ' in words[0]))
        for word in words[1:]:
            found = Combination('AND', found, Comparison(path, '!=', Value(word, ' ' in word)))
        return found

    def _operates(self) -> bool:
        """Say whether an operator comes next."""
        if self.kind() == 'operator':
            return True
        word = self.tokens[self.place].text.lower() if self.kind() == 'word' else ''
        return word in OPERATORS or word == 'not' and self.kind(1) in ('word', 'operator')

    def _operator(self) -> tuple[str, bool]:
        """Take an operator; return it, and whether a `not` turns it round."""
        operator, negative = '', False
        while not operator:
            if self.kind() not in ('word', 'operator'):
                raise NotUnderstood
            word = self.take().text.lower()
            if word == 'not':
                negative = True
            else:
                operator = OPERATORS.get(word, word)
        if operator not in TESTS:
            raise NotUnderstood
        if operator == '=' and self._is_word('not'):
            self.take()
            negative = True
        return operator, negative

    def _is_word(self, word: str) -> bool:
        return self.kind() == 'word' and self.tokens[self.place].text.lower() == word

    def _value(self, operator: str) -> Value:
        if self.kind() == 'quoted':
            return Value(self.take().text, quoted=True)
        parts: list[str] = []
        depth = 0
        while self.kind():
            kind = self.kind()
            if kind == 'close' and not depth:
                break
            if not depth and parts and (self._joins_here() or self._begins(0)):
                break
            token = self.take()
            depth += {'open': 1, 'close': -1}.get(kind, 0)
            if kind in ('open', 'close') and operator == 'in':
                continue
            parts.append(token.text)
        if not parts:
            raise NotUnderstood
        if operator == 'in':
            listed = [part.strip() for part in ' '.join(parts).split(',')]
            text = ','.join(part for part in listed if part)
        else:
            text = re.sub(r'\( | \)', lambda found: found.group().strip(), ' '.join(parts))
            text = text.rstrip(',;') or text
        return Value(text, quoted=re.search(r'[\s()"]', text) is not None)

    def _joins_here(self) -> bool:
        """Say whether the next token joins two comparisons, and is no word of a value."""
        return self.kind() == 'junction' and (self.kind(1) == 'open' or self._begins(1))

    def _joins(self, junction: str) -> bool:
        """Take the junction if it comes next."""
        if self.kind() != 'junction':
            return False
        if JUNCTIONS[self.tokens[self.place].text.lower()] != junction:
            return False
        self.take()
        return bool(self.kind())

    def _begins(self, ahead: int) -> bool:
        """Say whether a comparison begins at a token to come."""
        if self.kind(ahead) == 'open':
            return ahead == 0 and self._begins(1)
        if self.kind(ahead) != 'word':
            return False
        after = self.place + ahead + 1
        if self.kind(ahead + 1) == 'operator':
            return True
        return self.kind(ahead + 1) == 'word' and self.tokens[after].text.lower() in OPERATORS


def repaired(
    tree: Node,
    paths: AttributePaths,
    catalogue: Catalogue,
    types: Sequence[TypeDef],
    context: QueryContext,
) -> Node:
    """Return a tree whose comparisons are ones that the check takes, as far as one can guess."""
    if isinstance(tree, Combination):
        return Combination(
            tree.junction,
            repaired(tree.left, paths, catalogue, types, context),
            repaired(tree.right, paths, catalogue, types, context),
        )
    for candidate in candidates(tree, paths, catalogue, types):
        try:
            check(candidate, catalogue, types, context)
        except ServiceError:
            continue
        return candidate
    return tree


def candidates(
    comparison: Comparison, paths: AttributePaths, catalogue: Catalogue, types: Sequence[TypeDef]
) -> Iterator[Comparison]:
    """Yield what a comparison may mean, the likeliest first."""
    path = near_path(comparison.path, catalogue, types)
    operator, value = comparison.operator, comparison.value
    if operator in ('contains', '!contains') and value.text.strip('%*'):
        value = Value(value.text.strip('%*'), value.quoted)
    for choice in near_values(value.text, last_attribute(path, paths)):
        yield Comparison(path, operator, Value(choice, quoted=' ' in choice))
    yield Comparison(path, operator, value)
    if value.text.lower() in NOTHING:
        yield Comparison(path, operator, Value('null'))
    date = AMERICAN_DATE.fullmatch(value.text)
    if date is not None:
        first, second, year = date.groups()
        month, day = (second, first) if int(first) > 12 else (first, second)
        yield Comparison(path, operator, Value(f'{year}-{int(month):02d}-{int(day):02d}'))
    if value.text.lower() in ('yes', 'no', '1', '0'):
        yield Comparison(path, operator, Value(str(value.text.lower() in ('yes', '1')).lower()))
    names: tuple[str, ...] = NAMES
    if '@' in value.text:
        names = ('UserName', *NAMES)
    elif re.fullmatch(r'[A-Za-z]{1,5}\d+', value.text):
        names = ('FormattedID', *NAMES)
    elif is_user(path, paths):
        names = ('DisplayName', 'UserName')
    for name in names:
        yield Comparison(f'{path}.{name}', operator, value)
    if operator in ('=', '!='):
        meant = {'=': 'contains', '!=': '!contains'}[operator]
        yield Comparison(path, meant, Value(value.text.strip('%*'), value.quoted))


def last_attribute(path: str, paths: AttributePaths) -> AttrDef | None:
    """Return the attribute at the end of a path; None when it leads nowhere."""
    try:
        return paths.resolve(path)[0][-1].attr
    except ServiceError:
        return None


def is_user(path: str, paths: AttributePaths) -> bool:
    """Say whether a path leads to a user, who is known by the name that is shown."""
    found = last_attribute(path, paths)
    return found is not None and found.target == 'User'


def near_values(text: str, attr: AttrDef | None) -> list[str]:
    """Return the allowed values that a text may be a slip of; none for one of them."""
    values = [str(one) for one in (attr and attr.allowed_values) or () if one not in (None, '')]
    by_letters = {plain(one): one for one in values}
    if text.lower() in ('null', *(one.lower() for one in values)):
        return []
    return [by_letters[one] for one in near(plain(text), by_letters)]


def near_path(path: str, catalogue: Catalogue, types: Sequence[TypeDef]) -> str:
    """Return a path with each name replaced by the nearest one that there is."""
    names: list[str] = []
    here = list(types)
    for step in path.split('.'):
        found = near_attribute(step, [each for one in here for each in family(one, catalogue)])
        if found is None:
            return '.'.join([*names, *path.split('.')[len(names) :]]).replace(' ', '')
        names.append(step.strip() if step.strip().lower() in ALIASES else found.name)
        target = catalogue.resolve(found.target) if found.target else None
        here = [] if target is None else [target]
    return '.'.join(names)


def family(type_def: TypeDef, catalogue: Catalogue) -> Iterator[TypeDef]:
    """Yield a type and those that inherit from it."""
    for path in catalogue.family(type_def.path):
        found = catalogue.resolve(path)
        if found is not None:
            yield found


def near_attribute(step: str, types: Sequence[TypeDef]) -> AttrDef | None:
    """Return the attribute that a name means: by its letters, by its label, or nearly so."""
    for one in types:
        found = one.attr(ALIASES.get(step.strip().lower(), step.strip()))
        if found is not None:
            return found
    known: dict[str, AttrDef] = {}
    for one in types:
        for attr in one.attributes.values():
            known.setdefault(plain(attr.name), attr)
            known.setdefault(plain(attr.label), attr)
    found_names = near(plain(step), known)
    return known[found_names[0]] if found_names else None


def plain(text: str) -> str:
    """Return a name as its letters alone."""
    return LABEL.sub('', text.strip().lower())


def near(word: str, known: Iterable[str]) -> list[str]:
    """Return the words that are like one, the likest first."""
    return get_close_matches(word, list(known), 3, ALIKE) if len(word) < 100 else []

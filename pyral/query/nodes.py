"""The syntax tree of a query and its printer.

A tree is made of two kinds of nodes: `Condition` (attribute, relation, value) and `Group` (two
nodes and a conjunction), because the service knows nothing but binary groups. Printing gives
text the service accepts: every node in its own pair of parentheses. This module must never look
at a schema, encode for a URL, or raise about syntax.
"""
from __future__ import absolute_import, division, print_function

import re

from pyral._compat import ensure_text

__all__ = [
    'Condition',
    'Group',
    'bare_or_quoted',
    'conditions',
    'content',
    'expression',
    'inner',
    'nested',
    'none_of',
    'one_of',
    'quoted',
    'replaced',
    'values',
    'within',
]

#: Characters that a value may have without being put between quotes.
BARE_VALUE = re.compile(r'[A-Za-z0-9_.:/+*@#$%-]+$')

#: Words that a bare value may not be, since a reader takes them for the syntax around it.
SYNTAX_WORDS = frozenset(['and', 'or'])


class Condition(object):
    """One comparison, for example `State = Open`.

    :param attribute: the dotted attribute path, as typed.
    :param operator: the relation the service knows, lower case.
    :param value: the literal as it goes to the service, with its quotes if it needs any.
    :param typed: the source text when it was written without blanks around the relation, else None.
    """

    __slots__ = ('attribute', 'operator', 'typed', 'value')

    def __init__(self, attribute, operator, value, typed=None):
        self.attribute = ensure_text(attribute)
        self.operator = ensure_text(operator)
        self.value = ensure_text(value)
        self.typed = typed

    def __repr__(self):
        return '<Condition {0!r}>'.format(expression(self))


class Group(object):
    """Two expressions joined by AND or OR."""

    __slots__ = ('conjunction', 'left', 'right')

    def __init__(self, left, conjunction, right):
        self.left = left
        self.conjunction = ensure_text(conjunction).upper()
        self.right = right

    def __repr__(self):
        return '<Group {0!r}>'.format(expression(self))


def expression(node):
    """Print a node with every pair of parentheses the service asks for.

    The loop keeps its own stack: a chain of a thousand conditions is deeper than Python recurses.
    """
    pieces, waiting = [], [node]  # type: list, list
    while waiting:
        current = waiting.pop()
        if isinstance(current, Group):
            joint = ' {0} '.format(current.conjunction)
            waiting.extend([')', current.right, joint, current.left, '('])
        elif isinstance(current, Condition):
            pieces.extend(['(', current.attribute, ' ', current.operator, ' ', current.value, ')'])
        else:
            pieces.append(current)
    return ensure_text('').join(ensure_text(piece) for piece in pieces)


def conditions(node):
    """Yield the conditions of a tree from left to right."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        if isinstance(current, Group):
            waiting.extend([current.right, current.left])
        else:
            yield current


def replaced(node, others):
    """Return a tree with other nodes in the place of some conditions.

    :param others: {id of a condition: the node for it}
    """
    top = Group(node, 'AND', node)
    waiting = [(top, 'left')]
    while waiting:
        group, side = waiting.pop()
        current = getattr(group, side)
        if isinstance(current, Group):
            copied = Group(current.left, current.conjunction, current.right)
            setattr(group, side, copied)
            waiting.extend([(copied, 'left'), (copied, 'right')])
        else:
            setattr(group, side, others.get(id(current), current))
    return top.left


def inner(node):
    """Print a node without its own outer pair of parentheses."""
    return expression(node)[1:-1]


def nested(operands, conjunctions):
    """Join nodes to binary groups nested to the right; AND and OR have the same rank.

    :param operands: one node or more.
    :param conjunctions: one word fewer than operands.
    """
    node = operands[-1]
    for left, conjunction in zip(reversed(operands[:-1]), reversed(conjunctions)):
        node = Group(left, conjunction, node)
    return node


def quoted(text):
    r"""Put a value between double quotes; a quote or a backslash in it gets a backslash."""
    text = ensure_text(text)
    return ensure_text('"{0}"').format(text.replace('\\', '\\\\').replace('"', '\\"'))


def bare_or_quoted(text):
    """Return the value bare where that is safe, else between quotes."""
    text = ensure_text(text)
    if BARE_VALUE.match(text) and text.lower() not in SYNTAX_WORDS:
        return text
    return quoted(text)


def one_of(attribute, literals):
    """Print `in` with a list of literals, or an OR chain where a list cannot say it.

    The service takes one text with commas between the values; a value that holds a comma
    itself, a null and a reference need a comparison of their own.

    :param literals: printed values, quoted or bare.
    """
    contents = [content(literal) for literal in literals]
    listable = all(content and ',' not in content and content != 'null' and '/' not in content
                   for content in contents)
    if not listable:
        return _chain(attribute, '=', 'OR', literals)
    joined = ensure_text(',').join(contents)
    bare = all(BARE_VALUE.match(content) for content in contents)
    return Condition(attribute, 'in', joined if bare else quoted(joined))


def none_of(attribute, literals):
    """Print `!in`, which the service does not know, as an AND chain of `!=` with quoted values."""
    printed = [literal if literal == 'null' else quoted(content(literal)) for literal in literals]
    return _chain(attribute, '!=', 'AND', printed)


def within(attribute, lesser, greater, negated=False):
    """Print `between` or `!between`, which the service does not know, as two comparisons."""
    if negated:
        return Group(Condition(attribute, '<', lesser), 'OR', Condition(attribute, '>', greater))
    return Group(Condition(attribute, '>=', lesser), 'AND', Condition(attribute, '<=', greater))


def _chain(attribute, operator, conjunction, literals):
    node = Condition(attribute, operator, literals[0])
    for literal in literals[1:]:
        node = Group(node, conjunction, Condition(attribute, operator, literal))
    return node


def content(literal):
    """Return what a literal says, without its quotes and escapes."""
    if literal.startswith('"'):
        return re.sub(r'\\(["\\])', r'\1', literal[1:-1])
    return literal


def values(condition):
    """Return what a condition compares with, as texts: several for `in`, else one."""
    text = content(condition.value)
    return [part.strip() for part in text.split(u',')] if condition.operator == 'in' else [text]

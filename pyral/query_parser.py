"""Query text to a tree: tokens first, then the tree.

The grammar is the one people write, which is wider than the one the service reads: conditions
without parentheses, several terms in one level, unquoted values of several words, `!in`,
`between` and `!between`, relations in any case. A text that does not fit is refused whole, with
the spot and the corrected text where that can be known; a condition is never dropped. This
module must never look at a schema or a connection: what a query means is not its business.
"""
from __future__ import absolute_import, division, print_function

import re

from pyral import query_nodes as nodes
from pyral._compat import ensure_native, ensure_text
from pyral.errors import QuerySyntaxError

__all__ = ['parse', 'refuse']

TOKENS = re.compile(r'''
    (?P<blank>\s+)
  | (?P<open>\()
  | (?P<close>\))
  | (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<unclosed>".*)
  | (?P<word>!(?=[^\W\d])[^\s()"!<>=]+ | [^\s()"!<>=]+)
  | (?P<symbol>[!<>=]+)
''', re.VERBOSE | re.DOTALL | re.UNICODE)

SYMBOLS = frozenset(['=', '!=', '<', '>', '<=', '>='])
WORDS = frozenset(['contains', '!contains', 'in', '!in', 'between', '!between'])

#: Relations that other languages write, and what they are called here.
NEAR_MISSES = {
    '==': '=',
    '===': '=',
    '<>': '!=',
    '=!': '!=',
    '!==': '!=',
    '=>': '>=',
    '=<': '<=',
    '!': '!=',
    'is': '=',
    'eq': '=',
    'equals': '=',
    'isnt': '!=',
    'ne': '!=',
    'like': 'contains',
    'has': 'contains',
    'notin': '!in',
    'matches': 'contains',
    'gt': '>',
    'lt': '<',
    'gte': '>=',
    'lte': '<=',
     }

PREFIX = 'Invalid query expression syntax in: '


class Token(object):
    """A piece of the source text with its place."""

    __slots__ = ('end', 'kind', 'start', 'text')

    def __init__(self, kind, text, start, end):
        self.kind = kind
        self.text = text
        self.start = start
        self.end = end

    @property
    def lowered(self):
        """The text in lower case, the form in which relations and conjunctions are compared."""
        return self.text.lower()


class Mistake(Exception):
    """What is wrong and where; becomes a `QuerySyntaxError` when it leaves this module."""

    def __init__(self, position, reason, *corrections):
        super(Mistake, self).__init__(reason)
        self.position = position
        self.reason = reason
        self.corrections = corrections


def parse(text):
    """Read one query text.

    :param text: conditions, joined by AND and OR, grouped by parentheses as far as the writer
        likes.
    :returns: a `Condition` or a `Group`.
    :raises QuerySyntaxError: with the place of the mistake.
    """
    text = ensure_text(text)
    try:
        return _Reader(text).tree()
    except Mistake as mistake:
        raise refuse(text, mistake.position, mistake.reason, _first_valid(mistake.corrections))


def refuse(text, position, reason, corrected=None):
    """Make the error for a text: the historic message, the spot, the reason and the correction.

    :param position: index of the spot in `text`, or None when there is none.
    :param corrected: a text that would be accepted, or None.
    """
    return QuerySyntaxError(
    ensure_native(
        ensure_text(PREFIX) +
        ensure_text(text)),
        query=text,
        position=position,
        reason=reason,
         corrected=corrected)


def _first_valid(corrections):
    """Return the first proposed text that parses: a wrong correction is worse than none."""
    for proposed in corrections:
        try:
            _Reader(proposed).tree()
        except Mistake:
            continue
        return proposed
    return None


def _tokens(text):
    found = []
    for match in TOKENS.finditer(text):
        if match.lastgroup != 'blank':
            found.append(Token(match.lastgroup, match.group(), match.start(), match.end()))
    end = len(text.rstrip())
    found.append(Token('end', '', end, end))
    return found


class _Level(object):
    """The terms met so far between one pair of parentheses."""

    def __init__(self, opened=None):
        self.opened = opened
        self.operands = []
        self.conjunctions = []


class _Reader(object):
    """Reads the tokens of one text; keeps its own stack so that deep nesting cannot exhaust Python's."""

    def __init__(self, text):
        self.text = text
        self.tokens = _tokens(text)
        self.index = 0

    def tree(self):
        levels = [_Level()]
        while True:
            if self._next.kind == 'open':
                levels.append(_Level(self._take()))
                continue
            levels[-1].operands.append(self._condition())
            while self._next.kind == 'close':
                self._close(levels)
            if self._next.kind == 'end':
                break
            levels[-1].conjunctions.append(self._conjunction())
        if len(levels) > 1:
            opened = levels[-1].opened
            missing = ')' * (len(levels) - 1)
            raise Mistake(
    opened.start,
    "this parenthesis is never closed",
     self.text.rstrip() + missing)
        return nodes.nested(levels[0].operands, levels[0].conjunctions)

    # Looking at the tokens

    @property
    def _next(self):
        return self.tokens[self.index]

    def _ahead(self, count):
        return self.tokens[min(self.index + count, len(self.tokens) - 1)]

    def _take(self):
        token = self._next
        self.index += 1
        return token

    def _alone(self, token):
        """Say whether blanks or parentheses stand on both sides, as a conjunction has them."""
        before, after = self.text[:token.start][-1:], self.text[token.end:][:1]
        return (not before or before.isspace() or before in '()"') and (
            not after or after.isspace() or after in '()"')

    def _joins(self, token):
        return token.kind == 'word' and token.lowered in ('and', 'or') and self._alone(token)

    def _starts_condition(self, offset):
        """Say whether the token `offset` places ahead begins a condition or a group."""
        first, second = self._ahead(offset), self._ahead(offset + 1)
        if first.kind == 'open':
            return True
        if first.kind != 'word' or self._joins(first):
            return False
        return second.kind == 'symbol' or (
            second.kind == 'word' and (second.lowered in WORDS or second.lowered in NEAR_MISSES))

    # The parts of the grammar

    def _close(self, levels):
        closing = self._take()
        if len(levels) == 1:
            raise Mistake(closing.start, "this parenthesis was never opened",
                          self.text[:closing.start] + self.text[closing.end:])
        level = levels.pop()
        levels[-1].operands.append(nodes.nested(level.operands, level.conjunctions))

    def _conjunction(self):
        token = self._take()
        if not self._joins(token):
            raise Mistake(token.start, "AND or OR was expected here",
                          self.text[:token.start] + 'AND ' + self.text[token.start:])
        if self._next.kind == 'end':
            raise Mistake(token.start, "{0} must be followed by another condition".format(
                token.text.upper()), self.text[:token.start].rstrip())
        return token.text

    def _condition(self):
        name = self._take()
        if name.kind != 'word' or self._joins(name):
            what = "the end" if name.kind == 'end' else name.text[:
                1] if name.kind == 'unclosed' else name.text
            raise Mistake(
    name.start,
    "a condition was expected here, not {0}".format(
        ensure_native(what)))
        if name.text.startswith('!'):
            raise Mistake(name.start, "a condition begins with the name of an attribute",
                          self.text[:name.start] + self.text[name.start + 1:])
        operator = self._operator(name)
        if operator in ('in', '!in'):
            return self._subset(name.text, operator)
        if operator in ('between', '!between'):
            return self._range(name.text, operator)
        start = self._next.start
        relation = self.tokens[self.index - 1]
        value, end = self._value()
        tight = relation.kind == 'symbol' and (name.end == relation.start or relation.end == start)
        return nodes.Condition(name.text, operator, value,
                               self.text[name.start:end] if tight else None)

    def _operator(self, name):
        token = self._take()
        if token.kind == 'symbol' and token.text in SYMBOLS:
            return token.text
        if token.kind == 'word' and token.lowered in WORDS:
            return token.lowered
        raise self._wrong_operator(name, token)

    def _wrong_operator(self, name, token):
        before, after = self.text[:token.start], self.text[token.end:]
        if token.lowered == 'not' and self._next.lowered in ('in', 'contains', 'between'):
            return Mistake(token.start, "there is no relation '{0}'".format(
                "not " + self._next.lowered), before + '!' + after.lstrip())
        if token.lowered == 'is' and self._next.lowered == 'not':
            return Mistake(
    token.start,
    "there is no relation 'is not'",
    before +
    '!=' +
    after.lstrip()[
        3:])
        if token.kind in ('word', 'symbol') and token.lowered in NEAR_MISSES:
            return Mistake(token.start, "there is no relation '{0}'".format(
                ensure_native(token.text)), before + NEAR_MISSES[token.lowered] + after)
        if token.kind in ('end', 'close') or self._joins(token):
            return Mistake(
    name.start,
    "'{0}' has no relation and no value".format(
        ensure_native(
            name.text)))
        if token.kind == 'word' and self._names_until_operator():
            blanks = re.sub(r'\s+', '', self.text[name.start:self._names_until_operator()])
            return Mistake(name.start, "the name of an attribute has no blanks",
                           self.text[:name.start] + blanks + ' ' + self.text[self._names_until_operator():].lstrip())
        return Mistake(
    token.start,
    "a relation was expected here: = != < > <= >= contains !contains in !in "
    "between !between")

    def _names_until_operator(self):
        """Return where a run of plain words before a relation ends, or None when no relation follows."""
        index = self.index
        while self.tokens[index].kind == 'word' and self.tokens[index].lowered not in WORDS:
            index += 1
        token = self.tokens[index]
        if token.kind == 'symbol' or (token.kind == 'word' and token.lowered in WORDS):
            return self.tokens[index - 1].end
        return None

    def _value(self, until_and=False):
        """Read one value; return its literal and where it ends."""
        first = self._next
        if first.kind in ('end', 'close') or self._joins(first):
            raise Mistake(first.start, 'the value is missing; an empty value is written ""',
                          self.text[:first.start].rstrip() + ' "" ' + self.text[first.start:])
        if first.kind == 'string':
            return self._quoted_value(), first.end
        end = self._bare_words(first, until_and)
        words = self.text[first.start:end]
        if len(words.split()) == 1:
            return words, end
        if words.startswith("'") and words.endswith("'"):
            raise Mistake(first.start, "a value goes between double quotes",
                          self.text[:first.start] + nodes.quoted(words[1:-1]) + self.text[end:])
        return nodes.quoted(words), end

    def _quoted_value(self):
        token = self._take()
        following = self._next
        if following.kind in ('end', 'close') or self._joins(following):
            return token.text
        rest = self.text[token.start + 1:].rstrip()
        if rest.endswith('"'):
            rest = rest[:-1]
        raise Mistake(following.start,
    "nothing but AND, OR or a parenthesis may follow the closing quote",
     self.text[:token.start] + nodes.quoted(rest))

    def _bare_words(self, first, until_and):
        """Take the words of an unquoted value; return where the last one ends."""
        end = first.start
        while True:
            token = self._next
            if token.kind in ('end', 'close'):
                return end
            if self._joins(token):
                if until_and and token.lowered == 'and':
                    return end
                if self._ahead(1).kind == 'end' or self._starts_condition(1):
                    return end
                raise self._unquoted(
    first,
    token,
    "'{0}' joins two conditions, and what follows is none; "
    "a value with this word needs quotes".format(
        ensure_native(
            token.text)))
            if token.kind == 'unclosed':
                raise self._unquoted(first, token, "this quote is never closed")
            if token.kind in ('open', 'string'):
                raise self._unquoted(first, token, "a value with this character needs quotes")
            end = self._take().end

    def _unquoted(self, first, token, reason):
        """Describe a value that needed quotes; the correction puts the rest of the text between them."""
        rest = self.text[first.start:].rstrip()
        plain = rest.strip('"')
        unfinished = rest + '"' if first.kind == 'unclosed' else nodes.quoted(plain)
        return Mistake(token.start, reason, self.text[:first.start] + unfinished,
                       self.text[:first.start] + nodes.quoted(plain.rstrip(')')) + ')')

    def _subset(self, attribute, operator):
        literals, typed = self._list()
        if operator == '!in':
            return nodes.none_of(attribute, literals)
        if typed is not None:
            return nodes.Condition(attribute, 'in', typed)
        return nodes.one_of(attribute, literals)

    def _list(self):
        """Read the values of `in`; return their literals, and the text as typed where it can go as it is."""
        first = self._next
        if first.kind == 'open':
            return self._parenthesised_list(), None
        if first.kind == 'string' and self._ahead(1).text[:1] != ',':
            text = self._quoted_value()
            contents = [part.strip() for part in text[1:-1].split(',')]
            return [nodes.bare_or_quoted(part) for part in contents if part], text
        end = first.start
        while self._next.kind not in (
    'end',
    'close',
    'unclosed',
    'open') and not self._joins(
        self._next):
            end = self._take().end
        if self._next.kind in ('open', 'unclosed'):
            raise Mistake(self._next.start, "a value with this character needs quotes")
        typed = self.text[first.start:end]
        literals = self._split(first, typed)
        return literals, typed if len(typed.split()) == 1 and '"' not in typed else None

    def _parenthesised_list(self):
        opened = self._take()
        start = self._next
        while self._next.kind not in ('end', 'close', 'unclosed', 'open'):
            self._take()
        if self._next.kind != 'close':
            raise Mistake(opened.start, "this list is never closed", self.text.rstrip() + ')')
        return self._split(start, self.text[start.start:self._take().start])

    def _split(self, first, typed):
        """Cut a list at the commas outside quotes."""
        parts = re.findall(r'(?:"(?:[^"\\]|\\.)*"|[^",])+|,', typed)
        literals = [part.strip() for part in parts if part != ',']
        if not literals or not all(literals) or len(parts) != 2 * len(literals) - 1:
            raise Mistake(
    first.start,
     "a list is values with commas between them: Defined,Completed")
        return [text if re.match(r'"(?:[^"\\]|\\.)*"$', text) else nodes.bare_or_quoted(text)
                for text in literals]

    def _range(self, attribute, operator):
        lesser, _ = self._value(until_and=True)
        joint = self._take()
        if joint.lowered != 'and':
            raise Mistake(joint.start, "{0} takes two values: {0} 1 and 5".format(operator))
        greater, _ = self._value()
        return nodes.within(attribute, lesser, greater, negated=operator.startswith('!'))

"""Parser of queries: text to tokens, tokens to a syntax tree.

The grammar is the one people write, which is wider than the one the service reads: conditions
without parentheses, several terms in one level, unquoted values of several words, `!in`,
`between` and `!between`, relations in any case. A text that does not fit is refused whole, with
the spot and the corrected text where that can be known; a condition is never dropped. AND and OR
on one level nest to the right, whichever they are; what that means is remarked upon. This module
must never look at a schema or a connection: what a query means is not its business.
"""
from __future__ import absolute_import, division, print_function

import re

from pyral._compat import ensure_native, ensure_text, fill, raise_from
from pyral.advice import remark
from pyral.errors import QuerySyntaxError
from pyral.query import nodes
from pyral.query.tokens import NEAR_MISSES, SYMBOLS, WORDS, Mistake, tokens

__all__ = ['PREFIX', 'parse', 'read', 'refuse']

#: What every message begins with; callers match on it.
PREFIX = 'Invalid query expression syntax in: '

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"$')
#: A name as other languages quote it.
_BRACKETED = re.compile(r'\[.+\]$|`.+`$')
_NAME = re.compile(r'[^\W\d][\w.-]*$', re.UNICODE)
#: What people put around values instead; the service takes these for part of the value.
_OTHER_QUOTES = u"'\u2018\u2019\u201c\u201d\u201e\xab\xbb"
#: What joins conditions in other languages -> what does here.
_OTHER_JOINTS = {'&': 'AND', '&&': 'AND', ',': 'AND', ';': 'AND', '|': 'OR', '||': 'OR'}
#: What says that a condition does not hold.
_NEGATIONS = {'=': '!=', '!=': '=', 'contains': '!contains', 'in': '!in', 'between': '!between'}
#: So many texts are looked at for one that parses.
_MOST_TRIED = 24
_LIST_PARTS = re.compile(r'(?:"(?:[^"\\]|\\.)*"|[^",])+|,')


def parse(text):
    """Read one query text.

    :param text: conditions, joined by AND and OR, with as many parentheses as the writer likes.
    :returns: a `Condition` or a `Group`.
    :raises QuerySyntaxError: with the place of the mistake.
    """
    node, remarks = read(text)
    for each in remarks:
        remark(each)
    return node


def read(text):
    """Read one query text and say nothing: return its node, and what `parse` remarks of it.

    :raises QuerySyntaxError: with the place of the mistake.
    """
    text = ensure_text(text)
    parser = _Parser(text)
    try:
        node = parser.tree()
    except Mistake as mistake:
        raise_from(refuse(text, mistake.position, mistake.reason,
                          _first_valid(mistake.corrections)), None)
    return node, [
        fill(u"AND and OR are mixed without parentheses; this is read as {0}. Put parentheses "
             u"where {1} is meant", nodes.expression(level.node()),
             nodes.expression(level.other_reading()))
        for level in parser.mixed]


def refuse(text, position, reason, corrected=None):
    """Make the error for a text: the historic message, the spot, the reason and the correction.

    :param position: index of the spot in `text`, or None when there is none.
    :param corrected: a text that would be accepted, or None.
    """
    message = ensure_native(ensure_text(PREFIX) + ensure_text(text))
    return QuerySyntaxError(message, query=text, position=position, reason=ensure_native(reason),
                            corrected=corrected)


def _first_valid(corrections):
    """Return the first text that parses, of those proposed and of those proposed for them.

    A text may have several mistakes, and a wrong correction is worse than none.
    """
    waiting, tried = list(corrections), 0
    while waiting and tried < _MOST_TRIED:
        proposed, tried = waiting.pop(0), tried + 1
        try:
            _Parser(proposed).tree()
        except Mistake as mistake:
            waiting.extend(mistake.corrections)
        else:
            return proposed
    return None


def _is_in_other_quotes(text):
    return len(text) > 1 and text[0] in _OTHER_QUOTES and text[-1] in _OTHER_QUOTES


class _Level(object):
    """The terms met so far between one pair of parentheses."""

    def __init__(self, opened=None):
        self.opened = opened
        self.operands = []
        self.conjunctions = []

    def node(self):
        return nodes.nested(self.operands, self.conjunctions)

    @property
    def is_mixed(self):
        return len(set(each.upper() for each in self.conjunctions)) > 1

    def other_reading(self):
        """Return what other languages read: AND before OR, or else from the left."""
        runs = [[self.operands[0]]]
        for operand, conjunction in zip(self.operands[1:], self.conjunctions):
            if conjunction.upper() == 'AND':
                runs[-1].append(operand)
            else:
                runs.append([operand])
        ranked = [nodes.nested(run, ['AND'] * (len(run) - 1)) for run in runs]
        ranked = nodes.nested(ranked, ['OR'] * (len(ranked) - 1))
        if nodes.expression(ranked) != nodes.expression(self.node()):
            return ranked
        node = self.operands[0]
        for operand, conjunction in zip(self.operands[1:], self.conjunctions):
            node = nodes.Group(node, conjunction, operand)
        return node


class _Parser(object):
    """Reads the tokens of one text; keeps its own stack, as nesting may be deeper than Python's."""

    def __init__(self, text):
        self.text = text
        self.tokens = tokens(text)
        self.index = 0
        #: The levels that have both AND and OR on them.
        self.mixed = []

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
            raise Mistake(levels[-1].opened.start, "this parenthesis is never closed",
                          self.text.rstrip() + ')' * (len(levels) - 1))
        return self._node(levels[0])

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

    def _with(self, start, replacement, end):
        """Return the text with one part replaced: a correction."""
        return self.text[:start] + replacement + self.text[end:]

    def _joins(self, token):
        """Say whether a token is AND or OR, standing alone as these do."""
        if token.kind != 'word' or token.lowered not in ('and', 'or'):
            return False
        beside = (self.text[:token.start][-1:], self.text[token.end:][:1])
        return all(not sign or sign.isspace() or sign in '()"' for sign in beside)

    def _condition_follows(self):
        """Say whether a condition or a group begins after the next token."""
        first, second = self._ahead(1), self._ahead(2)
        if first.kind == 'open' or first.lowered == 'not' and second.kind == 'open':
            return True
        if first.lowered == 'not' and second.kind == 'word' and self._ahead(3).is_relation:
            return True
        return first.kind == 'word' and not self._joins(first) and second.is_relation

    # The parts of the grammar

    def _close(self, levels):
        closing = self._take()
        if len(levels) == 1:
            raise Mistake(closing.start, "this parenthesis was never opened",
                          self._with(closing.start, '', closing.end))
        level = levels.pop()
        levels[-1].operands.append(self._node(level))

    def _node(self, level):
        if level.is_mixed:
            self.mixed.append(level)
        return level.node()

    def _conjunction(self):
        token = self._take()
        if token.lowered == 'order' and self._next.lowered == 'by':
            raise Mistake(token.start, "what the items are ordered by is no condition: it goes "
                          "into order", self.text[:token.start].rstrip())
        if not self._joins(token):
            blank = '' if self.text[token.start - 1:token.start].isspace() else ' '
            raise Mistake(token.start, "AND or OR was expected here",
                          self._with(token.start, blank + 'AND ', token.start))
        if self._next.kind == 'end':
            raise Mistake(token.start, "{0} must be followed by another condition".format(
                token.text.upper()), self.text[:token.start].rstrip())
        return token.text

    def _condition(self):
        name = self._take()
        if name.kind == 'string' and self._next.is_relation:
            raise Mistake(name.start, "the name of an attribute stands without quotes",
                          self._with(name.start, re.sub(r'\s+', '', name.text[1:-1]), name.end))
        if name.kind != 'word' or self._joins(name):
            found = {'end': "the end", 'unclosed': '"'}.get(name.kind, ensure_native(name.text))
            rest = self._ahead(0).start
            without = [self._with(name.start, '', rest)] if self._joins(name) else []
            raise Mistake(name.start, "a condition was expected here, not {0}".format(found),
                          *without)
        if name.text.startswith('!'):
            raise Mistake(name.start, "a condition begins with the name of an attribute",
                          self._with(name.start, '', name.start + 1))
        if name.lowered == 'not' and self._next.kind in ('word', 'open') \
                and not self._next.is_relation:
            raise Mistake(name.start, "there is no NOT: write !=, !contains, !in or !between",
                          *self._negated(name))
        if _is_in_other_quotes(name.text) or _BRACKETED.match(name.text):
            raise Mistake(name.start, "the name of an attribute stands without quotes",
                          self._with(name.start, name.text[1:-1], name.end))
        if '' in name.text.split('.'):
            raise Mistake(name.start, "a step of the path '{0}' is missing".format(
                ensure_native(name.text)))
        relation = self._relation(name)
        if relation in ('in', '!in'):
            return self._subset(name.text, relation)
        if relation in ('between', '!between'):
            return self._range(name.text, relation)
        return self._comparison(name, relation)

    def _negated(self, negation):
        """Return the text with the relation of one condition turned, in place of NOT before it."""
        attribute, relation = self._ahead(0), self._ahead(1)
        turned = _NEGATIONS.get(relation.lowered)
        if attribute.kind != 'word' or turned is None:
            return []
        middle = self.text[attribute.start:relation.start]
        return [self._with(negation.start, middle + turned, relation.end)]

    def _comparison(self, name, relation):
        token, start = self.tokens[self.index - 1], self._next.start
        value, end = self._value()
        touching = name.end == token.start or token.end == start
        typed = self.text[name.start:end] if token.kind == 'symbol' and touching else None
        return nodes.Condition(name.text, relation, value, typed)

    def _relation(self, name):
        token = self._take()
        if token.kind == 'symbol' and token.text in SYMBOLS:
            return token.text
        if token.kind == 'word' and token.lowered in WORDS:
            return token.lowered
        raise self._wrong_relation(name, token)

    def _wrong_relation(self, name, token):
        following = self._ahead(0)
        pair = (token.lowered, following.lowered)
        if pair in (('not', 'in'), ('not', 'contains'), ('not', 'between'), ('is', 'not')):
            instead = '!=' if pair[0] == 'is' else '!' + pair[1]
            return Mistake(token.start, "there is no relation '{0} {1}'".format(*pair),
                           self._with(token.start, instead, following.end))
        if token.kind in ('word', 'symbol') and token.lowered in NEAR_MISSES:
            return Mistake(
                token.start, "there is no relation '{0}'".format(ensure_native(token.text)),
                self._with(token.start, NEAR_MISSES[token.lowered], token.end))
        if token.kind in ('end', 'close') or self._joins(token):
            return Mistake(name.start, "'{0}' has no relation and no value".format(
                ensure_native(name.text)))
        end = self._end_of_name() if token.kind == 'word' else None
        if end is not None:
            joined = re.sub(r'\s+', '', self.text[name.start:end])
            return Mistake(name.start, "the name of an attribute has no blanks",
                           self._with(name.start, joined, end))
        return Mistake(token.start, "a relation was expected here: = != < > <= >= contains "
                                    "!contains in !in between !between")

    def _end_of_name(self):
        """Return where a run of plain words before a relation ends; None where none follows."""
        index = self.index
        while self.tokens[index].kind == 'word' and self.tokens[index].lowered not in WORDS:
            index += 1
        return self.tokens[index - 1].end if self.tokens[index].is_relation else None

    # Values

    def _value(self, until_and=False):
        """Read one value; return its literal and where it ends."""
        first = self._next
        if first.kind in ('end', 'close') or self._joins(first):
            raise Mistake(first.start, 'the value is missing; an empty value is written ""',
                          self._with(first.start, ' "" ', first.start).rstrip())
        if first.kind == 'string':
            return self._quoted_value(), first.end
        if first.kind == 'symbol' and not self.text[first.end:first.end + 1].strip():
            raise Mistake(first.start, "two relations follow each other",
                          self._with(first.start, '', first.end))
        end = self._bare_words(first, until_and)
        words = self.text[first.start:end]
        if _is_in_other_quotes(words):
            raise Mistake(first.start, "a value goes between double quotes",
                          self._with(first.start, nodes.quoted(words[1:-1]), end))
        return words if len(words.split()) == 1 else nodes.quoted(words), end

    def _quoted_value(self):
        token = self._take()
        following = self._next
        if following.kind in ('end', 'close') or self._joins(following):
            return token.text
        if following.text in _OTHER_JOINTS and self._condition_follows():
            raise self._lost_joint(self._ahead(1))
        rest = self.text[token.start:].rstrip()
        rest = rest[1:-1] if rest.endswith('"') else rest
        raise Mistake(following.start,
                      "nothing but AND, OR or a parenthesis may follow the closing quote",
                      self.text[:token.start] + nodes.quoted(rest))

    def _bare_words(self, first, until_and):
        """Take the words of an unquoted value; return where the last one ends."""
        end = first.start
        while self._next.kind not in ('end', 'close'):
            token = self._next
            if self._joins(token):
                ends_here = until_and and token.lowered == 'and'
                if ends_here or self._ahead(1).kind == 'end' or self._condition_follows():
                    return end
                if self._joins(self._ahead(1)):
                    again = self._ahead(1)
                    raise Mistake(again.start, "two conjunctions follow each other",
                                  self._with(again.start, '', self._ahead(2).start))
                raise self._unquoted(
                    first, token, "'{0}' joins two conditions, but no condition follows; a value "
                    "with this word needs quotes".format(ensure_native(token.text)))
            if token.kind == 'unclosed':
                raise self._unquoted(first, token, "this quote is never closed")
            if token.kind in ('open', 'string'):
                raise self._unquoted(first, token, "a value with this character needs quotes")
            if token.kind == 'symbol':
                self._look_for_lost_joint(first, token)
            end = self._take().end
            if token.text in ('&&', '||') and self._ahead(1).kind == 'word' \
                    and self._ahead(1).is_relation:
                raise self._lost_joint(self._next)
        return end

    def _look_for_lost_joint(self, first, relation):
        """Refuse a value that holds what looks like another condition: `1 B = 2`."""
        name = self.tokens[self.index - 1]
        stands_alone = name.end < relation.start and self._ahead(1).start > relation.end
        if name.start > first.start and stands_alone and _NAME.match(name.text):
            raise self._lost_joint(name)

    def _lost_joint(self, name):
        """Describe that a condition begins at a name without AND or OR before it."""
        before = self.text[:name.start].rstrip()
        sign = re.search(r'(?:&&?|\|\|?|[,;])$', before)
        joint = _OTHER_JOINTS[sign.group()] if sign else 'AND'
        before = before[:sign.start()].rstrip() if sign else before
        return Mistake(
            name.start, "AND or OR is missing before '{0}', or the value needs quotes".format(
                ensure_native(name.text)), before + ' {0} '.format(joint) + self.text[name.start:])

    def _unquoted(self, first, token, reason):
        """Describe a value that needed quotes; the correction puts them around the rest."""
        rest = self.text[first.start:].rstrip()
        plain = rest if rest.count('"') % 2 == 0 else rest.strip('"')
        before = self.text[:first.start]
        whole = rest + '"' if first.kind == 'unclosed' else nodes.quoted(plain)
        return Mistake(token.start, reason, before + whole,
                       before + nodes.quoted(plain.rstrip(')')) + ')')

    # Relations that take several values

    def _subset(self, attribute, relation):
        literals, typed = self._list()
        if relation == '!in':
            return nodes.none_of(attribute, literals)
        if typed is not None:
            return nodes.Condition(attribute, 'in', typed)
        return nodes.one_of(attribute, literals)

    def _list(self):
        """Read the values of `in`: their literals, and the text where it can go as it is."""
        first = self._next
        if first.kind == 'open':
            return self._parenthesised_list(), None
        if first.kind == 'string' and self._ahead(1).text[:1] != ',':
            text = self._quoted_value()
            contents = [part.strip() for part in text[1:-1].split(',')]
            return [nodes.bare_or_quoted(part) for part in contents if part], text
        end = first.start
        while self._next.kind in ('word', 'symbol', 'string') and not self._joins(self._next):
            end = self._take().end
        if self._next.kind in ('open', 'unclosed'):
            raise Mistake(self._next.start, "a value with this character needs quotes")
        typed = self.text[first.start:end]
        goes_as_it_is = len(typed.split()) == 1 and '"' not in typed
        return self._split(first, typed), typed if goes_as_it_is else None

    def _parenthesised_list(self):
        opened = self._take()
        start = self._next
        while self._next.kind in ('word', 'symbol', 'string'):
            self._take()
        if self._next.kind != 'close':
            raise Mistake(opened.start, "this list is never closed", self.text.rstrip() + ')')
        return self._split(start, self.text[start.start:self._take().start])

    def _split(self, first, typed):
        """Cut a list at the commas outside quotes."""
        bare = typed.strip()
        if bare.startswith('[') and bare.endswith(']'):
            raise Mistake(first.start, "a list has no brackets",
                          self._with(first.start, bare[1:-1], first.start + len(typed)))
        parts = _LIST_PARTS.findall(typed)
        literals = [part.strip() for part in parts if part != ',']
        if not literals or not all(literals) or len(parts) != 2 * len(literals) - 1:
            raise Mistake(first.start,
                          "a list is values with commas between them: Defined,Completed")
        if any(_is_in_other_quotes(text) for text in literals):
            mended = ', '.join(nodes.quoted(text[1:-1]) if _is_in_other_quotes(text) else text
                               for text in literals)
            raise Mistake(first.start, "a value goes between double quotes",
                          self._with(first.start, mended, first.start + len(typed)))
        return [text if _QUOTED.match(text) else nodes.bare_or_quoted(text) for text in literals]

    def _range(self, attribute, relation):
        lesser, _ = self._value(until_and=True)
        joint = self._take()
        if joint.lowered != 'and':
            raise Mistake(joint.start, "{0} takes two values: {0} 1 and 5".format(relation))
        greater, _ = self._value()
        return nodes.within(attribute, lesser, greater, negated=relation.startswith('!'))

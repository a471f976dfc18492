"""Lexer of queries: text to tokens with their places, and the words that are relations.

Nothing here judges how tokens follow one another; the parser does.
"""
from __future__ import absolute_import, division, print_function

import re

__all__ = ['Mistake', 'NEAR_MISSES', 'SYMBOLS', 'Token', 'WORDS', 'tokens']

_TOKENS = r'''
    (?P<blank>\s+)
  | (?P<open>\()
  | (?P<close>\))
  | (?P<string>"(?:[^"\\]|\\.)*")
  | (?P<unclosed>".*)
  | (?P<word>!(?=[^\W\d])[^\s()"!<>=]+ | [^\s()"!<>=]+)
  | (?P<symbol>[!<>=]+)
'''
_FLAGS = re.VERBOSE | re.DOTALL | re.UNICODE

#: Relations written with signs, which need no blanks around them.
SYMBOLS = frozenset(['=', '!=', '<', '>', '<=', '>='])
#: Relations written as words; the last three are known here only, and written out for the service.
WORDS = frozenset(['contains', '!contains', 'in', '!in', 'between', '!between'])

#: Relations that other languages write, and what they are called here.
NEAR_MISSES = {
    '==': '=', '===': '=', 'is': '=', 'eq': '=', 'equals': '=',
    '<>': '!=', '=!': '!=', '!==': '!=', '!': '!=', 'isnt': '!=', 'ne': '!=',
    '=>': '>=', '=<': '<=', 'gt': '>', 'lt': '<', 'gte': '>=', 'lte': '<=',
    'like': 'contains', 'has': 'contains', 'matches': 'contains', '~': 'contains',
    'ilike': 'contains', 'notin': '!in',
}


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

    @property
    def is_relation(self):
        """Whether the token is a relation, or what other languages have for one."""
        if self.kind == 'symbol':
            return True
        return self.kind == 'word' and (self.lowered in WORDS or self.lowered in NEAR_MISSES)


class Mistake(Exception):
    """What is wrong with a text, where, and texts that may be what was meant."""

    def __init__(self, position, reason, *corrections):
        super(Mistake, self).__init__(reason)
        self.position = position
        self.reason = reason
        self.corrections = corrections


def tokens(text):
    """Return the tokens of a text; the last one, of kind `end`, has no text."""
    found = [Token(match.lastgroup, match.group(), match.start(), match.end())
             for match in re.finditer(_TOKENS, text, _FLAGS) if match.lastgroup != 'blank']
    end = len(text.rstrip())
    return found + [Token('end', '', end, end)]

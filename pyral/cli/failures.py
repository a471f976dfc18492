"""Exit codes and error messages of the command: what stops a verb, told in one line."""
from __future__ import absolute_import, division, print_function

import re

from pyral._compat import fill, text_of
from pyral.errors import (
    AuthenticationError,
    ConfigError,
    InvalidRallyTypeNameError,
    PyralError,
    QuerySyntaxError,
    RallyAttributeNameError,
    TransportError,
    nearest,
)

__all__ = ['CommandFailed', 'DONE', 'FAILED', 'INTERRUPTED', 'PIPE_CLOSED', 'PipeClosed', 'USAGE',
           'UsageError', 'counted', 'exit_code_of', 'facts_of', 'near_miss', 'sentence_of']

DONE, FAILED, USAGE = 0, 1, 2
#: What a shell shows of a program that Ctrl-C ended, and of one whose reader went away.
INTERRUPTED, PIPE_CLOSED = 130, 141

#: What hints of the library say to a script -> what they say to who types.
_CALLS = (
    (re.compile(r"rally\.getAllowedValues\('?([^',()]+)'?, '?([^',()]+)'?\)"),
     r"'pyral values \1 \2'"),
    (re.compile(r"rally\.typedef\('?([^'()]+)'?\) shows"), r"'pyral fields \1' shows"),
    (re.compile(r'\b(workspace|project)=<name>'), r'--\1 NAME'),
    (re.compile(r'\bleave project= out\b'), 'leave --project out'),
    (re.compile(r'\bproject=None\b'), '--all-projects'),
    (re.compile(r'\bwith verify_ssl_cert=<file> or (in \w+); verify_ssl_cert=False trusts anyone'),
     r'\1'),
    # No `.*` over what it begins with: the time would grow with the square of the text.
    (re.compile(r'(timeout=[^=]*deadline|max_answer)=[^=]*fewer fetch names or'),
     'Fewer --fields or'),
    (re.compile(r'; timeout=\(connect seconds, read seconds\) allows more'), ''),
    (re.compile(r'\bverify and cert of rally\.session'), 'REQUESTS_CA_BUNDLE'),
    (re.compile(r"rally\['(\w+)'\] reads"), r"'pyral show \1' reads"),
    (re.compile(r'rally\.getWorkspaces\(\) lists the open workspaces your'),
     "it must be an open workspace that your"),
    (re.compile(r'names are case sensitive, one to a call'), "'pyral types' lists them"),
    (re.compile(r'\border= takes\b'), '--order takes'),
    (re.compile(r'<(type|field|name)>'), lambda found: found.group(1).upper()),
)
#: Errors of the library that are about what was asked for, not about what became of it.
_OF_USAGE = (ConfigError, InvalidRallyTypeNameError, QuerySyntaxError, RallyAttributeNameError)


class _Stopped(Exception):
    """What ends a verb with a sentence.

    :param message: what is wrong.
    :param hint: what to do.
    :param suggestions: what may have been meant.
    """

    def __init__(self, message, hint=None, suggestions=()):
        super(_Stopped, self).__init__(message)
        self.message, self.hint, self.suggestions = message, hint, tuple(suggestions)


class UsageError(_Stopped):
    """The arguments do not fit: exit code 2."""


class CommandFailed(_Stopped):
    """What was asked for cannot be done: exit code 1."""


class PipeClosed(Exception):
    """Nobody reads the standard output any more."""


def near_miss(what, name, known, hint=None):
    """Return the `UsageError` for a name that is not known.

    :param what: what it should be the name of, such as `verb`.
    """
    return UsageError(fill(u"unknown {0} '{1}'", what, name), hint, nearest(name, known))


def counted(count, what):
    """Return how many there are of something: `1 row`, `2 rows`."""
    return fill(u"{0} {1}{2}", count, what, u'' if count == 1 else u's')


def exit_code_of(error):
    """Return the exit code of what stopped a verb."""
    return USAGE if isinstance(error, (UsageError,) + _OF_USAGE) else FAILED


def sentence_of(error):
    """Return what stopped a verb in one line: what is wrong, what may be meant, what to do."""
    facts = facts_of(error)
    parts = [facts['error']]
    if facts['field'] and facts['field'] not in facts['error']:
        parts.append(fill(u"Field: {0}", facts['field']))
    if facts['suggestions']:
        parts.append(fill(u"Did you mean {0}?", u", ".join(facts['suggestions'])))
    if facts['hint']:
        parts.append(facts['hint'])
    return u" ".join(part if part[-1:] in u".?!:" or part is parts[-1] else part + u"."
                     for part in parts)


def facts_of(error):
    """Return what is known of an error as a dict of plain values, the same names each time."""
    return {
        'error': _in_a_line(_message_of(error)),
        'kind': type(error).__name__,
        'field': _optional_text(getattr(error, 'field', None)),
        'hint': _optional_text(_hint_of(error)),
        'suggestions': [_in_a_line(each) for each in getattr(error, 'suggestions', ())],
        'status': getattr(error, 'status_code', None),
        'exit': exit_code_of(error),
    }


def _message_of(error):
    if isinstance(error, InvalidRallyTypeNameError):
        return fill(u"unknown type '{0}'", error.message)
    if isinstance(error, RallyAttributeNameError):
        return fill(u"unknown field '{0}'", error.message)
    if isinstance(error, (PyralError, _Stopped)):
        return error.message
    if isinstance(error, EnvironmentError) and error.strerror:
        return fill(u"{0}: {1}", error.filename, error.strerror) if error.filename else (
            error.strerror)
    return error


def _hint_of(error):
    if isinstance(error, QuerySyntaxError):  # its hint draws the spot on a line of its own
        return error.reason
    hint = getattr(error, 'hint', None)
    if isinstance(error, PyralError):
        for call, words in _CALLS:
            hint = call.sub(words, hint) if hint else hint
    if isinstance(error, AuthenticationError):
        return u" ".join(each for each in (hint, u"'pyral config' shows what is used.") if each)
    if isinstance(error, TransportError):
        return u" ".join(each for each in (hint, u"'pyral doctor' looks for the cause.") if each)
    return hint


def _optional_text(value):
    return None if value is None else _in_a_line(value)


def _in_a_line(value):
    return u" ".join(text_of(value).split())

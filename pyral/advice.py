"""Warnings for the people who write scripts: misspelt keywords, remarks of the service.

A warning never stops anything, except in strict mode, where an unknown keyword is a `TypeError`.
This module must never decide whether an argument makes sense beyond its name.
"""
from __future__ import absolute_import, division, print_function

import logging
import re
import sys
import warnings

from pyral._compat import ensure_native, fill
from pyral.errors import nearest

__all__ = ['RallyWarning', 'check_keywords', 'pass_on', 'remark']

LOG = logging.getLogger('pyral')

#: The values of a new item may carry the ids of another; that the service ignores them is no news.
_KNOWN_REMARK = r'Ignored JSON element [\w/]+\.(ObjectID|FormattedID) during'


#: What other libraries call a keyword -> what it is called here.
_OTHER_NAMES = {
    'ca_cert_file': ('verify_ssl_cert',), 'ca_certs': ('verify_ssl_cert',),
    'verify': ('verify_ssl_cert',), 'key': ('apikey',), 'username': ('user',),
    'fields': ('fetch',), 'filter': ('query',), 'where': ('query',), 'max_results': ('limit',),
    'offset': ('start',), 'sort': ('order',), 'order_by': ('order',), 'orderby': ('order',),
    'max_retries': ('retry',), 'retries': ('retry',), 'scope': ('project',),
    'projectScope': ('projectScopeDown',), 'scopeDown': ('projectScopeDown',),
    'scopeUp': ('projectScopeUp',), 'session_timeout': ('timeout',),
}


class RallyWarning(UserWarning):
    """Something that works, but probably not as its author expects."""


def check_keywords(where, given, known, strict=False):
    """Warn of keyword arguments that nothing looks at.

    :param where: the name of the function, for the message.
    :param given: the keywords that came in.
    :param known: the keywords that mean something, the legacy ones without effect included.
    :param strict: raise instead.
    :raises TypeError: in strict mode.
    """
    for name in sorted(set(given) - set(known)):
        text = "{0}() has an unknown keyword '{1}'".format(where, name)
        near = nearest(name, known, limit=1) or [
            meant for meant in _OTHER_NAMES.get(name, ()) if meant in known]
        if near:
            text += "; did you mean '{0}'?".format(ensure_native(near[0]))
        if strict:
            raise TypeError(text)
        remark(text)


def pass_on(texts, what):
    """Make warnings of the service visible: in the log and as Python warnings.

    :param texts: the `Warnings` of an answer.
    :param what: what was done, for example `create Defect`.
    """
    for text in texts:
        if not re.search(_KNOWN_REMARK, text):
            remark(fill(u'{0}: the service warns: {1}', what, text))


def remark(text):
    """Say something in the log and as a Python warning, at the first caller outside the package."""
    LOG.warning('%s', text)
    warnings.warn(ensure_native(text), RallyWarning, stacklevel=_caller_depth())


def _caller_depth():
    """Return the stacklevel, seen from `remark`, of the nearest frame outside this package."""
    frame, depth = sys._getframe(2), 2
    while frame is not None and frame.f_globals.get('__name__', '').startswith('pyral.'):
        frame, depth = frame.f_back, depth + 1
    return depth

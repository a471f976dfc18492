"""Warnings for the people who write scripts: misspelt keywords, remarks of the service.

A warning never stops anything, except in strict mode, where an unknown keyword is a `TypeError`,
and where a program made errors of warnings. Even then none takes away what a write did: from the
moment the service has carried one out, warnings wait for the end of the call, and the exception has
its result.
This module must never decide whether an argument makes sense beyond its name.
"""
from __future__ import absolute_import, division, print_function

import functools
import logging
import re
import sys
import threading
import warnings

from pyral._compat import ensure_native, fill
from pyral.errors import nearest

__all__ = ['RallyDeprecationWarning', 'RallyWarning', 'check_keywords', 'did_you_mean',
           'keeps_result', 'note_written', 'pass_on', 'remark']

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


#: Attributes people write in small letters, as other libraries do.
_ATTRIBUTES = frozenset([
    'formattedid', 'objectid', 'oid', 'name', 'description', 'notes', 'state', 'schedulestate',
    'flowstate', 'owner', 'submittedby', 'createdby', 'iteration', 'release', 'parent',
    'workproduct', 'requirement', 'portfolioitem', 'testcase', 'testfolder', 'tags', 'milestones',
    'priority', 'severity', 'environment', 'planestimate', 'estimate', 'blocked', 'ready',
    'creationdate', 'lastupdatedate', 'username', 'emailaddress', 'displayname', 'verdict',
    'build', 'disabled',
])


class RallyWarning(UserWarning):
    """Something that works, but probably not as its author expects.

        import warnings
        warnings.simplefilter('error', pyral.advice.RallyWarning)

    Where warnings are errors, `item` of one that is raised by a write that was carried out is what
    the call would have returned: the entity, True for a delete, the result of a batch.
    """

    item = None


class RallyDeprecationWarning(RallyWarning, DeprecationWarning):
    """Something that works, and that a newer function does better."""


def check_keywords(where, given, known, strict=False, values_go=None):
    """Warn of keyword arguments that nothing looks at.

    :param where: the name of the function, for the message.
    :param given: the keywords that came in.
    :param known: the keywords that mean something, the legacy ones without effect included.
    :param strict: raise instead.
    :param values_go: what attributes with their values are here, and the argument they go into;
        `('conditions go', 'query')`, say.
    :raises TypeError: in strict mode.
    """
    for name in sorted(set(given) - set(known)):
        text = "{0}() has an unknown keyword '{1}'".format(where, name)
        near = [meant for meant in known if meant.lower() == name.lower()]
        near = near or [meant for meant in _OTHER_NAMES.get(name, ()) if meant in known]
        if not near and values_go is not None and _is_attribute(name):
            what, place = values_go
            text += "; {0} into {1}, as in {1}={{'{2}': ...}}".format(what, place, name)
        else:
            near = near or nearest(name, known, limit=1)
        if near:
            text += "; did you mean '{0}'?".format(ensure_native(near[0]))
        elif name == 'profile':
            text += "; Rally.from_profile(<name>) connects with one"
        if strict:
            raise TypeError(text)
        remark(text)


def _is_attribute(name):
    """Say whether a keyword is written as attributes are, or is one in another letter case."""
    squeezed = name.replace('_', '').lower()
    return name[:1].isupper() or name[:2] == 'c_' or '__' in name or squeezed in _ATTRIBUTES


def did_you_mean(names):
    """Return what ends a remark: `; did you mean State?`, nothing where no name is near."""
    return fill(u"; did you mean {0}?", u", ".join(names)) if names else u""


def pass_on(texts, what):
    """Make warnings of the service visible: in the log and as Python warnings.

    :param texts: the `Warnings` of an answer.
    :param what: what was done, for example `create Defect`.
    """
    for text in texts:
        if not re.search(_KNOWN_REMARK, text):
            remark(fill(u'{0}: the service warns: {1}', what, text))


def remark(text, category=RallyWarning):
    """Say something in the log and as a Python warning, at the first caller outside the package.

    :param category: a `RallyWarning`.
    """
    LOG.warning('%s', text)
    call = getattr(_CALLS, 'present', None)
    if call is not None and call.has_written:
        call.waiting.append((text, category))
    else:
        _warn(text, category)


class _Call(object):
    """A call that writes: whether it has, and the warnings that wait for its end."""

    def __init__(self):
        self.has_written, self.waiting = False, []

    def ended(self, result):
        """Give the warnings that waited; the first that is an error is raised with the result."""
        raised = self._given()
        if raised is not None:
            raised.item = result
            raise raised

    def failed(self):
        """Give the warnings that waited, besides the error that ended the call."""
        self._given()

    def _given(self):
        first = None
        for text, category in self.waiting:
            try:
                _warn(text, category)
            except Warning as warning:
                first = first or warning
        return first


#: The call of this thread that writes.
_CALLS = threading.local()


def keeps_result(write):
    """Make a function that writes keep its result where warnings are errors; see `RallyWarning`.

    Of functions that call each other the outermost counts.
    """
    @functools.wraps(write)
    def kept(*args, **kwargs):
        if getattr(_CALLS, 'present', None) is not None:
            return write(*args, **kwargs)
        call = _CALLS.present = _Call()
        try:
            result = write(*args, **kwargs)
        except BaseException:
            _CALLS.present = None
            call.failed()
            raise
        _CALLS.present = None
        call.ended(result)
        return result

    return kept


def note_written():
    """Note that the service carried out a write: from now on its call is not cut short."""
    call = getattr(_CALLS, 'present', None)
    if call is not None:
        call.has_written = True


def _warn(text, category):
    warnings.warn(ensure_native(text), category, stacklevel=_caller_depth())


def _caller_depth():
    """Return the stacklevel, seen from `_warn`, of the nearest frame outside this package."""
    frame, depth = sys._getframe(2), 2
    while frame is not None and frame.f_globals.get('__name__', '').startswith('pyral.'):
        frame, depth = frame.f_back, depth + 1
    return depth

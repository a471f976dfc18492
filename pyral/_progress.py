"""Progress of long work: calls of a function with how much is done, a few a second.

What it is called from goes on whatever the function does: one that raises is told of in a warning
and not called again, because an exception would hide what was written by then.
"""
from __future__ import absolute_import, division, print_function

import time

from pyral._compat import fill, format_exception
from pyral.advice import remark

__all__ = ['Progress', 'progress_to', 'told']

#: Calls are at least so far apart; the last one always comes.
_APART_S = 0.1
# 2.7 has no clock that never goes back.
_now = getattr(time, 'monotonic', time.time)


class Progress(object):
    """Tells a function how much of one piece of work is done.

    The calls come one after the other, whichever threads do the work.

    :param function: is called with how many are done and how many there are.
    """

    def __init__(self, function):
        self._function, self._told_at, self._last = function, None, None

    def tell(self, done, total):
        """Tell how many are done; the call is left out where the last one was just now."""
        is_last = done >= total
        now = _now()
        if self._function is None or (done, total) == self._last or (
                not is_last and self._told_at is not None and 0 <= now - self._told_at < _APART_S):
            return
        self._told_at, self._last = now, (done, total)
        try:
            self._function(done, total)
        except Exception as problem:
            self._function = None
            remark(fill("on_progress is not called again, because it raised {0}",
                        format_exception(problem)))


def progress_to(function):
    """Return the `Progress` of one piece of work, None where nobody wants to know.

    :raises TypeError: it is no function.
    """
    if function is None:
        return None
    if not callable(function):
        raise TypeError("on_progress is called with how many are done and how many there are, so "
                        "it is a function, not {0}: {1!r}".format(
                            type(function).__name__, function))
    return Progress(function)


def told(items, progress):
    """Iterate over a list and tell, as it is gone through, how many of it are done."""
    for count, item in enumerate(items):
        if progress is not None and count:
            progress.tell(count, len(items))
        yield item
    if progress is not None:
        progress.tell(len(items), len(items))

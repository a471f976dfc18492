"""A thread pool whose results come in order: a function over many arguments, a few at a time.

One idea, used wherever several requests may be under way at once: a sliding window. At most
`width` results are being made or waiting to be taken, and half as many more while the one in turn
is late, so that those that come before their turn stop no thread. The window closes down to two
where results wait for the consumer all the time, and opens again when the consumer has to wait. So
memory is bounded by the window and not by the number of arguments, and there is no barrier between
groups. It must never swallow a failure (it is raised at the place of its argument), never start
work that nobody waits for any more, and it knows nothing about what the function does.
"""
from __future__ import absolute_import, division, print_function

import os
import sys
import threading

#: The service admits this many requests of one user at once; more are slowed, not refused.
SERVICE_WIDTH = 12
#: One result to take and one being made are enough for a consumer that is slower than the calls.
_LEAST_AHEAD = 2


class _Window(object):
    """What the consumer and its workers share; it never refers to the consumer itself."""

    def __init__(self, function, arguments, width):
        self.function = function
        self.arguments = iter(arguments)
        self.width = width
        #: How many results may be made or wait; fewer than the width where the consumer is slow.
        self.ahead = width
        #: The least number of results that waited behind one that was taken, and how many are to
        #: be taken before that is looked at.
        self._spare, self._until = width, width
        self.changed = threading.Condition()
        self.results = {}
        self.issued = 0
        self.taken = 0
        self.exhausted = False
        self.closed = False

    def next_job(self):
        """Return (index, argument), waiting while the window is full; None when done."""
        with self.changed:
            while not self.closed and self._is_full():
                self.changed.wait()
            if self.closed or self.exhausted:
                return None
            try:
                argument = next(self.arguments)
            except StopIteration:
                self.exhausted = True
                self.changed.notify_all()
                return None
            job = (self.issued, argument)
            self.issued += 1
            return job

    def _is_full(self):
        # Where the one in turn is there, it is the consumer who is slow: more would only wait.
        # Where it is late, half as many more are worth it: without them, threads would stand still
        # after every round of equally long calls.
        is_due = self.taken in self.results
        more = 0 if is_due else (self.ahead + 1) // 2
        return self.issued - self.taken >= self.ahead + more

    def _note_wait(self):
        """Let more results be made: the consumer has to wait for them."""
        self.ahead = min(self.width, 2 * self.ahead)
        self._spare = self._until = self.ahead

    def _note_taken(self):
        """Let fewer be made where some were there all the time while so many were taken."""
        self._spare = min(self._spare, len(self.results) if self.taken in self.results else 0)
        self._until -= 1
        if not self._until:
            self.ahead = max(min(_LEAST_AHEAD, self.width), self.ahead - self._spare)
            self._spare = self._until = self.ahead

    def store(self, index, outcome):
        """Keep (value, None) or (None, exception info) for the consumer."""
        with self.changed:
            self.results[index] = outcome
            self.changed.notify_all()

    def take(self):
        """Return the next outcome in order, or None when there is no further one."""
        with self.changed:
            if self.taken not in self.results:
                self._note_wait()
                self.changed.notify_all()
            while self.taken not in self.results:
                if self.closed or (self.exhausted and self.taken >= self.issued):
                    return None
                self.changed.wait(1.0)  # 2.7: an endless wait there cannot be interrupted by Ctrl-C
            outcome = self.results.pop(self.taken)
            self.taken += 1
            self._note_taken()
            self.changed.notify_all()
            return outcome

    def close(self):
        """Let the workers end after the call they are in."""
        with self.changed:
            self.closed = True
            self.results.clear()
            self.changed.notify_all()


def _work(window):
    """Take jobs until there are none; the body of every worker thread."""
    while True:
        job = window.next_job()
        if job is None:
            return
        # No local name may hold a result: it would live while the thread waits.
        window.store(job[0], _outcome(window.function, job[1]))


def _outcome(function, argument):
    try:
        return function(argument), None
    except Exception:  # handed to the consumer, who raises it at this place of the order
        return None, sys.exc_info()[1]


class InOrder(object):
    """Iterate over `function(argument)` of every argument, in order, `width` at a time.

    With a width of 1 nothing is called before its result is asked for, and no thread is started.
    Dropping the iterator, or calling :meth:`close`, stops the workers.

    :param function: what to call; it must be safe to call from several threads.
    :param arguments: an iterable, possibly endless; it is read one step at a time.
    :param width: how many calls may be made at once.
    """

    def __init__(self, function, arguments, width=1):
        self._window = _Window(function, arguments, max(1, int(width)))
        self._started = False
        self._process = os.getpid()

    def __iter__(self):
        return self

    def __next__(self):
        window = self._window
        if window.width == 1:
            return self._alone(window)
        self.start()
        outcome = window.take()
        if outcome is None:
            raise StopIteration
        value, error = outcome
        if error is not None:
            self.close()
            raise error
        return value

    next = __next__

    @staticmethod
    def _alone(window):
        if window.closed:
            raise StopIteration
        return window.function(next(window.arguments))

    def start(self):
        """Begin before the first result is asked for; without effect where one at a time runs."""
        window = self._window
        if self._started or window.width == 1:
            return
        self._started = True
        for number in range(window.width):
            thread = threading.Thread(target=_work, args=(window,), name='pyral-%d' % number)
            thread.daemon = True
            thread.start()

    def close(self):
        """Stop: calls under way end, no further one begins."""
        # A child process has none of the threads, and may find their lock held for ever.
        if self._process == os.getpid():
            self._window.close()

    def __del__(self):
        window = getattr(self, '_window', None)
        if window is not None and getattr(self, '_started', False):  # else it was interrupted
            self.close()


def each(function, arguments, width=SERVICE_WIDTH):
    """Return the list of `function(argument)`, made `width` at a time, in the order given.

    :raises Exception: the first failure, by order of the arguments.
    """
    arguments = list(arguments)
    if len(arguments) < 2:
        return [function(argument) for argument in arguments]
    window = InOrder(function, arguments, min(width, len(arguments), SERVICE_WIDTH))
    try:
        return list(window)
    finally:
        window.close()


__all__ = ['InOrder', 'SERVICE_WIDTH', 'each']

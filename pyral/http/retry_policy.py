"""Retry policy: when a request may be sent again, and after how long (backoff with jitter).

    condition     what happened                                       reads   writes
    connect       no connection came about, nothing was sent          yes     yes
    throttled     HTTP 429: the service refused to start              yes     yes
    unavailable   HTTP 502, 503, 504, 520 to 524, 530                 yes     no
    lost          cut, reset or timed out after bytes were sent       yes     no
    garbled       HTTP 200 with a body that is no JSON, or half one   yes     no

A write is sent again only where it is known not to have been processed: creating is not
idempotent, and a second create is a second item. Until a service has answered once, a failed
connection is taken as a wrong address and told at once.

The policy is immutable and its clock, sleep and random are given to it, so that it is tested
without waiting.
"""
from __future__ import absolute_import, division, print_function

import random as _random
import re
import time
from calendar import timegm
from email.utils import parsedate

from pyral._compat import ensure_native, format_as_text, monotonic
from pyral._locks import ProcessLock

CONNECT = 'connect'
THROTTLED = 'throttled'
UNAVAILABLE = 'unavailable'
LOST = 'lost'
GARBLED = 'garbled'

READ_METHODS = ('GET', 'HEAD')

#: Conditions under which a method may be repeated: reads, writes.
_MAY_REPEAT = {
    CONNECT: (True, True),
    THROTTLED: (True, True),
    UNAVAILABLE: (True, False),
    LOST: (True, False),
    GARBLED: (True, False),
}

_STATUS_CONDITIONS = dict.fromkeys((502, 503, 504, 520, 521, 522, 523, 524, 530), UNAVAILABLE)
_STATUS_CONDITIONS[429] = THROTTLED

_SECONDS = re.compile(r'^\s*(\d+(?:\.\d+)?)\s*$')


class RetryPolicy(object):
    """How often and how patiently requests are repeated; immutable.

        RetryPolicy(attempts=2)                # one repeat
        RetryPolicy(attempts=1)                # never repeats

    :param attempts: how often one request is sent at most, the first time included
    :param base_s: the longest first wait; each further wait may be twice as long
    :param cap_s: the longest single wait
    :param call_budget_s: after this long no further attempt of one call is begun
    :param rally_budget: repeats a connection may owe; every success pays one back
    :param respect_retry_after: wait as long as `Retry-After` asks, up to `call_budget_s`
    :param sleep: called with seconds
    :param clock: returns seconds that never run backwards
    :param random: returns a number from 0 to 1
    """

    __slots__ = ('attempts', 'base_s', 'cap_s', 'call_budget_s', 'rally_budget',
                 'respect_retry_after', 'sleep', 'clock', 'random', '_sealed')

    def __init__(self, attempts=5, base_s=0.5, cap_s=30.0, call_budget_s=180.0, rally_budget=200,
                 respect_retry_after=True, sleep=time.sleep, clock=monotonic,
                 random=_random.random):
        if attempts < 1:
            raise ValueError(
                "retry: attempts={0} sends nothing; 1 means no repeats".format(attempts))
        self.attempts = attempts
        self.base_s = base_s
        self.cap_s = cap_s
        self.call_budget_s = call_budget_s
        self.rally_budget = rally_budget
        self.respect_retry_after = respect_retry_after
        self.sleep = sleep
        self.clock = clock
        self.random = random
        self._sealed = True

    def __setattr__(self, name, value):
        if getattr(self, '_sealed', False):
            raise AttributeError("a RetryPolicy does not change; use replace({0}=...)".format(name))
        object.__setattr__(self, name, value)

    def __reduce__(self):
        # sleep, clock and random may be local functions; a copy takes the ordinary ones.
        return (RetryPolicy, (self.attempts, self.base_s, self.cap_s, self.call_budget_s,
                              self.rally_budget, self.respect_retry_after))

    __format__ = format_as_text

    def __repr__(self):
        if not hasattr(self, '_sealed'):
            return '<RetryPolicy that cannot be>'
        return 'RetryPolicy(attempts={0}, base_s={1}, cap_s={2}, call_budget_s={3})'.format(
            self.attempts, self.base_s, self.cap_s, self.call_budget_s)

    def replace(self, **changes):
        """Return a policy like this one with some numbers changed.

            RetryPolicy().replace(attempts=5)

        The policy itself stays as it is.
        """
        values = dict((name, getattr(self, name)) for name in self.__slots__ if name != '_sealed')
        values.update(changes)
        return RetryPolicy(**values)

    def may_repeat(self, method, condition, attempt, elapsed_s):
        """Say whether a request that met `condition` on its `attempt`-th sending may go again.

            >>> RetryPolicy(attempts=2).may_repeat('POST', 'lost', 1, 0.5)
            False
        """
        reads, writes = _MAY_REPEAT[condition]
        allowed = reads if method in READ_METHODS else writes
        return allowed and attempt < self.attempts and elapsed_s < self.call_budget_s

    def wait_s(self, attempt, retry_after_s=None):
        """Return the seconds to wait after the `attempt`-th sending: full jitter, capped.

            >>> RetryPolicy(base_s=0.5).wait_s(1, retry_after_s=7)
            7
        """
        ceiling = min(self.cap_s, self.base_s * 2 ** (attempt - 1))
        wait = ceiling * self.random()
        if retry_after_s is not None and self.respect_retry_after:
            wait = max(wait, retry_after_s)
        return min(wait, self.call_budget_s)


class RetryBudget(object):
    """The repeats a connection may still owe, so that a broken service is not hammered.

    Each repeat costs one and each success gives one back, up to the full amount.
    """

    def __init__(self, amount):
        self._full = amount
        self._left = amount
        #: How many repeats were spent so far, paid back or not.
        self.taken = 0
        self._lock = ProcessLock()

    def take(self):
        """Spend one repeat; False when none is left."""
        with self._lock:
            if self._left <= 0:
                return False
            self._left -= 1
            self.taken += 1
            return True

    def give_back(self):
        """Pay one repeat back after a success."""
        if self._left < self._full:
            with self._lock:
                self._left = min(self._full, self._left + 1)


def condition_of_status(status_code):
    """Return the condition an HTTP status stands for, or None where repeating is no help."""
    return _STATUS_CONDITIONS.get(status_code)


def seconds_of_retry_after(value, now=time.time):
    """Return the seconds a `Retry-After` header asks for (number or date), or None."""
    if not value:
        return None
    value = ensure_native(value)
    found = _SECONDS.match(value)
    if found:
        return float(found.group(1))
    try:
        return max(0.0, timegm(parsedate(value)) - now())
    except (TypeError, ValueError, OverflowError):
        return None  # neither a number nor a date, or a date of no calendar


#: No repeats at all: for tests and for callers that have a policy of their own.
NO_RETRY = RetryPolicy(attempts=1)

__all__ = ['CONNECT', 'GARBLED', 'LOST', 'NO_RETRY', 'READ_METHODS', 'RetryBudget', 'RetryPolicy',
           'THROTTLED', 'UNAVAILABLE', 'condition_of_status', 'seconds_of_retry_after']

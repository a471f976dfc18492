"""A lock that survives a fork: the child finds it open, whoever held it in the parent.

The threads of the parent do not exist in the child, so what they hold would stay held for ever.
What a lock guards must be sound at any moment for that: new values are put in place when done.
"""
from __future__ import absolute_import, division, print_function

import os
import threading


class ProcessLock(object):
    """A lock for `with`, one for each process.

    :param make: makes the lock of a process; by default one that its holder may take again
    """

    __slots__ = ('_make', '_locks')

    def __init__(self, make=threading.RLock):
        self._make = make
        self._locks = {os.getpid(): make()}

    def __enter__(self):
        process = os.getpid()
        lock = self._locks.get(process)
        if lock is None:  # several threads of the child may come here: one of their locks wins
            lock = self._locks.setdefault(process, self._make())
        lock.acquire()
        return self

    def __exit__(self, *exc_info):
        lock = self._locks.get(os.getpid())
        if lock is not None:  # else the child was forked inside, and holds nothing
            lock.release()


__all__ = ['ProcessLock']

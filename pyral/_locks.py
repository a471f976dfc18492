"""Locks that survive a fork, a signal handler and Ctrl-C (KeyboardInterrupt) in any moment.

A child process finds a lock open: the threads of the parent do not exist there, so what they hold
would stay held for ever. A handler that interrupts a thread which takes, holds or releases a lock
passes it. What an exception between two steps left held is not held: who takes a lock is known by
the frame that does, and a frame that no longer runs holds nothing. What a lock guards must be
sound at any moment for all that: new values are put in place when done.
"""
from __future__ import absolute_import, division, print_function

import os
import sys
import threading
import time
from collections import deque

#: 2.7: the name with an underscore, and no wait with an end; drop both with it.
_thread_id = vars(threading).get('get_ident') or vars(threading)['_get_ident']
_CAN_WAIT = hasattr(threading, 'TIMEOUT_MAX')

_LOOK_FIRST_S, _LOOK_AGAIN_S = 0.002, 0.05
#: So many looks in a row do not find a frame that has ended.
_LOOKS = 5
#: So many find nobody who says that it holds a lock that cannot be taken: on a busy machine a
#: thread may stand long between taking a lock and saying so.
_PATIENT_LOOKS = 40


class _Entry(object):
    """A frame of a thread that wants or has something, known before it gets it."""

    __slots__ = ('thread', 'frame', 'has_it', 'missed')

    def __init__(self, frame):
        self.thread, self.frame, self.has_it = _thread_id(), frame, False
        #: How many looks of others in a row did not find the frame.
        self.missed = 0

    def runs(self, thread, frames=None):
        """Say whether the frame runs still.

        :param thread: who asks
        :param frames: those of all threads, where it is not about the one who asks
        """
        frame = sys._getframe() if self.thread == thread else (frames or {}).get(self.thread)
        while frame is not None and frame is not self.frame:
            frame = frame.f_back
        return frame is not None


class _Entries(list):
    """The entries of one lock, the latest of each thread behind its others."""

    __slots__ = ()

    def running_of(self, thread):
        """Return those of the thread that asks; what exceptions left of it is removed."""
        found = [each for each in list(self) if each.thread == thread]
        for each in [each for each in found if not each.runs(thread)]:
            found.remove(each)
            self.drop(each)
        return found

    def drop_ended(self):
        """Remove what exceptions left of any thread.

        Another thread runs on while its frames are looked at, and one that just returned leads to
        no other; so a single look that does not find a frame says nothing.
        """
        thread, frames = _thread_id(), sys._current_frames()
        for each in list(self):
            each.missed = 0 if each.runs(thread, frames) else each.missed + 1
            if each.missed >= _LOOKS:
                self.drop(each)

    def drop(self, entry):
        """Remove one that may be gone."""
        try:
            self.remove(entry)
        except ValueError:
            pass

    def latest_of(self, frame):
        """Return what a frame entered last, without what was left behind within it, or None."""
        behind = []
        for entry in reversed(list(self)):
            if entry.frame is frame:
                for later in behind:
                    if later.thread == entry.thread:
                        self.drop(later)
                return entry
            behind.append(entry)
        return None


class _Lock(object):
    """What `ProcessLock` is in one process."""

    __slots__ = ('_lock', '_entries')

    def __init__(self):
        self._lock, self._entries = threading.Lock(), _Entries()

    def take(self, frame):
        entries, entry = self._entries, _Entry(frame)
        mine = entries.running_of(entry.thread) if entries else ()
        entries.append(entry)
        for each in mine:
            if each.has_it:
                return
        if self._lock.acquire(False) or self._wait(entry, mine):
            entry.has_it = True

    def _wait(self, entry, mine):
        """Wait for the lock; return False where the frames that this one interrupts have it."""
        looks, wait_s = 0, _LOOK_FIRST_S
        while not _acquire(self._lock, wait_s):
            wait_s = _LOOK_AGAIN_S
            self._entries.drop_ended()
            others = [each for each in list(self._entries) if each is not entry]
            looks = 0 if any(each.has_it for each in others) else looks + 1
            # Who is about to say that it has the lock says so soon, or was interrupted there.
            if looks and (looks >= _PATIENT_LOOKS or len(others) == len(mine)):
                if mine:
                    return False
                _release(self._lock)
        return True

    def leave(self, frame):
        entries = self._entries
        entry = entries.latest_of(frame)
        if entry is not None:
            if entry.has_it:
                entry.has_it = False
                _release(self._lock)
            entries.drop(entry)


class ProcessLock(object):
    """A lock for `with`, one for each process; its holder may take it again."""

    __slots__ = ('_locks',)

    def __init__(self):
        self._locks = {os.getpid(): _Lock()}

    def _own(self):
        # Several threads of a child may come here: one of their locks wins.
        process = os.getpid()
        return self._locks.get(process) or self._locks.setdefault(process, _Lock())

    def __enter__(self):
        self._own().take(sys._getframe(1))
        return self

    def __exit__(self, *exc_info):
        self._own().leave(sys._getframe(1))

    def acquire(self, blocking=True):
        """Take the lock, for code that wants the methods; the same function must release it."""
        self._own().take(sys._getframe(1))
        return True

    def release(self):
        """Release the lock."""
        self._own().leave(sys._getframe(1))


class Slots(object):
    """Admits so many threads at once, for `with`; within, a thread may enter again.

    :param width: how many
    """

    __slots__ = ('_width', '_lock', '_entries', '_waiting')

    def __init__(self, width):
        self._width, self._lock = width, ProcessLock()
        self._entries, self._waiting = _Entries(), deque()

    def __enter__(self):
        entry, waiter, wait_s = _Entry(sys._getframe(1)), None, _LOOK_AGAIN_S
        while not self._admits(entry):
            if waiter is None:
                waiter = threading.Lock()
                waiter.acquire()
            self._waiting.append(waiter)
            # Somebody may have left before this thread said that it waits.
            if self._admits(entry):
                break
            if not _acquire(waiter, wait_s):
                wait_s = _LOOK_AGAIN_S * _LOOKS
                with self._lock:
                    self._entries.drop_ended()
        return self

    def __exit__(self, *exc_info):
        entry = self._entries.latest_of(sys._getframe(1))
        if entry is not None:
            self._entries.drop(entry)
        try:
            _release(self._waiting.popleft())
        except IndexError:
            pass

    def _admits(self, entry):
        with self._lock:
            self._entries.running_of(entry.thread)
            inside = set(each.thread for each in list(self._entries))
            if entry.thread not in inside and len(inside) >= self._width:
                return False
            self._entries.append(entry)
            return True


def _acquire(lock, seconds):
    """Take a lock within a time; where that cannot be said, look at it now and then."""
    if _CAN_WAIT:
        return lock.acquire(True, seconds)
    wait_s = 0.0005
    while seconds > 0:
        if lock.acquire(False):
            return True
        time.sleep(wait_s)
        seconds, wait_s = seconds - wait_s, min(2 * wait_s, 0.02)
    return False


def _release(lock):
    try:
        lock.release()
    except (RuntimeError, threading.ThreadError):
        pass  # another one released it, who found nobody holding it


__all__ = ['ProcessLock', 'Slots']

"""Waiting for threads by events, so that no test depends on the speed of the machine."""
from __future__ import absolute_import, division, print_function

import re
import threading

#: Seconds after which a test that waits for an event has failed: minutes, because on a busy or
#: halted machine some pass in which a correct program does nothing.
GUARD_S = 600


def page_readers():
    """Return the threads that read pages; an emulator's have a word in their name."""
    return [each for each in threading.enumerate() if re.match(r'pyral-\d', each.name)]


def assert_ended(threads):
    """Wait for threads to end."""
    for each in threads:
        each.join(GUARD_S)
    assert not [each.name for each in threads if each.is_alive()]


def in_a_thread_of_its_own(action):
    """Call `action` in a new thread, wait for it, and raise what it raised.

    CPython keeps an exception for good as the one that its thread handles, where a trace function
    raised at the end of the handler; every later error of that thread would show it.
    """
    raised = []

    def call():
        try:
            action()
        except BaseException as problem:  # noqa: B902 - a failed assertion as well
            raised.append(problem)

    thread = threading.Thread(target=call)
    thread.daemon = True
    thread.start()
    thread.join(2 * GUARD_S)
    assert not thread.is_alive()
    for problem in raised:
        raise problem


class Watched(object):
    """A condition that lets a test wait until so many threads wait at it with nothing to do."""

    def __init__(self):
        self._condition, self._counted = threading.Condition(), threading.Condition()
        self._waiting = 0

    def __enter__(self):
        return self._condition.__enter__()

    def __exit__(self, *exc_info):
        return self._condition.__exit__(*exc_info)

    def wait(self, timeout=None):
        """Wait until something changes."""
        with self._counted:
            self._waiting += 1
            self._counted.notify_all()
        self._condition.wait(timeout)

    def notify_all(self):
        """Wake all: from now on nobody counts as waiting who has not looked again."""
        with self._counted:
            self._waiting = 0
        self._condition.notify_all()

    def until_idle(self, count):
        """Return when `count` threads have looked since the last change and wait again."""
        with self._counted:
            while self._waiting < count:
                self._counted.wait(GUARD_S)

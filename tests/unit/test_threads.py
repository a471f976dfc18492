"""A function over many arguments on a few threads: results in order, and never too many at once."""
from __future__ import absolute_import, division, print_function

import threading
from collections import deque

import pytest

from pyral import _threads
from pyral._threads import InOrder, each
from tests.threads import GUARD_S, Watched


def test_workers_hand_out_results_in_order_and_failures_in_their_place():
    done = [threading.Event() for _ in range(20)]

    def work(number):
        """Even ones end after their successors."""
        try:
            assert number % 2 or done[number + 1].wait(GUARD_S)
            if number == 7:
                raise ValueError(number)
            return number * number
        finally:
            done[number].set()
    window = InOrder(work, range(20), 4)
    assert [next(window) for _ in range(7)] == [number * number for number in range(7)]
    with pytest.raises(ValueError):
        next(window)
    assert list(window) == []
    for event in done:
        event.set()


@pytest.mark.parametrize('width', [2, 4, 12])
def test_for_a_slow_consumer_no_more_results_are_made_than_there_are_threads(width):
    calls, due = [], threading.Event()

    def work(number):
        calls.append(number)
        assert number == 0 or due.wait(GUARD_S)
    window = InOrder(work, range(100), width)
    changed = window._window.changed = Watched()
    window.start()
    changed.until_idle(1)
    due.set()
    changed.until_idle(width)
    assert sorted(calls) == list(range(width))
    next(window)
    changed.until_idle(width)
    assert sorted(calls) == list(range(width + 1))
    window.close()


@pytest.mark.parametrize('width', [2, 4, 12])
def test_for_a_consumer_that_stays_slow_two_results_are_held(width):
    calls = []
    window = InOrder(calls.append, range(500), width)
    changed = window._window.changed = Watched()
    held = []
    for taken in range(1, 3 * width + 1):
        next(window)
        changed.until_idle(width)
        held.append(len(calls) - taken)
    assert held[0] == width and held[-1] == 2
    assert all(one >= other for one, other in zip(held, held[1:]))
    window.close()


class Service(object):
    """A condition of a window at which waiting lets the oldest call under way end."""

    def __init__(self, window):
        self._window, self.running = window, deque()
        self.start()

    def start(self):
        """Begin as many calls as the window admits."""
        while not self._window._is_full():
            self.running.append(self._window.issued)
            self._window.issued += 1

    def end(self):
        """End the call that began first."""
        index = self.running.popleft()
        self._window.results[index] = (index, None)
        self.start()

    def wait(self, timeout=None):
        self.end()

    notify_all = start

    def __enter__(self):
        return self

    def __exit__(self, *error):
        return None


@pytest.mark.parametrize('width', [2, 4, 12])
def test_as_many_calls_as_there_are_threads_run_again_for_a_consumer_that_waits(width):
    window = _threads._Window(None, (), width)
    service = window.changed = Service(window)
    assert len(service.running) == width + width // 2
    for _ in range(4 * width):
        while service.running:
            service.end()
        window.take()
    assert len(service.running) <= 1 and window.issued - window.taken == 2
    for expected in range(window.taken, window.taken + 2 * width):
        assert window.take() == (expected, None)
    assert len(service.running) == width + width // 2 - (window.taken in window.results)


@pytest.mark.parametrize('width, most', [(2, 3), (4, 6), (5, 8), (12, 18)])
def test_a_result_that_is_late_does_not_stop_the_other_threads(width, most):
    late, calls = threading.Event(), []

    def work(number):
        calls.append(number)
        assert number or late.wait(GUARD_S)
        return number
    window = InOrder(work, range(50), width)
    changed = window._window.changed = Watched()
    window.start()
    changed.until_idle(width - 1)
    assert sorted(calls) == list(range(most))
    late.set()
    assert list(window) == list(range(50))


def test_each_returns_all_results_in_order():
    assert each(lambda number: -number, range(30), 5) == [-number for number in range(30)]


def test_no_more_than_the_service_takes_at_once_are_made_whatever_is_asked_for(monkeypatch):
    widths = []

    def in_order(function, arguments, width):
        widths.append(width)
        return InOrder(function, arguments, width)

    monkeypatch.setattr(_threads, 'InOrder', in_order)
    for count, width in ((40, 99), (40, 5), (3, 99)):
        assert each(str, range(count), width) == [str(number) for number in range(count)]
    assert widths == [12, 5, 3]

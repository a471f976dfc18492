"""Signals held: their handlers run afterwards, and what they would break off is whole."""
from __future__ import absolute_import, division, print_function

import os
import signal
import sys
import threading

import pytest

from pyral import _signals
from pyral._signals import import_whole, signals_held

SIGNALS = [getattr(signal, name) for name in ('SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1')
           if hasattr(signal, name)]
pytestmark = pytest.mark.skipif(os.name == 'nt', reason="os.kill ends the process there")


@pytest.fixture
def handled():
    """Return the list of signals that were handled; a handler raises, as that of Ctrl-C does."""
    found = []

    def end(number, _):
        found.append(number)
        raise KeyboardInterrupt

    before = [(number, signal.signal(number, end)) for number in SIGNALS]
    yield found
    for number, handler in before:
        signal.signal(number, handler)


@pytest.mark.parametrize('number', SIGNALS)
def test_a_signal_is_handled_when_the_work_is_done(handled, number):
    done = []
    with pytest.raises(KeyboardInterrupt):
        with signals_held():
            os.kill(os.getpid(), number)
            done.append('first')
            assert handled == []
            done.append('second')
    assert done == ['first', 'second'] and handled == [number]
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), number)
        for _ in range(1000):  # 2.7 looks for signals now and then
            pass


def test_an_error_of_the_work_leaves_the_handlers_as_they_were(handled):
    before = [signal.getsignal(number) for number in SIGNALS]
    with pytest.raises(ValueError):
        with signals_held():
            raise ValueError
    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_each_of_several_signals_is_handled(handled):
    with pytest.raises(KeyboardInterrupt):
        with signals_held():
            for number in SIGNALS:
                os.kill(os.getpid(), number)
                list(range(5000))  # 2.7 looks for signals now and then
    assert sorted(handled) == sorted(SIGNALS)


@pytest.mark.parametrize('restored', range(1, len(SIGNALS) + 1))
def test_a_signal_while_handlers_are_restored_takes_none_away(handled, monkeypatch, restored):
    class Interrupted(object):
        """The module of signals; Ctrl-C comes when so many handlers were restored."""

        def __init__(self):
            self.before = [signal.getsignal(number) for number in SIGNALS]
            self.left = restored

        def __getattr__(self, name):
            return getattr(signal, name)

        def signal(self, number, handler):
            signal.signal(number, handler)
            # Others are restored, too, such as that of a limit of the test.
            self.left -= handler in self.before
            if handler in self.before and not self.left:
                raise KeyboardInterrupt

    interrupted = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        monkeypatch.setattr(_signals, '_signal', lambda: interrupted)
        with signals_held():
            os.kill(os.getpid(), SIGNALS[0])
            list(range(5000))
    assert handled == SIGNALS[:1]
    for number in SIGNALS:
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), number)
            for _ in range(1000):
                pass
    assert handled == SIGNALS[:1] + SIGNALS


def test_a_module_that_a_signal_comes_to_is_imported_whole(handled, tmpdir, monkeypatch):
    tmpdir.join('made_in_c_for_pyral.py').write(
        'import os, signal\nos.kill(os.getpid(), signal.SIGINT)\nlast = list(range(5000))[-1]\n')
    monkeypatch.syspath_prepend(str(tmpdir))
    with pytest.raises(KeyboardInterrupt):
        import_whole('made_in_c_for_pyral')
    assert sys.modules.pop('made_in_c_for_pyral').last == 4999 and handled == [signal.SIGINT]


def test_another_thread_holds_nothing_and_works_on():
    done = []

    def work():
        with signals_held():
            done.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [before] and signal.getsignal(signal.SIGINT) is before

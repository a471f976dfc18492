"""Signals handled a moment later: what a KeyboardInterrupt must not break off is done first.

Modules in C may crash where a signal handler raises while they are made; orjson does.
"""
from __future__ import absolute_import, division, print_function

import contextlib
import importlib

#: Those whose handlers raise to end a program.
_NAMES = ('SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK', 'SIGALRM', 'SIGUSR1', 'SIGUSR2')


@contextlib.contextmanager
def signals_held():
    """Handle the signals that come meanwhile when this ends, in the order they came.

        with signals_held():
            library = importlib.import_module('orjson')

    Where no handler of Python runs for one, as in other threads than the main one, it does nothing.
    """
    before, came = {}, []
    try:
        _hold(before, came)
        yield
    finally:
        for number, handler in before.items():
            _signal().signal(number, handler)
        for number, frame in came:
            before[number](number, frame)


def import_whole(name):
    """Import a module, as `importlib.import_module` does; no signal breaks it off."""
    with signals_held():
        return importlib.import_module(name)


def _signal():
    """Return the module of signals: `import pyral` is to import little."""
    return importlib.import_module('signal')


def _hold(before, came):
    signal = _signal()
    for name in _NAMES:
        number = getattr(signal, name, None)
        handler = signal.getsignal(number) if number is not None else None
        if not callable(handler):
            continue
        before[number] = handler
        try:
            signal.signal(number, lambda number, frame: came.append((number, frame)))
        except ValueError:  # only the main thread may, and handlers run in no other
            before.clear()
            return


__all__ = ['import_whole', 'signals_held']

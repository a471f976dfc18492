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
    before, came, is_held = {}, [], [True]

    def handle(number, frame):
        # A handler that was restored may raise before the others are: those work from here on.
        if is_held[0]:
            came.append((number, frame))
        else:
            before[number](number, frame)

    try:
        _hold(before, handle)
        yield
    finally:
        is_held[0] = False
        try:
            for number, handler in before.items():
                _signal().signal(number, handler)
        finally:
            _handle_each(came, before)


def _handle_each(came, before):
    """Handle signals, also those after one whose handler raises."""
    if came:
        number, frame = came.pop(0)
        try:
            before[number](number, frame)
        finally:
            _handle_each(came, before)


def import_whole(name):
    """Import a module, as `importlib.import_module` does; no signal breaks it off."""
    with signals_held():
        return importlib.import_module(name)


def _signal():
    """Return the module of signals: `import pyral` is to import little."""
    return importlib.import_module('signal')


def _hold(before, handle):
    signal = _signal()
    for name in _NAMES:
        number = getattr(signal, name, None)
        handler = signal.getsignal(number) if number is not None else None
        if not callable(handler):
            continue
        before[number] = handler
        try:
            signal.signal(number, handle)
        except ValueError:  # only the main thread may, and handlers run in no other
            before.clear()
            return


__all__ = ['import_whole', 'signals_held']

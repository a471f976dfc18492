"""`pyral serve`: an emulated Rally on this machine, by the command of `pyral.emulator`."""
from __future__ import absolute_import, division, print_function

import importlib

from pyral._compat import raise_from
from pyral.cli.failures import UsageError

__all__ = ['add', 'run']

_EMULATOR = 'pyral.emulator'


def add(verbs):
    """Describe the verb."""
    verbs.add('serve', run, "Run an emulated Rally on this machine.", (
        "All arguments go to the command of the emulator; -h shows them."), examples=[
            ("the demo world, until Ctrl-C", "pyral serve --port 8010"),
            ("a script against a Rally of its own", "pyral serve --port 0 -- python report.py"),
        ], passes_on=True)


def run(session):
    """Hand over to the emulator.

    :raises UsageError: it is not installed, or needs a newer interpreter.
    """
    try:
        importlib.import_module(_EMULATOR)
    except ImportError as problem:
        raise_from(UsageError(str(problem)), None)
    command = importlib.import_module(_EMULATOR + '.__main__')
    session.out.flush()
    return command.main(session.options.rest, program=session.options.parser.prog)

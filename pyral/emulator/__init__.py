"""A WSAPI v2.0 server for tests and demos, in one process, over a database of its own.

    >>> from pyral.emulator import Emulator
    >>> with Emulator(world='demo') as emulator:  # doctest: +SKIP
    ...     print(emulator.url, emulator.user)

It needs Python 3.9 and the extra `pyral[emulator]`, and shares nothing with the client but the
version number, so that a mistake in one cannot hide in the other. This file is read by older
interpreters too, to say so.
"""

from __future__ import absolute_import

import sys

__all__ = ['Emulator']

#: What the extra brings.
NEEDED = ('cachetools', 'h11', 'jinja2', 'jsonschema', 'lark', 'sqlalchemy', 'trustme', 'werkzeug')


def unavailable(sentence):
    # type: (str) -> BaseException
    """Return what to raise where the emulator cannot run here.

    `python -m pyral.emulator` leaves with the sentence alone and exit code 2.
    """
    # Both hold while the module is being looked for; 2.7 does not say so in the arguments.
    is_2_7 = 'runpy' in sys.modules and not hasattr(sys.modules['__main__'], '__file__')
    if sys.argv[:1] == ['-m'] or sys.version_info < (3,) and is_2_7:
        sys.stderr.write('pyral.emulator: {0}\n'.format(sentence))
        return SystemExit(2)
    error = ImportError(sentence)
    error.__suppress_context__ = True
    return error


if sys.version_info < (3, 9):
    raise unavailable(
        'the emulator needs Python 3.9 or later, and this is {0}.{1}; run it with a newer one, in '
        'a process of its own, and let this one talk to it'.format(*sys.version_info[:2])
    )
try:
    from .embedded import Emulator
except ImportError as problem:
    missing = (problem.name or '').partition('.')[0]
    if missing not in NEEDED:
        raise
    raise unavailable(  # noqa: B904 - older interpreters read this
        "the emulator needs {0}, which is not installed: pip install 'pyral[emulator]'".format(
            missing
        )
    )

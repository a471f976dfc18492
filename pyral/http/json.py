"""JSON bytes to values: with orjson where that is installed and the text is long enough to tell.

Importing orjson takes longer than reading all a small program asks for, so it is looked for when
the first long text comes: the one import of the package that is put off. Both readers must give
the same values; what only `json` reads (NaN, half a surrogate pair) is read by it, and so are
whole numbers beyond 64 bits, which orjson rounds.
"""
from __future__ import absolute_import, division, print_function

import json

from pyral._compat import ensure_text, raise_from
from pyral._signals import import_whole

#: Texts of so many bytes are worth the other reader; `json` takes about a millisecond for them.
LONG = 100000

_DIGITS_AS_ZERO = bytes(bytearray(48 if 48 <= sign < 58 else 46 for sign in range(256)))
_FOUR, _NINETEEN = b'0' * 4, b'0' * 19


class _FastReader(object):
    """What orjson reads with, or None; it is found out once, at the first look.

    :param find: returns the module, or raises ImportError.
    """

    def __init__(self, find):
        self._find = find

    def __getattr__(self, name):
        if name != 'loads':
            raise AttributeError(name)
        try:
            self.loads = self._find('orjson').loads
        except ImportError:
            self.loads = None
        except AttributeError:  # a signal handler interrupts the import
            return None
        return self.loads


_FAST = _FastReader(import_whole)


def load_json(content):
    """Return the value that JSON bytes stand for.

    :raises ValueError: they are no JSON.
    """
    if len(content) >= LONG and _FAST.loads is not None and not _has_large_number(content):
        try:
            return _FAST.loads(content)
        except (ValueError, MemoryError):
            pass  # orjson refuses NaN and lone surrogates, which `json` reads
    try:
        return json.loads(ensure_text(content, 'utf-8'))
    except MemoryError:
        raise_from(ValueError("it does not fit in memory"), None)
    except RuntimeError as error:  # nested deeper than this place of the stack lets `json` follow
        reason = str(error)
    # Out here nothing shows behind an error of the other reader.
    if _FAST.loads is not None and not _has_large_number(content):
        return _FAST.loads(content)
    raise ValueError(reason)


def _has_large_number(content):
    """Say whether so many digits stand in a row as a number beyond 64 bits has.

    Every fourth byte is looked at first: a row of nineteen has four of them.
    """
    if _FOUR not in content[::4].translate(_DIGITS_AS_ZERO):
        return False
    return _NINETEEN in content.translate(_DIGITS_AS_ZERO)


__all__ = ['LONG', 'load_json']

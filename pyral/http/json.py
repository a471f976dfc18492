"""JSON bytes to values: with orjson where that is installed and the text is long enough to tell.

Importing orjson takes longer than reading all a small program asks for, so it is looked for when
the first long text comes: the one import of the package that is put off. Both readers must give
the same values; what only `json` reads (NaN, half a surrogate pair) is read by it.
"""
from __future__ import absolute_import, division, print_function

import importlib
import json

from pyral._compat import ensure_text, raise_from

#: Texts of so many bytes are worth the other reader; `json` takes about a millisecond for them.
LONG = 100000


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
        return self.loads


_FAST = _FastReader(importlib.import_module)


def load_json(content):
    """Return the value that JSON bytes stand for.

    :raises ValueError: they are no JSON.
    """
    if len(content) >= LONG and _FAST.loads is not None:
        try:
            return _FAST.loads(content)
        except ValueError:
            pass  # orjson refuses NaN and lone surrogates, which `json` reads
    try:
        return json.loads(ensure_text(content, 'utf-8'))
    except RuntimeError as error:  # nested deeper than the interpreter can follow
        raise_from(ValueError(str(error)), None)


__all__ = ['LONG', 'load_json']

"""CSV and JSON Lines: rows to files, as they come.

What was written is whole rows, whatever ends the writing.
"""
from __future__ import absolute_import, division, print_function

import importlib
import io
import json

from pyral._compat import (
    PYTHON_2,
    binary_type,
    ensure_text,
    fspath,
    string_types,
    text_type,
)

__all__ = ['escaped', 'write_csv', 'write_jsonl']

#: A spreadsheet takes text that begins so for a formula.
_FORMULA = frozenset(u'=+-@\t\r\n\uff1d\uff0b\uff0d\uff20')


def write_csv(path_or_file, rows, escape_formulas, encoding):
    """Write rows as CSV and return how many there were; see `Rows.to_csv`."""
    rows.check()
    with _opened(path_or_file, encoding) as target:
        write = _csv_writer(target)
        write([ensure_text(column.name) for column in rows.columns])
        count = 0
        # Most cells are text that stays as it is: they are not worth a call.
        signs = _FORMULA if escape_formulas else frozenset()
        for cells in rows.cells(parses_times=False):
            write([each if each.__class__ is text_type and each[:1] not in signs
                   else _cell(each, escape_formulas) for each in cells])
            count += 1
        return count


def write_jsonl(path_or_file, rows):
    """Write rows as JSON Lines and return how many there were; see `Rows.to_jsonl`."""
    rows.check()
    names = [column.name for column in rows.columns]
    # One key a column, in the order of the columns, also where dicts have none.
    keys = [json.dumps(name, ensure_ascii=False) for name in names]
    keys = [ensure_text(key) + u': ' for key in keys]
    encode = json.JSONEncoder(ensure_ascii=False, default=text_type).encode  # one for all cells
    with _opened(path_or_file, 'utf-8') as target:
        count = 0
        for cells in rows.cells(parses_times=False):
            members = [key + ensure_text(encode(each)) for key, each in zip(keys, cells)]
            target.write(u'{' + u', '.join(members) + u'}\n')
            count += 1
        return count


def escaped(text):
    """Return text that no spreadsheet runs as a formula."""
    return u"'" + text if text[:1] in _FORMULA else text


def _cell(value, escape_formulas):
    """Return what a cell of CSV holds: a text."""
    if value is None:
        return u''
    if isinstance(value, list):
        value = u', '.join(_text(each) for each in value if each is not None)
    elif not isinstance(value, string_types):
        return _text(value)
    if not isinstance(value, text_type):
        value = ensure_text(value)
    return escaped(value) if escape_formulas else value


def _text(value):
    if value is True or value is False:
        return u'true' if value else u'false'
    return ensure_text(value) if isinstance(value, binary_type) else text_type(value)


def _csv_writer(target):
    """Return the function that writes a list of texts as a line."""
    csv = importlib.import_module('csv')  # `import pyral` is to import little
    if not PYTHON_2:
        return csv.writer(target).writerow
    writer = csv.writer(_Encoded(target))  # there, `csv` takes bytes and writes bytes
    return lambda cells: writer.writerow([cell.encode('utf-8') for cell in cells])


class _Encoded(object):
    """A file that takes bytes and writes text."""

    def __init__(self, target):
        self._target = target

    def write(self, data):
        self._target.write(data.decode('utf-8'))


class _Open(object):
    """A file of the caller as a context manager that leaves it open.

    :param target: what text is written to: the file, or what encodes for it.
    """

    def __init__(self, target, file):
        self._target, self._file = target, file

    def __enter__(self):
        return self._target

    def __exit__(self, *error):
        if self._target is not self._file:
            self._target.flush()
            self._target.detach()


def _opened(path_or_file, encoding):
    """Return a context manager of the text file to write to.

    :raises TypeError: it is neither a path nor a file.
    """
    if not hasattr(path_or_file, 'write'):
        path = fspath(path_or_file)
        if not isinstance(path, (text_type, binary_type)):
            raise TypeError("rows are written to a path or an open file, not to {0}: {1!r}".format(
                type(path_or_file).__name__, path_or_file))
        return io.open(path, 'w', encoding=encoding, newline='')
    if PYTHON_2 and not isinstance(path_or_file, io.IOBase):
        return _Open(_Decoded(path_or_file), None)  # open() of 2.7 takes bytes
    if isinstance(path_or_file, (io.RawIOBase, io.BufferedIOBase)):
        return _Open(io.TextIOWrapper(path_or_file, encoding, newline=''), path_or_file)
    return _Open(path_or_file, path_or_file)


class _Decoded(object):
    """2.7: text to a file that takes bytes."""

    def __init__(self, file):
        self._file = file

    def write(self, text):
        self._file.write(text.encode('utf-8'))

    def flush(self):
        self._file.flush()

    def detach(self):
        self._file = None

"""CSV and JSON Lines: rows to files, as they come.

What was written is whole rows, whatever ends the writing.
"""
from __future__ import absolute_import, division, print_function

import codecs
import errno
import io
import json
import os
import re
from itertools import islice, repeat
from json.encoder import encode_basestring

from pyral._compat import (
    PYTHON_2,
    binary_type,
    ensure_text,
    escape_halves,
    fspath,
    integer_types,
    string_types,
    text_of,
    text_type,
)
from pyral.rows.cells import NO_VALUES, NameLists, kinds_of

__all__ = ['escaped', 'write_csv', 'write_jsonl', 'write_whole']

#: A spreadsheet takes text that begins so for a formula.
_FORMULA = frozenset(u'=+-@\t\r\n\uff1d\uff0b\uff0d\uff20')
#: The same in the texts of a column, each with a sign before it that texts hardly have.
_BEFORE = u'\0'
_FORMULAS = re.compile(u'\0[{0}]'.format(re.escape(u''.join(sorted(_FORMULA)))))
#: A cell of CSV with one of these is put in quotes.
_SPECIAL = u'",\r\n'
#: Whatever has so many bytes at most, the buffer of a file takes as a whole or not at all.
_AT_ONCE = 4096
#: Of a file that is opened here: each time that it is emptied, this thread waits for the others.
_BUFFER = 1 << 17
_TEXTS, _WHOLE = frozenset([text_type]), frozenset(integer_types)
_FLAGS = {True: u'true', False: u'false', None: u''}
_FLAG_KINDS = NO_VALUES | frozenset([bool])
_NUMBERS = _WHOLE | NO_VALUES | frozenset([float])
# 2.7: `unicode` rounds a float; the quicker one replaces it.
_number = text_of if PYTHON_2 else text_type
_SCALARS = _NUMBERS | _TEXTS | _FLAG_KINDS


def write_csv(path_or_file, rows, escape_formulas, encoding, count=None):
    """Write rows as CSV and return how many there were; see `Rows.to_csv`.

    :param count: is called with how many rows were written just now.
    """
    rows.check()
    with _opened(path_or_file, encoding) as target:
        lines = _LineWriter(target, u'\r\n', count)
        names = [[_quoted(ensure_text(column.name))] for column in rows.columns]
        target.write(_csv_lines(names)[0] + u'\r\n')
        for columns in rows._columns_of_rows():
            lines.write(_csv_lines([_csv_cells(cells, escape_formulas) for cells in columns]))
            _end_page(path_or_file, target, columns)
        return lines.count


def write_jsonl(path_or_file, rows, count=None):
    """Write rows as JSON Lines and return how many there were; see `Rows.to_jsonl`.

    :param count: is called with how many rows were written just now.
    """
    rows.check()
    # One key a column, in the order of the columns, also where dicts have none.
    keys = [ensure_text(json.dumps(column.name, ensure_ascii=False)) for column in rows.columns]
    keys = [(u', ' if place else u'{') + key + u': ' for place, key in enumerate(keys)]
    as_json = _json_encoder()
    with _opened(path_or_file, 'utf-8') as target:
        lines = _LineWriter(target, u'}\n', count)
        for columns in rows._columns_of_rows():
            parts = [part for key, cells in zip(keys, columns)
                     for part in (repeat(key), as_json(cells))]
            lines.write(list(map(u''.join, zip(*parts))))
            _end_page(path_or_file, target, columns)
        return lines.count


def escaped(text):
    """Return text that no spreadsheet runs as a formula."""
    return u"'" + text if text[:1] in _FORMULA else text


class _LineWriter(object):
    """Writes lines to a file, as many at a time as its buffer takes as a whole or not at all.

    So whatever ends the writing leaves whole lines.

    :param end: what ends a line.
    :param told: is called with how many lines were written, or None.
    :ivar count: how many lines were written.
    """

    def __init__(self, target, end, told):
        self._write, self._end, self._told = target.write, end, told
        self._step = 16
        self.count = 0

    def write(self, lines):
        """Write lines, which are texts without their ends."""
        done = 0
        while done < len(lines):
            text, count = self._text_of(lines, done)
            if PYTHON_2:  # its UTF-8 has halves of letters, that of other programs has none
                text = escape_halves(text)
            try:
                self._write(text)
            except UnicodeError:
                if count > 1:
                    self._step = 1  # those before the one that the encoding has no signs for
                    continue
                self._write(escape_halves(text))
            done += count
            self.count += count
            if self._told is not None:
                self._told(count)

    def _text_of(self, lines, start):
        """Return the text of the next lines, and how many they are."""
        if len(lines) == 1:
            return lines[0] + self._end, 1
        while True:
            part = lines[start:start + self._step]
            text = self._end.join(part) + self._end
            size = _most_bytes(text)
            if size <= _AT_ONCE or len(part) == 1:
                break
            self._step = max(1, len(part) * _AT_ONCE // (size + 1))
        if size * 2 < _AT_ONCE and len(part) == self._step:
            self._step *= 2
        return text, len(part)


def _end_page(path_or_file, target, columns):
    """Let a file that was opened here hold what was read by now: the next page may take long."""
    if not hasattr(path_or_file, 'write') and len(columns[0]) > 1:
        target.flush()


def _most_bytes(text):
    """Return how many bytes a text has at most, in the encodings that files have."""
    is_ascii = getattr(text, 'isascii', None)  # 3.7
    return len(text) if is_ascii is not None and is_ascii() else 4 * len(text)


def _csv_lines(columns):
    """Return the lines of columns of finished cells, without their ends."""
    if len(columns) == 1:  # an empty line would be no row
        return [cell or u'""' for cell in columns[0]]
    return list(map(u','.join, zip(*columns)))


def _csv_cells(cells, escape_formulas):
    """Return the cells of a column as they stand in CSV."""
    if len(cells) == 1:  # as where items have to be completed one by one
        return [_quoted(_cell(each, escape_formulas)) for each in cells]
    kinds = kinds_of(cells)
    if kinds <= _WHOLE:
        return list(map(text_type, cells))
    if kinds <= _FLAG_KINDS:
        return [_FLAGS[each] for each in cells]
    if kinds <= _NUMBERS:
        return [u'' if each is None else _number(each) for each in cells]
    if isinstance(cells, NameLists):
        names = iter(cells.names)
        cells = [u', '.join(islice(names, count)) for count in cells.counts]
    elif kinds == _TEXTS | NO_VALUES:
        cells = [u'' if each is None else each for each in cells]
    elif not kinds <= _TEXTS:
        return [_quoted(_cell(each, escape_formulas)) for each in cells]
    # Most texts stay as they are: what all have in common is found out once.
    together = _BEFORE + _BEFORE.join(cells)
    if escape_formulas and _FORMULAS.search(together) is not None:
        cells = [escaped(each) for each in cells]
    special = [sign for sign in _SPECIAL if sign in together]
    if special == [u',']:
        return [u'"' + each + u'"' if u',' in each else each for each in cells]
    return [_quoted(each) for each in cells] if special else cells


def _quoted(text):
    """Return a cell of CSV, in quotes where it needs them."""
    for sign in _SPECIAL:
        if sign in text:
            return u'"' + text.replace(u'"', u'""') + u'"'
    return text


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
    return text_of(value)


def _json_encoder():
    """Return the function that makes a list of JSON texts of the cells of a column."""
    encode = json.JSONEncoder(ensure_ascii=False, default=text_type).encode
    # No text has the end of a line in it as JSON: so a list of them is taken apart again.
    encode_all = json.JSONEncoder(ensure_ascii=False, separators=(u'\n', u': ')).encode

    def texts_of_cells(cells):
        if isinstance(cells, NameLists):
            names = iter(list(map(encode_basestring, cells.names)))
            return [u'[' + u', '.join(islice(names, count)) + u']' for count in cells.counts]
        if len(cells) == 1:
            return [ensure_text(encode(each)) for each in cells]
        kinds = kinds_of(cells)
        if kinds <= _TEXTS:
            return list(map(encode_basestring, cells))
        if kinds <= _SCALARS:
            return ensure_text(encode_all(cells))[1:-1].split(u'\n')
        return [ensure_text(encode(each)) for each in cells]

    return texts_of_cells


class _Open(object):
    """A file of the caller as a context manager that leaves it open."""

    def __init__(self, file):
        self._file = file

    def __enter__(self):
        return self._file

    def __exit__(self, *error):
        """Leave the file as it is."""


class _Encoded(object):
    """Text to a file of the caller that takes bytes; a context manager that leaves it open."""

    def __init__(self, file, encoding):
        self._file, self._encode = file, codecs.getincrementalencoder(encoding)().encode

    def __enter__(self):
        return self

    def __exit__(self, *error):
        flush = getattr(self._file, 'flush', None)
        if flush is not None:
            flush()

    def write(self, text):
        write_whole(self._file, self._encode(text))


def _opened(path_or_file, encoding):
    """Return a context manager of the text file to write to.

    :raises TypeError: it is neither a path nor a file.
    """
    if not hasattr(path_or_file, 'write'):
        path = fspath(path_or_file)
        if not isinstance(path, (text_type, binary_type)):
            raise TypeError("rows are written to a path or an open file, not to {0}: {1!r}".format(
                type(path_or_file).__name__, path_or_file))
        return io.open(path, 'w', _BUFFER, encoding, newline='')
    if _takes_bytes(path_or_file):
        return _Encoded(path_or_file, encoding)
    return _Open(path_or_file)


def _takes_bytes(file):
    """Say whether a file is written bytes and not text."""
    if isinstance(file, (io.RawIOBase, io.BufferedIOBase)):
        return True
    if isinstance(file, (io.TextIOBase, codecs.StreamWriter, codecs.StreamReaderWriter)):
        return False
    # Temporary files are none of these. 2.7: open() takes bytes there.
    return PYTHON_2 or 'b' in str(getattr(file, 'mode', ''))


def write_whole(file, data):
    """Write bytes to a file, also to one without a buffer, which may take a part at a time.

    :raises IOError: the file takes no more.
    """
    taken = file.write(data)
    if isinstance(file, io.RawIOBase):
        while taken and taken < len(data):
            data = data[taken:]
            taken = file.write(data)
        if data and not taken:
            raise IOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

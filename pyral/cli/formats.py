"""Output formats of the command: tables, JSON, JSON Lines, CSV, TSV and Parquet, row by row.

What was written when something ends it is whole: rows, and for an interrupted JSON list its end.
"""
from __future__ import absolute_import, division, print_function

import importlib
import json

from pyral._compat import ensure_text, integer_types, raise_from, text_of, text_type
from pyral.cli.failures import UsageError
from pyral.cli.rich_tables import RichTable, rich_or_none
from pyral.cli.tables import PlainTable, cell_text, harmless
from pyral.rows.columns import TEXT, Column
from pyral.rows.files import escaped, write_csv, write_jsonl
from pyral.rows.frames import write_parquet

__all__ = ['FORMATS', 'PlainRows', 'as_json', 'check_parquet', 'columns', 'item_as_json', 'shown',
           'write']

FORMATS = ('table', 'json', 'jsonl', 'csv', 'tsv', 'parquet')
#: So many rows decide how wide the columns of a table are.
_LOOKED_AT = 500
#: `json.dumps` would make an encoder for each cell.
_ENCODE = json.JSONEncoder(ensure_ascii=False, default=text_type).encode
_TSV_ESCAPES = ((u'\\', u'\\\\'), (u'\t', u'\\t'), (u'\n', u'\\n'), (u'\r', u'\\r'))


def columns(*names):
    """Return columns of one's own: each a name, or a name and what it holds as `Size:integer`."""
    found = []
    for each in names:
        name, _, kind = each.partition(':')
        found.append(Column(name, (name,), kind or TEXT, False))
    return found


class PlainRows(object):
    """Rows that are there already, for the writers that take the `Rows` of a query.

    :param columns: a list of `Column`.
    :param cells: an iterable of lists of values, in the order of the columns.
    """

    def __init__(self, columns, cells):
        self.columns = columns
        self._cells = cells

    def check(self):
        """Nothing failed."""

    def cells(self, parses_times=True):
        """Iterate over the rows."""
        return iter(self._cells)

    def _columns_of_rows(self):
        """Iterate over the columns of each row, as they come."""
        return ([[each] for each in cells] for cells in self._cells)


class _Shown(object):
    """A terminal as a file for data: nothing in them moves its cursor."""

    def __init__(self, sink, begin):
        self._sink, self._begin = sink, begin

    def write(self, text):
        self._begin()
        self._sink.write(harmless(ensure_text(text).replace(u'\r\n', u'\n')))

    def flush(self):
        self._sink.flush()


class _Counted(object):
    """Rows that count how many were taken of them.

    :param count: is called with how many rows were written just now.
    :param begin: is called before something is written.
    :param flush: is called when a page was written, since the next one may take long.
    """

    def __init__(self, rows, count, begin, flush):
        self._rows, self.count, self.begin, self._flush = rows, count, begin, flush
        self.columns, self.check = rows.columns, rows.check

    def cells(self, parses_times=True):
        """Iterate over the rows; each counts when the next one is asked for."""
        for each in self._rows.cells(parses_times):
            yield each
            self.count(1)

    def _columns_of_rows(self):
        """Iterate over the columns of some rows at a time; who writes them counts."""
        for columns in self._rows._columns_of_rows():
            yield columns
            if len(columns[0]) > 1:
                self._flush()


class _ByteFile(object):
    """A pipe for Parquet, which wants to know how much was written."""

    closed = False

    def __init__(self, sink):
        self._sink, self._written = sink, 0

    def write(self, data):
        data = bytes(data)
        self._sink.write_bytes(data)
        self._written += len(data)
        return len(data)

    def tell(self):
        return self._written

    def flush(self):
        self._sink.flush()

    def writable(self):
        return True

    def readable(self):
        return False

    def seekable(self):
        return False

    def close(self):
        self.flush()


def write(rows, format_name, sink, count, escapes=True, begin=None):
    """Write rows in a format.

    :param rows: `Rows` or `PlainRows`.
    :param sink: a `TextSink`.
    :param count: is called with how many rows were written just now.
    :param escapes: whether texts that a spreadsheet would run are escaped.
    :param begin: is called before something is written to a terminal.
    :returns: how many columns a terminal was too narrow for.
    """
    begin = begin or _nothing
    target = sink if format_name == 'table' else shown(sink, begin)
    return _WRITERS[format_name](
        _Counted(rows, count, begin, sink.flush), target, escapes)


def shown(sink, begin):
    """Return the sink, or what keeps data from doing harm to it where it is a terminal.

    :param begin: is called before something is written to a terminal.
    """
    return _Shown(sink, begin) if sink.is_terminal else sink


def as_json(value):
    """Return a value as JSON text with the letters of all languages as they are."""
    return ensure_text(_ENCODE(value))


def check_parquet():
    """Refuse Parquet where nothing can write it, before a request is made.

    :raises UsageError: naming the extra.
    """
    try:
        importlib.import_module('pyarrow')
    except ImportError:
        raise_from(UsageError(u"Parquet needs pyarrow, which is not installed",
                              u"pip install 'pyral[data]'"), None)


def item_as_json(columns, cells):
    """Return an item as a JSON object on many lines."""
    members = [u'  ' + as_json(column.name) + u': ' + as_json(value)
               for column, value in zip(columns, cells)]
    return u'{\n' + u',\n'.join(members) + u'\n}\n'


def _nothing():
    return None


def _write_table(rows, sink, escapes):
    rows.check()
    ellipsis = u'\u2026' if sink.can_show(u'\u2026') else u'...'
    make = PlainTable if rich_or_none(sink) is None else RichTable
    table = make(rows.columns, sink.width if sink.is_terminal else None, ellipsis)
    waiting = []
    for cells in rows.cells(parses_times=False):
        waiting.append([cell_text(column, value) for column, value in zip(rows.columns, cells)])
        if len(waiting) == _LOOKED_AT:
            rows.begin()
            sink.write(table.text_of(waiting))
            waiting = []
    rows.begin()
    if waiting:
        sink.write(table.text_of(waiting))
    return len(rows.columns) - (table.columns_shown or len(rows.columns))


def _write_json(rows, sink, escapes):
    rows.check()
    names = [ensure_text(column.name) for column in rows.columns]
    before = u'['
    try:
        for cells in rows.cells(parses_times=False):
            members = [as_json(name) + u': ' + as_json(value)
                       for name, value in zip(names, cells)]
            sink.write(before + u'\n  {' + u', '.join(members) + u'}')
            before = u','
    except KeyboardInterrupt:
        sink.write(u'[]\n' if before == u'[' else u'\n]\n')
        raise
    sink.write(u'[]\n' if before == u'[' else u'\n]\n')


def _write_jsonl(rows, sink, escapes):
    write_jsonl(sink, rows, rows.count)


def _write_csv(rows, sink, escapes):
    write_csv(sink, rows, escapes, 'utf-8', rows.count)


def _write_tsv(rows, sink, escapes):
    rows.check()
    sink.write(u'\t'.join(_tsv_cell(column.name, False) for column in rows.columns) + u'\n')
    for cells in rows.cells(parses_times=False):
        sink.write(u'\t'.join(_tsv_cell(value, escapes) for value in cells) + u'\n')


def _write_parquet(rows, sink, escapes):
    write_parquet(_ByteFile(sink), rows, rows.count)


def _tsv_cell(value, escapes):
    if value is None:
        return u''
    if value is True or value is False:
        return u'true' if value else u'false'
    is_text = not isinstance(value, integer_types + (float,))
    if isinstance(value, list):
        value = u', '.join(_tsv_cell(each, False) for each in value if each is not None)
        return escaped(value) if escapes else value
    text = text_of(value)
    if escapes and is_text:
        text = escaped(text)
    for sign, written in _TSV_ESCAPES:
        text = text.replace(sign, written)
    return text


_WRITERS = {'table': _write_table, 'json': _write_json, 'jsonl': _write_jsonl, 'csv': _write_csv,
            'tsv': _write_tsv, 'parquet': _write_parquet}

"""Input of the verbs that write: ids, a line each, and records as JSON, JSON Lines or CSV.

A file and the standard input are read alike; what is no text is refused, and never guessed at,
because what is read is written to items.
"""
from __future__ import absolute_import, division, print_function

import codecs
import csv
import io
import json
import re
from collections import OrderedDict

from pyral._compat import (
    HALF_LETTER,
    Mapping,
    ensure_native,
    ensure_text,
    fill,
    fspath,
    raise_from,
)
from pyral.cli.failures import UsageError

__all__ = ['file_text', 'json_records', 'read_ids', 'read_records', 'text_of']

#: What names an item in a row that the command wrote, the surest first.
_ID_FIELDS = ('_ref', 'Reference', 'ref', 'ObjectID', 'FormattedID')
#: The head of a column of ids.
_HEADS = frozenset(each.lower() for each in _ID_FIELDS) | frozenset(['id', 'ids'])
#: What a file of text begins with -> its encoding; spreadsheets and PowerShell write the others.
_MARKS = ((codecs.BOM_UTF8, 'utf-8'), (codecs.BOM_UTF16_LE, 'utf-16-le'),
          (codecs.BOM_UTF16_BE, 'utf-16-be'))
_LINE_END = re.compile(u'\r\n?')
#: What the parser of CSV takes on every platform.
_LONGEST_CELL = 2 ** 31 - 1


def text_of(data, name):
    """Return bytes as text whose lines end in a line feed.

    :param name: of the file they are from.
    :raises UsageError: they are no text.
    """
    mark, encoding = next((each for each in _MARKS if data.startswith(each[0])), (b'', 'utf-8'))
    try:
        text = data[len(mark):].decode(encoding)
    except UnicodeDecodeError as problem:
        raise_from(UsageError(
            fill(u"{0} is no text in UTF-8: line {1} has the byte 0x{2:02x}", name,
                 data.count(b'\n', 0, len(mark) + problem.start) + 1,
                 bytearray(problem.object)[problem.start]),
            u"Nothing was written; 'iconv -f LATIN1 -t UTF-8' changes an older text."), None)
    return _LINE_END.sub(u'\n', text)


def file_text(name, hint=None):
    """Return the text of a file.

    :param hint: what to do where it cannot be read.
    :raises UsageError: it cannot be read, or is no text.
    """
    try:
        with io.open(fspath(name), 'rb') as source:
            data = source.read()
    except (IOError, OSError, ValueError) as problem:  # a name cannot have some signs
        raise_from(UsageError(fill(u"the file {0} cannot be read: {1}", name,
                                   getattr(problem, 'strerror', None) or problem), hint), None)
    return text_of(data, name)


def read_ids(session, name):
    """Return the ids of a file: one a line, JSON, or a table that has a column of them.

    Empty lines and the head of the column say nothing.

    :param name: of the file; `-` for the standard input.
    :raises UsageError: it cannot be read, or a line is no id.
    """
    text = _text(session, name)
    start, head = text.lstrip()[:1], text.lstrip().partition(u'\n')[0]
    if start in (u'{', u'['):
        return [_id_in(row, place) for place, row in enumerate(json_records(text), 1)]
    delimiter = _delimiter_of(head)
    if delimiter is not None and any(_is_head(each) for each in head.split(delimiter)):
        return [_id_in(row, place) for place, row in enumerate(_of_table(text), 2)]
    found = []
    for line in text.split(u'\n'):
        line = line.strip()
        if line and not (not found and _is_head(line)):
            found.append(line.strip(u'"'))
    return found


def read_records(session, name):
    """Return the records of a file, and whether their values are texts alone, as in CSV."""
    text = _text(session, name)
    if text.lstrip()[:1] in (u'{', u'['):
        return json_records(text), False
    return _of_table(text), True


def json_records(text):
    """Return the records in a JSON object, a list of them, or JSON Lines.

    :raises UsageError: it is no JSON.
    """
    lines = [(place, line) for place, line in enumerate(text.split(u'\n'), 1) if line.strip()]
    if len(lines) > 1 and not all(line.lstrip().startswith(u'{') for _, line in lines):
        lines = []  # one value on many lines
    try:
        found = _loaded(text)
    except ValueError as problem:
        if len(lines) < 2:
            raise_from(UsageError(fill(u"this is no JSON: {0}", problem)), None)
        return [_line_loaded(line, place) for place, line in lines]
    return found if isinstance(found, list) else [found]


def _text(session, name):
    return session.input_text() if name == '-' else file_text(name)


def _loaded(text):
    """Return the value of a JSON text.

    :raises ValueError: it is none.
    """
    try:
        found = json.loads(text, object_pairs_hook=_members, parse_constant=_refused,
                           parse_float=_finite)
    except RuntimeError:  # RecursionError, which 2.7 does not have
        raise_from(ValueError('it is nested too deeply'), None)
    half = HALF_LETTER.search(ensure_text(json.dumps(found, ensure_ascii=False))) \
        if u'\\u' in text else None
    if half is not None:
        raise ValueError(fill(u'\\u{0:04x} is half a sign, and no text', ord(half.group())))
    return found


def _line_loaded(line, place):
    try:
        return _loaded(line)
    except ValueError as problem:
        raise_from(UsageError(fill(u"line {0} is no JSON: {1}", place, problem)), None)


def _members(pairs):
    found = OrderedDict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        raise UsageError(fill(u"{0} is given twice in one object", next(
            name for name in names if names.count(name) > 1)))
    return found


def _refused(name):
    raise ValueError('{0} is no number'.format(name))


def _finite(text):
    found = float(text)
    return found if abs(found) != float('inf') else _refused(text)


def _id_in(row, place):
    by_name = dict((name.strip().lower(), value) for name, value in row.items()) if isinstance(
        row, Mapping) else {}
    for name in _ID_FIELDS + ('ID',):
        value = by_name.get(name.lower())
        if value:
            return fill(u'{0}', value)
    raise UsageError(fill(u"row {0} names no item: it has none of {1}", place,
                          u", ".join(_ID_FIELDS)))


def _is_head(text):
    return text.strip().strip(u'"').lower() in _HEADS


def _delimiter_of(head):
    """Return what stands between the cells of a table, None in a line of one cell."""
    return next((each for each in (u'\t', u',', u';') if each in head), None)


def _of_table(text):
    """Return the records of a table whose first line has the names: CSV, or TSV where tabs are."""
    rows = _rows_of(text, _delimiter_of(text.partition(u'\n')[0]) or u',')
    if len(rows) < 2:
        raise UsageError(u"there is no item in it",
                         u"The first line has the names of the fields, each further one an item.")
    names, found = rows[0][1], []
    for name in names:
        if name.strip() and names.count(name) > 1:
            raise UsageError(fill(u"the column {0} is there twice", name))
    for place, row in rows[1:]:
        if len(row) > len(names):
            raise UsageError(fill(u"row {0} has {1} values, and there are {2} fields", place,
                                  len(row), len(names)))
        if any(cell for name, cell in zip(names, row) if not name.strip()):
            raise UsageError(fill(u"row {0} has a value in a column without a name", place))
        found.append(OrderedDict(zip(names, [_unescaped(cell) for cell in row])))
    return found


def _rows_of(text, delimiter):
    """Return (number of the last line, cells) of each row with a value."""
    lines = [ensure_native(line) for line in io.StringIO(text, newline=u'\n')]
    before = csv.field_size_limit()
    csv.field_size_limit(max(before, min(len(text) * 4, _LONGEST_CELL)))
    reader = csv.reader(lines, delimiter=ensure_native(delimiter), strict=True)
    try:
        return [(reader.line_num, [ensure_text(cell) for cell in row])
                for row in reader if any(row)]
    except csv.Error as problem:
        raise_from(UsageError(fill(u"this is no table: line {0}: {1}", reader.line_num, problem)),
                   None)
    finally:
        csv.field_size_limit(before)


def _unescaped(cell):
    """Return a cell as it was before it was escaped for spreadsheets."""
    return cell[1:] if re.match(u"'[=+@\\t\\r-]", cell) else cell

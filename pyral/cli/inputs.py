"""Input of the verbs that write: ids, a line each, and records as JSON, JSON Lines or CSV."""
from __future__ import absolute_import, division, print_function

import csv
import io
import json
import re
from collections import OrderedDict

from pyral._compat import (
    Mapping,
    ensure_native,
    ensure_text,
    fill,
    raise_from,
)
from pyral.cli.failures import UsageError

__all__ = ['file_text', 'json_records', 'read_ids', 'read_records']

#: What names an item in a row that the command wrote, the surest first.
_ID_FIELDS = ('_ref', 'Reference', 'ref', 'ObjectID', 'FormattedID')
#: The head of a column of ids.
_HEADS = frozenset(each.lower() for each in _ID_FIELDS) | frozenset(['id', 'ids'])
_BOM = u'\ufeff'


def read_ids(session, name):
    """Return the ids of a file: one a line, or JSON Lines as `pyral get` writes them in a pipe.

    Empty lines and the head of the column say nothing.

    :param name: of the file; `-` for the standard input.
    :raises UsageError: it cannot be read, or a line is no id.
    """
    found = []
    for place, line in enumerate(_lines(session, name)):
        text = line.strip()
        if text.startswith(u'{'):
            found.append(_id_in(_loaded(text, place + 1), place + 1))
        elif text and not (not found and text.strip(u'"').lower() in _HEADS):
            found.append(text.strip(u'"'))
    return found


def read_records(session, name):
    """Return the records of a file, and whether their values are texts alone, as in CSV."""
    text = u'\n'.join(_lines(session, name))
    if text.lstrip()[:1] in (u'{', u'['):
        return json_records(text), False
    return _of_table(text), True


def json_records(text):
    """Return the records in a JSON object, a list of them, or JSON Lines.

    :raises UsageError: it is no JSON.
    """
    try:
        found = json.loads(text, object_pairs_hook=OrderedDict)
    except ValueError as problem:
        lines = [(place, line) for place, line in enumerate(text.splitlines(), 1) if line.strip()]
        if len(lines) < 2:
            raise_from(UsageError(fill(u"this is no JSON: {0}", problem)), None)
        return [_loaded(line, place) for place, line in lines]
    return found if isinstance(found, list) else [found]


def file_text(name, hint=None):
    """Return the text of a file.

    :param hint: what to do where it cannot be read.
    :raises UsageError: it cannot be read.
    """
    try:
        with io.open(name, encoding='utf-8') as source:
            return source.read()
    except (IOError, OSError, UnicodeError) as problem:
        raise_from(UsageError(fill(u"the file {0} cannot be read: {1}", name,
                                   getattr(problem, 'strerror', None) or problem), hint), None)


def _lines(session, name):
    if name == '-':
        lines = list(session.input_lines())
    else:
        lines = file_text(name).splitlines()
    if lines:
        lines[0] = lines[0].lstrip(_BOM)
    return lines


def _loaded(line, place):
    try:
        return json.loads(line, object_pairs_hook=OrderedDict)
    except ValueError as problem:
        raise_from(UsageError(fill(u"line {0} is no JSON: {1}", place, problem)), None)


def _id_in(row, place):
    for name in _ID_FIELDS:
        if isinstance(row, Mapping) and row.get(name):
            return fill(u'{0}', row[name])
    raise UsageError(fill(u"line {0} names no item: it has none of {1}", place,
                          u", ".join(_ID_FIELDS)))


def _of_table(text):
    """Return the records of a table whose first line has the names: CSV, or TSV where tabs are."""
    head = text.partition(u'\n')[0]
    delimiter = '\t' if u'\t' in head else (';' if u';' in head and u',' not in head else ',')
    lines = [ensure_native(line) for line in io.StringIO(text, newline='')]
    rows = [[ensure_text(cell) for cell in row] for row in csv.reader(
        lines, delimiter=ensure_native(delimiter)) if any(row)]
    if len(rows) < 2:
        raise UsageError(u"there is no item in it",
                         u"The first line has the names of the fields, each further one an item.")
    for place, row in enumerate(rows[1:], 2):
        if len(row) > len(rows[0]):
            raise UsageError(fill(u"row {0} has {1} values, and there are {2} fields", place,
                                  len(row), len(rows[0])))
    return [OrderedDict(zip(rows[0], [_unescaped(cell) for cell in row])) for row in rows[1:]]


def _unescaped(cell):
    """Return a cell as it was before it was escaped for spreadsheets."""
    return cell[1:] if re.match(u"'[=+@\\t\\r-]", cell) else cell

"""Plain tables for a terminal: columns that fit its width, wide characters, cuts that are seen."""
from __future__ import absolute_import, division, print_function

import re
import unicodedata

from pyral._compat import ensure_text, text_of
from pyral.rows.columns import INTEGER, NUMBER, TIME

__all__ = ['PlainTable', 'cell_text', 'cut', 'fitted_widths', 'harmless', 'is_number', 'one_line',
           'padded', 'text_width']

_GAP = u'  '
_LINE_END, _UNKNOWN = u'\n', u'\ufffd'
#: No column is cut below so many signs while another one is wider.
_LEAST_WIDTH = 6
#: Where no column keeps so many, the names of columns are cut to make it.
_READABLE_WIDTH = 20
_LINE_ENDS = re.compile(u'[\t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]+')
#: What a terminal would take for an order, and what turns the direction of writing.
_UNSEEN = re.compile(u'[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]')
#: 2.7 has builds where a sign beyond the first plane is two.
_SIGNS = re.compile(u'[\ud800-\udbff][\udc00-\udfff]|.', re.DOTALL)
_TIME = re.compile(u'^([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}):[0-9.]+Z$')


def cell_text(column, value):
    """Return what a cell shows in a line: nothing of it can move the cursor."""
    if value is None:
        return u''
    if isinstance(value, list):
        return u', '.join(cell_text(column, each) for each in value if each is not None)
    if value is True or value is False:
        return u'true' if value else u'false'
    text = text_of(value)
    if column.kind == TIME:
        text = _TIME.sub(u'\\1 \\2Z', text)
    return one_line(text)


def one_line(text):
    """Return a text without line ends and without what a terminal obeys."""
    return _UNSEEN.sub(_UNKNOWN, _LINE_ENDS.sub(u' ', text))


def harmless(text):
    """Return text of many lines without what a terminal obeys."""
    return _LINE_END.join(_UNSEEN.sub(_UNKNOWN, line) for line in text.split(_LINE_END))


def text_width(text):
    """Return how many columns of a terminal a text takes."""
    if _is_ascii(text):
        return len(text)
    return sum(_sign_width(sign) for sign in _SIGNS.findall(text))


def cut(text, width, ellipsis):
    """Return a text that takes so many columns at most, ending in the ellipsis where it is cut."""
    if text_width(text) <= width:
        return text
    left, kept = width - len(ellipsis), []
    for sign in _SIGNS.findall(text):
        left -= _sign_width(sign)
        if left < 0:
            break
        kept.append(sign)
    return (u''.join(kept) + ellipsis)[:max(width, 1)] if width < len(ellipsis) else (
        u''.join(kept) + ellipsis)


def padded(text, width, is_number):
    """Return a text with blanks to a width; numbers stand at the right."""
    blanks = u' ' * max(width - text_width(text), 0)
    return blanks + text if is_number else text + blanks


def fitted_widths(widths, total):
    """Return the widths of columns that fit a total; the widest give way first.

    :param widths: what each would take.
    :param total: the columns of the terminal without the gaps.
    """
    widths = list(widths)
    over = sum(widths) - total
    while over > 0:
        widest = max(widths)
        if widest <= 1:
            break
        many = [place for place, width in enumerate(widths) if width == widest]
        below = max([width for width in widths if width < widest] + [min(_LEAST_WIDTH, widest - 1)])
        step = min(max(over // len(many), 1), max(widest - below, 1))
        for place in many:
            taken = min(step, over)
            widths[place] -= taken
            over -= taken
    return widths


def _fitted(cells, heads, total):
    """Return the widths of the first columns that fit a width with their gaps.

    Where texts would be short, names give way first.
    """
    many, used = 0, 0
    for cell, head in zip(cells, heads):
        used += min(max(cell, head), _LEAST_WIDTH) + (len(_GAP) if many else 0)
        if many and used > total:
            break
        many += 1
    cells, heads = cells[:many], heads[:many]
    total -= len(_GAP) * (many - 1)
    widths = fitted_widths([max(pair) for pair in zip(cells, heads)], total)
    if max(widths) >= _READABLE_WIDTH or max(widths) >= max(cells + heads):
        return widths
    return fitted_widths([max(cell, min(head, _LEAST_WIDTH)) for cell, head in zip(cells, heads)],
                         total)


class PlainTable(object):
    """A table that is written a part at a time, with the columns of the first part.

    :param columns: a list of `Column`.
    :param total: the width that it is to fit, None where no text may be cut.
    :param ellipsis: what stands where a text is cut.
    """

    def __init__(self, columns, total, ellipsis):
        self._columns, self._total, self._ellipsis = columns, total, ellipsis
        self._numbers = [is_number(column) for column in columns]
        self._widths = []

    def text_of(self, rows):
        """Return the lines of rows of texts, the names of the columns before the first ones."""
        lines = []
        if not self._widths:
            names = self.measure(rows)
            lines.append(self._line(names))
            lines.append(_GAP.join(u'-' * width for width in self._widths))
        lines.extend(self._line(row) for row in rows)
        return u''.join(line + u'\n' for line in lines)

    def measure(self, rows):
        """Decide the widths by the first rows, and return the names of the columns."""
        names = [ensure_text(column.name) for column in self._columns]
        cells = [max([text_width(row[place]) for row in rows] or [0])
                 for place in range(len(names))]
        heads = [text_width(name) for name in names]
        self._widths = [max(pair) for pair in zip(cells, heads)]
        if self._total is not None:
            self._widths = _fitted(cells, heads, self._total)
        return names

    @property
    def columns_shown(self):
        """How many columns, the first ones, found a place; 0 before the first rows."""
        return len(self._widths)

    def _line(self, texts):
        return _GAP.join(self.fitted(texts)).rstrip()

    def fitted(self, texts):
        """Return the texts of a line, each as wide as its column."""
        cells = []
        for text, width, is_right in zip(texts, self._widths, self._numbers):
            text = text if self._total is None else cut(text, width, self._ellipsis)
            cells.append(padded(text, width, is_right))
        return cells


def is_number(column):
    """Say whether the cells of a column stand at the right."""
    return column.kind in (INTEGER, NUMBER) and not column.is_list


def _is_ascii(text):
    try:
        text.encode('ascii')
    except UnicodeError:
        return False
    return True


def _sign_width(sign):
    if len(sign) > 1:  # beyond the first plane: pictures and rare ideographs
        return 2
    if unicodedata.category(sign) in ('Mn', 'Me', 'Cf'):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in 'WF' else 1

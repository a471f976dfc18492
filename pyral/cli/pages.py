"""Pages of one item for a terminal: its fields beside their names, rich text as plain text."""
from __future__ import absolute_import, division, print_function

import importlib
import re

from pyral._compat import PYTHON_2, ensure_text
from pyral.cli.tables import one_line, padded, text_width

__all__ = ['page_of', 'plain_text']

_MARGIN = u'  '
#: A text narrower than this is not wrapped.
_NARROWEST = 20
_BREAK = re.compile(u'(?i)<br */?>|</(?:p|div|tr|h[1-6]|ul|ol|table|pre|blockquote)>')
_ITEM = re.compile(u'(?i)<li(?: [^<>]*)?>')
_TAG = re.compile(u'</?[a-zA-Z][^<>]*>|<!--[^<>]*-->')
_HIDDEN = re.compile(u'(?i)<(style|script)[^<>]*>[^<]*</\\1>')


def plain_text(markup):
    """Return rich text as lines of plain text."""
    text = _HIDDEN.sub(u'', markup)
    text = _ITEM.sub(u'\n- ', _BREAK.sub(u'\n', text))
    text = _unescaped(_TAG.sub(u'', text))
    lines = [one_line(line) for line in text.splitlines()]
    return re.sub(u'\n{3,}', u'\n\n', u'\n'.join(lines)).strip()


def page_of(title, pairs, texts, width):
    """Return the text of a page.

    :param title: what stands at its top, a list of lines.
    :param pairs: (name, text) of the fields that take a line or two.
    :param texts: (name, text) of those that take many.
    :param width: the columns of the terminal, None where nothing is wrapped.
    """
    lines = [one_line(line) for line in title]
    if pairs:
        lines.append(u'')
    names = [ensure_text(name) for name, _ in pairs]
    broad = max([text_width(name) for name in names] or [0])
    indent = len(_MARGIN) + broad + 2
    for name, (_, text) in zip(names, pairs):
        first = True
        for line in _wrapped(one_line(text), width, indent):
            lines.append(_MARGIN + padded(name if first else u'', broad, False) + u'  ' + line)
            first = False
    for name, text in texts:
        lines.extend([u'', ensure_text(name)])
        for line in text.splitlines():
            lines.extend(_MARGIN + part for part in _wrapped(line, width, len(_MARGIN)))
    return u''.join(line.rstrip() + u'\n' for line in lines)


def _wrapped(text, width, indent):
    """Return the lines of a text beside an indent."""
    if width is None or text_width(text) <= width - indent or width - indent < _NARROWEST:
        return [text]
    lines, line = [], u''
    for word in text.split(u' '):
        longer = line + u' ' + word if line else word
        if line and text_width(longer) > width - indent:
            lines.append(line)
            longer = word
        line = longer
    return lines + [line]


def _unescaped(text):
    """Return text with the entities of HTML as the signs they stand for."""
    if u'&' not in text:
        return text
    if PYTHON_2:
        return importlib.import_module('HTMLParser').HTMLParser().unescape(text)
    return importlib.import_module('html').unescape(text)

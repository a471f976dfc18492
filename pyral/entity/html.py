"""HTML for notebooks: an entity and the rows of a response as tables, every text escaped."""
from __future__ import absolute_import, division, print_function

from pyral._compat import fill, text_of
from pyral.entity.base import name_of
from pyral.entity.details import shown_pairs

__all__ = ['escaped', 'item_table', 'items_table']

_MOST_ROWS = 20
_MOST_TEXT = 200


def escaped(value):
    """Return a value as text that HTML takes for text."""
    text = text_of(value)
    for sign, entity in ((u'&', u'&amp;'), (u'<', u'&lt;'), (u'>', u'&gt;'), (u'"', u'&quot;'),
                         (u"'", u'&#39;')):
        text = text.replace(sign, entity)
    return text


def item_table(entity):
    """Return what is known of an entity as a table with a line for each attribute; no request."""
    lines = [fill(u'<tr><th style="text-align:left">{0}</th><td>{1}</td></tr>', escaped(name),
                  _cell(value)) for name, value in shown_pairs(entity)]
    return fill(u'<table><caption>{0}</caption><tbody>{1}</tbody></table>',
                escaped(repr(entity)), u''.join(lines))


def items_table(title, items):
    """Return the first items of a page as a table, and how many more there are in the page.

    :param items: raw items, all of one page.
    """
    shown = items[:_MOST_ROWS]
    names = []
    for item in shown:
        names.extend(name for name in item if name[:1] != u'_' and name not in names)
    if not names:  # what was not fetched has a name all the same
        names = [u'_type', u'_refObjectName']
    head = u''.join(fill(u'<th>{0}</th>', escaped(name.lstrip(u'_'))) for name in names)
    lines = [u'<tr>' + u''.join(fill(u'<td>{0}</td>', _cell(item.get(name)))
                                for name in names) + u'</tr>' for item in shown]
    return fill(u'<table><caption>{0}</caption><thead><tr>{1}</tr></thead><tbody>{2}</tbody>'
                u'</table>', escaped(title), head, u''.join(lines))


def _cell(value):
    if value is None:
        return u''
    if isinstance(value, dict):
        value = fill(u'{0} items', value['Count']) if u'Count' in value else name_of(value)
    text = text_of(u'' if value is None else value)
    return escaped(text if len(text) <= _MOST_TEXT else text[:_MOST_TEXT] + u'\u2026')

"""Pages of raw items as a response gives them, for tests of rows."""
from __future__ import absolute_import, division, print_function

from pyral.entity.hydrator import EntityHydrator
from pyral.rows.pages import ItemPage


class Pages(object):
    """What gives raw items a page at a time.

    :param pages: lists of raw items; an error among them is raised in its place.
    :ivar made: how many entities were made.
    """

    def __init__(self, pages):
        self._pages = iter(pages)
        self.made = self.served = 0

    def _next_page(self):
        items = next(self._pages, None)
        if isinstance(items, BaseException):
            raise items
        return None if items is None else ItemPage(items, self._entities)

    def _entities(self, items):
        self.made += len(items)
        return EntityHydrator(None).page(items)

    def _hand_out(self, count):
        self.served += count


def columns_in(rows):
    """Yield the rows in the parts of a table."""
    for columns in rows._columns_of_rows():
        for row in zip(*columns):
            yield list(row)


def rows_until_error(rows):
    """Return the rows that come, and the class of the error that ends them or None."""
    found = []
    try:
        for row in rows:
            found.append(row)
    except Exception as problem:
        return found, type(problem)
    return found, None

"""The project-tree functions under another historic path, and a response made of a list."""
from __future__ import absolute_import, division, print_function

from pyral.advice import remark
from pyral.errors import MultipleFoundError, NotFoundError
from pyral.proj_utils import flatten, projectAncestors, projectDescendants, projeny

__all__ = ['MockRallyRESTResponse', 'flatten', 'projectAncestors', 'projectDescendants', 'projeny']


class MockRallyRESTResponse(object):
    """Answers like a response, over items that are there already; one pass.

    :param items: the items, in order.
    """

    def __init__(self, items):
        items = list(items)
        self.status_code = 200
        self.errors = []
        self.warnings = []
        self.resultCount = len(items)
        self.startIndex = 1
        self.pageSize = len(items)
        self._all, self._items, self._has_ended = items, iter(items), False

    @property
    def total(self):
        """How many items there are."""
        return len(self._all)

    def first(self):
        """Return the first item, or None; iterating still begins with it."""
        return self._all[0] if self._all else None

    def one(self):
        """Return the only item.

        :raises NotFoundError: there is none.
        :raises MultipleFoundError: there are several.
        """
        if not self._all:
            raise NotFoundError("there is no item")
        if len(self._all) > 1:
            raise MultipleFoundError("there are {0} items".format(len(self._all)))
        return self._all[0]

    def __iter__(self):
        if self._has_ended and self._all:
            remark("this response was read to its end: a further loop over it yields nothing; keep "
                   "list(response) where the items are needed twice")
        return self

    def __next__(self):
        try:
            return next(self._items)
        except StopIteration:
            self._has_ended = True
            raise

    next = __next__

    def __bool__(self):
        return True

    __nonzero__ = __bool__

    def __repr__(self):
        return '{0} QueryResult TotalResultCount: {1}'.format(self.status_code, self.resultCount)

"""The project-tree functions under another historic path, and a response made of a list."""
from __future__ import absolute_import, division, print_function

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
        self._items = iter(items)

    def __iter__(self):
        return self

    def __next__(self):
        return next(self._items)

    next = __next__

    def __bool__(self):
        return True

    __nonzero__ = __bool__

    def __repr__(self):
        return '{0} QueryResult TotalResultCount: {1}'.format(self.status_code, self.resultCount)

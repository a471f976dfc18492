"""Pagination: which pages to ask for, their items in order, each once, or an error saying where.

The first page comes first and alone; it tells how many items there are and how many the service
puts on a page. The others come through a sliding window of threads. What the service delivers is
checked against what it announced: a short page is completed, rows seen twice are dropped, a page
that repeats or fails raises, and what is missing in the end is counted. Nothing ends silently.
"""
from __future__ import absolute_import, division, print_function

import logging
import os
import re
from functools import partial

from pyral._compat import integer_types, query_pairs, text_of
from pyral._threads import SERVICE_WIDTH
from pyral.errors import Timeout
from pyral.http.envelope import counts
from pyral.http.results import page_of, pages_from
from pyral.http.retrying import is_too_slow
from pyral.reading.page_checks import CheckedPages
from pyral.reading.page_sizes import (
    LARGEST,
    SMALLEST,
    later_size,
    most_pages,
    smaller_size,
    staggered,
)

LOG = logging.getLogger('pyral')

#: More items than this are read several pages at a time.
THREADING_THRESHOLD = 1000
#: (pages' worth of items, threads), the last row that is exceeded counts.
_WIDTHS = ((4, 2), (10, 4), (20, 8), (40, 10))
_NUMBER = re.compile(r'[0-9]+$')


def width_for(threads, wanted, page_size, is_free=False):
    """Return how many pages to ask for at once.

    :param threads: what the caller gave; 1 is sequential, 2 to 12 is an upper bound, anything
        else leaves the choice to the size of the result.
    :param wanted: how many items will be read in all.
    :param is_free: True where the pages after the first may have another size; the rest is cut
        into as many as are worth a request then, all asked for at once.
    """
    if page_size <= 0 or wanted <= page_size:
        return 1
    given = isinstance(threads, integer_types) and not isinstance(threads, bool)
    is_bound = given and 1 <= threads <= SERVICE_WIDTH
    if is_free:
        return min(threads if is_bound else SERVICE_WIDTH, most_pages(wanted - page_size))
    if is_bound:
        return min(threads, max(1, (wanted - 1) // page_size))
    if wanted <= THREADING_THRESHOLD:
        return 1
    width = 1
    for pages, threads_then in _WIDTHS:
        if wanted > pages * page_size:
            width = threads_then
    return width


class PageReader(object):
    """Read the page at a start index: called with it, returns an `envelope.Page` or raises.

    A page that takes longer than the service or a gateway waits is read in parts, and so are the
    pages after it.

    :param path: a path below the service or a URL on this server; a query in it is merged.
    :param params: pairs; `start` is added to them.
    :param is_open: True where the caller left the size of the pages to us.
    """

    def __init__(self, transport, path, params, target=None, purpose=None, is_open=False):
        self._transport = transport
        self._path, _, query = path.partition('?')
        given = set(name.lower() for name, _ in params) | set(['start'])
        self._pairs = [pair for pair in query_pairs(query)
                       if pair[0].lower() not in given] + list(params)
        self._target = target
        self._purpose = purpose
        self._size = _size_in(self._pairs)
        self._cap = max(LARGEST, self._size or 0)
        self._is_open = is_open and self._size is not None
        self._page_s = 0.0

    @property
    def size(self):
        """How many items a page is asked for, None where the request does not say."""
        return self._size

    def address(self, start):
        """Return the URL of the page at a start index."""
        return self._transport.address(self._path, self._pairs + [('start', start)])

    def is_free(self, first_size):
        """Say whether the pages after the first may have another size than that one."""
        # A service that puts less on a page than asked has its reasons.
        return self._is_open and first_size == self._size

    def later_sizes(self, first_size, remaining, width):
        """Return the sizes of the pages after the first; None where all have that of the first."""
        if not self.is_free(first_size):
            return None
        even = min(self._cap, later_size(
            remaining, width, first_size, self._page_s, self._transport.latency_s))
        return [min(self._cap, size) for size in staggered(
            remaining, width, even, first_size, self._page_s)]

    def answer(self, start):
        """Return the answer for the first page, whatever it says; it may hold less than asked."""
        answer = self._asked(start, self._size)[0]
        self._page_s = answer.elapsed_s
        return answer

    def __call__(self, start, size=None):
        """Return the page at a start index; one that was read in parts is put together again."""
        size = self._size if size is None else size
        answer, asked = self._asked(start, size)
        page = page_of(answer, self._target)
        if asked == size or not page.items:
            return page
        end = min(start + size, page.total + 1) if counts(page, start) else start + size
        for _, part in pages_from(start + len(page.items), partial(self._part, end), end):
            if part.items:
                page = part._replace(start=start, page_size=size, items=page.items + part.items)
        return page

    def _part(self, end, start):
        return page_of(self._asked(start, end - start)[0], self._target)

    def _asked(self, start, size):
        """Return the answer for a page of at most `size` items, and how many were asked for."""
        while True:
            size = size if size is None else min(size, self._cap)
            is_divisible = size is not None and size > SMALLEST
            answer = error = None
            try:
                answer = self._transport.get(
                    self._path, _resized(self._pairs, size) + [('start', start)],
                    purpose=self._purpose, divisible=is_divisible)
            except Timeout as problem:
                error = problem
            if not is_too_slow(answer, error):
                return answer, size
            if not is_divisible:
                if error is not None:
                    raise error
                return answer, size
            self._cap = min(self._cap, smaller_size(size))
            LOG.warning("%s: %d items a page take too long; asking for %d", self._target or
                        self._path, size, self._cap)


def _size_in(pairs):
    """Return the page size among the parameters as a whole number, None where there is none."""
    for name, value in pairs:
        if name == 'pagesize' and _NUMBER.match(text_of(value)) and int(value) > 0:
            return int(value)
    return None


def _resized(pairs, size):
    if size is None:
        return pairs
    return [(name, size if name == 'pagesize' else value) for name, value in pairs]


class PageStream(object):
    """Iterate over the pages of one answer; each step is a list of raw items.

    Dropping the stream stops what is read ahead.

    :param fetch_page: returns the `envelope.Page` at a start index, or raises: a `PageReader`,
        whose pages after the first may have another size, or a plain function.
    :param first: the first page, if it was read already.
    :param start: index of the first item, from 1.
    :param limit: serve at most so many items; None for all.
    :param threads: see :func:`width_for`.
    :param is_tolerant: True for collections, whose total may count members that the account may
        not see: an empty page ends them, noted, instead of raising.
    :param target: what is read, for messages.
    """

    def __init__(self, fetch_page, first=None, start=1, limit=None, threads=None,
                 is_tolerant=False, target=None):
        start = max(1, start)
        first = first if first is not None else fetch_page(start)
        self._checked = CheckedPages(
            fetch_page, first, start, limit, is_tolerant, target or 'items',
            reader=fetch_page if isinstance(fetch_page, PageReader) else None)
        #: How many pages are asked for at once.
        self.width = width_for(
            threads, self._checked.end - start + 1, self._checked.step, self._checked.is_free)
        self._pages = self._checked.pages(first, self.width)
        self._process = os.getpid()

    @property
    def total(self):
        """How many items there are on the service, by the latest page whose total is possible."""
        return self._checked.total

    @property
    def is_sure(self):
        """Whether `total` is what the service says, or what an end that was reached shows."""
        return self._checked.is_sure

    @property
    def announced(self):
        """How many items the service announced from the start index on, without the limit."""
        return max(0, self._checked.total - self._checked.start + 1)

    @property
    def delivered(self):
        """How many items were delivered so far."""
        return self._checked.delivered

    @property
    def missing(self):
        """How many items were announced and never came; known at the end."""
        return self._checked.missing

    def __iter__(self):
        return self

    def __next__(self):
        if self.width > 1 and self._process != os.getpid():
            raise self._checked.left_behind()
        return next(self._pages)

    next = __next__

    def read_ahead(self):
        """Ask for what follows the first page now, where several pages are read at once."""
        if self.width > 1:
            self._checked.window(self.width).start()

    def close(self):
        """Stop asking; pages under way are dropped."""
        self._pages.close()
        self._checked.close()


class LaterPages(object):
    """The pages of a stream from a place on, asked for anew when the first of them is wanted.

    :param stream: the stream whose later pages they are; its numbers are those of now.
    :param start: index of the first item.
    :param limit: how many items there are at most, or None.
    :param open_from: makes a stream of a start and a limit.
    """

    width = 1

    def __init__(self, stream, start, limit, open_from):
        self._total, self._was_sure = stream.total, stream.is_sure
        #: How many items stand before the first one of the reading.
        self._before = stream.total - stream.announced
        self._start, self._limit, self._open_from = start, limit, open_from
        self._opened = None

    @property
    def total(self):
        """How many items there are on the service."""
        return self._total if self._opened is None else self._opened.total

    @property
    def announced(self):
        """How many items the service announced from the start index of the reading on."""
        return max(0, self.total - self._before)

    @property
    def is_sure(self):
        """Whether `total` is what the service says, or what an end that was reached shows."""
        return self._was_sure if self._opened is None else self._opened.is_sure

    @property
    def missing(self):
        """How many items were announced and never came; known at the end."""
        return 0 if self._opened is None else self._opened.missing

    def __iter__(self):
        return self

    def __next__(self):
        if self._opened is None:
            if self._start > self.total and self._was_sure or self._limit == 0:
                raise StopIteration
            self._opened = self._open_from(self._start, self._limit)
        return next(self._opened)

    next = __next__

    def read_ahead(self):
        """Ask for what follows the first page now, where it was asked for."""
        if self._opened is not None:
            self._opened.read_ahead()

    def close(self):
        """Stop asking."""
        self._limit = 0
        if self._opened is not None:
            self._opened.close()


__all__ = ['LaterPages', 'PageReader', 'PageStream', 'THREADING_THRESHOLD', 'width_for']

"""Pagination checked: each page of a reading is held against what was announced before it.

A page is a window on a list that may change while it is read. A short page is completed or read
again, a page that repeats is asked for once more, rows seen before are dropped wherever they turn
up, and where the total changed the rows that may have slipped past are looked at again. What
cannot be put right raises and says where reading stopped; nothing ends silently. A total that is
missing, or smaller than the rows that came, is no total: then a full page is followed by another
question, and where the rest stays open, `is_sure` is False. What no client
can see is as many items going as coming between two pages.
"""
from __future__ import absolute_import, division, print_function

import logging
from collections import OrderedDict
from functools import partial

from pyral._compat import fill, long_range, raise_from
from pyral._threads import InOrder
from pyral.errors import PyralError, RallyResponseError
from pyral.http.envelope import counts
from pyral.http.results import pages_from
from pyral.reading.served import ServedItems

LOG = logging.getLogger('pyral')

#: A list that changes more often than this between two pages cannot be read.
_MOST_STEPS_BACK = 5


class _PageBefore(object):
    """What the check of a page has to know of the page before it.

    :param is_short: it held fewer rows than the service said a page has; where nothing follows,
        the total was too high.
    """

    def __init__(self, is_short):
        self.is_short = is_short
        #: Whether rows were read to complete it; then the next page may repeat them.
        self.is_completed = False


class CheckedPages(object):
    """The state of one reading. It does not refer to its generator: a cycle would keep both.

    :param fetch: returns the `envelope.Page` at a start index, or raises.
    :param first: the first page.
    :param start: its index.
    :param limit: serve at most so many items; None for all.
    :param is_tolerant: True where an empty page ends the reading instead of raising.
    :param target: what is read, for messages.
    :param reader: the `PageReader` that is `fetch`, which can read pages of another size; None
        for a plain function of the start index.
    """

    def __init__(self, fetch, first, start, limit, is_tolerant, target, reader=None):
        self._fetch = self._refetch = fetch
        self._reader = reader
        self._is_tolerant, self._target = is_tolerant, target
        self.start = start
        #: Whether a page told how many items there are; if not, `total` counts those known so far.
        self.is_counted = counts(first, start)
        self.total = first.total if self.is_counted else start - 1 + len(first.items)
        #: A number of items that was told and that cannot be true.
        self._denied = None if self.is_counted or not first.says_total else first.total
        #: Whether it is known how many there are, from the service or because nothing followed.
        self.is_sure = self._is_settled_by(first)
        self.step = max(first.page_size, len(first.items), 1)
        self._limit = limit if limit is None else max(0, limit)
        wanted = max(0, self.total - start + 1)
        self.end = start - 1 + (wanted if limit is None else min(self._limit, wanted))
        #: Whether the pages after the first may have another size.
        self.is_free = reader is not None and reader.is_free(self.step)
        self.delivered = self.missing = 0
        self._served = ServedItems()
        #: The index from which on nothing has been handed out.
        self._at = start
        self._before = _PageBefore(is_short=False)
        #: Whether the list changed while it was read: then what is behind its end is read, too.
        self._varied = False
        #: Whether rows are hidden from the account: then nobody asks for them page after page.
        self._holes_stay = False
        self._window, self._starts = None, long_range(0)
        #: Start index -> size, where the pages after the first are not all of one.
        self._sizes = {}

    def pages(self, first, width):
        """Yield the items of each page."""
        yield self._trimmed(self._checked(first, self.start))
        if not self.is_counted:
            for items in self._uncounted(first):
                yield self._trimmed(items)
            self._count_missing()
            return
        window = self.window(width)
        index = self.start + self.step if not self._starts else self._starts[0]
        for index in self._starts:
            if index > self.total or self._is_full():
                break
            self._at = index
            page = self._page_at(index, window.__next__)
            if width > 1 and page.total != self.total:
                # It may be older than the page before it: what changed in between is told only
                # by pages that were read one after the other.
                page = self._page_at(index, self._refetch, index)
            yield self._trimmed(self._checked(page, index))
            index += max(1, len(page.items)) if index == self._starts[-1] else self._size_at(index)
        window.close()
        for items in self._tail(index) if self._varied and not self._is_full() else ():
            yield self._trimmed(items)
        self._count_missing()

    def _uncounted(self, page):
        """Yield what follows a first page that does not tell how many items there are."""
        index = self.start
        while self._reader is not None and self._may_be_full(page) and not self._is_full():
            index += len(page.items)
            self._at = index
            page = self._page_at(index, self._fetch, index)
            if counts(page, index) and page.total >= index - 1:
                self.is_counted, self.total, self._denied = True, page.total, None
                for items in self._counted(page, index):
                    yield items
                break
            self._denied = page.total if page.says_total else self._denied
            items = self._served.fresh(page.items)
            if page.items and not items:
                self._denied = self._denied or 0  # the service gives the same page for ever
                break
            self.total = index - 1 + len(page.items)
            yield items
        self.is_sure = self._is_settled_by(page)

    def _counted(self, page, index):
        """Yield the items of a page in the middle, the first to tell the total, and the rest."""
        while True:
            yield self._checked(page, index)
            index += self.step
            if index > self.total or self._is_full():
                break
            self._at = index
            page = self._page_at(index, self._fetch, index)
        for items in self._tail(index) if self._varied and not self._is_full() else ():
            yield items

    def _is_settled_by(self, last):
        """Say whether it is known that nothing follows the last page that came."""
        return self.is_counted or self._denied is None and not self._may_be_full(last)

    def _may_be_full(self, page):
        """Say whether another page may follow one, going by its size alone."""
        asked = self._reader.size if self._reader is not None else None
        sizes = [size for size in (asked, page.page_size if page.says_size else None) if size]
        return bool(page.items) and (not sizes or len(page.items) >= min(sizes))

    def _tail(self, index):
        """Yield what stands at the end since the list changed; nothing new twice over ends it."""
        def read_page(at):
            self._at = at
            return self._fetched_at(at)

        idle = 0
        for at, page in pages_from(index, read_page):
            before = self._slipped(at, self._take_total(page, at))
            items = before + self._served.fresh(page.items)
            yield items
            idle = 0 if items else idle + 1
            if idle == 2 or self._is_full():
                return

    def window(self, width):
        """Return what reads the pages after the first; nothing is asked yet."""
        if self._window is None:
            fetch, after_first = self._fetch, self.start + self.step
            remaining = self.end + 1 - after_first
            if self._reader is not None and remaining > 0:
                sizes = self._reader.later_sizes(self.step, remaining, width) or [self.step]
                self.step = sizes[0]
                if sizes[-1] != self.step:
                    self._sizes = OrderedDict(_placed(after_first, sizes))
                fetch = self._refetch = partial(_fetched, fetch, self.step, self._sizes)
            # A total may be any number: on 2.7 `range` would be a list of so many.
            self._starts = long_range(after_first, self.end + 1, self.step)
            if self._sizes:
                self._starts = list(self._sizes)  # type: ignore[assignment]
            self._window = InOrder(fetch, self._starts, min(width, max(1, len(self._starts))))
        return self._window

    def close(self):
        """Stop the threads."""
        if self._window is not None:
            self._window.close()

    def left_behind(self):
        """Return the error for a child process: the threads that read stayed in its parent."""
        self._at = self.start + self.delivered
        return self._stopped(fill('The pages of {0} are read by the process that this one was '
                                  'forked from', self._target))

    def _size_at(self, index):
        """Return how many items the page at an index should have, without regard to the end."""
        return self._sizes.get(index, self.step)

    def _is_full(self):
        return self._limit is not None and self.delivered >= self._limit

    def _fetched_at(self, index):
        return self._page_at(index, self._fetch, index)

    def _page_at(self, index, read, *given):
        try:
            return read(*given)
        except PyralError as error:
            raise_from(self._stopped(fill(
                'Unable to retrieve the page of {0} at index {1} of {2}: {3}', self._target,
                index, self.total, error.args[0] if error.args else error), cause=error),
                error.__cause__)

    def _stopped(self, message, reason='', cause=None):
        """Return the error that says where reading stopped.

        :param reason: a sentence on why it stopped, with a blank at its end.
        :param cause: the error that stopped it; where there is none, a page was wrong.
        """
        url = getattr(cause, 'url', None)
        if not url and self._reader is not None:
            url = self._reader.address(self._at)
        hint = getattr(cause, 'hint', None)
        return RallyResponseError(
            message, cause=cause, resume_at=self._at, method='GET', url=url,
            status_code=getattr(cause, 'status_code', None) if cause is not None else 200,
            errors=getattr(cause, 'errors', ()), warnings=getattr(cause, 'warnings', ()),
            hint=fill('{0}{1} items were served before; start={2} goes on from there.{3}', reason,
                      self.delivered, self._at, fill(' {0}', hint) if hint else ''))

    def _checked(self, page, index, is_second=False):
        """Return the new items of a page that should hold those from `index` on.

        :param is_second: True for a page that was empty the first time.
        """
        slipped = self._slipped(index, self._take_total(page, index))
        expected = min(self._size_at(index), self.total - index + 1)
        before, self._before = self._before, _PageBefore(0 < len(page.items) < page.page_size)
        items = self._accepted(page.items, index, before.is_completed)
        if len(page.items) >= expected:
            return slipped + items
        if not page.items:
            if self._is_tolerant or before.is_short:
                return slipped  # the total was too high, and that is noted
            if not is_second:
                return slipped + self._checked(
                    self._page_at(index, self._refetch, index), index, is_second=True)
            raise self._stopped(fill(
                'The page of {0} at index {1} is empty though the service announced {2} items',
                self._target, index, self.total))
        rest = self._completed(index + len(page.items), index + expected)
        if not rest and not self._is_tolerant and not self._holes_stay:
            items = self._without_hole(items, index)
        return slipped + items + rest

    def _take_total(self, page, index):
        """Take over the total a page tells; return how many fewer items there are by now."""
        if not counts(page, index) or page.total <= 0:
            return 0  # it cannot be true, or nothing is said
        fewer = self.total - page.total
        if fewer:
            self._varied = True
            self.total = page.total
        return max(0, fewer) if index > self.start else 0

    def _slipped(self, index, fewer):
        """Return unseen items before `index` that moved up when others before them went away."""
        found, steps, gone = [], 0, fewer
        while gone:
            steps += 1
            if steps > _MOST_STEPS_BACK:
                raise self._stopped(
                    fill('{0} changes faster than it can be read', self._target))
            first, gone = max(self.start, index - fewer), 0
            for at, page in pages_from(first, self._fetched_at, index):
                if page.items:
                    gone += self._take_total(page, at)
                    found.extend(self._served.fresh(page.items[:index - at]))
            fewer += gone  # what went away meanwhile moved as many more rows up
        return found

    def _accepted(self, items, index, overlaps):
        """Return the new items of a page; one that holds only old ones is asked for once more.

        :param overlaps: whether the page before was completed with rows of this one; that they
            repeat is no sign of a change then.
        """
        fresh = self._served.fresh(items)
        if fresh or overlaps or not items:
            self._varied = self._varied or len(fresh) < len(items) and not overlaps
            return fresh
        LOG.info("%s: the page at index %d repeats items; asking again", self._target, index)
        fresh = self._served.fresh(self._page_at(index, self._refetch, index).items)
        if not fresh:
            raise self._stopped(fill(
                'The page of {0} at index {1} repeats items that were served before',
                self._target, index), "The service may ignore the start parameter. ")
        return fresh

    def _completed(self, index, end):
        """Return what a short page left out, read again from where it stopped."""
        found = []
        wanted = end if self._limit is None else min(end, self.end + 1)
        for at, page in pages_from(index, self._fetched_at, wanted):
            if page.items:
                found.extend(self._served.fresh(page.items[:end - at]))
                self._before.is_completed = True
        return found

    def _without_hole(self, items, index):
        """Return the new items of a page with the rows that were left out in its middle.

        Rows that are hidden from the account stay away, and then nobody asks again.
        """
        page = self._page_at(index, self._refetch, index)
        back = self._served.fresh(page.items[:self._size_at(index)])
        if not back:
            self._holes_stay = True
            return items
        wanted = set(item.get('_ref') for item in items + back)
        present = set(item.get('_ref') for item in page.items)
        return [item for item in page.items if item.get('_ref') in wanted] + [
            item for item in items if item.get('_ref') not in present]

    def _trimmed(self, items):
        if self._limit is not None:
            items = items[:self._limit - self.delivered]
        self.delivered += len(items)
        return items

    def _count_missing(self):
        announced = max(0, self.total - self.start + 1)
        self.is_sure = self.is_sure and self.delivered <= announced
        if self._limit is not None:
            announced = min(announced, self._limit)
        self.missing = max(0, announced - self.delivered)
        if self.missing:
            LOG.warning("%s: %d items announced, %d delivered", self._target, announced,
                        self.delivered)
        elif not self.is_sure:
            LOG.warning("%s: %d items delivered, and the service does not say how many there are, "
                        "or fewer", self._target, self.delivered)


def _fetched(fetch, size, sizes, start):
    return fetch(start, sizes.get(start, size))


def _placed(first, sizes):
    """Yield (start index, size) of pages of these sizes."""
    for size in sizes:
        yield first, size
        first += size


__all__ = ['CheckedPages']

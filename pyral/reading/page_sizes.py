"""Page size: how many items a page should hold, how many pages to read at once; arithmetic only.

The first page is of the size that was asked for. Where the caller left the size open, it is small,
so that the first items come soon; it tells how many there are and what an item costs, and the
quickest answer so far what asking costs. The other pages are cut so
that asking takes little of their time, that all threads have an equal share, that none is larger
than the service allows, and that none takes longer than a gateway waits. A page that took too long
is asked for again in parts.
"""
from __future__ import absolute_import, division, print_function

#: The first page of a query whose page size is left open.
FIRST = 200
#: The service puts no more on a page.
LARGEST = 2000
#: Pages are not cut smaller than this.
SMALLEST = 20
#: A page should come within this time; gateways and proxies give up after a minute or more.
PATIENCE_S = 20.0
#: A page is worth asking for when making it takes so many times as long as asking.
_WORTH = 5
#: Latency alone makes no page smaller than this: each request costs both sides some work.
_WORKABLE = 1000
#: Sizes are multiples of this, so that requests look alike and caches on the way may help.
_ROUND = 100
#: Of the pages asked for at once first, the least has one part where an even share has so many, and
#: the most has seven.
_EVEN, _MOST = 5, 7
#: A page that took too long is asked for in pages smaller by this.
_DIVISOR = 4


def later_size(remaining, width, size, page_s, latency_s=None):
    """Return the size of all pages after the first.

    :param remaining: how many items are left to read.
    :param width: how many pages are read at once.
    :param size: the size of the first page.
    :param page_s: the seconds it took.
    :param latency_s: the seconds the quickest answer took, if one came before.
    """
    if remaining <= size:
        return size
    most = _worthwhile(size, page_s, latency_s) if width > 1 else LARGEST
    most = min(most, _bearable(size, page_s))
    rounds = _divided(remaining, width * max(SMALLEST, most))
    even = _divided(_divided(remaining, width * rounds), _ROUND) * _ROUND
    return max(SMALLEST, min(even, most, LARGEST))


def staggered(remaining, width, even, size, page_s):
    """Return the sizes of the pages after the first, the very next ones small and growing.

    Pages of one size that are asked for at once come at once: whoever takes their items has nothing
    to do before and much to do after. Growing ones come one after the other.

    :param even: the size that all would have.
    :param size: the size of the first page.
    :param page_s: the seconds it took.
    """
    if width < 2 or remaining <= even * (2 * width - 1):
        return [even] * _divided(remaining, even)
    most = max(even, min(LARGEST, even * _MOST // _EVEN, _bearable(size, page_s)))
    least = max(SMALLEST, even // _EVEN)
    sizes = [_rounded(least + (most - least) * place // (width - 1)) for place in range(width)]
    left = remaining - sum(sizes)
    share = _divided(left, width * _divided(left, width * most))
    later = min(most, _divided(share, _ROUND) * _ROUND)
    return sizes + [later] * _divided(left, later)


def most_pages(remaining):
    """Return into how many pages the rest can be cut that are worth a request each."""
    return max(1, remaining // _WORKABLE)


def smaller_size(size):
    """Return the size to try after a page of `size` items took too long."""
    return max(SMALLEST, size // _DIVISOR)


def _worthwhile(size, page_s, latency_s):
    """Return the size beyond which larger pages only delay the items on them."""
    if latency_s is None or latency_s >= page_s:
        return LARGEST
    wanted = _WORTH * latency_s * size / (page_s - latency_s)
    return int(min(LARGEST, max(_WORKABLE, wanted))) // _ROUND * _ROUND


def _bearable(size, page_s):
    """Return the largest size that comes in time, judged by a page of a size."""
    return int(size * PATIENCE_S / page_s) if page_s > 0 else LARGEST


def _rounded(size):
    """Return a size that is no larger and looks like others, where it is not very small."""
    return max(SMALLEST, size // _ROUND * _ROUND)


def _divided(amount, by):
    return -(-amount // by)


__all__ = ['FIRST', 'LARGEST', 'PATIENCE_S', 'SMALLEST', 'later_size', 'most_pages',
           'smaller_size', 'staggered']

"""How many items a page should hold: arithmetic only.

The first page is of the size that was asked for. Where the caller left the size open, the others
are cut so that every thread has the same number of them, none larger than the service allows, and
none that would take longer than a gateway waits. A page that took too long is asked for again in
parts.
"""
from __future__ import absolute_import, division, print_function

#: The service puts no more on a page.
LARGEST = 2000
#: Pages are not cut smaller than this.
SMALLEST = 20
#: A page should come within this time; gateways and proxies give up after a minute or more.
PATIENCE_S = 20.0
#: Sizes are multiples of this, so that requests look alike and caches on the way may help.
_ROUND = 100
#: A page that took too long is cut into so many parts.
_PARTS = 4


def later_size(remaining, width, size, page_s):
    """Return the size of all pages after the first.

    :param remaining: how many items are left to read.
    :param width: how many pages are read at once.
    :param size: the size of the first page.
    :param page_s: the seconds it took.
    """
    if remaining <= size:
        return size
    rounds = _divided(remaining, width * LARGEST)
    even = _divided(_divided(remaining, width * rounds), _ROUND) * _ROUND
    if page_s > PATIENCE_S:
        even = min(even, int(size * PATIENCE_S / page_s))
    return max(SMALLEST, min(even, LARGEST))


def smaller_size(size):
    """Return the size to try after a page of `size` items took too long."""
    return max(SMALLEST, size // _PARTS)


def _divided(amount, by):
    return -(-amount // by)


__all__ = ['LARGEST', 'PATIENCE_S', 'SMALLEST', 'later_size', 'smaller_size']

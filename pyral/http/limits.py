"""The deadline of a request and the largest size of its answer: limits of one sending, by thread.

A time limit for each piece (`timeout`) ends no wait that brings a byte now and then, and no size
is announced by whom one must fear. So whoever reads from a socket asks the limits of its thread
before each piece and counts after it. It opens nothing and knows no HTTP.
"""
from __future__ import absolute_import, division, print_function

import socket
import threading
import weakref

from pyral._compat import monotonic, raise_from

#: Seconds for one sending, just above what the service allows itself for an answer.
DEADLINE_S = 360
#: Bytes of a body, as it is sent and decompressed.
MAX_ANSWER = (64 << 20, 256 << 20)
#: What is large may take longer: so many bytes a second are enough.
_SLOWEST = 50000
#: Bytes of status lines and headers, those of interim answers included.
_LARGEST_HEAD = 1 << 20

#: The limits that can be reached, and what is said of each.
OVERTIME, OVERSIZE, OVERHEAD = 'overtime', 'oversize', 'overhead'
_REACHED = {
    OVERTIME: 'the deadline passed',
    OVERSIZE: 'the answer is larger than max_answer',
    OVERHEAD: 'status lines and headers have more than {0} bytes'.format(_LARGEST_HEAD),
}


class LimitReached(socket.timeout):
    """A limit was reached; of a class that every HTTP library takes for a failed connection."""


class Limits(object):
    """What one sending may take; it may be entered once for each request of a redirect.

    :param deadline_s: seconds in all
    :param most: bytes of a body, a pair: as sent, decompressed
    :param clock: returns seconds that never run backwards
    :param sent: bytes of the request
    """

    __slots__ = ('most', 'reached', '_left_s', '_ends_at', '_clock', '_allowed', '_counted',
                 '_before', '__weakref__')

    def __init__(self, deadline_s=DEADLINE_S, most=MAX_ANSWER, clock=monotonic, sent=0):
        self.most = most
        #: The limit that was reached: `OVERTIME`, `OVERSIZE`, `OVERHEAD` or None.
        self.reached = None
        self._left_s, self._clock, self._ends_at = deadline_s + sent / _SLOWEST, clock, None
        #: How many bytes may still come, and the limit that is reached where more do.
        self._allowed = self._counted = self._before = None

    def __enter__(self):
        self._before = getattr(_OF_THREAD, 'limits', None)
        self._ends_at = self._clock() + self._left_s
        self._allowed, self._counted = _LARGEST_HEAD, OVERHEAD
        # Weakly: where Ctrl-C kept this from being left, it ends with the frame that made it.
        _OF_THREAD.limits = weakref.ref(self)
        return self

    def __exit__(self, *exc_info):
        self._left_s = self._ends_at - self._clock()
        _OF_THREAD.limits = self._before

    def allow(self, size):
        """Let an attachment of so many bytes come, too, and give it the time that it needs."""
        self._left_s += size / _SLOWEST
        if self._ends_at is not None:
            self._ends_at += size / _SLOWEST
        # As base64, in which JSON may break signs.
        self.most = tuple(most + 2 * size for most in self.most)

    def expect(self, size):
        """Take so many bytes of a body from now on; those that were read ahead are counted."""
        self._allowed, self._counted = size, OVERSIZE

    def within(self, seconds):
        """Return a time limit that does not go beyond what is left."""
        left_s = self.left_s()
        return left_s if seconds is None or left_s < seconds else seconds

    def left_s(self):
        """Return the seconds that are left.

        :raises LimitReached: there are none
        """
        left_s = self._ends_at - self._clock()
        if left_s <= 0:
            raise self.exceeded(OVERTIME)
        return left_s

    def count(self, size):
        """Take note of bytes that came from a socket.

        :raises LimitReached: they are more than is allowed
        """
        self._allowed -= size
        if self._allowed < 0:
            raise self.exceeded(self._counted)

    def exceeded(self, limit):
        """Return the exception for a limit that was reached, and remember it."""
        self.reached = self.reached or limit
        return LimitReached(_REACHED[limit])


_OF_THREAD = threading.local()


def current():
    """Return the `Limits` of what this thread sends at the moment, or None."""
    found = getattr(_OF_THREAD, 'limits', None)
    return None if found is None else found()


class LimitedSocket(object):
    """A socket that is read within the limits of the thread that reads.

    :param sock: a socket, with TLS or without
    """

    __slots__ = ('_sock',)

    def __init__(self, sock):
        self._sock = sock

    def __getattr__(self, name):
        return getattr(self._sock, name)

    def recv(self, *args):
        """Return some bytes; what the file object of 2.7 calls."""
        return _limited(self._sock, self._sock.recv, args, len)

    def recv_into(self, *args):
        """Read some bytes into a buffer and return how many."""
        return _limited(self._sock, self._sock.recv_into, args, int)


def _limited(sock, action, args, size_of):
    limits = current()
    if limits is None:
        return action(*args)
    piece_s = sock.gettimeout()
    most_s = limits.within(piece_s)
    if most_s == piece_s:
        found = action(*args)
    else:
        sock.settimeout(most_s)
        try:
            found = action(*args)
        except socket.timeout:
            raise_from(limits.exceeded(OVERTIME), None)
        finally:
            sock.settimeout(piece_s)
    limits.count(size_of(found))
    return found


def limit_reads(file):
    """Let a file object that reads from a socket read within the limits; another stays as it is.

    :param file: what `makefile` of a socket returned
    """
    reader = getattr(file, 'raw', file)
    sock = getattr(reader, '_sock', None)
    if sock is None or not hasattr(sock, 'recv_into'):
        return False
    if not isinstance(sock, LimitedSocket):
        reader._sock = LimitedSocket(sock)
    return True


__all__ = ['DEADLINE_S', 'LimitReached', 'LimitedSocket', 'Limits', 'MAX_ANSWER', 'OVERHEAD',
           'OVERSIZE', 'OVERTIME', 'current', 'limit_reads']

"""Decompression of a body (gzip, deflate) with a largest size: a bomb costs its bound, no more.

The HTTP library decompresses all that came at once, a thousand times as much as was sent, and
again for each further coding. Here each coding gives no more than is allowed.
"""
from __future__ import absolute_import, division, print_function

import zlib

from pyral._compat import raise_from

#: The codings that are undone here. Others are not asked for, and left to the HTTP library.
_CODINGS = ('gzip', 'x-gzip', 'deflate')
_MOST_CODINGS = 5
#: Bytes that one step takes, and gives, at most.
_TAKEN, _STEP = 1 << 17, 1 << 20
#: Members of one gzip file; each costs a copy of what stands behind it.
_MOST_MEMBERS = 10000


def codings(header):
    """Return the codings of a body in the order they were applied, or None for one left alone.

    :param header: the value of `Content-Encoding`, or None
    """
    names = [name.strip().lower() for name in (header or '').split(',')]
    names = [name for name in names if name not in ('', 'identity')]
    if len(names) > _MOST_CODINGS or any(name not in _CODINGS for name in names):
        return None
    return names


def decompressed(pieces, names):
    """Iterate over a body with its codings undone, in pieces of a bounded size.

    :param pieces: the body as it was sent
    :param names: what `codings` returned
    :raises IOError: it is not what the codings say
    """
    for name in reversed(names):
        pieces = _undone(pieces, _Gzip() if 'gzip' in name else _Deflate())
    return pieces


def _undone(pieces, decoder):
    try:
        for piece in pieces:
            for start in range(0, len(piece), _TAKEN):
                for each in decoder.feed(piece[start:start + _TAKEN]):
                    yield each
        rest = decoder.end()
        if rest:
            yield rest
    except zlib.error as error:
        raise_from(IOError("the body cannot be decompressed: {0}".format(error)), None)


class _Deflate(object):
    """Undoes deflate, with the frame that the standard wants or without, as some send it."""

    def __init__(self):
        self._first, self._inflate = b'', zlib.decompressobj()

    def feed(self, piece):
        """Iterate over what a piece stands for."""
        if self._first is not None:
            self._first += piece
            if len(self._first) < 2:
                return
            piece, self._first = self._first, None
            if not _is_framed(piece):
                self._inflate = zlib.decompressobj(-zlib.MAX_WBITS)
        for each in _steps(self._inflate, piece):
            yield each

    def end(self):
        """Return what is left when all came."""
        return self._inflate.flush(_STEP)


def _is_framed(start):
    first, second = bytearray(start[:2])
    return first & 15 == 8 and (first * 256 + second) % 31 == 0


class _Gzip(object):
    """Undoes gzip, also in several members; what stands behind them counts for nothing."""

    def __init__(self):
        self._inflate, self._members, self._is_over = None, 0, False

    def feed(self, piece):
        """Iterate over what a piece stands for."""
        while piece and not self._is_over:
            if self._inflate is None:
                self._inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
                self._members += 1
                if self._members > _MOST_MEMBERS:
                    raise zlib.error("it has too many members")
            try:
                for each in _steps(self._inflate, piece):
                    yield each
            except zlib.error:
                if self._members == 1:
                    raise
                self._is_over = True
                return
            piece = self._inflate.unused_data
            if piece:
                self._inflate = None

    def end(self):
        """Return what is left when all came."""
        return b'' if self._inflate is None or self._is_over else self._inflate.flush(_STEP)


def _steps(inflate, piece):
    # What stands behind the end counts for nothing; 2.7 gives it back for ever.
    while piece and not inflate.unused_data:
        found = inflate.decompress(piece, _STEP)
        piece = inflate.unconsumed_tail
        if found:
            yield found


__all__ = ['codings', 'decompressed']

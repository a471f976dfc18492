"""The favicon: a small picture for the tab of a browser, made here and of no other origin."""

from __future__ import annotations

import functools
import struct
import zlib

from ...envelope import Document

__all__ = ['favicon']

PATHS = ('/favicon.ico',)
SIZE = 32
PAPER, INK = (0x12, 0x26, 0x3F, 0xFF), (0x79, 0xB4, 0xFF, 0xFF)
CLEAR = (0, 0, 0, 0)
#: Bars of a burn-down: left, right and top of each.
BARS = ((7, 12, 8), (14, 19, 14), (21, 26, 20))
BOTTOM = 26


def favicon(method: str, path: str) -> Document | None:
    """Return the picture where it is asked for."""
    if method not in ('GET', 'HEAD') or path not in PATHS:
        return None
    kept = {'Cache-Control': 'public, max-age=86400'}
    return Document(picture(), 'image/x-icon', headers=kept)


@functools.lru_cache(maxsize=1)
def picture() -> bytes:
    """Return the picture as an ICO file that holds one PNG."""
    rows = [b'\0' + b''.join(bytes(colour(x, y)) for x in range(SIZE)) for y in range(SIZE)]
    head = struct.pack('>IIBBBBB', SIZE, SIZE, 8, 6, 0, 0, 0)
    png = b'\x89PNG\r\n\x1a\n' + b''.join(
        chunk(kind, data)
        for kind, data in (
            (b'IHDR', head),
            (b'IDAT', zlib.compress(b''.join(rows), 9)),
            (b'IEND', b''),
        )
    )
    entry = struct.pack('<BBBBHHII', SIZE, SIZE, 0, 0, 1, 32, len(png), 22)
    return struct.pack('<HHH', 0, 1, 1) + entry + png


def chunk(kind: bytes, data: bytes) -> bytes:
    """Return a chunk of a PNG file."""
    return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))


def colour(x: int, y: int) -> tuple[int, int, int, int]:
    """Return the colour of a dot: bars on a square with round corners."""
    across, down = min(x, SIZE - 1 - x), min(y, SIZE - 1 - y)
    if across + down < 4:
        return CLEAR
    inside = any(left <= x < right and top <= y < BOTTOM for left, right, top in BARS)
    return INK if inside else PAPER

"""HTTP request framing, strictly: where a head ends and how long a body is (request smuggling).

Checked on the raw bytes, before the HTTP library sees them: what its versions take differs, and two
readers that take one request differently let a second one hide in it. What is refused here has no
use in a client of today.
"""

from __future__ import annotations

import re
from typing import Iterable

__all__ = [
    'MAX_BODY',
    'MAX_HEAD',
    'MAX_TARGET',
    'Refused',
    'check_head',
    'check_length',
    'head_end',
]

#: Bodies above this are not kept in memory by the server itself.
MAX_BODY = 80 * 1024 * 1024
#: The longest head of a request, and the longest address in it.
MAX_HEAD = 512 * 1024
MAX_TARGET = 65536
MOST_HEADERS = 500
VERSIONS = (b'1.0', b'1.1')
#: A path, or an address as a proxy is sent it.
TARGET = re.compile(rb'/|https?://', re.IGNORECASE)
REQUEST_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+) ([\x21-\x7e\x80-\xff]+) HTTP/(\d\.\d)")
#: A name, a colon, and a value whose only blanks at both ends are spaces or tabs.
HEADER = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*((?:[\x21-\x7e\x80-\xff][\t\x20-\x7e\x80-\xff]*)?)"
)
#: Headers that decide where a request ends, or to whom it goes; they are written in one way.
PLAIN = re.compile(rb'[\x20-\x7e]*')
DECISIVE = (b'content-length', b'transfer-encoding', b'host')
LENGTH = re.compile(r'[0-9]{1,18}')
#: The line before a chunk: its size, and extensions that nobody reads.
CHUNK = re.compile(rb'([0-9A-Fa-f]{1,16})(?:;[\t\x20-\x7e\x80-\xff]*)?')
MAX_CHUNK_LINE = 8192
BARE_LINE_FEED = re.compile(rb'(?<!\r)\n')


class Refused(Exception):
    """A request that cannot be read: the status and the text of its answer."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(status, text)
        self.status, self.text = status, text


def head_end(received: bytearray, start: int = 0) -> int:
    """Return where the body begins; 0 when the head is not whole yet.

    :param start: how far was looked before.
    :raises Refused: when the head is too long, or has lines that end in another way.
    """
    place = received.find(b'\r\n\r\n', max(0, start - 3))
    end = place + 4 if place >= 0 else len(received)
    if BARE_LINE_FEED.search(received, start, end):
        raise Refused(400, "A line of the head does not end in CR LF")
    if end > MAX_HEAD:
        endless = b'\n' not in received[:MAX_HEAD]
        raise Refused(414 if endless else 431, "The head is too long")
    return end if place >= 0 else 0


def check_head(head: bytes) -> None:
    """Refuse a head that is not written as the standard says.

    :param head: up to the empty line, with it.
    :raises Refused: with status and text.
    """
    first, *lines = head[:-4].split(b'\r\n')
    found = REQUEST_LINE.fullmatch(first)
    if found is None:
        raise Refused(400, "The first line is no request of HTTP/1")
    method, target, version = found.groups()
    if version not in VERSIONS:
        raise Refused(505, "Only HTTP/1.0 and HTTP/1.1 are understood")
    if len(target) > MAX_TARGET:
        raise Refused(414, "The address is too long")
    if not TARGET.match(target) and (method, target) != (b'OPTIONS', b'*'):
        raise Refused(400, "The address is neither a path nor a whole URL")
    if len(lines) > MOST_HEADERS:
        raise Refused(431, "There are too many headers")
    headers = []
    for line in lines:
        pair = HEADER.fullmatch(line)
        if pair is None:
            raise Refused(400, "A line of the head is no header")
        name, value = pair.group(1).lower(), line.partition(b':')[2]
        if name in DECISIVE and not PLAIN.fullmatch(value):
            raise Refused(400, f"The header {name.decode('latin-1')} is not written plainly")
        headers.append((name.decode('latin-1'), value.strip(b' ').decode('latin-1')))
    if version == b'1.1' and sum(name == 'host' for name, _ in headers) != 1:
        raise Refused(400, "A request of HTTP/1.1 has one Host header")
    check_length(headers, version.decode('latin-1'))


def check_length(headers: Iterable[tuple[str, str]], version: str = '1.1') -> None:
    """Refuse headers that do not say in one way how long the body is.

    :param headers: names and values.
    :raises Refused: with status and text.
    """
    pairs = [(name.lower(), value) for name, value in headers]
    lengths = [value for name, value in pairs if name == 'content-length']
    codings = [value for name, value in pairs if name == 'transfer-encoding']
    if codings and (lengths or version == '1.0') or len(lengths) > 1 or len(codings) > 1:
        # A peer that reads it the other way sees another request in it.
        raise Refused(400, "The length of the body is given in two ways")
    if codings and codings[0].lower() != 'chunked':
        raise Refused(501, "Of the transfer codings only chunked is understood")
    if lengths and not LENGTH.fullmatch(lengths[0]):
        raise Refused(400, "The length of the body is no number")
    if lengths and int(lengths[0]) > MAX_BODY:
        raise Refused(413, "The body is too large")


class Chunks:
    """Checks the lines between the chunks of a body while it arrives; keeps none of its data."""

    def __init__(self) -> None:
        self.done = False
        self._line = bytearray()
        #: Bytes of the chunk that are still to come.
        self._left = 0
        #: What the next line is: the end of a chunk, a size, or a trailer.
        self._read = self._size

    def feed(self, data: bytes) -> None:
        """Check what arrived; what stands behind the body is another request.

        :raises Refused: with status and text.
        """
        place = 0
        while place < len(data) and not self.done:
            if self._left:
                step = min(self._left, len(data) - place)
                self._left -= step
                place += step
                continue
            end = data.find(b'\n', place) + 1 or len(data)
            self._line += data[place:end]
            place = end
            if len(self._line) > MAX_CHUNK_LINE:
                raise Refused(431, "A line between chunks is too long")
            if not self._line.endswith(b'\n'):
                return
            if not self._line.endswith(b'\r\n'):
                raise Refused(400, "A line between chunks does not end in CR LF")
            line = bytes(self._line[:-2])
            self._line.clear()
            self._read(line)

    def _size(self, line: bytes) -> None:
        found = CHUNK.fullmatch(line)
        if found is None:
            raise Refused(400, "The size of a chunk is none")
        self._left = int(found.group(1), 16)
        if self._left > MAX_BODY:
            raise Refused(413, "The body is too large")
        self._read = self._end if self._left else self._trailer

    def _end(self, line: bytes) -> None:
        if line:
            raise Refused(400, "A chunk is longer than its size")
        self._read = self._size

    def _trailer(self, line: bytes) -> None:
        if not line:
            self.done = True
            return
        pair = HEADER.fullmatch(line)
        if pair is None or pair.group(1).lower() in DECISIVE:
            raise Refused(400, "A line behind the last chunk is no trailer")

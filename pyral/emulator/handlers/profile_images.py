"""Profile images: `/slm/profile/image/<UserOID>/<size>.sp`, the picture of a user as bytes.

An image is uploaded as a ProfileImage and becomes a user's own by `User.ProfileImage`. It is served
as it was uploaded; the service makes it as large as the address says. Pages put the address into
`<img>` for every user, so one without an image gets a plain picture of that size.
"""

from __future__ import annotations

import re
import struct
import zlib
from typing import TYPE_CHECKING, Mapping

from ..access.scope import find_object
from ..envelope import Document
from ..errors import PathNotFound

if TYPE_CHECKING:
    from ..request import Call

__all__ = ['picture']

SIZE = re.compile(r'(\d{1,4})(?:\.\w{1,8})?')
USUAL_SIZE, LARGEST = 80, 400
PLAIN_BYTES = 'application/octet-stream'
#: How files of each kind begin, and after how many bytes.
BEGINNINGS: Mapping[str, tuple[int, bytes]] = {
    'image/png': (0, b'\x89PNG\r\n\x1a\n'),
    'image/jpeg': (0, b'\xff\xd8\xff'),
    'image/gif': (0, b'GIF8'),
    'image/webp': (8, b'WEBP'),
}
#: The plain picture: a light ground, and a darker head and shoulders.
PALETTE = bytes((0xE3, 0xE8, 0xEE, 0x8A, 0x99, 0xA8))


def picture(call: Call) -> Document:
    """Answer `GET /slm/profile/image/<oid>[/<size>.sp]`: the image of a user.

    :raises PathNotFound: when there is no such user, or the size is none.
    """
    size = SIZE.fullmatch(call.path.get('size', str(USUAL_SIZE)))
    user = find_object(call.tx, call.path['oid'])
    if user is None or user.type != 'User' or size is None:
        raise PathNotFound(f"There is no profile image at {call.here[:200]}")
    image = call.tx.target(user.oid, 'ProfileImage')
    data = None if image is None or call.tx.get(image) is None else call.tx.get_blob(image)
    if data is None:
        return Document(plain_picture(min(max(int(size.group(1)), 1), LARGEST)), 'image/png')
    kind = kind_of(data)
    # What is no image is nothing for a browser to open.
    headers = {} if kind != PLAIN_BYTES else {'Content-Disposition': 'attachment'}
    return Document(data, kind, headers=headers, items=1)


def kind_of(data: bytes) -> str:
    """Return the content type of an image by its first bytes."""
    for kind, (offset, beginning) in BEGINNINGS.items():
        if data[offset : offset + len(beginning)] == beginning:
            return kind
    return PLAIN_BYTES


def plain_picture(size: int) -> bytes:
    """Return the PNG of a head and shoulders.

    :param size: width and height in pixels.
    """
    rows = []
    for line in range(size):
        y = (line + 0.5) / size
        pixels = bytes(darker((column + 0.5) / size, y) for column in range(size))
        rows.append(b'\0' + pixels)
    head = struct.pack('>IIBBBBB', size, size, 8, 3, 0, 0, 0)
    parts = ((b'IHDR', head), (b'PLTE', PALETTE), (b'IDAT', zlib.compress(b''.join(rows))))
    return BEGINNINGS['image/png'][1] + b''.join(map(chunk, (*parts, (b'IEND', b''))))


def darker(x: float, y: float) -> bool:
    """Say whether a point of the unit square lies on the head or the shoulders."""
    head = (x - 0.5) ** 2 + (y - 0.38) ** 2 < 0.19**2
    return head or ((x - 0.5) / 0.36) ** 2 + ((y - 1.0) / 0.38) ** 2 < 1


def chunk(part: tuple[bytes, bytes]) -> bytes:
    """Return one chunk of a PNG: length, name, content and checksum."""
    name, content = part
    return (
        struct.pack('>I', len(content))
        + name
        + content
        + struct.pack('>I', zlib.crc32(name + content))
    )

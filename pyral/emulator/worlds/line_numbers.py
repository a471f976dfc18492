"""Find the line of a place in the text of a JSON document.

``json`` does not tell positions, so the text is read once more when an error has to name its
line.  Only for documents that ``json`` has accepted; it must never be used to read values.
"""

from __future__ import annotations

import json
import re
from json.decoder import scanstring  # type: ignore[attr-defined]

from .errors import JsonPath

_BLANK = re.compile(r'[ \t\r\n]*')
_SCALAR = re.compile(r'[^,\]}\s]+')


def line_of(text: str, place: JsonPath) -> int | None:
    """Return the line (from 1) on which the value at a place begins.

    :param text: the whole JSON document.
    :param place: steps to the value; a missing last step means the nearest value that is there.
    :returns: the line number, or None for an empty text.
    """
    if not text:
        return None
    offset = _skip_blank(text, 0)
    for step in place:
        found = _enter(text, offset, step)
        if found is None:
            break
        offset = found
    return text.count('\n', 0, offset) + 1


def _enter(text: str, offset: int, step: str | int) -> int | None:
    if text[offset : offset + 1] not in ('{', '['):
        return None
    is_object = text[offset] == '{'
    if is_object is isinstance(step, int):
        return None
    position, index = _skip_blank(text, offset + 1), 0
    while text[position] not in '}]':
        name: str | int = index
        if is_object:
            name, position = scanstring(text, position + 1, False)
            position = _skip_blank(text, _skip_blank(text, position) + 1)
        if name == step:
            return position
        position = _skip_blank(text, _end(text, position))
        if text[position] == ',':
            position = _skip_blank(text, position + 1)
        index += 1
    return None


def _end(text: str, offset: int) -> int:
    """Return the offset just behind the value that begins at an offset."""
    if text[offset] in '{["':
        return json.JSONDecoder(strict=False).raw_decode(text, offset)[1]
    match = _SCALAR.match(text, offset)
    return match.end() if match else offset + 1


def _skip_blank(text: str, offset: int) -> int:
    match = _BLANK.match(text, offset)
    return match.end() if match else offset

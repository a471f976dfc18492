"""HTML in texts, read in linear time: which elements there are, and the text without them.

A scanner of our own, because that of the standard library starts anew behind every `<` that nothing
closes. It errs on the side of seeing a tag, as what a browser makes of broken markup differs.
"""

from __future__ import annotations

import html
import re
from typing import Iterator, NamedTuple

__all__ = ['Tag', 'plain', 'tags', 'unescaped']

_OPEN = re.compile(r'<(/?)([A-Za-z][^\s/>\x00]*)')
_ATTRIBUTE = re.compile(r'[\s/]*([^\s/>][^\s/=>]*)(\s*=\s*)?')
_BEFORE_END = re.compile(r'[\s/]*')
_UNQUOTED = re.compile(r'[^\s>]*')
_COMMENT_END = re.compile(r'--!?>')
#: A number that names no character; the standard library makes an integer of any length of it.
_ENDLESS = re.compile(r'&#(?:[0-9]{8,}|[xX][0-9A-Fa-f]{7,});?')
#: Elements that begin a line.
_LINES = frozenset('br p div li tr h1 h2 h3 h4 h5 h6 ul ol'.split())
_DECLARATION = '<!doctype'


class Tag(NamedTuple):
    """A tag, or another thing in angle brackets.

    :ivar name: in lower case; `!` of a declaration and `?` of an instruction; empty for a comment.
    :ivar closing: whether it ends an element.
    :ivar attributes: names in lower case, and values without character references.
    :ivar start: where it begins in the text, and `end` where it ends.
    """

    name: str
    closing: bool
    attributes: tuple[tuple[str, str], ...]
    start: int
    end: int


def unescaped(text: str) -> str:
    """Return a text with its character references replaced."""
    return html.unescape(_ENDLESS.sub('\ufffd', text)) if '&' in text else text


def plain(text: str) -> str:
    """Return a text without its tags and references."""
    parts, place = [], 0
    for tag in tags(text):
        parts.append(text[place : tag.start])
        if tag.name in _LINES and not tag.closing:
            parts.append('\n')
        place = tag.end
    return unescaped(''.join(parts) + text[place:])


def tags(text: str) -> Iterator[Tag]:
    """Yield the tags of a text.

    What no `>` follows is text. Every character is looked at a few times at most: what is not found
    up to the end of the text is not looked for again.
    """
    last = text.rfind('>')
    comments = True
    place = text.find('<')
    while 0 <= place < last:
        found = None
        if text.startswith('<!--', place):
            found, comments = _comment(text, place, comments)
        elif text.startswith(('<!', '<?'), place) or (
            text.startswith('</', place) and not text[place + 2].isalpha()
        ):
            end = text.find('>', place) + 1
            declares = text[place : place + len(_DECLARATION)].lower() == _DECLARATION
            name = '!' if declares else '?' if text[place + 1] == '?' else ''
            found = Tag(name, False, (), place, end)
        else:
            opened = _OPEN.match(text, place)
            found = None if opened is None else _tag(text, opened)
        if found is not None:
            yield found
        place = text.find('<', place + 1 if found is None else found.end)


def _comment(text: str, place: int, closed: bool) -> tuple[Tag | None, bool]:
    """Return the comment at a place, and whether any may end behind it."""
    for empty in ('<!-->', '<!--->'):
        if text.startswith(empty, place):
            return Tag('', False, (), place, place + len(empty)), closed
    ended = _COMMENT_END.search(text, place + 4) if closed else None
    if ended is None:
        return None, False
    return Tag('', False, (), place, ended.end()), True


def _tag(text: str, opened: re.Match[str]) -> Tag:
    """Return the tag that begins at a match; one without an end reaches to the end of the text."""
    attributes = []
    place = opened.end()
    while True:
        found = _ATTRIBUTE.match(text, place)
        if found is None:
            break
        place, value = found.end(), ''
        if found.group(2) is not None:
            value, place = _value(text, place)
        attributes.append((found.group(1).lower(), unescaped(value)))
    place = _end_of(_BEFORE_END.match(text, place), place)
    end = place + 1 if text.startswith('>', place) else len(text)
    name = opened.group(2).lower()
    return Tag(name, bool(opened.group(1)), tuple(attributes), opened.start(), end)


def _value(text: str, place: int) -> tuple[str, int]:
    """Return the value of an attribute that begins at a place, and where it ends."""
    quote = text[place : place + 1]
    end = text.find(quote, place + 1) if quote in ('"', "'") and quote else -1
    if end >= 0:
        return text[place + 1 : end], end + 1
    end = _end_of(_UNQUOTED.match(text, place), place)
    return text[place:end], end


def _end_of(found: re.Match[str] | None, place: int) -> int:
    return place if found is None else found.end()

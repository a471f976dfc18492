"""Query results as RSS 2.0 feeds (section 15)."""

from __future__ import annotations

import re
from email.utils import format_datetime
from typing import TYPE_CHECKING
from xml.etree import ElementTree

from ..answers.render import Renderer
from ..clock import parse_iso
from ..envelope import Document
from .query import paging, query_objects

if TYPE_CHECKING:
    from ..request import Call
    from ..store import Obj

__all__ = ['feed']

RSS_TYPE = 'application/rss+xml; charset=utf-8'
#: Characters no XML document may hold.
FORBIDDEN = re.compile('[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]')


def clean(text: str) -> str:
    """Return a text without the characters XML forbids."""
    return FORBIDDEN.sub('\ufffd', text)


def add(parent: ElementTree.Element, name: str, text: str, **attributes: str) -> None:
    """Add an element that holds a text."""
    ElementTree.SubElement(parent, name, attributes).text = clean(text)


def feed(call: Call) -> Document:
    """Answer `GET /rss/<type>`: the objects of a query, one item each.

    :raises ServiceError: when the query is refused; it travels as an envelope like any other.
    """
    type_def, _, objs = query_objects(call, paging(call))
    address = call.ref(type_def.path, '').rstrip('/')
    root = ElementTree.Element('rss', {'version': '2.0'})
    channel = ElementTree.SubElement(root, 'channel')
    add(channel, 'title', call.param('title') or type_def.display_name)
    add(channel, 'link', address)
    add(channel, 'description', call.param('query') or "All objects of this type in scope")
    add(channel, 'lastBuildDate', format_datetime(call.now))
    add(channel, 'generator', 'pyral emulator')
    for obj in objs:
        item(call, channel, obj)
    raw = ElementTree.tostring(root, encoding='utf-8', xml_declaration=True)
    return Document(raw, RSS_TYPE, items=len(objs))


def item(call: Call, channel: ElementTree.Element, obj: Obj) -> None:
    """Add one object to a feed: name, reference, and when it was created."""
    element = ElementTree.SubElement(channel, 'item')
    ref = Renderer(call).reference_of(obj)
    add(element, 'title', obj.name or obj.formatted_id or obj.type)
    add(element, 'link', ref)
    add(element, 'guid', ref, isPermaLink='true')
    add(element, 'pubDate', format_datetime(parse_iso(obj.created)))
    description = obj.doc.get('Description')
    if isinstance(description, str) and description:
        add(element, 'description', description)
    add(element, 'category', obj.type)

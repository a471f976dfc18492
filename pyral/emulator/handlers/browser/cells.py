"""How the browser shows a value: its kind, its text, and the page that it leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping

from ...markup import plain
from .page import ROOT

if TYPE_CHECKING:
    from ...request import Call

__all__ = ['cell', 'local', 'readable', 'shortened']

#: Longer texts are cut in a table.
LONG = 140


def cell(call: Call, value: Any) -> dict[str, Any]:
    """Return how a value is shown: its kind, its text, and where it leads."""
    if value is None or value == '':
        return {'kind': 'none', 'text': ''}
    if isinstance(value, bool):
        return {'kind': 'flag', 'text': 'yes' if value else 'no'}
    if isinstance(value, Mapping) and 'Count' in value:
        names = [str(one.get('Name')) for one in value.get('_tagsNameArray', ())]
        return {
            'kind': 'collection',
            'text': ', '.join(names),
            'count': value['Count'],
            'href': local(call, value['_ref']),
        }
    if isinstance(value, Mapping) and '_ref' in value:
        text = value.get('_refObjectName') or value.get('_type') or 'object'
        return {'kind': 'ref', 'text': text, 'href': local(call, value['_ref'])}
    if isinstance(value, Mapping):
        return {'kind': 'text', 'text': ' '.join(str(one) for one in value.values() if one)}
    return {'kind': 'number' if isinstance(value, (int, float)) else 'text', 'text': str(value)}


def local(call: Call, ref: str) -> str:
    """Return the page of the browser for a reference."""
    return ROOT + ref[len(call.base_url) :]


def readable(attr_type: str, value: Any) -> Any:
    """Return a value for the eye: a date in two words, rich text without its tags."""
    if not isinstance(value, str):
        return value
    if attr_type == 'DATE':
        return f'{value[:10]} {value[11:19]} UTC'
    if attr_type == 'TEXT':
        return plain(value).strip() or value
    return value


def shortened(attr_type: str, value: Any) -> Any:
    """Return a value cut for a table: a date without its time, a long text without its end."""
    if attr_type == 'DATE' and isinstance(value, str):
        return value[:10]
    if attr_type == 'TEXT' and isinstance(value, str):
        value = ' '.join((plain(value) or value).split())
    return value[:LONG] + "…" if isinstance(value, str) and len(value) > LONG else value

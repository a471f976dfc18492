"""A decoded JSON body to one of Page, Item, Receipt: the one room that knows the wrappers.

Pure: it reads a dict and never changes it. It tolerates what the service is known to leave out,
and refuses what it cannot recognise instead of calling it empty.
"""
from __future__ import absolute_import, division, print_function

from collections import namedtuple

from pyral._compat import Mapping, dump_json, ensure_text, fill, text_type
from pyral.errors import RallyResponseError
from pyral.messages import texts

#: Rows of a query, collection, schema or list of allowed values.
Page = namedtuple('Page', 'total start page_size items errors warnings')
#: One object that was read; `type_name` is the key it came under.
Item = namedtuple('Item', 'type_name item errors warnings')
#: The answer to a write, or to a read that failed. `kind` is the wrapper's name.
Receipt = namedtuple('Receipt', 'kind item results errors warnings token')

_RECEIPTS = ('OperationResult', 'CreateResult', 'UpdateResult', 'DeleteResult', 'BatchResult')
#: Keys of which at least one is in every object the service shows.
_ITEM_MARKS = ('_ref', '_type', '_rallyAPIMajor', 'ObjectID', 'Errors')
_SHOWN_CHARACTERS = 400


def parse(payload, target=None):
    """Return what `payload` holds.

    :param payload: the decoded JSON body
    :param target: what was asked for, named in the error
    :returns: a `Page`, an `Item` or a `Receipt`
    :raises RallyResponseError: the body is none of the wrappers
    """
    if isinstance(payload, Mapping):
        if isinstance(payload.get('QueryResult'), Mapping):
            return _page(payload['QueryResult'], target, payload)
        for kind in _RECEIPTS:
            if isinstance(payload.get(kind), Mapping):
                return _receipt(kind, payload[kind])
        if payload.get('_CreatedAt') == 'just now' and payload.get('_ref'):
            return _receipt('CreateResult', {'Object': payload})
        if len(payload) == 1:
            (name, body), = payload.items()
            if isinstance(body, Mapping) and _looks_like_item(name, body, target):
                return _item(name, body)
    raise RallyResponseError(fill(
        'missing _Xx_Result specifier for target {0} in following: {1}',
        target if target is not None else 'request', _shown(payload)))


def _page(body, target, payload):
    items = body.get('Results')
    if items is None:
        items = []
    if not isinstance(items, list):
        raise RallyResponseError(fill(
            'QueryResult without a list of Results for target {0} in following: {1}',
            target if target is not None else 'request', _shown(payload)))
    return Page(
        total=_whole(body.get('TotalResultCount'), len(items)),
        start=_whole(body.get('StartIndex'), 1),
        page_size=_whole(body.get('PageSize'), len(items)),
        items=items, errors=texts(body.get('Errors')), warnings=texts(body.get('Warnings')))


def _receipt(kind, body):
    item = body.get('Object')
    return Receipt(
        kind=kind, item=item if isinstance(item, Mapping) else None,
        results=body.get('Results') or [], errors=texts(body.get('Errors')),
        warnings=texts(body.get('Warnings')), token=body.get('SecurityToken'))


def _looks_like_item(name, body, target):
    if any(mark in body for mark in _ITEM_MARKS):
        return True
    # A target may be a whole address: its last element names the type.
    path = ensure_text(target or '').split(u'?')[0].rstrip(u'/')
    return path.split(u'/')[-1].lower() == ensure_text(name).lower()


def _item(name, body):
    item = dict((key, value) for key, value in body.items() if key not in ('Errors', 'Warnings'))
    return Item(type_name=name, item=item, errors=texts(body.get('Errors')),
                warnings=texts(body.get('Warnings')))


def _whole(value, default):
    # Whole numbers may arrive as 3.0 or as digits.
    try:
        return int(float(value))
    except (TypeError, ValueError):
        return default


def _shown(payload):
    try:
        shown = ensure_text(dump_json(payload))
    except (TypeError, ValueError):
        shown = text_type(type(payload).__name__)
    if len(shown) > _SHOWN_CHARACTERS:
        shown = shown[:_SHOWN_CHARACTERS] + u'...'
    return shown


__all__ = ['Item', 'Page', 'Receipt', 'parse']

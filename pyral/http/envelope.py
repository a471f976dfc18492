"""The JSON envelope of WSAPI: a decoded body to one of Page, Item, Receipt.

Pure: it reads a dict and never changes it. It tolerates what the service is known to leave out,
and refuses what it cannot recognise instead of calling it empty.
"""
from __future__ import absolute_import, division, print_function

from collections import namedtuple

from pyral._compat import Mapping, dump_json, ensure_text, fill, string_types, text_type
from pyral.errors import RallyResponseError
from pyral.redact import Redactor, Secret
from pyral.refs import last_steps
from pyral.service_texts import texts

#: One object that was read; `type_name` is the key it came under.
Item = namedtuple('Item', 'type_name item errors warnings')
#: The answer to a write, or to a read that failed. `kind` is the wrapper's name.
Receipt = namedtuple('Receipt', 'kind item results errors warnings token')


class Page(namedtuple('Page', 'total start page_size items errors warnings says_total says_size')):
    """Rows of a query, collection, schema or list of allowed values.

    Where the service does not say how many there are, or how many a page has, `says_total` and
    `says_size` are False, and the number of rows stands in the place.
    """

    __slots__ = ()

    def __new__(_cls, total, start, page_size, items, errors, warnings, says_total=True,
                says_size=True):
        return super(Page, _cls).__new__(_cls, total, start, page_size, items, errors, warnings,
                                        says_total, says_size)


_RECEIPTS = ('OperationResult', 'CreateResult', 'UpdateResult', 'DeleteResult', 'BatchResult')
#: Keys of which at least one is in every object the service shows.
_ITEM_MARKS = ('_ref', '_type', '_rallyAPIMajor', 'ObjectID', 'Errors')
_SHOWN_CHARACTERS = 400
#: No service has more, and more is no number that Python counts pages with.
_MOST_ITEMS = 1 << 31
_MASKING = Redactor()
_NOT_WSAPI = ("It is JSON, but not of this service: something in between answered or changed it. "
              "Check the server's name and what stands between.")


def parse(payload, target=None, mask=_MASKING.text):
    """Return what `payload` holds.

    :param payload: the decoded JSON body
    :param target: what was asked for, named in the error
    :param mask: takes secrets out of a text, up to a limit; for the error
    :returns: a `Page`, an `Item` or a `Receipt`
    :raises RallyResponseError: the body is none of the wrappers
    """
    if isinstance(payload, Mapping):
        if isinstance(payload.get('QueryResult'), Mapping):
            return _page(payload['QueryResult'], target, payload, mask)
        for kind in _RECEIPTS:
            if isinstance(payload.get(kind), Mapping):
                return _receipt(kind, payload[kind], target, mask)
        # A create may be answered by the bare object; its age is all that shows it is a new one.
        if payload.get('_CreatedAt') == 'just now' and payload.get('_ref'):
            return _receipt('CreateResult', {'Object': payload}, target, mask)
        if len(payload) == 1:
            (name, body), = payload.items()
            if _is_row(body) and _looks_like_item(name, body, target):
                return _item(name, body)
    raise _unrecognised('missing _Xx_Result specifier', target, payload, mask)


def read(answer, target=None):
    """Return what the JSON of an answer holds; see `parse`.

    :param answer: an `Answer`
    :raises RallyResponseError: saying which request got it and with which status
    """
    try:
        return parse(answer.json(), target, answer.shown)
    except RallyResponseError as error:
        problem = error.copy()  # without the frames that hold what came
    problem.args = tuple(answer.shown(arg) for arg in problem.args)
    problem.method, problem.url = answer.method, answer.url
    problem.status_code = answer.status
    raise problem


def _page(body, target, payload, mask):
    items = body.get('Results')
    if items is None:
        items = []
    if not _are_rows(items):
        raise _unrecognised('QueryResult without a list of Results', target, payload, mask)
    total, size = _whole(body.get('TotalResultCount')), _whole(body.get('PageSize'))
    start = _whole(body.get('StartIndex'))
    return Page(
        total=len(items) if total is None else total, start=1 if start is None else start,
        page_size=len(items) if size is None else size,
        items=items, errors=texts(body.get('Errors')), warnings=texts(body.get('Warnings')),
        says_total=total is not None, says_size=bool(size))


def counts(page, index):
    """Say whether the total of a page that begins at an index can be true, and is one."""
    return page.says_total and (not page.items or page.total >= index - 1 + len(page.items))


def _receipt(kind, body, target, mask):
    item, results = body.get('Object'), body.get('Results') or []
    if not _are_rows(results):
        raise _unrecognised(kind + ' without a list of Results', target, body, mask)
    return Receipt(
        kind=kind, item=item if _is_row(item) else None,
        results=results, errors=texts(body.get('Errors')),
        warnings=texts(body.get('Warnings')), token=Secret(body.get('SecurityToken')))


def _unrecognised(problem, target, payload, mask):
    return RallyResponseError(
        fill('{0} for target {1} in following: {2}', problem,
             target if target is not None else 'request', _shown(payload, mask)), hint=_NOT_WSAPI)


def _are_rows(value):
    return isinstance(value, list) and all(_is_row(each) for each in value)


def _is_row(value):
    if not isinstance(value, dict):
        return False
    ref, kind = value.get('_ref'), value.get('_type')
    return (ref is None or isinstance(ref, string_types)) and (
        kind is None or isinstance(kind, string_types))


def _looks_like_item(name, body, target):
    if any(mark in body for mark in _ITEM_MARKS):
        return True
    # A target may be a whole address: its last element names the type.
    return last_steps(ensure_text(target or ''))[-1].lower() == ensure_text(name).lower()


def _item(name, body):
    item = dict((key, value) for key, value in body.items() if key not in ('Errors', 'Warnings'))
    return Item(type_name=name, item=item, errors=texts(body.get('Errors')),
                warnings=texts(body.get('Warnings')))


def _whole(value):
    """Return a number of items, which may arrive as 3.0 or as digits; None where it is none."""
    if isinstance(value, bool):
        return None
    try:
        number = float(value)
        whole = int(number)
    except (TypeError, ValueError, OverflowError):
        return None
    return min(whole, _MOST_ITEMS) if whole == number and whole >= 0 else None


def _shown(payload, mask):
    try:
        shown = ensure_text(dump_json(payload))
    except (TypeError, ValueError, RuntimeError):
        shown = text_type(type(payload).__name__)
    masked = mask(shown, _SHOWN_CHARACTERS)
    return masked + u'...' if len(shown) > _SHOWN_CHARACTERS else masked


__all__ = ['Item', 'Page', 'Receipt', 'counts', 'parse', 'read']

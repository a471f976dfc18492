"""What a read asked for, out of its answer: one object, one page, or page after page (pagination).

The one reader of a single object and the one loop over pages; what is read ahead, and what is
checked between pages, is decided by callers.
"""
from __future__ import absolute_import, division, print_function

from pyral._compat import fill
from pyral.errors import RallyResponseError, error_for
from pyral.http.envelope import Item, Page, read

__all__ = ['item_of', 'page_of', 'pages_from', 'read_item']


def read_item(transport, path, params=None, target=None, refusal=None, **options):
    """Read one object and return it as an `envelope.Item`; see `item_of`.

    :param target: what is read, for messages; the path by default.
    :param options: for the transport.
    """
    answer = transport.get(path, params, **options)
    return item_of(answer, path if target is None else target, refusal)


def item_of(answer, target, refusal=None):
    """Return the one object in an answer as an `envelope.Item`.

    :param refusal: makes the error of an answer that shows no object, from the answer and its
        error texts; by default that of `Answer.error`.
    :raises RallyRESTAPIError: the service refused.
    :raises RallyResponseError: there is not one object in the answer.
    """
    body = read(answer, target) if answer.ok else None
    if body is None or body.errors:
        raise refusal(answer, body.errors if body is not None else answer.errors) \
            if refusal is not None else answer.error()
    if isinstance(body, Item):
        return body
    rows = body.items if isinstance(body, Page) else []
    if len(rows) == 1:
        return Item(rows[0].get('_type'), rows[0], [], body.warnings)
    raise RallyResponseError(
        fill("the service answered GET {0} with {1} items in place of one", target, len(rows)),
        status_code=answer.status, method='GET', url=answer.url)


def page_of(answer, target=None):
    """Return the page in an answer; one object is a page of one.

    :raises RallyRESTAPIError: the service refused.
    :raises RallyResponseError: the answer is no page.
    """
    if not answer.ok:
        raise answer.error()
    body = read(answer, target)
    if body.errors:
        raise error_for(answer.status, body.errors, method='GET', url=answer.url,
                        warnings=body.warnings)
    if isinstance(body, Item):
        return Page(1, 1, 1, [body.item], [], body.warnings)
    if not isinstance(body, Page):
        raise RallyResponseError(fill('expected a page of {0}, got a {1}', target, body.kind),
                                 status_code=answer.status, method='GET', url=answer.url)
    return body


def pages_from(start, read_page, end=None):
    """Yield index and page, one page after the other; an empty page is the last.

    :param start: index of the first item, from 1.
    :param read_page: returns the `envelope.Page` at an index and before `end`, or raises.
    :param end: the index to stop before; by default none.
    """
    index = start
    while end is None or index < end:
        page = read_page(index)
        yield index, page
        if not page.items:
            return
        index += len(page.items)

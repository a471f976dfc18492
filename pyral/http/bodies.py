"""Bodies and redirects: values to JSON bytes, bytes to a body, a redirect to an address.

Plain functions that the transport puts together; they know nothing of the HTTP library but what a
response looks like, open nothing and see no credential. What an answer may lead to is judged here:
a write is never sent on by a redirect that would turn it into something else.
"""
from __future__ import absolute_import, division, print_function

import re

from pyral._compat import (
    Mapping,
    binary_type,
    dump_json,
    ensure_binary,
    ensure_native,
    fill,
    raise_from,
    text_type,
    urljoin,
)
from pyral.errors import RallyResponseError, RallyRESTAPIError, TransportError
from pyral.http.answer import Answer
from pyral.http.decompression import codings, decompressed
from pyral.http.limits import OVERSIZE, limit_reads
from pyral.http.network_failures import Failure
from pyral.http.outcomes import SEE_OTHER, envelope_in
from pyral.http.retrying import Sending
from pyral.service_texts import UNKNOWN_OUTCOME

#: Redirects that ask for the same request elsewhere; others turn a write into a read.
_SAME_AGAIN = (307, 308)
_NOT_CHANGED = 304
_SHOWN_CHARACTERS = 200
#: Bytes asked for at once where the length is unknown, or is more than an answer has.
_PIECE, _LARGEST_AT_ONCE = 1 << 18, 1 << 26
#: The same where the HTTP library decompresses, all of what it gets.
_SMALL_PIECE = 1 << 10
#: Bytes that a small body may have around its chunks.
_FRAMES = 1 << 20
#: A length that is announced; `isdigit` takes signs for digits that `int` does not.
_LENGTH = re.compile(r'[0-9]{1,15}$')


def encoded(body):
    """Return what becomes the body of a request: bytes, or None.

    :raises RallyRESTAPIError: there is a value in it that JSON has no form for
    """
    if body is None or isinstance(body, binary_type):
        return body
    if isinstance(body, text_type):
        return ensure_binary(body)
    try:
        return dump_json(body)
    except (TypeError, ValueError, RuntimeError) as error:
        raise_from(RallyRESTAPIError(
            fill("the values cannot be written as JSON: {0}", error),
            hint="Give text, numbers, True or False, dates, entities, or lists of these. Nothing "
                 "was sent."), None)


def whole(response, bounds, content_stream=None):
    """Return the body of a streamed response, read within limits.

    :param bounds: the `Limits` of the sending
    :param content_stream: takes a part of the body out on the way
    :raises IOError: less came than was announced, or what was announced is no length
    :raises LimitReached: the deadline passed, or the body is too large
    """
    announced = _announced(_header(response, 'Content-Length'))
    if content_stream is not None:
        bounds.allow(content_stream.size)
    if getattr(response, '_content', False) is not False or not hasattr(response, 'iter_content'):
        pieces = iter([_content_read(response)])  # by a hook; or a test made the response
    else:
        pieces = _pieces(response, announced, bounds)
    pieces = _limited(pieces, bounds, bounds.most[1])
    if content_stream is not None:
        content = content_stream.without_content(pieces)
    else:
        content = b''.join(pieces)
    counted = getattr(getattr(response, 'raw', None), '_fp_bytes_read', None)
    is_kept = counted == 0 and bool(content)  # a cache has the body, and nothing to read it from
    if announced is not None and isinstance(counted, int) and counted < announced and not is_kept:
        raise IOError("{0} of {1} bytes came".format(counted, announced))
    return content


def limit_body(response):
    """Let the body of a response be read within limits, and say whether that could be done."""
    raw = getattr(response, 'raw', None)
    return limit_reads(getattr(getattr(raw, '_fp', None), 'fp', None))


def _pieces(response, announced, bounds):
    """Iterate over a body with its codings undone."""
    raw, names = response.raw, codings(_header(response, 'Content-Encoding'))
    most = bounds.most[0] if names or names is None else bounds.most[1]
    if announced is not None and announced > most:
        raise bounds.exceeded(OVERSIZE)
    # Another adapter's connection does not know of limits before now.
    is_limited = limit_body(response)
    bounds.expect(2 * most + _FRAMES)
    if names is None or not hasattr(raw, 'stream'):
        return response.iter_content(_SMALL_PIECE if names is None else _PIECE)
    if is_limited and announced is not None and announced < _LARGEST_AT_ONCE:
        # Piece by piece, urllib3 would copy all of it twice.
        pieces = iter([raw.read(decode_content=False)])
    else:
        pieces = raw.stream(_PIECE, decode_content=False)
    return decompressed(_limited(pieces, bounds, most), names) if names else pieces


def _limited(pieces, bounds, most):
    """Iterate over pieces until the deadline, and over no more than so many bytes."""
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise bounds.exceeded(OVERSIZE)
        bounds.left_s()
        yield piece


def answer_to(response):
    """Return the `Answer` in a response of the HTTP library; what is none of its kind stays.

    :raises RallyResponseError: it is neither
    """
    if hasattr(response, 'is_json'):
        return response
    try:
        status, url = response.status_code, getattr(response, 'url', None)
        headers = response.headers if isinstance(response.headers, Mapping) else {}
        content = _content_read(response)
    except (AttributeError, TypeError, ValueError) as error:
        raise_from(RallyResponseError(
            fill("{0} is no answer to read: {1}", type(response).__name__, error),
            hint="Give what session.get() returned, or an ErrorResponse."), None)
    method = getattr(getattr(response, 'request', None), 'method', None)
    return Answer(status, headers, content, url, method or 'GET')


def _header(response, name):
    headers = response.headers
    return headers.get(name) if isinstance(headers, Mapping) else None


def _content_read(response):
    """Return the bytes of a response that has them, or of one that knows only its text or JSON."""
    for name in ('content', 'text'):
        found = getattr(response, name, None)
        if isinstance(found, (binary_type, text_type)):
            return ensure_binary(found)
    return dump_json(response.json())


def _announced(text):
    if text is None:
        return None
    digits = text.split(',')[0].strip()  # a doubled header arrives joined
    if not _LENGTH.match(digits):
        raise IOError("Content-Length is {0!r}".format(text[:40]))
    return int(digits)


def leads_on(request, answer):
    """Say whether an answer is a redirect that is to be followed."""
    is_redirect = 300 <= answer.status < 400 and answer.status != _NOT_CHANGED
    if not (request.options.follows and is_redirect and answer.location):
        return False
    # What the service says of a write itself holds, wherever it points besides.
    return not request.is_write or envelope_in(answer) is None


def next_address(request, url, answer, base_url):
    """Return where a redirect leads, and the `Sending` that ends it there; one of them is None.

    :param url: the address that answered, with nothing masked in it
    :param base_url: the `BaseUrl` that requests must not leave
    """
    is_kept = answer.status in _SAME_AGAIN or not request.is_write
    try:
        # It is told as it came: joining cuts off signs that a secret may end with.
        address = base_url.admit(urljoin(url, answer.location), lambda _, limit: urljoin(
            url, answer.shown(answer.location, limit)))
    except TransportError as error:
        if not is_kept:
            return None, redirected(request, answer)
        error.method, error.status_code = request.method, answer.status
        return None, Sending(None, error, Failure('foreign', True))
    except ValueError:
        reason = fill("the redirect leads to no address: '{0}'",
                      answer.shown(answer.location, _SHOWN_CHARACTERS))
        return None, redirected(request, answer, reason, is_open=not is_kept)
    if is_kept:
        return address, None
    is_done = answer.status == SEE_OTHER
    return None, Sending(answer, None, None) if is_done else redirected(request, answer)


def redirected(request, answer, reason=None, is_open=True):
    """Return the `Sending` of a request whose redirect is not followed.

    :param is_open: True where a write may have been carried out before it was redirected.
    """
    is_unknown, url = request.is_write and is_open, answer.shown(request.url)
    reason = reason or "the write was redirected, and may have been carried out"
    details = {'payload': request.payload, 'outcome_unknown': True, 'hint': UNKNOWN_OUTCOME} \
        if is_unknown else {'hint': _REDIRECT_HINT}
    error = TransportError(
        fill("{0} {1}: {2}", request.method, url, reason), kind='redirect',
        method=request.method, url=url, status_code=answer.status, **details)
    return Sending(None, error, Failure('redirect', not is_unknown))


_REDIRECT_HINT = ("A sign-in page, a proxy or a service that moved answers so: open the address in "
                  "a browser, and give the server it ends at.")


def cleaned(problem, redactor):
    """Return an error of the HTTP library without the request it carries and the URL it quotes."""
    text = ensure_native(redactor.text(problem), errors='replace')
    try:
        return type(problem)(text)
    except (TypeError, ValueError):
        return IOError(text)  # its class wants more than a text


__all__ = ['answer_to', 'cleaned', 'encoded', 'leads_on', 'limit_body', 'next_address',
           'redirected', 'whole']

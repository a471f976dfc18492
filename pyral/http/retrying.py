"""Retry: one request over all its sendings, with backoff, where that is safe and promises success.

It knows the rules of `retry_policy` and nothing of HTTP libraries: sending is a function it is
given. It must never send a write again whose outcome is unknown.
"""
from __future__ import absolute_import, division, print_function

import logging
from collections import namedtuple

from pyral._compat import ensure_native, fill
from pyral.errors import RallyResponseError, Timeout
from pyral.http.outcomes import UNKNOWN, outcome_of
from pyral.http.retry_policy import (
    CONNECT,
    GARBLED,
    LOST,
    READ_METHODS,
    condition_of_status,
    seconds_of_retry_after,
)
from pyral.redact import mask_url
from pyral.service_texts import UNKNOWN_OUTCOME

LOG = logging.getLogger('pyral.transport')

#: What a gateway says when it has waited long enough.
_TOO_SLOW_STATUSES = (504, 524)

_FOREIGN_HINT = ("A cache or a proxy in between gave out what is not meant for this request. The "
                 "connections were closed; ask again, and check what stands in between.")

#: A request whose answers are no JSON is sent at most so many times.
_MAX_GARBLED = 3

#: The result of one sending: an `Answer`, or an error with the `Failure` it came from.
Sending = namedtuple('Sending', 'answer error failure')


class RequestOptions(object):
    """What may be said of one request besides what it asks.

    :param timeout: seconds or a pair (connect, read)
    :param deadline: seconds for one sending and all of its answer
    :param max_answer: bytes of a body, or a pair (as sent, decompressed)
    :param retry: a `RetryPolicy`
    :param purpose: a word for listeners (`lazy` for what attribute access reads)
    :param wants_json: False where the body may be anything
    :param headers: further headers
    :param follows: False to get a redirect itself instead of where it leads
    :param divisible: True where asking for less is better than asking again after a timeout
    :param content_stream: takes a part of the body out while it arrives; see
        `writing.content_stream`
    """

    __slots__ = ('timeout', 'retry', 'purpose', 'wants_json', 'headers', 'follows', 'divisible',
                 'content_stream', 'deadline', 'max_answer')

    def __init__(self, timeout=None, retry=None, purpose=None, wants_json=True, headers=None,
                 follows=True, divisible=False, content_stream=None, deadline=None,
                 max_answer=None):
        self.timeout = timeout
        self.deadline = deadline
        self.max_answer = max_answer
        self.retry = retry
        self.purpose = purpose
        self.wants_json = wants_json
        self.headers = headers
        self.follows = follows
        self.divisible = divisible
        self.content_stream = content_stream


class Request(namedtuple('Request', 'method url payload body options')):
    """One request as asked for: `payload` as the caller gave it, `body` as bytes."""

    __slots__ = ()

    def __repr__(self):
        return ensure_native(fill('<Request {0} {1}>', self.method, mask_url(self.url)))

    @property
    def is_write(self):
        """True for methods that change something."""
        return self.method not in READ_METHODS


def with_retries(request, send, budget, is_known):
    """Send `request` until it succeeds or repeating is unsafe or useless; return the `Answer`.

    :param request: a `Request`
    :param send: called with it, returns a `Sending`
    :param budget: a `RetryBudget`
    :param is_known: called without arguments; True once this service has answered properly
    :raises TransportError: no answer came
    """
    policy = request.options.retry
    started, attempt = policy.clock(), 0
    while True:
        attempt += 1
        sending = send(request)
        condition = _condition(request, sending)
        if condition is None:
            budget.give_back()
            return _settled(request, sending.answer)
        known = is_known() or not _looks_like_wrong_address(sending, condition)
        elapsed_s = policy.clock() - started
        if not (known and _promising(request, sending, condition, attempt)
                and policy.may_repeat(request.method, condition, attempt, elapsed_s)
                and budget.take()):
            return _result(request, sending, condition, attempt)
        wait_s = policy.wait_s(attempt, _retry_after_s(sending))
        LOG.info("%s %s: %s; sending it again in %.1f s (%d of %d)", request.method,
                 (sending.answer or sending.error).url or request.url,
                 condition, wait_s, attempt + 1, policy.attempts)
        policy.sleep(wait_s)


def _condition(request, sending):
    if sending.error is not None:
        return CONNECT if sending.failure.unsent else LOST
    condition = condition_of_status(sending.answer.status)
    if sending.answer.status < 200:
        return LOST  # the answer itself was to come after this
    if (condition is None and request.options.wants_json and sending.answer.ok
            and not sending.answer.is_json):
        return GARBLED
    return condition


def _looks_like_wrong_address(sending, condition):
    if sending.error is not None and sending.failure.kind in ('dns', 'refused', 'tls', 'proxy'):
        return True
    # A page where the service should be is no Rally; an empty or broken body may well be one.
    return condition == CONNECT or (condition == GARBLED and sending.answer.is_page)


def _promising(request, sending, condition, attempt):
    if request.options.divisible and is_too_slow(sending.answer, sending.error):
        return False  # the caller asks for less
    if condition == GARBLED:
        return attempt < _MAX_GARBLED
    # A certificate does not become valid, an address ours, an answer small by asking again.
    return sending.error is None or sending.failure.kind not in (
        'tls', 'foreign', 'redirect', 'size', 'head')


def is_too_slow(answer, error):
    """Say whether asking for less may help: the answer took too long, or was too large."""
    if error is not None:
        return isinstance(error, Timeout) or error.kind == 'size'
    return answer.status in _TOO_SLOW_STATUSES


def _retry_after_s(sending):
    if sending.answer is None:
        return None
    headers = dict((name.lower(), value) for name, value in sending.answer.headers.items())
    return seconds_of_retry_after(headers.get('retry-after'))


def _result(request, sending, condition, attempt):
    if sending.error is not None:
        if attempt > 1:
            sent = fill("Sent {0} times.", attempt)
            hint = sending.error.hint
            sending.error.hint = fill('{0} {1}', sent, hint) if hint else sent
        raise sending.error
    answer = sending.answer
    if request.is_write and condition == GARBLED:
        raise answer.not_json_error(method=request.method, url=answer.shown(request.url),
                                    **_unknown(request))
    return _settled(request, answer)


def _settled(request, answer):
    """Return an answer, unless it leaves open what became of a write."""
    # What came as an answer and is none is shown by the one who reads it.
    is_read = answer.ok and answer.is_json
    if request.is_write and not is_read and outcome_of(answer) == UNKNOWN:
        raise answer.error(url=answer.shown(request.url), **_unknown(request))
    return answer


def foreign_answer(request, answer, found):
    """Return the error for an answer that belongs to another request.

    :param found: what shows it, in words
    """
    details = _unknown(request) if request.is_write else {'hint': _FOREIGN_HINT}
    return RallyResponseError(
        fill("the answer to {0} {1} belongs to another request: {2}", request.method, answer.url,
             answer.shown(found)), method=request.method, url=answer.shown(request.url),
        status_code=answer.status, **details)


def _unknown(request):
    return {'payload': request.payload, 'outcome_unknown': True, 'hint': UNKNOWN_OUTCOME}


__all__ = ['Request', 'RequestOptions', 'Sending', 'foreign_answer', 'is_too_slow',
           'with_retries']

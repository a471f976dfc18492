"""Repeating a request: where it is safe and promises success, and never else."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral.errors import (
    ConnectFailed,
    GatewayError,
    RallyResponseError,
    RallyRESTAPIError,
    Timeout,
    TransportError,
)
from pyral.http.answer import Answer
from pyral.http.network_failures import Failure
from pyral.http.retry_policy import RetryBudget, RetryPolicy
from pyral.http.retrying import Request, RequestOptions, Sending, is_too_slow, with_retries

GOOD = b'{"QueryResult": {"Errors": [], "Results": []}}'


def http(status=200, content=GOOD, **headers):
    """A sending that was answered."""
    return Sending(Answer(status, headers, content, 'https://h/x'), None, None)


def failure(kind, unsent, cls=TransportError):
    """A sending that was not."""
    return Sending(None, cls('stated', kind=kind, hint='Hint.'), Failure(kind, unsent))


LOST = failure('reset', False)
REFUSED = failure('refused', True, ConnectFailed)


class Line(object):
    """Gives one sending after the other; counts them, and the seconds slept."""

    def __init__(self, *sendings, **options):
        self.waiting, self.sent, self.slept, self.now = list(sendings), 0, [], 1000.0
        self.known = options.pop('known', True)
        self.budget = RetryBudget(options.pop('budget', 99))
        options.setdefault('random', lambda: 1.0)
        self.policy = RetryPolicy(sleep=self.sleep, clock=lambda: self.now, **options)

    def sleep(self, seconds):
        self.slept.append(seconds)
        self.now += seconds

    def send(self, request):
        assert request is self.request
        self.sent += 1
        return self.waiting.pop(0) if len(self.waiting) > 1 else self.waiting[0]

    def deliver(self, method='GET', **options):
        self.request = Request(method, 'https://h/x', {'sent': 1}, None,
                               RequestOptions((1, 1), self.policy, **options))
        return with_retries(self.request, self.send, self.budget, lambda: self.known)


@pytest.mark.parametrize('first', [
    LOST, REFUSED, failure('timeout', False), failure('dns', True), http(429), http(502), http(503),
    http(524), http(200, b'<html>'), http(200, b'{"QueryResult": {"Err'), http(200, b''),
])
def test_a_read_is_repeated_until_it_succeeds(first):
    line = Line(first, first, http())
    assert line.deliver().errors == []
    assert line.sent == 3 and line.slept == [0.5, 1.0]


@pytest.mark.parametrize('first,sent', [
    (REFUSED, 2), (failure('dns', True), 2), (failure('timeout', True), 2), (http(429), 2),
])
def test_a_write_that_surely_had_no_effect_is_repeated(first, sent):
    line = Line(first, http())
    assert line.deliver('PUT').ok and line.sent == sent


@pytest.mark.parametrize('method', ['PUT', 'POST', 'DELETE'])
@pytest.mark.parametrize('first,cls', [
    (LOST, TransportError), (failure('timeout', False), TransportError),
    (http(502, b'<html>'), GatewayError), (http(503, b'x'), GatewayError),
    (http(504, GOOD), RallyRESTAPIError), (http(200, b'<html>'), RallyResponseError),
    (http(408, b'<html>'), RallyRESTAPIError), (http(500, b'<html>'), RallyRESTAPIError),
    (http(520, b'<html>'), RallyRESTAPIError),
])
def test_a_write_whose_outcome_is_unknown_is_never_sent_again(method, first, cls):
    line = Line(first, http())
    with pytest.raises(cls) as caught:
        line.deliver(method)
    assert line.sent == 1 and line.slept == []
    if first.error is None:
        assert caught.value.outcome_unknown and caught.value.payload == {'sent': 1}
        assert 'not known' in caught.value.hint


@pytest.mark.parametrize('status', [400, 401, 403, 404, 405, 500])
def test_an_answer_that_will_not_change_is_handed_on_at_once(status):
    line = Line(http(status, b'x'))
    assert line.deliver().status == status and line.sent == 1


@pytest.mark.parametrize('first', [
    REFUSED, failure('dns', True), failure('tls', True), failure('proxy', True),
    failure('refused', False), failure('timeout', True), failure('dns', False),
    failure('tls', False), failure('proxy', False),
    http(200, b'<html>'),
])
def test_until_the_service_answered_once_a_wrong_address_is_told_at_once(first):
    line = Line(first, known=False)
    if first.error is not None:
        with pytest.raises(TransportError):
            line.deliver()
    else:
        assert not line.deliver().is_json
    assert line.sent == 1


@pytest.mark.parametrize('content', [b'', b'{"QueryResult": {"Err'])
def test_a_body_that_broke_off_is_asked_for_again_even_the_first_time(content):
    line = Line(http(200, content), http(), known=False)
    assert line.deliver().is_json and line.sent == 2


@pytest.mark.parametrize('kind', ['tls', 'foreign', 'redirect'])
def test_what_repeating_cannot_mend_is_not_repeated(kind):
    line = Line(failure(kind, True))
    with pytest.raises(TransportError):
        line.deliver()
    assert line.sent == 1


@pytest.mark.parametrize('attempts, hint, shown', [
    (1, 'Hint.', 'Hint.'), (2, 'Hint.', 'Sent 2 times. Hint.'), (3, None, 'Sent 3 times.'),
])
def test_after_the_last_attempt_the_error_says_how_often_it_was_sent(attempts, hint, shown):
    sending = failure('reset', False)
    sending.error.hint = hint
    line = Line(sending, attempts=attempts)
    with pytest.raises(TransportError) as caught:
        line.deliver()
    assert line.sent == attempts and caught.value.hint == shown


def test_a_repeat_is_logged_with_its_reason_and_its_wait(caplog):
    with caplog.at_level('INFO', logger='pyral.transport'):
        Line(LOST, http(503, b'x'), http()).deliver()
    assert [record.getMessage() for record in caplog.records] == [
        'GET https://h/x: lost; sending it again in 0.5 s (2 of 5)',
        'GET https://h/x: unavailable; sending it again in 1.0 s (3 of 5)']


def test_a_write_answered_by_no_json_says_what_was_asked_and_what_came():
    with pytest.raises(RallyResponseError) as caught:
        Line(http(200, b'<html>')).deliver('PUT')
    error = caught.value
    assert (error.status_code, error.method, error.url) == (200, 'PUT', 'https://h/x')
    assert error.message.startswith('Response for request: https://h/x either was not JSON')


@pytest.mark.parametrize('status', [408, 500, 501, 505])
def test_a_write_that_failed_without_a_word_of_the_service_has_an_unknown_outcome(status):
    with pytest.raises(RallyRESTAPIError) as caught:
        Line(Sending(Answer(status, {}, b'x', 'https://other/y'), None, None)).deliver('PUT')
    assert caught.value.outcome_unknown and caught.value.url == 'https://h/x'


def test_a_failure_of_a_write_in_the_words_of_the_service_is_an_answer():
    refusal = b'{"CreateResult": {"Errors": ["An unexpected error"], "Warnings": []}}'
    assert Line(http(500, refusal)).deliver('PUT').errors == ['An unexpected error']


def test_after_the_last_attempt_the_answer_of_a_read_is_handed_on():
    line = Line(http(503, b'x'), attempts=2)
    assert line.deliver().status == 503 and line.sent == 2


def test_a_body_that_stays_garbled_is_asked_for_three_times():
    line = Line(http(200, b'<html>'), attempts=9)
    assert not line.deliver().is_json and line.sent == 3


def test_a_body_that_may_be_anything_is_taken_as_it_is():
    line = Line(http(200, b'<html>'))
    assert line.deliver(wants_json=False).content == b'<html>' and line.sent == 1


def test_retry_after_is_waited_for_whatever_the_letter_case():
    line = Line(http(429, b'', **{'retry-After': '7'}), http())
    line.deliver()
    assert line.slept == [7.0]


def test_the_time_of_the_call_is_bounded():
    line = Line(http(429, b'', **{'Retry-After': '50'}), attempts=99, call_budget_s=120)
    assert line.deliver().status == 429
    assert line.slept == [50.0, 50.0, 50.0]


def test_the_budget_of_the_connection_bounds_all_calls_together():
    line = Line(http(503, b'x'), budget=3)
    line.deliver()
    assert line.sent == 4
    line.deliver()
    assert line.sent == 5


@pytest.mark.parametrize('slow', [failure('timeout', False, Timeout), http(504), http(524)])
def test_what_can_be_asked_for_in_parts_is_not_asked_again_whole_after_a_timeout(slow):
    line = Line(slow, http())
    try:
        answer, error = line.deliver(divisible=True), None
    except Timeout as problem:
        answer, error = None, problem
    assert line.sent == 1 and is_too_slow(answer, error)
    assert Line(slow, http()).deliver().ok


def test_other_failures_of_what_is_divisible_are_repeated():
    for first in (LOST, REFUSED, http(503), http(502)):
        assert Line(first, http()).deliver(divisible=True).ok


def test_what_a_request_is_asked_with_where_nothing_is_said():
    options = RequestOptions()
    assert options.wants_json and options.follows and not options.divisible
    for name in ('timeout', 'retry', 'purpose', 'headers', 'content_stream', 'deadline',
                 'max_answer'):
        assert getattr(options, name) is None
    given = RequestOptions(1, 2, 3, False, 5, False, True, 8, 9, 10)
    assert [getattr(given, name) for name in RequestOptions.__slots__] == [
        1, 2, 3, False, 5, False, True, 8, 9, 10]


@pytest.mark.parametrize('kind', ['dns', 'refused', 'tls', 'proxy'])
def test_a_failure_that_may_be_a_wrong_address_is_told_at_once_though_bytes_were_sent(kind):
    line = Line(failure(kind, False), http(), known=False)
    with pytest.raises(TransportError):
        line.deliver()
    assert line.sent == 1


@pytest.mark.parametrize('kind', ['reset', 'timeout'])
def test_a_lost_answer_is_asked_for_again_even_the_first_time(kind):
    line = Line(failure(kind, False), http(), known=False)
    assert line.deliver().is_json and line.sent == 2


@pytest.mark.parametrize('first, status', [
    (http(200, b'<html>'), 200), (http(502, b'<html>'), 502), (http(408, b'x'), 408)])
def test_an_unknown_outcome_tells_what_was_sent_where_and_what_came(first, status):
    with pytest.raises(RallyRESTAPIError if status != 200 else RallyResponseError) as caught:
        Line(first).deliver('PUT')
    error = caught.value
    assert (error.status_code, error.url, error.payload) == (status, 'https://h/x', {'sent': 1})
    assert error.outcome_unknown and error.args and error.args[0]
    if status == 200:
        assert error.method == 'PUT'


@pytest.mark.parametrize('status', [422, 400, 404])
def test_an_answer_given_before_the_deed_settles_a_write(status):
    assert Line(http(status, b'x')).deliver('PUT').status == status


def test_the_time_of_a_call_begins_with_its_first_sending():
    line = Line(http(429, b'', **{'Retry-After': '50'}), http(), call_budget_s=120)
    line.now = 1000.0
    assert line.deliver().ok and line.sent == 2


def test_a_success_pays_one_repeat_back():
    line = Line(http(503, b'x'), http(), budget=1)
    line.deliver()
    line.waiting = [http(503, b'x'), http()]
    assert line.deliver().ok and line.budget.taken == 2

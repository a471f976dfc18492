"""The retry policy: numbers and a table, tested without waiting."""
from __future__ import absolute_import, division, print_function

import pickle

import pytest

from pyral.http import retry_policy as retry
from pyral.http.retry_policy import (
    RetryBudget,
    RetryPolicy,
    condition_of_status,
    seconds_of_retry_after,
)


@pytest.mark.parametrize('method,condition,allowed', [
    ('GET', retry.CONNECT, True), ('PUT', retry.CONNECT, True),
    ('GET', retry.THROTTLED, True), ('POST', retry.THROTTLED, True),
    ('GET', retry.UNAVAILABLE, True), ('DELETE', retry.UNAVAILABLE, False),
    ('GET', retry.LOST, True), ('PUT', retry.LOST, False), ('POST', retry.LOST, False),
    ('GET', retry.GARBLED, True), ('PUT', retry.GARBLED, False),
])
def test_a_write_is_repeated_only_where_it_surely_had_no_effect(method, condition, allowed):
    assert RetryPolicy().may_repeat(method, condition, 1, 0.0) is allowed


def test_attempts_and_time_are_bounded():
    policy = RetryPolicy(attempts=3, call_budget_s=10)
    assert policy.may_repeat('GET', retry.LOST, 2, 9.9)
    assert not policy.may_repeat('GET', retry.LOST, 3, 0)
    assert not policy.may_repeat('GET', retry.LOST, 1, 10)


def test_waits_double_are_jittered_and_capped():
    policy = RetryPolicy(base_s=1, cap_s=5, random=lambda: 1.0)
    assert [policy.wait_s(attempt) for attempt in (1, 2, 3, 4)] == [1, 2, 4, 5]
    assert policy.replace(random=lambda: 0.0).wait_s(3) == 0


def test_retry_after_is_respected_up_to_the_budget_of_the_call():
    policy = RetryPolicy(call_budget_s=60, random=lambda: 0.5)
    assert policy.wait_s(1, 7) == 7
    assert policy.wait_s(1, 3600) == 60
    assert policy.replace(respect_retry_after=False, base_s=1).wait_s(1, 7) == 0.5


@pytest.mark.parametrize('value,seconds', [
    ('7', 7), (' 0.5 ', 0.5), ('Thu, 01 Jan 1970 00:01:00 GMT', 50),
    ('Thu, 01 Jan 1970 00:00:00 GMT', 0), ('soon', None), ('', None), (None, None),
    ('Wed, 21 Oct 99999 07:28:00 GMT', None), ('Wed, 99 Foo 2015 07:28:00 GMT', None),
    (u'\xe4', None),
])
def test_retry_after_is_read_as_number_or_date(value, seconds):
    assert seconds_of_retry_after(value, now=lambda: 10) == seconds


@pytest.mark.parametrize('status,condition', [
    (429, retry.THROTTLED), (502, retry.UNAVAILABLE), (524, retry.UNAVAILABLE), (200, None),
    (401, None), (404, None), (500, None),
])
def test_only_passing_conditions_are_worth_a_repeat(status, condition):
    assert condition_of_status(status) == condition


def test_the_policy_does_not_change():
    policy = RetryPolicy()
    with pytest.raises(AttributeError):
        policy.attempts = 9
    assert policy.replace(attempts=9).attempts == 9 and policy.attempts == 5


def test_a_policy_that_sends_nothing_is_refused():
    with pytest.raises(ValueError) as caught:
        RetryPolicy(attempts=0)
    assert str(caught.value) == "retry: attempts=0 sends nothing; 1 means no repeats"
    assert RetryPolicy(attempts=1).attempts == 1


def test_a_policy_pickles_without_its_functions():
    policy = RetryPolicy(attempts=2, cap_s=1.5, rally_budget=7, sleep=lambda seconds: None)
    copy = pickle.loads(pickle.dumps(policy))
    assert (copy.attempts, copy.cap_s, copy.rally_budget) == (2, 1.5, 7)


def test_the_budget_runs_out_and_successes_pay_it_back():
    budget = RetryBudget(2)
    assert budget.taken == 0
    assert [budget.take(), budget.take(), budget.take()] == [True, True, False]
    assert budget.taken == 2
    budget.give_back()
    assert [budget.take(), budget.take()] == [True, False]
    assert budget.taken == 3
    for _ in range(5):
        budget.give_back()
    assert [budget.take(), budget.take(), budget.take()] == [True, True, False]


def test_the_numbers_that_hold_where_nothing_is_given():
    policy = RetryPolicy(random=lambda: 1.0)
    assert [policy.wait_s(attempt) for attempt in (1, 2, 7, 20)] == [0.5, 1.0, 30.0, 30.0]
    assert policy.wait_s(1, 9999) == 180.0
    assert policy.may_repeat('GET', retry.LOST, 4, 179.9)
    assert not policy.may_repeat('GET', retry.LOST, 5, 0)
    assert not policy.may_repeat('GET', retry.LOST, 1, 180)
    assert policy.rally_budget == 200 and policy.respect_retry_after


def test_one_attempt_is_no_repeat_and_none_is_refused_with_its_number():
    assert RetryPolicy(attempts=1).attempts == 1
    assert not retry.NO_RETRY.may_repeat('GET', retry.CONNECT, 1, 0)
    with pytest.raises(ValueError) as caught:
        RetryPolicy(attempts=0)
    assert str(caught.value) == 'retry: attempts=0 sends nothing; 1 means no repeats'


def test_a_policy_shows_its_numbers():
    assert repr(RetryPolicy(2, 0.1, 3.0, 4.0)) == (
        'RetryPolicy(attempts=2, base_s=0.1, cap_s=3.0, call_budget_s=4.0)')
    with pytest.raises(AttributeError) as caught:
        RetryPolicy().cap_s = 3
    assert str(caught.value) == 'a RetryPolicy does not change; use replace(cap_s=...)'


def test_every_number_survives_replace_and_pickle():
    policy = RetryPolicy(2, 0.1, 3.0, 4.0, 5, False)
    for twin in (policy.replace(), pickle.loads(pickle.dumps(policy))):
        assert (twin.attempts, twin.base_s, twin.cap_s, twin.call_budget_s, twin.rally_budget,
                twin.respect_retry_after) == (2, 0.1, 3.0, 4.0, 5, False)


def test_what_was_spent_is_counted_though_it_was_paid_back():
    budget = RetryBudget(2)
    assert budget.taken == 0
    budget.take()
    budget.give_back()
    assert budget.taken == 1
    assert [budget.take(), budget.take(), budget.take()] == [True, True, False]
    assert budget.taken == 3


@pytest.mark.parametrize('status', [502, 503, 504, 520, 521, 522, 523, 524, 530])
def test_what_a_gateway_says_of_a_service_that_is_away_is_worth_a_repeat(status):
    assert condition_of_status(status) == retry.UNAVAILABLE


@pytest.mark.parametrize('status', [400, 403, 408, 501, 505, 519, 525, 529, 531])
def test_other_failures_are_not(status):
    assert condition_of_status(status) is None

"""The token is asked for once, and renewed once, by one thread."""
from __future__ import absolute_import, division, print_function

import threading

import pytest

from pyral.errors import AuthenticationError
from pyral.http.sign_in import SignIn
from tests.threads import GUARD_S


def together(count, act):
    """Run `act` in `count` threads that start at one moment; return what they returned."""
    ready, results = threading.Event(), []

    def run():
        ready.wait(GUARD_S)
        results.append(act())

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    ready.set()
    for thread in threads:
        thread.join(GUARD_S)
    return results


def test_many_threads_share_one_fetch():
    asked = []
    sign_in = SignIn(lambda: asked.append(1) or 'token')
    assert together(16, sign_in.token) == ['token'] * 16
    assert len(asked) == 1


def test_many_refusals_of_one_generation_renew_once():
    asked = []
    sign_in = SignIn(lambda: asked.append(1) or 'token{0}'.format(len(asked)))
    assert sign_in.token() == 'token1'
    together(16, lambda: sign_in.renew(0))
    assert (len(asked), sign_in.token(), sign_in.generation) == (2, 'token2', 1)


def test_a_refusal_of_an_older_generation_renews_nothing():
    sign_in = SignIn(lambda: 'token')
    sign_in.renew(0)
    sign_in.renew(0)
    assert sign_in.generation == 1


def test_a_refused_fetch_is_final():
    refusal = AuthenticationError('Invalid credentials')

    asked = []

    def fetch():
        asked.append(1)
        raise refusal

    sign_in = SignIn(fetch)
    with pytest.raises(AuthenticationError):
        sign_in.renew(0)
    assert sign_in.refusal.args == refusal.args and sign_in.generation == 1
    with pytest.raises(AuthenticationError):
        sign_in.renew(0)
    assert len(asked) == 1


def test_a_passing_failure_of_a_fetch_is_not_final():
    waiting = [IOError('down')]

    def fetch():
        if waiting:
            raise waiting.pop()
        return 'token'

    sign_in = SignIn(fetch)
    with pytest.raises(IOError):
        sign_in.token()
    assert sign_in.token() == 'token' and sign_in.refusal is None


def test_credentials_that_were_accepted_once_are_not_given_up_for_one_refusal():
    sign_in = SignIn(lambda: 'token')
    sign_in.proven = True
    sign_in.refuse(AuthenticationError('x'))
    assert sign_in.refusal is None


def test_a_sign_in_shows_no_token():
    sign_in = SignIn(lambda: 'secret-token')
    sign_in.token()
    assert 'secret-token' not in repr(sign_in)

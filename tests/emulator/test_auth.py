"""Passwords, sessions and tokens without HTTP."""

import base64

import pytest

from pyral.emulator.access.auth import (
    Authenticator,
    Identity,
    Sessions,
    check_password,
    decode_basic,
    hash_password,
)
from pyral.emulator.errors import AuthenticationFailed, NotAuthorized


class Hand:
    """A clock moved by hand."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.mark.parametrize('password', ['secret', 'pässwörd', '', 'with:colon$and$dollar'])
def test_a_password_is_known_by_its_hash_only(password):
    kept = hash_password(password)
    assert password == '' or password not in kept
    assert check_password(password, kept)
    assert not check_password(password + 'x', kept)
    assert not check_password(password, '') and not check_password(password, 'plain$' + password)


def test_equal_passwords_of_two_users_have_two_hashes():
    assert hash_password('secret') != hash_password('secret')


def test_a_hash_costs_as_many_rounds_as_is_said():
    assert hash_password('secret').startswith('pbkdf2:sha256:1000$')


@pytest.mark.parametrize(
    ('salt', 'digest'),
    [
        ('ada@example.com', '7d161b837549013c64a583e3b698b73296014c00a69389b381f447b97e0127b5'),
        ('a$b@example.com', 'ee99b81bd9842340e18a2e14523f14a2f5b1c2a63e11649f56d11041b7588684'),
    ],
)
def test_a_hash_kept_by_an_older_version_is_still_known(salt, digest):
    kept = f'pbkdf2${salt}${digest}'
    assert check_password('ada-Secret1', kept)
    assert not check_password('ada-Secret2', kept)
    assert not check_password('ada-Secret1', kept[:-1])


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        (base64.b64encode(b'user:pass:word').decode(), ('user', 'pass:word')),
        (base64.b64encode('jürgen:päss'.encode()).decode(), ('jürgen', 'päss')),
        (base64.b64encode('jürgen:päss'.encode('latin-1')).decode(), ('jürgen', 'päss')),
        ('!!!', ('', '')),
        ('', ('', '')),
        ('ÄÖ', ('', '')),
    ],
)
def test_basic_credentials_are_decoded(text, expected):
    assert decode_basic(text) == expected


@pytest.mark.fact('2.2')
def test_a_session_ends_when_it_is_not_used():
    clock = Hand()
    sessions = Sessions(60, clock)
    session = sessions.open(7)
    clock.now = 59
    assert sessions.find(session.id) is session
    clock.now = 118
    assert sessions.find(session.id) is session
    clock.now = 179
    assert sessions.find(session.id) is None
    assert sessions.token_owner(session.token) is None


def test_a_token_used_without_its_cookie_keeps_the_session_alive():
    clock = Hand()
    sessions = Sessions(60, clock)
    session = sessions.open(7)
    for step in range(5):
        clock.now = 50.0 * step
        assert sessions.token_owner(session.token) == 7


def test_old_sessions_give_way_so_that_memory_stays_flat():
    sessions = Sessions()
    first = sessions.open(1)
    for _ in range(5000):
        sessions.open(1)
    assert sessions.find(first.id) is None


def test_expired_tokens_are_stale_and_the_sessions_live_on():
    sessions = Sessions()
    session = sessions.open(7)
    old = session.token
    sessions.expire_tokens()
    assert sessions.token_owner(old) is None
    found = sessions.find(session.id)
    assert found is not None and sessions.token_owner(found.token) == 7


@pytest.mark.parametrize('strict', [True, False])
def test_a_token_of_another_session_of_the_same_user_passes_unless_strict(strict):
    guard = Authenticator(Sessions(), strict_tokens=strict)
    mine, other = guard.sessions.open(7), guard.sessions.open(7)
    identity = Identity(7, 'basic', session=mine.id)
    guard.authorize_write(identity, mine.token)
    if strict:
        with pytest.raises(NotAuthorized):
            guard.authorize_write(identity, other.token)
    else:
        guard.authorize_write(identity, other.token)


@pytest.mark.fact('2.1')
def test_a_read_only_key_is_told_401_and_beside_a_cookie_invalid_key():
    guard = Authenticator(Sessions())
    with pytest.raises(AuthenticationFailed):
        guard.authorize_write(Identity(7, 'key', read_only=True), None)
    session = guard.sessions.open(7)
    with pytest.raises(NotAuthorized, match='Invalid key'):
        guard.authorize_write(Identity(7, 'key', True, session.id), session.token)


def test_a_session_that_nobody_limits_lives_four_hours_after_its_last_use():
    clock = Hand()
    sessions = Sessions(clock=clock)
    session = sessions.open(7)
    clock.now += 4 * 60 * 60 - 1
    assert sessions.find(session.id) is session
    clock.now += 4 * 60 * 60 + 1
    assert sessions.find(session.id) is None

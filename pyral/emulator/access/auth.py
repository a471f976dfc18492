"""Authentication: Basic, API key, Bearer or a session cookie; and the security tokens of sessions.

Sessions live in memory and end with the process. Passwords are kept as salted hashes in the user's
own document under names that start with an underscore, which no attribute definition has, so that
they can never be rendered. Nothing here logs or shows a password, a key or a token.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, Mapping

from cachetools import LRUCache, TLRUCache
from werkzeug.http import parse_cookie
from werkzeug.security import check_password_hash, generate_password_hash

from .. import texts
from ..errors import AuthenticationFailed, NotAuthorized
from ..store.reading import find_by_document, find_by_entry, of_type

if TYPE_CHECKING:
    from ..store import Obj, Tx

__all__ = [
    'FURTHER',
    'Authenticator',
    'GivenLogin',
    'Identity',
    'Session',
    'Sessions',
    'access',
    'check_password',
    'digest_of',
    'hash_password',
    'keys_by_user',
    'keys_of',
    'revoke_keys',
    'set_credentials',
]

NO_KEYS = "API keys are not enabled for this subscription"

#: Policies of a subscription under which only listed users have a password.
SSO_ONLY = ('SSO Only', 'SSO With Exceptions')

#: Where a user's document keeps further API keys: what each may do, by its digest.
FURTHER = '_apikeys'
FULL_ACCESS, READ_ONLY = 'full', 'read-only'
#: How much of the digest is the id that a key is listed and taken back by.
ID_LENGTH = 12

#: Few rounds: this guards a test world on one machine; those that Werkzeug would take cost 100 ms
#: and more a hash, which a world of many users and every login would pay.
HASH_ROUNDS = 1000
HASH_METHOD = f'pbkdf2:sha256:{HASH_ROUNDS}'
#: How hashes begin that older versions have kept in databases.
OLD_SCHEME = 'pbkdf2$'
#: Old sessions give way, so that clients without cookies do not fill the memory.
MOST_SESSIONS = 4096
#: How long a session lives when the subscription does not say.
SESSION_SECONDS = 4 * 60 * 60


def hash_password(password: str) -> str:
    """Return what a user's document keeps under `_password`: a hash with a salt of its own."""
    return generate_password_hash(password, HASH_METHOD)


def check_password(password: str, kept: str) -> bool:
    """Say whether a password is the one whose hash was kept."""
    if not kept.startswith(OLD_SCHEME):
        return kept.startswith('pbkdf2:') and check_password_hash(kept, password)
    salt, _, digest = kept[len(OLD_SCHEME) :].rpartition('$')
    old = hashlib.pbkdf2_hmac('sha256', password.encode(), salt.encode(), HASH_ROUNDS)
    return hmac.compare_digest(old.hex(), digest)


@dataclass(frozen=True)
class GivenLogin:
    """What a world gave a user to log in with: plain, so it stays in the memory of this process.

    :ivar password: the password; None where there is none.
    :ivar kept: the hash that the database got of it.
    :ivar keys: API keys, each with whether it may only read.
    """

    password: str | None = field(repr=False)
    kept: str = field(repr=False)
    keys: tuple[tuple[str, bool], ...] = field(repr=False)

    def password_of(self, user: Obj) -> str | None:
        """Return the password while the user has it; None once it was changed."""
        return self.password if str(user.doc.get('_password', '')) == self.kept else None

    def keys_of(self, user: Obj) -> list[tuple[str, bool]]:
        """Return those API keys that the user still has."""
        held = {key['id'] for key in keys_of(user)}
        return [pair for pair in self.keys if digest_of(pair[0])[:ID_LENGTH] in held]


def set_credentials(
    tx: Tx,
    user_name: str,
    password: str | None = None,
    apikey: str | None = None,
    read_only: bool = False,
) -> None:
    """Give a user a password in place of the one held before, a further API key, or both.

    :param user_name: in any letter case.
    :param read_only: whether the key may only read; a key held already changes.
    :raises ValueError: for an unknown user, an empty secret, or a key that somebody else has.
    """
    user = _user_named(tx, user_name)
    if '' in (password, apikey) or (password, apikey) == (None, None):
        raise ValueError("a password or an apikey is needed, and none may be empty")
    doc = dict(user.doc)
    if password is not None:
        doc['_password'] = hash_password(password)
    if apikey is not None:
        holder = holder_of(tx, apikey)
        if holder is not None and holder.oid != user.oid:
            raise ValueError("this apikey belongs to another user")
        if doc.get('_apikey') in (None, apikey):
            doc.update(_apikey=apikey, _apikey_readonly=read_only)
        else:
            doc[FURTHER] = {**doc.get(FURTHER, {}), digest_of(apikey): access(read_only)}
    tx.update(user.oid, doc=doc)


def revoke_keys(tx: Tx, user_name: str, which: str | None = None) -> list[str]:
    """Take API keys away from a user; return their ids.

    :param which: a key, or its id as `keys_of` shows it; None takes all.
    :raises ValueError: for an unknown user, or when the user has no such key.
    """
    user = _user_named(tx, user_name)
    gone = [
        one['id']
        for one in keys_of(user)
        if which is None or one['id'] in (which, digest_of(which)[:ID_LENGTH])
    ]
    if which is not None and not gone:
        raise ValueError(f"the user {user_name!r} has no such apikey")
    doc = dict(user.doc)
    if doc.get('_apikey') and digest_of(doc['_apikey'])[:ID_LENGTH] in gone:
        del doc['_apikey']
        doc.pop('_apikey_readonly', None)
    doc[FURTHER] = {
        digest: kind
        for digest, kind in doc.get(FURTHER, {}).items()
        if digest[:ID_LENGTH] not in gone
    }
    tx.update(user.oid, doc=doc)
    return gone


def keys_of(user: Obj) -> list[dict[str, str]]:
    """Return id and access of each API key of a user; never a key itself."""
    held = dict(user.doc.get(FURTHER, {}))
    if user.doc.get('_apikey'):
        first = digest_of(user.doc['_apikey'])
        held = {first: access(user.doc.get('_apikey_readonly') is True), **held}
    return [{'id': digest[:ID_LENGTH], 'access': kind} for digest, kind in held.items()]


def keys_by_user(tx: Tx) -> dict[str, list[dict[str, str]]]:
    """Return id and access of the API keys of every user who has one, by UserName."""
    held = {str(user.doc.get('UserName')): keys_of(user) for user in of_type(tx, 'User')}
    return {user: keys for user, keys in held.items() if keys}


def holder_of(tx: Tx, apikey: str) -> Obj | None:
    """Return the user who has an API key."""
    return find_by_document(tx, 'User', '_apikey', apikey) or find_by_entry(
        tx, 'User', FURTHER, digest_of(apikey)
    )


def digest_of(apikey: str) -> str:
    """Return what is kept of a further API key, and what its id is the beginning of."""
    return hashlib.sha256(apikey.encode('utf-8', 'surrogatepass')).hexdigest()


def access(read_only: bool) -> str:
    """Return the name of what a key may do."""
    return READ_ONLY if read_only else FULL_ACCESS


def _user_named(tx: Tx, user_name: str) -> Obj:
    user = find_by_document(tx, 'User', 'UserName', user_name, fold=True)
    if user is None:
        raise ValueError(f"there is no user {user_name!r}")
    return user


@dataclass(frozen=True)
class Identity:
    """The proof a request carried.

    :ivar user: ObjectID of the user.
    :ivar way: `basic`, `key`, `cookie`, or `none` for the first page without a login.
    :ivar read_only: true for an API key that may not write.
    :ivar session: id of the session the request belongs to, or None.
    :ivar new_session: true when the answer must set the session's cookies.
    """

    user: int
    way: str
    read_only: bool = False
    session: str | None = None
    new_session: bool = False

    @property
    def needs_token(self) -> bool:
        """Say whether a write must carry a security token."""
        return self.way != 'key' or self.session is not None


@dataclass
class Session:
    """One login: whose, its token, and when it was last used."""

    id: str
    user: int
    token: str
    used: float


class Sessions:
    """The sessions of one emulator, and the tokens they gave out.

    :param seconds: how long an unused session lives.
    :param clock: seconds that only go forward; tests pass their own.
    """

    def __init__(
        self, seconds: float = SESSION_SECONDS, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._seconds = seconds
        self._clock = clock
        self._lock = threading.Lock()
        #: By id and by token; the one unused for longest gives way when there are too many.
        self._by_id, self._by_token = self._cache(), self._cache()

    def _cache(self) -> TLRUCache[str, Session]:
        return TLRUCache(
            MOST_SESSIONS,
            lambda _, session, now: float(session.used + self._seconds),
            lambda: self._clock(),
        )

    def _keep(self, session: Session) -> None:
        self._by_id[session.id] = self._by_token[session.token] = session

    def _living(self) -> list[Session]:
        found = [self._by_id.get(each) for each in list(self._by_id)]
        return [session for session in found if session is not None]

    @property
    def seconds(self) -> float:
        """How long an unused session lives; a change holds for open sessions as well."""
        return self._seconds

    @seconds.setter
    def seconds(self, seconds: float) -> None:
        with self._lock:
            living = self._living()
            self._seconds = seconds
            for session in living:
                self._keep(session)

    def open(self, user: int) -> Session:
        """Begin a session for a user."""
        session = Session(secrets.token_hex(16), user, secrets.token_urlsafe(32), self._clock())
        with self._lock:
            self._keep(session)
        return session

    def find(self, session_id: str) -> Session | None:
        """Return a session that is still alive, and keep it alive."""
        with self._lock:
            return self._used(self._by_id.get(session_id))

    def token_owner(self, token: str) -> int | None:
        """Return the user for whom a living session holds this token, and keep it alive."""
        with self._lock:
            session = self._used(self._by_token.get(token))
            return None if session is None else session.user

    def _used(self, session: Session | None) -> Session | None:
        if session is not None:
            session.used = self._clock()
            self._keep(session)
        return session

    def expire_tokens(self) -> None:
        """Give every session a new token, so that all tokens known to clients are stale."""
        with self._lock:
            self._by_token.clear()
            for session in self._living():
                session.token = secrets.token_urlsafe(32)
                self._keep(session)

    def clear(self) -> None:
        """End every session."""
        with self._lock:
            self._by_id.clear()
            self._by_token.clear()


class Authenticator:
    """Turns the headers of a request into an `Identity`, and guards writes.

    :param sessions: where sessions are kept.
    :param strict_tokens: accept a token only from the session it was given to. Otherwise any
        token given to the same user will do, which suits clients without cookies.
    """

    def __init__(self, sessions: Sessions, strict_tokens: bool = False) -> None:
        self.sessions = sessions
        self.strict_tokens = strict_tokens
        self._verified: LRUCache[tuple[str, str], None] = LRUCache(MOST_SESSIONS)
        self._pepper = secrets.token_bytes(16)
        self._lock = threading.Lock()

    def identify(self, tx: Tx, headers: Mapping[str, str]) -> tuple[Identity, Obj]:
        """Return who asks.

        An API key wins over everything else, even when it is blank or wrong.

        :param headers: the request's headers by lower-case name.
        :raises AuthenticationFailed: when there is no valid proof.
        """
        session = self._session_of(headers.get('cookie', ''))
        authorization = headers.get('authorization', '')
        scheme, _, credentials = authorization.partition(' ')
        if 'zsessionid' in headers:
            return self._by_key(tx, headers['zsessionid'], session)
        if scheme.lower() == 'bearer':
            return self._by_key(tx, credentials, session)
        if scheme.lower() == 'basic':
            return self._by_password(tx, credentials, session)
        if session is None:
            raise AuthenticationFailed(texts.NO_CREDENTIALS)
        user = enabled(tx.get(session.user), texts.NO_CREDENTIALS)
        return Identity(user.oid, 'cookie', session=session.id), user

    def guest(self, tx: Tx, cookie: str, user_name: str) -> tuple[Identity, Obj] | None:
        """Return a user as whom somebody without a login may look at the first page.

        :param cookie: the header; None is returned where it names a session.
        :param user_name: of the user; none is returned who may not log in.
        """
        if self._session_of(cookie) is not None:
            return None
        user = find_by_document(tx, 'User', 'UserName', user_name, fold=True)
        if user is None or user.recycled or user.doc.get('Disabled') is True:
            return None
        return Identity(user.oid, 'none'), user

    def authorize_write(self, identity: Identity, key: str | None) -> None:
        """Let a write pass, or refuse it.

        :param key: the `key` parameter.
        :raises AuthenticationFailed: for a key that may only read.
        :raises NotAuthorized: for a missing, stale or foreign security token.
        """
        if identity.read_only:
            # Beside a session cookie the refusal comes from the token check (section 2.1).
            if identity.session is not None:
                raise NotAuthorized(texts.INVALID_KEY)
            raise AuthenticationFailed("This API key is read-only")
        if identity.needs_token and not self._token_is_valid(identity, key or ''):
            raise NotAuthorized(texts.INVALID_KEY)

    def token_for(self, identity: Identity) -> str:
        """Return the token of the caller's session, for an answer of `security/authorize`."""
        session = self.sessions.find(identity.session or '')
        return (session or self.sessions.open(identity.user)).token

    def _token_is_valid(self, identity: Identity, key: str) -> bool:
        session = self.sessions.find(identity.session or '')
        if session is not None and hmac.compare_digest(session.token.encode(), key.encode()):
            return True
        return not self.strict_tokens and self.sessions.token_owner(key) == identity.user

    def _session_of(self, text: str) -> Session | None:
        # Ids are ASCII; Werkzeug fails on bytes that are no UTF-8.
        cookies = parse_cookie(text.encode('ascii', 'replace').decode('ascii'))
        for name in ('JSESSIONID', 'ZSESSIONID'):
            session = self.sessions.find(cookies.get(name, ''))
            if session is not None:
                return session
        return None

    def _by_key(self, tx: Tx, key: str, session: Session | None) -> tuple[Identity, Obj]:
        key = key.strip()
        if any(one.doc.get('ApiKeysEnabled') is False for one in of_type(tx, 'Subscription')):
            raise AuthenticationFailed(NO_KEYS)
        user = enabled(holder_of(tx, key) if key else None)
        # A session cookie beside a key makes the service ask for a token (section 2.2).
        beside = session.id if session is not None and session.user == user.oid else None
        read_only = (
            user.doc.get('_apikey_readonly') is True
            if user.doc.get('_apikey') == key
            else user.doc[FURTHER].get(digest_of(key)) == READ_ONLY
        )
        return Identity(user.oid, 'key', read_only, beside), user

    def _by_password(self, tx: Tx, text: str, session: Session | None) -> tuple[Identity, Obj]:
        name, password = decode_basic(text)
        if not name or not password:
            raise AuthenticationFailed(texts.WRONG_CREDENTIALS)
        user = enabled(find_by_document(tx, 'User', 'UserName', name, fold=True))
        if not self._password_matches(password, str(user.doc.get('_password', ''))):
            raise AuthenticationFailed(texts.WRONG_CREDENTIALS)
        if needs_sso(tx, user):
            raise AuthenticationFailed(texts.WRONG_CREDENTIALS)
        if session is not None and session.user == user.oid:
            return Identity(user.oid, 'basic', session=session.id), user
        opened = self.sessions.open(user.oid)
        return Identity(user.oid, 'basic', session=opened.id, new_session=True), user

    def _password_matches(self, password: str, kept: str) -> bool:
        # The slow hash is made once for a password; later requests compare a fast one.
        quick = hmac.new(self._pepper, password.encode('utf-8'), 'sha256').hexdigest()
        with self._lock:
            if (kept, quick) in self._verified:
                return True
        if not kept or not check_password(password, kept):
            return False
        with self._lock:
            self._verified[(kept, quick)] = None
        return True


def enabled(user: Obj | None, text: str = texts.WRONG_CREDENTIALS) -> Obj:
    """Return a user who may log in.

    :raises AuthenticationFailed: when there is none, or it is disabled.
    """
    if user is None or user.recycled or user.doc.get('Disabled') is True:
        raise AuthenticationFailed(text)
    return user


def needs_sso(tx: Tx, user: Obj) -> bool:
    """Say whether the subscription takes no password of this user (section 2.1)."""
    for subscription in of_type(tx, 'Subscription'):
        if subscription.doc.get('AuthenticationPolicy') in SSO_ONLY:
            excepted = str(subscription.doc.get('SSOExceptionUsernames') or '').replace(';', ',')
            names = {name.strip().casefold() for name in excepted.split(',')}
            return (
                str(user.doc['UserName']).casefold() not in names
                and user.doc.get('isonSSOExceptionList') is not True
            )
    return False


def decode_basic(text: str) -> tuple[str, str]:
    """Return user name and password of a Basic header; both empty when it is garbled."""
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return '', ''
    try:
        decoded = raw.decode('utf-8')
    except UnicodeDecodeError:
        decoded = raw.decode('latin-1')
    name, _, password = decoded.partition(':')
    return name, password

"""One request as the handlers and the rules see it: `Call`, and its parameters.

A call is made for every HTTP request, and again for every entry of a batch. It knows who asks,
what was asked and inside which transaction; it holds no HTTP object, so that a batch entry, a test
and a socket look alike. It never writes to the store itself.

What a handler or a rule uses::

    call.tx                  the open transaction of the store
    call.user                the caller's User object
    call.rights              what the caller may see and change (`scope.Rights`)
    call.scope               workspace and projects of this request (`scope.Scope`)
    call.catalogue()         the object model of the scope's workspace, or of a given one
    call.param('order')      a parameter in any letter case; empty counts as not given
    call.flag('pretty')      a boolean parameter: True, False or None
    call.json_body()         the one key of the body and the value below it
    call.warn("...")         a text for `Warnings`
    call.ref('Defect', 12)   the absolute reference of an object
    call.dispatch(call.entry(...))   run a batch entry
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Callable, Iterable, Mapping
from urllib.parse import parse_qsl

from . import texts
from .access.scope import Rights, Scope
from .catalogue.catalogue import Catalogue, catalogue_for
from .envelope import Result
from .errors import ServiceError

if TYPE_CHECKING:
    from .access.auth import GivenLogin, Identity
    from .store import Obj, Tx

__all__ = ['Call', 'LocalFacts', 'Operation', 'Params', 'read_json']

#: No request has as many parameters.
MOST_PARAMS = 5000
TRUE_WORDS = frozenset(['true', '1', 'yes', 'on'])
FALSE_WORDS = frozenset(['false', '0', 'no', 'off'])


class Params(Mapping[str, str]):
    """URL parameters: names in any letter case, the last value of a name wins.

    :param pairs: names and values, already decoded.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self._pairs = list(pairs)
        self._values = {name.lower(): value for name, value in self._pairs}

    @classmethod
    def parse(cls, text: str) -> Params:
        """Read a query string; a stray `&` is harmless, bad UTF-8 becomes replacement marks.

        What stands behind thousands of parameters is left out.
        """
        if text.count('&') >= MOST_PARAMS:
            text = '&'.join(text.split('&', MOST_PARAMS)[:MOST_PARAMS])
        return cls(parse_qsl(text, keep_blank_values=True, errors='replace'))

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Any:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._values

    def pairs(self) -> list[tuple[str, str]]:
        """Return the pairs as they were given, in order."""
        return list(self._pairs)

    def merged(self, other: Params) -> Params:
        """Return these parameters with those of another on top."""
        return Params(self._pairs + other.pairs())


def read_json(raw: bytes) -> Any:
    """Parse a body as UTF-8 JSON.

    :raises ServiceError: with the text of a malformed document.
    """
    try:
        return json.loads(raw.decode('utf-8-sig'))
    except UnicodeDecodeError as error:
        raise ServiceError(texts.malformed(f"byte {error.start} is not valid UTF-8")) from None
    except ValueError as error:
        raise ServiceError(texts.malformed(error)) from None
    except RecursionError:
        raise ServiceError(texts.malformed("it is nested too deeply")) from None


@dataclass(frozen=True)
class Operation:
    """What a request, or an entry of a batch, asks to be done.

    :ivar method: the HTTP method in capitals.
    :ivar path: the named parts of the route: `type`, `oid`, `collection`.
    :ivar params: the URL parameters.
    :ivar raw_body: the bytes of the body.
    """

    method: str = 'GET'
    path: Mapping[str, str] = field(default_factory=dict)
    params: Params = field(default_factory=Params)
    raw_body: bytes = b''


@dataclass(frozen=True)
class LocalFacts:
    """What pages show to callers of this machine alone.

    :ivar logins: what the world gave its users to log in with, by ObjectID; None where the database
        was there before this process.
    :ivar about: where the emulator is, and what world it holds.
    """

    logins: Mapping[int, GivenLogin] | None = field(default=None, repr=False)
    about: Mapping[str, Any] = field(default_factory=dict)


class Call:
    """One request: who, what, and in which transaction.

    :param tx: the open transaction; None for routes that open their own.
    :param identity: who asks and how they proved it.
    :param user: the caller's User object.
    :param operation: what is to be done.
    :param base_url: absolute, up to and with the version: `http://host/slm/webservice/v2.0`.
    :param dispatch: runs another call, as a batch does.
    :param issue_token: gives the security token of a caller's session.
    """

    def __init__(
        self,
        tx: Tx,
        identity: Identity,
        user: Obj,
        operation: Operation,
        base_url: str = 'http://emulator.invalid/slm/webservice/v2.0',
        dispatch: Callable[[Call], Result] | None = None,
        issue_token: Callable[[Identity], str] | None = None,
    ) -> None:
        self.tx = tx
        self.identity = identity
        self.user = user
        self.method = operation.method
        self.path: Mapping[str, str] = dict(operation.path)
        self.params = operation.params
        self.raw_body = operation.raw_body
        self.base_url = base_url.rstrip('/')
        #: Texts for `Warnings`, in the order they came up.
        self.warnings: list[str] = []
        self._warned: set[str] = set()
        #: The path of the request, for pages that lead back to themselves.
        self.here = '/'
        #: What a caller of this machine may be shown; None for everybody else.
        self.local: LocalFacts | None = None
        #: Whether somebody logged in; the first page shows itself to this machine without it.
        self.signed_in = True
        #: Whether queries compare texts by exact letters.
        self.strict_case = False
        #: For the entry of a batch: its path below the version, such as `/defect/create`.
        self.entry_path: str | None = None
        self._dispatch = dispatch
        self._issue_token = issue_token
        self._rights: Rights | None = None
        self._scope: Scope | None = None

    @property
    def version(self) -> str:
        """Return the version text of the URL, which the references of the answer repeat."""
        return self.base_url.rsplit('/', 1)[-1]

    @property
    def origin(self) -> str:
        """Return scheme, host and port the client used."""
        return self.base_url.split('/slm/', 1)[0]

    @property
    def now(self) -> datetime:
        """Return the time of the emulator's clock, in UTC."""
        return self.tx.clock.now()

    @property
    def rights(self) -> Rights:
        """Return what the caller may see and change; read once for a call."""
        if self._rights is None:
            self._rights = Rights.of(self.tx, self.user)
        return self._rights

    @property
    def scope(self) -> Scope:
        """Return workspace and projects of this request.

        :raises ServiceError: when `workspace` or `project` cannot be followed.
        """
        if self._scope is None:
            self._scope = Scope.resolve(self.tx, self.user, self.rights, self.params)
        return self._scope

    def catalogue(self, workspace: int | None = None) -> Catalogue:
        """Return the object model as a workspace sees it.

        :param workspace: its ObjectID; the scope's workspace when not given.
        """
        return catalogue_for(self.tx, self.scope.workspace if workspace is None else workspace)

    def param(self, name: str, default: str | None = None) -> str | None:
        """Return a parameter; an empty value means "not given"."""
        value = self.params.get(name, '').strip()
        return value or default

    def flag(self, name: str) -> bool | None:
        """Return a boolean parameter in any letter case; None when absent or no boolean."""
        value = self.params.get(name, '').strip().strip('"').lower()
        if value in TRUE_WORDS:
            return True
        return False if value in FALSE_WORDS else None

    def warn(self, text: str) -> None:
        """Add a text to `Warnings`, once."""
        if text not in self._warned:
            self._warned.add(text)
            self.warnings.append(text)

    def json_body(self) -> tuple[str, Any]:
        """Return the body's only key and the value below it.

        :raises ServiceError: when the body is no JSON object with one key.
        """
        document = read_json(self.raw_body)
        if not isinstance(document, dict):
            raise ServiceError(texts.malformed("the document is not an object"))
        named = [(key, value) for key, value in document.items() if not key.startswith('_')]
        if len(named) != 1:
            raise ServiceError(
                texts.malformed(f"expected one key, the type name, but saw {len(named)}")
            )
        return named[0]

    def attributes(self) -> tuple[str, dict[str, Any]]:
        """Return the body's key as sent and the attributes below it, for create and update.

        :raises ServiceError: when the value below the key is no object.
        """
        key, values = self.json_body()
        if not isinstance(values, dict):
            raise ServiceError(texts.malformed(f'the value of "{key[:80]}" is not an object'))
        return key, values

    def ref(self, type_path: str, oid: int | str) -> str:
        """Return the absolute reference of an object."""
        return f'{self.base_url}/{type_path.lower()}/{oid}'

    def entry(self, method: str, path: str, body: Any, params: Params) -> Call:
        """Return the call of one batch entry: same caller, own parameters, body and warnings.

        :param method: the entry's method in capitals.
        :param path: below the version, without its query string: `/defect/create`.
        :param body: the entry's body as plain data, or None.
        :param params: the parameters of the batch with the entry's own on top.
        """
        raw = b'' if body is None else json.dumps(body).encode('utf-8')
        call = Call(
            self.tx,
            self.identity,
            self.user,
            Operation(method, {}, params, raw),
            self.base_url,
            self._dispatch,
        )
        call.entry_path = path
        call.strict_case = self.strict_case
        return call

    def token(self) -> str:
        """Return the security token of the caller's session.

        :raises ServiceError: inside a batch, which has no token to give.
        """
        if self._issue_token is None:
            raise ServiceError("This request cannot ask for a security token")
        return self._issue_token(self.identity)

    def dispatch(self, call: Call) -> Result:
        """Run the call of a batch entry in a transaction of its own.

        :returns: its envelope; refusals are in `errors` and never raised.
        """
        if self._dispatch is None:
            raise ServiceError("This request cannot hold other requests")
        return self._dispatch(call)

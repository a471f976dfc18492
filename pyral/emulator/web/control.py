"""The control API below `/emulator/`: reset, snapshots, requests, faults, credentials, settings.

It asks for no login, since it is a tool of the machine the emulator runs on; `local_access` decides
who that is. Answers are plain JSON, no envelopes; one page shows requests and faults to people.
"""

from __future__ import annotations

import json
from typing import Any, Callable, Mapping

from ..access.auth import keys_by_user, revoke_keys, set_credentials
from ..envelope import Document
from ..handlers.browser import request_log_page
from ..request import LocalFacts, Params
from ..store.reading import of_type
from .faults import KINDS, Fault, FaultError, Faults
from .local_access import Caller, LocalAccess
from .request_log import RequestLog
from .runner import Runner

__all__ = ['PREFIX', 'ControlApi']

JSON = 'application/json; charset=utf-8'
PREFIX = '/emulator'
#: The page for people; all else is JSON.
LOG_PAGE = '/log'
#: Pages of no other origin read the answers, whatever the subscription allows them.
PRIVATE = {'Cache-Control': 'no-store', 'Cross-Origin-Resource-Policy': 'same-origin'}
#: What an order of credentials may hold.
CREDENTIALS: Mapping[str, type] = {'user': str, 'password': str, 'apikey': str, 'read_only': bool}
#: Named snapshots that may be kept at a time.
MOST_SNAPSHOTS = 50


class ControlError(Exception):
    """The order cannot be carried out: a status and a text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


class ControlApi:
    """Carries out orders; each of its own methods answers one method of one path.

    :param runner: the store, and the settings that may change.
    :param reset: puts the world back as it was at the start.
    :param describe: says where the emulator listens and what it holds.
    :param access: decides who may give orders.
    :param facts: what pages show to those who may.
    """

    def __init__(
        self,
        runner: Runner,
        faults: Faults,
        request_log: RequestLog,
        reset: Callable[[], None],
        describe: Callable[[], Mapping[str, Any]],
        access: LocalAccess,
        facts: Callable[[], LocalFacts] = LocalFacts,
    ) -> None:
        self._runner, self._store = runner, runner.store
        self._faults, self._log = faults, request_log
        self._reset_world, self._describe, self._access = reset, describe, access
        self._facts = facts
        self._snapshots: dict[str, Any] = {}

    def serve(
        self,
        method: str,
        path: str,
        body: bytes,
        caller: Caller,
        params: Params | None = None,
    ) -> Document:
        """Carry out an order.

        :param path: below the root, such as `/emulator/reset`.
        :param caller: who orders.
        :param params: what the page of the log shows.
        """
        try:
            refusal = self._access.refusal(method, caller)
            if refusal:
                raise ControlError(403, refusal)
            if path.rstrip('/') == PREFIX + LOG_PAGE and method in ('GET', 'HEAD'):
                return self._log_page(path, params or Params())
            return json_document(order_for(method, path)(self, read_order(body)))
        except ControlError as refused:
            return json_document({'error': str(refused)}, refused.status)

    @property
    def shown_user(self) -> str:
        """The UserName of the login that the emulator shows at the start."""
        return str(self._describe().get('user') or '')

    def facts_for(self, method: str, caller: Caller) -> LocalFacts | None:
        """Return what a page may show to a caller of this machine; None for all others.

        A request that a proxy hands on is not of this machine, whatever its host says.
        """
        refused = caller.was_forwarded or self._access.refusal(method, caller)
        return None if refused else self._facts()

    def _log_page(self, path: str, params: Params) -> Document:
        """Return the page of the log of requests, with the faults in force."""
        entries = self._log.entries()
        return request_log_page(
            path,
            params,
            (entry.shown() for entry in reversed(entries)),
            len(entries),
            self._log.count,
            [fault.shown() for fault in self._faults.all()],
        )

    def close(self) -> None:
        """Give up all snapshots."""
        for snapshot in self._snapshots.values():
            snapshot.close()
        self._snapshots.clear()

    def _about(self, order: Any) -> Any:
        """Return where the emulator is and what it holds, without secrets."""
        with self._store.reading() as tx:
            spaces = [space.name for space in of_type(tx, 'Workspace')]
            users = [str(user.doc.get('UserName')) for user in of_type(tx, 'User')]
        return {
            **self._describe(),
            'workspaces': spaces,
            'users': users,
            'requests': self._log.count,
        }

    def _reset(self, order: Any) -> Any:
        self._reset_world()
        return {'reset': True}

    def _take_snapshot(self, order: Any) -> Any:
        name = name_in(order)
        if len(self._snapshots) >= MOST_SNAPSHOTS and name not in self._snapshots:
            raise ControlError(409, f"{MOST_SNAPSHOTS} snapshots are kept already")
        before = self._snapshots.get(name)
        self._snapshots[name] = self._store.snapshot()
        if before is not None:
            before.close()
        return {'snapshot': name}

    def _list_snapshots(self, order: Any) -> Any:
        return {'snapshots': sorted(self._snapshots)}

    def _restore(self, order: Any) -> Any:
        name = name_in(order)
        if name not in self._snapshots:
            known = ", ".join(sorted(self._snapshots)) or "none"
            raise ControlError(404, f"there is no snapshot {name!r}; there are: {known}")
        self._store.restore(self._snapshots[name])
        return {'restored': name}

    def _list_requests(self, order: Any) -> Any:
        """Return what was asked, oldest first."""
        return {
            'count': self._log.count,
            'requests': [entry.shown() for entry in self._log.entries()],
        }

    def _forget_requests(self, order: Any) -> Any:
        self._log.clear()
        return {'count': 0, 'requests': []}

    def _list_faults(self, order: Any) -> Any:
        """Return the rules in force, and every kind there is."""
        return {'faults': [fault.shown() for fault in self._faults.all()], 'kinds': dict(KINDS)}

    def _order_faults(self, order: Any) -> Any:
        """Add one rule, or a list that is worked through in order."""
        rules = order if isinstance(order, list) else [order]
        if not all(isinstance(rule, dict) for rule in rules):
            raise ControlError(400, "expected a fault as an object, or a list of them")
        try:
            self._faults.order(*[Fault.of(rule) for rule in rules])
        except FaultError as error:
            raise ControlError(400, str(error)) from None
        return self._list_faults(order)

    def _clear_faults(self, order: Any) -> Any:
        self._faults.clear()
        return {'faults': []}

    def _set_credentials(self, order: Any) -> Any:
        """Give a user a password, a further API key, or both."""
        given = credentials_in(order, CREDENTIALS)
        user = given.pop('user')
        try:
            with self._store.writing() as tx:
                set_credentials(tx, user, **given)
        except ValueError as error:
            raise ControlError(400, str(error)) from None
        return {'user': user}

    def _list_keys(self, order: Any) -> Any:
        """Return who has API keys, and what they may do."""
        with self._store.reading() as tx:
            return {'credentials': keys_by_user(tx)}

    def _revoke_keys(self, order: Any) -> Any:
        """Take one API key of a user away, or all."""
        given = credentials_in(order, {name: CREDENTIALS[name] for name in ('user', 'apikey')})
        try:
            with self._store.writing() as tx:
                revoked = revoke_keys(tx, given['user'], given.get('apikey'))
                return {'user': given['user'], 'revoked': revoked}
        except ValueError as error:
            raise ControlError(400, str(error)) from None

    def _settings(self, order: Any) -> Any:
        """Return latency and strictness, changed first by what was sent."""
        if order is not None and not isinstance(order, dict):
            raise ControlError(400, "expected an object with the settings to change")
        try:
            return self._runner.change_settings(order or {})
        except (TypeError, ValueError) as error:
            raise ControlError(400, str(error)) from None


#: What answers each method of each path.
ORDERS: Mapping[str, Mapping[str, Callable[[ControlApi, Any], Any]]] = {
    '/about': {'GET': ControlApi._about},
    '/reset': {'POST': ControlApi._reset},
    '/snapshot': {'GET': ControlApi._list_snapshots, 'POST': ControlApi._take_snapshot},
    '/restore': {'POST': ControlApi._restore},
    '/requests': {'GET': ControlApi._list_requests, 'DELETE': ControlApi._forget_requests},
    '/faults': {
        'GET': ControlApi._list_faults,
        'POST': ControlApi._order_faults,
        'DELETE': ControlApi._clear_faults,
    },
    '/credentials': {
        'GET': ControlApi._list_keys,
        'POST': ControlApi._set_credentials,
        'DELETE': ControlApi._revoke_keys,
    },
    '/settings': {'GET': ControlApi._settings, 'POST': ControlApi._settings},
}


def order_for(method: str, path: str) -> Callable[[ControlApi, Any], Any]:
    """Return what answers a method of a path.

    :raises ControlError: when nothing does.
    """
    orders = ORDERS.get(path[len(PREFIX) :].rstrip('/') or '/about')
    if orders is None:
        known = ", ".join(PREFIX + name for name in (*ORDERS, LOG_PAGE))
        raise ControlError(404, f"there is no {path[:100]}; try {known}")
    if method not in orders:
        raise ControlError(405, f"{method} is not possible here; try {' or '.join(orders)}")
    return orders[method]


def json_document(value: Any, status: int = 200) -> Document:
    """Return plain data as a document."""
    raw = json.dumps(value, indent=2, ensure_ascii=False).encode('utf-8', 'replace') + b'\n'
    return Document(raw, JSON, status, dict(PRIVATE))


def read_order(body: bytes) -> Any:
    """Return the JSON of a body; None when there is none.

    :raises ControlError: when it is no JSON.
    """
    try:
        return json.loads(body) if body.strip() else None
    except (ValueError, RecursionError) as error:
        raise ControlError(400, f"the body is no JSON: {error}") from None


def name_in(order: Any) -> str:
    """Return the name of a snapshot in an order; `default` when it has none."""
    name = order.get('name', 'default') if isinstance(order, dict) else 'default'
    if not isinstance(name, str) or not name or len(name) > 100:
        raise ControlError(400, "a snapshot's name is a text of 1 to 100 characters")
    return name


def credentials_in(order: Any, known: Mapping[str, type]) -> dict[str, Any]:
    """Return an order about the credentials of a user.

    :raises ControlError: for an unknown key, a wrong type, or no user.
    """
    given = order if isinstance(order, dict) else {}
    for name, value in given.items():
        if name not in known:
            choice = ", ".join(known)
            raise ControlError(400, f"unknown key {name!r} of credentials; choose from {choice}")
        if not isinstance(value, known[name]):
            raise ControlError(400, f"{name} of credentials has the wrong type")
    if 'user' not in given:
        raise ControlError(400, "credentials need the name of a user")
    return given

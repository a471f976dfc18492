"""The control door below `/emulator/`: reset, snapshots, log, faults, credentials, settings.

It asks for no login, since it is a tool of the machine the emulator runs on; so it answers only to
that machine, and never to a page of another origin. Answers are plain JSON, no envelopes.
"""

from __future__ import annotations

import json
from typing import Any, Callable, Mapping, Protocol

from ..envelope import Document
from .faults import KINDS, Fault, FaultError, Faults
from .request_log import Journal

__all__ = ['Desk', 'serve']

JSON = 'application/json; charset=utf-8'
LOOPBACK = ('127.', '::1', '::ffff:127.')
PREFIX = '/emulator'
#: What an order of credentials may hold.
CREDENTIALS: Mapping[str, type] = {'user': str, 'password': str, 'apikey': str, 'read_only': bool}
#: Named snapshots that may be kept at a time.
MOST_SNAPSHOTS = 50


class Desk(Protocol):
    """What the door can do; the application is one."""

    journal: Journal
    faults: Faults

    def about(self) -> dict[str, Any]: ...
    def reset_world(self) -> None: ...
    def take_snapshot(self, name: str) -> None: ...
    def put_back(self, name: str) -> bool: ...
    def snapshot_names(self) -> list[str]: ...
    def let_in(
        self,
        user: str,
        password: str | None = None,
        apikey: str | None = None,
        read_only: bool = False,
    ) -> None: ...
    def revoke(self, user: str, apikey: str | None = None) -> list[str]: ...
    def credentials(self) -> dict[str, list[dict[str, str]]]: ...
    def tune(self, values: Mapping[str, Any]) -> dict[str, Any]: ...


class Refusal(Exception):
    """The order cannot be carried out: a status and a text."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def answer(value: Any, status: int = 200) -> Document:
    """Return plain data as a document."""
    raw = json.dumps(value, indent=2, ensure_ascii=False).encode('utf-8', 'replace') + b'\n'
    return Document(raw, JSON, status, {'Cache-Control': 'no-store'})


def about(desk: Desk, order: Any) -> Any:
    """Answer `GET /emulator/about`: where it is and what it holds, without secrets."""
    return desk.about()


def reset(desk: Desk, order: Any) -> Any:
    """Answer `POST /emulator/reset`: the world as it was at the start."""
    desk.reset_world()
    return {'reset': True}


def snapshot(desk: Desk, order: Any) -> Any:
    """Answer `POST /emulator/snapshot`: keep the data under a name."""
    name = name_in(order)
    if len(desk.snapshot_names()) >= MOST_SNAPSHOTS and name not in desk.snapshot_names():
        raise Refusal(409, f"{MOST_SNAPSHOTS} snapshots are kept already")
    desk.take_snapshot(name)
    return {'snapshot': name}


def snapshots(desk: Desk, order: Any) -> Any:
    """Answer `GET /emulator/snapshot`: the names that are kept."""
    return {'snapshots': desk.snapshot_names()}


def restore(desk: Desk, order: Any) -> Any:
    """Answer `POST /emulator/restore`: put the data back as they were."""
    name = name_in(order)
    if not desk.put_back(name):
        raise Refusal(
            404,
            "there is no snapshot {!r}; there are: {}".format(
                name, ", ".join(desk.snapshot_names()) or "none"
            ),
        )
    return {'restored': name}


def requests(desk: Desk, order: Any) -> Any:
    """Answer `GET /emulator/requests`: what was asked, oldest first."""
    return {
        'count': desk.journal.count,
        'requests': [entry.shown() for entry in desk.journal.entries()],
    }


def forget_requests(desk: Desk, order: Any) -> Any:
    """Answer `DELETE /emulator/requests`."""
    desk.journal.clear()
    return {'count': 0, 'requests': []}


def faults(desk: Desk, order: Any) -> Any:
    """Answer `GET /emulator/faults`: the rules in force, and every kind there is."""
    return {'faults': [fault.shown() for fault in desk.faults.all()], 'kinds': dict(KINDS)}


def order_faults(desk: Desk, order: Any) -> Any:
    """Answer `POST /emulator/faults`: one rule, or a list that is worked through in order."""
    rules = order if isinstance(order, list) else [order]
    if not all(isinstance(rule, dict) for rule in rules):
        raise Refusal(400, "expected a fault as an object, or a list of them")
    try:
        desk.faults.order(*[Fault.of(rule) for rule in rules])
    except FaultError as error:
        raise Refusal(400, str(error)) from None
    return faults(desk, order)


def clear_faults(desk: Desk, order: Any) -> Any:
    """Answer `DELETE /emulator/faults`."""
    desk.faults.clear()
    return {'faults': []}


def credentials(desk: Desk, order: Any) -> Any:
    """Answer `POST /emulator/credentials`: a password or a further API key for a user."""
    given = credentials_in(order, CREDENTIALS)
    try:
        desk.let_in(**given)
    except ValueError as error:
        raise Refusal(400, str(error)) from None
    return {'user': given['user']}


def api_keys(desk: Desk, order: Any) -> Any:
    """Answer `GET /emulator/credentials`: who has API keys, and what they may do."""
    return {'credentials': desk.credentials()}


def revoke(desk: Desk, order: Any) -> Any:
    """Answer `DELETE /emulator/credentials`: take one API key of a user away, or all."""
    given = credentials_in(order, {name: CREDENTIALS[name] for name in ('user', 'apikey')})
    try:
        return {'user': given['user'], 'revoked': desk.revoke(**given)}
    except ValueError as error:
        raise Refusal(400, str(error)) from None


def credentials_in(order: Any, known: Mapping[str, type]) -> dict[str, Any]:
    """Return an order about the credentials of a user.

    :raises Refusal: for an unknown key, a wrong type, or no user.
    """
    given = order if isinstance(order, dict) else {}
    for name, value in given.items():
        if name not in known:
            raise Refusal(
                400,
                "unknown key {!r} of credentials; choose from {}".format(name, ", ".join(known)),
            )
        if not isinstance(value, known[name]):
            raise Refusal(400, f"{name} of credentials has the wrong type")
    if 'user' not in given:
        raise Refusal(400, "credentials need the name of a user")
    return given


def settings(desk: Desk, order: Any) -> Any:
    """Answer `GET` and `POST /emulator/settings`: latency and strictness, shown and changed."""
    if order is not None and not isinstance(order, dict):
        raise Refusal(400, "expected an object with the settings to change")
    try:
        return desk.tune(order or {})
    except (TypeError, ValueError) as error:
        raise Refusal(400, str(error)) from None


Order = Callable[[Desk, Any], Any]

ORDERS: Mapping[str, Mapping[str, Order]] = {
    '/about': {'GET': about},
    '/reset': {'POST': reset},
    '/snapshot': {'GET': snapshots, 'POST': snapshot},
    '/restore': {'POST': restore},
    '/requests': {'GET': requests, 'DELETE': forget_requests},
    '/faults': {'GET': faults, 'POST': order_faults, 'DELETE': clear_faults},
    '/credentials': {'GET': api_keys, 'POST': credentials, 'DELETE': revoke},
    '/settings': {'GET': settings, 'POST': settings},
}


def name_in(order: Any) -> str:
    """Return the name of a snapshot in an order; `default` when it has none."""
    name = order.get('name', 'default') if isinstance(order, dict) else 'default'
    if not isinstance(name, str) or not name or len(name) > 100:
        raise Refusal(400, "a snapshot's name is a text of 1 to 100 characters")
    return name


def serve(
    desk: Desk, method: str, path: str, body: bytes, peer: str, origin: str | None, own_origin: str
) -> Document:
    """Carry out an order.

    :param path: below the root, such as `/emulator/reset`.
    :param peer: the address the request came from.
    :param origin: the `Origin` header, if there was one.
    :param own_origin: the emulator's own origin.
    """
    try:
        if not peer.startswith(LOOPBACK):
            raise Refusal(403, "the control door answers only to this machine")
        if origin is not None and origin != own_origin:
            raise Refusal(403, f"the control door does not answer to pages of {origin}")
        orders = ORDERS.get(path[len(PREFIX) :].rstrip('/') or '/about')
        if orders is None:
            raise Refusal(
                404,
                "there is no {}; try {}".format(
                    path[:100], ", ".join(PREFIX + name for name in ORDERS)
                ),
            )
        if method not in orders:
            raise Refusal(405, f"{method} is not possible here; try {' or '.join(orders)}")
        try:
            order = json.loads(body) if body.strip() else None
        except (ValueError, RecursionError) as error:
            raise Refusal(400, f"the body is no JSON: {error}") from None
        return answer(orders[method](desk, order))
    except Refusal as refusal:
        return answer({'error': str(refusal)}, refusal.status)

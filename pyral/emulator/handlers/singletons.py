"""The caller and the subscription as singletons, and their list forms (section 1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..answers.fetch import FULL
from ..answers.render import Renderer
from ..envelope import Result, query_result, read_result
from ..errors import ObjectNotFound
from ..store.reading import member_of, of_type
from .query import fetch_of, paging, query, select_objects

if TYPE_CHECKING:
    from ..request import Call
    from ..store import Obj

__all__ = ['current_permissions', 'current_user', 'plural', 'subscription', 'user']

#: Plural spellings that force a list, and the type they list.
PLURALS = {'users': 'user', 'subscriptions': 'subscription'}


def single(call: Call, element_name: str, obj: Obj) -> Result:
    """Return one object as a read does."""
    fetch = fetch_of(call, FULL)
    return read_result(
        element_name, Renderer(call).one(obj, FULL if fetch.mode == 'shell' else fetch)
    )


def current_user(call: Call) -> Result:
    """Answer `GET /user:current`: the calling user."""
    return single(call, 'User', call.user)


def current_permissions(call: Call) -> Result:
    """Answer `GET /user:current/permissions/all`: the caller's own permissions as a list."""
    found = call.catalogue().type('User').attributes['UserPermissions']
    page = paging(call)
    total, objs = select_objects(
        call, [call.catalogue().type('UserPermission')], page, [member_of(found, call.user.oid)]
    )
    rows = Renderer(call).rows(objs, fetch_of(call, FULL))
    return query_result(total, page.start, page.size, rows)


def user(call: Call) -> Result:
    """Answer `GET /user`: the calling user, or a list when there is a query, be it empty."""
    return query(call) if 'query' in call.params else current_user(call)


def subscription(call: Call) -> Result:
    """Answer `GET /subscription`: the caller's, or a list when there is a query, be it empty."""
    if 'query' in call.params:
        return query(call)
    found = of_type(call.tx, 'Subscription')
    if not found:
        raise ObjectNotFound()
    return single(call, 'Subscription', found[0])


def plural(call: Call) -> Result:
    """Answer `GET /users` and `GET /subscriptions`: always a list."""
    call.path = {**call.path, 'type': PLURALS[call.path['type'].lower()]}
    return query(call)

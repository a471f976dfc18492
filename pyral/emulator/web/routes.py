"""The route table: which path and method lead to which handler.

The first row whose pattern fits wins. A row says how the handler runs (inside a reading or a
writing transaction, or opening its own) and which envelope a refusal travels in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, Mapping

from ..envelope import Answer, Document
from ..errors import MethodNotAllowed, PathNotFound
from ..handlers import (
    attachments,
    batch,
    browser,
    collections,
    collections_write,
    feeds,
    items,
    items_write,
    permissions,
    query,
    schema,
    security,
    singletons,
)
from ..request import Call

__all__ = ['ROUTES', 'Action', 'Route', 'find_route']

Handler = Callable[[Call], Answer]

READING, WRITING, OWN = 'reading', 'writing', 'own'


@dataclass(frozen=True)
class Action:
    """What one method of a route does.

    :ivar mode: the transaction around the handler.
    :ivar envelope: the key a refusal travels under.
    :ivar guarded: whether the security token is asked for.
    """

    handler: Handler
    mode: str = READING
    envelope: str = 'OperationResult'

    @property
    def guarded(self) -> bool:
        return self.mode != READING


@dataclass(frozen=True)
class Route:
    """A path with its methods."""

    pattern: re.Pattern[str]
    actions: Mapping[str, Action]


#: One or two names; no type is called like the path of creating one.
TYPE = r'(?P<type>[A-Za-z]\w*(?:/(?!create$)[A-Za-z]\w*)?)'
OID = (
    r'(?P<oid>-?\d+|\d+u\d+[pw]\d+|[0-9A-Fa-f]{8}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}'
    r'-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{12})'
)
COLLECTION = r'(?P<collection>[A-Za-z]\w*)'
SCHEMA = (
    r'^/slm/schema/(?P<version>[\w.]+)/(?P<place>workspace|project)/(?P<oid>\d{1,18})'
    r'(?:/(?P<hash>\w*))?$'
)
ATTACHMENT = r'^/slm/attachment/(?P<oid>\d{1,18})(?:/(?P<filename>.*))?$'
SERVICE = r'/slm/webservice/(?P<version>[\w.]+)'


def service(path: str, **actions: Action) -> Route:
    """Return a route below the version, in any letter case."""
    return Route(re.compile(f'^{SERVICE}/{path}$', re.IGNORECASE), actions)


def reads(handler: Handler, envelope: str = 'OperationResult') -> Action:
    """Return the action of a read."""
    return Action(handler, READING, envelope)


def writes(handler: Handler, envelope: str = 'OperationResult') -> Action:
    """Return the action of a write."""
    return Action(handler, WRITING, envelope)


def page(path: str, handler: Callable[[Call], Document]) -> Route:
    """Return a page of the object browser."""
    return Route(re.compile(f'^/{path}$', re.IGNORECASE), {'GET': reads(browser.in_page(handler))})


CREATE = writes(items_write.create, 'CreateResult')
UPDATE = writes(items_write.update)

ROUTES: tuple[Route, ...] = (
    Route(re.compile(SCHEMA, re.IGNORECASE), {'GET': reads(schema.schema, 'QueryResult')}),
    page('', browser.home),
    page('browse', browser.go),
    page('browse/' + TYPE + '/' + OID + '/' + COLLECTION, browser.collection),
    page('browse/' + TYPE + '/' + OID, browser.item),
    page('browse/' + TYPE, browser.listing),
    Route(re.compile(ATTACHMENT, re.IGNORECASE), {'GET': reads(attachments.download)}),
    service('security/authorize', GET=reads(security.authorize)),
    service('batch', POST=Action(batch.batch, OWN, 'BatchResult')),
    service('(?P<type>user):current', GET=reads(singletons.current_user)),
    service('(?P<type>user):current/permissions/all', GET=reads(singletons.current_permissions)),
    service('(?P<type>user)/' + OID + '/setpermissionflags', POST=writes(permissions.set_flags)),
    service(
        '(?P<type>user)/' + OID + '/permissionmap',
        GET=reads(permissions.permission_map),
        POST=writes(permissions.set_permission_map),
    ),
    service('(?P<type>user)', GET=reads(singletons.user, 'QueryResult')),
    service('(?P<type>subscription)', GET=reads(singletons.subscription)),
    service('(?P<type>users|subscriptions)', GET=reads(singletons.plural, 'QueryResult')),
    service('rss/' + TYPE, GET=reads(feeds.feed, 'QueryResult')),
    service('search', GET=reads(query.retired_search, 'QueryResult')),
    service(TYPE + '/create', PUT=CREATE, POST=CREATE),
    service('(?P<type>recyclebinentry)/' + OID + '/restore', POST=writes(items_write.restore)),
    service(TYPE + '/' + OID + '/copy', POST=writes(items_write.copy)),
    service(TYPE + '/' + OID + '/' + COLLECTION + '/add', POST=writes(collections_write.add)),
    service(TYPE + '/' + OID + '/' + COLLECTION + '/remove', POST=writes(collections_write.remove)),
    service(TYPE + '/' + OID + '/' + COLLECTION, GET=reads(collections.members, 'QueryResult')),
    service(
        TYPE + '/' + OID,
        GET=reads(items.read),
        POST=UPDATE,
        PUT=UPDATE,
        DELETE=writes(items_write.delete),
    ),
    service(TYPE, GET=reads(query.query, 'QueryResult')),
)


def find_route(path: str, method: str) -> tuple[Action, dict[str, str]]:
    """Return the action for a path and a method, and the named parts of the path.

    :param path: without its query string; one `.js` at the end is dropped (section 1.1).
    :raises PathNotFound: when no row fits.
    :raises MethodNotAllowed: when rows fit, but none with this method.
    """
    path = path[:-3] if path.lower().endswith('.js') else path
    path = path.rstrip('/') or '/'
    allowed: list[str] = []
    for route in ROUTES:
        found = route.pattern.match(path)
        if found is None:
            continue
        if method in route.actions:
            return route.actions[method], found.groupdict()
        allowed += [name for name in route.actions if name not in allowed]
    if allowed:
        raise MethodNotAllowed(
            "{} is not possible here; try {}".format(method[:20], " or ".join(allowed)),
            tuple(allowed),
        )
    raise PathNotFound(f"There is nothing at {path[:200]}")

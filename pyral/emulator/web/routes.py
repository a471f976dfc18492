"""URL routing: which path and method lead to which handler.

Werkzeug matches; the table says how a handler runs (inside a reading or a writing transaction, or
opening its own) and which envelope a refusal travels in.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Callable, Iterator

from werkzeug import exceptions
from werkzeug.routing import BaseConverter, Map, Rule

from ..envelope import Answer, Document
from ..errors import MethodNotAllowed, PathNotFound
from ..handlers import (
    attachments,
    batch,
    browser,
    collections,
    collections_write,
    feeds,
    grouped_query,
    items,
    items_write,
    permissions,
    profile_images,
    query,
    schema,
    scoped_fields,
    security_token,
    singletons,
)
from ..request import Call

__all__ = ['Action', 'find_route', 'known_paths', 'suffix_warnings']

Handler = Callable[[Call], Answer]

READING, WRITING, OWN = 'reading', 'writing', 'own'


@dataclass(frozen=True)
class Action:
    """What one method of a route does.

    :ivar mode: the transaction around the handler.
    :ivar envelope: the key a refusal travels under.
    :ivar guarded: whether the security token is asked for.
    :ivar is_page: whether it is a page for people.
    :ivar open_here: whether a browser of this machine gets it without a login.
    """

    handler: Handler
    mode: str = READING
    envelope: str = 'OperationResult'
    is_page: bool = False
    open_here: bool = False

    @property
    def guarded(self) -> bool:
        return self.mode != READING


class TypeConverter(BaseConverter):
    """The name of a type; those of levels have two parts, and none is called `create`."""

    regex = r'(?:(?i:portfolioitems?|objectives?)/(?!create$)[A-Za-z]\w*|[A-Za-z]\w*)'


class OidConverter(BaseConverter):
    """An ObjectID, the id of a permission, or an ObjectUUID."""

    regex = (
        r'(?:-?\d+|\d+u\d+[pw]\d+|[0-9A-Fa-f]{8}-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{4}'
        r'-?[0-9A-Fa-f]{4}-?[0-9A-Fa-f]{12})'
    )


class NumberConverter(BaseConverter):
    """An ObjectID as digits."""

    regex = r'\d{1,18}'


class NameConverter(BaseConverter):
    """The name of a collection."""

    regex = r'[A-Za-z]\w*'


class VersionConverter(BaseConverter):
    """A version of the API."""

    regex = r'[\w.]+'


class HashConverter(BaseConverter):
    """The hash of a schema."""

    regex = r'\w+'


def reads(handler: Handler, envelope: str = 'OperationResult') -> Action:
    """Return the action of a read."""
    return Action(handler, READING, envelope)


def writes(handler: Handler, envelope: str = 'OperationResult') -> Action:
    """Return the action of a write."""
    return Action(handler, WRITING, envelope)


def rules(path: str, *, of_type: str | None = None, **actions: Action) -> Iterator[Rule]:
    """Return the rules of a path, one for each method.

    :param of_type: the type that the path itself names.
    """
    defaults = {'type': of_type} if of_type else None
    for method, action in actions.items():
        yield Rule(path, endpoint=action, methods=[method], defaults=defaults)


def service(path: str, of_type: str | None = None, **actions: Action) -> Iterator[Rule]:
    """Return the rules of a path below the version."""
    return rules('/slm/webservice/<version:version>/' + path, of_type=of_type, **actions)


def page(path: str, handler: Callable[[Call], Document], open_here: bool = False) -> Iterator[Rule]:
    """Return the rules of a page of the object browser."""
    action = Action(browser.in_page(handler), is_page=True, open_here=open_here)
    return rules('/' + path, GET=action)


def schema_of(place: str) -> Iterator[Rule]:
    """Return the rules of the schema of a workspace or a project."""
    action = reads(schema.schema, 'QueryResult')
    for end in ('', '/<hash:hash>'):
        path = f'/slm/schema/<version:version>/{place}/<number:oid>{end}'
        yield Rule(path, endpoint=action, methods=['GET'], defaults={'place': place})


CREATE = writes(items_write.create, 'CreateResult')
UPDATE = writes(items_write.update)
DOWNLOAD = reads(attachments.download)
PICTURE = reads(profile_images.picture)
SCOPED_FIELDS = 'project/<oid>/typedefinition/<definition>/scopedattributedefinition'
SCOPED_FIELD = writes(scoped_fields.update)
PLURAL = reads(singletons.plural, 'QueryResult')

ROUTES = (
    schema_of('workspace'),
    schema_of('project'),
    page('', browser.first_page, open_here=True),
    page('browse', browser.go),
    page('browse/<type:type>/<oid:oid>/<name:collection>', browser.collection),
    page('browse/<type:type>/<oid:oid>', browser.item),
    page('browse/<type:type>', browser.listing),
    rules('/slm/attachment/<number:oid>', GET=DOWNLOAD),
    rules('/slm/attachment/<number:oid>/<path:filename>', GET=DOWNLOAD),
    rules('/slm/profile/image/<oid>', GET=PICTURE),
    rules('/slm/profile/image/<oid>/<size>', GET=PICTURE),
    service('security/authorize', GET=reads(security_token.authorize)),
    service('batch', POST=Action(batch.batch, OWN, 'BatchResult')),
    service('user:current', 'user', GET=reads(singletons.current_user)),
    service('user:current/permissions/all', 'user', GET=reads(singletons.current_permissions)),
    service('user/<oid:oid>/setpermissionflags', 'user', POST=writes(permissions.set_flags)),
    service(
        'user/<oid:oid>/permissionmap',
        'user',
        GET=reads(permissions.permission_map),
        POST=writes(permissions.set_permission_map),
    ),
    service(
        'projectpermission/bulkupdate', 'projectpermission', POST=writes(permissions.bulk_update)
    ),
    service(SCOPED_FIELDS, 'project', GET=reads(scoped_fields.listing, 'QueryResult')),
    service(
        SCOPED_FIELDS + '/<attribute>',
        'project',
        GET=reads(scoped_fields.read),
        POST=SCOPED_FIELD,
        PUT=SCOPED_FIELD,
    ),
    service('user', 'user', GET=reads(singletons.user, 'QueryResult')),
    service('subscription', 'subscription', GET=reads(singletons.subscription)),
    service('users', 'users', GET=PLURAL),
    service('subscriptions', 'subscriptions', GET=PLURAL),
    service('rss/<type:type>', GET=reads(feeds.feed, 'QueryResult')),
    service('search', GET=reads(query.retired_search, 'QueryResult')),
    service('<type:type>/groupby/<field>', GET=reads(grouped_query.grouped, 'QueryResult')),
    service('<type:type>/create', PUT=CREATE, POST=CREATE),
    service(
        'recyclebinentry/<oid:oid>/restore', 'recyclebinentry', POST=writes(items_write.restore)
    ),
    service('<type:type>/<oid:oid>/copy', POST=writes(items_write.copy)),
    service('<type:type>/<oid:oid>/<name:collection>/add', POST=writes(collections_write.add)),
    service(
        '<type:type>/<oid:oid>/<name:collection>/remove', POST=writes(collections_write.remove)
    ),
    service(
        '<type:type>/<oid:oid>/<name:collection>', GET=reads(collections.members, 'QueryResult')
    ),
    service(
        '<type:type>/<oid:oid>',
        GET=reads(items.read),
        POST=UPDATE,
        PUT=UPDATE,
        DELETE=writes(items_write.delete),
    ),
    service('<type:type>', GET=reads(query.query, 'QueryResult')),
)

MAP = Map(
    [rule for route in ROUTES for rule in route],
    converters={
        'type': TypeConverter,
        'oid': OidConverter,
        'number': NumberConverter,
        'name': NameConverter,
        'version': VersionConverter,
        'hash': HashConverter,
    },
    strict_slashes=False,
    merge_slashes=False,
    redirect_defaults=False,
)
#: The parts of paths that are known in any letter case.
WORDS = frozenset(
    part for rule in MAP.iter_rules() for part in rule.rule.split('/') if '<' not in part
)
MATCHER = MAP.bind('emulator')
#: Plurals of the names that routes are written with. They stand below the version; a list of users
#: or subscriptions has a route of its own.
PLURALS = {
    'projectpermissions': 'projectpermission',
    'projects': 'project',
    'recyclebinentries': 'recyclebinentry',
    'subscriptions': 'subscription',
    'users': 'user',
    'workspaces': 'workspace',
}
BELOW_VERSION = 4
#: What an answer warns of where a path of v2.0 has the suffix of older versions (section 1.1).
SUFFIX = '.js'
SUFFIX_WARNING = 'It is no longer necessary to append ".js" to WSAPI resources.'
#: In this order methods are proposed.
METHODS = ('GET', 'PUT', 'POST', 'DELETE')
#: Whatever stands below a type is the id of an object, if nothing else is meant (section 1.1).
BELOW_TYPE = re.compile(
    rf'/slm/webservice/(?P<version>{VersionConverter.regex})/(?P<type>{TypeConverter.regex})'
    r'/(?P<oid>.+)',
    re.DOTALL,
)
#: Below the types that have levels a word is the name of a level, or the id of nothing.
BELOW_LEVELS = re.compile(
    rf'/slm/webservice/(?P<version>{VersionConverter.regex})/(?P<type>(?i:portfolioitems?|objectives?))'
    r'/(?P<oid>(?!create\Z)[A-Za-z]\w*)'
)
NO_ID_READ, NO_ID_WRITE = reads(items.no_id, 'QueryResult'), writes(items.no_id)

CONVERTED = re.compile(r'<(?:\w+:)?(\w+)>')


def known_paths() -> dict[str, str]:
    """Return the paths of the API, each with the methods it knows: `GET, POST`."""
    found: dict[str, set[str]] = {}
    for rule in MAP.iter_rules():
        path = CONVERTED.sub(r'<\1>', rule.rule).replace('<version>', 'v2.0')
        if path.startswith('/slm/'):
            found.setdefault(path, set()).update(rule.methods or ())
    return {
        path: ', '.join(name for name in METHODS if name in methods)
        for path, methods in found.items()
    }


def suffix_warnings(path: str, version: str | None) -> list[str]:
    """Return what the answer to a path warns of: a suffix that its version needs no more."""
    warns = path.lower().endswith(SUFFIX) and (version or '').lower().startswith('v')
    return [SUFFIX_WARNING] if warns else []


def find_route(path: str, method: str) -> tuple[Action, dict[str, str]]:
    """Return the action for a path and a method, and the named parts of the path.

    :param path: without its query string; one `.js` at the end is dropped, a slash too many and the
        plural of a name do no harm (section 1.1).
    :raises PathNotFound: when no route fits, and the path does not go on below a type.
    :raises MethodNotAllowed: when routes fit, but none with this method.
    """
    path = path[: -len(SUFFIX)] if path.lower().endswith(SUFFIX) else path
    path = re.sub('/{2,}', '/', path).rstrip('/') or '/'
    words = [part.lower() if part.lower() in WORDS else part for part in path.split('/')]
    if len(words) > BELOW_VERSION + 1:
        name = words[BELOW_VERSION]
        words[BELOW_VERSION] = PLURALS.get(name.lower(), name)
    folded = '/'.join(words)
    try:
        action, parts = MATCHER.match(folded, method)
    except exceptions.MethodNotAllowed as error:
        below = BELOW_LEVELS.fullmatch(folded)
        if below is not None and method in METHODS:
            return _without_id(method, below)
        allowed = tuple(name for name in METHODS if name in (error.valid_methods or ()))
        raise MethodNotAllowed(
            "{} is not possible here; try {}".format(method[:20], " or ".join(allowed)), allowed
        ) from None
    except exceptions.NotFound:
        below = BELOW_TYPE.fullmatch(folded)
        if below is not None:
            return _without_id(method, below)
        raise PathNotFound(f"There is nothing at {path[:200]}") from None
    return action, dict(parts)


def _without_id(method: str, below: re.Match[str]) -> tuple[Action, dict[str, str]]:
    """Return the action for what stands below a type and leads to no object."""
    return (NO_ID_READ if method == 'GET' else NO_ID_WRITE), below.groupdict()

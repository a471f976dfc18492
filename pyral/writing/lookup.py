"""Look-up after a write of unknown outcome: what does the service hold of it?

A write is never sent twice. Where its answer was lost, these look-ups tell what is there, and the
caller decides. They only read, and they never guess: items that fit are returned, newest first,
whether or not it was this write that made them.
"""
from __future__ import absolute_import, division, print_function

import re

from pyral import refs
from pyral._compat import Mapping, fill, query_pairs, text_of, text_type
from pyral.entity.base import raw_item
from pyral.errors import (
    MultipleOperationError,
    NotFoundError,
    RallyResponseError,
    RallyRESTAPIError,
)
from pyral.query.nodes import quoted
from pyral.reading.queries import query
from pyral.service_texts import NOT_FOUND, meaning_of

__all__ = ['find']

#: Attributes that tell an item from others, by their kind; text of a page length does not.
_TELLING_KINDS = frozenset(['STRING', 'OBJECT', 'INTEGER', 'DECIMAL', 'QUANTITY', 'DATE',
                            'BOOLEAN'])
_MOST_CONDITIONS = 8
#: What the service puts before the name of a copy.
COPY_OF = u'(Copy of) '
_SERVICE = re.compile(r'^.*/webservice/[^/]+/')
#: The errors that tell of a request.
_OF_REQUESTS = (RallyRESTAPIError, RallyResponseError, MultipleOperationError)
_WRITES = ('PUT', 'POST', 'DELETE')


def find(connection, error):
    """Return what the service holds of the write in `error`; see `PyralError.find`."""
    if not isinstance(error, _OF_REQUESTS) or error.method not in _WRITES or not error.url:
        raise RallyRESTAPIError(fill("{0} is not about a write", type(error).__name__),
                                hint="Only an error with outcome_unknown has something to find.")
    sent, scope = error.payload, _scope_of(error.url)
    path = _path_of(error.url)
    if path == 'batch':
        return [_entry(connection, each.get('Entry') or {}, scope)
                for each in (sent or {}).get('Batch', ())]
    return _one(connection, error.method, path, sent, scope)


def _entry(connection, entry, scope):
    return _one(connection, entry.get('Method'), (entry.get('Path') or '').lstrip('/'),
                entry.get('Body'), scope)


def _one(connection, method, path, sent, scope):
    if path.endswith('/create'):
        type_def = _type_at(connection, path[:-len('/create')])
        return _created(connection, type_def, next(iter((sent or {}).values()), {}), scope)
    if path.endswith('/copy'):
        return _copied(connection, refs.parse('/' + path[:-len('/copy')]), scope)
    ref = refs.parse('/' + re.sub(r'/(?:add|remove)$', '', path))
    if ref is None:
        raise RallyRESTAPIError(fill("there is no look-up for a {0} to {1}", method, path))
    return _there(connection, refs.Ref(ref.type_path, ref.oid), scope)


def _copied(connection, ref, scope):
    """Return the items that are called as the service calls a copy of another one."""
    for original in _there(connection, ref, scope):
        type_def, name = connection.type_of_item(original), raw_item(original).get('Name')
        if type_def is not None and name is not None:
            return _created(connection, type_def, {'Name': COPY_OF + name}, scope)
    raise RallyRESTAPIError(fill("nothing tells a copy of {0} from others", ref.short))


def _type_at(connection, path):
    """Return the type of a path, which writes spell in lower case."""
    for type_def in connection.helper.catalogue():
        if type_def.TypePath.lower() == path.lower():
            return type_def
    raise RallyRESTAPIError(fill("there is no look-up for a new {0}", path))


def _created(connection, type_def, values, scope):
    """Return the items that have what was sent for the new one."""
    conditions = []
    for name, value in sorted(values.items()):
        attribute = type_def.attribute(name)
        if attribute is not None and attribute.AttributeType in _TELLING_KINDS:
            conditions.append(_condition(attribute.ElementName, value))
    conditions = [each for each in conditions if each is not None]
    # Name first: of too many conditions, it is the one that must stay.
    conditions.sort(key=lambda each: not each.startswith('Name '))
    if not conditions:
        raise RallyRESTAPIError(
            fill("nothing that was sent tells the new {0} from others", type_def.TypePath),
            hint="Look for it yourself, for example by what it belongs to.")
    response = query(connection, type_def, True, conditions[:_MOST_CONDITIONS], scope,
                     'CreationDate DESC')
    response.raise_for_errors()
    return list(response)


def _condition(name, value):
    """Return the condition that an attribute has a value, or None where it cannot be asked."""
    if isinstance(value, bool):
        return fill(u'{0} = {1}', name, 'true' if value else 'false')
    if isinstance(value, Mapping):
        value = value.get('_ref')
    if value is None or isinstance(value, (list, Mapping)):
        return None
    ref = refs.parse(value) if isinstance(value, text_type) else None
    if ref is not None:
        return fill(u'{0} = {1}', name, quoted(u'/' + ref.short))
    value = text_of(value)
    return fill(u'{0} = {1}', name, quoted(value)) if value.strip() and '\n' not in value else None


def _there(connection, ref, scope):
    """Return the item as it is now, in a list; an empty list where it is gone."""
    context, params = connection.scoped(**scope)
    try:
        item = connection.read_item(ref.short, params)
    except NotFoundError as error:
        if meaning_of(None, error.errors).kind != NOT_FOUND:
            raise  # it is the address that nobody knows there, not the item
        return []
    return [connection.entity(item, context)]


def _scope_of(url):
    """Return the workspace of the write; never its project, which an item may have left."""
    pairs = dict(query_pairs(url.partition('?')[2]))
    workspace = pairs.get('workspace')
    if not workspace:
        return {'project': None}
    ref = refs.parse(workspace)
    return {'project': None,
            'workspace': ref.short if ref is not None else workspace.lstrip('/')}


def _path_of(url):
    """Return the path below the service, under whatever address it was reached then."""
    return _SERVICE.sub('', url.partition('?')[0])

"""Queries: read a type, a collection by its address, a text search; what a caller may give.

What a caller may give in many forms (fetch, start, limit, order) becomes one form here. A failed
read is a value, not an exception: the response says what happened. Nothing of a call is kept.
"""
from __future__ import absolute_import, division, print_function

import logging
import re

from pyral._compat import (
    Mapping,
    binary_type,
    ensure_text,
    fill,
    integer_types,
    string_types,
    text_type,
)
from pyral._scalars import plain_scalar
from pyral.advice import check_keywords, remark
from pyral.config import KILO_PAGESIZE, MAX_ITEMS, START_INDEX
from pyral.context.scope import is_current
from pyral.errors import PyralError, RallyRESTAPIError
from pyral.query.builder import build, tree
from pyral.query.remarks import (
    escaped_values,
    has_other_prefix,
    may_name_a_value,
    remarks,
    strange_ids,
)
from pyral.reading.page_sizes import FIRST
from pyral.reading.response import ReadOptions, respond

LOG = logging.getLogger('pyral')

__all__ = ['SCOPE_KEYWORDS', 'collection', 'fetch_of', 'get', 'query', 'scope_in', 'search']

SCOPE_KEYWORDS = ('workspace', 'project', 'projectScopeUp', 'projectScopeDown')
_PAGE_KEYWORDS = ('pagesize', 'start', 'limit', 'threads', 'timeout', 'deadline', 'on_progress',
                  'resolve',
                  'strict')
#: Where the conditions of a read go, for callers who give them as keywords.
CONDITIONS = ('conditions go', 'query')
#: Keywords that scripts pass along although they never meant anything here.
_LEGACY_KEYWORDS = ('server_ping', 'isolated_workspace')
GET_KEYWORDS = SCOPE_KEYWORDS + _PAGE_KEYWORDS + ('fetch', 'query', 'order', 'instance')
ROWS_KEYWORDS = SCOPE_KEYWORDS + _PAGE_KEYWORDS + _LEGACY_KEYWORDS
COLLECTION_KEYWORDS = SCOPE_KEYWORDS + _PAGE_KEYWORDS + ('fetch', 'query', 'order')
_SEARCH_KEYWORDS = SCOPE_KEYWORDS + _PAGE_KEYWORDS
_SEARCH_FETCH = 'ObjectID,FormattedID,Name,Project,MatchingText,LastUpdatedDate'
_SEARCH_PAGE_SIZE = 200

#: What `fetch` may be besides names: the text that is sent, and how complete the items are.
_FETCH_WORDS = {'true': ('true', 'full'), 'True': ('true', 'full'),
                'false': ('false', 'shell'), 'False': ('false', 'shell')}
#: What `fetch` is taken for by who counts the arguments otherwise -> what is said of it.
_NO_NAMES = [
    (re.compile(u'^ *[A-Za-z]{1,3}[0-9]+ *$'),
     u"fetch is for names of attributes, and all items are asked for: rally['{0}'] reads the item "
     u"with that FormattedID"),
    (re.compile(u'[=<>"()]'),
     u"fetch is for names of attributes, and '{0}' holds a condition: conditions go into query"),
]


def get(connection, type_name, fetch, criteria, order, keywords, strict=False, resolve=None):
    """Query a type; see `Rally.get`.

    :param keywords: the further keywords of the caller.
    :param resolve: puts references in the place of names; see `resolving.criteria.in_criteria`.
    :returns: a response; with `instance=True` and exactly one match, that item.
    """
    strict = _is_strict(keywords, strict)
    check_keywords('get', keywords, GET_KEYWORDS + _LEGACY_KEYWORDS, strict, CONDITIONS)
    needs_names = isinstance(fetch, (list, tuple))
    type_def = connection.type_of(type_name, with_attributes=needs_names)
    _refuse_foreign(connection, criteria)
    node, scope = tree(criteria), scope_in(keywords)
    resolve = resolve if _is_structured(criteria) else None
    if resolve is not None:
        node = resolve(connection, type_def, node, scope)
    response = query(connection, type_def, fetch, node, scope, order, keywords, FIRST)
    if response.errors and resolve is not None:
        again = resolve(connection, type_def, node, scope, response.errors)
        if again is not node:
            node, response = again, query(connection, type_def, fetch, again, scope, order,
                                          keywords, FIRST)
    _advise(connection, type_def, node, response)
    if strict:
        response.raise_for_errors()
    if not keywords.get('instance'):
        if node is None:
            _note_caller(response, type_def.TypePath)
        return response
    if not response.errors and response.resultCount == 1:
        return next(response, response)
    return response


def query(connection, type_def, fetch, criteria, scope, order=None, options=None,
          first_size=None):
    """Ask for the items of a type.

    :param scope: `workspace`, `project` and so on, as far as the caller gave them.
    :param options: `pagesize`, `start`, `limit`, `threads`.
    :param first_size: the size of the first page where neither page size nor limit says it; a
        small one brings the first items soon, a large one makes one request for more lists.
    :returns: a `RallyRESTResponse`
    """
    options = options or {}
    fetched, hydration = fetch_of(fetch, type_def)
    condition = build(criteria)
    context, params = connection.scoped(**scope)
    limit = _limit_of(options.get('limit'))
    pairs = [('fetch', fetched)]
    if condition is not None:
        pairs.append(('query', condition))
    if order:
        pairs.append(('order', _order_of(order)))
    pairs += params
    pairs.append(('pagesize', _pagesize_of(options.get('pagesize'), limit, first_size)))
    return respond(
        connection.transport, type_def.TypePath, pairs, context, hydration, ReadOptions(
            _start_of(options.get('start')), limit, options.get('threads'), type_def.TypePath,
            is_open=options.get('pagesize') is None, progress=connection.progress))


def collection(connection, url, keywords, context=None, strict=False, resolve=None):
    """Read a collection by its address; see `Rally.getCollection`."""
    strict = _is_strict(keywords, strict)
    check_keywords('getCollection', keywords, COLLECTION_KEYWORDS, strict, CONDITIONS)
    url = url.get('_ref') if isinstance(url, Mapping) else url
    if not isinstance(url, (text_type, binary_type)) or not url:
        raise TypeError("a collection is named by its address, such as story._ref + '/Tasks', not "
                        "by {0}: {1!r}".format(type(url).__name__, url))
    if context is None:
        context, params = connection.scoped(**scope_in(keywords))
    else:
        params = [('workspace', context.workspace_ref)] if context.workspace_ref else []
    limit = _limit_of(keywords.get('limit'))
    pairs = []
    hydration = 'full'
    if 'fetch' in keywords:
        fetched, hydration = fetch_of(keywords['fetch'])
        pairs.append(('fetch', fetched))
    node = tree(keywords.get('query'))
    if resolve is not None and _is_structured(keywords.get('query')):
        node = resolve(connection, url, node, scope_in(keywords))
    condition = build(node)
    if condition is not None:
        pairs.append(('query', condition))
    if keywords.get('order'):
        pairs.append(('order', _order_of(keywords['order'])))
    # A collection holds what it holds: the project of the caller is no filter of it.
    pairs += [pair for pair in params if pair[0] == 'workspace']
    pairs.append(('pagesize', _pagesize_of(keywords.get('pagesize'), limit)))
    response = respond(connection.transport, url, pairs, context, hydration, ReadOptions(
        _start_of(keywords.get('start')), limit, keywords.get('threads'),
        is_tolerant=True, is_open=keywords.get('pagesize') is None,
        progress=connection.progress))
    if strict:
        response.raise_for_errors()
    if node is not None and has_other_prefix(node, 'Artifact'):
        for text in strange_ids(node, connection.helper.catalogue(context.workspace_ref)):
            remark(fill(u'getCollection: {0}', text))
    if condition is None:
        _note_caller(response, ensure_text(url).partition('?')[0].rstrip('/').rpartition('/')[2])
    return response


def search(connection, keywords, options, strict=False):
    """Return a response with a `SearchObject` for each hit in the scope.

    :param keywords: text, or a list of words.
    :raises RallyRESTAPIError: the service has no search any more, or refused.
    """
    check_keywords('search', options, _SEARCH_KEYWORDS, _is_strict(options, strict))
    text = keywords if isinstance(keywords, string_types) else u' '.join(keywords)
    context, params = connection.scoped(**scope_in(options))
    pairs = [('keywords', text), ('fetch', _SEARCH_FETCH)] + params
    pairs.append(('pagesize', _SEARCH_PAGE_SIZE))
    response = respond(connection.transport, 'search', pairs, context, options=ReadOptions(
        int(options.get('start') or 1), options.get('limit'), target='search',
        progress=connection.progress))
    if response.errors:
        raise RallyRESTAPIError(
            response.errors[0], status_code=response.status_code, errors=response.errors,
            method='GET', url=response.resource, hint=fill(
                "The search endpoint was withdrawn from the service; ask with contains, for "
                "example rally.get('Artifact', query='Name contains \"{0}\"').", text))
    return response


def _is_strict(keywords, strict):
    own = keywords.get('strict')
    return strict if own is None else bool(own)


def _note_caller(response, type_name):
    """Say that a read of users without a query answers with nobody but the caller."""
    if response.request_type == 'ImpliedQuery' and type_name.lower() == 'user':
        remark("without a query the service answers a read of users with the caller alone; "
               "getAllUsers() returns all, query='ObjectID > 0' those that are enabled, and "
               "rally.me() the caller")


def _is_structured(criteria):
    return criteria is not None and not isinstance(criteria, (text_type, binary_type))


def _refuse_foreign(connection, criteria):
    """Refuse criteria with an entity of another server: its ids mean other items here."""
    if isinstance(criteria, Mapping) and '_ref' not in criteria:
        criteria = criteria.values()
    elif not isinstance(criteria, (list, tuple, set, frozenset)):
        if not isinstance(criteria, (text_type, binary_type)):
            connection.local_ref(criteria)
        return
    for part in criteria:
        _refuse_foreign(connection, part)


def _advise(connection, type_def, node, response):
    """Say what the schema makes of a query; see `query_advice`.

    A schema that is not at hand is asked for only where the answer gives reason to doubt: the
    service refused, found nothing, or took the id of another type.
    """
    if node is None:
        return
    helper, workspace = connection.helper, response.context.workspace_ref
    is_refused = any(error.startswith(u'Could not') for error in response.errors)
    is_empty = not (response.errors or response.resultCount)
    for text in escaped_values(node) if is_empty else ():
        remark(fill(u'get {0}: {1}', type_def.TypePath, text))
    is_empty = is_empty and may_name_a_value(node)
    if not (is_refused or is_empty or has_other_prefix(node, type_def.TypePath)
            or helper.loadedCatalogue(response.context) is not None):
        return

    def values_of(attribute):
        return attribute.known_values(response.context, read if is_empty else None)

    def read(context, url):
        return list(collection(connection, url, {}, context))

    try:
        catalogue = helper.catalogue(workspace)
        is_doubtful = not catalogue.is_current
        texts = remarks(node, catalogue.resolve(type_def.TypePath), catalogue, values_of)
        if is_doubtful and (texts or is_refused):
            catalogue.renew()
            texts = remarks(node, catalogue.resolve(type_def.TypePath), catalogue, values_of)
    except PyralError as error:
        LOG.debug("no advice on a query of %s: %s", type_def.TypePath, error)
        return
    for text in texts:
        remark(fill(u'get {0}: {1}', type_def.TypePath, text))


def scope_in(keywords):
    """Return the scope keywords among others; `current` is the same as nothing given."""
    return dict((name, keywords[name]) for name in SCOPE_KEYWORDS
                if name in keywords and not is_current(keywords[name]))


def fetch_of(fetch, type_def=None):
    """Return what is sent for a `fetch` argument, and the hydration of the items.

    :raises RallyAttributeNameError: a list names an attribute the type does not have.
    :raises TypeError: it is neither a truth value nor text nor a list of names.
    """
    if fetch is None or isinstance(fetch, (bool, int)):
        return ('true', 'full') if fetch else ('false', 'shell')
    if isinstance(fetch, (text_type, binary_type)):
        text = ensure_text(fetch)
        for form, advice in _NO_NAMES:
            if form.search(text):
                remark(fill(advice, text.strip()))
        return _FETCH_WORDS.get(text, (text, 'full'))
    if not isinstance(fetch, (list, tuple)):
        raise TypeError("fetch is True, False, names with commas between them or a list of "
                        "names, not {0}: {1!r}".format(type(fetch).__name__, fetch))
    for name in fetch:
        if not isinstance(name, (text_type, binary_type)):
            raise TypeError("fetch is a list of names, and {0!r} ({1}) is not a name".format(
                name, type(name).__name__))
    names = [ensure_text(name) for name in fetch]
    if len(names) == 1 and u',' in names[0]:
        return names[0], 'full'
    return u','.join(type_def.map_fetched(names) if type_def is not None else names), 'full'


def _order_of(order):
    if isinstance(order, (text_type, binary_type)):
        return ensure_text(order)
    if isinstance(order, (list, tuple)):
        return u','.join(ensure_text(key) for key in order)
    raise TypeError("order is text such as 'Name DESC,FormattedID', not {0}".format(
        type(order).__name__))


def _pagesize_of(pagesize, limit, first_size=None):
    if pagesize is not None:
        return pagesize
    if limit is not None and 0 < limit <= KILO_PAGESIZE:
        return limit
    return KILO_PAGESIZE if first_size is None else first_size


def _start_of(start):
    number = _whole(start)
    if start is None or number is not None and 0 < number < MAX_ITEMS:
        return number or START_INDEX
    remark(fill("start={0} is no index of an item; the read begins at 1", repr(start)))
    return START_INDEX


def _limit_of(limit):
    number = _whole(limit)
    if limit is not None and number is None:
        remark(fill("limit={0} is no number; all items are served", repr(limit)))
    if number is not None and number < 0:
        remark(fill("limit={0} serves no items; leave it out to read all", repr(limit)))
    return number or None


def _whole(value):
    value = plain_scalar(value)
    if isinstance(value, integer_types):
        return int(value)
    if isinstance(value, string_types):
        try:
            return int(value)
        except ValueError:
            return None
    return int(value) if isinstance(value, float) and value == int(value) else None

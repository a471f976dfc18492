"""Text search, as far as the service still offers it."""
from __future__ import absolute_import, division, print_function

from pyral._compat import fill, string_types
from pyral.advice import check_keywords
from pyral.errors import RallyRESTAPIError
from pyral.reading.queries import SCOPE_KEYWORDS, scope_in
from pyral.reading.response import respond

__all__ = ['search']

_KEYWORDS = SCOPE_KEYWORDS + ('pagesize', 'start', 'limit', 'threads')
_FETCH = 'ObjectID,FormattedID,Name,Project,MatchingText,LastUpdatedDate'
_PAGE_SIZE = 200


def search(connection, keywords, options, strict=False):
    """Return a response with a `SearchObject` for each hit in the scope.

    :param keywords: text, or a list of words.
    :raises RallyRESTAPIError: the service has no search any more, or refused.
    """
    check_keywords('search', options, _KEYWORDS, strict)
    text = keywords if isinstance(keywords, string_types) else u' '.join(keywords)
    context, params = connection.scoped(**scope_in(options))
    pairs = [('keywords', text), ('fetch', _FETCH)] + params + [('pagesize', _PAGE_SIZE)]
    response = respond(connection.transport, 'search', pairs, context,
                       start=int(options.get('start') or 1), limit=options.get('limit'),
                       target='search')
    if response.errors:
        raise RallyRESTAPIError(
            response.errors[0], status_code=response.status_code, errors=response.errors,
            method='GET', url=response.resource, hint=fill(
                "The search endpoint was withdrawn from the service; ask with contains, for "
                "example rally.get('Artifact', query='Name contains \"{0}\"').", text))
    return response

"""Ask the service for a schema: one small request where the answer is kept already.

The address without a hash leads to the one with it; that is read only where this hash is unknown.
Nothing is judged here but whether the service gave a list of types.
"""
from __future__ import absolute_import, division, print_function

from pyral._compat import fill
from pyral.errors import RallyRESTAPIError
from pyral.http import envelope
from pyral.http.answer import checked
from pyral.schema.cache import SchemaCache, version_in

_REDIRECTS = (301, 302, 303, 307, 308)


class SchemaReader(object):
    """Reads the schemas of one server.

    :param transport: a `Transport`.
    :param cache: a `SchemaCache`; by default nothing is kept.
    """

    def __init__(self, transport, cache=None):
        self._transport = transport
        self._cache = SchemaCache(None, transport.origin.url) if cache is None else cache

    def types(self, place):
        """Return the types of a place, each a dict or a `KeptType`; one request or two.

        :param place: `workspace/<oid>`.
        :raises RallyRESTAPIError: the service gives no list of types.
        """
        url = '{0}/{1}'.format(self._transport.schema_url, place)
        answer = self._transport.get(url, follows=False)
        version = None
        if answer.status in _REDIRECTS:
            version = version_in(answer.location)
            kept = self._cache.load(place, version) if version else None
            if kept is not None:
                return kept
            answer = self._transport.get('{0}/{1}'.format(url, version) if version else url)
        rows = self._rows(answer, place)
        # The hash may have changed between the two requests.
        version = version_in(answer.url) or version
        if version:
            self._cache.save(place, version, rows)
        return rows

    def kept(self, place):
        """Return the types of a place that the cache kept last, or None; no request."""
        return self._cache.latest(place)

    def rows(self, place):
        """Return the types of a place as the service gives them: a list of dicts."""
        return [each if isinstance(each, dict) else each.whole() for each in self.types(place)]

    def _rows(self, answer, place):
        page = envelope.read(checked(answer, self._transport.server), place)
        if not isinstance(page, envelope.Page):
            raise RallyRESTAPIError(fill("the schema of {0} is not a list of types", place),
                                    status_code=answer.status, method='GET', url=answer.url)
        return page.items


__all__ = ['SchemaReader']

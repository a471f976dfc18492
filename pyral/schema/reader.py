"""Ask the service for a schema: one small request where the answer is kept already.

The address without a hash leads to the one with it; that is read only where this hash is unknown.
Nothing is judged here but whether the service gave a list of types.
"""
from __future__ import absolute_import, division, print_function

from pyral._compat import fill
from pyral._locks import ProcessLock
from pyral.errors import RallyRESTAPIError
from pyral.http import envelope
from pyral.http.answer import checked
from pyral.schema.cache import SchemaCache, version_in
from pyral.schema.definitions import Catalogue

_REDIRECTS = (301, 302, 303, 307, 308)


class SchemaReader(object):
    """Reads the schemas of one server.

    :param transport: a `Transport`.
    :param cache: a `SchemaCache`; by default nothing is kept.
    """

    def __init__(self, transport, cache=None):
        self._transport = transport
        self._cache = SchemaCache(None, transport.base_url.url) if cache is None else cache

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


class Catalogues(object):
    """The types of each workspace of one server: read on first need, and then kept.

    A workspace is given as `workspace/<oid>` throughout.

    :param reader: a `SchemaReader`.
    """

    def __init__(self, reader):
        self._reader = reader
        self._lock = ProcessLock()
        self._loaded, self._kept = {}, {}

    def of(self, workspace):
        """Return the `Catalogue` of a workspace, reading its schema on first need."""
        found = self._loaded.get(workspace)
        if found is None:
            rows = self._reader.types(workspace)
            with self._lock:
                found = self._loaded.setdefault(workspace, Catalogue(rows))
        return found

    def loaded(self, workspace):
        """Return the `Catalogue` of a workspace if it is loaded, else None."""
        return self._loaded.get(workspace)

    def known(self, workspace):
        """Return the `Catalogue` of a workspace as far as no request is needed, or None.

        One that another process left may be of yesterday: good for hints, not for decisions.
        """
        found = self.loaded(workspace)
        if found is None and workspace:
            if workspace not in self._kept:
                rows = self._reader.kept(workspace)
                self._kept[workspace] = Catalogue(rows) if rows else None
            found = self._kept[workspace]
        return found

    def rows(self, workspace):
        """Return the schema of a workspace as the service gives it: a list of dicts."""
        return self._reader.rows(workspace)


__all__ = ['Catalogues', 'SchemaReader']

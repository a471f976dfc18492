"""The schema of a workspace: read from the service, or taken as an earlier process kept it.

A kept one costs no request until it lacks what is asked for, or the service refuses what was made
by it; then one small request tells whether there is another. The address without a hash leads to
the one with it, and that is read only where this hash is unknown.
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
#: A kept schema is taken without a question for so long after the service confirmed it (a week).
_BELIEVED_S = 7 * 24 * 3600
#: Who asks for the schema itself is told of changes that are older than an hour.
_SHOWN_S = 3600


class SchemaReader(object):
    """Reads the schemas of one server.

    :param transport: a `Transport`.
    :param cache: a `SchemaCache`; by default nothing is kept.
    """

    def __init__(self, transport, cache=None):
        self._transport = transport
        self._cache = SchemaCache(None, transport.base_url.url) if cache is None else cache

    def types(self, place, held=None):
        """Return the types of a place, each a dict or a `KeptType`; one request or two.

        :param place: `workspace/<oid>`.
        :param held: the hash of the types that the caller has.
        :returns: None where the hash is still that.
        :raises RallyRESTAPIError: the service gives no list of types.
        """
        url = '{0}/{1}'.format(self._transport.schema_url, place)
        answer = self._transport.get(url, follows=False)
        version = None
        if answer.status in _REDIRECTS:
            version = version_in(answer.location)
            if version and version == held:
                self._cache.confirm(place, version)
                return None
            kept = self._cache.load(place, version) if version else None
            if kept is not None:
                self._cache.confirm(place, version)
                return kept
            answer = self._transport.get('{0}/{1}'.format(url, version) if version else url)
        rows = self._rows(answer, place)
        # The hash may have changed between the two requests.
        version = version_in(answer.url) or version
        if version:
            self._cache.save(place, version, rows)
        return rows

    def kept(self, place):
        """Return the `KeptSchema` of a place that the cache kept last, or None; no request."""
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
        self._loaded, self._kept, self._hints = {}, {}, {}

    def of(self, workspace, to_show=False):
        """Return the `Catalogue` of a workspace, reading its schema on first need.

        What another process kept within a week is taken without a request.

        :param to_show: True where the caller asked for the schema itself: one that the service
            confirmed more than an hour ago is confirmed first.
        """
        found = self._loaded.get(workspace)
        if found is None:
            kept = self._kept_of(workspace)
            if kept is not None and not 0 <= kept.age_s <= _BELIEVED_S:
                kept = None
            made = Catalogue(self._reader.types(workspace)) if kept is None else Catalogue(
                kept.types, lambda: self._reader.types(workspace, kept.version))
            with self._lock:
                found = self._loaded.setdefault(workspace, made)
        if to_show and not found.is_current and self._kept_of(workspace).age_s > _SHOWN_S:
            found.renew()
        return found

    def _kept_of(self, workspace):
        """Return the `KeptSchema` of a workspace as this connection found it first, or None."""
        if workspace not in self._kept:
            self._kept[workspace] = self._reader.kept(workspace)
        return self._kept[workspace]

    def loaded(self, workspace):
        """Return the `Catalogue` of a workspace if it is loaded, else None."""
        return self._loaded.get(workspace)

    def known(self, workspace):
        """Return the `Catalogue` of a workspace as far as no request is needed, or None.

        One that another process left may be of yesterday: good for hints, not for decisions.
        """
        found = self.loaded(workspace)
        if found is None and workspace:
            if workspace not in self._hints:
                kept = self._kept_of(workspace)
                self._hints[workspace] = Catalogue(kept.types) if kept is not None else None
            found = self._hints[workspace]
        return found

    def rows(self, workspace):
        """Return the schema of a workspace as the service gives it now: a list of dicts."""
        rows = self._reader.rows(workspace)
        with self._lock:
            found = self._loaded.setdefault(workspace, Catalogue(rows))
        if not found.is_current:
            found.replace(rows)
        return rows


__all__ = ['Catalogues', 'SchemaReader']

"""The requests of lazy loading: one item, the rows of a query, a collection.

Raw in, raw out: nothing is built here. Every request carries the workspace of the context the
entity came with and never a project, since a reference may lead anywhere in the workspace.
"""
from __future__ import absolute_import, division, print_function

from pyral._compat import fill
from pyral.errors import TransportError, UnreferenceableOIDError
from pyral.http.results import read_item
from pyral.reading.pages import PageReader, PageStream
from pyral.refs import parse as parse_ref

#: Items a page for what is loaded in the background; the service's useful maximum.
PAGE_SIZE = 2000
_PURPOSE = 'lazy'


class LazyReader(object):
    """The requests of lazy loading over one transport."""

    def __init__(self, transport):
        self._transport = transport
        #: What nearly every reference begins with; the others are looked at closely.
        self._address = transport.address('')

    def item(self, context, ref, label):
        """Return the raw item a reference leads to.

        :param label: the type's name for the message.
        :raises UnreferenceableOIDError: the service does not give it.
        """
        self.check_server(ref)
        target = parse_ref(ref)

        def refusal(answer, errors):
            if not answer.ok and not answer.is_json:
                return answer.error()  # a page of something in between says nothing of the item
            return UnreferenceableOIDError(
                fill('{0} OID {1}', label, target.oid if target else ref),
                status_code=answer.status, errors=errors, method='GET', url=answer.url,
                hint=fill("The service says: {0}", errors[0] if errors else 'nothing'))

        return read_item(self._transport, _path_of(ref), scope_of(context), label, refusal,
                         purpose=_PURPOSE).item

    def check_server(self, ref):
        """Refuse a reference to another server.

        :raises TransportError: naming both servers; nothing was sent.
        """
        if '://' in ref and not ref.startswith(self._address):
            self._transport.address(ref)

    def is_local(self, ref):
        """Say whether a reference leads to this server."""
        try:
            self.check_server(ref)
        except TransportError:
            return False
        return True

    def rows(self, context, type_path, query, order=None):
        """Return all rows of a query, full."""
        params = [('fetch', 'true'), ('query', query)] + ([('order', order)] if order else [])
        return self._all(type_path, params + scope_of(context), is_tolerant=False)

    def members(self, context, ref):
        """Return all rows of a collection, full, as many as the account may see."""
        self.check_server(ref)
        return self._all(_path_of(ref), scope_of(context), is_tolerant=True)

    def _all(self, path, params, is_tolerant):
        fetch = PageReader(self._transport, path, params + [('pagesize', PAGE_SIZE)], path,
                           _PURPOSE)
        return [row for page in PageStream(fetch, is_tolerant=is_tolerant, target=path)
                for row in page]


def scope_of(context):
    """Return the workspace of a context as a list of pairs; empty where it has none."""
    return [('workspace', context.workspace_ref)] if context.workspace_ref else []


def _path_of(ref):
    """Return the path below the service; an unknown form stays, and the transport judges it."""
    target = parse_ref(ref)
    return target.short if target is not None else ref


__all__ = ['LazyReader', 'PAGE_SIZE', 'scope_of']

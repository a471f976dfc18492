"""A connection, one account on one server: transport, scope, schema and hydration in one handle.

Reading, writing, attachments and so on are functions over a `Connection`; `Rally` holds one. It
keeps no state of a single call: what belongs to a call goes in and out as arguments. It must never
show or hold a credential; those stay in the transport.
"""
from __future__ import absolute_import, division, print_function

import logging

from pyral import refs
from pyral._compat import (
    Mapping,
    binary_type,
    class_types,
    ensure_native,
    text_type,
)
from pyral._progress import progress_to
from pyral.context.directory import PROJECT_PATH_ELEMENT_SEPARATOR, refuse_foreign
from pyral.entity.classes import class_for
from pyral.entity.hydrator import EntityHydrator
from pyral.errors import PyralError
from pyral.http.results import read_item
from pyral.schema.definitions import TypeDef
from pyral.schema.standard_types import standard_path

__all__ = ['Connection', 'named_type', 'type_name']

LOG = logging.getLogger('pyral')


def named_type(value):
    """Return the type path of an entity class, and anything else as it is."""
    path = getattr(value, '_type_path', None) if isinstance(value, class_types) else None
    return value if path is None else path


def type_name(value):
    """Return the name of a type; an entity class stands for its own."""
    if isinstance(value, (text_type, binary_type)):
        return value if isinstance(value, text_type) else ensure_native(value)
    path = named_type(value)
    if path is value:
        raise TypeError("a type is named by text such as 'Defect', not by {0}: {1!r}".format(
            type(value).__name__, value))
    return path


def _is_plain(type_def, name):
    """Say whether an attribute takes text as it is."""
    attribute = type_def.attribute(name) if type_def is not None and isinstance(
        name, (text_type, binary_type)) else None
    return attribute is not None and attribute.AttributeType not in ('OBJECT', 'COLLECTION')


class Connection(object):
    """One server, one account.

    :param transport: sends requests and knows the credentials.
    :param helper: the context helper: who, which workspace, which project, which schema.
    :param known_names: the `resolving.memory.Memory` of what names stand for.
    :param resolves: False where names are no references, and go to the service as they are.
    """

    #: The `Progress` that is told how much of a call is done, or None.
    progress = None
    #: The list that takes the writes of a dry run, which are not sent; None where they are.
    planned = None

    def __init__(self, transport, helper, known_names=None, resolves=True):
        self.transport = transport
        self.helper = helper
        self.known_names = known_names
        self.resolves = resolves and known_names is not None

    def __repr__(self):
        return '<Connection to {0}>'.format(self.transport.base_url.url)

    def within(self, timeout=None, resolve=None, deadline=None, on_progress=None):
        """Return this connection with what differs for one call.

        :param timeout: seconds, or a pair for connecting and reading; None changes nothing.
        :param resolve: whether names stand for references; None changes nothing.
        :param deadline: seconds for each sending and all of its answer; None changes nothing.
        :param on_progress: a function that is told how many are done and how many there are.
        """
        if timeout is None and resolve is None and deadline is None and on_progress is None:
            return self
        is_same = timeout is None and deadline is None
        return self._with(
            transport=self.transport if is_same else self.transport.within(timeout, deadline),
            resolves=self.resolves if resolve is None else (
                bool(resolve) and self.known_names is not None),
            progress=progress_to(on_progress))

    def silent(self):
        """Return this connection without anybody to tell of progress: for the steps of a call."""
        return self if self.progress is None else self._with(progress=None)

    def planning(self, planned):
        """Return this connection for a dry run: its writes go into a list and are not sent.

        :param planned: the list, for `WriteRequest`s.
        """
        return self._with(planned=planned)

    def _with(self, **changes):
        other = object.__new__(type(self))
        other.__dict__.update(self.__dict__, **changes)
        return other

    def forget_names(self, type_path, oids=(), written=None):
        """Forget what names stood for, before a write that may change it; see `Memory.forget`."""
        if self.known_names is not None and self.known_names.forget(type_path, oids, written) \
                and type_path in ('Project', 'Workspace'):
            self.helper.directory.forget_names()

    def local_ref(self, value):
        """Return the `Ref` in a value, None where there is none.

        :raises TransportError: it is a reference of another server; nothing was sent.
        """
        refuse_foreign(self.transport, value)
        return refs.parse(value)

    def check_values(self, values, type_def=None):
        """Refuse data that refer to items of another server.

        :param values: a mapping of attribute names to what a caller wants to write.
        :param type_def: their type; a text that is no reference by its attribute is not looked at.
        :raises TransportError: naming both servers; nothing was sent.
        """
        if not isinstance(values, Mapping):
            return  # what is wrong with it is told where it is made a body
        for name, value in values.items():
            if isinstance(value, (text_type, binary_type)) and _is_plain(type_def, name):
                continue
            members = value if isinstance(value, (list, tuple, set, frozenset)) else (value,)
            for member in members:
                if refs.parse(member) is not None:
                    self.local_ref(member)

    def type_of(self, name, with_attributes=True):
        """Return the definition of a type of the current workspace.

        :param with_attributes: False where the type path is all that is needed: then the
            standard types cost no request, their definition has no attributes.
        :raises InvalidRallyTypeNameError: the workspace has no such type.
        :raises TypeError: it is neither text nor an entity class.
        """
        name = type_name(name)
        loaded = self.helper.loadedCatalogue(self.helper.currentContext())
        path = standard_path(name)
        if loaded is None and not with_attributes and path is not None:
            return TypeDef(None, path)
        return (loaded or self.helper.catalogue()).resolve(name)

    def type_of_item(self, item):
        """Return the definition of the type of an entity or reference; None where it is unknown.

        References name types in lower case; the classes know the official spelling.
        """
        type_path = getattr(item, '_type_path', None)
        if type_path is None:
            ref = refs.parse(item)
            type_path = class_for(ref.type_path)._type_path if ref is not None else None
        return self.helper.catalogue().find(type_path) if type_path is not None else None

    def renew_schema(self):
        """Read the schema again after a refusal, if this connection took it as it was kept.

        One small request at most; the next call is then decided by what the service says now.
        """
        loaded = self.helper.loadedCatalogue(self.helper.currentContext())
        try:
            if loaded is not None:
                loaded.renew()
        except PyralError as error:
            LOG.info("the schema could not be read again after a refusal: %s", error)

    def scoped(self, is_write=False, **scope):
        """Return the context and the URL parameters of a scope.

        :param is_write: True where several projects of the name given are an error.
        :param scope: `workspace`, `project`, `projectScopeUp`, `projectScopeDown` as a caller
            gives them.
        """
        context, augments = self.helper.identifyContext(is_write=is_write, **scope)
        return context, [tuple(augment.split('=', 1)) for augment in augments]

    def entity(self, item, context=None):
        """Return the entity for a raw item, complete as far as the item is."""
        context = self.helper.currentContext() if context is None else context
        return EntityHydrator(context).hydrateInstance(item)

    def stub(self, place):
        """Return the unloaded entity of a workspace or project; its first missing attribute loads.

        :param place: a `Place`, or None for None.
        """
        if place is None:
            return None
        is_path = place.name is not None and PROJECT_PATH_ELEMENT_SEPARATOR in place.name
        item = {'_ref': self.transport.address(place.ref) if is_path else place.ref,
                '_type': place.kind.capitalize(), '_refObjectName': place.name,
                'Name': place.name, 'ObjectID': str(place.oid)}
        context = self.helper.currentContext()
        return EntityHydrator(context, 'shell').hydrateInstance(item)

    def read_item(self, path, params=None, message=None, **options):
        """Read one object and return its raw item.

        :param message: what becomes `args[0]` of the error, if there is one.
        :param options: for the transport.
        :raises RallyRESTAPIError: the service does not show it.
        """
        found = read_item(self.transport, path, params, path,
                          lambda answer, errors: answer.error(message), **options)
        item = dict(found.item)
        item.setdefault('_type', found.type_name)
        return item

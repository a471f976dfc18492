"""The attribute protocol of lazily built objects: what every entity does, whatever its type.

An entity keeps the raw item and builds a value when it is touched, so that a page of thousands
costs little. Machine state lives in slots and what the user sets lives in `__dict__`, so neither
can be taken for the other. `dir`, `repr`, `copy`, `pickle`, `==`, `hash`, `attributes` and
`to_dict` never load anything, and no state that is copied or pickled holds a connection.
"""
from __future__ import absolute_import, division, print_function

import copy

from pyral._compat import PYTHON_2, ensure_native, ensure_text, text_type
from pyral.errors import MissingAttributeError, nearest
from pyral.refs import base_url_of

#: Keys of an item that are not attributes of their own.
VERSION_ATTRIBUTES = ['_rallyAPIMajor', '_rallyAPIMinor', '_objectVersion']
MINIMAL_ATTRIBUTES = ['_type', '_ref', '_refObjectName']
_NOT_ATTRIBUTES = frozenset(VERSION_ATTRIBUTES + MINIMAL_ATTRIBUTES)
_SLOTS = ('_item', '_context', '_page_mates', '_hydrated')
#: Values of these types are built into something else.
_NESTED = (dict, list)


class Detached(object):
    """The context of an entity without a connection: all it knows is where that came from.

    :param base_url: scheme and host of the server, or None.
    """

    loader = None

    def __init__(self, base_url=None):
        self.base_url = base_url

    def __repr__(self):
        return '<Detached {0}>'.format(self.base_url)


class Computed(object):
    """An attribute made from the raw item; setting it on an instance hides it there.

    Unlike a property it does not forbid that: attributes of entities are local and free.
    """

    def __init__(self, function):
        self.function = function
        self.__doc__ = function.__doc__

    def __get__(self, entity, owner=None):
        return self if entity is None else self.function(entity)


class BaseEntity(object):
    """A raw item with attributes; the root of entities and of untyped structured values."""

    __slots__ = _SLOTS + ('__dict__', '__weakref__')

    def __getattr__(self, name):
        if name[:1] != '_':
            # Nearly all that is asked for: a plain value, without a further call. What is not
            # there is taken for the item itself, which is no plain value either.
            item = self._item
            value = item.get(name, item)
            if not isinstance(value, _NESTED):
                return value
        return self._attribute(name)

    def _attribute(self, name):
        """Return a value that has to be built, loaded, or found under another name."""
        if name[:2] == '__' or name in _SLOTS:
            raise AttributeError(name)
        key = self._key_of(name)
        if key is None and name[:1] != '_':
            self._load(name)
            # Another thread may have completed the item meanwhile: look again in any case.
            key = self._key_of(name)
        if key is None:
            raise self._missing(name)
        return self._value_of(key)

    def _key_of(self, name):
        """Return the item's key for an attribute name: itself, or that of the custom field."""
        item = self._item
        if name in item:
            return name
        squeezed = name.replace(' ', '')
        for key in ('c_' + squeezed, squeezed):
            if key in item:
                return key
        return None

    def _value_of(self, key):
        """Return the value under a key of the item, built on first touch and then kept."""
        value = self._item[key]
        if not isinstance(value, _NESTED):
            return value
        kept = self.__dict__.get(key, self)
        if kept is self:
            kept = self.__dict__.setdefault(key, self._built(key, value))
        return kept

    def _built(self, key, value):
        """Return what a nested value of the item becomes: an entity, or a list."""
        raise NotImplementedError

    #: What entities have beside the attributes of the item.
    _own_names = []

    def _load(self, name):
        """Complete the item if that may bring `name`."""

    def _label(self):
        return ensure_native(type(self).__name__)

    def _missing(self, name):
        """Return the error for an attribute that is not there, saying why."""
        return MissingAttributeError(
            u"{0} instance has no attribute: '{1}'".format(
                ensure_text(self._label()), ensure_text(name)),
            field=name, suggestions=nearest(name, self._public_keys() + self._own_names))

    def _public_keys(self):
        return [key for key in self._item if key[:1] != '_']

    def attributes(self):
        """Return the sorted names of the attributes this instance has; nothing is loaded."""
        names = set(key for key in self._item if key not in _NOT_ATTRIBUTES)
        names.update(['Name', '_hydrated', '_ref', '_type', 'oid'])
        names.update(self.__dict__)
        return sorted(names)

    def __dir__(self):
        names = set(dir(type(self)))
        names.update(ensure_native(name) for name in self.attributes())
        return sorted(names)

    def to_dict(self):
        """Return the known data as plain dicts and lists; nothing is loaded.

        References that were built show what is known of them; collections that were read are
        lists, the others the service's `{'_ref': ..., 'Count': n}`.
        """
        return _plain(self, ())

    def __copy__(self):
        twin = type(self).__new__(type(self))
        for name in _SLOTS:
            setattr(twin, name, getattr(self, name))
        twin.__dict__.update(self.__dict__)
        return twin

    def __deepcopy__(self, memo):
        twin = type(self).__new__(type(self))
        memo[id(self)] = twin
        twin._item = copy.deepcopy(self._item, memo)
        twin._context, twin._page_mates, twin._hydrated = self._context, None, self._hydrated
        twin.__dict__.update(copy.deepcopy(self.__dict__, memo))
        return twin

    def __getstate__(self):
        return {'item': self._item, 'hydrated': self._hydrated, 'base_url': self._base_url(),
                'local': dict(self.__dict__)}

    def __setstate__(self, state):
        self._item, self._hydrated = state['item'], state['hydrated']
        self._context, self._page_mates = Detached(state['base_url']), None
        self.__dict__.update(state['local'])

    def __reduce__(self):
        return (blank, (type(self),), self.__getstate__())

    def __reduce_ex__(self, protocol):
        return self.__reduce__()

    def _base_url(self):
        """Return scheme and host of the server this came from, or None where nobody knows."""
        base_url = self._context.base_url
        if base_url is not None:
            return text_type(base_url)
        return base_url_of(self._item.get('_ref'))


class AllowedValueMixin(object):
    """What an AllowedAttributeValue has beyond its data."""

    __slots__ = ()
    Name = 'AllowedValue'

    @Computed
    def value(self):
        """The value itself."""
        return self._item.get('StringValue')

    def __repr__(self):
        shown = self.value if self.value is not None else self.oid
        return ensure_native(u'<AllowedAttributeValue {0}>'.format(ensure_text(quoted(shown))))


class RevisionMixin(object):
    """What a Revision has beyond its data."""

    __slots__ = ()

    def info(self):
        """Return number, date, author and description on two lines."""
        return u'   {0:>3} on {1} by {2}\n             {3}'.format(
            self.RevisionNumber, self.CreationDate, self.User.Name, self.Description)


class HistoryMixin(object):
    """A RevisionHistory has no name of its own on the service."""

    __slots__ = ()
    Name = 'RevisionHistory'


def _of_two(name, other):
    """Return an attribute that servers spell in two ways."""
    def read(entity):
        for _ in range(2):
            for each in (name, other):
                if each in entity._item:
                    return entity._item[each]
            entity._load(name)
        raise entity._missing(name)
    return Computed(read)


class ConnectionMixin(object):
    """The number of a pull request, by the name the schema gives it or by the historic one."""

    __slots__ = ()
    ExternalId = _of_two('ExternalId', 'ExternalID')
    ExternalID = _of_two('ExternalID', 'ExternalId')


#: Type path -> what the class of the type has beyond its data.
MIXINS = {
    'Connection': ConnectionMixin,
    'AllowedAttributeValue': AllowedValueMixin,
    'Revision': RevisionMixin,
    'RevisionHistory': HistoryMixin,
}


def blank(cls):
    """Return an instance without data, to be filled by `__setstate__` or a hydrator."""
    return cls.__new__(cls)


def raw_item(value):
    """Return the raw item of an entity; None for anything else."""
    return value._item if isinstance(value, BaseEntity) else None


def context_of(entity):
    """Return the context an entity came with."""
    return entity._context


def forget_members(entity, name, added=0):
    """Make an entity read a collection again that was changed on the service just now.

    :param added: how many members it may have gained.
    """
    value = entity._item.get(name)
    if isinstance(value, dict) and value.get('_ref'):
        count = max(1, (value.get('Count') or 0) + added)
        entity._item = dict(entity._item, **{name: dict(value, Count=count)})
        entity._page_mates = None
        entity.__dict__.pop(name, None)


def held_members(entity, name, members):
    """Return the members of a collection that an entity holds; where it holds none, it takes some.

    :param members: a list of entities that were read just now.
    """
    value = entity._item.get(name)
    if isinstance(value, dict) and value.get('_ref'):
        return entity.__dict__.setdefault(name, members)
    return entity.__dict__.get(name) or []


def join(entity, context, joined=None):
    """Give an entity, and everything built from it, a context; what is read by `attach`."""
    joined = set() if joined is None else joined
    if id(entity) in joined:
        return
    joined.add(id(entity))
    entity._context = context
    for value in entity.__dict__.values():
        for each in value if isinstance(value, list) else (value,):
            if isinstance(each, BaseEntity):
                join(each, context, joined)


def quoted(value):
    """Return text in quotes as a native string that any terminal can show on 2.7 too."""
    shown = repr(value)
    return shown[1:] if PYTHON_2 and isinstance(value, text_type) else shown


def _plain(value, above):
    if isinstance(value, BaseEntity):
        if any(each is value for each in above):
            return {'_ref': value._item.get('_ref'), '_type': value._item.get('_type')}
        above += (value,)
        known = dict((key, each) for key, each in value._item.items()
                     if key not in VERSION_ATTRIBUTES)
        known.update(value.__dict__)
        return dict((key, _plain(each, above)) for key, each in known.items())
    if isinstance(value, list):
        return [_plain(each, above) for each in value]
    if isinstance(value, dict):
        return dict((key, _plain(each, above)) for key, each in value.items()
                    if key not in VERSION_ATTRIBUTES)
    return value


__all__ = [
    'AllowedValueMixin', 'BaseEntity', 'Computed', 'ConnectionMixin', 'Detached',
    'HistoryMixin', 'MINIMAL_ATTRIBUTES', 'MIXINS', 'RevisionMixin', 'VERSION_ATTRIBUTES', 'blank',
    'context_of', 'forget_members', 'held_members', 'join', 'quoted', 'raw_item',
]

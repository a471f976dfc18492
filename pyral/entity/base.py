"""The attribute protocol of lazily built objects: what every entity does, whatever its type.

An entity keeps the raw item and builds a value when it is touched, so that a page of thousands
costs little. Machine state lives in slots; what the user sets, and what was built, lives in the
dict of the instance, which `own_values` returns. `__dict__` and with it `vars` show the data.
`vars`, `dir`, `repr`, `format`, `copy`, `pickle`, `==`, `hash`, `attributes` and `to_dict` never
load anything, and no state that is copied or pickled holds a connection.
"""
from __future__ import absolute_import, division, print_function

import copy
import sys
from collections import deque

from pyral._compat import PYTHON_2, ensure_native, ensure_text, fill, format_as_text, text_type
from pyral.entity.attribute_dict import AttributeDict, ShortenedItem, deleted_in, merged
from pyral.entity.dataclass_fields import DataclassFields, DataclassParameters
from pyral.entity.named_members import named_members
from pyral.errors import MissingAttributeError, nearest
from pyral.refs import base_url_of

#: Keys of an item that are not attributes of their own.
VERSION_ATTRIBUTES = ['_rallyAPIMajor', '_rallyAPIMinor', '_objectVersion']
MINIMAL_ATTRIBUTES = ['_type', '_ref', '_refObjectName']
_NOT_ATTRIBUTES = frozenset(VERSION_ATTRIBUTES + MINIMAL_ATTRIBUTES)
_SLOTS = ('_item', '_context', '_page_mates', '_hydrated')
#: Attributes that are refused, and the historic words for it.
_REFUSED = {'context': "Unsupported attempt to retrieve context attribute"}
#: What says which item an entity is, or what is known of it, is not deleted.
_IDENTITY = frozenset(_SLOTS + ('_ref', '_type', 'oid', 'ref'))
#: Attributes that are there even where they were not fetched.
_ALWAYS_THERE = ('Name', 'ObjectID')
#: What is left of an entity where entities refer to one another in a circle.
_REFERENCE = MINIMAL_ATTRIBUTES + ['ObjectID', 'FormattedID', 'Name']
#: What the historic name of the address of a collection begins with.
_COLLECTION_REF = '__collection_ref_for_'
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


class _Storage(object):
    """What an entity is made of in memory."""

    __slots__ = _SLOTS + ('__dict__', '__weakref__')


#: Entity -> the dict of the instance itself, of which `__dict__` shows more.
own_values = vars(_Storage)['__dict__'].__get__
_SETTERS = [vars(_Storage)[name].__set__ for name in _SLOTS]
_exhaust = deque(maxlen=0).extend


def fill_entities(entities, items, context, mates, is_hydrated):
    """Give new entities their state, a slot of all after the other.

    An assignment would ask each time for `__setattr__`, because the class has a `__delattr__`;
    for thousands of entities that shows.
    """
    count = len(entities)
    states = [list(items), [context] * count, [mates] * count, [is_hydrated] * count]
    for put, values in zip(_SETTERS, states):
        _exhaust(map(put, entities, values))


#: Attributes by which items are known, best first.
_NAMES = ('_refObjectName', 'Name', 'DisplayName', 'UserName', 'StringValue', 'DisplayString',
          'LinkID', 'FormattedID', '_ref')


def name_of(item):
    """Return what a raw item is called, None where nothing tells."""
    for name in _NAMES:
        found = item.get(name)
        if found is not None:
            return found
    return None


def _names_of_data(entity):
    """Return the names of what reading gives without a request, but for what leads back to it."""
    known, own, item = vars(entity), own_values(entity), entity._item
    # In the order of the item, whatever was built of it before.
    names = [name for name in item if name in known] + [name for name in known if name not in item]
    return [name for name in names
            if name[:1] != '_' and (name in own or not isinstance(item.get(name), _NESTED))
            and not any(_leads_to(each, (entity,)) for each in _entities_in(own.get(name)))]


def _entities_in(value):
    members = value if isinstance(value, list) else (value,)
    return [each for each in members if isinstance(each, BaseEntity)]


class BaseEntity(_Storage):
    """A raw item with attributes; the root of entities and of untyped structured values."""

    __slots__ = ()
    if sys.version_info >= (3, 7):  # older ones have no dataclasses
        __dataclass_fields__ = DataclassFields(_names_of_data)
        __dataclass_params__ = DataclassParameters(__dataclass_fields__)

    @property
    def __dict__(self):  # type: ignore[override]
        """The data that reading gives without a request, as an `AttributeDict`.

        References are entities, collections that were read are lists, the others are the
        service's `{'_ref': ..., 'Count': n}`.
        """
        own = own_values(self)
        try:
            item = self._item
        except AttributeError:
            return own  # an instance that is being made
        values = dict((key, self._known(key, value)) for key, value in item.items()
                      if key not in VERSION_ATTRIBUTES and key not in own)
        if 'Name' not in deleted_in(item) and item.get('_refObjectName') is not None and (
                'Name' not in values):
            values['Name'] = item['_refObjectName']
        values.update(own)
        above = (self,)
        return AttributeDict(self, dict((key, _ending(value, above))
                                        for key, value in values.items()))

    @__dict__.setter
    def __dict__(self, values):
        own, known = own_values(self), vars(self)
        for name in set(own).difference(values):
            del own[name]
        for name, value in values.items():
            self._assign(name, value, known.get(name, self))

    def _assign(self, name, value, shown):
        """Set what `vars` shows; what only stands for something unread is no value to set."""
        if self._has_again(name, value):
            return
        if name in own_values(self) or type(shown) is not type(value) or shown != value:
            setattr(self, name, value)

    def _has_again(self, name, value):
        """Take back that an attribute was deleted, where it gets the value it had."""
        item = self._item
        restored = item.with_again(name) if isinstance(item, ShortenedItem) else None
        if restored is None or name in own_values(self):
            return False
        self._item = restored
        key = name if name in restored else '_refObjectName'
        shown = _ending(self._known(key, restored[key]), (self,))
        if type(shown) is type(value) and shown == value:
            return True
        self._item = item
        own_values(self).pop(name, None)
        return False

    def _known(self, key, value):
        """Return a value of the item as far as no request is needed."""
        if (isinstance(value, dict) and is_unread(value) and value['Count']
                and named_members(value) is None):
            return _plain(value, ())
        return self._value_of(key)

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
        if name in _REFUSED:
            raise MissingAttributeError(_REFUSED[name])
        if name[:2] == '__' or name in _SLOTS:
            return self._collection_ref(name)
        if name in deleted_in(self._item):
            raise self._deleted(name)
        key = self._key_of(name)
        if key is None and name[:1] != '_':
            self._load(name)
            # Another thread may have completed the item meanwhile: look again in any case.
            key = self._key_of(name)
        if key is None:
            raise self._missing(name)
        return self._value_of(key)

    def _collection_ref(self, name):
        """Return the address of a collection under its historic name."""
        if not name.startswith(_COLLECTION_REF):
            raise AttributeError(name)
        value = self._item.get(name[len(_COLLECTION_REF):])
        if not is_unread(value):
            raise AttributeError(name)
        return value['_ref']

    def __delattr__(self, name):
        """Forget a value: what was set on the entity, or what was read; nothing is sent."""
        own, item = own_values(self), self._item
        key, deleted = self._key_of(name), frozenset(deleted_in(item))
        is_known = name not in deleted and (key is not None or name in _ALWAYS_THERE)
        if name in _IDENTITY and name not in own:
            raise MissingAttributeError(fill(
                "{0} of an entity is not deleted: it says which item this is", name), field=name)
        if name not in own and not is_known:
            raise self._deleted(name) if name in deleted else self._missing(name)
        own.pop(name, None)
        if is_known and name not in _IDENTITY:
            gone = [name, key, '_refObjectName'] if name == 'Name' else [name, key]
            for each in gone:
                own.pop(each, None)
            self._item = ShortenedItem(item, deleted.union(gone))

    def _deleted(self, name):
        """Return the error for an attribute that was deleted from this instance."""
        return MissingAttributeError(
            u"{0} instance has no attribute: '{1}'".format(
                ensure_text(self._label()), ensure_text(name)),
            field=name, hint="It was deleted from this instance; the service still has it.")

    __format__ = format_as_text

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
        kept = own_values(self).get(key, self)
        if kept is self:
            kept = own_values(self).setdefault(key, self._built(key, value))
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
        """Return the sorted names of the attributes this instance has; nothing is loaded.

            [name for name in defect.attributes() if not name.startswith('_')]

        Names of the wire (`_ref`, `_type`) are among them.
        """
        names = set(key for key in self._item if key not in _NOT_ATTRIBUTES)
        names.update(['Name', '_hydrated', '_ref', '_type', 'oid'])
        names.difference_update(deleted_in(self._item))
        names.update(own_values(self))
        return sorted(names)

    def __dir__(self):
        names = set(dir(type(self))).difference(deleted_in(self._item))
        names.update(ensure_native(name) for name in self.attributes())
        return sorted(names.difference(self._unavailable()))

    def _unavailable(self):
        """Return names of the item or the class that reading would refuse."""
        return []

    def to_dict(self):
        """Return the known data as plain dicts and lists; nothing is loaded.

            import json
            json.dumps(defect.to_dict())

        References that were built show what is known of them; collections that were read are
        lists, the others the service's `{'_ref': ..., 'Count': n}`.
        """
        return _plain(self, ())

    def __copy__(self):
        twin = type(self).__new__(type(self))
        for name in _SLOTS:
            setattr(twin, name, getattr(self, name))
        own_values(twin).update(own_values(self))
        return twin

    def __deepcopy__(self, memo):
        twin = type(self).__new__(type(self))
        memo[id(self)] = twin
        twin._item = copy.deepcopy(self._item, memo)
        twin._context, twin._page_mates, twin._hydrated = self._context, None, self._hydrated
        own_values(twin).update(copy.deepcopy(own_values(self), memo))
        return twin

    def __getstate__(self):
        return {'item': self._item, 'hydrated': self._hydrated, 'base_url': self._base_url(),
                'local': dict(own_values(self))}

    def __setstate__(self, state):
        self._item, self._hydrated = state['item'], state['hydrated']
        self._context, self._page_mates = Detached(state['base_url']), None
        own_values(self).update(state['local'])

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

    def _unavailable(self):
        names = super(ConnectionMixin, self)._unavailable()  # type: ignore[misc]
        pair = ['ExternalId', 'ExternalID']
        return names if any(each in self._item or each in own_values(self) for each in pair) \
            else names + pair


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
        changed = dict(value, Count=count)
        changed.pop('_tagsNameArray', None)
        entity._item = merged(entity._item, {name: changed})
        entity._page_mates = None
        own_values(entity).pop(name, None)


def held_members(entity, name, members):
    """Return the members of a collection that an entity holds; where it holds none, it takes some.

    :param members: a list of entities that were read just now.
    """
    value = entity._item.get(name)
    if isinstance(value, dict) and value.get('_ref'):
        return own_values(entity).setdefault(name, members)
    return own_values(entity).get(name) or []


def join(entity, context, joined=None):
    """Give an entity, and everything built from it, a context; what is read by `attach`."""
    joined = set() if joined is None else joined
    if id(entity) in joined:
        return
    joined.add(id(entity))
    entity._context = context
    for value in own_values(entity).values():
        for each in _entities_in(value):
            join(each, context, joined)


def quoted(value):
    """Return text in quotes as a native string that any terminal can show on 2.7 too."""
    shown = repr(value)
    return shown[1:] if PYTHON_2 and isinstance(value, text_type) else shown


def _ending(value, above):
    """Return a value, or a copy that ends where it leads back to one of the entities above it.

    So a tool that follows every value ends, and sees each item whole once on its way.
    """
    if isinstance(value, list):
        ending = [_ending(each, above) for each in value]
        return ending if any(new is not old for new, old in zip(ending, value)) else value
    if not isinstance(value, BaseEntity):
        return value
    if any(each is value for each in above):
        twin = copy.copy(value)
        own_values(twin).clear()
        twin._item = dict((key, value._item[key]) for key in _REFERENCE if key in value._item)
        return twin
    if not _leads_to(value, above):
        return value
    twin = copy.copy(value)
    own_values(twin).update((name, _ending(each, above + (value,)))
                            for name, each in list(own_values(value).items()))
    return twin


def _leads_to(value, above):
    """Say whether what was built or set on an entity leads to one of the others."""
    wanted, seen, waiting = set(map(id, above)), set(), [value]
    while waiting:
        entity = waiting.pop()
        if id(entity) in wanted:
            return True
        if id(entity) not in seen:
            seen.add(id(entity))
            for each in list(own_values(entity).values()):
                waiting.extend(_entities_in(each))
    return False


def is_unread(value):
    """Say whether a raw value is a collection that has to be read."""
    return isinstance(value, dict) and 'Count' in value and bool(value.get('_ref'))


def _plain(value, above):
    if isinstance(value, BaseEntity):
        if any(each is value for each in above):
            return {'_ref': value._item.get('_ref'), '_type': value._item.get('_type')}
        above += (value,)
        known = dict((key, each) for key, each in value._item.items()
                     if key not in VERSION_ATTRIBUTES)
        known.update(own_values(value))
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
    'context_of', 'fill_entities', 'forget_members', 'held_members', 'is_unread', 'join',
    'name_of', 'own_values', 'quoted', 'raw_item',
]

"""`vars(entity)`: the data of an entity as a dict, for tools that look at objects in general.

It is made when it is asked for and holds what reading gives without a request. What is set or
deleted in it is set or deleted on the entity.
"""
from __future__ import absolute_import, division, print_function

__all__ = ['AttributeDict', 'ShortenedItem', 'deleted_in', 'merged']

_NOTHING = object()


class ShortenedItem(dict):
    """A raw item attributes of which a script deleted.

    :param item: the raw item, which stays as it is.
    :param deleted: the names that are gone.
    :ivar whole: the raw item with what was deleted.
    """

    def __init__(self, item=(), deleted=()):
        self.whole = getattr(item, 'whole', item)
        super(ShortenedItem, self).__init__(self.whole)
        self.deleted = frozenset(deleted)
        for name in self.deleted:
            self.pop(name, None)

    def with_again(self, name):
        """Return the item with one of the deleted attributes, or None where it had no such one."""
        again = [name, '_refObjectName'] if name == 'Name' else [name]  # they went together
        if name not in self.deleted or not any(each in self.whole for each in again):
            return None
        return ShortenedItem(self, self.deleted.difference(again))


def deleted_in(item):
    """Return the names that were deleted from a raw item."""
    return item.deleted if isinstance(item, ShortenedItem) else ()


def merged(item, raw):
    """Return a raw item with what was read since; what was deleted stays so."""
    both = dict(item.whole if isinstance(item, ShortenedItem) else item)
    both.update(raw)
    return ShortenedItem(both, item.deleted) if isinstance(item, ShortenedItem) else both


class AttributeDict(dict):
    """The attributes of an entity by name.

    :param entity: whose they are; `setattr` and `delattr` work on it.
    :param values: the values known of it.
    """

    __slots__ = ('_entity',)

    def __init__(self, entity, values):
        super(AttributeDict, self).__init__(values)
        self._entity = entity

    def __missing__(self, name):
        """Return what only looks like an attribute, such as `oid`; nothing is loaded."""
        if name not in self._entity.attributes():
            raise KeyError(name)
        return getattr(self._entity, name)

    def __setitem__(self, name, value):
        self._entity._assign(name, value, self.get(name, _NOTHING))
        super(AttributeDict, self).__setitem__(name, value)

    def __delitem__(self, name):
        if name not in self:
            raise KeyError(name)
        delattr(self._entity, name)
        super(AttributeDict, self).__delitem__(name)
        if name == 'Name':
            super(AttributeDict, self).pop('_refObjectName', None)  # which goes with it

    def update(self, *args, **kwargs):
        """Set several attributes."""
        for name, value in dict(*args, **kwargs).items():
            self[name] = value

    def __ior__(self, other):  # type: ignore[misc]
        self.update(other)
        return self

    def setdefault(self, name, default=None):
        """Return an attribute, set first where the entity has none."""
        if name not in self:
            self[name] = default
        return self[name]

    def pop(self, name, default=_NOTHING):
        """Delete an attribute and return what it was."""
        if name not in self and default is not _NOTHING:
            return default
        value = self[name]
        del self[name]
        return value

    def popitem(self):
        """Delete some attribute and return its name and what it was."""
        for name in list(self):
            try:
                return name, self.pop(name)
            except AttributeError:
                continue  # it says which item the entity is
        raise KeyError("no attribute is left")

    def clear(self):
        """Delete all attributes, but for those that say which item the entity is."""
        for name in list(self):
            if name in self:
                try:
                    del self[name]
                except AttributeError:
                    continue

    def copy(self):
        """Return a plain dict, which has nothing to do with the entity."""
        return dict(self)

    __copy__ = copy

    def __reduce_ex__(self, protocol):
        return dict, (dict(self),)

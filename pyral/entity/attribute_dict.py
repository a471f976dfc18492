"""`vars(entity)`: the data of an entity as a dict, for tools that look at objects in general.

It is made when it is asked for and holds what reading gives without a request. What is set or
deleted in it is set or deleted on the entity.
"""
from __future__ import absolute_import, division, print_function

__all__ = ['AttributeDict']

_NOTHING = object()


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
        setattr(self._entity, name, value)
        super(AttributeDict, self).__setitem__(name, value)

    def __delitem__(self, name):
        super(AttributeDict, self).__delitem__(name)
        delattr(self._entity, name)
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
        if not self:
            raise KeyError("no attribute is left")
        name = next(iter(self))
        return name, self.pop(name)

    def clear(self):
        """Delete all attributes."""
        while self:
            self.popitem()

    def copy(self):
        """Return a plain dict, which has nothing to do with the entity."""
        return dict(self)

    __copy__ = copy

    def __reduce_ex__(self, protocol):
        return dict, (dict(self),)

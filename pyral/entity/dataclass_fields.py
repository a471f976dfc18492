"""Dataclass fields of entities: what `dataclasses.asdict`, pandas and tabulate make columns of.

That changes nothing else: an entity is no mapping and has no length, so a cell of a table may hold
one.
"""
from __future__ import absolute_import, division, print_function

import copy
import importlib

__all__ = ['DataclassFields', 'DataclassParameters']


class DataclassFields(object):
    """The attribute `__dataclass_fields__`: those of an instance by name; a class has none.

    :param names_of: is called with an instance and returns the names of its fields.
    """

    def __init__(self, names_of):
        self._names_of = names_of
        self._example, self._made = None, {}

    def __get__(self, instance, owner=None):
        names = self._names_of(instance) if instance is not None else ()
        return dict((name, self._field(name)) for name in names)

    def _field(self, name):
        if name not in self._made:
            field = copy.copy(self.example().__dataclass_fields__['any'])
            field.name = name
            self._made[name] = field
        return self._made[name]

    def example(self):
        """Return a dataclass, to take objects of the standard library from."""
        if self._example is None:
            dataclasses = importlib.import_module('dataclasses')  # only where it is asked for
            self._example = dataclasses.make_dataclass('Example', ['any'], repr=False, eq=False)
        return self._example


class DataclassParameters(object):
    """The attribute `__dataclass_params__`: what a dataclass leaves to the class itself.

    :param fields: the `DataclassFields` of the class.
    """

    def __init__(self, fields):
        self._fields = fields

    def __get__(self, instance, owner=None):
        return self._fields.example().__dataclass_params__

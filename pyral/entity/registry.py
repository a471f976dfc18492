"""Registry and class factory: entity classes by type path, and the making of new ones.

A registry never judges whether a type exists; it gives every name a class under some parent.
"""
from __future__ import absolute_import, division, print_function

from pyral._compat import ensure_native
from pyral._locks import ProcessLock
from pyral.schema.standard_types import class_name, parent_for


class Registry(object):
    """Every entity class by type path; those of types of one's own are made on first use.

    There is one class for a path, for the life of the process, so that `isinstance` holds across
    connections. Which names a workspace accepts is not judged here but by its catalogue.
    """

    def __init__(self, classes, namespace):
        self._classes = classes
        self._namespace = namespace
        self._folded = dict((path.lower(), cls) for path, cls in classes.items())
        self._lock = ProcessLock()

    def class_for(self, type_path, parent_of=None, below=()):
        """Return the class of a type path in any letter case, making it if it is new.

        :param parent_of: a function that tells the parent the schema names for a type path.
        :param below: the types whose parents led here; a schema that names them again is not
            followed.
        """
        found = self._classes.get(type_path) or self._folded.get(type_path.lower())
        if found is not None:
            return found
        named = parent_of(type_path) if parent_of is not None else None
        if named in (None, type_path, type_path.rpartition('/')[2]) or named in below:
            return self.add(type_path, self.class_for(parent_for(type_path)))
        return self.add(type_path, self.class_for(named, parent_of, below + (type_path,)))

    def add(self, type_path, base):
        """Return the class of a path; if it is new it is made under the base class."""
        type_path = ensure_native(type_path)
        with self._lock:
            found = self._classes.get(type_path)
            if found is None:
                found = new_class(type_path, (base,), self._namespace['__name__'])
                self._classes[type_path] = found
                self._folded.setdefault(type_path.lower(), found)
                self._namespace.setdefault(found.__name__, found)
            return found


def new_class(type_path, bases, module):
    """Return a new class for a type path; it belongs to a module, where `pickle` looks for it."""
    return type(class_name(type_path), bases, {
        '__slots__': (), '__module__': module, '_type_path': type_path,
        '__doc__': 'The type {0} of the service.'.format(type_path)})


__all__ = ['Registry', 'new_class']

"""A raw item to an entity, a page of raw items to entities that know one another.

It builds instances and their cohort, cheaply: no value is converted here, that happens on touch.
It never asks the network.
"""
from __future__ import absolute_import, division, print_function

from pyral.entity.classes import class_of
from pyral.entity.page_mates import Cohort, RowCohort, Walk


class EntityHydrator(object):
    """Build entities in one context.

    :param context: the context of the connection.
    :param hydration: `full` when the items hold all that will be asked for, `shell` when a
        missing attribute shall be loaded.
    :param walk: what the pages of one answer share; a new one by default.
    :param path: the attribute names that lead from the answer's items to these.
    """

    def __init__(self, context, hydration='full', walk=None, path=()):
        self.context = context
        self.hydration = hydration
        self.walk = walk if walk is not None else Walk()
        self.path = path
        self._classes = {}

    def hydrateInstance(self, item, existingInstance=None):
        """Return an entity for an item, or the existing one updated with it."""
        if existingInstance is None:
            return self.page([item])[0]
        for key, value in item.items():
            if existingInstance._item.get(key, self) != value:
                existingInstance.__dict__.pop(key, None)
        existingInstance._absorb(item, self.hydration == 'full')
        return existingInstance

    def page(self, items):
        """Return the entities of one page; they form a cohort."""
        return self._entities(items, Cohort(self.walk, self.path))

    def batch(self, lists):
        """Return one cohort for the rows of several collections that were read together."""
        return RowCohort(self.walk, self.path, [row for rows in lists for row in rows])

    def members(self, rows, cohort):
        """Return the entities of one collection out of a batch."""
        return self._entities(rows, cohort)

    def _entities(self, items, cohort):
        classes, context, new = self._classes, self.context, object.__new__
        is_full = self.hydration == 'full'
        entities = []
        for item in items:
            name = item.get('_type')
            cls = classes.get(name)
            if cls is None:
                cls = self._class_for(item, name)
            entity = new(cls)  # what `blank` does, without a call for each item
            entity._item = item
            entity._context = context
            entity._cohort = cohort
            entity._hydrated = is_full
            entities.append(entity)
        cohort.add(entities)
        return entities

    def _class_for(self, item, name):
        loader = getattr(self.context, 'loader', None)
        cls = class_of(item, loader.parent_of(self.context) if loader is not None else None)
        if name and name == cls._type_path:
            self._classes[name] = cls
        return cls


__all__ = ['EntityHydrator']

"""Hydration: a raw item to an entity, a page of raw items to entities that know one another.

It builds instances and their page mates, cheaply: no value is converted here but on touch.
It never asks the network.
"""
from __future__ import absolute_import, division, print_function

from pyral.entity.base import Detached, fill_entities, own_values
from pyral.entity.classes import class_of, parents_in
from pyral.entity.page_mates import MemberMates, PageMates, RecentItems


class EntityHydrator(object):
    """Build entities in one context.

        >>> EntityHydrator(None).hydrateInstance({'_type': 'Defect', '_ref': '/defect/7'})
        <Defect 7>

    :param context: the context of the connection; None for entities without one.
    :param hydration: `full` when the items hold all that will be asked for, `shell` when a
        missing attribute shall be loaded.
    :param recent_items: what the pages of one answer share; a new one by default.
    :param path: the attribute names that lead from the answer's items to these.
    """

    def __init__(self, context, hydration='full', recent_items=None, path=()):
        self.context = context if context is not None else Detached()
        self.hydration = hydration
        self.recent_items = recent_items if recent_items is not None else RecentItems()
        self.path = path
        self._classes = {}

    def hydrateInstance(self, item, existingInstance=None):
        """Return an entity for an item, or the existing one updated with it.

            >>> EntityHydrator(None).hydrateInstance({'Name': 'late'}, defect) is defect
            True
        """
        if existingInstance is None:
            return self.page([item])[0]
        for key, value in item.items():
            if existingInstance._item.get(key, self) != value:
                own_values(existingInstance).pop(key, None)
        existingInstance._absorb(item, self.hydration == 'full')
        return existingInstance

    def page(self, items):
        """Return the entities of one page; they are page mates.

            >>> EntityHydrator(None).page([{'_type': 'Tag', '_ref': '/tag/7', 'Name': 'late'}])
            [<Tag 7 'late'>]
        """
        return self._entities(items, PageMates(self.recent_items, self.path))

    def batch(self, lists):
        """Return the page mates for the rows of several collections that were read together."""
        return MemberMates(self.recent_items, self.path, [row for rows in lists for row in rows])

    def members(self, rows, mates):
        """Return the entities of one collection out of a batch."""
        return self._entities(rows, mates)

    def _entities(self, items, mates):
        known, new = self._classes.get, object.__new__  # which is what `blank` calls
        entities = [new(known(item.get('_type')) or self._class_for(item, item.get('_type')))
                    for item in items]
        fill_entities(entities, items, self.context, mates, self.hydration == 'full')
        mates.add(entities)
        return entities

    def _class_for(self, item, name):
        cls = class_of(item, parents_in(self.context))
        if name and name == cls._type_path:
            self._classes[name] = cls
        return cls


__all__ = ['EntityHydrator']

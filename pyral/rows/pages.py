"""Pages that rows are read from: raw items, and the entities of those that need one."""
from __future__ import absolute_import, division, print_function

from collections import deque

from pyral.entity.base import own_values, raw_item

__all__ = ['EntityPage', 'ItemPage', 'pages_of']

#: So many entities of a list are read at once.
_AT_ONCE = 500


class ItemPage(object):
    """Items of a response that have no entities yet.

    :param items: raw items.
    :param entities_of: makes page mates of raw items.
    :ivar taken: how many of them were handed out.
    """

    #: The places of the items that a script changed.
    changed = frozenset()  # type: frozenset

    def __init__(self, items, entities_of):
        self.items, self.taken = items, 0
        self._entities_of = entities_of
        self._entities, self._at = None, 0

    def entity(self, place):
        """Return the entity of an item; those before it are given up, so that none reads for them.

        :param place: no smaller than in the call before.
        """
        self._make_from(place)
        self._at = place + 1
        return self._entities.popleft()

    def rest(self):
        """Return the entities of what was not handed out, which is handed out by that."""
        if self.taken == len(self.items):
            return ()
        self._make_from(self.taken)
        self._at = self.taken = len(self.items)
        entities, self._entities = self._entities, deque()
        return entities

    def _make_from(self, place):
        if self._entities is None:
            self._entities, self._at = deque(self._entities_of(self.items[place:])), place
        while self._at < place:
            self._entities.popleft()
            self._at += 1


class EntityPage(ItemPage):
    """Entities that exist already, with what scripts made of them."""

    def __init__(self, entities):
        super(EntityPage, self).__init__([raw_item(each) for each in entities], None)
        self._entities = deque(entities)
        self.changed = frozenset(
            place for place, each in enumerate(entities) if own_values(each))


def pages_of(entities):
    """Yield entities as pages; what only gives one after the other is not read ahead."""
    if isinstance(entities, (list, tuple)):
        for start in range(0, len(entities), _AT_ONCE):
            yield EntityPage(entities[start:start + _AT_ONCE])
    else:
        for each in entities:
            yield EntityPage([each])

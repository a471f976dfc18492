"""Who came together: the siblings of one page, so that what is missing is read for all at once.

A cohort remembers, weakly, the entities of one page, and for each reference attribute the stubs
those entities point to. A walk is what the pages of one answer share: which attributes turned out
to be read in a loop, and what was read lately. Neither does any I/O, and neither keeps an entity
alive: when the last entity of a page is gone, its cohort is gone too. Cohorts are machine state;
they are never pickled and never copied deeply.
"""
from __future__ import absolute_import, division, print_function

import weakref
from collections import OrderedDict

from pyral._locks import ProcessLock
from pyral.refs import is_reference, key_of

#: How many read items a walk keeps for later pages; more would make streaming unbounded.
RECENT_LIMIT = 1000


class Walk(object):
    """What all pages of one answer share; one per response, handed from page to page."""

    __slots__ = ('hot', 'lock', '_recent', 'trusted', '__weakref__')

    def __init__(self):
        #: Paths of attribute names that are read in a loop, so that a page batches at once.
        self.hot = set()
        self.lock = ProcessLock()
        self._recent = OrderedDict()
        #: Collection path -> whether a batch gave the order that a single read gives.
        self.trusted = {}

    def remember(self, key, raw):
        """Keep a read item for the next pages, forgetting the oldest beyond the limit."""
        with self.lock:
            self._recent.pop(key, None)
            self._recent[key] = raw
            while len(self._recent) > RECENT_LIMIT:
                self._recent.popitem(last=False)

    def recall(self, key):
        """Return a lately read item, or None."""
        with self.lock:
            return self._recent.get(key)


class Cohort(object):
    """The entities of one page, held weakly.

    :param walk: the :class:`Walk` this page belongs to.
    :param path: the attribute names that lead from the answer's items to these entities.
    """

    __slots__ = ('walk', 'path', 'lock', 'touches', 'loaded', 'lost', 'lists', 'counts',
                 '_children', '_members', '__weakref__')

    def __init__(self, walk=None, path=()):
        self.walk = walk if walk is not None else Walk()
        self.path = path
        self.lock = ProcessLock()
        #: How many loads of single members were asked for.
        self.touches = 0
        #: Key -> raw item read for a member, whether its entity is built or not.
        self.loaded = {}
        #: Key -> the reason why a member cannot be read.
        self.lost = {}
        #: (key of the parent, attribute) -> (rows, their cohort), read in a batch, not yet taken.
        self.lists = {}
        #: Attribute -> how many loads of that collection were asked for.
        self.counts = {}
        self._children = {}
        self._members = []

    def add(self, entities):
        """Remember entities of the page."""
        self._members.extend(map(weakref.ref, entities))

    def entities(self):
        """Return the members that are still alive."""
        return [entity for entity in [member() for member in list(self._members)]
                if entity is not None]

    def raws(self):
        """Return the raw items of the members, as far as they are known."""
        return [entity._item for entity in self.entities()]

    def waiting(self):
        """Return [(key, reference)] of the members nobody has read yet."""
        return [(key, ref) for key, ref in
                ((key_of(entity._ref), entity._ref) for entity in self.entities()
                 if not entity._hydrated)
                if key is not None and key not in self.loaded and key not in self.lost]

    def child(self, attribute):
        """Return the cohort of the stubs that the members' `attribute` refers to."""
        found = self._children.get(attribute)
        if found is None:
            found = self._children.setdefault(attribute, StubCohort(self, attribute))
        return found


class RowCohort(Cohort):
    """The members of many collections read in one batch; their raw rows are known at once."""

    __slots__ = ('_rows',)

    def __init__(self, walk, path, rows):
        super(RowCohort, self).__init__(walk, path)
        self._rows = rows

    def raws(self):
        """Return the rows of all collections of the batch, touched or not."""
        return self._rows


class StubCohort(Cohort):
    """The targets of one reference attribute of a page, one stub for each target.

    Stubs are built when touched; the ones not touched yet are known from the raw items of the
    parents, as long as those live.
    """

    __slots__ = ('_parent', '_attribute')

    def __init__(self, parent, attribute):
        super(StubCohort, self).__init__(parent.walk, parent.path + (attribute,))
        self._parent = weakref.ref(parent)
        self._attribute = attribute
        self._members = weakref.WeakValueDictionary()

    def adopt(self, value, build):
        """Return the one stub for a reference object, built by `build(value)` if need be."""
        key = key_of(value.get('_ref'))
        if key is None:
            return build(value)
        stub = self._members.get(key)
        if stub is None or not (stub._hydrated or stub._item == value):
            stub = build(value)
            self._members[key] = stub
        return stub

    def entities(self):
        return list(self._members.values())

    def _references(self):
        """Return {key: reference object} as the parents name them, in the order of the page."""
        parent, found = self._parent(), OrderedDict()
        for raw in parent.raws() if parent is not None else ():
            value = raw.get(self._attribute)
            if is_reference(value):
                found.setdefault(key_of(value['_ref']), value)
        for stub in self.entities():
            found.setdefault(key_of(stub._ref), stub._item)
        return found

    def raws(self):
        """Return the best that is known of every target: what was read, else the reference."""
        return [self.loaded.get(key, value) for key, value in self._references().items()]

    def waiting(self):
        done = set(key_of(stub._ref) for stub in self.entities() if stub._hydrated)
        return [(key, value['_ref']) for key, value in self._references().items()
                if key is not None and key not in self.loaded and key not in self.lost
                and key not in done]


__all__ = ['Cohort', 'RECENT_LIMIT', 'RowCohort', 'StubCohort', 'Walk']

"""N+1 queries avoided: page mates, the entities of one page that load together what is missing.

Page mates are the entities of one page, remembered weakly, and for each reference attribute the
stubs those entities point to. What the pages of one answer share are the recent items: an identity
map of what was read lately, and which attributes turned out to be read in a loop. Neither does any
I/O, and neither keeps an entity alive: when the last entity of a page is gone, its page mates are
gone too. They are never pickled and never copied deeply.
"""
from __future__ import absolute_import, division, print_function

import weakref
from collections import OrderedDict

from pyral._locks import ProcessLock
from pyral.entity.named_members import named_members
from pyral.refs import is_reference, key_of

#: How many read items are kept for later pages; more would make streaming unbounded.
RECENT_LIMIT = 1000


class RecentItems(object):
    """An identity map of lately read items, and what else all pages of one answer share."""

    __slots__ = ('lock', 'loops', 'order_samples', 'order_holds', '_items', '__weakref__')

    def __init__(self):
        self.lock = ProcessLock()
        #: Paths of attribute names that are read in a loop, so that a page batches at once.
        self.loops = set()
        #: Collection path -> (ObjectID and key of an owner, references of the members in the
        #: order that a single read gave), to judge the first batch by.
        self.order_samples = {}
        #: Collection path -> whether a batch gave the order that a single read gives.
        self.order_holds = {}
        self._items = OrderedDict()

    def remember(self, key, raw):
        """Keep a read item for the next pages, forgetting the oldest beyond the limit."""
        with self.lock:
            self._items.pop(key, None)
            self._items[key] = raw
            while len(self._items) > RECENT_LIMIT:
                self._items.popitem(last=False)

    def recall(self, key):
        """Return a lately read item, or None."""
        with self.lock:
            return self._items.get(key)


class PageMates(object):
    """The entities of one page, held weakly.

    :param recent_items: the :class:`RecentItems` of the answer this page belongs to.
    :param path: the attribute names that lead from the answer's items to these entities.
    """

    __slots__ = ('recent_items', 'path', 'lock', 'touches', 'loaded', 'lost', 'lists', 'taken',
                 'counts', '_children', '_members', '__weakref__')

    def __init__(self, recent_items=None, path=()):
        self.recent_items = recent_items if recent_items is not None else RecentItems()
        self.path = path
        self.lock = ProcessLock()
        #: How many loads of single members were asked for.
        self.touches = 0
        #: Key -> raw item read for a member, whether its entity is built or not.
        self.loaded = {}
        #: Key -> the reason why a member cannot be read.
        self.lost = {}
        #: (key of the owner, attribute) -> (rows, their page mates), read in a batch, not yet
        #: handed out.
        self.lists = {}
        #: The (key, attribute) of the collections that were handed out.
        self.taken = set()
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

    def has_list(self, owner, attribute):
        """Say whether a collection was read already, in a batch or by itself."""
        return (owner, attribute) in self.lists or (owner, attribute) in self.taken

    def child(self, attribute):
        """Return the page mates of the stubs that the members' `attribute` refers to."""
        found = self._children.get(attribute)
        if found is None:
            found = self._children.setdefault(attribute, StubMates(self, attribute))
        return found


class MemberMates(PageMates):
    """The members of many collections read in one batch; their raw rows are known at once."""

    __slots__ = ('_rows',)

    def __init__(self, recent_items, path, rows):
        super(MemberMates, self).__init__(recent_items, path)
        self._rows = rows

    def raws(self):
        """Return the rows of all collections of the batch, touched or not."""
        return self._rows


class StubMates(PageMates):
    """The targets of one reference attribute of a page, one stub for each target.

    Stubs are built when touched; the ones not touched yet are known from the raw items of the
    parents, as long as those live.
    """

    __slots__ = ('_parent', '_attribute', '_stubs')

    def __init__(self, parent, attribute):
        super(StubMates, self).__init__(parent.recent_items, parent.path + (attribute,))
        self._parent = weakref.ref(parent)
        self._attribute = attribute
        self._stubs = weakref.WeakValueDictionary()

    def adopt(self, value, build):
        """Return the one stub for a reference object, built by `build(value)` if need be."""
        key = key_of(value.get('_ref'))
        if key is None:
            return build(value)
        stub = self._stubs.get(key)
        if stub is None or not (stub._hydrated or stub._item == value):
            stub = build(value)
            self._stubs[key] = stub
        return stub

    def entities(self):
        return list(self._stubs.values())

    def _references(self):
        """Return {key: reference object} as the parents name them, in the order of the page."""
        parent, found = self._parent(), OrderedDict()
        for raw in parent.raws() if parent is not None else ():
            value = raw.get(self._attribute)
            if is_reference(value):
                found.setdefault(key_of(value['_ref']), value)
            elif isinstance(value, dict):
                for member in named_members(value) or ():
                    found.setdefault(key_of(member['_ref']), member)
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


__all__ = ['MemberMates', 'PageMates', 'RECENT_LIMIT', 'RecentItems', 'StubMates']

"""Prefetch against N+1 queries: what to read when a missing attribute is touched, and with it.

A loader serves all entities of one connection by one of three policies. `single` reads exactly
what was touched. `batch`, the default, takes a first touch for chance and a second one among
siblings for a loop: then it reads what is missing for the rest of the page in a few queries, and
for later pages at once. `never` refuses. The answers are the same, in the same order; a batch that
cannot promise that is dropped, and the log says so at debug level. None holds the locks of two
groups of page mates, or loads by attribute holding one.
"""
from __future__ import absolute_import, division, print_function

import logging

from pyral._compat import fill
from pyral._threads import each
from pyral.entity.base import own_values
from pyral.entity.classes import class_for
from pyral.entity.hydrator import EntityHydrator
from pyral.errors import ConfigError, LazyLoadError, PyralError, UnreferenceableOIDError, nearest
from pyral.lazy import batches
from pyral.lazy.requests import LazyReader
from pyral.refs import key_of
from pyral.refs import parse as parse_ref

LOG = logging.getLogger('pyral')

#: How many siblings are read ahead where no query can ask for them together.
READ_AHEAD = 8


class SingleLoading(object):
    """Read exactly what was touched; siblings that share a target share its answer."""

    def __init__(self, reader):
        self._reader = reader

    def fill(self, entity):
        """Complete an entity."""
        mates = entity._page_mates
        if mates is None:
            entity._absorb(self._item(entity))
            return
        key = key_of(entity._ref)
        with mates.lock:
            if not entity._hydrated:
                entity._absorb(self._wanted(mates, key, entity))

    def collection(self, entity, name, value):
        """Return the members of a collection as a list of entities."""
        rows = self._reader.members(entity._context, value['_ref'])
        return self._hydrator(entity, name).page(rows)

    def history(self, entity, name, value):
        """Return the revision history of an entity with its revisions read, newest first."""
        history = entity._reference(name, value)
        self._prepare(history)
        if 'Revisions' not in history._item:
            self.fill(history)
        if history._item.get('Revisions'):
            history._value_of('Revisions')
        return history

    def _prepare(self, history):
        """Get the revisions of the siblings' histories too, where the policy does so."""

    def _wanted(self, mates, key, entity):
        """Return the raw item for an entity whose page mates' lock is held."""
        raw = mates.loaded.get(key) or mates.recent_items.recall(key)
        return raw if raw is not None else self._alone(mates, key, entity)

    def _alone(self, mates, key, entity):
        """Read one member, once: what cannot be read is remembered too."""
        if key in mates.lost:
            raise mates.lost[key].copy()
        try:
            raw = self._item(entity)
        except UnreferenceableOIDError as error:
            mates.lost[key] = error.copy()  # without a traceback, which keeps frames alive
            raise
        self._keep(mates, key, raw)
        return raw

    @staticmethod
    def _keep(mates, key, raw):
        mates.loaded[key] = raw
        if len(mates.path):
            mates.recent_items.remember(key, raw)

    def _item(self, entity):
        return self._reader.item(entity._context, entity._ref, entity._label())

    @staticmethod
    def _hydrator(entity, name):
        mates = entity._page_mates
        if mates is None:
            return EntityHydrator(entity._context)
        return EntityHydrator(entity._context, 'full', mates.recent_items, mates.path + (name,))


class NeverLoading(object):
    """Refuse: for tests that want to know where a program loads."""

    def __init__(self, reader):
        pass

    def fill(self, entity):
        """Refuse."""
        raise _refusal(entity, "an attribute that was not fetched")

    def collection(self, entity, name, value):
        """Refuse."""
        raise _refusal(entity, fill("the collection {0}", name))

    history = collection


def _refusal(entity, what):
    return LazyLoadError(
        fill("{0} would need a request for {1}, and lazy loading is off", repr(entity), what),
        hint="Name it in fetch, or connect with lazy='batch'.")


class BatchLoading(SingleLoading):
    """Read for all siblings at once as soon as a loop shows."""

    def _wanted(self, mates, key, entity):
        raw = mates.loaded.get(key) or mates.recent_items.recall(key)
        if raw is not None:
            return raw
        mates.touches += 1
        if mates.touches > 1 or mates.path in mates.recent_items.loops:
            mates.recent_items.loops.add(mates.path)
            self._batch(mates, entity)
        raw = mates.loaded.get(key)
        return raw if raw is not None else self._alone(mates, key, entity)

    def _batch(self, mates, entity):
        """Read every page mate that nobody has read, by type and in chunks of ids."""
        waiting = []
        for key, ref in mates.waiting():
            raw = mates.recent_items.recall(key)
            if raw is not None:
                mates.loaded[key] = raw
            elif self._reader.is_local(ref):
                waiting.append((key, ref))
        for type_path, members in batches.by_type(waiting, _official_path).items():
            if len(members) < 2:
                continue
            if type_path in batches.UNQUERYABLE:
                self._ahead(mates, entity, members, dict(waiting))
            else:
                self._query(mates, entity._context, type_path, members)
        self._fill_alive(mates, entity)

    def _query(self, mates, context, type_path, members):
        extra = batches.EXTRA_CONDITIONS.get(type_path)
        wanted = dict((oid, key) for key, oid in members)
        try:
            rows = self._rows_in(context, type_path, 'ObjectID', wanted, extra)
        except PyralError as error:
            # A failed batch caches nothing; what is touched is read alone.
            return _note_failure(type_path, error)
        for row in rows:
            key = key_of(row.get('_ref'))
            if key in wanted.values():
                self._keep(mates, key, row)

    def _rows_in(self, context, type_path, attribute, oids, extra=None, order=None):
        """Return the rows of a type whose attribute is one of the ids, from as many queries."""
        def ask(ids):
            query = batches.query_in(attribute, ids, extra)
            return self._reader.rows(context, type_path, query, order)

        return [row for rows in each(ask, batches.chunks(oids), READ_AHEAD) for row in rows]

    def _ahead(self, mates, entity, members, refs):
        """Read the touched member and the next ones, several at a time."""
        keys = [key for key, _ in members]
        touched = key_of(entity._ref)
        place = keys.index(touched) if touched in keys else 0

        def read(key):
            try:
                return self._reader.item(entity._context, refs[key], entity._label())
            except PyralError as error:
                # It is read again alone when touched, and says why then.
                return _note_failure(refs[key], error)

        near = keys[place:place + READ_AHEAD]
        for key, raw in zip(near, each(read, near, READ_AHEAD)):
            if raw is not None:
                self._keep(mates, key, raw)

    @staticmethod
    def _fill_alive(mates, touched):
        for member in mates.entities():
            raw = mates.loaded.get(key_of(member._ref))
            if raw is not None and not member._hydrated and member is not touched:
                member._absorb(raw)

    def collection(self, entity, name, value):
        """Return the members of a collection, together with those of the siblings."""
        mates, owner = entity._page_mates, key_of(entity._ref)
        if mates is None:
            return super(BatchLoading, self).collection(entity, name, value)
        with mates.lock:
            if name not in own_values(entity):  # else another thread was here in the meantime
                own_values(entity)[name] = self._members(mates, owner, entity, name, value)
            return own_values(entity)[name]

    def _members(self, mates, owner, entity, name, value):
        """Return the members of a collection of an entity whose page mates' lock is held."""
        self._reader.check_server(value['_ref'])
        path = mates.path + (name + '[]',)
        found = mates.lists.pop((owner, name), None)
        if found is None:
            mates.counts[name] = mates.counts.get(name, 0) + 1
            if mates.counts[name] > 1 or path in mates.recent_items.loops:
                mates.recent_items.loops.add(path)
                self._batch_lists(mates, entity, name)
                found = mates.lists.pop((owner, name), None)
        if found is None:
            found = (self._reader.members(entity._context, value['_ref']), None)
            self._sample(mates.recent_items, path, entity, found[0])
        mates.taken.add((owner, name))
        rows, members = found
        hydrator = self._hydrator(entity, name)
        return hydrator.page(rows) if members is None else hydrator.members(rows, members)

    def _prepare(self, history):
        mates, key = history._page_mates, key_of(history._ref)
        if mates is None or history._hydrated:
            return
        with mates.lock:
            path = mates.path + ('Revisions[]',)
            if not mates.has_list(key, 'Revisions') and (
                    mates.touches or path in mates.recent_items.loops):
                mates.recent_items.loops.add(path)
                self._histories(mates, history)
            rows, _ = mates.lists.get((key, 'Revisions'), ((), None))
            if rows:
                history._absorb({'Revisions': {'_ref': history._ref + '/Revisions',
                                               'Count': len(rows)}}, hydrated=False)

    def _histories(self, mates, history):
        """Ask for the revisions of all histories that nobody has read.

        A history itself cannot be queried, so its Count is not known; but revisions are numbered
        from 0, so a list without a gap down to it is whole.
        """
        member_type, attribute, order = batches.INVERSES[('RevisionHistory', 'Revisions')]
        oids = [parse_ref(ref).oid for key, ref in mates.waiting()
                if not mates.has_list(key, 'Revisions')]
        if len(oids) < 2:
            return
        try:
            rows = self._rows_in(history._context, member_type, attribute + '.ObjectID', oids,
                                 order=order)
        except PyralError as error:
            return _note_failure(member_type, error)  # what is touched is read alone
        lists = batches.by_owner(rows, attribute)
        whole = [(key, rows) for key, rows in lists.items()
                 if [row.get('RevisionNumber') for row in rows] == list(range(len(rows)))[::-1]]
        members = self._hydrator(history, 'Revisions').batch(rows for _, rows in whole)
        for key, rows in whole:
            mates.lists[(key, 'Revisions')] = (rows, members)

    def _batch_lists(self, mates, entity, name):
        """Read a collection for every page mate that has one not read yet."""
        groups = {}
        for owner, ref, value in _waiting_lists(mates, name):
            type_path = _official_path(parse_ref(ref).type_path)
            groups.setdefault(type_path, []).append((owner, ref, value))
        for type_path, owners in groups.items():
            inverse = batches.INVERSES.get((type_path, name))
            if inverse is not None and len(owners) > 1 and self._inverse_lists(
                    mates, entity, name, inverse, owners):
                continue
            if type_path == entity._type_path:
                self._lists_ahead(mates, entity, name, owners)

    def _inverse_lists(self, mates, entity, name, inverse, owners):
        """Ask for the members by the attribute that names their owner; say whether it held."""
        member_type, attribute, order = inverse
        path, recent = mates.path + (name + '[]',), mates.recent_items
        if not recent.order_holds.get(path, True):
            return False
        oids = [parse_ref(ref).oid for _, ref, _ in owners]
        sample = recent.order_samples.pop(path, None)
        if sample is not None:
            oids.append(sample[0])
        try:
            found = self._rows_in(entity._context, member_type, attribute + '.ObjectID', oids,
                                  order=order)
        except PyralError as error:
            _note_failure(member_type, error)
            recent.order_holds[path] = False
            return False
        lists = batches.by_owner(found, attribute)
        if sample is not None:
            _, key, expected = sample
            recent.order_holds[path] = [_ref_of(row) for row in lists.get(key, ())] == expected
            if not recent.order_holds[path]:
                return False
        right = [(owner, lists.get(owner, [])) for owner, _, value in owners
                 if len(lists.get(owner, ())) == value['Count']]
        members = self._hydrator(entity, name).batch(rows for _, rows in right)
        for owner, rows in right:
            mates.lists[(owner, name)] = (rows, members)
        return True

    def _lists_ahead(self, mates, entity, name, owners):
        """Read the touched member's collection and the next ones, several at a time."""
        touched = key_of(entity._ref)
        place = [owner for owner, _, _ in owners].index(touched)

        def read(ref):
            try:
                return self._reader.members(entity._context, ref)
            except PyralError as error:
                # It is read again alone when touched, and says why then.
                return _note_failure(ref, error)

        near = owners[place:place + READ_AHEAD]
        answers = each(read, [value['_ref'] for _, _, value in near], READ_AHEAD)
        pairs = [(owner, rows) for (owner, _, _), rows in zip(near, answers) if rows is not None]
        members = self._hydrator(entity, name).batch(rows for _, rows in pairs)
        for owner, rows in pairs:
            mates.lists[(owner, name)] = (rows, members)

    @staticmethod
    def _sample(recent, path, entity, rows):
        """Remember the order a single read gave, to judge the first batch by."""
        if len(rows) > 1 and path not in recent.order_holds:
            recent.order_samples.setdefault(path, (
                entity.oid, key_of(entity._ref), [_ref_of(row) for row in rows]))


def _note_failure(what, error):
    """Log why a batch or a read ahead is dropped; what slows a program shows there."""
    LOG.debug("lazy loading: %s is not read together: %s", what, error)


def _ref_of(row):
    return row.get('_ref')


def _waiting_lists(mates, name):
    """Return [(owner's key, its reference, collection object)] of what nobody has read."""
    found = []
    for raw in mates.raws():
        value, owner = raw.get(name), key_of(raw.get('_ref'))
        if (isinstance(value, dict) and value.get('Count') and value.get('_ref')
                and not mates.has_list(owner, name)):
            found.append((owner, raw['_ref'], value))
    return found


def _official_path(type_path):
    """Return a type path in the service's own letter case, as far as a class is known."""
    return class_for(type_path)._type_path


POLICIES = {'batch': BatchLoading, 'single': SingleLoading, 'never': NeverLoading}


class Loader(object):
    """What the entities of one connection ask for attributes they do not have.

    :param transport: the connection's transport.
    :param policy: `batch`, `single` or `never`.
    :param catalogues: the `Catalogues` of the server; attributes ask it what needs no request.
    :param owner: returns the `Rally` whose entities are served, None when it is gone.
    """

    def __init__(self, transport, policy, catalogues, owner):
        if policy not in POLICIES:
            raise ConfigError(
                fill("lazy must be 'batch', 'single' or 'never', not {0}", repr(policy)),
                field='lazy', suggestions=nearest(policy, sorted(POLICIES)))
        #: The name of the policy.
        self.policy = policy
        self.owner = owner
        #: What reads further pages of a response that a script made.
        self.transport = transport
        self._catalogues = catalogues
        self._strategy = POLICIES[policy](LazyReader(transport))

    def fill(self, entity):
        """Complete an entity that is not hydrated.

        :raises UnreferenceableOIDError: the service does not give the item.
        :raises LazyLoadError: the policy is `never`.
        """
        self._strategy.fill(entity)

    def complete(self, entity):
        """Read what an entity lacks although a query named its attributes; see `fill`.

        Who asks goes through the items of a page: its page mates are read with it.
        """
        mates = entity._page_mates
        for member in mates.entities() if mates is not None else [entity]:
            member._hydrated = False
        if mates is not None:
            mates.recent_items.loops.add(mates.path)
        self._strategy.fill(entity)

    def collection(self, entity, name, value):
        """Return the members of the collection that a raw value stands for, as a list."""
        return self._strategy.collection(entity, name, value)

    def revision_history(self, entity, name, value):
        """Return the complete history of an entity, its revisions read, newest first."""
        return self._strategy.history(entity, name, value)

    def known_type(self, entity):
        """Return the type definition of an entity as far as no request is needed, else None."""
        catalogue = self._catalogues.known(entity._context.workspace_ref)
        return catalogue.find(entity._type_path) if catalogue is not None else None

    def catalogue(self, context):
        """Return the types of a context's workspace, reading the schema where it is not kept."""
        return self._catalogues.of(context.workspace_ref)

    def parent_of(self, context):
        """Return the function that names a type's parent, if the schema is loaded."""
        catalogue = self._catalogues.loaded(context.workspace_ref)
        return catalogue.parent_of if catalogue is not None else None


__all__ = ['BatchLoading', 'Loader', 'NeverLoading', 'POLICIES', 'READ_AHEAD', 'SingleLoading']

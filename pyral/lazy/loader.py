"""What to fetch when a missing attribute is read, and what together with it.

A loader serves all entities of one connection by one of three policies. `single` reads exactly
what was touched. `batch`, the default, takes a first touch for chance and a second one among
siblings for a loop: then it reads what is missing for the rest of the page in a few queries, and
for later pages at once. `never` refuses. The answers are the same, in the same order; a batch that
cannot promise that is dropped. None holds two cohort locks, or loads by attribute holding one.
"""
from __future__ import absolute_import, division, print_function

from pyral._compat import fill
from pyral._threads import each
from pyral.entity.classes import class_for
from pyral.entity.hydrator import EntityHydrator
from pyral.errors import ConfigError, LazyLoadError, PyralError, UnreferenceableOIDError, nearest
from pyral.lazy import batches
from pyral.lazy.requests import Reader
from pyral.refs import key_of
from pyral.refs import parse as parse_ref

#: How many siblings are read ahead where no query can ask for them together.
READ_AHEAD = 8


class SingleLoading(object):
    """Read exactly what was touched; siblings that share a target share its answer."""

    def __init__(self, reader):
        self._reader = reader

    def fill(self, entity):
        """Complete an entity."""
        cohort = entity._cohort
        if cohort is None:
            entity._absorb(self._item(entity))
            return
        key = key_of(entity._ref)
        with cohort.lock:
            if not entity._hydrated:
                entity._absorb(self._wanted(cohort, key, entity))

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

    def _wanted(self, cohort, key, entity):
        """Return the raw item for an entity of a cohort whose lock is held."""
        raw = cohort.loaded.get(key) or cohort.walk.recall(key)
        return raw if raw is not None else self._alone(cohort, key, entity)

    def _alone(self, cohort, key, entity):
        """Read one member, once: what cannot be read is remembered too."""
        if key in cohort.lost:
            raise cohort.lost[key]
        try:
            raw = self._item(entity)
        except UnreferenceableOIDError as error:
            cohort.lost[key] = error
            raise
        self._keep(cohort, key, raw)
        return raw

    @staticmethod
    def _keep(cohort, key, raw):
        cohort.loaded[key] = raw
        if len(cohort.path):
            cohort.walk.remember(key, raw)

    def _item(self, entity):
        return self._reader.item(entity._context, entity._ref, entity._label())

    @staticmethod
    def _hydrator(entity, name):
        cohort = entity._cohort
        if cohort is None:
            return EntityHydrator(entity._context)
        return EntityHydrator(entity._context, 'full', cohort.walk, cohort.path + (name,))


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

    def _wanted(self, cohort, key, entity):
        raw = cohort.loaded.get(key) or cohort.walk.recall(key)
        if raw is not None:
            return raw
        cohort.touches += 1
        if cohort.touches > 1 or cohort.path in cohort.walk.hot:
            cohort.walk.hot.add(cohort.path)
            self._batch(cohort, entity)
        raw = cohort.loaded.get(key)
        return raw if raw is not None else self._alone(cohort, key, entity)

    def _batch(self, cohort, entity):
        """Read every member of the cohort that nobody has read, by type and in batching.chunks."""
        waiting = [(key, ref) for key, ref in cohort.waiting() if self._reader.is_home(ref)]
        known = [(key, cohort.walk.recall(key)) for key, _ in waiting]
        cohort.loaded.update((key, raw) for key, raw in known if raw is not None)
        waiting = [(key, ref) for key, ref in waiting if key not in cohort.loaded]
        for type_path, members in batches.by_type(waiting, _official_path).items():
            if len(members) < 2:
                continue
            if type_path in batches.UNQUERYABLE:
                self._ahead(cohort, entity, members, dict(waiting))
            else:
                self._query(cohort, entity._context, type_path, members)
        self._fill_alive(cohort, entity)

    def _query(self, cohort, context, type_path, members):
        extra = batches.EXTRA_CONDITIONS.get(type_path)
        wanted = dict((oid, key) for key, oid in members)
        try:
            rows = self._rows_in(context, type_path, 'ObjectID', wanted, extra)
        except PyralError:
            return  # a failed batch caches nothing; what is touched is read alone
        for row in rows:
            key = key_of(row.get('_ref'))
            if key in wanted.values():
                self._keep(cohort, key, row)

    def _rows_in(self, context, type_path, attribute, oids, extra=None, order=None):
        """Return the rows of a type whose attribute is one of the ids, from as many queries."""
        def ask(ids):
            query = batches.query_in(attribute, ids, extra)
            return self._reader.rows(context, type_path, query, order)

        return [row for rows in each(ask, batches.chunks(oids), READ_AHEAD) for row in rows]

    def _ahead(self, cohort, entity, members, refs):
        """Read the touched member and the next ones, several at a time."""
        keys = [key for key, _ in members]
        touched = key_of(entity._ref)
        place = keys.index(touched) if touched in keys else 0

        def read(key):
            try:
                return self._reader.item(entity._context, refs[key], entity._label())
            except PyralError:
                return None  # read again alone when touched, and then it says why

        near = keys[place:place + READ_AHEAD]
        for key, raw in zip(near, each(read, near, READ_AHEAD)):
            if raw is not None:
                self._keep(cohort, key, raw)

    @staticmethod
    def _fill_alive(cohort, touched):
        for member in cohort.entities():
            raw = cohort.loaded.get(key_of(member._ref))
            if raw is not None and not member._hydrated and member is not touched:
                member._absorb(raw)

    def collection(self, entity, name, value):
        """Return the members of a collection, together with those of the siblings."""
        cohort, owner = entity._cohort, key_of(entity._ref)
        if cohort is None:
            return super(BatchLoading, self).collection(entity, name, value)
        with cohort.lock:
            if name not in entity.__dict__:  # else another thread was here in the meantime
                entity.__dict__[name] = self._members(cohort, owner, entity, name, value)
            return entity.__dict__[name]

    def _members(self, cohort, owner, entity, name, value):
        """Return the members of a collection of an entity of a cohort whose lock is held."""
        self._reader.check_home(value['_ref'])
        path = cohort.path + (name + '[]',)
        found = cohort.lists.pop((owner, name), None)
        if found is None:
            cohort.counts[name] = cohort.counts.get(name, 0) + 1
            if cohort.counts[name] > 1 or path in cohort.walk.hot:
                cohort.walk.hot.add(path)
                self._batch_lists(cohort, entity, name)
                found = cohort.lists.pop((owner, name), None)
        if found is None:
            found = (self._reader.members(entity._context, value['_ref']), None)
            self._sample(cohort, path, entity, name, found[0])
        cohort.lists[(owner, name)] = None
        rows, members = found
        hydrator = self._hydrator(entity, name)
        return hydrator.page(rows) if members is None else hydrator.members(rows, members)

    def _prepare(self, history):
        cohort, key = history._cohort, key_of(history._ref)
        if cohort is None or history._hydrated:
            return
        with cohort.lock:
            path = cohort.path + ('Revisions[]',)
            if (key, 'Revisions') not in cohort.lists and (
                    cohort.touches or path in cohort.walk.hot):
                cohort.walk.hot.add(path)
                self._histories(cohort, history)
            rows, _ = cohort.lists.get((key, 'Revisions')) or ((), None)
            if rows:
                history._absorb({'Revisions': {'_ref': history._ref + '/Revisions',
                                               'Count': len(rows)}}, hydrated=False)

    def _histories(self, cohort, history):
        """Ask for the revisions of all histories that nobody has read.

        A history itself cannot be queried, so its Count is not known; but revisions are numbered
        from 0, so a list without a gap down to it is whole.
        """
        member_type, attribute, order = batches.INVERSES[('RevisionHistory', 'Revisions')]
        oids = [parse_ref(ref).oid for key, ref in cohort.waiting()
                if (key, 'Revisions') not in cohort.lists]
        if len(oids) < 2:
            return
        try:
            rows = self._rows_in(history._context, member_type, attribute + '.ObjectID', oids,
                                 order=order)
        except PyralError:
            return  # what is touched is read alone
        lists = batches.by_owner(rows, attribute)
        whole = [(key, rows) for key, rows in lists.items()
                 if [row.get('RevisionNumber') for row in rows] == list(range(len(rows)))[::-1]]
        members = self._hydrator(history, 'Revisions').batch(rows for _, rows in whole)
        for key, rows in whole:
            cohort.lists[(key, 'Revisions')] = (rows, members)

    def _batch_lists(self, cohort, entity, name):
        """Read a collection for every member of the cohort that has one not read yet."""
        groups = {}
        for owner, ref, value in _waiting_lists(cohort, name):
            type_path = _official_path(parse_ref(ref).type_path)
            groups.setdefault(type_path, []).append((owner, ref, value))
        for type_path, owners in groups.items():
            inverse = batches.INVERSES.get((type_path, name))
            if inverse is not None and len(owners) > 1 and self._inverse_lists(
                    cohort, entity, name, inverse, owners):
                continue
            if type_path == entity._type_path:
                self._lists_ahead(cohort, entity, name, owners)

    def _inverse_lists(self, cohort, entity, name, inverse, owners):
        """Ask for the members by the attribute that names their owner; say whether it held."""
        member_type, attribute, order = inverse
        path = cohort.path + (name + '[]',)
        sample = cohort.walk.trusted.get(path)
        if sample is False:
            return False
        oids = [parse_ref(ref).oid for _, ref, _ in owners]
        if isinstance(sample, tuple):
            oids.append(sample[0])
        try:
            found = self._rows_in(entity._context, member_type, attribute + '.ObjectID', oids,
                                  order=order)
        except PyralError:
            cohort.walk.trusted[path] = False
            return False
        lists = batches.by_owner(found, attribute)
        if isinstance(sample, tuple):
            key, expected = sample[1:]
            fits = [each_row.get('_ref') for each_row in lists.get(key, ())] == expected
            cohort.walk.trusted[path] = fits
            if not fits:
                return False
        right = [(owner, lists.get(owner, [])) for owner, _, value in owners
                 if len(lists.get(owner, ())) == value['Count']]
        members = self._hydrator(entity, name).batch(rows for _, rows in right)
        for owner, rows in right:
            cohort.lists[(owner, name)] = (rows, members)
        return True

    def _lists_ahead(self, cohort, entity, name, owners):
        """Read the touched member's collection and the next ones, several at a time."""
        touched = key_of(entity._ref)
        place = [owner for owner, _, _ in owners].index(touched)

        def read(ref):
            try:
                return self._reader.members(entity._context, ref)
            except PyralError:
                return None  # read again alone when touched, and then it says why

        near = owners[place:place + READ_AHEAD]
        answers = each(read, [value['_ref'] for _, _, value in near], READ_AHEAD)
        pairs = [(owner, rows) for (owner, _, _), rows in zip(near, answers) if rows is not None]
        members = self._hydrator(entity, name).batch(rows for _, rows in pairs)
        for owner, rows in pairs:
            cohort.lists[(owner, name)] = (rows, members)

    @staticmethod
    def _sample(cohort, path, entity, name, rows):
        """Remember the order a single read gave, to judge the first batch by."""
        if len(rows) > 1 and path not in cohort.walk.trusted:
            cohort.walk.trusted[path] = (
                entity.oid, key_of(entity._ref), [row.get('_ref') for row in rows])


def _waiting_lists(cohort, name):
    """Return [(owner's key, its reference, collection object)] of what nobody has read."""
    found = []
    for raw in cohort.raws():
        value, owner = raw.get(name), key_of(raw.get('_ref'))
        if (isinstance(value, dict) and value.get('Count') and value.get('_ref')
                and (owner, name) not in cohort.lists):
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
    :param catalogue: a function of a context that returns its `schema.Catalogue` if it is loaded
        already, else None; it must not ask the network.
    """

    def __init__(self, transport, policy='batch', catalogue=None):
        if policy not in POLICIES:
            raise ConfigError(
                fill("lazy must be 'batch', 'single' or 'never', not {0}", repr(policy)),
                field='lazy', suggestions=nearest(str(policy), sorted(POLICIES)))
        #: The name of the policy.
        self.policy = policy
        self._catalogue = self.hints = catalogue if catalogue is not None else _no_catalogue
        self._strategy = POLICIES[policy](Reader(transport))

    def fill(self, entity):
        """Complete an entity that is not hydrated.

        :raises UnreferenceableOIDError: the service does not give the item.
        :raises LazyLoadError: the policy is `never`.
        """
        self._strategy.fill(entity)

    def attribute(self, entity, name):
        """Return an attribute of an entity, loading what is missing; what `getattr` does."""
        return getattr(entity, name)

    def collection(self, entity, name, value):
        """Return the members of the collection that a raw value stands for, as a list."""
        return self._strategy.collection(entity, name, value)

    def revision_history(self, entity, name, value):
        """Return the complete history of an entity, its revisions read, newest first."""
        return self._strategy.history(entity, name, value)

    def known_type(self, entity):
        """Return the type definition of an entity as far as `hints` has one, else None."""
        catalogue = self.hints(entity._context)
        return catalogue.find(entity._type_path) if catalogue is not None else None

    def parent_of(self, context):
        """Return the function that names a type's parent, if the schema is loaded."""
        catalogue = self._catalogue(context)
        return catalogue.parent_of if catalogue is not None else None


def _no_catalogue(context):
    return None


__all__ = ['BatchLoading', 'Loader', 'NeverLoading', 'POLICIES', 'READ_AHEAD', 'SingleLoading']

"""Build a world into a store: two passes over the document, one transaction.

The first pass gives every object its ObjectID and learns all names; the second makes the objects
and hands them to the store in batches, so that large worlds need little memory. Either the whole
world is built, or nothing.
"""

from __future__ import annotations

import gc
import logging
from array import array
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..access.auth import GivenLogin
from ..catalogue.catalogue import Catalogue, catalogue_for
from ..catalogue.hidden_fields import HIDDEN_IN
from ..rules.derived import rollups
from ..rules.subjects.users import note_rights
from ..store.reading import of_type
from .entries import Entry, EntryReader, Oid
from .errors import JsonPath, WorldError
from .format import World
from .names import Named, Names
from .objects import Filler
from .setup import Setup
from .users import Projects, api_keys, permission_entries, user_entries
from .workspace_model import configuration_values, set_up, settings_entries

if TYPE_CHECKING:
    from ..store import Store, Tx

_LOG = logging.getLogger('pyral.emulator')
#: Objects that go to the store in one batch.
_BATCH = 5000


@dataclass(frozen=True)
class Login:
    """How to log in to a world, and where its user starts.

    :ivar workspace: name of the user's default workspace.
    :ivar project: name of the user's default project.
    :ivar given: what each user of the world got to log in with, by ObjectID.
    """

    user: str
    password: str | None = field(repr=False)
    apikey: str | None = field(repr=False)
    workspace: str | None
    project: str | None
    given: Mapping[int, GivenLogin] = field(repr=False)


def build(world: World, store: Store) -> Login:
    """Build a world into a store that is empty.

    :param world: what `load` returned.
    :param store: a new store; the world's objects are written in one transaction.
    :returns: the login of the user who is shown at the start.
    :raises WorldError: with the place in the file; the store is unchanged then.
    """
    try:
        with _undisturbed(), store.writing() as tx:
            if of_type(tx, 'Subscription'):
                raise WorldError("there is a world in this store already; build into a new one.")
            return _WorldBuilder(world, tx).build()
    except WorldError as error:
        raise world.located(error) from None


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let the collector of cycles rest: it would look again and again at rows that all stay."""
    resting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if resting:
            gc.enable()


class _WorldBuilder:
    """One building of one world."""

    def __init__(self, world: World, tx: Tx) -> None:
        self.document = world.document
        self.world = world
        self.tx = tx
        self.system: Catalogue = catalogue_for(tx, None)
        self.names = Names()
        self.projects = Projects()
        self.setups: list[Setup] = []
        self.users: dict[int, list[int]] = {}
        self._oids = array('q')
        self._taken: set[int] = set(_explicit_oids(self.document))
        self._seen: set[int] = set()
        self._numbers: set[tuple[int | None, str, int]] = set()

    def build(self) -> Login:
        """Do everything, in order."""
        self._define()
        self._learn()
        spec, user = self._first_user()
        self._make(user)
        self._hide_fields()
        for oids in self.users.values():
            for oid in oids:
                note_rights(self.tx, oid, only_missing=True)
        rollups.recompute_all(self.tx)
        _LOG.info("built the world '%s': %d objects", self.world.name, len(self._oids))
        return self._login(spec, user)

    def _hide_fields(self) -> None:
        """Take custom fields out of the sight of the projects that do not show them."""
        for setup in self.setups:
            for attribute, text, place in setup.hidden:
                found = self.names.local(text.lstrip('@'), place)
                if found.type != 'Project' or found.workspace != setup.oid:
                    raise WorldError(f"'{text}' is no project of the workspace.", place)
                self.tx.add_link(attribute, HIDDEN_IN, found.oid)

    def _define(self) -> None:
        """Write the object model of every workspace."""
        for index, spec in enumerate(self.document['workspaces']):
            place: JsonPath = ('workspaces', index)
            oid = spec.get('ObjectID') or self._new_oid()
            configuration = spec.get('configuration', {}).get('ObjectID') or self._new_oid()
            self.setups.append(set_up(self.tx, spec, place, oid, configuration))

    def _learn(self) -> None:
        """Do the first pass: identities and names."""
        for setup in self.setups:
            for name, oid in setup.field_names.items():
                self.names.add_local(
                    name,
                    Named(oid, 'AttributeDefinition', setup.oid),
                    (*setup.place, 'customFields'),
                )
        for entry in self._entries(self._give_new, learning=True):
            catalogue = entry.setup.catalogue if entry.setup is not None else self.system
            path = entry.type_def.path
            self.names.add(entry, catalogue.is_a(path, 'Artifact'))
            if path == 'Project':
                self.projects.add(entry)
            elif path == 'User' and entry.place[0] == 'users':
                self.users.setdefault(int(entry.place[1]), []).append(entry.oid)
            elif path == 'State' and entry.setup is not None:
                self._learn_state(entry, entry.setup, catalogue)
            elif entry.values.get('FormattedID'):
                self._learn_number(entry)

    def _learn_state(self, entry: Entry, setup: Setup, catalogue: Catalogue) -> None:
        raw = entry.values.get('TypeDef')
        found = (
            catalogue.resolve(raw) if isinstance(raw, str) and not isinstance(raw, Oid) else None
        )
        if found is not None:
            setup.states[found.path, str(entry.values.get('Name'))] = entry.oid

    def _learn_number(self, entry: Entry) -> None:
        """Let the numbers of a type go on after the highest one in the file."""
        digits = str(entry.values['FormattedID'])[len(entry.type_def.id_prefix or '') :]
        workspace = entry.setup.oid if entry.setup is not None else None
        if not digits.isdecimal():
            return
        key = (workspace, entry.type_def.path, int(digits))
        if key in self._numbers:
            raise WorldError(
                f"the FormattedID '{entry.values['FormattedID']}' is given twice.",
                (*entry.place, 'FormattedID'),
            )
        self._numbers.add(key)
        self.tx.raise_number(workspace, entry.type_def.path, int(digits))

    def _make(self, author: int) -> None:
        """Do the second pass: objects and edges, in batches."""
        given = iter(self._oids)
        filler = Filler(self.tx, self.system, self.names, self.world.now, author, self.world.folder)
        waiting: list[Entry] = []
        for entry in self._entries(lambda explicit, place: next(given)):
            if filler.waits_for(entry):
                waiting.append(entry)
                continue
            filler.fill(entry)
            if len(filler.objs) >= _BATCH:
                self._store(filler)
        for entry in waiting:
            filler.fill(entry)
        entries = {entry.oid: entry for entry in filler.binned.values()}
        filler.objs.extend(entries.values())
        self._store(filler)

    def _store(self, filler: Filler) -> None:
        objs, edges, blobs = filler.take_batch()
        self.tx.insert_many(objs, dict.fromkeys(edges))
        for oid, data in blobs:
            self.tx.put_blob(oid, data)

    def _entries(self, give_oid: Any, learning: bool = False) -> Iterator[Entry]:
        """Yield all entries, always in the same order."""
        document = self.document
        reader = EntryReader(self.system, self.world.scale, give_oid, learning)
        subscription = document.get('subscription', {})
        yield from reader.entry(subscription, ('subscription',), None, None, {}, 'Subscription')
        yield from user_entries(reader, document['users'], self._setup_of_users())
        for setup in self.setups:
            yield from self._workspace(reader, setup)
        for setup in self.setups:
            yield from reader.entries(
                setup.spec.get('projects', ()),
                (*setup.place, 'projects'),
                setup,
                type_path='Project',
            )
        for setup in self.setups:
            yield from reader.entries(
                setup.spec.get('objects', ()), (*setup.place, 'objects'), setup
            )
        yield from reader.entries(document.get('objects', ()), ('objects',), None)
        yield from permission_entries(
            reader, document['users'], self.names, self.users, self.projects
        )

    def _workspace(self, reader: EntryReader, setup: Setup) -> Iterator[Entry]:
        spec = {
            key: value
            for key, value in setup.spec.items()
            if key[:1].isupper() or key in ('id', 'comment')
        }
        spec['ObjectID'] = setup.oid
        for entry in reader.entry(spec, setup.place, setup, None, {}, 'Workspace'):
            yield entry.with_value('WorkspaceConfiguration', Oid(setup.configuration_oid))
        values = configuration_values(setup)
        values['ObjectID'] = setup.configuration_oid
        for entry in (
            *reader.entry(
                values, (*setup.place, 'configuration'), setup, None, {}, 'WorkspaceConfiguration'
            ),
            *settings_entries(reader, setup),
        ):
            # They are as old as the workspace, unless they say otherwise.
            if 'CreationDate' in setup.spec and 'CreationDate' not in entry.values:
                entry.with_value('CreationDate', setup.spec['CreationDate'])
            yield entry

    def _setup_of_users(self) -> Setup | None:
        """Return the workspace whose custom fields users have, if one defines any."""
        plain = len(self.system.type('User').attributes)
        for setup in self.setups:
            if len(setup.catalogue.type('User').attributes) > plain:
                return setup
        return None

    # Identities

    def _new_oid(self) -> int:
        oid = self.tx.new_oid()
        while oid in self._taken:
            oid = self.tx.new_oid()
        return oid

    def _give_new(self, explicit: Any, place: JsonPath) -> int:
        if explicit is None:
            oid = self._new_oid()
        elif isinstance(explicit, int) and not isinstance(explicit, bool) and explicit > 0:
            oid = explicit
        else:
            raise WorldError("an ObjectID is a whole number above 0.", (*place, 'ObjectID'))
        if explicit is not None:
            if oid in self._seen:
                raise WorldError(f"the ObjectID {oid} is given twice.", (*place, 'ObjectID'))
            self._seen.add(oid)
        self._oids.append(oid)
        return oid

    # Login

    def _first_user(self) -> tuple[Mapping[str, Any], int]:
        """Return the user who is shown at the start: the document's entry and the ObjectID."""
        users = self.document['users']
        wanted = self.document.get('login')
        for index, spec in enumerate(users):
            if wanted is None:
                chosen = not spec.get('Disabled') and ('password' in spec or 'apiKey' in spec)
            else:
                chosen = wanted.lstrip('@') in (spec['UserName'], spec.get('id'))
            if chosen and self.users.get(index):
                return spec, self.users[index][0]
        if wanted is not None:
            raise WorldError(f"no user has the name '{wanted}'.", ('login',))
        return users[0], self.users[0][0]

    def _login(self, spec: Mapping[str, Any], user: int) -> Login:
        keys = api_keys(spec)
        profile = self.tx.target(user, 'UserProfile')
        places = [
            self.tx.target(profile, name) if profile else None
            for name in ('DefaultWorkspace', 'DefaultProject')
        ]
        found = [self.tx.get(oid) if oid else None for oid in places]
        workspace, project = (one.name if one else None for one in found)
        return Login(
            spec['UserName'],
            spec.get('password'),
            keys[0][0] if keys else None,
            workspace,
            project,
            dict(self._given()),
        )

    def _given(self) -> Iterator[tuple[int, GivenLogin]]:
        """Yield each user whom the document gives a login, and that login."""
        for index, oids in self.users.items():
            spec = self.document['users'][index]
            keys = tuple(api_keys(spec))
            if 'password' not in spec and not keys:
                continue
            for user in self.tx.get_many(oids).values():
                kept = str(user.doc.get('_password', ''))
                yield user.oid, GivenLogin(spec.get('password'), kept, keys)


def _explicit_oids(value: Any) -> Iterator[int]:
    """Yield every ObjectID that a document gives, so that new ones keep clear of them."""
    if isinstance(value, dict):
        oid = value.get('ObjectID')
        if isinstance(oid, int):
            yield oid
        for item in value.values():
            if isinstance(item, (dict, list)):
                yield from _explicit_oids(item)
    elif isinstance(value, list):
        for item in value:
            if isinstance(item, (dict, list)):
                yield from _explicit_oids(item)

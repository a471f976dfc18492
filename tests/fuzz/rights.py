"""Attacks on rights: answers that show, and writes that change, more than the permissions let.

What an answer shows is looked at to its last value; what a write has changed is told by all rows
and edges before and after it. The exemptions are those of the table in the docs.
"""

from __future__ import annotations

import math
import re
import time
from random import Random
from typing import Any
from urllib.parse import unquote

from pyral.emulator.rules.write.assignments import is_modifiable
from tests.answer_checks import refused
from tests.fuzz.rights_world import MARKER, PEOPLE, Caller, State, World

#: What a reference shows of any object; its name is shown to all.
HEADER = frozenset(
    ('_rallyAPIMajor', '_rallyAPIMinor', '_ref', '_refObjectUUID', '_refObjectName', '_type', '_p')
)
#: Texts that tell names of other objects, as they were when they were written.
TOLD = (
    ('Revision', 'Description'),
    ('TimeEntryItem', 'ProjectDisplayString'),
    ('TimeEntryItem', 'TaskDisplayString'),
    ('TimeEntryItem', 'WorkProductDisplayString'),
    ('Changeset', 'Name'),
)
#: Collections whose members are those of the workspace that asks.
METADATA = (
    'AllowedAttributeValue',
    'AttributeDefinition',
    'TypeDefinition',
    'AllowedQueryOperator',
)
#: Types that are in no workspace, or listed in part.
UNCOUNTED = ('AttachmentContent', 'Project', 'Subscription', 'User', 'UserProfile', 'Workspace')
#: States that follow from tasks and children.
FOLLOWING = frozenset(('ScheduleState', 'FlowState'))
REF = re.compile(r'/([a-z]+(?:/[a-z]\w*)?)/(-?\d+(?:u\d+[pw]\d)?)(/\w+)?$', re.IGNORECASE)


__all__ = ['Attack', 'Find', 'Reader', 'Writer']


class Find(Exception):
    """What a caller could see or change, and must not."""


class Reader:
    """Looks at answers to one caller."""

    def __init__(self, world: World, caller: Caller) -> None:
        self.world, self.caller, self.state = world, caller, caller.state
        self.asked = self.values = 0
        self._holders: dict[str, list[int]] = {}
        for oid, row in self.state.rows.items():
            if oid > 0:
                for marker in MARKER.findall(f'{row[4]} {row[8]}'):
                    self._holders.setdefault(marker, []).append(oid)

    def read(self, path: str, **params: Any) -> Any:
        """Ask, look at everything, and return the document."""
        response = self.caller.ask('GET', path, **params)
        self.asked += 1
        try:
            if not response.headers['Content-Type'].startswith('application/json'):
                return self._page(response.text)
            document = response.json()
            for value in document.values():
                self.look(value, '', '')
            return document
        except Find as find:
            raise Find(f'u{self.caller.number} GET {path} {params}: {find}') from None

    def look(self, value: Any, kind: str, name: str) -> None:
        """Look at a value of an answer.

        :param kind: the type of the object it stands in.
        :param name: the key it stands under.
        """
        self.values += 1
        if isinstance(value, list):
            for one in value:
                self.look(one, kind, name)
        elif isinstance(value, dict):
            self._object(value, kind)
        elif isinstance(value, str) and name != '_refObjectName' and (kind, name) not in TOLD:
            for marker in MARKER.findall(value):
                holders = self._holders.get(marker, ())
                # What nobody holds comes from the request itself.
                if holders and not any(map(self.caller.reads, holders)):
                    raise Find(f'{kind}.{name} shows {marker} of {holders}')

    def _object(self, value: dict[str, Any], kind: str) -> None:
        found = REF.search(str(value.get('_ref', '')))
        if found is None or found.group(2) not in ('',) and value.get('_ref') == 'null':
            for key, inner in value.items():
                self.look(inner, kind, key)
            return
        oid = self._oid(found.group(2))
        if found.group(3):
            self._count(oid, found.group(3)[1:], value.get('Count'))
        elif not self.caller.reads(oid) and not HEADER.issuperset(value):
            raise Find(f'shows {sorted(set(value) - HEADER)} of {self.state.rows.get(oid)}')
        inner_kind = str(value.get('_type', ''))
        for key, inner in value.items():
            if key == 'Summary':
                for name, counted in inner.items():
                    self._count(oid, name, counted['Count'])
            self.look(inner, kind if found.group(3) else inner_kind, key)

    def _oid(self, text: str) -> int:
        if text.lstrip('-').isdigit():
            return int(text)
        return next(row[0] for row in self.state.rows.values() if row[7] == text)

    def _count(self, oid: int, name: str, count: Any) -> None:
        """Compare how many members are counted with those that the caller may read."""
        attr = self.world.catalogue.type(self.state.rows[oid][1]).attributes[name]
        if count is None or attr.target in METADATA or not self.caller.reads(oid):
            return
        with self.world.emulator.store.reading() as tx:
            members = tx.members(oid, attr)
        seen = sum(map(self.caller.reads, members))
        if seen != count:
            raise Find(f'{name} of {self.state.rows[oid][:5]} counts {count}, {seen} may be read')

    def _page(self, text: str) -> None:
        """Look at a page or a feed for texts that are no names."""
        for marker in MARKER.findall(text):
            holders = self._holders.get(marker, ())
            names = [self.state.rows[oid][4] or '' for oid in holders]
            if holders and not any(map(self.caller.reads, holders)) and marker not in str(names):
                raise Find(f'a page shows {marker} of {[self.state.rows[oid] for oid in holders]}')

    # Random requests

    def anything(self, random: Random) -> None:
        """Read something at random."""
        kinds = (self.type, self.type, self.item, self.item, self.collection, self.group, self.box)
        random.choice(kinds)(random)

    def type(self, random: Random) -> None:
        """Query a type, as rows, a feed or a page."""
        kinds = [one for one in self.world.catalogue.types() if one.queryable]
        type_def = random.choice(kinds)
        workspace = random.choice([*self.caller.workspaces, None])
        place = {} if workspace is None else {'workspace': f'/workspace/{workspace}'}
        path = f'/{type_def.path.lower()}'
        where = random.choice(('', '', '', '/rss', 'browse'))
        if where:
            path = '/browse' + path if where == 'browse' else where + path
        fetch = self.fetch(random, type_def)
        document = self.read(path, fetch=fetch, pagesize=200, query='', **place)
        if where or workspace is None or type_def.path in (*UNCOUNTED, *METADATA):
            return
        result = document['QueryResult']
        family = set(self.world.catalogue.family(type_def.path))
        readable = [
            row[0]
            for row in self.state.rows.values()
            if row[1] in family
            and not row[6]
            and row[2] in (None, workspace)
            and self.caller.reads(row[0])
        ]
        if not result['Errors'] and result['TotalResultCount'] != len(readable):
            raise Find(
                f'u{self.caller.number} finds {result["TotalResultCount"]} {type_def.path} in'
                f' {workspace}, {len(readable)} may be read'
            )

    def box(self, random: Random) -> None:
        """Look for an object by its id or its name; an empty box leads to the first page."""
        row = self.state.rows[random.choice([oid for oid in self.state.rows if oid > 0])]
        self.read('/browse', find=random.choice((str(row[0]), row[4] or '', '')))

    def fetch(self, random: Random, type_def: Any) -> str:
        """Return a fetch: everything, many names, or summaries."""
        names = list(type_def.attributes)
        sets = [one.name for one in type_def.attributes.values() if one.type == 'COLLECTION']
        some = random.sample(names, min(len(names), 12)) + ['Name', 'Description', 'Project']
        summaries = [f'{name}:summary[Owner;Name]' for name in sets]
        return random.choice(
            ('true', ','.join(names), ','.join(some), ','.join([*summaries, *some]))
        )

    def item(self, random: Random) -> None:
        """Read an object, whether it is the caller's or not."""
        oid = random.choice([oid for oid in self.state.rows if oid > 0])
        kind = self.world.catalogue.type(self.state.rows[oid][1])
        path = self.world.path_of(self.state, oid)
        document = self.read(
            random.choice(('', '', '/browse')) + path, fetch=self.fetch(random, kind)
        )
        if document is not None:
            errors = next(iter(document.values()))['Errors']
            allowed = self.caller.reads(oid) and not self.state.rows[oid][6]
            if allowed is bool(errors):
                raise Find(f'u{self.caller.number} reads {self.state.rows[oid][:5]}: {errors}')

    def collection(self, random: Random) -> None:
        """Read the members of a collection."""
        oid = random.choice([oid for oid in self.state.rows if oid > 0])
        kind = self.world.catalogue.type(self.state.rows[oid][1])
        sets = [one for one in kind.attributes.values() if one.type == 'COLLECTION']
        if not sets:
            return
        attr = random.choice(sets)
        target = self.world.catalogue.resolve(attr.target or '') or kind
        document = self.read(
            self.world.path_of(self.state, oid, attr.name),
            fetch=self.fetch(random, target),
            pagesize=200,
        )
        result = next(iter(document.values()))
        if 'TotalResultCount' in result and not result['Errors']:
            self._count(oid, attr.name, result['TotalResultCount'])

    def group(self, random: Random) -> None:
        """Read a grouped query, or what a condition on others tells."""
        kinds = [one for one in self.world.catalogue.types() if one.queryable]
        type_def = random.choice(kinds)
        links = [one.name for one in type_def.attributes.values() if one.type == "OBJECT"] or [
            "Name"
        ]
        self.read(
            f'/{type_def.path.lower()}/groupby/{random.choice(links)}',
            fetch='true',
            itemfetch='true',
            pagesize=100,
            itempagesize=100,
        )

    def guess(self, random: Random) -> None:
        """Ask by conditions whether an object has a text that the caller may not read."""
        marker = random.choice(list(self._holders))
        hidden = [oid for oid in self._holders[marker] if not self.caller.reads(oid)]
        if len(hidden) < len(self._holders[marker]):
            return
        doc = self.state.doc(hidden[0])
        name = next((key for key, value in doc.items() if marker in str(value)), None)
        if name is None or name.startswith('_') or self.state.rows[hidden[0]][6]:
            return
        kind = self.state.rows[hidden[0]][1]
        for type_def in self.world.catalogue.types():
            if not type_def.queryable:
                continue
            for attr in type_def.attributes.values():
                if attr.is_relation and kind in self.world.catalogue.family(attr.target or ''):
                    query = f'({attr.name}.{name} contains "{marker}")'
                    result = self.caller.ask('GET', f'/{type_def.path}', query=query).json()
                    if next(iter(result.values())).get('TotalResultCount'):
                        raise Find(f'u{self.caller.number} is told {query} of {type_def.path}')


class Writer:
    """Sends writes of one caller, each to the world as it was."""

    def __init__(self, world: World, caller: Caller) -> None:
        self.world, self.caller, self.before = world, caller, caller.state
        self.beginning = world.emulator.snapshot()
        self.sent = self.accepted = 0

    def anything(self, random: Random) -> None:
        """Write something at random, and look at what it has changed."""
        method, path, body, params = self.request(random)
        response = self.caller.ask(method, path, body, **params)
        self.sent += 1
        done = not refused(response.status_code, response.content)
        self.accepted += done
        try:
            # The answer is looked at as the world is then, the changes as it was before.
            after = State(self.world.emulator) if done else self.before
            caller = Caller(self.world, self.caller.number, after) if done else self.caller
            Reader(self.world, caller).look(response.json(), '', '')
            if done:
                self.world.emulator.restore(self.beginning)
                self.look(after)
        except Find as find:
            raise Find(
                f'u{self.caller.number} {method} {unquote(path)} {params} {body}: {find}'
                f' (answer {response.text[:300]})'
            ) from None

    def request(self, random: Random) -> tuple[str, str, Any, dict[str, str]]:
        """Return a random write: method, path, body, parameters."""
        return random.choice(
            (self.create, self.update, self.update, self.members, self.members, self.members,
             self.replace, self.delete, self.copy, self.restore, self.permissions)
        )(random)  # fmt: skip

    def _place(self, random: Random) -> dict[str, str]:
        workspace = random.choice([*self.world.workspaces.values(), None])
        return {} if workspace is None else {'workspace': f'/workspace/{workspace}'}

    def _object(self, random: Random, mine: bool = False) -> int:
        """Return a random object; more often than not one of a type that people write."""
        state = self.before
        kind = random.choice(
            [kind for kind in state.by_type if any(o > 0 for o in state.by_type[kind])]
        )
        found = [oid for oid in state.by_type[kind] if oid > 0]
        own = [oid for oid in found if self.caller.reads(oid)]
        return random.choice(own if own and (mine or random.random() < 0.8) else found)

    def _refs(self, random: Random, path: str) -> list[dict[str, str]]:
        found = self.world.of_type(path, None)
        some = [oid for oid in found if self.caller.reads(oid)] or found
        # What may be read and not changed is what an attack is after.
        some = [oid for oid in some if self._role(oid) == 1 and random.random() < 0.9] or some
        chosen = random.sample(some, min(len(some), random.randint(1, 3))) if some else []
        return [{'_ref': self.world.path_of(self.before, oid)} for oid in chosen]

    def create(self, random: Random) -> Any:
        kinds = [one for one in self.world.catalogue.types() if one.creatable and not one.abstract]
        type_def = random.choice(kinds)
        workspace = random.choice(list(self.world.workspaces.values()))
        values = self.world.values(type_def, workspace, unfit=0.05)
        path = f'/{type_def.path.lower()}/create'
        return 'PUT', path, {type_def.name: values}, self._place(random)

    def update(self, random: Random) -> Any:
        oid = self._object(random)
        row = self.before.rows[oid]
        type_def = self.world.catalogue.type(row[1])
        share = random.choice((0.1, 0.3))
        values = self.world.values(type_def, row[2], unfit=0.05, share=share)
        for name, attr in type_def.attributes.items():
            # A required attribute is not required of an update.
            if attr.required and random.random() > share:
                values.pop(name, None)
        params = self._place(random)
        if 'DragAndDropRank' in type_def.attributes and random.random() < 0.2:
            other = self._refs(random, 'Artifact')
            if other:
                params['rankAbove'] = other[0]['_ref']
        return 'POST', self.world.path_of(self.before, oid), {type_def.name: values}, params

    def _set(self, random: Random) -> tuple[int, Any]:
        """Return an object and one of its collections, mostly one that others point to."""
        kinds = [
            kind for kind in self.before.by_type if any(o > 0 for o in self.before.by_type[kind])
        ]
        wanted = self._sets if random.random() < 0.3 else self._back
        kind = random.choice([kind for kind in kinds if wanted(kind)])
        found = [oid for oid in self.before.by_type[kind] if oid > 0]
        mine = [oid for oid in found if self.caller.reads(oid) and self._role(oid) != 1]
        chosen = random.choice(wanted(kind))
        return random.choice(mine if mine and random.random() < 0.8 else found), chosen

    def _back(self, kind: str) -> list[Any]:
        """Return the collections whose members point to their owner, and are in projects."""
        return [
            one
            for one in self._sets(kind)
            if not one.relation.forward
            and '.' not in one.relation.attr
            and 'Project' in self.world.catalogue.type(one.target).attributes
        ]

    def _sets(self, kind: str) -> list[Any]:
        attributes = self.world.catalogue.type(kind).attributes.values()
        return [one for one in attributes if one.type == 'COLLECTION' and is_modifiable(one)]

    def _role(self, oid: int) -> int | None:
        """Return the strength of the caller's role where an object is; None for no project."""
        project = self.before.rows[oid][3]
        return None if project is None else self.caller.role(project)

    def members(self, random: Random) -> Any:
        oid, attr = self._set(random)
        verb = random.choice(('add', 'add', 'remove'))
        items = self._refs(random, attr.target or '')
        if verb == 'remove':
            with self.world.emulator.store.reading() as tx:
                held = tx.members(oid, attr)
            items = [{'_ref': self.world.path_of(self.before, one)} for one in held] or items
            items = random.sample(items, min(len(items), 2))
        path = self.world.path_of(self.before, oid, attr.name) + '/' + verb
        return 'POST', path, {'CollectionItems': items}, {}

    def replace(self, random: Random) -> Any:
        oid, attr = self._set(random)
        items = random.choice(([], self._refs(random, attr.target or '')))
        kind = self.world.catalogue.type(self.before.rows[oid][1])
        return 'POST', self.world.path_of(self.before, oid), {kind.name: {attr.name: items}}, {}

    def delete(self, random: Random) -> Any:
        return 'DELETE', self.world.path_of(self.before, self._object(random)), None, {}

    def copy(self, random: Random) -> Any:
        oid = self._object(random)
        return 'POST', self.world.path_of(self.before, oid, 'copy'), {}, {}

    def restore(self, random: Random) -> Any:
        entries = self.before.by_type.get('RecycleBinEntry', [])
        if not entries:
            return self.delete(random)
        path = self.world.path_of(self.before, random.choice(entries), 'restore')
        return 'POST', path, {}, {}

    def permissions(self, random: Random) -> Any:
        user = random.choice(self.before.by_type['User'])
        project = random.choice(self.before.by_type['Project'])
        workspace = random.choice(list(self.world.workspaces.values()))
        lists = {
            'AdminWorkspaces': [f'/workspace/{workspace}'],
            'NoAccessWorkspaces': [f'/workspace/{workspace}'],
            'AdminProjects': [f'/project/{project}'],
            'NoAccessProjects': [f'/project/{project}'],
            'MembershipProjects': [f'/project/{project}'],
        }
        name = random.choice(list(lists))
        order = {
            'userOID': str(user),
            'rootProjectOID': str(project),
            'permission': random.choice(('No Access', 'Project Admin')),
            'forceDowngradePermissions': 'true',
        }
        attribute = self.world.catalogue.type('Defect').attributes['Severity'].oid
        definition = self.world.catalogue.type('Defect').oid
        kind = 'ScopedAttributeDefinition'
        field = f'/project/{project}/typedefinition/{definition}/{kind.lower()}'
        return random.choice(
            (
                ('POST', f'/user/{user}/permissionmap', {'PermissionMap': {name: lists[name]}}, {}),
                ('POST', '/projectpermission/bulkupdate', order, {}),
                ('POST', f'/user/{user}/setpermissionflags',
                 {'SetPermissionFlags': {'SubscriptionAdmin': True}}, {}),
                ('POST', f'{field}/{attribute}', {kind: {'Hidden': True}}, {}),
                ('POST', f'/user/{user}', {'User': {'Disabled': True}}, {}),
                ('DELETE', f'/user/{user}', None, {}),
            )
        )  # fmt: skip

    # What has changed

    def look(self, after: State) -> None:
        """Look for changes that the caller could not make by the object's own reference."""
        before = self.before
        changed = {
            oid
            for oid, row in before.rows.items()
            if oid in after.rows and self._differs(row, after.rows[oid], after)
        }
        gone = {
            oid
            for oid, row in before.rows.items()
            if not row[6] and (oid not in after.rows or after.rows[oid][6])
        }
        purged = {oid for oid, row in before.rows.items() if row[6] and oid not in after.rows}
        back = {
            oid
            for oid, row in before.rows.items()
            if row[6] and oid in after.rows and not after.rows[oid][6]
        }
        for source, name, target in before.edges ^ after.edges:
            if source in before.rows and self._matters(source, name, target, gone | purged, after):
                changed.add(source)
        for oid in sorted(changed - gone - purged - back):
            if not self.caller.may_change(oid):
                raise Find(f'changes {before.rows[oid][:5]} to {after.rows[oid]}')
        for oid in sorted(gone | purged | back):
            if not self._may_remove(oid):
                raise Find(f'removes or brings back {before.rows[oid][:5]}')

    def _differs(self, old: tuple[Any, ...], new: tuple[Any, ...], after: State) -> bool:
        """Say whether more has changed than what follows from other objects."""
        if old == new:
            return False
        if (old[2], old[3], old[4], old[7]) != (new[2], new[3], new[4], new[7]):
            return True
        known = self.world.catalogue.type(old[1]).attributes
        was, now = self.before.doc(old[0]), after.doc(new[0])
        names = {key for key in {*was, *now} if was.get(key) != now.get(key)}
        free = {name for name, attr in known.items() if attr.read_only} | FOLLOWING
        if old[1] in self.world.catalogue.family('Artifact'):
            # What roll-ups are worked out from is kept beside the attributes.
            free |= {name for name in names if name.startswith('_')}
        return bool(names - free)

    def _matters(self, source: int, name: str, target: int, gone: set[int], after: State) -> bool:
        """Say whether an edge that came or went is a change of the object that it leads from."""
        if source in gone or target in gone:
            return False
        if '.' in name:
            # The far side of many-to-many; whoever may change it has changed it there.
            return target in self.before.rows and not self.caller.may_change(target)
        attr = self.world.catalogue.type(self.before.rows[source][1]).attributes.get(name)
        if name in ('Project', 'Workspace', 'Iteration', 'Release'):
            return True
        return attr is not None and not attr.read_only and name not in FOLLOWING

    def _may_remove(self, oid: int) -> bool:
        """Say whether the caller could delete an object, or what it is a part of."""
        row = self.before.rows[oid]
        kind = self.world.catalogue.type(row[1])
        if row[6]:
            entries = self.before.by_type.get('RecycleBinEntry', ())
            entry = [one for one in entries if self.before.doc(one)['ItemOID'] == oid]
            parts = [one for one in entries if oid in self.before.doc(one).get('_parts', ())]
            return all(map(self._may_delete, entry or parts))
        if kind.deletable:
            return self._may_delete(oid)
        # Histories, contents and the like go with what they belong to.
        return True

    def _may_delete(self, oid: int) -> bool:
        try:
            return self.caller.may_change(oid, 'DELETE')
        finally:
            self.world.emulator.restore(self.beginning)


class Attack:
    """Reads and writes of all users of a random world.

    :param seed: decides the requests.
    """

    def __init__(self, world: World, seed: Any) -> None:
        self.seed, self.random = seed, Random(f'{seed}/requests')
        callers = [Caller(world, number, world.state) for number in range(PEOPLE)]
        self.readers = [Reader(world, caller) for caller in callers]
        self.writers = [Writer(world, caller) for caller in callers]

    def run(
        self, seconds: float = math.inf, requests: float = math.inf, writes: float = 0.5
    ) -> dict[str, int]:
        """Attack for so long, or with so many requests; return how much was looked at.

        :param writes: the share of the requests that write.
        :raises Find: with the first fault, and the seed that repeats it.
        """
        random, end, done = self.random, time.monotonic() + seconds, 0
        while time.monotonic() < end and done < requests:
            done += 1
            number = random.randrange(PEOPLE)
            reader = self.readers[number]
            try:
                if random.random() < writes:
                    self.writers[number].anything(random)
                else:
                    (reader.guess if random.random() < 0.05 else reader.anything)(random)
            except Find as find:
                raise Find(f'seed {self.seed!r}: {find}') from None
        return {
            'reads': sum(one.asked for one in self.readers),
            'values': sum(one.values for one in self.readers),
            'writes': sum(one.sent for one in self.writers),
            'accepted': sum(one.accepted for one in self.writers),
        }

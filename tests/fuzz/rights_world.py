"""A random world with random users, and random requests about it: for the property of rights.

The world has two workspaces, and objects of every type that can be made, whose references lead into
any project. Every text of it holds a marker of its own, so that it is known wherever it turns up.
What a user may read is worked out here once more, from the permissions and the table of the docs
alone.
"""

from __future__ import annotations

import base64
import itertools
import json
import os
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from random import Random
from typing import Any

import requests
from sqlalchemy import text

from pyral.emulator import Emulator
from pyral.emulator.catalogue.catalogue import catalogue_for
from pyral.emulator.model import AttrDef, TypeDef

BASE = '/slm/webservice/v2.0'
MARKER = re.compile(r'mk\d{5}x')
#: Projects by workspace, each with its parent.
PLACES = {
    'East': (('E1', None), ('E2', 'E1'), ('E3', None)),
    'West': (('W1', None), ('W2', None)),
}
PEOPLE = 6
#: What most of a world consists of.
CORE = (
    'HierarchicalRequirement',
    'Defect',
    'Task',
    'TestCase',
    'Iteration',
    'PortfolioItem/Feature',
)
#: Part -> references to what it belongs to; as the table of the docs says.
OWNERS = {
    'Attachment': ('Artifact', 'TestCaseResult'),
    'Blocker': ('WorkProduct',),
    'Build': ('BuildDefinition',),
    'CapacityPlanAssignment': ('CapacityPlanItem', 'CapacityPlanProject'),
    'CapacityPlanItem': ('CapacityPlan',),
    'ConversationPost': ('Artifact',),
    'ExpertiseDemand': ('PortfolioItem',),
    'ObjectiveConversationPost': ('Objective',),
    'PullRequest': ('Artifact',),
    'TestCaseResult': ('TestCase',),
    'TestCaseStep': ('TestCase',),
    'TimeEntryValue': ('TimeEntryItem',),
}
#: What may belong to nothing, and is for the workspace then.
ALONE = ('Attachment', 'AttachmentContent', 'ExpertiseDemand')
ROLES = {'Viewer': 1, 'User': 1, 'Editor': 2, 'Admin': 3}


def document(random: Random) -> dict[str, Any]:
    """Return a world of places and people, with random permissions."""
    people = []
    for number in range(PEOPLE):
        permissions = []
        for workspace, projects in PLACES.items():
            role = random.choice((None, 'User', 'User', 'User', 'Admin' if number < 2 else 'User'))
            if role is None:
                continue
            permissions.append({'on': '@' + workspace, 'role': role})
            for project, _ in projects:
                role = random.choice((None, 'Viewer', 'Viewer', 'Editor', 'Editor', 'Admin'))
                if role is not None:
                    permissions.append({'on': '@' + project, 'role': role})
        people.append(
            {
                'id': f'u{number}',
                'UserName': f'u{number}@example.com',
                'apiKey': f'_key{number}',
                'permissions': permissions,
            }
        )
    head = {'id': 'ada', 'UserName': 'ada@example.com', 'apiKey': '_ada', 'SubscriptionAdmin': True}
    workspaces = []
    for workspace, projects in PLACES.items():
        below: dict[str | None, list[dict[str, Any]]] = {}
        for project, parent in projects:
            entry = {'id': project, 'Name': project}
            below.setdefault(parent, []).append(entry)
        for entry in itertools.chain(*below.values()):
            entry['Children'] = below.get(entry['Name'], [])
        workspaces.append({'id': workspace, 'Name': workspace, 'projects': below[None]})
    return {
        'format': 1,
        'login': 'ada',
        'subscription': {'Name': 'Random', 'SubscriptionID': 1},
        'users': [head, *people],
        'workspaces': workspaces,
    }


class State:
    """The rows and edges of the emulator at one moment, all but the system's own attributes."""

    def __init__(self, emulator: Emulator) -> None:
        with emulator.store.reading() as tx:
            rows = tx.connection.execute(
                text(
                    'SELECT oid, type, workspace, project, name, version, recycled, alt_id, doc'
                    " FROM objects WHERE oid > 0 OR type != 'AttributeDefinition'"
                )
            ).fetchall()
            edges = tx.connection.execute(
                text(
                    'SELECT source, attr, target FROM links'
                    " WHERE source > 0 OR attr = 'AttributeDefinition'"
                )
            ).fetchall()
        self.rows = {row[0]: tuple(row) for row in rows}
        self.edges = {tuple(row) for row in edges}
        self.by_type: dict[str, list[int]] = {}
        for row in rows:
            if not row[6]:
                self.by_type.setdefault(row[1], []).append(row[0])
        self._led: dict[tuple[int, str], int] | None = None
        self._held: dict[tuple[int, str], list[int]] | None = None
        self._docs: dict[int, dict[str, Any]] = {}

    def doc(self, oid: int) -> dict[str, Any]:
        found = self._docs.get(oid)
        if found is None:
            found = self._docs[oid] = json.loads(self.rows[oid][8])
        return found

    def target(self, oid: int, name: str) -> int | None:
        if self._led is None:
            self._led = {(source, attr): end for source, attr, end in self.edges}
        return self._led.get((oid, name))

    def sources(self, oid: int, name: str) -> list[int]:
        if self._held is None:
            self._held = {}
            for source, attr, end in self.edges:
                self._held.setdefault((end, attr), []).append(source)
        return self._held.get((oid, name), [])


class Caller:
    """One user: what the roles say, and a way to ask.

    :param state: the rows by which rights are worked out.
    """

    def __init__(self, world: World, number: int, state: State) -> None:
        self.world, self.number, self.state = world, number, state
        self.oid = world.oid_of('User', f'u{number}@example.com', state)
        self.session = world.session(f'_key{number}')
        self.workspaces: dict[int, str] = {}
        self.projects: dict[int, str] = {}
        for row in state.rows.values():
            if str(row[7]).startswith(f'{self.oid}u') and not row[6]:
                role = state.doc(row[0])['Role']
                if row[1] == 'WorkspacePermission':
                    self.workspaces[row[2]] = role
                else:
                    self.projects[row[3]] = role
        self._reads: dict[int, bool] = {}

    def role(self, project: int) -> int:
        """Return the strength of the role in a project."""
        workspace = self.state.rows[project][2]
        if self.workspaces.get(workspace) == 'Admin':
            return 3
        if workspace not in self.workspaces:
            return 0
        return ROLES.get(self.projects.get(project, ''), 0)

    def reads(self, oid: int) -> bool:
        """Say whether the roles let the user read an object."""
        found = self._reads.get(oid)
        if found is None:
            self._reads[oid] = False
            found = self._reads[oid] = self._work_out(oid)
        return found

    def _work_out(self, oid: int) -> bool:
        state = self.state
        row = state.rows.get(oid)
        if row is None:
            # The system's own attributes are not kept here; they are for all.
            return oid < 0
        _, kind, workspace, project, *_ = row
        if kind == 'UserProfile':
            return state.target(self.oid, 'UserProfile') == oid
        if kind == 'Workspace':
            return oid in self.workspaces
        if kind == 'Project':
            return self.role(oid) > 0
        if workspace is not None and workspace not in self.workspaces:
            return False
        if self.workspaces.get(workspace) == 'Admin':
            return True
        if project is not None:
            return self.role(project) > 0
        owners = owners_of(state, oid)
        if owners is None:
            return True
        if not owners and kind == 'AttachmentContent':
            return state.doc(oid).get('_maker') in (None, self.oid)
        return any(map(self.reads, owners)) if owners else kind in ALONE

    def ask(self, method: str, path: str, body: Any = None, **params: Any) -> requests.Response:
        address = self.world.emulator.url + ('' if path.startswith(('/slm', '/browse')) else BASE)
        return self.session.request(method, address + path, params=params, json=body)

    def may_change(self, oid: int, by: str = 'POST') -> bool:
        """Say whether the user could change an object by its own reference; tries it.

        :param by: `POST` for an update that says nothing, `DELETE` for its removal.
        """
        _, kind, *_ = self.state.rows[oid]
        body = {kind.rsplit('/', 1)[-1]: {}} if by == 'POST' else None
        answer = self.ask(by, self.world.path_of(self.state, oid), body).json()
        return not next(iter(answer.values()))['Errors']


def owners_of(state: State, oid: int) -> list[int] | None:
    """Return what a part belongs to; None for what is no part."""
    kind = state.rows[oid][1]
    if kind == 'RecycleBinEntry':
        return [one for one in [state.doc(oid)['ItemOID']] if one in state.rows]
    if kind == 'AttachmentContent':
        return state.sources(oid, 'Content')
    if kind in ('Revision', 'RevisionHistory'):
        history = state.target(oid, 'RevisionHistory') if kind == 'Revision' else oid
        holders = [] if history is None else state.sources(history, 'RevisionHistory')
        return [one for one in holders if state.rows[one][1] != 'Revision']
    if kind not in OWNERS:
        return None
    found = [state.target(oid, name) for name in OWNERS[kind]]
    return [one for one in found if one is not None]


class World:
    """An emulator of a random world.

    :param random: decides everything.
    :param emulator: with the world of `document`.
    """

    def __init__(self, random: Random, emulator: Emulator) -> None:
        self.random, self.emulator = random, emulator
        self._numbers = itertools.count(1)
        self.state = State(emulator)
        with emulator.store.reading() as tx:
            self.workspaces = {
                name: next(
                    row[0]
                    for row in self.state.rows.values()
                    if row[1] == 'Workspace' and row[4] == name
                )
                for name in PLACES
            }
            self.catalogues = {oid: catalogue_for(tx, oid) for oid in self.workspaces.values()}
        self.catalogue = next(iter(self.catalogues.values()))
        self.admin = self.session('_ada')
        self.made: dict[str, int] = {}

    def session(self, key: str) -> requests.Session:
        session = requests.Session()
        session.trust_env = False
        session.headers['ZSESSIONID'] = key
        session.mount(self.emulator.url, self.emulator.adapter())
        return session

    def oid_of(self, kind: str, name: str, state: State) -> int:
        return next(row[0] for row in state.rows.values() if row[1] == kind and row[4] == name)

    def path_of(self, state: State, oid: int, collection: str = '') -> str:
        row = state.rows[oid]
        path = f'/{row[1].lower()}/{row[7] or oid}'
        return f'{path}/{collection}' if collection else path

    def populate(self, rounds: int = 2) -> None:
        """Make objects of every type that can be made, as the administrator."""
        kinds = [one for one in self.catalogue.types() if one.creatable and not one.abstract]
        core = [self.catalogue.type(path) for path in CORE]
        for _ in range(rounds):
            for type_def in self.random.sample(kinds, len(kinds)) + 4 * core + kinds:
                workspace = self.random.choice(list(self.workspaces.values()))
                values = self.values(type_def, workspace, unfit=0)
                path = f'{BASE}/{type_def.path.lower()}/create'
                answer = self.admin.put(
                    self.emulator.url + path,
                    json={type_def.name: values},
                    params={'workspace': f'/workspace/{workspace}'},
                ).json()
                made = answer['CreateResult']
                if not made['Errors']:
                    self.made[type_def.path] = self.made.get(type_def.path, 0) + 1
                    oid = made['Object']['ObjectID']
                    if isinstance(oid, int):
                        self._learn(oid)
        self._bin_some()
        self.state = State(self.emulator)

    def _learn(self, oid: int) -> None:
        with self.emulator.store.reading() as tx:
            obj = tx.get(oid)
        assert obj is not None
        self.state.rows[oid] = (
            oid, obj.type, obj.workspace, obj.project, obj.name, 1, False, obj.alt_id, '{}',
        )  # fmt: skip
        self.state.by_type.setdefault(obj.type, []).append(oid)

    def _bin_some(self) -> None:
        """Delete some of what goes to the recycle bin."""
        self.state = State(self.emulator)
        for type_def in self.catalogue.types():
            found = self.of_type(type_def.path, None)
            if type_def.restorable and found:
                path = self.path_of(self.state, self.random.choice(found))
                self.admin.delete(self.emulator.url + BASE + path)

    def of_type(self, path: str, workspace: int | None) -> list[int]:
        """Return the objects of a type and its kinds, in a workspace or in none."""
        family = self.catalogue.family(path) if self.catalogue.resolve(path) else (path,)
        rows = self.state.rows
        return [
            oid
            for kind in family
            for oid in self.state.by_type.get(kind, ())
            if workspace is None or rows[oid][2] in (None, workspace) or oid == workspace
        ]

    def marker(self) -> str:
        return f'mk{next(self._numbers):05d}x'

    def values(
        self, type_def: TypeDef, workspace: int | None, unfit: float, share: float = 0.7
    ) -> dict[str, Any]:
        """Return random values for the attributes of a type.

        :param unfit: how often an attribute is set that cannot be, or leads to another workspace.
        :param share: how many attributes are set.
        """
        found: dict[str, Any] = {}
        for name, attr in type_def.attributes.items():
            if attr.read_only and not attr.create_only and self.random.random() >= unfit:
                continue
            if not attr.required and self.random.random() > share:
                continue
            elsewhere = self.random.random() < unfit
            value = self.value(attr, None if elsewhere else workspace)
            if value is not None:
                found[name] = value
        if 'Workspace' in type_def.attributes and workspace is not None:
            found['Workspace'] = f'/workspace/{workspace}'
        for name in ('Disabled', 'Deleted', 'c_', 'State', 'FlowState'):
            if self.random.random() >= unfit:
                found.pop(name, None)
        if type_def.path == 'HierarchicalRequirement' and 'Parent' in found:
            found.pop('PortfolioItem', None)
        if type_def.path == 'AttachmentContent':
            found['Content'] = base64.b64encode(self.marker().encode()).decode()
        return found

    def value(self, attr: AttrDef, workspace: int | None) -> Any:
        """Return a random value of an attribute, in its form in a body."""
        random = self.random
        if attr.type == 'OBJECT':
            return self.reference(attr.target or '', workspace)
        if attr.type == 'COLLECTION':
            some = [
                self.reference(attr.target or '', workspace) for _ in range(random.randint(0, 2))
            ]
            return [{'_ref': one} for one in some if one is not None]
        if attr.allowed_values:
            return random.choice(attr.allowed_values)
        if attr.name in ('UserName', 'EmailAddress'):
            return self.marker() + '@example.com'
        return {
            'STRING': self.marker,
            'TEXT': self.marker,
            'INTEGER': lambda: random.randint(0, 9),
            'DECIMAL': lambda: random.randint(0, 9),
            'QUANTITY': lambda: random.randint(0, 9),
            'BOOLEAN': lambda: random.random() < 0.5,
            'DATE': lambda: f'2026-0{random.randint(1, 9)}-10T00:00:00.000Z',
        }.get(attr.type, lambda: None)()

    def reference(self, target: str, workspace: int | None) -> str | None:
        """Return a reference to a random object that an attribute may lead to."""
        found = self.of_type(target, workspace)
        if not found:
            return None
        return self.path_of(self.state, self.random.choice(found))


@contextmanager
def random_world(seed: Any, rounds: int = 2) -> Iterator[World]:
    """Make a random world; the same seed makes the same again."""
    random = Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, 'world.json')
        with open(path, 'w', encoding='utf-8') as target:
            json.dump(document(random), target)
        with Emulator(world=path, listen=False, now='2026-03-18T15:30:00.000Z') as emulator:
            world = World(random, emulator)
            world.populate(rounds)
            yield world

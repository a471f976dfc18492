"""A world of two dozen objects, put straight into a store: for tests of reading and of requests.

It needs neither the rules nor the world files, so a fault there cannot hide one here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pyral.emulator.access.auth import hash_password
from pyral.emulator.store import Obj, Store, Tx

PASSWORD = 'tiny-password'


@dataclass
class Tiny:
    """The ObjectIDs of the tiny world by name, and the credentials."""

    user: str = 'ada@tiny.test'
    password: str = PASSWORD
    apikey: str = '_tinyfullkey'
    readonly_key: str = '_tinyreadonly'
    viewer: str = 'vera@tiny.test'
    viewer_key: str = '_tinyviewer'
    disabled: str = 'dora@tiny.test'
    oids: dict[str, int] = field(default_factory=dict)

    def __getitem__(self, name: str) -> int:
        return self.oids[name]


class Builder:
    """Inserts objects and remembers their ids."""

    def __init__(self, tx: Tx) -> None:
        self.tx = tx
        self.tiny = Tiny()

    def add(self, name: str, type_path: str, shown: str | None = None, **values: object) -> int:
        """Insert an object; values that are names of others become edges."""
        columns = {
            key: values.pop(key)
            for key in (
                'workspace',
                'project',
                'number',
                'formatted_id',
                'alt_id',
                'created',
                'rank',
            )
            if key in values
        }
        links: dict[str, object] = values.pop('links', {})  # type: ignore[assignment]
        obj = Obj(type=type_path, name=shown, doc=dict(values))
        for key, value in columns.items():
            setattr(
                obj,
                key,
                self.tiny.oids[value]
                if key in ('workspace', 'project') and isinstance(value, str)
                else value,
            )
        edges = {
            attr: [
                self.tiny.oids[one]
                for one in (target if isinstance(target, (list, tuple)) else [target])
            ]
            for attr, target in links.items()
        }
        self.tiny.oids[name] = self.tx.insert(obj, edges).oid
        return self.tiny.oids[name]


def build_tiny(store: Store) -> Tiny:
    """Fill a store and return what tests need to know of it."""
    with store.writing() as tx:
        builder = Builder(tx)
        places(builder)
        people(builder)
        artifacts(builder)
    return builder.tiny


def places(builder: Builder) -> None:
    add = builder.add
    add('sub', 'Subscription', 'Tiny Inc', SubscriptionID=100, SessionTimeoutSeconds=3600)
    for name, zone in (('east', 'America/New_York'), ('west', 'Pacific/Auckland')):
        add(name, 'Workspace', name.title(), State='Open')
        add(name + '-config', 'WorkspaceConfiguration', TimeZone=zone, workspace=name)
        builder.tx.set_link(
            builder.tiny[name], 'WorkspaceConfiguration', builder.tiny[name + '-config']
        )
    add('top', 'Project', 'Top', workspace='east', State='Open')
    add('mid', 'Project', 'Mid', workspace='east', State='Open', links={'Parent': 'top'})
    add('leaf', 'Project', 'Leaf', workspace='east', State='Open', links={'Parent': 'mid'})
    add('side', 'Project', 'Side', workspace='east', State='Open', links={'Parent': 'top'})
    add('shut', 'Project', 'Shut', workspace='east', State='Closed')
    add('far', 'Project', 'Far', workspace='west', State='Open')


def people(builder: Builder) -> None:
    tiny = builder.tiny
    rows = (
        ('ada', tiny.user, {'SubscriptionAdmin': True, '_apikey': tiny.apikey}),
        (
            'rob',
            'rob@tiny.test',
            {'SubscriptionAdmin': True, '_apikey': tiny.readonly_key, '_apikey_readonly': True},
        ),
        ('vera', tiny.viewer, {'_apikey': tiny.viewer_key}),
        ('dora', tiny.disabled, {'Disabled': True, '_apikey': '_tinydisabled'}),
    )
    for name, login, extra in rows:
        doc = {
            'UserName': login,
            'EmailAddress': login,
            'DisplayName': name.title(),
            'FirstName': name.title(),
            '_password': hash_password(PASSWORD),
            **extra,
        }
        builder.add(name, 'User', name.title(), **doc)
        builder.add(
            name + '-profile',
            'UserProfile',
            links={'User': name, 'DefaultWorkspace': 'east', 'DefaultProject': 'mid'},
        )
        builder.tx.set_link(tiny[name], 'UserProfile', tiny[name + '-profile'])
    builder.add(
        'vera-east',
        'WorkspacePermission',
        'User',
        Role='User',
        workspace='east',
        alt_id='{}u{}w1'.format(tiny['vera'], tiny['east']),
        links={'User': 'vera'},
    )
    builder.add(
        'vera-mid',
        'ProjectPermission',
        'Viewer',
        Role='Viewer',
        workspace='east',
        alt_id='{}u{}p2'.format(tiny['vera'], tiny['mid']),
        links={'User': 'vera', 'Project': 'mid'},
    )


def artifacts(builder: Builder) -> None:
    add = builder.add
    add('red', 'Tag', 'red', workspace='east')
    add('blue', 'Tag', 'blue', workspace='east')
    add(
        'm1',
        'Milestone',
        'Beta',
        workspace='east',
        DisplayColor='#ff0000',
        formatted_id='MI1',
        number=1,
    )
    add(
        'feature',
        'PortfolioItem/Feature',
        'Search',
        workspace='east',
        project='top',
        formatted_id='F1',
        number=1,
        RefinedEstimate=8,
    )
    add(
        'story',
        'HierarchicalRequirement',
        'Log in',
        workspace='east',
        project='mid',
        formatted_id='US1',
        number=1,
        ScheduleState='Defined',
        PlanEstimate=3,
        Description='<b>Type</b> a name',
        rank='P!!!1',
        links={'Owner': 'ada', 'PortfolioItem': 'feature', 'Artifact.Tags': ['red', 'blue']},
    )
    add(
        'child',
        'HierarchicalRequirement',
        'Forgot password',
        workspace='east',
        project='leaf',
        formatted_id='US2',
        number=2,
        ScheduleState='In-Progress',
        rank='P!!!2',
        links={'Parent': 'story', 'Owner': 'vera'},
    )
    add(
        'old',
        'HierarchicalRequirement',
        'Side story',
        workspace='east',
        project='side',
        formatted_id='US3',
        number=3,
        ScheduleState='Accepted',
        rank='P!!!3',
    )
    add(
        'task-a',
        'Task',
        'Draw',
        workspace='east',
        project='mid',
        formatted_id='TA1',
        number=1,
        State='Defined',
        TaskIndex=1,
        Estimate=2.5,
        Blocked=True,
        rank='P!!!4',
        links={'WorkProduct': 'story', 'Owner': 'ada'},
    )
    add(
        'task-b',
        'Task',
        'Paint',
        workspace='east',
        project='mid',
        formatted_id='TA2',
        number=2,
        State='Completed',
        TaskIndex=2,
        rank='P!!!5',
        links={'WorkProduct': 'story'},
    )
    add(
        'bug',
        'Defect',
        'Login <fails>',
        workspace='east',
        project='mid',
        formatted_id='DE1',
        number=1,
        State='Open',
        Severity='Major Problem',
        rank='P!!!6',
        links={'Requirement': 'story', 'Milestone.Artifacts': [], 'Artifact.Tags': ['red']},
    )
    add(
        'far-bug',
        'Defect',
        'Far away',
        workspace='west',
        project='far',
        formatted_id='DE1',
        number=1,
        State='Submitted',
        rank='P!!!7',
    )
    add(
        'gone',
        'Defect',
        'Deleted',
        workspace='east',
        project='mid',
        formatted_id='DE2',
        number=2,
        State='Open',
        rank='P!!!8',
    )
    builder.tx.update(builder.tiny['gone'], recycled=True)
    add('history', 'RevisionHistory', workspace='east')
    builder.tx.set_link(builder.tiny['story'], 'RevisionHistory', builder.tiny['history'])
    for number in range(3):
        add(
            'rev{}'.format(number),
            'Revision',
            workspace='east',
            RevisionNumber=number,
            Description='Original revision' if not number else 'NAME changed',
            links={'RevisionHistory': 'history', 'User': 'ada'},
        )

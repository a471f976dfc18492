"""Building: what a world file says is what the store holds, and what it leaves out is filled in."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from sqlalchemy import select

from pyral.emulator import worlds
from pyral.emulator.access.auth import check_password
from pyral.emulator.access.scope import Rights
from pyral.emulator.catalogue.catalogue import catalogue_for
from pyral.emulator.clock import frozen
from pyral.emulator.store import Store
from pyral.emulator.store.reading import of_type
from pyral.emulator.store.tables import blobs, counters, links, objects

DATA = Path(__file__).parent.parent / 'data' / 'worlds'
NOW = '2024-05-15T10:00:00Z'


class Built:
    """A built world with short ways to look at it."""

    def __init__(self, world, seed=0):
        self.store = Store(clock=frozen(NOW), seed=seed)
        self.login = worlds.build(world, self.store)

    def all(self, kind, recycled=False):
        with self.store.reading() as tx:
            statement = select(objects).where(objects.c.type == kind, objects.c.oid > 0)
            return [
                one
                for one in tx.objects(statement.order_by(objects.c.oid))
                if recycled or not one.recycled
            ]

    def one(self, kind, name):
        (found,) = [one for one in self.all(kind, True) if one.name == name]
        return found

    def target(self, obj, attr):
        with self.store.reading() as tx:
            oid = tx.target(obj.oid, attr)
            return None if oid is None else tx.get(oid, recycled=True)

    def members(self, obj, attr):
        with self.store.reading() as tx:
            found = catalogue_for(tx, obj.workspace or obj.oid).type(obj.type).attributes[attr]
            return [tx.get(oid) for oid in tx.members(obj.oid, found)]

    def rows(self):
        with self.store.reading() as tx:
            return {
                table.name: [
                    # Each hash of a password has a salt of its own.
                    tuple(re.sub(r"'pbkdf2:[^']*'", "'hash'", repr(value)) for value in row)
                    for row in tx.rows(select(table).order_by(*table.primary_key))
                ]
                for table in (objects, links, blobs, counters)
            }


@pytest.fixture(scope='module')
def small():
    built = Built(worlds.load(DATA / 'small.json', now=NOW))
    yield built
    built.store.close()


def built(*specs, users=None, **workspace):
    document = {
        'users': users or [{'UserName': 'ann@example.com', 'id': 'ann', 'password': 'secret'}],
        'workspaces': [
            {
                'id': 'main',
                'Name': 'Main',
                'projects': [{'id': 'team', 'Name': 'Team'}],
                'objects': list(specs),
                **workspace,
            }
        ],
    }
    return Built(worlds.of_document(document, now=NOW))


def defect(**values):
    return dict({'type': 'Defect', 'Name': 'x', 'Project': '@team'}, **values)


def test_the_same_world_is_the_same_rows():
    world = worlds.load(DATA / 'small.json', now=NOW)
    assert Built(world).rows() == Built(world).rows()


def test_a_store_takes_one_world_only(small):
    with pytest.raises(worlds.WorldError, match='a world in this store already'):
        worlds.build(worlds.load('empty', now=NOW), small.store)


def test_another_seed_gives_other_uuids():
    world = worlds.load('empty', now=NOW)
    first, second = (Built(world, seed).all('Project')[0] for seed in (1, 2))
    assert first.oid == second.oid
    assert first.uuid != second.uuid


def test_the_credentials_are_those_of_the_login(small):
    shown = small.login
    assert (shown.user, shown.password, shown.apikey) == (
        'ann@example.com',
        'ann-Secret1',
        '_annKey0001',
    )
    assert (shown.workspace, shown.project) == ('Main', 'Team A')
    assert 'Secret' not in repr(shown)
    assert '_annKey' not in repr(shown)


def test_passwords_are_kept_as_hashes(small):
    doc = small.one('User', 'Ed Editor').doc
    assert check_password('ed-Secret1', doc['_password'])
    assert 'ed-Secret1' not in str(doc)


def test_a_read_only_key_is_marked_so(small):
    doc = small.one('User', 'Rob Robot').doc
    assert (doc['_apikey'], doc['_apikey_readonly']) == ('_robReadOnly0001', True)
    assert '_password' not in doc


def test_a_user_without_defaults_has_a_profile_without_them(small):
    profile = small.target(small.one('User', 'Nina Nodefault'), 'UserProfile')
    assert profile.doc['SessionTimeoutSeconds'] > 0
    assert small.target(profile, 'DefaultWorkspace') is None
    assert small.target(profile, 'DefaultProject') is None


def test_rights_are_those_of_the_permissions(small):
    with small.store.reading() as tx:
        users = {user.name: Rights.of(tx, user) for user in of_type(tx, 'User')}
        main = small.one('Workspace', 'Main').oid
        team, web = small.one('Project', 'Team A').oid, small.all('Project')
        inside = [one.oid for one in web if one.name == 'Web'][0]
    assert users['Ann Admin'].subscription_admin
    assert users['Ed Editor'].edits(team, main) and users['Ed Editor'].edits(inside, main)
    assert users['Vic Viewer'].role_in(team, main) == 1
    assert users['Vic Viewer'].role_in(inside, main) == 0
    assert set(users['Rob Robot'].projects) == {one.oid for one in web if one.workspace == main}
    assert users['Dora Disabled'].sees_workspace(main)
    assert small.one('User', 'Dora Disabled').doc['Disabled'] is True


def test_permissions_have_composite_ids_and_the_strongest_counts():
    world = built(
        users=[
            {
                'UserName': 'a@example.com',
                'password': 'x',
                'permissions': [
                    {'on': '@team', 'role': 'Admin'},
                    {'projectsOf': '@main', 'role': 'Viewer'},
                ],
            }
        ]
    )
    (permission,) = world.all('ProjectPermission')
    user, team = world.all('User')[0], world.one('Project', 'Team')
    assert permission.doc['Role'] == 'Admin'
    assert permission.alt_id.startswith('{}u{}p'.format(user.oid, team.oid))
    assert permission.workspace == team.workspace


def test_the_project_tree_is_built_with_its_duplicates(small):
    webs = [one for one in small.all('Project') if one.name == 'Web']
    assert sorted(small.target(one, 'Parent').name for one in webs) == ['Team A', 'Team B']
    assert small.one('Project', 'Old Team').doc['State'] == 'Closed'
    team = small.one('Project', 'Team A')
    assert [one.name for one in small.members(team, 'TeamMembers')] == ['Ed Editor', 'Vic Viewer']


def test_every_project_has_flow_states_for_the_schedule_states(small):
    team = small.one('Project', 'Lab')
    flows = [one for one in small.all('FlowState') if one.project == team.oid]
    assert [one.doc['ScheduleStateMapping'] for one in flows] == [
        'Defined',
        'In-Progress',
        'Completed',
        'Accepted',
    ]


def test_projects_below_have_the_flow_states_of_the_project_above():
    world = built(
        projects=[
            {
                'Name': 'Top',
                'flowStates': [
                    {'id': 'first', 'Name': 'Ready', 'ScheduleStateMapping': 'Defined'},
                    {'Name': 'Gone', 'ScheduleStateMapping': 'Accepted'},
                ],
                'Children': [
                    {'Name': 'Below', 'Children': [{'Name': 'Deep'}]},
                    {'Name': 'Own', 'flowStates': ['Defined', 'Accepted']},
                ],
            },
            {'Name': 'Beside'},
        ]
    )
    found = {
        project.name: [flow.name for flow in world.all('FlowState') if flow.project == project.oid]
        for project in world.all('Project')
    }
    assert found == {
        'Top': ['Ready', 'Gone'],
        'Below': ['Ready', 'Gone'],
        'Deep': ['Ready', 'Gone'],
        'Own': ['Defined', 'Accepted'],
        'Beside': ['Defined', 'In-Progress', 'Completed', 'Accepted'],
    }


def test_timeboxes_begin_and_end_with_the_days_of_the_workspace(small):
    current = small.one('Iteration', 'Iteration 2')
    assert current.doc['StartDate'] == '2024-05-08T06:00:00.000Z'
    assert current.doc['EndDate'] == '2024-05-22T05:59:59.000Z'


def test_nested_objects_belong_to_the_one_they_stand_in(small):
    story = small.one('HierarchicalRequirement', 'Sign in with e-mail')
    tasks = small.members(story, 'Tasks')
    assert [task.doc['TaskIndex'] for task in tasks] == [1, 2, 3]
    assert {task.project for task in tasks} == {story.project}
    assert small.target(tasks[0], 'Iteration').name == 'Iteration 2'
    (case,) = small.members(story, 'TestCases')
    assert [step.doc['StepIndex'] for step in small.members(case, 'Steps')] == [0, 1]
    assert small.members(case, 'Results')[0].project == story.project
    posts = small.members(story, 'Discussion')
    assert [post.doc['PostNumber'] for post in posts] == [0, 1]


def test_roll_ups_are_worked_out(small):
    story = small.one('HierarchicalRequirement', 'Sign in with e-mail')
    assert story.doc['TaskEstimateTotal'] == 16
    assert story.doc['TaskRemainingTotal'] == 5
    assert small.one('HierarchicalRequirement', 'Check out').doc['DirectChildrenCount'] == 2
    assert small.one('PortfolioItem/Feature', 'Accounts').doc['LeafStoryCount'] == 3


def test_numbers_go_on_after_the_highest_one_given(small):
    assert small.one('HierarchicalRequirement', 'Sign in with e-mail').formatted_id == 'US101'
    assert small.one('HierarchicalRequirement', 'Check out').formatted_id == 'US102'
    assert small.one('Defect', 'Typo on the start page').formatted_id == 'DE8'
    assert small.one('HierarchicalRequirement', 'Try something').formatted_id == 'S1'
    with small.store.writing() as tx:
        main = small.one('Workspace', 'Main').oid
        assert tx.next_number(main, 'HierarchicalRequirement') == 106


def test_explicit_identity_is_kept_and_new_ids_keep_clear():
    uuid = '3f0c7f5e-3a52-4b39-9d02-9c1f6a3f2a11'
    plain = built(defect())
    taken = plain.all('Defect')[0].oid
    world = built(
        defect(Name='a'),
        defect(
            Name='b',
            ObjectID=taken,
            ObjectUUID=uuid,
            CreationDate='2020-01-02T03:04:05Z',
            LastUpdateDate='2020-02-02T03:04:05Z',
            VersionId='9',
        ),
    )
    found = world.one('Defect', 'b')
    assert (found.oid, found.uuid, found.version) == (taken, uuid, 9)
    assert (found.created, found.updated) == (
        '2020-01-02T03:04:05.000Z',
        '2020-02-02T03:04:05.000Z',
    )
    with world.store.writing() as tx:
        assert tx.get(tx.new_oid(), recycled=True) is None


def test_defaults_are_those_of_the_service():
    found = built(defect()).all('Defect')[0]
    assert found.doc['State'] == 'Submitted'
    assert found.doc['ScheduleState'] == 'Defined'
    assert found.doc['ScheduleStatePrefix'] == 'D'
    assert found.doc['Severity'] == 'None'
    assert found.doc['Blocked'] is False
    assert found.rank and found.formatted_id == 'DE1' and found.version == 1


def test_schedule_state_and_flow_state_go_together():
    world = built(
        defect(Name='a', ScheduleState='Accepted'), defect(Name='b', FlowState='Completed')
    )
    accepted, completed = world.all('Defect')
    assert world.target(accepted, 'FlowState').name == 'Accepted'
    assert accepted.doc['AcceptedDate'] and accepted.doc['InProgressDate']
    assert completed.doc['ScheduleState'] == 'Completed'
    assert 'AcceptedDate' not in completed.doc


def test_ranks_follow_the_order_of_the_file():
    found = built(*[defect(Name=str(number)) for number in range(20)]).all('Defect')
    assert [one.name for one in sorted(found, key=lambda one: one.rank)] == [
        str(number) for number in range(20)
    ]


@pytest.mark.parametrize('rank', ['', '!!!', 'P !', 'Z\u00fcrich'])
def test_what_can_be_no_rank_is_refused(rank):
    with pytest.raises(worlds.WorldError, match='is no rank') as caught:
        built(defect(Name='a', DragAndDropRank=rank))
    assert 'DragAndDropRank' in str(caught.value)


def test_ranks_of_the_file_stand_and_what_follows_goes_on_after_the_lowest():
    found = built(
        defect(Name='b', DragAndDropRank='b'),
        defect(Name='B', DragAndDropRank='B!!'),
        defect(Name='c'),
    ).all('Defect')
    assert [one.name for one in sorted(found, key=lambda one: one.rank)] == ['B', 'b', 'c']
    with pytest.raises(worlds.WorldError, match='no rank below'):
        built(defect(Name='last', DragAndDropRank='~' * 64), defect(Name='none'))


def test_revisions_count_versions_and_date_the_last_update(small):
    story = small.one('HierarchicalRequirement', 'Sign in with e-mail')
    assert story.version == 2
    assert story.updated == '2024-05-09T16:15:00.000Z'
    history = small.target(story, 'RevisionHistory')
    revisions = sorted(
        small.members(history, 'Revisions'), key=lambda one: one.doc['RevisionNumber']
    )
    assert [one.doc['Description'] for one in revisions] == [
        'Original revision',
        'SCHEDULE STATE changed from [Defined] to [In-Progress]',
    ]
    assert small.target(revisions[1], 'User').name == 'Ed Editor'


def test_deleted_objects_lie_in_the_recycle_bin_with_their_parts():
    world = built(
        {
            'type': 'HierarchicalRequirement',
            'Name': 'gone',
            'Project': '@team',
            'deleted': {'by': '@ann', 'at': 'today-2'},
            'Tasks': [
                {'Name': 'part', 'Attachments': [{'Name': 'a.txt', 'content': {'text': 'a'}}]}
            ],
        }
    )
    story, task = world.one('HierarchicalRequirement', 'gone'), world.one('Task', 'part')
    assert story.recycled and task.recycled and world.one('Attachment', 'a.txt').recycled
    (entry,) = world.all('RecycleBinEntry')
    assert entry.doc['ID'] == 'US1' and entry.doc['ItemOID'] == story.oid
    assert entry.doc['DeletionDate'] == '2024-05-13T00:00:00.000Z'
    assert world.target(entry, 'DeletedBy').name == 'ann@example.com'
    assert sorted(entry.doc['_parts']) == sorted([task.oid, world.one('Attachment', 'a.txt').oid])


@pytest.mark.parametrize(
    'content, data',
    [
        ({'text': 'Grüße'}, 'Grüße'.encode()),
        ({'base64': base64.b64encode(b'\0\1\2').decode()}, b'\0\1\2'),
    ],
)
def test_attachment_content_is_kept_with_its_size(content, data):
    world = built(defect(Attachments=[{'Name': 'notes.txt', 'content': content}]))
    (attachment,) = world.all('Attachment')
    assert attachment.doc['Size'] == len(data)
    assert attachment.doc['ContentType'] == 'text/plain'
    assert world.target(attachment, 'User').name == 'ann@example.com'
    with world.store.reading() as tx:
        assert tx.get_blob(world.target(attachment, 'Content').oid) == data


def test_attachment_content_may_stand_in_a_file_beside_the_world(tmp_path):
    (tmp_path / 'picture.png').write_bytes(b'\x89PNG')
    (tmp_path / 'world.json').write_text(
        '{"users": [{"UserName": "a@example.com"}], "workspaces": [{"Name": "W", "objects": ['
        '{"type": "Attachment", "Name": "picture.png", "content": {"file": "picture.png"}}]}]}'
    )
    world = Built(worlds.load(tmp_path / 'world.json', now=NOW))
    with world.store.reading() as tx:
        (content,) = world.all('AttachmentContent')
        assert tx.get_blob(content.oid) == b'\x89PNG'


FIELDS = [
    ('STRING', {}, 'a text', 'a text'),
    ('TEXT', {}, '<b>rich</b>', '<b>rich</b>'),
    ('INTEGER', {}, 12, 12),
    ('DECIMAL', {}, 1.25, 1.25),
    ('QUANTITY', {}, 2.5, 2.5),
    ('BOOLEAN', {}, True, True),
    ('DATE', {}, 'today', '2024-05-15T00:00:00.000Z'),
    ('DROP_DOWN', {'values': ['A', 'B']}, 'B', 'B'),
    ('RATING', {'values': ['Low', 'High']}, 'High', 'High'),
    ('STATE', {'values': ['On', 'Off']}, 'Off', 'Off'),
    (
        'WEB_LINK',
        {'url': 'https://x.example.com/${id}'},
        {'LinkID': '7', 'DisplayString': 'Seven'},
        {'LinkID': '7', 'DisplayString': 'Seven'},
    ),
    ('RAW', {}, {'any': ['thing']}, {'any': ['thing']}),
    ('MAP', {}, {'a': 1}, {'a': 1}),
]


@pytest.mark.parametrize('kind, more, given, kept', FIELDS, ids=[row[0] for row in FIELDS])
def test_a_custom_field_of_every_kind_keeps_its_value(kind, more, given, kept):
    world = built(
        defect(c_MyField=given),
        customFields=[dict(on='Defect', name='My Field', kind=kind, **more)],
    )
    assert world.all('Defect')[0].doc['c_MyField'] == kept


def test_custom_users_and_multiple_values_are_edges():
    world = built(
        defect(c_Who='@ann', c_Where=['Linux', 'macOS']),
        customFields=[
            {'on': 'Artifact', 'name': 'Who', 'kind': 'USER'},
            {
                'on': 'Defect',
                'name': 'Where',
                'kind': 'MULTI_VALUE',
                'values': ['Linux', 'Windows', 'macOS'],
            },
        ],
    )
    (found,) = world.all('Defect')
    assert world.target(found, 'c_Who').name == 'ann@example.com'
    assert [value.doc['StringValue'] for value in world.members(found, 'c_Where')] == [
        'Linux',
        'macOS',
    ]


def test_users_have_custom_fields_too():
    world = built(
        users=[{'UserName': 'a@example.com', 'c_Badge': 'B-12'}],
        customFields=[{'on': 'User', 'name': 'Badge', 'kind': 'STRING'}],
    )
    assert world.all('User')[0].doc['c_Badge'] == 'B-12'


STANDARD = [
    ('Description', '<p>rich</p>', '<p>rich</p>'),
    ('PlanEstimate', 3, 3.0),
    ('Blocked', True, True),
    ('TargetDate', '2024-06-01T12:00:00Z', '2024-06-01T12:00:00.000Z'),
    ('Severity', 'Cosmetic', 'Cosmetic'),
    ('ScheduleState', 'Completed', 'Completed'),
    ('FoundInBuild', '1.2', '1.2'),
    ('ClosedDate', 'now-1d', '2024-05-14T10:00:00.000Z'),
]


@pytest.mark.parametrize('name, given, kept', STANDARD, ids=[row[0] for row in STANDARD])
def test_an_attribute_of_every_kind_keeps_its_value(name, given, kept):
    assert built(defect(**{name: given})).all('Defect')[0].doc[name] == kept


def test_collections_take_references_words_and_objects_in_place():
    world = built(
        {'type': 'Tag', 'id': 'a', 'Name': 'alpha'},
        {'type': 'Tag', 'Name': 'beta'},
        defect(Tags=['@a', 'beta', 'gamma', {'Name': 'delta'}, {'@': 'a'}]),
    )
    (found,) = world.all('Defect')
    assert sorted(tag.name for tag in world.members(found, 'Tags')) == [
        'alpha',
        'beta',
        'delta',
        'gamma',
    ]
    assert len(world.all('Tag')) == 4


def test_both_sides_of_a_collection_say_the_same():
    world = built(
        defect(id='d'), {'type': 'Milestone', 'id': 'm', 'Name': 'Launch', 'Artifacts': ['@d']}
    )
    assert [one.name for one in world.members(world.all('Defect')[0], 'Milestones')] == ['Launch']


def test_references_may_point_ahead():
    world = built({'type': 'Task', 'Name': 't', 'WorkProduct': '@later'}, defect(id='later'))
    task = world.one('Task', 't')
    assert world.target(task, 'WorkProduct').name == 'x'
    assert task.project == world.one('Project', 'Team').oid


def test_a_workspace_may_have_portfolio_levels_states_and_values_of_its_own():
    world = built(
        {
            'type': 'PortfolioItem/Epic',
            'id': 'e',
            'Name': 'Big',
            'Project': '@team',
            'State': 'Ready',
        },
        {
            'type': 'HierarchicalRequirement',
            'Name': 's',
            'Project': '@team',
            'PortfolioItem': '@e',
            'ScheduleState': 'Released',
        },
        defect(Severity='Loud'),
        portfolioLevels=[
            {'name': 'Epic', 'prefix': 'EP', 'states': ['Ready', 'Over']},
            {'name': 'Vision'},
        ],
        scheduleStates=['Defined', 'In-Progress', 'Completed', 'Accepted', 'Released'],
        allowedValues={'Defect.Severity': ['Loud', 'Quiet']},
        idPrefixes={'Defect': 'BUG'},
    )
    epic = world.one('PortfolioItem/Epic', 'Big')
    assert epic.formatted_id == 'EP1'
    assert world.target(epic, 'State').name == 'Ready'
    assert [one.name for one in world.members(epic, 'UserStories')] == ['s']
    story = world.one('HierarchicalRequirement', 's')
    assert story.doc['AcceptedDate']
    assert world.target(story, 'FlowState').name == 'Released'
    assert world.all('Defect')[0].formatted_id == 'BUG1'
    configuration = world.all('WorkspaceConfiguration')[0]
    assert configuration.doc['DefectPrefix'] == 'BUG'


def test_a_repeat_stands_there_so_often_and_nests():
    world = built(
        {
            'type': 'HierarchicalRequirement',
            'repeat': 3,
            'id': 'story-{n}',
            'Name': 'Story {n}',
            'Project': '@team',
            'PlanEstimate': '{n%2+1}',
            'ScheduleState': {'cycle': ['Defined', 'Accepted']},
            'Tasks': [{'repeat': {'count': 2, 'as': 'k'}, 'Name': 'Task {n}.{k}'}],
        },
        defect(Requirement='@story-2'),
    )
    stories = world.all('HierarchicalRequirement')
    assert [one.name for one in stories] == ['Story 1', 'Story 2', 'Story 3']
    assert [one.doc['PlanEstimate'] for one in stories] == [2, 1, 2]
    assert [one.doc['ScheduleState'] for one in stories] == ['Defined', 'Accepted', 'Defined']
    assert [one.name for one in world.members(stories[2], 'Tasks')] == ['Task 3.1', 'Task 3.2']
    assert world.target(world.all('Defect')[0], 'Requirement').name == 'Story 2'


def test_a_repeat_counts_from_where_it_is_told():
    world = built(
        {
            'type': 'HierarchicalRequirement',
            'repeat': {'from': 7, 'count': 3},
            'Name': 'Story {n}',
            'Project': '@team',
            'Tasks': [{'repeat': {'from': 0, 'count': 2, 'as': 'k'}, 'Name': 'Task {n}.{k}'}],
        }
    )
    stories = world.all('HierarchicalRequirement')
    assert [one.name for one in stories] == ['Story 7', 'Story 8', 'Story 9']
    assert [one.name for one in world.members(stories[1], 'Tasks')] == ['Task 8.0', 'Task 8.1']


def test_a_scaled_repeat_follows_the_scale():
    document = {
        'users': [{'UserName': 'a@example.com'}],
        'workspaces': [
            {
                'Name': 'W',
                'objects': [
                    {'type': 'Tag', 'repeat': {'count': 3, 'scaled': True}, 'Name': 'scaled {n}'},
                    {'type': 'Tag', 'repeat': 3, 'Name': 'fixed {n}'},
                ],
            }
        ],
    }
    assert len(Built(worlds.of_document(document, scale=4, now=NOW)).all('Tag')) == 15


def test_thousands_of_objects_are_built_in_batches():
    world = built(defect(repeat=6000, Name='Defect {n}'))
    found = world.all('Defect')
    assert len(found) == 6000
    assert found[-1].formatted_id == 'DE6000'
    assert len({one.rank for one in found}) == 6000


def test_types_the_service_makes_itself_can_be_said():
    world = built(
        {
            'type': 'RecycleBinEntry',
            'Name': 'Old',
            'ID': 'US9',
            'ItemOID': 5,
            'DeletedBy': '@ann',
            'DeletionDate': 'today-9',
            'Type': 'HierarchicalRequirement',
        },
        {'type': 'State', 'Name': 'Waiting', 'TypeDef': 'PortfolioItem/Feature', 'OrderIndex': 9},
        {'type': 'PortfolioItem/Feature', 'Name': 'f', 'Project': '@team', 'State': 'Waiting'},
        {
            'type': 'FlowState',
            'Name': 'In Review',
            'Project': '@team',
            'OrderIndex': 3,
            'ScheduleStateMapping': 'In-Progress',
        },
    )
    assert world.all('RecycleBinEntry')[0].doc['ID'] == 'US9'
    assert world.target(world.all('PortfolioItem/Feature')[0], 'State').name == 'Waiting'
    assert 'In Review' in [one.name for one in world.all('FlowState')]


def test_the_empty_world_has_one_of_each():
    world = Built(worlds.load('empty', now=NOW))
    for kind in ('Subscription', 'Workspace', 'Project', 'User', 'UserProfile'):
        assert len(world.all(kind)) == 1
    assert world.login.user == 'paula@example.com'
    assert (world.login.workspace, world.login.project) == ('Acme Engineering', 'Shop')
    assert not world.all('HierarchicalRequirement')


def story(name, **values):
    return defect(type='HierarchicalRequirement', id=name, Name=name, **values)


FEATURE = defect(type='PortfolioItem/Feature', id='above', Name='above')


@pytest.mark.fact('4.4')
def test_a_story_of_a_file_has_a_parent_or_a_portfolio_item():
    with pytest.raises(worlds.WorldError, match='exclude each other'):
        built(FEATURE, story('a'), story('b', Parent='@a', PortfolioItem='@above'))


@pytest.mark.fact('4.4', '8.9')
def test_stories_with_children_have_no_timebox_and_leaves_show_the_feature():
    world = built(
        FEATURE,
        {
            'type': 'Iteration',
            'id': 'now',
            'Name': 'now',
            'Project': '@team',
            'State': 'Planning',
            'StartDate': '2024-05-06',
            'EndDate': '2024-05-10',
        },
        story('leaf', Parent='@middle', Iteration='@now', PlanEstimate=2),
        story('middle', Parent='@top', Iteration='@now', PlanEstimate=3, Tasks=[{'Name': 't'}]),
        story('top', PortfolioItem='@above'),
    )
    leaf, middle, top = (
        world.one('HierarchicalRequirement', name) for name in ('leaf', 'middle', 'top')
    )
    assert [
        one.name for one in (world.target(each, 'Feature') for each in (leaf, middle, top))
    ] == ['above'] * 3
    assert world.target(leaf, 'Iteration').name == 'now'
    assert world.target(middle, 'Iteration') is None
    assert world.target(world.one('Task', 't'), 'Iteration') is None
    assert world.one('Iteration', 'now').doc['PlanEstimate'] == 2.0

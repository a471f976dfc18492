"""The demo world: believable, the same from the same seed, and in the middle of a sprint."""

from __future__ import annotations

import base64
import datetime
import re
import zlib
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select

from pyral.emulator import worlds
from pyral.emulator.access.scope import Rights
from pyral.emulator.catalogue.catalogue import catalogue_for
from pyral.emulator.clock import frozen, parse_iso
from pyral.emulator.language import order_by
from pyral.emulator.rules.delete import restore
from pyral.emulator.store import Store
from pyral.emulator.store.reading import of_type
from pyral.emulator.store.tables import links, objects
from pyral.emulator.worlds.demo.calendar import Calendar
from pyral.emulator.worlds.demo.stories import picture

NOW = '2024-05-15T10:00:00Z'
UTC = datetime.timezone.utc


class Demo:
    """The demo world in plain dictionaries."""

    def __init__(self, now=NOW, **options):
        self.store = Store(clock=frozen(now))
        #: How many statements of SQL building it took.
        self.statements = 0
        engine = self.store._database.engine
        event.listen(engine, 'before_cursor_execute', self._count)
        self.login = worlds.build(worlds.load('demo', now=now, **options), self.store)
        event.remove(engine, 'before_cursor_execute', self._count)
        with self.store.reading() as tx:
            every = tx.objects(select(objects).where(objects.c.oid > 0))
            self.by_oid = {one.oid: one for one in every}
            self.by_type = {}
            for one in every:
                self.by_type.setdefault(one.type, []).append(one)
            self.edges = {}
            for source, attr, target in tx.rows(
                select(links.c.source, links.c.attr, links.c.target)
            ):
                self.edges.setdefault((source, attr), []).append(target)

    def _count(self, *_):
        self.statements += 1

    def live(self, kind):
        return [one for one in self.by_type[kind] if not one.recycled]

    def target(self, obj, attr):
        found = self.edges.get((obj.oid, attr))
        return self.by_oid[found[0]] if found else None

    def parts(self, obj, kind, attr):
        return [one for one in self.live(kind) if obj.oid in self.edges.get((one.oid, attr), ())]


@pytest.fixture(scope='module')
def demo():
    demo = Demo()
    yield demo
    demo.store.close()


def test_the_same_seed_gives_the_same_world(demo):
    again = Demo()
    for world in (again, demo):
        for user in world.by_type['User']:
            # Salted anew each time.
            user.doc.pop('_password', None)
    assert again.by_oid == demo.by_oid
    assert again.edges == demo.edges


def test_another_seed_gives_another_world(demo):
    other = Demo(seed=7)
    assert {one.oid: one.doc for one in other.live('Task')} != {
        one.oid: one.doc for one in demo.live('Task')
    }


def test_a_larger_world_takes_few_statements_more(demo):
    large = Demo(scale=3)
    more = len(large.by_oid) - len(demo.by_oid)
    assert more > len(demo.by_oid) / 2
    assert large.statements - demo.statements < more / 10


def test_the_login_leads_to_the_shop(demo):
    shown = demo.login
    assert (shown.user, shown.password) == ('paula@example.com', 'demo-Secret1')
    assert shown.apikey == '_demo4f1c9a2e7b6d5803demo4f1c9a2e7b6d5803aa'
    assert (shown.workspace, shown.project) == ('Acme Engineering', 'Shop')


def test_it_has_some_of_everything(demo):
    least = {
        'HierarchicalRequirement': 200,
        'Task': 300,
        'Defect': 40,
        'TestCase': 50,
        'TestCaseStep': 150,
        'TestCaseResult': 60,
        'TestSet': 3,
        'TestFolder': 5,
        'PortfolioItem/Theme': 2,
        'PortfolioItem/Initiative': 4,
        'PortfolioItem/Feature': 10,
        'Tag': 8,
        'Milestone': 3,
        'ConversationPost': 50,
        'Attachment': 10,
        'RecycleBinEntry': 4,
        'Changeset': 30,
        'Change': 30,
        'Build': 20,
        'SCMRepository': 1,
        'TimeEntryItem': 3,
        'TimeEntryValue': 3,
        'Preference': 2,
        'User': 12,
        'Workspace': 2,
        'Iteration': 30,
        'Release': 9,
        'PullRequest': 3,
        'DefectSuite': 1,
        'Risk': 1,
    }
    counts = Counter({kind: len(found) for kind, found in demo.by_type.items()})
    assert {
        kind: counts[kind] for kind, least_one in least.items() if counts[kind] < least_one
    } == {}


def test_the_project_tree_is_three_levels_deep_with_a_duplicated_name(demo):
    def depth(project):
        above = demo.target(project, 'Parent')
        return 1 if above is None else 1 + depth(above)

    projects = demo.live('Project')
    assert max(map(depth, projects)) == 3
    assert Counter(one.name for one in projects)['Mobile'] == 2
    assert [one.name for one in projects if one.doc['State'] == 'Closed'] == ['Legacy Store']


def test_the_current_sprint_of_the_shop_shows_work_in_progress(demo):
    shop = next(one for one in demo.live('Project') if one.name == 'Shop')
    (sprint,) = [
        one
        for one in demo.live('Iteration')
        if one.project == shop.oid and one.doc['StartDate'] <= '2024-05-15T10' <= one.doc['EndDate']
    ]
    stories = demo.parts(sprint, 'HierarchicalRequirement', 'Iteration')
    assert len(stories) >= 5
    assert len({story.doc['ScheduleState'] for story in stories}) >= 3
    assert all(demo.target(story, 'Owner') for story in stories)
    tasks = [task for story in stories for task in demo.parts(story, 'Task', 'WorkProduct')]
    assert len(tasks) >= 10
    assert sum(task.doc['ToDo'] for task in tasks) > 0
    assert {task.doc['State'] for task in tasks} == {'Defined', 'In-Progress', 'Completed'}


def test_what_lies_in_past_sprints_is_accepted_and_its_tasks_are_done(demo):
    past = [one for one in demo.live('Iteration') if one.doc['EndDate'] < '2024-05-15']
    for sprint in past:
        assert sprint.doc['State'] == 'Accepted'
        for story in demo.parts(sprint, 'HierarchicalRequirement', 'Iteration'):
            assert story.doc['ScheduleState'] == 'Accepted'
            assert story.created <= story.doc['InProgressDate'] <= story.doc['AcceptedDate']
            assert story.doc['AcceptedDate'] <= sprint.doc['EndDate']
            for task in demo.parts(story, 'Task', 'WorkProduct'):
                assert (task.doc['State'], task.doc['ToDo']) == ('Completed', 0)


def test_artifacts_are_in_the_project_of_their_sprint_and_release(demo):
    for kind in ('HierarchicalRequirement', 'Defect'):
        for one in demo.live(kind):
            for attr in ('Iteration', 'Release'):
                box = demo.target(one, attr)
                assert box is None or box.project == one.project


def test_nothing_happened_in_the_future(demo):
    stamps = ('created', 'updated')
    late = [
        (one.type, one.name)
        for one in demo.by_oid.values()
        if any((getattr(one, name) or '') > '2024-05-15T10:00:00.000Z' for name in stamps)
    ]
    assert late == []


def test_nobody_and_nothing_began_today(demo):
    young = [
        (one.type, one.name)
        for one in demo.by_oid.values()
        if one.created >= '2024-05-15'
        and not one.type.endswith(('Definition', 'AllowedAttributeValue'))
        and one.oid > 0
    ]
    assert young == []
    joined = [one.created for one in demo.live('User')]
    assert len(set(joined)) == len(joined)


def test_what_is_blocked_says_by_whom(demo):
    blocked = [one for one in demo.live('HierarchicalRequirement') if one.doc.get('Blocked')]
    assert blocked
    for one in blocked:
        blocker = demo.target(one, 'Blocker')
        assert demo.target(blocker, 'WorkProduct') == one
        assert demo.target(blocker, 'BlockedBy').type == 'User'


def test_no_name_looks_made_up(demo):
    names = [one.name for one in demo.live('HierarchicalRequirement')]
    made_up = ('lorem', 'story', 'test', 'foo')
    assert not [name for name in names if name.lower().startswith(made_up)]
    assert len(set(names)) == len(names)


def test_every_custom_field_has_a_value_somewhere(demo):
    fields = {
        one.doc['ElementName']
        for kind in ('AttributeDefinition', 'WebLinkDefinition')
        for one in demo.live(kind)
        if one.doc.get('Custom')
    }
    used = {name for one in demo.by_oid.values() for name in one.doc if name in fields}
    used |= {attr.rsplit('.', 1)[-1] for _, attr in demo.edges}
    assert len(fields) >= 12
    assert fields <= used
    kinds = {
        one.doc['RealAttributeType']
        for one in demo.live('AttributeDefinition')
        if one.doc.get('Custom')
    }
    assert {
        'STRING',
        'TEXT',
        'INTEGER',
        'DECIMAL',
        'BOOLEAN',
        'DATE',
        'DROP_DOWN',
        'MULTI_VALUE',
        'USER',
    } <= kinds


def test_the_users_have_different_rights(demo):
    with demo.store.reading() as tx:
        rights = {
            user.doc['UserName'].split('@')[0]: Rights.of(tx, user) for user in of_type(tx, 'User')
        }
    places = {one.name: one for one in demo.live('Project')}
    shop, checkout, platform = (places[name] for name in ('Shop', 'Checkout', 'Platform'))
    assert rights['paula'].subscription_admin
    assert rights['greg'].is_workspace_admin(shop.workspace)
    assert rights['tom'].edits(platform.oid, platform.workspace)
    assert not rights['helen'].edits(shop.oid, shop.workspace)
    assert rights['carl'].edits(checkout.oid, checkout.workspace)
    assert not rights['carl'].sees(platform)
    users = {one.doc['UserName'].split('@')[0]: one for one in demo.live('User')}
    assert users['dan'].doc['Disabled'] is True
    assert users['build-robot'].doc['_apikey_readonly'] is True
    assert demo.target(demo.target(users['nora'], 'UserProfile'), 'DefaultProject') is None
    search = places['Search']
    assert rights['petra'].administers(shop.oid, shop.workspace)
    assert not rights['petra'].edits(platform.oid, platform.workspace)
    assert rights['juergen'].edits(search.oid, search.workspace)
    assert not rights['juergen'].edits(checkout.oid, checkout.workspace)
    assert users['juergen'].name == 'Jürgen Björn Müßig'
    assert not rights['nils'].workspaces


def test_scale_multiplies_the_backlog(demo):
    scaled = Demo(scale=2)
    once, twice = (len(one.live('HierarchicalRequirement')) for one in (demo, scaled))
    assert 1.8 * once < twice < 2 * once
    names = [one.name for one in scaled.live('HierarchicalRequirement')]
    assert len(set(names)) == len(names)


def test_the_second_workspace_has_levels_and_prefixes_of_its_own(demo):
    consulting = next(one for one in demo.live('Workspace') if one.name == 'Acme Consulting')
    with demo.store.reading() as tx:
        levels = catalogue_for(tx, consulting.oid).portfolio_levels
    assert [one.name for one in levels] == ['Capability', 'Outcome']
    story = next(
        one for one in demo.live('HierarchicalRequirement') if one.workspace == consulting.oid
    )
    assert story.formatted_id.startswith('S')


def test_a_picture_is_a_png_that_can_be_read():
    data = base64.b64decode(picture(10, size=4))
    assert data[:8] == b'\x89PNG\r\n\x1a\n'
    length = int.from_bytes(data[33:37], 'big')
    assert len(zlib.decompress(data[41 : 41 + length])) == 4 * (1 + 4 * 3)


@settings(max_examples=40)
@given(
    st.datetimes(min_value=datetime.datetime(2022, 1, 1), max_value=datetime.datetime(2050, 1, 1))
)
def test_on_every_day_the_current_sprint_is_well_under_way(moment):
    calendar = Calendar(moment.replace(tzinfo=UTC))
    sprint = calendar.sprints[0]
    assert sprint.start.weekday() == 0
    assert datetime.timedelta(3) <= calendar.today - sprint.start <= datetime.timedelta(9)
    assert calendar.releases[0].start <= calendar.today <= calendar.releases[0].end
    spans = [calendar.sprints[offset] for offset in sorted(calendar.sprints)]
    for before, after in zip(spans, spans[1:]):
        assert before.end + datetime.timedelta(1) == after.start


#: A leap day, the turn of a year, a Sunday, a Monday; seeds; a larger world.
DAYS = [
    ('2024-02-29T23:59:59Z', 0, 1),
    ('2025-01-01T00:00:00Z', 3, 1),
    ('2026-12-31T12:00:00Z', 5, 1),
    ('2024-06-02T12:00:00Z', 1, 1),
    ('2024-06-03T12:00:00Z', 2, 2),
]
PHRASE = re.compile(
    r'([A-Z ]+) (?:changed from \[(.*?)\] to \[(.*?)\]|added \[(.*?)\]|removed \[(.*?)\])(?:, |$)'
)
#: What a label of a revision is about.
TOLD = {
    'BLOCKED': 'Blocked',
    'SCHEDULE STATE': 'ScheduleState',
    'TO DO': 'ToDo',
    'ACTUALS': 'Actuals',
    'STATE': 'State',
    'NAME': 'Name',
}
STAMPED = {
    'IN PROGRESS DATE': 'InProgressDate',
    'ACCEPTED DATE': 'AcceptedDate',
    'OPENED DATE': 'OpenedDate',
    'CLOSED DATE': 'ClosedDate',
}


def revisions(demo, obj):
    """Return the revisions of an object, the first one first."""
    history = demo.target(obj, 'RevisionHistory')
    return demo.histories.get(history.oid, []) if history else []


def check_dates(demo, item, told, today):
    """Check that what an item says of its dates is what its revisions say."""
    moments = [one.created for one in told]
    assert moments == sorted(moments) and moments[0] == item.created
    assert item.version == len(told)
    assert moments[-1] <= item.updated < today
    if item.type != 'PortfolioItem/Feature':
        assert moments[-1] == item.updated
    for one in told:
        for label, name in STAMPED.items():
            if label + ' added' in one.doc['Description']:
                assert item.doc[name] == one.created
    sprint, story = demo.target(item, 'Iteration'), demo.target(item, 'WorkProduct')
    if sprint and story and len(told) > 1:
        end = story.doc.get('AcceptedDate', today)
        assert story.doc['InProgressDate'] <= moments[1] <= moments[-1] <= end
        assert sprint.doc['StartDate'] <= moments[1] <= moments[-1] <= sprint.doc['EndDate']


def check_values(demo, item, told):
    """Check that each revision goes on where the one before ended, up to what the item is now."""
    values = {}
    for one in told[1:]:
        changes = PHRASE.findall(one.doc['Description'])
        assert changes
        for label, old, new, added, removed in changes:
            assert values.get(label, old or removed) == (old or removed)
            values[label] = new or added
            if label in ('TO DO', 'SCHEDULE STATE'):
                assert datetime.date.fromisoformat(one.created[:10]).weekday() < 5
    for label, name in TOLD.items():
        if label in values and demo.target(item, name) is None:
            held = item.name if name == 'Name' else item.doc.get(name)
            assert values[label] == (str(held).lower() if isinstance(held, bool) else str(held))


def check_the_past(demo, now):
    """Check that the history of every item leads to what it is now, and when that was possible."""
    demo.histories = {}
    for one in sorted(demo.by_type['Revision'], key=lambda one: one.doc['RevisionNumber']):
        kept = demo.target(one, 'RevisionHistory').oid
        demo.histories.setdefault(kept, []).append(one)
    for kind in (STORY, 'Defect', 'Task', 'PortfolioItem/Feature'):
        changed = 0
        for item in demo.live(kind):
            told = revisions(demo, item)
            check_dates(demo, item, told, now[:10])
            check_values(demo, item, told)
            changed += len(told) > 1
        assert changed > 7, kind
    yesterday = Calendar(parse_iso(now)).ago(1).isoformat()
    late = [one for one in demo.by_type['Revision'] if one.created.startswith(yesterday)]
    assert len({demo.target(one, 'User').oid for one in late}) > 1


@pytest.mark.parametrize('now, seed, scale', DAYS)
def test_on_any_day_it_can_be_built_and_has_a_past_that_holds(now, seed, scale):
    check_the_past(Demo(now=now, seed=seed, scale=scale), now)


RANKABLE = ('HierarchicalRequirement', 'Defect', 'Task', 'TestCase', 'PortfolioItem/Feature')


@pytest.mark.fact('8.5')
@pytest.mark.parametrize('kind', RANKABLE)
def test_everything_stands_in_the_order_of_its_rank(demo, kind):
    with demo.store.reading() as tx:
        for workspace in {one.workspace for one in demo.live(kind)}:
            catalogue = catalogue_for(tx, workspace)
            statement = (
                select(objects.c.rank)
                .where(objects.c.type == kind, objects.c.recycled.is_(False))
                .where(objects.c.workspace == workspace)
                .order_by(*order_by('Rank', catalogue, [catalogue.type(kind)]))
            )
            ranks = [row[0] for row in tx.rows(statement)]
            assert ranks == sorted(set(ranks))
            assert all(ranks)


STORY = 'HierarchicalRequirement'


@pytest.mark.fact('4.4')
def test_no_story_has_two_parents_or_a_timebox_beside_children(demo):
    parents = {
        demo.target(one, 'Parent').oid for one in demo.live(STORY) if demo.target(one, 'Parent')
    }
    assert parents
    for story in demo.live(STORY):
        above = [demo.target(story, name) for name in ('Parent', 'PortfolioItem')]
        assert None in above, story.name
        if story.oid in parents:
            assert not demo.target(story, 'Iteration') and not demo.target(story, 'Release')


@pytest.mark.fact('4.4')
@pytest.mark.parametrize('kind', [STORY, 'Defect', 'DefectSuite', 'TestSet', 'Task'])
def test_timeboxes_are_of_the_project_they_are_planned_in(demo, kind):
    for one in demo.by_type.get(kind, ()):
        for name in ('Iteration', 'Release'):
            timebox = demo.target(one, name)
            assert timebox is None or timebox.project == one.project, (one.name, timebox.name)


@pytest.mark.fact('4.4')
@pytest.mark.parametrize('kind', ['Task', 'TestCase'])
def test_parts_are_in_the_project_of_their_work_product(demo, kind):
    for one in demo.live(kind):
        owner = demo.target(one, 'WorkProduct')
        assert owner is None or owner.project == one.project, one.name


@pytest.mark.fact('8.9')
def test_each_story_shows_the_feature_above_it(demo):
    shown = 0
    for story in demo.live(STORY):
        above = story
        while demo.target(above, 'Parent') and not demo.target(above, 'PortfolioItem'):
            above = demo.target(above, 'Parent')
        assert demo.target(story, 'Feature') == demo.target(above, 'PortfolioItem')
        shown += above is not story and demo.target(story, 'Feature') is not None
    assert shown


def test_test_folders_are_nested_with_cases_on_every_level(demo):
    def depth(folder):
        above = demo.target(folder, 'Parent')
        return 1 if above is None else 1 + depth(above)

    cases = {}
    for case in demo.live('TestCase'):
        folder = demo.target(case, 'TestFolder')
        if folder is not None:
            assert folder.project == case.project
            cases.setdefault(depth(folder), []).append(case)
    assert sorted(cases) == [1, 2, 3, 4]
    for level in (2, 3, 4):
        assert any(demo.parts(case, 'TestCaseStep', 'TestCase') for case in cases[level])
        assert any(demo.parts(case, 'TestCaseResult', 'TestCase') for case in cases[level])
    results = [
        one
        for case in cases[3] + cases[4]
        for one in demo.parts(case, 'TestCaseResult', 'TestCase')
    ]
    assert len({one.doc['Date'][:10] for one in results}) >= 10
    assert {one.doc['Verdict'] for one in results} == {'Pass', 'Fail'}
    builds = {one.doc['Number']: one.doc['Status'] for one in demo.live('Build')}
    assert all(
        one.doc['Verdict'] == 'Fail' for one in results if builds[one.doc['Build']] == 'FAILURE'
    )


def test_the_bin_holds_items_of_several_types_that_can_be_restored(demo):
    entries = demo.by_type['RecycleBinEntry']
    items = [demo.by_oid[one.doc['ItemOID']] for one in entries]
    assert all(item.recycled for item in items)
    assert {item.type for item in items} >= {
        'Defect',
        'PortfolioItem/Feature',
        'Risk',
        'Task',
        'TestCase',
        STORY,
    }
    assert len({demo.target(one, 'DeletedBy').oid for one in entries}) >= 3
    assert len({one.doc['DeletionDate'][:10] for one in entries}) >= 5
    assert any(one.doc['_parts'] for one in entries)
    with demo.store.writing() as tx:
        for entry in entries:
            assert not restore(tx, entry).recycled


def test_stories_wait_for_others_of_their_project(demo):
    waiting = [
        (one, demo.by_oid[other])
        for one in demo.live(STORY)
        for other in demo.edges.get((one.oid, STORY + '.Predecessors'), ())
    ]
    assert len(waiting) >= 5
    assert all(one.project == other.project for one, other in waiting)

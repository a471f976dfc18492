"""Tests of the store: objects, edges, counters, transactions, copies, derived collections."""

from __future__ import annotations

import os
import threading
from datetime import datetime, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import create_engine, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable

from pyral.emulator.clock import Clock
from pyral.emulator.model import Model
from pyral.emulator.store import Obj, Store
from pyral.emulator.store.expressions import column_for, of_family
from pyral.emulator.store.members import members_of
from pyral.emulator.store.statements import SOURCES, counted_edges, live_edges
from pyral.emulator.store.tables import metadata, objects

TYPES = Model.load().types
OTHER_DATABASE = 'PYRAL_TEST_DATABASE_URL'
NOW = datetime(2024, 2, 14, 12, 0, tzinfo=timezone.utc)


@pytest.fixture(params=['memory', 'file', 'another database'])
def store(request, tmp_path):
    store = Store(database_url(request.param, tmp_path), clock=Clock(NOW), seed=7)
    yield store
    store.close()


def database_url(kind, tmp_path):
    """Return the URL of an empty database, or skip the test when there is none of the kind."""
    if kind == 'memory':
        return 'sqlite://'
    if kind == 'file':
        return 'sqlite:///{}'.format(tmp_path / 'a.db')
    url = os.environ.get(OTHER_DATABASE)
    if not url:
        pytest.skip(
            "{} names no database to test with (its tables would be dropped)".format(OTHER_DATABASE)
        )
    engine = create_engine(url)
    metadata.drop_all(engine)
    engine.dispose()
    return url


@pytest.fixture()
def tx():
    store = Store(clock=Clock(NOW))
    with store.writing() as tx:
        yield tx
    store.close()


def attr(path, name):
    return TYPES[path].attributes[name]


def put(tx, kind, links=None, **fields):
    return tx.insert(Obj(type=kind, **fields), links or {}).oid


# Objects


def test_an_object_is_read_back_as_it_was_stored(store):
    with store.writing() as tx:
        stored = tx.insert(
            Obj(
                type='Defect',
                name='Ünï',
                number=3,
                formatted_id='DE3',
                rank='P!!',
                doc={'State': 'Open', 'PlanEstimate': 2.5},
            )
        )
    with store.reading() as tx:
        assert tx.get(stored.oid) == stored
        assert tx.by_uuid(stored.uuid) == tx.by_uuid(stored.uuid.upper()) == stored
        assert tx.by_uuid(stored.uuid.replace('-', '')) == stored
        assert tx.get_many([stored.oid, 5]) == {stored.oid: stored}
        assert stored.created == '2024-02-14T12:00:00.000Z'


def test_values_that_are_not_set_are_not_stored(tx):
    oid = put(tx, 'Defect', doc={'State': None, 'Name2': '', 'Ready': False, 'n': 0})
    assert tx.get(oid).doc == {'Name2': '', 'Ready': False, 'n': 0}


def test_identifiers_are_the_same_for_the_same_seed_and_differ_for_another():
    def uuids(seed):
        with Store(seed=seed).writing() as tx:
            return [tx.insert(Obj(type='Tag')).uuid, tx.new_uuid(), tx.new_oid()]

    assert uuids(1) == uuids(1)
    assert not set(uuids(1)[:2]) & set(uuids(2)[:2])


def test_object_ids_are_long_and_never_given_twice(tx):
    first = put(tx, 'Tag')
    explicit = put(tx, 'Tag', oid=first + 400)
    tx.remove(explicit)
    later = [put(tx, 'Tag') for _ in range(150)]
    assert len(str(first)) == 11
    assert explicit not in later and len(set(later)) == 150


def test_an_object_in_the_bin_is_seen_only_when_asked_for(tx):
    oid = put(tx, 'Defect', recycled=True)
    assert tx.get(oid) is None and tx.get_many([oid]) == {}
    assert tx.get(oid, recycled=True).oid == oid
    assert list(tx.get_many([oid], recycled=True)) == [oid]


def test_a_permission_is_found_by_its_composite_identifier(tx):
    oid = put(tx, 'ProjectPermission', alt_id='1u2p3')
    assert tx.by_alt_id('1U2P3').oid == oid
    assert tx.by_alt_id('9u9p9') is None


def test_an_update_changes_columns_and_replaces_the_document(tx):
    oid = put(tx, 'Defect', name='old', doc={'State': 'Open', 'Ready': True})
    tx.update(oid, name='new', version=2, doc={'State': 'Fixed', 'Ready': None})
    found = tx.get(oid)
    assert (found.name, found.version, found.doc) == ('new', 2, {'State': 'Fixed'})


def test_removing_takes_edges_of_both_directions_and_content_along(tx):
    tag, other = put(tx, 'Tag'), put(tx, 'Tag')
    oid = put(tx, 'Defect', {'Artifact.Tags': [tag, other]})
    tx.put_blob(oid, b'x')
    tx.remove(tag)
    assert tx.targets(oid, 'Artifact.Tags') == [other]
    tx.remove(oid)
    assert tx.sources(other, 'Artifact.Tags') == [] and tx.get_blob(oid) is None


# Edges


def test_workspace_and_project_are_columns_and_edges_at_once(tx):
    space, other = put(tx, 'Workspace'), put(tx, 'Workspace')
    project = put(tx, 'Project', workspace=space)
    defect = put(tx, 'Defect', {'Workspace': space, 'Project': project})
    assert tx.target(project, 'Workspace') == space
    assert (tx.get(defect).workspace, tx.get(defect).project) == (space, project)
    tx.set_link(defect, 'Project', None)
    tx.set_link(defect, 'Workspace', other)
    assert (tx.get(defect).workspace, tx.get(defect).project) == (other, None)
    assert tx.target(defect, 'Project') is None


def test_a_type_without_a_workspace_attribute_gets_no_edge(tx):
    space = put(tx, 'Workspace')
    value = put(tx, 'AllowedAttributeValue', workspace=space)
    assert tx.target(value, 'Workspace') is None and tx.get(value).workspace == space


def test_members_keep_the_order_in_which_they_were_added(tx):
    tags = [put(tx, 'Tag') for _ in range(4)]
    defect = put(tx, 'Defect', {'Artifact.Tags': [tags[2], tags[0]]})
    assert tx.add_link(defect, 'Artifact.Tags', tags[3])
    assert not tx.add_link(defect, 'Artifact.Tags', tags[0])
    assert tx.add_link(defect, 'Artifact.Tags', tags[1])
    assert tx.drop_link(defect, 'Artifact.Tags', tags[0])
    assert not tx.drop_link(defect, 'Artifact.Tags', tags[0])
    assert tx.targets(defect, 'Artifact.Tags') == [tags[2], tags[3], tags[1]]
    assert tx.members(defect, attr('Defect', 'Tags')) == [tags[2], tags[3], tags[1]]


def test_members_are_live_and_of_the_type_the_collection_names(tx):
    iteration = put(tx, 'Iteration')
    story = put(tx, 'HierarchicalRequirement', {'Iteration': iteration})
    put(tx, 'Defect', {'Iteration': iteration}, recycled=True)
    capacity = put(tx, 'UserIterationCapacity', {'Iteration': iteration})
    assert tx.members(iteration, attr('Iteration', 'WorkProducts')) == [story]
    assert tx.members(iteration, attr('Iteration', 'UserIterationCapacities')) == [capacity]


def test_both_sides_of_a_collection_see_the_same_edges(tx):
    milestone = put(tx, 'Milestone')
    defect = put(tx, 'Defect')
    tx.add_link(milestone, 'Milestone.Artifacts', defect)
    assert tx.members(milestone, attr('Milestone', 'Artifacts')) == [defect]
    assert tx.members(defect, attr('Defect', 'Milestones')) == [milestone]


# Derived collections


def test_ancestors_are_the_portfolio_items_above(tx):
    theme = put(tx, 'PortfolioItem/Theme')
    epic = put(tx, 'PortfolioItem/OwnLevel', {'Parent': theme})
    feature = put(tx, 'PortfolioItem/Feature', {'Parent': epic})
    story = put(tx, 'HierarchicalRequirement', {'PortfolioItem': feature})
    child = put(tx, 'HierarchicalRequirement', {'Parent': story})
    ancestors = attr('HierarchicalRequirement', 'Ancestors')
    assert tx.members(child, ancestors) == [theme, epic, feature]
    assert tx.members(epic, attr('PortfolioItem/Feature', 'Ancestors')) == [theme]


def test_a_circle_of_parents_ends(tx):
    one = put(tx, 'PortfolioItem/Feature')
    two = put(tx, 'PortfolioItem/Initiative', {'Parent': one})
    tx.set_link(one, 'Parent', two)
    assert tx.members(one, attr('PortfolioItem/Feature', 'Ancestors')) == [one, two]


def test_folders_know_their_hierarchy_and_all_their_cases(tx):
    top = put(tx, 'TestFolder')
    below = put(tx, 'TestFolder', {'Parent': top})
    case = put(tx, 'TestCase', {'TestFolder': below})
    assert tx.members(case, attr('TestCase', 'TestFolderHierarchy')) == [top, below]
    assert tx.members(top, attr('TestFolder', 'RecursiveTestCases')) == [case]
    assert tx.members(top, attr('TestFolder', 'Descendants')) == [below, case]


def test_the_people_of_a_project_are_those_with_a_role_in_it(tx):
    project, other = put(tx, 'Project'), put(tx, 'Project')
    people = {}
    for role in ('Admin', 'Editor', 'Viewer'):
        people[role] = put(tx, 'User')
        put(tx, 'ProjectPermission', {'User': people[role], 'Project': project}, doc={'Role': role})
    put(tx, 'ProjectPermission', {'User': put(tx, 'User'), 'Project': other}, doc={'Role': 'Admin'})
    assert tx.members(project, attr('Project', 'Editors')) == [people['Admin'], people['Editor']]
    assert tx.members(project, attr('Project', 'Viewers')) == [people['Viewer']]
    assert len(tx.members(project, attr('Project', 'AllUsers'))) == 3


def test_the_children_of_a_workspace_are_its_top_projects(tx):
    space = put(tx, 'Workspace')
    top = put(tx, 'Project', workspace=space)
    below = put(tx, 'Project', {'Parent': top}, workspace=space)
    assert tx.members(space, attr('Workspace', 'Children')) == [top]
    assert tx.members(space, attr('Workspace', 'Projects')) == [top, below]


def test_the_subscription_owns_every_workspace(tx):
    subscription = put(tx, 'Subscription')
    spaces = [put(tx, 'Workspace'), put(tx, 'Workspace')]
    assert tx.members(subscription, attr('Subscription', 'Workspaces')) == spaces


def test_every_collection_of_every_type_can_be_read(tx):
    oid = put(tx, 'Workspace')
    for one in TYPES.values():
        for each in one.attributes.values():
            if each.type == 'COLLECTION' and each.name not in ('TypeDefinitions', 'Workspaces'):
                assert tx.members(oid, each) == [], (one.path, each.name)


def test_the_members_of_many_owners_come_in_one_statement(tx):
    stories = [put(tx, 'HierarchicalRequirement') for _ in range(3)]
    tasks = [put(tx, 'Task', {'WorkProduct': story}) for story in stories]
    rows = tx.rows(members_of(attr('HierarchicalRequirement', 'Tasks'), stories))
    assert {(row.owner, row.member) for row in rows} == set(zip(stories, tasks))


# Transactions


def test_an_exception_takes_everything_back(store):
    with store.writing() as tx:
        kept = put(tx, 'Tag')
        number = tx.next_number(1, 'Defect')
    with pytest.raises(ZeroDivisionError):
        with store.writing() as tx:
            gone = put(tx, 'Tag')
            tx.next_number(1, 'Defect')
            raise ZeroDivisionError
    with store.writing() as tx:
        assert tx.get(gone) is None and tx.get(kept) is not None
        assert tx.next_number(1, 'Defect') == number + 1


def test_a_transaction_inside_another_is_the_same_one(store):
    with store.writing() as outer:
        oid = put(outer, 'Tag')
        with store.reading() as inner:
            assert inner.get(oid) is not None
        with store.writing() as inner:
            assert inner is outer


def test_writing_inside_reading_is_refused(store):
    with store.reading():
        with pytest.raises(RuntimeError, match='writing'):
            with store.writing():
                raise AssertionError("must not get here")


def test_many_threads_count_without_gaps(store):
    def work():
        for _ in range(10):
            with store.writing() as tx:
                put(tx, 'Tag', number=tx.next_number(1, 'Tag'))
            with store.reading() as tx:
                tx.rows(select(objects.c.oid).where(objects.c.type == 'Tag'))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as tx:
        numbers = tx.rows(select(objects.c.number).where(objects.c.type == 'Tag'))
    assert sorted(row[0] for row in numbers) == list(range(1, 61))


def test_a_reader_of_a_file_sees_one_state_while_others_write(tmp_path):
    store = Store('sqlite:///{}'.format(tmp_path / 'a.db'))
    count = select(objects.c.oid).where(objects.c.type == 'Tag')

    def write():
        with store.writing() as tx:
            put(tx, 'Tag')

    with store.reading() as tx:
        before = len(tx.rows(count))
        thread = threading.Thread(target=write)
        thread.start()
        thread.join()
        assert len(tx.rows(count)) == before
    with store.reading() as tx:
        assert len(tx.rows(count)) == before + 1
    store.close()


def test_collections_and_expressions_work_on_every_database(store):
    with store.writing() as tx:
        space = put(tx, 'Workspace')
        theme = put(tx, 'PortfolioItem/Theme', workspace=space)
        feature = put(tx, 'PortfolioItem/Feature', {'Parent': theme}, workspace=space)
        story = put(
            tx,
            'HierarchicalRequirement',
            {'PortfolioItem': feature},
            number=7,
            formatted_id='US7',
            doc={'PlanEstimate': 2.5, 'Ready': True},
        )
        story_type = TYPES['HierarchicalRequirement']
        assert tx.members(story, story_type.attributes['Ancestors']) == [theme, feature]
        for one in TYPES.values():
            for each in one.attributes.values():
                if each.type == 'COLLECTION':
                    tx.members(space, each)
        found = [
            tx.rows(
                select(column_for(objects, story_type.attributes[name])).where(
                    objects.c.oid == story
                )
            )[0][0]
            for name in ('FormattedID', 'FormattedIDPrefix', 'PlanEstimate', 'Ready', 'VersionId')
        ]
        assert found == [7, 'US', 2.5, True, '1']


# Counters


def test_every_family_of_every_workspace_counts_for_itself(tx):
    assert [tx.next_number(1, 'Defect'), tx.next_number(1, 'Defect')] == [1, 2]
    assert [tx.next_number(2, 'Defect'), tx.next_number(1, 'Task')] == [1, 1]
    tx.raise_number(1, 'Defect', 500)
    tx.raise_number(1, 'Defect', 10)
    assert tx.next_number(1, 'Defect') == 501


def test_a_file_keeps_objects_and_counters(tmp_path):
    url = 'sqlite:///{}'.format(tmp_path / 'kept.db')
    first = Store(url, seed=1)
    with first.writing() as tx:
        oid, number = put(tx, 'Defect', name='kept'), tx.next_number(1, 'Defect')
    first.close()
    second = Store(url, seed=2)
    with second.writing() as tx:
        assert tx.get(oid).name == 'kept'
        assert tx.next_number(1, 'Defect') == number + 1
        assert put(tx, 'Defect') > oid
    second.close()


# Copies


def test_a_snapshot_puts_back_rows_counters_and_content(store):
    with store.writing() as tx:
        oid = put(tx, 'Defect', name='before')
        tx.put_blob(oid, b'before')
        tx.next_number(1, 'Defect')
    snapshot = store.snapshot()
    for _ in range(2):
        with store.writing() as tx:
            tx.update(oid, name='after')
            tx.put_blob(oid, b'after')
            extra = put(tx, 'Tag')
            assert tx.next_number(1, 'Defect') == 2
        store.restore(snapshot)
        with store.reading() as tx:
            assert (tx.get(oid).name, tx.get_blob(oid)) == ('before', b'before')
            assert tx.get(extra) is None


def test_two_snapshots_are_kept_apart(store):
    with store.writing() as tx:
        oid = put(tx, 'Defect', name='first')
    first = store.snapshot()
    with store.writing() as tx:
        tx.update(oid, name='second')
        tx.set_link(oid, 'Owner', oid)
    second = store.snapshot()
    for snapshot, name, owner in ((first, 'first', None), (second, 'second', oid)):
        store.restore(snapshot)
        with store.reading() as tx:
            assert (tx.get(oid).name, tx.target(oid, 'Owner')) == (name, owner)
        snapshot.close()


# Plans


def test_edges_of_one_name_are_found_without_reading_those_of_others(tx):
    """A workspace is the target of nearly all objects: their number must not matter."""
    space = put(tx, 'Workspace')
    tx.insert_many([Obj(oid=tx.new_oid(), type='Defect', workspace=space) for _ in range(2000)])
    tx.connection.exec_driver_sql('ANALYZE')
    names = {'attr': 'Tags', 'attrs': ['Tags'], 'in': ['Tags']}
    for statement in (SOURCES, live_edges(False), counted_edges(False, True)):
        text = statement.params(oid=space, oids=[space], **names).compile(
            dialect=sqlite.dialect(),
            compile_kwargs={'literal_binds': True, 'render_postcompile': True},
        )
        plan = [
            row[3] for row in tx.connection.exec_driver_sql('EXPLAIN QUERY PLAN {}'.format(text))
        ]
        assert any('links_by_name (attr=? AND target=?)' in line for line in plan), plan


# Bulk


def test_ten_thousand_objects_are_stored_by_few_statements():
    store = Store()
    statements = []
    listened = (
        store._database.engine,
        'before_cursor_execute',
        lambda *args: statements.append(args[2]),
    )
    with store.writing() as tx:
        space = put(tx, 'Workspace')
        project, user = put(tx, 'Project', workspace=space), put(tx, 'User')
        oids = [tx.new_oid() for _ in range(10000)]
        objs = [
            Obj(
                oid=oid,
                type='Defect',
                workspace=space,
                project=project,
                number=index,
                formatted_id='DE{}'.format(index),
                doc={'State': 'Open'},
            )
            for index, oid in enumerate(oids)
        ]
        event.listen(*listened)
        tx.insert_many(
            objs,
            (
                (oid, name, user)
                for oid in oids
                for name in ('Owner', 'CreatedBy', 'SubmittedBy', 'A', 'B', 'C')
            ),
        )
        event.remove(*listened)
        assert tx.targets(oids[-1], 'Project') == [project]
        assert len(tx.sources(user, 'Owner')) == 10000
    store.close()
    assert len(statements) < 20


def test_bulk_rows_complete_columns_and_edges_from_each_other(tx):
    space = put(tx, 'Workspace')
    one, two = tx.new_oid(), tx.new_oid()
    tx.insert_many(
        [Obj(oid=one, type='Defect', workspace=space), Obj(oid=two, type='Defect')],
        [(two, 'Workspace', space)],
    )
    for oid in (one, two):
        assert (tx.get(oid).workspace, tx.targets(oid, 'Workspace')) == (space, [space])
        assert tx.get(oid).uuid and tx.get(oid).created


# System definitions


def test_system_definitions_are_objects_with_their_edges(tx):
    defect = TYPES['Defect']
    row = tx.get(defect.oid)
    assert (row.type, row.name, row.doc['TypePath']) == ('TypeDefinition', 'Defect', 'Defect')
    assert tx.target(defect.oid, 'Parent') == TYPES['SchedulableArtifact'].oid
    listed = tx.members(defect.oid, attr('TypeDefinition', 'Attributes'))
    assert listed == [each.oid for each in defect.attributes.values()]


def test_allowed_values_of_the_system_are_objects_in_order(tx):
    severity = attr('Defect', 'Severity')
    values = tx.members(severity.oid, attr('AttributeDefinition', 'AllowedValues'))
    rows = sorted(tx.get_many(values).values(), key=lambda row: row.doc['ValueIndex'])
    assert [row.doc['StringValue'] for row in rows] == list(severity.allowed_values)


def test_operators_of_attributes_are_those_recorded(tx):
    def names(path, name):
        found = tx.members(
            attr(path, name).oid, attr('AttributeDefinition', 'AllowedQueryOperators')
        )
        return [tx.get(oid).doc['OperatorName'] for oid in found]

    assert len(names('Defect', 'Name')) == 8
    assert names('Defect', 'Description') == ['contains', '!contains']
    assert names('Defect', 'Owner') == names('Defect', 'PlanEstimate') == []


def test_a_new_store_copies_the_system_definitions_that_another_wrote(monkeypatch):
    Store().close()
    monkeypatch.setattr('pyral.emulator.store.install_system', None)
    Store().close()


# Expressions


@pytest.mark.parametrize(
    ('name', 'value'),
    [
        ('Name', 'x'),
        ('FormattedID', 12),
        ('FormattedIDID', 12),
        ('FormattedIDPrefix', 'DE2X'),
        ('State', 'Open'),
        ('PlanEstimate', 2.5),
        ('Blocked', True),
        ('VersionId', '1'),
        ('TargetDate', '2024-01-01T00:00:00.000Z'),
        ('Description', None),
        ('SchemaVersion', None),
    ],
)
def test_an_attribute_is_read_by_its_expression(tx, name, value):
    oid = put(
        tx,
        'Defect',
        name='x',
        number=12,
        formatted_id='DE2X12',
        doc={
            'State': 'Open',
            'PlanEstimate': 2.5,
            'Blocked': True,
            'TargetDate': '2024-01-01T00:00:00.000Z',
        },
    )
    definition = TYPES['Defect'].attributes.get(name) or attr('Workspace', name)
    found = tx.rows(select(column_for(objects, definition)).where(objects.c.oid == oid))[0][0]
    assert found == value and type(found) is type(value)


def test_a_relation_has_no_expression():
    with pytest.raises(ValueError, match='Owner'):
        column_for(objects, attr('Defect', 'Owner'))


def test_a_family_takes_in_portfolio_levels_of_ones_own(tx):
    own = put(tx, 'PortfolioItem/Saga')
    put(tx, 'Task')
    for path in ('PortfolioItem', 'Artifact'):
        oids = [
            row[0]
            for row in tx.rows(
                select(objects.c.oid).where(of_family(objects.c.type, path), objects.c.oid > 0)
            )
        ]
        assert own in oids and (len(oids) == 2) is (path == 'Artifact')


@pytest.mark.parametrize(
    'kind', sorted({each.type for each in Model.load().attributes() if each.slot == 'doc'})
)
def test_expressions_and_tables_are_spelled_for_another_database(kind):
    definition = next(
        each for each in Model.load().attributes() if each.type == kind and each.slot == 'doc'
    )
    text = str(select(column_for(objects, definition)).compile(dialect=postgresql.dialect()))
    assert '->>' in text and 'JSON_EXTRACT' not in text
    ddl = [
        str(CreateTable(table).compile(dialect=postgresql.dialect()))
        for table in metadata.sorted_tables
    ]
    assert 'doc JSONB NOT NULL' in ''.join(ddl) and 'oid BIGINT NOT NULL' in ''.join(ddl)


documents = st.dictionaries(
    st.text(min_size=1, max_size=12),
    st.one_of(
        st.booleans(),
        st.integers(-(2**60), 2**60),
        st.text(),
        st.floats(allow_nan=False, allow_infinity=False),
    ),
)


@settings(max_examples=60)
@given(doc=documents, name=st.text().filter(lambda text: '\x00' not in text))
def test_any_document_is_read_back_whole(tx, doc, name):
    oid = put(tx, 'Defect', doc=doc, name=name)
    assert (tx.get(oid).doc, tx.get(oid).name) == (doc, name)


edits = st.lists(st.tuples(st.sampled_from(['add', 'drop']), st.integers(0, 4)), max_size=25)


@settings(max_examples=40)
@given(edits=edits)
def test_a_collection_behaves_as_an_ordered_set(tx, edits):
    tags = [put(tx, 'Tag') for _ in range(5)]
    owner = put(tx, 'Defect')
    expected: list[int] = []
    for what, index in edits:
        here = tags[index] in expected
        if what == 'add':
            assert tx.add_link(owner, 'Artifact.Tags', tags[index]) is not here
            expected += [] if here else [tags[index]]
        else:
            assert tx.drop_link(owner, 'Artifact.Tags', tags[index]) is here
            expected = [tag for tag in expected if tag != tags[index]]
    assert tx.members(owner, attr('Defect', 'Tags')) == expected

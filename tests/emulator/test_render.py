"""Rendering: few statements for a page of any size, and what the contract tests cannot see."""

import contextlib

import pytest
from sqlalchemy import event

from pyral.emulator.store import Obj


@contextlib.contextmanager
def statements(service):
    """Count the statements the store runs."""
    engine = service.app.store._database.engine
    seen = []

    def note(conn, cursor, statement, parameters, context, executemany):
        if statement.lstrip().upper().startswith(('SELECT', 'WITH')):
            seen.append(statement)

    event.listen(engine, 'before_cursor_execute', note)
    try:
        yield seen
    finally:
        event.remove(engine, 'before_cursor_execute', note)


@pytest.fixture
def many(service):
    """Three hundred stories with owners, parents, tags and tasks."""
    oid = service.oid
    with service.app.store.writing() as tx:
        for number in range(300):
            story = tx.insert(
                Obj(
                    type='HierarchicalRequirement',
                    name='S{}'.format(number),
                    workspace=oid('east'),
                    project=oid('mid'),
                    number=1000 + number,
                    formatted_id='US{}'.format(1000 + number),
                    doc={'ScheduleState': 'Defined'},
                ),
                {'Owner': oid('ada'), 'Parent': oid('story'), 'Artifact.Tags': [oid('red')]},
            )
            tx.insert(
                Obj(
                    type='Task',
                    name='T',
                    workspace=oid('east'),
                    project=oid('mid'),
                    number=number + 100,
                    formatted_id='TA{}'.format(number + 100),
                    doc={},
                ),
                {'WorkProduct': story.oid},
            )
    return service


@pytest.mark.parametrize(
    'fetch',
    [
        'false',
        'Name,State',
        'true',
        'Name,Owner,UserName,Project,Parent,Tags',
        'Name,Tasks:summary[State;Owner]',
    ],
)
def test_a_page_costs_the_same_few_statements_whatever_its_size(many, fetch):
    counts = []
    for size in (2, 250):
        with statements(many) as seen:
            rows = many.rows('/hierarchicalrequirement', fetch=fetch, pagesize=size, order='Name')
        assert len(rows) == size
        counts.append(len(seen))
    assert counts[1] <= counts[0] + 4
    assert counts[1] <= 45


def test_a_page_over_several_portions_is_complete(many):
    with many.app.store.writing() as tx:
        tx.insert_many(
            [
                Obj(
                    oid=900_000_000_000 + number,
                    type='Tag',
                    name='t{}'.format(number),
                    workspace=many.oid('east'),
                )
                for number in range(2500)
            ]
        )
    rows = many.rows('/tag', fetch='true', pagesize=2000, start=1)
    rows += many.rows('/tag', fetch='true', pagesize=2000, start=2001)
    assert len({row['_ref'] for row in rows}) == 2502
    assert all(row['Workspace']['_refObjectName'] == 'East' for row in rows)


def test_the_same_object_at_two_depths_is_opened_at_both(service):
    row = service.rows(
        '/hierarchicalrequirement', query='(FormattedID = US2)', fetch='Parent,Name,Owner,UserName'
    )[0]
    assert row['Parent']['Owner']['UserName'] == service.tiny.user
    assert row['Owner']['UserName'] == service.tiny.viewer


def test_dates_and_ids_have_their_recorded_forms(service):
    row = service.get('/defect/{}'.format(service.oid('bug')))
    assert row['CreationDate'].endswith('Z') and len(row['CreationDate']) == 24
    assert isinstance(row['ObjectID'], int) and isinstance(row['VersionId'], str)
    assert row['ObjectUUID'] == row['_refObjectUUID']
    assert row['FormattedID'] == 'DE1'


def test_the_schema_version_of_a_place_is_the_hash_of_its_model(service):
    space = service.get('/workspace/{}'.format(service.oid('east')), fetch='SchemaVersion')
    project = service.get('/project/{}'.format(service.oid('mid')), fetch='SchemaVersion')
    assert space['SchemaVersion'] == project['SchemaVersion'] and len(space['SchemaVersion']) == 32


def test_derived_collections_are_counted_and_listed_alike(service):
    for path, name in (
        ('/subscription/{sub}', 'Workspaces'),
        ('/workspace/{east}', 'Children'),
        ('/project/{mid}', 'Viewers'),
        ('/hierarchicalrequirement/{story}', 'Ancestors'),
    ):
        here = path.format(**service.tiny.oids)
        count = service.get(here, fetch=name)[name]['Count']
        assert count == len(service.rows('{}/{}'.format(here, name))) > 0


def test_a_lone_surrogate_does_not_break_an_answer(service):
    from pyral.emulator.answers.serialize import json_bytes

    assert json_bytes({'Name': 'x\ud800'}) == b'{"Name": "x\\ud800"}'

"""Databases that outlive the emulator: opened again, put back, and let go when nothing is built."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import sqlite3
from pathlib import Path

import pytest
import requests
from sqlalchemy import create_engine, delete, update

from pyral.emulator import Emulator
from pyral.emulator.store import Store
from pyral.emulator.store.tables import links, metadata, objects
from pyral.emulator.web.tls import make_certificate
from pyral.emulator.worlds import WorldError
from pyral.emulator.worlds.demo import empty

STATES = ['Defined', 'In-Progress', 'Completed', 'Accepted', 'Released']
OTHER_DATABASE = 'PYRAL_TEST_DATABASE_URL'


@pytest.fixture(params=['file', 'another database'])
def db(request, tmp_path):
    """Return where an empty database is."""
    if request.param == 'file':
        return str(tmp_path / 'kept.db')
    url = os.environ.get(OTHER_DATABASE)
    if not url:
        pytest.skip(
            "{} names no database to test with (its tables would be dropped)".format(OTHER_DATABASE)
        )
    engine = create_engine(url)
    metadata.drop_all(engine)
    engine.dispose()
    return url


def ask(emulator, method, path, **more):
    """Return what lies below the only key of an answer."""
    session = requests.Session()
    session.trust_env = False
    session.mount(emulator.url, emulator.adapter())
    response = session.request(
        method,
        emulator.url + '/slm/webservice/v2.0' + path,
        headers={'ZSESSIONID': emulator.apikey},
        **more,
    )
    result = next(iter(response.json().values()))
    assert result['Errors'] == []
    return result


def create(emulator, name):
    """Create a defect and return its FormattedID."""
    return ask(emulator, 'POST', '/defect/create', json={'Defect': {'Name': name}})['Object'][
        'FormattedID'
    ]


def names(emulator):
    """Return the names of all defects."""
    return [row['_refObjectName'] for row in ask(emulator, 'GET', '/defect')['Results']]


def test_a_kept_database_holds_what_was_written_before(db):
    emulator = Emulator(world='empty', db=db, listen=False)
    create(emulator, 'kept')
    emulator.stop()
    emulator = Emulator(world='empty', db=db, listen=False)
    assert names(emulator) == ['kept']
    assert create(emulator, 'second') == 'DE2'
    emulator.stop()


def test_reset_builds_the_world_of_a_kept_database_anew(db):
    emulator = Emulator(world='empty', db=db, listen=False, seed=3)
    before = ask(emulator, 'GET', '/project')['Results']
    create(emulator, 'gone soon')
    emulator.reset()
    assert names(emulator) == []
    assert ask(emulator, 'GET', '/project')['Results'] == before
    assert create(emulator, 'first again') == 'DE1'
    emulator.stop()


def test_a_snapshot_of_a_kept_database_can_be_put_back(db):
    emulator = Emulator(world='empty', db=db, listen=False)
    create(emulator, 'early')
    snapshot = emulator.snapshot()
    create(emulator, 'late')
    emulator.restore(snapshot)
    assert names(emulator) == ['early']
    emulator.stop()


def test_ranks_of_an_earlier_version_are_compared_byte_by_byte(db):
    emulator = Emulator(world='empty', db=db, listen=False)
    for name in ('third', 'second', 'first'):
        create(emulator, name)
    old = {'first': 'P!!!!!!Z!!!!', 'second': 'P!!!!!!a!!!!', 'third': 'P!!!!!!b!!!!'}
    with emulator.store.writing() as tx:
        for name, rank in old.items():
            statement = update(objects).where(objects.c.name == name).values(rank=rank)
            tx.connection.execute(statement)
        if tx.connection.dialect.name == 'postgresql':
            # As the column was made then.
            tx.connection.exec_driver_sql(
                'ALTER TABLE objects ALTER COLUMN rank TYPE VARCHAR COLLATE "default"'
            )
    emulator.stop()
    emulator = Emulator(world='empty', db=db, listen=False)
    create(emulator, 'newest')
    rows = ask(emulator, 'GET', '/defect?order=Rank&fetch=Name,DragAndDropRank')['Results']
    assert [row['Name'] for row in rows] == ['newest', 'first', 'second', 'third']
    ranks = [row['DragAndDropRank'] for row in rows]
    assert ranks == sorted(ranks)
    assert {len(rank) for rank in ranks} == {64}
    emulator.stop()


def test_stories_of_an_earlier_version_get_the_feature_above_them(db):
    emulator = Emulator(world='demo', db=db, listen=False)
    query = '/hierarchicalrequirement?pagesize=2000&order=ObjectID&fetch=Feature'
    before = ask(emulator, 'GET', query)['Results']
    assert any(row['Feature'] for row in before)
    with emulator.store.writing() as tx:
        tx.connection.execute(delete(links).where(links.c.attr == 'Feature'))
    emulator.stop()
    emulator = Emulator(world='demo', db=db, listen=False)
    assert ask(emulator, 'GET', query)['Results'] == before
    emulator.stop()


def indexes(path):
    """Return the names of the indexes we made in a file."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return {
            name
            for (name,) in connection.execute(
                "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            )
        }


def test_a_file_of_an_earlier_version_gets_the_indexes_of_this_one(tmp_path):
    db = str(tmp_path / 'old.db')
    emulator = Emulator(world='empty', db=db, listen=False)
    create(emulator, 'kept')
    emulator.stop()
    expected = indexes(db)
    with contextlib.closing(sqlite3.connect(db)) as connection:
        connection.execute('DROP INDEX links_by_name')
        connection.execute('DROP INDEX objects_by_place')
        connection.execute('CREATE INDEX links_by_target ON links (target, attr, source)')
        connection.execute('CREATE INDEX objects_by_type ON objects (type, workspace, project)')
    emulator = Emulator(world='empty', db=db, listen=False)
    assert names(emulator) == ['kept']
    emulator.stop()
    assert (
        indexes(db)
        == expected
        == {index.name for table in metadata.sorted_tables for index in table.indexes}
    )


@pytest.mark.parametrize(
    'wrong',
    [
        {'world': 'no-such-world.json'},
        {'world': 'empty', 'tls': ('no-such.crt', 'no-such.key')},
    ],
)
def test_an_emulator_that_cannot_be_made_closes_its_store(monkeypatch, wrong):
    closed = []
    close = Store.close
    monkeypatch.setattr(Store, 'close', lambda self: (closed.append(self), close(self)))
    with pytest.raises((OSError, WorldError)):
        Emulator(**wrong)
    assert len([store for store in closed if type(store) is Store]) == 1


def test_an_emulator_that_cannot_listen_closes_its_store(monkeypatch):
    closed = []
    close = Store.close
    with Emulator(world='empty') as first:
        monkeypatch.setattr(Store, 'close', lambda self: (closed.append(self), close(self)))
        second = Emulator(world='empty', port=int(first.server.rpartition(':')[2]))
        with pytest.raises(OSError):
            second.__enter__()
        assert closed == [second.store]


def test_a_kept_world_is_opened_without_looking_at_its_artifacts(tmp_path, monkeypatch):
    source, db = tmp_path / 'world.json', str(tmp_path / 'large.db')
    source.write_text(
        json.dumps(
            {
                'users': [
                    {
                        'UserName': 'ann@example.com',
                        'password': 'ann-Secret1',
                        'apiKey': '_annKey1',
                        'SubscriptionAdmin': True,
                        'profile': {'DefaultWorkspace': '@main', 'DefaultProject': '@team'},
                    }
                ],
                'workspaces': [
                    {
                        'id': 'main',
                        'Name': 'Main',
                        'projects': [{'id': 'team', 'Name': 'T'}],
                        'objects': [
                            {
                                'type': 'Defect',
                                'repeat': 3000,
                                'Name': 'Finding {n}',
                                'Project': '@team',
                            }
                        ],
                    }
                ],
            }
        ),
        encoding='utf-8',
    )
    Emulator(world=str(source), db=db, listen=False).stop()
    monkeypatch.setattr('pyral.emulator.worlds.build', None)
    emulator = Emulator(world=str(source), db=db, listen=False)
    assert ask(emulator, 'GET', '/defect')['TotalResultCount'] == 3000
    emulator.stop()


def schema_of(emulator):
    """Return the types of the first workspace: attributes with their ids and values."""
    (row, *_) = ask(emulator, 'GET', '/workspace?fetch=ObjectID')['Results']
    session = requests.Session()
    session.trust_env = False
    session.mount(emulator.url, emulator.adapter())
    answer = session.get(
        '{}/slm/schema/v2.0/workspace/{}'.format(emulator.url, row['ObjectID']),
        headers={'ZSESSIONID': emulator.apikey},
    ).json()
    return {
        one['TypePath']: [
            (attr['ElementName'], attr['ObjectID'], attr['AllowedValues'], attr['Hidden'])
            for attr in one['Attributes']
        ]
        for one in answer['QueryResult']['Results']
    }


def test_a_file_of_an_earlier_version_gets_the_definitions_of_this_one(tmp_path):
    db = str(tmp_path / 'old.db')
    emulator = Emulator(db=db, listen=False)
    before = schema_of(emulator)
    emulator.stop()
    with contextlib.closing(sqlite3.connect(db)) as connection, connection:
        for table, column in (('objects', 'oid'), ('links', 'source'), ('links', 'target')):
            connection.execute(f'UPDATE {table} SET {column} = {column} * 7 WHERE {column} < 0')
        connection.execute('UPDATE objects SET oid = -61001 WHERE oid = -61001 * 7')
        connection.execute('UPDATE links SET target = -61001 WHERE target = -61001 * 7')
        connection.execute("UPDATE objects SET doc = json_remove(doc, '$._definitions')")
    emulator = Emulator(db=db, listen=False)
    assert schema_of(emulator) == before
    assert create(emulator, 'written after') != create(emulator, 'and once more')
    emulator.stop()


def test_an_attribute_that_was_one_and_is_several_keeps_its_values_for_each_type(tmp_path):
    db = str(tmp_path / 'old.db')
    document = empty.document(0, 1, datetime.datetime.now(datetime.timezone.utc))
    document['workspaces'][0]['scheduleStates'] = STATES
    world = tmp_path / 'world.json'
    world.write_text(json.dumps(document))
    emulator = Emulator(world=str(world), db=db, listen=False)
    emulator.stop()
    with contextlib.closing(sqlite3.connect(db)) as connection, connection:
        # As it was before each type had a ScheduleState of its own: values of the story's only,
        # which all four types have.
        story, others = -27506, (-12527, -24007, -35003)
        for other in others:
            connection.execute(
                "DELETE FROM objects WHERE oid IN (SELECT source FROM links WHERE target = ? "
                "AND attr = 'AttributeDefinition' AND source > 0)",
                (other,),
            )
            connection.execute('DELETE FROM links WHERE target = ? AND source > 0', (other,))
            connection.execute(
                "UPDATE links SET target = ? WHERE attr = 'TypeDefinition.Attributes' "
                "AND target = ?",
                (story, other),
            )
        connection.execute("UPDATE objects SET doc = json_remove(doc, '$._definitions')")
    emulator = Emulator(world=str(world), db=db, listen=False)
    for type_path in ('HierarchicalRequirement', 'Defect', 'DefectSuite', 'TestSet'):
        (values,) = [
            values
            for name, _, values, _ in schema_of(emulator)[type_path]
            if name == 'ScheduleState'
        ]
        assert [one['StringValue'] for one in values] == STATES, type_path
    emulator.stop()


@pytest.mark.parametrize('spelled', [str, Path], ids=['text', 'path'])
def test_world_database_and_certificate_are_named_by_text_or_path(tmp_path, spelled):
    world = tmp_path / 'world.json'
    document = empty.document(0, 1, datetime.datetime.now(datetime.timezone.utc))
    world.write_text(json.dumps(document), encoding='utf-8')
    made = make_certificate('127.0.0.1')
    try:
        with Emulator(
            world=spelled(world),
            db=spelled(tmp_path / 'kept.db'),
            tls=(spelled(made.path), spelled(made.key)),
        ) as emulator:
            assert emulator.world == str(world)
            answer = requests.get(
                emulator.url + '/slm/webservice/v2.0/user',
                auth=(emulator.user, emulator.password),
                verify=made.trusted,
            )
            assert answer.json()['User']['UserName'] == emulator.user
        assert (tmp_path / 'kept.db').exists()
    finally:
        made.discard()

"""Deleting objects, and the recycle bin (WSAPI reference, sections 4.5 and 8.7)."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.fact('4.5')


def test_a_deleted_object_is_gone_from_reads_queries_and_collections(api):
    story = api.create('hierarchicalrequirement', Name='s')
    defect = api.create('defect', Name='d', Requirement=story['_ref'])
    answer = api.send('DELETE', '/defect/{}'.format(defect['ObjectID'])).json()
    assert answer == {
        'OperationResult': {
            '_rallyAPIMajor': '2',
            '_rallyAPIMinor': '0',
            'Errors': [],
            'Warnings': [],
        }
    }
    assert api.read(defect)['Errors'] == ['Cannot find object to read']
    assert api.rows('/defect', '(Name = "d")') == []
    assert api.read(story)['Defects']['Count'] == 0


@pytest.mark.fact('16')
def test_what_is_not_there_cannot_be_deleted(api):
    defect = api.create('defect', Name='d')
    api.delete(defect)
    for path in ('/defect/1', '/defect/{}'.format(defect['ObjectID'])):
        assert api.ask('DELETE', path)['Errors'] == ['Object to delete cannot be null']


@pytest.mark.fact('B')
def test_projects_and_workspaces_cannot_be_deleted(api):
    workspace = api.named('workspace', 'Main')
    for item, name in ((api.project, 'Project'), (workspace, 'Workspace')):
        assert api.delete(item)['Errors'] == [
            'Not authorized to perform action: Delete not allowed for {}'.format(name)
        ]


@pytest.mark.fact('8.7')
def test_a_restorable_object_leaves_an_entry_in_the_recycle_bin(api):
    defect = api.create('defect', Name='d')
    api.delete(defect)
    entry = api.one('/recyclebinentry', '(ID = "{}")'.format(defect['FormattedID']))
    assert (entry['Name'], entry['ItemOID']) == ('d', defect['ObjectID'])
    assert entry['Type']['_refObjectName'] == 'Defect'
    assert entry['DeletedBy']['_refObjectName'] == 'Ann Admin'
    assert entry['DeletionDate']


@pytest.mark.fact('8.7')
def test_the_bin_takes_no_creates_and_no_updates(api):
    defect = api.create('defect', Name='d')
    api.delete(defect)
    entry = api.one('/recyclebinentry', '(ID = "{}")'.format(defect['FormattedID']))
    assert api.try_create('recyclebinentry', {'Name': 'x'})['Errors'] == [
        'Not authorized to create: RecycleBinEntry'
    ]
    assert api.try_update(entry, {'Name': 'x'})['Errors'] == [
        'Not authorized to update: RecycleBinEntry {}'.format(entry['ObjectID'])
    ]


@pytest.mark.fact('8.7')
def test_deleting_the_entry_purges_the_object(api, emulator):
    defect = api.create('defect', Name='d')
    api.delete(defect)
    entry = api.one('/recyclebinentry', '(ID = "{}")'.format(defect['FormattedID']))
    assert api.delete(entry)['Errors'] == []
    assert api.rows('/recyclebinentry', '(ID = "{}")'.format(defect['FormattedID'])) == []
    with emulator.store.reading() as tx:
        assert tx.get(defect['ObjectID'], recycled=True) is None


@pytest.mark.fact('8.7')
def test_the_tasks_of_a_story_go_with_it_and_its_children_stay(api):
    story = api.create('hierarchicalrequirement', Name='s')
    child = api.create('hierarchicalrequirement', Name='c', Parent=story['_ref'])
    task = api.create('task', Name='t', WorkProduct=story['_ref'])
    api.delete(story)
    assert api.read(task)['Errors'] == ['Cannot find object to read']
    assert api.read(child)['HasParent'] is False


@pytest.mark.fact('8.7')
def test_a_restored_story_comes_back_with_its_tasks(api):
    parent = api.create('hierarchicalrequirement', Name='p')
    story = api.create('hierarchicalrequirement', Name='s', Parent=parent['_ref'])
    child = api.create('hierarchicalrequirement', Name='c', Parent=story['_ref'])
    task = api.create('task', Name='t', WorkProduct=story['_ref'], Estimate=2)
    api.delete(story)
    assert api.read(parent)['DirectChildrenCount'] == 0
    entry = api.one('/recyclebinentry', '(ID = "{}")'.format(story['FormattedID']))
    path = '/recyclebinentry/{}/restore'.format(entry['ObjectID'])
    back = api.ask('POST', path)
    assert back['Errors'] == []
    assert back['Object']['FormattedID'] == story['FormattedID']
    assert api.read(task)['Name'] == 't'
    assert api.read(story)['TaskEstimateTotal'] == 2.0
    assert api.read(parent)['DirectChildrenCount'] == 1
    assert api.read(child)['HasParent'] is True
    assert api.rows('/recyclebinentry', '(ID = "{}")'.format(story['FormattedID'])) == []
    assert api.ask('POST', path)['Errors'] == ['Object to restore cannot be null']


def test_only_editors_of_the_project_restore_and_purge(api, as_viewer):
    defect = api.create('defect', Name='d')
    api.delete(defect)
    entry = api.one('/recyclebinentry', '(ID = "{}")'.format(defect['FormattedID']))
    path = '/recyclebinentry/{}/restore'.format(entry['ObjectID'])
    assert as_viewer.ask('POST', path)['Errors'] == [
        'Not authorized to perform action: Restore not allowed for Defect'
    ]
    assert as_viewer.delete(entry)['Errors'] == [
        'Not authorized to perform action: Delete not allowed for RecycleBinEntry'
    ]


def test_a_type_that_is_not_restorable_is_removed_for_good(api):
    before = api.get('/recyclebinentry')['TotalResultCount']
    tag = api.create('tag', Name='short-lived')
    defect = api.create('defect', Name='d', Tags=[tag['_ref']])
    assert api.delete(tag)['Errors'] == []
    assert api.read(defect)['Tags']['Count'] == 0
    assert api.get('/recyclebinentry')['TotalResultCount'] == before


def test_deleting_an_iteration_leaves_its_stories_unscheduled(api):
    iteration = api.create(
        'iteration',
        Name='i',
        StartDate='2026-05-01',
        EndDate='2026-05-14',
        Project=api.project['_ref'],
    )
    story = api.create('hierarchicalrequirement', Name='s', Iteration=iteration['_ref'])
    assert api.delete(iteration)['Errors'] == []
    assert api.read(story)['Iteration'] is None

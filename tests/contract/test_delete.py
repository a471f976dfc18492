"""Deleting objects, and the recycle bin (WSAPI reference, sections 4.5 and 8.7)."""
from __future__ import annotations

from pyral.emulator import rules


def test_a_deleted_object_is_gone_from_reads_queries_and_collections(service):
    story = service.create('hierarchicalrequirement', Name='s')
    defect = service.create('defect', Name='d', Requirement=story['_ref'])
    answer = service.send('DELETE', '/defect/{}'.format(defect['ObjectID'])).json()
    assert answer == {'OperationResult': {
        '_rallyAPIMajor': '2', '_rallyAPIMinor': '0', 'Errors': [], 'Warnings': []}}
    assert service.read(defect)['Errors'] == ['Cannot find object to read']
    assert service.rows('/defect', '(Name = "d")') == []
    assert service.read(story)['Defects']['Count'] == 0


def test_what_is_not_there_cannot_be_deleted(service):
    defect = service.create('defect', Name='d')
    service.delete(defect)
    for path in ('/defect/1', '/defect/{}'.format(defect['ObjectID'])):
        assert service.ask('DELETE', path)['Errors'] == ['Object to delete cannot be null']


def test_projects_and_workspaces_cannot_be_deleted(service):
    workspace = service.named('workspace', 'Main')
    for item, name in ((service.project, 'Project'), (workspace, 'Workspace')):
        assert service.delete(item)['Errors'] == [
            'Not authorized to perform action: Delete not allowed for {}'.format(name)]


def test_a_restorable_object_leaves_an_entry_in_the_recycle_bin(service):
    defect = service.create('defect', Name='d')
    service.delete(defect)
    entry = service.one('/recyclebinentry', '(ID = "{}")'.format(defect['FormattedID']))
    assert (entry['Name'], entry['ItemOID']) == ('d', defect['ObjectID'])
    assert entry['Type']['_refObjectName'] == 'Defect'
    assert entry['DeletedBy']['_refObjectName'] == 'Ann Admin'
    assert entry['DeletionDate']


def test_the_bin_takes_no_creates_and_no_updates(service):
    defect = service.create('defect', Name='d')
    service.delete(defect)
    entry = service.one('/recyclebinentry', '(ID = "{}")'.format(defect['FormattedID']))
    assert service.try_create('recyclebinentry', {'Name': 'x'})['Errors'] == [
        'Not authorized to perform action: Create not allowed for RecycleBinEntry']
    assert service.try_update(entry, {'Name': 'x'})['Errors'] == [
        'Not authorized to perform action: Update not allowed for RecycleBinEntry']


def test_deleting_the_entry_purges_the_object(service, emulator):
    defect = service.create('defect', Name='d')
    service.delete(defect)
    entry = service.one('/recyclebinentry', '(ID = "{}")'.format(defect['FormattedID']))
    assert service.delete(entry)['Errors'] == []
    assert service.rows('/recyclebinentry', '(ID = "{}")'.format(defect['FormattedID'])) == []
    with emulator.store.reading() as tx:
        assert tx.get(defect['ObjectID'], recycled=True) is None


def test_the_tasks_of_a_story_go_with_it_and_its_children_stay(service):
    story = service.create('hierarchicalrequirement', Name='s')
    child = service.create('hierarchicalrequirement', Name='c', Parent=story['_ref'])
    task = service.create('task', Name='t', WorkProduct=story['_ref'])
    service.delete(story)
    assert service.read(task)['Errors'] == ['Cannot find object to read']
    assert service.read(child)['HasParent'] is False


def test_a_restored_story_comes_back_with_its_tasks(service, emulator):
    parent = service.create('hierarchicalrequirement', Name='p')
    story = service.create('hierarchicalrequirement', Name='s', Parent=parent['_ref'])
    task = service.create('task', Name='t', WorkProduct=story['_ref'], Estimate=2)
    service.delete(story)
    assert service.read(parent)['DirectChildrenCount'] == 0
    entry = service.one('/recyclebinentry', '(ID = "{}")'.format(story['FormattedID']))
    with emulator.store.writing() as tx:
        oid = rules.restore(tx, tx.get(entry['ObjectID']))
        rules.rollups.recompute(tx, [oid])
    assert service.read(task)['Name'] == 't'
    assert service.read(story)['TaskEstimateTotal'] == 2.0
    assert service.read(parent)['DirectChildrenCount'] == 1
    assert service.rows('/recyclebinentry', '(ID = "{}")'.format(story['FormattedID'])) == []


def test_a_type_that_is_not_restorable_is_removed_for_good(service):
    before = service.get('/recyclebinentry')['TotalResultCount']
    tag = service.create('tag', Name='short-lived')
    defect = service.create('defect', Name='d', Tags=[tag['_ref']])
    assert service.delete(tag)['Errors'] == []
    assert service.read(defect)['Tags']['Count'] == 0
    assert service.get('/recyclebinentry')['TotalResultCount'] == before


def test_deleting_an_iteration_leaves_its_stories_unscheduled(service):
    iteration = service.create('iteration', Name='i', StartDate='2026-05-01',
                               EndDate='2026-05-14', Project=service.project['_ref'])
    story = service.create('hierarchicalrequirement', Name='s', Iteration=iteration['_ref'])
    assert service.delete(iteration)['Errors'] == []
    assert service.read(story)['Iteration'] is None

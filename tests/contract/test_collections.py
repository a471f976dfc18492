"""Adding to collections, removing, replacing (WSAPI reference, section 7)."""
from __future__ import annotations

import pytest


def names(rows):
    return [row['_refObjectName'] for row in rows]


@pytest.fixture
def defect(service):
    return service.create('defect', Name='d')


@pytest.fixture
def story(service):
    return service.create('hierarchicalrequirement', Name='s')


@pytest.mark.parametrize('key', ['CollectionItems', 'Tags', 'whatever'])
def test_members_are_added_by_reference_and_created_inline(service, defect, key):
    urgent = service.named('tag', 'urgent')
    path = '/defect/{}/tags/add'.format(defect['ObjectID'])
    result = service.ask('POST', path, {key: [
        {'Name': 'New Tag'}, {'_ref': 'Tag/{}'.format(urgent['ObjectID'])}]}, fetch='Name')
    assert (result['Errors'], result['Warnings']) == ([], [])
    assert [row['Name'] for row in result['Results']] == ['New Tag', 'urgent']
    for row in result['Results']:
        assert {'_ref', '_objectVersion', '_refObjectName', '_type', '_rallyAPIMajor'} <= set(row)
    assert sorted(names(service.members(defect, 'Tags'))) == ['New Tag', 'urgent']


def test_adding_answers_shell_rows_without_fetch(service, defect):
    (row,) = service.add(defect, 'Tags', {'Name': 'New'})['Results']
    assert row['_refObjectName'] == 'New'
    assert 'Archived' not in row


def test_adding_a_member_twice_is_harmless(service, defect):
    urgent = service.named('tag', 'urgent')
    service.add(defect, 'Tags', urgent['_ref'], {'_ref': urgent['_ref']})
    again = service.add(defect, 'Tags', urgent['_ref'])
    assert again['Errors'] == []
    assert names(service.members(defect, 'Tags')) == ['urgent']


def test_removing_takes_members_out_and_answers_no_results(service, defect):
    urgent, legal = service.named('tag', 'urgent'), service.named('tag', 'legal')
    service.add(defect, 'Tags', urgent['_ref'], legal['_ref'])
    result = service.remove(defect, 'Tags', urgent['_ref'])
    assert result == {'_rallyAPIMajor': '2', '_rallyAPIMinor': '0', 'Errors': [], 'Warnings': []}
    assert names(service.members(defect, 'Tags')) == ['legal']
    assert service.remove(defect, 'Tags', urgent['_ref'])['Errors'] == []


def test_a_list_in_an_update_replaces_the_collection(service, defect):
    urgent, legal = service.named('tag', 'urgent'), service.named('tag', 'legal')
    service.update(defect, Tags=[{'_ref': urgent['_ref'], '_type': 'Tag'}])
    service.update(defect, Tags=[legal['_ref']])
    assert names(service.members(defect, 'Tags')) == ['legal']
    assert service.update(defect, Tags=[])['Tags']['Count'] == 0


def test_a_task_created_in_the_tasks_of_a_story_belongs_to_it(service, story):
    result = service.add(story, 'Tasks', {'Name': 't', 'Estimate': 3}, fetch='Name,WorkProduct')
    (row,) = result['Results']
    assert row['WorkProduct']['_refObjectName'] == 's'
    assert service.read(story)['TaskEstimateTotal'] == 3.0


def test_children_added_by_reference_get_their_parent(service, story):
    child = service.create('hierarchicalrequirement', Name='c')
    assert service.add(story, 'Children', child['_ref'])['Errors'] == []
    assert service.read(child)['Parent']['_refObjectName'] == 's'
    assert service.read(child)['VersionId'] == '2'
    assert service.remove(story, 'Children', child['_ref'])['Errors'] == []
    assert service.read(child)['Parent'] is None


def test_a_task_cannot_be_taken_from_its_work_product(service, story):
    task = service.create('task', Name='t', WorkProduct=story['_ref'])
    assert service.remove(story, 'Tasks', task['_ref'])['Errors'] == [
        'Validation error: Task.Work Product should not be null']
    assert service.read(story)['Tasks']['Count'] == 1


@pytest.mark.parametrize(('type_a', 'there', 'type_b', 'back'), [
    ('hierarchicalrequirement', 'Predecessors', 'hierarchicalrequirement', 'Successors'),
    ('defect', 'Milestones', 'milestone', 'Artifacts'),
    ('testset', 'TestCases', 'testcase', 'TestSets'),
    ('defectsuite', 'Defects', 'defect', 'DefectSuites'),
    ('portfolioitem/feature', 'Predecessors', 'portfolioitem/feature', 'Successors'),
])
def test_both_directions_of_a_relation_stay_in_step(service, type_a, there, type_b, back):
    one, other = service.create(type_a, Name='one'), service.create(type_b, Name='other')
    assert service.add(one, there, other['_ref'])['Errors'] == []
    assert names(service.members(other, back)) == ['one']
    assert service.remove(other, back, one['_ref'])['Errors'] == []
    assert service.members(one, there) == []


def test_a_collection_that_is_not_modifiable_says_so(service, defect):
    history = service.read(defect)['RevisionHistory']
    assert service.add(history, 'Revisions', {'Description': 'x'})['Errors'] == [
        'Cannot add to collection Revisions']
    assert service.remove(history, 'Revisions', {'_ref': '/revision/1'})['Errors'] == [
        'Cannot remove from collection Revisions']


def test_members_of_the_wrong_type_are_refused_and_nothing_is_added(service, defect, story):
    result = service.add(defect, 'Tags', {'Name': 'fine'}, story['_ref'], '/tag/1', 'xyz')
    assert result['Errors'] == [
        'Validation error: Defect.Tags must be a reference to Tag, not to HierarchicalRequirement',
        'Could not read: Could not read referenced object /tag/1',
        'Cannot parse object reference from "xyz"',
    ]
    assert service.read(defect)['Tags']['Count'] == 0
    assert service.rows('/tag', '(Name = "fine")') == []


def test_an_inline_member_is_checked_like_any_new_object(service, defect):
    assert service.add(defect, 'Tags', {'Name': 'x' * 33})['Errors'] == [
        'Validation error: Tag.Name length is greater than the maximum length of 32']


def test_a_body_without_a_list_is_refused(service, defect):
    path = '/defect/{}/Tags/add'.format(defect['ObjectID'])
    for body in ({'CollectionItems': {}}, {}, []):
        (error,) = service.ask('POST', path, body)['Errors']
        assert error.startswith('Cannot parse input stream due to I/O error as JSON document: ')


def test_steps_results_and_posts_are_created_through_their_owners(service):
    case = service.create('testcase', Name='c')
    service.add(case, 'Steps', {'Input': 'first'}, {'Input': 'second'})
    assert [step['StepIndex'] for step in service.members(case, 'Steps')] == [0, 1]
    service.add(case, 'Results', {'Verdict': 'Pass', 'Build': '7', 'Date': '2026-03-01'})
    assert service.read(case)['LastVerdict'] == 'Pass'
    service.add(case, 'Discussion', {'Text': 'Well?'})
    (post,) = service.members(case, 'Discussion')
    assert (post['Text'], post['PostNumber']) == ('Well?', 0)
    assert post['User']['_refObjectName'] == 'Ann Admin'

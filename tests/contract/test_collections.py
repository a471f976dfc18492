"""Adding to collections, removing, replacing (WSAPI reference, section 7)."""

from __future__ import annotations

import pytest


def names(rows):
    return [row['_refObjectName'] for row in rows]


@pytest.fixture
def defect(api):
    return api.create('defect', Name='d')


@pytest.fixture
def story(api):
    return api.create('hierarchicalrequirement', Name='s')


@pytest.mark.fact('7.2', 'rest/collection-add')
@pytest.mark.parametrize('key', ['CollectionItems', 'Tags', 'whatever'])
def test_members_are_added_by_reference_and_created_inline(api, defect, key):
    urgent = api.named('tag', 'urgent')
    path = '/defect/{}/tags/add'.format(defect['ObjectID'])
    result = api.ask(
        'POST',
        path,
        {key: [{'Name': 'New Tag'}, {'_ref': 'Tag/{}'.format(urgent['ObjectID'])}]},
        fetch='Name',
    )
    assert (result['Errors'], result['Warnings']) == ([], [])
    assert [row['Name'] for row in result['Results']] == ['New Tag', 'urgent']
    for row in result['Results']:
        assert {'_ref', '_objectVersion', '_refObjectName', '_type', '_rallyAPIMajor'} <= set(row)
    assert sorted(names(api.members(defect, 'Tags'))) == ['New Tag', 'urgent']


@pytest.mark.fact('7.2')
@pytest.mark.parametrize(('fetch', 'is_full'), [(None, True), ('true', True), ('false', False)])
def test_adding_answers_full_objects_unless_told_otherwise(api, defect, fetch, is_full):
    (row,) = api.add(defect, 'Tags', {'Name': 'New'}, **({'fetch': fetch} if fetch else {}))[
        'Results'
    ]
    assert row['_refObjectName'] == 'New'
    assert ('Archived' in row) is is_full


@pytest.mark.fact('7.2')
def test_adding_a_member_twice_is_harmless(api, defect):
    urgent = api.named('tag', 'urgent')
    api.add(defect, 'Tags', urgent['_ref'], {'_ref': urgent['_ref']})
    again = api.add(defect, 'Tags', urgent['_ref'])
    assert again['Errors'] == []
    assert names(api.members(defect, 'Tags')) == ['urgent']


@pytest.mark.fact('7.3', 'rest/collection-remove')
def test_removing_takes_members_out_and_answers_no_results(api, defect):
    urgent, legal = api.named('tag', 'urgent'), api.named('tag', 'legal')
    api.add(defect, 'Tags', urgent['_ref'], legal['_ref'])
    result = api.remove(defect, 'Tags', urgent['_ref'])
    assert result == {'_rallyAPIMajor': '2', '_rallyAPIMinor': '0', 'Errors': [], 'Warnings': []}
    assert names(api.members(defect, 'Tags')) == ['legal']
    assert api.remove(defect, 'Tags', urgent['_ref'])['Errors'] == []


@pytest.mark.fact('7.4')
def test_a_list_in_an_update_replaces_the_collection(api, defect):
    urgent, legal = api.named('tag', 'urgent'), api.named('tag', 'legal')
    api.update(defect, Tags=[{'_ref': urgent['_ref'], '_type': 'Tag'}])
    api.update(defect, Tags=[legal['_ref']])
    assert names(api.members(defect, 'Tags')) == ['legal']
    assert api.update(defect, Tags=[])['Tags']['Count'] == 0


@pytest.mark.fact('7.2')
def test_a_task_created_in_the_tasks_of_a_story_belongs_to_it(api, story):
    result = api.add(story, 'Tasks', {'Name': 't', 'Estimate': 3}, fetch='Name,WorkProduct')
    (row,) = result['Results']
    assert row['WorkProduct']['_refObjectName'] == 's'
    assert api.read(story)['TaskEstimateTotal'] == 3.0


@pytest.mark.fact('7.4')
def test_children_added_by_reference_get_their_parent(api, story):
    child = api.create('hierarchicalrequirement', Name='c')
    assert api.add(story, 'Children', child['_ref'])['Errors'] == []
    assert api.read(child)['Parent']['_refObjectName'] == 's'
    assert api.read(child)['VersionId'] == '2'
    assert api.remove(story, 'Children', child['_ref'])['Errors'] == []
    assert api.read(child)['Parent'] is None


@pytest.mark.fact('7.3')
def test_a_task_cannot_be_taken_from_its_work_product(api, story):
    task = api.create('task', Name='t', WorkProduct=story['_ref'])
    assert api.remove(story, 'Tasks', task['_ref'])['Errors'] == [
        'Validation error: Task.Work Product should not be null'
    ]
    assert api.read(story)['Tasks']['Count'] == 1


@pytest.mark.fact('7.4')
@pytest.mark.parametrize(
    ('type_a', 'there', 'type_b', 'back'),
    [
        ('hierarchicalrequirement', 'Predecessors', 'hierarchicalrequirement', 'Successors'),
        ('defect', 'Milestones', 'milestone', 'Artifacts'),
        ('testset', 'TestCases', 'testcase', 'TestSets'),
        ('defectsuite', 'Defects', 'defect', 'DefectSuites'),
        ('portfolioitem/feature', 'Predecessors', 'portfolioitem/feature', 'Successors'),
    ],
)
def test_both_directions_of_a_relation_stay_in_step(api, type_a, there, type_b, back):
    one, other = api.create(type_a, Name='one'), api.create(type_b, Name='other')
    assert api.add(one, there, other['_ref'])['Errors'] == []
    assert names(api.members(other, back)) == ['one']
    assert api.remove(other, back, one['_ref'])['Errors'] == []
    assert api.members(one, there) == []


@pytest.mark.fact('7.2')
def test_a_collection_that_is_not_modifiable_says_so(api, defect):
    history = api.read(defect)['RevisionHistory']
    assert api.add(history, 'Revisions', {'Description': 'x'})['Errors'] == [
        'Cannot add to collection Revisions'
    ]
    assert api.remove(history, 'Revisions', {'_ref': '/revision/1'})['Errors'] == [
        'Cannot remove from collection Revisions'
    ]


@pytest.mark.fact('3.2')
def test_names_sort_without_their_letter_case(api, defect):
    for name in ('beta', 'Alpha', 'Gamma', 'alpha 2', '\u00c9clair', '\u00e9clair 2'):
        api.add(defect, 'Tags', {'Name': name})
    expected = ['Alpha', 'alpha 2', 'beta', 'Gamma', '\u00c9clair', '\u00e9clair 2']
    assert names(api.members(defect, 'Tags', order='Name')) == expected
    assert names(api.members(defect, 'Tags', order='Name DESC')) == expected[::-1]


@pytest.mark.fact('7.2')
def test_members_of_the_wrong_type_are_refused_and_nothing_is_added(api, defect, story):
    result = api.add(defect, 'Tags', {'Name': 'fine'}, story['_ref'], '/tag/1', 'xyz')
    assert result['Errors'] == [
        'Cannot add to collection Tags',
        'Could not read: Could not read referenced object /tag/1',
        'Cannot parse object reference from "xyz"',
    ]
    assert api.read(defect)['Tags']['Count'] == 0
    assert api.rows('/tag', '(Name = "fine")') == []


@pytest.mark.fact('7.2')
def test_an_inline_member_is_checked_like_any_new_object(api, defect):
    assert api.add(defect, 'Tags', {'Name': 'x' * 33})['Errors'] == [
        'Validation error: Tag.Name length is greater than the maximum length of 32'
    ]


@pytest.mark.fact('7.2')
def test_a_body_without_a_list_is_refused(api, defect):
    path = '/defect/{}/Tags/add'.format(defect['ObjectID'])
    for body in ({'CollectionItems': {}}, {}, []):
        (error,) = api.ask('POST', path, body)['Errors']
        assert error.startswith('Cannot parse input stream due to I/O error as JSON document: ')


@pytest.mark.fact('7.2')
def test_steps_results_and_posts_are_created_through_their_owners(api):
    case = api.create('testcase', Name='c')
    api.add(case, 'Steps', {'Input': 'first'}, {'Input': 'second'})
    assert [step['StepIndex'] for step in api.members(case, 'Steps')] == [0, 1]
    api.add(case, 'Results', {'Verdict': 'Pass', 'Build': '7', 'Date': '2026-03-01'})
    assert api.read(case)['LastVerdict'] == 'Pass'
    api.add(case, 'Discussion', {'Text': 'Well?'})
    (post,) = api.members(case, 'Discussion')
    assert (post['Text'], post['PostNumber']) == ('Well?', 0)
    assert post['User']['_refObjectName'] == 'Ann Admin'

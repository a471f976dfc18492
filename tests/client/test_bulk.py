"""Many items at once: what it costs, and that the service has then what single calls make of it."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral import RallyRESTAPIError
from pyral.writing import batch
from tests import emulated


def stories(rally, count):
    made = rally.createMultiple('Story', [{'Name': 'S{0}'.format(n)} for n in range(count)])
    assert made.complete
    return made


def test_stories_are_tagged_and_deleted_with_a_request_for_each_chunk(rally, monkeypatch):
    items = stories(rally, 5)
    tag = rally.create('Tag', {'Name': 'autumn'})
    rally.addCollectionItems(items[0]['FormattedID'], 'Tags', ['legal'])
    monkeypatch.setattr(batch, 'CHUNK', 2)
    wire = emulated.Wire(rally)
    assert rally.addCollectionItemsMultiple(items, 'Tags', [tag]).complete
    assert wire.paths == ['POST batch'] * 3
    assert rally.get('Story', query={'Tags': tag}, project=None).total == 5
    assert sorted(each.Name for each in rally[str(items[0]['FormattedID'])].Tags) == [
        'autumn', 'legal']
    wire.clear()
    gone = rally.deleteMultiple('Story', [row['FormattedID'] for row in items])
    assert gone.complete and gone == items
    assert wire.paths == ['GET HierarchicalRequirement'] + ['POST batch'] * 3
    assert rally.get('Story', query={'Tags': tag}, project=None).total == 0


def test_an_edit_of_many_is_what_single_edits_are(rally):
    ids = [row['FormattedID'] for row in stories(rally, 4)]
    one, two, three, four = [rally[str(each)] for each in ids]
    assert list(three.Tags) == []
    rally.addCollectionItemsMultiple([one, three], 'tags', ['legal', {'Name': 'new'}])
    for each in (two, four):
        rally.addCollectionItems(each, 'tags', ['legal', {'Name': 'new'}])
    for each in (one, two, three, four):  # entities read their collections again
        assert sorted(tag.Name for tag in each.Tags) == ['legal', 'new']
    rally.dropCollectionItemsMultiple({one: 'legal', ids[2]: ['new']}, 'Tags')
    assert [[tag.Name for tag in rally[str(each)].Tags] for each in ids] == [
        ['new'], ['legal', 'new'], ['legal'], ['legal', 'new']]


def test_names_are_looked_for_once_and_each_in_the_project_of_its_target(rally):
    items = stories(rally, 3)
    cases = rally.createMultiple('TestCase', [{'Name': 'C{0}'.format(n)} for n in range(3)])
    sets = rally.createMultiple('TestSet', [{'Name': 'set'}, {'Name': 'other set'}])
    wire = emulated.Wire(rally)
    done = rally.addCollectionItemsMultiple({
        sets[0]['FormattedID']: [each['FormattedID'] for each in cases[:2]],
        sets[1]['FormattedID']: [cases[2]]}, 'TestCases')
    assert done.complete and len(wire.paths) == 3
    assert [len(rally[str(each['FormattedID'])].TestCases) for each in sets] == [2, 1]
    wire.clear()
    assert rally.addCollectionItemsMultiple(
        [int(row['ObjectID']) for row in items], [rally.create('Tag', {'Name': 'x'})]).complete
    assert wire.paths == ['PUT tag/create', 'GET Artifact', 'POST batch']
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.addCollectionItemsMultiple(items, 'Tags', ['nobody knows it'])
    assert 'nobody knows it' in str(caught.value)


def test_what_fails_stops_no_other_and_is_told_with_the_words_of_the_service(rally):
    items = stories(rally, 3)
    rally.delete('Story', items[1]['ObjectID'])
    with pytest.warns(UserWarning):
        found = rally.addCollectionItemsMultiple(items, 'Tags', ['legal'])
    assert [bool(each.result) for each in found.outcomes] == [True, False, True]
    with pytest.warns(UserWarning):
        found = rally.deleteMultiple('Story', items)
    assert [(each.place, each.errors) for each in found.failed] == [
        (1, ['Object to delete cannot be null'])]


def test_a_copy_is_the_entity_of_the_new_item(rally):
    case = rally.create('TestCase', {'Name': 'c', 'Tags': ['legal']})
    rally.create('TestCaseStep', {'TestCase': case, 'Input': 'press', 'StepIndex': 0})
    wire = emulated.Wire(rally)
    made = rally.copy('TestCase', case, fetch='FormattedID,Name')
    assert wire.paths == ['POST testcase/{0}/copy'.format(case.oid)]
    assert (made.Name, made == case) == ('(Copy of) c', False)
    whole = rally[made.FormattedID]
    assert [tag.Name for tag in whole.Tags] == ['legal']
    assert [step.Input for step in whole.Steps] == ['press']
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.copy('Tag', whole.Tags[0])
    assert 'Copy not allowed for Tag' in str(caught.value)

# -*- coding: utf-8 -*-
"""Statements 114 to 130: create, update, delete, batches, collections and rank."""
from __future__ import absolute_import, division, print_function, unicode_literals

import datetime

import pytest

from pyral import (
    InvalidRallyTypeNameError,
    MultipleOperationError,
    RallyAttributeNameError,
    RallyRESTAPIError,
)
from pyral.advice import RallyWarning
from tests.emulated import Wire


@pytest.fixture
def signed_in(emu):
    """A connection with user and password."""
    return emu.sign_in()


@pytest.fixture
def story(rally):
    """A story of our own."""
    return rally.create('Story', {'Name': 'A story to write on'})


def defect(rally, **values):
    """Make a defect."""
    return rally.create('Defect', dict({'Name': 'Found while testing'}, **values))


def test_114_create_is_token_and_put(signed_in):
    signed_in.typedef('Tag')
    wire = Wire(signed_in)
    signed_in.create('Tag', {'Name': 'first'})
    assert [line.split('?')[0] for line in wire.lines] == [
        'GET security/authorize', 'PUT tag/create']
    assert 'key=' in wire.lines[1]
    assert wire.sent[1][2] == {'Tag': {'Name': 'first'}}
    wire.clear()
    signed_in.create('Tag', {'Name': 'second'})
    assert [line.split(' ')[0] for line in wire.lines] == ['PUT']


def test_114b_what_was_created_has_its_formatted_id(rally):
    made = defect(rally)
    assert made.FormattedID.startswith('DE')
    assert made._hydrated is True


def test_115_an_api_key_needs_no_token(rally, wire):
    rally.create('Tag', {'Name': 'keyed'})
    assert not [line for line in wire.lines if 'security/authorize' in line or 'key=' in line]
    assert rally.obtainSecurityToken() is None


def test_116_unknown_attributes_are_named_and_nothing_is_sent(rally, wire):
    with pytest.raises(RallyAttributeNameError) as caught:
        rally.create('Defect', {'Name': 'x', 'Sverity': 'y'})
    assert caught.value.args == ('Sverity',)
    assert 'Severity' in caught.value.suggestions
    assert not [line for line in wire.lines if line.startswith('PUT')]


def test_116b_names_are_mapped_as_the_contract_says(rally):
    made = rally.create('Defect', {'name': 'mapped', 'Effort Factor': 1.5, 'customer': 'Contoso'})
    assert (made.Name, made.c_EffortFactor, made.Customer) == ('mapped', 1.5, 'Contoso')
    assert rally.validateAttributeNames('Defect', {'effortfactor': 3}) == {'c_EffortFactor': 3}
    with pytest.raises(InvalidRallyTypeNameError):
        rally.validateAttributeNames('Nothing', {})


def test_117_collections_take_refs_and_entities(rally, wire):
    first, second = [rally.create('Tag', {'Name': name}) for name in ('one', 'two')]
    wire.clear()
    ref = 'tag/{0}'.format(first.oid)
    made = rally.create('Story', {'Name': 'tagged', 'Tags': [ref, second]})
    body = [body for method, _, body in wire.sent if method == 'PUT'][0]
    assert body['HierarchicalRequirement']['Tags'] == [
        {'_ref': ref}, {'_ref': 'tag/{0}'.format(second.oid)}]
    assert sorted(tag.Name for tag in made.Tags) == ['one', 'two']
    parent = rally.create('Story', {'Name': 'parent', 'Children': [made]})
    assert [child.oid for child in parent.Children] == [made.oid]


def test_118_errors_of_a_create_are_raised_as_422(rally):
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.create('Defect', {'Name': None})
    assert caught.value.args[0].startswith('422 ')
    assert caught.value.errors and caught.value.errors[0] in caught.value.args[0]


def test_119_the_recycle_bin_takes_no_entries(rally):
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.create('RecycleBinEntry', {})
    assert caught.value.args[0] == 'create operation unsupported for RecycleBinEntry'
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.update('RecycleBinEntry', {'ObjectID': 1})
    assert caught.value.args[0] == 'update operation unsupported for RecycleBinEntry'


def test_120_update_looks_up_and_posts(rally):
    made = defect(rally)
    wire = Wire(rally)
    changes = {'FormattedID': made.FormattedID, 'State': 'Fixed'}
    updated = rally.update('Defect', changes)
    assert wire.paths == ['GET Defect', 'POST defect/{0}'.format(made.oid)]
    assert updated.State == 'Fixed'
    assert changes == {'FormattedID': made.FormattedID, 'State': 'Fixed'}


def test_120b_both_shapes_of_an_update_work(rally):
    made = defect(rally)
    for ident in (made.oid, str(made.oid), made.FormattedID, made, made.ref, made._ref):
        assert rally.update('Defect', ident, {'Priority': 'Low'}).oid == made.oid
    assert rally.update('Defect', {'ObjectID': made.oid, 'State': 'Open'}).State == 'Open'
    assert rally.update('Defect', made, {'State': 'Fixed'}, project=None).State == 'Fixed'
    with pytest.raises(TypeError):
        rally.update('Defect', made)


def test_121_an_update_needs_an_item(rally):
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.update('Defect', {'State': 'Fixed'})
    assert caught.value.args[0] == (
        'An identifying field (ObjectID or FormattedID) must be specified')
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.update('Defect', {'FormattedID': 'DE999', 'State': 'Fixed'})
    assert caught.value.args[0] == 'Target Defect DE999 could not be located'


def test_122_errors_of_an_update_hold_the_words_of_the_service(rally):
    made = defect(rally)
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.update('Defect', {'FormattedID': made.FormattedID, 'State': 'Nonsense'})
    text = caught.value.args[0]
    assert 'Ignored JSON element' not in str(caught.value)
    assert text.startswith('Unable to update the Defect\nERRORS: ')
    assert 'Nonsense' in text and '\nWARNINGS: ' in text


def test_123_delete_takes_an_id_of_any_form(rally):
    for ident in (lambda made: made.FormattedID, lambda made: made.oid,
                  lambda made: str(made.oid), lambda made: made, lambda made: made._ref):
        assert rally.delete('Defect', ident(defect(rally))) is True
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.delete('Defect', 'DE999')
    assert 'could not be located' in caught.value.args[0]


def test_123b_the_number_of_another_type_is_not_deleted(rally, story):
    made = defect(rally)
    with pytest.raises(RallyRESTAPIError):
        rally.delete('Defect', made.FormattedID.replace('DE', 'US'))
    with pytest.raises(RallyRESTAPIError):
        rally.delete('Defect', story)
    assert rally.get('Defect', query={'ObjectID': made.oid}).resultCount == 1


def test_124_a_refused_delete_raises_with_errors(rally):
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.delete('Defect', 123456)
    assert caught.value.args[0].startswith('ERRORS: ')


def test_125_many_are_created_in_one_request(rally, wire):
    rally.typedef('Story')
    wire.clear()
    results = rally.createMultiple('Story', [{'Name': 'one'}, {'Name': 'two'}])
    assert wire.paths == ['POST batch']
    entries = wire.sent[0][2]['Batch']
    assert entries[0]['Entry'] == {
        'Path': '/hierarchicalrequirement/create', 'Method': 'PUT',
        'Body': {'hierarchicalrequirement': {'Name': 'one'}}}
    assert len(entries) == 2
    assert [result['Name'] for result in results] == ['one', 'two']
    for result in results:
        assert sorted(result) == ['FormattedID', 'Name', 'ObjectID', '_ref']
        assert result['ObjectID'].isdigit() and result['FormattedID'].startswith('US')
    assert results.complete and results.errors == []


def test_126_natural_values_of_every_kind_are_sent(rally, story):
    owner = rally.getUserInfo(username='ed@example.com')[0]
    tag = rally.create('Tag', {'Name': 'batched'})
    made = defect(rally)
    results = rally.updateMultiple('Defect', [{
        'ObjectID': made.oid, 'State': 'Open', 'Severity': 'Major Problem', 'PlanEstimate': 3,
        'TargetDate': datetime.date(2030, 1, 31), 'Owner': owner, 'Requirement': story.ref,
        'Tags': [tag], 'EffortFactor': 2.5, 'Blocked': 'true'}])
    assert results.complete, results.errors
    read = rally.get('Defect', fetch=True, query={'ObjectID': made.oid}, instance=True)
    assert (read.State, read.Severity, read.PlanEstimate) == ('Open', 'Major Problem', 3)
    assert read.TargetDate.startswith('2030-01-31')
    assert read.Owner.UserName == 'ed@example.com' and read.Requirement.oid == story.oid
    assert [each.Name for each in read.Tags] == ['batched']
    assert read.EffortFactor == 2.5 and read.Blocked is True


def test_127_kinds_of_items_are_not_mixed_and_nothing_costs_nothing(rally, wire, story):
    wire.clear()
    assert rally.createMultiple('Story', []) == []
    assert wire.lines == []
    with pytest.raises(MultipleOperationError) as caught:
        rally.updateMultiple('Story', [{'ObjectID': 1, 'Name': 'x'}, story])
    assert caught.value.args[0] == (
        'All items must be consistent, ie., all dicts or all data-like instances')


@pytest.mark.parametrize('action, items, status', [
    ('createMultiple', [{'Name': 'x', 'FormattedID': 'US1', 'CreationDate': '2024-01-01'}],
     'INVALIDS ==> '),
    ('createMultiple', [{'Description': 'nameless'}], 'MISSING ==> '),
    ('createMultiple', [{'Name': 'x', 'PlanEstimate': 'many'}], 'MISTYPED ==> '),
    ('updateMultiple', [{'ObjectID': 5, 'CreationDate': '2024-01-01'}], 'READ_ONLY ==> '),
    ('updateMultiple', [{'ObjectID': 5, 'PlanEstimate': 'many'}], 'MISTYPED ==> '),
])
def test_126b_what_cannot_be_right_is_refused_whole(rally, action, items, status):
    with pytest.raises(MultipleOperationError) as caught:
        getattr(rally, action)('Story', items)
    assert caught.value.args[0].startswith(
        'Invalid or insufficient attributes for data items: ' + status)


def test_126c_one_failure_is_told_and_stops_nothing(rally):
    with pytest.warns(RallyWarning) as caught:
        results = rally.createMultiple('Defect', [
            {'Name': 'good'}, {'Name': 'bad', 'State': 'Nonsense'}, {'Name': 'also good'}])
    assert [result['Name'] for result in results] == ['good', 'also good']
    assert [outcome.place for outcome in results.failed] == [1]
    assert 'Nonsense' in results.failed[0].errors[0]
    assert not results.complete
    assert '1 of 3 items failed' in str(caught[0].message)


def test_128_both_forms_of_adding_members_post_to_the_collection(rally, wire, story):
    first, second = [rally.create('Tag', {'Name': name}) for name in ('one', 'two')]
    wire.clear()
    added = rally.addCollectionItems(story, 'Tags', [first])
    assert wire.paths[0] == 'POST HierarchicalRequirement/{0}/Tags/add'.format(story.oid)
    assert [tag.Name for tag in added.Tags] == ['one']
    wire.clear()
    assert rally.addCollectionItems(story, [second]) == ['two']
    assert wire.paths == ['POST HierarchicalRequirement/{0}/Tags/add'.format(story.oid)]
    assert sorted(tag.Name for tag in story.Tags) == ['one', 'two']


def test_128b_members_are_of_one_type_and_none_are_nothing(rally, wire, story):
    tag = rally.create('Tag', {'Name': 'one'})
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.addCollectionItems(story, [tag, story])
    assert caught.value.args[0] == 'addCollectionItems: all items must be of the same type'
    wire.clear()
    assert rally.addCollectionItems(story, []) is None
    assert rally.addCollectionItems(story, 'Tags', []) is None
    assert rally.dropCollectionItems(story, []) is None
    assert wire.lines == []


def test_129_members_are_dropped(rally, story):
    tags = [rally.create('Tag', {'Name': name}) for name in ('one', 'two')]
    rally.addCollectionItems(story, tags)
    wire = Wire(rally)
    response = rally.dropCollectionItems(story, tags[:1])
    assert wire.paths == ['POST HierarchicalRequirement/{0}/Tags/remove'.format(story.oid)]
    assert response.errors == []
    response = rally.dropCollectionItems(story, 'Tags', tags[1:])
    assert response.errors == [] and response
    assert story.Tags == []


def test_129b_a_refused_edit_raises(rally, story):
    tag = rally.create('Tag', {'Name': 'one'})
    with pytest.raises(RallyRESTAPIError):
        rally.addCollectionItems(story, 'NoSuchCollection', [tag])


def ranked(rally):
    return [item.oid for item in rally.get('Story', fetch='ObjectID', order='Rank', project=None)]


def test_130_an_artifact_is_ranked_by_one_post(rally, wire):
    first, second = [rally.create('Story', {'Name': name}) for name in ('one', 'two')]
    wire.clear()
    response = rally.rankAbove(first, second)
    method, url, body = wire.sent[0]
    assert len(wire.sent) == 1 and method == 'POST'
    assert url.startswith('hierarchicalrequirement/{0}?rankAbove='.format(second.oid))
    assert body == {'hierarchicalrequirement': {
        '_ref': 'hierarchicalrequirement/{0}'.format(second.oid)}}
    assert response.status_code == 200 and response.errors == []
    order = ranked(rally)
    assert order.index(second.oid) == order.index(first.oid) - 1
    rally.rankBelow(first, second)
    order = ranked(rally)
    assert order.index(second.oid) == order.index(first.oid) + 1


def test_130b_top_and_bottom_have_both_names(rally):
    story = rally.create('Story', {'Name': 'moved'})
    rally.rankTop(story)
    assert ranked(rally)[0] == story.oid
    rally.rankToBottom(story)
    assert ranked(rally)[-1] == story.oid
    rally.rankToTop(story)
    assert ranked(rally)[0] == story.oid
    rally.rankBottom(story)
    assert ranked(rally)[-1] == story.oid


def test_130c_what_is_no_artifact_has_no_rank(rally):
    tag = rally.create('Tag', {'Name': 'one'})
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.rankToTop(tag)
    assert caught.value.args[0] == (
        'Unable to change DragAndDropRank for target Tag, not an Artifact')


def test_130d_portfolio_items_are_ranked_by_their_type_path(rally, wire):
    features = list(rally.get('Feature', fetch='FormattedID', project=None))
    assert features and rally.typedef('Feature')
    wire.clear()
    rally.rankToTop(features[0])
    assert wire.lines[0].startswith(
        'POST portfolioitem/feature/{0}?rankTo=TOP'.format(features[0].oid))

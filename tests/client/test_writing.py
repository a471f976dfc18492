# -*- coding: utf-8 -*-
"""Writing beyond the contract's statements: values, identification, batches and faults."""
from __future__ import absolute_import, division, print_function, unicode_literals

import datetime
import decimal
from collections import OrderedDict, namedtuple

import pytest
import requests

from pyral import (
    MultipleOperationError,
    NotFoundError,
    RallyAttributeNameError,
    RallyRESTAPIError,
    Timeout,
    TransportError,
    UnknownOutcomeError,
    refs,
)
from pyral.advice import RallyWarning
from tests.emulated import Wire
from tests.fake_http import Reply, raw_defect, result, scripted

CREATED = {'CreateResult': {'Errors': [], 'Warnings': [], 'Object': raw_defect(12)}}


def test_a_created_item_is_returned_though_reading_it_again_fails():
    rally = scripted(CREATED, Reply('<html>gone</html>', 502))
    made = rally.create('Defect', {'Name': 'x'})
    assert made.oid == 12 and made.FormattedID == 'DE1'


def test_a_lost_answer_to_a_create_is_never_sent_again():
    sent = []

    def lost(seen):
        sent.append(seen)
        return requests.exceptions.ReadTimeout("no answer")

    rally = scripted(lost)
    with pytest.raises(Timeout) as caught:
        rally.create('Defect', {'Name': 'x'})
    assert len(sent) == 1
    assert caught.value.outcome_unknown is True


def test_warnings_of_the_service_become_warnings_of_python():
    answer = {'CreateResult': {'Errors': [], 'Object': raw_defect(12), 'Warnings': [
        'Ignored JSON element Defect.Watchers during processing of this request.']}}
    rally = scripted(answer, {'Defect': raw_defect(12)})
    with pytest.warns(RallyWarning) as caught:
        rally.create('Defect', {'Name': 'x'})
    assert 'Watchers' in str(caught[0].message)
    assert caught[0].filename.rstrip('c') == __file__.rstrip('c')


def test_a_refusal_in_html_is_raised_with_its_status():
    rally = scripted(Reply('<html><title>Bad gateway</title></html>', 502))
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.create('Defect', {'Name': 'x'})
    assert caught.value.status_code == 502
    assert 'Bad gateway' in str(caught.value)


def test_a_row_with_another_formatted_id_is_not_the_one_asked_for():
    rally = scripted(result([raw_defect(12, FormattedID='US7')]))
    with pytest.raises(NotFoundError):
        rally.delete('Defect', 'DE7')


def test_data_is_never_changed(rally):
    tag = rally.create('Tag', {'Name': 'kept'})
    data = {'Name': 'x', 'Tags': [tag], 'Owner': None, 'TargetDate': datetime.date(2030, 1, 1)}
    before = dict(data, Tags=list(data['Tags']))
    made = rally.create('Defect', data)
    rally.update('Defect', made, {'Name': 'y'})
    assert data == before


def owner_forms(user):
    """Return the forms in which a user may be given."""
    return [user, user.ref, user._ref, refs.parse(user), {'_ref': user._ref},
            '/user/{0}'.format(user.oid), user.ref.encode('ascii')]


def test_a_reference_may_be_given_in_any_form(rally):
    user = rally.getUserInfo(username='ed@example.com')[0]
    for owner in owner_forms(user):
        made = rally.create('Defect', {'Name': 'owned', 'Owner': owner})
        assert made.Owner.oid == user.oid, owner
    assert rally.update('Defect', made, {'Owner': None}).Owner is None


def test_an_address_copied_from_the_browser_is_a_reference(rally):
    story = rally.create('Story', {'Name': 'browsed'})
    copied = '{0}/#/1234/detail/userstory/{1}'.format(rally._transport.base_url.url, story.oid)
    made = rally.create('Defect', {'Name': 'x', 'Requirement': copied})
    assert made.Requirement.oid == story.oid


@pytest.mark.parametrize('value, read', [
    (decimal.Decimal('2.50'), 2.5), (decimal.Decimal('3'), 3), (4, 4), (1.25, 1.25)])
def test_numbers_of_any_kind_are_sent_as_numbers(rally, value, read):
    made = rally.create('Defect', {'Name': 'x', 'Effort Factor': value})
    assert made.EffortFactor == read


@pytest.mark.parametrize('value', [
    datetime.date(2030, 5, 17), datetime.datetime(2030, 5, 17, 10, 30), '2030-05-17',
    '2030-05-17T10:30:00.000Z'])
def test_dates_of_any_kind_are_sent_as_dates(rally, value):
    made = rally.create('Defect', {'Name': 'x', 'TargetDate': value})
    assert made.TargetDate.startswith('2030-05-17')


def test_members_of_a_collection_may_be_one_or_many_of_any_form(rally):
    one, two = [rally.create('Tag', {'Name': name}) for name in ('one', 'two')]
    for tags in ([one, two], (one.ref, two._ref), {one, two},
                 [{'_ref': one._ref}, '/' + two.ref]):
        made = rally.create('Defect', {'Name': 'x', 'Tags': tags})
        assert sorted(tag.Name for tag in made.Tags) == ['one', 'two']
    assert [tag.Name for tag in rally.create('Defect', {'Name': 'x', 'Tags': one}).Tags] == ['one']
    assert rally.update('Defect', made, {'Tags': []}).Tags == []


def test_web_links_are_written_as_they_are_read(rally):
    made = rally.create('Defect', {'Name': 'x', 'Ticket': {
        'LinkID': '77', 'DisplayString': 'Ticket 77'}})
    assert (made.Ticket.LinkID, made.Ticket.DisplayString) == ('77', 'Ticket 77')
    again = rally.create('Defect', {'Name': 'y', 'Ticket': made.Ticket})
    assert again.Ticket.LinkID == '77'


def test_a_value_that_cannot_be_sent_is_named(rally):
    with pytest.raises(TypeError) as caught:
        rally.create('Defect', {'Name': object()})
    assert 'cannot be sent' in str(caught.value)
    with pytest.raises(TypeError):
        rally.create('Defect', ['Name'])


def test_every_unknown_name_is_listed(rally):
    with pytest.raises(RallyAttributeNameError) as caught:
        rally.create('Defect', OrderedDict([('Nme', 1), ('Name', 2), ('Stat', 3)]))
    assert caught.value.args == ('Nme, Stat',)


@pytest.mark.parametrize('name', ['Feature', 'PortfolioItem/Feature', 'PortfolioItem_Feature'])
def test_portfolio_items_are_written_by_any_of_their_names(rally, name):
    made = rally.create(name, {'Name': 'A feature'})
    assert made.FormattedID.startswith('F') and type(made).__name__ == 'PortfolioItem_Feature'
    assert rally.update(name, made.FormattedID, {'Name': 'renamed'}).Name == 'renamed'
    assert rally.delete(name, made.ref) is True


def test_an_item_is_deleted_under_an_abstract_name_by_its_own_type(rally, wire):
    made = rally.create('Defect', {'Name': 'x'})
    wire.clear()
    assert rally.delete('Artifact', made) is True
    assert wire.paths[-1] == 'DELETE defect/{0}'.format(made.oid)


def test_project_none_reaches_items_of_other_projects(rally):
    other = rally.getProject('Company // Team B')
    made = rally.create('Defect', {'Name': 'elsewhere', 'Project': other})
    assert made.Project.oid == other.oid
    with pytest.raises(RallyRESTAPIError):
        rally.update('Defect', {'FormattedID': made.FormattedID, 'Name': 'y'})
    assert rally.update(
        'Defect', {'FormattedID': made.FormattedID, 'Name': 'y'}, project=None).Name == 'y'
    assert rally.update('Defect', made, {'Name': 'z'}, project=other).Name == 'z'


def test_an_update_given_workspace_twice_is_a_mistake(rally):
    with pytest.raises(TypeError):
        rally.update('Defect', {'ObjectID': 1}, 'Main', workspace='Main')
    with pytest.warns(RallyWarning):
        with pytest.raises(RallyRESTAPIError):
            rally.update('Defect', {'ObjectID': 1, 'Name': 'x'}, projct=None)


def test_a_permission_with_a_composite_id_is_created_and_deleted(rally):
    user = rally.getUserInfo(username='vic@example.com')[0]
    project = rally.getProject('Company // Team B')
    made = rally.create('ProjectPermission', {
        'User': user, 'Project': project, 'Role': 'Editor'}, project=None)
    assert isinstance(made.oid, type('')) or not str(made.oid).isdigit()
    assert rally.delete('ProjectPermission', made) is True


Card = namedtuple('Card', 'Name PlanEstimate')


class Plain(object):
    def __init__(self, **values):
        self.__dict__.update(values)


def test_instances_of_any_kind_can_be_batched(rally):
    for items in ([Card('one', 1), Card('two', 2)], [Plain(Name='one'), Plain(Name='two')]):
        results = rally.createMultiple('Story', items)
        assert [each['Name'] for each in results] == ['one', 'two']


def test_entities_are_updated_by_the_fields_that_are_named(rally):
    stories = [rally.create('Story', {'Name': name}) for name in ('one', 'two')]
    for story in stories:
        story.Name = story.Name.upper()
    results = rally.updateMultiple('Story', stories, fields=['Name'])
    assert [each['Name'] for each in results] == ['ONE', 'TWO']


def test_large_batches_go_in_chunks(rally, wire):
    rally.typedef('Tag')
    wire.clear()
    results = rally.createMultiple('Tag', [{'Name': 'tag {0}'.format(n)} for n in range(205)])
    assert wire.paths == ['POST batch'] * 3
    assert [each['Name'] for each in results] == ['tag {0}'.format(n) for n in range(205)]
    assert [outcome.place for outcome in results.outcomes] == list(range(205))


def test_a_batch_is_scoped_as_asked(rally, wire):
    rally.createMultiple('Story', [{'Name': 'one'}], project='Company // Team B')
    project = rally.getProject('Company // Team B')
    assert 'project=/{0}'.format(project.ref) in wire.lines[-2 if 'GET' in wire.lines[-1] else -1]


def test_a_batch_that_is_refused_whole_fails_every_item():
    rally = scripted(Reply('<html>too large</html>', 413))
    with pytest.warns(RallyWarning):
        results = rally.createMultiple('Defect', [{'Name': 'a'}, {'Name': 'b'}])
    assert results == [] and len(results.failed) == 2
    assert 'too large' in results.errors[0]


def test_a_batch_that_gets_no_answer_says_what_was_done_before():
    from pyral.writing import batch
    done = {'BatchResult': {'Errors': [], 'Warnings': [], 'Results': [
        {'Errors': [], 'Warnings': [], 'Object': raw_defect(n)} for n in range(batch.CHUNK)]}}
    rally = scripted(done, requests.exceptions.ReadTimeout("no answer"))
    with pytest.raises(MultipleOperationError) as caught:
        rally.createMultiple('Defect', [{'Name': 'x'}] * (batch.CHUNK + 1))
    assert len(caught.value.outcomes) == batch.CHUNK
    assert isinstance(caught.value.cause, TransportError)


def test_a_batch_answer_that_is_too_short_is_told():
    rally = scripted({'BatchResult': {'Errors': [], 'Warnings': [], 'Results': [
        {'Errors': [], 'Warnings': [], 'Object': raw_defect(1)}]}})
    with pytest.raises(UnknownOutcomeError) as caught:
        rally.createMultiple('Defect', [{'Name': 'x'}, {'Name': 'b'}])
    assert [outcome.is_unknown for outcome in caught.value.outcomes] == [False, True]


def test_an_item_without_objectid_stops_a_batch_update(rally):
    with pytest.raises(MultipleOperationError) as caught:
        rally.updateMultiple('Defect', [{'Name': 'x'}])
    assert caught.value.field == 'ObjectID'


def test_members_may_be_created_in_place(rally):
    story = rally.create('Story', {'Name': 'tagged'})
    added = rally.addCollectionItems(story, 'Tags', [{'Name': 'brand new'}])
    assert [tag.Name for tag in added.Tags] == ['brand new']


def test_a_collection_is_edited_by_reference_alone(rally):
    story = rally.create('Story', {'Name': 'tagged'})
    tag = rally.create('Tag', {'Name': 'one'})
    assert rally.addCollectionItems(story.ref, [tag.ref]) == ['one']
    assert rally.dropCollectionItems(story.ref, 'tags', tag.ref).errors == []
    assert rally.getCollection(story._ref + '/Tags').resultCount == 0


def test_ranking_knows_references(rally):
    one, two = [rally.create('Story', {'Name': name}) for name in ('one', 'two')]
    assert rally.rankAbove(one.ref, two._ref).errors == []
    with pytest.raises(RallyRESTAPIError):
        rally.rankAbove(None, two)


def test_two_connections_write_side_by_side(emu):
    keyed, signed = emu.connect(), emu.sign_in()
    made = keyed.create('Tag', {'Name': 'shared'})
    wire = Wire(signed)
    assert signed.update('Tag', {'ObjectID': made.oid, 'Name': 'changed'}).Name == 'changed'
    assert 'GET security/authorize' in wire.paths
    assert keyed.get('Tag', fetch='Name', query={'ObjectID': made.oid}, instance=True).Name == (
        'changed')


def test_what_cannot_be_meant_is_told_before_anything_is_sent(rally, wire):
    story = rally.create('Story', {'Name': 'mine'})
    tag = rally.create('Tag', {'Name': 'a tag'})
    rally.getSchemaInfo()
    wire.clear()
    with pytest.raises(NotFoundError) as caught:
        rally.delete('Story', 'hello world')
    assert caught.value.args[0] == (
        'Target HierarchicalRequirement hello world could not be located')
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.addCollectionItems(story, 'Tgas', [tag])
    assert caught.value.args[0].endswith('HierarchicalRequirement has no such collection')
    assert caught.value.suggestions == ('Tags',) and caught.value.field == 'Tgas'
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.dropCollectionItems(story, [story])
    assert 'name the collection' in caught.value.hint
    with pytest.raises(TypeError) as caught:
        rally.addCollectionItems(story, 'Tags')
    assert 'the items are missing' in str(caught.value)
    with pytest.raises(TypeError) as caught:
        rally.update('Story', story)
    assert 'nothing was set on' in str(caught.value)
    assert wire.lines == []
    assert rally.addCollectionItems(story, tag.ref) == ['a tag']


def test_what_was_set_on_an_entity_is_written(rally, wire):
    story = rally.create('Story', {'Name': 'mine', 'PlanEstimate': 1})
    story.PlanEstimate = 3
    wire.clear()
    assert rally.update('Story', story).PlanEstimate == 3
    assert sorted(wire.sent[0][2]['HierarchicalRequirement']) == ['PlanEstimate']
    story.PlanEstimate = 5
    rally.updateMultiple('Story', [story])
    assert wire.sent[-1][2]['Batch'][0]['Entry']['Body'] == {
        'hierarchicalrequirement': {'PlanEstimate': 5}}


def test_a_refusal_that_quotes_a_value_names_its_attribute(rally):
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.create('Defect', {'Name': 'x', 'Owner': 'Ann Admin'}, resolve=False)
    assert caught.value.field == 'Owner'

"""Grouped queries (WSAPI reference, section 20): groups, their order, and the items inside them."""

from __future__ import annotations

import pytest

from tests.contract.small_world import path_of

pytestmark = pytest.mark.fact('20')

STORIES = '/hierarchicalrequirement/groupby/'
NOT_GROUPABLE = (
    'Cannot group by attribute {}: only standard fields with a list of values and references to'
    ' one object can be grouped by'
)


def groups_at(api, path, **params):
    """Return the groups of an answer that must succeed."""
    result = api.get(path, **params)
    assert result['Errors'] == [] and result['Groups'] == result['Results']
    return result['Groups']


def label(group):
    """Return a group's value, or the name of its object."""
    value = group['Group']
    return value['_refObjectName'] if isinstance(value, dict) else value


def counted(groups):
    return [(label(group), group['TotalResultCount']) for group in groups]


def counted_by_hand(api, type_path, field, query=None, name_of_object='_refObjectName'):
    """Return how many rows of a plain query have each value of a field."""
    found = {}
    for row in api.rows('/' + type_path, query, field):
        value = row[field]
        value = value[name_of_object] if isinstance(value, dict) else value
        found[value] = found.get(value, 0) + 1
    return found


@pytest.mark.parametrize(
    ('type_path', 'field'),
    [
        ('defect', 'State'),
        ('defect', 'Severity'),
        ('defect', 'Resolution'),
        ('defect', 'Owner'),
        ('hierarchicalrequirement', 'ScheduleState'),
        ('hierarchicalrequirement', 'Iteration'),
        ('hierarchicalrequirement', 'Release'),
        ('hierarchicalrequirement', 'Project'),
        ('hierarchicalrequirement', 'FlowState'),
        ('task', 'WorkProduct'),
        ('task', 'State'),
        ('testcase', 'Method'),
        ('project', 'State'),
    ],
)
def test_groups_hold_as_many_items_as_a_plain_query_finds(api, type_path, field):
    found = groups_at(api, '/{}/groupby/{}'.format(type_path, field), pagesize=200)
    keys = [
        group['Group']['_ref'] if isinstance(group['Group'], dict) else group['Group']
        for group in found
    ]
    numbers = dict(zip(keys, (group['TotalResultCount'] for group in found)))
    assert numbers == counted_by_hand(api, type_path, field, name_of_object='_ref')
    assert len(found) == len(numbers)


def test_a_group_has_its_own_paging_and_its_items(api):
    (defined, *_) = groups_at(api, STORIES + 'ScheduleState')
    assert list(defined) == ['Group', 'TotalResultCount', 'StartIndex', 'PageSize', 'Items']
    assert (defined['Group'], defined['StartIndex'], defined['PageSize']) == ('Defined', 1, 20)
    assert len(defined['Items']) == defined['TotalResultCount']
    assert all(row['_type'] == 'HierarchicalRequirement' for row in defined['Items'])


def test_groups_are_paged_and_counted_as_groups(api):
    every = groups_at(api, STORIES + 'Iteration')
    result = api.get(STORIES + 'Iteration', pagesize=2, start=2)
    assert (result['TotalResultCount'], result['StartIndex'], result['PageSize']) == (
        len(every),
        2,
        2,
    )
    assert counted(result['Groups']) == counted(every)[1:3]
    assert groups_at(api, STORIES + 'Iteration', start=len(every) + 1) == []


def test_values_stand_in_the_order_of_their_list_and_names_by_letter(api):
    assert [label(one) for one in groups_at(api, STORIES + 'ScheduleState')] == [
        'Defined',
        'In-Progress',
        'Accepted',
    ]
    turned = groups_at(api, STORIES + 'ScheduleState', order='ScheduleState DESC')
    assert [label(one) for one in turned] == ['Accepted', 'In-Progress', 'Defined']
    names = [label(one) for one in groups_at(api, STORIES + 'Iteration')]
    assert names[-1] is None and names[:-1] == sorted(names[:-1])
    turned = [label(one) for one in groups_at(api, STORIES + 'Iteration', order='Name DESC')]
    assert turned == [*reversed(names[:-1]), None]


def test_items_without_a_value_are_the_last_group(api):
    story = api.create('hierarchicalrequirement', Name='nowhere')
    for field, unset in (('Owner', None), ('Iteration', None)):
        last = groups_at(api, STORIES + field)[-1]
        assert last['Group'] is unset
        assert story['_ref'] in [row['_ref'] for row in last['Items']]
    api.create('defect', Name='unrated', Severity='None')
    assert label(groups_at(api, '/defect/groupby/Severity')[-1]) == 'None'


def test_a_deleted_object_is_no_group(api):
    iteration = api.named('iteration', 'Iteration 2')
    before = dict(counted(groups_at(api, STORIES + 'Iteration')))
    assert api.delete(iteration)['Errors'] == []
    after = dict(counted(groups_at(api, STORIES + 'Iteration')))
    assert 'Iteration 2' not in after
    assert after[None] == before[None] + before['Iteration 2']


def test_the_query_and_the_fetch_of_groups_are_those_of_the_object_behind_the_reference(api):
    (only,) = groups_at(
        api, STORIES + 'Iteration', query='(Name = "Iteration 1")', fetch='Name,StartDate'
    )
    assert (only['Group']['Name'], 'StartDate' in only['Group']) == ('Iteration 1', True)
    assert api.get(STORIES + 'Iteration', query='(Severity = Cosmetic)')['Errors']
    closed = api.get(STORIES + 'Iteration')['Groups'][0]['Group']
    assert 'Name' not in closed and closed['_type'] == 'Iteration'


def test_the_query_of_a_list_of_values_picks_items(api):
    (only,) = groups_at(api, STORIES + 'ScheduleState', query='(ScheduleState = Accepted)')
    assert (only['Group'], only['TotalResultCount']) == ('Accepted', 1)


def test_items_have_parameters_of_their_own(api):
    story = api.named('hierarchicalrequirement', 'Pay by card')
    (only,) = groups_at(
        api,
        STORIES + 'Project',
        itemquery='(FormattedID = {})'.format(story['FormattedID']),
        itemfetch='FormattedID,Name',
    )
    (row,) = only['Items']
    assert (row['FormattedID'], row['Name']) == (story['FormattedID'], story['Name'])
    by_name = groups_at(
        api, STORIES + 'Project', itemorder='Name DESC', itempagesize=2, itemstart=2, fetch='Name'
    )
    (team,) = [one for one in by_name if label(one) == 'Team A']
    everything = api.rows(
        '/hierarchicalrequirement', '(Project.Name = "Team A")', 'Name', order='Name DESC'
    )
    assert (team['StartIndex'], team['PageSize']) == (2, 2)
    assert team['TotalResultCount'] == len(everything)
    assert [row['_ref'] for row in team['Items']] == [row['_ref'] for row in everything[1:3]]


def test_items_may_be_left_out(api):
    found = groups_at(api, STORIES + 'ScheduleState', includeitems='false')
    assert [one['Items'] for one in found] == [[], [], []]
    assert sum(one['TotalResultCount'] for one in found) == 5


def test_several_types_are_grouped_together_by_what_they_share(api):
    expected = counted_by_hand(api, 'defect', 'ScheduleState')
    for state, number in counted_by_hand(api, 'hierarchicalrequirement', 'ScheduleState').items():
        expected[state] = expected.get(state, 0) + number
    found = groups_at(
        api, '/artifact/groupby/ScheduleState', itemtypes='defect,hierarchicalrequirement'
    )
    assert dict(counted(found)) == expected
    owners = groups_at(api, '/artifact/groupby/Owner', pagesize=200)
    assert dict(counted(owners)) == counted_by_hand(api, 'artifact', 'Owner')


def test_groups_follow_the_scope_and_the_rights_of_the_caller(api, as_editor):
    web = api.one('/project', '((Name = Web) AND (Parent.Name = "Team B"))')
    found = groups_at(api, STORIES + 'Project', project=web['_ref'], projectScopeDown='false')
    assert counted(found) == [('Web', 1)]
    seen = dict(counted(groups_at(as_editor, STORIES + 'Project')))
    assert seen == counted_by_hand(as_editor, 'hierarchicalrequirement', 'Project') != {}
    assert seen != dict(counted(groups_at(api, STORIES + 'Project')))


def test_a_query_on_groups_looks_into_no_object_that_the_caller_may_not_read(api, as_editor):
    story = api.named('hierarchicalrequirement', 'Newsletter')
    api.update(story, Description='a secret')
    api.create('defect', Name='linked', Requirement=story['_ref'])
    path, query = '/defect/groupby/Requirement', '(Description contains secret)'
    assert counted(groups_at(api, path, query=query)) == [('Newsletter', 1)]
    assert groups_at(as_editor, path, query=query) == []
    found = {label(one): one['Group'] for one in groups_at(as_editor, path, fetch='Description')}
    assert 'Description' not in found['Newsletter']


def test_names_are_known_in_any_letter_case_and_with_js(api):
    expected = counted(groups_at(api, STORIES + 'ScheduleState'))
    for path in (
        '/HierarchicalRequirement/GroupBy/schedulestate',
        '/hierarchicalrequirement/groupby/SCHEDULESTATE.js',
    ):
        assert counted(groups_at(api, path)) == expected
    assert groups_at(api, '/portfolioitem/feature/groupby/Project')


@pytest.mark.parametrize(
    ('path', 'params', 'text'),
    [
        ('/defect/groupby/Tags', {}, NOT_GROUPABLE.format('Tags')),
        ('/defect/groupby/c_Customer', {}, NOT_GROUPABLE.format('c_Customer')),
        ('/hierarchicalrequirement/groupby/c_Approver', {}, NOT_GROUPABLE.format('c_Approver')),
        ('/defect/groupby/Name', {}, NOT_GROUPABLE.format('Name')),
        ('/defect/groupby/Blocked', {}, NOT_GROUPABLE.format('Blocked')),
        ('/defect/groupby/CreationDate', {}, NOT_GROUPABLE.format('CreationDate')),
        ('/defect/groupby/Owner.UserName', {}, NOT_GROUPABLE.format('Owner.UserName')),
        ('/defect/groupby/Nope', {}, 'Nope'),
        ('/defect/groupby/%00', {}, 'Could not parse'),
        ('/bogus/groupby/State', {}, 'Requested type name "bogus" is unknown.'),
        ('/defect/groupby/State', {'itemquery': '(('}, 'Could not parse'),
        ('/defect/groupby/State', {'query': 'x'}, 'Could not parse'),
        ('/defect/groupby/State', {'order': 'Name'}, 'Cannot sort using unknown attribute Name'),
        ('/defect/groupby/State', {'order': ','}, 'Cannot sort using unknown attribute ,'),
        ('/defect/groupby/Owner', {'order': 'Nope'}, 'Cannot sort using unknown attribute Nope'),
        ('/defect/groupby/State', {'itemorder': 'Nope'}, 'unknown attribute Nope'),
        ('/defect/groupby/State', {'itemtypes': 'task'}, 'Requested type name "task" is unknown.'),
        ('/defect/groupby/State', {'project': '/project/1'}, 'Could not read'),
        ('/attachmentcontent/groupby/Owner', {}, 'is not queryable'),
    ],
)
def test_what_cannot_be_grouped_is_refused_with_a_text(api, path, params, text):
    result = api.get(path, **params)
    assert result['Results'] == [] and result['TotalResultCount'] == 0
    (error,) = result['Errors']
    assert text in error


@pytest.mark.parametrize('value', ['0', '-1', 'x', '', '99999999999999999999'])
def test_nonsense_paging_gives_the_defaults(api, value):
    found = groups_at(api, STORIES + 'ScheduleState', itempagesize=value, pagesize=value)
    assert len(found) == 3 and all(one['PageSize'] in (20, 2000) for one in found)


def test_a_grouped_query_is_an_entry_of_a_batch_and_is_only_read(api):
    entry = {'Path': '/defect/groupby/State', 'Method': 'GET'}
    (result,) = api.ask('POST', '/batch', {'Batch': [{'Entry': entry}]})['Results']
    assert result['Errors'] == [] and result['Groups']
    assert api.send('HEAD', '/defect/groupby/State').status_code == 200
    assert api.send('DELETE', '/defect/groupby/State').status_code in (200, 405)
    assert api.read({'_ref': '/slm/webservice/v2.0' + path_of(api.project)})['Errors'] == []

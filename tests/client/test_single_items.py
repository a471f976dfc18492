"""One item: the first or only one of a response, by FormattedID, the caller, what is current."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral import MultipleFoundError, NotFoundError, RallyRESTAPIError
from pyral.entity import Iteration


def test_the_first_item_is_looked_at_and_stays(rally, request_budget):
    with request_budget(rally, 1):
        response = rally.get('Tag', fetch='Name', order='Name')
        first = response.first()
        assert first is response.first() and response.served == 0
        items = list(response)
    assert items[0] is first and len(items) == response.total > 1
    assert response.first() == first and response.first().Name == first.Name
    assert rally.get('Tag', query='Name = "none of them"').first() is None


def test_one_is_the_only_one(rally, request_budget):
    with request_budget(rally, 1):
        response = rally.get('Tag', fetch='Name', query='Name = urgent')
        assert response.one().Name == 'urgent'
    assert [each.Name for each in response] == ['urgent']
    assert rally.get('Tag', fetch='Name', limit=1, query='Name = urgent').one().Name == 'urgent'


@pytest.mark.parametrize('scope, shown', [
    ({}, "in workspace 'Main', project 'Team A' alone"),
    ({'project': None}, "in workspace 'Main', all projects"),
    ({'project': 'Team A', 'projectScopeDown': True, 'projectScopeUp': True},
     "in workspace 'Main', project 'Team A' and those above and below"),
])
def test_none_and_several_are_errors_that_say_what_was_asked(rally, scope, shown):
    with pytest.raises(NotFoundError) as caught:
        rally.get('Defect', query='Name = "no such"', **scope).one()
    assert caught.value.args[0] == 'there is no Defect with (Name = "no such") ' + shown
    for limit in (None, 1):
        with pytest.raises(MultipleFoundError) as caught:
            rally.get('Story', fetch='FormattedID', query='ObjectID > 0', limit=limit,
                      **scope).one()
        assert caught.value.args[0].endswith(
            ' of HierarchicalRequirement with (ObjectID > 0) ' + shown)
        assert 'Among them US' in caught.value.hint


def test_one_of_a_collection(rally):
    story = rally['US101']
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.getCollection(story._ref + '/Tags', query='Name = "none of them"').one()
    assert 'Tags with (Name = "none of them")' in caught.value.args[0]


@pytest.mark.parametrize('key, expected', [
    ('US101', 'US101'), ('us101', 'US101'), (' US101 ', 'US101'), ('S101', 'US101'),
    (b'DE7', 'DE7'), (u'F1', 'F1'), ('MI1', 'MI1'),
])
def test_an_item_by_its_formatted_id_costs_one_request(rally, request_budget, key, expected):
    rally.typedef('Defect')
    with request_budget(rally, 1):
        item = rally[key]
        assert item.FormattedID == expected and item._hydrated
        item.CreationDate, item.Name


def test_several_cost_one_request_a_type_and_come_in_order(rally, request_budget):
    rally.typedef('Defect')
    with request_budget(rally, 3):
        items = rally['DE7', 'TA1', 'US101', 'TA2', 'DE7', 'us101']
    assert [each.FormattedID for each in items] == ['DE7', 'TA1', 'US101', 'TA2', 'DE7', 'US101']
    assert rally[['TA1']] == [items[1]] and rally[()] == []


def test_other_keys_do_as_well(rally):
    defect = rally['DE7']
    for key in (defect.oid, str(defect.oid), defect.ref, defect._ref, defect):
        assert rally[key] == defect
    user, again = rally[rally.me(), rally.me().ref]
    assert user == again == rally.me()
    assert rally[rally.getWorkspace()].Name == rally.getWorkspace().Name
    disabled = rally.getAllUsers()
    assert rally[tuple(each.ref for each in disabled)] == disabled


@pytest.mark.parametrize('keys', [('DE99999',), ('DE7', 'DE99999'), ('defect/99999999',),
                                  (99999999,), ('US7',)])
def test_what_is_not_there_is_named_and_nothing_is_taken_for_it(rally, keys):
    with pytest.raises(NotFoundError) as caught:
        rally[keys]
    assert str(keys[-1]) in caught.value.args[0] and 'DE7' not in caught.value.args[0]
    with pytest.raises(NotFoundError):
        rally[keys[-1]]


@pytest.mark.parametrize('key, error', [
    (None, TypeError), (True, TypeError), (1.5, TypeError), ({}, TypeError),
    ('', RallyRESTAPIError), ('Sign in', RallyRESTAPIError), ('DE7,TA1', RallyRESTAPIError)])
def test_a_key_that_names_no_item_is_refused_without_a_read(rally, wire, key, error):
    rally.typedef('Defect')
    wire.clear()
    with pytest.raises(error):
        rally[key]
    assert wire.paths == []


def test_a_connection_is_no_sequence(rally, request_budget):
    with request_budget(rally, 0):
        for work in (iter, list, lambda each: 'DE7' in each):
            with pytest.raises(TypeError):
                work(rally)


def test_the_caller_costs_nothing_until_more_is_asked(emu, request_budget):
    rally = emu.connect()
    with request_budget(rally, 0):
        me = rally.me()
        assert (me.UserName, me._type) == (rally.contextHelper.user, 'User')
        assert me.ref == 'user/{0}'.format(me.oid) and me.Name == me.DisplayName
    with request_budget(rally, 1):
        assert me.EmailAddress and me.Disabled is False
    made = rally.create('Defect', {'Name': 'x', 'Owner': rally.me()})
    assert made.Owner == me


@pytest.mark.parametrize('type_name, expected', [
    ('Iteration', 'Iteration 2'), ('Release', 'Release 1'), (Iteration, 'Iteration 2')])
def test_the_current_timebox_of_a_project_costs_one_request(rally, request_budget, type_name,
                                                            expected):
    with request_budget(rally, 1):
        found = rally.current(type_name)
        assert found.Name == expected and found.Project.Name == 'Team A'
    for project in ('Team A', '', 'current', rally.getProject()):
        assert rally.current(type_name, project=project) == found
    assert rally.current(type_name, project='Company') is None


def test_what_overlaps_is_told(rally):
    now = rally.current('Iteration')
    rally.create('Iteration', {'Name': 'again', 'StartDate': now.StartDate,
                               'EndDate': now.EndDate, 'State': 'Planning',
                               'Project': now.Project.ref})
    with pytest.raises(MultipleFoundError) as caught:
        rally.current('Iteration')
    assert 'Iteration 2' in caught.value.hint and 'again' in caught.value.hint


@pytest.mark.parametrize('args', [('Defect',), ('Iteration', None)])
def test_nothing_else_is_current(rally, args):
    with pytest.raises(TypeError):
        rally.current(*args)

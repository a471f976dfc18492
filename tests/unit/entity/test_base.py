"""What every entity does, whatever its type: attributes, copies, plain data, a new connection."""
from __future__ import absolute_import, division, print_function

import copy
import pickle

import pytest

from pyral.entity.base import Detached, forget_members, join, own_values
from pyral.entity.classes import entity_from
from tests.unit.fakes import reference, row


class Context(object):
    """A context as far as entities look at it when nothing is loaded."""

    base_url, loader = 'https://rally.test', None


def defect(**attributes):
    """Return a detached, complete defect."""
    return entity_from(row(1, Name='d', **attributes), Detached('https://rally.test'))


def story_with_members():
    """Return a detached story whose owner, tasks and their owners were built."""
    story = defect(Owner=reference(row(7, 'user', 'Ann')))
    tasks = [entity_from(row(number, 'task', Owner=reference(row(8, 'user', 'Bob'))), Detached())
             for number in (21, 22)]
    story.__dict__['Tasks'] = tasks
    story.Owner, tasks[0].Owner, tasks[1].Owner
    return story, tasks


def test_a_new_connection_reaches_the_members_of_collections_and_what_hangs_on_them():
    story, tasks = story_with_members()
    context = Context()
    join(story, context)
    reached = [story, story.Owner] + tasks + [task.Owner for task in tasks]
    assert all(each._context is context for each in reached) and len(reached) == 6


def test_entities_that_refer_to_each_other_are_joined_once():
    story, tasks = story_with_members()
    tasks[0].__dict__['WorkProduct'] = story
    context = Context()
    join(tasks[0], context)
    assert story._context is context and tasks[1]._context is context


def test_values_a_user_set_are_no_entities_and_stay():
    one = defect()
    one.note, one.notes = 'mine', ['a', 1, None]
    join(one, Context())
    assert (one.note, one.notes) == ('mine', ['a', 1, None])


def test_what_is_set_hides_the_item_and_leaves_it_alone():
    one = defect(State='Open')
    one.State = 'Closed'
    assert one.State == 'Closed' and one._item['State'] == 'Open'


@pytest.mark.parametrize('name', ['Effort Factor', 'EffortFactor', 'c_EffortFactor'])
def test_a_custom_field_is_found_by_its_name_with_or_without_blanks_and_prefix(name):
    assert getattr(defect(c_EffortFactor=1.25), name) == 1.25


def test_a_field_of_the_service_comes_before_a_custom_one_of_the_same_name():
    assert defect(Rank=1, c_Rank=2).Rank == 1
    assert getattr(defect(**{'ByHand': 1, 'c_ByHand': 2}), 'By Hand') == 2


def test_a_missing_attribute_names_the_nearest():
    with pytest.raises(AttributeError) as caught:
        defect(Severity='x')._missing('Severty')
        raise defect(Severity='x')._missing('Severty')
    assert caught.value.field == 'Severty' and caught.value.suggestions[:1] == ('Severity',)
    assert caught.value.args[0] == "Defect instance has no attribute: 'Severty'"


def test_a_nested_value_is_built_once():
    one = defect(Owner=reference(row(7, 'user', 'Ann')))
    assert one.Owner is one.Owner and one.Owner.Name == 'Ann'


def test_attributes_are_sorted_and_hold_what_was_set_but_no_marks_of_the_wire():
    one = defect(State='Open', Estimate=None)
    one.mine = 1
    names = one.attributes()
    assert names == sorted(names)
    assert set(['State', 'Estimate', 'mine', 'Name', 'oid', '_ref', '_type']) <= set(names)
    assert not set(['_rallyAPIMajor', '_refObjectName', '_objectVersion']) & set(names)
    assert set(names) <= set(dir(one))


def test_plain_data_hold_what_was_set_and_built_but_no_version_of_the_interface():
    story, tasks = story_with_members()
    story.mine = 1
    known = story.to_dict()
    assert known['Name'] == 'd' and known['mine'] == 1 and '_rallyAPIMajor' not in known
    assert known['Owner']['_refObjectName'] == 'Ann' and '_rallyAPIMajor' not in known['Owner']
    assert [task['_ref'] for task in known['Tasks']] == [task._ref for task in tasks]


def test_plain_data_of_a_circle_end_in_a_reference():
    story, tasks = story_with_members()
    tasks[0].__dict__['WorkProduct'] = story
    inner = story.to_dict()['Tasks'][0]['WorkProduct']
    assert inner == {'_ref': story._ref, '_type': 'Defect'}


def test_a_copy_shares_its_values_and_not_what_is_set_later():
    one = defect(Owner=reference(row(7, 'user', 'Ann')))
    twin = copy.copy(one)
    assert twin == one and twin.Owner is not None and twin._context is one._context
    twin.State = 'Closed'
    assert 'State' not in one.__dict__


def test_a_deep_copy_shares_no_value_and_has_no_page_mates():
    one = defect(Platforms=['Linux'])
    one.notes = ['a']
    one._page_mates = object()
    twin = copy.deepcopy(one)
    twin.notes.append('b')
    twin._item['Platforms'].append('macOS')
    assert one.notes == ['a'] and one._item['Platforms'] == ['Linux']
    assert twin._page_mates is None and twin._context is one._context and twin == one


def test_a_pickle_knows_where_it_came_from_and_no_connection():
    for given in (Detached('https://rally.test'), Context()):
        one = entity_from(row(1), given)
        one.mine = 1
        again = pickle.loads(pickle.dumps(one))
        assert again == one and again.mine == 1 and again._page_mates is None
        assert isinstance(again._context, Detached)
        assert again._context.base_url == 'https://rally.test' == again._base_url()


def test_without_a_connection_the_reference_tells_the_server():
    assert entity_from(row(1), Detached())._base_url() == 'https://rally.test'
    assert entity_from({'_type': 'Defect', '_ref': '/defect/1'}, Detached())._base_url() is None


def test_a_changed_collection_is_forgotten_with_its_page_mates_and_counts_what_was_added():
    one = defect(Tags={'_ref': row(1)['_ref'] + '/Tags', 'Count': 2})
    raw, one._page_mates = one._item, object()
    one.__dict__['Tags'] = ['old']
    forget_members(one, 'Tags', 3)
    assert one._item['Tags']['Count'] == 5 and 'Tags' not in own_values(one)
    assert one._page_mates is None and raw['Tags']['Count'] == 2


@pytest.mark.parametrize('count', [0, None])
def test_a_collection_that_may_be_empty_is_read_and_not_taken_for_empty(count):
    one = defect(Tags={'_ref': row(1)['_ref'] + '/Tags', 'Count': count})
    forget_members(one, 'Tags')
    assert one._item['Tags']['Count'] == 1


def test_a_collection_that_was_never_seen_is_nothing_to_forget():
    one = defect()
    mates = one._page_mates = object()
    forget_members(one, 'Tags', 1)
    assert 'Tags' not in one._item and one._page_mates is mates

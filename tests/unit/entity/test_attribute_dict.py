# coding: utf-8
"""`vars(entity)`: the data as a dict; what is set or deleted in it holds for the entity."""
from __future__ import absolute_import, division, print_function, unicode_literals

import copy
import inspect
import json
import pickle

import pytest

from pyral.entity.base import Detached
from pyral.entity.classes import entity_from
from pyral.errors import DetachedEntityError

REF = 'https://rally.test/slm/webservice/v2.0/'
RAW = {
    '_rallyAPIMajor': '2', '_rallyAPIMinor': '0', '_objectVersion': '7',
    '_ref': REF + 'defect/5', '_refObjectName': 'Login fails', '_type': 'Defect', 'ObjectID': 5,
    'Name': 'Login fails', 'State': 'Open', 'Blocked': False, 'PlanEstimate': None,
    'Owner': {'_ref': REF + 'user/7', '_refObjectName': 'Mei', '_type': 'User'},
    'Tasks': {'_ref': REF + 'defect/5/Tasks', '_type': 'Task', 'Count': 3,
              '_rallyAPIMajor': '2'},
    'Tags': {'_ref': REF + 'defect/5/Tags', '_type': 'Tag', 'Count': 0},
    'RevisionHistory': {'_ref': REF + 'revisionhistory/9', '_type': 'RevisionHistory'},
    'c_Link': {'LinkID': '1', 'DisplayString': 'one'},
}


def defect(**more):
    return entity_from(dict(copy.deepcopy(RAW), **more), Detached())


def test_the_data_and_nothing_else_is_there():
    shown = vars(defect())
    assert sorted(shown) == sorted(set(RAW) - set(['_rallyAPIMajor', '_rallyAPIMinor',
                                                   '_objectVersion']))
    assert (shown['Name'], shown['Blocked'], shown['PlanEstimate']) == ('Login fails', False, None)
    assert (shown['Owner'].Name, shown['Owner']._type) == ('Mei', 'User')
    assert shown['Tasks'] == {'_ref': REF + 'defect/5/Tasks', '_type': 'Task', 'Count': 3}
    assert shown['Tags'] == [] and shown['c_Link'].LinkID == '1'
    assert shown['RevisionHistory']._type == 'RevisionHistory'


def test_a_reference_shows_the_name_it_came_with():
    assert vars(vars(defect())['Owner'])['Name'] == 'Mei'


def test_every_attribute_can_be_looked_up_by_its_name():
    entity = defect()
    assert [entity.__dict__[name] for name in entity.attributes()] == [
        entity.__dict__.get(name, getattr(entity, name) if name in ('oid', '_hydrated') else None)
        for name in entity.attributes()]
    assert entity.__dict__['oid'] == 5
    with pytest.raises(KeyError):
        entity.__dict__['Colour']
    with pytest.raises(KeyError):
        entity.__dict__['_item']


def test_what_was_built_and_what_was_set_is_there():
    entity = defect()
    owner = entity.Owner
    entity.Mood, entity.Tasks = 'good', ['one']
    shown = vars(entity)
    assert shown['Owner'] is owner and shown['Mood'] == 'good' and shown['Tasks'] == ['one']


WRITES = {
    'setitem': (lambda data: data.__setitem__('State', 'Fixed'), 'Fixed'),
    'update': (lambda data: data.update({'State': 'Fixed'}, Mood='good'), 'Fixed'),
    'update pairs': (lambda data: data.update([('State', 'Fixed')]), 'Fixed'),
    'setdefault known': (lambda data: data.setdefault('State', 'Fixed'), 'Open'),
    'setdefault': (lambda data: data.setdefault('Mood', 'good'), 'Open'),
    'delitem': (lambda data: data.__delitem__('State'), None),
    'pop': (lambda data: data.pop('State'), None),
    'pop default': (lambda data: data.pop('Mood', None), 'Open'),
    'clear': (lambda data: data.clear(), None),
}


@pytest.mark.parametrize('name', sorted(WRITES))
def test_what_is_written_to_it_holds_for_the_entity(name):
    write, state = WRITES[name]
    entity = defect()
    data = vars(entity)
    write(data)
    assert getattr(entity, 'State', None) == state and data.get('State') == state
    assert getattr(entity, 'Mood', None) == data.get('Mood')
    assert dict(vars(entity)) == data or name == 'clear'


def test_what_is_not_there_cannot_be_deleted():
    entity = defect()
    for gone in ('Colour', '_item', '__class__'):
        with pytest.raises(AttributeError):
            delattr(entity, gone)
    with pytest.raises(KeyError):
        vars(entity).pop('Colour')
    with pytest.raises(KeyError):
        del vars(entity)['Colour']


@pytest.mark.parametrize('name', ['Name', 'State', 'Owner', 'Tasks', 'Mood'])
def test_an_attribute_is_deleted_here_and_in_no_other_entity(name):
    raw = copy.deepcopy(RAW)
    one, other = entity_from(raw, Detached()), entity_from(raw, Detached())
    one.Mood = other.Mood = 'good'
    assert one.Owner.Name == 'Mei'
    delattr(one, name)
    assert name not in vars(one) and name in vars(other)
    assert raw == RAW
    assert not hasattr(one, name) and name not in one.attributes() and name not in dir(one)
    with pytest.raises(AttributeError):
        delattr(one, name)
    one._absorb(raw)
    assert not hasattr(one, name) or name == 'Mood'
    setattr(one, name, 'new')
    assert getattr(one, name) == vars(one)[name] == 'new'


@pytest.mark.parametrize('name', ['_ref', '_type', 'oid', 'ref', '_hydrated', '_item'])
def test_what_says_which_item_it_is_is_not_deleted(name):
    entity = defect()
    with pytest.raises(AttributeError):
        delattr(entity, name)
    vars(entity).clear()
    assert (entity.oid, entity.ref, entity._type) == (5, 'defect/5', 'Defect')
    assert entity == defect() and repr(entity) == '<Defect 5>'


def read_story():
    """Return a story whose tasks were read, as they lead back to it, with another item between."""
    story = defect(_type='HierarchicalRequirement')
    tasks = [entity_from({'_ref': REF + 'task/%d' % number, '_type': 'Task', 'Name': 't'},
                         Detached()) for number in (1, 2)]
    for task in tasks:
        task.WorkProduct, task.Other = story, tasks[0]
    story.Tasks, story.Itself = tasks, story
    return story


@pytest.mark.parametrize('start', ['story', 'task'])
def test_json_ends_where_items_lead_back_and_shows_each_whole_on_the_way(start):
    story = read_story()
    first = story if start == 'story' else story.Tasks[1]
    text = json.loads(json.dumps([first], default=vars))[0]
    inner = text if start == 'story' else text['WorkProduct']
    assert inner['State'] == 'Open' and [task['Name'] for task in inner['Tasks']] == ['t', 't']
    if start == 'story':
        assert [sorted(task['WorkProduct']) for task in inner['Tasks']] == [
            ['Name', 'ObjectID', '_ref', '_refObjectName', '_type']] * 2
    assert vars(first)['Itself' if start == 'story' else 'WorkProduct'] == story
    assert story.Tasks[0].WorkProduct is story and story.Itself is story


def test_what_does_not_lead_back_is_there_itself():
    entity = defect()
    entity.Tasks = [defect(ObjectID=6)]
    assert vars(entity)['Owner'] is entity.Owner and vars(entity)['Tasks'] is entity.Tasks


def test_what_only_stands_for_a_collection_hides_none():
    entity = defect()
    vars(entity).update(vars(entity))
    entity.__dict__ = vars(entity)
    with pytest.raises(DetachedEntityError):
        entity.Tasks  # noqa: B018 - which would read it if there was a connection


def test_the_dict_can_be_replaced_and_filled_before_there_is_an_item():
    entity = defect()
    entity.Mood = 'good'
    entity.__dict__ = {'Colour': 'red'}
    assert entity.Colour == 'red' and not hasattr(entity, 'Mood') and entity.State == 'Open'
    new = type(entity).__new__(type(entity))
    new.__dict__.update(X=1)
    assert new.X == 1 and vars(new) == {'X': 1}


class NeverLoader(object):
    """A loader as far as `dir` looks at it."""

    policy = 'never'

    def parent_of(self, context):
        return None

    def known_type(self, entity):
        return None


class NeverContext(object):
    """The context of a connection that loads nothing."""

    loader, base_url = NeverLoader(), None


@pytest.mark.parametrize('context', [Detached(), NeverContext()])
@pytest.mark.parametrize('kind', ['Defect', 'PullRequest', 'Connection', 'User', 'Revision',
                                  'AllowedAttributeValue', 'TestSet'])
def test_what_dir_names_can_be_read_where_nothing_loads(kind, context):
    entity = entity_from(dict(RAW, _type=kind), context)
    entity._hydrated = True
    for name in dir(entity):
        getattr(entity, name)
    for _ in inspect.getmembers(entity):
        pass


def test_popitem_empties_it():
    entity = entity_from({'_ref': REF + 'tag/1', '_type': 'Tag', 'Name': 'x'}, Detached())
    data = vars(entity)
    popped = [data.popitem() for _ in range(len(data) - 2)]
    assert popped == [('Name', 'x')] and sorted(data) == ['_ref', '_type']
    with pytest.raises(KeyError):
        data.popitem()


def test_a_copy_has_nothing_to_do_with_the_entity():
    entity = defect()
    for made in (vars(entity).copy(), copy.copy(vars(entity)), dict(vars(entity)),
                 pickle.loads(pickle.dumps(vars(entity), 2))):
        assert type(made) is dict and sorted(made) == sorted(vars(entity))
        made['State'] = 'Closed'
        assert entity.State == 'Open'


def test_tools_that_take_dicts_take_it():
    entity = defect()
    assert '{Name} is {State}'.format(**vars(entity)) == 'Login fails is Open'
    assert json.loads(json.dumps([entity], default=vars))[0]['Owner']['Name'] == 'Mei'
    assert ('%(Name)s' % vars(entity)) == 'Login fails'


@pytest.mark.parametrize('spec', ['', '>80', '<80', '^80', '.3'])
def test_an_entity_is_formatted_as_its_text(spec):
    entity = defect()
    assert format(entity, str(spec)) == format(str(entity), str(spec))

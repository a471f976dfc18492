# -*- coding: utf-8 -*-
"""Tools that know nothing of this package find an object in every public one."""
from __future__ import absolute_import, division, print_function, unicode_literals

import copy
import csv
import inspect
import io
import json
import pickle
import pprint

import pytest

from pyral import Rally, RetryPolicy, errors, refs
from pyral._compat import PYTHON_2
from pyral.entity import Defect, classFor

try:
    from unittest import mock
except ImportError:  # 2.7 has it not
    mock = None
needs_mock = pytest.mark.skipif(mock is None, reason="this Python has no unittest.mock")


def one(rally, kind='Defect', **keywords):
    return next(rally.get(kind, **dict({'fetch': True, 'project': None}, **keywords)))


#: Name -> what makes one of each public kind of object.
OBJECTS = {
    'entity': one,
    'story': lambda rally: one(rally, 'Story'),
    'entity with few attributes': lambda rally: one(rally, fetch='Name'),
    'shell': lambda rally: one(rally, fetch=False),
    'reference': lambda rally: one(rally).Project,
    'entity made by hand': lambda rally: Defect(5, 'x', 'defect/5'),
    'user': lambda rally: one(rally, 'User', query='ObjectID > 0'),
    'unpickled entity': lambda rally: pickle.loads(pickle.dumps(one(rally), 2)),
    'entity class': lambda rally: classFor['Defect'],
    'response': lambda rally: rally.get('Defect', fetch='Name', project=None),
    'failed response': lambda rally: rally.get('Defect', query='(Nonsense.Name = 1)'),
    'type definition': lambda rally: rally.typedef('Defect'),
    'attribute definition': lambda rally: rally.typedef('Defect').Attributes[0],
    'batch result': lambda rally: rally.createMultiple('Defect', [{'Name': 'x'}]),
    'outcome': lambda rally: rally.createMultiple('Defect', [{'Name': 'x'}]).outcomes[0],
    'retry policy': lambda rally: RetryPolicy(),
    'reference in parts': lambda rally: refs.parse('defect/5'),
    'error': lambda rally: errors.RallyRESTAPIError('x', status_code=422, errors=['y']),
    'context': lambda rally: rally.contextHelper.currentContext(),
    'connection': lambda rally: rally,
}
#: What holds a connection cannot be written down; the text says what to do instead.
ADVICE = {
    ('connection', 'pickle'): 'attach', ('connection', 'deepcopy'): 'attach',
    ('connection', 'copy'): 'attach', ('outcome', 'hash'): 'unhashable',
    ('response', 'pickle'): 'entities', ('failed response', 'pickle'): 'entities',
}


def get_all(value):
    """Read everything that `dir` shows; what a property refuses it says by AttributeError."""
    return [getattr(value, name, None) for name in dir(value)]


TOOLS = {
    'vars': lambda value: dict(vars(value)) if hasattr(value, '__dict__') else None,
    'dir': dir,
    'getattr over dir': get_all,
    'getmembers': inspect.getmembers,
    'copy': copy.copy,
    'deepcopy': copy.deepcopy,
    'pickle': lambda value: pickle.loads(pickle.dumps(value, 2)),
    'repr': repr,
    'format': lambda value: '{0}'.format(value),
    'format wide': lambda value: '{0:>60}'.format(
        str(value) if isinstance(value, (list, tuple, type)) else value),
    'json': lambda value: json.dumps(value, default=lambda each: sorted(vars(each), key=str)
                                     if hasattr(each, '__dict__') else repr(each)),
    'hash': lambda value: value.__hash__ and hash(value),
    'spec': lambda value: mock and mock.MagicMock(spec=value),
    'equality': lambda value: (value == value, value != 5, value == 'x'),
}


def said_by(tool, value):
    """Return what an object makes a tool say, None where the tool takes it."""
    try:
        TOOLS[tool](value)
    except Exception as problem:
        return '{0}: {1}'.format(type(problem).__name__, problem)
    return None


@pytest.mark.parametrize('kind', sorted(OBJECTS))
def test_every_tool_takes_every_public_object(rally, kind):
    said = dict((tool, said_by(tool, OBJECTS[kind](rally))) for tool in TOOLS)
    refused = dict((tool, text) for tool, text in said.items() if text is not None)
    assert sorted(refused) == sorted(tool for each, tool in ADVICE if each == kind), refused
    for tool, text in refused.items():
        assert ADVICE[kind, tool] in text


SILENT = ('vars', 'dir', 'copy', 'deepcopy', 'repr', 'format', 'json', 'hash', 'equality')


@pytest.mark.parametrize('kind', ['entity', 'story', 'shell', 'reference', 'response'])
def test_these_tools_ask_the_service_nothing(rally, kind):
    for tool in SILENT:
        value = OBJECTS[kind](rally)
        before = rally.requests_made
        TOOLS[tool](value)
        assert (tool, rally.requests_made) == (tool, before)


def test_an_exporter_that_knows_attributes_writes_full_cells(rally):
    table = io.StringIO()
    items = list(rally.get('Defect', fetch=True, project=None, order='ObjectID'))
    before = rally.requests_made
    names = [name for name in items[0].attributes() if not name.startswith('_')]
    if not PYTHON_2:
        writer = csv.writer(table)
        writer.writerows([each.__dict__[name] for name in names] for each in items)
        rows = list(csv.DictReader(io.StringIO(table.getvalue()), names))
        assert [row['FormattedID'] for row in rows] == [each.FormattedID for each in items]
        assert all(row['Name'] and row['State'] and row['oid'] for row in rows)
    assert rally.requests_made == before


def test_json_of_items_that_lead_back_ends(rally):
    story = one(rally, 'Story', query='Tasks.ObjectID > 0')
    for task in story.Tasks:
        assert task.WorkProduct.Description is not None
        task.Story = None
    text = json.loads(json.dumps([story], default=vars))[0]
    assert text['FormattedID'] == story.FormattedID
    assert [each['WorkProduct']['ObjectID'] for each in text['Tasks']] == [
        story.ObjectID] * len(story.Tasks)


@needs_mock
def test_a_mock_after_an_entity_has_its_attributes_only(rally):
    entity = one(rally)
    double = mock.MagicMock(spec=entity)
    assert isinstance(double, Defect) and double.FormattedID
    with pytest.raises(AttributeError):
        double.Colour  # noqa: B018


def test_the_address_of_a_collection_has_its_historic_name(rally):
    entity = one(rally)
    assert getattr(entity, '__collection_ref_for_Tasks') == entity.to_dict()['Tasks']['_ref']
    assert not hasattr(entity, '__collection_ref_for_Name')
    assert not hasattr(entity, '__collection_ref_for_Colour')
    assert getattr(entity, 'context', None) is None


def test_members_of_a_page_are_loaded_together(rally):
    story = one(rally, 'Story').ref
    rally.createMultiple('Task', [{'Name': 'x', 'WorkProduct': story} for _ in range(30)])
    entities = list(rally.get('Task', fetch='Name', project=None))
    before = rally.requests_made
    for entity in entities:
        inspect.getmembers(entity)
    assert len(entities) > 30
    # The first is read alone, the rest in one query, and so are those collections with members.
    assert rally.requests_made - before < 8


def test_a_table_of_entities(rally):
    pandas = pytest.importorskip('pandas')
    items = list(rally.get('Defect', fetch=True, project=None))
    before = rally.requests_made
    frame = pandas.DataFrame([vars(each) for each in items])
    assert list(frame['FormattedID']) == [each.FormattedID for each in items]
    frame = pandas.DataFrame(items)
    for name in ('FormattedID', 'State', 'CreationDate'):
        assert list(frame[name]) == [getattr(each, name) for each in items]
    assert [owner and owner['Name'] for owner in frame['Owner']] == [
        each.Owner and each.Owner.Name for each in items]
    assert [[tag['Name'] for tag in tags] for tags in frame['Tags']] == [
        [tag.Name for tag in each.Tags] for each in items]
    # An entity in a cell is one value, and a table of them is shown.
    assert items[0].FormattedID in str(pandas.DataFrame({'defect': items}))
    assert str(frame) and rally.requests_made == before


def test_an_entity_is_a_dataclass_to_whoever_asks(rally):
    dataclasses = pytest.importorskip('dataclasses')
    story = next(rally.get('Story', fetch=True, query='Tasks.FormattedID != null', project=None))
    task = story.Tasks[0]
    task.WorkProduct, task.State = story, 'Completed'
    before = rally.requests_made
    for entity in (story, task):
        found = dataclasses.asdict(entity)
        # What is left out costs a request, or leads back here.
        left_out = dict((name, value) for name, value in vars(entity).items()
                        if name[:1] != '_' and name not in found)
        for name in ('RevisionHistory', 'Tasks', 'WorkProduct'):
            left_out.pop(name, None)
        assert all(value['Count'] for value in left_out.values())
        assert found['FormattedID'] == entity.FormattedID
        assert [each.name for each in dataclasses.fields(entity)] == list(found)
    assert found['State'] == 'Completed'
    assert 'Tasks' not in dataclasses.asdict(story) and 'WorkProduct' not in found
    assert dataclasses.fields(type(story)) == () and dataclasses.is_dataclass(story)
    assert pprint.pformat([story] * 5)
    assert rally.requests_made == before
    del task.WorkProduct
    assert dataclasses.asdict(story)['Tasks'][0]['State'] == 'Completed'
    with pytest.raises(TypeError):
        len(story)


@needs_mock
def test_a_rally_is_a_class_like_others():
    assert mock.create_autospec(Rally)('server')


@pytest.mark.parametrize('taken', [0, 1, 5, 7, 12])
@pytest.mark.parametrize('limit', [None, 9])
@pytest.mark.parametrize('copied', [copy.copy, copy.deepcopy])
def test_a_copy_of_a_response_goes_on_by_itself(rally, copied, limit, taken):
    rally.createMultiple('Tag', [{'Name': 'tag {0:02}'.format(place)} for place in range(12)])

    def ask():
        return rally.get('Tag', fetch='Name', query='Name contains "tag "', order='Name',
                         pagesize=5, limit=limit)

    names = [tag.Name for tag in ask()]
    assert len(names) == (limit or 12)
    response = ask()
    seen = [tag.Name for _, tag in zip(range(taken), response)]
    before = rally.requests_made
    twin = copied(response)
    assert rally.requests_made == before
    taken = len(seen)
    assert [tag.Name for tag in twin] == names[taken:]
    assert [tag.Name for tag in response] == names[taken:]
    assert (twin.total, twin.served, twin.complete) == (
        response.total, response.served, response.complete)


def by_one_dict(entity):
    """What `mock.patch.dict` does at its end."""
    values = vars(entity)
    before = values.copy()
    values['Name'] = 'other'
    values.clear()
    values.update(before)


def by_new_dicts(entity):
    before = dict(vars(entity))
    vars(entity).clear()
    vars(entity).update(before)


def name_by_name(entity):
    before = dict(vars(entity))
    for name in set(before).difference(['_ref', '_type']):
        vars(entity).pop(name)
        vars(entity)[name] = before[name]


@pytest.mark.parametrize('restore', [by_one_dict, by_new_dicts, name_by_name])
@pytest.mark.parametrize('kind', ['entity', 'story', 'user', 'shell', 'reference'])
def test_an_entity_whose_attributes_are_put_back_is_as_before(rally, kind, restore):
    entity, twin = OBJECTS[kind](rally), OBJECTS[kind](rally)
    restore(entity)
    assert sorted(vars(entity)) == sorted(vars(twin))
    for shown in (repr, lambda each: each.to_dict(), lambda each: each.attributes(),
                  lambda each: each.details()):
        assert shown(entity) == shown(twin)
    for name in twin.attributes():
        assert repr(getattr(entity, name)) == repr(getattr(twin, name))


def test_what_is_set_is_what_repr_shows(rally):
    defect = one(rally)
    defect.Name, vars(defect)['FormattedID'] = 'Mine', 'DE0'
    assert repr(defect) == "<Defect DE0 'Mine'>"

# coding: utf-8
"""A schema that an earlier process kept: it costs no request, and no answer is no because of it."""
from __future__ import absolute_import, division, print_function

import os
import shutil
import time
import warnings

import pytest

from pyral import InvalidRallyTypeNameError, RallyAttributeNameError, RallyRESTAPIError
from tests import emulated
from tests.rally_fixtures import kept_schemas

HOUR_S = 3600


@pytest.fixture
def kept(emu):
    """A connection whose schema an earlier one has kept; and what goes over its wire."""
    rally = emu.connect()
    return rally, emulated.Wire(rally)


def asked(wire):
    """Return how often the schema was asked for."""
    return len([path for path in wire.paths if '/slm/schema/' in path])


def grow_older(seconds):
    """Make the kept schemas as old as if the service had confirmed them so long ago."""
    for name in os.listdir(kept_schemas()):
        path = os.path.join(kept_schemas(), name)
        stamp = time.time() - seconds
        shutil.copy(path, path + '.copy')  # the file itself is linked to one of all tests
        os.rename(path + '.copy', path)
        os.utime(path, (stamp, stamp))


def story(rally):
    return rally.create('Story', {'Name': 'a story'})


@pytest.mark.parametrize('work', [
    lambda rally: rally.create('Defect', {'Name': 'one', 'Owner': 'ann@example.com'}),
    lambda rally: rally.update('Story', story(rally).oid, {'Description': 'x'}),
    lambda rally: rally.delete('Story', story(rally).FormattedID),
    lambda rally: rally.createMultiple('Task', [
        {'Name': 'one', 'WorkProduct': story(rally).ref} for _ in range(3)]),
    lambda rally: rally.updateMultiple('Story', [{'ObjectID': story(rally).oid, 'Name': 'x'}]),
    lambda rally: rally.addCollectionItems(
        story(rally), 'Tags', [rally.create('Tag', {'Name': 'of a kept schema'})]),
    lambda rally: list(rally.get('Defect', fetch=['Name', 'Owner'], query={'State': 'Open'})),
    lambda rally: list(rally.get('Defect', query={'Owner': 'ann@example.com'})),
    lambda rally: rally[story(rally).FormattedID].Tasks,
    lambda rally: rally.validateAttributeNames('Defect', {'Name': 'x'}),
    lambda rally: rally.typedef('Defect').ref,
    lambda rally: rally.getAllowedValues('Defect', 'State'),
    lambda rally: getattr(story(rally), 'nmae', None),
], ids=['create', 'update', 'delete', 'createMultiple', 'updateMultiple', 'collection', 'get',
        'get by login', 'item', 'validate', 'typedef', 'getAllowedValues', 'unknown attribute'])
def test_work_with_a_kept_schema_asks_for_no_schema(kept, work):
    grow_older(0.5 * HOUR_S)
    rally, wire = kept
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        work(rally)
    assert asked(wire) == 0


@pytest.mark.parametrize('age_s, work, expected', [
    (2 * HOUR_S, lambda rally: rally.typedef('Defect'), 1),
    (2 * HOUR_S, lambda rally: rally.getAllowedValues('Defect', 'State'), 1),
    (2 * HOUR_S, story, 0),
    (6 * 24 * HOUR_S, story, 0),
    (8 * 24 * HOUR_S, story, 1),
    (-24 * HOUR_S, story, 1),
    (0, lambda rally: rally.getSchemaInfo(), 1),
])
def test_a_schema_that_was_confirmed_long_ago_is_confirmed_first(kept, emu, age_s, work, expected):
    grow_older(age_s)
    rally, wire = kept
    work(rally)
    assert asked(wire) == expected
    again = emu.connect()
    wire = emulated.Wire(again)
    story(again)
    assert asked(wire) == 0


def _unknown_attribute(rally):
    with pytest.raises(RallyAttributeNameError) as caught:
        rally.create('Defect', {'Name': 'one', 'Severty': 'x'})
    assert caught.value.suggestions == ('Severity',)


def _unknown_type(rally):
    with pytest.raises(InvalidRallyTypeNameError):
        rally.get('Defcet')


def _unknown_names_in_a_list(rally):
    with pytest.raises(RallyAttributeNameError):
        rally.get('Defect', fetch=['Nmae'])


def _unknown_collection(rally):
    with pytest.raises(RallyRESTAPIError):
        rally.addCollectionItems(story(rally), 'Tgas', [story(rally)])


def _refused_write(rally):
    with pytest.raises(RallyRESTAPIError):
        rally.create('Defect', {'Name': 'one', 'State': 'no such state'})


def _refused_item(rally):
    assert rally.createMultiple('Defect', [{'Name': 'one', 'State': 'no such state'}]).failed


def _refused_query(rally):
    assert rally.get('Defect', query='Nmae = x').errors


@pytest.mark.parametrize('work', [
    _unknown_attribute, _unknown_type, _unknown_names_in_a_list, _unknown_collection,
    _refused_write, _refused_item, _refused_query,
    lambda rally: rally.typedef('Defcet'),
    lambda rally: rally.getAllowedValues('Defect', 'Stat'),
    lambda rally: list(rally.get('Defect', query='State = Opne')),
    lambda rally: list(rally.get('Defect', query='FormattedID = XX5')),
], ids=['attribute', 'type', 'fetch', 'collection', 'refused write', 'refused item',
        'refused query', 'typedef', 'getAllowedValues', 'value', 'FormattedID'])
def test_before_the_answer_is_no_the_schema_is_read_again_once(kept, work):
    rally, wire = kept
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        for _ in range(2):
            work(rally)
    assert asked(wire) == 1


def add_field(emu, name):
    """Give defects a field, as an administrator does while other processes run."""
    admin = emu.connect()
    definition = admin.get('TypeDefinition', fetch='ObjectID', query='ElementName = Defect',
                           project=None).one()
    admin.create('AttributeDefinition', {
        'Name': name, 'ElementName': 'c_' + name, 'AttributeType': 'STRING',
        'TypeDefinition': definition.ref})


@pytest.mark.parametrize('work', [
    lambda rally, name: rally.create('Defect', {'Name': 'one', name: 'v'}, fetch='c_' + name),
    lambda rally, name: rally.update('Defect', rally.create('Defect', {'Name': 'one'}).oid,
                                     {'c_' + name: 'v'}, fetch='c_' + name),
    lambda rally, name: rally[rally.createMultiple('Defect', [
        {'Name': 'one', name: 'v'}])[0]['FormattedID']],
], ids=['create', 'update', 'createMultiple'])
def test_a_field_that_was_made_since_is_known_at_first_use(kept, emu, request, work):
    rally, wire = kept
    name = 'Made' + request.node.name.rpartition('[')[2].rstrip(']').title()
    rally.create('Defect', {'Name': 'before'})
    held = rally.contextHelper.catalogue().find('Defect')
    assert held.attribute(name) is None
    add_field(emu, name)
    assert getattr(work(rally, name), 'c_' + name) == 'v'
    assert held.attribute(name) is not None and asked(wire) == 2

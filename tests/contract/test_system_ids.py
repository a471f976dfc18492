"""The system's own ids: types and attributes have the ObjectIDs and UUIDs that recordings show.

They are the same in every subscription, and public code has them literally. The file
`recorded/system-ids.json` keeps them; each of its rows is asked for by a request.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

from pyral.emulator.model import Model

RECORDED = json.loads((Path(__file__).parent / 'recorded' / 'system-ids.json').read_text('utf-8'))
#: Two recordings differ; the schema answer is followed (section 8.2).
NOT_FOLLOWED = {row['uuid'] for row in RECORDED['conflicts']}
ATTRIBUTES = [row for row in RECORDED['attributes'] if row['uuid'] not in NOT_FOLLOWED]


@pytest.mark.fact('8.2', '9.2')
@pytest.mark.parametrize('row', RECORDED['types'], ids=lambda row: row['name'])
def test_a_type_has_its_recorded_id(api, row):
    found = api.get('/typedefinition/{}'.format(row['oid']), fetch='TypePath,ObjectID')
    uuid = row['uuid'] or found['_refObjectUUID']
    assert (found['TypePath'], found['_refObjectUUID']) == (row['name'], uuid)
    for spelled in (uuid, uuid.replace('-', '')):
        assert api.get('/typedefinition/' + spelled, fetch='ObjectID')['ObjectID'] == row['oid']


@pytest.mark.fact('8.2', '9.4')
def test_every_attribute_has_its_recorded_id_and_uuid(api):
    wrong = []
    for row in ATTRIBUTES:
        found = api.get('/attributedefinition/' + row['uuid'], fetch='ElementName,ObjectID')
        if row['oid'] is not None:
            by_oid = api.get('/attributedefinition/{}'.format(row['oid']), fetch='ElementName')
            if by_oid.get('_refObjectUUID') != row['uuid'] or found['ObjectID'] != row['oid']:
                wrong.append(row)
        if found.get('ElementName') != row['name']:
            wrong.append(row)
    assert wrong == [] and len(ATTRIBUTES) > 560


@pytest.mark.fact('8.2', '9.4')
def test_each_type_lists_the_attributes_recorded_for_it(api):
    recorded = {}
    for row in ATTRIBUTES:
        for type_path in row['types']:
            recorded.setdefault(type_path, {})[row['name']] = row['uuid']
    types = Model.load().types
    for type_path, attributes in recorded.items():
        rows = api.rows(
            '/typedefinition/{}/Attributes'.format(types[type_path].oid), fetch='ElementName'
        )
        shown = {row['ElementName']: row['_refObjectUUID'] for row in rows}
        assert {name: shown.get(name) for name in attributes} == attributes, type_path


@pytest.mark.fact('9.2')
def test_the_schema_of_a_workspace_shows_the_same_attributes(api):
    workspace = api.rows('/workspace')[0]
    answer = api.ask('GET', '/slm/schema/v2.0/workspace/{}'.format(workspace['ObjectID']))
    (story,) = [one for one in answer['Results'] if one['TypePath'] == 'HierarchicalRequirement']
    assert story['Parent']['_refObjectName']
    shown = {attr['ElementName']: attr['ObjectID'] for attr in story['Attributes']}
    own = {
        row['name']: row['oid']
        for row in ATTRIBUTES
        if 'HierarchicalRequirement' in row['types'] and row['oid'] is not None
    }
    assert {name: shown[name] for name in own} == own


def test_what_no_recording_shows_has_an_id_of_its_own_outside_the_recorded_ones():
    model = Model.load()
    recorded = {row['oid'] for row in RECORDED['types'] + RECORDED['attributes']}
    types = {one.oid for one in model.types.values()} - recorded
    attributes = {one.oid for one in model.attributes()} - recorded
    assert max(types) < -52000 and max(attributes) < -70000
    every = Counter([one.oid for one in model.types.values()])
    every.update(one.oid for one in model.attributes())
    assert set(every.values()) == {1}
    uuids = [one.uuid for one in model.attributes()] + [one.uuid for one in model.types.values()]
    assert len(set(uuids)) == len(uuids)

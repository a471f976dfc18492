"""Tests of the system model: that its data are whole, and where each value lives."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from pyral.emulator import model
from pyral.emulator.model import Model, Relation, attr_from_facts

FILES = sorted((Path(model.__file__).parent / 'data' / 'types').glob('*.json'))
TYPES = Model.load().types
SLOTS = ('doc', 'link', 'blob', 'constant', 'derived')


def attr(path, name):
    return TYPES[path].attributes[name]


def test_the_model_is_read_once():
    assert Model.load() is Model.load()


def test_every_type_is_declared_once():
    paths = [entry['path'] for file in FILES for entry in json.loads(file.read_text('utf-8'))]
    assert len(paths) == len(set(paths)) == len(TYPES)


def test_every_parent_and_every_target_is_a_type():
    unknown = [
        (one.path, one.parent) for one in TYPES.values() if one.parent and one.parent not in TYPES
    ]
    unknown += [
        (one.path, each.name)
        for one in TYPES.values()
        for each in one.attributes.values()
        if each.target and each.target not in TYPES
    ]
    assert unknown == []


def test_every_reference_and_collection_names_its_target():
    assert [
        (one.path, each.name)
        for one in TYPES.values()
        for each in one.attributes.values()
        if each.is_relation and not each.target
    ] == []


def test_every_definition_has_an_object_id_of_its_own():
    oids = [one.oid for one in TYPES.values()] + [each.oid for each in Model.load().attributes()]
    uuids = [one.uuid for one in TYPES.values()] + [each.uuid for each in Model.load().attributes()]
    assert len(oids) == len(set(oids)) == len(set(uuids))
    assert max(oids) < 0


def test_a_type_has_all_attributes_of_its_parents():
    for one in TYPES.values():
        if one.parent:
            lacking = set(TYPES[one.parent].attributes) - set(one.attributes)
            assert lacking <= {
                'CreationDate',
                'Blocked',
                'BlockedReason',
                'LastBuild',
                'LastRun',
                'Ready',
            }, one.path


def test_attributes_that_a_type_is_recorded_without_are_left_out():
    assert 'Blocked' in TYPES['SchedulableArtifact'].attributes
    assert 'Blocked' not in TYPES['Risk'].attributes


def test_facts_that_differ_for_one_type_hold_there_only():
    assert attr('Task', 'Project').read_only
    assert not attr('Defect', 'Project').read_only
    assert attr('Task', 'Project').oid != attr('Defect', 'Project').oid


def test_the_inverse_of_every_collection_is_a_reference_of_its_members():
    wrong = []
    for one in TYPES.values():
        for each in one.attributes.values():
            if each.relation is None or each.relation.forward or '.' in each.relation.attr:
                continue
            members = [TYPES[path] for path in Model.load().family(str(each.target))]
            if not any(each.relation.attr in member.attributes for member in members):
                wrong.append((one.path, each.name))
    assert wrong == []


def test_both_sides_of_a_mirrored_collection_follow_the_same_edges():
    for file in FILES:
        for facts in json.loads(file.read_text()):
            for line in facts.get('attributes', ()):
                if 'mirror' in line:
                    assert_mirrored(facts['path'], line)


def assert_mirrored(path, line):
    """The collection that a line names as its mirror is the other way along the same edges."""
    one = TYPES[path].attributes[line['name']].relation
    others = [
        TYPES[other].attributes[line['mirror']].relation
        for other in Model.load().family(line['target'])
        if line['mirror'] in TYPES[other].attributes
    ]
    assert Relation(one.attr, not one.forward) in others, (path, line['name'])


@pytest.mark.parametrize(
    ('path', 'name', 'slot'),
    [
        ('Defect', 'ObjectID', 'column:oid'),
        ('Defect', 'ObjectUUID', 'column:uuid'),
        ('Defect', 'VersionId', 'column:version'),
        ('Defect', 'CreationDate', 'column:created'),
        ('Defect', 'LastUpdateDate', 'column:updated'),
        ('Defect', 'Name', 'column:name'),
        ('Defect', 'FormattedID', 'column:formatted_id'),
        ('Defect', 'DragAndDropRank', 'column:rank'),
        ('Defect', 'Recycled', 'column:recycled'),
        ('ProjectPermission', 'CustomObjectID', 'column:alt_id'),
        ('Defect', 'State', 'doc'),
        ('Defect', 'FormattedIDID', 'derived'),
        ('Defect', 'Subscription', 'constant'),
        ('AttachmentContent', 'Content', 'blob'),
        ('Attachment', 'Content', 'link'),
        ('Defect', 'Owner', 'link'),
        ('PortfolioItem/Feature', 'Ancestors', 'derived'),
        ('Workspace', 'SchemaVersion', 'derived'),
    ],
)
def test_every_value_has_its_place(path, name, slot):
    assert attr(path, name).slot == slot


@pytest.mark.parametrize(
    ('path', 'name', 'relation'),
    [
        ('Defect', 'Owner', Relation('Owner', True)),
        ('HierarchicalRequirement', 'Feature', Relation('Feature', True)),
        ('HierarchicalRequirement', 'Tasks', Relation('WorkProduct', False)),
        ('Milestone', 'Artifacts', Relation('Milestone.Artifacts', True)),
        ('Defect', 'Milestones', Relation('Milestone.Artifacts', False)),
        ('Defect', 'Tags', Relation('Artifact.Tags', True)),
        (
            'HierarchicalRequirement',
            'Successors',
            Relation('HierarchicalRequirement.Predecessors', False),
        ),
        ('TypeDefinition', 'Attributes', Relation('TypeDefinition.Attributes', True)),
    ],
)
def test_every_relation_has_its_edges(path, name, relation):
    assert attr(path, name).relation == relation


def test_every_slot_is_one_of_the_known():
    for each in Model.load().attributes():
        assert each.column is not None or each.slot in SLOTS
        assert (each.relation is not None) == (each.slot == 'link'), each


def test_an_attribute_is_found_in_any_case_and_without_its_prefix():
    custom = attr_from_facts({'name': 'c_Team', 'type': 'STRING', 'oid': 1}, 'Defect')
    defect = replace(TYPES['Defect'], attributes={**TYPES['Defect'].attributes, 'c_Team': custom})
    assert defect.attr('planestimate').name == 'PlanEstimate'
    assert defect.attr('TEAM') is custom
    assert defect.attr('Nonsense') is None


@pytest.mark.parametrize(
    ('path', 'name', 'value'),
    [
        ('Defect', 'Severity', 'Cosmetic'),
        ('Defect', 'Priority', 'Resolve Immediately'),
        ('Defect', 'Resolution', 'Duplicate'),
        ('Defect', 'Environment', 'Production'),
        ('HierarchicalRequirement', 'ScheduleState', 'In-Progress'),
        ('Task', 'State', 'Completed'),
        ('TestCaseResult', 'Verdict', 'Inconclusive'),
    ],
)
def test_dropdowns_have_their_default_values(path, name, value):
    assert value in attr(path, name).allowed_values


def test_booleans_are_never_required_on_create():
    assert [
        (one.path, each.name)
        for one in TYPES.values()
        for each in one.attributes.values()
        if one.creatable
        and each.type == 'BOOLEAN'
        and each.required
        and not each.read_only
        and each.default is None
    ] == []


def test_internal_names_are_those_of_recorded_definitions():
    names = [
        attr('Defect', name).internal_name for name in ('ScheduleState', 'Blocked', 'ObjectID')
    ]
    assert names == ['scheduleState', 'isBlocked', 'oid']


def test_the_family_of_a_type_is_all_that_inherit_from_it():
    assert Model.load().family('Requirement') == ('Requirement', 'HierarchicalRequirement')
    assert 'PortfolioItem/Feature' in Model.load().family('Artifact')
    assert 'User' not in Model.load().family('Artifact')

"""Tests of the model as a workspace sees it: fields, levels, values and prefixes of its own."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pyral.emulator.catalogue.catalogue import catalogue_for
from pyral.emulator.catalogue.custom_fields import (
    KINDS,
    FieldSpec,
    custom_type,
    define_field,
    publish,
    remove_field,
    set_prefix,
    set_values,
)
from pyral.emulator.catalogue.levels import LevelSpec, add_level, define_levels
from pyral.emulator.model import Model, Relation
from pyral.emulator.store import Obj, Store
from pyral.emulator.store.custom_definitions import values_shown
from pyral.emulator.store.tables import objects

TYPES = Model.load().types


@pytest.fixture()
def tx():
    store = Store()
    with store.writing() as tx:
        yield tx
    store.close()


@pytest.fixture()
def space(tx):
    return tx.insert(Obj(type='Workspace', name='Own')).oid


@pytest.fixture()
def other(tx):
    return tx.insert(Obj(type='Workspace', name='Other')).oid


def field(tx, space, **spec):
    spec.setdefault('type_path', 'Defect')
    spec.setdefault('name', 'Team Colour')
    spec.setdefault('kind', 'STRING')
    return define_field(tx, space, FieldSpec(**spec))


# Resolving


@pytest.mark.parametrize(
    ('text', 'path'),
    [
        ('defect', 'Defect'),
        ('Defect', 'Defect'),
        ('HIERARCHICALREQUIREMENT', 'HierarchicalRequirement'),
        ('portfolioitem/feature', 'PortfolioItem/Feature'),
        ('PortfolioItem/Feature', 'PortfolioItem/Feature'),
        ('feature', 'PortfolioItem/Feature'),
        ('/defect/', 'Defect'),
        ('artifact', 'Artifact'),
    ],
)
def test_a_type_is_found_by_path_or_unambiguous_name(tx, text, path):
    assert catalogue_for(tx, None).resolve(text).path == path


@pytest.mark.parametrize('text', ['', 'story', 'userstory', 'portfolioitem/', 'Nonsense', '/'])
def test_a_text_that_names_no_type_is_not_found(tx, text):
    found = catalogue_for(tx, None).resolve(text)
    assert found is None or found.path == 'PortfolioItem'


def test_a_path_wins_over_a_name(tx, space):
    catalogue = define_levels(tx, space, [LevelSpec('Project'), LevelSpec('Saga')])
    assert catalogue.resolve('project').path == 'Project'
    assert catalogue.resolve('portfolioitem/project').path == 'PortfolioItem/Project'
    story = catalogue.type('HierarchicalRequirement')
    assert story.attr('Project').target == 'Project'
    assert story.attr('PortfolioItem').target == 'PortfolioItem/Project'


def test_families_and_ancestry_follow_inheritance(tx):
    catalogue = catalogue_for(tx, None)
    assert catalogue.family('Requirement') == ('Requirement', 'HierarchicalRequirement')
    assert set(catalogue.family('PortfolioItem')) == {
        'PortfolioItem',
        'PortfolioItem/Feature',
        'PortfolioItem/Initiative',
        'PortfolioItem/Theme',
    }
    assert catalogue.is_a('Defect', 'Artifact') and catalogue.is_a('Defect', 'Defect')
    assert not catalogue.is_a('User', 'Artifact') and not catalogue.is_a('Artifact', 'Defect')


def test_an_attribute_is_collected_over_types(tx):
    found = catalogue_for(tx, None).attr_for(['Defect', 'Task', 'Tag'], 'state')
    assert [attr.declared_on for attr in found] == ['Defect', 'Task']


# Fields


EXPECTED = {
    'STRING': ('STRING', 'doc', 'string'),
    'TEXT': ('TEXT', 'doc', 'string'),
    'INTEGER': ('INTEGER', 'doc', 'long'),
    'DECIMAL': ('DECIMAL', 'doc', 'double'),
    'QUANTITY': ('QUANTITY', 'doc', 'double'),
    'BOOLEAN': ('BOOLEAN', 'doc', 'boolean'),
    'DATE': ('DATE', 'doc', 'dateTime'),
    'DROP_DOWN': ('STRING', 'doc', 'string'),
    'RATING': ('RATING', 'doc', 'string'),
    'STATE': ('STATE', 'doc', 'string'),
    'MULTI_VALUE': ('COLLECTION', 'link', 'Defectc_TeamColourType'),
    'USER': ('OBJECT', 'link', 'User'),
    'OBJECT': ('OBJECT', 'link', 'Build'),
    'WEB_LINK': ('WEB_LINK', 'doc', None),
    'RAW': ('RAW', 'doc', None),
    'MAP': ('MAP', 'doc', None),
}


@pytest.mark.parametrize('kind', sorted(KINDS))
def test_a_field_of_every_kind_is_part_of_its_type(tx, space, other, kind):
    row = field(
        tx, space, kind=kind, values=['a', 'b'], target='Build' if kind == 'OBJECT' else None
    )
    catalogue = publish(tx, space)
    attr = catalogue.type('Defect').attr('c_TeamColour')
    assert (attr.type, attr.slot, attr.schema_type) == EXPECTED[kind]
    assert (attr.oid, attr.uuid, attr.label) == (row.oid, row.uuid, 'Team Colour')
    assert attr.custom and attr.workspace == space and attr.declared_on == 'Defect'
    assert catalogue_for(tx, other).type('Defect').attr('c_TeamColour') is None
    assert catalogue.type('Task').attr('c_TeamColour') is None


def test_a_field_says_what_its_definition_says(tx, space):
    field(
        tx,
        space,
        kind='DECIMAL',
        required=True,
        hidden=True,
        default=1.5,
        max_length=5,
        max_fractional_digits=1,
        element_name='c_Odd',
        admin_only=True,
        note='why',
    )
    attr = publish(tx, space).type('Defect').attributes['c_Odd']
    assert (
        attr.required,
        attr.hidden,
        attr.default,
        attr.max_length,
        attr.max_fractional_digits,
    ) == (True, True, 1.5, 5, 1)
    row = tx.get(attr.oid)
    assert (row.doc['VisibleOnlyToAdmins'], row.doc['Note']) == (True, 'why')


def test_a_required_boolean_does_not_exist(tx, space):
    field(tx, space, kind='BOOLEAN', required=True)
    assert not publish(tx, space).type('Defect').attr('c_TeamColour').required


def test_a_web_link_is_a_definition_of_its_own_type(tx, space):
    row = field(tx, space, kind='WEB_LINK', url='http://x/${id}')
    assert (row.type, row.doc['URL'], row.doc['DisplayPreference']) == (
        'WebLinkDefinition',
        'http://x/${id}',
        'NEW_WINDOW',
    )
    assert publish(tx, space).type('Defect').attr('TeamColour').type == 'WEB_LINK'


def test_a_field_on_artifacts_is_inherited_by_all_of_them(tx, space):
    field(tx, space, type_path='Artifact')
    catalogue = publish(tx, space)
    for path in ('Defect', 'Task', 'TestCase', 'PortfolioItem/Theme'):
        assert catalogue.type(path).attr('c_TeamColour').declared_on == 'Artifact'
    assert catalogue.type('Iteration').attr('c_TeamColour') is None


def test_a_field_on_users_is_seen(tx, space):
    field(tx, space, type_path='User')
    assert publish(tx, space).type('User').attr('teamcolour').name == 'c_TeamColour'


def test_a_drop_down_that_is_not_required_can_be_empty(tx, space):
    field(tx, space, kind='DROP_DOWN', values=['red', 'blue'])
    field(tx, space, kind='DROP_DOWN', name='Must', values=['red', 'blue'], required=True)
    defect = publish(tx, space).type('Defect')
    assert defect.attr('c_TeamColour').allowed_values == ('', 'red', 'blue')
    assert defect.attr('c_Must').allowed_values == ('red', 'blue')
    assert defect.attr('c_Must').constrained and defect.attr('c_Must').real_type == 'DROP_DOWN'


def test_a_removed_field_is_gone(tx, space):
    row = field(tx, space, kind='RATING', values=['a'])
    publish(tx, space)
    remove_field(tx, space, row.oid)
    assert catalogue_for(tx, space).type('Defect').attr('c_TeamColour') is None
    assert tx.get(row.oid) is None


# Values


def test_a_workspace_may_have_values_of_its_own(tx, space, other):
    severity = TYPES['Defect'].attributes['Severity']
    set_values(tx, space, severity.oid, ['Grave', 'Trivial'])
    assert publish(tx, space).type('Defect').attr('Severity').allowed_values == ('Grave', 'Trivial')
    assert catalogue_for(tx, other).type('Defect').attr('Severity') == severity


def test_values_that_stay_keep_their_objects(tx, space):
    severity = TYPES['Defect'].attributes['Severity'].oid
    first = {
        row.doc['StringValue']: row.oid for row in set_values(tx, space, severity, ['a', 'b', 'c'])
    }
    second = {
        row.doc['StringValue']: row.oid for row in set_values(tx, space, severity, ['d', 'c', 'a'])
    }
    assert (second['a'], second['c']) == (first['a'], first['c'])
    assert tx.get(first['b']) is None
    assert publish(tx, space).type('Defect').attr('Severity').allowed_values == ('d', 'c', 'a')


def test_the_values_shown_are_the_workspaces_own_or_the_systems(tx, space, other):
    severity = TYPES['Defect'].attributes['Severity']
    set_values(tx, space, severity.oid, ['Grave'])

    def shown(workspace):
        return [
            obj.doc['StringValue']
            for obj in tx.objects(select(objects).where(values_shown(severity.oid, workspace)))
        ]

    assert shown(space) == ['Grave']
    assert sorted(shown(other)) == sorted(severity.allowed_values)


# Levels


def test_the_default_levels_are_feature_initiative_theme(tx, space):
    levels = catalogue_for(tx, space).portfolio_levels
    assert [(one.name, one.ordinal, one.id_prefix) for one in levels] == [
        ('Feature', 0, 'F'),
        ('Initiative', 1, 'I'),
        ('Theme', 2, 'T'),
    ]


def test_levels_are_tied_to_their_neighbours(tx, space):
    catalogue = define_levels(
        tx, space, [LevelSpec('Capability', 'CA'), LevelSpec('Feature'), LevelSpec('Big Epic')]
    )
    low, middle, top = catalogue.portfolio_levels
    assert [one.path for one in (low, middle, top)] == [
        'PortfolioItem/Capability',
        'PortfolioItem/Feature',
        'PortfolioItem/BigEpic',
    ]
    assert [one.id_prefix for one in (low, middle, top)] == ['CA', 'F', 'BE']
    assert [one.attr('Parent').target for one in (low, middle, top)] == [
        middle.path,
        top.path,
        'PortfolioItem',
    ]
    assert [one.attr('Children') and one.attr('Children').target for one in (low, middle, top)] == [
        None,
        low.path,
        middle.path,
    ]
    assert low.attr('UserStories').relation == Relation('PortfolioItem', False)
    assert middle.attr('UserStories') is None


def test_stories_belong_to_the_lowest_level_under_its_name_too(tx, space, other):
    story = define_levels(tx, space, [LevelSpec('Capability')]).type('HierarchicalRequirement')
    twin = story.attr('Capability')
    assert story.attr('PortfolioItem').target == twin.target == 'PortfolioItem/Capability'
    assert story.attr('PortfolioItem').relation == Relation('PortfolioItem', True)
    assert twin.relation == Relation('Feature', True)
    assert twin.read_only and not story.attr('PortfolioItem').read_only
    assert 'Feature' not in story.attributes
    assert 'Feature' in catalogue_for(tx, other).type('HierarchicalRequirement').attributes


def test_levels_of_other_workspaces_stay_as_they_are(tx, space, other):
    define_levels(tx, space, [LevelSpec('Saga')])
    assert catalogue_for(tx, other).resolve('saga') is None
    assert catalogue_for(tx, space).resolve('theme') is None


def test_levels_can_change_again(tx, space):
    define_levels(tx, space, [LevelSpec('Saga'), LevelSpec('Epic', 'E')])
    saga = catalogue_for(tx, space).type('PortfolioItem/Saga').oid
    define_levels(tx, space, [LevelSpec('Epic', 'E'), LevelSpec('Saga'), LevelSpec('Myth')])
    catalogue = catalogue_for(tx, space)
    assert [one.name for one in catalogue.portfolio_levels] == ['Epic', 'Saga', 'Myth']
    assert catalogue.type('PortfolioItem/Saga').oid == saga
    story = catalogue.type('HierarchicalRequirement')
    assert story.attr('Epic') is not None and story.attr('Saga') is None


def test_a_level_is_added_to_the_standard_ones(tx, space):
    row = add_level(tx, space, LevelSpec('Strategy', display_name='Grand Strategy'))
    levels = catalogue_for(tx, space).portfolio_levels
    assert [one.name for one in levels] == ['Feature', 'Initiative', 'Theme', 'Strategy']
    assert levels[-1].oid == row.oid and levels[-1].display_name == 'Grand Strategy'
    assert levels[2].attr('Parent').target == 'PortfolioItem/Strategy'
    assert tx.target(row.oid, 'Parent') == TYPES['PortfolioItem'].oid


def test_levels_have_the_fields_of_portfolio_items(tx, space):
    field(tx, space, type_path='PortfolioItem')
    catalogue = define_levels(tx, space, [LevelSpec('Saga')])
    assert catalogue.type('PortfolioItem/Saga').attr('c_TeamColour') is not None


@pytest.mark.parametrize('names', [[], ['Saga', 'saga'], ['A B', 'AB']])
def test_levels_that_are_none_or_alike_are_refused(tx, space, names):
    with pytest.raises(ValueError):
        define_levels(tx, space, [LevelSpec(name) for name in names])


@settings(max_examples=12)
@given(
    names=st.lists(
        st.sampled_from(
            ['Feature', 'Initiative', 'Theme', 'Strategy', 'Epic', 'Saga', 'Release', 'User']
        ),
        min_size=1,
        unique=True,
    )
)
def test_any_levels_give_a_whole_catalogue(names):
    with Store().writing() as tx:
        space = tx.insert(Obj(type='Workspace')).oid
        catalogue = define_levels(tx, space, [LevelSpec(name) for name in names])
        assert [one.name for one in catalogue.portfolio_levels] == names
        assert [one.ordinal for one in catalogue.portfolio_levels] == list(range(len(names)))
        for one in catalogue.types():
            for attr in one.attributes.values():
                assert attr.target is None or catalogue.resolve(attr.target), (one.path, attr)


# What the store shows of it


def listed(tx, space):
    return set(tx.members(space, TYPES['Workspace'].attributes['TypeDefinitions']))


def attributes_listed(tx, oid):
    return tx.members(oid, TYPES['TypeDefinition'].attributes['Attributes'])


def test_definitions_in_the_store_say_what_the_catalogue_says(tx, space, other):
    field(tx, space, type_path='Artifact')
    publish(tx, space)
    define_levels(tx, space, [LevelSpec('Saga'), LevelSpec('Theme')])
    set_prefix(tx, space, 'Task', 'TSK')
    for workspace in (space, other):
        catalogue = catalogue_for(tx, workspace)
        assert listed(tx, workspace) == catalogue.definition_oids
        for one in catalogue.types():
            assert attributes_listed(tx, one.oid) == [
                attr.oid for attr in one.attributes.values()
            ], one.path


def test_a_definition_of_a_workspace_has_the_systems_as_parent(tx, space):
    row = custom_type(tx, space, 'Defect')
    assert custom_type(tx, space, 'Defect').oid == row.oid
    assert tx.target(row.oid, 'Parent') == TYPES['Defect'].oid
    assert catalogue_for(tx, space).type('Defect').oid == row.oid
    assert catalogue_for(tx, space).type('Defect').parent == 'SchedulableArtifact'


def test_a_portfolio_level_with_a_field_is_still_below_portfolio_item(tx, space):
    field(tx, space, type_path='PortfolioItem')
    for level in publish(tx, space).portfolio_levels:
        assert level.workspace == space
        assert tx.target(level.oid, 'Parent') == TYPES['PortfolioItem'].oid


def test_references_to_a_type_follow_its_new_definition(tx, space, other):
    here = tx.insert(Obj(type='State', workspace=space), {'TypeDef': TYPES['Defect'].oid}).oid
    there = tx.insert(Obj(type='State', workspace=other), {'TypeDef': TYPES['Defect'].oid}).oid
    row = custom_type(tx, space, 'Defect')
    assert tx.target(here, 'TypeDef') == row.oid
    assert tx.target(there, 'TypeDef') == TYPES['Defect'].oid


def test_a_prefix_is_of_one_workspace(tx, space, other):
    set_prefix(tx, space, 'Defect', 'BUG')
    assert catalogue_for(tx, space).type('Defect').id_prefix == 'BUG'
    assert catalogue_for(tx, other).type('Defect').id_prefix == 'DE'


# Hash and keeping


def test_a_catalogue_is_kept_until_the_model_changes(tx, space):
    kept = catalogue_for(tx, space)
    assert catalogue_for(tx, space) is kept
    field(tx, space)
    assert catalogue_for(tx, space) is not kept


def test_the_hash_changes_with_every_change_of_the_model(tx, space, other):
    hashes = [catalogue_for(tx, space).hash]

    def changed(_done):
        hashes.append(catalogue_for(tx, space).hash)

    elsewhere = catalogue_for(tx, other).hash
    row = field(tx, space, kind='DROP_DOWN', values=['a'])
    changed(publish(tx, space))
    changed(set_values(tx, space, row.oid, ['a', 'b']))
    changed(set_values(tx, space, TYPES['Defect'].attributes['Severity'].oid, ['x']))
    changed(set_prefix(tx, space, 'Defect', 'BUG'))
    changed(define_levels(tx, space, [LevelSpec('Saga')]))
    changed(add_level(tx, space, LevelSpec('Myth')))
    assert len(set(hashes)) == len(hashes)
    assert all(len(text) == 32 and int(text, 16) for text in hashes)
    assert catalogue_for(tx, other).hash == elsewhere


def test_a_model_that_goes_back_has_its_old_hash():
    store = Store()
    with store.writing() as tx:
        space = tx.insert(Obj(type='Workspace')).oid
        before = catalogue_for(tx, space).hash
    with pytest.raises(ZeroDivisionError):
        with store.writing() as tx:
            field(tx, space)
            assert catalogue_for(tx, space).hash != before
            raise ZeroDivisionError
    with store.writing() as tx:
        assert catalogue_for(tx, space).hash == before
        assert catalogue_for(tx, space).type('Defect').attr('c_TeamColour') is None
        snapshot_hash = field(tx, space, name='Second') and publish(tx, space).hash
    snapshot = store.snapshot()
    with store.writing() as tx:
        field(tx, space, name='Third')
        assert publish(tx, space).hash != snapshot_hash
    store.restore(snapshot)
    with store.reading() as tx:
        assert catalogue_for(tx, space).hash == snapshot_hash
    store.close()

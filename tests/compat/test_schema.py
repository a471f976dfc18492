"""Statements 139 to 141, and what schema items hold."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral._compat import text_type
from pyral.entity import SchemaItem, SchemaItemAttribute


def test_139_a_type_definition_has_its_path_and_reference(rally):
    feature = rally.typedef('Feature')
    assert feature.TypePath == 'PortfolioItem/Feature'
    assert feature.ref.startswith('typedefinition/')
    assert isinstance(feature, SchemaItem)
    assert rally.typedef('Nonsense') is None


@pytest.mark.parametrize('entity, attribute, values', [
    ('Defect', 'State', ['Submitted', 'Open', 'Fixed', 'Closed']),
    ('Defect', 'Customer', ['Northwind', 'Contoso', 'Fabrikam']),
    ('Defect', 'c_Customer', ['Northwind', 'Contoso', 'Fabrikam']),
    ('Story', 'Platforms', ['Linux', 'Windows', 'macOS']),
])
def test_140_allowed_values_are_the_same_strings_every_time(rally, entity, attribute, values):
    first = rally.getAllowedValues(entity, attribute)
    assert first == rally.getAllowedValues(entity, attribute)
    assert [value for value in first if value] == values


def test_140b_unknown_names_have_no_allowed_values(rally):
    assert rally.getAllowedValues('Defect', 'Nonsense') is None
    assert rally.getAllowedValues('Nonsense', 'State') is None


@pytest.mark.parametrize('attribute', ['Owner', 'Tags', 'Project', 'Iteration'])
def test_140c_open_ended_attributes_answer_true(rally, attribute):
    assert rally.getAllowedValues('Defect', attribute) == [True]
    assert rally.getAllowedValues('Defect', attribute) == [True]


def test_141_states_come_once_and_in_order(rally):
    states = rally.getStates('Feature')
    keys = [(state.OrderIndex, state.Name) for state in states]
    assert keys and keys == sorted(keys) and len(set(keys)) == len(keys)


def test_a_schema_item_has_the_facts_of_its_type(rally):
    defect = rally.typedef('Defect')
    assert (defect._type, defect.ElementName, defect.IDPrefix) == ('TypeDefinition', 'Defect', 'DE')
    assert defect.Creatable and defect.Queryable and defect.Deletable and not defect.Abstract
    assert all(isinstance(each, SchemaItemAttribute) for each in defect.Attributes)
    assert defect.inheritanceChain() == [
        'Persistable', 'DomainObject', 'WorkspaceDomainObject', 'Artifact', 'Defect']
    assert rally.typedef('Feature').inheritanceChain()[-2:] == [
        'PortfolioItem', 'PortfolioItem_Feature']


def test_a_schema_item_prints_as_a_table(rally):
    text = text_type(rally.typedef('Feature'))
    lines = text.split('\n')
    assert lines[0] == ('Feature  DisplayName: {0}  IDPrefix: F  TypePath: PortfolioItem/Feature'
                        .format(rally.typedef('Feature').DisplayName))
    assert lines[1] == '      Creatable  Updatable  Queryable  Deletable  Restorable'
    assert lines[2] == '' and lines[3] == '      Attributes:'
    assert lines[4].startswith(' ' * 9) and lines[5].startswith(' ' * 13)


def test_an_attribute_has_its_facts_and_prints_in_columns(rally):
    state = [each for each in rally.typedef('Defect').Attributes if each.ElementName == 'State'][0]
    assert state._type == 'AttributeDefinition' and state.ref.startswith('attributedefinition/')
    assert state.Required is False or state.Required is True
    line = text_type(state).split('\n')[0]
    assert line[:9] == ' ' * 9 and line[9:33].strip() == 'State'
    assert line[43:53].strip() == state.AttributeType


def test_attributes_sort_by_their_name(rally):
    names = [each.ElementName for each in sorted(rally.typedef('Tag').Attributes)]
    assert names == sorted(names)


def test_the_case_of_names_is_kept_and_aliases_work(rally):
    assert rally.typedef('Story').ElementName == 'HierarchicalRequirement'
    assert rally.typedef('PortfolioItem/Feature') is rally.typedef('Feature')
    assert rally.typedef('feature') is None

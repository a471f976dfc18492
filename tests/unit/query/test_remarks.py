"""Advice on queries: what the schema knows better, and silence about all it does not know."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral.query.builder import tree
from pyral.query.remarks import has_other_prefix, may_name_a_value, remarks
from pyral.schema.definitions import Catalogue


def attribute(name, kind='STRING', target=None, values=()):
    """Return an attribute as the schema endpoint describes it."""
    return {'ElementName': name, 'Name': name, 'AttributeType': kind,
            'AllowedValueType': {'_refObjectName': target} if target else None,
            'AllowedValues': [{'StringValue': value} for value in values]}


CATALOGUE = Catalogue([
    {'TypePath': 'Defect', 'ElementName': 'Defect', 'IDPrefix': 'DE', 'Queryable': True,
     'Attributes': [
        attribute('FormattedID'), attribute('Name'), attribute('Estimate', 'QUANTITY'),
        attribute('State', 'STATE', values=['Submitted', 'Open', 'Fixed', 'Closed']),
        attribute('c_Color', values=['', 'Red', 'Green']),
        attribute('Owner', 'OBJECT', 'User'), attribute('Requirement', 'OBJECT', 'Some Artifact'),
        attribute('Tags', 'COLLECTION', 'Tag'), attribute('Elsewhere', 'OBJECT', 'Unlisted')]},
    {'TypePath': 'HierarchicalRequirement', 'ElementName': 'HierarchicalRequirement',
     'IDPrefix': 'US', 'Attributes': [attribute('FormattedID')]},
    {'TypePath': 'User', 'ElementName': 'User', 'Attributes': [attribute('UserName')]},
    {'TypePath': 'Tag', 'ElementName': 'Tag', 'Attributes': [attribute('Name')]},
    {'TypePath': 'SomeArtifact', 'ElementName': 'SomeArtifact', 'Abstract': True,
     'Attributes': [attribute('Name')]},
    {'TypePath': 'PortfolioItem', 'ElementName': 'PortfolioItem', 'IDPrefix': 'PI',
     'Attributes': [attribute('Name'), attribute('FormattedID')]},
    {'TypePath': 'PortfolioItem/Feature', 'ElementName': 'Feature', 'IDPrefix': 'F',
     'Queryable': True, 'Attributes': [attribute('FormattedID')]},
])


def advice(query, type_name='Defect'):
    """Return the remarks on a query, where lists are known as far as the schema holds them."""
    return remarks(tree(query), CATALOGUE.resolve(type_name), CATALOGUE,
                   lambda each: each.allowed_values(None, None))


@pytest.mark.parametrize('query, expected', [
    ('Stat = Open', "Stat = Open: Defect has no attribute 'Stat'; did you mean State?"),
    ('Bogus > 5', "Bogus > 5: Defect has no attribute 'Bogus'"),
    ('Owner.UserNam = "x"',
     "Owner.UserNam = \"x\": User has no attribute 'UserNam'; did you mean UserName?"),
    ('Tags.Nam = x', "Tags.Nam = x: Tag has no attribute 'Nam'; did you mean Name?"),
    ('State = Opne', "State = Opne: State has no value 'Opne'; did you mean Open?"),
    ('State < Clsed', "State < Clsed: State has no value 'Clsed'; did you mean Closed?"),
    ({'State': ['Open', 'Fixt']},
     "State in Open,Fixt: State has no value 'Fixt'; did you mean Fixed?"),
    ('Color = Bluish', "Color = Bluish: c_Color has no value 'Bluish'; it has Red, Green"),
    ('FormattedID = US5', "FormattedID = US5: the ids of Defect begin with DE, and the service "
                          "compares nothing but the number of 'US5'"),
    ('FormattedID = XX5', "FormattedID = XX5: no type of this workspace has FormattedIDs that "
                          "begin with 'XX'; they begin with DE, F, S, US, and the service compares "
                          "nothing but the number"),
])
def test_what_the_schema_contradicts_is_said(query, expected):
    assert advice(query) == [expected]


@pytest.mark.parametrize('query', [
    'State = open', 'state = "Closed"', 'State = null', 'State = None', 'State = ""',
    'Color = Red', 'c_Color != Green', 'State contains Op', 'Name = anything', 'Estimate > 5',
    'Owner = /user/5', 'Owner = null', 'Rank > 5', 'FormattedID = DE5', 'FormattedID = 5',
    'FormattedID = de5', 'Requirement.ScheduleState = Whatever', 'Elsewhere.Bogus = 5',
    'State in Open,Closed', 'Tags.Name = "x"',
])
def test_what_the_schema_does_not_contradict_is_left_alone(query):
    assert advice(query) == []


def test_a_story_may_have_either_prefix():
    assert advice('FormattedID = S5', 'Story') == advice('FormattedID = US5', 'Story') == []


@pytest.mark.parametrize('type_name', ['SomeArtifact', 'PortfolioItem'])
@pytest.mark.parametrize('query', ['Parent.Name = "x"', 'FormattedID = F5', 'Nonsense > 5'])
def test_of_a_type_with_types_below_it_nothing_is_known_for_sure(type_name, query):
    assert advice(query, type_name) == []


def test_every_condition_is_looked_at_and_nothing_is_said_twice():
    found = advice('(State = Opne AND (Stat = 5 OR State = Opne)) AND Name = "x"')
    assert [each.split(':')[0] for each in found] == ['State = Opne', 'Stat = 5']


def test_a_long_list_makes_one_short_remark():
    found = advice({'FormattedID': ['US{0}'.format(number) for number in range(1, 2001)]})
    assert len(found) == 1 and len(found[0]) < 300
    assert "'US1', 'US2', 'US3' and 1997 more" in found[0]


@pytest.mark.parametrize('query, expected', [
    ('State = Opne', True), ('c_Color in Red,Grin', True), ('Name = "x"', False),
    ('State = null', False), ('Estimate = 5', False), ('Owner.UserName = "x"', False),
    ('CreationDate > 2026-01-31', False), ('Iteration = /iteration/5', False),
    ('Name = "x" AND Kind = odd', True), ('State contains Op', False),
])
def test_only_a_text_that_a_list_could_lack_is_worth_a_schema(query, expected):
    assert may_name_a_value(tree(query)) is expected


@pytest.mark.parametrize('query, type_path, expected', [
    ('FormattedID = US5', 'Defect', True), ('FormattedID = DE5', 'Defect', False),
    ('formattedid in DE5,TA6', 'Defect', True), ('FormattedID = 5', 'Defect', False),
    ('FormattedID = US5', 'Artifact', False), ('FormattedID = XX5', 'Artifact', True),
    ('FormattedID = XX5', 'PortfolioItem', True), ('Name = US5', 'Defect', False),
])
def test_a_prefix_of_another_standard_type_is_seen_without_a_schema(query, type_path, expected):
    assert has_other_prefix(tree(query), type_path) is expected

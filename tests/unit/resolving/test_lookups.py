"""Which of the rows that came is meant, and what is looked for: without any request."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral.context.directory import Place
from pyral.query import nodes
from pyral.query.builder import tree
from pyral.refs import Ref
from pyral.resolving import criteria, lookups
from pyral.resolving.choice import meaning_for, target_of
from pyral.resolving.lookups import Wish
from pyral.resolving.meanings import NAME, WORD, TextMeaning
from pyral.schema.definitions import Catalogue

TEXT = {'ElementName': 'Name', 'Name': 'Name', 'AttributeType': 'STRING'}
ID = {'ElementName': 'FormattedID', 'Name': 'Formatted ID', 'AttributeType': 'STRING'}


def kind(name, prefix=None, attributes=(), **values):
    """Return a type of the schema."""
    return dict({'ElementName': name, 'Name': name, 'TypePath': name, 'IDPrefix': prefix,
                 'Queryable': True, 'Attributes': [TEXT] + list(attributes)}, **values)


def to(name, target, is_many=False):
    """Return an attribute that refers to a type."""
    return {'ElementName': name, 'Name': name,
            'AttributeType': 'COLLECTION' if is_many else 'OBJECT',
            'AllowedValueType': {'_refObjectName': target}}


CATALOGUE = Catalogue([
    kind('HierarchicalRequirement', 'HR', [ID]), kind('User', 'U', [
        {'ElementName': 'UserName', 'Name': 'User Name', 'AttributeType': 'STRING'}]),
    kind('Defect', 'DE', [ID, to('Requirement', 'Hierarchical Requirement'), to('Owner', 'User'),
                          to('Iteration', 'Iteration'), to('Tags', 'Tag', True),
                          to('History', 'Revision History'), to('Odd', 'Nobody')]),
    kind('Iteration', 'IT'), kind('Tag', 'TG'), kind('RevisionHistory', None, Queryable=False),
    kind('PortfolioItem/Epic', 'E', [ID], ElementName='Epic'),
])


@pytest.mark.parametrize('name, target', [
    ('Requirement', 'HierarchicalRequirement'), ('Owner', 'User'), ('Tags', 'Tag'),
    ('History', None), ('Odd', None), ('Name', None), ('FormattedID', None)])
def test_the_schema_says_what_an_attribute_refers_to(name, target):
    found = target_of(CATALOGUE.find('Defect').attribute(name), CATALOGUE)
    assert (found.TypePath if found is not None else None) == target


def test_the_prefixes_are_those_of_the_schema_and_two_for_stories():
    assert sorted(CATALOGUE.formatted_id_types()) == ['DE', 'E', 'S', 'US']
    assert [each.TypePath for each in CATALOGUE.formatted_id_types('E')] == ['PortfolioItem/Epic']
    assert CATALOGUE.formatted_id_types('TG') == []


@pytest.mark.parametrize('type_path, text, expected', [
    ('Defect', 'E7', 'FormattedID'), ('Defect', 'TG7', 'name'), ('Tag', 'DE7', 'name'),
    ('Iteration', 'current', 'word'), ('Tag', 'current', 'name'), ('User', 'currentuser', None),
    ('Tag', '7', None), ('Tag', 'null', None), ('Tag', 'tag/7', 'reference')])
def test_what_a_text_means_for_a_type(type_path, text, expected):
    found = meaning_for(type_path, text, lambda: CATALOGUE)
    assert (found.kind if found is not None else None) == expected


def test_the_schema_is_asked_only_about_what_looks_like_a_formatted_id():
    for type_path, text in (('Defect', 'a name'), ('User', 'ann1'), ('Tag', 'T1'),
                            ('Iteration', 'I1'), ('Defect', '12')):
        meaning_for(type_path, text, lambda: pytest.fail("the schema was asked"))


def user(oid, **values):
    """Return a row of a user."""
    return dict({'_ref': 'user/{0}'.format(oid), 'Disabled': False}, **values)


def wish(text, type_path='User', place=None, kind=NAME):
    """Return what is looked for."""
    return Wish(type_path, TextMeaning(kind, text), place, 'Owner')


@pytest.mark.parametrize('rows, found', [
    ([user(1, UserName='x'), user(2, DisplayName='x')], [1]),
    ([user(1, UserName='X', Disabled=True), user(2, DisplayName='x')], [2]),
    ([user(1, UserName='X', Disabled=True), user(2, DisplayName='X')], [1]),
    ([user(1, EmailAddress='X'), user(2, DisplayName='x')], [1]),
    ([user(1, DisplayName='x'), user(2, DisplayName='x')], [1, 2]),
    ([user(1, DisplayName='x y')], []),
])
def test_of_users_the_enabled_come_first_and_then_logins(rows, found):
    assert [row['_ref'] for row in lookups._named(rows, wish('x'))] == [
        'user/{0}'.format(oid) for oid in found]


def iteration(oid, project, first):
    """Return a row of an iteration."""
    return {'_ref': 'iteration/{0}'.format(oid), 'Project': {'_ref': 'project/{0}'.format(project)},
            'StartDate': first, 'EndDate': first}


def test_next_is_the_nearest_one_of_each_project():
    rows = [iteration(1, 7, '2026-01-01'), iteration(2, 8, '2026-01-05'),
            iteration(3, 7, '2026-01-08'), iteration(4, 8, '2026-01-05')]
    for place, oids in (('project/7', [1]), ('project/8', [2, 4]), ('scope', [1, 2, 4]),
                        (None, [1])):
        found = lookups._nearest_in_time(rows, wish('next', 'Iteration', place, WORD))
        assert [row['_ref'] for row in found] == ['iteration/{0}'.format(oid) for oid in oids]


def test_a_path_leads_down_by_names():
    def place(oid, name, parent=None):
        return Place('project', oid, name, 'Open', parent and 'project/{0}'.format(parent), None)

    places = [place(1, 'A'), place(2, 'B', 1), place(3, 'C', 2), place(4, 'B'), place(5, 'C', 4)]
    for path, oids in (('A // B // C', [3]), ('B // C', [3, 5]), ('A // C', []), ('A // B', [2])):
        assert [each.oid for each in lookups._down_the_path(places, path)] == oids


def test_conditions_are_put_in_place_and_the_others_stay():
    node = tree([{'Owner': 'x'}, 'State = Open', {'Iteration in': ['a', '5']}, {'Owner !=': 'x'}])
    first, _, third, last = list(nodes.conditions(node))
    wanted, two = wish('x'), wish('a', 'Iteration')
    answers = {wanted: [Ref('user', 1)], two: [Ref('iteration', 2), Ref('iteration', 3)]}
    made = nodes.replaced(node, dict(
        (id(each), criteria._by_reference(each, values, answers)) for each, values in (
            (first, [('x', wanted)]), (third, [('a', two), ('5', None)]), (last, [('x', wanted)]))))
    assert nodes.expression(made) == (
        '((Owner = /user/1) AND ((State = Open) AND (((Iteration = /iteration/2) OR '
        '((Iteration = /iteration/3) OR (Iteration = 5))) AND (Owner != /user/1))))')
    assert nodes.expression(node).startswith('((Owner = x)')

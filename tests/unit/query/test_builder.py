# -*- coding: utf-8 -*-
"""The query builder beyond the contract's table: values, mistakes, corrections, and the URL."""
from __future__ import absolute_import, division, print_function, unicode_literals

import datetime
import decimal

import pytest

from pyral import refs
from pyral._compat import ensure_text
from pyral.errors import QuerySyntaxError
from pyral.query.builder import RallyUrlBuilder, build

NOON = datetime.datetime(2024, 2, 1, 12, 30, 15, 250000)


class PlusTwo(datetime.tzinfo):
    def utcoffset(self, moment):
        return datetime.timedelta(hours=2)

    def dst(self, moment):
        return datetime.timedelta(0)


VALUES = [
    (7, '7'),
    (-7, '-7'),
    (2 ** 70, '1180591620717411303424'),
    (2.5, '2.5'),
    (decimal.Decimal('1E+3'), '1000'),
    (False, 'false'),
    (None, 'null'),
    ('', '""'),
    ('and', '"and"'),
    ('R&D', '"R&D"'),
    ('it is', '"it is"'),
    ('say "hi" now', '"say \\"hi\\" now"'),
    ('back\\slash', '"back\\\\slash"'),
    ('"quoted already"', '"quoted already"'),
    ('"one" and "two"', '"\\"one\\" and \\"two\\""'),
    ('Zoë', '"Zoë"'),
    ('US12', 'US12'),
    ('sally@acme.com', 'sally@acme.com'),
    (datetime.date(2024, 2, 1), '2024-02-01'),
    (NOON, '2024-02-01T12:30:15.250Z'),
    (NOON.replace(tzinfo=PlusTwo()), '2024-02-01T10:30:15.250Z'),
    (refs.parse('https://rally1.rallydev.com/slm/webservice/v2.0/user/77'), '/user/77'),
    ({'_ref': 'https://rally1.rallydev.com/slm/webservice/v2.0/user/77'}, '/user/77'),
]


@pytest.mark.parametrize('value, printed', VALUES, ids=[repr(pair[1]) for pair in VALUES])
def test_a_python_value_prints_as_the_service_reads_it(value, printed):
    assert build({'A': value}) == '(A = {0})'.format(printed)


@pytest.mark.parametrize('value', [float('nan'), float('inf'), object(), lambda: None])
def test_a_value_without_a_form_in_a_query_is_refused(value):
    with pytest.raises(TypeError):
        build({'A': value})


KEYS = [
    ({'PlanEstimate >': 3}, '(PlanEstimate > 3)'),
    ({'Name contains': 'foo bar'}, '(Name contains "foo bar")'),
    ({'Owner !=': None}, '(Owner != null)'),
    ({'State': ['Open', 'Fixed']}, '(State in Open,Fixed)'),
    ({'State in': 'Open, In Progress'}, '(State in "Open,In Progress")'),
    ({'State !in': ['Open', 'Fixed']}, '((State != "Open") AND (State != "Fixed"))'),
    ({'Name': ['a,b', 'c']}, '((Name = "a,b") OR (Name = c))'),
    ({'Owner': [None, 'x']}, '((Owner = null) OR (Owner = x))'),
    ({'N between': (1, 5)}, '((N >= 1) AND (N <= 5))'),
    ({'N !between': [1, 5]}, '((N < 1) OR (N > 5))'),
]


@pytest.mark.parametrize('criteria, printed', KEYS, ids=[pair[1] for pair in KEYS])
def test_a_key_may_carry_a_relation_and_a_value_may_be_a_list(criteria, printed):
    assert build(criteria) == printed


GROUPS = [
    ('((A = 1) AND (B = 2) AND (C = 3))', '((A = 1) AND ((B = 2) AND (C = 3)))'),
    ('(((A = 1)))', '(A = 1)'),
    ('(A = 1)AND(B = 2)', '((A = 1) AND (B = 2))'),
    ('(A = 1 OR B = 2) AND C = 3', '(((A = 1) OR (B = 2)) AND (C = 3))'),
    ('A = 1 AND (B = 2 OR C = 3 OR D = 4) AND E = 5',
     '((A = 1) AND (((B = 2) OR ((C = 3) OR (D = 4))) AND (E = 5)))'),
    ('Name = foo bar AND A = 1', '((Name = "foo bar") AND (A = 1))'),
    ('State in (Open, Fixed)', '(State in Open,Fixed)'),
    ('State in Open, "In Progress" AND A = 1', '((State in "Open,In Progress") AND (A = 1))'),
    ('State in "Open,In Progress"', '(State in "Open,In Progress")'),
    ('State !in "Open,In Progress"', '((State != "Open") AND (State != "In Progress"))'),
    ('Name between "a b" and "c and d" AND A = 1',
     '(((Name >= "a b") AND (Name <= "c and d")) AND (A = 1))'),
    ('A=1 AND B>=2', '((A = 1) AND (B >= 2))'),
    ('Name = a=b', '(Name = a=b)'),
    ('Name = rock-and-roll', '(Name = rock-and-roll)'),
    ('LastUpdateDate > today-7', '(LastUpdateDate > today-7)'),
    ([{'A': 1}, ['B = 2', 'C = 3'], 'D = 4'], '((A = 1) AND (((B = 2) AND (C = 3)) AND (D = 4)))'),
]


@pytest.mark.parametrize('criteria, printed', GROUPS, ids=[pair[1] for pair in GROUPS])
def test_any_grouping_becomes_binary(criteria, printed):
    assert build(criteria) == printed


MISTAKES = [
    ('State == Open', 6, 'State = Open'),
    ('State <> Open', 6, 'State != Open'),
    ('State => 3', 6, 'State >= 3'),
    ('Name like foo', 5, 'Name contains foo'),
    ('State not in A,B', 6, 'State !in A,B'),
    ('Name not contains A', 5, 'Name !contains A'),
    ('Owner is null', 6, 'Owner = null'),
    ('Owner is not null', 6, 'Owner != null'),
    ('Plan Estimate > 3', 0, 'PlanEstimate > 3'),
    ("State = 'In Progress'", 8, 'State = "In Progress"'),
    ('Name = "foo', 7, 'Name = "foo"'),
    ('Name = 8.5 (Blah)', 11, 'Name = "8.5 (Blah)"'),
    ('Name = Tom and Jerry', 11, 'Name = "Tom and Jerry"'),
    ('Name = "say "hi""', 13, 'Name = "say \\"hi\\""'),
    ('(State = Open', 0, '(State = Open)'),
    ('State = Open)', 12, 'State = Open'),
    ('State = Open AND', 13, 'State = Open'),
    ('(A = 1) (B = 2)', 8, '(A = 1) AND (B = 2)'),
    ('Name =', 6, 'Name = ""'),
    ('AND A = 1', 0, 'A = 1'),
    ('A = 1 AND AND B = 2', 10, 'A = 1 AND B = 2'),
    ('A = 1 B = 2', 6, 'A = 1 AND B = 2'),
    ('A = 1, B != x y', 7, 'A = 1 AND B != x y'),
    ('A = 1 && B.C = 2', 9, 'A = 1 AND B.C = 2'),
    ('A = 1 || B < 2', 9, 'A = 1 OR B < 2'),
    ('(A = 1)(B = 2)', 7, '(A = 1) AND (B = 2)'),
    ('A = = 1', 4, 'A = 1'),
    ("A = 'x'", 4, 'A = "x"'),
    (u'A = \u201cx y\u201d', 4, 'A = "x y"'),
    ("A in ('x', 'y z', 5)", 6, 'A in ("x", "y z", 5)'),
    ('A in [1, 2]', 5, 'A in 1, 2'),
    ('Name = "a" b', 11, 'Name = "\\"a\\" b"'),
    ('A..B = 1', 0, None),
    ('NOT A = 1', 0, 'A != 1'),
    ('!(A = 1)', 0, None),
    ('()', 1, None),
    ('State', 0, None),
    ('State in ,A', 9, None),
    ('N between 1', 11, None),
    ('N between 1 or 2', None, None),
    ('= 3', 0, None),
]


@pytest.mark.parametrize('criteria, position, corrected', MISTAKES,
                         ids=[row[0] for row in MISTAKES])
def test_a_mistake_names_the_spot_and_where_known_the_corrected_text(criteria, position, corrected):
    with pytest.raises(QuerySyntaxError) as caught:
        build(criteria)
    error = caught.value
    assert ensure_text(error.args[0]) == u'Invalid query expression syntax in: ' + criteria
    assert error.query == criteria
    assert position is None or error.position == position
    assert (error.corrected or '').split() == (corrected or '').split()


@pytest.mark.parametrize('text', [
    'Name = a = b', 'Name = x -> y', 'Name = 1 < 2', 'Name = C++ >= 17', "Name = O'Brien",
    "Name = rock 'n' roll", 'Name = this is not it', 'Name = <b> bold',
])
def test_signs_within_a_value_are_data_where_no_condition_can_be_meant(text):
    value = text.partition(' = ')[2]
    assert build(text) == '(Name = "{0}")'.format(value) or build(text) == '({0})'.format(text)


@pytest.mark.parametrize('name, corrected', [
    ('Estimate ==', 'Estimate ='), ('Plan Estimate', None), ('', None), ('A = 1 OR B', None),
])
def test_a_wrong_name_in_a_dict_is_shown_as_it_was_written(name, corrected):
    with pytest.raises(QuerySyntaxError) as caught:
        build({name: 0})
    assert caught.value.query == name and caught.value.corrected == corrected
    assert 'a name in a dict is an attribute' in caught.value.reason


@pytest.mark.parametrize('criteria', [{5: 'x'}, {None: 'x'}, ['A = 1', 5], [object()]])
def test_criteria_of_another_kind_inside_are_a_type_error(criteria):
    with pytest.raises(TypeError) as caught:
        build(criteria)
    assert 'text' in str(caught.value)


def test_the_text_of_the_error_shows_a_caret_under_the_spot():
    with pytest.raises(QuerySyntaxError) as caught:
        build('State == Open')
    lines = str(caught.value).splitlines()
    below = [place for place, line in enumerate(lines) if '^' in line][0]
    assert lines[below - 1][lines[below].index('^'):].startswith('== Open')
    assert 'State = Open' in str(caught.value)


def test_an_empty_condition_in_a_list_is_refused_because_dropping_it_would_widen_the_query():
    for empty in ('', '  ', None, [], {}):
        with pytest.raises(QuerySyntaxError) as caught:
            build(['State = Open', empty])
        assert 'condition 2' in str(caught.value)


@pytest.mark.parametrize('criteria', [{}.keys, 3.5, True, object()])
def test_criteria_of_another_type_are_a_type_error(criteria):
    with pytest.raises(TypeError):
        build(criteria)


def test_criteria_are_never_changed():
    criteria = [{'A': [1, 2]}, ['B = 2']]
    build(criteria)
    assert criteria == [{'A': [1, 2]}, ['B = 2']]


def test_a_thousand_conditions_are_no_deeper_than_python_can_go():
    conditions = ['ObjectID = {0}'.format(number) for number in range(3000)]
    printed = build(conditions)
    assert printed.count('ObjectID') == 3000
    assert build(printed) == printed


def test_a_url_holds_the_parameters_in_their_order():
    builder = RallyUrlBuilder('Defect')
    builder.qualify('false', None, None, 500, 1)
    builder.augmentWorkspace([], 'workspace/101')
    builder.augmentProject(['project=project/7'], 'project/1001')
    builder.augmentScoping(['projectScopeUp=false', 'projectScopeDown=true'])
    assert builder.build() == (
        'Defect?fetch=false&workspace=workspace/101&project=project/7&projectScopeUp=false'
        '&projectScopeDown=true&pagesize=500&start=1')
    assert builder.build(pretty=True).endswith('&start=1&pretty=true')
    assert builder.build().endswith('&pretty=true')
    builder.qualify('false', 'A = 1', 'Name DESC,FormattedID', 500, 1)
    assert builder.build() == (
        'Defect?fetch=false&query=(A%20%3D%201)&order=Name%20DESC%2CFormattedID'
        '&pagesize=500&start=1')


def test_a_url_cannot_be_built_before_it_is_qualified():
    with pytest.raises(AttributeError):
        RallyUrlBuilder('Defect').build()


def test_a_fetch_text_cannot_smuggle_a_parameter_in():
    builder = RallyUrlBuilder('Defect')
    builder.qualify('Name&pagesize=1', None, None, 500, 1)
    assert '&pagesize=1&' not in builder.build()

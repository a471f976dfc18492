# -*- coding: utf-8 -*-
"""The query contract: every row of the input and result table, and statements 68 to 82."""
from __future__ import absolute_import, division, print_function, unicode_literals

import sys
from collections import OrderedDict

import pytest

from pyral._compat import unquote
from pyral.errors import QuerySyntaxError
from pyral.query_builder import RallyQueryFormatter, RallyUrlBuilder, build

PY3 = sys.version_info[0] >= 3


def pairs(*items):
    return OrderedDict(items)


OPEN_AND_HIGH = '((State = Open) AND (Priority = High))'
Q08 = '((((Name = "Brazen%20Milliwogs") OR (Name = "Jenkins")) OR (Name = "R")) OR (Name = "S"))'
BETWEEN = '((CreationDate >= 2016-09-30) AND (CreationDate <= 2016-10-04))'

#: Row, criteria, decoded query that must reach the service.
REQUIRED = [
    ('Q01', 'State = Open', '(State = Open)'),
    ('Q02', 'State = "Open"', '(State = "Open")'),
    ('Q03', '  State = Open  ', '(State = Open)'),
    ('Q04', '(State = Open)', '(State = Open)'),
    ('Q05', '( State = Open )', '(State = Open)'),
    ('Q06', OPEN_AND_HIGH, OPEN_AND_HIGH),
    ('Q07', '(State = Open) AND (Priority = High)', OPEN_AND_HIGH),
    ('Q08', Q08, Q08),
    ('Q09', 'State = Open AND Priority = High', OPEN_AND_HIGH),
    ('Q10', 'State = Open and Priority = High', OPEN_AND_HIGH),
    ('Q11', 'State = Open And Priority = High', OPEN_AND_HIGH),
    ('Q12', 'State = Open OR Priority = High', '((State = Open) OR (Priority = High))'),
    ('Q13', 'AA = 1 AND BB = 2 AND CC = 3', '((AA = 1) AND ((BB = 2) AND (CC = 3)))'),
    ('Q14', 'AA = 1 AND BB = 2 OR CC = 3', '((AA = 1) AND ((BB = 2) OR (CC = 3)))'),
    ('Q15', 'AA = 1 OR BB = 2 AND CC = 3', '((AA = 1) OR ((BB = 2) AND (CC = 3)))'),
    ('Q16', 'A = 1 AND B = 2 AND C = 3', '((A = 1) AND ((B = 2) AND (C = 3)))'),
    ('Q17', 'State = "In Progress" AND Name = "foo bar"',
     '((State = "In Progress") AND (Name = "foo bar"))'),
    ('Q18', 'Name = "Operations and Support Group"', '(Name = "Operations and Support Group")'),
    ('Q20', ['State = Open'], '(State = Open)'),
    ('Q21', ['State = Open', 'Priority = High'], OPEN_AND_HIGH),
    ('Q22', ('State = Open', 'Priority = High', 'Severity != Cosmetic'),
     '((State = Open) AND ((Priority = High) AND (Severity != Cosmetic)))'),
    ('Q23', ['State != Open', 'Name !contains "Henry Hudson and Company"'],
     '((State != Open) AND (Name !contains "Henry Hudson and Company"))'),
    ('Q24', ['State = Open', '(Priority = High)'], OPEN_AND_HIGH),
    ('Q25', ['State = Open', '((A1 = 1) OR (B1 = 2))'],
     '((State = Open) AND ((A1 = 1) OR (B1 = 2)))'),
    ('Q26', ['State = Open', 'Name = "8.5 (Blah and Stuff)"'],
     '((State = Open) AND (Name = "8.5 (Blah and Stuff)"))'),
    ('Q27', 'Name = "8.5 (Blah and Stuff)"', '(Name = "8.5 (Blah and Stuff)")'),
    ('Q28', 'Name contains "(paren"', '(Name contains "(paren")'),
    ('Q29', 'Name = "a (b) (c)"', '(Name = "a (b) (c)")'),
    ('Q30', {'State': 'Submitted'}, '(State = Submitted)'),
    ('Q31', {'State': 'In Progress'}, '(State = "In Progress")'),
    ('Q32', {'State': b'Open'}, '(State = "Open")' if PY3 else '(State = Open)'),
    ('Q33', pairs(('State', 'Submitted'), ('Ready', 'False')),
     '((State = Submitted) AND (Ready = False))'),
    ('Q34', pairs(('PlanEstimate', 5), ('Blocked', True)),
     '((PlanEstimate = 5) AND (Blocked = true))'),
    ('Q35', {'Owner': None}, '(Owner = null)'),
    ('Q36', {'Name': 'A & B'}, '(Name = "A & B")'),
    ('Q37', pairs(('Name', 'A & B'), ('State', 'Open')), '((Name = "A & B") AND (State = Open))'),
    ('Q38', None, None),
    ('Q38-empty-text', '', None),
    ('Q38-empty-list', [], None),
    ('Q38-empty-tuple', (), None),
    ('Q38-empty-dict', {}, None),
    ('Q39', 'Iteration = null', '(Iteration = null)'),
    ('Q40', 'Owner != null', '(Owner != null)'),
    ('Q41', 'Name = "Rock & Roll"', '(Name = "Rock & Roll")'),
    ('Q42', ['Name = "Rock & Roll"', 'State = Open'],
     '((Name = "Rock & Roll") AND (State = Open))'),
    ('Q43', '(Name = "A&B")', '(Name = "A&B")'),
    ('Q44', '(Name contains "50% + tax")', '(Name contains "50% + tax")'),
    ('Q45', 'Name contains "50%"', '(Name contains "50%")'),
    ('Q46', 'Name contains "#hash"', '(Name contains "#hash")'),
    ('Q47', 'Name contains "a+b"', '(Name contains "a+b")'),
    ('Q48', 'Name = "café"', '(Name = "café")'),
    ('Q49', 'Name = "say \\"hi\\""', '(Name = "say \\"hi\\"")'),
    ('Q50', 'CreationDate >= 2016-09-30T00:00:00Z', '(CreationDate >= 2016-09-30T00:00:00Z)'),
    ('Q51', 'Name CONTAINS foo', '(Name contains foo)'),
    ('Q52', 'ScheduleState in Defined,In-Progress', '(ScheduleState in Defined,In-Progress)'),
    ('Q53', 'ScheduleState !in Defined,Completed',
     '((ScheduleState != "Defined") AND (ScheduleState != "Completed"))'),
    ('Q54', 'ScheduleState !in Defined,Completed,Accepted',
     '(((ScheduleState != "Defined") AND (ScheduleState != "Completed")) AND '
     '(ScheduleState != "Accepted"))'),
    ('Q55', ['PlanEstimate > 2', 'ScheduleState in Defined,Completed'],
     '((PlanEstimate > 2) AND (ScheduleState in Defined,Completed))'),
    ('Q56', ['PlanEstimate > 2', 'ScheduleState !in Defined,Completed', 'Name !contains "oo"'],
     '((PlanEstimate > 2) AND (((ScheduleState != "Defined") AND '
     '(ScheduleState != "Completed")) AND '
     '(Name !contains "oo")))'),
    ('Q57', 'CreationDate between 2016-09-30 and 2016-10-04', BETWEEN),
    ('Q58', 'CreationDate !between 2016-09-30 and 2016-10-04',
     '((CreationDate < 2016-09-30) OR (CreationDate > 2016-10-04))'),
    ('Q59', 'State = Open AND CreationDate between 2016-09-30 and 2016-10-04',
     '((State = Open) AND ' + BETWEEN + ')'),
    ('Q60', ['Iteration = null', 'CreationDate between 2016-09-30 and 2016-10-04',
             'Project != null',
             'Name contains with'],
     '((Iteration = null) AND (' + BETWEEN + ' AND ((Project != null) AND (Name contains with))))'),
    ('Q61', 'X = 1', '(X = 1)'),
    ('Q62', 'c_My-Field = 3', '(c_My-Field = 3)'),
    ('Q63', 'State=Open', '(State=Open)'),
    ('Q64', 'State  =  Open', '(State = Open)'),
    ('Q67', 'State = Open  AND\nPriority = High', OPEN_AND_HIGH),
    ('Q68', 'Name = ""', '(Name = "")'),
    ('Q69', ['Name = ""', 'AA = 1'], '((Name = "") AND (AA = 1))'),
    ('Q70', ['State = Open OR State = Fixed', 'Priority = High'],
     '(((State = Open) OR (State = Fixed)) AND (Priority = High))'),
    ('Q71', 'Tags.Name = "x" AND (A = 1)', '((Tags.Name = "x") AND (A = 1))'),
]

#: Row, criteria that must be refused, a piece of them that the message names.
REFUSED = [
    ('Q19', 'Name = Operations and Support Group', 'Operations and Support Group'),
    ('Q65', ['AA = 1', 'State'], 'State'),
    ('Q66', 'State = Open AND', 'State = Open AND'),
    ('Q72', '(State = Open', '(State = Open'),
    ('Q73', 'State = Open)', 'State = Open)'),
]


def received(criteria):
    """Return the query as a server sees it: what stands behind `query=` after one decoding."""
    builder = RallyUrlBuilder('Defect')
    builder.qualify('true', criteria, None, 20, 1)
    resource = builder.build()
    assert 'pagesize=20' in resource and resource.endswith('start=1')
    found = [part for part in resource.partition('?')[2].split('&') if part.startswith('query=')]
    return unquote(found[0][len('query='):]) if found else None


@pytest.mark.parametrize('row, criteria, expected', REQUIRED, ids=[row[0] for row in REQUIRED])
def test_the_service_receives_the_required_query(row, criteria, expected):
    assert build(criteria) == expected
    assert received(criteria) == expected


@pytest.mark.parametrize('row, criteria, named', REFUSED, ids=[row[0] for row in REFUSED])
def test_a_malformed_query_is_refused_and_named(row, criteria, named):
    with pytest.raises(QuerySyntaxError) as caught:
        build(criteria)
    assert caught.value.args[0].startswith('Invalid query expression syntax in: ')
    assert named in caught.value.args[0]


def test_q74_a_number_is_no_query():
    with pytest.raises(TypeError) as caught:
        build(5)
    assert 'int' in str(caught.value)


@pytest.mark.parametrize('row', ['Q01', 'Q02', 'Q03', 'Q04',
                         'Q06', 'Q09', 'Q12', 'Q13', 'Q14', 'Q15'])
def test_68_plain_rows_are_delivered_as_the_table_says(row):
    criteria, expected = dict((name, (given, wanted)) for name, given, wanted in REQUIRED)[row]
    assert received(criteria) == expected


def test_69_lists_and_tuples_are_anded_and_nested_to_the_right():
    expected = '((A = 1) AND ((B = 2) AND ((C = 3) AND (D = 4))))'
    conditions = ['A = 1', 'B = 2', 'C = 3', 'D = 4']
    assert received(conditions) == expected
    assert received(tuple(conditions)) == expected


def test_70_a_quoted_and_is_no_conjunction():
    criteria = ['State != Open', 'Name !contains "Henry Hudson and Company"']
    assert received(criteria) == '((State != Open) AND (Name !contains "Henry Hudson and Company"))'


def test_71_a_dict_value_with_a_blank_is_quoted():
    assert received({'State': 'In Progress'}) == '(State = "In Progress")'


def test_72_none_is_null():
    assert received({'Owner': None}) == '(Owner = null)'


@pytest.mark.parametrize('special', ['&', '#', '+', '%', '%41',
                         'é', '(', ')', '<', '>', '\\\\', '~', '|', ';'])
@pytest.mark.parametrize('form', ['text', 'first', 'last', 'only',
                         'passed through', 'dict', 'dict of two'])
def test_73_special_characters_reach_the_service_unchanged(special, form):
    value = 'a{0}b {0}'.format(special)
    condition = 'Name = "{0}"'.format(value)
    typed = value.replace('\\\\', '\\')
    criteria = {
        'text': condition,
        'first': [condition, 'State = Open'],
        'last': ['State = Open', condition],
        'only': [condition],
        'passed through': '((State = Open) AND ({0}))'.format(condition),
        'dict': {'Name': typed},
        'dict of two': pairs(('Name', typed), ('State', 'Open')),
    }[form]
    assert condition in received(criteria)


def test_74_a_parenthesised_list_element_keeps_both_conditions():
    assert received(['State = Open', '(Priority = High)']) == OPEN_AND_HIGH


def test_75_a_grouped_list_element_stays_a_group():
    criteria = ['State = Open', '((A1 = 1) OR (B1 = 2))']
    assert received(criteria) == '((State = Open) AND ((A1 = 1) OR (B1 = 2)))'


def test_76_parentheses_in_a_value_stay():
    assert received('Name = "a (b) (c)"') == '(Name = "a (b) (c)")'


def test_77_a_condition_without_relation_is_named():
    with pytest.raises(Exception) as caught:
        build(['AA = 1', 'State'])
    assert str(caught.value.args[0]).startswith('Invalid query expression syntax in: ')
    assert 'State' in str(caught.value.args[0])


@pytest.mark.parametrize('criteria', ['X = 1', 'Name = ""', 'State=Open', 'Name CONTAINS foo'])
def test_78_tolerated_spellings_do_not_raise(criteria):
    assert received(criteria)


def test_79_not_in_becomes_a_left_nested_chain():
    assert received('State !in A,B,C') == '(((State != "A") AND (State != "B")) AND (State != "C"))'


def test_80_between_becomes_two_comparisons():
    assert received('CreationDate between 2016-09-30 and 2016-10-04') == BETWEEN


def test_81_not_between_becomes_an_or():
    assert received(
        'CreationDate !between a1 and b1') == '((CreationDate < a1) OR (CreationDate > b1))'


@pytest.mark.parametrize('special, printed', [
    ('State in A,B', '(State in A,B)'),
    ('State !in A,B', '((State != "A") AND (State != "B"))'),
    ('State between a and b', '((State >= a) AND (State <= b))'),
    ('State !between a and b', '((State < a) OR (State > b))'),
])
def test_82_subset_and_range_conditions_live_with_others(special, printed):
    expected = '((X = 1) AND ({0} AND (Y = 2)))'.format(printed)
    assert received(['X = 1', special, 'Y = 2']) == expected


def test_the_old_formatter_encodes_without_the_outer_pair():
    text = 'Project.Name = "Operations and Support Group"'
    assert RallyQueryFormatter.parenGroups(text) == (
        'Project.Name%20%3D%20%22Operations%20and%20Support%20Group%22')
    two = ['State != Open', 'Name !contains "Henry Hudson and Company"']
    assert RallyQueryFormatter.parenGroups(two) == (
        '(State%20%21%3D%20Open)%20AND%20'
        '(Name%20%21contains%20%22Henry%20Hudson%20and%20Company%22)')


def test_the_old_formatter_normalises_parts_and_refuses_bad_ones():
    parts = ['State  =  Open', 'AND', 'Name CONTAINS foo']
    assert RallyQueryFormatter.validatePartsSyntax(
        parts) == ['State = Open', 'AND', 'Name contains foo']
    with pytest.raises(QuerySyntaxError):
        RallyQueryFormatter.validatePartsSyntax(['State'])


def test_the_old_formatter_builds_subsets_and_ranges():
    assert RallyQueryFormatter.constructSubsetExpression('State', '!in', 'A,B') == (
        '(State != "A") AND (State != "B")')
    assert RallyQueryFormatter.constructRangefulExpression(
        'N', 'between', '1', '5') == '(N >= 1) AND (N <= 5)'

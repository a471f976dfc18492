"""The lint of a query: what it refuses the service refuses, and what it corrects is taken."""
from __future__ import absolute_import, division, print_function

import json
import warnings

import pytest

from pyral import InvalidRallyTypeNameError, QuerySyntaxError

#: Query | whether it is refused | what is meant, None where that cannot be known | what is said.
QUERIES = [
    ('State = Open', False, '(State = Open)', None),
    ('State=Open', True, '(State = Open)', 'blanks around a relation'),
    ('State == Open', True, '(State = Open)', "there is no relation '=='"),
    ('State == Opne && Owner == "Mei Lin" || Priority = High', True,
     '((State = Open) AND ((Owner.DisplayName = "Mei Lin") OR (Priority = High)))', 'did you mean'),
    ('State = Open AND Owner = null OR Priority = High', False,
     '((State = Open) AND ((Owner = null) OR (Priority = High)))', 'mixed without parentheses'),
    ('Sate = Opne', True, '(State = Open)', 'did you mean State?'),
    ('Owner.UserNam = x', True, '(Owner.UserName = x)', 'did you mean UserName?'),
    ('Owner.Zzz = x', True, None, "has no attribute 'Zzz'"),
    ('"Plan Estimate" > 3', True, '(PlanEstimate > 3)', 'without quotes'),
    ('Name.First = x', True, None, 'is no reference'),
    ('FormattedIDPrefix = DE', True, None, 'no matter for queries'),
    # Values of each kind
    ('State = Elsewhere', False, '(State = Elsewhere)', 'has no value'),
    ('PlanEstimate = big', True, None, 'is a number'),
    ('PlanEstimate in 1,two', True, None, "'two' is none"),
    ('PlanEstimate contains 3', True, None, 'takes no contains'),
    ('Blocked = yes', True, '(Blocked = true)', 'is true or false'),
    ('Blocked < true', True, None, 'takes no <'),
    ('Description < a', True, None, 'takes no <'),
    ('Name like \'%late%\'', True, '(Name contains late)', 'there are no wildcards'),
    ('Name = late*', False, '(Name contains late)', 'there are no wildcards'),
    ('Name = x ORDER BY Rank', False, '(Name = x)', 'goes into order'),
    ('(Name = x) ORDER BY Rank', True, '(Name = x)', 'goes into order'),
    ('CreationDate > 2026-01-31', False, '(CreationDate > 2026-01-31)', None),
    ('CreationDate > today-7', False, '(CreationDate > today-7)', None),
    ('CreationDate > 11/01/2026', True, None, 'is a date'),
    ('CreationDate > 11/30/2026', True, '(CreationDate > 2026-11-30)', 'is a date'),
    ('CreationDate > 2026/1/3', True, '(CreationDate > 2026-01-03)', 'is a date'),
    ('CreationDate > "2026-01-31 10:00"', True, '(CreationDate > 2026-01-31T10:00Z)', 'is a date'),
    ('CreationDate >= -7d', True, '(CreationDate >= today-7)', 'is a date'),
    ('CreationDate < ClosedDate', True, None, 'never compared with another one'),
    ('CreationDate in 2026-01-31,2026-02-01', True, None, 'takes no list'),
    # References
    ('Owner = null', False, '(Owner = null)', None),
    ('Owner < null', True, None, 'null is compared by'),
    ('Owner is not EMPTY', True, '(Owner != null)', 'is written null'),
    ('Owner = currentUser()', True, '(Owner = currentuser)', 'is written currentuser'),
    ('Owner = currentuser', False, '(Owner = currentuser)', None),
    ('Owner = user/12', False, '(Owner = user/12)', None),
    ('Owner = 12', False, '(Owner = 12)', None),
    ('Owner = mei@example.com', True, '(Owner.UserName = mei@example.com)', 'is a reference'),
    ('Owner contains Mei', True, '(Owner.DisplayName contains Mei)', 'is a reference'),
    ('Iteration != "Sprint 1"', True, '(Iteration.Name != "Sprint 1")', 'is a reference'),
    ('Requirement = US1', True, '(Requirement.FormattedID = US1)', 'is a reference'),
    ('Tags = legal', True, '(Tags.Name = legal)', 'is a reference'),
    ('Tags contains legal', True, '(Tags.Name contains legal)', 'is a reference'),
    ('Tasks.State = Defined AND Tasks.Owner = null', False,
     '((Tasks.State = Defined) AND (Tasks.Owner = null))', 'by any of its members'),
    # Ids
    ('FormattedID = US5', False, '(FormattedID = US5)', 'the ids of Defect begin with DE'),
    ('FormattedID = DE-5', True, '(FormattedID = DE5)', 'is written DE5'),
    ('FormattedID = five', True, None, 'letters and a number'),
    ('FormattedID contains E5', False, '(FormattedID contains E5)', None),
    # What cannot be read
    ('State', True, None, 'no relation and no value'),
    ('State = Open AND NOT (Owner = null)', True, None, 'there is no NOT'),
    ('NOT State in (Open, Fixed)', True, '((State != "Open") AND (State != "Fixed"))',
     'there is no NOT'),
    ('', False, None, None),
]


def test_what_the_lint_refuses_the_service_refuses_and_what_it_corrects_is_taken(rally):
    rally.contextHelper.catalogue().renew()
    rally.getAllowedValues('Defect', 'State')
    before, asked = rally.requests_made, []
    for text, is_refused, corrected, said in QUERIES:
        found = rally.lint_query('Defect', text)
        told = (found.is_refused, found.corrected, found.is_fine)
        assert told == (is_refused, corrected, said is None), (text, str(found))
        assert said is None or said in str(found), (text, str(found))
        json.dumps(found.to_dict())
        asked.extend([(text, is_refused)] + [(corrected, False)] * (corrected is not None))
    assert rally.requests_made == before
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        for text, is_refused in asked:
            try:
                answered = bool(rally.get('Defect', query=text, limit=1).errors)
            except QuerySyntaxError:
                answered = True
            assert answered == is_refused, text


def test_a_type_with_others_below_it_needs_what_all_have(rally):
    found = rally.lint_query('Artifact', 'ScheduleState = Defined')
    assert found.is_refused and 'query one that has' in str(found)
    assert not rally.lint_query('Artifact', 'Owner.UserName = x').is_refused
    with pytest.raises(InvalidRallyTypeNameError):
        rally.lint_query('Defekt', 'State = Open')


def test_names_in_a_dict_are_looked_up_and_no_error(rally):
    found = rally.lint_query('Defect', {'Owner': 'Mei Lin', 'State': ['Open', 'Fixed']})
    assert not found.is_refused and 'looked up' in str(found)
    assert rally.lint_query('Defect', {'Sate': 'Open'}).is_refused
    assert rally.lint_query('Defect', ['State == Open']).is_refused


def test_lists_of_values_are_read_where_that_is_asked_for(rally, request_budget):
    rally.contextHelper.catalogue().renew()
    assert rally.lint_query('Defect', 'Severity = Cosmetik').is_fine
    with request_budget(rally, 1):
        found = rally.lint_query('Defect', 'Severity = Cosmetik', values=True)
        assert found.corrected == '(Severity = Cosmetic)'
        assert not rally.lint_query('Defect', 'Severity = Cosmetik').is_fine


def test_the_tree_is_shown_a_line_for_each_condition(rally):
    found = rally.lint_query(
        'Defect', 'Blocked = true AND Name = x AND (Owner = null OR Ready = 1)')
    assert [(row['depth'], row['joint'] or row['condition']) for row in found.rows()] == [
        (0, 'AND'), (1, 'Blocked = true'), (1, 'Name = x'), (1, 'OR'), (2, 'Owner = null'),
        (2, 'Ready = 1')]
    assert 'OBJECT: User' in str(found) and repr(found) == '<QueryLint refused>'
    deep = ' AND '.join(['(Owner = null OR Ready = true'] * 300) + ')' * 300
    assert len(rally.lint_query('Defect', deep).rows()) > 600

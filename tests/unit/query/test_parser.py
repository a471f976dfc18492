# -*- coding: utf-8 -*-
"""Query text that cannot be read: what is said of it, where, and what would be read instead."""
from __future__ import absolute_import, division, print_function, unicode_literals

import pytest

from pyral.errors import QuerySyntaxError
from pyral.query.builder import build

QUOTES = 'a value with this character needs quotes'
DOUBLE = 'a value goes between double quotes'
JOINED = ("'{0}' joins two conditions, but no condition follows; a value with this word needs "
          "quotes")
LOST = "AND or OR is missing before '{0}', or the value needs quotes"
CLOSING = 'nothing but AND, OR or a parenthesis may follow the closing quote'
MISSING = 'the value is missing; an empty value is written ""'
VALUES = 'a list is values with commas between them: Defined,Completed'
UNQUOTED = 'the name of an attribute stands without quotes'
ORDER = 'what the items are ordered by is no condition: it goes into order'
RELATION = ('a relation was expected here: = != < > <= >= contains !contains in !in between '
            '!between')

#: text | place | what is wrong there | what would be read
MISTAKES = [
    ('State == Open', 6, "there is no relation '=='", 'State = Open'),
    ('Name LIKE x', 5, "there is no relation 'LIKE'", 'Name contains x'),
    ('State not in A,B', 6, "there is no relation 'not in'", 'State !in A,B'),
    ('Name not contains A', 5, "there is no relation 'not contains'", 'Name !contains A'),
    ('N not between 1 and 2', 2, "there is no relation 'not between'", 'N !between 1 and 2'),
    ('Owner is not null', 6, "there is no relation 'is not'", 'Owner != null'),
    ('Owner is null', 6, "there is no relation 'is'", 'Owner = null'),
    ('A B', 2, RELATION, None),
    ('Name ~ x', 5, "there is no relation '~'", 'Name contains x'),
    ('Name ilike x', 5, "there is no relation 'ilike'", 'Name contains x'),
    ('A == 1 && B == 2', 2, "there is no relation '=='", 'A = 1 AND B = 2'),
    ("A like 'x' || B is not null", 2, "there is no relation 'like'",
     'A contains "x" OR B != null'),
    ('"A" = 1', 0, UNQUOTED, 'A = 1'),
    ('"A B" > 1', 0, UNQUOTED, 'AB > 1'),
    ("'A' = 1", 0, UNQUOTED, 'A = 1'),
    ('[A] = 1 and `B` = 2', 0, UNQUOTED, 'A = 1 and B = 2'),
    ('A not in (b, "c d") order by Rank', 2, "there is no relation 'not in'",
     'A !in (b, "c d")'),
    ('(A = 1) ORDER BY B DESC', 8, ORDER, '(A = 1)'),
    ('A B C = 1', 0, 'the name of an attribute has no blanks', 'ABC = 1'),
    ('A B in 1', 0, 'the name of an attribute has no blanks', 'AB in 1'),
    ('State', 0, "'State' has no relation and no value", None),
    ('(State) = 1', 1, "'State' has no relation and no value", None),
    ('State and A = 1', 0, "'State' has no relation and no value", None),
    ('A..B = 1', 0, "a step of the path 'A..B' is missing", None),
    ('a.b. = 1', 0, "a step of the path 'a.b.' is missing", None),
    ('NOT A = 1', 0, 'there is no NOT: write !=, !contains, !in or !between', 'A != 1'),
    ('not A contains 1', 0, 'there is no NOT: write !=, !contains, !in or !between',
     'A !contains 1'),
    ('NOT A < 1', 0, 'there is no NOT: write !=, !contains, !in or !between', None),
    ('NOT (A = 1)', 0, 'there is no NOT: write !=, !contains, !in or !between', None),
    ('!A = 1', 0, 'a condition begins with the name of an attribute', 'A = 1'),
    ('!(A = 1)', 0, 'a condition was expected here, not !', None),
    ('()', 1, 'a condition was expected here, not )', None),
    ('= 3', 0, 'a condition was expected here, not =', None),
    ('A = 1 AND (', 11, 'a condition was expected here, not the end', None),
    ('" = 1', 0, 'a condition was expected here, not "', None),
    ('AND A = 1', 0, 'a condition was expected here, not AND', 'A = 1'),
    ('(State = Open', 0, 'this parenthesis is never closed', '(State = Open)'),
    ('((A = 1) AND (B = 2', 13, 'this parenthesis is never closed', '((A = 1) AND (B = 2))'),
    ('State = Open)', 12, 'this parenthesis was never opened', 'State = Open'),
    ('(A = 1) (B = 2)', 8, 'AND or OR was expected here', '(A = 1) AND (B = 2)'),
    ('(A = 1)(B = 2)', 7, 'AND or OR was expected here', '(A = 1) AND (B = 2)'),
    ('(A = 1) x (B = 2)', 8, 'AND or OR was expected here', None),
    ('A = x and', 6, 'AND must be followed by another condition', 'A = x'),
    ('(A = 1) or', 8, 'OR must be followed by another condition', '(A = 1)'),
    ('N between 1 and 2 AND', 18, 'AND must be followed by another condition',
     'N between 1 and 2'),
    ('A = 1 AND AND B = 2', 10, 'two conjunctions follow each other', 'A = 1 AND B = 2'),
    ('A = = 1', 4, 'two relations follow each other', 'A =  1'),
    ('A contains', 10, MISSING, 'A contains ""'),
    ('(A = )', 5, MISSING, '(A =  "" )'),
    ('A =  AND B = 2', 5, MISSING, 'A =   "" AND B = 2'),
    ('N between 1 and', 15, MISSING, 'N between 1 and ""'),
    ('Name = 8.5 (Blah)', 11, QUOTES, 'Name = "8.5 (Blah)"'),
    ('Name = x(y', 8, QUOTES, 'Name = "x(y"'),
    ('Name = a "b" c', 9, QUOTES, 'Name = "a \\"b\\" c"'),
    ('(Name = x (y)', 10, QUOTES, '(Name = "x (y")'),
    ('Name = "foo', 7, 'this quote is never closed', 'Name = "foo"'),
    ('Name = foo "bar', 11, 'this quote is never closed', 'Name = "foo \\"bar"'),
    ('Name = Tom and Jerry', 11, JOINED.format('and'), 'Name = "Tom and Jerry"'),
    ('A = b or c or d', 6, JOINED.format('or'), 'A = "b or c or d"'),
    ('Name = "say "hi""', 13, CLOSING, 'Name = "say \\"hi\\""'),
    ('Name = "a" b', 11, CLOSING, 'Name = "\\"a\\" b"'),
    ("A = 'x y'", 4, DOUBLE, 'A = "x y"'),
    ('A = \u201cx y\u201d', 4, DOUBLE, 'A = "x y"'),
    ("A in ('x', 'y z', 5)", 6, DOUBLE, 'A in ("x", "y z", 5)'),
    ('A = 1 B = 2', 6, LOST.format('B'), 'A = 1 AND B = 2'),
    ('A = 1, B != x y', 7, LOST.format('B'), 'A = 1 AND B != x y'),
    ('A = 1; B = 2', 7, LOST.format('B'), 'A = 1 AND B = 2'),
    ('A = 1 & B = 2', 8, LOST.format('B'), 'A = 1 AND B = 2'),
    ('A = 1 && B.C = 2', 9, LOST.format('B.C'), 'A = 1 AND B.C = 2'),
    ('A = 1 | B = 2', 8, LOST.format('B'), 'A = 1 OR B = 2'),
    ('A = 1 || B < 2', 9, LOST.format('B'), 'A = 1 OR B < 2'),
    ('A in [1, 2]', 5, 'a list has no brackets', 'A in 1, 2'),
    ('A in (1, 2', 5, 'this list is never closed', 'A in (1, 2)'),
    ('A in ,B', 5, VALUES, None),
    ('A in B,,C', 5, VALUES, None),
    ('A in B,', 5, VALUES, None),
    ('A in', 4, VALUES, None),
    ('A in a (b', 7, QUOTES, None),
    ('A in a "b', 7, QUOTES, None),
    ('N between 1', 11, 'between takes two values: between 1 and 5', None),
    ('N !between 1', 12, '!between takes two values: !between 1 and 5', None),
    ('N between 1 or 2', 12, JOINED.format('or'), None),
]


@pytest.mark.parametrize('text, position, reason, corrected', MISTAKES,
                         ids=[mistake[0] for mistake in MISTAKES])
def test_a_mistake_is_told_at_its_place_with_what_would_be_read(
        text, position, reason, corrected):
    with pytest.raises(QuerySyntaxError) as caught:
        build(text)
    error = caught.value
    assert (error.position, error.reason, error.corrected) == (position, reason, corrected)
    if corrected is not None:
        assert error.suggestions == (corrected,)
        build(corrected)


@pytest.mark.parametrize('text, printed', [
    ('A in a b,c', '(A in "a b,c")'),
    ('A in "a,b" AND B = 1', '((A in "a,b") AND (B = 1))'),
    ('A in "a","b c"', '(A in "a,b c")'),
    ('A in "a, b"', '(A in "a, b")'),
    ('A in (a) AND B = 1', '((A in a) AND (B = 1))'),
    ('A in a,b OR B = 1', '((A in a,b) OR (B = 1))'),
    ('A !in a', '(A != "a")'),
    ('A !in a,null', '((A != "a") AND (A != null))'),
    ('N between 1 and 5 OR B = 1', '(((N >= 1) AND (N <= 5)) OR (B = 1))'),
    ('N !between "a and b" and c', '((N < "a and b") OR (N > c))'),
    ('Name = a b AND B = c d', '((Name = "a b") AND (B = "c d"))'),
    ('Name = x and (B = 1)', '((Name = x) AND (B = 1))'),
    ('A=1', '(A=1)'),
    ('A>=1 AND B!=2', '((A >= 1) AND (B != 2))'),
    ('Name = "it is"', '(Name = "it is")'),
])
def test_lists_ranges_and_values_end_where_the_next_condition_begins(text, printed):
    assert build(text) == printed

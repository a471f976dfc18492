"""The tree of a query: how conditions and groups print, and the chains that stand for lists."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral.query.nodes import (
    Condition,
    Group,
    bare_or_quoted,
    content,
    expression,
    none_of,
    one_of,
    quoted,
    within,
)

OPEN, MINE = Condition('State', '=', 'Open'), Condition('Owner', '!=', 'null')


def test_nodes_show_what_they_print():
    assert repr(OPEN).replace("u'", "'") == "<Condition '(State = Open)'>"
    assert repr(Group(OPEN, 'OR', MINE)).replace("u'", "'") == (
        "<Group '((State = Open) OR (Owner != null))'>")


@pytest.mark.parametrize('values, printed', [
    (['a', 'b'], '(A in a,b)'), (['"a b"', 'c'], '(A in "a b,c")'), (['a'], '(A in a)'),
    (['"a,b"', 'c'], '((A = "a,b") OR (A = c))'), (['null', 'c'], '((A = null) OR (A = c))'),
    (['/user/1', '/user/2'], '((A = /user/1) OR (A = /user/2))'),
    (['""', 'c'], '((A = "") OR (A = c))'),
])
def test_one_of_several_is_a_list_where_the_service_can_read_it(values, printed):
    assert expression(one_of('A', values)) == printed


@pytest.mark.parametrize('values, printed', [
    (['a'], '(A != "a")'), (['a', '"b c"'], '((A != "a") AND (A != "b c"))'),
    (['a', 'null'], '((A != "a") AND (A != null))'),
    (['a', 'b', 'c'], '(((A != "a") AND (A != "b")) AND (A != "c"))'),
])
def test_none_of_several_is_a_chain(values, printed):
    assert expression(none_of('A', values)) == printed


def test_a_range_holds_its_ends_and_its_opposite_does_not():
    assert expression(within('N', '1', '5')) == '((N >= 1) AND (N <= 5))'
    assert expression(within('N', '1', '5', negated=True)) == '((N < 1) OR (N > 5))'


@pytest.mark.parametrize('text, literal', [
    ('a b', '"a b"'), ('say "x"', '"say \\"x\\""'), ('back\\slash', '"back\\\\slash"'), ('', '""'),
])
def test_a_text_in_quotes_reads_as_it_was(text, literal):
    assert quoted(text) == literal and content(literal) == text


@pytest.mark.parametrize('text, literal', [
    ('a', 'a'), ('a-b_c.d:e/f+g*h@i#j$k%l', 'a-b_c.d:e/f+g*h@i#j$k%l'), ('a b', '"a b"'),
    ('and', '"and"'), ('OR', '"OR"'), ('android', 'android'), ('', '""'), ('a(b', '"a(b"'),
    ('a,b', '"a,b"'),
])
def test_a_value_has_quotes_where_it_needs_them(text, literal):
    assert bare_or_quoted(text) == literal

"""The first two steps of a query: tokens and tree, and what is said of texts that are neither."""

from __future__ import annotations

import pytest

from pyral.emulator.errors import ServiceError
from pyral.emulator.language.nodes import Combination, Comparison, Value, postorder, unparse
from pyral.emulator.language.parse import MAX_LENGTH, parse

A = Comparison('A', '=', Value('1'))
B = Comparison('B', '=', Value('2'))


def complaint(text: str) -> str:
    """Return what the service says of a text it cannot parse."""
    with pytest.raises(ServiceError) as caught:
        parse(text)
    return str(caught.value)


@pytest.mark.fact('5.1')
@pytest.mark.parametrize(
    ('text', 'tree'),
    [
        ('(A = 1)', A),
        (' ( A  =\t1 )\n', A),
        ('((A = 1) AND (B = 2))', Combination('AND', A, B)),
        ('((A = 1)and(B = 2))', Combination('AND', A, B)),
        ('((A = 1) Or (B = 2))', Combination('OR', A, B)),
        ('(((A = 1) OR (B = 2)) AND (A = 1))', Combination('AND', Combination('OR', A, B), A)),
        ('(A Contains x)', Comparison('A', 'contains', Value('x'))),
        ('(A !CONTAINS x)', Comparison('A', '!contains', Value('x'))),
        ('(A <= 1)', Comparison('A', '<=', Value('1'))),
        ('(Parent.Owner.Name != x)', Comparison('Parent.Owner.Name', '!=', Value('x'))),
    ],
)
def test_a_query_becomes_a_tree(text: str, tree: object) -> None:
    assert parse(text) == tree


@pytest.mark.fact('5.2')
@pytest.mark.parametrize(
    ('written', 'value'),
    [
        ('x', Value('x')),
        ('"x"', Value('x', quoted=True)),
        ('"a b (c) = d"', Value('a b (c) = d', quoted=True)),
        ('""', Value('', quoted=True)),
        (r'"say \"hi\""', Value('say "hi"', quoted=True)),
        (r'"a\\b"', Value(r'a\b', quoted=True)),
        (r'"a\nb"', Value(r'a\nb', quoted=True)),
        (r'"\\\""', Value('\\"', quoted=True)),
        ("'x'", Value("'x'")),
        ('a"b"', Value('a"b"')),
        ('=', Value('=')),
        ('and', Value('and')),
        ('in', Value('in')),
        ('/defect/12', Value('/defect/12')),
        ('Ünïcode', Value('Ünïcode')),
    ],
)
def test_a_value_is_read_with_its_quotes_and_escapes(written: str, value: Value) -> None:
    tree = parse('(A = {})'.format(written))
    assert isinstance(tree, Comparison)
    assert tree.value == value


def test_words_of_the_language_may_be_attribute_names() -> None:
    assert parse('(in in in)') == Comparison('in', 'in', Value('in'))
    assert parse('(And = or)') == Comparison('And', '=', Value('or'))


@pytest.mark.fact('5.1', '5.9')
@pytest.mark.parametrize(
    ('text', 'expected', 'saw'),
    [
        ('((A = 1) AND (B = 2) AND (C = 3))', '")"', '"AND"'),
        ('(A = 1) AND (B = 2)', '")"', '"AND"'),
        ('(A = 1 AND B = 2)', '")"', '"AND"'),
        ('(A = one two)', '")"', '"two"'),
        ('(A = 1', '")"', 'the end'),
        ('A = 1', '"("', '"A"'),
        ('', '"("', 'the end'),
        ('(A = )', 'a value', '")"'),
        ('(A =', 'a value', 'the end'),
        ('((A = 1) (B = 2))', '"AND" or "OR"', '"("'),
        ('((A = 1) XOR (B = 2))', '"AND" or "OR"', '"XOR"'),
        ('()', 'an attribute or "("', '")"'),
        ('("A" = 1)', 'an attribute or "("', '""A""'),
        ('(A = 1))', 'the end', '")"'),
        ('(A = "1)', 'a closing quote', 'the end'),
    ],
)
def test_a_broken_expression_names_what_was_expected(text: str, expected: str, saw: str) -> None:
    assert complaint(
        text
    ) == 'Could not parse: Error parsing expression -- expected {} but saw {} instead.'.format(
        expected, saw
    )


@pytest.mark.fact('5.9')
@pytest.mark.parametrize(
    ('text', 'operator'),
    [
        ('(Name="x")', ')'),
        ('(Name zobolts x)', 'zobolts'),
        ('(Name =x)', '=x'),
        ('(Name == x)', '=='),
        ('(Name !in a,b)', '!in'),
        ('(Name between a and b)', 'between'),
        ('(Name containsall a)', 'containsall'),
        ('(Name "=" x)', '"="'),
        ('(Name', ''),
    ],
)
def test_an_unknown_operator_is_named(text: str, operator: str) -> None:
    assert complaint(text) == 'Could not parse: Unknown operator "{}"'.format(operator)


def test_thousands_of_operands_and_levels_parse_without_recursion() -> None:
    text = '(A = 1)'
    for _ in range(5000):
        text = '({} OR (B = 2))'.format(text)
    tree = parse(text)
    assert sum(1 for _ in postorder(tree)) == 10001
    assert unparse(tree) == text


@pytest.mark.parametrize(
    'text', ['(' * 200_000, '(A = "' + '\\' * 200_000, '"' * 200_001, '((A = 1) OR ' * 15_000]
)
def test_absurd_texts_get_a_short_error(text: str) -> None:
    assert complaint(text).startswith('Could not parse: ')
    assert len(complaint(text)) < 400


def test_a_text_over_the_limit_is_refused_unread() -> None:
    text = '(A = "{}")'.format('x' * MAX_LENGTH)
    assert (
        complaint(text)
        == 'Could not parse: The query is {} characters long, '
        'more than the 250000 that are read'.format(len(text))
    )


@pytest.mark.parametrize('char', ['\0', '\ud800', '\udfff'])
def test_characters_no_database_takes_are_refused(char: str) -> None:
    assert 'not text' in complaint('(A = "{}")'.format(char))


@pytest.mark.parametrize(
    ('text', 'printed'),
    [
        ('( A  =  1 )', '(A = 1)'),
        ('((A = 1)and((B = 2) Or (A = 1)))', '((A = 1) AND ((B = 2) OR (A = 1)))'),
        ('(A = "a b")', '(A = "a b")'),
        ('(A = "x")', '(A = "x")'),
        (r'(A = "say \"hi\" \\ no")', r'(A = "say \"hi\" \\ no")'),
    ],
)
def test_a_tree_prints_as_text_that_reads_the_same(text: str, printed: str) -> None:
    tree = parse(text)
    assert unparse(tree) == printed
    assert parse(printed) == tree

"""The coverage page says what the tests say, and no section of the protocol is without a test."""

import pytest

from tests.meta.page_scripts import load


@pytest.fixture(scope='module')
def coverage():
    """The script that writes the page."""
    return load('coverage')


def test_every_section_and_statement_is_held_by_a_test_or_excused(coverage):
    assert coverage.complaints(coverage.read_facts(), coverage.collect()) == []


def test_the_page_is_up_to_date(coverage):
    with open(coverage.PAGE, encoding='utf-8') as page:
        assert page.read() == coverage.page(coverage.read_facts(), coverage.collect()), (
            "run: python doc/coverage.py"
        )


def test_the_reference_is_listed_without_gaps(coverage):
    (sections, *_) = coverage.read_facts()['parts']
    numbers = [fact for fact, _ in sections['facts'] if fact[0].isdigit()]
    assert {number.split('.')[0] for number in numbers} == {str(n) for n in range(1, 21)}
    for number in numbers:
        chapter, _, part = number.partition('.')
        if part and part != '1':
            assert '{}.{}'.format(chapter, int(part) - 1) in numbers


MODULE = """
import pytest
pytestmark = [pytest.mark.slow, pytest.mark.fact('10')]

@pytest.mark.parametrize('x', [1])
@pytest.mark.fact('5.4', 'rest/put')
def test_one(x):
    pass

def test_two():
    pass

@pytest.mark.fact('9.9')
def helper():
    pass
"""


def test_marks_are_read_from_tests_and_modules(coverage, tmp_path):
    path = tmp_path / 'test_marks.py'
    path.write_text(MODULE)
    assert coverage.tests_of(str(path)) == [
        ('test_one', ['5.4', 'rest/put', '10']),
        ('test_two', ['10']),
    ]


def test_a_gap_an_unknown_mark_and_a_needless_excuse_are_told(coverage):
    facts = {
        'parts': [{'title': 'x', 'facts': [['1', 'a'], ['2', 'b'], ['3', 'c']]}],
        'exceptions': {'3': 'why', '4': 'why'},
    }
    held = {fact: [('m', 't')] for fact in '239'}
    assert coverage.complaints(facts, held) == [
        "no test holds 1",
        "9 is marked by ('m', 't') and is no fact",
        "3 is excused and has a test",
        "4 is excused and is no fact",
    ]

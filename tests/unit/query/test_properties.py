"""Properties of the query builder: what is built parses, stays, and says all that was asked."""
from __future__ import absolute_import, division, print_function

import re

import pytest

from pyral.errors import QuerySyntaxError
from pyral.http.transport import Credentials, Transport
from pyral.query.builder import RallyUrlBuilder, build
from pyral.reading.pages import PageReader
from tests.fake_http import FakeHTTP, result

pytest.importorskip('hypothesis')

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

try:
    from urllib.parse import parse_qs
except ImportError:
    parse_qs = None

NAMES = st.from_regex(r'[A-Za-z][A-Za-z0-9_]{0,8}(\.[A-Z][a-z]{1,5}){0,2}', fullmatch=True).filter(
    lambda name: name.lower() not in ('and', 'or', 'not', 'is'))
SYMBOLS = st.sampled_from(['=', '!=', '<', '>', '<=', '>=', 'contains', '!contains', 'CONTAINS'])
BARE = st.from_regex(r'[A-Za-z0-9][A-Za-z0-9_.:/+-]{0,8}', fullmatch=True).filter(
    lambda text: text.lower() not in ('and', 'or'))
ANY_TEXT = st.text(max_size=20)


def in_quotes(text):
    return '"{0}"'.format(text.replace('\\', '\\\\').replace('"', '\\"'))


LITERALS = st.one_of(BARE, ANY_TEXT.map(in_quotes))
CONDITIONS = st.builds('{0} {1} {2}'.format, NAMES, SYMBOLS, LITERALS)
EXTENDED = st.one_of(
    CONDITIONS,
    st.builds('{0} {1} {2}'.format, NAMES, st.sampled_from(['in', '!in', 'IN']),
              st.lists(BARE, min_size=1, max_size=4).map(','.join)),
    st.builds('{0} {1} {2} and {3}'.format, NAMES, st.sampled_from(['between', '!between']),
              LITERALS, LITERALS),
)


def joined(children):
    level = st.lists(children, min_size=1, max_size=4)
    words = st.sampled_from([' AND ', ' OR ', ' and ', '\nOr\t'])
    return st.builds(lambda terms, word: '(' + word.join(terms) + ')', level, words)


TEXTS = st.recursive(EXTENDED, joined, max_leaves=12)
VALUES = st.one_of(
    ANY_TEXT, st.integers(), st.booleans(), st.none(), st.dates(), st.datetimes(),
    st.floats(allow_nan=False, allow_infinity=False), st.lists(BARE, min_size=1))
CRITERIA = st.one_of(
    TEXTS, st.lists(TEXTS, min_size=1, max_size=5),
    st.lists(TEXTS, min_size=1, max_size=5).map(tuple),
    st.dictionaries(NAMES, VALUES, min_size=1, max_size=4))


def strict(text):
    """Read a query by the service's own rules: (name op value) or (query AND|OR query).

    Written independently of the builder, so that a shared mistake cannot hide.
    """
    tokens = re.findall(r'\(|\)|"(?:[^"\\]|\\.)*"|[^\s()"]+', text, re.DOTALL)
    count, place = 0, 0
    stack = []
    for token in tokens:
        if token == '(':
            stack.append([])
            continue
        assert stack, "text outside of the outer pair"
        if token != ')':
            stack[-1].append(token)
            continue
        content = stack.pop()
        if 'QUERY' in content:
            assert len(content) == 3 and content[0] == content[2] == 'QUERY', content
            assert content[1] in ('AND', 'OR'), content
        else:
            assert len(content) == 3, content
            assert content[1] in ('=', '!=', '<', '>', '<=', '>=',
                                  'contains', '!contains', 'in'), content
            count += 1
        if stack:
            stack[-1].append('QUERY')
        else:
            place += 1
    assert not stack and place == 1
    return count


@settings(max_examples=120)
@given(CRITERIA)
def test_every_built_query_is_read_by_the_rules_of_the_service(criteria):
    assert strict(build(criteria)) >= 1


@settings(max_examples=120)
@given(CRITERIA)
def test_building_what_was_built_changes_nothing(criteria):
    once = build(criteria)
    assert build(once) == once


@settings(max_examples=150)
@given(st.lists(CONDITIONS, min_size=1, max_size=8))
def test_no_condition_is_ever_dropped(conditions):
    assert strict(build(conditions)) == len(conditions)
    assert strict(build(' AND '.join(conditions))) == len(conditions)


@settings(max_examples=150)
@given(ANY_TEXT)
def test_any_text_value_arrives_with_the_request_of_a_read(value):
    service = FakeHTTP(lambda seen: result([]))
    transport = Transport('h', Credentials(apikey='_key12345'), adapter=service)
    read = PageReader(transport, 'Defect', [
        ('query', build({'Name !=': 'x', 'Name': value})), ('pagesize', 20)])
    assert read(1).items == []
    url_builder = RallyUrlBuilder('Defect')
    url_builder.qualify('true', {'Name !=': 'x', 'Name': value}, None, 20, 1)
    received, printed = [parse_qs(url.partition('?')[2], keep_blank_values=True)
                         for url in (service.seen[0].url, url_builder.build())]
    assert received['pagesize'] == ['20'] and received['start'] == ['1']
    assert printed['query'] == received['query']
    literal = re.search(r'\(Name = (.*)\)\)$', received['query'][0], re.DOTALL).group(1)
    if literal.startswith('"') and not (value.startswith(
        '"') and value.endswith('"') and len(value) > 1):
        literal = re.sub(r'\\(["\\])', r'\1', literal[1:-1])
    assert literal == value


@settings(max_examples=120)
@given(st.text(alphabet='ab =!<>()"\\AND orin,.', max_size=30))
def test_any_text_is_either_built_or_refused_with_a_correction_that_builds(text):
    # With a second condition beside it, because one condition typed without
    # blanks goes out as it was typed.
    try:
        built = build(text)
    except QuerySyntaxError as error:
        assert error.position is None or 0 <= error.position <= len(text)
        if error.corrected is not None:
            assert strict(build([error.corrected, 'Z = 1'])) >= 2
    else:
        assert built is None or strict(build([text, 'Z = 1'])) >= 2

"""Hypothesis strategies shared by the suites: query texts that mean something, and noise.

`queries(kind)` draws queries that are right for a type of `query_oracle`'s worlds; `query_like`
draws texts that are nearly queries.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.query_oracle import ATTRIBUTES, FAMILIES, NAMES

EQUAL = ['=', '!=']
ORDERED = EQUAL + ['<', '<=', '>', '>=']
DATES = [
    'today',
    'Yesterday',
    'tomorrow',
    'lastweek',
    'nextweek',
    'lastmonth',
    'nextmonth',
    'lastquarter',
    'nextquarter',
    'lastyear',
    'nextyear',
    'today-3',
    'today+2',
    'today-0',
    '"last week"',
    '2024-03-15',
    '2024-03-14T12:00:00Z',
    '2024-03-20T01:00:00.500+02:00',
]
OPERATORS: dict[str, list[str]] = {
    'text': ORDERED + ['contains', '!contains', 'in'],
    'prose': EQUAL + ['contains', '!contains'],
    'list': ORDERED + ['contains', '!contains', 'in'],
    'number': ORDERED + ['in'],
    'id': ORDERED + ['in'],
    'flag': EQUAL,
    'date': ORDERED,
    'one': EQUAL,
    'many': EQUAL + ['contains', '!contains'],
}
TOKEN = st.sampled_from(
    [
        '(',
        ')',
        '(',
        ')',
        ' ',
        ' AND ',
        ' or ',
        'Name',
        'Owner.Name',
        ' = ',
        '!=',
        'in',
        'contains',
        '"',
        '"a b"',
        '\\',
        'null',
        '/defect/1',
        'today-7',
        ',',
        '5',
        '\t',
        'é',
        '\U0001f600',
        "'",
        '%',
        '--',
        ';',
        '\0',
    ]
)


def quoted(text: str) -> str:
    """Write a value in quotes."""
    return '"{}"'.format(text.replace('\\', '\\\\').replace('"', '\\"'))


def any_case(text: str) -> st.SearchStrategy[str]:
    """Return the text as it is, or in another letter case."""
    return st.sampled_from([text, text, text.upper(), text.lower()])


@st.composite
def paths(draw: Any, kind: str) -> tuple[str, Any]:
    """Draw a path from a type, and what is at its end."""
    names: list[str] = []
    while True:
        name = draw(st.sampled_from(sorted(ATTRIBUTES[kind])))
        what = ATTRIBUTES[kind][name]
        names.append(draw(any_case(name)))
        if not isinstance(what, tuple) or len(names) == 4 or draw(st.booleans()):
            return '.'.join(names), what
        kind = draw(st.sampled_from(FAMILIES[what[1]])) if what[1] in FAMILIES else what[1]


def literals(what: Any) -> list[str]:
    """Return values for an attribute as they are written in a query, in one letter case."""
    if isinstance(what, list):
        return [quoted(word) for word in [*what, 'None', '', 'Bogus', 'null']]
    if isinstance(what, tuple):
        refs = ['/artifact/{}'.format(oid) for oid in range(9000, 9046, 3)]
        absolute = ['"https://x/slm/webservice/v2.0/user/{}"'.format(oid) for oid in (9001, 9004)]
        return ['null', *refs, *absolute] + ['currentuser'] * (what[1] == 'User')
    if what in ('text', 'prose'):
        return [quoted(word) for word in [*NAMES, 'a', 'P', '%', '_', 'über', 'strasse']]
    if what == 'flag':
        return ['true', 'False', '"true"', 'null']
    return {
        'number': ['0', '1', '"2"', '-1', '.5', '2.5', '1e1', '9003', 'null'],
        'id': ['US1', 'de2', '3', '"TA4"', 'null'],
        'date': [*DATES, 'null'],
    }[what]


def family(what: Any) -> str:
    """Return what decides which operators an attribute takes."""
    return 'list' if isinstance(what, list) else what[0] if isinstance(what, tuple) else what


def values(what: Any) -> st.SearchStrategy[str]:
    """Draw a value for an attribute, as it is written in a query, in any letter case."""
    drawn = st.sampled_from(literals(what))
    return drawn.flatmap(any_case) if isinstance(what, list) or what in ('text', 'prose') else drawn


def acceptable(what: Any, operator: str, value: str) -> bool:
    """Say whether the service takes an operator with a value, null being special."""
    if value.strip('"').lower() != 'null':
        return True
    return (
        operator in EQUAL
        or family(what) in ('text', 'prose', 'list')
        and operator in ('in', 'contains', '!contains')
        or operator == 'in'
    )


def every_comparison(kind: str, before: str = '') -> list[str]:
    """Return each attribute of a type with each operator and each of its values.

    :param before: a path to put in front, with its dot.
    """
    return [
        '({}{} {} {})'.format(before, name, operator, value)
        for name, what in ATTRIBUTES[kind].items()
        for operator in OPERATORS[family(what)]
        for value in literals(what)
        if acceptable(what, operator, value)
    ]


@st.composite
def comparisons(draw: Any, kind: str) -> str:
    """Draw one comparison that the service accepts."""
    path, what = draw(paths(kind))
    operator = draw(st.sampled_from(OPERATORS[family(what)]))
    value = draw(values(what).filter(lambda text: acceptable(what, operator, text)))
    if operator == 'in':
        more = draw(st.lists(values(what), max_size=3))
        value = quoted(','.join(one.strip('"') for one in [value, *more]))
    return '({} {} {})'.format(path, draw(any_case(operator)), value)


def queries(kind: str) -> st.SearchStrategy[str]:
    """Draw a query for a type."""
    return st.recursive(
        comparisons(kind),
        lambda inner: st.tuples(inner, st.sampled_from(['AND', 'OR', 'and', 'Or']), inner).map(
            lambda parts: '({} {} {})'.format(*parts)
        ),
        max_leaves=6,
    )


query_like = st.one_of(
    st.text(max_size=60),
    st.lists(TOKEN, max_size=25).map(''.join),
    queries('Defect').flatmap(lambda text: st.integers(0, len(text)).map(lambda at: text[:at])),
)

"""The `fetch` and `shallowFetch` parameters as plans (WSAPI reference, section 6)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyral.emulator.answers.fetch import FULL, SHELL, Summary, parse_fetch, parse_shallow


@pytest.mark.fact('6')
@pytest.mark.parametrize(
    ('text', 'mode'),
    [
        (None, 'shell'),
        ('', 'shell'),
        ('  ', 'shell'),
        ('""', 'shell'),
        ('true', 'full'),
        ('TRUE', 'full'),
        ('false', 'shell'),
        ('"true"', 'full'),
        ('true,Name', 'full'),
        ('Name', 'list'),
        ('"Name,State"', 'list'),
        ('False,Name', 'list'),
    ],
)
def test_the_mode_follows_the_words(text, mode):
    assert parse_fetch(text, SHELL).mode == mode


def test_the_default_applies_when_nothing_is_given():
    assert parse_fetch(None, FULL) is FULL
    assert parse_fetch(' ', FULL) is FULL


@pytest.mark.fact('6')
def test_names_are_compared_without_case():
    fetch = parse_fetch('FormattedId, name ,', SHELL)
    assert fetch.shows('FormattedID') and fetch.shows('Name') and not fetch.shows('Owner')


@pytest.mark.fact('6')
def test_hidden_attributes_are_shown_only_when_named():
    assert not FULL.shows('Package', in_full=False)
    assert parse_fetch('true,Package', SHELL).shows('Package', in_full=False)
    assert parse_fetch('Package', SHELL).shows('Package', in_full=False)


@pytest.mark.fact('6')
def test_a_list_spreads_into_references_and_full_does_not():
    fetch = parse_fetch('Owner,Project,UserName', SHELL)
    inner = fetch.inside('Owner')
    assert inner is not None and inner.shows('UserName') and inner.shows('Project')
    assert FULL.inside('Owner') is None and SHELL.inside('Owner') is None


@pytest.mark.fact('6')
def test_a_name_on_the_way_is_left_out_below_it():
    fetch = parse_fetch('Owner,Project,UserName', SHELL)
    below = fetch.inside('Owner').inside('Project')
    assert not below.shows('Owner') and not below.shows('Project') and below.shows('UserName')
    # The same names, so the same value: rows that are shown alike are built together.
    assert fetch.inside('Project').inside('Owner') is below


def test_summaries_do_not_spread_into_references():
    fetch = parse_fetch('Parent,Tasks:summary', SHELL)
    inner = fetch.inside('Parent')
    assert fetch.summaries == (Summary('Tasks'),)
    assert inner is not None and inner.summaries == ()


@pytest.mark.fact('6.1')
@pytest.mark.parametrize(
    ('item', 'groups'),
    [
        ('Tasks:summary', ()),
        ('Tasks:summary[]', ()),
        ('Tasks:Summary[State]', (('State',),)),
        ('Tasks:summary[State;Owner]', (('State',), ('Owner',))),
        ('Tasks:summary[State+Blocked]', (('State', 'Blocked'),)),
        ('Tasks:summary[State Blocked]', (('State', 'Blocked'),)),
        ('Tasks:summary[State;Owner+Blocked]', (('State',), ('Owner', 'Blocked'))),
    ],
)
def test_summaries_name_their_groups(item, groups):
    fetch = parse_fetch('Name,' + item, SHELL)
    assert fetch.summaries == (Summary('Tasks', groups),)
    assert fetch.shows('Name') and not fetch.shows('Tasks')


@pytest.mark.fact('6')
def test_shallow_fetch_opens_what_its_brackets_name():
    fetch = parse_shallow('Name,Parent[Name;Owner[UserName]],Project')
    assert fetch.shows('Parent') and fetch.inside('Project') is None
    parent = fetch.inside('Parent')
    assert parent is not None and parent.shows('Name') and not parent.shows('Project')
    owner = parent.inside('Owner')
    assert owner is not None and owner.shows('UserName') and owner.inside('UserName') is None


def test_shallow_fetch_takes_summaries():
    fetch = parse_shallow('Name,Tasks:summary[State]')
    assert fetch.summaries == (Summary('Tasks', (('State',),)),)


@given(st.text(alphabet='Nab,;[]:+" summary', max_size=60))
def test_any_text_makes_a_plan(text):
    for fetch in (parse_fetch(text, SHELL), parse_shallow(text)):
        assert fetch.mode in ('shell', 'list', 'full')
        for _ in range(10):
            deeper = fetch.inside('N')
            if deeper is None or deeper is fetch:
                break
            fetch = deeper


def test_hostile_nesting_ends():
    assert parse_shallow('A[' * 5000).mode == 'list'

"""The query language and sorting, a fact at a time (WSAPI reference, sections 3.2 and 5).

The world is `data/worlds/queries.json`: nothing here writes, so it is opened once per backend.
"""

from __future__ import annotations

import os

import pytest

from pyral.emulator import Emulator
from tests.contract.small_world import user_of

WORLD = os.path.join(os.path.dirname(__file__), '..', 'data', 'worlds', 'queries.json')
#: Half past nine in the workspace (Denver), already past midnight for the caller (Tokyo).
NOW = '2026-03-18T15:30:00.000Z'
STORY, DEFECT, TASK = 'hierarchicalrequirement', 'defect', 'task'
ALL_STORIES = 'Hollow, Pay, Ship (fast), Shop, Sign In, Sign out'
ALL_DEFECTS = 'Crash, Old, Slow, Typo in "Help", Ugly'


@pytest.fixture(scope='module', params=['memory', 'file'])
def rally(request, tmp_path_factory):
    """The service with the world of this module."""
    db = None
    if request.param == 'file':
        db = str(tmp_path_factory.mktemp('queries') / 'rally.db')
    with Emulator(world=WORLD, listen=False, now=NOW, db=db) as emulator:
        yield user_of(emulator, emulator.apikey)


def names(rally, path, query, **params):
    """Return the names of the rows of a query, sorted and joined."""
    rows = rally.rows('/' + path, query, 'Name,UserName,DisplayName', **params)
    return ', '.join(sorted(row['_refObjectName'] for row in rows))


def errors(rally, path, query=None, **params):
    """Return the errors of a query that is refused, which has no rows."""
    if query is not None:
        params['query'] = query
    result = rally.get('/' + path, **params)
    assert result['TotalResultCount'] == 0
    assert result['Results'] == []
    return result['Errors']


def oid(rally, path, name):
    """Return the ObjectID of an object by its name."""
    return rally.one('/' + path, '(Name = "{}")'.format(name))['ObjectID']


def check_facts(*facts):
    """Make a test of facts: a type, a query, and the names of what it finds."""
    return pytest.mark.parametrize(('path', 'query', 'expected'), facts)


@pytest.mark.fact('5.1')
@check_facts(
    (STORY, '', ALL_STORIES),
    (STORY, ' ', ALL_STORIES),
    (STORY, '(Name = Shop)', 'Shop'),
    (STORY, '((Name = Shop) OR (Name = Pay))', 'Pay, Shop'),
    (STORY, '((Name = Shop)AND(PlanEstimate = null))', 'Shop'),
    (STORY, '((Name = Shop) and (Name = Pay))', ''),
    (STORY, '(((Name = Shop) Or (Name = Pay)) AND (ScheduleState = Defined))', 'Pay'),
    (STORY, '((Name = Shop) OR ((Name = Pay) AND (ScheduleState = Accepted)))', 'Shop'),
)
def test_parentheses_decide_what_is_combined(rally, path, query, expected):
    assert names(rally, path, query) == expected


@pytest.mark.fact('5.1', '5.9')
@pytest.mark.parametrize(
    'query',
    ['((A = 1) AND (B = 2) AND (C = 3))', '(Name = a AND State = b)', '(Name = a) AND (State = b)'],
)
def test_a_third_operand_or_a_missing_bracket_is_refused_in_the_recorded_words(rally, query):
    assert errors(rally, DEFECT, query) == [
        'Could not parse: Error parsing expression -- expected ")" but saw "AND" instead.'
    ]


@pytest.mark.fact('5.1')
@pytest.mark.parametrize('query', ['Name = x', '(Name = x', '()', '(Name =)', '(Name = "x)'])
def test_a_broken_expression_is_refused(rally, query):
    (text,) = errors(rally, DEFECT, query)
    assert text.startswith('Could not parse: ')


@pytest.mark.fact('5.9')
@pytest.mark.parametrize(
    ('query', 'operator'),
    [
        ('(Name="x")', ')'),
        ('(Name zobolts x)', 'zobolts'),
        ('(Name !in a)', '!in'),
        ('(Name between a and b)', 'between'),
        ('(Tags containsany x)', 'containsany'),
    ],
)
def test_an_unknown_operator_is_refused_in_the_recorded_words(rally, query, operator):
    assert errors(rally, DEFECT, query) == [
        'Could not parse: Unknown operator "{}"'.format(operator)
    ]


@pytest.mark.fact('5.1')
@check_facts(
    (DEFECT, '(Name Contains CRASH)', 'Crash'),
    (DEFECT, '(Name !CONTAINS l)', 'Crash'),
    (STORY, '(ScheduleState in "Defined,Completed")', 'Hollow, Pay, Ship (fast)'),
    (STORY, '(ScheduleState IN Defined,Completed)', 'Hollow, Pay, Ship (fast)'),
    (STORY, '(Name in "Shop, Pay")', 'Pay, Shop'),
    (DEFECT, '(FormattedID in DE11,14)', 'Crash, Ugly'),
)
def test_operators_are_read_in_any_letter_case_and_in_takes_a_list(rally, path, query, expected):
    assert names(rally, path, query) == expected


@pytest.mark.fact('5.2')
@check_facts(
    (STORY, '(Name = "Sign In")', 'Sign In'),
    (STORY, '(Name = "Ship (fast)")', 'Ship (fast)'),
    (STORY, '(Name contains "(")', 'Ship (fast)'),
    (DEFECT, r'(Name = "Typo in \"Help\"")', 'Typo in "Help"'),
    (STORY, "(Name = 'Shop')", ''),
    (STORY, '(PlanEstimate = "5")', 'Sign In'),
    (STORY, '(Blocked = "true")', 'Sign In'),
    (DEFECT, '(CreationDate < "2026-01-01")', 'Old'),
)
def test_values_may_be_quoted_or_bare(rally, path, query, expected):
    assert names(rally, path, query) == expected


@pytest.mark.fact('5.3')
@check_facts(
    (STORY, '(name = Shop)', 'Shop'),
    (STORY, '(OWNER.username = ann@example.com)', 'Sign In'),
    (STORY, '(Parent.Name = Shop)', 'Pay, Ship (fast)'),
    (STORY, '(Parent.Owner.Disabled = true)', 'Pay, Ship (fast)'),
    (STORY, '(Iteration.StartDate < 2026-03-10)', 'Sign In'),
    (STORY, '(Project.Parent.Name = Root)', 'Sign In, Sign out'),
    (STORY, '(Project.Parent.Owner.UserName = ann@example.com)', 'Sign In, Sign out'),
    (STORY, '(Tags.Name = Blue)', 'Sign In'),
    (STORY, '(Children.Name = Pay)', 'Shop'),
    (STORY, '(Tasks.Owner.UserName contains bob)', 'Sign In'),
    (STORY, '(Defects.Severity = Cosmetic)', 'Sign out'),
    (STORY, '(PortfolioItem.Name = Accounts)', 'Sign In, Sign out'),
    (STORY, '(Feature.Name = Accounts)', 'Sign In, Sign out'),
    (TASK, '(WorkProduct.Name = "Sign In")', 'Form, Help'),
    (TASK, '(WorkProduct.Iteration.Name = "Sprint 1")', 'Form, Help'),
    ('project', '(Iterations.Name = "Sprint 2")', 'Root'),
    ('iteration', '(Project.Children.Name = Leaf)', 'Sprint 1, Sprint 2'),
    ('portfolioitem/feature', '(UserStories.Name = "Sign out")', 'Accounts'),
)
def test_paths_go_through_references_and_collections(rally, path, query, expected):
    assert names(rally, path, query) == expected


@pytest.mark.fact('5.3', '8.9')
@check_facts(
    (DEFECT, '(c_Region = North)', 'Crash'),
    (DEFECT, '(Region = North)', 'Crash'),
    (DEFECT, '(c_Ticket.LinkID = T-7)', 'Crash'),
    (DEFECT, '(c_Ticket != null)', 'Crash'),
    (DEFECT, '(c_Areas.StringValue = Phone)', 'Crash'),
    (DEFECT, '(c_Areas = null)', 'Old, Slow, Ugly'),
    ('users', '(c_Badge = A-1)', 'Ann'),
)
def test_custom_fields_answer_with_and_without_their_prefix(rally, path, query, expected):
    assert names(rally, path, query) == expected


@pytest.mark.fact('5.4')
@check_facts(
    (STORY, '(Name > "Shop")', 'Sign In, Sign out'),
    (STORY, '(Name <= "pay")', 'Hollow, Pay'),
    (STORY, '(PlanEstimate > 3)', 'Sign In'),
    (STORY, '(PlanEstimate >= 3)', 'Sign In, Sign out'),
    (STORY, '(PlanEstimate < 3.5)', 'Sign out'),
    (STORY, '(PlanEstimate != 3)', 'Hollow, Pay, Ship (fast), Shop, Sign In'),
    (STORY, '(Blocked = True)', 'Sign In'),
    (STORY, '(Blocked != TRUE)', 'Hollow, Pay, Ship (fast), Shop, Sign out'),
    (STORY, '(Description contains "a PASSWORD")', 'Sign In'),
    (STORY, '(Description = "<b>Enter</b> with a password")', 'Sign In'),
)
def test_each_type_of_attribute_has_its_operators(rally, path, query, expected):
    assert names(rally, path, query) == expected


@pytest.mark.fact('5.4')
@check_facts(
    (STORY, '(ScheduleState < Completed)', 'Hollow, Pay, Shop, Sign out'),
    (STORY, '(ScheduleState >= "Completed")', 'Ship (fast), Sign In'),
    (DEFECT, '(Severity <= "Major Problem")', 'Crash, Slow'),
    (DEFECT, '(State > Open)', 'Slow, Ugly'),
    (DEFECT, '(c_Region < North)', 'Typo in "Help"'),
)
def test_values_of_a_list_compare_by_their_place_in_it(rally, path, query, expected):
    assert names(rally, path, query) == expected


@pytest.mark.fact('5.4')
@pytest.mark.parametrize(
    'query',
    [
        '(Owner > null)',
        '(Blocked > true)',
        '(PlanEstimate contains 5)',
        '(Owner < /user/1)',
        '(PlanEstimate = five)',
        '(Blocked = maybe)',
        '(Iteration.StartDate in today)',
    ],
)
def test_an_operator_or_value_that_does_not_fit_the_type_is_refused(rally, query):
    (text,) = errors(rally, STORY, query)
    assert text.startswith('Could not parse: ')


@pytest.mark.fact('5.5', '19')
@check_facts(
    ('artifact', '(FormattedID = US11)', 'Crash, Form, Sign In'),
    ('artifact', '(FormattedID = 11)', 'Crash, Form, Sign In'),
    (STORY, '(FormattedID = de11)', 'Sign In'),
    (STORY, '(FormattedID < US12)', 'Sign In'),
    (STORY, '(Parent.FormattedID = 20)', 'Pay, Ship (fast)'),
)
def test_formatted_ids_are_numbers_whatever_their_prefix(rally, path, query, expected):
    assert names(rally, path, query) == expected


@pytest.mark.fact('5.5')
def test_objects_are_found_by_objectid_and_by_uuid(rally):
    shop = rally.one('/' + STORY, '(Name = Shop)')
    uuid = shop['_refObjectUUID']
    for query in (
        '(ObjectID = {})'.format(shop['ObjectID']),
        '(ObjectID = "{}")'.format(shop['ObjectID']),
        '(ObjectUUID = {})'.format(uuid),
        '(ObjectUUID = "{}")'.format(uuid.replace('-', '').upper()),
    ):
        assert names(rally, STORY, query) == 'Shop'


@pytest.mark.fact('8.1')
def test_a_reference_is_accepted_in_every_form(rally):
    shop = rally.one('/' + STORY, '(Name = Shop)')
    number, uuid = shop['ObjectID'], shop['_refObjectUUID']
    for ref in (
        shop['_ref'],
        '/hierarchicalrequirement/{}'.format(number),
        'HierarchicalRequirement/{}.js'.format(number),
        'https://elsewhere.example.com/slm/webservice/v1.43/x/{}'.format(number),
        '/hierarchicalrequirement/' + uuid,
        '/hierarchicalrequirement/' + uuid.replace('-', ''),
    ):
        assert names(rally, STORY, '(Parent = {})'.format(ref)) == 'Pay, Ship (fast)'
        assert names(rally, STORY, '(Parent = "{}")'.format(ref)) == 'Pay, Ship (fast)'
        assert names(rally, STORY, '(Children != {})'.format(ref)) == 'Shop'


@pytest.mark.fact('5.5')
@check_facts(
    (STORY, '(Owner = currentuser)', 'Sign In'),
    (STORY, '(Owner = "CurrentUser")', 'Sign In'),
    (STORY, '(Owner != currentuser)', 'Hollow, Pay, Ship (fast), Shop, Sign out'),
)
def test_currentuser_is_who_asks(rally, path, query, expected):
    assert names(rally, path, query) == expected


@pytest.mark.fact('5.3', '5.9')
@pytest.mark.parametrize(
    ('query', 'text'),
    [
        ('(Owner = xyz)', 'xyz'),
        ('(Owner = 12x)', '12x'),
        ('(Tags = Red)', 'Red'),
        ('(Owner = "bob@example.com")', 'bob@example.com'),
    ],
)
def test_an_object_is_not_compared_with_a_name(rally, query, text):
    assert errors(rally, STORY, query) == ['Cannot parse object reference from "{}"'.format(text)]


@pytest.mark.fact('5.5')
@check_facts(
    ('users', '', 'Ann, Bob'),
    ('users', '((Disabled = true) OR (Disabled = false))', 'Ann, Bob, Dee'),
    ('users', '(Disabled = true)', 'Dee'),
)
def test_disabled_users_are_found_only_when_asked_for(rally, path, query, expected):
    assert names(rally, path, query) == expected


@pytest.mark.fact('5.6')
@check_facts(
    (STORY, '(Owner = null)', 'Hollow, Pay, Ship (fast)'),
    (STORY, '(Owner = "null")', 'Hollow, Pay, Ship (fast)'),
    (STORY, '(Owner != NULL)', 'Shop, Sign In, Sign out'),
    (STORY, '(PlanEstimate = null)', 'Hollow, Pay, Ship (fast), Shop'),
    (STORY, '(Description = null)', 'Hollow, Pay, Ship (fast), Shop, Sign out'),
    (STORY, '(Description = "")', 'Hollow, Pay, Ship (fast), Shop, Sign out'),
    (DEFECT, '((c_Region = null) OR (c_Region = ""))', 'Old, Slow, Ugly'),
    (DEFECT, '(Severity = None)', 'Ugly'),
)
def test_null_means_unset(rally, path, query, expected):
    assert names(rally, path, query) == expected


@pytest.mark.fact('5.6')
@check_facts(
    (STORY, '(Iteration.Name = null)', 'Hollow, Pay, Ship (fast), Shop'),
    (STORY, '(Iteration.Name != null)', 'Sign In, Sign out'),
    (STORY, '(Iteration.Name != "Sprint 1")', 'Sign out'),
    (STORY, '(Iteration.Name !contains 1)', 'Sign out'),
    (STORY, '(Parent.Parent.Name = null)', ALL_STORIES),
)
def test_a_path_through_nothing_is_null_and_compares_false(rally, path, query, expected):
    assert names(rally, path, query) == expected


@pytest.mark.fact('5.6', 'rest/existence')
@check_facts(
    (STORY, '(Children.ObjectID = null)', 'Hollow, Pay, Ship (fast), Sign In, Sign out'),
    (STORY, '(Children = null)', 'Hollow, Pay, Ship (fast), Sign In, Sign out'),
    (STORY, '(Tags.ObjectID != null)', 'Sign In, Sign out'),
    (STORY, '(Tags != null)', 'Sign In, Sign out'),
    (DEFECT, '(Tags.ObjectID != null)', ''),
)
def test_a_collection_is_empty_or_not_and_deleted_members_do_not_count(
    rally, path, query, expected
):
    assert names(rally, path, query) == expected


@pytest.mark.fact('5.6')
@check_facts(
    (STORY, '((Tags.Name = Red) AND (Tags.Name = Blue))', 'Sign In'),
    (STORY, '((Tasks.Name = Form) AND (Tasks.Owner.UserName = null))', ''),
    (STORY, '((Tasks.Name = Help) AND (Tasks.Owner.UserName = bob@example.com))', 'Sign In'),
    (STORY, '(Tags.Name != Red)', 'Sign In'),
    (STORY, '(Tags.Name !contains Red)', 'Sign In'),
    (STORY, '(Tasks.State < Completed)', ''),
)
def test_some_member_matches_each_comparison_on_its_own(rally, path, query, expected):
    assert names(rally, path, query) == expected


@pytest.mark.fact('5.4')
def test_a_collection_is_compared_with_a_reference(rally):
    blue = '/tag/{}'.format(oid(rally, 'tag', 'Blue'))
    assert names(rally, STORY, '(Tags = {})'.format(blue)) == 'Sign In'
    assert names(rally, STORY, '(Tags contains {})'.format(blue)) == 'Sign In'
    assert names(rally, STORY, '(Tags != {})'.format(blue)) == 'Sign In, Sign out'


@pytest.mark.fact('5.7')
@check_facts(
    (DEFECT, '(CreationDate = 2026-03-18T15:10:00.000Z)', 'Crash'),
    (DEFECT, '(CreationDate = 2026-03-18T09:10:00-06:00)', 'Crash'),
    (DEFECT, '(CreationDate >= 2026-03-18)', 'Crash, Typo in "Help"'),
    (DEFECT, '(CreationDate < 2026-03-18)', 'Old, Slow, Ugly'),
    (DEFECT, '(CreationDate = today)', 'Crash'),
    (DEFECT, '(CreationDate = "today+0")', 'Crash, Typo in "Help"'),
    (DEFECT, '(CreationDate = Yesterday)', 'Slow'),
    (DEFECT, '(CreationDate = "last week")', 'Slow, Ugly'),
    (DEFECT, '(CreationDate < lastweek)', 'Old'),
    (DEFECT, '(CreationDate <= lastweek)', 'Old, Slow, Ugly'),
    (DEFECT, '(CreationDate > lastweek)', 'Crash, Typo in "Help"'),
    (DEFECT, '(CreationDate >= lastweek)', 'Crash, Slow, Typo in "Help", Ugly'),
    (DEFECT, '(CreationDate != lastweek)', 'Crash, Old, Typo in "Help"'),
    (DEFECT, '(CreationDate = lastmonth)', 'Slow, Ugly'),
    (DEFECT, '(CreationDate = lastyear)', 'Old, Slow, Ugly'),
    (DEFECT, '(CreationDate >= today-1)', 'Crash, Slow, Typo in "Help"'),
    (DEFECT, '(CreationDate > today-1)', 'Crash, Slow, Typo in "Help"'),
    (DEFECT, '(CreationDate < today-6)', 'Old, Ugly'),
    (STORY, '(Iteration.EndDate >= today)', 'Sign out'),
    (STORY, '(Iteration.EndDate <= today+14)', 'Sign In, Sign out'),
)
def test_dates_are_moments_and_variables_are_days(rally, path, query, expected):
    assert names(rally, path, query) == expected


@pytest.mark.fact('5.7', '5.9')
def test_a_bad_date_is_refused_in_the_recorded_words(rally):
    assert errors(rally, DEFECT, '(CreationDate > "2017-04-29 20:23:51.188960")') == [
        'Could not parse: Cannot convert "2017-04-29 20:23:51.188960" into a date.  You must use '
        'the ISO8601 date+time format.'
    ]


@pytest.mark.fact('5.8')
@check_facts(
    (STORY, '(Name contains sign)', 'Sign In, Sign out'),
    (STORY, '(Name = "SIGN IN")', 'Sign In'),
    (STORY, '(Name contains "%")', ''),
    (STORY, '(Name contains "S*")', ''),
    (STORY, '(Name contains "S_op")', ''),
)
def test_text_matches_without_letter_case_and_without_wildcards(rally, path, query, expected):
    assert names(rally, path, query) == expected


@pytest.mark.fact('5.8')
def test_letters_count_when_the_emulator_is_strict():
    with Emulator(world=WORLD, listen=False, now=NOW, strict_case=True) as emulator:
        strict = user_of(emulator, emulator.apikey)
        assert names(strict, STORY, '(Name = "SIGN IN")') == ''
        assert names(strict, STORY, '(Name = "Sign In")') == 'Sign In'
        assert names(strict, STORY, '(Name contains "SIGN")') == 'Sign In, Sign out'


@pytest.mark.fact('5.9')
@pytest.mark.parametrize(
    ('path', 'query', 'attribute', 'kind', 'segment'),
    [
        (DEFECT, '(Watchers = null)', 'Watchers', 'Defect', 'Watchers'),
        (DEFECT, '(Owner.Bogus = 1)', 'Bogus', 'User', 'Owner.Bogus'),
        ('artifact', '(Bogus = 1)', 'Bogus', 'Artifact', 'Bogus'),
    ],
)
def test_an_unknown_attribute_is_named(rally, path, query, attribute, kind, segment):
    assert errors(rally, path, query) == [
        'Could not parse: Could not find attribute "{}" on type {} in the query segment '
        '"{}"'.format(attribute, kind, segment)
    ]


@pytest.mark.fact('5.9')
@pytest.mark.parametrize(
    ('path', 'query', 'kind'),
    [
        ('artifact', '(ScheduleState = Defined)', 'Artifact'),
        ('artifact', '(Severity != null)', 'Artifact'),
        ('portfolioitem', '(UserStories = null)', 'PortfolioItem'),
    ],
)
def test_an_attribute_not_shared_by_all_subtypes_cannot_be_read(rally, path, query, kind):
    assert errors(rally, path, query) == [
        'Could not read: could not read all instances of class com.f4tech.slm.domain.' + kind
    ]


@pytest.mark.fact('5.10')
def test_types_narrow_an_artifact_query_to_those_that_share_the_attribute(rally):
    assert names(
        rally, 'artifact', '(ScheduleState = Defined)', types='hierarchicalrequirement,defect'
    ) == 'Crash, Hollow, ' + ', '.join(['Old', 'Pay', 'Slow', 'Typo in "Help"', 'Ugly'])


@pytest.mark.fact('5.10')
@check_facts(
    (
        'artifact',
        '(Name contains s)',
        'Accounts, Crash, Ship (fast), Shop, Sign In, Sign out, Slow',
    ),
    ('schedulableartifact', '(ScheduleState = Accepted)', 'Sign In'),
    ('portfolioitem', '(Name = Accounts)', 'Accounts'),
    ('portfolioitem/feature', '(Name = Accounts)', 'Accounts'),
)
def test_abstract_types_answer_for_all_their_subtypes(rally, path, query, expected):
    assert names(rally, path, query) == expected


@pytest.mark.fact('1.2')
def test_the_retired_full_text_search_is_not_found(rally):
    result = rally.get('/search', keywords='basket', searchScope='all')
    assert 'path or entity not found' in result['Errors'][0]


@pytest.mark.fact('5.9')
@pytest.mark.parametrize(
    'query',
    [
        '(' * 5000,
        '((Name = a) OR ' * 5000,
        '(Name = "{}'.format('x' * 20_000),
        "(Name = \"'; DROP TABLE objects; --\")x",
        '(Name = \x00)',
    ],
)
def test_absurd_queries_get_one_error(rally, query):
    (text,) = errors(rally, STORY, query)
    assert text.startswith('Could not parse: ')


@pytest.mark.fact('5.1')
def test_hundreds_of_ids_may_be_asked_as_a_chain_or_a_list(rally):
    wanted = oid(rally, STORY, 'Shop')
    chain = '(ObjectID = {})'.format(wanted)
    for number in range(400):
        chain = '({} OR (ObjectID = {}))'.format(chain, number)
    listed = '(ObjectID in {})'.format(','.join(map(str, [wanted, *range(400)])))
    assert names(rally, STORY, chain) == names(rally, STORY, listed) == 'Shop'


# Sorting (section 3.2)


@pytest.mark.fact('3.2')
@pytest.mark.parametrize(
    ('path', 'order', 'expected'),
    [
        (STORY, 'Name', 'Hollow, Pay, Ship (fast), Shop, Sign In, Sign out'),
        (STORY, 'name desc', 'Sign out, Sign In, Shop, Ship (fast), Pay, Hollow'),
        (STORY, 'PlanEstimate,Name', 'Sign out, Sign In, Hollow, Pay, Ship (fast), Shop'),
        (STORY, 'PlanEstimate DESC,Name', 'Hollow, Pay, Ship (fast), Shop, Sign In, Sign out'),
        (STORY, 'ScheduleState,Name DESC', 'Pay, Hollow, Sign out, Shop, Ship (fast), Sign In'),
        (STORY, 'FormattedID DESC', 'Hollow, Ship (fast), Pay, Shop, Sign out, Sign In'),
        (
            STORY,
            'Iteration.StartDate DESC,Name',
            'Hollow, Pay, Ship (fast), Shop, Sign out, Sign In',
        ),
        (STORY, 'Project.Name,Name', 'Sign In, Sign out, Hollow, Pay, Ship (fast), Shop'),
        (STORY, 'Owner,Name', 'Sign In, Sign out, Shop, Hollow, Pay, Ship (fast)'),
        (DEFECT, 'Severity DESC', 'Typo in "Help", Old, Slow, Crash, Ugly'),
        (DEFECT, 'c_Region,CreationDate', 'Crash, Typo in "Help", Old, Ugly, Slow'),
    ],
)
def test_rows_come_in_the_order_asked(rally, path, order, expected):
    rows = rally.rows('/' + path, order=order)
    assert ', '.join(row['_refObjectName'] for row in rows) == expected


@pytest.mark.fact('3.2', '11')
def test_rank_is_an_alias_and_an_unknown_direction_is_ascending(rally):
    ranks = [
        [row['DragAndDropRank'] for row in rally.rows('/' + STORY, order=order)]
        for order in ('Rank', 'Rank FooBar', 'DragAndDropRank', 'rank ASC')
    ]
    assert ranks == [sorted(ranks[0])] * 4


@pytest.mark.fact('3.2')
def test_without_an_order_rows_come_by_objectid(rally):
    oids = [row['ObjectID'] for row in rally.rows('/' + STORY)]
    assert oids == sorted(oids)
    tied = [row['ObjectID'] for row in rally.rows('/' + DEFECT, order='ScheduleState DESC')]
    assert tied == sorted(tied)


@pytest.mark.fact('3.2', '5.9')
@pytest.mark.parametrize('order', ['Invalid', 'Tags', 'Name,Owner.Invalid', 'Tasks.Name DESC'])
def test_a_sort_key_that_is_none_is_named(rally, order):
    named = order.rsplit(',', 1)[-1].split()[0]
    assert errors(rally, STORY, order=order) == [
        'Cannot sort using unknown attribute {}'.format(named)
    ]


@pytest.mark.fact('3.3')
def test_pages_of_any_size_hold_every_row_once(rally):
    every = [row['_ref'] for row in rally.rows('/artifact', order='Project.Name')]
    for size in (1, 2, 5, 7):
        paged = []
        for start in range(1, len(every) + 1, size):
            result = rally.get('/artifact', order='Project.Name', pagesize=size, start=start)
            assert result['TotalResultCount'] == len(every)
            paged += [row['_ref'] for row in result['Results']]
        assert paged == every

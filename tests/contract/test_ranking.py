"""Drag-and-drop ranking (WSAPI reference, sections 8.5 and 11)."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.fact('11')


@pytest.fixture
def three(api):
    """Three defects as they rank: the first made comes last."""
    made = [api.create('defect', Name=name) for name in ('r-three', 'r-two', 'r-one')]
    return made[::-1]


def order(api):
    rows = api.rows('/artifact', '(Name contains "r-")', fetch='Name', order='Rank')
    return [row['Name'][2:] for row in rows if row['Name'].startswith('r-')]


def move(api, item, **params):
    body = {'defect': {'_ref': item['_ref']}}
    return api.ask('POST', '/defect/{}'.format(item['ObjectID']), body, **params)


#: Every type that can be ranked -> what its objects need besides a name.
RANKABLE = {
    'defect': {},
    'defectsuite': {},
    'hierarchicalrequirement': {},
    'portfolioitem/feature': {},
    'portfolioitem/initiative': {},
    'portfolioitem/theme': {},
    'risk': {},
    'task': {'WorkProduct': 'r-one'},
    'testcase': {},
    'testset': {},
}


def create_ranked(api, type_path, three, name, **params):
    """Create an object of a type; what it needs is one of three defects."""
    values = {key: three[0]['_ref'] for key in RANKABLE[type_path]}
    result = api.try_create(
        type_path, {'Name': name, 'Project': api.project['_ref'], **values}, **params
    )
    assert result['Errors'] == []
    return result['Object']


@pytest.mark.fact('8.5')
@pytest.mark.parametrize('type_path', RANKABLE)
def test_new_items_of_every_type_rank_at_the_top(api, three, type_path):
    one = create_ranked(api, type_path, three, 'r-new')
    create_ranked(api, type_path, three, 'r-low', rankTo='BOTTOM')
    assert order(api) == ['new', 'one', 'two', 'three', 'low']
    assert len(one['DragAndDropRank']) == 64
    assert one['DragAndDropRank'].startswith('P!!!')
    assert one['DragAndDropRank'] < three[0]['DragAndDropRank']


@pytest.mark.fact('8.5', '11')
@pytest.mark.parametrize('type_path', RANKABLE)
def test_an_item_of_every_type_moves_beside_one_of_another(api, three, type_path):
    new = create_ranked(api, type_path, three, 'r-new')
    for params, expected in (
        ({'rankBelow': three[2]['_ref']}, ['one', 'two', 'three', 'new']),
        ({'rankAbove': three[1]['_ref']}, ['one', 'new', 'two', 'three']),
        ({'rankBelow': three[1]['_ref']}, ['one', 'two', 'new', 'three']),
        ({'rankTo': 'BOTTOM'}, ['one', 'two', 'three', 'new']),
        ({'rankTo': 'TOP'}, ['new', 'one', 'two', 'three']),
    ):
        assert api.try_update(new, {}, **params)['Errors'] == []
        assert order(api) == expected


@pytest.mark.fact('8.5')
def test_a_copy_ranks_at_the_top_like_every_new_item(api, three):
    result = api.ask('POST', '/defect/{}/copy'.format(three[2]['ObjectID']), {'Defect': {}})
    assert result['Errors'] == []
    rows = api.rows('/defect', '(Name contains "r-")', fetch='Name', order='Rank')
    assert rows[0]['Name'] == '(Copy of) r-three'


@pytest.mark.fact('8.5')
def test_an_item_that_moves_to_another_project_keeps_its_rank(api, three):
    elsewhere = api.named('project', 'Team B')
    moved = api.update(three[1], Project=elsewhere['_ref'])
    assert moved['DragAndDropRank'] == three[1]['DragAndDropRank']


def test_an_item_of_another_workspace_is_no_neighbour(api, three):
    place = api.try_create('workspace', {'Name': 'Other', 'State': 'Open'})['Object']
    project = api.try_create('project', {'Name': 'P', 'State': 'Open', 'Workspace': place['_ref']})
    other = api.try_create('defect', {'Name': 'r-far', 'Project': project['Object']['_ref']})
    before = order(api)
    assert move(api, three[1], rankAbove=other['Object']['_ref'])['Errors']
    assert order(api) == before


@pytest.mark.fact('5.5', '8.5')
def test_queries_and_orders_compare_ranks_byte_by_byte(api, emulator, three):
    """Texts ignore letter case (5.8), ranks do not."""
    ranks = ('PZ', 'Pa', 'Pb')
    with emulator.store.writing() as tx:
        for item, rank in zip(three, ranks):
            tx.update(item['ObjectID'], rank=rank)
    assert order(api) == ['one', 'two', 'three']
    shown = [rank.ljust(64, '!') for rank in ranks]
    for query, expected in (
        ('(DragAndDropRank < "{1}")', ['one']),
        ('(DragAndDropRank > "{0}")', ['two', 'three']),
        ('(Rank >= "{1}")', ['two', 'three']),
        ('(DragAndDropRank = "{0}")', ['one']),
        ('(DragAndDropRank != "{0}")', ['two', 'three']),
        ('(DragAndDropRank = "pz")', []),
        ('(DragAndDropRank in "{0},{2}")', ['one', 'three']),
        ('(DragAndDropRank = null)', []),
    ):
        query = '((Name contains "r-") AND {})'.format(query.format(*shown))
        rows = api.rows('/defect', query, fetch='Name', order='Rank')
        assert [row['Name'][2:] for row in rows] == expected, query
    rows = api.rows('/defect', '(Name contains "r-")', fetch='Name', order='Rank DESC')
    assert [row['Name'][2:] for row in rows] == ['three', 'two', 'one']


def test_rank_above_and_below_another_item(api, three):
    one, two, three_ = three
    result = move(api, three_, rankAbove=two['_ref'])
    assert result['Errors'] == []
    assert result['Object']['_refObjectName'] == 'r-three'
    assert order(api) == ['one', 'three', 'two']
    move(api, one, rankBelow='/defect/{}'.format(two['ObjectID']))
    assert order(api) == ['three', 'two', 'one']


def test_rank_to_the_top_and_to_the_bottom(api, three):
    move(api, three[1], rankTo='TOP')
    assert order(api)[0] == 'two'
    assert api.rows('/defect', None, fetch='Name', order='Rank')[0]['Name'] == 'r-two'
    move(api, three[1], rankTo='bottom')
    assert order(api) == ['one', 'three', 'two']


def test_rank_works_on_create_too(api, three):
    api.try_create('defect', {'Name': 'r-new'}, rankTo='TOP')
    assert order(api)[0] == 'new'


@pytest.mark.fact('8.5')
def test_one_order_spans_all_types(api, three):
    story = api.create('hierarchicalrequirement', Name='r-story')
    result = api.ask(
        'POST',
        '/hierarchicalrequirement/{}'.format(story['ObjectID']),
        {'HierarchicalRequirement': {'Name': 'r-renamed'}},
        rankAbove=three[1]['_ref'],
    )
    assert result['Object']['Name'] == 'r-renamed'
    assert order(api) == ['one', 'renamed', 'two', 'three']


def test_ranking_is_a_change_with_a_revision(api, three):
    move(api, three[2], rankTo='TOP')
    assert api.read(three[2])['VersionId'] == '2'
    assert api.revisions(three[2])[0] == 'RANK moved up'
    move(api, three[2], rankTo='TOP')
    assert api.read(three[2])['VersionId'] == '2'


def test_the_rank_itself_is_read_only(api, three):
    result = api.try_update(three[0], {'DragAndDropRank': 'A'})
    assert result['Warnings'] == [
        'Ignored JSON element Defect.DragAndDropRank during processing of this request.'
    ]
    assert result['Object']['DragAndDropRank'] == three[0]['DragAndDropRank']


def test_what_has_no_rank_cannot_be_ranked(api, three):
    tag = api.named('tag', 'urgent')
    path = '/tag/{}'.format(tag['ObjectID'])
    assert api.ask('POST', path, {'Tag': {}}, rankTo='TOP')['Errors'] == ['Cannot rank Tag']
    assert move(api, three[0], rankAbove=tag['_ref'])['Errors'] == ['Cannot rank Tag']
    assert move(api, three[0], rankTo='UP')['Errors'] == [
        'Could not convert: Cannot convert "UP" to a rank.  Valid values are: TOP, BOTTOM'
    ]
    assert move(api, three[0], rankAbove='nonsense')['Errors'] == [
        'Cannot parse object reference from "nonsense"'
    ]


@pytest.mark.fact('8.5')
def test_ranks_never_run_out_at_one_spot(api, emulator, three):
    """Each move halves the gap below the first item; it is respaced on the way."""
    one, two, three_ = three
    with emulator.store.writing() as tx:
        # Less than a hundred moves away from its end.
        tx.update(one['ObjectID'], rank='P!!!'.ljust(50, 'X') + '1')
        tx.update(two['ObjectID'], rank='P!!!'.ljust(50, 'X') + '2')
    for turn in range(150):
        moved = (three_, two)[turn % 2]
        result = move(api, moved, rankBelow=one['_ref'], fetch='DragAndDropRank')
        assert result['Errors'] == []
        assert len(result['Object']['DragAndDropRank']) == 64
    assert order(api) == ['one', 'two', 'three']


#: Ranks between which, or above or below which, none is left.
NARROW = {
    'neighbours': ('P' + '!' * 62 + '1', 'P' + '!' * 62 + '2', 'Q'),
    'one rank': ('P!!!1', 'P!!!1', 'P!!!1'),
    'one rank in two spellings': ('P!!!1', 'P!!!1!', 'P!!!1!!'),
    'the top': ('!' * 63 + '"', '!' * 63 + '#', '!' * 63 + '$'),
    'the bottom': ('~' * 63 + '|', '~' * 63 + '}', '~' * 64),
    'no ranks': ('rank of ours', 'rank of theirs', 'z\u00fcrich'),
}


@pytest.mark.fact('8.5')
@pytest.mark.parametrize('ranks', NARROW.values(), ids=NARROW)
def test_neighbours_are_respaced_when_a_gap_has_become_too_narrow(api, emulator, three, ranks):
    one, two, three_ = three
    for params, place in (
        ({'rankBelow': one['_ref']}, lambda others: others.index('one') + 1),
        ({'rankAbove': one['_ref']}, lambda others: others.index('one')),
        ({'rankTo': 'TOP'}, lambda others: 0),
    ):
        with emulator.store.writing() as tx:
            for item, rank in zip(three, ranks):
                tx.update(item['ObjectID'], rank=rank)
        expected = order(api)
        expected.remove('three')
        expected.insert(place(expected), 'three')
        versions = [api.read(item)['VersionId'] for item in (one, two)]
        result = move(api, three_, **params)
        assert result['Errors'] == []
        assert len(result['Object']['DragAndDropRank']) == 64
        assert order(api) == expected
        assert [api.read(item)['VersionId'] for item in (one, two)] == versions


def test_an_item_that_stands_where_it_is_asked_to_has_no_new_revision(api, three):
    one, two, three_ = three
    for item, params in (
        (two, {'rankBelow': one['_ref']}),
        (two, {'rankAbove': three_['_ref']}),
        (one, {'rankTo': 'TOP'}),
        (one, {'rankBelow': one['_ref']}),
    ):
        before = api.read(item)
        assert move(api, item, **params)['Errors'] == []
        after = api.read(item)
        assert (after['VersionId'], after['DragAndDropRank']) == (
            before['VersionId'],
            before['DragAndDropRank'],
        )

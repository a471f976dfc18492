"""Drag-and-drop ranking (WSAPI reference, sections 8.5 and 11)."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.fact('11')


@pytest.fixture
def three(api):
    return [api.create('defect', Name=name) for name in ('r-one', 'r-two', 'r-three')]


def order(api):
    rows = api.rows('/artifact', '(Name contains "r-")', fetch='Name', order='Rank')
    return [row['Name'][2:] for row in rows if row['Name'].startswith('r-')]


def move(api, item, **params):
    body = {'defect': {'_ref': item['_ref']}}
    return api.ask('POST', '/defect/{}'.format(item['ObjectID']), body, **params)


@pytest.mark.fact('8.5')
def test_new_items_rank_at_the_bottom(api, three):
    assert order(api) == ['one', 'two', 'three']
    last = api.rows('/defect', None, fetch='Name', order='Rank DESC')[0]
    assert last['Name'] == 'r-three'


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
def test_ranks_never_run_out_between_two_items(api, three):
    one, two, three_ = three
    for turn in range(60):
        moved, fixed = (two, three_) if turn % 2 else (three_, two)
        assert move(api, moved, rankBelow=one['_ref'])['Errors'] == []
        rank = api.read(moved, 'DragAndDropRank')['DragAndDropRank']
        assert len(rank) <= 64
    assert order(api) == ['one', 'two', 'three']


def test_ranks_are_respaced_when_a_gap_has_become_too_narrow(api, emulator, three):
    one, two, three_ = three
    with emulator.store.writing() as tx:
        tx.update(one['ObjectID'], rank='P' + '!' * 62 + '1')
        tx.update(two['ObjectID'], rank='P' + '!' * 62 + '2')
    result = move(api, three_, rankBelow=one['_ref'])
    assert result['Errors'] == []
    assert len(result['Object']['DragAndDropRank']) <= 64
    assert order(api) == ['one', 'three', 'two']


def test_an_item_that_stands_where_it_is_asked_to_has_no_new_revision(api, three):
    one, two, three_ = three
    for item, params in (
        (two, {'rankBelow': one['_ref']}),
        (two, {'rankAbove': three_['_ref']}),
        (three_, {'rankTo': 'BOTTOM'}),
        (one, {'rankBelow': one['_ref']}),
    ):
        before = api.read(item)
        assert move(api, item, **params)['Errors'] == []
        after = api.read(item)
        assert (after['VersionId'], after['DragAndDropRank']) == (
            before['VersionId'],
            before['DragAndDropRank'],
        )

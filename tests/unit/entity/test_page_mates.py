"""The entities of one page and what they share: weakly held, each target once, the newest kept."""
from __future__ import absolute_import, division, print_function

import gc

import pytest

from pyral.entity.base import Detached
from pyral.entity.classes import entity_from
from pyral.entity.page_mates import RECENT_LIMIT, MemberMates, PageMates, RecentItems, StubMates
from tests.unit.fakes import reference, row


def entities(*items):
    """Return the unread entities of raw items."""
    found = [entity_from(item, Detached()) for item in items]
    for each in found:
        each._hydrated = False
    return found


def page_of(*items):
    """Return the page mates of raw items, and the entities, which live as long as these do."""
    mates, found = PageMates(), entities(*items)
    mates.add(found)
    return mates, found


# Recent items

def test_the_newest_items_are_kept_and_the_oldest_forgotten():
    recent = RecentItems()
    for number in range(RECENT_LIMIT + 10):
        recent.remember('defect/{0}'.format(number), {'n': number})
    kept = [number for number in range(RECENT_LIMIT + 10)
            if recent.recall('defect/{0}'.format(number)) is not None]
    assert kept == list(range(10, RECENT_LIMIT + 10))
    assert recent.recall('defect/{0}'.format(RECENT_LIMIT + 9)) == {'n': RECENT_LIMIT + 9}


def test_nothing_is_forgotten_up_to_the_limit():
    recent = RecentItems()
    for number in range(RECENT_LIMIT):
        recent.remember(number, {'n': number})
    assert recent.recall(0) == {'n': 0}


def test_an_item_that_is_read_again_is_new_and_replaces_what_was_there():
    recent = RecentItems()
    for number in range(RECENT_LIMIT):
        recent.remember(number, {'n': number})
    recent.remember(0, {'n': 'again'})
    recent.remember('one more', {})
    assert recent.recall(0) == {'n': 'again'}
    assert recent.recall(1) is None and recent.recall(2) == {'n': 2}


def test_what_was_never_read_is_not_recalled():
    assert RecentItems().recall('defect/1') is None


# Page mates

def test_page_mates_keep_no_entity_alive():
    mates, found = page_of(row(1), row(2))
    assert mates.entities() == found
    del found[0]
    gc.collect()
    assert [each.oid for each in mates.entities()] == [2]


def test_what_is_waiting_is_what_nobody_has_read_and_nobody_has_missed():
    mates, found = page_of(*[row(number) for number in range(1, 6)])
    found[0]._hydrated = True
    mates.loaded['defect/2'] = row(2)
    mates.lost['defect/3'] = ValueError('gone')
    assert mates.waiting() == [('defect/4', found[3]._ref), ('defect/5', found[4]._ref)]


def test_an_entity_without_a_reference_is_never_waiting():
    mates, _ = page_of({'_type': 'Defect', '_ref': None, 'Name': 'x'})
    assert mates.waiting() == []


def test_a_collection_is_had_once_it_was_read_or_handed_out():
    mates = PageMates()
    assert not mates.has_list('defect/1', 'Tags')
    mates.lists[('defect/1', 'Tags')] = ([], None)
    mates.taken.add(('defect/2', 'Tags'))
    assert mates.has_list('defect/1', 'Tags') and mates.has_list('defect/2', 'Tags')
    assert not mates.has_list('defect/1', 'Tasks') and not mates.has_list('defect/3', 'Tags')


def test_the_stubs_of_an_attribute_are_one_group_and_know_the_way_to_it():
    mates = PageMates(path=('Tasks',))
    owners = mates.child('Owner')
    assert mates.child('Owner') is owners and mates.child('Project') is not owners
    assert owners.path == ('Tasks', 'Owner') and owners.recent_items is mates.recent_items


def test_pages_of_different_answers_share_nothing():
    assert PageMates().recent_items is not PageMates().recent_items
    recent = RecentItems()
    assert PageMates(recent).recent_items is recent


def test_the_members_of_a_batch_are_known_whether_touched_or_not():
    rows = [row(1, 'task'), row(2, 'task')]
    mates = MemberMates(RecentItems(), ('Tasks',), rows)
    assert mates.raws() == rows and mates.entities() == [] and mates.path == ('Tasks',)


# Stubs

def owned(number, owner, **attributes):
    """Return a defect of an owner."""
    return row(number, Owner=reference(owner), **attributes)


ANN, BOB = row(7, 'user', 'Ann'), row(8, 'user', 'Bob')


def test_a_target_that_many_refer_to_has_one_stub():
    mates, found = page_of(owned(1, ANN), owned(2, ANN), owned(3, BOB))
    owners, built = mates.child('Owner'), []

    def build(value):
        built.append(value)
        return entities(value)[0]

    stubs = [owners.adopt(each._item['Owner'], build) for each in found]
    assert stubs[0] is stubs[1] and stubs[2] is not stubs[0] and len(built) == 2


def test_a_reference_that_says_something_else_gets_a_stub_of_its_own():
    owners = StubMates(PageMates(), 'Owner')

    def build(value):
        return entities(value)[0]

    first = owners.adopt(reference(ANN), build)
    second = owners.adopt(dict(reference(ANN), _refObjectName='Anne'), build)
    assert second is not first and second.Name == 'Anne'
    second._hydrated = True
    assert owners.adopt(reference(ANN), build) is second


def test_a_reference_to_nowhere_is_built_and_not_kept():
    owners = StubMates(PageMates(), 'Owner')
    stub = owners.adopt({'_type': 'User', '_ref': None}, lambda value: entities(value)[0])
    assert stub._item['_type'] == 'User' and owners.entities() == []


def test_targets_wait_in_the_order_of_the_page_whether_touched_or_not():
    mates, found = page_of(owned(1, BOB), owned(2, ANN), owned(3, BOB), row(4, Owner=None), row(5))
    owners = mates.child('Owner')
    assert owners.waiting() == [('user/8', BOB['_ref']), ('user/7', ANN['_ref'])]
    owners.loaded['user/8'] = BOB
    assert owners.waiting() == [('user/7', ANN['_ref'])]
    assert owners.raws() == [BOB, reference(ANN)]
    owners.lost['user/7'] = ValueError('gone')
    assert owners.waiting() == [] and len(found) == 5


def test_a_stub_that_was_read_waits_no_longer():
    mates, found = page_of(owned(1, ANN), owned(2, BOB))
    owners = mates.child('Owner')
    stub = owners.adopt(found[0]._item['Owner'], lambda value: entities(value)[0])
    assert [key for key, _ in owners.waiting()] == ['user/7', 'user/8']
    stub._hydrated = True
    assert [key for key, _ in owners.waiting()] == ['user/8']


def test_a_collection_is_no_reference_to_one_target():
    mates, found = page_of(row(1, Tasks={'_ref': row(1)['_ref'] + '/Tasks', 'Count': 2}))
    assert mates.child('Tasks').waiting() == [] and found


@pytest.mark.parametrize('is_touched', [True, False])
def test_when_a_page_is_gone_only_the_stubs_that_live_are_known(is_touched):
    mates, found = page_of(owned(1, ANN), owned(2, BOB))
    owners = mates.child('Owner')
    stub = owners.adopt(found[0]._item['Owner'], lambda value: entities(value)[0])
    del mates, found
    if not is_touched:
        stub = None
    gc.collect()
    assert [key for key, _ in owners.waiting()] == (['user/7'] if stub is not None else [])

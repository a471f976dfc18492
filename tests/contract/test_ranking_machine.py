"""Ranking at random, held against a plain list (WSAPI reference, sections 8.5 and 11)."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.contract.small_world import path_of

pytestmark = pytest.mark.fact('8.5', '11')

PLACE = st.integers(0, 30)
BESIDE = st.sampled_from(['rankAbove', 'rankBelow'])
KINDS = st.sampled_from(['defect', 'hierarchicalrequirement', 'testcase', 'portfolioitem/feature'])


class Ranking(RuleBasedStateMachine):
    """`listed` is what the service must show from the top to the bottom.

    A subclass says which service: `api`, `emulator`, and `beginning`, the world without any items.
    """

    def __init__(self):
        super().__init__()
        self.emulator.restore(self.beginning)
        self.made = 0
        self.listed = [
            row['ObjectID'] for row in self.api.rows('/artifact', fetch='ObjectID', order='Rank')
        ]
        self.paths = {}

    def _new(self, kind, **params):
        self.made += 1
        values = {'Name': 'item {}'.format(self.made), 'Project': self.api.project['_ref']}
        item = self.api.try_create(kind, values, **params)['Object']
        self.paths[item['ObjectID']] = path_of(item)
        return item['ObjectID']

    def _pick(self, place):
        return list(self.paths)[place % len(self.paths)]

    @rule(kind=KINDS)
    def create(self, kind):
        self.listed.insert(0, self._new(kind))

    @rule(kind=KINDS)
    def create_at_the_bottom(self, kind):
        self.listed.append(self._new(kind, rankTo='BOTTOM'))

    @precondition(lambda self: self.paths)
    @rule(kind=KINDS, place=PLACE, beside=BESIDE)
    def create_beside(self, kind, place, beside):
        other = self._pick(place)
        new = self._new(kind, **{beside: self.paths[other]})
        self.listed.insert(self.listed.index(other) + (beside == 'rankBelow'), new)

    @precondition(lambda self: self.paths)
    @rule(one=PLACE, other=PLACE, beside=BESIDE)
    def move(self, one, other, beside):
        one, other = self._pick(one), self._pick(other)
        result = self.api.ask('POST', self.paths[one], {'X': {}}, **{beside: self.paths[other]})
        assert result['Errors'] == []
        if one != other:
            self.listed.remove(one)
            self.listed.insert(self.listed.index(other) + (beside == 'rankBelow'), one)

    @precondition(lambda self: self.paths)
    @rule(place=PLACE, end=st.sampled_from(['TOP', 'BOTTOM']))
    def move_to_an_end(self, place, end):
        one = self._pick(place)
        assert self.api.ask('POST', self.paths[one], {'X': {}}, rankTo=end)['Errors'] == []
        self.listed.remove(one)
        self.listed.insert(0 if end == 'TOP' else len(self.listed), one)

    @precondition(lambda self: self.paths)
    @rule(place=PLACE)
    def delete(self, place):
        one = self._pick(place)
        assert self.api.ask('DELETE', self.paths.pop(one))['Errors'] == []
        self.listed.remove(one)

    @rule(first=st.sampled_from(['!' * 62, 'P!!!' + '!' * 58, '~' * 62]))
    def leave_no_gap(self, first):
        """Give all items ranks between which there is none, in the order they have."""
        with self.emulator.store.writing() as tx:
            for place, oid in enumerate(self.listed):
                tx.update(oid, rank=first + '{:02}'.format(place))

    @invariant()
    def the_order_is_that_of_the_list(self):
        rows = self.api.rows('/artifact', fetch='ObjectID,DragAndDropRank', order='Rank')
        assert [row['ObjectID'] for row in rows] == self.listed
        ranks = [row['DragAndDropRank'] for row in rows]
        assert ranks == sorted(ranks)
        assert {len(rank) for rank in ranks} == {64}


def test_the_order_is_that_of_a_plain_list_whatever_is_ranked(api, emulator):
    service = {'api': api, 'emulator': emulator, 'beginning': emulator.snapshot()}
    run_state_machine_as_test(
        type('RankingHere', (Ranking,), service),
        settings=settings(
            max_examples=8,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )

"""Derived values after any writes are those of a recount from nothing; both count alike."""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from pyral.emulator import rules
from pyral.emulator.clock import frozen
from pyral.emulator.model import Model
from pyral.emulator.rules.derived import recount, rollups
from pyral.emulator.rules.derived.derive import (
    DEPENDENT_BACK,
    DEPENDENT_ON,
    DERIVED,
    LEVELS,
    OWN,
    RULES,
    derive,
    level_of,
)
from pyral.emulator.rules.derived.derive import test_status as status_of_tests
from pyral.emulator.rules.write.allow import JUDGES
from pyral.emulator.rules.write.creation_rules import CONSTANTS, SEQUENCES
from pyral.emulator.rules.write.service_defaults import SERVICE_DEFAULTS
from pyral.emulator.store import Obj, Store
from pyral.emulator.store.ownership import OWNED
from pyral.emulator.store.reading import of_type
from pyral.emulator.store.tables import objects
from pyral.emulator.worlds import build, load

STORY, TASK, DEFECT = 'hierarchicalrequirement', 'task', 'defect'
STATES = ('Defined', 'In-Progress', 'Completed', 'Accepted')
TYPES = Model.load().types


class Writer:
    """Makes random but reproducible writes through the protocol."""

    def __init__(self, service, chance):
        self.service, self.chance = service, chance
        self.made = {}
        self.project = '/project/{}'.format(service.oid('top'))

    def ask(self, method, path, values=None, **params):
        body = None if values is None else {'x': values}
        return self.service.send(method, path, body, **params).json()

    def any(self, kind):
        return self.chance.choice(self.made[kind]) if self.made.get(kind) else None

    def create(self, kind, **values):
        values = {name: value for name, value in values.items() if value is not None}
        values['Name'] = kind
        answer = self.ask('PUT', '/{}/create'.format(kind), values, project=self.project)
        item = answer['CreateResult'].get('Object')
        if item is not None:
            self.made.setdefault(kind, []).append('/{}/{}'.format(kind, item['ObjectID']))

    def step(self):
        kind = self.chance.choice(
            [
                STORY,
                STORY,
                TASK,
                DEFECT,
                'testcase',
                'feature',
                'initiative',
                'result',
                'update',
                'update',
                'delete',
                'move',
                'milestone',
                'iteration',
                'schedule',
                'predecessors',
                'capacity',
            ]
        )
        getattr(self, 'do_' + kind)()

    def do_hierarchicalrequirement(self):
        self.create(
            STORY,
            Parent=self.any(STORY) if self.chance.random() < 0.4 else None,
            PortfolioItem=self.any('portfolioitem/feature'),
            PlanEstimate=self.chance.choice([None, 1, 2.5, 8]),
            ScheduleState=self.chance.choice(STATES),
        )

    def do_task(self):
        self.create(
            TASK,
            WorkProduct=self.any(STORY),
            Estimate=self.chance.choice([None, 1, 4]),
            State=self.chance.choice(STATES[:3]),
            ToDo=self.chance.choice([None, 2]),
        )

    def do_defect(self):
        self.create(
            DEFECT,
            Requirement=self.any(STORY),
            PlanEstimate=self.chance.choice([None, 3]),
            PortfolioItem=self.any('portfolioitem/feature'),
            State=self.chance.choice(['Open', 'Closed']),
        )

    def do_testcase(self):
        self.create('testcase', WorkProduct=self.any(STORY))

    def do_result(self):
        if self.any('testcase'):
            self.create(
                'testcaseresult',
                TestCase=self.any('testcase'),
                Build='1',
                Verdict=self.chance.choice(['Pass', 'Fail']),
                Date='2026-01-{:02d}'.format(self.chance.randint(1, 28)),
            )

    def do_feature(self):
        self.create('portfolioitem/feature', Parent=self.any('portfolioitem/initiative'))

    def do_initiative(self):
        self.create('portfolioitem/initiative')

    def do_milestone(self):
        chosen = [ref for ref in (self.any(STORY), self.any(DEFECT)) if ref]
        self.create('milestone', Artifacts=chosen)

    def do_iteration(self):
        day = self.chance.randint(1, 20)
        dates = {
            'StartDate': '2026-02-{:02d}'.format(day),
            'EndDate': '2026-02-{:02d}'.format(day + 7),
        }
        if self.chance.random() < 0.5 and self.any('iteration'):
            self.ask('POST', self.any('iteration'), dates)
        else:
            self.create('iteration', **dates)

    def do_schedule(self):
        if self.any(STORY):
            self.ask(
                'POST',
                self.any(STORY),
                {'Iteration': self.chance.choice([None, self.any('iteration')])},
            )

    def do_predecessors(self):
        if self.any(STORY):
            self.ask('POST', self.any(STORY), {'Predecessors': [{'_ref': self.any(STORY)}]})

    def do_capacity(self):
        user = '/user/{}'.format(self.service.oid('ada'))
        self.create(
            'useriterationcapacity',
            Iteration=self.any('iteration'),
            User=user,
            Capacity=self.chance.choice([10, 40]),
        )
        if self.any(TASK):
            self.ask('POST', self.any(TASK), {'Owner': user})

    def do_update(self):
        kind = self.chance.choice([STORY, TASK, DEFECT])
        if self.any(kind):
            values = {
                STORY: {'ScheduleState': self.chance.choice(STATES), 'PlanEstimate': 5},
                TASK: {'State': self.chance.choice(STATES[:3]), 'Estimate': 7},
                DEFECT: {'State': self.chance.choice(['Open', 'Closed'])},
            }[kind]
            self.ask('POST', self.any(kind), values)

    def do_move(self):
        if self.any(STORY):
            self.ask(
                'POST',
                self.any(STORY),
                {
                    'Parent': self.chance.choice([None, self.any(STORY)]),
                    'PortfolioItem': self.chance.choice([None, self.any('portfolioitem/feature')]),
                },
            )

    def do_delete(self):
        kind = self.chance.choice(list(self.made) or [STORY])
        if self.any(kind):
            self.ask('DELETE', self.any(kind))


@pytest.mark.parametrize('seed', range(4))
def test_any_writes_leave_nothing_for_a_recount_to_change(service, seed):
    with service.app.store.writing() as tx:
        rollups.recompute_all(tx)
    writer = Writer(service, random.Random(seed))
    for _ in range(40):
        writer.step()
    with service.app.store.writing() as tx:
        before = {obj.oid: json.dumps(obj.doc, sort_keys=True) for obj in everything(tx)}
        changed = rollups.recompute_all(tx)
        after = {obj.oid: json.dumps(obj.doc, sort_keys=True) for obj in everything(tx)}
    assert {oid: (before[oid], after[oid]) for oid in before if before[oid] != after[oid]} == {}
    assert changed == 0


def everything(tx):
    return [obj for type_path in TYPES for obj in of_type(tx, type_path) if obj.oid > 0]


def test_a_second_recount_finds_nothing_to_change(service):
    with service.app.store.writing() as tx:
        rollups.recompute_all(tx)
        assert rollups.recompute_all(tx) == 0


@pytest.mark.parametrize('most', [1, 7, 100])
def test_small_slices_come_to_the_same_as_large_ones(service, monkeypatch, most):
    with service.app.store.writing() as tx:
        rollups.recompute_all(tx)
        before = {obj.oid: (obj.doc, tx.edges_of([obj.oid])) for obj in everything(tx)}
        for oid, (doc, _) in before.items():
            # A plan estimate is derived for timeboxes only.
            wrong = {name: 77 for name in DERIVED if name in doc and name != 'PlanEstimate'}
            tx.update(oid, doc={**doc, **wrong})
    monkeypatch.setattr(recount, 'SLICE', most)
    monkeypatch.setattr(recount, 'PORTION', most)
    with service.app.store.writing() as tx:
        assert rollups.recompute_all(tx) > 0
        assert {obj.oid: (obj.doc, tx.edges_of([obj.oid])) for obj in everything(tx)} == before


def test_heights_of_a_tree_and_of_a_circle():
    #: 1 has 2 and 3 below it, 3 has 4; the others point at each other.
    assert recount.heights([(2, 1), (3, 1), (4, 3), (9, 8), (8, 9)]) == {1: 2, 3: 1, 8: 1, 9: 1}
    assert recount.heights([]) == {}


@given(st.lists(st.integers(0, 9), max_size=40), st.integers(1, 12))
def test_a_cut_portion_is_whole_and_its_pieces_are_light(weights, most):
    degrees = dict(enumerate(weights))
    pieces = list(recount.cut(range(len(weights)), degrees, most))
    assert [oid for piece in pieces for oid in piece] == list(range(len(weights)))
    assert all(len(piece) == 1 or sum(map(degrees.get, piece)) <= most for piece in pieces)
    assert all(piece for piece in pieces)


def test_a_recount_repairs_what_a_world_left_out(service):
    story = service.get('/hierarchicalrequirement', fetch='true')['Results'][0]
    with service.app.store.writing() as tx:
        obj = tx.get(story['ObjectID'])
        tx.update(obj.oid, doc={**obj.doc, 'TaskEstimateTotal': 999.0})
        rollups.recompute(tx, [obj.oid])
        assert tx.get(obj.oid).doc['TaskEstimateTotal'] != 999.0


class Nobody:
    """Facts about an object that nothing points to."""

    def sources(self, oid, edge, *types):
        return []

    targets = sources

    def target(self, oid, edge):
        return None

    leads = target

    def estimates(self, iteration, user):
        return 0.0

    def count_sources(self, oid, edge):
        return 0

    def sums(self, oid, edge, keys, accepted):
        return {key: 0.0 for key in keys}


def test_every_derived_value_has_an_attribute_and_is_listed():
    for name in RULES:
        type_path = 'PortfolioItem/Feature' if name == 'PortfolioItem' else name
        for key in derive(Nobody(), Obj(oid=1, type=type_path)):
            attr = TYPES[type_path].attributes.get(key)
            assert key in DERIVED or attr is None or attr.type == 'OBJECT', (name, key)
    assert set(RULES) == set(LEVELS)


@settings(max_examples=30)
@given(st.lists(st.sampled_from(['Pass', 'Fail', None]), max_size=6))
def test_a_status_of_tests_counts_what_it_says(verdicts):
    word = status_of_tests(verdicts)
    assert word.startswith('ALL_RUN') == (bool(verdicts) and None not in verdicts)
    assert word.endswith('ALL_PASSING') == ('Pass' in verdicts and 'Fail' not in verdicts)


def test_the_tables_of_the_rules_name_only_what_the_model_has():
    for path, name in list(CONSTANTS) + list(SEQUENCES):
        assert name in TYPES[path].attributes
    for path, owned in OWNED.items():
        assert {*owned.by, *owned.takes} <= set(TYPES[path].attributes)
    for path, values in SERVICE_DEFAULTS.items():
        assert set(values) <= set(TYPES[path].attributes), path
    assert set(JUDGES) <= set(TYPES)
    known = {name for one in TYPES.values() for name in one.attributes}
    assert set(DEPENDENT_ON) <= known
    assert rules.__all__ == sorted(rules.__all__)


class Listening(dict):
    """A document that notes which of its values are read."""

    def __init__(self, values, heard):
        super().__init__(values)
        self._heard = heard

    def get(self, key, default=None):
        self._heard.add(key)
        return super().get(key, default)

    def __getitem__(self, key):
        self._heard.add(key)
        return super().__getitem__(key)


class ListeningFacts(rollups.StoreFacts):
    """Facts that note which values are read at the other end of each edge, in each direction."""

    def __init__(self, tx):
        super().__init__(tx)
        self.inward, self.outward = {}, {}

    def _heard(self, objs, edge, where):
        heard = where.setdefault(edge, set())
        return [replace(obj, doc=Listening(obj.doc, heard)) for obj in objs]

    def sources(self, oid, edge, *types):
        return self._heard(super().sources(oid, edge, *types), edge, self.inward)

    def targets(self, oid, edge):
        return self._heard(super().targets(oid, edge), edge, self.outward)

    def sums(self, oid, edge, keys, accepted):
        self.inward.setdefault(edge, set()).update((*keys, 'AcceptedDate'))
        return super().sums(oid, edge, keys, accepted)

    def estimates(self, iteration, user):
        self.inward.setdefault('Iteration', set()).update(('Estimate', 'Owner'))
        return super().estimates(iteration, user)


def test_the_tables_say_all_that_the_rules_read():
    """A change of anything else leaves derived values as they are, and nothing is worked out."""
    store = Store(clock=frozen('2024-05-15T10:00:00Z'))
    build(load('demo'), store)
    own = set()
    with store.reading() as tx:
        facts = ListeningFacts(tx)
        for path in {obj.type for obj in tx.objects(select(objects))}:
            for obj in of_type(tx, path) if level_of(path) is not None else ():
                heard = replace(obj, doc=Listening(obj.doc, own))
                derive(facts, heard)
                for child in facts.sources(obj.oid, 'Parent', obj.type):
                    child.doc.get('ScheduleState')
    assert own and own <= OWN
    assert {'WorkProduct', 'Parent', 'Iteration'} <= set(facts.inward) <= set(DEPENDENT_ON)
    for edge, names in facts.inward.items():
        assert names <= DEPENDENT_ON[edge], edge
    for edge, names in facts.outward.items():
        assert not names or names <= DEPENDENT_BACK[edge], edge

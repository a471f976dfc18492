"""Rights in the emulator as one property, attacked from one seed; `make fuzz` takes others."""

from __future__ import annotations

import pytest

from pyral.emulator.access.scope import Rights
from pyral.emulator.store.reading import readable
from pyral.emulator.store.sight import Sight
from tests.fuzz.rights import Attack, Find, Reader, Writer
from tests.fuzz.rights_independence import compare
from tests.fuzz.rights_world import PEOPLE, Caller, State, random_world

SEED = 'suite'
#: As many as take a second or two, counted so that a slow machine leaves none out.
REQUESTS = 40


@pytest.fixture(scope='module')
def world():
    with random_world(SEED, rounds=1) as made:
        yield made


@pytest.fixture(scope='module')
def callers(world):
    return [Caller(world, number, world.state) for number in range(PEOPLE)]


@pytest.mark.fact('13', '19')
def test_nobody_reads_or_changes_more_than_the_permissions_let(world):
    done = Attack(world, SEED).run(requests=REQUESTS)
    assert done['reads'] and done['accepted'], f'seed {SEED}: {done}'


def test_rows_and_references_are_read_by_the_same_rule(world, callers):
    """Say of every object the same by itself, as a condition and from the permissions alone."""
    from_sql, alone = {}, {}
    for caller in callers:
        with world.emulator.store.reading() as tx:
            rights = Rights.of(tx, tx.get(caller.oid))
            objs = tx.get_many((oid for oid in world.state.rows if oid > 0), recycled=True)
            from_sql[caller.number] = readable(tx, objs, rights.sight)
            alone[caller.number] = rights.seen(objs.values())
        assert from_sql[caller.number] == alone[caller.number], f'seed {SEED}'
        assert from_sql[caller.number] == set(filter(caller.reads, objs)), f'seed {SEED}'


@pytest.mark.fact('13', '7.1')
def test_answers_do_not_depend_on_what_may_not_be_read(world):
    assert compare(world, SEED, requests=6)


def hidden(world, callers):
    """Return a caller, and an artifact that the caller may not read."""
    kinds = set(world.catalogue.family('Artifact'))
    return next(
        (caller, row[0])
        for caller in callers
        for row in world.state.rows.values()
        if row[1] in kinds and not row[6] and not caller.reads(row[0])
    )


def test_a_hole_in_reads_is_found(world, callers, monkeypatch):
    monkeypatch.setattr(Sight, 'judge', lambda *_: True)
    caller, oid = hidden(world, callers)
    with pytest.raises(Find, match='shows'):
        Reader(world, caller).read(world.path_of(world.state, oid))


def test_a_hole_in_writes_is_found(world, callers):
    beginning = world.emulator.snapshot()
    caller, oid = hidden(world, callers)
    with world.emulator.store.writing() as tx:
        tx.update(oid, name='taken')
    after = State(world.emulator)
    world.emulator.restore(beginning)
    with pytest.raises(Find, match='changes'):
        Writer(world, caller).look(after)

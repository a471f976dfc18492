"""Every promise about request counts: connecting, the schema, lazy loading, pages, limits."""
from __future__ import absolute_import, division, print_function

import itertools
import json
import os
import sys
import threading

import pytest

from pyral.schema.definitions import TypeDef
from tests import emulated
from tests.benchmarks.bench_world import world
from tests.threads import GUARD_S, assert_ended, page_readers

DEFECTS = 2000


@pytest.fixture(scope='module')
def large(tmpdir_factory):
    """An emulator of 2,000 defects with an owner and two tasks each."""
    if sys.version_info < (3, 9) or os.environ.get('PYRAL_TEST_SERVER'):
        pytest.skip("a world of its own needs an emulator in this process")
    path = str(tmpdir_factory.mktemp('worlds').join('large.json'))
    with open(path, 'w') as target:
        json.dump(world(DEFECTS), target)
    found = emulated.start(path)
    yield found
    found.emulator.stop()


@pytest.fixture
def many(large):
    """A connection to the large world."""
    return large.connect()


def cost(connection, work):
    """Return how many requests a function makes."""
    before = connection.requests_made
    work()
    return connection.requests_made - before


def test_connecting_takes_one_request(emu):
    assert emu.connect().requests_made == 1


@pytest.mark.parametrize('names', [('workspace',), ('project',), ('workspace', 'project')])
def test_connecting_to_named_places_takes_three_requests_at_most(emu, names):
    rally = emu.connect(**dict((name, getattr(emu, name)) for name in names))
    assert rally.requests_made <= 3


def test_reading_standard_types_needs_no_schema(rally, wire):
    list(rally.get('Defect', fetch='Name,Owner'))
    assert not [path for path in wire.paths if 'schema' in path]


def test_a_second_connection_takes_the_kept_schema_without_a_request(emu, schema_unknown):
    first, second = emu.connect(), emu.connect()
    assert cost(first, first.contextHelper.catalogue) == 2
    assert cost(second, second.contextHelper.catalogue) == 0
    wire = emulated.Wire(second)
    assert cost(second, second.contextHelper.catalogue().renew) == 1
    assert wire.paths == ['GET {0}/{1}'.format(
        second.schema_url, second.contextHelper.currentWorkspaceRef())]
    assert second.typedef('Defect').ref == first.typedef('Defect').ref
    assert [each.TypePath for each in second.contextHelper.catalogue()] == [
        each.TypePath for each in first.contextHelper.catalogue()]


def test_a_second_connection_that_creates_a_defect_parses_one_type(emu, monkeypatch):
    emu.connect().contextHelper.catalogue()
    parsed, make = [], TypeDef.__init__

    def note(self, raw, path=None, catalogue=None):
        make(self, raw, path, catalogue)
        parsed.append(self.TypePath)

    monkeypatch.setattr(TypeDef, '__init__', note)
    emu.connect().create('Defect', {'Name': 'Only one'})
    assert parsed == ['Defect']


def test_the_schema_cache_can_be_moved_and_turned_off(emu, schema_unknown, tmpdir, monkeypatch):
    moved = emu.connect(schema_cache=str(tmpdir.join('here')))
    moved.contextHelper.catalogue()
    kept = [os.path.join(folder, name) for folder, _, names in os.walk(str(tmpdir))
            for name in names if name.endswith('.json')]
    assert len(kept) == 1
    with open(kept[0]) as source:
        content = source.read()
    assert emu.apikey not in content and emu.password not in content
    for options in ({'schema_cache': False}, {}):
        monkeypatch.setenv('PYRAL_SCHEMA_CACHE', 'off' if not options else '')
        again = emu.connect(**options)
        assert cost(again, again.contextHelper.catalogue) == 2
    assert not os.listdir(os.environ['XDG_CACHE_HOME'])


def read_all(defects):
    """Touch the owner and the tasks of each defect, and where the tasks lead."""
    return [(defect.Name, defect.Owner.EmailAddress,
             [(task.Name, task.WorkProduct.Name, task.Project.Name) for task in defect.Tasks])
            for defect in defects]


def test_reading_all_of_400_defects_takes_12_requests_at_most(many, request_budget):
    with request_budget(many, 12):
        seen = read_all(many.get('Defect', fetch=True, limit=400))
    assert len(seen) == 400 and all(len(tasks) == 2 for _, _, tasks in seen)


@pytest.mark.parametrize('fetch', ['Name,Owner', 'Name,Tasks'])
def test_2000_items_by_200_take_10_requests_and_11_more(many, request_budget, fetch):
    with request_budget(many, 10 + 11):
        for defect in many.get('Defect', fetch=fetch, pagesize=200):
            if 'Owner' in fetch:
                assert '@' in defect.Owner.EmailAddress
            else:
                assert len(defect.Tasks) == 2


def test_2000_shells_by_200_take_10_requests_and_11_more(many, request_budget):
    with request_budget(many, 10 + 11):
        found = [defect.FormattedID for defect in many.get('Defect', fetch=False, pagesize=200)]
    assert len(set(found)) == DEFECTS


def test_batch_and_single_reads_see_the_same(large):
    both = [read_all(large.connect(lazy=lazy).get('Defect', fetch=True, limit=30, order='ObjectID'))
            for lazy in ('batch', 'single')]
    assert both[0] == both[1]


def test_a_held_list_read_again_costs_nothing(many, request_budget):
    held = list(many.get('Defect', fetch=True, limit=50))
    first = read_all(held)
    with request_budget(many, 0):
        assert read_all(held) == first


@pytest.mark.parametrize('limit,pagesize,expected', [
    (1, None, 1), (1000, None, 1), (1001, None, 2), (250, 100, 3), (2000, 200, 10), (30, 10, 3),
])
def test_a_limit_stops_requests(many, limit, pagesize, expected):
    options = {'pagesize': pagesize} if pagesize else {}
    before = many.requests_made
    assert len(list(many.get('Defect', fetch='Name', limit=limit, **options))) == limit
    assert many.requests_made - before == expected


def test_leaving_a_loop_stops_requests(many):
    before = many.requests_made
    for defect in itertools.islice(many.get('Defect', fetch='Name', pagesize=20), 35):
        assert defect.Name
    assert_ended(page_readers())
    assert many.requests_made - before <= 1 + 2 * 12


def test_the_first_item_comes_after_one_request(many, request_budget):
    with request_budget(many, 1):
        assert next(many.get('Defect', fetch='Name')).Name


def test_no_more_than_twelve_requests_are_under_way_at_once(many):
    changed, running, most = threading.Condition(), [0], [0]
    first = many.requests_made + 1

    def hear(event):
        with changed:
            running[0] += 1 if event.kind == 'request' else -1
            most[0] = max(most[0], running[0])
            changed.notify_all()
            # Behind the first page nobody goes on before two are under way: that is no luck then.
            while event.kind == 'request' and event.number > first and most[0] < 2:
                assert changed.wait(GUARD_S), "nobody asks beside it"

    many._transport.wire_log.add(hear)
    for threads in (12, 40, None):
        assert len(list(many.get('Defect', fetch='Name', pagesize=20, threads=threads))) == DEFECTS
    assert 1 < most[0] <= 12

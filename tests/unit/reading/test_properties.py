"""Properties of reading: no scalar is lost, any page size and policy gives the same answers."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral.entity.hydrator import EntityHydrator
from pyral.http.envelope import Page
from pyral.reading.pages import PageReader, PageStream
from tests.unit.fakes import FakeTransport, page, paged, reference, row

pytest.importorskip('hypothesis')

from hypothesis import given, settings  # noqa: E402
from hypothesis import strategies as st  # noqa: E402

from tests.unit.lazy.test_loader import hydrated, shape, stories  # noqa: E402

NAMES = st.text('abcdefgXYZ_', min_size=1, max_size=8).filter(
    lambda name: name[:1] != '_' and name not in dir(EntityHydrator(None).hydrateInstance(row(1))))
SCALARS = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20),
                    st.floats(allow_nan=False))


@given(st.dictionaries(NAMES, SCALARS, max_size=8))
def test_every_scalar_of_an_item_is_an_attribute(values):
    item = row(1, **values)
    entity = EntityHydrator(None).hydrateInstance(item)
    for name, value in values.items():
        assert getattr(entity, name) == value
        assert name in entity.attributes() and name in dir(entity)
    found = entity.to_dict()
    assert dict((name, found[name]) for name in values) == values
    assert entity._item is item and item == row(1, **values)


@settings(max_examples=60)
@given(st.integers(0, 120), st.integers(1, 50), st.integers(1, 60),
       st.one_of(st.none(), st.integers(1, 130)), st.integers(1, 12), st.integers(1, 50))
def test_any_page_size_cap_width_and_limit_serve_the_same_items(
        count, pagesize, start, limit, threads, cap):
    items = [row(number) for number in range(1, count + 1)]
    transport = FakeTransport(paged(items, cap=cap))
    stream = PageStream(PageReader(transport, 'Defect', [('pagesize', pagesize)]), start=start,
                        limit=limit, threads=threads)
    served = [item for part in stream for item in part]
    assert served == items[start - 1:][:limit]
    step = min(pagesize, cap)
    assert len(transport.requests) <= max(1, -(-len(served) // step))


@settings(max_examples=60)
@given(st.sets(st.integers(1, 60)), st.integers(3, 20), st.integers(1, 6))
def test_rows_hidden_anywhere_never_duplicate_or_reorder_the_others(hidden, pagesize, threads):
    def fetch(start):
        window = range(start, min(61, start + pagesize))
        return Page(60, start, pagesize,
                    [row(number) for number in window if number not in hidden], [], [])
    stream = PageStream(fetch, threads=threads, is_tolerant=True)
    served = [int(item['_ref'].rpartition('/')[2]) for part in stream for item in part]
    assert served == sorted(set(served)) and not hidden.intersection(served)
    assert len(served) + stream.missing == 60


@settings(max_examples=40)
@given(st.integers(1, 30), st.integers(0, 4), st.integers(1, 4), st.data())
def test_batch_and_single_give_the_same_in_any_order(count, tasks, pages, data):
    order = data.draw(st.permutations(list(range(count))))
    seen = []
    for policy in ('batch', 'single'):
        world, rows = stories(count, tasks)
        entities = hydrated(world, rows, policy, pages=pages)
        shapes = dict((place, shape([entities[place]])) for place in order)
        seen.append([shapes[place] for place in range(count)])
    assert seen[0] == seen[1]


@given(st.lists(st.integers(1, 5), max_size=12))
def test_references_of_a_page_are_shared_by_target(targets):
    rows = [row(number, Owner=reference(row(oid, 'user', 'u')))
            for number, oid in enumerate(targets, 1)]
    found = EntityHydrator(None).page(rows)
    assert [each.Owner.oid for each in found] == targets
    assert len(set(id(each.Owner) for each in found)) == len(set(targets))


def test_the_fake_service_pages_like_the_real_one():
    assert page([row(1)])['QueryResult']['TotalResultCount'] == 1

"""The table of prices says what is measured, on a strict stub service and in the demo world."""

from __future__ import annotations

import pytest

from pyral import Rally
from pyral.emulator import Emulator
from tests import prices

#: Tests are collected of what is written; the first of them compares that with what is measured.
TABLE = prices.written()
SIZE = 20


def test_the_page_is_what_is_measured():
    with open(prices.PAGE, encoding='utf-8') as page:
        assert page.read() == prices.text(), 'run: python -m tests.prices'


def test_every_collection_of_the_standard_types_has_one_price():
    priced = [(owner, name) for (_, name), owners in TABLE.items() for owner in owners]
    assert len(priced) == len(set(priced)) > 250
    assert set(priced) == {(owner, attr.name) for owner, attr in prices.collections()}
    assert {cost for cost, _ in TABLE} == {prices.FREE, prices.A_PAGE, prices.AN_ITEM}


@pytest.fixture(scope='module')
def demo(tmp_path_factory):
    """Return the function that connects to the demo world, whose schema is read once."""
    with Emulator(listen=False) as emulator:
        keywords = {'apikey': emulator.apikey, 'adapter': emulator.adapter()}
        folder = str(tmp_path_factory.mktemp('schema'))
        yield lambda lazy: Rally(emulator.url, lazy=lazy, schema_cache=folder, **keywords)


def read(rally, owner, name, limit):
    """Return the members of a collection of some items, and how many requests reading took."""
    items = [
        item
        for item in rally.get(owner, fetch=['ObjectID', name], project=None, limit=limit)
        if item._item.get(name, {}).get('Count')
    ]
    before = rally.requests_made
    found = [[member.ref for member in getattr(item, name)] for item in items]
    return found, rally.requests_made - before


CHEAP = sorted(
    (owner, name, cost)
    for (cost, name), owners in TABLE.items()
    for owner in owners
    if cost != prices.AN_ITEM and prices.MODEL.types[owner].queryable
)


@pytest.mark.parametrize('owner, name, cost', CHEAP, ids=lambda each: each.replace(' ', '-'))
def test_the_demo_world_costs_no_more_and_shows_the_same(demo, owner, name, cost):
    found, requests = read(demo('batch'), owner, name, SIZE)
    assert requests <= {prices.FREE: 0, prices.A_PAGE: 3}[cost]
    assert found == read(demo('single'), owner, name, SIZE)[0]


def test_the_demo_world_has_many_of_them(demo):
    rally = demo('batch')
    held = [name for owner, name, _ in CHEAP if len(read(rally, owner, name, SIZE)[0]) > 3]
    assert len(held) >= 12

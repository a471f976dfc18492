"""What was served is known exactly, in whatever order it came, and costs little in order."""
from __future__ import absolute_import, division, print_function

import random
import sys

import pytest

from pyral.reading.served import ServedItems


def row(number, kind='defect'):
    return {'_ref': 'https://h/slm/webservice/v2.0/{0}/{1}'.format(kind, number)}


@pytest.mark.parametrize('seed', range(20))
def test_each_item_is_fresh_once_whatever_the_order(seed):
    choose = random.Random(seed)
    numbers = [choose.randrange(-20, 60) for _ in range(200)]
    if seed % 4 == 0:
        numbers.sort(reverse=seed % 8 == 0)
    seen, served, place = ServedItems(), [], 0
    while place < len(numbers):
        size = choose.randrange(1, 15)
        served += seen.fresh([row(number) for number in numbers[place:place + size]])
        place += size
    assert [each['_ref'] for each in served] == [
        row(number)['_ref'] for place, number in enumerate(numbers)
        if number not in numbers[:place]]


def test_rows_without_a_reference_are_always_new():
    rows = [{'_ref': None}, {'_ref': 'null'}, {'StringValue': 'x'}]
    seen = ServedItems()
    assert seen.fresh(rows) == rows and seen.fresh(rows) == rows


def test_references_without_a_number_and_huge_ones_are_distinguished():
    seen, rows = ServedItems(), [row('11u2w3'), row(2 ** 60), row(2 ** 60 + 1), row('x-y')]
    assert seen.fresh(rows) == rows and seen.fresh(rows) == []


def test_a_run_in_order_is_kept_as_bare_numbers():
    seen = ServedItems()
    for start in range(0, 20000, 200):
        assert len(seen.fresh([row(number) for number in range(start, start + 200)])) == 200
    assert sys.getsizeof(seen._run) < 20000 * 10 and not seen._has_others
    assert seen.fresh([row(0), row(19999), row(20000)]) == [row(20000)]


def test_items_in_any_order_are_kept_as_bare_numbers():
    numbers, seen = list(range(7, 20000 * 7, 7)), ServedItems()
    random.Random(3).shuffle(numbers)
    for start in range(0, len(numbers), 200):
        page = [row(number) for number in numbers[start:start + 200]]
        assert seen.fresh(page) == page and seen.fresh(page[:20]) == []
    held = [seen._run] + list(seen._others._sorted.values())
    assert sum(map(len, held)) == len(numbers) and not seen._names
    # An empty array has some sixty bytes, and grows by an eighth more than it needs.
    assert sum(map(sys.getsizeof, held)) < len(numbers) * 10 + len(held) * 100

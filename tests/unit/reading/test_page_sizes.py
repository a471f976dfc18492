"""How large pages are: even shares, never above the service's limit, smaller where it is slow."""
from __future__ import absolute_import, division, print_function

import threading

import pytest

from pyral._threads import SERVICE_WIDTH
from pyral.errors import RallyRESTAPIError, Timeout
from pyral.reading.page_sizes import (
    FIRST,
    LARGEST,
    SMALLEST,
    later_size,
    smaller_size,
    staggered,
)
from pyral.reading.pages import PageReader, PageStream
from pyral.reading.response import ReadOptions, respond
from tests.threads import GUARD_S, assert_ended, page_readers
from tests.unit.fakes import FakeTransport, answer, paged, row


@pytest.mark.parametrize('remaining,width,expected', [
    (49000, 10, 1700), (1000, 1, 1000), (500, 1, 1000), (1500, 1, 1500), (2000, 1, 2000),
    (9000, 2, 1500), (999000, 10, 2000), (2001, 1, 1100),
])
def test_the_rest_is_shared_out_evenly(remaining, width, expected):
    assert later_size(remaining, width, 1000, 0.3) == expected


@pytest.mark.parametrize('latency_s, item_s, size', [
    (0.1, 0.00025, 1700), (0.2, 0.00025, 1700), (0.05, 0.00025, 1000), (0.002, 0.00025, 1000),
    (0.08, 0.00025, 1300), (0.1, 0.0, 1700), (0.0, 0.0, 1700), (0.0, 0.001, 1000),
])
def test_pages_are_as_large_as_their_latency_is_worth(latency_s, item_s, size):
    page_s = latency_s + 1000 * item_s
    assert later_size(49000, 10, 1000, page_s, latency_s) == size


def test_one_after_the_other_pages_are_large_whatever_the_latency():
    assert later_size(1500, 1, 1000, 0.25, 0.001) == 1500


def test_a_slow_service_is_asked_for_less_at_a_time():
    assert later_size(49000, 10, 1000, 40.0, 0.1) == 500
    assert later_size(49000, 10, 1000, 40.0) == 500
    assert later_size(49000, 10, 1000, 100000.0) == SMALLEST


def test_sizes_stay_between_the_smallest_and_the_largest():
    for remaining in range(1, 200000, 997):
        for width in range(1, 13):
            for latency_s in (None, 0.001, 0.05):
                size = later_size(remaining, width, 1000, 0.1, latency_s)
                assert SMALLEST <= size <= LARGEST
    assert smaller_size(1000) == 250 and smaller_size(SMALLEST) == SMALLEST


@pytest.mark.parametrize('remaining, width, even, page_s, least, most, later', [
    (49800, 12, 1400, 0.15, 200, 1900, 1600), (999800, 12, 2000, 0.15, 400, 2000, 2000),
    (49800, 12, 1400, 2.7, 200, 1400, 1200), (49800, 12, 500, 8.0, 100, 500, 500),
    (49800, 12, 1400, 0.0, 200, 1900, 1600), (3000, 2, 20, 1000.0, 20, 20, 20)])
def test_of_the_pages_asked_for_at_once_the_next_ones_are_small(
        remaining, width, even, page_s, least, most, later):
    found = staggered(remaining, width, even, 200, page_s)
    assert (found[0], found[width - 1], found[-1]) == (least, most, later)
    assert found[:width] == sorted(found[:width]) and set(found[width:]) == set([later])
    assert sum(found) >= remaining > sum(found[:-1])


@pytest.mark.parametrize('remaining, width, even, count', [
    (9800, 12, 1100, 9), (49800, 1, 1400, 36), (32200, 12, 1400, 23), (12, 12, 1, 12)])
def test_pages_that_are_all_asked_for_at_once_are_of_one_size(remaining, width, even, count):
    assert staggered(remaining, width, even, 200, 0.15) == [even] * count


def test_a_first_page_that_was_slow_makes_no_later_page_too_slow():
    for page_s in (0.5, 2.0, 5.0, 19.0, 40.0):
        even = later_size(49800, 12, 200, page_s, 0.1)
        for size in staggered(49800, 12, even, 200, page_s):
            assert size * page_s / 200 <= 20.0


def rows(count):
    return [row(number) for number in range(1, count + 1)]


def slow_above(limit, items, failure):
    """Return a handler for which pages of more than `limit` items fail."""
    serve = paged(items)

    def handle(path, params):
        if int(params['pagesize']) > limit:
            found = failure()
            if isinstance(found, Exception):
                raise found
            return found
        return serve(path, params)
    return handle


FAILURES = [lambda: Timeout("timed out"), lambda: answer(b'gateway', 504),
            lambda: answer(b'gateway', 524)]


@pytest.mark.parametrize('failure', FAILURES, ids=['timeout', '504', '524'])
@pytest.mark.parametrize('threads', [1, 4])
def test_a_page_that_takes_too_long_is_read_in_parts(failure, threads):
    items = rows(1500)
    transport = FakeTransport(slow_above(100, items, failure))
    stream = PageStream(PageReader(transport, 'Defect', [('pagesize', 500)]), threads=threads)
    assert [item for part in stream for item in part] == items
    assert stream.missing == 0
    tried = [int(params['pagesize']) for _, params in transport.requests]
    assert tried[:3] == [500, 125, 31]
    assert tried.count(500) <= threads and tried.count(125) <= threads


def test_a_later_page_that_takes_too_long_comes_whole_and_in_its_place():
    items, slow = rows(1200), threading.Event()

    def handle(path, params):
        if int(params['start']) == 401 and int(params['pagesize']) > 50:
            slow.set()
            raise Timeout("timed out")
        return paged(items)(path, params)

    stream = PageStream(PageReader(FakeTransport(handle), 'Defect', [('pagesize', 100)]),
                        threads=4)
    assert [item for part in stream for item in part] == items and slow.is_set()


def test_what_stays_too_slow_at_the_smallest_size_is_an_error():
    transport = FakeTransport(slow_above(0, rows(50), FAILURES[0]))
    with pytest.raises(Timeout):
        PageReader(transport, 'Defect', [('pagesize', 1000)])(1)
    assert [int(params['pagesize']) for _, params in transport.requests] == [1000, 250, 62, 20]
    transport = FakeTransport(slow_above(0, rows(50), FAILURES[1]))
    with pytest.raises(RallyRESTAPIError) as caught:
        PageReader(transport, 'Defect', [('pagesize', 1000)])(1)
    assert caught.value.status_code == 504


def test_an_open_size_grows_after_the_first_page_and_a_given_one_does_not():
    for is_open, sizes in ((True, [1000, 1500]), (False, [1000, 1000, 1000])):
        transport = FakeTransport(paged(rows(2500)))
        response = respond(transport, 'Defect', [('fetch', 'true'), ('pagesize', 1000)], None,
                           options=ReadOptions(is_open=is_open))
        assert len(list(response)) == 2500
        assert [int(params['pagesize']) for _, params in transport.requests] == sizes


class Distant(FakeTransport):
    """A service some way off, by a clock of its own: each request takes a time, and each item."""

    def __init__(self, items, latency_s, item_s, cap=LARGEST):
        super(Distant, self).__init__(paged(items, cap))
        self.latency_s, self._item_s = latency_s, item_s

    def get(self, path, params=None, **options):
        found = super(Distant, self).get(path, params, **options)
        served = len(found.json()['QueryResult']['Results'])
        found.elapsed_s = self.latency_s + self._item_s * served
        return found


@pytest.mark.parametrize('latency_s, sizes', [
    (0.1, [1000] + [1300] * 12), (0.01, [700] * 22 + [1000])])
def test_the_latency_that_was_met_decides_the_later_pages_and_not_what_they_hold(latency_s, sizes):
    items = rows(16000)
    transport = Distant(items, latency_s, 0.00025)
    response = respond(transport, 'Defect', [('pagesize', 1000)], None,
                       options=ReadOptions(is_open=True))
    assert [entity._item for entity in response] == items
    assert sorted(int(params['pagesize']) for _, params in transport.requests) == sizes
    assert response.max_threads == 12


def seconds(page_sizes, width, latency_s=0.1, item_s=0.00025):
    """Return how long pages take that are asked for in turn by so many threads."""
    free_at = [0.0] * width
    for size in page_sizes:
        free_at.append(free_at.pop(free_at.index(min(free_at))) + latency_s + item_s * size)
    return max(free_at)


@pytest.mark.parametrize('count', [20000, 50000, 100000, 250000])
def test_a_query_of_open_size_takes_no_longer_than_plain_pages_of_1000(count):
    transport = Distant(rows(count), 0.1, 0.00025)
    response = respond(transport, 'Defect', [('pagesize', FIRST)], None,
                       options=ReadOptions(is_open=True))
    assert transport.starts == [1]
    assert seconds([FIRST], 1) <= 0.6 * seconds([1000], 1)
    assert sum(1 for _ in response) == count
    asked = sorted((int(params['start']), int(params['pagesize']))
                   for _, params in transport.requests)
    served = [min(size, count + 1 - start) for start, size in asked]
    assert sum(served) == count
    plain = seconds([1000] * (count // 1000), SERVICE_WIDTH)
    assert seconds(served[:1], 1) + seconds(served[1:], response.max_threads) <= plain


def test_pages_that_are_cut_by_the_service_are_completed_whatever_their_size():
    items = rows(50000)
    transport = Distant(items, 0.1, 0.00025, cap=1500)
    response = respond(transport, 'Defect', [('pagesize', FIRST)], None,
                       options=ReadOptions(is_open=True))
    assert [entity._item for entity in response] == items
    assert response.complete and response.max_threads == SERVICE_WIDTH


@pytest.mark.parametrize('count, requests', [
    (1, 1), (200, 1), (201, 2), (1000, 2), (2000, 2), (2199, 2), (2200, 3), (4200, 5)])
def test_a_query_of_open_size_takes_few_requests(count, requests):
    transport = FakeTransport(paged(rows(count)))
    response = respond(transport, 'Defect', [('pagesize', FIRST)], None,
                       options=ReadOptions(is_open=True))
    assert len(list(response)) == count and len(transport.requests) == requests


def test_a_size_that_was_given_stays_whatever_the_latency():
    transport = Distant(rows(9000), 0.01, 0.001)
    response = respond(transport, 'Defect', [('pagesize', 1800)], None)
    assert len(list(response)) == 9000 and response.max_threads == 2
    assert set(int(params['pagesize']) for _, params in transport.requests) == set([1800])


def test_a_service_that_caps_pages_is_not_asked_for_more():
    transport = FakeTransport(paged(rows(1000), cap=200))
    response = respond(transport, 'Defect', [('pagesize', 1000)], None,
                       options=ReadOptions(is_open=True))
    assert len(list(response)) == 1000
    assert transport.starts == [1, 201, 401, 601, 801]


def test_the_next_pages_are_asked_for_while_the_first_is_being_used():
    asked = threading.Event()
    transport = FakeTransport(paged(rows(1500), before=lambda start: start > 1 and asked.set()
                                    or None))
    response = respond(transport, 'Defect', [('pagesize', 100)], None)
    for _ in range(49):
        next(response)
    assert len(transport.requests) == 1
    next(response)
    assert asked.wait(GUARD_S)
    assert 1 < len(transport.requests) <= 1 + 6 and response.max_threads == 4
    response.close()
    assert list(response) == []


def test_leaving_early_stops_asking():
    transport = FakeTransport(paged(rows(20000)))
    response = respond(transport, 'Defect', [('pagesize', 100)], None)
    for _ in range(60):
        next(response)
    response_width = response.max_threads
    del response
    assert_ended(page_readers())
    assert len(transport.requests) <= 1 + 15 and response_width == 10

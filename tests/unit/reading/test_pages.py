"""Every item once and in order, or an error that says where; and no request too many."""
from __future__ import absolute_import, division, print_function

import gc
import threading

import pytest

from pyral.errors import RallyResponseError, RallyRESTAPIError
from pyral.reading.pages import PageReader, PageStream, width_for
from tests.threads import GUARD_S, assert_ended, page_readers
from tests.unit.fakes import FakeTransport, answer, page, paged, row


def stream(handler, pagesize=10, **options):
    """Return (transport, stream) over a handler."""
    transport = FakeTransport(handler)
    reader = PageReader(transport, 'Defect', [('fetch', 'true'), ('pagesize', pagesize)], 'Defect')
    return transport, PageStream(reader, target='Defect', **options)


def numbers(pages):
    """Return the ObjectIDs served."""
    return [int(item['_ref'].rpartition('/')[2]) for items in pages for item in items]


def rows(count):
    return [row(number) for number in range(1, count + 1)]


@pytest.mark.parametrize('options, starts, served', [
    ({}, [1, 11, 21], 25),
    ({'limit': 15}, [1, 11], 15),
    ({'limit': 10}, [1], 10),
    ({'limit': 3}, [1], 3),
    ({'limit': -5}, [1], 0),
    ({'start': 10}, [10, 20], 16),
    ({'start': 25}, [25], 1),
    ({'start': 26}, [26], 0),
])
def test_starts_and_items_follow_start_and_limit(options, starts, served):
    transport, pages = stream(paged(rows(25)), **options)
    assert len(numbers(pages)) == served
    assert transport.starts == starts


def test_a_page_of_one_reads_every_item():
    transport, pages = stream(paged(rows(25)), pagesize=1)
    assert numbers(pages) == list(range(1, 26))
    assert len(transport.requests) == 25


def test_later_starts_follow_the_page_size_the_service_serves():
    transport, pages = stream(paged(rows(450), cap=200), pagesize=500)
    assert numbers(pages) == list(range(1, 451))
    assert transport.starts == [1, 201, 401]


def test_a_cap_the_service_does_not_report_is_seen_in_what_it_sends():
    def handle(path, params):
        start = int(params['start'])
        return page(rows(450)[start - 1:start + 199], 450, start, 500)
    transport, pages = stream(handle, pagesize=500)
    assert numbers(pages) == list(range(1, 451))


def test_a_short_page_in_the_middle_is_completed():
    def short(start):
        return page(rows(40)[10:17], 40, 11, 10) if start == 11 else None
    transport, pages = stream(paged(rows(40), before=short))
    assert numbers(pages) == list(range(1, 41))


def test_rows_hidden_from_the_account_shift_nothing():
    visible = [item for item in rows(40) if item['_ref'].rpartition('/')[2] not in ('13', '15')]

    def handle(path, params):
        start = int(params['start'])
        window = rows(40)[start - 1:start + 9]
        return page([item for item in window if item in visible], 40, start, 10)
    transport, pages = stream(handle)
    assert numbers(pages) == [number for number in range(1, 41) if number not in (13, 15)]
    assert pages.missing == 2


def test_a_total_that_is_too_high_is_noted_after_a_short_last_page():
    def handle(path, params):
        start = int(params['start'])
        return page(rows(23)[start - 1:start + 9], 25, start, 10)
    transport, pages = stream(handle)
    assert numbers(pages) == list(range(1, 24))
    assert pages.missing == 2


def test_a_total_that_shrinks_while_paging_is_believed():
    def handle(path, params):
        start = int(params['start'])
        count = 40 if start == 1 else 32
        return page(rows(count)[start - 1:start + 9], count, start, 10)
    transport, pages = stream(handle)
    assert numbers(pages) == list(range(1, 33))
    assert pages.missing == 0


def test_an_empty_later_page_raises_and_says_where():
    transport, pages = stream(paged(rows(40), before=lambda start: (
        page([], 40, 21, 10) if start == 21 else None)))
    with pytest.raises(RallyResponseError) as caught:
        numbers(pages)
    assert 'index 21' in caught.value.args[0]


def test_an_empty_later_page_of_a_collection_ends_it_and_is_noted():
    transport, pages = stream(paged(rows(40), before=lambda start: (
        page([], 40, start, 10) if start > 20 else None)), is_tolerant=True)
    assert numbers(pages) == list(range(1, 21))
    assert pages.missing == 20


def test_a_page_that_repeats_the_first_one_raises():
    transport, pages = stream(lambda path, params: page(rows(10), 40, 1, 10))
    with pytest.raises(RallyResponseError) as caught:
        numbers(pages)
    assert 'repeats' in caught.value.args[0] and 'index 11' in caught.value.args[0]


def test_a_row_that_moved_to_the_next_page_is_served_once():
    def handle(path, params):
        start = int(params['start'])
        items = rows(30)[start - 1:start + 9]
        return page(rows(30)[9:19] if start == 11 else items, 30, start, 10)
    transport, pages = stream(handle)
    served = numbers(pages)
    assert len(served) == len(set(served))
    assert pages.missing == 30 - len(served)


FAULTS = {
    'errors in the envelope': page([], 40, 21, 10, errors=['Could not read']),
    'no json': answer(b'<html>proxy</html>', url='https://rally.test/x'),
    'http error': answer(b'<html>oops</html>', status=502, url='https://rally.test/x'),
}


@pytest.mark.parametrize('fault', sorted(FAULTS))
def test_a_failing_later_page_raises(fault):
    transport, pages = stream(paged(rows(40), before=lambda start: (
        FAULTS[fault] if start == 21 else None)))
    with pytest.raises(RallyResponseError) as caught:
        numbers(pages)
    assert 'index 21' in caught.value.args[0]


def test_a_failing_first_page_raises_the_service_error():
    with pytest.raises(RallyRESTAPIError):
        stream(lambda path, params: page([], errors=['Could not parse: x']))


@pytest.mark.parametrize('pagesize, width', [(500, 1), (200, 2), (100, 4), (50, 8), (30, 10)])
def test_the_width_follows_the_number_of_pages(pagesize, width):
    assert width_for(None, 1500, pagesize) == width


@pytest.mark.parametrize('threads, width', [
    (1, 1), (3, 3), (12, 12), (13, 4), (0, 4), (-1, 4), ('junk', 4), (True, 4)])
def test_threads_is_an_upper_bound_from_1_to_12(threads, width):
    assert width_for(threads, 1500, 100) == width


@pytest.mark.parametrize('wanted, threads, width', [
    (1500, None, 1), (4000, None, 3), (5000, None, 4), (9000, None, 8), (50000, None, 12),
    (5000, 3, 3), (5000, 12, 4)])
def test_a_free_page_size_shares_the_rest_of_several_pages_among_more_threads(
        wanted, threads, width):
    assert width_for(threads, wanted, 1000, is_free=True) == width


def test_a_thousand_items_are_read_one_page_after_the_other():
    assert width_for(None, 1000, 100) == 1
    assert width_for(None, 950, 100) == 1


@pytest.mark.parametrize('count, pagesize', [(1500, 100), (1001, 100), (3000, 7)])
def test_prefetch_keeps_the_order_and_the_bound(count, pagesize):
    handler, later_page = paged(rows(count)), threading.Event()

    def second_after_third(path, params):
        start = int(params['start'])
        assert start != 1 + pagesize or later_page.wait(GUARD_S)
        found = handler(path, params)
        if start == 1 + 2 * pagesize:
            later_page.set()
        return found
    transport, pages = stream(second_after_third, pagesize=pagesize)
    assert numbers(pages) == list(range(1, count + 1))
    assert 1 < transport.most_at_once <= pages.width
    assert len(transport.requests) == -(-count // pagesize)


def test_one_thread_asks_only_when_the_next_item_is_needed():
    transport, pages = stream(paged(rows(1500)), pagesize=100, threads=1)
    next(pages)
    assert transport.starts == [1]
    next(pages)
    assert transport.starts == [1, 101]


def test_an_abandoned_stream_stops_its_workers():
    transport, pages = stream(paged(rows(20000)), pagesize=10, threads=4)
    next(pages)
    next(pages)
    pages_read = len(transport.requests)
    gc.disable()
    try:
        del pages
        assert_ended(page_readers())
    finally:
        gc.enable()
    assert len(transport.requests) <= pages_read + 8


def test_a_url_with_a_query_of_its_own_is_merged_not_appended():
    transport = FakeTransport(paged(rows(3)))
    reader = PageReader(transport, 'https://rally.test/slm/webservice/v2.0/defect/1/Tasks?'
                        'fetch=Name&start=9&pagesize=5', [('pagesize', 200)], 'Tasks')
    reader(1)
    path, params = transport.requests[0]
    assert '?' not in path
    assert params == {'fetch': 'Name', 'pagesize': 200, 'start': 1}

"""One reading of a list that may change meanwhile: every item once, in order, or an error."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral.errors import RallyResponseError, Timeout
from pyral.http.envelope import Page
from pyral.reading.page_checks import CheckedPages


def item(number):
    """Return a raw item."""
    return {'_ref': 'https://h/slm/webservice/v2.0/defect/{0}'.format(number), 'n': number}


class Service(object):
    """A list of numbers served page by page.

    :param numbers: the items at the beginning.
    :param changes: {how many pages were asked for before: function of the list}.
    :param pages: {start index: function of the page it would be}; each is called once.
    """

    def __init__(self, numbers, size=10, changes=None, pages=None):
        self.numbers, self.size = list(numbers), size
        self.changes, self.pages = changes or {}, pages or {}
        self.starts = []

    def __call__(self, start):
        change = self.changes.get(len(self.starts))
        if change is not None:
            change(self.numbers)
        self.starts.append(start)
        found = Page(len(self.numbers), start, self.size,
                     [item(n) for n in self.numbers[start - 1:start - 1 + self.size]], [], [])
        special = self.pages.pop(start, None)
        return found if special is None else special(found)

    def run(self, start=1, limit=None, is_tolerant=False, width=1):
        """Return the run, and the numbers it serves."""
        first = self(start)
        run = CheckedPages(self, first, start, limit, is_tolerant, 'Defect')
        return run, [each['n'] for items in run.pages(first, width) for each in items]


@pytest.mark.parametrize('width', [1, 4])
@pytest.mark.parametrize('start, limit, served', [
    (1, None, list(range(1, 36))), (1, 12, list(range(1, 13))), (1, 10, list(range(1, 11))),
    (1, 0, []), (8, None, list(range(8, 36))), (8, 5, list(range(8, 13))), (36, None, []),
    (1, 99, list(range(1, 36))),
])
def test_items_come_in_order_from_the_start_up_to_the_limit(start, limit, served, width):
    run, found = Service(range(1, 36)).run(start, limit, width=width)
    assert found == served
    assert (run.delivered, run.missing, run.total) == (len(served), 0, 35)


def test_no_page_is_asked_for_that_is_not_needed():
    for limit, starts in ((None, [1, 11, 21, 31]), (20, [1, 11]), (21, [1, 11, 21]), (3, [1])):
        service = Service(range(1, 36))
        service.run(limit=limit)
        assert service.starts == starts


def test_items_that_went_away_before_the_page_push_none_out():
    service = Service(range(1, 31), changes={1: lambda numbers: numbers.__delitem__(slice(0, 3))})
    run, found = service.run()
    assert found == list(range(1, 31)) and run.total == 27
    assert service.starts == [1, 11, 8, 21, 28]


def test_items_that_came_in_front_are_not_served_twice():
    service = Service(range(1, 31), changes={1: lambda numbers: numbers.insert(0, 99)})
    _, found = service.run()
    assert sorted(found) == sorted(set(found)) and set(found) >= set(range(1, 31))


def test_items_that_were_added_at_the_end_meanwhile_are_served_too():
    service = Service(range(1, 31), changes={2: lambda numbers: numbers.extend([31, 32])})
    run, found = service.run()
    assert found == list(range(1, 33)) and run.missing == 0


def test_a_list_that_changes_faster_than_it_can_be_read_stops_with_the_place():
    service = Service(range(1, 400))
    service.changes = dict((number, lambda numbers: numbers.pop(0)) for number in range(1, 99))
    with pytest.raises(RallyResponseError) as caught:
        service.run()
    assert 'changes faster than it can be read' in caught.value.args[0]
    assert caught.value.resume_at == 11 and '10 items were served before' in caught.value.hint


def test_a_short_page_is_completed_from_where_it_stopped():
    service = Service(range(1, 31), pages={11: lambda page: page._replace(items=page.items[:4])})
    _, found = service.run()
    assert found == list(range(1, 31)) and service.starts == [1, 11, 15, 21]


def test_a_row_left_out_in_the_middle_of_a_page_is_put_back_in_its_place():
    service = Service(range(1, 31), pages={
        11: lambda page: page._replace(items=page.items[:4] + page.items[5:])})
    run, found = service.run()
    assert found == list(range(1, 31)) and run.missing == 0


def test_an_empty_page_is_asked_for_once_more():
    service = Service(range(1, 31), pages={11: lambda page: page._replace(items=[])})
    _, found = service.run()
    assert found == list(range(1, 31)) and service.starts == [1, 11, 11, 21]


def test_a_page_that_stays_empty_stops_with_the_place_unless_members_may_be_hidden():
    class Ending(Service):
        def __call__(self, start):
            found = super(Ending, self).__call__(start)
            return found._replace(items=[]) if start == 21 else found

    with pytest.raises(RallyResponseError) as caught:
        Ending(range(1, 31)).run()
    assert 'index 21 is empty though the service announced 30 items' in caught.value.args[0]
    assert caught.value.resume_at == 21 and 'start=21 goes on from there' in caught.value.hint
    run, found = Ending(range(1, 31)).run(is_tolerant=True)
    assert found == list(range(1, 21)) and run.missing == 10


def test_a_page_that_repeats_is_asked_for_once_more():
    first = [item(number) for number in range(1, 11)]
    service = Service(range(1, 31), pages={11: lambda page: page._replace(items=first)})
    _, found = service.run()
    assert found == list(range(1, 31)) and service.starts == [1, 11, 11, 21]


def test_a_service_that_ignores_the_start_is_told():
    class Deaf(Service):
        def __call__(self, start):
            return super(Deaf, self).__call__(1)

    with pytest.raises(RallyResponseError) as caught:
        Deaf(range(1, 31)).run()
    assert 'index 11 repeats items that were served before' in caught.value.args[0]
    assert caught.value.hint.startswith('The service may ignore the start parameter. ')


@pytest.mark.parametrize('total', [0, -1, 5])
def test_a_total_that_cannot_be_true_is_not_believed(total):
    service = Service(range(1, 31), pages={11: lambda page: page._replace(total=total)})
    run, found = service.run()
    assert found == list(range(1, 31)) and run.total == 30


def test_a_page_that_fails_says_where_to_go_on_and_keeps_the_reason():
    def fail(page):
        raise Timeout('too late', url='https://h/defect', hint='Ask again.')

    with pytest.raises(RallyResponseError) as caught:
        Service(range(1, 31), pages={21: fail}).run()
    error = caught.value
    assert error.args[0] == ('Unable to retrieve the page of Defect at index 21 of 30: too late')
    assert isinstance(error.cause, Timeout) and error.url == 'https://h/defect'
    assert error.resume_at == 21 and error.hint == (
        '20 items were served before; start=21 goes on from there. Ask again.')


def test_fewer_items_than_announced_are_counted_at_the_end():
    service = Service(range(1, 28), pages={})
    first = service(1)._replace(total=30)
    run = CheckedPages(
        lambda start: service(start)._replace(total=30), first, 1, None, True, 'Defect')
    found = [each['n'] for items in run.pages(first, 1) for each in items]
    assert found == list(range(1, 28)) and run.missing == 3


class Reader(Service):
    """The same service read by what can change the size of the later pages."""

    sizes = (15, 15)

    def __call__(self, start, size=10):
        self.size = size
        return super(Reader, self).__call__(start)

    def is_free(self, first_size):
        return first_size == 10

    def later_sizes(self, first_size, remaining, width):
        return self.sizes

    def address(self, start):
        return 'https://h/defect?start={0}'.format(start)


@pytest.mark.parametrize('sizes, lengths, starts', [
    ((15, 15), [10, 15, 15], [1, 11, 26]), ((5, 15, 10), [10, 5, 15, 10], [1, 11, 16, 31]),
    ((5, 35), [10, 5, 25], [1, 11, 16]), (None, [10] * 4, [1, 11, 21, 31])])
def test_a_reader_decides_the_size_of_the_later_pages(sizes, lengths, starts):
    reader = Reader(range(1, 41))
    reader.sizes = sizes
    first = reader(1)
    run = CheckedPages(reader, first, 1, None, False, 'Defect', reader=reader)
    assert run.is_free
    pages = list(run.pages(first, 1))
    assert [each['n'] for items in pages for each in items] == list(range(1, 41))
    assert [len(items) for items in pages] == lengths
    assert sorted(reader.starts) == starts


def test_a_page_that_is_wrong_is_told_with_its_address_where_the_reader_knows_it():
    reader = Reader(range(1, 41), pages={11: lambda page: page._replace(items=[])})
    first = reader(1)
    reader.numbers = []
    run = CheckedPages(reader, first, 1, None, False, 'Defect', reader=reader)
    with pytest.raises(RallyResponseError) as caught:
        list(run.pages(first, 1))
    assert caught.value.url == 'https://h/defect?start=11'


def test_a_reading_in_a_child_process_says_where_it_stopped():
    service = Service(range(1, 31))
    first = service(1)
    run = CheckedPages(service, first, 1, None, False, 'Defect')
    next(run.pages(first, 1))
    error = run.left_behind()
    assert error.resume_at == 11 and 'forked from' in error.args[0]

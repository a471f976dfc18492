"""Statements 87 to 98: what a response serves, in which requests, and how it fails."""
from __future__ import absolute_import, division, print_function

import pytest
import requests

from pyral import Rally, RallyResponseError
from pyral.advice import RallyWarning
from pyral.http.retry_policy import RetryPolicy
from tests.fake_http import FakeHTTP, FakeRally, Reply

SERVICE = 'https://rally.test/slm/webservice/v2.0/'


def row(number):
    """Return a raw defect."""
    return {'_ref': '{0}defect/{1}'.format(SERVICE, number), '_type': 'Defect',
            '_refObjectName': 'd{0}'.format(number), 'Name': 'd{0}'.format(number),
            '_rallyAPIMajor': '2', '_rallyAPIMinor': '0'}


class Defects(object):
    """A service with so many defects; what it answers at a start index may be replaced.

    :param cap: the largest page.
    :param special: {start index: function of the regular rows that returns a reply}.
    """

    def __init__(self, count, cap=2000, special=None):
        self.count, self.cap, self.special = count, cap, special or {}
        self.others = FakeRally()
        self.starts = []

    def __call__(self, seen):
        if not seen.path.lower().endswith('/defect'):
            return self.others(seen)
        start = int(seen.params['start'])
        self.starts.append(start)
        size = min(self.cap, int(seen.params['pagesize']))
        rows = [row(number) for number in range(start, min(start + size, self.count + 1))]
        if start in self.special:
            return self.special[start](rows)
        return self.page(rows, start, size)

    def page(self, rows, start, size, errors=()):
        """Return a QueryResult."""
        return Reply({'QueryResult': {
            'Errors': list(errors), 'Warnings': [], 'TotalResultCount': self.count,
            'StartIndex': start, 'PageSize': size, 'Results': rows}})


def connected(service, **keywords):
    """Return a `Rally` at a fake service."""
    return Rally('rally.test', 'u@test', 'secret', adapter=FakeHTTP(service),
                 retry=RetryPolicy(sleep=lambda seconds: None), **keywords)


def served(response):
    """Return the ObjectIDs a response serves."""
    return [item.oid for item in response]


def test_87_pages_are_asked_for_in_order_and_all_items_served():
    service = Defects(25)
    response = connected(service).get('Defect', fetch='Name', pagesize=10)
    assert served(response) == list(range(1, 26))
    assert service.starts == [1, 11, 21]


def test_88_a_limit_stops_requests_and_leaves_the_count():
    service = Defects(25)
    response = connected(service).get('Defect', fetch='Name', pagesize=10, limit=15)
    assert served(response) == list(range(1, 16))
    assert service.starts == [1, 11] and response.resultCount == 25


def test_88_a_limit_that_is_no_number_is_said_and_means_all():
    with pytest.warns(RallyWarning):
        response = connected(Defects(25)).get('Defect', pagesize=10, limit='junk')
    assert len(served(response)) == 25


@pytest.mark.parametrize('limit, count', [(10, 10), (3, 3), (0, 25), (None, 25), (-5, 0)])
def test_88_limits_of_every_kind(limit, count):
    service = Defects(25)
    assert len(served(connected(service).get('Defect', pagesize=10, limit=limit))) == count


def test_89_a_start_serves_the_rest():
    service = Defects(25)
    assert served(connected(service).get('Defect', start=10)) == list(range(10, 26))
    assert served(connected(service).get('Defect', start='25')) == [25]
    assert served(connected(service).get('Defect', start=26)) == []


def test_90_later_starts_follow_the_served_page_size():
    service = Defects(450, cap=200)
    assert served(connected(service).get('Defect', pagesize=500)) == list(range(1, 451))
    assert service.starts == [1, 201, 401]


def test_91_a_short_page_loses_and_repeats_nothing():
    service = Defects(40)
    service.special[11] = lambda rows: service.page(rows[:7], 11, 10)
    assert served(connected(service).get('Defect', pagesize=10)) == list(range(1, 41))


def test_91_a_short_page_among_parallel_ones_loses_and_repeats_nothing():
    service = Defects(1500)
    service.special[301] = lambda rows: service.page(rows[:64], 301, 100)
    assert served(connected(service).get('Defect', pagesize=100)) == list(range(1, 1501))


def test_91_an_empty_page_before_the_end_raises():
    service = Defects(40)
    service.special[21] = lambda rows: service.page([], 21, 10)
    with pytest.raises(RallyResponseError) as caught:
        served(connected(service).get('Defect', pagesize=10))
    assert 'index 21' in caught.value.args[0]


def test_92_a_page_and_one_item_more_is_served_whole():
    service = Defects(1001)
    assert served(connected(service).get('Defect', pagesize=100)) == list(range(1, 1002))


@pytest.mark.parametrize('fault', ['errors', 'no json', 'http error', 'network'])
def test_93_a_failing_later_page_raises(fault):
    service = Defects(40)
    service.special[21] = lambda rows: {
        'errors': lambda: service.page([], 21, 10, errors=['Could not read']),
        'no json': lambda: Reply(u'<html>sign in</html>'),
        'http error': lambda: Reply(u'<html>gone</html>', status=410),
        'network': lambda: requests.exceptions.ConnectionError('connection lost'),
    }[fault]()
    response = connected(service).get('Defect', pagesize=10)
    with pytest.raises(RallyResponseError):
        served(response)
    assert response.served == 20 and not response.complete


@pytest.mark.parametrize('pagesize, width', [(500, 1), (200, 2), (100, 4), (50, 8), (30, 10)])
def test_94_the_number_of_threads_follows_the_result(pagesize, width):
    service = Defects(1500)
    response = connected(service).get('Defect', pagesize=pagesize)
    assert response.max_threads == width
    assert served(response) == list(range(1, 1501))


def test_94_one_thread_is_sequential():
    service = Defects(1500)
    response = connected(service).get('Defect', pagesize=100, threads=1)
    assert response.max_threads == 1
    assert served(response) == list(range(1, 1501))
    assert service.starts == list(range(1, 1501, 100))


def test_94_a_thousand_items_and_small_limits_need_few_threads():
    service = Defects(1000)
    assert connected(service).get('Defect', pagesize=100).max_threads == 1
    service = Defects(1500)
    assert connected(service).get('Defect', pagesize=100, limit=950).max_threads <= 2


def test_95_an_exhausted_response_stays_exhausted(rally):
    response = rally.get('Defect', fetch='Name')
    assert list(response)
    with pytest.raises(StopIteration):
        next(response)
    assert list(response) == []


def test_96_an_empty_result_is_true_and_prints(rally):
    response = rally.get('Defect', query='Name = "no such thing"')
    assert response and list(response) == []
    assert repr(response) == '200 QueryResult TotalResultCount: 0  Results: []'


def test_97_a_result_prints_its_type_and_numbers(rally):
    response = rally.get('Defect', fetch='Name')
    expected = 'Defect result set, totalResultSetSize: {0}, startIndex: 1'
    assert repr(response).startswith(expected.format(response.resultCount))


def test_98_nothing_is_printed(rally, capsys):
    service = Defects(40)
    service.special[11] = lambda rows: service.page(rows[:7], 11, 10)
    served(connected(service).get('Defect', pagesize=10))
    list(rally.get('Defect', query='Nonsense = 3').errors)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ('', '')


def test_a_failed_read_tells_and_never_looks_empty(rally):
    response = rally.get('Defect', query='Nonsense = 3')
    assert not response and response.errors and response.resultCount == 0
    assert response.status_code == 422
    with pytest.raises(Exception) as caught:
        list(response)
    assert response.errors[0] in caught.value.args[0]

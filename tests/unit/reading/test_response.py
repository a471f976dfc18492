"""A response is a value: numbers, errors, one pass over entities; a failure never looks empty."""
from __future__ import absolute_import, division, print_function

import weakref

import pytest

from pyral.errors import NotFoundError, RallyResponseError, RallyRESTAPIError, TransportError
from pyral.reading.response import ErrorResponse, RallyRESTResponse, ReadOptions, respond
from tests.unit.fakes import FakeTransport, answer, defects_and_users, page, paged, row


def ask(handler, pagesize=10, **options):
    """Return (transport, response) of a query."""
    transport = FakeTransport(handler)
    hydration = options.pop('hydration', 'full')
    return transport, respond(transport, 'Defect', [('fetch', 'true'), ('pagesize', pagesize)],
                              None, hydration, ReadOptions(**options))


def rows(count):
    return [row(number, Name='d%d' % number) for number in range(1, count + 1)]


def test_a_response_knows_its_numbers_before_anything_is_served():
    transport, response = ask(paged(rows(25)))
    assert response.status_code == 200 and bool(response) is True
    assert (response.resultCount, response.total, response.pageSize) == (25, 25, 10)
    assert response.startIndex == 1 and response.served == 0 and response.complete is False
    assert response.errors == [] and response.warnings == []
    assert response.target == 'Defect' and response.request_type == 'Query'
    assert response.data['TotalResultCount'] == 25
    assert response.content['QueryResult'] is response.data
    assert len(response._page) == 10
    assert response.resource.startswith('https://rally.test/slm/webservice/v2.0/Defect?fetch=true')
    assert transport.starts == [1]


def test_items_are_served_once_and_in_order():
    transport, response = ask(paged(rows(25)))
    assert iter(response) is response
    assert [each.oid for each in response] == list(range(1, 26))
    assert list(response) == []
    with pytest.raises(StopIteration):
        response.next()
    assert response.complete is True and response.served == 25


def test_the_start_index_follows_the_page_being_served():
    transport, response = ask(paged(rows(25)))
    seen = []
    for _ in response:
        seen.append(response.startIndex)
    assert seen == [1] * 10 + [11] * 10 + [21] * 5


def test_a_limit_stops_requests_and_shows_as_incomplete():
    transport, response = ask(paged(rows(25)), limit=15)
    assert len(list(response)) == 15
    assert transport.starts == [1, 11]
    assert response.resultCount == 25 and response.complete is False


def test_a_start_serves_the_rest():
    transport, response = ask(paged(rows(25)), start=10)
    assert len(list(response)) == 16
    assert response.complete is True


def test_an_empty_result_is_true_and_prints_as_one():
    transport, response = ask(paged([]))
    assert bool(response) and list(response) == []
    assert repr(response) == '200 QueryResult TotalResultCount: 0  Results: []'
    assert response.complete is True


def test_repr_names_type_numbers_and_place():
    transport, response = ask(paged(rows(25)))
    next(response)
    assert repr(response) == ('Defect result set, totalResultSetSize: 25, startIndex: 1  '
                              'pageSize: 10  current Index: 1')


def test_errors_in_a_200_answer_become_422_and_raise_when_iterated():
    transport, response = ask(lambda path, params: page([], errors=['Could not parse: x'],
                                                        warnings=['old']))
    assert response.status_code == 422 and not response
    assert response.errors == ['Could not parse: x'] and response.warnings == ['old']
    assert response.resultCount == 0 and repr(response) == '422 Could not parse: x'
    with pytest.raises(RallyRESTAPIError) as caught:
        list(response)
    assert caught.value.args[0] == '422 Could not parse: x'
    with pytest.raises(RallyRESTAPIError):
        response.raise_for_errors()
    assert response.complete is False


@pytest.mark.parametrize('status', [404, 500, 503])
def test_an_http_error_keeps_its_status_and_texts(status):
    transport, response = ask(lambda path, params: answer(b'<html><h1>Oops</h1></html>', status))
    assert response.status_code == status and not response
    assert response.errors and all(type(each) is type(u'') for each in response.errors)
    assert (response.resultCount, response.startIndex, response.pageSize) == (0, 0, 0)
    with pytest.raises(RallyRESTAPIError) as caught:
        next(response)
    assert caught.value.status_code == status
    assert response.headers


def test_an_http_error_with_an_envelope_shows_the_service_text():
    body = {'OperationResult': {'Errors': ['not for you'], 'Warnings': []}}
    transport, response = ask(lambda path, params: answer(body, 403))
    assert response.status_code == 403 and response.errors == ['not for you']


def test_a_network_failure_is_404_with_its_text_and_raises_what_happened():
    def fail(path, params):
        raise TransportError('connection refused', kind='refused')
    transport, response = ask(fail)
    assert response.status_code == 404 and response.errors == ['connection refused']
    assert response.headers == {'placeholder': True}
    with pytest.raises(TransportError):
        list(response)


def test_what_is_no_json_raises_at_once():
    with pytest.raises(RallyResponseError) as caught:
        ask(lambda path, params: answer(b'<html>sign in</html>'))
    assert caught.value.args[0].startswith('Response for request: ')


def test_another_envelope_raises_naming_the_target():
    with pytest.raises(RallyResponseError) as caught:
        ask(lambda path, params: {'Surprise': 5})
    assert caught.value.args[0].startswith('missing _Xx_Result specifier for target Defect in ')


def test_a_bare_item_is_an_implied_query_of_one():
    transport, response = ask(lambda path, params: {
        'Defect': dict(row(7, Name='x'), Errors=[], Warnings=[])})
    assert response.request_type == 'ImpliedQuery' and response.resultCount == 1
    assert [each.Name for each in response] == ['x']


def test_a_write_answer_is_read_too():
    response = RallyRESTResponse(None, None, None, answer({'OperationResult': {
        'Errors': [], 'Warnings': ['w'], 'Results': [row(1)]}}))
    assert response.request_type == 'Operation' and response.warnings == ['w']
    assert [each.oid for each in response] == [1]


def test_shell_and_full_answers_mark_their_items():
    for hydration, mark in (('full', True), ('shell', False)):
        transport, response = ask(paged(rows(3)), hydration=hydration)
        assert [each._hydrated for each in response] == [mark] * 3


def test_what_the_service_announced_but_did_not_deliver_is_a_warning():
    def handle(path, params):
        start = int(params['start'])
        return page(rows(23)[start - 1:start + 9], 25, start, 10)
    transport, response = ask(handle)
    assert len(list(response)) == 23
    assert response.complete is False
    assert len(response.warnings) == 1 and '2 of the 25' in response.warnings[0]


def test_a_later_page_that_fails_raises_and_is_not_the_end():
    transport, response = ask(paged(rows(40), before=lambda start: (
        page([], errors=['boom']) if start == 21 else None)))
    with pytest.raises(RallyResponseError):
        list(response)
    assert response.served == 20 and response.complete is False


def test_closing_a_response_ends_it():
    transport, response = ask(paged(rows(40)))
    next(response)
    response.close()
    assert list(response) == [] and transport.starts == [1]


def test_a_response_made_by_hand_from_an_error_text():
    response = RallyRESTResponse(
        None, None, 'https://rally.test/x', ErrorResponse(404, 'nobody there'))
    assert response.errors == ['nobody there']
    with pytest.raises(NotFoundError):
        next(response)


def test_served_entities_are_not_kept_by_the_response():
    world, items = defects_and_users(30, 1)
    transport, response = ask(paged(items))
    first = weakref.ref(next(response))
    next(response)
    assert first() is None

"""What a read asked for, out of its answer: one object, one page, or page after page."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral.errors import NotFoundError, RallyResponseError, RallyRESTAPIError
from pyral.http.results import item_of, page_of, pages_from, read_item
from tests.unit.fakes import FakeTransport, answer, page, row

GONE = {'OperationResult': {'Errors': ['Cannot find object to read'], 'Warnings': []}}


def test_an_object_is_read_under_its_own_name_or_as_a_list_of_one():
    for body in ({'Defect': row(1)}, page([row(1)])):
        assert item_of(answer(body), 'defect/1').item['_ref'].endswith('/defect/1')


@pytest.mark.parametrize('items', [[], [row(1), row(2)]])
def test_none_or_several_are_not_one(items):
    with pytest.raises(RallyResponseError) as caught:
        item_of(answer(page(items)), 'defect/1')
    assert '{0} items in place of one'.format(len(items)) in caught.value.args[0]


@pytest.mark.parametrize('status', [200, 404])
def test_a_refusal_is_the_error_that_the_caller_makes_of_it(status):
    def refusal(told, errors):
        return KeyError(told.status, errors[0])

    with pytest.raises(KeyError) as caught:
        item_of(answer(GONE, status), 'defect/1', refusal)
    assert caught.value.args == (status, 'Cannot find object to read')


def test_a_refusal_is_the_error_of_the_answer_where_the_caller_makes_none():
    with pytest.raises(NotFoundError):
        item_of(answer(GONE), 'defect/1')


def test_one_object_costs_one_request():
    transport = FakeTransport(lambda path, params: {'Defect': row(1)})
    assert read_item(transport, 'defect/1', [('fetch', 'Name')]).type_name == 'Defect'
    assert transport.requests == [('defect/1', {'fetch': 'Name'})]


def test_a_page_that_was_refused_raises_and_a_single_object_is_a_page():
    with pytest.raises(RallyRESTAPIError):
        page_of(answer(page([], errors=['no'])))
    with pytest.raises(RallyRESTAPIError):
        page_of(answer(page([]), 500))
    with pytest.raises(RallyResponseError):
        page_of(answer({'CreateResult': {'Errors': [], 'Warnings': []}}))
    assert page_of(answer({'Defect': row(1)})).total == 1


@pytest.mark.parametrize('end, starts', [(None, [1, 3, 5, 6]), (9, [1, 3, 5, 6]), (5, [1, 3])])
def test_pages_follow_one_another_until_the_end_or_an_empty_one(end, starts):
    items = [row(number) for number in range(1, 6)]
    found = list(pages_from(
        1, lambda start: page_of(answer(page(items[start - 1:start + 1], 5))), end))
    assert [start for start, _ in found] == starts

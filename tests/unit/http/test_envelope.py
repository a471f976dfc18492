"""Every wrapper of the service, and the refusal of what is none."""
from __future__ import absolute_import, division, print_function

import copy

import pytest

from pyral.errors import RallyResponseError
from pyral.http.envelope import Item, Page, Receipt, parse


def test_a_query_result_is_a_page():
    payload = {'QueryResult': {'Errors': [], 'Warnings': ['w'], 'TotalResultCount': 41.0,
                               'StartIndex': 1, 'PageSize': '20', 'Results': [{'_ref': 'x'}]}}
    assert parse(payload) == Page(41, 1, 20, [{'_ref': 'x'}], [], ['w'])


def test_a_query_result_without_numbers_counts_what_it_holds():
    assert parse({'QueryResult': {'Results': [{}, {}]}})[:3] == (2, 1, 2)


def test_errors_of_a_page_are_text_whatever_they_were():
    assert parse({'QueryResult': {'Errors': 'one', 'Results': None}}).errors == ['one']
    assert parse({'QueryResult': {'Errors': [b'one', 2], 'Results': []}}).errors == ['one', '2']


def test_one_object_is_an_item_without_its_errors():
    payload = {'Feature': {'_ref': 'r', 'Name': 'n', 'Errors': ['e'], 'Warnings': []}}
    before = copy.deepcopy(payload)
    assert parse(payload) == Item('Feature', {'_ref': 'r', 'Name': 'n'}, ['e'], [])
    assert payload == before


@pytest.mark.parametrize('kind', ['OperationResult', 'CreateResult', 'UpdateResult',
                                  'DeleteResult', 'BatchResult'])
def test_answers_to_writes_are_receipts(kind):
    payload = {kind: {'Errors': [], 'Warnings': [], 'Object': {'_ref': 'r'}, 'Results': [{}],
                      'SecurityToken': 't'}}
    assert parse(payload) == Receipt(kind, {'_ref': 'r'}, [{}], [], [], 't')


def test_a_bare_new_object_is_a_receipt_of_a_create():
    payload = {'_ref': 'r', '_CreatedAt': 'just now', 'Name': 'n'}
    assert parse(payload) == Receipt('CreateResult', payload, [], [], [], None)


@pytest.mark.parametrize('payload', [
    {}, [], None, 'text', {'a': {}, 'b': {}}, {'error': {'message': 'no'}}, {'Defect': 'x'},
    {'QueryResult': None}, {'QueryResult': {'Results': {'a': 1}}},
    {'QueryResult': {'Results': [1]}}, {'QueryResult': {'Results': [{'_ref': []}]}},
    {'BatchResult': {'Results': [None]}}, {'QueryResult': {'Results': [{'_type': 5}]}},
])
def test_what_is_no_envelope_is_refused_and_shown(payload):
    with pytest.raises(RallyResponseError) as caught:
        parse(payload, 'Defect')
    assert 'for target Defect' in caught.value.args[0]


def test_the_stated_message_starts_as_stated():
    with pytest.raises(RallyResponseError) as caught:
        parse({'x': 1}, 'Defect')
    assert caught.value.args[0] == (
        'missing _Xx_Result specifier for target Defect in following: {"x": 1}')


def test_a_long_body_is_shown_in_part():
    with pytest.raises(RallyResponseError) as caught:
        parse({'x': 'y' * 5000})
    assert len(caught.value.args[0]) < 600


def test_an_object_without_marks_is_taken_where_the_address_names_its_type():
    assert parse({'Defect': {'Name': 'n'}}, 'https://h/slm/webservice/v2.0/defect?x=1').type_name \
        == 'Defect'

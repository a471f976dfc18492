# coding: utf-8
"""Many items over the batch endpoint: chunks, and what is told of every single item."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json

import pytest
import requests

from pyral import MultipleOperationError
from pyral.advice import RallyWarning
from pyral.writing.batch import CHUNK, BatchResult, Outcome
from tests.fake_http import Reply, raw_defect, scripted, scripted_http

BUSY = '<html>busy</html>'


def named(count, first=0):
    """Return data for so many defects."""
    return [{'Name': 'd{0}'.format(number)} for number in range(first, first + count)]


def written(seen, refuse=(), warn=()):
    """Return a batch answer as the service gives it: an object for each entry, in order.

    :param refuse: the names that are refused.
    :param warn: the names that are remarked upon.
    """
    results = []
    for entry in json.loads(seen.body.decode('utf-8'))['Batch']:
        name = entry['Entry']['Body']['defect']['Name']
        results.append({
            'Errors': ['no {0}'.format(name)] if name in refuse else [],
            'Warnings': ['odd {0}'.format(name)] if name in warn else [],
            'Object': None if name in refuse else raw_defect(int(name[1:]) + 1, Name=name)})
    return {'BatchResult': {'Errors': [], 'Warnings': [], 'Results': results}}


def entries(seen):
    """Return the entries of a batch request."""
    return [each['Entry'] for each in json.loads(seen.body.decode('utf-8'))['Batch']]


def test_each_outcome_tells_of_its_own_item_in_every_chunk():
    items = named(2 * CHUNK + 5)
    rally, asked = scripted_http(written, written, written)
    results = rally.createMultiple('Defect', items)
    assert [len(entries(seen)) for seen in asked] == [CHUNK, CHUNK, 5]
    assert [outcome.place for outcome in results.outcomes] == list(range(len(items)))
    assert all(outcome.item is items[outcome.place] for outcome in results.outcomes)
    assert [outcome.result['Name'] for outcome in results.outcomes] == [
        item['Name'] for item in items]
    assert results == [outcome.result for outcome in results.outcomes]
    assert results.complete and results.failed == [] and results.errors == []


def test_a_refused_item_of_a_later_chunk_is_told_with_its_place_and_data():
    items, bad = named(CHUNK + 50), ['d3', 'd120']
    rally, _ = scripted_http(*[lambda seen: written(seen, bad)] * 2)
    with pytest.warns(RallyWarning) as caught:
        results = rally.createMultiple('Defect', items)
    assert [(each.place, each.item, each.errors) for each in results.failed] == [
        (3, {'Name': 'd3'}, ['no d3']), (120, {'Name': 'd120'}, ['no d120'])]
    assert len(results) == CHUNK + 48 and not results.complete
    assert results.errors == ['no d3', 'no d120']
    (said,) = [str(each.message) for each in caught]
    assert '2 of 150 items failed' in said and 'no d3' in said and 'createMultiple' in said


def test_warnings_are_passed_on_with_the_place_of_their_item():
    rally = scripted(written, lambda seen: written(seen, warn=['d104']))
    with pytest.warns(RallyWarning) as caught:
        results = rally.createMultiple('Defect', named(CHUNK + 10))
    (said,) = [str(each.message) for each in caught]
    assert 'createMultiple, item 104' in said and 'odd d104' in said
    assert results.outcomes[104].warnings == ['odd d104'] and results.complete


def test_a_chunk_that_is_refused_whole_fails_its_items_and_no_others():
    rally, asked = scripted_http(written, Reply(BUSY, 413), written)
    with pytest.warns(RallyWarning):
        results = rally.createMultiple('Defect', named(2 * CHUNK + 1))
    assert [outcome.place for outcome in results.failed] == list(range(CHUNK, 2 * CHUNK))
    assert len(asked) == 3 and len(results) == CHUNK + 1
    assert 'busy' in results.errors[0]


def test_a_chunk_of_unknown_outcome_stops_and_names_its_items():
    rally, asked = scripted_http(written, requests.exceptions.ReadTimeout('late'), written)
    with pytest.raises(MultipleOperationError) as caught:
        rally.createMultiple('Defect', named(3 * CHUNK))
    error = caught.value
    assert len(asked) == 2 and error.outcome_unknown
    assert 'Items 100 to 199 may or may not have been written' in error.hint
    assert [outcome.place for outcome in error.outcomes] == list(range(CHUNK))
    assert [each['Entry']['Body']['defect']['Name'] for each in error.payload['Batch']] == [
        'd{0}'.format(number) for number in range(CHUNK, 2 * CHUNK)]
    assert error.method == 'POST' and error.url.partition('?')[0].endswith('/batch')


def test_a_chunk_that_was_never_sent_says_so():
    rally, _ = scripted_http(written, requests.exceptions.ConnectTimeout('late'))
    with pytest.raises(MultipleOperationError) as caught:
        rally.createMultiple('Defect', named(CHUNK + 1))
    assert not caught.value.outcome_unknown
    assert 'Items 100 and later were not written' in caught.value.hint


def test_results_that_are_missing_or_too_many_are_matched_by_their_place():
    def short(seen):
        answer = written(seen)
        del answer['BatchResult']['Results'][1:]
        return answer

    def long(seen):
        answer = written(seen)
        answer['BatchResult']['Results'] *= 2
        return answer

    with pytest.warns(RallyWarning):
        results = scripted(short).createMultiple('Defect', named(3))
    assert [each['Name'] for each in results] == ['d0']
    assert [(each.place, each.errors) for each in results.failed] == [
        (place, ['the service gave no result for this item']) for place in (1, 2)]
    assert [each['Name'] for each in scripted(long).createMultiple('Defect', named(2))] == [
        'd0', 'd1']


def test_an_answer_without_an_object_is_a_failure():
    def empty(seen):
        return {'BatchResult': {'Errors': [], 'Warnings': [], 'Results': [
            {'Errors': [], 'Warnings': [], 'Object': None}]}}

    with pytest.warns(RallyWarning):
        results = scripted(empty).createMultiple('Defect', named(1))
    assert results.errors == ['the service gave no object']


def test_a_create_is_a_put_to_the_type_and_an_update_a_post_to_the_item():
    rally, asked = scripted_http(written, lambda seen: written(seen))
    rally.createMultiple('Defect', [{'Name': 'd1', 'Blocked': 'true', 'State': 'true'}])
    rally.updateMultiple('Defect', [{'ObjectID': 12, 'Name': 'd12', 'Blocked': 'FALSE'}])
    assert [entries(seen) for seen in asked] == [
        [{'Path': '/defect/create', 'Method': 'PUT',
          'Body': {'defect': {'Name': 'd1', 'Blocked': True, 'State': 'true'}}}],
        [{'Path': '/defect/12', 'Method': 'POST',
          'Body': {'defect': {'Name': 'd12', 'Blocked': False}}}]]
    assert [seen.method for seen in asked] == ['POST', 'POST']


def test_a_batch_names_its_scope_with_a_slash_and_no_flags():
    rally, asked = scripted_http(written)
    rally.createMultiple('Defect', named(1), projectScopeUp=True)
    assert asked[0].params == {'workspace': '/workspace/101', 'project': '/project/1001',
                               'fetch': 'FormattedID,Name'}


def test_a_result_is_what_scripts_look_for_in_it():
    (found,) = scripted(written).createMultiple('Defect', named(1, first=6))
    assert found == {'_ref': 'https://rally.test/slm/webservice/v2.0/defect/7', 'ObjectID': '7',
                     'FormattedID': 'DE1', 'Name': 'd6'}


def test_nothing_to_write_sends_nothing():
    rally, asked = scripted_http()
    assert rally.createMultiple('Defect', []) == rally.updateMultiple('Defect', []) == []
    assert asked == []


def test_items_of_another_server_stop_the_batch_before_anything_is_sent():
    rally, asked = scripted_http()
    elsewhere = 'https://other.test/slm/webservice/v2.0/user/3'
    with pytest.raises(Exception) as caught:
        rally.createMultiple('Defect', named(2) + [{'Name': 'x', 'Owner': elsewhere}])
    assert 'other.test' in str(caught.value) and asked == []


def test_a_result_list_is_complete_where_every_item_succeeded():
    done = Outcome(0, {}, {'Name': 'a'}, [], [])
    gone = Outcome(1, {}, None, ['one', 'two'], [])
    assert BatchResult([done]) == [{'Name': 'a'}] and BatchResult([done]).complete
    mixed = BatchResult([done, gone])
    assert mixed == [{'Name': 'a'}] and mixed.failed == [gone] and mixed.errors == ['one', 'two']
    assert not mixed.complete and BatchResult().complete

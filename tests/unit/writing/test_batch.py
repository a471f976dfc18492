# coding: utf-8
"""Many items over the batch endpoint: chunks, and what is told of every single item."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import pickle
import random
import warnings

import pytest
import requests

from pyral import MultipleOperationError, UnknownOutcomeError
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


def damaged(change, refuse=('d2',)):
    """Return an answer to a batch whose list of results was changed; one item is refused in it."""
    def answer(seen):
        body = written(seen, refuse)
        found = change(body['BatchResult']['Results'])
        if found is not None:
            body['BatchResult']['Results'] = found
        return body
    return answer


def unlike(row, **values):
    """Return a result that shows another item."""
    return dict(row, Object=dict(row['Object'], **values))


NOTHING = {'Errors': [], 'Warnings': []}
#: What becomes of five items of which d2 is refused: `d` done, `r` refused, `?` unknown.
DAMAGES = [
    ('too short', lambda rows: rows[:1], 'd????'),
    ('the last is gone', lambda rows: rows[:4], 'dd?d?'),
    ('one in the middle is gone', lambda rows: rows[:1] + rows[2:], 'd????'),
    ('empty', lambda rows: [], '?????'),
    ('too long', lambda rows: rows * 2, 'dd?dd'),
    ('turned round', lambda rows: rows[::-1], '?????'),
    ('two are swapped', lambda rows: [rows[1], rows[0]] + rows[2:], '???dd'),
    ('the refused one is swapped', lambda rows: rows[:2] + [rows[3], rows[2], rows[4]], 'dd??d'),
    ('no object', lambda rows: [NOTHING] + rows[1:], '?d?dd'),
    ('null in its place', lambda rows: [dict(NOTHING, Object=None)] + rows[1:], '?d?dd'),
    ('an object that says nothing', lambda rows: [dict(NOTHING, Object={})] + rows[1:], '?d?dd'),
    ('text in its place', lambda rows: [dict(NOTHING, Object='d0')] + rows[1:], '?d?dd'),
    ('another name', lambda rows: [unlike(rows[0], Name='other')] + rows[1:], '?d?dd'),
    ('another type', lambda rows: [unlike(rows[0], _type='Task')] + rows[1:], '?d?dd'),
    ('a name of its own', lambda rows: [unlike(rows[0], Name='  D 0 ')] + rows[1:], 'ddrdd'),
    ('no name and no type', lambda rows: [dict(NOTHING, Object={'_ref': 'x'})] + rows[1:], 'ddrdd'),
]


@pytest.mark.parametrize('change, expected', [row[1:] for row in DAMAGES],
                         ids=[row[0] for row in DAMAGES])
def test_what_an_answer_does_not_tell_of_is_unknown_and_never_failed(change, expected):
    rally = scripted(damaged(change))
    if '?' not in expected:
        with pytest.warns(RallyWarning):
            found = rally.createMultiple('Defect', named(5)).outcomes
    else:
        with pytest.raises(MultipleOperationError) as caught:
            rally.createMultiple('Defect', named(5))
        error, found = caught.value, caught.value.outcomes
        assert isinstance(error, UnknownOutcomeError) and error.outcome == 'unknown'
        assert [each['Entry']['Body']['defect']['Name'] for each in error.payload['Batch']] == [
            'd{0}'.format(place) for place, state in enumerate(expected) if state == '?']
        assert 'not sent' not in error.hint
        again = pickle.loads(pickle.dumps(error))
        assert [each.is_unknown for each in again.outcomes] == [
            state == '?' for state in expected]
    assert [(each.place, each.item) for each in found] == list(enumerate(named(5)))
    assert ''.join('?' if each.is_unknown else 'd' if each.result else 'r'
                   for each in found) == expected


@pytest.mark.parametrize('body', [
    {'OperationResult': NOTHING}, {'CreateResult': NOTHING}, {'QueryResult': dict(NOTHING)},
    {'BatchResult': NOTHING}, {'BatchResult': dict(NOTHING, Results=None)},
    {'BatchResult': dict(NOTHING, Results={'a': 1})}, {'Defect': raw_defect(1)}, {},
    {'BatchResult': dict(NOTHING, Results=[NOTHING] * 7)},
])
def test_an_answer_of_another_shape_leaves_all_items_unknown(body):
    with pytest.raises(UnknownOutcomeError) as caught:
        scripted(body).createMultiple('Defect', named(3))
    assert all(each.is_unknown for each in caught.value.outcomes)


def test_results_beside_a_refusal_of_all_are_believed_where_they_name_their_item():
    def answer(seen):
        body = written(seen)
        body['BatchResult'].update(Errors=['all of it failed'])
        del body['BatchResult']['Results'][1:]
        return body

    with pytest.raises(UnknownOutcomeError) as caught:
        scripted(answer).createMultiple('Defect', named(3))
    assert [each.is_unknown for each in caught.value.outcomes] == [False, True, True]


def test_an_update_is_known_by_the_id_of_its_item():
    def answer(order):
        return lambda seen: {'BatchResult': dict(NOTHING, Results=[
            dict(NOTHING, Object=raw_defect(oid)) for oid in order])}

    changes = [{'ObjectID': oid, 'State': 'Open'} for oid in (11, 12, 13)]
    assert len(scripted(answer([11, 12, 13])).updateMultiple('Defect', changes)) == 3
    for order, expected in (([11, 13, 12], [False, True, True]), ([11, 12], [False, False, True])):
        with pytest.raises(UnknownOutcomeError) as caught:
            scripted(answer(order)).updateMultiple('Defect', changes)
        assert [each.is_unknown for each in caught.value.outcomes] == expected


def test_no_further_chunk_is_sent_after_one_that_is_left_open():
    rally, asked = scripted_http(written, damaged(lambda rows: rows[:-1], ()), written)
    with pytest.raises(UnknownOutcomeError) as caught:
        rally.createMultiple('Defect', named(3 * CHUNK))
    assert len(asked) == 2 and len(caught.value.outcomes) == 2 * CHUNK
    assert 'item 199' in caught.value.hint and 'Items 200 and later' in caught.value.hint


def test_random_orders_of_results_never_pair_an_item_with_another():
    seed = random.randrange(1 << 30)
    dice = random.Random(seed)
    for _ in range(60):
        refuse = ['d{0}'.format(number) for number in range(6) if dice.random() < 0.2]

        def change(rows, dice=dice):
            rows = list(rows)
            for _ in range(dice.randrange(4)):
                act = dice.randrange(3)
                if act == 0 and rows:
                    rows.insert(dice.randrange(len(rows)), rows.pop(dice.randrange(len(rows))))
                elif act == 1 and rows:
                    rows.pop(dice.randrange(len(rows)))
                elif act == 2:
                    rows.insert(dice.randrange(len(rows) + 1), NOTHING)
            return rows

        try:
            with warnings.catch_warnings():
                warnings.simplefilter('ignore')
                rally = scripted(damaged(change, refuse))
                found = rally.createMultiple('Defect', named(6)).outcomes
        except UnknownOutcomeError as error:
            found = error.outcomes
        for each in found:
            name = each.item['Name']
            assert each.result is None or each.result['Name'] == name, (seed, found)
            # A refusal may have come in place of another one: both were refused.
            assert each.is_unknown or each.result or name in refuse, (seed, found)


def test_a_create_is_a_put_to_the_type_and_an_update_a_post_to_the_item():
    rally, asked = scripted_http(written, lambda seen: written(seen))
    rally.createMultiple('Defect', [{'Name': 'd1', 'Blocked': 'true', 'State': 'true'}])
    rally.updateMultiple('Defect', [{'ObjectID': 13, 'Name': 'd12', 'Blocked': 'FALSE'}])
    assert [entries(seen) for seen in asked] == [
        [{'Path': '/defect/create', 'Method': 'PUT',
          'Body': {'defect': {'Name': 'd1', 'Blocked': True, 'State': 'true'}}}],
        [{'Path': '/defect/13', 'Method': 'POST',
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

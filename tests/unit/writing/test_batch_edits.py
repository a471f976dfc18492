# coding: utf-8
"""Deletes and edits of collections in batches: what is sent, and what is told of every item."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json

import pytest
import requests

from pyral import MultipleOperationError, TransportError, UnknownOutcomeError
from pyral.advice import RallyWarning
from pyral.errors import RallyRESTAPIError, UnresolvedNameError
from pyral.writing.batch import CHUNK
from tests.fake_http import raw_defect, scripted_http

NOTHING = {'Errors': [], 'Warnings': []}
REFUSED = {'Errors': ['not today'], 'Warnings': []}
TAG = {'_ref': 'tag/7'}
DELETE, ADD, REMOVE = 'deleteMultiple', 'addCollectionItemsMultiple', 'dropCollectionItemsMultiple'
METHODS = (DELETE, ADD, REMOVE)


def entries(seen):
    return [each['Entry'] for each in json.loads(seen.body.decode('utf-8'))['Batch']]


def answering(rows=None):
    """Return what answers a batch with some results, by default one that did all."""
    return lambda seen: {'BatchResult': dict(NOTHING, Results=[NOTHING] * len(entries(seen))
                                             if rows is None else rows)}


def call(rally, method, count=3, **options):
    """Write to so many defects, by their references."""
    targets = ['defect/{0}'.format(oid) for oid in range(1, count + 1)]
    return (rally.deleteMultiple('Defect', targets, **options) if method == DELETE
            else getattr(rally, method)(targets, 'Tags', [TAG], **options))


@pytest.mark.parametrize('method', METHODS)
def test_each_item_is_an_entry_with_an_outcome_of_its_own(method):
    rally, asked = scripted_http(answering(), answering([NOTHING] * 4 + [REFUSED]))
    with pytest.warns(RallyWarning) as caught:
        found = call(rally, method, CHUNK + 5)
    assert [len(entries(seen)) for seen in asked] == [CHUNK, 5]
    assert entries(asked[0])[1] == {
        DELETE: {'Path': '/defect/2', 'Method': 'DELETE'},
        ADD: {'Path': '/Defect/2/Tags/add', 'Method': 'POST', 'Body': {'CollectionItems': [TAG]}},
        REMOVE: {'Path': '/Defect/2/Tags/remove', 'Method': 'POST',
                 'Body': {'CollectionItems': [TAG]}}}[method]
    assert [(each.place, each.errors) for each in found.failed] == [(CHUNK + 4, ['not today'])]
    assert found[0] == {'_ref': 'https://rally.test/slm/webservice/v2.0/defect/1',
                        'ObjectID': '1', 'FormattedID': None, 'Name': None}
    assert [each.item for each in found.outcomes][:2] == ['defect/1', 'defect/2']
    (said,) = [str(each.message) for each in caught]
    assert method + ': 1 of 105 items failed' in said


#: What an answer has for three items, and what becomes of them: `d` done, `r` refused, `?` unknown.
TOLD = [
    ('all', [NOTHING] * 3, 'ddd'), ('one refused', [NOTHING, REFUSED, NOTHING], 'drd'),
    ('too short', [NOTHING] * 2, '???'), ('too long', [NOTHING] * 4, '???'),
    ('none', [], '???'), ('one that says nothing', [NOTHING, {}, NOTHING], '???'),
    ('no errors', [NOTHING, {'Warnings': []}, NOTHING], '???'),
    ('another one', [NOTHING, dict(NOTHING, Object=raw_defect(9)), NOTHING], '???'),
    ('its own', [NOTHING, dict(NOTHING, Object=raw_defect(2)), NOTHING], 'ddd'),
]


@pytest.mark.parametrize('method', METHODS)
@pytest.mark.parametrize('rows, expected', [row[1:] for row in TOLD], ids=[row[0] for row in TOLD])
def test_what_an_answer_does_not_tell_of_is_unknown(method, rows, expected):
    rally, asked = scripted_http(answering(rows))
    if '?' in expected:
        with pytest.raises(UnknownOutcomeError) as caught:
            call(rally, method)
        found = caught.value.outcomes
        assert len(caught.value.payload['Batch']) == 3
    elif 'r' in expected:
        with pytest.warns(RallyWarning):
            found = call(rally, method).outcomes
    else:
        found = call(rally, method).outcomes
    assert ''.join('?' if each.is_unknown else 'd' if each.result else 'r'
                   for each in found) == expected
    assert len(asked) == 1


def test_the_rows_of_added_members_must_be_of_their_kind():
    added = dict(NOTHING, Results=[{'_ref': '/tag/7', '_type': 'Tag'}])
    rally, _ = scripted_http(answering([added] * 3))
    assert call(rally, ADD).complete
    for method, rows in ((ADD, [dict(NOTHING, Results=[raw_defect(1)])]), (DELETE, [added])):
        rally, _ = scripted_http(answering(rows * 3))
        with pytest.raises(UnknownOutcomeError):
            call(rally, method)


@pytest.mark.parametrize('method', METHODS)
def test_a_write_without_an_answer_is_sent_once(method):
    rally, asked = scripted_http(answering(), requests.exceptions.ReadTimeout('late'))
    with pytest.raises(MultipleOperationError) as caught:
        call(rally, method, 3 * CHUNK)
    assert len(asked) == 2 and caught.value.outcome_unknown
    assert [each.place for each in caught.value.outcomes] == list(range(CHUNK))


def alone(body):
    return lambda seen: {'OperationResult': body}


@pytest.mark.parametrize('method, ending', [(ADD, '/Defect/1/Tags/add'),
                                            (REMOVE, '/Defect/1/Tags/remove')])
def test_where_batches_take_no_edit_each_goes_by_itself(method, ending):
    told = []
    rally, asked = scripted_http(answering([REFUSED] * 3), alone(NOTHING), alone(REFUSED),
                                 alone(dict(NOTHING, Warnings=['odd'])))
    with pytest.warns(RallyWarning):
        found = call(rally, method, on_progress=lambda *counts: told.append(counts))
    assert [seen.path.rpartition('v2.0')[2] for seen in asked[:2]] == ['/batch', ending]
    assert [bool(each.result) for each in found.outcomes] == [True, False, True]
    assert found.errors == ['not today'] and found.outcomes[2].warnings == ['odd']
    assert told[-1] == (3, 3) and len(asked) == 4


def test_what_is_refused_by_itself_too_is_refused():
    rally, asked = scripted_http(answering([REFUSED] * 3), alone(REFUSED))
    with pytest.warns(RallyWarning):
        found = call(rally, ADD)
    assert len(found.failed) == 3 and len(asked) == 2
    rally, asked = scripted_http(answering([REFUSED] * 3))
    with pytest.warns(RallyWarning):
        assert len(call(rally, DELETE).failed) == 3
    assert len(asked) == 1


def test_an_edit_by_itself_without_an_answer_ends_the_call():
    rally, asked = scripted_http(answering([REFUSED] * 3), alone(NOTHING),
                                 requests.exceptions.ReadTimeout('late'))
    with pytest.raises(MultipleOperationError) as caught:
        call(rally, ADD)
    assert caught.value.outcome_unknown and len(caught.value.outcomes) == 1
    assert 'Items 1 to 1 may' in caught.value.hint and len(asked) == 3


def test_formatted_ids_are_looked_up_together_and_all_that_are_missing_are_told():
    def page(seen):
        return {'QueryResult': dict(NOTHING, TotalResultCount=2, StartIndex=1, PageSize=200,
                                    Results=[raw_defect(11, FormattedID='DE1', Name='one'),
                                             raw_defect(12, FormattedID='DE2', Name='two')])}

    rally, asked = scripted_http(page, answering())
    found = rally.deleteMultiple('Defect', ['DE1', {'FormattedID': 'de2'}, 13, '14', raw_defect(15),
                                            b'defect/16', {'ObjectID': 17}])
    assert [each['Path'] for each in entries(asked[1])] == [
        '/defect/{0}'.format(oid) for oid in range(11, 18)]
    assert [(row['FormattedID'], row['Name']) for row in found[:3]] == [
        ('DE1', 'one'), ('DE2', 'two'), (None, None)]
    assert (found[4]['Name'], found[4]['ObjectID']) == ('x', '15')
    rally, asked = scripted_http(page)
    with pytest.raises(UnresolvedNameError) as caught:
        rally.deleteMultiple('Defect', ['DE1', 'DE8', 'DE9'])
    assert 'DE8, DE9' in caught.value.args[0] and len(asked) == 1


ELSEWHERE = 'https://other.test/slm/webservice/v2.0/defect/3'


@pytest.mark.parametrize('write, error, said', [
    (lambda rally: rally.deleteMultiple('Defect', 'DE1'), MultipleOperationError, 'delete()'),
    (lambda rally: rally.deleteMultiple('Defect', raw_defect(1)), MultipleOperationError, '[item]'),
    (lambda rally: rally.deleteMultiple('Defect', [1, None]), MultipleOperationError, 'item 1'),
    (lambda rally: rally.deleteMultiple('Defect', [1, 'Login']), MultipleOperationError, 'item 1'),
    (lambda rally: rally.deleteMultiple('Defect', [{'Name': 'x'}]), MultipleOperationError, 'x'),
    (lambda rally: rally.deleteMultiple('Defect', [1, 'task/2']), RallyRESTAPIError, 'task/2'),
    (lambda rally: rally.deleteMultiple('Defect', [ELSEWHERE]), TransportError, 'other.test'),
    (lambda rally: rally.addCollectionItemsMultiple('DE1', 'Tags', [TAG]), MultipleOperationError,
     'addCollectionItems()'),
    (lambda rally: rally.dropCollectionItemsMultiple(['defect/1', ELSEWHERE], 'Tags', [TAG]),
     TransportError, 'other.test'),
    (lambda rally: rally.addCollectionItemsMultiple(['defect/1'], 'Tags', [ELSEWHERE]),
     TransportError, 'other.test'),
    (lambda rally: rally.addCollectionItemsMultiple(['defect/1'], 'Tgas', [TAG]), RallyRESTAPIError,
     'no such collection'),
    (lambda rally: rally.addCollectionItemsMultiple(['defect/1', 1.5], 'Tags', [TAG]),
     RallyRESTAPIError, '1.5'),
    (lambda rally: rally.addCollectionItemsMultiple(['defect/1'], 'Tags', [5]), RallyRESTAPIError,
     'no reference'),
    (lambda rally: rally.addCollectionItemsMultiple(['defect/1'], ['tag/1', 'defect/2']),
     RallyRESTAPIError, 'addCollectionItems: all items must be of the same type'),
    (lambda rally: rally.addCollectionItemsMultiple({'defect/1': [TAG]}, 'Tags', [TAG]), TypeError,
     'dict'),
    (lambda rally: rally.addCollectionItemsMultiple(['defect/1'], 'Tags'), TypeError, 'missing'),
])
def test_what_cannot_be_sent_is_told_before_anything_is(write, error, said):
    rally, asked = scripted_http()
    with pytest.raises(error) as caught:
        write(rally)
    assert said in str(caught.value) and asked == []


def test_nothing_to_write_sends_nothing():
    rally, asked = scripted_http(answering())
    assert rally.deleteMultiple('Defect', []) == []
    assert rally.addCollectionItemsMultiple([], 'Tags', [TAG]) == []
    assert rally.dropCollectionItemsMultiple(['defect/1'], 'Tags', []) == []
    assert asked == []
    found = rally.addCollectionItemsMultiple({'defect/1': [], 'defect/2': TAG}, 'Tags')
    assert [each.item for each in found.outcomes] == ['defect/2'] and len(asked) == 1


def test_a_type_above_the_items_does_and_each_goes_to_its_own():
    rally, asked = scripted_http(answering())
    rally.deleteMultiple('Artifact', ['defect/1', 'task/2', 3])
    assert [each['Path'] for each in entries(asked[0])] == ['/defect/1', '/task/2', '/artifact/3']

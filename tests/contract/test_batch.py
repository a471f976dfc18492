"""Several operations in one request (WSAPI reference, section 12)."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.fact('12')


def entry(method, path, body=None):
    inside = {'Method': method, 'Path': path}
    if body is not None:
        inside['Body'] = body
    return {'Entry': inside}


def test_every_entry_has_an_outcome_of_its_own_in_order(api):
    old = api.create('defect', Name='old')
    gone = api.create('defect', Name='gone')
    result = api.ask(
        'POST',
        '/batch',
        {
            'Batch': [
                entry('PUT', '/defect/create', {'defect': {'Name': 'A'}}),
                entry('POST', '/defect/{}'.format(old['ObjectID']), {'defect': {'State': 'Bogus'}}),
                entry('POST', '/defect/{}'.format(old['ObjectID']), {'defect': {'State': 'Open'}}),
                entry('DELETE', '/defect/{}'.format(gone['ObjectID'])),
                entry('GET', '/defect/{}'.format(old['ObjectID'])),
            ]
        },
        fetch='FormattedID,State',
        project=api.project['_ref'],
    )
    created, refused, updated, deleted, read = result['Results']
    assert created['Object']['_refObjectName'] == 'A'
    assert created['Object']['FormattedID'].startswith('DE')
    assert refused['Errors'] and 'Object' not in refused
    assert updated['Object']['State'] == 'Open'
    assert (deleted['Errors'], 'Object' in deleted) == ([], False)
    assert read['Object']['State'] == 'Open'
    for outcome in result['Results']:
        assert outcome['_rallyAPIMajor'] == '2' and 'Warnings' in outcome


@pytest.mark.fact('4.6', '4.1')
def test_the_envelope_of_a_batch_has_no_version_keys(api):
    answer = api.send('POST', '/batch', {'Batch': []}).json()
    assert answer == {'BatchResult': {'Errors': [], 'Warnings': [], 'Results': []}}


def test_a_failing_entry_leaves_nothing_behind_and_stops_no_other(api):
    result = api.ask(
        'POST',
        '/batch',
        {
            'Batch': [
                entry('PUT', '/defect/create', {'defect': {'Name': 'n', 'Tags': ['/tag/1']}}),
                entry('PUT', '/defect/create', {'defect': {'Name': 'm'}}),
            ]
        },
    )
    assert [bool(one['Errors']) for one in result['Results']] == [True, False]
    assert api.rows('/defect', '(Name = n)') == []
    assert len(api.rows('/defect', '(Name = m)')) == 1


def test_an_entry_brings_its_own_query_string(api):
    api.create('defect', Name='needle')
    (found,) = api.ask(
        'POST',
        '/batch',
        {'Batch': [entry('GET', '/defect?query=(Name%20%3D%20needle)&fetch=Name')]},
    )['Results']
    assert [row['Name'] for row in found['Results']] == ['needle']


def test_warnings_stay_with_their_entry(api):
    first, second = api.ask(
        'POST',
        '/batch',
        {
            'Batch': [
                entry('PUT', '/defect/create', {'defect': {'Name': 'n', 'Nam': 1}}),
                entry('PUT', '/defect/create', {'defect': {'Name': 'm'}}),
            ]
        },
    )['Results']
    assert first['Warnings'] == [
        'Ignored JSON element defect.Nam during processing of this request.'
    ]
    assert second['Warnings'] == []


def test_the_project_of_the_url_is_the_context_of_every_entry(api):
    team_b = api.named('project', 'Team B')
    (made,) = api.ask(
        'POST',
        '/batch',
        {'Batch': [entry('POST', '/defect/create', {'defect': {'Name': 'n'}})]},
        project='/project/{}'.format(team_b['ObjectID']),
    )['Results']
    assert made['Object']['Project']['_refObjectName'] == 'Team B'


def test_entries_that_are_none_are_refused_one_by_one(api):
    result = api.ask(
        'POST',
        '/batch',
        {
            'Batch': [
                5,
                {},
                entry('FETCH', '/defect'),
                entry('POST', '/batch', {'Batch': []}),
                entry('GET', '/nowhere/at/all/here/it/is'),
                entry('GET', '/defect/1'),
            ]
        },
    )
    assert [len(one['Errors']) for one in result['Results']] == [1] * 6


def test_a_batch_holds_at_most_five_hundred_entries(api):
    result = api.ask('POST', '/batch', {'Batch': [entry('GET', '/user')] * 501})
    assert result['Errors'] == ['A batch holds at most 500 entries, not 501']
    assert result['Results'] == []


def test_a_batch_without_entries_says_so(api):
    for body in ({}, {'Batch': {}}, []):
        (error,) = api.ask('POST', '/batch', body)['Errors']
        assert error.startswith('Cannot parse input stream due to I/O error as JSON document: ')


@pytest.mark.fact('7.2', '7.3')
def test_an_entry_edits_a_collection_or_copies_as_a_request_by_itself_does(api):
    defect, tag = api.create('defect', Name='n'), api.create('tag', Name='t')
    path = '/defect/{}'.format(defect['ObjectID'])
    members = {'CollectionItems': [{'_ref': tag['_ref']}]}
    for ending, body in (('/Tags/add', members), ('/Tags/remove', members), ('/Tags/add', {})):
        alone = api.send('POST', path + ending, body, fetch='Name').json()['OperationResult']
        (inside,) = api.ask(
            'POST', '/batch', {'Batch': [entry('POST', path + ending, body)]}, fetch='Name'
        )['Results']
        assert inside == alone
    (made,) = api.ask('POST', '/batch', {'Batch': [entry('POST', path + '/copy', {'Defect': {}})]})[
        'Results'
    ]
    assert made['Object']['Name'] == '(Copy of) n'

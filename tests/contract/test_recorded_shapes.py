"""Recorded shapes: what the real service answered, replayed request by request.

`recorded/recorded-shapes.json` keeps what public recordings show: envelopes, key sets, kinds of
values, constants of the service. What differs on purpose stands in the lists below, with a reason
each; a difference that is no more fails like a new one.
"""

from __future__ import annotations

import pytest

from pyral.emulator import Emulator
from pyral.emulator.model import Model
from tests.contract.replay import RECORDED, RECORDINGS, TYPES, Comparison, Replay, fits
from tests.contract.small_world import NOW, WORLD, path_of

pytestmark = pytest.mark.fact('1.5', '4.2', '4.3', '4.7', '4.8', '6', '8.3')

#: Differences wherever headers are recorded.
NO_HTTPS_FOR_A_YEAR = 'header Strict-Transport-Security: is not there'
ALWAYS_NOSNIFF = 'header X-Content-Type-Options: is not recorded'

_SEED = "the vendor's page shows `Version` in the rows of an add, and the seed wins"
_YOUNGER = "in the recorded schema of 2012 to 2016, so younger than this answer of 2013"
#: Recording or text -> what differs there -> why.
EXCEPTIONS = {
    'VCR-2016-tags-add-by-name': {'Tag.Version: is not recorded': _SEED},
    'NG-2013-iterations': {
        'Iteration.ChildrenPlannedVelocity: is not recorded': _YOUNGER,
        'Iteration.Notes: is not recorded': _YOUNGER,
    },
    'SDK-2015-schema': {
        'AttributeDefinition.SchemaType: null is no string': (
            "null for a map; the recorded types have no such attribute (section 9.4)"
        ),
    },
}
REPLAYED = [name for name, one in RECORDINGS.items() if 'no' not in one['replay']]


@pytest.fixture(scope='module')
def replay():
    with Emulator(world=WORLD, listen=False, now=NOW) as emulator:
        yield Replay(emulator)


@pytest.mark.parametrize('name', REPLAYED)
def test_an_answer_has_the_recorded_shape(replay, name):
    recording = RECORDINGS[name]
    answer, made = replay.send(recording)
    found = set(Comparison(recording, answer, replay.base).run())
    expected = set(EXCEPTIONS.get(name, ()))
    if 'headers' in recording:
        expected.add(NO_HTTPS_FOR_A_YEAR)
        if 'X-Content-Type-Options' not in recording['headers']:
            expected.add(ALWAYS_NOSNIFF)
    if 'same' in recording['replay']:
        (content,) = answer.json().values()
        shown = content.get('Object') or content['Results'][0]
        if shown['_ref'] != made[recording['replay']['same']]['_ref']:
            found.add('object: is another one')
    assert (sorted(found - expected), sorted(expected - found)) == ([], [])


def test_exceptions_are_about_recordings_that_are_replayed():
    assert set(EXCEPTIONS) <= {*REPLAYED, *TEXTS}


@pytest.mark.parametrize('name', REPLAYED[:1])
def test_an_answer_to_another_origin_varies_with_it(replay, name):
    replay.session.headers['Origin'] = 'http://app.example'
    answer, _ = replay.send(RECORDINGS[name])
    del replay.session.headers['Origin']
    assert answer.headers['Vary'] == 'Accept-Encoding, Origin'
    assert answer.headers['Access-Control-Allow-Origin'] == 'http://app.example'


def _in_other_workspace(api):
    """Return a test case result here, a test case and a test set in another workspace."""
    subscription = api.get('/subscription')
    (other,) = [one for one in api.members(subscription, 'Workspaces') if one['Name'] == 'Other']
    place = api.rows('/project', workspace=other['_ref'])[0]['_ref']
    made = [
        api.try_create(kind, {'Name': 'Elsewhere', 'Project': place})['Object']
        for kind in ('testcase', 'testset')
    ]
    return [_result(api), *made]


def _result(api):
    case = api.create('testcase', Name='Here')
    return api.create(
        'testcaseresult', TestCase=case['_ref'], Build='1', Date='2026-03-01', Verdict='Pass'
    )


def _other_workspace_on_create(api):
    _, case, _ = _in_other_workspace(api)
    values = {'TestCase': case['_ref'], 'Build': '1', 'Date': '2026-03-01', 'Verdict': 'Pass'}
    return api.try_create('testcaseresult', values)


def _other_workspace_on_update(api):
    result, _, test_set = _in_other_workspace(api)
    return _updated_as_script(api, result, test_set)


def _other_project(api):
    place = api.named('project', 'Team B')['_ref']
    test_set = api.try_create('testset', {'Name': 'Elsewhere', 'Project': place})['Object']
    return _updated_as_script(api, _result(api), test_set)


def _updated_as_script(api, result, test_set):
    body = {'TestCaseResult': {'TestSet': test_set['_ref']}}
    return api.ask('POST', path_of(result) + '.js', body)


def _defect(api, **values):
    return api.try_update(api.create('defect', Name='Recorded'), values)


#: Recorded text -> how to get it.
TEXTS = {
    'TEXT-2016-other-workspace': _other_workspace_on_create,
    'TEXT-2015-other-workspace': _other_workspace_on_update,
    'TEXT-2015-other-project': _other_project,
    'TEXT-rating-not-in-list': lambda api: _defect(api, State='Nowhere'),
    'TEXT-2013-too-long': lambda api: _defect(api, Notes='x' * 32769),
    'TEXT-sort-unknown': lambda api: api.get('/defect', order='Invalid Order'),
    'TEXT-unknown-operator': lambda api: api.get('/defect', query='(Name="x")'),
    'TEXT-artifact-attribute': lambda api: api.get('/artifact', query='(Severity = None)'),
}
#: Recorded text -> why nothing here asks for it.
NOT_ASKED = {
    'TEXT-2020-concurrency': "writes come one after another here; a fault can be ordered instead"
}


def test_every_recorded_text_is_asked_for_or_has_a_reason():
    assert {*TEXTS, *NOT_ASKED} == set(RECORDED['errorTexts'])
    assert not set(TEXTS) & set(NOT_ASKED)


@pytest.mark.fact('16')
@pytest.mark.parametrize('name', TEXTS)
def test_a_refusal_has_the_recorded_text(api, name):
    recorded = RECORDED['errorTexts'][name]
    answer = TEXTS[name](api)
    wanted = {'Errors': [recorded['text']], 'Warnings': recorded.get('warnings', [])}
    found = {key for key, texts in wanted.items() if not fits(texts, answer[key])}
    assert found == set(EXCEPTIONS.get(name, ()))


#: Kind of a recorded value -> the AttributeTypes that such a value may have.
ATTRIBUTE_TYPES = {
    'null': {'STRING', 'INTEGER', 'DECIMAL', 'QUANTITY', 'DATE', 'OBJECT'},
    'empty': {'TEXT', 'STRING'},
    'string': {'STRING', 'TEXT', 'STATE', 'RATING'},
    'rich text': {'TEXT'},
    'uuid': {'STRING'},
    'bool': {'BOOLEAN'},
    'int': {'INTEGER'},
    'float': {'DECIMAL', 'QUANTITY'},
    'number': {'INTEGER', 'DECIMAL', 'QUANTITY'},
    'date': {'DATE'},
    'ref': {'OBJECT'},
    'collection': {'COLLECTION'},
}


@pytest.mark.parametrize(
    ('path', 'name'),
    [(path, name) for path, one in TYPES.items() for name in one['attributes']],
)
def test_an_attribute_seen_in_full_objects_is_declared_so(path, name):
    seen = TYPES[path]['attributes'][name]
    attr = Model.load().types[path].attributes[name]
    assert attr.in_full
    assert all(attr.type in ATTRIBUTE_TYPES[kind] for kind in seen['kinds'].split('|'))
    if 'type' in seen:
        assert seen['type'] in Model.load().family(attr.target)

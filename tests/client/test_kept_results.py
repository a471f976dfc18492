# -*- coding: utf-8 -*-
"""Where warnings are errors, a write that was carried out keeps its result."""
from __future__ import absolute_import, division, print_function, unicode_literals

import json
import os
import pickle
import warnings

import pytest

from pyral import Rally, RallyRESTResponse
from pyral._compat import dump_json
from pyral.advice import RallyWarning
from pyral.multiop import BatchResult, createMultiple, updateMultiple

REMARK = 'the service has a remark'
NEW = {'Name': 'kept'}


def make(rally, tmpdir):
    """Return what the calls write to, made while warnings are only warnings."""
    story = rally.create('Story', {'Name': 'a story'})
    path = tmpdir.join('a.txt')
    path.write('content')
    second = tmpdir.join('b.txt')
    second.write('other content')
    return {'defects': [rally.create('Defect', {'Name': 'D{0}'.format(each)}) for each in (1, 2)],
            'story': story, 'tag': rally.create('Tag', {'Name': 'a tag'}),
            'path': str(path), 'second': str(second)}


#: Call -> what it does with the things made, and what its result must be.
WRITES = {
    'create': (lambda rally, made: rally.create('Defect', NEW), 'Defect'),
    'put': (lambda rally, made: rally.put('Defect', NEW), 'Defect'),
    'update': (lambda rally, made: rally.update('Defect', dict(
        NEW, ObjectID=made['defects'][0].oid)), 'Defect'),
    'post': (lambda rally, made: rally.post('Defect', dict(
        NEW, FormattedID=made['defects'][0].FormattedID)), 'Defect'),
    'delete': (lambda rally, made: rally.delete('Defect', made['defects'][0].oid), True),
    'deleteMultiple': (
        lambda rally, made: rally.deleteMultiple('Defect', made['defects']), BatchResult),
    'copy': (lambda rally, made: rally.copy('Defect', made['defects'][0]), 'Defect'),
    'createMultiple': (lambda rally, made: rally.createMultiple('Defect', [NEW, NEW]), BatchResult),
    'updateMultiple': (lambda rally, made: rally.updateMultiple('Defect', [
        dict(NEW, ObjectID=each.oid) for each in made['defects']]), BatchResult),
    'multiop.createMultiple': (
        lambda rally, made: createMultiple(rally, 'Defect', [NEW, NEW]), BatchResult),
    'multiop.updateMultiple': (lambda rally, made: updateMultiple(rally, 'Defect', [
        dict(NEW, ObjectID=each.oid) for each in made['defects']]), BatchResult),
    'addCollectionItems': (
        lambda rally, made: rally.addCollectionItems(made['story'], [made['tag']]), ['a tag']),
    'addCollectionItems, named': (lambda rally, made: rally.addCollectionItems(
        made['story'], 'Tags', [made['tag']]), 'HierarchicalRequirement'),
    'addCollectionItemsMultiple': (lambda rally, made: rally.addCollectionItemsMultiple(
        made['defects'], [made['tag']]), BatchResult),
    'dropCollectionItemsMultiple': (lambda rally, made: rally.dropCollectionItemsMultiple(
        made['defects'], [made['tag']]), BatchResult),
    'dropCollectionItems': (lambda rally, made: rally.dropCollectionItems(
        made['story'], [made['tag']]), RallyRESTResponse),
    'addAttachment': (
        lambda rally, made: rally.addAttachment(made['story'], made['path']), 'Attachment'),
    'addAttachments': (lambda rally, made: rally.addAttachments(made['story'], [
        {'Name': made[name], 'mime_type': 'text/plain'} for name in ('path', 'second')]), True),
    'deleteAttachment': (lambda rally, made: rally.deleteAttachment(
        made['story'], os.path.basename(made['path'])), 'HierarchicalRequirement'),
    'rankAbove': (lambda rally, made: rally.rankAbove(*made['defects']), RallyRESTResponse),
    'rankBelow': (lambda rally, made: rally.rankBelow(*made['defects']), RallyRESTResponse),
    'rankToTop': (lambda rally, made: rally.rankToTop(made['defects'][0]), RallyRESTResponse),
    'rankToBottom': (lambda rally, made: rally.rankToBottom(made['defects'][0]), RallyRESTResponse),
    'rankTop': (lambda rally, made: rally.rankTop(made['defects'][0]), RallyRESTResponse),
    'rankBottom': (lambda rally, made: rally.rankBottom(made['defects'][0]), RallyRESTResponse),
}
#: Calls of `Rally` that write nothing, or nothing to the service.
READS = frozenset('''
    doctor
    get find getCollection search subscriptionName getWorkspace getWorkspaces setWorkspace
    getProject getProjects setProject getSchemaInfo typedef getAllowedValues getState getStates
    validateAttributeNames getUserInfo getAllUsers getAttachment getAttachmentNames getAttachments
    saveAttachment saveAttachments findWritten enableLogging disableLogging enableWarnings
    disableWarnings warningsEnabled obtainSecurityToken serviceURL close me current
    rows to_dicts to_csv to_jsonl to_dataframe to_arrow to_parquet dry_run from_profile
    lint_query'''.split())


def remarking(rally):
    """Have the service remark on every write of a connection, and return those sent."""
    sent = []

    def remark(response, **options):
        if response.request.method == 'GET' or response.status_code != 200:
            return
        body = json.loads(response.content.decode('utf-8'))
        for receipt in body.values():
            receipt['Warnings'] = receipt.get('Warnings', []) + [REMARK]
            for each in receipt.get('Results') or ():
                if 'Object' in each:
                    each['Warnings'] = [REMARK]
        response._content = dump_json(body)
        response.headers.pop('Content-Length', None)
        sent.append(response.request.method)

    rally.session.hooks['response'].append(remark)
    return sent


def is_as_wanted(found, wanted):
    if isinstance(wanted, type('')):
        return found._type == wanted
    return isinstance(found, wanted) if isinstance(wanted, type) else found == wanted


@pytest.mark.parametrize('way', ['key', 'word'])
@pytest.mark.parametrize('call', sorted(WRITES))
def test_a_write_returns_its_item_or_the_exception_has_it(emu, tmpdir, call, way):
    write, wanted = WRITES[call]
    rally = emu.sign_in() if way == 'word' else emu.connect()
    made = make(rally, tmpdir)
    if call == 'dropCollectionItems':
        rally.addCollectionItems(made['story'], [made['tag']])
    if call == 'deleteAttachment':
        rally.addAttachment(made['story'], made['path'])
    sent, raised = remarking(rally), None
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        try:
            found = write(rally, made)
        except RallyWarning as warning:
            raised, found = warning, warning.item
    assert sent and is_as_wanted(found, wanted)
    if isinstance(found, BatchResult):
        assert len(found) == 2 and found.complete
    if raised is not None:
        assert REMARK in str(raised)
        assert is_as_wanted(pickle.loads(pickle.dumps(raised)).item, wanted)


def test_every_write_is_in_the_table():
    methods = set(name for name in dir(Rally)
                  if name[:1] != '_' and callable(getattr(Rally, name))
                  and name not in ('ARTIFACT_TYPE', 'FORMATTED_ID_PATTERN'))
    assert sorted(methods - READS - set(call.split(',')[0] for call in WRITES)) == []


def test_all_files_are_attached_and_their_contents_stay(emu, tmpdir):
    rally = emu.connect()
    made = make(rally, tmpdir)
    sent = remarking(rally)
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        with pytest.raises(RallyWarning):
            WRITES['addAttachments'][0](rally, made)
    assert 'DELETE' not in sent
    found = emu.connect().getAttachments(made['story'].FormattedID)
    assert [each.Content for each in found] == [b'content', b'other content']


def test_all_chunks_of_a_batch_are_sent(emu, monkeypatch):
    monkeypatch.setattr('pyral.writing.batch.CHUNK', 2)
    rally = emu.connect()
    sent = remarking(rally)
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        with pytest.raises(RallyWarning) as caught:
            rally.createMultiple('Tag', [{'Name': 'T{0}'.format(each)} for each in range(5)])
    assert len(sent) == 3 and len(caught.value.item) == 5


def test_a_batch_of_which_a_part_failed_has_its_outcomes_in_the_exception(emu):
    rally = emu.connect()
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        with pytest.raises(RallyWarning) as caught:
            rally.createMultiple('Defect', [NEW, {'Name': 'x', 'State': 'Nonsense'}])
    result = caught.value.item
    assert len(result) == 1 and [each.place for each in result.failed] == [1]


def test_a_warning_before_the_write_keeps_it_from_being_sent(emu):
    rally = emu.connect()
    sent = remarking(rally)
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        with pytest.raises(RallyWarning) as caught:
            rally.create('Defect', NEW, wrokspace='Main')
    assert sent == [] and caught.value.item is None


def test_an_error_after_a_write_is_raised_in_place_of_its_warning(emu, tmpdir):
    rally = emu.connect()
    made = make(rally, tmpdir)
    sent = remarking(rally)
    rally.session.hooks['response'].append(lambda response, **options: (
        _refused(response) if len(sent) > 3 else None))
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        with pytest.raises(Exception) as caught:
            WRITES['addAttachments'][0](rally, made)
    assert not isinstance(caught.value, Warning) and 'no more' in str(caught.value)


def _refused(response):
    if response.request.method != 'GET':
        response._content = dump_json({'CreateResult': {
            'Errors': ['no more'], 'Warnings': []}})


def test_without_errors_of_them_each_warning_is_shown_at_the_line_of_the_caller(emu):
    rally = emu.connect()
    remarking(rally)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter('always')
        defect = rally.create('Defect', NEW)
    assert defect.Name == 'kept' and [REMARK in str(each.message) for each in heard] == [True]
    assert os.path.splitext(heard[0].filename)[0] == os.path.splitext(os.path.abspath(__file__))[0]

"""Attachments: content, check, download (WSAPI reference, section 10)."""

from __future__ import annotations

import base64

import pytest

pytestmark = pytest.mark.fact('10')

BYTES = bytes(range(256)) * 3


def content_of(api, data=BYTES):
    return api.create('attachmentcontent', Content=base64.b64encode(data).decode('ascii'))


@pytest.fixture
def defect(api):
    return api.create('defect', Name='d')


@pytest.fixture
def attached(api, defect):
    content = content_of(api)
    return api.create(
        'attachment',
        Name='bytes & more.bin',
        Content='attachmentcontent/%d' % content['ObjectID'],
        ContentType='application/x-things',
        Size=len(BYTES),
        User=api.get('/user')['_ref'],
        Artifact=defect['_ref'],
    )


def test_an_attachment_is_made_of_content_and_facts(api, defect, attached):
    (row,) = api.members(defect, 'Attachments')
    assert (row['Name'], row['Size']) == ('bytes & more.bin', len(BYTES))
    content = api.read(row['Content'])
    assert base64.b64decode(content['Content']) == BYTES


@pytest.mark.fact('5.10')
def test_content_is_not_queryable(api, attached):
    assert api.get('/attachmentcontent')['Results'] == []


def test_the_bytes_can_be_downloaded_by_name(api, attached):
    answer = api.send('GET', '/slm/attachment/{}/any-name.bin'.format(attached['ObjectID']))
    assert answer.status_code == 200
    assert answer.content == BYTES
    assert answer.headers['Content-Type'] == 'application/x-things'


def test_a_download_of_nothing_is_a_plain_404(api, defect):
    for oid in (1, defect['ObjectID']):
        answer = api.send('GET', '/slm/attachment/{}/x'.format(oid))
        assert answer.status_code == 404
        assert 'html' in answer.headers['Content-Type']


def test_a_wrong_size_is_refused(api, defect):
    content = content_of(api)
    result = api.try_create(
        'attachment',
        {
            'Name': 'x',
            'Content': content['_ref'],
            'ContentType': 'text/plain',
            'Size': 5,
            'User': api.get('/user')['_ref'],
            'Artifact': defect['_ref'],
        },
    )
    assert result['Errors'] == ['Validation error: Attachment.Size is incorrect']


def test_everything_but_the_artifact_and_the_user_is_required(api):
    errors = api.try_create('attachment', {})['Errors']
    assert errors == [
        'Validation error: Attachment.{} should not be null'.format(name)
        for name in ('Content', 'Content Type', 'Name')
    ]


@pytest.mark.parametrize('text', ['not base64!', 'AAAA\nAAAA', 'AAA', 5])
def test_content_that_is_not_base64_is_refused(api, text):
    (error,) = api.try_create('attachmentcontent', {'Content': text})['Errors']
    assert error.startswith('Could not convert: ')
    assert 'value to convert :' in error


def test_two_attachments_may_share_a_name(api, defect, attached):
    content = content_of(api, b'other')
    api.create(
        'attachment',
        Name=attached['Name'],
        Content=content['_ref'],
        ContentType='text/plain',
        User=api.get('/user')['_ref'],
        Artifact=defect['_ref'],
    )
    assert [row['Name'] for row in api.members(defect, 'Attachments')] == [attached['Name']] * 2


def test_an_attachment_of_a_test_case_result(api):
    case = api.create('testcase', Name='c')
    result = api.create(
        'testcaseresult', TestCase=case['_ref'], Verdict='Fail', Build='1', Date='2026-03-01'
    )
    content = content_of(api, b'log')
    api.create(
        'attachment',
        Name='log',
        Content=content['_ref'],
        ContentType='text/plain',
        Size=3,
        User=api.get('/user')['_ref'],
        TestCaseResult=result['_ref'],
    )
    assert [row['Name'] for row in api.members(result, 'Attachments')] == ['log']


def test_content_attachment_and_list_can_be_deleted_as_clients_do(api, defect, attached):
    assert api.delete(attached['Content'])['Errors'] == []
    assert api.delete(attached)['Errors'] == []
    assert api.update(defect, Attachments=[])['Attachments']['Count'] == 0


def test_who_may_not_see_the_artifact_may_not_download(api, as_viewer):
    team_b = api.named('project', 'Team B')
    secret = api.try_create('defect', {'Name': 's', 'Project': team_b['_ref']})['Object']
    content = content_of(api, b'secret')
    made = api.create(
        'attachment',
        Name='s',
        Content=content['_ref'],
        ContentType='text/plain',
        User=api.get('/user')['_ref'],
        Artifact=secret['_ref'],
    )
    path = '/slm/attachment/{}/s'.format(made['ObjectID'])
    assert api.send('GET', path).content == b'secret'
    assert as_viewer.send('GET', path).status_code == 404

"""Parts without a project of their own are read by those who may read what they belong to."""

from __future__ import annotations

import pytest

from tests.contract.small_world import path_of

pytestmark = pytest.mark.fact('13')


@pytest.fixture
def hidden(api):
    """A story in a project that the viewer may not read, with all its parts by type."""
    place = {'project': api.named('project', 'Team B')['_ref']}

    def make(type_path, **values):
        made = api.try_create(type_path, values, **place)
        assert made['Errors'] == []
        return made['Object']

    me = api.get('/user')['_ref']
    story = make('hierarchicalrequirement', Name='Secret', Blocked=True)
    case = make('testcase', Name='Secret case', WorkProduct=story['_ref'])
    content = make('attachmentcontent', Content='aGVsbG8=')
    hours = make(
        'timeentryitem',
        WorkProduct=story['_ref'],
        User=me,
        WeekStartDate='2026-03-15',
        Project=place['project'],
    )
    parts = [
        content,
        make(
            'attachment',
            Name='a.txt',
            Content=content['_ref'],
            ContentType='text/plain',
            Size=5,
            User=me,
            Artifact=story['_ref'],
        ),
        make('conversationpost', Artifact=story['_ref'], Text='Secret post'),
        make('testcasestep', TestCase=case['_ref'], Input='Secret step'),
        make('timeentryvalue', TimeEntryItem=hours['_ref'], DateVal='2026-03-16', Hours=3),
        api.read(story['Blocker']),
        api.read(story['RevisionHistory']),
        *api.members(story['RevisionHistory'], 'Revisions'),
    ]
    deleted = make('defect', Name='Secret waste')
    api.delete(deleted)
    parts.append(api.one('/recyclebinentry', '(ItemOID = {})'.format(deleted['ObjectID'])))
    return story, parts


def test_a_part_is_hidden_with_what_it_belongs_to(api, as_viewer, hidden):
    _, parts = hidden
    for part in parts:
        assert api.read(part)['Errors'] == []
        assert as_viewer.read(part)['Errors'] == ['Cannot find object to read']
        kind = part['_type'].lower()
        if kind not in ('attachmentcontent', 'revisionhistory'):
            query = '(ObjectID = {})'.format(part['ObjectID'])
            assert len(api.rows('/' + kind, query)) == 1
            assert as_viewer.rows('/' + kind, query) == []


def test_the_parts_of_what_one_may_read_are_there(api, as_viewer):
    story = as_viewer.named('hierarchicalrequirement', 'Sign in with e-mail')
    for name in ('Discussion', 'Attachments'):
        (part, *_) = as_viewer.members(story, name)
        assert as_viewer.read(part)['Errors'] == []
    assert as_viewer.rows('/testcasestep') and as_viewer.rows('/recyclebinentry')
    history = as_viewer.read(story['RevisionHistory'])
    assert (
        len(as_viewer.members(history, 'Revisions'))
        == len(
            as_viewer.rows(
                '/revision', '(RevisionHistory.ObjectID = {})'.format(history['ObjectID'])
            )
        )
        == 2
    )


def test_hidden_parts_open_again_with_the_right_to_the_project(api, as_viewer, hidden):
    story, parts = hidden
    vic = api.one('/user', '(UserName = "vic@example.com")')
    api.create(
        'projectpermission', Project=story['Project']['_ref'], Role='Viewer', User=vic['_ref']
    )
    assert {as_viewer.get(path_of(part))['_ref'] for part in parts} == {
        part['_ref'] for part in parts
    }

# -*- coding: utf-8 -*-
"""Attachments: equal names, any owner, nothing half done, and files that stay in their folder."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os

import pytest

from pyral import RallyRESTAPIError
from pyral._compat import fspath
from pyral.advice import RallyWarning
from pyral.writing import attachments
from pyral.writing.attachments import safe_name
from tests.emulated import Wire


@pytest.fixture
def story(rally):
    """A story of our own."""
    return rally.create('Story', {'Name': 'A story with files'})


@pytest.fixture
def make(tmpdir):
    """A function that writes a file and returns its path."""
    def write(name, content, folder='one'):
        place = tmpdir.join(folder)
        place.ensure(dir=True)
        path = fspath(os.path.join(str(place), name))
        with io.open(path, 'wb') as target:
            target.write(content)
        return path
    return write


def content(path):
    """Return the bytes of a file."""
    with io.open(path, 'rb') as source:
        return source.read()


def test_equal_names_are_distinguished(rally, story, make):
    first = rally.addAttachment(story, make('a.txt', b'first', 'one'))
    second = rally.addAttachment(story, make('a.txt', b'second', 'two'))
    assert first.oid != second.oid
    assert rally.getAttachmentNames(story) == ['a.txt', 'a.txt']
    assert [each.Content for each in rally.getAttachments(story)] == [b'first', b'second']
    assert rally.getAttachment(story, second).Content == b'second'
    with pytest.warns(RallyWarning):
        assert rally.getAttachment(story, 'a.txt').Content == b'first'
    rally.deleteAttachment(story, first)
    assert [each.oid for each in rally.getAttachments(story)] == [second.oid]


def test_the_same_file_is_not_sent_twice(rally, story, make):
    path = make('a.txt', b'content')
    first = rally.addAttachment(story, path)
    wire = Wire(rally)
    assert rally.addAttachment(story, path).oid == first.oid
    assert not [line for line in wire.lines if line.startswith('PUT')]


def test_a_changed_file_of_the_same_name_and_size_is_sent(rally, story, make):
    first = rally.addAttachment(story, make('a.txt', b'content', 'one'))
    second = rally.addAttachment(story, make('a.txt', b'CONTENT', 'two'))
    assert first.oid != second.oid


def test_a_name_of_other_letters(rally, story, make):
    rally.addAttachment(story, make('\u017elu\u0165 & #1.txt', b'x'))
    attachment = rally.getAttachment(story, '\u017elu\u0165 & #1.txt')
    assert attachment.Content == b'x' and attachment.Size == 1


def test_a_test_case_result_owns_attachments(rally, make):
    case = rally.create('TestCase', {'Name': 'attached'})
    verdict = rally.create('TestCaseResult', {
        'TestCase': case, 'Build': '7', 'Date': '2030-01-01', 'Verdict': 'Pass'})
    wire = Wire(rally)
    rally.addAttachment(verdict, make('log.txt', b'it passed'))
    body = [body for method, url, body in wire.sent if url.startswith('attachment/create')][0]
    assert 'Artifact' not in body['Attachment'] and body['Attachment']['TestCaseResult']
    assert rally.getAttachment(verdict, 'log.txt').Content == b'it passed'


@pytest.mark.parametrize('name', ['Feature', 'Defect', 'Task', 'TestCase'])
def test_artifacts_are_named_by_their_formatted_id(rally, make, name):
    data = {'Name': 'with a file'}
    if name == 'Task':
        data['WorkProduct'] = rally.create('Story', {'Name': 'owner'})
    made = rally.create(name, data)
    rally.addAttachment(made.FormattedID, make('a.txt', b'x'))
    assert rally.getAttachmentNames(made.FormattedID) == ['a.txt']


def test_a_file_goes_to_the_workspace_of_its_item(rally, make):
    path = make('a.txt', b'x')
    rally.setWorkspace('Other')
    there = rally.create('Defect', {'Name': 'elsewhere'})
    assert rally.addAttachment(there.FormattedID, path).Name == 'a.txt'
    rally.setWorkspace('Main')
    assert rally.addAttachment(there, make('b.txt', b'y')).Name == 'b.txt'
    assert sorted(rally.getAttachmentNames(there)) == ['a.txt', 'b.txt']
    assert rally.deleteAttachment(there, 'a.txt') == there
    assert [each.Content for each in rally.getAttachments(there)] == [b'y']


def test_an_owner_nobody_has_is_false_and_no_owner_is_an_error(rally, make):
    path = make('a.txt', b'x')
    assert rally.addAttachment('US99999', path) is False
    assert rally.getAttachments('US99999') == []
    with pytest.raises(TypeError):
        rally.addAttachment(None, path)
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.addAttachment('QQ1', path)
    assert 'QQ' in caught.value.args[0]


def test_a_refused_attachment_leaves_no_content_behind(rally, story, make, monkeypatch):
    path = make('a.txt', b'x')
    wire = Wire(rally)
    monkeypatch.setattr(attachments, '_user', lambda connection: 'user/1')
    with pytest.raises(RallyRESTAPIError):
        rally.addAttachment(story, path)
    deleted = [path for path in wire.paths if path.startswith('DELETE attachmentcontent/')]
    assert len(deleted) == 1
    assert rally.getAttachmentNames(story) == []


def test_a_large_file_is_refused_before_it_is_read(rally, story, tmpdir, monkeypatch):
    path = str(tmpdir.join('large'))
    with io.open(path, 'wb') as target:
        target.truncate(50000001)
    monkeypatch.setattr(attachments, '_read', lambda path: pytest.fail("it was read"))
    wire = Wire(rally)
    with pytest.raises(RallyRESTAPIError):
        rally.addAttachment(story, path)
    assert wire.lines == []


def test_several_files_are_added_and_those_without_a_type_passed_over(rally, story, make):
    entries = [
        {'Name': make('a.txt', b'a'), 'mime_type': 'text/plain'},
        {'Name': make('b.txt', b'b'), 'ContentType': 'text/plain'},
        {'Name': make('c.txt', b'c')},
        {'mime_type': 'text/plain'},
    ]
    with pytest.warns(RallyWarning) as caught:
        assert rally.addAttachments(story, entries) is True
    assert 'Bypassing attachment for' in str(caught[0].message)
    assert sorted(rally.getAttachmentNames(story)) == ['a.txt', 'b.txt']
    assert rally.addAttachments(story, []) is True


def test_nothing_is_sent_where_a_file_cannot_be_attached(rally, story, make, tmpdir):
    good, wire = make('a.txt', b'a'), Wire(rally)
    for bad, message in ((make('b.txt', b''), 'is empty'), (str(tmpdir), 'is not a regular file'),
                         (str(tmpdir.join('nope')), 'not found')):
        with pytest.raises(RallyRESTAPIError) as caught:
            rally.addAttachments(story, [{'Name': good, 'mime_type': 'text/plain'},
                                         {'Name': bad, 'mime_type': 'text/plain'}])
        assert caught.value.args[0] == 'Named attachment filename: {0} {1}'.format(bad, message)
    for entries in ([good], good, [None]):
        with pytest.raises(TypeError) as caught:
            rally.addAttachments(story, entries)
        assert 'an entry is a dict such as' in str(caught.value)
    with pytest.raises(TypeError) as caught:
        rally.addAttachment(story, None)
    assert 'named by its path' in str(caught.value)
    assert wire.lines == []


@pytest.mark.parametrize('name, kind', [
    ('a.png', 'image/png'), ('a.unheard', 'application/octet-stream')])
def test_a_type_that_is_not_given_is_guessed(rally, story, make, name, kind):
    assert rally.addAttachment(story, make(name, b'x'), None).ContentType == kind


def test_content_is_saved_as_it_comes(rally, story, make, tmpdir):
    data = bytes(bytearray(range(256))) * 5000
    attachment = rally.addAttachment(story, make('a.bin', data))
    answers = []
    rally._transport.wire_log.add(lambda each: answers.append(each.answer) if each.answer else 0)
    path = rally.saveAttachment(attachment.ref, str(tmpdir))
    with io.open(path, 'rb') as saved:
        assert saved.read() == data
    assert max(len(answer.content) for answer in answers) < 10000
    plain = tmpdir.join('plain')
    plain.write('')
    assert os.stat(path).st_mode == os.stat(str(plain)).st_mode


def test_a_folder_or_attachment_that_is_none_is_told_at_once(rally, story, make, tmpdir):
    rally.addAttachment(story, make('a.txt', b'x'))
    wire = Wire(rally)
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.saveAttachment('attachment/1', str(tmpdir.join('nope')))
    assert caught.value.args[0].startswith('There is no folder ')
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.saveAttachment('a.txt', str(tmpdir))
    assert caught.value.args[0].startswith('the attachment to save must be an entity')
    assert wire.lines == [] and os.listdir(str(tmpdir)) == ['one']


def test_files_are_saved_under_their_names_and_none_is_overwritten(rally, story, make, tmpdir):
    rally.addAttachment(story, make('a.txt', b'first', 'one'))
    rally.addAttachment(story, make('a.txt', b'second', 'two'))
    folder = str(tmpdir.mkdir('saved'))
    paths = rally.saveAttachments(story, folder)
    assert [os.path.basename(path) for path in paths] == ['a.txt', 'a (2).txt']
    assert [content(path) for path in paths] == [b'first', b'second']
    assert sorted(os.listdir(folder)) == ['a (2).txt', 'a.txt']


@pytest.mark.parametrize('is_loaded, expected', [(True, 2), (False, 3)])
def test_the_attachments_an_entity_holds_are_saved_without_asking_for_the_list(
        rally, story, make, tmpdir, request_budget, is_loaded, expected):
    for name in ('a.txt', 'b.txt'):
        rally.addAttachment(story, make(name, name.encode('ascii')))
    if is_loaded:
        assert len(story.Attachments) == 2
    with request_budget(rally, expected):
        paths = rally.saveAttachments(story, str(tmpdir.mkdir('saved')))
    assert [os.path.basename(path) for path in paths] == ['a.txt', 'b.txt']
    rally.addAttachment(story, make('c.txt', b'c'))
    assert len(rally.saveAttachments(story, str(tmpdir.mkdir('again')))) == 3


def test_the_lists_of_a_page_of_items_are_asked_for_together(rally, make, tmpdir, request_budget):
    prefix = 'with attachments'
    for number in range(6):
        made = rally.create('Story', {'Name': prefix})
        for each in range(number % 3):
            rally.addAttachment(made, make('{0}.txt'.format(each), b'content'))
    # The page, the lists of all, six contents; the first item is asked for alone.
    with request_budget(rally, 1 + 2 + 6):
        saved = [path for each in rally.get('Story', fetch=True, query={'Name': prefix})
                 for path in rally.saveAttachments(each, str(tmpdir))]
    assert len(saved) == 6


def test_attachments_are_saved_where_lazy_loading_is_off(emu, rally, story, make, tmpdir):
    rally.addAttachment(story, make('a.txt', b'content'))
    careful = emu.connect(lazy='never')
    held = careful.get('Story', fetch=True, query={'ObjectID': story.oid}, instance=True)
    assert len(careful.saveAttachments(held, str(tmpdir.mkdir('saved')))) == 1


def test_a_name_from_the_service_stays_in_the_folder(rally, story, make, tmpdir):
    attachment = rally.addAttachment(story, make('a.txt', b'content'))
    rally.update('Attachment', attachment, {'Name': '../../etc/evil.txt'}, project=None)
    folder = str(tmpdir.mkdir('saved'))
    path = rally.saveAttachments(story, folder)[0]
    assert os.path.dirname(os.path.abspath(path)) == os.path.abspath(folder)
    assert content(path) == b'content'


@pytest.mark.parametrize('name, safe', [
    ('a.txt', 'a.txt'), ('../../etc/passwd', '_.._etc_passwd'), ('C:\\x\\y', 'C__x_y'),
    ('..', 'attachment'), ('', 'attachment'), (None, 'attachment'), ('.bashrc', 'bashrc'),
    ('con.txt', '_con.txt'), ('CON', '_CON'), ('Lpt9.tar.gz', '_Lpt9.tar.gz'), ('com0', '_com0'),
    ('console.txt', 'console.txt'), ('com10.txt', 'com10.txt'), ('<>:"/\\|?*\x7f', '_' * 10),
    ('\x1f\x20\u2029\u202a\u202f\u2065\u2069\u206a.b', '_\x20\u2029_\u202f\u2065_\u206a.b'),
    ('a\x00b\n.txt', 'a_b_.txt'), ('\u202etxt.exe', '_txt.exe'),
    ('  spaced  ', 'spaced'), ('caf\xe9.png', 'caf\xe9.png')])
def test_names_are_made_safe(name, safe):
    assert safe_name(name) == safe


def test_long_names_keep_their_ending():
    assert len(safe_name('x' * 500 + '.png')) == 200
    assert safe_name('x' * 500 + '.png').endswith('.png')


def test_a_file_of_another_size_is_told_without_reading_what_is_there(rally, story, make):
    rally.addAttachment(story, make('a.txt', b'first', 'one'))
    wire = Wire(rally)
    rally.addAttachment(story, make('a.txt', b'longer', 'two'))
    assert not [path for path in wire.paths if path.startswith('GET attachmentcontent')]


def test_a_file_that_could_not_be_saved_leaves_nothing_behind(rally, story, make, tmpdir):
    attachment = rally.addAttachment(story, make('a.txt', b'x'))
    folder = tmpdir.join('saved')
    folder.ensure(dir=True)
    rally.deleteAttachment(story, 'a.txt')
    with pytest.raises(RallyRESTAPIError):
        rally.saveAttachment(attachment, str(folder))
    assert folder.listdir() == []


def test_the_content_goes_with_its_attachment(rally, story, make):
    attachment = rally.addAttachment(story, make('a.txt', b'x'))
    content = rally._connection.read_item('attachment/{0}'.format(attachment.oid))['Content']
    wire = Wire(rally)
    rally.deleteAttachment(story, 'a.txt')
    assert [path for path in wire.paths if path.startswith('DELETE')] == [
        'DELETE attachment/{0}'.format(attachment.oid),
        'DELETE attachmentcontent/{0}'.format(content['_ref'].rpartition('/')[2])]


@pytest.mark.parametrize('call', ['getAttachment', 'getAttachments'])
@pytest.mark.parametrize('is_loaded', [True, False])
def test_what_was_read_is_in_the_item_that_the_artifact_holds(rally, make, call, is_loaded):
    made = rally.create('Story', {'Name': 'A story with files'})
    for name in ('a', 'b'):
        rally.addAttachment(made, make(name + '.txt', name.encode('ascii')))
    story = rally.get('Story', fetch=True, query=['ObjectID = {0}'.format(made.oid)]).next()
    held = list(story.Attachments) if is_loaded else None
    for _ in range(2):
        for name in ('a.txt', 'b.txt'):
            found = rally.getAttachment(story, name) if call == 'getAttachment' else [
                each for each in rally.getAttachments(story) if each.Name == name][0]
            inside = [each for each in story.Attachments if each.oid == found.oid][0]
            assert inside.Content == found.Content == name[:1].encode('ascii')
            assert inside.ContentRef == found.ContentRef and '/attachmentcontent/' in (
                inside.ContentRef)
    assert held is None or [a is b for a, b in zip(held, story.Attachments)] == [True, True]
    with pytest.raises(TypeError):
        rally.update('Story', story)  # what was read is no change


def test_what_an_artifact_holds_follows_what_is_attached_and_deleted_through_it(rally, make):
    story = rally.create('Story', {'Name': 'A story with files'})
    rally.addAttachment(story, make('a.txt', b'a'))
    rally.getAttachment(story, 'a.txt')
    rally.addAttachment(story, make('b.txt', b'b'))
    assert sorted(each.Name for each in story.Attachments) == ['a.txt', 'b.txt']
    rally.deleteAttachment(story, 'a.txt')
    assert [each.Name for each in story.Attachments] == ['b.txt']

# coding: utf-8
"""Verbs of the command that write, and `query`: what they send, refuse, ask and tell."""
from __future__ import absolute_import, division, print_function

import errno
import io
import json
import os
import signal
import sys

import pytest
import requests

from pyral.cli import inputs
from pyral.writing import batch
from tests.client.test_command import Screen, run  # noqa: F401 - a fixture

#: What is interrupted leaves its connection to the collector of garbage.
pytestmark = [pytest.mark.filterwarnings('ignore:unclosed'),
              pytest.mark.filterwarnings('ignore:Exception ignored')]

#: Arguments | standard input | what the rows have as names, None where it does not matter.
WRITES = [
    (['create', 'Defect', 'Name=A=B', 'Owner=@me', 'State=open', 'Blocked=yes', 'PlanEstimate=2.5',
      'Tags=legal', 'TargetDate=2026-12-24', 'Notes='], b'', [u'A=B']),
    (['create', 'Defect', '--json', '[{"Name": "C"}, {"Name": "D", "Tags": ["legal"]}]',
      'State=Fixed'], b'', [u'C', u'D']),
    (['create', 'defect', '-f', '-', 'Blocked=true'],
     b'Name,State,Tags,PlanEstimate\nE,Open,"legal,urgent",3\n"F, too",,,\n', [u'E', u'F, too']),
    (['create', 'Defect', '-f', '-', '--project', 'Team A'],
     b'{"Name": "G", "PlanEstimate": 1}\n\n{"Name": "H"}\n', [u'G', u'H']),
    (['create', 'Defect', '-f', '-'], u'\ufeffName\tNotes\nK\t\xfc\n'.encode('utf-8'), [u'K']),
    (['set', 'DE7', 'Name=Another', 'Notes=@@home'], b'', [u'Another']),
    (['set', 'DE7', '--json-errors', 'Tags+=legal', 'State=closed', 'Tags-=urgent'], b'', None),
    (['set', '-f', '-', 'Name=Each'], b'FormattedID\nDE7\n\nUS105\nDE7\n', [u'Each', u'Each']),
    (['set', '-f', '-', 'Name=Row'], b'{"FormattedID": "DE7", "Name": "x"}\n', [u'Row']),
    (['set', '--type', 'Tag', 'legal', 'Name=lawful'], b'', [u'lawful']),
    (['set', 'DE7', 'Description=@-'], b'first\nsecond\n', None),
    (['set', '-f', '-', 'Name=Listed'],
     b'[\n {"FormattedID": "DE7"},\n {"FormattedID": "US105"}\n]', [u'Listed', u'Listed']),
    (['set', '-f', '-', 'Name=Cells'], b'Name,FormattedID\r\n"x, y",DE7\r\n', [u'Cells']),
    (['set', '-f', '-', 'Name=Wide'], u'DE7\r\nUS105\r'.encode('utf-16'), [u'Wide', u'Wide']),
    (['create', 'Defect', '-f', '-'], u'{"Name": "a\u2028b"}\n{"Name": "c\x85d"}\n'.encode('utf-8'),
     [u'a\u2028b', u'c\x85d']),
    (['create', 'Defect', '-f', '-'], u'Name,Notes\n"e\u2028f",x\n'.encode('utf-8'),
     [u'e\u2028f']),
    (['copy', 'DE7'], b'', [u'(Copy of) Sign in fails for names with umlauts']),
    (['copy', '-f', '-'], b'DE7\nUS105\n', None),
    (['delete', '--yes', 'DE7', 'US105'], b'', None),
    (['delete', '-f', '-', '-y'], b'DE7\n', None),
    (['delete', '-f', '-', '-y'], b'DE8\nDE7\nUS105\n', None),
    (['set', '-f', '-', 'Notes=x', 'Tags+=legal', 'Tags-=urgent'], b'DE8\nDE7\nUS105\n', None),
    (['attach', 'DE7', '-', '--name', 'out.log'], b'content', [u'out.log']),
]
#: The same of what is refused: | a part of the only line of the error output.
REFUSED = [
    (['create', 'Defekt', 'Name=x'], b'', u'Did you mean Defect?'),
    (['create', 'Defect', 'Nmae=x'], b'', u'Did you mean Name?'),
    (['create', 'Defect', 'Name'], b'', u"'Name' is not FIELD=VALUE"),
    (['create', 'Defect'], b'', u'nothing to create'),
    (['create', 'Defect', 'Name=x', 'Name=y'], b'', u'given twice'),
    (['create', 'Defect', 'Name=x', 'Tags-=y'], b'', u'no meaning for a new item'),
    (['create', 'Defect', '--json', '{'], b'', u'no JSON'),
    (['create', 'Defect', '--json', '[]'], b'', u'no item in it'),
    (['create', 'Defect', '--json', '[1]'], b'', u'a JSON object'),
    (['create', 'Defect', '--json', '{}', '-f', '-'], b'', u'cannot both be given'),
    (['create', 'Defect', '-f', '-'], b'{"Name": "x"}\n{"Name": \n', u'line 2 is no JSON'),
    (['create', 'Defect', '-f', '-'], b'Name,Nots\nx,y\n', u'Did you mean Notes?'),
    (['create', 'Defect', '-f', '-'], b'Name\nx,y\n', u'row 2 has 2 values'),
    (['create', 'Defect', '-f', '-'], b'Name\n', u'no item in it'),
    (['create', 'Defect', '-f', 'nowhere.csv'], b'', u'cannot be read'),
    (['create', 'Defect', '-f', '-'], b'Name,State\nx,Open\ny,Opne\n', u'Did you mean Open?'),
    (['create', 'Defect', '-f', '-'], b'Name\nM\xfcller\n', u'line 2 has the byte 0xfc'),
    (['set', '-f', '-', 'Name=x'], b'DE7\n\x80\n', u'line 2 has the byte 0x80'),
    (['set', 'DE7', 'Notes=@-'], b'M\xfcller', u'line 1 has the byte 0xfc'),
    (['create', 'Defect', '-f', '-'], b'Name\n"x\ny\n', u'this is no table'),
    (['create', 'Defect', '-f', '-'], b'Name,Name\nx,y\n', u'the column Name is there twice'),
    (['create', 'Defect', '-f', '-'], b'Name,name\nx,y\n', u'Name is given twice'),
    (['create', 'Defect', '-f', '-'], b'Name,\nx,y\n', u'a column without a name'),
    (['create', 'Defect', '--json', '{"Name": "x", "Name": "y"}'], b'', u'Name is given twice'),
    (['create', 'Defect', '--json', '{"Name": "x", "name": "y"}'], b'', u'Name is given twice'),
    (['create', 'Defect', '--json', '{"PlanEstimate": NaN}'], b'', u'NaN is no number'),
    (['create', 'Defect', '--json', '{"PlanEstimate": 1e400}'], b'', u'1e400 is no number'),
    (['create', 'Defect', '--json', '[' * 100000], b'', u'no JSON'),
    (['create', 'Defect', '--json', r'{"Name": "a\ud800b"}'], b'', u'is half a sign'),
    (['create', 'Defect', '-f', '-'], b'{"Name": "x"}\n{"Name": "\\udc00\\ud83d"}\n', u'line 2'),
    (['create', 'Defect', '--json', r'{"\ude00": "x"}'], b'', u'is half a sign'),
    (['create', 'Defect', '--json', '{"PlanEstimate": "big"}'], b'', u"is a number, and 'big'"),
    (['create', 'Defect', '--json', '{"PlanEstimate": true}'], b'', u"is a number, and 'true'"),
    (['create', 'Defect', '--json', '{"PlanEstimate": [1]}'], b'', u'is a number'),
    (['create', 'TestCase', '--json', '{"Name": "x", "DefaultRank": {}}'], b'', u'unknown field'),
    (['create', 'Defect', '--json', '{"Blocked": "maybe"}'], b'', u"is true or false, not 'maybe'"),
    (['create', 'Defect', '--json', '{"Blocked": 1}'], b'', u'is true or false'),
    (['create', 'Defect', '--json', '{"TargetDate": "2026-02-31"}'], b'', u"'2026-02-31' is none"),
    (['create', 'Defect', '--json', '{"TargetDate": 20260131}'], b'', u'is a date'),
    (['create', 'Defect', 'TargetDate=2026-02-31'], b'', u"'2026-02-31' is none"),
    (['create', 'Defect', 'TargetDate=2026-01-31T25:00:00Z'], b'', u'is a date'),
    (['create', 'Defect', 'TargetDate=0001-01-01T00:00+05:00'], b'', u'is a date'),
    (['create', 'Defect', '-f', '-'], b'Name,TargetDate\nx,31.1.2026\n', u"'31.1.2026' is none"),
    (['create', 'Story', 'Name=x', 'PlanEstimate=2', 'Blocked=2'], b'', u'is true or false'),
    (['attach', 'DE7', '-', '--name', 'x'], b'', u'the standard input is empty'),
    (['create', 'Defect', '-f', '-', 'Notes=@-'], b'Name\nx\n', u'cannot have both'),
    (['set', 'DE7', 'PlanEstimate=' + '9' * 5000], b'', u'is a number'),
    (['set', 'DE7'], b'', u'nothing is to be set'),
    (['set', 'State=Open'], b'', u'no item is named'),
    (['set', '-f', '-', 'State=Open'], b'', u'no item is named'),
    (['set', '-f', '-', 'State=Open'], b'{"Name": "x"}\n', u'row 1 names no item'),
    (['set', '-f', '-', 'DE7', 'Notes=@-'], b'', u'cannot have both'),
    (['set', 'DE7', 'Sate=Open'], b'', u'Did you mean State?'),
    (['set', 'DE7', 'US105', 'Severity=Cosmetic'], b'', u"unknown field 'Severity'"),
    (['set', 'DE7', 'State=Opne'], b'', u'Did you mean Open?'),
    (['set', 'DE7', 'PlanEstimate=big'], b'', u'is a number'),
    (['set', 'DE7', 'Blocked=perhaps'], b'', u'is true or false'),
    (['set', 'DE7', 'TargetDate=12/24/2026'], b'', u'Dates are written'),
    (['set', 'DE7', 'Blocked= '], b'', u"is true or false, not ''"),
    (['set', 'DE7', 'PlanEstimate= '], b'', u"is a number, and '' is none"),
    (['set', 'DE7', 'TargetDate= '], b'', u"is a date, and '' is none"),
    (['create', 'Defect', '-f', '-'], b'Name,Blocked\nx," "\n', u'is true or false'),
    (['set', 'DE7', 'CreationDate=2026-01-01'], b'', u'read-only'),
    (['set', 'DE7', 'FormattedID=DE9'], b'', u'read-only'),
    (['set', 'DE7', 'Name+=x'], b'', u'is no collection'),
    (['set', 'DE7', 'Notes=@nowhere'], b'', u'cannot be read'),
    (['set', 'seven', 'State=Open'], b'', u"'seven' names no item"),
    (['set', 'XX7', 'State=Open'], b'', u"'XX7' names no item"),
    (['set', 'https://rally.example/slm/webservice/v2.0/defect/1', 'State=Open'], b'',
     u'another server'),
    (['set', 'DE7', '--dry-runn', 'State=Open'], b'', u'Did you mean --dry-run?'),
    (['set', 'DE7', 'State=Open', '--dry-run', '-o', 'csv'], b'', u'dry run is shown as'),
    (['delete', 'DE7'], b'', u'nothing is deleted without --yes'),
    (['delete', '--yes'], b'', u'no item is named'),
    (['copy'], b'', u'no item is named'), (['copy', 'seven'], b'', u"'seven' names no item"),
    (['attach', 'DE7', 'nowhere.txt'], b'', u'no file nowhere.txt'),
    (['attach', 'DE7', '-'], b'x', u'--name says'),
    (['attach', 'DE7', '-', '-', '--name', 'x'], b'x', u'is given once'),
    (['query', 'Defekt', 'State = Open'], b'', u'Did you mean Defect?'),
]


def watching(methods):
    """Return what makes a connection note the methods of its requests that write."""
    def changed(rally):
        def note(response, **options):
            if response.request.method != 'GET':
                methods.append(response.request.method)

        rally.session.hooks['response'].append(note)
        return rally

    return changed


#: Arguments | standard input: what writes items of one type or of two, in a request or many.
OF_MANY = [
    (['create', 'Defect', '--json', '[{"Name": "C"}, {"Name": "D"}]'], b''),
    (['create', 'Defect', 'Name=C'], b''),
    (['set', 'DE7', 'DE8', 'US105', 'Name=x'], b''), (['set', 'DE7', 'US105', 'Tags+=legal'], b''),
    (['delete', '--yes', 'US105', 'DE7', 'DE8'], b''), (['copy', 'US105', 'DE7', 'DE8'], b''),
    (['attach', 'DE7', __file__, '-', '--name', 'x'], b'x'),
]


def failing(number, rows):
    """Return a stream that takes so many rows and then fails with an error of the system."""
    class Broken(io.BytesIO):
        def write(self, data):
            if self.getvalue().count(b'\n') >= rows:
                raise IOError(number, 'it cannot be written')
            return io.BytesIO.write(self, data)

        def flush(self):
            pass

    return Broken()


@pytest.mark.parametrize('rows', [0, 1])
@pytest.mark.parametrize('argv, given', OF_MANY, ids=[' '.join(each[0][:2]) for each in OF_MANY])
def test_writes_are_carried_through_where_their_rows_find_no_place(emu, run, argv, given, rows):
    sent, again = [], []
    whole = run(*argv, stdin=io.BytesIO(given), changed=watching(sent))
    refs = [each['Reference'] for each in rows_of(whole)]
    for number, code in ((errno.ENOSPC, 1), (errno.EPIPE, 141)):
        if rows >= len(refs):
            continue
        emu.reset()
        del again[:]
        found = run(*argv, stdin=io.BytesIO(given), changed=watching(again),
                    out=failing(number, rows))
        assert (found.code, again) == (code, sent), found.error
        lines = found.error.splitlines()
        assert len(lines) == (2 if code == 1 else 0)
        if code == 1:
            said = u'pyral: {0} item{1} written all the same: '.format(
                len(refs), u's' if len(refs) > 1 else u'')
            assert lines[0].startswith(said) and lines[0].count(u', ') == len(refs) - 1


def test_nothing_is_begun_without_a_standard_output(emu, run, monkeypatch):
    monkeypatch.setattr(sys, 'stdout', None)
    for argv, given in OF_MANY + [(['get', 'Defect', '-o', 'csv'], b'')]:
        found = run(*argv, stdin=io.BytesIO(given), out=None)
        assert (found.code, found.requests) == (1, 0)
        assert found.error == u'pyral: the standard output is closed\n'


@pytest.mark.parametrize('argv, given', OF_MANY, ids=[' '.join(each[0][:2]) for each in OF_MANY])
def test_a_dry_run_that_nobody_reads_says_nothing(run, argv, given):
    for number, code in ((errno.ENOSPC, 1), (errno.EPIPE, 141)):
        found = run(*argv + ['--dry-run'], stdin=io.BytesIO(given), out=failing(number, 0))
        assert found.code == code and u'would be sent' not in found.error


def rows_of(outcome):
    return [json.loads(line) for line in outcome.text.split(u'\n') if line]


def test_each_verb_writes_and_its_dry_run_does_not(emu, run):
    for argv, given, names in WRITES:
        emu.reset()
        sent = []
        planned = run(*argv + ['--dry-run'], stdin=io.BytesIO(given), changed=watching(sent))
        assert (planned.code, sent) == (0, []), (argv, planned.error)
        assert [each['method'] for each in rows_of(planned)], argv
        assert u'nothing was written' in planned.error
        done = run(*argv, stdin=io.BytesIO(given), changed=watching(sent))
        assert (done.code, done.error) == (0, u''), argv
        assert sent == [each['method'] for each in rows_of(planned)], argv
        assert all(row['Reference'] for row in rows_of(done)), argv
        assert names is None or [row['Name'] for row in rows_of(done)] == names, argv


def test_what_does_not_fit_is_one_line_with_code_2_and_nothing_is_written(run):
    for argv, given, said in REFUSED:
        sent = []
        found = run(*argv, stdin=io.BytesIO(given), changed=watching(sent))
        assert (found.code, found.text, sent) == (2, u'', []), (argv, found.error)
        assert len(found.error.splitlines()) == 1 and said in found.error, (argv, found.error)


def test_values_are_of_the_kinds_of_their_fields(emu, run):
    made = rows_of(run(*WRITES[0][0]))[0]
    item = emu.connect()[str(made['FormattedID'])]
    assert (item.Blocked, item.PlanEstimate, item.State) == (True, 2.5, u'Open')
    assert [tag.Name for tag in item.Tags] == [u'legal'] and item.TargetDate[:10] == u'2026-12-24'
    assert item.Owner.UserName == emu.connect().me().UserName
    run('set', item.FormattedID, 'Owner=', 'Tags=', 'Notes=@@home', 'Blocked=false')
    item = emu.connect()[item.FormattedID]
    assert (item.Owner, list(item.Tags), item.Notes) == (None, [], u'@home')
    run('set', item.FormattedID, 'Tags+=legal,urgent')
    run('set', item.FormattedID, 'Tags-=legal')
    assert [tag.Name for tag in emu.connect()[item.FormattedID].Tags] == [u'urgent']


def test_each_item_that_fails_is_told_and_the_others_are_written(run):
    found = run('set', 'DE7', 'DE99999', 'US105', 'Name=')
    assert found.code == 1 and found.text == u'' and len(found.error.splitlines()) == 3
    found = run('set', 'DE7', 'DE99999', 'Name=x', '-o', 'tsv')
    assert found.code == 1 and u'DE7\tx\tdefect/' in found.text and u'DE99999: ' in found.error
    found = run('delete', 'DE99999', 'DE7', '--yes')
    assert (found.code, len(rows_of(found))) == (1, 1)
    found = run('create', 'Defect', '--json', '[{"Name": "x"}, {"Name": "y", "Owner": "user/1"}]')
    assert (found.code, len(rows_of(found))) == (1, 1) and u'item 2 (y): ' in found.error
    assert u'see `outcomes`' not in found.error


def test_many_items_are_changed_and_deleted_in_batches(emu, run):
    given = [('Tags+=legal,urgent', [u'legal', u'urgent']), ('Tags-=legal', [u'urgent'])]
    made = rows_of(run('create', 'Defect', '--json', json.dumps([{'Name': 'x'}] * 3)))
    ids = [str(row['FormattedID']) for row in made]
    for change, tags in given:
        sent = []
        done = run('set', '-f', '-', change, stdin=io.BytesIO('\n'.join(ids).encode('ascii')),
                   changed=watching(sent))
        assert (sent, [row['FormattedID'] for row in rows_of(done)]) == (['POST'], ids), done.error
        assert [sorted(tag.Name for tag in item.Tags) for item in emu.connect()[ids]] == [tags] * 3
    found = run('set', 'Tags+=nobody knows it', *ids)
    assert found.code == 1 and found.text == u'' and len(found.error.splitlines()) == 3
    sent = []
    emu.connect().delete('Defect', ids[1])
    done = run('delete', '--yes', '-f', '-', stdin=io.BytesIO('\n'.join(ids).encode('ascii')),
               changed=watching(sent))
    assert (sent, len(rows_of(done)), done.code) == (['POST'], 2, 1) and ids[1] in done.error


def breaking(place, problem):
    """Return what breaks a connection at the answer of one of its writes."""
    def changed(rally):
        left = [place]

        def interrupt(response, **options):
            if response.request.method != 'GET':
                left[0] -= 1
                if left[0] == 0:
                    raise problem

        rally.session.hooks['response'].append(interrupt)
        return rally

    return changed


@pytest.mark.parametrize('problem, code', [
    (KeyboardInterrupt(), 130), (requests.exceptions.ConnectionError('gone'), 1)],
    ids=['interrupted', 'no answer'])
def test_what_is_written_unknown_and_unsent_is_told(emu, run, monkeypatch, problem, code):
    monkeypatch.setattr(batch, 'CHUNK', 1)
    for argv in (['set', 'DE7', 'US105', 'Name=x'], ['delete', '--yes', 'DE7', 'US105'],
                 ['delete', '--yes', '-f', '-'], ['set', '-f', '-', 'Tags+=legal'],
                 ['create', 'Tag', '--json', '[{"Name": "a"}, {"Name": "b"}, {"Name": "c"}]'],
                 ['set', '-f', '-', 'Name=z'], ['create', 'Tag', 'Name=alone']):
        emu.reset()
        known = json.dumps([{'Name': 'DE{0}'.format(n)} for n in range(3)])
        made = rows_of(run('create', 'Defect', '--json', known))
        given = u'\n'.join(row['FormattedID'] for row in made).encode('utf-8')
        count = 2 if '-f' in argv or '--json' in argv else 1
        found = run(*argv, stdin=io.BytesIO(given), changed=breaking(count, problem))
        assert found.code == code, (argv, found.error)
        assert len(rows_of(found)) >= count - 1, argv
        assert u'not known' in found.error, (argv, found.error)
        if count == 2:
            assert u'1 item not sent' in found.error, (argv, found.error)


def test_a_second_interrupt_loses_no_line_of_what_was_written(run, monkeypatch):
    class Impatient(io.BytesIO):
        """Interrupts who writes."""

        def write(self, data):
            os.kill(os.getpid(), signal.SIGINT)
            return io.BytesIO.write(self, data)

    monkeypatch.setattr(batch, 'CHUNK', 1)
    before = signal.getsignal(signal.SIGINT)
    names = json.dumps([{'Name': name} for name in 'abc'])
    found = run('create', 'Tag', '--json', names, error=Impatient(),
                changed=breaking(2, KeyboardInterrupt()))
    assert found.code == 130 and signal.getsignal(signal.SIGINT) == before
    assert u'not known' in found.error and u'1 item not sent' in found.error


def test_deleting_asks_on_a_terminal(run, emu):
    class Keyboard(Screen):
        """A terminal that is read."""

    for answer, code in ((u'n\n', 1), (u'\n', 1), (u'', 1), (u'y\n', 0)):
        sent = []
        found = run('delete', 'DE7', stdin=Keyboard(answer), out=Screen(), error=Screen(),
                    changed=watching(sent))
        assert (found.code, sent) == (code, ['DELETE'] if code == 0 else []), found.error
        assert u'DE7' in found.error and u'Delete this item? [y/N]' in found.error


@pytest.mark.parametrize('answer, code', [(b'\xff\n', 1), (b'\xffy\n', 1), (b'y\n', 0)])
def test_an_answer_that_is_no_text_is_none(run, answer, code):
    class Keyboard(io.TextIOWrapper):
        """A terminal whose encoding is not that of what is typed."""

        def isatty(self):
            return True

    sent = []
    found = run('delete', 'DE7', stdin=Keyboard(io.BytesIO(answer), 'utf-8'), error=Screen(),
                changed=watching(sent))
    assert (found.code, sent) == (code, ['DELETE'] if code == 0 else []), found.error
    assert u'codec' not in found.error


def test_a_query_is_checked(run):
    fine = run('query', 'Defect', 'State = Open', '-o', 'table')
    assert (fine.code, fine.error) == (0, u'') and u'sent:      (State = Open)' in fine.text
    found = run('query', 'defect', '-', stdin=io.BytesIO(b"Sate == 'Open' && Owner = me"))
    assert (found.code, found.error) == (1, u'')
    assert rows_of(found)[0]['corrected'] == u'((State = "Open") AND (Owner = currentuser))'
    assert json.loads(run('query', 'Defect', 'State=Open', '-o', 'json').text)['refused'] is True
    assert run('query', 'Defect', 'State = Opne', '-o', 'table').code == 0


def test_a_dry_run_is_text_for_people_and_masks_secrets(run, emu):
    argv = ('set', 'DE7', 'Notes=x ' + emu.apikey, '--dry-run')
    for found in (run(*argv, out=Screen()), run(*argv), run(*argv + ('-o', 'json'))):
        assert emu.apikey not in found.text and u'POST' in found.text and found.code == 0


def test_a_value_from_the_standard_input_is_for_items_of_every_type(emu, run):
    done = run('set', 'DE7', 'US105', 'Notes=@-', 'Description=@-', stdin=io.BytesIO(b'a text\n'))
    assert (done.code, len(rows_of(done))) == (0, 2), done.error
    for ident in ('DE7', 'US105'):
        shown, = rows_of(run('show', ident, '--fields', 'Notes,Description'))
        assert shown == {'Notes': u'a text', 'Description': u'a text'}


class Input(object):
    """A run whose standard input has a text."""

    def __init__(self, text):
        self._text = text

    def input_text(self):
        return self._text


def test_a_cell_may_be_as_long_as_a_text_of_the_service():
    (record,), _ = inputs.read_records(Input(u'Name,Notes\nx,' + u'y' * 200000), '-')
    assert len(record['Notes']) == 200000


class Leaving(Screen):
    """A terminal whose user presses Ctrl-C."""

    def readline(self, *_):
        raise KeyboardInterrupt


@pytest.mark.parametrize('stdin, code', [(Screen(u''), 1), (Leaving(), 130)])
def test_a_question_that_gets_no_answer_ends_its_line(run, stdin, code):  # noqa: F811
    sent = []
    found = run('delete', 'DE7', stdin=stdin, error=Screen(), changed=watching(sent))
    assert (found.code, sent) == (code, [])
    lines = found.error.split(u'\n')
    assert lines[1] == u'Delete this item? [y/N] '
    assert lines[2:] == ([u'pyral: nothing was deleted', u''] if code == 1 else [u''])


@pytest.mark.parametrize('count', [2, 5, 7])
def test_of_many_items_of_one_name_the_number_of_the_rest_is_told(emu, run, count):
    emu.connect().createMultiple('Milestone', [{'Name': 'of many'}] * count)
    found = run('set', '--type', 'Milestone', 'of many', 'Notes=x')
    assert (found.code, found.text) == (2, u'')
    assert u"'of many' stands for {0} items".format(count) in found.error
    assert found.error.lower().count(u'milestone/') == min(count, 5)
    assert (u'and 2 more' in found.error) == (count == 7)

# coding: utf-8
"""The command `pyral`: verbs in every format, terminals, pipes, files, bad input, exit codes."""
from __future__ import absolute_import, division, print_function

import csv
import errno
import importlib
import io
import json
import os
import re
import signal
import subprocess
import sys

import pytest

from pyral import NotFoundError, Rally, RallyResponseError, service_texts
from pyral._compat import PYTHON_2
from pyral._version import VERSION_TEXT
from pyral.cli import command, completion, formats, main, progress_bar, rich_tables
from pyral.cli.failures import facts_of
from pyral.cli.pages import plain_text
from pyral.cli.parser import OTHER_VERBS
from pyral.cli.streams import TextSink
from pyral.cli.tables import PlainTable, cut, fitted_widths, text_width
from pyral.context import defaults
from pyral.http import network_failures
from pyral.schema import definitions
from tests.client.test_kept_schema import add_field
from tests.threads import GUARD_S

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PARSER = command.build_parser(TextSink(io.BytesIO()))


class Outcome(object):
    """What a run of the command left behind."""

    def __init__(self, code, out, error, connections):
        self.code, self.out = code, b'' if out is None else out.getvalue()
        self.error = error.getvalue()
        if isinstance(self.error, bytes):
            self.error = self.error.decode('utf-8')
        self.requests = sum(each.requests_made for each in connections)
        self.connections = len(connections)

    @property
    def text(self):
        return self.out.decode('utf-8') if isinstance(self.out, bytes) else self.out


class Screen(io.StringIO):
    """A terminal."""

    encoding = 'utf-8'

    def isatty(self):
        return True


@pytest.fixture
def run(emu, no_settings, monkeypatch):
    """Return the function that runs the command in this process against the emulator."""
    monkeypatch.delenv('COLUMNS', raising=False)
    monkeypatch.setenv('RALLY_SERVER', emu.url)
    monkeypatch.setenv('APIKEY', emu.apikey)
    monkeypatch.setenv('NO_COLOR', '1')
    monkeypatch.setattr(progress_bar, '_QUIET_S', GUARD_S)  # what is slow here is the machine

    def called(*argv, **streams):
        made = []

        def connect(**options):
            made.append(emu.connect(**options))
            return streams.get('changed', lambda rally: rally)(made[-1])

        connect = streams.get('connect', connect)
        out, error = streams.get('out', io.BytesIO()), streams.get('error', io.BytesIO())
        code = main(list(argv), streams.get('stdin', io.BytesIO()), out, error, connect)
        return Outcome(code, out, error, made)

    return called


#: Verb with its arguments | a text of its output.
READS = [
    (['get', 'Defect', '--all-projects', '--order', 'FormattedID'], u'DE7'),
    (['get', 'story', '--fields', 'FormattedID,Owner.UserName,Tags,CreationDate', '--limit', '2',
      '--all-projects'], u'US'),
    (['show', 'DE7'], u'DE7'), (['show', 'DE7', '--fields', 'FormattedID,Tasks.Name'], u'DE7'),
    (['types', 'defect'], u'DefectSuite'), (['fields', 'Defect', 'state'], u'ScheduleState'),
    (['values', 'Defect', 'State'], u'Submitted'), (['users', '--disabled'], u'ed@example.com'),
    (['projects', '--closed'], u'Open'), (['me'], u'@example.com'),
    (['config', '--project', 'Elsewhere'], u'option --project'),
]


def read_back(format_name, outcome):
    """Return the rows of an output as lists of texts, the names of the columns first."""
    if format_name in ('json', 'jsonl'):
        whole = json.loads(outcome.text) if format_name == 'json' else [
            json.loads(line) for line in outcome.text.splitlines()]
        rows = whole if isinstance(whole, list) else [whole]
        texts = [[as_text(value) for value in row.values()] for row in rows]
        return [sorted(rows[0])] + [sorted(each) for each in texts]
    if format_name == 'csv':
        lines = outcome.out if PYTHON_2 else outcome.text
        rows = list(csv.reader(lines.splitlines(True)))
        rows = [[each.decode('utf-8') for each in row] if PYTHON_2 else row for row in rows]
    else:
        rows = [line.split(u'\t') for line in outcome.text.splitlines()]
    return [sorted(row) for row in rows]


def as_text(value):
    if value is None:
        return u''
    if isinstance(value, list):
        return u', '.join(as_text(each) for each in value)
    return u'true' if value is True else u'false' if value is False else u'{0}'.format(value)


@pytest.mark.parametrize('argv, text', READS, ids=[each[0][0] for each in READS])
def test_each_verb_writes_the_same_in_every_format(run, argv, text):
    lines = run(*argv)
    assert (lines.code, lines.error) == (0, u'') and text in lines.text
    expected = read_back('jsonl', lines)
    for format_name in ('json', 'csv', 'tsv'):
        found = run(*argv + ['-o', format_name, '--no-escape'])
        assert (found.code, found.error) == (0, u'')
        assert read_back(format_name, found) == expected, format_name
    table = run(*argv + ['-o', 'table'])
    assert (table.code, table.error) == (0, u'') and text in table.text
    screen = run(*argv, out=Screen(), error=Screen())
    assert screen.code == 0 and text in screen.text
    assert max(len(line) for line in screen.text.splitlines() if u'http' not in line) <= 80


def test_parquet_goes_to_pipes_and_files_and_not_to_terminals(run, tmpdir):
    argv = ['get', 'Defect', '--all-projects', '-o', 'parquet']
    refused = run(*argv, out=Screen())
    assert refused.code == 2 and refused.requests == 0 and refused.text == u''
    assert len(refused.error.splitlines()) == 1
    try:
        parquet = importlib.import_module('pyarrow.parquet')
    except ImportError:
        assert u"pip install 'pyral[data]'" in refused.error
        return
    assert u'terminal' in refused.error
    path = str(tmpdir.join('defects.parquet'))
    assert run(*argv + ['--output', path], out=Screen()).code == 0
    count = int(run('get', 'Defect', '--all-projects', '--count').text)
    assert parquet.read_table(path).num_rows == count
    assert parquet.read_table(io.BytesIO(run(*argv).out)).num_rows == count


def test_open_prints_an_address_that_show_takes(run):
    address = run('open', 'DE7').text.strip()
    assert address.startswith('http') and json.loads(run('show', address).text)[
        'FormattedID'] == 'DE7'


#: Arguments | what the line on the error output holds | whether a connection is made.
REFUSED = [
    (['gte'], [u"'gte'", u'Did you mean get?'], False),
    (['list', 'Defect'], [u"'list'", u'Did you mean get?'], False),
    (['help'], [u'Did you mean -h?'], False),
    (['--json-errors'], [], False), (['--server', 'x'], [], False),
    (['get', 'Defect', '--fields', ' ,'], [u'--fields'], True),
    (['get'], [u'TYPE', u"'pyral get -h' helps"], False),
    (['attach', 'DE7'], [u'FILE'], False), (['attach', 'DE7', '.'], [u'. is a folder'], False),
    (['get', 'Defect', 'Task'], [u"'Task' is one argument too many"], False),
    (['get', 'Defect', 'State < Closed'], [u'A query goes behind -q'], False),
    (['export', 'Defect', 'a.csv', 'Name contains x'], [u'A query goes behind -q'], False),
    (['get', 'Defect', 'DE7'], [u"'pyral show DE7' shows one item"], False),
    (['query', 'State = Open'], [u'required: ', u'TEXT. Usage: pyral query TYPE TEXT'], False),
    (['query', 'State = Open', 'Defect'], [u"'State = Open' is no type", u'TYPE TEXT'], False),
    (['export', 'Defect'], [u'required: FILE. Usage: pyral export TYPE [FILE]'], False),
    (['export', 'Defect', 'a.csv', '--output', 'b.csv'], [u'FILE is given twice'], False),
    (['get', 'Defect', '--limt', '3'], [u"'--limt'", u'Did you mean --limit?'], False),
    (['get', 'Defect', '--limit', '0'], [u"'0' is not a whole number from 1 on"], False),
    (['get', 'Defect', '-o', 'jsn'], [u"'jsn'", u'json'], False),
    (['get', 'Defect', '--output', 'csv'], [u'-o csv'], False),
    (['get', 'Defect', '--output', 'a.cvs'], [u'csv'], False),
    (['get', 'Defect', '-q', 'State ='], [u'State ='], False),
    (['export', 'Defect', 'no-folder/a.csv'], [u"'no-folder'"], False),
    (['export', 'Defect', '.'], [u"'.' is a folder"], False),
    (['export', 'Defect', 'defects'], [u'defects'], False),
    (['show', 'nope'], [u"'nope'"], False),
    (['get', 'Defect', '--server', 'a,b'], [u'a,b'], False),
    (['get', 'Defect', '--conf', 'nowhere'], [u'nowhere'], False),
    (['get', 'Defect', '--profile', 'nowhere'], [u"'nowhere'"], False),
    (['config', '--profile', 'nowhere'], [u"'nowhere'"], False),
    (['config', '--profile', ''], [u'it names no profile'], False),
    (['get', 'Defekt'], [u"'Defekt'", u'Did you mean Defect?'], True),
    (['fields', 'Defekt'], [u"'Defekt'", u'Did you mean Defect?'], True),
    (['get', 'Defect', '--fields', 'Nmae'], [u"'Nmae'", u'Did you mean Name?'], True),
    (['get', 'Defect', '--fields', 'Owner.UserNam'], [u'UserName'], True),
    (['get', 'Defect', '-q', 'Stat = Open'], [u"'Stat'", u'Did you mean State?'], True),
    (['get', 'Defect', '-q', 'Owner.UserNam = x'], [u"'Owner.UserNam'", u'UserName'], True),
    (['get', 'Defect', '--order', 'Nmae'], [u"'Nmae'", u'Name'], True),
    (['get', 'Defect', '--order', 'Name DSC'], [u"'DSC'", u'ASC or DESC'], True),
    (['get', 'Defect', '--order', 'Name Rank DESC'], [u"'Name Rank DESC'", u'Commas'], True),
    (['types', 'Defct'], [u"'Defct'", u'Did you mean Defect?'], True),
    (['fields', 'Defect', 'Stte'], [u"'Stte'", u'Did you mean State?'], True),
    (['values', 'Defect', 'Stat'], [u"'Stat'", u'State'], True),
    (['show', 'DE7', '--fields', 'Nmae'], [u"'Nmae'", u'Name'], True),
    (['projects', 'Nowhere'], [u"'Nowhere'"], True),
    (['show', 'DE7', '--fields', ''], [u'--fields names no field'], True),
    (['users', '--fields', ','], [u'--fields names no field'], True),
    (['users', '--fields', 'UserNmae'], [u"'UserNmae'", u'UserName'], True),
    (['users', '-q', 'UserNmae = x'], [u"'UserNmae'", u'UserName'], True),
    (['users', '--order', 'UserName DSC'], [u"'DSC'"], True),
    (['get', 'Defect', '--fields', 'Name.Foo'], [u"'Name.Foo'", u'nothing is below it'], True),
    (['get', 'Defect', '-q', 'Name.Foo = 1'], [u"'Name.Foo'", u'nothing is below it'], True),
    (['get', 'Defect', '--order', 'Owner.UserName.x'], [u'nothing is below it'], True),
    (['users', '-q', 'UserName.x = 1'], [u"'UserName.x'", u'nothing is below it'], True),
    (['get', 'Defect', '--project', 'Team AA'], [u"'Team AA'", u'Did you mean Team A'], False),
    (['me', '--project', 'Team AA'], [u"'Team AA'", u'Did you mean Team A'], False),
    (['config', b'--server=\xff' if PYTHON_2 else '--server=\udcff'], [u'no text in UTF-8'], False),
    (['show', b'DE\xfc' if PYTHON_2 else 'DE\udcfc'], [u'no text in UTF-8'], False),
    (['get', 'Defect', '--limit', u'\xb2'], [u'is not a whole number from 1 on'], False),
    (['get', 'Defect', '--project', ''], [u'--project', u'it is empty'], False),
    (['create', 'Defect', 'Name=x', '--workspace', ' '], [u'--workspace', u'is empty'], False),
    (['me', '--conf', ''], [u'--conf', u'it is empty'], False),
    (['get', 'Defect', '--json'], [u"'--json'", u'Did you mean -o json?'], False),
    (['get', 'Defect', '--sort', 'Rank'], [u"'--sort'", u'Did you mean --order?'], False),
    (['delete', 'DE7', '--force'], [u"'--force'", u'Did you mean --yes?'], False),
    (['get', 'Defect', '-n', '3'], [u"'-n'", u'Did you mean --limit?'], False),
    (['projects', '-x'], [u"unknown option '-x'. 'pyral projects -h'"], False),
    (['types', u'\xfc'], [u"no name contains '\xfc'"], True),
    (['fields', 'Defect', u'\xfc'], [u"no name contains '\xfc'"], True),
    (['projects', u'B\xfcro'], [u"'B\xfcro'"], True),
    (['get', 'Defect', '--order', u'N\xf6me'], [u"'N\xf6me'"], True),
    (['get', 'Defect', '--order', u'Name D\xf6sc'], [u"'D\xf6sc'"], True),
]


@pytest.mark.parametrize('argv, texts, connects', REFUSED, ids=[repr(r[0]) for r in REFUSED])
def test_bad_input_is_one_line_with_the_near_miss(run, argv, texts, connects):
    argv = [each.encode('utf-8') if PYTHON_2 and not isinstance(each, str) else each
            for each in argv]
    found = run(*argv)
    assert found.code == 2 and found.out == b''
    line, = found.error.splitlines()
    assert line.startswith(u'{' if '--json-errors' in argv else u'pyral: ')
    assert [text for text in texts if text not in line] == []
    assert bool(found.connections) is connects
    if not connects:
        told = json.loads(run(*argv + ['--json-errors']).error)
        assert told['exit'] == 2 and told['error']


def test_verbs_of_other_commands_lead_to_what_there_is():
    for meant in OTHER_VERBS.values():
        assert meant in PARSER.verbs or meant in PARSER.option_names()
    assert not set(OTHER_VERBS) & set(PARSER.verbs)


def test_the_version_is_told(run):
    found = run('--version')
    assert (found.code, found.text) == (0, u'pyral {0}\n'.format(VERSION_TEXT))


@pytest.mark.parametrize('argv', [
    ['set', '-f', '-', 'Name=x'], ['delete', '-f', '-', '--yes'], ['create', 'Defect', '-f', '-'],
    ['attach', 'DE7', '-', '--name', 'x']], ids=lambda argv: argv[0])
def test_a_standard_input_that_is_closed_is_told_in_a_line(run, monkeypatch, argv):
    monkeypatch.setattr(sys, 'stdin', None)
    found = run(*argv, stdin=None)
    assert (found.code, found.out, found.requests) == (2, b'', 0)
    assert found.error.startswith(u'pyral: the standard input is closed')
    assert len(found.error.splitlines()) == 1


#: Hint of the library | hint of the command.
HINTS = [
    (u"It is one: rally.getAllowedValues('Defect', 'State').",
     u"It is one: 'pyral values Defect State'."),
    (service_texts.ALLOWED_VALUES, u"Use one of the allowed values: 'pyral values TYPE FIELD'."),
    (u"Hm; rally.typedef('Defect') shows it.", u"Hm; 'pyral fields Defect' shows it."),
    (u'Give workspace=<name>; or not.', u'Give --workspace NAME; or not.'),
]


@pytest.mark.parametrize('hint, words', HINTS)
def test_hints_name_verbs_and_options_in_place_of_calls(hint, words):
    assert facts_of(NotFoundError(u'x', hint=hint))['hint'] == words


#: Hints of the library about answers, connections, types and places.
ALL_HINTS = [hint for _, _, hint in service_texts._ROWS] + [
    hint for table in (network_failures._HINTS, network_failures._TLS_ADVICE)
    for hint in table.values()
] + [network_failures._TRUST, defaults.WORKSPACES_HINT, defaults.PROJECTS_HINT,
     definitions._no_type('x'), definitions._no_type('DE7')]


def test_no_hint_names_a_call_or_a_keyword_of_the_library():
    assert len(ALL_HINTS) > 30
    for hint in ALL_HINTS:
        shown = facts_of(NotFoundError(u'x', hint=hint))['hint']
        assert re.search(r'rally[.[]|[a-z_]+=(<|\(|False|None|bytes|seconds)', shown) is None, shown


#: Verb with its arguments | requests, connecting among them, where the schema is kept.
PRICES = [
    (['config'], 0), (['types'], 1), (['fields', 'Defect'], 1), (['get', 'Defect'], 2),
    (['get', 'Defect', '--count'], 2), (['get', 'Defect', '--fields', 'Owner.UserName,Tags'], 2),
    (['get', 'Defect', '--order', 'Name', '-q', 'State = Open'], 2),
    (['show', 'DE7'], 2), (['show', 'DE7', '--fields', 'Owner.UserName'], 3), (['open', 'DE7'], 2),
    (['values', 'Defect', 'State'], 2), (['users'], 2), (['users', '--count'], 2),
    (['projects', '--closed'], 2), (['me'], 2),
]


@pytest.mark.parametrize('argv', [
    ['-q', 'c_MadeSince = v'], ['--order', 'c_MadeSince'], ['--fields', 'c_MadeSince']],
    ids=['query', 'order', 'fields'])
def test_a_field_that_was_made_since_the_schema_was_kept_is_known(run, emu, argv):
    run('get', 'Defect')
    add_field(emu, 'MadeSince')
    found = run('get', 'Defect', *argv)
    assert (found.code, found.error) == (0, u'')


class Full(io.BytesIO):
    """A disk without space, as it shows at the end."""

    def flush(self):
        raise IOError(errno.ENOSPC, 'No space left on device')


def test_an_output_that_cannot_be_written_is_told_in_a_line(run):
    found = run('config', out=Full())
    assert found.code == 1 and u'No space left' in found.error
    assert len(found.error.splitlines()) == 1


def test_a_name_of_a_place_is_a_failure_where_nobody_gave_it(run):
    def connect(**_):
        raise NotFoundError('no project is here')

    assert run('me', connect=connect).code == 1
    assert run('me', '--project', 'x', connect=connect).code == 2

    def lost(**_):
        raise NotFoundError('no such page', status_code=404)

    assert run('me', '--project', 'x', connect=lost).code == 1


@pytest.mark.parametrize('columns, width', [('0', 80), ('-3', 80), ('x', 80), ('', 80), ('33', 33)])
def test_the_width_of_a_terminal_is_a_number_of_columns(monkeypatch, columns, width):
    monkeypatch.setenv('COLUMNS', columns)
    assert TextSink(Screen()).width == width


def test_what_a_terminal_cannot_draw_is_not_drawn(monkeypatch):
    class Ascii(Screen):
        encoding = 'ascii'

    monkeypatch.setitem(sys.modules, 'rich', rich_tables)
    for name, value, stream, is_rich in [
            ('NO_COLOR', '1', Screen, False), ('NO_COLOR', '', Screen, True),
            ('TERM', 'dumb', Screen, False), ('TERM', 'xterm', Screen, True),
            ('TERM', 'xterm', Ascii, False), ('TERM', 'xterm', io.BytesIO, False)]:
        monkeypatch.setenv('NO_COLOR', '')
        monkeypatch.setenv('TERM', 'xterm')
        monkeypatch.setattr(os, 'name', 'posix')
        monkeypatch.setenv(name, value)
        found = rich_tables.rich_or_none(TextSink(stream()))
        assert (found is not None) is is_rich, (name, value, stream)


def test_what_a_verb_costs(run):
    assert [(argv, run(*argv).requests) for argv, _ in PRICES] == PRICES


def test_a_condition_without_blanks_is_understood(run):
    expected = run('get', 'Defect', '-q', 'State = Open', '--count').text
    assert expected != u'0\n'
    assert run('get', 'Defect', '-q', 'State=Open', '--count').text == expected


def test_what_is_not_there_is_exit_code_1(run):
    for argv, options in ((['show', 'DE99999'], {}), (['values', 'Defect', 'Owner'], {}),
                          (['me', '--server', 'http://127.0.0.1:9'], {'connect': Rally})):
        found = run(*argv, **options)
        assert found.code == 1 and found.out == b''
        assert len(found.error.splitlines()) == 1


def test_a_read_that_breaks_off_is_told_though_rows_were_written(run, tmpdir):
    def broken(rally):
        def rows(*_, **__):
            def cells():
                yield [1]
                yield [2]
                raise RallyResponseError('cut off')
            return formats.PlainRows(formats.columns('N:integer'), cells())
        rally.rows = rows
        return rally

    found = run('get', 'Defect', changed=broken)
    assert found.code == 1 and found.text == u'{"N": 1}\n{"N": 2}\n'
    assert u'cut off' in found.error and u'2 rows' in found.error
    assert json.loads(run('get', 'Defect', '--json-errors', changed=broken).error)[
        'rows_written'] == 2
    path = tmpdir.join('n.csv')
    path.write('old')
    found = run('export', 'Defect', str(path), changed=broken)
    assert found.code == 1 and path.read() == 'old'
    assert tmpdir.join('n.csv.part').read().split() == ['N', '1', '2']
    assert u'n.csv.part' in found.error
    other = str(tmpdir.join('n.json'))
    assert run('export', 'Defect', '--output', other, changed=broken).code == 1
    assert sorted(each.basename for each in tmpdir.listdir()) == ['n.csv', 'n.csv.part']


def test_warnings_are_lines_on_the_error_output(run):
    found = run('get', 'Defect', '-q', 'State = Opne')
    assert u'pyral: warning: ' in found.error and u'Open' in found.error
    told = json.loads(run('get', 'Defect', '-q', 'State = Opne', '--json-errors').error)
    assert u'Opne' in told['warning']


def test_a_table_fits_the_terminal_and_shows_its_cuts(run, rally, monkeypatch):
    made = rally.create('Defect', {'Name': u'\u6f22\u5b57' * 40 + u'\x1b[31m e\u0301 \u202e x'})
    for columns in ('20', '40', '79', '200'):
        monkeypatch.setenv('COLUMNS', columns)
        found = run('get', 'Defect', '-q', 'ObjectID = {0}'.format(made.oid), out=Screen())
        assert u'\u2026' in found.text and u'\x1b' not in found.text and u'\u202e' not in found.text
        assert max(text_width(line) for line in found.text.splitlines()) <= int(columns)
    for format_name in ('csv', 'tsv', 'jsonl', 'json'):
        found = run('get', 'Defect', '-q', 'ObjectID = {0}'.format(made.oid), '-o', format_name,
                    out=Screen())
        assert u'\x1b' not in found.text and u'\u202e' not in found.text
    # Columns that find no place are counted, and those that do can be read.
    monkeypatch.setenv('COLUMNS', '80')
    query = ['get', 'Defect', '--fields', 'all', '--limit', '1']
    names = run(*query + ['-o', 'tsv']).text.split(u'\n')[0].split(u'\t')
    screen = run(*query, out=Screen(), error=Screen())
    shown = screen.text.splitlines()[0].split()
    assert min(len(each) for each in shown) >= 5
    assert u'too narrow for {0} of {1} columns'.format(
        len(names) - len(shown), len(names)) in screen.error
    # Nothing is cut in a pipe.
    found = run('get', 'Defect', '-q', 'ObjectID = {0}'.format(made.oid), '-o', 'table')
    assert u'\u6f22\u5b57' * 40 in found.text


@pytest.mark.parametrize('text, width', [
    (u'', 0), (u'abc', 3), (u'\u6f22\u5b57', 4), (u'e\u0301', 1), (u'\U0001f600', 2),
    (u'\xe9', 1), (u'\uff21', 2), (u'\u200b', 0)])
def test_width_of_a_text(text, width):
    assert text_width(text) == width
    for columns in range(1, 6):
        assert text_width(cut(text, columns, u'\u2026')) <= columns


@pytest.mark.parametrize('widths, total, expected', [
    ([3, 3], 10, [3, 3]), ([3, 30], 20, [3, 17]), ([30, 30, 3], 23, [10, 10, 3]),
    ([50, 20, 10], 60, [30, 20, 10]), ([5, 5], 2, [1, 1]), ([5], 0, [1])])
def test_the_widest_columns_give_way(widths, total, expected):
    assert fitted_widths(widths, total) == expected


def test_later_rows_keep_the_columns_of_the_first():
    table = PlainTable(formats.columns('A', 'N:integer'), None, u'...')
    assert table.text_of([[u'x', u'1']]) == u'A  N\n-  -\nx  1\n'
    assert table.text_of([[u'longer', u'22']]) == u'longer  22\n'


def test_rich_tables_have_the_widths_of_plain_ones(run, monkeypatch):
    pytest.importorskip('rich')
    plain = run('get', 'Defect', '--all-projects', out=Screen()).text
    monkeypatch.delenv('NO_COLOR')
    monkeypatch.setenv('TERM', 'xterm')
    text_of = importlib.import_module('rich.text').Text.from_ansi
    rich = text_of(run('get', 'Defect', '--all-projects', out=Screen()).text).plain
    assert [line.split() for line in rich.splitlines()[2:]] == [
        line.split() for line in plain.splitlines()[2:]]


def test_completion_knows_the_kept_schema_and_asks_nobody(run, emu):
    run('types')
    options = PARSER.parse_args(['get', 'Defect'])
    assert completion.types('Def', options) == ['Defect', 'DefectSuite']
    assert completion.fields('FormattedID,Owner.Disp', options) == ['FormattedID,Owner.DisplayName']
    assert completion.fields('schedulestat', options) == ['ScheduleState', 'ScheduleStatePrefix']
    options.setting_server = 'http://127.0.0.1:9'
    assert completion.types('Def', options) == completion.fields('N', options) == []


@pytest.mark.parametrize('verb', sorted(PARSER.verbs))
def test_the_help_of_a_verb_has_an_example_that_is_parsed(verb):
    parser = PARSER.verbs[verb]
    assert parser.examples
    for _, line in parser.examples:
        parts = [importlib.import_module('shlex').split(each) for each in line.split(' | ')]
        named = [words for words in parts if words[0] == 'pyral']
        assert verb in [words[1] for words in named]
        for words in named:
            PARSER.parse_args(words[1:])


def test_no_secret_is_in_the_help():
    text = ''.join(parser.format_help() for parser in PARSER.verbs.values())
    assert '--password' not in text and '--apikey' not in text


#: A program with a verb that writes more than any pipe holds: so much that one which nobody ends
#: is seen to end by itself, and does not fill the memory of whoever reads on.
ENDLESS = u"""# coding: utf-8
import itertools
from pyral.cli import command, formats

class Verb(object):
    @staticmethod
    def add(verbs):
        verbs.add('count', Verb.run, 'Count.').add_argument('-o', dest='format')

    @staticmethod
    def run(session):
        session.write_rows(formats.PlainRows(
            formats.columns('N:integer', 'Text'),
            ([n, u'\xe9' * 50] for n in itertools.islice(itertools.count(), 10 ** 6))))

command.VERBS = (Verb,)
command.end_process()
"""


@pytest.fixture
def endless(tmpdir):
    """Return the function that starts the endless verb with a pipe, under a bare locale."""
    path = tmpdir.join('endless.py')
    path.write_binary(ENDLESS.encode('utf-8'))

    def start(*argv):
        environment = dict(os.environ, LC_ALL='C', PYTHONPATH=ROOT)
        for name in ('PYTHONIOENCODING', 'PYTHONUTF8'):
            environment.pop(name, None)
        return subprocess.Popen([sys.executable, str(path), 'count'] + list(argv),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment,
                                bufsize=0)

    return start


def test_a_pipe_that_closes_early_ends_the_command_quietly(endless):
    for format_name in ('jsonl', 'table'):
        process = endless('-o', format_name)
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b''
        process.stderr.close()
        assert process.wait() == 141


#: Writes rows after a file was opened, which gets the number of a standard stream that is closed.
OPENING = ENDLESS.replace(u'10 ** 6', u'9').replace(
    u"session.write_rows", u"held = io.open('held', 'w')\n        session.write_rows").replace(
    u'import itertools', u'import io\nimport itertools')


@pytest.mark.skipif(os.name == 'nt', reason="it has no numbers that a child inherits")
def test_nothing_is_written_into_what_gets_the_number_of_a_closed_stream(tmpdir):
    tmpdir.join('opening.py').write_binary(OPENING.encode('utf-8'))
    process = subprocess.Popen(
        [sys.executable, 'opening.py', 'count'], cwd=str(tmpdir), stderr=subprocess.PIPE,
        env=dict(os.environ, PYTHONPATH=ROOT), preexec_fn=lambda: os.close(1))
    assert process.communicate()[1] == b'pyral: the standard output is closed\n'
    assert process.returncode == 1 and tmpdir.join('held').read() == ''


@pytest.mark.skipif(os.name == 'nt', reason="Windows has no SIGINT for one process")
def test_what_a_signal_leaves_is_whole(endless):
    for format_name, number, code in (('json', signal.SIGINT, 130), ('tsv', signal.SIGINT, 130),
                                      ('json', signal.SIGTERM, 143)):
        process = endless('-o', format_name)
        first = process.stdout.readline() + process.stdout.readline()
        process.send_signal(number)
        out, error = process.communicate()
        assert (process.returncode, error) == (code, b'')
        lines = (first + out).decode('utf-8').splitlines()
        if format_name == 'json':
            assert json.loads(u'\n'.join(lines))[0]['N'] == 0
        else:
            assert lines[-1].count(u'\xe9') == 50 and (first + out).endswith(b'\n')


def test_an_interrupt_before_the_first_row_leaves_an_empty_list():
    def cells():
        raise KeyboardInterrupt
        yield

    target = io.BytesIO()
    with pytest.raises(KeyboardInterrupt):
        formats.write(formats.PlainRows(formats.columns('N'), cells()), 'json', TextSink(target),
                      lambda: None)
    assert json.loads(target.getvalue().decode('utf-8')) == []


@pytest.mark.skipif(os.name == 'nt', reason="Windows has other rights and links")
def test_an_output_file_keeps_the_rights_and_the_links_of_what_it_replaces(run, tmpdir):
    target, link = tmpdir.join('secret.csv'), tmpdir.join('link.csv')
    target.write('before')
    target.chmod(0o600)
    link.mksymlinkto(target)
    assert run('config', '--output', str(link)).code == 0
    assert link.islink() and target.read().startswith('Setting,Value,From')
    assert target.stat().mode & 0o777 == 0o600
    assert sorted(each.basename for each in tmpdir.listdir()) == ['link.csv', 'secret.csv']


@pytest.mark.skipif(not os.path.exists('/dev/stdout'), reason="a system without such files")
def test_files_of_the_system_are_written_and_not_replaced(tmpdir):
    target = tmpdir.join('out.csv')
    with io.open(str(target), 'wb') as stream:
        process = subprocess.Popen(
            [sys.executable, '-m', 'pyral', 'config', '-o', 'csv', '--output', '/dev/stdout'],
            cwd=str(tmpdir), env=dict(os.environ, PYTHONPATH=ROOT), stdout=stream,
            stderr=subprocess.PIPE)
        error = process.communicate()[1]
    assert (process.returncode, error) == (0, b'')
    assert target.read().startswith('Setting,Value,From') and os.path.islink('/dev/stdout')


def test_completion_knows_the_profiles(monkeypatch, tmpdir):
    monkeypatch.setenv('XDG_CONFIG_HOME', str(tmpdir))
    assert completion.profiles('') == []
    tmpdir.join('pyral', 'config').write('[prod]\n[test]\n[probe]\n', ensure=True)
    assert completion.profiles('pr') == ['prod', 'probe']
    tmpdir.join('pyral', 'config').write('[broken\n')
    assert completion.profiles('') == []


@pytest.mark.parametrize('markup, text', [
    (u'<p>One &amp; two</p><ul><li>a</li><li class="x">b</li></ul>', u'One & two\n\n- a\n- b'),
    (u'a<br/>b<BR>c', u'a\nb\nc'), (u'<style>p {}</style>x <b>bold</b>', u'x bold'),
    (u'1 < 2 and 3 > 2', u'1 < 2 and 3 > 2'), (u'<link>l</link> \x1b[1m', u'l \ufffd[1m'),
    (u'a<!-- b -->c', u'ac'), (u'', u'')])
def test_rich_text_is_shown_as_plain_text(markup, text):
    assert plain_text(markup) == text


@pytest.mark.parametrize('verb', [['get', 'Story'], ['users']], ids=' '.join)
def test_a_terminal_says_what_a_limit_left_out(run, verb):
    total = len(run(*verb).text.splitlines())
    for limit in (1, total, total + 1):
        query = verb + ['--limit', str(limit)]
        note = u'pyral: {0} of {1} are shown\n'.format(limit, total) if limit < total else u''
        assert run(*query, out=Screen(), error=Screen()).error == note
        assert run(*query).error == u''


def test_long_work_draws_a_bar_on_a_terminal_and_takes_it_away(run, rally, monkeypatch, tmpdir):
    rally.createMultiple('Tag', [{'Name': 'tag {0}'.format(n)} for n in range(5)])
    query = ['get', 'Tag', '-q', 'Name contains "tag "', '--output', str(tmpdir.join('tags.csv'))]
    monkeypatch.setattr(progress_bar, '_QUIET_S', -1)
    drawn = run(*query, error=Screen()).error
    bar = u'5/5 [' + u'#' * 24 + u'] 100%'
    assert drawn.startswith(u'\r' + bar) and drawn.endswith(u'\r' + u' ' * len(bar) + u'\r')
    assert u'[' not in run(*query).error

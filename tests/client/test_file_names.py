# -*- coding: utf-8 -*-
"""Files whose names have other letters than ASCII, under a bare locale, as cron has it.

There Python takes file names for ASCII: before 3.7 by itself, later where it is told so.
"""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import subprocess
import sys

import pytest

from pyral._compat import ensure_native
from tests.emulated import WORLD
from tests.rally_fixtures import *  # noqa: F403

pytestmark = pytest.mark.skipif(os.name == 'nt', reason="file names have no encoding there")

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
NAME = '\u017elu\u0165'
#: Begins each script: the names as text, a connection to the emulator, and a story of our own.
SCRIPT = r'''# -*- coding: utf-8 -*-
from __future__ import unicode_literals
import io, json, os, sys
from pyral import Rally, rallyWorkset
NAME = '\u017elu\u0165'
rally = Rally(os.environ['SERVER'], apikey=str(os.environ['RALLY_APIKEY']))
def story():
    return rally.create('Story', {'Name': 'with files'})
'''
#: What is done: a script, and the file that is there then with what it holds.
SCRIPTS = {
    'addAttachment': ('''
io.open(NAME.encode('utf-8'), 'wb').write(b'x')
assert rally.addAttachment(story(), NAME).Name == NAME
''', NAME, b'x'),
    'addAttachment of what the system calls it': ('''
io.open(NAME.encode('utf-8'), 'wb').write(b'x')
for path in os.listdir('.'):
    assert rally.addAttachment(story(), path).Name == NAME
''', NAME, b'x'),
    'addAttachments': ('''
io.open(NAME.encode('utf-8'), 'wb').write(b'x')
owner = story()
assert rally.addAttachments(owner, [{'Name': NAME, 'mime_type': 'text/plain'}])
assert rally.getAttachmentNames(owner) == [NAME]
''', NAME, b'x'),
    'saveAttachment': ('''
io.open(NAME.encode('utf-8'), 'wb').write(b'x')
made = rally.addAttachment(story(), NAME)
os.mkdir(b'in ' + NAME.encode('utf-8'))
with io.open(rally.saveAttachment(made, 'in ' + NAME), 'rb') as saved:
    assert saved.read() == b'x'
''', 'in ' + NAME + '/' + NAME, b'x'),
    'saveAttachments': ('''
io.open(NAME.encode('utf-8'), 'wb').write(b'x')
owner = story()
rally.addAttachment(owner, NAME)
os.mkdir('saved')
for path in rally.saveAttachments(owner, 'saved'):
    assert os.path.isfile(path)
''', 'saved/' + NAME, b'x'),
    'to_csv': ('''
rally.rows('Defect', 'FormattedID', query='FormattedID = DE7').to_csv(NAME)
''', NAME, b'FormattedID\r\nDE7\r\n'),
    'to_jsonl': ('''
rally.rows('Defect', 'FormattedID', query='FormattedID = DE7').to_jsonl(NAME)
''', NAME, b'{"FormattedID": "DE7"}\n'),
    'enableLogging': ('''
rally.enableLogging(NAME)
rally.disableLogging()
''', NAME, None),
    'schema_cache': ('''
kept = Rally(os.environ['SERVER'], apikey=str(os.environ['RALLY_APIKEY']), schema_cache=NAME)
kept.typedef('Defect')
assert os.listdir(NAME.encode('utf-8'))
''', None, None),
    'a config file': ('''
with io.open(NAME.encode('utf-8') + b'.cfg', 'wb') as file:
    file.write(b'WORKSPACE = from the file')
assert rallyWorkset(['--config=' + NAME + '.cfg'])[4] == 'from the file'
''', None, None),
}
#: Arguments of the command; the file that is there then and how it begins.
COMMANDS = {
    'get --output': (['get', 'Defect', '--fields', 'FormattedID', '-q', 'FormattedID = DE7',
                      '--output', NAME + '.csv'], NAME + '.csv', b'FormattedID\r\n'),
    'set -f': (['set', '-f', NAME, 'Notes=n', '--dry-run'], NAME, b'DE7'),
    'set @file': (['set', 'DE7', 'Notes=@' + NAME, '--dry-run'], NAME, b'DE7'),
    'attach': (['attach', 'DE7', NAME, '-o', 'csv'], NAME, b'DE7'),
    'attach -': (['attach', 'DE7', '-', '--name', NAME, '-o', 'csv'], NAME, b'DE7'),
    '--config': (['--config', NAME + '.cfg', 'config'], NAME + '.cfg', b'WORKSPACE'),
}


@pytest.fixture(scope='module')
def facts(emulator_of_the_session):
    """Address and key of an emulator that other processes reach."""
    if emulator_of_the_session.emulator is None:
        yield emulator_of_the_session.url, emulator_of_the_session.apikey
        return
    from pyral.emulator import Emulator
    with Emulator(world=WORLD) as emulator:
        yield emulator.url, emulator.apikey


def environment(facts):
    """Return the environment of a process with nothing but a bare locale and the emulator."""
    known = dict((name, os.environ[name]) for name in ('PATH', 'HOME', 'XDG_CACHE_HOME',
                                                       'XDG_CONFIG_HOME') if name in os.environ)
    known.update(LC_ALL='C', PYTHONUTF8='0', PYTHONCOERCECLOCALE='0', PYTHONPATH=ROOT,
                 PYTHONDONTWRITEBYTECODE='1', RALLY_APIKEY=facts[1], RALLY_SERVER=facts[0],
                 SERVER=facts[0])
    return dict((ensure_native(name), ensure_native(value)) for name, value in known.items())


def run(facts, folder, arguments, data=b''):
    """Run Python in a folder; return its exit code and what it wrote to both outputs."""
    process = subprocess.Popen(
        [sys.executable] + [each if isinstance(each, bytes) else each.encode('utf-8')
                            for each in arguments], cwd=str(folder),
        env=environment(facts), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT)
    said = process.communicate(data)[0]
    return process.returncode, said


def held(folder, name):
    """Return what a file holds, None where there is none."""
    path = os.path.join(str(folder).encode('utf-8'), name.encode('utf-8'))
    if not os.path.isfile(path):
        return None
    with io.open(path, 'rb') as source:
        return source.read()


@pytest.mark.parametrize('name', sorted(SCRIPTS))
def test_scripts_name_files_in_any_letters(facts, tmpdir, name):
    script, place, content = SCRIPTS[name]
    code, said = run(facts, tmpdir, ['-c', SCRIPT + script])
    assert (code, said) == (0, b'')
    if place is not None:
        found = held(tmpdir, place)
        assert found is not None and content in (None, found)


@pytest.mark.parametrize('name', sorted(COMMANDS))
def test_the_command_names_files_in_any_letters(facts, tmpdir, name):
    arguments, place, beginning = COMMANDS[name]
    if '--output' not in arguments and '-' not in arguments:
        path = os.path.join(str(tmpdir).encode('utf-8'), place.encode('utf-8'))
        with io.open(path, 'wb') as made:
            made.write({b'WORKSPACE': b'WORKSPACE = Main\n'}.get(beginning, beginning))
    code, said = run(facts, tmpdir, ['-m', 'pyral'] + arguments, b'from the input')
    assert code == 0, said
    if '-' not in arguments:
        assert held(tmpdir, place).startswith(beginning)
    if arguments[0] == 'attach':
        assert NAME.encode('utf-8') in said


@pytest.mark.skipif(sys.platform == 'darwin', reason="names of files are UTF-8 there")
@pytest.mark.parametrize('arguments, content', [
    (['attach', 'DE7', b'caf\xe9', '-o', 'csv'], b'x'),
    (['set', '-f', b'caf\xe9', 'Notes=n', '--dry-run'], b'DE7'),
    (['get', 'Defect', '-o', 'csv', '--output', b'caf\xe9'], None),
    (['--config', b'caf\xe9', 'config'], b'WORKSPACE = Main'),
], ids=['attach', 'set -f', 'get --output', '--config'])
def test_the_command_names_files_whose_names_are_no_text(facts, tmpdir, arguments, content):
    path = os.path.join(str(tmpdir).encode('utf-8'), b'caf\xe9')
    if content is not None:
        with io.open(path, 'wb') as made:
            made.write(content)
    code, said = run(facts, tmpdir, ['-m', 'pyral'] + arguments)
    assert code == 0 and os.path.isfile(path), said

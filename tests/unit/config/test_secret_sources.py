# coding: utf-8
"""Helpers and the keyring: real commands and real files, and nothing they print is shown."""
from __future__ import absolute_import, division, print_function

import logging
import os
import sys

import pytest

from pyral import rallyWorkset
from pyral._compat import ensure_text
from pyral.config import connection_settings, reported_settings, secret_sources
from pyral.errors import ConfigError
from pyral.redact import revealed
from tests.client.test_frames import shown_of_frames
from tests.threads import GUARD_S

PASSWORD, APIKEY = 2, 3
SECRET = 'only-the-helper-knows-77'
PYTHON = u'"{0}" -E -c '.format(ensure_text(sys.executable))
HAS_MODES = os.name == 'posix'
OTHER_USER = 65534


@pytest.fixture
def profiles(profiles, tmpdir):
    """Return a function that writes a profile `p` with some lines, and returns its path."""
    def written(lines, mode=0o600):
        profiles(u'[p]\n' + lines + u'\n', mode)
        return tmpdir.join('user', 'pyral', 'config')

    return written


@pytest.fixture(autouse=True)
def as_long_as_it_takes(monkeypatch):
    """Let a helper and the reading of its output take as long as a busy machine needs."""
    monkeypatch.setattr(secret_sources, 'HELPER_TIMEOUT_S', GUARD_S)
    monkeypatch.setattr(secret_sources, '_LAST_OUTPUT_S', GUARD_S)


def refusal(args=('--profile=p',)):
    """Return the error of resolving, after looking into its frames for the secret."""
    with pytest.raises(ConfigError) as caught:
        rallyWorkset(args)
    shown = [ensure_text(str(caught.value)), repr(caught.value)] + [
        each[3] for each in shown_of_frames(caught.value)]
    assert [each for each in shown if SECRET in each] == []
    assert '\n' not in caught.value.args[0]
    return caught.value


@pytest.mark.parametrize('code, value', [
    ("print('_key')", '_key'), ("print('a key with blanks ')", 'a key with blanks '),
    ("print('first'); print('second')", 'first'), ("print('a=b:c%d#e')", 'a=b:c%d#e'),
    ("import sys; sys.stdout.write('no end')", 'no end'),
    ("import sys; sys.stdout.write('dos' + chr(13) + chr(10))", 'dos'),
    ("import os; os.write(1, bytearray([0xef, 0xbb, 0xbf, 0xc3, 0xbc, 10]))", u'\xfc'),
    ("import sys; print(len(sys.stdin.read()))", '0'),
    ("import sys; sys.stderr.write('noise'); print('_key')", '_key'),
    ("print('x' * 100000)", 'x' * 100000),
])
def test_the_first_line_a_helper_prints_is_the_value(profiles, code, value):
    profiles(u'password = helper: ' + PYTHON + u'"' + ensure_text(code) + u'"')
    found = rallyWorkset(['--profile=p'])[PASSWORD]
    assert type(found) is str and ensure_text(found) == value


@pytest.mark.parametrize('setting', ['server', 'user', 'workspace', 'project'])
def test_any_value_of_a_profile_may_come_from_a_helper(profiles, setting):
    profiles(setting + u': helper:echo from-a-helper')
    found = dict(zip(('server', 'user', 'password', 'apikey', 'workspace', 'project'),
                     rallyWorkset(['--profile=p'])))
    assert found[setting] == 'from-a-helper'


@pytest.mark.parametrize('command, words', [
    (u'a "b c" d\\ e \'f"g\'', ['a', 'b c', 'd e', 'f"g']),
    (u'$HOME `id` $(id) *', ['$HOME', '`id`', '$(id)', '*']),
    (u'a; id | cat > x && id', ['a;', 'id', '|', 'cat', '>', 'x', '&&', 'id']),
    (u'# ~ %PATH% !1', ['#', '~', '%PATH%', '!1']),
])
def test_a_command_is_split_into_words_and_no_shell_reads_it(profiles, tmpdir, command, words):
    profiles(u'apikey = helper: ' + PYTHON + u'"import sys; print(sys.argv[1:])" ' + command)
    assert rallyWorkset(['--profile=p'])[APIKEY] == repr(words)
    assert tmpdir.join('work').listdir() == []


@pytest.mark.parametrize('command, said', [
    (PYTHON + u'"print(\'{0}\'); raise SystemExit(3)"', 'ended with exit code 3'),
    (PYTHON + u'"import sys; sys.exit(\'{0}\')"', 'ended with exit code 1'),
    (PYTHON + u'"import os; print(\'{0}\'); os.kill(os.getpid(), 9)"', 'was ended by signal 9'),
    (PYTHON + u'"pass"', 'printed nothing'),
    (PYTHON + u'"print(\'\'); print(\'{0}\')"', 'printed an empty first line'),
    (PYTHON + u'"print(\'{0}\' * 100000)"', 'printed more than 1048576 bytes'),
    (PYTHON + u'"import os; os.write(1, bytearray([0xff, 0xfe, 65]))"', 'are not UTF-8'),
    (PYTHON + u'"while True: print(\'{0}\')"', 'printed more than'),
    (u'no-such-helper {0}', "'no-such-helper' was not found"),
    (u'no/such/helper {0}', 'was not found'), (u'', 'names no command'),
    (u'no-such-helper\t{0}', "'no-such-helper' was not found"),
    (u'PASS_KEY={0} pass', "'PASS_KEY=***' was not found"),
    (u'pass "{0}', 'cannot be split into words: No closing quotation'),
    (u'/etc/passwd {0}', "'/etc/passwd' cannot be run: Permission denied"),
])
def test_a_helper_that_fails_is_told_of_without_what_it_printed(profiles, caplog, command, said):
    caplog.set_level(logging.DEBUG)
    path = profiles(u'apikey = helper: ' + command.replace(u'{0}', ensure_text(SECRET)))
    error = refusal()
    assert said in error.args[0] and error.field == 'apikey'
    assert error.args[0].startswith("config file '{0}', line 2: ".format(path))
    assert SECRET not in caplog.text + reported_settings(['--profile=p'])[4].shown


def test_a_helper_that_takes_too_long_is_ended(profiles, monkeypatch):
    monkeypatch.setattr(secret_sources, 'HELPER_TIMEOUT_S', 0.2)
    profiles(u'apikey = helper: sleep 600')
    assert 'did not end within 0.2 seconds' in refusal().args[0]


def test_a_process_that_a_helper_leaves_behind_is_not_waited_for(profiles, monkeypatch):
    asked, sleep = [], secret_sources.time.sleep

    def join(reader, seconds):
        """Let the time be over when the line that was printed is read: the pipe stays open."""
        asked.append(seconds)
        while reader.is_alive() and not reader.output().reveal():
            sleep(0.01)

    monkeypatch.setattr(secret_sources._Reader, 'join', join)
    monkeypatch.setattr(secret_sources, '_LAST_OUTPUT_S', 0.2)
    profiles(u'apikey = helper: sh -c "sleep 20 & echo _key"')
    assert rallyWorkset(['--profile=p'])[APIKEY] == '_key' and asked == [0.2]


def test_ctrl_c_ends_the_helper(profiles, monkeypatch, tmpdir):
    pid = tmpdir.join('pid')

    def interrupt(seconds):
        if pid.check() and pid.read().endswith('.\n'):
            raise KeyboardInterrupt()

    monkeypatch.setattr(secret_sources.time, 'sleep', interrupt)
    profiles(u'apikey = helper: sh -c "echo $$. > {0}; exec sleep 600"'.format(pid))
    with pytest.raises(KeyboardInterrupt):
        rallyWorkset(['--profile=p'])
    with pytest.raises(OSError):
        os.kill(int(pid.read().rstrip('.\n')), 0)


def test_a_helper_is_not_run_where_its_value_is_not_needed(profiles, tmpdir):
    mark = tmpdir.join('ran')
    run = u'helper: touch ' + ensure_text(str(mark))
    profiles(u'apikey = _key\npassword = {0}\nserver = {0}\n[q]\napikey = {0}'.format(run))
    rallyWorkset(['--profile=p', '--password=x', '--server=y'])
    assert revealed(connection_settings('p', {'server': 'z'})['apikey']) == '_key'
    reported_settings(['--profile=p'])
    reported_settings(['--profile=q'])
    assert not mark.check()


def test_a_relative_program_starts_at_the_folder_of_the_file_not_at_the_current_one(
        profiles, tmpdir, monkeypatch):
    path = profiles(u'apikey = helper: ./mine\npassword = helper: ours')
    for folder, said in ((path.dirpath(), 'right'), (tmpdir.join('work'), 'wrong')):
        for name in ('mine', 'ours'):
            script = folder.join(name)
            script.write('#!/bin/sh\necho {0}; pwd >&2\n'.format(said))
            script.chmod(0o755)
    # The current folder is not searched, whatever PATH says.
    monkeypatch.setenv('PATH', os.pathsep.join(['.', '', str(path.dirpath())]), prepend=os.pathsep)
    assert rallyWorkset(['--profile=p'])[PASSWORD:APIKEY + 1] == ['right', 'right']


# Only the user's own file

@pytest.mark.parametrize('where', ['file', 'option', 'variable', 'named by a variable'])
def test_elsewhere_a_password_that_begins_so_is_a_password(profiles, tmpdir, monkeypatch, where):
    mark = tmpdir.join('ran')
    value = 'helper: touch {0}'.format(mark)
    args = []
    for setting, begin in (('PASSWORD', value), ('APIKEY', 'keyring: a b')):
        if where == 'option':
            args.append('--{0}={1}'.format(setting.lower(), begin))
        elif where == 'variable':
            monkeypatch.setenv({'PASSWORD': 'RALLY_PASSWORD'}.get(setting, setting), begin)
        else:
            name = 'rally-v2.0.cfg' if where == 'file' else 'other.cfg'
            tmpdir.join('work', name).write('{0} = {1}\n'.format(setting, begin), mode='a')
    if where == 'named by a variable':
        monkeypatch.setenv('RALLY_CONFIG', 'other')
    assert rallyWorkset(args)[PASSWORD:APIKEY + 1] == [value, 'keyring: a b']
    assert not mark.check()


def _group_writes_file(path, tmpdir):
    path.chmod(0o620)


def _all_write_file(path, tmpdir):
    path.chmod(0o602)


def _group_writes_folder(path, tmpdir):
    path.dirpath().chmod(0o770)


def _all_write_folder_above(path, tmpdir):
    path.dirpath().dirpath().chmod(0o777)


def _other_owner(path, tmpdir):
    os.chown(str(path), OTHER_USER, -1)


def _folder_of_another(path, tmpdir):
    os.chown(str(path.dirpath()), OTHER_USER, -1)


def _link_to_what_all_write(path, tmpdir):
    target = tmpdir.join('shared').ensure(dir=True).join('config')
    path.move(target)
    target.dirpath().chmod(0o777)
    path.mksymlinkto(target)


def _link_through_what_all_write(path, tmpdir):
    safe, shared = tmpdir.join('safe'), tmpdir.join('shared').ensure(dir=True)
    path.move(safe)
    shared.chmod(0o777)
    shared.join('link').mksymlinkto(safe)
    path.mksymlinkto(shared.join('link'))


def _link_of_another(path, tmpdir):
    target = tmpdir.join('safe')
    path.move(target)
    path.mksymlinkto(target)
    os.lchown(str(path), OTHER_USER, -1)


UNSAFE = [
    (_group_writes_file, "a group can write to"), (_all_write_file, "everyone can write to"),
    (_group_writes_folder, "a group can write to"),
    (_all_write_folder_above, "everyone can write to"), (_other_owner, 'belongs to another user'),
    (_folder_of_another, 'belongs to another user'),
    (_link_to_what_all_write, "everyone can write to"),
    (_link_through_what_all_write, "everyone can write to"),
    (_link_of_another, 'belongs to another user'),
]


@pytest.mark.skipif(not HAS_MODES, reason="the system keeps no modes")
@pytest.mark.parametrize('kind', ['helper: touch', 'keyring: a'])
@pytest.mark.parametrize('change, said', UNSAFE, ids=[each[0].__name__[1:] for each in UNSAFE])
def test_in_a_file_that_others_can_change_nothing_is_run(profiles, tmpdir, kind, change, said):
    if 'owner' in change.__name__ or 'another' in change.__name__:
        if os.geteuid() != 0:
            pytest.skip("only root gives files away")
    mark = tmpdir.join('ran')
    path = profiles(u'apikey = {0} {1}'.format(kind, mark))
    change(path, tmpdir)
    error = refusal()
    assert ' is refused, because ' in error.args[0] and said in error.args[0]
    assert not mark.check()
    # What the file holds itself counts as before, and the settings can be looked at.
    assert reported_settings(['--profile=p'])[4].shown.startswith('***')
    assert rallyWorkset(['--profile=p', '--apikey=_mine'])[APIKEY] == '_mine'


@pytest.mark.skipif(not HAS_MODES, reason="the system keeps no modes")
def test_links_between_folders_of_the_user_are_followed(profiles, tmpdir):
    path = profiles(u'apikey = helper: echo _key', 0o400)
    path.dirpath().move(tmpdir.join('dotfiles'))
    path.dirpath().mksymlinkto(tmpdir.join('dotfiles'))
    assert rallyWorkset(['--profile=p'])[APIKEY] == '_key'


def test_where_the_system_keeps_no_modes_a_helper_is_run(profiles, monkeypatch):
    monkeypatch.setattr('pyral.config.permissions._HAS_MODES', False)
    profiles(u'apikey = helper: echo _key', 0o666)
    assert rallyWorkset(['--profile=p'])[APIKEY] == '_key'


# The keyring

KEYRING = u"""
ENTRIES = {('pyral', 'p'): '_of-p', ('rally', 'me'): 'only-the-helper-knows-77', ('a', 'b'): ''}
def get_password(service, name):
    if service == 'locked':
        raise RuntimeError('only-the-helper-knows-77')
    return ENTRIES.get((service, name))
"""


@pytest.fixture
def keyring(monkeypatch, tmpdir):
    """A package keyring."""
    tmpdir.join('packages', 'keyring.py').write(KEYRING, ensure=True)
    monkeypatch.syspath_prepend(str(tmpdir.join('packages')))
    monkeypatch.delitem(sys.modules, 'keyring', raising=False)
    yield
    sys.modules.pop('keyring', None)


@pytest.mark.parametrize('value, expected', [
    (u'keyring:', '_of-p'), (u'keyring: pyral p', '_of-p'), (u'keyring: rally me', SECRET),
    (u'keyring: "rally" \'me\'', SECRET)])
def test_a_value_may_come_from_the_keyring(profiles, keyring, value, expected):
    profiles(u'apikey = ' + value)
    assert rallyWorkset(['--profile=p'])[APIKEY] == expected
    assert 'rally me' not in value or reported_settings(['--profile=p'])[4].shown == (
        '*** (keyring: rally me)')


@pytest.mark.parametrize('value, said', [
    (u'keyring: pyral', 'takes a service and a name'), (u'keyring: a b c', 'takes a service'),
    (u'keyring: x y', "nothing for service 'x' and name 'y'"), (u'keyring: a b', 'nothing for'),
    (u'keyring: locked x', 'refused with RuntimeError'), (u'keyring: "x', 'No closing quotation'),
])
def test_an_entry_that_is_not_there_is_told(profiles, keyring, value, said):
    profiles(u'apikey = ' + value)
    assert said in refusal().args[0]


def test_without_the_package_one_sentence_says_so(profiles, monkeypatch):
    monkeypatch.setitem(sys.modules, 'keyring', None)
    profiles(u'apikey = keyring:')
    error = refusal()
    assert 'keyring: needs the package keyring' in error.args[0]
    assert error.hint == 'pip install keyring'

# coding: utf-8
"""Profiles: which one is used, what wins over it, how its lines are read, what is said of both."""
from __future__ import absolute_import, division, print_function

import os
import warnings

import pytest

from pyral import rallySettings, rallyWorkset
from pyral._compat import ensure_native, ensure_text
from pyral.advice import RallyWarning
from pyral.config import (
    PASSWORD,
    SETTINGS,
    USER_NAME,
    connection_settings,
    profile_names,
    reported_settings,
)
from pyral.config.profiles import profile_places
from pyral.errors import ConfigError
from pyral.redact import revealed
from tests.unit.config.written_files import write

NAMES = [setting.name for setting in SETTINGS]
PROD = u'[prod]\nserver = prod.test\napikey = _prodkey\nworkspace = Prod\n'
WORD = u'[word]\nserver = word.test\nuser = me@word\npassword = word-pass\n'
BARE = u'[bare]\nworkspace = Bare\n'


def found(args=(), **variables):
    """Return what the command connects with."""
    environ = dict(XDG_CONFIG_HOME=os.environ['XDG_CONFIG_HOME'], **variables)
    values = connection_settings(None, {}, environ, args=args)
    return dict((name, revealed(value)) for name, value in values.items())


def differing(values):
    """Return the settings that are not the defaults."""
    defaults = dict((setting.name, setting.default) for setting in SETTINGS)
    return dict((name, value) for name, value in values.items() if value != defaults[name])


def workset(args=()):
    """Return what `rallyWorkset` says that differs from the defaults."""
    return differing(dict(zip(NAMES, rallyWorkset(args))))


def remarks(call, *args, **kwargs):
    """Return the texts of the warnings of a call."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter('always')
        call(*args, **kwargs)
    return [str(each.message) for each in heard if issubclass(each.category, RallyWarning)]


# Which profile

@pytest.mark.parametrize('args, variable, server', [
    ([], None, None), (['--profile=prod'], None, 'prod.test'),
    (['--rallyProfile=prod'], None, 'prod.test'), ([], 'prod', 'prod.test'), ([], '', None),
    (['--profile=word'], 'prod', 'word.test'), (['--profile=word', '--profile=prod'], None,
                                                'prod.test'), (['--profile='], None, None),
])
def test_a_script_reads_a_profile_only_where_one_is_named(profiles, monkeypatch, args, variable,
                                                          server):
    profiles(u'[default]\nserver = default.test\n' + PROD + WORD)
    if variable is not None:
        monkeypatch.setenv('RALLY_PROFILE', variable)
    assert workset(args).get('server') == server
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        assert rallySettings(args)[0] == (server or 'rally1.rallydev.com')


def test_a_script_without_a_profile_does_not_look_at_the_file(profiles):
    profiles(b'[\xff\xfe broken', 0o666)
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        assert workset(['--server=x']) == {'server': 'x'}


ENVIRONMENT = {'RALLY_SERVER': 'env.test', 'RALLY_USER': 'me@env', 'RALLY_PASSWORD': 'env-pass',
               'APIKEY': '_envkey', 'RALLY_WORKSPACE': 'Env', 'RALLY_PROJECT': 'Of env'}
PROD_IS = {'server': 'prod.test', 'apikey': '_prodkey', 'workspace': 'Prod'}


@pytest.mark.parametrize('text, args, variables, expected', [
    # A profile wins over the environment, item by item.
    (PROD, ['--profile=prod'], {}, PROD_IS),
    (PROD, ['--profile=prod'], ENVIRONMENT, dict(PROD_IS, project='Of env')),
    (PROD, [], dict(ENVIRONMENT, RALLY_PROFILE='prod'), dict(PROD_IS, project='Of env')),
    # Who is signed in is one account: no key of the environment beside a user of the profile.
    (WORD, ['--profile=word'], dict(APIKEY='_envkey'),
     {'server': 'word.test', 'user': 'me@word', 'password': 'word-pass'}),
    (u'[u]\nuser = me@word\n', ['--profile=u'], dict(ENVIRONMENT, RALLY_WORKSPACE=''),
     {'user': 'me@word', 'workspace': '', 'project': 'Of env'}),
    (u'[u]\nuser = me@word\n', ['--profile=u'], dict(RALLY_PASSWORD='env-pass'),
     {'user': 'me@word', 'password': 'env-pass'}),
    (u'[u]\nuser = me@env\n', ['--profile=u'],
     dict(RALLY_USER='me@env', RALLY_PASSWORD='env-pass'),
     {'user': 'me@env', 'password': 'env-pass'}),
    (u'[p]\npassword = mine\n', ['--profile=p'], dict(RALLY_USER='me@env', APIKEY='_envkey'),
     {'password': 'mine'}),
    # A secret of a profile goes to its server, or to the one of the service.
    (u'[k]\napikey = _k\n', ['--profile=k'], dict(RALLY_SERVER='env.test'), {'apikey': '_k'}),
    (BARE, ['--profile=bare'], dict(RALLY_SERVER='env.test', APIKEY='_envkey'),
     {'server': 'env.test', 'apikey': '_envkey', 'workspace': 'Bare'}),
    # Options win.
    (PROD, ['--profile=prod', '--server=o.test', '--workspace=O'], {},
     {'server': 'o.test', 'apikey': '_prodkey', 'workspace': 'O'}),
    (PROD, ['--user=o', '--password=p', '--profile=prod'], {},
     {'server': 'prod.test', 'user': 'o', 'password': 'p', 'workspace': 'Prod'}),
    (WORD, ['--apikey=_o', '--profile=word'], {}, {'server': 'word.test', 'apikey': '_o'}),
    # `default` is used where nothing else names a server or an account.
    (u'[default]\nserver = d.test\napikey = _d\nproject = D\n', [], {},
     {'server': 'd.test', 'apikey': '_d', 'project': 'D'}),
    (u'[default]\nserver = d.test\napikey = _d\nproject = D\n', ['--project=P'],
     dict(RALLY_WORKSPACE='Env', RALLY_SERVER='', APIKEY=''),
     {'server': 'd.test', 'apikey': '_d', 'project': 'P', 'workspace': 'Env'}),
    (u'[default]\napikey = _d\nproject = D\n', [], dict(RALLY_SERVER='127.0.0.1:8010'),
     {'server': '127.0.0.1:8010'}),
    (u'[default]\nserver = d.test\nproject = D\n', [], dict(APIKEY='_envkey'),
     {'apikey': '_envkey'}),
    (u'[default]\napikey = _d\n', ['--server=o.test'], {}, {'server': 'o.test'}),
    (u'[default]\nserver = d.test\napikey = _d\n', ['--user=o', '--password=p'], {},
     {'server': 'd.test', 'user': 'o', 'password': 'p'}),
    (u'[default]\nserver = d.test\n' + PROD, ['--profile=prod'], {}, PROD_IS),
    (PROD, [], {}, {}),
])
def test_what_wins_where_a_profile_is_used(profiles, text, args, variables, expected):
    profiles(text)
    assert found(args, **variables) == expected


def test_a_profile_wins_over_files_that_are_found_and_gives_way_to_one_that_an_option_names(
        profiles, folder):
    profiles(PROD)
    write(folder.join('work', 'rally-v2.0.cfg'), u'SERVER = local.test\nAPIKEY = _l\nPROJECT = L\n')
    write(folder.join('work', 'named.cfg'), u'WORKSPACE = Named\n')
    write(folder.join('work', 'variable.cfg'), u'WORKSPACE = Variable\nSERVER = variable.test\n')
    assert found(['--profile=prod'], RALLY_CONFIG='variable') == dict(PROD_IS, project='L')
    assert found(['--profile=prod', '--config=named']) == dict(
        PROD_IS, project='L', workspace='Named')


def test_a_key_of_the_profile_is_not_carried_elsewhere_by_the_folder(profiles, folder):
    """What lies in the current folder may be anybody's."""
    profiles(u'[k]\napikey = _k\n[default]\napikey = _d\n')
    write(folder.join('work', 'rally-v2.0.cfg'), u'SERVER = evil.test\n')
    assert remarks(found, ['--profile=k']) == []
    assert found(['--profile=k']) == {'apikey': '_k'}
    assert found() == {'server': 'evil.test'}


@pytest.mark.parametrize('given, expected', [
    ({}, {'server': 'word.test', 'user': 'me@word', 'password': 'word-pass'}),
    ({'server': None, 'user': None, 'timeout': 3},
     {'server': 'word.test', 'user': 'me@word', 'password': 'word-pass', 'timeout': 3}),
    ({'apikey': '_a', 'workspace': None}, {'server': 'word.test', 'apikey': '_a',
                                           'workspace': None}),
    ({'password': 'p', 'project': 'P'}, {'server': 'word.test', 'user': 'me@word',
                                         'password': 'p', 'project': 'P'}),
])
def test_arguments_win_over_all_settings(profiles, given, expected):
    profiles(WORD)
    arguments = connection_settings('word', given, {
        'XDG_CONFIG_HOME': os.environ['XDG_CONFIG_HOME'], 'APIKEY': '_envkey'})
    assert dict((name, revealed(value)) for name, value in arguments.items()) == expected
    assert 'word-pass' not in repr(arguments)


# What is not there

@pytest.mark.parametrize('text, name, said', [
    (PROD + WORD, 'prdo', ["no profile 'prdo'", '--profile', 'Did you mean: prod?', 'prod, word']),
    (PROD, 'Prod', ['Did you mean: prod?']), (PROD, 'elsewhere', ['Profiles there: prod.']),
    (u'', 'prod', ["no profile 'prod'", 'Profiles there: none.']),
    (None, 'prod', ["no profile 'prod'", 'there is no file', 'section [name]']),
    (u'[pr\xf6d]\nserver = x\n', 'prod', [u'Did you mean: pr\xf6d?']),
])
def test_a_profile_that_is_not_there_is_an_error_with_the_near_miss(profiles, folder, text, name,
                                                                    said):
    if text is not None:
        profiles(text)
    with pytest.raises(ConfigError) as caught:
        rallyWorkset(['--profile=' + name])
    shown = ensure_text(str(caught.value))
    assert [part for part in said + [str(folder.join('user', 'pyral', 'config'))]
            if part not in shown] == []


def test_what_names_a_profile_that_is_not_there_is_told(profiles, monkeypatch):
    profiles(PROD)
    monkeypatch.setenv('RALLY_PROFILE', 'x')
    for call, named in ((lambda: rallyWorkset([]), 'RALLY_PROFILE'),
                        (lambda: connection_settings('x', {}), 'from_profile')):
        with pytest.raises(ConfigError) as caught:
            call()
        assert 'named by ' + named in caught.value.args[0]


@pytest.mark.parametrize('profile', [5, ['prod'], True])
def test_a_profile_is_named_by_text(profile):
    with pytest.raises(ConfigError) as caught:
        connection_settings(profile, {})
    assert caught.value.field == 'profile'


# How a file is read

@pytest.mark.parametrize('text, value', [
    (u'project = A', 'A'), (u'project=A', 'A'), (u'project: A', 'A'), (u'PROJECT : A', 'A'),
    (u'  Project = A  ', 'A'), (u'project = A = B', 'A = B'), (u'project = A: B', 'A: B'),
    (u'project: A = B', 'A = B'), (u'project = "A "  # ours', 'A '), (u'project = 50%', '50%'),
    (u'project = %(server)s ${HOME} ~', '%(server)s ${HOME} ~'), (u'project =', 'default'),
    (u'# project = A', 'default'), (u'; project = A', 'default'),
    (u'project = Caf\xe9', u'Caf\xe9'),
    (u'project = helper', 'helper'), (u'project = Shop // Checkout', 'Shop // Checkout'),
    (u'server = https://x.test:8443\nproject = A', 'A'),
])
@pytest.mark.parametrize('end, mark', [(u'\n', u''), (u'\r\n', u'\ufeff')])
def test_a_line_is_read_tolerantly(profiles, text, value, end, mark):
    profiles(mark + end.join([u'# profiles', u'', u' [ p ]  # mine'] + text.split(u'\n') + [u'']))
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        read = rallyWorkset(['--profile=p'])
    assert type(read[5]) is str and ensure_text(read[5]) == value


@pytest.mark.parametrize('name, setting', [
    ('api_key', 'apikey'), ('api-key', 'apikey'), ('APIKEY', 'apikey'), ('ApiKey', 'apikey'),
    ('User', 'user'), ('PASSWORD', 'password'), ('SERVER', 'server'), ('workspace', 'workspace')])
def test_names_are_those_of_config_files_in_any_case(profiles, name, setting):
    profiles(u'[p]\n{0} = _value\n'.format(name))
    assert remarks(workset, ['--profile=p']) == []
    assert workset(['--profile=p']) == {setting: '_value'}


@pytest.mark.parametrize('lines, line, said', [
    (u'[p]\nsevrer = x', 2, 'did you mean server?'), (u'[p]\nurl = x', 2, 'did you mean server?'),
    (u'[p]\ntoken = _x', 2, 'did you mean apikey?'), (u'[p]\n\nusername: x', 3, 'mean user?'),
    (u'[p]\nthing = x', 2, 'those are server, user, password, apikey, workspace, project'),
    (u'[p]\nverify-ssl = x.pem', 2, 'the variable REQUESTS_CA_BUNDLE says that'),
    (u'[p]\nhelper pass', 2, 'name = value is expected'),
    (u'server = x\n[p]', 1, 'before the first [profile]'),
    (u'[p]\nuser = a\nuser = b', 3, 'user was set before'),
    (u'[p]\nuser = a\n[q]\n[p]\nproject = b', 4, 'has begun before'),
    (u'[p]\nproject = a # b', 2, 'a comment has a line of its own'),
    (u'[p]\napikey = Helper: x', 2, 'taken as it stands'),
    (u'[p]\npassword = keyring :', 2, 'small letters and a colon'),
])
def test_a_doubtful_line_is_warned_of_and_an_error_where_one_is_strict(profiles, lines, line, said):
    path = profiles(lines + u'\n[other]\nnonsense\n')
    heard = remarks(workset, ['--profile=p'])
    assert len(heard) == 1 and said in heard[0]
    assert heard[0].startswith("config file '{0}', line {1}: ".format(path, line))
    with pytest.raises(ConfigError) as caught:
        connection_settings('p', {'strict': True})
    assert said in caught.value.args[0]


@pytest.mark.parametrize('content, said', [
    (u'[p]\nserver = x\n[q\napikey = _k\n', 'line 3: a section begins with [name]'),
    (u'[p]\n[]\n', 'line 2: a section'), (u'[p] server = x\n', 'line 1: a section'),
    (b'[p]\nproject = \xff\n', 'line 2: byte 11 is not UTF-8'),
    (u'[p]\n'.encode('utf-16'), 'UTF-16'),
])
def test_a_file_that_cannot_be_read_right_is_an_error(profiles, content, said):
    profiles(content)
    with pytest.raises(ConfigError) as caught:
        rallyWorkset(['--profile=p'])
    assert said in caught.value.args[0]


@pytest.mark.parametrize('make, said', [
    (lambda path: os.mkdir(path), 'cannot be read'),
    (lambda path: os.symlink(path + '-of-old', path), 'cannot be read'),
    (lambda path: os.mkfifo(path), 'is a pipe, not a file'),
])
@pytest.mark.skipif(not hasattr(os, 'mkfifo'), reason="no pipes with names here")
def test_what_is_no_file_in_place_of_it_is_an_error(folder, make, said):
    make(str(folder.ensure('user', 'pyral', dir=True).join('config')))
    for call in (lambda: rallyWorkset(['--profile=p']), lambda: connection_settings(None, {})):
        with pytest.raises(ConfigError) as caught:
            call()
        assert said in caught.value.args[0]


def test_settings_without_a_profile_are_told_where_none_is_named(profiles):
    profiles(u'apikey = _key\n[prod]\nserver = x\n')
    heard = remarks(lambda: connection_settings(None, {}))
    assert len(heard) == 1 and 'line 1: it stands before the first [profile]' in heard[0]


@pytest.mark.parametrize('environ, system, places', [
    ({'HOME': '/h'}, ('linux', 'posix'), ['/h/.config']),
    ({'HOME': '/h', 'XDG_CONFIG_HOME': '/x'}, ('linux', 'posix'), ['/x']),
    ({'HOME': '/h', 'XDG_CONFIG_HOME': 'x'}, ('linux', 'posix'), ['/h/.config']),
    ({'HOME': '/h'}, ('darwin', 'posix'), ['/h/.config', '/h/Library/Application Support']),
    ({'HOME': '/h', 'APPDATA': '/a'}, ('win32', 'nt'), ['/a', '/h/.config']),
])
def test_the_file_is_where_the_platform_keeps_such(monkeypatch, environ, system, places):
    monkeypatch.setattr('sys.platform', system[0])
    monkeypatch.setattr('pyral.config.profiles._SYSTEM', system[1])
    assert profile_places(environ) == [
        os.path.join(place, 'pyral', 'config') for place in places]


def test_the_names_of_the_profiles_are_listed_in_order(profiles):
    assert profile_names(os.environ) == []
    profiles(WORD + PROD)
    assert profile_names(os.environ) == ['word', 'prod']


# Who can read it

@pytest.mark.parametrize('text, mode, warns', [
    (u'APIKEY = _k', 0o644, True), (u'APIKEY = _k', 0o640, True), (u'APIKEY = _k', 0o604, True),
    (u'PASSWORD = p', 0o644, True), (u'APIKEY = _k', 0o600, False), (u'APIKEY = _k', 0o622, False),
    (u'USER = u', 0o644, False), (u'APIKEY =', 0o644, False), (u'# APIKEY = _k', 0o644, False),
])
def test_a_file_with_a_secret_that_others_can_read_is_warned_of(profiles, folder, text, mode,
                                                                warns):
    """A historic file and one of profiles alike; the secret is not shown."""
    path = write(folder.join('work', 'x.cfg'), text + u'\n', mode)
    heard = remarks(workset, ['--config=x'])
    user_path = profiles(u'[q]\n' + text + u'\n[p]\nserver = x\n', mode)
    heard_of_profile = remarks(workset, ['--profile=p'])
    for named, texts in ((path, heard), (user_path, heard_of_profile)):
        assert [named in each and 'others can read it' in each for each in texts] == [True] * warns
        assert '_k' not in ''.join(texts)


def test_a_file_that_holds_only_helpers_may_be_read_by_others(profiles):
    profiles(u'[p]\napikey = helper: pass x\npassword = keyring:\n[q]\nserver = q.test\n', 0o644)
    assert remarks(workset, ['--profile=q']) == []


def test_nothing_is_said_of_modes_where_the_system_has_none(profiles, monkeypatch):
    monkeypatch.setattr('pyral.config.permissions._HAS_MODES', False)
    profiles(PROD, 0o666)
    assert remarks(workset, ['--profile=prod']) == []


# What is said of the settings

def test_each_setting_is_reported_with_where_it_came_from(profiles, folder):
    path = profiles(u'[prod]\nserver = https://me:secret-word@prod.test\napikey = _prodkey\n'
                    u'password = helper: no-such-program secret-word\n')
    local = write(folder.join('work', 'rally-v2.0.cfg'), u'\nPROJECT = L\n')
    environ = {'XDG_CONFIG_HOME': os.environ['XDG_CONFIG_HOME'], 'RALLY_WORKSPACE': 'Env',
               'RALLY_PROFILE': 'prod'}
    report = reported_settings(['--rallyUser=me'], None, environ, os.getcwd())
    assert [tuple(each) for each in report] == [
        ('profile', 'prod', 'environment RALLY_PROFILE'),
        ('server', 'https://***@prod.test', 'profile prod in {0}, line 2'.format(path)),
        ('user', 'me', 'option --rallyUser'),
        ('password', '*** (helper: no-such-program)', 'profile prod in {0}, line 4'.format(path)),
        ('apikey', '', 'default'),
        ('workspace', 'Env', 'environment RALLY_WORKSPACE'),
        ('project', 'L', 'file {0}, line 2'.format(local)),
    ]


@pytest.mark.parametrize('args, variables, profile, expected', [
    ([], {}, None, {'profile': ('default', 'no other server or account'),
                   'apikey': ('***', 'profile default')}),
    (['--profile=prod'], {}, None, {'profile': ('prod', 'option --profile')}),
    (['--profile=prod'], {}, 'word', {'profile': ('word', 'argument from_profile'),
                                      'password': ('***', 'profile word')}),
    ([], {'RALLY_SERVER': 'env.test'}, None, {'profile': ('', 'default'), 'apikey': ('', 'default'),
                                              'server': ('env.test', 'environment RALLY_SERVER')}),
    (['--apikey=_k'], {'RALLY_SERVER': 'x', 'RALLY_USER': 'u'}, None,
     {'apikey': ('***', 'option --apikey')}),
    (['--profile=ring'], {}, None, {'password': ('*** (keyring: pyral ring)', 'profile ring')}),
])
def test_reports_tell_the_profile_and_mask_secrets(profiles, args, variables, profile, expected):
    profiles(u'[default]\napikey = _d\n[ring]\npassword = keyring:\n' + PROD + WORD)
    variables['XDG_CONFIG_HOME'] = os.environ['XDG_CONFIG_HOME']
    report = dict((each.name, each) for each in reported_settings(args, profile, variables))
    for name, (shown, source) in expected.items():
        assert report[name].shown == shown and report[name].source.startswith(source)
    assert set(NAMES) < set(report)
    assert report['user'].shown != USER_NAME and report['password'].shown != PASSWORD
    assert all(type(part) is str for each in report.values() for part in each)


def test_a_report_holds_names_beyond_ascii_as_native_strings(profiles):
    profiles(u'[pr\xf6d]\nproject = Caf\xe9\n')
    report = reported_settings(['--profile=' + ensure_native(u'pr\xf6d')])
    assert report[-1].shown == ensure_native(u'Caf\xe9')
    assert ensure_native(u'profile pr\xf6d in') in report[-1].source


def test_a_misspelt_option_is_told_as_ever(profiles):
    profiles(PROD)
    assert [u'did you mean --profile?' in each for each in remarks(workset, ['--profle=prod'])] \
        == [True]
    assert [u'--profile=...' in each for each in remarks(workset, ['--profile', 'prod'])] == [True]

# coding: utf-8
"""Statements 1 to 24 of the contract: the package's names, and the configuration chain."""
from __future__ import absolute_import, division, print_function

import io
import os
import subprocess
import sys
import warnings

import pytest

import pyral
from pyral import rallySettings, rallyWorkset
from pyral._compat import ensure_text
from pyral.advice import RallyWarning
from pyral.config import (
    PASSWORD,
    RALLY_REST_HEADERS,
    SETTINGS,
    USER_NAME,
    credential,
    integration_headers,
    timestamp,
)
from pyral.errors import ConfigError

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(pyral.__file__)))
VARIABLES = [setting.variable for setting in SETTINGS] + [
    'RALLY_CONFIG', 'RALLY_PING', 'RALLY_USER_NAME', 'API_KEY', 'RALLY_APIKEY', 'RALLY_API_KEY']
SERVER, USER, SECRET, APIKEY, WORKSPACE, PROJECT = range(6)


@pytest.fixture(autouse=True)
def folder(monkeypatch, tmpdir):
    """An empty current folder and an environment without settings."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmpdir)
    return tmpdir


def write(name, text):
    """Write a config file into the current folder."""
    with io.open(name, 'wb') as target:
        target.write(text if isinstance(text, bytes) else text.encode('utf-8'))


def settings(args=()):
    """Call the deprecated function without its warning."""
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        return rallySettings(args)


def in_a_fresh_interpreter(code):
    """Run code where nothing of the package is imported yet; return its output."""
    return ensure_text(subprocess.check_output(
        [sys.executable, '-c', code], env=dict(os.environ, PYTHONPATH=ROOT))).strip()


def test_001_the_names_of_the_package_exist():
    for name in ('Rally', 'rallyWorkset', 'rallySettings', 'RallyRESTAPIError', 'RallyUrlBuilder',
                 'RallyRESTResponse', 'AgileCentral'):
        assert hasattr(pyral, name), name


def test_002_the_version_is_a_tuple_of_three_ints():
    assert isinstance(pyral.__version__, tuple)
    assert [type(part) for part in pyral.__version__] == [int] * 3


def test_003_the_error_is_one_class_under_all_paths():
    assert pyral.RallyRESTAPIError is pyral.context.RallyRESTAPIError
    assert pyral.RallyRESTAPIError is pyral.restapi.RallyRESTAPIError


def test_004_import_pyral_alone_reaches_the_submodules():
    code = ("import pyral; print(pyral.entity.InvalidRallyTypeNameError.__name__, "
            "pyral.rallyresp.RallyResponseError.__name__, pyral.context.RallyRESTAPIError.__name__,"
            "pyral.restapi.RallyAttributeNameError.__name__)")
    assert 'InvalidRallyTypeNameError' in in_a_fresh_interpreter(code)


def test_005_without_any_setting_the_six_defaults_are_returned():
    assert list(rallyWorkset([])) == ['rally1.rallydev.com', USER_NAME, PASSWORD, '', 'default',
                                      'default']
    assert all(type(value) is str for value in rallyWorkset([]))


def test_006_rally_settings_returns_five_values_without_an_api_key():
    assert settings() == ['rally1.rallydev.com', USER_NAME, PASSWORD, 'default', 'default']


def test_007_an_environment_variable_sets_the_user(monkeypatch):
    monkeypatch.setenv('RALLY_USER', 'eu')
    assert rallyWorkset([])[USER] == 'eu'


def test_008_the_api_key_variable_counts_for_rally_workset_only(monkeypatch):
    monkeypatch.setenv('APIKEY', 'ek')
    assert rallyWorkset([])[APIKEY] == 'ek'
    assert 'ek' not in settings(['--apikey=ek'])


def test_009_rally_user_name_is_not_read(monkeypatch):
    monkeypatch.setenv('RALLY_USER_NAME', 'x')
    assert rallyWorkset([])[USER] == USER_NAME


def test_010_the_local_file_beats_the_environment(monkeypatch):
    monkeypatch.setenv('RALLY_USER', 'e')
    write('rally-v2.0.cfg', u'USER = f\n')
    assert rallyWorkset([])[USER] == 'f'


def test_011_the_file_of_the_environment_beats_the_local_file(monkeypatch):
    monkeypatch.setenv('RALLY_CONFIG', 'rc')
    write('rally-v2.0.cfg', u'USER = f\nPROJECT = stays\n')
    write('rc.cfg', u'USER = rc\n')
    assert rallyWorkset([])[USER] == 'rc' and rallyWorkset([])[PROJECT] == 'stays'


def test_012_a_file_named_by_an_option_beats_the_file_of_the_environment(monkeypatch):
    monkeypatch.setenv('RALLY_CONFIG', 'rc')
    write('rc.cfg', u'USER = rc\n')
    write('cl.cfg', u'USER = cl\n')
    assert rallyWorkset(['--cfg=cl'])[USER] == 'cl'


def test_013_an_option_beats_a_file_in_any_order():
    write('cl.cfg', u'USER = cl\n')
    assert rallyWorkset(['--user=o', '--cfg=cl'])[USER] == 'o'
    assert rallyWorkset(['--cfg=cl', '--user=o'])[USER] == 'o'


def test_014_the_four_spellings_of_the_config_option_are_equal():
    write('cl.cfg', u'USER = cl\nWORKSPACE = w\n')
    found = [rallyWorkset(['--{0}=cl'.format(name)])
             for name in ('rallyConfig', 'config', 'conf', 'cfg')]
    assert found == [found[0]] * 4 and found[0][USER] == 'cl'


def test_015_the_later_spelling_of_an_option_wins():
    assert rallyWorkset(['--rallyWorkspace=A', '--workspace=B'])[WORKSPACE] == 'B'
    assert rallyWorkset(['--workspace=B', '--rallyWorkspace=A'])[WORKSPACE] == 'A'


def test_016_a_value_may_contain_equal_signs():
    assert rallyWorkset(['--password=a=b'])[SECRET] == 'a=b'


def test_017_an_empty_option_sets_nothing():
    assert rallyWorkset(['--workspace='])[WORKSPACE] == 'default'


def test_018_a_lower_case_name_in_a_file_is_ignored_and_pointed_out():
    write('cl.cfg', u'# ok\nworkspace = x\n')
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter('always')
        assert rallyWorkset(['--cfg=cl'])[WORKSPACE] == 'default'
    assert 'line 2' in str(heard[0].message) and 'WORKSPACE' in str(heard[0].message)


def test_019_trailing_blanks_are_stripped():
    write('cl.cfg', u'PROJECT = My Project   \nWORKSPACE = \t \n')
    assert rallyWorkset(['--cfg=cl'])[PROJECT] == 'My Project'
    assert rallyWorkset(['--cfg=cl'])[WORKSPACE] == 'default'


def test_020_a_byte_order_mark_and_crlf_do_no_harm():
    write('cl.cfg', u'\ufeffSERVER = s\r\nUSER = u\r\nPASSWORD = p\r\nWORKSPACE = w\r\n')
    assert rallyWorkset(['--cfg=cl'])[:5] == ['s', 'u', 'p', '', 'w']


def test_021_the_api_key_may_be_spelt_with_an_underscore():
    write('cl.cfg', u'API_KEY = k\n')
    assert rallyWorkset(['--cfg=cl'])[APIKEY] == 'k'
    assert rallyWorkset(['--api_key=k'])[APIKEY] == 'k'


def test_022_a_file_that_cannot_be_decoded_is_an_error_naming_file_and_line():
    write('cl.cfg', b'USER = u\nPROJECT = \xff\n')
    with pytest.raises(ConfigError) as caught:
        rallyWorkset(['--cfg=cl'])
    assert 'cl.cfg' in str(caught.value) and 'line 2' in str(caught.value)


def test_023_a_file_of_another_version_is_ignored(capsys):
    write('rally-1.43.cfg', u'USER = old\n')
    assert rallyWorkset([])[USER] == USER_NAME
    assert capsys.readouterr() == ('', '')


def test_024_the_ping_option_is_accepted_and_changes_nothing():
    before = dict(os.environ)
    assert len(rallyWorkset(['--ping=no'])) == 6
    assert dict(os.environ) == before


# What is asked of the configuration beyond the numbered statements

def test_no_argument_at_all_is_a_type_error_and_text_has_no_effect():
    with pytest.raises(TypeError):
        rallyWorkset(None)
    with pytest.warns(UserWarning) as heard:
        assert rallyWorkset('--user=x') == rallyWorkset([])
    assert 'takes a list of options' in str(heard[0].message)


@pytest.mark.parametrize('arg', ['--rallyApikey=x', '--apiKey=x', '--APIKEY=x', '--Server=x',
                                 '-workspace=x', '--workspace', 'x', '--mine=x', '--project'])
def test_other_spellings_are_not_ours(arg):
    assert rallyWorkset([arg]) == rallyWorkset([])


def test_blanks_in_an_option_are_kept():
    assert rallyWorkset(['--project= a b '])[PROJECT] == ' a b '


def test_an_empty_variable_overrides_with_nothing(monkeypatch):
    monkeypatch.setenv('RALLY_WORKSPACE', '')
    assert rallyWorkset([])[WORKSPACE] == ''


@pytest.mark.parametrize('line,value', [
    (u'PROJECT = A = B', 'A = B'), (u'PROJECT=x', 'x'), (u'  PROJECT  =  x', 'x'),
    (u'PROJECT = "x y"', 'x y'), (u"PROJECT = 'x'", 'x'), (u'PROJECT = "x', '"x'),
    (u'PROJECT = a # b', 'a # b'), (u'PROJECT = a #4', 'a #4'),
    (u'PROJECT = "a" # b', 'a'), (u"PROJECT = 'a # b'  # c", 'a # b'),
    (u'PROJECT = "a"#b', '"a"#b'), (u'# PROJECT = x', 'default'), (u'PROJECT =', 'default'),
    (u'PROJECT = a\nPROJECT = b', 'b'), (u'PROJECT = a\nPROJECT =', 'a'),
    (u'OTHER_THING = x', 'default'), (u'RALLY_PING = True', 'default'), (u'', 'default'),
    (u'; PROJECT = x', 'default'), (u'PROJECT = Omnibus // Copper', 'Omnibus // Copper'),
])
def test_a_line_of_a_file_is_read_tolerantly(line, value):
    write('cl.cfg', line + u'\n')
    assert rallyWorkset(['--cfg=cl'])[PROJECT] == value


def test_a_value_beyond_ascii_is_a_native_string():
    write('cl.cfg', u'PROJECT = Caf\xe9\n')
    value = rallyWorkset(['--cfg=cl'])[PROJECT]
    assert type(value) is str and ensure_text(value) == u'Caf\xe9'


@pytest.mark.parametrize('line,said', [
    (u'USER u', "it has no '='"), (u'export USER=u', "what stands before '=' is no name"),
    (u'USRE = u', "did you mean USER?"), (u'user = u', "names are capitals: USER"),
    (u'USER = a # b', "' # ' is part of the value"),
])
def test_a_doubtful_line_is_pointed_out_where_the_settings_are_asked_for(line, said):
    write('cl.cfg', u'\n' + line + u'\n')
    with pytest.warns(UserWarning) as heard:
        rallyWorkset(['--cfg=cl'])
    assert "cl.cfg', line 2: " in str(heard[0].message) and said in str(heard[0].message)
    assert heard[0].filename.startswith(__file__.rstrip('c'))


@pytest.mark.parametrize('how', ['option', 'variable'])
def test_a_named_file_that_is_missing_is_an_error_naming_it(how, monkeypatch):
    if how == 'variable':
        monkeypatch.setenv('RALLY_CONFIG', 'none')
    with pytest.raises(ConfigError) as caught:
        rallyWorkset([] if how == 'variable' else ['--config=none'])
    assert "'none'" in caught.value.args[0]
    assert ('RALLY_CONFIG' if how == 'variable' else '--config') in caught.value.args[0]


@pytest.mark.parametrize('name', ['d', 'd.cfg'])
def test_a_folder_in_place_of_a_file_is_an_error(folder, name):
    folder.mkdir(name)
    with pytest.raises(ConfigError) as caught:
        rallyWorkset(['--config=d'])
    assert 'folder' in caught.value.args[0]


def test_a_folder_in_place_of_the_local_file_is_an_error(folder):
    folder.mkdir('rally-v2.0.cfg')
    with pytest.raises(ConfigError) as caught:
        rallyWorkset([])
    assert 'rally-v2.0.cfg' in caught.value.args[0]


@pytest.mark.parametrize('option,meant', [('apiKey', 'apikey'), ('api-key', 'api_key'),
                                          ('rally-user', 'rallyUser')])
def test_a_near_miss_among_the_options_is_warned_of(option, meant):
    with pytest.warns(RallyWarning, match='did you mean --{0}[?]'.format(meant)):
        rallyWorkset(['--{0}=x'.format(option)])


@pytest.mark.parametrize('variables, expected, warned', [
    ({'RALLY_APIKEY': '_r'}, '_r', False), ({'RALLY_API_KEY': '_r'}, '_r', False),
    ({'APIKEY': '_a', 'RALLY_APIKEY': '_r'}, '_a', True),
    ({'APIKEY': '_a', 'RALLY_APIKEY': '_a'}, '_a', False),
])
def test_an_api_key_may_stand_in_a_variable_named_as_the_others(monkeypatch, recwarn, variables,
                                                                expected, warned):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert rallyWorkset([])[APIKEY] == expected
    assert [each.category for each in recwarn] == [RallyWarning] * warned
    assert not any('_a' in str(each.message) for each in recwarn)


@pytest.mark.parametrize('args, text', [
    (['--sever=x'], 'did you mean --server'), (['--apikey', '_key'], '--apikey=...'),
    (['--cfg'], '--cfg=...'), ('--server=x', 'takes a list of options'),
])
def test_options_that_set_nothing_are_warned_of(args, text):
    with pytest.warns(RallyWarning) as caught:
        rallyWorkset(args)
    assert [text in str(each.message) for each in caught] == [True]


@pytest.mark.parametrize('line, text', [
    ('SEVER = x', 'did you mean SERVER'), ('RALLY_SERVER = x', 'in a file it is SERVER'),
    ('server = x', 'names are capitals'), ('nonsense', "it has no '='"),
])
def test_doubtful_lines_are_warned_of(line, text):
    write('cl.cfg', line + '\n')
    with pytest.warns(RallyWarning, match=text):
        rallyWorkset(['--cfg=cl'])


def test_the_deprecated_function_warns_as_ours_and_as_deprecated():
    for category in (RallyWarning, DeprecationWarning):
        with pytest.warns(category):
            rallySettings([])


@pytest.mark.parametrize('given', [' _key\n', '_key\r\n', b'_key\n'])
def test_the_line_end_of_the_file_a_key_was_read_from_is_no_part_of_it(given):
    assert credential(given, 'apikey') == '_key'


@pytest.mark.parametrize('given', ['_very\nsecret', '_very secret', '_very\tsecret', 12345,
                                   u'_very\u20acsecret', '\0_secret'])
def test_a_key_that_cannot_be_sent_is_refused_without_showing_it(given):
    with pytest.raises(ConfigError) as caught:
        credential(given, 'apikey')
    assert 'secret' not in str(caught.value) and '12345' not in str(caught.value)


@pytest.mark.parametrize('headers', ['name', [('name', 'x')], {'name': 'a\r\nZSESSIONID: b'}, 5])
def test_headers_that_cannot_be_sent_are_refused(headers):
    with pytest.raises(ConfigError) as caught:
        integration_headers(headers)
    assert caught.value.field == 'headers'


def test_a_header_may_be_given_as_a_number():
    assert integration_headers({'version': 3})['X-RallyIntegrationVersion'] == '3'


def test_a_file_in_utf16_is_explained():
    write('cl.cfg', u'USER = u\n'.encode('utf-16'))
    with pytest.raises(ConfigError) as caught:
        rallyWorkset(['--cfg=cl'])
    assert 'UTF-16' in caught.value.args[0]


def test_a_file_name_may_hold_blanks_and_several_files_add_up():
    write('my file.cfg', u'USER = a\nPROJECT = a\n')
    write('b.cfg', u'USER = b\n')
    found = rallyWorkset(['--config=my file.cfg', '--cfg=b'])
    assert (found[USER], found[PROJECT]) == ('b', 'a')


def test_a_local_file_that_redirects_foreign_credentials_warns(monkeypatch):
    monkeypatch.setenv('APIKEY', 'secret-key')
    write('rally-v2.0.cfg', u'SERVER = elsewhere.test\n')
    with pytest.warns(UserWarning) as heard:
        rallyWorkset([])
    assert 'elsewhere.test' in str(heard[0].message)
    assert 'secret-key' not in str(heard[0].message)


def test_a_local_file_with_credentials_of_its_own_does_not_warn():
    write('rally-v2.0.cfg', u'SERVER = elsewhere.test\nAPIKEY = k\n')
    os.chmod('rally-v2.0.cfg', 0o600)
    with warnings.catch_warnings():
        warnings.simplefilter('error')
        rallyWorkset([])


def test_rally_settings_says_that_it_is_deprecated_and_ignores_keys_in_files():
    write('cl.cfg', u'APIKEY = k\nUSER = u\n')
    with pytest.warns(DeprecationWarning):
        assert rallySettings(['--cfg=cl'])[:2] == ['rally1.rallydev.com', 'u']
    assert 'k' not in settings(['--cfg=cl'])


def test_nothing_is_printed_whatever_happens(capsys):
    write('rally-1.42.cfg', u'USER = x\n')
    rallyWorkset(['--rallyApikey=x', '--cfg', 'x'])
    assert capsys.readouterr() == ('', '')


def test_the_timestamp_has_milliseconds_and_no_zone():
    assert len(timestamp()) == len('2016-09-30 10:11:12.123') and timestamp()[-4] == '.'


def test_the_header_constants_have_the_stated_keys():
    assert set(RALLY_REST_HEADERS) == set(
        ['X-RallyIntegration' + name for name in
         ('Name', 'Vendor', 'Version', 'Library', 'Platform', 'OS')]
        + ['User-Agent', 'Content-Type', 'Accept-Encoding'])

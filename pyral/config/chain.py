"""The chain of settings: where they may stand, which one wins, and where each came from.

The chain is a list of layers, each of them `{setting: _Found}`. Environment and folder are
arguments of `resolve`, so that it is a plain function; only those who ask for the settings of the
process hand it those of the process. Nothing here opens a connection, changes the environment, or
prints; a helper that a profile names is run when its value is taken, and not before.
"""
from __future__ import absolute_import, division, print_function

import logging
import os
import re
from collections import namedtuple

from pyral._compat import (
    binary_type,
    ensure_native,
    ensure_text,
    fill,
    fspath,
    string_types,
    text_type,
)
from pyral.advice import RallyDeprecationWarning, remark
from pyral.config.constants import (
    CONFIG_OPTIONS,
    CONFIG_VARIABLE,
    INERT_OPTIONS,
    PROFILE_OPTIONS,
    PROFILE_VARIABLE,
    SERVER,
    SETTINGS,
    WS_API_VERSION,
    variables_of,
)
from pyral.config.files import items_of
from pyral.config.profiles import DEFAULT_PROFILE, find_profile
from pyral.errors import ConfigError, nearest
from pyral.redact import MASK, Secret, hides_frames, mask_url, revealed

__all__ = ['ReportedSetting', 'connection_settings', 'rallySettings', 'rallyWorkset',
           'reported_settings', 'resolve', 'sourced_settings']

LOG = logging.getLogger('pyral')
LOG.addHandler(logging.NullHandler())

_LOCAL_FILE = 'rally-{0}.cfg'.format(WS_API_VERSION)
_OPTION = re.compile(r'^--(\w[\w-]*)=(.+)$', re.DOTALL)
#: What says where to sign in and as whom: of a profile, they belong together.
_CREDENTIALS = ('user', 'password', 'apikey')
_ACCOUNT = ('server',) + _CREDENTIALS

#: A value, what it came from (default, environment, profile, option, argument, or a path), and the
#: place in words. The value may be a `Secret`, or what a helper or a keyring is asked for.
_Found = namedtuple('_Found', 'value source place')
_DEFAULTS = dict((setting.name, _Found(setting.default, 'default', 'default'))
                 for setting in SETTINGS)


class ReportedSetting(namedtuple('ReportedSetting', 'name shown source')):
    """What `reported_settings` says of one setting: its name, its value, where that came from.

        >>> reported_settings(['--server=rally.test'])[1].source
        'option --server'
    """

    __slots__ = ()


@hides_frames
def rallyWorkset(args):
    """Resolve the settings of a script.

        server, user, password, apikey, workspace, project = rallyWorkset(sys.argv[1:])

    :param args: an iterable of strings; those of the form `--name=value` count
    :returns: a list of the six values, each a `str`
    :raises ConfigError: a config file is missing or cannot be read; it names file, line, reason
    """
    found = resolve(args, os.environ, os.getcwd())
    return [found[setting.name] for setting in SETTINGS]


@hides_frames
def rallySettings(args):
    """Resolve the settings without an API key; `rallyWorkset` replaces this since 1.2.0.

        server, user, password, workspace, project = rallySettings(sys.argv[1:])

    :param args: as for `rallyWorkset`; API keys are ignored wherever they stand
    :returns: a list of server, user, password, workspace, project
    """
    remark("rallySettings is deprecated and knows no API key; use rallyWorkset, which returns "
           "server, user, password, apikey, workspace, project", RallyDeprecationWarning)
    found = _find(args, os.environ, os.getcwd())
    return [_text_of(found[setting.name]) for setting in SETTINGS if setting.name != 'apikey']


@hides_frames
def resolve(args, environ, folder):
    """Return the settings as a dict, the later step of the chain winning item by item.

    defaults, environment, `rally-v2.0.cfg` in the folder, the file `RALLY_CONFIG` names, the
    profile that `RALLY_PROFILE` or an option names, files named by options, single options.

    :param args: an iterable of strings
    :param environ: a mapping of environment variables
    :param folder: where relative file names start
    """
    return dict((name, _text_of(each)) for name, each in _find(args, environ, folder).items())


@hides_frames
def connection_settings(profile, given, environ=None, folder=None, args=()):
    """Return keyword arguments for a connection; secrets among them are `Secret`.

    :param profile: the name of a profile; None for the one that `RALLY_PROFILE` names, and
        `default` where nothing names a server or an account
    :param given: keyword arguments that win over all settings; None of one of the four that say
        where and as whom is no value
    :param environ: a mapping, that of the process by default
    :param folder: where `rally-v2.0.cfg` may be, the current one by default
    :param args: options, as for `rallyWorkset`; an argument wins over them
    :raises ConfigError: there is no such profile, or a file or a helper of it is no good
    """
    arguments = dict((name, value) for name, value in given.items()
                     if value is not None or name not in _ACCOUNT)
    settings = dict((name, arguments[name]) for name in _DEFAULTS if name in arguments)
    found = _find(args, os.environ if environ is None else environ, folder or os.getcwd(), profile,
                  settings, with_default=True, strict=bool(given.get('strict')))
    _drop_unused(found)
    for name, each in found.items():
        if each.source in ('default', 'argument') or (name in _ACCOUNT and not each.value):
            continue
        text = _text_of(each)
        is_secret = name in ('password', 'apikey') or (name == 'server' and '@' in text)
        arguments[name] = Secret(text) if is_secret else text
    return arguments


@hides_frames
def reported_settings(args=(), profile=None, environ=None, folder=None):
    """Return what each setting is and where it came from, without running a helper.

        >>> for setting in reported_settings(['--server=rally.test', '--apikey=_a1b2c3']):
        ...     print(setting.name, setting.shown, setting.source)
        profile ...
        server rally.test option --server
        ...
        apikey *** option --apikey
        ...

    They are those of the command and of `Rally.from_profile`: other than for `rallyWorkset`, the
    profile `default` counts where nothing else names a server or an account. Secrets are masked.
    No request.

    :param args: options, as for `rallyWorkset`
    :param profile: the name of a profile; wins over an option
    :param environ: a mapping, that of the process by default
    :param folder: where relative file names start, the current one by default
    :returns: a list of named tuples: name, what may be shown ('' where nothing is set), source
    :raises ConfigError: there is no such profile, or a file cannot be read
    """
    found = _find(args, os.environ if environ is None else environ, folder or os.getcwd(), profile,
                  with_default=True, reports=True)
    return [_reported(name, found[name])
            for name in ['profile'] + [setting.name for setting in SETTINGS]]


@hides_frames
def sourced_settings(args=(), profile=None, given=None, environ=None, folder=None):
    """Return {setting: (value, place)} as a connection would use them; secrets are `Secret`.

    A helper that a profile names is run.

    :param args: and `profile`, `environ`, `folder` as for `reported_settings`
    :param given: settings that win over all
    :raises ConfigError: there is no such profile, or a file or a helper of it is no good
    """
    found = _find(args, os.environ if environ is None else environ, folder or os.getcwd(), profile,
                  given, with_default=True)
    if found['apikey'].value and hasattr(found['password'].value, 'read'):
        found['password'] = _DEFAULTS['password']  # it is not sent, so no helper is asked for it
    return dict((name, (Secret(_text_of(each)) if name in ('password', 'apikey')
                        else _text_of(each), each.place)) for name, each in found.items())


def _reported(name, each):
    value = each.value
    if hasattr(value, 'shown'):
        shown = value.shown
    elif each.source == 'default' and name in _CREDENTIALS or not value:
        shown = ''
    elif name in ('password', 'apikey'):
        shown = MASK
    else:
        shown = mask_url(value) if name == 'server' else value
    return ReportedSetting(name, ensure_native(shown, errors='replace'),
                           ensure_native(each.place, errors='replace'))


def _drop_unused(found):
    """Drop what is not sent beside a key, so that no helper is asked for it."""
    if found['apikey'].value:
        for name in ('user', 'password'):
            found[name] = _DEFAULTS[name]


def _text_of(found):
    """Return the value as `str`, after asking a helper or a keyring for it."""
    value = found.value.read() if hasattr(found.value, 'read') else found.value
    return ensure_native(revealed(value))


def _find(args, environ, folder, profile=None, given=None, with_default=False, strict=False,
          reports=False):
    """Return {setting: `_Found`}.

    :param given: settings that win over all
    :param with_default: use the profile `default` where nothing names a server or an account
    :param strict: raise where a line of the profile is doubtful
    :param reports: add what is said of the profile itself
    """
    options, files, named = _read_options(args)
    local = os.path.join(folder, _LOCAL_FILE)
    lower = [_from_environment(environ)]
    if os.path.exists(local):
        lower.append(_from_file(local))
    else:
        _log_other_versions(folder)
    if environ.get(CONFIG_VARIABLE):
        lower.append(_from_file(_config_path(folder, environ[CONFIG_VARIABLE], CONFIG_VARIABLE)))
    upper = [_from_file(_config_path(folder, name, asked_by)) for asked_by, name in files]
    direct = [options, dict((name, _Found(value, 'argument', fill('argument {0}', name)))
                            for name, value in (given or {}).items())]
    name, asked_by = _profile_name(profile, named, environ)
    section = None
    if name is not None:
        section = _from_profile(name, asked_by, environ, strict)
    elif with_default and not _is_account_named(lower + upper, direct):
        section = _from_profile(DEFAULT_PROFILE, None, environ, strict)
        name = DEFAULT_PROFILE if section else None
        lower, upper = [], [_without_account(layer) for layer in lower] + upper
    found = dict(_DEFAULTS)
    for layer in lower:
        found.update(layer)
    if section is not None:
        _take_profile(found, section)
    for layer in upper + direct:
        if section is not None or with_default:
            _take_account(found, layer)
        found.update(layer)
    _warn_of_redirection(found, local)
    if reports:
        found['profile'] = _Found(name or '', 'profile', _place_of_profile(name, asked_by))
    return found


def _place_of_profile(name, asked_by):
    if asked_by is None:
        return 'default' if name is None else 'no other server or account is named'
    kind = 'environment' if asked_by == PROFILE_VARIABLE else (
        'option' if asked_by.startswith('-') else 'argument')
    return fill('{0} {1}', kind, asked_by)


def _profile_name(profile, named, environ):
    """Return the name of the profile that is asked for and what names it, None twice for none."""
    if profile is not None:
        if not isinstance(profile, (text_type, binary_type)):
            raise ConfigError(fill("a profile is named by text, not {0}", type(profile).__name__),
                              field='profile')
        return ensure_native(profile, errors='replace'), 'from_profile'
    if named is not None:
        return named[1], named[0]
    if environ.get(PROFILE_VARIABLE):
        return environ[PROFILE_VARIABLE], PROFILE_VARIABLE
    return None, None


def _is_account_named(layers, direct):
    """Say whether a server or an account is named where `default` gives way to it.

    A key of `default` goes to no other server by itself; credentials in options and arguments are
    for its server.
    """
    return any(name in layer and layer[name].value for layer in layers for name in _ACCOUNT) or any(
        'server' in layer for layer in direct)


def _from_profile(name, asked_by, environ, strict):
    path, items = find_profile(name, asked_by, environ, strict)
    if path is None:
        return None
    return dict((setting, _Found(item.value, 'profile', fill(
        'profile {0} in {1}, line {2}', name, path, item.line)))
        for setting, item in items.items())


def _take_profile(found, section):
    """Take a profile: whoever it names is signed in at its server, with nobody else's secret."""
    if any(name in section for name in _CREDENTIALS):
        keeps_password = 'apikey' not in section and (
            'user' not in section or found['user'].source == 'default'
            or _as_text(found['user']) == _as_text(section['user']))
        for name in _ACCOUNT:
            if name != 'password' or not keeps_password:
                found[name] = _DEFAULTS[name]
    found.update(section)


def _as_text(found):
    value = found.value
    return ensure_text(value, errors='replace') if isinstance(value, (text_type, binary_type)) \
        else value


def _without_account(layer):
    return dict((name, each) for name, each in layer.items() if name not in _ACCOUNT)


def _take_account(found, layer):
    """Let a key give way to a user or password that wins over it, and the other way round."""
    dropped = ()
    if 'apikey' in layer:
        dropped = ('user', 'password')
    elif 'user' in layer or 'password' in layer:
        dropped = ('apikey',)
    for name in dropped:
        found[name] = _DEFAULTS[name]


def _read_options(args):
    """Return what options say: settings, files, and the profile, each with its option."""
    if args is None:
        raise TypeError("rallyWorkset takes an iterable of strings, for example sys.argv[1:]")
    if isinstance(args, (text_type, binary_type)):
        remark("rallyWorkset takes a list of options; a text by itself sets nothing: give "
               "['--name=value'] or sys.argv[1:]")
    options, files, profile = {}, [], None
    names = dict((option, setting.name) for setting in SETTINGS for option in setting.options)
    known = list(names) + list(CONFIG_OPTIONS) + list(PROFILE_OPTIONS)
    for arg in args:
        if not isinstance(arg, string_types + (binary_type,)):
            continue
        text = ensure_native(arg, errors='replace')
        match = _OPTION.match(text)
        if match is None:
            if text[:2] == '--' and text[2:] in known:
                remark(fill("option {0} sets nothing without a value after =, as in {0}=...",
                            text))
            continue
        name, value = match.groups()
        if name in names:
            options[names[name]] = _Found(value, 'option', fill('option --{0}', name))
        elif name in CONFIG_OPTIONS:
            files.append(('--' + name, value))
        elif name in PROFILE_OPTIONS:
            profile = ('--' + name, value)
        elif name not in INERT_OPTIONS:
            close = nearest(name, known, limit=1)
            if close:
                remark(fill("option --{0} is not one of ours and sets nothing; did you mean "
                            "--{1}?", name, close[0]))
    return options, files, profile


def _from_environment(environ):
    found = {}
    for setting in SETTINGS:
        names = [name for name in variables_of(setting) if environ.get(name) is not None]
        if names:
            found[setting.name] = _Found(environ[names[0]], 'environment',
                                         fill('environment {0}', names[0]))
        if len(set(environ[name] for name in names)) > 1:
            remark(fill("the variables {0} differ; {1} is used", ' and '.join(names), names[0]))
    return found


def _from_file(path):
    return dict((name, _Found(item.value, path, fill('file {0}, line {1}', path, item.line)))
                for name, item in items_of(path).items())


def _config_path(folder, name, asked_by):
    path = fspath(os.path.join(folder, name))
    for candidate in (path, path + '.cfg'):
        if os.path.isfile(candidate):
            return candidate
    for candidate in (path, path + '.cfg'):
        if os.path.exists(candidate):
            raise ConfigError(fill("config file '{0}' (named by {1}) is {2}", candidate, asked_by,
                                   'a folder' if os.path.isdir(candidate) else 'not a file'))
    raise ConfigError(
        fill("config file '{0}' (named by {1}) does not exist", name, asked_by),
        hint=fill("Looked for '{0}' and '{0}.cfg'.", path))


def _log_other_versions(folder):
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        if name.startswith('rally-') and name.endswith('.cfg'):
            LOG.info(fill("Ignoring non-matching version of Rally config settings: {0} "
                          "(working version: {1})", name, WS_API_VERSION))


def _warn_of_redirection(found, local):
    # Credentials of the environment or of options must not follow a file someone left here.
    if found['server'].source != local or found['server'].value == SERVER:
        return
    secret = found['apikey'] if found['apikey'].value else found['password']
    if secret.source not in (local, 'default'):
        remark(fill(
            "'{0}' in the current folder sends your credentials, which come from another place, "
            "to server '{1}'", os.path.basename(local), found['server'].value))

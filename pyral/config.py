"""Configuration: where settings may stand, which one wins, and the constants scripts import.

The chain is one loop over a table. Environment and folder are arguments of `resolve`, so that it
is a plain function; only `rallyWorkset` and `rallySettings` hand it those of the process. Nothing
here opens a connection, changes the environment, or prints.
"""
from __future__ import absolute_import, division, print_function

import io
import logging
import os
import re
import sys
from collections import namedtuple
from datetime import datetime

from pyral._compat import (
    Mapping,
    binary_type,
    ensure_native,
    ensure_text,
    fill,
    raise_from,
    stderr,
    string_types,
    text_type,
)
from pyral._version import VERSION_TEXT
from pyral.advice import RallyDeprecationWarning, remark
from pyral.errors import ConfigError, nearest
from pyral.redact import hides_frames

LOG = logging.getLogger('pyral')
LOG.addHandler(logging.NullHandler())

PROTOCOL = 'https'
SERVER = 'rally1.rallydev.com'
WEB_SERVICE = 'slm/webservice/%s'
SCHEMA_SERVICE = 'slm/schema/%s'
AUTH_ENDPOINT = 'security/authorize'
WS_API_VERSION = 'v2.0'

#: What stands for "no user" and "no password given"; a connection sends neither.
USER_NAME = 'wiley@acme.com'
PASSWORD = 'no-password-given'

START_INDEX = 1
MAX_PAGESIZE = 2000
KILO_PAGESIZE = 1000
MAX_ITEMS = 1000000
DEFAULT_SESSION_TIMEOUT = 10

TRUTHY_VALUES = ['t', 'true', 'y', 'yes', '1']
FALSEY_VALUES = ['f', 'false', 'n', 'no', '0']


def _operating_system():
    """Return what the integration header says.

    The module `platform` would say the same, but is slow to import and may start a process.
    """
    if hasattr(os, 'uname'):
        facts = os.uname()
        return '-'.join((facts[0], facts[2], facts[4]))
    if hasattr(sys, 'getwindowsversion'):
        return 'Windows-{0}.{1}.{2}'.format(*sys.getwindowsversion()[:3])
    return sys.platform


RALLY_REST_HEADERS = {
    'X-RallyIntegrationName': 'Rally REST API toolkit for Python',
    'X-RallyIntegrationVendor': 'CA Technologies',
    'X-RallyIntegrationVersion': VERSION_TEXT,
    'X-RallyIntegrationLibrary': 'pyral-' + VERSION_TEXT,
    'X-RallyIntegrationPlatform': 'Python {0}.{1}.{2}'.format(*sys.version_info),
    'X-RallyIntegrationOS': _operating_system(),
    'User-Agent': 'Pyral Agile Central WebServices Agent',
    'Content-Type': 'application/json',
    'Accept-Encoding': 'gzip',
}

#: One setting: its name, options, variable, names in a file, and default.
Setting = namedtuple('Setting', 'name options variable items default')

SETTINGS = (
    Setting('server', ('rallyServer', 'server'), 'RALLY_SERVER', ('SERVER',), SERVER),
    Setting('user', ('rallyUser', 'user'), 'RALLY_USER', ('USER',), USER_NAME),
    Setting('password', ('rallyPassword', 'password'), 'RALLY_PASSWORD', ('PASSWORD',), PASSWORD),
    Setting('apikey', ('apikey', 'api_key'), 'APIKEY', ('APIKEY', 'API_KEY'), ''),
    Setting('workspace', ('rallyWorkspace', 'workspace'), 'RALLY_WORKSPACE', ('WORKSPACE',),
            'default'),
    Setting('project', ('rallyProject', 'project'), 'RALLY_PROJECT', ('PROJECT',), 'default'),
)
#: Further variables of a setting; its own wins, then the first of these that is set.
OTHER_VARIABLES = {'apikey': ('RALLY_APIKEY', 'RALLY_API_KEY')}

#: Options that name a config file, and options and items that are accepted and have no effect.
CONFIG_OPTIONS = ('rallyConfig', 'config', 'conf', 'cfg')
CONFIG_VARIABLE = 'RALLY_CONFIG'
INERT_OPTIONS = ('ping',)
INERT_ITEMS = ('RALLY_PING',)

_LOCAL_FILE = 'rally-{0}.cfg'.format(WS_API_VERSION)
_OPTION = re.compile(r'^--(\w[\w-]*)=(.+)$', re.DOTALL)
_ITEM = re.compile(r'^\s*([A-Za-z_]\w*)\s*=(.*)$', re.UNICODE)
#: A value between quotes, and the comment that may stand after it.
_QUOTED_VALUE = re.compile(r'^(["\'])(.*)\1(?:\s+#.*)?$')

#: A value and where it came from; `source` is default, environment, option or a file name.
_Found = namedtuple('_Found', 'value source')


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
    found = resolve(args, os.environ, os.getcwd())
    return [found[setting.name] for setting in SETTINGS if setting.name != 'apikey']


@hides_frames
def resolve(args, environ, folder):
    """Return the settings as a dict, the later step of the chain winning item by item.

    defaults, environment, `rally-v2.0.cfg` in the folder, the file `RALLY_CONFIG` names, files
    named by options, single options.

    :param args: an iterable of strings
    :param environ: a mapping of environment variables
    :param folder: where relative file names start
    """
    options, files = _read_options(args)
    found = dict((setting.name, _Found(setting.default, 'default')) for setting in SETTINGS)
    _take(found, _from_environment(environ), 'environment')
    local = os.path.join(folder, _LOCAL_FILE)
    if os.path.exists(local):
        _take(found, read_config_file(local), local)
    else:
        _log_other_versions(folder)
    if environ.get(CONFIG_VARIABLE):
        files.insert(0, (CONFIG_VARIABLE, environ[CONFIG_VARIABLE]))
    for asked_by, name in files:
        path = _config_path(folder, name, asked_by)
        _take(found, read_config_file(path), path)
    _take(found, options, 'option')
    _warn_of_redirection(found, local)
    return dict((name, ensure_native(each.value)) for name, each in found.items())


@hides_frames
def read_config_file(path):
    """Return the settings in a config file as a dict.

    Lines are `NAME = value`; blanks around either and one pair of quotes around the value do not
    count, nor do comments (lines that begin with `#`, and what follows ` #` after a quoted value),
    empty values and unknown names.

    :raises ConfigError: the file cannot be read, naming it, the line and the reason
    """
    try:
        with io.open(path, 'rb') as source:
            content = source.read()
    except (IOError, OSError) as error:
        raise_from(ConfigError(fill("config file '{0}' cannot be read: {1}", path,
                                    error.strerror or error), cause=error), error)
    names = dict((item, setting.name) for setting in SETTINGS for item in setting.items)
    found = {}
    for number, line in enumerate(_lines(content, path), 1):
        if not line.strip() or line.lstrip().startswith((u'#', u';')):
            continue
        item = _ITEM.match(line)
        if item is None:
            _note(path, number, _not_a_setting(line))
        elif item.group(1) in names:
            written = item.group(2).strip()
            value = _unquoted(written)
            if value:
                found[names[item.group(1)]] = value
            if u' # ' in value and value == written:
                _note(path, number, "' # ' is part of the value; a comment has a line of its own")
        elif item.group(1) not in INERT_ITEMS:
            _note(path, number, _unknown_item(item.group(1), names))
    return found


@hides_frames
def integration_headers(overrides=None):
    """Return a fresh dict of the headers each request carries.

    :param overrides: a dict; its keys are header names in any case, with or without the prefix
        `X-RallyIntegration`; other names become additional headers
    :raises ConfigError: a name that would carry credentials or break the request
    """
    headers = dict(RALLY_REST_HEADERS)
    known = {}
    for name in headers:
        known[name.lower()] = name
        known[name.lower().replace('x-rallyintegration', '')] = name
    if not isinstance(overrides, (Mapping, type(None))):
        raise ConfigError(fill("headers takes a dict, not {0}", type(overrides).__name__),
                          field='headers', hint="As in headers={'name': 'My tool'}.")
    for key, value in (overrides or {}).items():
        name = _header_text(key).strip()
        if name.lower() in ('authorization', 'zsessionid', 'cookie', 'host', 'content-length'):
            raise ConfigError(fill("headers may not set '{0}'", name), field='headers',
                              hint="Give user and password, or apikey, as arguments.")
        headers[known.get(name.lower(), name)] = _header_text(value)
    return headers


@hides_frames
def credential(value, name):
    """Return a user, password or API key as it can be sent; nothing given stays as it is.

    White space around an API key, such as the line end of the file it was read from, is no part
    of it.

    :raises ConfigError: it is no text, or an API key with more than ASCII in it; never showing it
    """
    if not value:
        return value
    if not isinstance(value, (text_type, binary_type)):
        raise ConfigError(fill("{0} is text, not {1}", name, type(value).__name__), field=name)
    try:
        ensure_text(value).encode('utf-8')
    except UnicodeError:  # half a character, or bytes that are no UTF-8
        raise_from(ConfigError(fill("{0} holds bytes that are no text", name), field=name,
                               hint="Give it as text; variables and files hold UTF-8."), None)
    if name != 'apikey':
        return value
    key = ensure_native(value, errors='replace').strip()
    if any(not 32 < ord(sign) < 127 for sign in key):
        raise ConfigError("apikey holds white space or signs no key has", field=name,
                          hint="Copy the key alone: it begins with an underscore.")
    return key


def timestamp():
    """Return local time as `YYYY-MM-DD HH:MM:SS.mmm`.

        >>> timestamp()
        '20...:...'
    """
    now = datetime.now()
    return '{0:%Y-%m-%d %H:%M:%S}.{1:03d}'.format(now, now.microsecond // 1000)


def warning(message):
    """Write `WARNING: <message>` to the error stream of this moment."""
    stderr().write(ensure_native(fill('WARNING: {0}\n', message), errors='replace'))


def _header_text(value):
    text = value if isinstance(value, (text_type, binary_type)) else text_type(value)
    text = ensure_native(text)
    if any(sign in text for sign in '\r\n\0'):
        raise ConfigError("a header cannot hold a line end", field='headers')
    # The wire takes bytes for letters beyond ASCII: UTF-8, on every Python.
    return text if isinstance(text, binary_type) else text.encode('utf-8').decode('latin-1')


def _read_options(args):
    if args is None:
        raise TypeError("rallyWorkset takes an iterable of strings, for example sys.argv[1:]")
    if isinstance(args, (text_type, binary_type)):
        remark("rallyWorkset takes a list of options; a text by itself sets nothing: give "
               "['--name=value'] or sys.argv[1:]")
    options, files = {}, []
    names = dict((option, setting.name) for setting in SETTINGS for option in setting.options)
    known = list(names) + list(CONFIG_OPTIONS)
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
            options[names[name]] = value
        elif name in CONFIG_OPTIONS:
            files.append(('--' + name, value))
        elif name not in INERT_OPTIONS:
            close = nearest(name, known, limit=1)
            if close:
                remark(fill("option --{0} is not one of ours and sets nothing; did you mean "
                            "--{1}?", name, close[0]))
    return options, files


def _from_environment(environ):
    found = {}
    for setting in SETTINGS:
        names = [name for name in _variables(setting) if environ.get(name) is not None]
        if names:
            found[setting.name] = environ[names[0]]
        if len(set(environ[name] for name in names)) > 1:
            remark(fill("the variables {0} differ; {1} is used", ' and '.join(names), names[0]))
    return found


def _variables(setting):
    return (setting.variable,) + OTHER_VARIABLES.get(setting.name, ())


def _take(found, values, source):
    for name, value in values.items():
        found[name] = _Found(value, source)


def _config_path(folder, name, asked_by):
    path = os.path.join(folder, name)
    for candidate in (path, path + '.cfg'):
        if os.path.isfile(candidate):
            return candidate
    for candidate in (path, path + '.cfg'):
        if os.path.isdir(candidate):
            raise ConfigError(fill("config file '{0}' (named by {1}) is a folder", candidate,
                                   asked_by))
    raise ConfigError(
        fill("config file '{0}' (named by {1}) does not exist", name, asked_by),
        hint=fill("Looked for '{0}' and '{0}.cfg'.", path))


def _lines(content, path):
    if content[:2] in (b'\xff\xfe', b'\xfe\xff'):
        raise ConfigError(fill("config file '{0}', line 1: it is UTF-16; save it as UTF-8", path))
    lines = []
    for number, raw in enumerate(content.splitlines(), 1):
        try:
            lines.append(raw.decode('utf-8-sig' if number == 1 else 'utf-8'))
        except UnicodeDecodeError as error:
            raise_from(ConfigError(
                fill("config file '{0}', line {1}: byte {2} is not UTF-8", path, number,
                     error.start + 1),
                hint="Save the file as UTF-8."), None)
    return lines


def _unquoted(value):
    found = _QUOTED_VALUE.match(value)
    return found.group(2) if found else value


def _not_a_setting(line):
    if u'=' not in line:
        return "it has no '=': NAME = value is expected"
    return "what stands before '=' is no name: NAME = value is expected"


def _unknown_item(name, names):
    """Return what is to be said of an item that is no setting, None for one of another tool."""
    upper = ensure_native(name.upper(), errors='replace')
    for setting in SETTINGS:
        if upper in _variables(setting) and upper not in names:
            return fill("'{0}' is ignored, that is the name of a variable of the environment; "
                        "in a file it is {1}", name, setting.items[0])
    if upper in names:
        return fill("'{0}' is ignored, names are capitals: {1}", name, upper)
    close = nearest(name, names, limit=1)
    return fill("'{0}' is not a setting; did you mean {1}?", name, close[0]) if close else None


def _note(path, number, reason):
    if reason is not None:
        text = fill("config file '{0}', line {1}: {2}", path, number, reason)
        remark(ensure_native(text, errors='replace'))


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


__all__ = [
    'AUTH_ENDPOINT', 'CONFIG_OPTIONS', 'DEFAULT_SESSION_TIMEOUT', 'FALSEY_VALUES', 'KILO_PAGESIZE',
    'MAX_ITEMS', 'MAX_PAGESIZE', 'OTHER_VARIABLES', 'PASSWORD', 'PROTOCOL', 'RALLY_REST_HEADERS',
    'SCHEMA_SERVICE', 'SERVER', 'SETTINGS', 'START_INDEX', 'Setting', 'TRUTHY_VALUES', 'USER_NAME',
    'WEB_SERVICE', 'WS_API_VERSION', 'credential', 'integration_headers', 'rallySettings',
    'rallyWorkset',
    'read_config_file', 'resolve', 'timestamp', 'warning',
]

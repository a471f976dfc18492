"""Profiles: sections of settings in the user's own config file, `~/.config/pyral/config`.

    [prod]
    server = rally1.rallydev.com
    apikey = helper: pass rally/prod
    workspace = Acme

Only this file may name a helper or the keyring (`secret_sources`).
"""
from __future__ import absolute_import, division, print_function

import os
import re
import stat
import sys
from collections import OrderedDict, namedtuple

from pyral._compat import ensure_native, fill
from pyral.config.constants import SETTINGS
from pyral.config.files import WrittenValue, note, read_lines, unquoted
from pyral.config.permissions import reason_not_to_trust, warn_of_readers
from pyral.config.secret_sources import HELPER, KEYRING, ValuePlace, secret_source
from pyral.errors import ConfigError, nearest

__all__ = ['DEFAULT_PROFILE', 'Section', 'find_profile', 'profile_file', 'profile_names',
           'profile_places']

_SYSTEM = os.name
#: The section that is used where nothing else says which server and account.
DEFAULT_PROFILE = 'default'

_HEADER = re.compile(r'^\s*\[([^\[\]]*)\]\s*(?:[#;].*)?$', re.UNICODE)
_SEPARATOR = re.compile(u'[=:]')
_NEARLY_A_SOURCE = re.compile(u'(?i)(?:helper|keyring)\\s*:')
#: What other tools call a setting.
_OTHER_NAMES = {'url': 'server', 'host': 'server', 'hostname': 'server', 'username': 'user',
                'login': 'user', 'email': 'user', 'token': 'apikey', 'key': 'apikey'}

#: What belongs to the machine, and the variable that says it.
_OF_THE_MACHINE = {'proxy': 'HTTPS_PROXY', 'https_proxy': 'HTTPS_PROXY'}
_OF_THE_MACHINE.update(dict.fromkeys(
    ['verify', 'verify_ssl', 'verify_ssl_cert', 'ssl_verify', 'ca_bundle', 'cafile', 'ca_cert'],
    'REQUESTS_CA_BUNDLE'))

#: Name in the file, in small letters -> setting.
_NAMES = dict((item.lower(), setting.name) for setting in SETTINGS for item in setting.items)

#: {setting: `WrittenValue`}, and (line, what is doubtful there) of a section.
Section = namedtuple('Section', 'items doubts')


def profile_places(environ):
    """Return where the file of profiles may be; the first that exists is read.

    :param environ: a mapping of environment variables
    """
    named = environ.get('XDG_CONFIG_HOME')
    if named and os.path.isabs(named):
        folders = [named]
    else:
        folder = environ.get('HOME') or os.path.expanduser('~')
        folders = [os.path.join(folder, '.config')]
        if sys.platform == 'darwin':
            folders.append(os.path.join(folder, 'Library', 'Application Support'))
        elif _SYSTEM == 'nt' and environ.get('APPDATA'):
            folders.insert(0, environ['APPDATA'])
    return [os.path.join(folder, 'pyral', 'config') for folder in folders]


def profile_file(environ):
    """Return the path of the file of profiles, None where there is none."""
    # A link that leads nowhere counts: to read it says so.
    return next((path for path in profile_places(environ) if os.path.lexists(path)), None)


def profile_names(environ=None):
    """Return the names of all profiles, in the order of the file.

        for name in profile_names():
            print(name)

    No request.

    :param environ: a mapping that says where the file is, the environment of the process by default
    :raises ConfigError: the file cannot be read
    """
    path = profile_file(os.environ if environ is None else environ)
    return list(_read(path)[0]) if path else []


def find_profile(name, asked_by, environ, strict=False):
    """Return `(path, {setting: WrittenValue})` of a profile; values may be a `secret_source`.

    :param name: its name
    :param asked_by: what named it, for messages; None where it may be missing
    :param strict: raise where a line is doubtful
    :returns: `(None, {})` where it may be missing and is
    :raises ConfigError: there is no such profile, or the file cannot be read
    """
    path = profile_file(environ)
    if path is None and asked_by is not None:
        raise ConfigError(
            fill("there is no profile '{0}' (named by {1}): there is no file '{2}'", name,
                 asked_by, "' or '".join(profile_places(environ))),
            hint="A profile is a section [name] there, with lines like apikey = ...")
    sections, stray, status = _read(path) if path else ({}, [], None)
    if name not in sections:
        if asked_by is None:
            _take_note(stray, path, strict)
            return None, {}
        raise ConfigError(
            fill("there is no profile '{0}' (named by {1}) in '{2}'", name, asked_by, path),
            suggestions=nearest(name, sections),
            hint=fill("Profiles there: {0}.", ', '.join(sections) or 'none'))
    if any(_is_secret(setting, item) for section in sections.values()
           for setting, item in section.items.items()):
        warn_of_readers(path, status)
    _take_note(stray + sections[name].doubts, path, strict)
    trouble = reason_not_to_trust(path, status)
    found = {}
    for setting, item in sections[name].items.items():
        place = ValuePlace(path, item.line, setting)
        found[setting] = WrittenValue(secret_source(item.value, place, name, trouble), item.line)
    return path, found


def _take_note(doubts, path, strict):
    """Warn of doubtful lines, or raise for the first."""
    for line, reason in doubts:
        if strict:
            raise ConfigError(fill("config file '{0}', line {1}: {2}", path, line, reason))
        note(path, line, reason)


def _is_secret(setting, item):
    return setting in ('password', 'apikey') and not item.value.startswith((HELPER, KEYRING))


def _read(path):
    """Return the sections of a file by name, doubts about lines before them, and its `fstat`."""
    if os.path.exists(path) and stat.S_ISFIFO(os.stat(path).st_mode):
        # It would keep everything waiting for whoever writes to it.
        raise ConfigError(fill("config file '{0}' is a pipe, not a file", path))
    lines, status = read_lines(path)
    sections, stray = OrderedDict(), []
    section = None
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith((u'#', u';')):
            continue
        if line.lstrip().startswith(u'['):
            section = _section(sections, line, number, path)
        elif section is None:
            stray.append((number, "it stands before the first [profile], such as [default], and "
                                  "sets nothing"))
        else:
            doubt = _take(section, line, number)
            if doubt is not None:
                section.doubts.append((number, doubt))
    return sections, stray, status


def _section(sections, line, number, path):
    """Return the section that a line begins, or goes on with."""
    found = _HEADER.match(line)
    name = ensure_native(found.group(1).strip()) if found else ''
    if not name:
        # What follows would count for the section before, with its server and its key.
        raise ConfigError(fill("config file '{0}', line {1}: a section begins with [name], alone "
                               "in its line", path, number))
    if name in sections:
        sections[name].doubts.append((number, "this profile has begun before; both count"))
    return sections.setdefault(name, Section({}, []))


def _take(section, line, number):
    """Take a line of a section; return what is doubtful about it, else None."""
    found = _SEPARATOR.search(line)
    if found is None:
        return "name = value is expected"
    name = ensure_native(line[:found.start()].strip(), errors='replace').lower().replace('-', '_')
    written = line[found.end():].strip()
    setting, value = _NAMES.get(name), unquoted(written)
    if setting is None and name in _OF_THE_MACHINE:
        return fill("it is not a setting; the variable {0} says that", _OF_THE_MACHINE[name])
    if setting is None:
        # Not the name itself: it may be a secret that slipped into a line of its own.
        meant = _OTHER_NAMES.get(name) or ''.join(nearest(name, _NAMES, limit=1))
        return fill("it is not a setting; did you mean {0}?", meant) if meant else fill(
            "it is not a setting; those are {0}", ', '.join(each.name for each in SETTINGS))
    if not value:
        return None
    is_repeated = setting in section.items
    section.items[setting] = WrittenValue(value, number)
    if is_repeated:
        return fill("{0} was set before; this line counts", setting)
    if u' # ' in value and value == written:
        return "' # ' is part of the value; a comment has a line of its own"
    if _NEARLY_A_SOURCE.match(value) and not value.startswith((HELPER, KEYRING)):
        return "it is taken as it stands; helper: and keyring: are small letters and a colon"
    return None

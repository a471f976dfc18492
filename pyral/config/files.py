"""Config files: lines of `NAME = value`, read from UTF-8 and tolerant of blanks and quotes."""
from __future__ import absolute_import, division, print_function

import io
import os
import re
from collections import namedtuple

from pyral._compat import ensure_native, fill, fspath, raise_from
from pyral.advice import remark
from pyral.config.constants import INERT_ITEMS, SETTINGS, variables_of
from pyral.config.permissions import warn_of_readers
from pyral.errors import ConfigError, nearest
from pyral.redact import hides_frames

__all__ = ['WrittenValue', 'items_of', 'note', 'read_config_file', 'read_lines', 'unquoted']

_ITEM = re.compile(r'^\s*([A-Za-z_]\w*)\s*=(.*)$', re.UNICODE)
#: A value between quotes, and the comment that may stand after it.
_QUOTED_VALUE = re.compile(r'^(["\'])(.*)\1(?:\s+#.*)?$')

#: A value in a file, and the number of its line.
WrittenValue = namedtuple('WrittenValue', 'value line')


@hides_frames
def read_config_file(path):
    """Return the settings in a config file as a dict.

    Lines are `NAME = value`; blanks around either and one pair of quotes around the value do not
    count, nor do comments (lines that begin with `#`, and what follows ` #` after a quoted value),
    empty values and unknown names.

    :raises ConfigError: the file cannot be read, naming it, the line and the reason
    """
    return dict((name, item.value) for name, item in items_of(path).items())


def items_of(path):
    """Return the settings in a config file as a dict of `WrittenValue`."""
    names = dict((item, setting.name) for setting in SETTINGS for item in setting.items)
    found = {}
    lines, status = read_lines(path)
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith((u'#', u';')):
            continue
        item = _ITEM.match(line)
        if item is None:
            note(path, number, _not_a_setting(line))
        elif item.group(1) in names:
            written = item.group(2).strip()
            value = unquoted(written)
            if value:
                found[names[item.group(1)]] = WrittenValue(value, number)
            if u' # ' in value and value == written:
                note(path, number, "' # ' is part of the value; a comment has a line of its own")
        elif item.group(1) not in INERT_ITEMS:
            note(path, number, _unknown_item(item.group(1), names))
    if 'password' in found or 'apikey' in found:
        warn_of_readers(path, status)
    return found


def read_lines(path):
    """Return the lines of a config file, and what `os.fstat` says of it.

    :raises ConfigError: it cannot be read, or is not UTF-8
    """
    try:
        with io.open(fspath(path), 'rb') as source:
            content, status = source.read(), os.fstat(source.fileno())
    except (IOError, OSError) as error:
        raise_from(ConfigError(fill("config file '{0}' cannot be read: {1}", path,
                                    error.strerror or error), cause=error), error)
    return _lines(content, path), status


def unquoted(value):
    """Return a value without the quotes around it and the comment after them."""
    found = _QUOTED_VALUE.match(value)
    return found.group(2) if found else value


def note(path, number, reason):
    """Warn of a doubtful line; None is no reason."""
    if reason is not None:
        text = fill("config file '{0}', line {1}: {2}", path, number, reason)
        remark(ensure_native(text, errors='replace'))


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


def _not_a_setting(line):
    if u'=' not in line:
        return "it has no '=': NAME = value is expected"
    return "what stands before '=' is no name: NAME = value is expected"


def _unknown_item(name, names):
    """Return what is to be said of an item that is no setting, None for one of another tool."""
    upper = ensure_native(name.upper(), errors='replace')
    for setting in SETTINGS:
        if upper in variables_of(setting) and upper not in names:
            return fill("'{0}' is ignored, that is the name of a variable of the environment; "
                        "in a file it is {1}", name, setting.items[0])
    if upper in names:
        return fill("'{0}' is ignored, names are capitals: {1}", name, upper)
    close = nearest(name, names, limit=1)
    return fill("'{0}' is not a setting; did you mean {1}?", name, close[0]) if close else None

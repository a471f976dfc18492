"""One meaning for the names that differ between Python 2.7 and 3; the only user of `six`.

It must never hold behaviour of its own beyond that, and nothing here touches the network,
the environment or a clock other than the monotonic one it offers.
"""
from __future__ import absolute_import, division, print_function

import json
import os
import re
import sys
import time
import traceback
from collections import OrderedDict

import six
from six.moves import http_client
from six.moves.urllib import parse as _parse

try:
    from collections.abc import Mapping
except ImportError:  # 2.7: drop this branch with it
    from collections import Mapping

#: True on Python 2.7; only this module may decide by it, others take the names below.
PYTHON_2 = six.PY2

text_type = six.text_type
binary_type = six.binary_type
string_types = six.string_types
integer_types = six.integer_types
class_types = six.class_types

ensure_text = six.ensure_text
ensure_binary = six.ensure_binary

#: Class decorator: `__str__` returns text, and 2.7 gets `__unicode__` and an encoded `__str__`.
python_2_str = six.python_2_unicode_compatible

#: A dict that keeps the order of its keys, as all do from 3.7 on.
ordered_dict = dict if sys.version_info >= (3, 7) else OrderedDict

#: A range of any length that takes no memory for it.
long_range = six.moves.range

#: What a queue raises that is empty, or full.
Empty = six.moves.queue.Empty
Full = six.moves.queue.Full

#: What the HTTP client of the standard library raises by itself.
HTTPException = http_client.HTTPException

#: Raises an error in place of the one being handled; what shows behind it is the second argument
#: alone. 2.7 shows no chain; `PyralError` sets the attribute there.
raise_from = six.raise_from

urlsplit = _parse.urlsplit
urlunsplit = _parse.urlunsplit
urljoin = _parse.urljoin

#: Half of a sign beyond the first plane, which JSON can write and no text holds.
HALF_LETTER = re.compile(
    u'[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]')
#: Seconds that never run backwards. 2.7: `time.monotonic` alone replaces it.
monotonic = getattr(time, 'monotonic', time.time)


def ensure_native(value, encoding='utf-8', errors='strict'):
    """Return `value` as `str` of the running Python: what headers, class and file names want."""
    return six.ensure_str(value, encoding, errors)


def fill(template, *values, **named):
    """Format `template` as text, so that names from the service may hold any character.

    2.7: `'{0}'.format(u'...')` encodes to ASCII; this replaces a plain `.format`.
    """
    decoded = [_as_text(value) for value in values]
    named = dict((key, _as_text(value)) for key, value in named.items())
    return ensure_text(template).format(*decoded, **named)


def quote(value, safe=''):
    """Percent-encode text or bytes (UTF-8) into a native string."""
    return _parse.quote(ensure_binary(value) if PYTHON_2 else value, ensure_native(safe))


def unquote(value):
    """Decode percent escapes into text; bytes that are not UTF-8 become replacement signs."""
    if PYTHON_2:
        return _parse.unquote(ensure_native(value)).decode('utf-8', 'replace')
    return _parse.unquote(value)


#: Parameter -> what stays as it is in its value; in `fetch`, commas separate names.
KEPT_IN_URLS = {'fetch': '/:,'}


def urlencode_pairs(pairs, kept=KEPT_IN_URLS, default='/:'):
    """Return `name=value&...` of `(name, value)` pairs: the one encoder of URLs.

    Blanks become `%20`: `+` would be read as itself by strict servers. Booleans are written
    `true` and `false`.

    :param kept: parameter -> the characters that stay in its value.
    :param default: those of all others; references stay readable.
    """
    parts = []
    for name, value in pairs:
        if isinstance(value, bool):
            value = 'true' if value else 'false'
        elif not isinstance(value, (text_type, binary_type)):
            value = text_of(value)
        parts.append(quote(name) + '=' + quote(value, kept.get(name, default)))
    return '&'.join(parts)


def query_pairs(query):
    """Return the `(name, value)` text pairs of a URL's query part, blanks values kept."""
    pairs = _parse.parse_qsl(ensure_native(query), keep_blank_values=True)
    return [(_as_text(name), _as_text(value)) for name, value in pairs]


def is_decimal(value):
    """Say whether a value is a `decimal.Decimal`, without importing the module for it."""
    return hasattr(type(value), 'to_integral_value')


def fspath(value):
    """Return a path as this system opens it: that of a `pathlib.Path`, or the value as it is.

    Under a bare locale, as cron has it, 2.7 and 3.6 take names of files for ASCII. A name in other
    letters is UTF-8 there, as everywhere else.
    """
    # 2.7: os.fspath replaces the first line.
    path = value.__fspath__() if hasattr(value, '__fspath__') else value
    if not isinstance(path, text_type):
        return path
    try:
        if PYTHON_2:
            path.encode(sys.getfilesystemencoding() or 'ascii')
        else:
            os.fsencode(path)
        return path
    except UnicodeEncodeError:
        return path.encode('utf-8') if PYTHON_2 else _of_bytes(path)


def path_text(path):
    """Return a path as text, with the letters that a bare locale takes for bytes."""
    return _as_text(path)


def _of_bytes(path):
    """Return a path as `os.listdir` shows it where the locale has not all of its letters."""
    try:
        return os.fsdecode(path.encode('utf-8', 'surrogateescape'))
    except UnicodeEncodeError:  # half a letter: the system says what is wrong with it
        return path


def dump_json(value):
    """Return `value` as JSON bytes in UTF-8."""
    return ensure_binary(json.dumps(value, ensure_ascii=True))


def format_as_text(value, spec):
    """Return what `format` gives of an object that is shown as its text: its `__format__`."""
    shown = str(value)
    return format(ensure_text(shown) if isinstance(spec, text_type) else shown, spec)


def format_exception(error):
    """Return the last line a traceback of `error` would show."""
    return ''.join(traceback.format_exception_only(type(error), error)).strip()


def forget_frames(error):
    """Drop what an error holds of the frames it came through: its traceback and its context."""
    if not PYTHON_2:
        error.__traceback__ = error.__context__ = None


def stderr():
    """Return the stream messages for people go to, looked up now so that capture works."""
    return sys.stderr


def text_of(value):
    """Return a value as text: a float with all of its digits, bytes as UTF-8.

    2.7: `unicode` of a float rounds it to twelve digits, and that of an error of a system in
    another language is an error itself; `str` replaces this where no bytes are.
    """
    if isinstance(value, text_type):
        return value
    if isinstance(value, binary_type):
        return value.decode('utf-8', 'replace')
    if isinstance(value, float):
        return text_type(float.__repr__(value))
    try:
        return text_type(value)
    except UnicodeError:
        return str(value).decode('utf-8', 'replace')


def escape_halves(text):
    """Return text with each half of a letter as JSON escapes it, such as `\\ud83d`.

    The service cuts long texts by halves too, and nothing could write those; 2.7 would write what
    nothing reads.
    """
    if not PYTHON_2:
        try:
            text.encode('utf-8')
            return text
        except UnicodeEncodeError:
            pass
    return HALF_LETTER.sub(lambda found: u'\\u{0:04x}'.format(ord(found.group())), text)


def _as_text(value):
    """Return bytes as text, and text without halves of letters, which nothing could write."""
    if isinstance(value, (binary_type, BaseException)):
        value = text_of(value)
    if isinstance(value, text_type) and not PYTHON_2:
        try:
            value.encode('utf-8')
        except UnicodeEncodeError:
            return _whole_letters(value)
    return value


def _whole_letters(text):
    """Return text with what its halves of letters stand for: bytes, as in names of files."""
    try:
        return text.encode('utf-8', 'surrogateescape').decode('utf-8', 'replace')
    except UnicodeEncodeError:
        return escape_halves(text)


__all__ = [
    'Empty', 'Full', 'HALF_LETTER', 'HTTPException', 'KEPT_IN_URLS', 'Mapping', 'PYTHON_2',
    'binary_type',
    'class_types', 'dump_json', 'ensure_binary', 'ensure_native', 'ensure_text', 'escape_halves',
    'fill', 'forget_frames', 'format_as_text', 'format_exception', 'fspath', 'integer_types',
    'is_decimal', 'long_range', 'monotonic', 'ordered_dict', 'path_text', 'python_2_str',
    'query_pairs', 'quote', 'raise_from', 'stderr', 'string_types', 'text_of', 'text_type',
    'unquote', 'urlencode_pairs', 'urljoin', 'urlsplit', 'urlunsplit',
]

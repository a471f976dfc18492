"""Integration headers and credentials, checked and made into what can be sent."""
from __future__ import absolute_import, division, print_function

from pyral._compat import (
    Mapping,
    binary_type,
    ensure_native,
    ensure_text,
    fill,
    raise_from,
    text_type,
)
from pyral.config.constants import RALLY_REST_HEADERS
from pyral.errors import ConfigError
from pyral.redact import hides_frames

__all__ = ['credential', 'integration_headers']


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


def _header_text(value):
    text = value if isinstance(value, (text_type, binary_type)) else text_type(value)
    text = ensure_native(text)
    if any(sign in text for sign in '\r\n\0'):
        raise ConfigError("a header cannot hold a line end", field='headers')
    # The wire takes bytes for letters beyond ASCII: UTF-8, on every Python.
    return text if isinstance(text, binary_type) else text.encode('utf-8').decode('latin-1')

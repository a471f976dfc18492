"""Timeouts, deadline, TLS certificates, proxies: what the user and what the environment say.

Plain functions of their arguments; they read the environment they are given and change nothing.
"""
from __future__ import absolute_import, division, print_function

import os
import re
import warnings

from pyral._compat import (
    binary_type,
    ensure_native,
    fill,
    fspath,
    integer_types,
    quote,
    string_types,
)
from pyral.advice import remark
from pyral.errors import ConfigError
from pyral.http.limits import DEADLINE_S
from pyral.redact import hides_frames, scheme_length

#: What need not be escaped in the user and password of an address; escapes stay as they are.
_KEPT_IN_USERS = "%:!$&'()*+,;="
#: Variables that name certificates to trust, the first that is set wins.
CERTIFICATE_VARIABLES = ('REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'SSL_CERT_FILE')


def timeout_pair(value, default):
    """Return `(connect_s, read_s)` of seconds, a pair, or None for `default`.

    :raises ConfigError: for anything that would not end a wait
    """
    if value is None:
        return default
    pair = value if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) != 2 or not all(_is_positive(each) for each in pair):
        raise ConfigError(
            fill("timeout={0} is no time limit", repr(value)), field='timeout',
            hint="Give seconds, or a pair (connect seconds, read seconds), above zero.")
    return (pair[0], pair[1])


def deadline_of(value, timeout):
    """Return the seconds that one sending may take.

    :param value: seconds, or None for the default, which allows for the time limits
    :param timeout: `(connect_s, read_s)`
    :raises ConfigError: for anything that would not end a wait
    """
    if value is None:
        return max(DEADLINE_S, sum(timeout))
    if not _is_positive(value):
        raise ConfigError(fill("deadline={0} is no time limit", repr(value)), field='deadline',
                          hint="Give seconds above zero: for one sending and all of its answer.")
    return value


def max_answer_pair(value, default):
    """Return `(as sent, decompressed)` of a number of bytes, a pair, or None for `default`.

    :raises ConfigError: for anything that is no size
    """
    if value is None:
        return default
    pair = value if isinstance(value, (tuple, list)) else (value, value)
    if len(pair) != 2 or not all(_is_positive(each) for each in pair):
        raise ConfigError(
            fill("max_answer={0} is no size", repr(value)), field='max_answer',
            hint="Give bytes above zero, or a pair: as they are sent, and decompressed.")
    return (pair[0], pair[1])


@hides_frames
def verification(value, environ):
    """Return what certificates are checked with: True, False, or an existing path.

    :param value: True or False (1 or 0), None, or the path of a bundle or folder
    :param environ: a mapping; its certificate variables count where `value` is True
    :raises ConfigError: a path that does not exist, or another kind of value
    """
    if value is None or value is True or value == 1:
        for name in CERTIFICATE_VARIABLES:
            if environ.get(name):
                return _existing(environ[name], name)
        return True
    if value is False or value == 0:
        remark("certificates are not checked (verify_ssl_cert=False): anyone in between can read "
               "the credentials; give a bundle's path instead")
        return False
    if isinstance(value, string_types + (binary_type,)) or hasattr(value, '__fspath__'):
        return _existing(fspath(value), 'verify_ssl_cert')
    raise ConfigError("verify_ssl_cert takes True, False or a path, not {0}".format(
        type(value).__name__), field='verify_ssl_cert')


def warn_no_more(host):
    """Keep the HTTP library from repeating, at every request, what `verification` warned of.

    :param host: the host whose certificates are not checked; others are still warned of.
    """
    warnings.filterwarnings('ignore', "Unverified HTTPS request is being made( to host '{0}')?[.] "
                            .format(re.escape(host)))


@hides_frames
def proxies_for(base_url, environ, bypasses):
    """Return the proxies dict for requests to `base_url`, empty for none.

    :param base_url: a `BaseUrl`
    :param environ: a mapping; `HTTPS_PROXY` wins over `https_proxy`, then `ALL_PROXY`
    :param bypasses: called with a URL and the value of `NO_PROXY`, tells whether it applies
    """
    scheme = base_url.scheme
    names = (scheme.upper() + '_PROXY', scheme + '_proxy', 'ALL_PROXY', 'all_proxy')
    value = next((environ[name] for name in names if environ.get(name)), None)
    if not value:
        return {}
    no_proxy = environ.get('NO_PROXY') or environ.get('no_proxy')
    if no_proxy and bypasses(base_url.url, no_proxy):
        return {}
    value = ensure_native(value).strip()
    if not scheme_length(value):
        value = 'http://' + value
    return {scheme: _as_address(value)}


def _as_address(value):
    """Return the address of a proxy with signs of the password escaped that mean something in it.

    Elsewhere an @, a slash or a # would end the password, and the rest would be taken for a host.
    """
    before, sign, host = value.rpartition('@')
    if not sign:
        return value
    begin = scheme_length(before)
    user = re.sub('%(?![0-9A-Fa-f]{2})', '%25', before[begin:])
    return before[:begin] + quote(user, _KEPT_IN_USERS) + sign + host


def _is_positive(value):
    return isinstance(value, (float,) + integer_types) and not isinstance(value, bool) \
        and 0 < value < float('inf')


def _existing(path, name):
    path = ensure_native(path)
    if not os.path.exists(path):
        hint = "Give the path of a bundle of certificates (PEM) or of a folder of them."
        if path.strip().lower() in ('true', 'false', 'yes', 'no'):
            hint = "It is text: give True or False without quotes."
        raise ConfigError(fill("{0}: there is no file or folder '{1}'", name, path), field=name,
                          hint=hint)
    return path


__all__ = ['CERTIFICATE_VARIABLES', 'deadline_of', 'max_answer_pair', 'proxies_for', 'timeout_pair',
           'verification', 'warn_no_more']

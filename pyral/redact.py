"""Redaction: the one place that knows which secrets must never be shown and how to mask them.

It must never keep a secret in a repr, and never fail: what cannot be masked piecemeal is
hidden whole.
"""
from __future__ import absolute_import, division, print_function

import logging
import re

from pyral._compat import binary_type, ensure_native, ensure_text, quote, text_type

#: What stands where a secret stood.
MASK = '***'

#: Parameters, headers and JSON keys whose values are secrets whatever they hold.
SECRET_NAMES = ('key', 'password', 'apikey', 'api_key', 'zsessionid', 'jsessionid',
                'securitytoken', 'authorization', 'proxy-authorization', 'cookie', 'set-cookie')

_PARAMETER = re.compile(u'(?i)([?&;](?:key|apikey|password)=)[^&#\\s\'")]*')
_USERINFO = re.compile(u'([A-Za-z][A-Za-z0-9+.-]*://)[^/@\\s\'"]+@')
_JSON_VALUE = re.compile(
    u'(?i)("(?:' + u'|'.join(re.escape(ensure_text(name)) for name in SECRET_NAMES[1:])
    + u')"\\s*:\\s*")(?:[^"\\\\]|\\\\.)*"?')
_HEADER_VALUE = re.compile(
    u'(?im)((?:authorization|zsessionid|cookie)[\'"]?\\s*[:=]\\s*[\'"]?)'
    u'(?:basic\\s+|bearer\\s+)?[^\'",;\\r\\n]+')


def mask_url(url):
    """Return `url` without user information and without the value of a `key=` parameter."""
    if url is None:
        return None
    text = ensure_text(url, errors='replace')
    return _USERINFO.sub(u'\\1' + MASK + u'@', _PARAMETER.sub(u'\\1' + MASK, text))


class ServiceURLFilter(logging.Filter):
    """Masks the token in log records of the HTTP library that show addresses of the service."""

    def filter(self, record):
        """Mask `key=` in what the record will show, and let it pass."""
        if isinstance(record.args, tuple):
            record.args = tuple(_masked_if_ours(each) for each in record.args)
        record.msg = _masked_if_ours(record.msg)
        return True


def _masked_if_ours(value):
    if isinstance(value, (text_type, binary_type)):
        text = ensure_text(value, errors='replace')
        if u'/slm/' in text and u'key=' in text:
            return ensure_native(mask_url(text), errors='replace')
    return value


class Redactor(object):
    """Replaces known secret values, and whatever stands at a secret's place, in any text."""

    def __init__(self, secrets=()):
        self._secrets = ()
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret):
        """Mask `secret` from now on; text shorter than four characters is left to its place."""
        if not secret:
            return
        text = ensure_text(secret, errors='replace')
        if len(text) < 4:
            return
        forms = set([text, ensure_text(quote(text))])
        known = forms.union(self._secrets)
        self._secrets = tuple(sorted(known, key=len, reverse=True))

    def text(self, value):
        """Return `value` as text with every secret masked."""
        if value is None:
            return None
        if isinstance(value, binary_type):
            text = value.decode('utf-8', 'replace')
        else:
            text = text_type(value)
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        text = _JSON_VALUE.sub(u'\\1' + MASK + u'"', mask_url(text))
        return _HEADER_VALUE.sub(u'\\1' + MASK, text)

    def __repr__(self):
        return '<Redactor of {0} secrets>'.format(len(self._secrets))

    def __reduce__(self):
        # A pickle of anything that holds a redactor must not carry what it hides.
        return (Redactor, ())


__all__ = ['MASK', 'Redactor', 'SECRET_NAMES', 'ServiceURLFilter', 'mask_url']

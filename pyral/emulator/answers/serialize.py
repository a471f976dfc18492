"""Serialization of answers: JSON in the recorded form, JSONP, compression, CORS, error pages.

Pure functions of their arguments; which answer a request gets is decided in `web`.
"""

from __future__ import annotations

import gzip
import hashlib
import html
import json
import re
from email.utils import formatdate
from typing import Any, Mapping
from urllib.parse import urlsplit
from uuid import uuid4

from ..envelope import Document

__all__ = [
    'compressed',
    'cors_headers',
    'error_page',
    'etag',
    'json_bytes',
    'origin_allowed',
    'origin_of',
    'service_headers',
    'wrapped',
]

#: With two blanks, as recorded (section 1.5).
JSON_TYPE = 'application/json;  charset=utf-8'
SCRIPT_TYPE = 'text/javascript; charset=utf-8'
HTML_TYPE = 'text/html; charset=utf-8'
#: How much of a path a page shows.
LONGEST_PATH = 200
#: Smaller bodies gain nothing from compression.
COMPRESS_FROM = 1400
#: The fastest level: on one machine the time counts, not the bytes.
COMPRESSION_LEVEL = 1

#: A name (containers are often called `rally_emulator`) or an address, and a port.
HOST = re.compile(r'([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?')
USUAL_PORTS = {'http': ':80', 'https': ':443'}

ALLOWED_METHODS = 'GET, POST, PUT, DELETE, OPTIONS'
ALLOWED_HEADERS = (
    'Accept',
    'Authorization',
    'Content-Type',
    'ZSESSIONID',
    'X-RallyIntegrationName',
    'X-RallyIntegrationVendor',
    'X-RallyIntegrationVersion',
    'X-RallyIntegrationOS',
    'X-RallyIntegrationPlatform',
    'X-RallyIntegrationLibrary',
    'X-RallyIntegrationOperation',
    'X-Trace-Id',
)

#: On every answer. The service sends `nosniff` on some only, and binds browsers to https, which on
#: a machine of one's own would outlast the emulator by a year.
ALWAYS: Mapping[str, str] = {
    'X-XSS-Protection': '1; mode=block',
    'P3P': 'CP="NON DSP COR CURa PSAa PSDa OUR NOR BUS PUR COM NAV STA"',
    'X-Content-Type-Options': 'nosniff',
    'Vary': 'Accept-Encoding',
}
#: Where the security token is asked for, whatever the outcome.
SIGN_IN: Mapping[str, str] = {'Pragma': 'no-cache', 'X-Frame-Options': 'DENY'}
LONG_AGO = 'Thu, 01 Jan 1970 00:00:00 GMT'

#: The page of a refusal that is no envelope, as recorded.
PAGE = """<html>
<head>
<meta http-equiv="Content-Type" content="text/html;charset=ISO-8859-1"/>
<title>Error {status} {text}</title>
</head>
<body>
<h2>HTTP ERROR {status}</h2>
<p>Problem accessing {path}. Reason:
<pre>    {text}</pre></p>
<hr /><i><small>Powered by Jetty://</small></i>
</body>
</html>
"""
PAGE_CHARSET = 'ISO-8859-1'
PAGE_TYPE = f'text/html;charset={PAGE_CHARSET}'


def json_bytes(document: Any, pretty: bool = False) -> bytes:
    """Return plain data as JSON: one line with blanks after `:` and `,`, or indented."""
    indent = 2 if pretty else None
    text = json.dumps(document, ensure_ascii=False, indent=indent)
    try:
        raw = text.encode('utf-8')
    except UnicodeEncodeError:
        # Half of a surrogate pair has no UTF-8 form; escaped it passes.
        raw = json.dumps(document, indent=indent).encode('ascii')
    # Only strings can hold it, and no page can then be ended from within one (section 1.5).
    return raw.replace(b'<', b'\\u003C')


def wrapped(callback: str, raw: bytes) -> bytes:
    """Return JSON as a script: the callback text, and the JSON in parentheses."""
    name = ' '.join(callback.split())
    # Two line separators are legal in JSON and end a line in older scripts.
    safe = raw.replace('\u2028'.encode(), b'\\u2028').replace('\u2029'.encode(), b'\\u2029')
    return name.encode('utf-8', 'replace') + b'(' + safe + b')'


def service_headers(status: int, given: Mapping[str, str], sign_in: bool) -> dict[str, str]:
    """Return the headers the service sends with every answer (section 1.5).

    :param given: the headers that the answer has already; they win.
    :param sign_in: whether the security token was asked for.
    """
    found = dict(ALWAYS)
    if sign_in:
        found.update(SIGN_IN)
    if status != 401:
        found['RallyRequestID'] = uuid4().hex
    if 'Cache-Control' not in given:
        found['Cache-Control'] = 'private,max-age=0,must-revalidate'
        found['Expires'] = formatdate(usegmt=True) if status == 401 else LONG_AGO
    return {**found, **given}


def etag(body: bytes) -> str:
    """Return the `ETag` of a body: weak, and made of its MD5."""
    return f'W/"0{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'


def compressed(body: bytes, accept_encoding: str) -> tuple[bytes, dict[str, str]]:
    """Return a body and its headers, compressed when the client takes it and it is worth it."""
    accepted = [
        part.split(';')[0].strip().lower()
        for part in accept_encoding.split(',')
        if part.replace(' ', '').lower().partition(';q=')[2] not in ('0', '0.0')
    ]
    if 'gzip' not in accepted or len(body) < COMPRESS_FROM:
        return body, {}
    return gzip.compress(body, COMPRESSION_LEVEL, mtime=0), {
        'Content-Encoding': 'gzip',
    }


def origin_of(scheme: str, host: str | None, name: str, port: str) -> str | None:
    """Return the origin a client used, with which all references of the answer begin.

    :param host: the `Host` header.
    :param name: where the server listens, for a client that does not say what it called.
    :returns: such as `http://127.0.0.1:8010`; None when the header is no host.
    """
    here = f'[{name}]:{port}' if ':' in name else f'{name}:{port}'
    found = HOST.fullmatch((host or '').strip() or here)
    if found is None:
        return None
    given = found.group(2) or ''
    return f"{scheme}://{found.group(1)}{'' if given == USUAL_PORTS.get(scheme) else given}"


def origin_allowed(origin: str, own: str | None, settings: Mapping[str, Any]) -> bool:
    """Say whether pages of an origin may read answers.

    :param own: the emulator's own origin.
    :param settings: the subscription's document; `CORSAllowedDomains` is a list by commas of
        hosts (with all below them), hosts with a port, and whole origins.
    """
    if origin == own:
        return True
    if settings.get('CORSEnabled') is False or origin == 'null':
        return False
    try:
        parts = urlsplit(origin.lower())
    except ValueError:
        return False
    listed = str(settings.get('CORSAllowedDomains') or '').lower().replace(';', ',').split(',')
    wanted = [part.strip().rstrip('/') for part in listed if part.strip()]
    named = ('*', parts.hostname, parts.netloc, origin.lower())
    return not wanted or any(
        rule in named or str(parts.hostname).endswith('.' + rule.lstrip('*.')) for rule in wanted
    )


def cors_headers(origin: str) -> dict[str, str]:
    """Return the headers that let a page of this origin read the answer with credentials."""
    return {
        'Access-Control-Allow-Origin': origin,
        'Access-Control-Allow-Credentials': 'true',
        'Access-Control-Allow-Methods': ALLOWED_METHODS,
        'Access-Control-Allow-Headers': ', '.join(ALLOWED_HEADERS),
        'Access-Control-Max-Age': '600',
        'Vary': 'Origin',
    }


def error_page(status: int, text: str, path: str) -> Document:
    """Return the HTML page of a refusal that is no envelope (sections 2.3 and 16).

    :param path: of the request.
    """
    page = PAGE.format(status=status, text=html.escape(text), path=html.escape(path[:LONGEST_PATH]))
    # What the charset lacks becomes a character reference.
    return Document(page.encode(PAGE_CHARSET, 'xmlcharrefreplace'), PAGE_TYPE, status)

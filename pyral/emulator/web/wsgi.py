"""What a server and a client without a socket share of WSGI: the environment, and one call."""

from __future__ import annotations

import io
import sys
from typing import Any, Callable, Iterable, NamedTuple
from urllib.parse import unquote_to_bytes

__all__ = ['BREAK', 'HERE', 'IN_PROCESS', 'Answered', 'WSGIApplication', 'call', 'environ_of']

WSGIApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]

#: Where the application says that the connection must break: `reset` or `truncate`.
BREAK = 'pyral.emulator.break'
#: Where the address stands that a connection came to, and that there is no connection at all.
HERE = 'pyral.emulator.here'
IN_PROCESS = 'pyral.emulator.in_process'
#: Headers that are used up when a body is whole, or stand under another name.
ALREADY_READ = frozenset(['CONTENT_TYPE', 'CONTENT_LENGTH', 'TRANSFER_ENCODING'])


class Answered(NamedTuple):
    """What an application answered: `200 OK`, the headers, and the whole body."""

    status: str
    headers: list[tuple[str, str]]
    content: bytes


def environ_of(
    method: str, path: str, query: str, headers: Iterable[tuple[str, str]], body: bytes
) -> dict[str, Any]:
    """Return the environment of a request but for scheme, server and client.

    :param path: as it was sent, in percent-encoding.
    """
    environ: dict[str, Any] = {
        'REQUEST_METHOD': method,
        'SCRIPT_NAME': '',
        'PATH_INFO': unquote_to_bytes(path).decode('latin-1'),
        'QUERY_STRING': query,
        'SERVER_PROTOCOL': 'HTTP/1.1',
        'CONTENT_LENGTH': str(len(body)),
        'wsgi.version': (1, 0),
        'wsgi.input': io.BytesIO(body),
        'wsgi.errors': sys.stderr,
        'wsgi.multithread': True,
        'wsgi.multiprocess': False,
        'wsgi.run_once': False,
    }
    for name, value in headers:
        key = name.upper().replace('-', '_')
        if key == 'CONTENT_TYPE':
            environ[key] = value
        elif key not in ALREADY_READ and '_' not in name:
            key = 'HTTP_' + key
            environ[key] = environ[key] + ',' + value if key in environ else value
    return environ


def call(app: WSGIApplication, environ: dict[str, Any]) -> Answered:
    """Run an application, and return all that it answers."""
    started: list[Any] = []

    def start_response(
        status: str, headers: list[tuple[str, str]], exc_info: Any = None
    ) -> Callable[[bytes], object]:
        started[:] = [status, headers]
        return written.append

    written: list[bytes] = []
    chunks = app(environ, start_response)
    try:
        written.extend(chunks)
    finally:
        close = getattr(chunks, 'close', None)
        if close is not None:
            close()
    status, headers = started
    return Answered(status, headers, b''.join(written))

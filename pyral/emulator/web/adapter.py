"""A transport adapter for `requests` that calls the WSGI application without a socket.

Mount it on the emulator's origin; everything above it (sessions, cookies, redirects, hooks) is
requests' own. Works with the oldest and the newest requests and urllib3. `requests` is the only
library named here that the emulator itself does not need.
"""

from __future__ import annotations

import io
from http.client import HTTPMessage
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.response import HTTPResponse

from ..answers.serialize import error_page, service_headers
from .framing import Refused, check_length
from .wsgi import BREAK, IN_PROCESS, WSGIApplication, call, environ_of

__all__ = ['InProcessAdapter']


class _Original:
    """What requests looks for behind a response to find its cookies."""

    def __init__(self, headers: list[tuple[str, str]]) -> None:
        self.msg = HTTPMessage()
        for name, value in headers:
            self.msg.add_header(name, value)

    def isclosed(self) -> bool:
        return True

    def close(self) -> None:
        """Nothing is open."""


class InProcessAdapter(HTTPAdapter):
    """Sends requests to a WSGI application.

    It holds nothing that changes, so threads may share it.

    :param app: the application.
    """

    def __init__(self, app: WSGIApplication) -> None:
        super().__init__()
        self.app = app

    def send(
        self,
        request: requests.PreparedRequest,
        *args: Any,
        **options: Any,
    ) -> requests.Response:
        """Answer a prepared request.

        Stream, timeout, certificates and proxies mean nothing without a socket.
        """
        environ = environ_of_request(request)
        try:
            check_length(headers_of(request))
            status, headers, content = call(self.app, environ)
        except Refused as refused:
            page = error_page(refused.status, refused.text, environ['PATH_INFO'])
            given = service_headers(page.status, {'Content-Type': page.content_type}, False)
            status, headers, content = f'{page.status} ', list(given.items()), page.body
        if BREAK in environ:
            raise requests.exceptions.ConnectionError(
                "The connection was broken on order", request=request
            )
        code, _, reason = status.partition(' ')
        raw = HTTPResponse(
            body=io.BytesIO(b'' if request.method == 'HEAD' else content),
            headers=headers,  # type: ignore[arg-type]
            status=int(code),
            reason=reason,
            version=11,
            preload_content=False,
            request_method=request.method,
            original_response=_Original(headers),  # type: ignore[arg-type]
        )
        return self.build_response(request, raw)

    def __reduce__(self) -> Any:
        raise TypeError("An in-process adapter belongs to its emulator and cannot be pickled")


def body_of(request: requests.PreparedRequest) -> bytes:
    """Return the bytes of a request's body, also of a file or a generator."""
    body: Any = request.body
    if body is None:
        return b''
    if isinstance(body, str):
        return body.encode('utf-8')
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    if hasattr(body, 'read'):
        content = body.read()
        return content.encode('utf-8') if isinstance(content, str) else bytes(content)
    return b''.join(part.encode('utf-8') if isinstance(part, str) else part for part in body)


def headers_of(request: requests.PreparedRequest) -> list[tuple[str, str]]:
    """Return the headers of a prepared request as text."""
    return [
        (name, value.decode('latin-1') if isinstance(value, bytes) else str(value))
        for name, value in request.headers.items()
    ]


def environ_of_request(request: requests.PreparedRequest) -> dict[str, Any]:
    """Return the WSGI environment of a prepared request."""
    parts = urlsplit(request.url or '')
    headers = [pair for pair in headers_of(request) if pair[0].lower() != 'host']
    headers.append(('Host', parts.netloc.rpartition('@')[2]))
    return {
        **environ_of(request.method or 'GET', parts.path, parts.query, headers, body_of(request)),
        'SERVER_NAME': parts.hostname or 'localhost',
        'SERVER_PORT': str(parts.port or (443 if parts.scheme == 'https' else 80)),
        'REMOTE_ADDR': '127.0.0.1',
        IN_PROCESS: True,
        'wsgi.url_scheme': parts.scheme,
    }

"""A threaded HTTP/1.1 server around the application: keep-alive, TLS, a clean stop.

Werkzeug's own development server closes every connection, which no client of a real service meets;
so the loop is ours, over the standard library's parser. One thread serves one connection.
"""

from __future__ import annotations

import io
import logging
import re
import socket
import ssl
import struct
import sys
import threading
import time
from email.errors import FirstHeaderLineIsContinuationDefect, MissingHeaderBodySeparatorDefect
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import TYPE_CHECKING, Any, Callable, Iterable, cast
from urllib.parse import unquote_to_bytes

from .exchange import BREAK

if TYPE_CHECKING:
    WSGIApplication = Callable[[dict[str, Any], Any], Iterable[bytes]]

__all__ = ['Server']

log = logging.getLogger('pyral.emulator')

#: A connection without a request for this long is closed.
IDLE_SECONDS = 75
#: Bodies above this are not kept in memory by the server itself.
MAX_BODY = 80 * 1024 * 1024
#: A length with more digits is none.
MOST_DIGITS = 18
#: What the parser calls a line that is no header; its other complaints are about bodies of mail.
HEAD_DEFECTS = (MissingHeaderBodySeparatorDefect, FirstHeaderLineIsContinuationDefect)
CHUNK_SIZE = re.compile(rb'[0-9A-Fa-f]{1,16}')
#: Empty lines before a request that are overlooked.
MOST_EMPTY_LINES = 4
#: A refused client may send on for this long.
DRAIN_SECONDS = 2.0
#: Headers the server has used up: a body that came in chunks is whole by now.
ALREADY_READ = frozenset(['HTTP_CONTENT_TYPE', 'HTTP_CONTENT_LENGTH', 'HTTP_TRANSFER_ENCODING'])
#: Small bodies travel in one packet with their headers.
ONE_PACKET = 65536


class Server:
    """Serves an application on a port, from a thread of its own.

    :param app: a WSGI application.
    :param host: where to listen.
    :param port: 0 picks a free one.
    :param tls: the context of an HTTPS server; None serves HTTP.
    :raises OSError: when the port is taken or the host is not ours.
    """

    def __init__(
        self,
        app: WSGIApplication,
        host: str = '127.0.0.1',
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._tcp = _TCPServer(app, host, port, tls)
        self.host = host
        self.port: int = self._tcp.server_address[1]
        self.scheme = 'http' if tls is None else 'https'
        self.ready = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def netloc(self) -> str:
        """Return host and port as they stand in an address."""
        return f"{(f'[{self.host}]' if ':' in self.host else self.host)}:{self.port}"

    @property
    def url(self) -> str:
        """Return the address, without a slash at its end."""
        return f'{self.scheme}://{self.netloc}'

    def start(self) -> None:
        """Begin to serve; returns when requests are accepted."""
        self._thread = threading.Thread(
            target=self._serve, name=f'pyral-emulator-{self.port}', daemon=True
        )
        self._thread.start()
        self.ready.wait()

    def _serve(self) -> None:
        # The socket listens since it was made: a client may connect before the loop runs.
        self.ready.set()
        self._tcp.serve_forever(poll_interval=0.05)

    def stop(self) -> None:
        """Stop serving, close every connection and free the port; harmless when repeated."""
        if self._thread is not None:
            self._tcp.shutdown()
            self._thread.join()
            self._thread = None
        self._tcp.server_close()
        self._tcp.close_connections()


class _TCPServer(ThreadingMixIn, TCPServer):
    """Accepts connections and remembers the open ones, so that a stop can end them."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(
        self, app: WSGIApplication, host: str, port: int, tls: ssl.SSLContext | None
    ) -> None:
        self.app = app
        self.tls = tls
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        if ':' in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Connection)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection; the TLS handshake is left to the connection's own thread."""
        connection, address = super().get_request()
        if self.tls is not None:
            connection = self.tls.wrap_socket(
                connection, server_side=True, do_handshake_on_connect=False
            )
        with self._lock:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        """Close one connection."""
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def close_connections(self) -> None:
        """End the connections that are still open."""
        with self._lock:
            still_open = list(self._open)
            self._open.clear()
        for connection in still_open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what broke a connection; clients that go away are everyday."""
        error = sys.exc_info()[1]
        if isinstance(error, (ConnectionError, TimeoutError, ssl.SSLError, socket.timeout)):
            log.debug("connection of %s ended: %s", client_address, type(error).__name__)
        else:
            log.error("connection of %s failed", client_address, exc_info=error)


class _Refused(Exception):
    """A request that cannot be read: the status and the text of its answer."""


class _Lines:
    """Reads lines, and remembers the last one."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self.last: bytes | None = None

    def readline(self, limit: int = -1) -> bytes:
        """Return the next line."""
        self.last = self._source.readline(limit)
        return self.last


class _Connection(BaseHTTPRequestHandler):
    """Reads requests from one connection and writes what the application answers."""

    protocol_version = 'HTTP/1.1'
    #: What cannot be read is refused with a status line too.
    default_request_version = 'HTTP/1.0'
    server_version = 'pyral-emulator'
    sys_version = ''
    disable_nagle_algorithm = True
    timeout = IDLE_SECONDS

    def handle_one_request(self) -> None:
        """Serve one request, whatever its method is called."""
        try:
            self.raw_requestline = self._first_line()
            if not self.raw_requestline:
                self.close_connection = True
                return
            if len(self.raw_requestline) > 65536:
                self.requestline, self.request_version, self.command = '', '', ''
                self._refuse(414, "The address is too long")
                return
            if not self._parse_head():
                return
            body = self._read_body()
            if body is not None:
                self._answer(body)
        except _Refused as refused:
            self._refuse(*refused.args)
        except (TimeoutError, socket.timeout):
            self.close_connection = True

    def _parse_head(self) -> bool:
        """Read the head; False when it is refused, or when the client went away within it.

        The parser takes the end of a connection for the end of the head: half a request would be
        served, although nobody waits for the answer any more.
        """
        source = self.rfile
        lines = _Lines(source)
        self.rfile = lines  # type: ignore[assignment]
        try:
            parsed = self.parse_request()
        finally:
            self.rfile = source
        if parsed and lines.last not in (None, b'\r\n', b'\n'):
            self.close_connection = True
            return False
        return parsed

    def _first_line(self) -> bytes:
        """Return the request line; some clients send an empty line after a body."""
        for _ in range(MOST_EMPTY_LINES):
            line = self.rfile.readline(65537)
            if line not in (b'\r\n', b'\n'):
                return line
        return b''

    def handle_expect_100(self) -> bool:
        """Let a client send the body it announces, unless that would be refused anyway."""
        self._framing()
        return super().handle_expect_100()

    def _framing(self) -> int:
        """Return the length of the body, or -1 when it comes in chunks.

        :raises _Refused: when the head says something impossible.
        """
        if any(isinstance(defect, HEAD_DEFECTS) for defect in self.headers.defects):
            raise _Refused(400, "A line of the head is no header")
        coding = self.headers.get('Transfer-Encoding', 'identity').strip().lower()
        if coding == 'chunked':
            return -1
        if coding != 'identity':
            raise _Refused(501, "Only bodies in chunks are understood")
        lengths = {text.strip() for text in self.headers.get_all('Content-Length', ['0'])}
        text = lengths.pop()
        if lengths or not (text.isascii() and text.isdigit()):
            raise _Refused(400, "Content-Length is not a number")
        # Thousands of digits are no number for `int`, and too large all the same.
        length = int(text) if len(text) <= MOST_DIGITS else MAX_BODY + 1
        if length > MAX_BODY:
            raise _Refused(413, "The body is too large")
        return length

    def _read_body(self) -> bytes | None:
        """Return the request's body; None when the client went away."""
        length = self._framing()
        if length < 0:
            return self._read_chunks()
        body = self.rfile.read(length)
        if len(body) < length:
            self.close_connection = True
            return None
        return body

    def _read_chunks(self) -> bytes:
        """Read a body of unknown length; curl sends one with `-T -`."""
        parts, total = [], 0
        while True:
            size_text = self.rfile.readline(1024).split(b';')[0].strip()
            if not CHUNK_SIZE.fullmatch(size_text):
                raise _Refused(400, "A chunk has no size")
            size = int(size_text, 16)
            total += size
            if total > MAX_BODY:
                raise _Refused(413, "The body is too large")
            if size == 0:
                break
            parts.append(self.rfile.read(size))
            if self.rfile.readline(3) not in (b'\r\n', b'\n'):
                raise _Refused(400, "A chunk is not as long as it says")
        while self.rfile.readline(65537).strip():
            continue
        return b''.join(parts)

    def _refuse(self, status: int, text: str) -> None:
        """Answer with an error page and end the connection."""
        self.close_connection = True
        self.send_error(status, explain=text)
        self._drain()

    def _drain(self) -> None:
        """Read what a refused client still sends for a while, so that it sees the answer.

        Closing a connection with unread bytes resets it, and takes the answer along.
        """
        end = time.monotonic() + DRAIN_SECONDS
        try:
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(DRAIN_SECONDS)
            while time.monotonic() < end and self.connection.recv(ONE_PACKET):
                continue
        except OSError:
            return

    def _environ(self, body: bytes) -> dict[str, Any]:
        path, _, query = self.path.partition('?')
        server = cast(_TCPServer, self.server)
        if '://' in path:
            path = '/' + path.split('://', 1)[1].partition('/')[2]
        environ: dict[str, Any] = {
            'REQUEST_METHOD': self.command,
            'SCRIPT_NAME': '',
            'PATH_INFO': unquote_to_bytes(path).decode('latin-1'),
            'QUERY_STRING': query,
            'SERVER_NAME': str(server.server_address[0]),
            'SERVER_PORT': str(server.server_address[1]),
            'SERVER_PROTOCOL': self.request_version,
            'REMOTE_ADDR': self.client_address[0],
            'REMOTE_PORT': str(self.client_address[1]),
            'CONTENT_TYPE': self.headers.get('Content-Type', ''),
            'CONTENT_LENGTH': str(len(body)),
            'wsgi.version': (1, 0),
            'wsgi.url_scheme': 'http' if server.tls is None else 'https',
            'wsgi.input': io.BytesIO(body),
            'wsgi.errors': sys.stderr,
            'wsgi.multithread': True,
            'wsgi.multiprocess': False,
            'wsgi.run_once': False,
        }
        for name, value in self.headers.items():
            key = 'HTTP_' + name.upper().replace('-', '_')
            if key not in ALREADY_READ and '_' not in name:
                environ[key] = environ[key] + ',' + value if key in environ else value
        return environ

    def _answer(self, body: bytes) -> None:
        """Run the application and send its answer with its length, so the connection lives."""
        started: list[Any] = []

        def start_response(
            status: str, headers: list[tuple[str, str]], exc_info: Any = None
        ) -> None:
            started[:] = [status, headers]

        server = cast(_TCPServer, self.server)
        environ = self._environ(body)
        chunks = server.app(environ, start_response)
        try:
            content = b''.join(chunks)
        finally:
            close = getattr(chunks, 'close', None)
            if close is not None:
                close()
        status, headers = started
        if environ.get(BREAK) == 'reset':
            self._reset()
        else:
            self._send(status, headers, content, environ.get(BREAK) == 'truncate')

    def _reset(self) -> None:
        """Break the connection so that the client sees a reset, not an orderly end."""
        self.close_connection = True
        linger_on_for_no_time = struct.pack('ii', 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_on_for_no_time)
        self.connection.close()

    def _send(
        self, status: str, headers: list[tuple[str, str]], content: bytes, break_off: bool
    ) -> None:
        lines = ['HTTP/1.1 ' + status, 'Date: ' + self.date_time_string()]
        bodiless = status[:3] in ('204', '304')
        lines += [
            f'{name}: {value}'
            for name, value in headers
            if name.lower() not in ('content-length', 'connection')
        ]
        if not bodiless:
            lines.append(f'Content-Length: {len(content)}')
        lines.append('Connection: ' + ('close' if self.close_connection else 'keep-alive'))
        head = ('\r\n'.join(lines) + '\r\n\r\n').encode('latin-1', 'replace')
        if bodiless or self.command.upper() == 'HEAD':
            content = b''
        if break_off:
            self.close_connection = True
            content = content[: len(content) // 2]
        if len(content) < ONE_PACKET:
            self.wfile.write(head + content)
        else:
            self.wfile.write(head)
            self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the application keeps its own log of requests, without secrets."""

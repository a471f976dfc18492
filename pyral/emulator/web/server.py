"""A threaded HTTP/1.1 server for the WSGI application: keep-alive, pipelining, TLS, a clean stop.

`h11` reads requests and writes responses; sockets and threads are ours. One thread serves one
connection. Werkzeug's own development server closes every connection, which no client of a real
service meets.
"""

from __future__ import annotations

import errno
import logging
import socket
import ssl
import struct
import sys
import threading
import time
from contextlib import suppress
from email.utils import formatdate
from http.client import responses
from socketserver import BaseRequestHandler, TCPServer, ThreadingMixIn
from typing import Any, cast

import h11

from ..answers import serialize
from . import wsgi
from .bounds import ByteBudget, most_connections
from .framing import MAX_BODY, MAX_HEAD, Chunks, Refused, check_head, head_end
from .request_log import in_a_line

__all__ = ['Server']

log = logging.getLogger('pyral.emulator')

#: A connection without a request for this long is closed.
IDLE_SECONDS = 75
#: A refused client may send on for this long.
DRAIN_SECONDS = 2.0
#: How long a stop waits for requests under way.
STOP_SECONDS = 10.0
#: What is asked of a socket at once.
ONE_PACKET = 65536
#: What every request may hold; what is longer counts for all requests together.
FREE_BYTES = 65536
MOST_BYTES = 256 * 1024 * 1024
#: How long a new connection waits for an old one to end, where there are as many as there may be.
NEXT_TRY_SECONDS = 0.1
#: Headers that the server says itself.
OWN_HEADERS = ('content-length', 'connection', 'date')


#: What accepting fails with where the process or the machine cannot take another connection.
OUT_OF_DESCRIPTORS = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)


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
        app: wsgi.WSGIApplication,
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
    request_queue_size = 256

    def __init__(
        self, app: wsgi.WSGIApplication, host: str, port: int, tls: ssl.SSLContext | None
    ) -> None:
        self.app = app
        self.tls = tls
        self._threads_of: dict[socket.socket, threading.Thread] = {}
        #: Since when a connection waits for its client.
        self._waiting: dict[socket.socket, float] = {}
        self._free = threading.BoundedSemaphore(most_connections())
        #: Bytes of requests that are not answered yet.
        self.budget = ByteBudget(MOST_BYTES)
        self._lock = threading.Lock()
        if ':' in host:
            self.address_family = socket.AF_INET6
        super().__init__((host, port), _Connection)

    def get_request(self) -> tuple[socket.socket, Any]:
        """Accept a connection; the TLS handshake is left to the connection's own thread."""
        if not self._free.acquire(blocking=False):
            self._end_oldest()
            # Not for long: a stop must be heard. The loop comes back, as the client still knocks.
            if not self._free.acquire(timeout=NEXT_TRY_SECONDS):
                raise OSError(errno.EMFILE, "There are as many connections as there may be")
        try:
            connection, address = super().get_request()
            if self.tls is not None:
                connection = self.tls.wrap_socket(
                    connection, server_side=True, do_handshake_on_connect=False
                )
        except OSError as error:
            self._free.release()
            if error.errno in OUT_OF_DESCRIPTORS:
                # The loop would come back at once, as long as the client is not accepted.
                self._end_oldest()
                time.sleep(NEXT_TRY_SECONDS)
            raise
        return connection, address

    def waits(self, connection: socket.socket, waits: bool) -> None:
        """Note whether a connection waits for its client; those that do may be ended."""
        with self._lock:
            if waits:
                self._waiting[connection] = time.monotonic()
            else:
                self._waiting.pop(connection, None)

    def _end_oldest(self) -> None:
        """End the connection that has waited longest for its client."""
        with self._lock:
            oldest = min(self._waiting, key=self._waiting.__getitem__, default=None)
            if oldest is None:
                return
            del self._waiting[oldest]
        with suppress(OSError):
            oldest.shutdown(socket.SHUT_RDWR)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection in a thread of its own, which a stop can wait for."""
        thread = threading.Thread(
            target=self.process_request_thread, args=(request, client_address), daemon=True
        )
        with self._lock:
            self._threads_of[request] = thread
        thread.start()

    def shutdown_request(self, request: Any) -> None:
        """Close one connection."""
        super().shutdown_request(request)
        with self._lock:
            self._threads_of.pop(request, None)
            self._waiting.pop(request, None)
        self._free.release()

    def close_connections(self) -> None:
        """End the connections that are still open, and wait for their threads."""
        with self._lock:
            still_open = dict(self._threads_of)
        for connection in still_open:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue
        end = time.monotonic() + STOP_SECONDS
        for thread in still_open.values():
            if thread is not threading.current_thread():
                thread.join(max(0.0, end - time.monotonic()))

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what broke a connection; a client that goes away is no error."""
        error = sys.exc_info()[1]
        if isinstance(error, (ConnectionError, TimeoutError, ssl.SSLError, socket.timeout)):
            log.debug("connection of %s ended: %s", client_address, type(error).__name__)
        else:
            log.error("connection of %s failed", client_address, exc_info=error)


class _ClientGone(Exception):
    """The client ended the connection: between requests, or within one that is dropped."""


class _Connection(BaseRequestHandler):
    """Reads requests from one connection and writes what the application answers."""

    request: socket.socket
    #: The parser of the request that is read or answered now, and the head of that request.
    http: h11.Connection
    head: h11.Request | None
    #: Checks a body that comes in chunks.
    chunks: Chunks | None
    #: What the request takes of the bytes that all may take.
    held = 0

    def setup(self) -> None:
        """Let small answers leave at once, and silent clients be dropped."""
        self.request.settimeout(IDLE_SECONDS)
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)

    def handle(self) -> None:
        """Serve request after request, until one of both sides ends the connection."""
        received = b''
        try:
            while self._serve_one(received):
                received = self.http.trailing_data[0]
                self._hold(0)
        except (_ClientGone, TimeoutError, socket.timeout):
            return
        finally:
            self._hold(0)

    def _serve_one(self, received: bytes) -> bool:
        """Serve one request; returns whether another one may follow.

        :param received: what came behind the request before.
        """
        self.http, self.head = h11.Connection(h11.SERVER, MAX_HEAD), None
        self.chunks = None
        try:
            self.http.receive_data(self._read_head(bytearray(received)))
            self.head = cast(h11.Request, self._next_event())
            if any(name == b'transfer-encoding' for name, _ in self.head.headers):
                self.chunks = Chunks()
                self.chunks.feed(self.http.trailing_data[0])
            if self.http.they_are_waiting_for_100_continue:
                go_on = h11.InformationalResponse(status_code=100, headers=[], reason=b'Continue')
                self.request.sendall(self.http.send(go_on) or b'')
            body = self._read_body()
        except Refused as refused:
            return self._refuse(refused.status, refused.text)
        except h11.RemoteProtocolError as error:
            return self._refuse(error.error_status_hint, str(error))
        return self._answer(self.head, body)

    def _receive(self) -> bytes:
        server = cast(_TCPServer, self.server)
        server.waits(self.request, True)
        try:
            data = self.request.recv(ONE_PACKET)
        finally:
            server.waits(self.request, False)
        if not data:
            raise _ClientGone
        return data

    def _hold(self, size: int) -> None:
        """Note how large the request is so far.

        :raises Refused: when all requests together are too large.
        """
        counted = max(0, size - FREE_BYTES)
        if not cast(_TCPServer, self.server).budget.change(counted - self.held):
            raise Refused(503, "Too many large requests are under way")
        self.held = counted

    def _read_head(self, received: bytearray) -> bytes:
        """Return the head of the next request, checked, and what came behind it.

        :raises Refused: when it is none.
        """
        # Some clients send an empty line after a body, which h11 refuses.
        while bytes(received) in (b'', b'\r') or received.startswith(b'\r\n'):
            if received.startswith(b'\r\n'):
                del received[:2]
            else:
                received += self._receive()
        end = seen = 0
        while not end:
            end = head_end(received, seen)
            if not end:
                seen = len(received)
                received += self._receive()
                self._hold(len(received))
        check_head(bytes(received[:end]))
        return bytes(received)

    def _next_event(self) -> Any:
        """Return the next event of the request, reading as much as it takes."""
        while True:
            event = self.http.next_event()
            if event is not h11.NEED_DATA:
                return event
            data = self._receive()
            if self.chunks is not None:
                self.chunks.feed(data)
            self.http.receive_data(data)

    def _read_body(self) -> bytes:
        """Return the request's whole body.

        :raises Refused: when it is too large.
        """
        body = bytearray()
        while True:
            event = self._next_event()
            if not isinstance(event, h11.Data):
                return bytes(body)
            body += event.data
            self._hold(len(body))
            if len(body) > MAX_BODY:
                raise Refused(413, "The body is too large")

    def _answer(self, head: h11.Request, body: bytes) -> bool:
        """Run the application and send its answer; returns whether another request may follow."""
        environ = self._environ(head, body)
        try:
            answered = wsgi.call(cast(_TCPServer, self.server).app, environ)
        except Exception as error:
            # The request may be done: an answer, whatever it says, is better than silence.
            log.error(
                "%s %s failed",
                environ['REQUEST_METHOD'],
                in_a_line(environ['PATH_INFO']),
                exc_info=error,
            )
            return self._refuse(500, "An unexpected error occurred in the emulator")
        broken = environ.get(wsgi.BREAK)
        if broken == 'reset':
            self._reset()
            return False
        try:
            return self._send(*answered, truncate=broken == 'truncate')
        except h11.LocalProtocolError as error:
            # The headers of a fault are whatever its order says.
            log.warning("an answer cannot be sent: %s", error)
            return self._refuse(500, f"The answer cannot be sent: {error}")

    def _environ(self, head: h11.Request, body: bytes) -> dict[str, Any]:
        server = cast(_TCPServer, self.server)
        host, path, query = split_target(head.target.decode('latin-1'))
        headers = [
            (name.decode('latin-1'), value.decode('latin-1')) for name, value in head.headers
        ]
        if host is not None:
            # An address given whole counts, whatever `Host` says (RFC 9112, 3.2.2).
            headers = [pair for pair in headers if pair[0].lower() != 'host'] + [('host', host)]
        return {
            **wsgi.environ_of(head.method.decode('latin-1'), path, query, headers, body),
            'SERVER_NAME': str(server.server_address[0]),
            'SERVER_PORT': str(server.server_address[1]),
            'SERVER_PROTOCOL': 'HTTP/' + head.http_version.decode('latin-1'),
            'REMOTE_ADDR': self.client_address[0],
            'REMOTE_PORT': str(self.client_address[1]),
            wsgi.HERE: str(self.request.getsockname()[0]),
            'wsgi.url_scheme': 'http' if server.tls is None else 'https',
        }

    def _send(
        self,
        status: str,
        headers: list[tuple[str, str]],
        content: bytes,
        truncate: bool = False,
    ) -> bool:
        """Send an answer with its length; returns whether the connection lives on.

        :raises h11.LocalProtocolError: for a header that is none; nothing is sent then.
        """
        code, _, reason = status.partition(' ')
        shown = [(name, value) for name, value in headers if name.lower() not in OWN_HEADERS]
        shown += [('Date', formatdate(usegmt=True)), ('Connection', 'keep-alive')]
        if code not in ('204', '304'):
            shown.append(('Content-Length', str(len(content))))
        response = h11.Response(
            status_code=int(code),
            reason=reason.encode('latin-1', 'replace'),
            headers=[(header_bytes(name), header_bytes(value)) for name, value in shown],
        )
        if code in ('204', '304') or (self.head is not None and self.head.method == b'HEAD'):
            content = b''
        parts = [self.http.send(response) or b'']
        if truncate:
            parts.append(content[: len(content) // 2])
        else:
            parts.append(self.http.send(h11.Data(data=content)) or b'')
            parts.append(self.http.send(h11.EndOfMessage()) or b'')
        server = cast(_TCPServer, self.server)
        # A client that does not read what it asked for is one that lets wait, too.
        server.waits(self.request, True)
        try:
            # Small bodies travel in one packet with their headers.
            self.request.sendall(b''.join(parts))
        finally:
            server.waits(self.request, False)
        return not truncate and self.http.our_state is h11.DONE

    def _refuse(self, status: int, text: str) -> bool:
        """Answer with an error page and end the connection."""
        target = '' if self.head is None else self.head.target.decode('latin-1')
        page = serialize.error_page(status, text, target.partition('?')[0])
        headers = serialize.service_headers(status, {'Content-Type': page.content_type}, False)
        self._send(f'{status} {responses[status]}', list(headers.items()), page.body)
        self._drain()
        return False

    def _drain(self) -> None:
        """Read what a refused client still sends for a while, so that it sees the answer.

        Closing a connection with unread bytes resets it, and takes the answer along.
        """
        end = time.monotonic() + DRAIN_SECONDS
        try:
            self.request.shutdown(socket.SHUT_WR)
            self.request.settimeout(DRAIN_SECONDS)
            while time.monotonic() < end and self.request.recv(ONE_PACKET):
                continue
        except OSError:
            return

    def _reset(self) -> None:
        """Break the connection so that the client sees a reset, not an orderly end."""
        linger_on_for_no_time = struct.pack('ii', 1, 0)
        self.request.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_on_for_no_time)
        self.request.close()


def split_target(target: str) -> tuple[str | None, str, str]:
    """Return the host of an address that is given whole, the path, and the query string."""
    path, _, query = target.partition('?')
    if path.startswith('/') or '://' not in path:
        return None, path, query
    host, _, path = path.partition('://')[2].partition('/')
    return host, '/' + path, query


def header_bytes(text: str) -> bytes:
    """Return a name or a value of a header as it is sent."""
    return text.strip().encode('latin-1', 'replace')

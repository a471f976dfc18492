"""A forward proxy of the plain kind, as companies run them: whole addresses, tunnels, a password.

It opens sockets on this machine only, and remembers the head of every request it was given.
"""

from __future__ import annotations

import base64
import re
import socket
import threading
from urllib.parse import urlsplit

_LENGTH = re.compile(rb'(?i)\r\ncontent-length: *(\d+)')


class GoBetween:
    """A proxy that passes requests on, or refuses them.

    :param credentials: `user:password` it asks for; None lets everybody in.
    :param refusal: the status line with which it refuses everything, if it does.
    """

    def __init__(self, credentials: str | None = None, refusal: str | None = None) -> None:
        self._wanted = credentials and 'Basic ' + base64.b64encode(credentials.encode()).decode()
        self._refusal = refusal
        self.heads: list[str] = []
        self._listener = socket.create_server(('127.0.0.1', 0))
        self.netloc = '127.0.0.1:{}'.format(self._listener.getsockname()[1])
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self) -> GoBetween:
        return self

    def __exit__(self, *exc_info: object) -> None:
        # Closing alone would leave a last connection to the thread that waits for one.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client:
            try:
                received = _head(client)
                head = received.partition(b'\r\n\r\n')[0].decode('latin-1')
                self.heads.append(head)
                refusal = self._refusal_of(head)
                if refusal:
                    client.sendall(refusal)
                elif head.startswith('CONNECT '):
                    self._tunnel(client, head.split()[1])
                else:
                    self._pass_on(client, received)
            except (OSError, IndexError):
                return

    def _refusal_of(self, head: str) -> bytes | None:
        line = self._refusal
        if line is None and self._wanted and self._wanted not in head:
            line = '407 Proxy Authentication Required'
        body = '<html><title>The proxy of Acme</title></html>'
        return (
            line
            and (
                'HTTP/1.1 {}\r\nContent-Type: text/html\r\nContent-Length: {}\r\n'
                'Connection: close\r\n\r\n{}'.format(line, len(body), body)
            ).encode()
        )

    @staticmethod
    def _tunnel(client: socket.socket, target: str) -> None:
        host, _, port = target.rpartition(':')
        with socket.create_connection((host, int(port))) as server:
            client.sendall(b'HTTP/1.1 200 Connection established\r\n\r\n')
            back = threading.Thread(target=_copy, args=(server, client), daemon=True)
            back.start()
            _copy(client, server)
            back.join(10)

    @staticmethod
    def _pass_on(client: socket.socket, received: bytes) -> None:
        head, gap, body = received.partition(b'\r\n\r\n')
        found = _LENGTH.search(head)
        while found and len(body) < int(found.group(1)):
            body += client.recv(65536)
        lines = [
            line
            for line in head.decode('latin-1').split('\r\n')
            if not line.lower().startswith(('proxy-', 'connection:'))
        ]
        method, address, version = lines[0].split()
        parts = urlsplit(address)
        lines[0] = '{} {}{} {}'.format(
            method, parts.path, '?' + parts.query if parts.query else '', version
        )
        with socket.create_connection((parts.hostname, parts.port or 80)) as server:
            head = '\r\n'.join(lines + ['Connection: close']).encode('latin-1')
            server.sendall(head + gap + body)
            _copy(server, client)


def _head(connection: socket.socket) -> bytes:
    received = b''
    while b'\r\n\r\n' not in received:
        chunk = connection.recv(65536)
        if not chunk:
            break
        received += chunk
    return received


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        chunk = source.recv(65536)
        while chunk:
            target.sendall(chunk)
            chunk = source.recv(65536)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return

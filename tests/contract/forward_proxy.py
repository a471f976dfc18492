"""A forward proxy of the plain kind, as companies run them: whole addresses, tunnels, a password.

It opens sockets on this machine only, and remembers the head of every request it was given.
"""

from __future__ import annotations

import base64
import socket
import threading
from urllib.parse import urlsplit

from tests.peers import CHUNK, Peer, last, receive, reply


class ForwardProxy(Peer):
    """A proxy that passes requests on, or refuses them.

    :param credentials: `user:password` it asks for; None lets everybody in.
    :param refusal: the status line with which it refuses everything, if it does.
    """

    def __init__(self, credentials: str | None = None, refusal: str | None = None) -> None:
        self._wanted = credentials and 'Basic ' + base64.b64encode(credentials.encode()).decode()
        self._refusal = refusal
        self.heads: list[str] = []
        super().__init__()

    def serve(self, connection: socket.socket) -> None:
        """Refuse one request, or pass it on."""
        received, is_whole = receive(connection)
        if not is_whole:
            return
        head = received.partition(b'\r\n\r\n')[0].decode('latin-1')
        self.heads.append(head)
        refusal = self._refusal_of(head)
        if refusal:
            connection.sendall(refusal)
        elif head.startswith('CONNECT '):
            self._tunnel(connection, head.split()[1])
        else:
            self._pass_on(connection, received)

    def _refusal_of(self, head: str) -> bytes | None:
        line = self._refusal
        if line is None and self._wanted and self._wanted not in head:
            line = '407 Proxy Authentication Required'
        body = b'<html><title>The proxy of Acme</title></html>'
        return line and last(reply(line, [('Content-Type', 'text/html')], body))

    def _tunnel(self, client: socket.socket, target: str) -> None:
        host, _, port = target.rpartition(':')
        server = self.connect((host, int(port)))
        client.sendall(b'HTTP/1.1 200 Connection established\r\n\r\n')
        back = threading.Thread(target=_copy, args=(server, client), daemon=True)
        back.start()
        _copy(client, server)
        back.join()
        self.drop(server)

    def _pass_on(self, client: socket.socket, received: bytes) -> None:
        head, gap, body = received.partition(b'\r\n\r\n')
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
        server = self.connect((parts.hostname, parts.port or 80))
        head = '\r\n'.join(lines + ['Connection: close']).encode('latin-1')
        server.sendall(head + gap + body)
        _copy(server, client)
        self.drop(server)


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        chunk = source.recv(CHUNK)
        while chunk:
            target.sendall(chunk)
            chunk = source.recv(CHUNK)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return

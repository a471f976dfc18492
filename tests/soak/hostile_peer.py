"""A hostile peer beside the soak: silent connections, unfinished requests, oddly framed ones."""

from __future__ import annotations

import random
import socket
import threading

#: So many connections are left open at a time.
MOST_OPEN = 40
HEAD = 'PUT /slm/webservice/v2.0/defect/create HTTP/1.1\r\nHost: x\r\n'
#: What is sent before nothing more comes.
BEGINNINGS = (
    '',
    'G',
    HEAD,
    HEAD + 'Content-Length: 9000000\r\n\r\n' + '{' * 300000,
    HEAD + 'Transfer-Encoding: chunked\r\n\r\nfffff\r\n' + '{' * 300000,
    HEAD + 'X: ' + 'x' * 300000,
    HEAD + 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n',
    HEAD + 'Transfer-Encoding : chunked\r\n\r\n',
    HEAD + 'Origin: http://[\r\nContent-Length: 2\r\n\r\n{}',
    'POST /emulator/reset HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n',
    'POST http://evil.example/emulator/reset HTTP/1.1\r\nHost: localhost\r\n\r\n',
    'POST /emulator/reset HTTP/1.1\r\nHost: localhost\r\nOrigin: null\r\nContent-Length: 0\r\n\r\n',
    'GET /slm/webservice/v2.0/defect?query=' + 'q' * 60000 + ' HTTP/1.1\r\nHost: x\r\n\r\n',
)


class HostilePeer:
    """Bothers a server from a thread of its own until it is stopped.

    :param address: host and port.
    :param rest: seconds between two connections.
    """

    def __init__(self, address, seed, rest=0.05):
        self.address, self.rest, self.made = address, rest, 0
        self._random = random.Random(seed)
        self._stopped = threading.Event()
        self._open = []
        self._thread = threading.Thread(target=self._bother, daemon=True)

    def start(self):
        """Begin."""
        self._thread.start()

    def stop(self):
        """End every connection."""
        self._stopped.set()
        self._thread.join()
        for connection in self._open:
            connection.close()

    def _bother(self):
        while not self._stopped.wait(self.rest):
            try:
                connection = socket.create_connection(self.address, timeout=2)
                self._open.append(connection)
                connection.sendall(self._random.choice(BEGINNINGS).encode('latin-1'))
                self.made += 1
            except OSError:
                continue
            if len(self._open) > MOST_OPEN:
                self._open.pop(self._random.randrange(MOST_OPEN)).close()

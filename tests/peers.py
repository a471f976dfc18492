"""Hand-written servers on this machine, whose connections end without a reset nobody ordered.

A socket that is closed with unread bytes in its buffer sends a reset, and the reset may take the
answer along. Every peer of the tests is a `Peer`: it sends its last bytes, shuts down its writing,
reads until the other side has closed too, and only then closes. What is a whole answer says
`Connection: close` when it is the last, because a client that keeps the connection may send its
next request into the closing.
"""
from __future__ import absolute_import, division, print_function

import re
import socket
import struct
import sys
import threading

_LENGTH = re.compile(br'(?i)\r\ncontent-length: *(\d+)')
_CONNECTION = re.compile(br'(?i)\r\nconnection:[^\r\n]*')
#: How a TLS handshake begins, which has no end that HTTP knows.
_HANDSHAKE = b'\x16'
CHUNK = 65536
#: Another address of this machine, where it has one: a port that was let go of there is not taken
#: by some other process, neither to listen at nor to send from.
OWN_ADDRESS = '127.0.0.77' if sys.platform.startswith('linux') else '127.0.0.1'


class Peer(object):
    """Accepts connections and serves each in a thread of its own; stopped by `close`.

    A subclass says in `serve` what happens on a connection.
    """

    def __init__(self):
        self._lock, self._threads, self._connections = threading.Lock(), set(), set()
        self._closed = False
        self._listener = socket.socket()
        self._listener.bind(('127.0.0.1', 0))
        self._listener.listen(128)
        self.netloc = '127.0.0.1:{0}'.format(self._listener.getsockname()[1])
        self.url = 'http://' + self.netloc
        self._start(self._accept)

    def serve(self, connection):
        """Read and write on a connection; it is ended when this returns."""
        raise NotImplementedError

    def close(self):
        """End every connection and every thread; harmless when repeated."""
        # Closing alone wakes no thread that waits on a socket.
        _shut(self._listener, socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            self._closed = True
            for each in self._connections:
                _shut(each, socket.SHUT_RDWR)
            threads = list(self._threads)
        for thread in threads:
            thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *exc_info):
        self.close()

    def connect(self, address):
        """Return a connection to another server, ended by `close` as well."""
        connection = socket.create_connection(address)
        self._keep(connection)
        return connection

    def drop(self, connection):
        """Close a connection."""
        with self._lock:
            self._connections.discard(connection)
        connection.close()

    def _keep(self, connection):
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._connections.add(connection)
            if self._closed:
                _shut(connection, socket.SHUT_RDWR)

    def _start(self, function, *arguments):
        thread = threading.Thread(target=function, args=arguments)
        thread.daemon = True
        with self._lock:
            self._threads.add(thread)
        thread.start()

    def _accept(self):
        while True:
            try:
                connection, _ = self._listener.accept()
            except (OSError, IOError):
                return
            self._keep(connection)
            self._start(self._run, connection)

    def _run(self, connection):
        try:
            self.serve(connection)
        except (OSError, IOError):
            return
        finally:
            _shut(connection, socket.SHUT_WR)
            drain(connection)
            self.drop(connection)
            with self._lock:
                self._threads.discard(threading.current_thread())


class Scripted(Peer):
    """Answers one request a connection, by a script of bytes; its last step stays for ever.

    :param script: answers in order, whole or broken; None never answers.
    """

    def __init__(self, *script):
        self._script, self.requests = list(script), []
        super(Scripted, self).__init__()

    def serve(self, connection):
        """Give the next answer to one request."""
        received, _ = receive(connection)
        if not received:
            return
        with self._lock:
            self.requests.append(received)
            step = self._script.pop(0) if len(self._script) > 1 else self._script[0]
        if step is None:
            drain(connection)
        else:
            connection.sendall(last(step))


class Serving(Peer):
    """Answers every request by a function.

    :param answer: gets method, path, head and body, and returns status line, headers and body.
    """

    def __init__(self, answer):
        self._answer = answer
        super(Serving, self).__init__()

    def serve(self, connection):
        """Answer one request after the other until the client goes."""
        while True:
            received, is_whole = receive(connection)
            if not is_whole:
                return
            head, _, body = received.partition(b'\r\n\r\n')
            head = head.decode('latin-1')
            method, path = head.split(' ')[:2]
            connection.sendall(reply(*self._answer(method, path, head, body)))


def reply(status, headers, body):
    """Return the bytes of an answer.

    :param status: such as `200 OK`.
    :param headers: a list of pairs.
    """
    lines = ['HTTP/1.1 ' + status]
    lines += ['{0}: {1}'.format(*pair) for pair in headers]
    lines += ['Content-Length: {0}'.format(len(body)), '', '']
    return '\r\n'.join(lines).encode('latin-1') + body


def last(answer):
    """Return an answer that says it is the last on its connection, if it has a head to say so."""
    head, gap, body = answer.partition(b'\r\n\r\n')
    if not gap:
        return answer
    return _CONNECTION.sub(b'', head) + b'\r\nConnection: close' + gap + body


def receive(connection):
    """Read one HTTP message; return its bytes, and False where the other side ended within it."""
    received = b''
    while b'\r\n\r\n' not in received:
        chunk = connection.recv(CHUNK)
        received += chunk
        if not chunk or received.startswith(_HANDSHAKE):
            return received, False
    head, _, begun = received.partition(b'\r\n\r\n')
    found = _LENGTH.search(head)
    missing, parts = (int(found.group(1)) if found else 0) - len(begun), [received]
    while missing > 0:
        chunk = connection.recv(CHUNK)
        if not chunk:
            break
        parts.append(chunk)
        missing -= len(chunk)
    return b''.join(parts), missing <= 0


def drain(connection):
    """Read what still comes, until the other side has ended."""
    try:
        while connection.recv(CHUNK):
            continue
    except (OSError, IOError):
        return


def reset(connection):
    """End a connection with a reset, as an order to."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    connection.close()


def _shut(connection, how):
    try:
        connection.shutdown(how)
    except (OSError, IOError):
        return

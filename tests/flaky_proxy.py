"""A proxy between client and emulator that spoils what passes: cuts, resets, delays, lies.

It works on bytes and knows just enough HTTP to see where a message ends. Every fault comes from a
seed, and is counted by kind. It opens sockets on this machine only.
"""
from __future__ import absolute_import, division, print_function

import random
import time
from collections import Counter

from tests.peers import Peer, receive, reset
from tests.proxy_faults import LIES, SPOILERS, spoilt

_PAGE = b'<html><head><title>Bad gateway</title></head><body>try later</body></html>'


def _answer(status, body=_PAGE, more=b''):
    return (b'HTTP/1.1 ' + status + b'\r\nContent-Type: text/html\r\n' + more
            + b'Content-Length: ' + str(len(body)).encode('ascii') + b'\r\n\r\n' + body)


#: Answers given in place of the service's, which is never asked.
STAND_INS = {
    'status-429': _answer(b'429 Too Many Requests', more=b'Retry-After: 0\r\n'),
    'status-503': _answer(b'503 Service Unavailable'),
    'page-200': _answer(b'200 OK'),
    'empty-200': _answer(b'200 OK', b''),
    'status-524': _answer(b'524 A timeout occurred'),
    'redirect-away': _answer(b'302 Found', b'', b'Location: http://thief.invalid/slm/\r\n'),
}
#: What happens to a request on its way, and to the answer.
KINDS = ('refuse', 'cut-request', 'lose-answer', 'cut-answer', 'reset-answer', 'garble',
         'status-502-after', 'delay', 'dribble') + tuple(sorted(SPOILERS)) + tuple(
             sorted(STAND_INS))


class FlakyProxy(Peer):
    """Passes connections on to a server, and spoils some of the requests.

    :param port: where the emulator listens on this machine.
    :param probability: how likely a request is spoilt.
    :param kinds: the faults to choose from.
    :param seed: decides which requests, and how.
    """

    def __init__(self, port, probability=0.0, kinds=KINDS, seed=0):
        self._upstream = ('127.0.0.1', port)
        self.probability, self.kinds = probability, tuple(kinds)
        self._random = random.Random(seed)
        self._ordered = []
        #: Faults by kind, and requests in all under `requests`.
        self.counts = Counter()
        super(FlakyProxy, self).__init__()

    def order(self, *kinds):
        """Spoil the coming requests like this, one after the other; None lets one pass."""
        with self._lock:
            self._ordered.extend(kinds)

    def forget(self):
        """Take back what was ordered and has not come to pass."""
        with self._lock:
            del self._ordered[:]

    @property
    def faults(self):
        """How many requests were spoilt."""
        return sum(count for kind, count in self.counts.items() if kind != 'requests')

    def _choose(self):
        with self._lock:
            self.counts['requests'] += 1
            if self._ordered:
                kind = self._ordered.pop(0)
            elif self._random.random() < self.probability:
                kind = self._random.choice(self.kinds)
            else:
                kind = None
            if kind is not None:
                self.counts[kind] += 1
            return kind, self._random.random()

    def serve(self, connection):
        """Pass on what comes over one connection, until a fault or the client ends it."""
        server = None
        try:
            while True:
                request, is_whole = receive(connection)
                if not is_whole:
                    return
                kind, share = self._choose()
                if kind in STAND_INS:
                    connection.sendall(STAND_INS[kind])
                    continue
                if kind == 'refuse':
                    return reset(connection)
                if server is None:
                    server = self.connect(self._upstream)
                if kind == 'cut-request':
                    server.sendall(request[:int(len(request) * share)])
                    return reset(connection)
                server.sendall(request)
                answer, is_whole = receive(server)
                if not self._deliver(connection, answer, kind, share) or not is_whole:
                    return None
        finally:
            if server is not None:
                self.drop(server)

    @staticmethod
    def _deliver(client, answer, kind, share):
        """Give the answer to the client, spoilt as told; False where the connection ends."""
        if kind == 'lose-answer':
            return False
        if kind in ('cut-answer', 'reset-answer'):
            client.sendall(answer[:int(len(answer) * share)])
            if kind == 'reset-answer':
                reset(client)
            return False
        if kind == 'status-502-after':
            answer = _answer(b'502 Bad Gateway')
        if kind == 'garble':
            head, gap, body = answer.partition(b'\r\n\r\n')
            cut = int(len(body) * share)
            answer = head + gap + body[:cut] + b'\x00' * (len(body) - cut)
        if kind in SPOILERS or kind in LIES:
            answer, stays = spoilt(kind, answer, share)
            client.sendall(answer)
            return stays
        if kind == 'delay':
            time.sleep(0.05 * share)
        if kind == 'dribble':
            for start in range(0, min(len(answer), 300), 30):
                client.sendall(answer[start:start + 30])
                time.sleep(0.001)
            answer = answer[300:]
        client.sendall(answer)
        return True

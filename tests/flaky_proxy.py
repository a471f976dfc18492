"""A proxy between client and emulator that spoils what passes: cuts, resets, delays, lies.

It works on bytes and knows just enough HTTP to see where a message ends. Every fault comes from a
seed, and is counted by kind. It opens sockets on this machine only.
"""
from __future__ import absolute_import, division, print_function

import random
import re
import time
from collections import Counter

from tests.peers import Peer, drain, receive, reset
from tests.proxy_faults import LIES, SPOILERS, plain, spoilt

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
#: Answers given in place of the service's, when it has done what was asked.
AFTERWARDS = {
    'status-502-after': _answer(b'502 Bad Gateway'),
    'status-403-after': _answer(b'403 Forbidden'),
    'status-406-after': _answer(b'406 Not Acceptable', b''),
    'status-499-after': _answer(b'499 Filtered'),
    'status-302-after': _answer(b'302 Found', b'', b'Location: /slm/done\r\n'),
    'status-303-after': _answer(b'303 See Other', b'', b'Location: /slm/done\r\n'),
    'status-102-after': b'HTTP/1.1 102 Processing\r\n\r\n' + _answer(b'200 OK'),
}
#: What happens to a request on its way, and to the answer.
KINDS = ('refuse', 'cut-request', 'lose-answer', 'cut-answer', 'reset-answer', 'garble',
         'left-over', 'delay', 'dribble') + tuple(sorted(SPOILERS)) + tuple(
             sorted(STAND_INS)) + tuple(sorted(AFTERWARDS))
#: A request that is taken and neither passed on nor answered: for orders alone.
SILENCE = 'silence'
_OF_WRITES = frozenset(AFTERWARDS) - frozenset(['status-502-after', 'status-102-after'])
#: Requests whose answers are given to others: whoever gets one can see that it is not his.
_TELLING = re.compile(br'GET [^ ]*/v2.0/user\b|PUT |POST [^ ]*/batch')
_WITH_ERRORS = re.compile(br'"Errors": *\[ *"')
_MOST_KEPT = 8


def _is_done(answer):
    body = plain(answer).partition(b'\r\n\r\n')[2]
    return b' 200 ' in answer[:14] and body[:1] == b'{' and not _WITH_ERRORS.search(body)


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
        self._ordered, self._kept = [], []
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
                if kind == SILENCE:
                    return drain(connection)
                if server is None:
                    server = self.connect(self._upstream)
                if kind == 'cut-request':
                    server.sendall(request[:int(len(request) * share)])
                    return reset(connection)
                server.sendall(request)
                answer, is_whole = receive(server)
                other = self._left_over(request, answer) if is_whole else None
                answer = other if kind == 'left-over' and other is not None else answer
                if kind in _OF_WRITES and request.startswith(b'GET '):
                    kind = None  # long reads would never come through
                if not self._deliver(connection, answer, kind, share) or not is_whole:
                    return None
        finally:
            if server is not None:
                self.drop(server)

    def _left_over(self, request, answer):
        """Return an answer to another request, None where there is none yet; keep this one."""
        line = request.partition(b'?')[0].partition(b' HTTP')[0]
        with self._lock:
            found = [kept for asked, kept in self._kept
                     if (asked != line or line.startswith(b'PUT '))
                     and not (b'/user' in asked and b'/user' in line)]
            if _TELLING.match(request) and _is_done(answer):
                self._kept = (self._kept + [(line, answer)])[-_MOST_KEPT:]
            return self._random.choice(found) if found else None

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
        if kind != 'status-303-after' or _is_done(answer):  # which says just that
            answer = AFTERWARDS.get(kind, answer)
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

"""Signal handlers that use what they interrupt, and Ctrl-C in any moment of a request."""
from __future__ import absolute_import, division, print_function

import gc
import os
import random
import signal
import sys
import threading

import pytest

from pyral import RetryPolicy
from pyral._compat import dump_json
from pyral._locks import ProcessLock, Slots
from pyral.http.transport import Credentials, Transport
from tests.peers import Peer
from tests.threads import GUARD_S, in_a_thread_of_its_own

#: More of them in the long form: PYRAL_INTERRUPTS=1000.
ROUNDS = int(os.environ.get('PYRAL_INTERRUPTS', 15))
#: What is interrupted while it opens a connection leaves that to the collector of garbage.
pytestmark = [pytest.mark.usefixtures('bare_environment'),
              pytest.mark.filterwarnings('ignore:unclosed'),
              pytest.mark.filterwarnings('ignore:Exception ignored')]

#: Cookies of up to 60,000 bytes that fit into a head, which may have a megabyte.
MOST_COOKIES = 16
EMPTY = dump_json({'QueryResult': {'Errors': [], 'Warnings': [], 'TotalResultCount': 0,
                                   'StartIndex': 1, 'PageSize': 20, 'Results': []}})
WRITTEN = {'Errors': [], 'Warnings': [], 'Object': {'_type': 'Tag', '_ref': 'tag/1'}}
#: What is answered to each method.
BODIES = {b'GET': EMPTY, b'PUT': dump_json({'CreateResult': WRITTEN}),
          b'POST': dump_json({'OperationResult': WRITTEN})}
TOKEN = dump_json({'OperationResult': {'Errors': [], 'Warnings': [],
                                       'SecurityToken': 'token-of-the-session'}})


class Keeping(Peer):
    """Answers request after request on each connection, with a cookie."""

    def serve(self, connection):
        """Answer until the other side has enough."""
        waiting = b''
        while True:
            while b'\r\n\r\n' not in waiting:
                piece = connection.recv(65536)
                if not piece:
                    return
                waiting += piece
            head, _, waiting = waiting.partition(b'\r\n\r\n')
            length = [int(line.split(b':')[1]) for line in head.split(b'\r\n')
                      if line.lower().startswith(b'content-length')]
            while len(waiting) < sum(length):
                piece = connection.recv(65536)
                if not piece:
                    return
                waiting += piece
            waiting = waiting[sum(length):]
            body = TOKEN if b'security/authorize' in head else BODIES[head.partition(b' ')[0]]
            head = b'HTTP/1.1 200 OK\r\nSet-Cookie: A=%d\r\nContent-Length: %d\r\n\r\n'
            connection.sendall(head % (random.randrange(99), len(body)) + body)


@pytest.fixture(autouse=True)
def collected():
    """Let what was left be collected before the next test, which expects nothing of the kind."""
    yield
    gc.collect()


@pytest.fixture(scope='module')
def keeping():
    """A server that keeps connections."""
    with Keeping() as peer:
        yield peer


def connected(peer):
    """Return a transport that has been used, and may write."""
    transport = Transport(peer.url, Credentials('u', 'pass-word'), timeout=(GUARD_S, GUARD_S),
                          retry=RetryPolicy(attempts=2, sleep=lambda seconds: None))
    assert transport.put('tag/create', {'Tag': {}}).ok
    return transport


def traced(action, at, then):
    """Call `action`; at a line that runs in it call `then`.

    :param at: which line, counted over all modules but `logging`; None only counts.
    :returns: how many lines ran.
    """
    seen = [0]

    def look(frame, event, argument):
        # A handler of `logging` leaves its own lock held where it is interrupted between two lines.
        callers = [frame, frame.f_back, frame.f_back.f_back, frame.f_back.f_back.f_back]
        if 'logging' not in [each.f_globals.get('__name__') for each in callers]:
            seen[0] += 1
            if seen[0] == at:
                sys.settrace(None)
                then()
        return look

    before = sys.gettrace()
    sys.settrace(look)
    try:
        action()
    finally:
        sys.settrace(before)
    return seen[0]


def assert_works(transport, others=2):
    """Ask from this thread, and from others at once."""
    assert transport.get('defect').ok and transport.put('tag/create', {'Tag': {}}).ok
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(transport.get('defect').ok))
               for _ in range(others)]
    for each in threads:
        each.daemon = True
        each.start()
    for each in threads:
        each.join(GUARD_S)
    assert answers == [True] * others


def interrupt():
    """Do as Ctrl-C does."""
    raise KeyboardInterrupt()


#: What is interrupted: a read, a write, one that signs in first.
ACTIONS = [
    lambda transport: transport.get('defect'),
    lambda transport: transport.post('tag/1', {'Tag': {}}),
    lambda transport: (transport._sign_in.renew(transport._sign_in.generation)),
]


@pytest.mark.parametrize('action', ACTIONS, ids=['read', 'write', 'sign-in'])
def test_after_ctrl_c_at_any_line_the_next_request_works(keeping, action):
    in_a_thread_of_its_own(lambda: check_after_ctrl_c(keeping, action))


def check_after_ctrl_c(keeping, action):
    """Interrupt `action` at random lines, and work on."""
    seed = random.randrange(1 << 30)
    chance, transport = random.Random(seed), connected(keeping)
    lines = traced(lambda: action(transport), None, None)
    for _ in range(ROUNDS):
        at = chance.randrange(1, lines)
        try:
            traced(lambda: action(transport), at, interrupt)
        except KeyboardInterrupt:
            pass
        assert_works(transport), (seed, at)


@pytest.mark.parametrize('action', ACTIONS, ids=['read', 'write', 'sign-in'])
def test_a_handler_at_any_line_may_use_what_it_interrupts(keeping, action):
    seed = random.randrange(1 << 30)
    chance, transport = random.Random(seed), connected(keeping)
    lines = traced(lambda: action(transport), None, None)
    for _ in range(ROUNDS):
        at = chance.randrange(1, lines)
        # No other thread: that might wait for what the interrupted code holds.
        traced(lambda: action(transport), at, lambda: assert_works(transport, others=0))
        assert_works(transport, others=1), (seed, at)


@pytest.mark.skipif(not hasattr(signal, 'setitimer'), reason="this system has no such signal")
def test_a_signal_handler_may_use_what_it_interrupts(keeping):
    transport, told = connected(keeping), []

    def handle(number, frame):
        told.append(transport.get('defect').ok and transport.post('tag/1', {'Tag': {}}).ok)

    before = signal.signal(signal.SIGALRM, handle)
    try:
        while len(told) < 40:
            # From here and not by the handler: on a slow machine that would never let this go on.
            signal.setitimer(signal.ITIMER_REAL, random.uniform(0.0001, 0.004))
            assert transport.get('defect').ok
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert all(told)
    assert_works(transport)


@pytest.mark.parametrize('make', [ProcessLock, lambda: Slots(1)], ids=['lock', 'slot'])
def test_a_lock_and_a_slot_that_an_interrupt_left_are_free(make):
    in_a_thread_of_its_own(lambda: check_what_was_left(make()))


def check_what_was_left(lock):
    """Interrupt who enters at random lines, and enter from here and from elsewhere."""
    def enter():
        with lock:
            with lock:
                pass

    lines = traced(enter, None, None)
    for at in random.sample(range(1, lines + 1), min(lines, ROUNDS)):
        try:
            traced(enter, at, interrupt)
        except KeyboardInterrupt:
            pass
        thread = threading.Thread(target=enter)
        thread.daemon = True
        thread.start()
        thread.join(GUARD_S)
        assert not thread.is_alive(), at
        enter()
    for at in range(1, lines + 1):
        traced(enter, at, enter)


def test_a_lock_excludes_all_but_one_thread():
    for make, most in ((ProcessLock, 1), (lambda: Slots(3), 3)):
        lock, inside, found = make(), [], []

        def work(lock=lock, inside=inside, found=found):
            for _ in range(200):
                with lock:
                    inside.append(None)
                    found.append(len(inside))
                    with lock:
                        inside.pop()

        threads = [threading.Thread(target=work) for _ in range(8)]
        for each in threads:
            each.start()
        for each in threads:
            each.join(GUARD_S)
        assert len(found) == 1600 and max(found) <= most


def test_a_page_of_giant_cookies_does_not_make_later_requests_fail():
    seed = random.randrange(1 << 30)
    chance, heads = random.Random(seed), []

    class Baking(Keeping):
        """Sets many and large cookies, and refuses a request with too large a head."""

        def serve(self, connection):
            head = b''
            while b'\r\n\r\n' not in head:
                head += connection.recv(65536)
            heads.append(head)
            lines = [b'HTTP/1.1 200 OK' if len(head) < 8190 else b'HTTP/1.1 400 Too large']
            lines.extend(b'Set-Cookie: C%d=%s; Path=/%s' % (
                chance.randrange(50), b'c' * chance.choice((1, 100, 4000, 60000)),
                chance.choice((b'; Max-Age=0', b'')))
                for _ in range(chance.randrange(MOST_COOKIES)))
            if len(heads) == 1:
                lines = [lines[0], b'Set-Cookie: JSESSIONID=the-session; Path=/']
            lines.extend([b'Connection: close', b'Content-Length: %d' % len(EMPTY)])
            connection.sendall(b'\r\n'.join(lines) + b'\r\n\r\n' + EMPTY)

    with Baking() as peer:
        transport = Transport(peer.url, Credentials('u', 'pass-word'))
        for _ in range(20):
            assert transport.get('defect').ok, seed
    assert all(b'JSESSIONID=the-session' in head for head in heads[1:]), seed

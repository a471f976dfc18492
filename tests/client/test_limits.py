"""Deadline and largest size of an answer, against servers that never end theirs."""
from __future__ import absolute_import, division, print_function

import gzip
import io
import itertools
import random
import zlib

import pytest
import requests
from requests.adapters import HTTPAdapter

from pyral import RetryPolicy, UnknownOutcomeError
from pyral._compat import dump_json
from pyral.errors import RallyRESTAPIError, Timeout, TransportError
from pyral.http.transport import Credentials, Transport
from pyral.writing.content_stream import ContentStream
from tests.peers import Peer, Scripted
from tests.threads import GUARD_S

pytestmark = pytest.mark.usefixtures('bare_environment')

HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n'
CHUNKED = HEAD + b'Transfer-Encoding: chunked\r\n\r\n'
EMPTY = dump_json({'QueryResult': {'Errors': [], 'Warnings': [], 'TotalResultCount': 0,
                                   'StartIndex': 1, 'PageSize': 20, 'Results': []}})


class Endless(Peer):
    """Answers with a beginning, and then one piece again and again, as long as anyone reads.

    :param beginning: what is sent once.
    :param piece: what is sent for ever; None sends nothing more.
    """

    def __init__(self, beginning, piece):
        self.beginning, self.piece, self.asked = beginning, piece, 0
        super(Endless, self).__init__()

    def serve(self, connection):
        """Send without end."""
        connection.recv(65536)
        self.asked += 1
        connection.sendall(self.beginning)
        while self.piece is not None:
            connection.sendall(self.piece * random.randrange(1, 3000))
        while connection.recv(65536):
            pass


def ticks(step=1.0):
    """Return a clock that goes on by a step whenever it is looked at."""
    count = itertools.count()
    return lambda: next(count) * step


def transport_to(url, clock=None, attempts=1, **options):
    """Return a transport whose clock ticks by itself."""
    policy = RetryPolicy(attempts=attempts, sleep=lambda seconds: None)
    if clock is not None:
        policy = policy.replace(clock=clock)
    options.setdefault('timeout', (GUARD_S, GUARD_S))
    return Transport(url, Credentials(apikey='_key12345'), retry=policy, **options)


def gzipped(data):
    """Return bytes compressed."""
    target = io.BytesIO()
    with gzip.GzipFile(fileobj=target, mode='wb', mtime=0) as file:
        file.write(data)
    return target.getvalue()


GZIP = HEAD + b'Content-Encoding: gzip\r\n'
#: Name | what is sent once | what is sent for ever | kinds of the error
ENDLESS = [
    ('status', b'HTTP/1.1 2', b'0', ('timeout', 'reset')),
    ('interim', b'', b'HTTP/1.1 100 Continue\r\n\r\n', ('timeout',)),
    ('interim-fields', b'HTTP/1.1 100 Continue\r\n', b'A: b\r\n', ('timeout', 'reset')),
    ('field', HEAD + b'A: ', b'a', ('timeout', 'reset')),
    ('fields', HEAD, b'A: b\r\n', ('timeout', 'reset')),
    ('body', HEAD + b'Content-Length: 60000000\r\n\r\n', b'a', ('timeout',)),
    ('unbounded', HEAD + b'\r\n', b'a', ('timeout',)),
    ('chunks', CHUNKED, b'1\r\na\r\n', ('timeout',)),
    ('chunk', CHUNKED + b'FFFFFF\r\n', b'a', ('timeout',)),
    ('chunk-size', CHUNKED + b'1;', b'a', ('timeout', 'reset')),
    ('chunk-size-zeros', CHUNKED, b'0', ('timeout', 'reset')),
    ('trailers', CHUNKED + b'0\r\n', b'A: b\r\n', ('timeout',)),
    ('gzip', GZIP + b'\r\n' + gzipped(b'x')[:10], b'\x00\x00\x00\xff\xff', ('timeout',)),
    ('gzip-members', GZIP + b'\r\n', gzipped(b''), ('timeout', 'reset')),
    ('error-page', b'HTTP/1.1 503 No\r\n\r\n', b'<p>', ('timeout',)),
    ('redirect', b'HTTP/1.1 307 No\r\nLocation: /\r\n\r\n', b'<p>', ('timeout',)),
]


@pytest.mark.parametrize('beginning, piece, kinds', [row[1:] for row in ENDLESS],
                         ids=[row[0] for row in ENDLESS])
def test_an_answer_without_end_ends_at_the_deadline_or_at_the_largest_size(
        beginning, piece, kinds):
    with Endless(beginning, piece) as peer:
        transport = transport_to(peer.url, ticks(), deadline=20)
        with pytest.raises(TransportError) as caught:
            transport.get('defect')
        assert caught.value.kind in kinds
        with pytest.raises(UnknownOutcomeError) as unknown:
            transport.put('defect/create', {'Defect': {'Name': 'x'}})
        assert unknown.value.kind in kinds
        large = transport_to(peer.url, max_answer=50000)
        with pytest.raises(TransportError) as caught:
            large.get('defect')
        assert caught.value.kind in ('size', 'head', 'reset')
        # More bytes of a body are no answer to a head without end.
        assert ('max_answer=' in caught.value.hint) == (caught.value.kind == 'size')
        with pytest.raises(UnknownOutcomeError):
            large.put('defect/create', {'Defect': {'Name': 'x'}})


@pytest.mark.parametrize('beginning, piece, kind', [
    (b'', b'HTTP/1.1 100 Continue\r\n\r\n', 'head'), (HEAD + b'\r\n', b'a', 'size'),
    (CHUNKED + b'0\r\n', b'A: b\r\n', 'size'), (GZIP + b'\r\n', gzipped(b''), 'size')],
    ids=['interim', 'body', 'trailers', 'gzip-members'])
def test_a_head_that_is_too_large_is_no_answer_that_is(beginning, piece, kind):
    with Endless(beginning, piece) as peer:
        with pytest.raises(TransportError) as caught:
            transport_to(peer.url, attempts=3, max_answer=50000).get('defect')
        assert caught.value.kind == kind and peer.asked == 1
        assert ('head of the answer' in str(caught.value)) == (kind == 'head')


@pytest.mark.parametrize('beginning', [
    b'', b'HTTP/1.1 2', HEAD, HEAD + b'Content-Length: 9\r\n\r\n', HEAD + b'\r\n{', CHUNKED,
    CHUNKED + b'5\r\n{', CHUNKED + b'0\r\n', GZIP + b'\r\n' + gzipped(b'{}')[:12],
    b'HTTP/1.1 100 Continue\r\n\r\n'], ids=list(map(str, range(10))))
def test_silence_ends_at_the_deadline_where_that_is_nearer_than_the_time_limit(beginning):
    with Endless(beginning, None) as peer:
        with pytest.raises(Timeout) as caught:
            transport_to(peer.url, timeout=(GUARD_S, GUARD_S), deadline=0.05).get('defect')
        assert 'deadline=' in caught.value.hint


@pytest.mark.parametrize('encoding', ['', 'Content-Encoding: gzip\r\n'])
def test_the_deadline_holds_for_the_body_that_the_adapter_of_a_script_reads(encoding):
    beginning = HEAD + encoding.encode('ascii') + b'\r\n'
    with Endless(beginning + (gzipped(b'x')[:10] if encoding else b''),
                 b'\x00\x00\x00\xff\xff' if encoding else b' ') as peer:
        for limit in ({'deadline': 40, 'clock': ticks()}, {'max_answer': 50000}):
            with pytest.raises(TransportError) as caught:
                transport_to(peer.url, adapter=HTTPAdapter(), **limit).get('defect')
            assert caught.value.kind == ('timeout' if 'deadline' in limit else 'size')


@pytest.mark.parametrize('beginning', [HEAD, b'HTTP/1.1 302 Found\r\nLocation: /x\r\n'])
def test_the_deadline_holds_for_the_body_that_a_session_of_a_script_reads(beginning):
    with Endless(beginning + b'\r\n', b' ') as peer:
        transport, heard = transport_to(peer.url, ticks(), deadline=40), []
        transport.session = requests.Session()
        transport.session.hooks['response'] = [lambda response, **options: heard.append(response)]
        with pytest.raises(Timeout):
            transport.get('defect')
        assert len(heard) == 1


def test_a_read_is_sent_again_after_its_deadline_only_within_its_budget():
    with Endless(HEAD + b'\r\n', b' ') as peer:
        for deadline, sent in ((40, 3), (400, 1)):
            before = peer.asked
            transport = transport_to(peer.url, ticks(), attempts=3, deadline=deadline)
            transport._sign_in.proven = True
            with pytest.raises(Timeout):
                transport.get('defect')
            assert peer.asked - before == sent


def raw_deflate(data):
    """Return bytes compressed by deflate without the frame that belongs to it."""
    return zlib.compress(data)[2:-4]


#: Codings, and how they are done.
CODINGS = [
    ('gzip', gzipped), ('x-gzip', gzipped), ('deflate', zlib.compress), ('deflate', raw_deflate),
    ('gzip, gzip', lambda data: gzipped(gzipped(data))),
    ('deflate, gzip', lambda data: gzipped(zlib.compress(data))),
    ('identity', lambda data: data), ('GZip', gzipped),
    ('gzip', lambda data: gzipped(data[:7]) + gzipped(data[7:])),
    ('gzip', lambda data: gzipped(data) + b'what stands behind'),
]


@pytest.mark.parametrize('name, coded', CODINGS)
def test_a_compressed_body_is_read_up_to_its_largest_size(name, coded):
    seed = random.randrange(1 << 30)
    chance = random.Random(seed)
    body = EMPTY + b' ' * chance.randrange(1, 3000000)
    sent = coded(body)
    head = HEAD + b'Content-Encoding: ' + name.encode('ascii') + b'\r\n'
    length = b'Content-Length: %d\r\n' % len(sent) if chance.random() < .5 else b''
    with Scripted(head + length + b'Connection: close\r\n\r\n' + sent) as peer:
        assert transport_to(peer.url, max_answer=len(body)).get('defect').content == body, seed
        with pytest.raises(TransportError) as caught:
            transport_to(peer.url, max_answer=(1 << 30, len(body) - 1)).get('defect')
        assert caught.value.kind == 'size', seed
        if len(sent) > 2:
            with pytest.raises(TransportError) as caught:
                transport_to(peer.url, max_answer=(len(sent) // 2, len(body) // 2)).get('defect')
            assert caught.value.kind == 'size', seed


def test_a_bomb_costs_no_more_than_its_bound():
    layer = gzipped(b'\0' * (1 << 26))
    for names in (b'gzip', b'gzip, gzip', b'gzip, gzip, gzip'):
        head = HEAD + b'Content-Encoding: ' + names + b'\r\nConnection: close\r\n\r\n'
        with Scripted(head + layer) as peer:
            with pytest.raises(TransportError) as caught:
                transport_to(peer.url, max_answer=1 << 20).get('defect')
            assert caught.value.kind == 'size'
        layer = gzipped(layer)


def test_memory_that_does_not_suffice_is_an_error_of_ours():
    class Full(object):
        """A stream that finds no memory."""

        size = 0

        def without_content(self, pieces):
            raise MemoryError()

    with Scripted(HEAD + b'Content-Length: 2\r\nConnection: close\r\n\r\n{}') as peer:
        with pytest.raises(TransportError) as caught:
            transport_to(peer.url).get('defect', content_stream=Full())
        assert caught.value.kind == 'size'


def test_an_attachment_may_be_larger_than_an_answer():
    body = b'{"Content": "' + b'QUJD' * 50000 + b'"}'
    with Scripted(HEAD + b'Connection: close\r\n\r\n' + body) as peer:
        transport = transport_to(peer.url, max_answer=1000)
        target = io.BytesIO()
        answer = transport.get('attachmentcontent/1', content_stream=ContentStream(target, 150000))
        assert (answer.content, target.getvalue()) == (b'{"Content": ""}', b'ABC' * 50000)
        with pytest.raises(TransportError):
            transport.get('attachmentcontent/1', content_stream=ContentStream(target, 1000))


def test_a_long_body_goes_out_whole():
    with Scripted(HEAD + b'Content-Length: 2\r\nConnection: close\r\n\r\n{}') as peer:
        body = bytes(bytearray(range(256))) * 4000
        assert transport_to(peer.url).post('defect/1', body).content == b'{}'
        assert peer.requests[0].endswith(body)


@pytest.mark.parametrize('address', [
    'http://[::1', 'http://[', 'https://[x]/', 'http://h:99999999/', 'http://h:x/', u'http://\u2100/',
    'http://' + 'a' * 300 + '/', 'http://h\x00/', '://', 'http://', 'http://a.b\\c/', u'http://\ud800/',
    'http://[::1]:/', 'http://h' + '/..' * 5000, 'defect/' + '9' * 6000])
def test_an_address_of_any_shape_is_no_raw_error(address):
    with Scripted(HEAD + b'Content-Length: 2\r\nConnection: close\r\n\r\n{}') as peer:
        transport = transport_to(peer.url)
        for text in (address, address + '/slm/webservice/v2.0/defect/1'):
            try:
                transport.get(text)
            except RallyRESTAPIError:
                continue
            assert '://' not in text or text == '://'

"""Whatever the headers of a request: it is answered, and the answer says how it is to be read."""

import random
import socket

import pytest
import requests

from pyral.emulator import Emulator
from pyral.emulator.request import MOST_PARAMS, Params
from pyral.emulator.web.framing import MAX_HEAD, MOST_HEADERS, Chunks, Refused, check_head, head_end
from tests.answer_checks import Alarm, complaint
from tests.threads import GUARD_S

#: Headers that something reads, and what they hold when all is well.
READ = {
    'Origin': 'https://apps.example.com',
    'Cookie': 'JSESSIONID=abc; ZSESSIONID=abc',
    'Authorization': 'Basic YTpi',
    'ZSESSIONID': '_key',
    'Accept-Encoding': 'gzip;q=0.5, br',
    'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8',
    'User-Agent': 'me/1.0 (any)',
    'X-RallyIntegrationName': 'Tests',
    'X-RallyIntegrationOS': 'Any',
    'X-Trace-Id': 't-1',
    'Referer': 'http://localhost/page',
    'Sec-Fetch-Site': 'same-origin',
    'Expect': '100-continue',
    'Connection': 'keep-alive',
    'Range': 'bytes=0-3',
    'If-None-Match': 'W/"0abc"',
    'If-Modified-Since': 'Thu, 01 Jan 1970 00:00:00 GMT',
    'X-Forwarded-For': '127.0.0.1',
    'X-HTTP-Method-Override': 'DELETE',
    'Upgrade': 'h2c',
    'Date': 'Thu, 01 Jan 1970 00:00:00 GMT',
}
ODD = (
    'http://[', 'http://[::1', 'https://[v9.x]', 'http://a]', 'null', '*', '', ';', '=', ',', '"',
    'http://x:99999999', 'http://\u2100.example', '\xff\xfe', 'Basic', 'Basic \xff', 'Bearer ',
    'gzip;q=x', 'gzip;q=', ';;;=;', 'a=b;' * 500, 'text/\xe9; charset="', 'charset=utf-99',
    'text/plain; charset=nowhere', '%', '%ff', '[' * 50, '(' * 50, '\t', 'x' * 9000,
)  # fmt: skip


@pytest.fixture(scope='module')
def emulator():
    with Emulator(world='empty') as running:
        yield running


def answers(emulator, raw):
    """Return the heads and bodies of all answers to raw bytes."""
    with socket.create_connection(emulator.server.split(':'), timeout=GUARD_S) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        received = b''.join(iter(lambda: connection.recv(65536), b''))
    while received.startswith(b'HTTP/1.1 100 Continue\r\n\r\n'):
        received = received[25:]
    return received


def attack(dice):
    """Return headers with something odd in some."""
    found = []
    for name in dice.sample(sorted(READ), dice.randrange(1, 7)):
        value = READ[name]
        kind = dice.randrange(4)
        if kind == 0:
            value = dice.choice(ODD)
        elif kind == 1:
            place = dice.randrange(len(value) + 1)
            value = value[:place] + dice.choice(ODD) + value[place:]
        elif kind == 2:
            value = ''.join(
                chr(dice.choice([*range(32, 127), *range(160, 256)])) for _ in range(20)
            )
        found.append((name, value))
    return found


def test_any_header_is_answered(emulator):
    seed = random.randrange(10**9)
    dice = random.Random(seed)
    targets = [
        'GET /slm/webservice/v2.0/user',
        'GET /slm/webservice/v2.0/security/authorize',
        'PUT /slm/webservice/v2.0/tag/create',
        'OPTIONS /slm/webservice/v2.0/user',
        'GET /emulator/about',
        'POST /emulator/snapshot',
        'GET /browse',
        'GET /slm/doc/webservice/',
        'GET /slm/schema/v3.0/workspace/1',
    ]
    for _ in range(150):
        target = dice.choice(targets)
        lines = [target + ' HTTP/1.1', 'Host: localhost', 'Content-Length: 2']
        headers = attack(dice)
        if dice.random() < 0.7:
            headers = [(name, value) for name, value in headers if name != 'ZSESSIONID']
            headers.append(('ZSESSIONID', emulator.apikey))
        lines += [f'{name}: {value}' for name, value in headers]
        raw = '\r\n'.join([*lines, '', '{}']).encode('latin-1', 'replace')
        with Alarm() as alarm:
            received = answers(emulator, raw)
        head, _, body = received.partition(b'\r\n\r\n')
        assert head.startswith(b'HTTP/1.1 '), (seed, raw)
        assert b'nosniff' in head and alarm.heard == [], (seed, raw)
        if b'Content-Encoding' not in head and b'/emulator/' not in raw:
            kind = head.lower().partition(b'content-type: ')[2].partition(b'\r\n')[0].decode()
            assert complaint(int(head.split()[1]), kind, body) is None, (seed, raw)


def test_a_write_with_an_origin_that_is_none_is_done_and_answered(emulator):
    body = b'{"Tag": {"Name": "from a strange page"}}'
    raw = (
        f'PUT /slm/webservice/v2.0/tag/create HTTP/1.1\r\nHost: x\r\nOrigin: http://[\r\n'
        f'ZSESSIONID: {emulator.apikey}\r\nContent-Length: {len(body)}\r\n\r\n'
    ).encode() + body
    received = answers(emulator, raw)
    assert received.startswith(b'HTTP/1.1 200') and b'"Errors": []' in received
    assert b'Access-Control' not in received


REQUEST = b'PUT / HTTP/1.1\r\nHost: x\r\n'


@pytest.mark.parametrize(
    ('lines', 'status'),
    [
        (b'Content-Length: 2\r\nTransfer-Encoding: chunked', 400),
        (b'Transfer-Encoding: chunked\r\nContent-Length: 2', 400),
        (b'Transfer-Encoding: identity\r\nContent-Length: 2', 400),
        (b'transfer-encoding: CHUNKED\r\ncontent-LENGTH: 0', 400),
        (b'Content-Length: 2\r\nContent-Length: 2', 400),
        (b'Content-Length: 2, 2', 400),
        (b'Content-Length: +2', 400),
        (b'Content-Length: -2', 400),
        (b'Content-Length: 0x2', 400),
        (b'Content-Length: 2 2', 400),
        (b'Content-Length: 2_0', 400),
        (b'Content-Length:', 400),
        (b'Content-Length:\t2', 400),
        (b'Content-Length: 2\t', 400),
        (b'Content-Length:\x0b2', 400),
        (b'Content-Length:\xa02', 400),
        (b'Content-Length : 2', 400),
        (b'Content-Length\t: 2', 400),
        (b' Content-Length: 2', 400),
        (b'X: y\r\n Content-Length: 2', 400),
        (b'X: y\r\n\tTransfer-Encoding: chunked', 400),
        (b'X: y\nTransfer-Encoding: chunked', 400),
        (b'X: y\rTransfer-Encoding: chunked', 400),
        (b'X: y\x00', 400),
        (b'X: \x7f', 400),
        (b'X\x00: y', 400),
        (b'X(y): z', 400),
        (b'X', 400),
        (b': y', 400),
        (b'Transfer-Encoding : chunked', 400),
        (b'Transfer-Encoding:\tchunked', 400),
        (b'Transfer-Encoding:\x0cchunked', 400),
        (b'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', 400),
        (b'Transfer-Encoding: chunked, chunked', 501),
        (b'Transfer-Encoding: xchunked', 501),
        (b'Transfer-Encoding: "chunked"', 501),
        (b'Transfer-Encoding: identity', 501),
        (b'Host: y', 400),
        (b'Content-Length: 2', 0),
        (b'Content-Length:2', 0),
        (b'Content-Length:  2  ', 0),
        (b'content-length: 002', 0),
        (b'Transfer-Encoding: Chunked', 0),
        (b'X:', 0),
        (b'X: \ty z\t', 0),
        (b'X: \xe9\xff', 0),
    ],
)
def test_a_head_is_framed_in_one_way(emulator, lines, status):
    raw = bytearray(REQUEST + lines + b'\r\n\r\n')
    try:
        assert head_end(raw) == len(raw)
        check_head(bytes(raw))
        found = 0
    except Refused as refused:
        found = refused.status
    assert found == status
    if status:
        received = answers(emulator, bytes(raw) + b'{}')
        assert received.startswith(f'HTTP/1.1 {status} '.encode())
        assert received.count(b'Powered by') == 1 and b'nosniff' in received


@pytest.mark.parametrize(
    ('line', 'status'),
    [
        (b'GET / HTTP/1.1', 0),
        (b'GET\t/ HTTP/1.1', 400),
        (b'GET / HTTP/1.1 ', 400),
        (b'GET /\x0b HTTP/1.1', 400),
        (b'GET / x HTTP/1.1', 400),
        (b'GET / http/1.1', 400),
        (b'GET /', 400),
        (b'G(T / HTTP/1.1', 400),
        (b' GET / HTTP/1.1', 400),
        (b'GET / HTTP/2.0', 505),
        (b'GET / HTTP/0.9', 505),
        (b'GET / HTTP/1.11', 400),
    ],
)
def test_the_first_line_is_written_in_one_way(line, status):
    try:
        check_head(line + b'\r\nHost: x\r\n\r\n')
        found = 0
    except Refused as refused:
        found = refused.status
    assert found == status


LAST = b'0\r\n\r\n'


@pytest.mark.parametrize(
    ('body', 'status'),
    [
        (b'2\r\n{}\r\n' + LAST, 0),
        (b'02\r\n{}\r\n0;x=y\r\n\r\n', 0),
        (b'2;a=b; c\r\n{}\r\n' + LAST, 0),
        (b'1\r\n{\r\n1\r\n}\r\n' + LAST, 0),
        (b'2\r\n{}\r\n0\r\nX: y\r\n\r\n', 0),
        (b'2 \r\n{}\r\n' + LAST, 400),
        (b' 2\r\n{}\r\n' + LAST, 400),
        (b'2\t\r\n{}\r\n' + LAST, 400),
        (b'2 ;a\r\n{}\r\n' + LAST, 400),
        (b'0x2\r\n{}\r\n' + LAST, 400),
        (b'+2\r\n{}\r\n' + LAST, 400),
        (b'\r\n{}\r\n' + LAST, 400),
        (b'2\n{}\r\n' + LAST, 400),
        (b'2;a\n\r\n{}\r\n' + LAST, 400),
        (b'2\r\n{}\n' + LAST, 400),
        (b'2\r\n{}xx' + LAST, 400),
        (b'2\r\n{}}\r\n' + LAST, 400),
        (b'2\r\n{}\r\n0\r\n\n', 400),
        (b'2\r\n{}\r\n0\r\nX: y\n\r\n', 400),
        (b'2\r\n{}\r\n0\r\nX : y\r\n\r\n', 400),
        (b'2\r\n{}\r\n0\r\n X: y\r\n\r\n', 400),
        (b'2\r\n{}\r\n0\r\nContent-Length: 2\r\n\r\n', 400),
        (b'0' * 40 + b'2\r\n{}\r\n' + LAST, 400),
        (b'fffffff\r\n', 413),
        (b'2;' + b'a' * 9000 + b'\r\n{}\r\n' + LAST, 431),
    ],
)
def test_chunks_are_framed_in_one_way(emulator, body, status):
    for step in (1, 3, len(body)):
        chunks, found = Chunks(), 0
        try:
            for start in range(0, len(body), step):
                chunks.feed(body[start : start + step])
        except Refused as refused:
            found = refused.status
        assert found == status and chunks.done is (status == 0)
    raw = REQUEST + b'Transfer-Encoding: chunked\r\n\r\n' + body
    received = answers(emulator, raw)
    assert received.startswith(f'HTTP/1.1 {status or 405} '.encode()), received


def test_headers_and_parameters_are_bounded_by_number(emulator):
    for number, status in ((MOST_HEADERS - 3, 200), (MOST_HEADERS, 431), (100_000, 431)):
        raw = b'GET /slm/webservice/v2.0/user HTTP/1.1\r\nHost: x\r\nZSESSIONID: '
        raw += emulator.apikey.encode() + b'\r\n' + b'a:b\r\n' * number + b'\r\n'
        assert answers(emulator, raw).startswith(f'HTTP/1.1 {status} '.encode()), number
    assert len(Params.parse('&'.join(['a'] * MOST_PARAMS))) == 1
    text = '&'.join(f'p{number}=v' for number in range(MOST_PARAMS * 3))
    assert len(Params.parse(text)) == MOST_PARAMS


def test_a_head_that_drips_is_looked_at_once():
    """Each byte is searched a few times at most, however small the pieces are."""
    raw = bytearray()
    for _ in range(3):
        raw += b'X: ' + b'y' * 50
        assert head_end(raw, max(0, len(raw) - 53)) == 0
        raw += b'\r\n'
    assert head_end(raw + b'\r\n', len(raw) - 1) == len(raw) + 2
    with pytest.raises(Refused) as refused:
        head_end(bytearray(b'X: y\r\n' * MAX_HEAD), 0)
    assert refused.value.status == 431


@pytest.mark.parametrize('path', ['authorize', 'authorize/', 'authorize.js', '/AUTHORIZE'])
def test_a_token_is_never_a_script(emulator, path):
    session = requests.Session()
    session.auth = (emulator.user, emulator.password)
    address = emulator.url + '/slm/webservice/v2.0/security/' + path
    for asked in ({'params': {'jsonp': 'cb'}}, {'params': {'JSONP': 'var x ='}}):
        answer = session.get(address, **asked)
        assert 'SecurityToken' not in answer.text
        assert answer.json()['OperationResult']['Errors']
        assert answer.headers['Content-Type'].startswith('application/json')
    assert session.get(address).json()['OperationResult']['SecurityToken']

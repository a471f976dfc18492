"""What requests may take: bytes of the log and of bodies, connections, texts, and names."""

import errno
import http.client
import json
import logging
import random
import socket
import threading
import time

import pytest

from pyral.emulator.answers.fetch import MOST_COUNTED, SHELL, parse_fetch, parse_shallow
from pyral.emulator.errors import ServiceError
from pyral.emulator.handlers.query import LONGEST_SEARCH
from pyral.emulator.web import server
from pyral.emulator.web.bounds import ByteBudget, most_connections
from pyral.emulator.web.request_log import MOST_BYTES, MOST_ENTRIES, RequestLog, hidden, masked
from pyral.emulator.web.server import Server
from tests.threads import GUARD_S

SECRET = 's3cr3t-Value'


def test_the_log_of_requests_is_bounded_by_bytes_whatever_they_are_made_of():
    seed = random.randrange(10**9)
    dice = random.Random(seed)
    log = RequestLog()
    shapes = (
        lambda: ('/x', [('query', '\U0001f600' * 5000)] * 100, {}),
        lambda: ('/' + 'p' * 65000, [], {'user-agent': 'a' * 400000}),
        lambda: ('/x', [('n' * 60000, 'v')] * 8, {}),
        lambda: ('/x', [('a', 'b')] * 60000, {}),
        lambda: ('/x', [], {'x-rallyintegration' + 'h' * 99 + str(i): 'v' * 9 for i in range(999)}),
        lambda: ('/x', [], {'x-rallyintegrationname': '\xff' * 400000}),
    )
    for _ in range(600):
        path, params, headers = dice.choice(shapes)()
        entry = log.open('now', 'G' * 500000, path, params, headers)
        assert entry.weight() < 300_000, seed
    kept = log.entries()
    assert sum(entry.weight() for entry in kept) <= MOST_BYTES, seed
    assert log.count == 600 and kept[-1] is entry, seed


def test_small_entries_are_bounded_by_number():
    log = RequestLog()
    for _ in range(MOST_ENTRIES + 10):
        log.open('now', 'GET', '/x', [], {})
    assert len(log.entries()) == MOST_ENTRIES and log.entries()[0].number == 11


@pytest.mark.parametrize(
    'name',
    ['key', 'KEY', 'apikey', 'apiKey', 'api_key', 'password', 'Passwd', 'zsessionid', 'ZSESSIONID',
     'JSESSIONID', 'token', 'securityToken', 'access_token'],
)  # fmt: skip
def test_secrets_are_masked_wherever_they_stand(name):
    assert masked([(name, SECRET)]) == [(name, '***')]
    for text in (
        f'{name}={SECRET}',
        f'/slm/webservice/v2.0/defect;{name}={SECRET}',
        f'Name;{name}={SECRET}&fetch=true',
        f'http://127.0.0.1/x?a=b&{name}={SECRET}#c',
        f'No path "/x?{name}={SECRET}" here',
        f'http://ann:{SECRET}@127.0.0.1/x',
    ):
        assert SECRET not in hidden(text)
        assert SECRET not in str(masked([('fetch', text), (text, 'x')]))


def test_what_is_no_secret_stays(service):
    for text in ('(Name = "monkey=1")', 'Name,Keywords', 'http://127.0.0.1/a@b', 'turkey=7'):
        assert hidden(text) == text


def test_the_log_holds_no_secret_of_a_request(service):
    """Neither of its path, its parameters, its headers nor of the errors it was answered with."""
    for path, params in (
        ('/defect;key=' + SECRET, {}),
        ('/defect', {'apikey': SECRET, 'password': SECRET, 'zsessionid': SECRET}),
        ('/nowhere;jsessionid=' + SECRET, {}),
        ('/defect', {'query': '(password=' + SECRET}),
        ('/defect', {'fetch': 'Name;key=' + SECRET}),
    ):
        service.send('GET', path, headers={'User-Agent': 'x key=' + SECRET}, **params)
    entries = service.app.request_log.entries()
    assert len(entries) == 5 and SECRET not in str([entry.shown() for entry in entries])


def test_a_line_of_the_log_is_one_line_without_secrets(service, caplog):
    caplog.set_level(logging.INFO, 'pyral.emulator.requests')
    for path in (
        '/defect%0AERROR%20all%20is%20lost',
        '/x%0d%0a%1b[31m%c2%85y',
        '/defect;key=' + SECRET,
    ):
        service.send('GET', path, query=f'(A\n = "password={SECRET}\r\nERROR")')
    service.send('PUT', '/tag/create', {'Tag': {'\ud800\n': 1, 'Name': '\ud800\n'}})
    lines = [record.getMessage() for record in caplog.records if '/' in record.getMessage()]
    assert len(lines) == 4
    for line in lines:
        assert len(line.splitlines()) == 1 and SECRET not in line and '\x1b' not in line
        assert line.encode('utf-8')


@pytest.fixture
def small_server(service, monkeypatch):
    """A server that holds few bytes and few connections."""
    monkeypatch.setattr(server, 'MOST_BYTES', 300_000)
    monkeypatch.setattr(server, 'most_connections', lambda: 6)
    running = Server(service.app)
    running.start()
    yield running
    running.stop()


def connect(to):
    return socket.create_connection((to.host, to.port), timeout=GUARD_S)


def put(service, name):
    """Return a small write as bytes."""
    body = json.dumps({'Tag': {'Name': name}}).encode()
    return (
        f'PUT /slm/webservice/v2.0/tag/create HTTP/1.1\r\nHost: x\r\nConnection: close\r\n'
        f'ZSESSIONID: {service.tiny.apikey}\r\nContent-Length: {len(body)}\r\n\r\n'
    ).encode() + body


def whole(connection):
    return b''.join(iter(lambda: connection.recv(65536), b''))


def until(condition):
    """Wait until something holds."""
    end = time.monotonic() + GUARD_S
    waiting = threading.Event()
    while not condition():
        assert time.monotonic() < end
        waiting.wait(0.005)


@pytest.mark.parametrize('framing', ['Content-Length: 9000000', 'Transfer-Encoding: chunked'])
def test_unfinished_bodies_have_a_total_and_small_requests_pass(service, small_server, framing):
    budget = small_server._tcp.budget
    head = f'PUT /x HTTP/1.1\r\nHost: x\r\n{framing}\r\n\r\n'.encode()
    data = b'x' * 200_000
    if 'chunked' in framing:
        data = b'%x\r\n' % len(data) + data + b'\r\n'
    with connect(small_server) as first, connect(small_server) as second:
        first.sendall(head + data)
        until(lambda: budget.held >= 130_000)
        second.sendall(head + data + data)
        assert second.recv(65536).startswith(b'HTTP/1.1 503 ')
        with connect(small_server) as third:
            third.sendall(put(service, 'small'))
            assert whole(third).startswith(b'HTTP/1.1 200 ')
    until(lambda: budget.held == 0)


def test_a_long_head_counts_as_well(small_server):
    with connect(small_server) as first, connect(small_server) as second:
        first.sendall(b'GET / HTTP/1.1\r\nX: ' + b'x' * 250_000)
        until(lambda: small_server._tcp.budget.held >= 180_000)
        second.sendall(b'GET / HTTP/1.1\r\nX: ' + b'x' * 250_000)
        assert second.recv(65536).startswith(b'HTTP/1.1 503 ')
    until(lambda: small_server._tcp.budget.held == 0)


def test_silent_connections_give_way_to_those_that_ask(service, small_server):
    silent = [connect(small_server) for _ in range(30)]
    try:
        for number in range(3):
            with connect(small_server) as asking:
                asking.sendall(put(service, f'asked {number}'))
                assert whole(asking).startswith(b'HTTP/1.1 200 ')
    finally:
        for connection in silent:
            connection.close()


def test_a_process_without_descriptors_waits_for_some(service, monkeypatch):
    """Accepting fails, and is tried again now and then: never in a loop that takes a whole core."""
    running = Server(service.app)
    accept, failures, often = running._tcp.socket.accept, [], threading.Event()

    class Socket:
        def __getattr__(self, name):
            return getattr(running_socket, name)

        def accept(self):
            if len(failures) < 4:
                failures.append(time.monotonic())
                raise OSError(errno.EMFILE, "Too many open files")
            often.set()
            return accept()

    running_socket = running._tcp.socket
    running._tcp.socket = Socket()
    running.start()
    try:
        connection = http.client.HTTPConnection(running.host, running.port, timeout=GUARD_S)
        connection.request('GET', '/emulator/about')
        assert connection.getresponse().status == 200 and often.is_set()
        connection.close()
        gaps = [later - earlier for earlier, later in zip(failures, failures[1:])]
        assert min(gaps) > 0.09
    finally:
        running.stop()


@pytest.mark.parametrize(
    ('limit', 'expected'), [(1024, 864), (10**6, 1000), (-1, 1000), (256, 128), (4, 4)]
)
def test_connections_leave_descriptors_for_the_database(monkeypatch, limit, expected):
    resource = pytest.importorskip('resource')
    monkeypatch.setattr(resource, 'getrlimit', lambda _: (limit, limit))
    assert most_connections() == expected


def test_a_budget_is_never_exceeded_nor_lost():
    budget = ByteBudget(100)
    assert budget.change(60) and not budget.change(41) and budget.change(40) and budget.held == 100
    assert budget.change(-100) and budget.held == 0


@pytest.mark.fact('6.1')
def test_summaries_are_bounded_by_what_they_name(service):
    long = 'Tasks:summary[{}]'
    for names in (
        '+'.join(['State', 'Owner'] * 600),
        ';'.join(f'State+n{number}' for number in range(600)),
    ):
        for asked in ({'fetch': long.format(names)}, {'shallowFetch': long.format(names)}):
            result = service.get('/hierarchicalrequirement', **asked)
            assert 'more than the' in result['Errors'][0]
    most = '+'.join(f'n{number}' for number in range(MOST_COUNTED - 1))
    for parse in (lambda text: parse_fetch(text, SHELL), parse_shallow):
        assert parse(long.format(most)).summaries
        with pytest.raises(ServiceError):
            parse(long.format(most + '+one'))
        # A collection named twice is one summary, and counts once.
        assert parse(','.join([long.format(most)] * 9)).summaries


@pytest.mark.fact('5.7')
@pytest.mark.parametrize('letter', ['x', '%', '_', '\U0001f600', '\xdf', "'"])
def test_texts_to_look_for_are_bounded_by_length(service, letter):
    form = {'Content-Type': 'application/x-www-form-urlencoded'}
    address = service.base + '/hierarchicalrequirement'
    for params, refused in (
        ({'search': letter * LONGEST_SEARCH}, False),
        ({'search': letter * (LONGEST_SEARCH + 1)}, True),
        ({'search': letter * 60_000}, True),
        ({'query': f'(Name contains "{letter * 16_000}")'}, False),
        ({'query': f'(Name contains "{letter * 16_001}")'}, True),
    ):
        answer = service.session.post(address, data={'_method': 'GET', **params}, headers=form)
        errors = answer.json()['QueryResult']['Errors']
        assert [('more than the' in text) for text in errors] == [True] * refused, errors


def test_a_user_name_is_unique_beyond_letter_case_and_blanks_at_its_ends(service):
    def create(name):
        user = {'UserName': name, 'EmailAddress': 'a@tiny.test'}
        return service.send('PUT', '/user/create', {'User': user}).json()['CreateResult']

    assert create(' Gr\xf6\xdfe@tiny.test\t')['Object']['UserName'] == 'Gr\xf6\xdfe@tiny.test'
    for name in (
        'gr\xf6\xdfe@tiny.test',
        'GR\xd6SSE@TINY.TEST ',
        '\xa0Gr\xf6\xdfe@tiny.test\u2003',
        service.tiny.user + ' ',
        service.tiny.user.upper(),
    ):
        assert 'already in use' in create(name)['Errors'][0], name
    other = create('other@tiny.test')['Object']['_ref'].partition('v2.0')[2]
    result = service.send('POST', other, {'User': {'UserName': service.tiny.user + ' '}}).json()
    assert 'already in use' in result['OperationResult']['Errors'][0]
    assert service.get(other)['UserName'] == 'other@tiny.test'

"""The HTTP server over real sockets: keep-alive, odd requests, TLS, stopping."""

import http.client
import json
import os
import socket
import ssl
import subprocess
import threading

import pytest
import requests

from pyral.emulator import Emulator
from pyral.emulator.web.faults import Fault
from pyral.emulator.web.server import Server
from pyral.emulator.web.tls import Certificate, make_certificate
from tests.contract.foreign_programs import program
from tests.peers import OWN_ADDRESS
from tests.threads import GUARD_S


@pytest.fixture
def server(service):
    running = Server(service.app)
    running.start()
    yield running
    running.stop()


def talk(server, raw, wait=GUARD_S):
    """Send raw bytes and return what comes back until the server closes."""
    with socket.create_connection((server.host, server.port), timeout=wait) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        return b''.join(iter(lambda: connection.recv(65536), b''))


def request(service, path='/slm/webservice/v2.0/defect', method='GET', extra='', body=b''):
    head = '{} {} HTTP/1.1\r\nHost: x\r\nZSESSIONID: {}\r\n{}'.format(
        method, path, service.tiny.apikey, extra
    )
    if body:
        head += 'Content-Length: {}\r\n'.format(len(body))
    return head.encode() + b'\r\n' + body


@pytest.mark.fact('1.5')
def test_one_connection_serves_many_requests(service, server):
    connection = http.client.HTTPConnection(server.host, server.port, timeout=GUARD_S)
    locals_ = set()
    for _ in range(5):
        connection.request(
            'GET', '/slm/webservice/v2.0/defect', headers={'ZSESSIONID': service.tiny.apikey}
        )
        assert connection.sock is not None
        locals_.add(connection.sock.getsockname())
        response = connection.getresponse()
        assert response.version == 11
        assert json.loads(response.read())['QueryResult']['TotalResultCount'] == 1
    assert len(locals_) == 1
    connection.close()


def test_pipelined_requests_are_answered_in_order(service, server):
    answer = talk(server, request(service) + request(service, '/slm/webservice/v2.0/tag'))
    assert answer.count(b'HTTP/1.1 200') == 2
    assert answer.index(b'/defect/') < answer.index(b'/tag/')


def test_an_empty_line_before_a_request_is_overlooked(service, server):
    assert talk(server, b'\r\n' + request(service)).startswith(b'HTTP/1.1 200')


def test_a_client_that_waits_for_leave_to_send_its_body_gets_it(service, server):
    raw = request(
        service,
        '/slm/webservice/v2.0/tag/create',
        'PUT',
        'Expect: 100-continue\r\n',
        b'{"Tag": {"Name": "patient"}}',
    )
    answer = talk(server, raw)
    assert answer.startswith(b'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200')
    assert 'patient' in service.names('/tag')


@pytest.mark.fact('1.5')
def test_a_body_that_calls_itself_multipart_is_read_like_any_other(service, server):
    kind = 'Content-Type: multipart/form-data; boundary=x\r\n'
    raw = request(
        service, '/slm/webservice/v2.0/tag/create', 'POST', kind, b'{"Tag": {"Name": "parts"}}'
    )
    assert talk(server, raw).startswith(b'HTTP/1.1 200') and 'parts' in service.names('/tag')


@pytest.mark.fact('8.1')
@pytest.mark.parametrize(
    ('host', 'origin'),
    [
        ('rally_emulator:8010', 'http://rally_emulator:8010'),
        ('[::1]:99', 'http://[::1]:99'),
        ('EXAMPLE.com:80', 'http://EXAMPLE.com'),
        ('', 'http://127.0.0.1:{}'),
    ],
)
def test_references_begin_with_what_the_client_called_the_host(service, server, host, origin):
    raw = request(service).replace(b'Host: x', b'Host: ' + host.encode())
    answer = json.loads(talk(server, raw).partition(b'\r\n\r\n')[2])
    ref = answer['QueryResult']['Results'][0]['_ref']
    assert ref.startswith(origin.format(server.port) + '/slm/webservice/v2.0/defect/')


def test_head_answers_headers_only(service, server):
    answer = talk(server, request(service, method='HEAD'))
    head, _, body = answer.partition(b'\r\n\r\n')
    assert b'HTTP/1.1 200' in head and b'Content-Length: ' in head and body == b''


def test_a_body_may_come_in_chunks(service, server):
    chunks = iter([b'{"Tag": {"Na', b'me": "chunked"}}'])
    answer = requests.put(
        server.url + '/slm/webservice/v2.0/tag/create',
        data=chunks,
        headers={'ZSESSIONID': service.tiny.apikey},
        timeout=GUARD_S,
    )
    assert answer.json()['CreateResult']['Object']['Name'] == 'chunked'


@pytest.mark.parametrize(
    ('raw', 'status'),
    [
        (b'GET\r\n\r\n', b'400'),
        (b'\x16\x03\x01\x02\x00\x01\x00\r\n\r\n', b'400'),
        (b'GET / HTTP/9.9\r\n\r\n', b'505'),
        (b'GET /' + b'a' * 70000 + b' HTTP/1.1\r\nHost: x\r\n\r\n', b'414'),
        (b'PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n', b'400'),
        (b'PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n', b'413'),
        (b'PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: ' + b'9' * 5000 + b'\r\n\r\n', b'400'),
        (b'PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: \xb2\r\n\r\n', b'400'),
        (b'PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n', b'400'),
        (b'PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1_0\r\n', b'400'),
        (b'PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}}\r\n', b'400'),
        (b'PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n', b'501'),
        (b'PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}', b'400'),
        (b'PUT / HTTP/1.1\r\nHost: x\r\nno header\r\nContent-Length: 2\r\n\r\n{}', b'400'),
        (b'GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n', b'400'),
        (b'GET / HTTP/1.1\r\n\r\n', b'400'),
        (b'GET / HTTP/1.1\r\nHost : x\r\n\r\n', b'400'),
        (b'GET / HTTP/1.1\r\n Host: x\r\n\r\n', b'400'),
        (b'GET  / HTTP/1.1\r\nHost: x\r\n\r\n', b'400'),
        (b'HEAD /' + b'a' * 70000 + b' HTTP/1.1\r\nHost: x\r\n\r\n', b'414'),
        (
            (
                b'PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked'
                b'\r\n\r\n0\r\n\r\n'
            ),
            b'400',
        ),
        (b'PUT / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', b'400'),
        (b'GET / HTTP/1.1\r\nHost: <script>\r\n\r\n', b'400'),
        (
            (
                b'PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length:'
                b' 99999999999\r\n\r\n'
            ),
            b'413',
        ),
    ],
)
def test_a_garbled_request_is_refused_and_the_server_lives(service, server, raw, status):
    assert talk(server, raw).startswith(b'HTTP/1.1 ' + status + b' ')
    assert b'HTTP/1.1 200' in talk(server, request(service))


@pytest.mark.parametrize(
    ('path', 'headers', 'status'),
    [('/' + 'a' * 70000, {}, 414), ('/', {'Content-Length': str(10**12)}, 413)],
)
def test_a_client_in_the_middle_of_sending_sees_why_it_is_refused(server, path, headers, status):
    connection = http.client.HTTPConnection(server.host, server.port, timeout=GUARD_S)
    connection.putrequest('PUT', path)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    for _ in range(40):
        connection.send(b'x' * 65536)
    assert connection.getresponse().status == status
    connection.close()


def test_a_body_that_breaks_off_changes_nothing(service, server):
    raw = (
        request(service, '/slm/webservice/v2.0/tag/create', 'PUT', 'Content-Length: 500\r\n')
        + b'{"Tag": {"Name": "half"}}'
    )
    assert talk(server, raw) == b''
    assert 'half' not in service.names('/tag')


def test_a_head_that_breaks_off_changes_nothing_and_gets_no_answer(service, server):
    whole = request(
        service,
        '/slm/webservice/v2.0/defect/{}'.format(service.tiny['bug']),
        'DELETE',
        'Accept: text/plain\r\n',
    )
    for cut in (1, 2, 3, 12, len('Accept: text/plain\r\n\r\n')):
        assert talk(server, whole[:-cut]) == b''
    assert b'"Errors": []' in talk(server, whole)


@pytest.mark.fact('3.3')
def test_many_clients_at_once_get_right_answers(service, server):
    wrong = []

    def ask(name):
        with requests.Session() as session:
            session.headers['ZSESSIONID'] = service.tiny.apikey
            for _ in range(4):
                rows = session.get(
                    server.url + '/slm/webservice/v2.0/hierarchicalrequirement',
                    params={'query': '(FormattedID = {})'.format(name), 'fetch': 'FormattedID'},
                    timeout=GUARD_S,
                ).json()
                if [row['FormattedID'] for row in rows['QueryResult']['Results']] != [name]:
                    wrong.append(rows)

    threads = [
        threading.Thread(target=ask, args=('US{}'.format(number % 3 + 1),)) for number in range(24)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_stopping_frees_the_port_and_ends_open_connections(service):
    server = Server(service.app, OWN_ADDRESS)
    server.start()
    idle = socket.create_connection((server.host, server.port), timeout=GUARD_S)
    idle.sendall(request(service))
    assert idle.recv(10) == b'HTTP/1.1 2'
    server.stop()
    while idle.recv(65536):
        continue
    server.stop()
    with pytest.raises(OSError):
        socket.create_connection((server.host, server.port), timeout=GUARD_S).recv(1)
    idle.close()
    again = Server(service.app, OWN_ADDRESS, server.port)
    again.stop()


def test_stopping_ends_the_delay_of_a_request_and_waits_for_its_thread():
    emulator = Emulator(world='empty').start()
    emulator.order_fault('delay', delay_ms=600000)
    arrived, next_for = threading.Event(), emulator.app.faults.next_for

    def tell(*args):
        arrived.set()
        return next_for(*args)

    emulator.app.faults.next_for = tell
    before = set(threading.enumerate())
    with socket.create_connection(('127.0.0.1', int(emulator.url.rsplit(':', 1)[1]))) as client:
        client.sendall(b'GET /slm/webservice/v2.0/user HTTP/1.1\r\nHost: x\r\n\r\n')
        assert arrived.wait(GUARD_S)
        assert set(threading.enumerate()) - before
        emulator.stop()
        assert not set(threading.enumerate()) - before


def test_a_header_of_a_fault_that_is_none_is_an_answer_too(service, server):
    service.app.faults.order(Fault('status', headers={'no header': 'x'}))
    assert talk(server, request(service)).startswith(b'HTTP/1.1 500 ')
    assert talk(server, request(service)).startswith(b'HTTP/1.1 200 ')


def test_a_taken_port_is_an_error(service, server):
    with pytest.raises(OSError):
        Server(service.app, port=server.port)


@pytest.fixture(scope='module')
def certificate():
    made = make_certificate('127.0.0.1')
    yield made
    made.discard()


def test_https_with_a_certificate_made_on_the_spot(service, certificate):
    server = Server(service.app, tls=certificate.context())
    server.start()
    try:
        assert server.url.startswith('https://')
        answer = requests.get(
            server.url + '/slm/webservice/v2.0/defect',
            timeout=GUARD_S,
            headers={'ZSESSIONID': service.tiny.apikey},
            verify=certificate.trusted,
        ).json()
        assert answer['QueryResult']['Results'][0]['_ref'].startswith(server.url)
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(server.url, timeout=GUARD_S)
        basic = requests.get(
            server.url + '/slm/webservice/v2.0/security/authorize',
            timeout=GUARD_S,
            auth=(service.tiny.user, service.tiny.password),
            verify=certificate.trusted,
        )
        assert 'Secure' in basic.headers['Set-Cookie']
    finally:
        server.stop()


def test_a_silent_client_does_not_hold_up_https(service, certificate):
    server = Server(service.app, tls=certificate.context())
    server.start()
    silent = socket.create_connection((server.host, server.port), timeout=GUARD_S)
    try:
        context = ssl.create_default_context(cafile=certificate.trusted)
        with socket.create_connection((server.host, server.port), timeout=GUARD_S) as plain:
            with context.wrap_socket(plain, server_hostname='127.0.0.1') as secure:
                secure.sendall(request(service))
                assert secure.recv(12) == b'HTTP/1.1 200'
    finally:
        silent.close()
        server.stop()


@pytest.mark.parametrize(
    ('kind', 'error'),
    [
        ('reset', requests.exceptions.ConnectionError),
        ('unanswered', requests.exceptions.ConnectionError),
        (
            'truncate',
            (requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError),
        ),
    ],
)
def test_an_ordered_break_reaches_the_client(service, server, kind, error):
    requests.post(server.url + '/emulator/faults', json={'kind': kind}, timeout=GUARD_S)
    headers = {'ZSESSIONID': service.tiny.apikey}
    url = server.url + '/slm/webservice/v2.0/tag/create'
    with pytest.raises(error):
        requests.put(url, json={'Tag': {'Name': kind}}, headers=headers, timeout=GUARD_S)
    assert (kind in service.names('/tag')) is (kind != 'reset')
    assert (
        requests.get(
            server.url + '/slm/webservice/v2.0/tag', headers=headers, timeout=GUARD_S
        ).status_code
        == 200
    )


def test_curl_trusts_the_certificate_by_the_path_that_is_shown():
    with Emulator(world='empty', tls=True) as emulator:
        shown = emulator.certificate.trusted
        for host in ('localhost', '127.0.0.1'):
            address = 'https://{}:{}/slm/webservice/v2.0/user'.format(
                host, emulator.url.rsplit(':', 1)[1]
            )
            asked = [
                program('curl'),
                '-sS',
                '--noproxy',
                '*',
                '-H',
                'ZSESSIONID: ' + emulator.apikey,
                address,
            ]
            done = subprocess.run([*asked, '--cacert', shown], capture_output=True, timeout=GUARD_S)
            assert json.loads(done.stdout)['User']['_ref'].startswith('https://' + host)
            refused = subprocess.run(asked, capture_output=True, timeout=GUARD_S)
            assert (refused.returncode, refused.stdout) == (60, b'')
    assert not os.path.exists(shown)


@pytest.mark.parametrize(
    'swapped',
    [('server.key', 'server.pem'), ('server.pem', 'server.pem'), ('authority.pem', 'server.key')],
)
def test_files_that_are_no_certificate_with_its_key_are_named(certificate, swapped):
    folder = os.path.dirname(certificate.path)
    paths = [os.path.join(folder, name) for name in swapped]
    with pytest.raises(ValueError, match='no certificate and its key') as told:
        Certificate(*paths).context()
    assert paths[0] in str(told.value) and paths[1] in str(told.value)

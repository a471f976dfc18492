"""The control API is for this machine: hosts, origins and addresses that reach it, and others."""

import http.client
import random
import socket

import pytest

from pyral.emulator import Emulator
from pyral.emulator.__main__ import main
from pyral.emulator.web.local_access import Caller, LocalAccess, host_names
from tests.threads import GUARD_S

OWN = 'http://localhost:8010'
ACCESS = LocalAccess('rally.example', host_names(['Container_1', '10.1.2.3']))
HERE, ELSEWHERE, NEIGHBOUR = '127.0.0.1', '203.0.113.7', '172.18.0.5'
LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789-.'


@pytest.mark.parametrize(
    ('host', 'peer', 'here', 'passes'),
    [
        ('localhost:8010', HERE, HERE, True),
        ('LOCALHOST', HERE, '', True),
        ('localhost.', HERE, '', True),
        ('127.0.0.1:1', HERE, '', True),
        ('127.8.9.1', '127.8.9.1', '', True),
        ('[::1]:8010', '::1', '', True),
        ('[::ffff:127.0.0.1]', '::ffff:127.0.0.1', '', True),
        ('rally.example:99', HERE, '', True),
        ('rally.example', '192.168.7.7', '192.168.7.7', True),
        ('container_1:8010', HERE, '', True),
        ('container_1', NEIGHBOUR, '172.18.0.2', True),
        ('10.1.2.3', '10.1.2.9', '', True),
        ('container_1', 'fd00::5', '', True),
        ('container_1', ELSEWHERE, '', False),
        ('localhost', ELSEWHERE, '', False),
        ('localhost', NEIGHBOUR, '172.18.0.2', False),
        ('rally.example', NEIGHBOUR, '', False),
        ('127.0.0.1', '127.0.0.1.evil.example', '', False),
        ('127.0.0.1.evil.example', HERE, '', False),
        ('localhost.evil.example', HERE, '', False),
        ('evil.localhost', HERE, '', False),
        ('evil.example:8010', HERE, '', False),
        ('rally.example.evil.example', HERE, '', False),
        ('evilrally.example', HERE, '', False),
        ('192.168.7.7', HERE, '', False),
        ('[::2]', HERE, '', False),
        ('0.0.0.0', HERE, '', False),
        ('127.evil.example', HERE, '', False),
        ('', HERE, '', False),
    ],
)
def test_hosts_and_addresses_that_reach_it(host, peer, here, passes):
    for method in ('GET', 'POST', 'DELETE'):
        refused = ACCESS.refusal(method, Caller(peer, here, {'host': host}, OWN))
        assert (refused == '') is passes, (method, refused)


@pytest.mark.parametrize(
    ('headers', 'reads', 'writes'),
    [
        ({}, True, True),
        ({'origin': OWN}, True, True),
        ({'origin': OWN.upper()}, True, True),
        ({'origin': OWN, 'sec-fetch-site': 'same-origin'}, True, True),
        ({'sec-fetch-site': 'none'}, True, True),
        ({'referer': OWN + '/browse'}, True, True),
        ({'origin': 'null'}, False, False),
        ({'origin': ''}, False, False),
        ({'origin': 'http://['}, False, False),
        ({'origin': 'https://localhost:8010'}, False, False),
        ({'origin': 'http://localhost'}, False, False),
        ({'origin': 'http://127.0.0.1:8010'}, False, False),
        ({'origin': OWN + '.evil.example'}, False, False),
        ({'origin': 'https://evil.example', 'referer': OWN}, False, False),
        ({'referer': 'https://evil.example/page'}, True, False),
        ({'referer': 'http://['}, True, False),
        ({'referer': 'no address'}, True, False),
        ({'sec-fetch-site': 'cross-site'}, True, False),
        ({'sec-fetch-site': 'same-site'}, True, False),
    ],
)
def test_pages_that_may_give_orders(headers, reads, writes):
    for method, passes in (('GET', reads), ('POST', writes), ('DELETE', writes), ('PUT', writes)):
        for in_process in (False, True):
            host = 'any.example' if in_process else 'localhost:8010'
            caller = Caller(HERE, '', {'host': host, **headers}, OWN, in_process)
            refused = ACCESS.refusal(method, caller)
            assert (refused == '') is passes, (method, refused)


@pytest.fixture(scope='module')
def emulator():
    with Emulator(world='empty', allow_host='rally_emulator') as running:
        yield running


def ask(emulator, target, method='GET', **headers):
    """Return the status that a raw request line is answered with."""
    lines = [f'{method} {target} HTTP/1.1']
    lines += [f'{name.replace("_", "-")}: {value}' for name, value in headers.items()]
    raw = '\r\n'.join(lines + ['Content-Length: 0', 'Connection: close', '', ''])
    with socket.create_connection(emulator.server.split(':'), timeout=GUARD_S) as connection:
        connection.sendall(raw.encode('latin-1'))
        return int(connection.recv(65536).split()[1])


@pytest.mark.parametrize(
    ('target', 'host', 'status'),
    [
        ('/emulator/about', 'localhost', 200),
        ('/emulator/about', 'rally_emulator:8010', 200),
        ('/emulator/about', 'evil.example', 403),
        ('/emulator/about', '', 403),
        # An address given whole counts, not the header beside it.
        ('http://localhost/emulator/about', 'evil.example', 200),
        ('http://evil.example/emulator/about', 'localhost', 403),
        ('HTTPS://evil.example/emulator/about', 'localhost', 403),
        ('http:///emulator/about', 'localhost', 403),
        ('http://localhost@evil.example/emulator/about', 'localhost', 400),
        # A path with an address in it is a path.
        ('/x://y/emulator/about', 'localhost', 404),
        ('/slm/http://localhost/emulator/about', 'localhost', 404),
        ('/http://evil.example/emulator/about', 'localhost', 404),
        ('x://y/emulator/about', 'localhost', 400),
        ('emulator/about', 'localhost', 400),
        ('ftp://localhost/emulator/about', 'localhost', 400),
        ('localhost:80', 'localhost', 400),
        ('*', 'localhost', 400),
    ],
)
def test_no_address_reaches_it_by_a_detour(emulator, target, host, status):
    assert ask(emulator, target, Host=host) == status


def test_a_rebound_name_changes_nothing(emulator):
    """A page whose name was rebound to this machine sends its own host and its own origin."""
    seed = random.randrange(10**9)
    dice = random.Random(seed)
    orders = ('POST reset', 'POST snapshot', 'POST faults', 'POST credentials', 'POST settings')
    connection = http.client.HTTPConnection(*emulator.server.split(':'), timeout=GUARD_S)
    for _ in range(200):
        name = ''.join(dice.choice(LETTERS) for _ in range(dice.randrange(1, 30)))
        near = dice.choice(['{}', '{}.localhost', 'localhost.{}', '127.0.0.1.{}', '{}.127.0.0.1'])
        host = near.format(name) + dice.choice(['', ':80', ':8010'])
        method, path = dice.choice(orders).split()
        headers = {'Host': host, 'Origin': 'http://' + host}
        connection.request(method, '/emulator/' + path, b'{"kind": "status"}', headers)
        response = connection.getresponse()
        answer = response.read()
        assert response.status in (400, 403), (seed, host, answer)
        # The name is one that a client would not even look up, or it is refused as such.
        assert response.status == 400 or b'--allow-host' in answer, (seed, host)
    connection.close()
    assert emulator.app.faults.all() == []


@pytest.mark.parametrize('name', ['', 'http://rally', 'rally:8010', 'a b', '*', 'x/y'])
def test_what_is_no_name_ends_the_start_with_one_line(name, capsys):
    assert main(['--port', '0', '--world', 'empty', '--allow-host', name]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert 'no name of a host' in line

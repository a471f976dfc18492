"""The transport over real sockets: cuts, silence, tokens, cookies, and foreign hosts."""
from __future__ import absolute_import, division, print_function

import threading

import pytest

from pyral import RetryPolicy
from pyral._compat import dump_json
from pyral.errors import (
    AuthenticationError,
    RallyResponseError,
    Timeout,
    TransportError,
    UnknownOutcomeError,
)
from pyral.http.transport import Credentials, Transport
from tests.peers import Scripted
from tests.threads import GUARD_S

EMPTY = dump_json({'QueryResult': {'Errors': [], 'Warnings': [], 'TotalResultCount': 0,
                                   'StartIndex': 1, 'PageSize': 20, 'Results': []}})
OK = b'HTTP/1.1 200 OK\r\nContent-Type: text/javascript\r\nContent-Length: %d\r\n\r\n'

pytestmark = pytest.mark.usefixtures('bare_environment')


def whole(body=EMPTY):
    """Return an answer's bytes."""
    return OK.replace(b'%d', str(len(body)).encode('ascii')) + body


@pytest.fixture
def peer_of():
    """Return a function that starts a peer with a script; all are closed at the end."""
    peers = []

    def start(*script):
        peers.append(Scripted(*script))
        return peers[-1]

    yield start
    for peer in peers:
        peer.close()


def transport_to(url, **options):
    """Return a transport that does not wait between attempts."""
    credentials = options.pop('credentials', None) or Credentials(apikey='_key12345')
    options.setdefault('retry', RetryPolicy(sleep=lambda seconds: None))
    options.setdefault('timeout', (GUARD_S, GUARD_S))
    return Transport(url, credentials, **options)


@pytest.mark.parametrize('broken', [
    b'', b'HTTP/1.1 200 OK\r\nContent-Le', whole()[:-20], whole()[:90],
    b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n20\r\n{"QueryResult"',
    b'HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nzzzz',
    b'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>',
    b'SSH-2.0-nonsense\r\n',
])
def test_a_read_survives_an_answer_that_breaks(peer_of, broken):
    peer = peer_of(broken, whole())
    assert transport_to(peer.url).get('defect').errors == []
    assert len(peer.requests) == 2


@pytest.mark.parametrize('status', [101, 102, 103, 199])
def test_the_answer_behind_an_interim_one_is_not_given_to_the_next_request(peer_of, status):
    left = whole(dump_json({'Task': {'ObjectID': 1, 'Errors': [], 'Warnings': []}}))
    interim = 'HTTP/1.1 {0} Interim\r\n\r\n'.format(status).encode('ascii')
    peer = peer_of(interim + left, whole(), interim + left, whole())
    transport = transport_to(peer.url)
    assert transport.get('defect').errors == [] and len(peer.requests) == 2
    with pytest.raises(UnknownOutcomeError):
        transport.post('defect/1', {})
    assert len(peer.requests) == 3
    assert transport.get('defect').errors == [] and len(peer.requests) == 4


@pytest.mark.parametrize('broken', [b'', whole()[:-20], whole(b'<html>')])
def test_a_write_whose_answer_breaks_is_sent_once_and_its_outcome_called_unknown(peer_of, broken):
    peer = peer_of(broken, whole())
    with pytest.raises((TransportError, RallyResponseError)) as caught:
        transport_to(peer.url).put('defect/create', {'Defect': {'Name': 'x'}})
    assert caught.value.outcome_unknown and len(peer.requests) == 1


def test_the_log_of_the_http_library_shows_no_token(peer_of, caplog):
    token = dump_json({'OperationResult': {'Errors': [], 'Warnings': [],
                                           'SecurityToken': 'very-secret-token'}})
    done = dump_json({'OperationResult': {'Errors': [], 'Warnings': []}})
    peer = peer_of(whole(token), whole(done), b'HTTP/1.1 200 OK\r\nContent-Le')
    transport = transport_to(peer.url, credentials=Credentials('u', 'very-secret-word'))
    with caplog.at_level('DEBUG'):
        transport.post('defect/1', {})
        with pytest.raises(RallyResponseError):
            transport.post('defect/2', {})
    assert b'key=very-secret-token' in peer.requests[1]
    assert 'defect/2' in caplog.text and 'very-secret' not in caplog.text


def test_silence_ends_after_the_time_allowed(peer_of):
    peer = peer_of(None)
    transport = transport_to(peer.url, timeout=(GUARD_S, 0.2), retry=RetryPolicy(attempts=1))
    with pytest.raises(Timeout):
        transport.get('defect')


def test_a_redirect_to_another_port_gets_no_credentials(peer_of):
    other = peer_of(whole())
    peer = peer_of('HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: {0}/x\r\n\r\n'.format(
        other.url).encode('ascii'))
    with pytest.raises(TransportError) as caught:
        transport_to(peer.url).get('defect')
    assert caught.value.kind == 'foreign' and other.requests == []
    assert other.url in str(caught.value) and peer.url in str(caught.value)


def test_a_name_that_does_not_exist_is_told_as_such():
    with pytest.raises(TransportError) as caught:
        transport_to('http://no-such-host.invalid').get('defect')
    assert caught.value.kind == 'dns'


def test_plain_http_where_tls_is_spoken_is_told_as_a_broken_handshake(peer_of):
    peer = peer_of(b'HTTP/1.1 400 Bad Request\r\n\r\n')
    with pytest.raises(TransportError) as caught:
        transport_to(peer.url.replace('http:', 'https:')).get('defect')
    assert caught.value.kind == 'tls'


# Against the emulator

def test_the_token_and_its_cookie_serve_many_writes(emu):
    rally = emu.sign_in()
    for number in range(3):
        rally.create('Tag', {'Name': 'tag {0}'.format(number)})
    token = rally.obtainSecurityToken()
    assert token and token == rally.obtainSecurityToken()


def test_a_lost_session_is_renewed_by_itself(emu):
    rally = emu.sign_in()
    first = rally.obtainSecurityToken()
    transport = rally._transport
    transport.session.cookies.clear()
    transport._sign_in._token = 'a-token-of-no-session'
    assert rally.create('Tag', {'Name': 'after'}).Name == 'after'
    assert rally.obtainSecurityToken() not in (first, 'a-token-of-no-session')


def test_many_threads_write_after_a_lost_session_and_sign_in_once_more(emu):
    rally = emu.sign_in()
    rally.obtainSecurityToken()
    rally.typedef('Tag')
    rally._transport._sign_in._token = 'a-token-of-no-session'
    asked, failed = [], []
    rally._transport.wire_log.add(
        lambda each: asked.append(each) if each.purpose == 'token' and each.kind == 'request'
        else None)

    def write(number):
        try:
            rally.create('Tag', {'Name': 'thread {0}'.format(number)})
        except Exception as error:  # every kind of failure is one here
            failed.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(GUARD_S)
    assert failed == [] and len(asked) == 1
    names = [tag.Name for tag in rally.get('Tag', fetch='Name', query='Name contains "thread "',
                                           project=None)]
    assert sorted(names) == ['thread {0}'.format(number) for number in range(8)]


def test_a_read_only_key_may_read_on_after_a_refused_write(emu):
    rally = emu.connect(apikey='_robReadOnly0001')
    with pytest.raises(AuthenticationError):
        rally.create('Tag', {'Name': 'x'})
    assert not rally.get('Tag', project=None).errors


def test_the_schema_redirect_is_followed(rally):
    before = rally.requests_made
    assert rally.contextHelper.getSchemaItem('Defect').ElementName == 'Defect'
    assert rally.requests_made - before <= 2

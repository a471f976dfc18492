# coding: utf-8
"""Requests of one connection, over a fake HTTP service: nothing here opens a socket."""
from __future__ import absolute_import, division, print_function

import os
import pickle
import socket
import threading

import pytest
import requests

from pyral._compat import ensure_text
from pyral.errors import (
    AuthenticationError,
    ConfigError,
    ConnectFailed,
    RallyRESTAPIError,
    Timeout,
    TransportError,
)
from pyral.http.retry_policy import RetryPolicy
from pyral.http.transport import Credentials, Transport
from tests.fake_http import FakeHTTP, Reply, result, sequence
from tests.threads import GUARD_S

SERVICE = 'https://h/slm/webservice/v2.0/'
#: All is well, and there is nothing to show; a write gets the envelope of its method for it.
EMPTY = result([])
DONE = dict((method, {kind: {'Errors': [], 'Warnings': []}}) for method, kind in (
    ('PUT', 'CreateResult'), ('POST', 'OperationResult'), ('DELETE', 'OperationResult')))
INVALID_KEY = {'OperationResult': {
    'Errors': ['Not authorized to perform action: Invalid key'], 'Warnings': []}}
REFUSED = Reply(u'<html>Error 401 The username or password you entered is incorrect.</html>', 401)


pytestmark = pytest.mark.usefixtures('bare_environment')


def connected(handler, user='u', password='pass-word', **options):
    """Return a transport over a fake service, and the service."""
    def answer(seen):
        found = handler(seen) if callable(handler) else handler
        return DONE[seen.method] if found is EMPTY and seen.method != 'GET' else found

    http = FakeHTTP(answer)
    options.setdefault('retry', RetryPolicy(sleep=lambda seconds: None))
    if 'apikey' in options:
        user = password = None
    credentials = Credentials(user, password, options.pop('apikey', None))
    return Transport(options.pop('server', 'h'), credentials, adapter=http, **options), http


class Service(object):
    """A service with sessions: a write needs the token of the session that is current."""

    def __init__(self):
        self.session, self.tokens, self.accepts = 1, 0, True
        self.lock = threading.Lock()

    def __call__(self, seen):
        with self.lock:
            if not self.accepts:
                return REFUSED
            if seen.path.endswith('authorize'):
                self.tokens += 1
                return Reply({'OperationResult': {'SecurityToken': 'token-{0}'.format(
                    self.session), 'Errors': [], 'Warnings': []}})
            if seen.method != 'GET' and seen.params.get('key') != 'token-{0}'.format(self.session):
                return INVALID_KEY
            return EMPTY


# Signing requests

def test_a_password_is_sent_by_basic_authentication_and_no_key_header():
    transport, http = connected(EMPTY, user=u'us\xe9r', password=u'p\xe4ss')
    transport.get('defect')
    assert http.seen[0].headers['Authorization'] == 'Basic dXPDqXI6cMOkc3M='
    assert 'ZSESSIONID' not in http.seen[0].headers


def test_an_api_key_is_sent_in_its_header_and_no_basic_credentials_nor_token():
    transport, http = connected(EMPTY, apikey='_key12345')
    transport.get('defect')
    transport.post('defect/1', {'Defect': {}})
    assert [seen.headers.get('ZSESSIONID') for seen in http.seen] == ['_key12345'] * 2
    assert not any('Authorization' in seen.headers or 'key' in seen.params for seen in http.seen)
    assert transport.token() is None


@pytest.mark.parametrize('user,password', [
    (None, None), ('', ''), ('u', ''), ('', 'p'), ('wiley@acme.com', 'no-password-given')])
def test_missing_credentials_are_not_made_up(user, password):
    transport, http = connected(REFUSED, user=user, password=password)
    assert transport.get('user').status == 401
    assert 'Authorization' not in http.seen[0].headers and not transport.has_credentials


def test_netrc_is_used_where_nothing_is_given_and_only_there(monkeypatch, tmpdir):
    netrc = tmpdir.join('netrc')
    netrc.write('machine h login nu password np-secret\n')
    os.chmod(str(netrc), 0o600)
    monkeypatch.setenv('NETRC', str(netrc))
    assert connected(EMPTY, user=None, password=None)[0].has_credentials
    transport, http = connected(EMPTY, apikey='_key12345')
    transport.get('user')
    assert 'Authorization' not in http.seen[0].headers


def test_cookies_come_back_with_a_password_and_never_with_a_key():
    def handler(seen):
        return Reply(EMPTY, headers={'Set-Cookie': 'JSESSIONID=abc; Path=/'})

    for options, cookie in (({}, 'JSESSIONID=abc'), ({'apikey': '_key12345'}, None)):
        transport, http = connected(handler, **options)
        transport.get('user')
        transport.get('user')
        assert http.seen[1].headers.get('Cookie') == cookie
        assert 'Cookie' not in http.seen[0].headers


# Headers

def test_each_request_carries_the_integration_headers():
    transport, http = connected(EMPTY)
    transport.get('user')
    headers = http.seen[0].headers
    assert headers['X-RallyIntegrationName'] == 'Rally REST API toolkit for Python'
    assert headers['X-RallyIntegrationLibrary'].startswith('pyral-')
    assert headers['Content-Type'] == 'application/json'
    assert headers['Accept-Encoding'] == 'gzip'


def test_headers_are_overridden_by_either_spelling_and_extended_for_one_instance_only():
    own, http = connected(EMPTY, headers={
        'name': 'N', 'X-RallyIntegrationVendor': u'V', 'x-rallyintegrationversion': '1',
        'user-agent': 'UA', 'X-Gateway': 'G'})
    own.get('user')
    names = ('X-RallyIntegrationName', 'X-RallyIntegrationVendor', 'X-RallyIntegrationVersion',
             'User-Agent', 'X-Gateway')
    assert [http.seen[0].headers[name] for name in names] == ['N', 'V', '1', 'UA', 'G']
    other, other_http = connected(EMPTY)
    other.get('user')
    assert other_http.seen[0].headers['X-RallyIntegrationName'] != 'N'
    assert 'X-Gateway' not in other_http.seen[0].headers


@pytest.mark.parametrize('name', ['Authorization', 'zsessionid', 'Cookie', 'Host'])
def test_headers_cannot_carry_credentials(name):
    with pytest.raises(ConfigError):
        connected(EMPTY, headers={name: 'x'})


# Addresses

@pytest.mark.parametrize('path,params,url', [
    ('defect', None, SERVICE + 'defect'),
    ('/defect/1', {'fetch': 'Name,State'}, SERVICE + 'defect/1?fetch=Name,State'),
    ('defect?a=b', [('c', 'd e')], SERVICE + 'defect?a=b&c=d%20e'),
    ('defect?&x=1', None, SERVICE + 'defect?&x=1'),
    ('/slm/schema/v2.0/workspace/1', None, 'https://h/slm/schema/v2.0/workspace/1'),
    ('http://H/slm/webservice/v2.0/user/1', None, SERVICE + 'user/1'),
])
def test_an_address_is_made_of_path_and_parameters(path, params, url):
    assert connected(EMPTY)[0].address(path, params) == url


def test_an_address_elsewhere_is_refused_before_anything_is_sent():
    transport, http = connected(EMPTY)
    with pytest.raises(TransportError) as caught:
        transport.get('https://evil.test/slm/webservice/v2.0/user')
    assert caught.value.kind == 'foreign' and http.seen == []
    assert 'evil.test' in str(caught.value) and 'https://h' in str(caught.value)


def test_a_body_is_json_in_utf8_and_the_callers_dict_unchanged():
    transport, http = connected(EMPTY, apikey='_key12345')
    body = {'Defect': {'Name': u'\xe9'}}
    transport.put('defect/create', body)
    assert http.seen[0].body == b'{"Defect": {"Name": "\\u00e9"}}'
    assert body == {'Defect': {'Name': u'\xe9'}}


# Redirects

def test_a_redirect_on_this_server_is_followed_with_credentials():
    transport, http = connected(sequence(
        Reply(b'', 302, {'Location': '/slm/schema/v2.0/workspace/1/hash'}), EMPTY))
    assert transport.get('/slm/schema/v2.0/workspace/1').ok
    assert http.seen[1].path == '/slm/schema/v2.0/workspace/1/hash'
    assert 'Authorization' in http.seen[1].headers and transport.request_count == 2


def test_a_redirect_can_be_seen_instead_of_followed():
    transport, http = connected(Reply(b'', 302, {'Location': '/slm/elsewhere'}))
    answer = transport.get('/slm/schema/v2.0/workspace/1', follows=False)
    assert answer.status == 302 and answer.headers['Location'] == '/slm/elsewhere'
    assert len(http.seen) == 1


@pytest.mark.parametrize('location', [
    'https://evil.test/x', '//evil.test/x', 'https://h:444/x', 'https://h@evil.test/', 'ftp://h/x'])
def test_a_redirect_elsewhere_is_not_followed(location):
    transport, http = connected(Reply(b'', 302, {'Location': location}), apikey='_key12345')
    with pytest.raises(TransportError) as caught:
        transport.get('user')
    assert caught.value.kind == 'foreign' and len(http.seen) == 1


def test_a_circle_of_redirects_ends():
    transport, http = connected(Reply(b'', 302, {'Location': '/slm/x'}))
    with pytest.raises(TransportError) as caught:
        transport.get('user')
    assert caught.value.kind == 'redirect' and len(http.seen) == 6


def test_a_write_is_not_turned_into_a_read_by_a_redirect():
    transport, http = connected(Reply(b'', 302, {'Location': '/slm/x'}), apikey='_key12345')
    with pytest.raises(TransportError):
        transport.post('defect/1', {})
    transport, http = connected(
        sequence(Reply(b'', 307, {'Location': '/slm/x'}), EMPTY), apikey='_key12345')
    transport.post('defect/1', {'a': 1})
    assert [(seen.method, seen.body) for seen in http.seen] == [('POST', b'{"a": 1}')] * 2


# The token

def test_the_token_is_asked_for_once_before_the_first_write():
    service = Service()
    transport, http = connected(service)
    transport.get('defect')
    for _ in range(3):
        assert transport.put('defect/create', {}, {'workspace': 'workspace/1'}).errors == []
    assert service.tokens == 1
    assert http.seen[2].url == SERVICE + 'defect/create?workspace=workspace/1&key=token-1'


def test_a_stale_token_is_renewed_once_and_the_write_sent_again():
    service = Service()
    transport, http = connected(service)
    transport.post('defect/1', {})
    service.session = 2
    assert transport.post('defect/1', {}).errors == []
    assert service.tokens == 2 and http.seen[-1].params['key'] == 'token-2'


def test_a_key_that_stays_invalid_is_an_error_after_one_renewal():
    def handler(seen):
        if seen.path.endswith('authorize'):
            return {'OperationResult': {'SecurityToken': 'token-x', 'Errors': []}}
        return INVALID_KEY if seen.method != 'GET' else EMPTY

    transport, http = connected(handler)
    assert transport.post('defect/1', {}).errors == INVALID_KEY['OperationResult']['Errors']
    assert [seen.method for seen in http.seen] == ['GET', 'POST', 'GET', 'POST']


def test_many_threads_renew_a_stale_token_once():
    service = Service()
    transport, http = connected(service)
    transport.post('defect/1', {})
    service.session, found = 2, []

    def write():
        found.append(transport.post('defect/1', {}).errors)

    threads = [threading.Thread(target=write) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(GUARD_S)
    assert found == [[]] * 16 and service.tokens == 2


def test_a_data_text_that_mentions_the_words_is_no_refusal():
    body = {'CreateResult': {'Errors': [], 'Warnings': [], 'Object': {'Name': 'Invalid key'}}}

    def handler(seen):
        if seen.path.endswith('authorize'):
            return {'OperationResult': {'SecurityToken': 'token-x', 'Errors': []}}
        return body

    transport, http = connected(handler)
    assert transport.put('defect/create', {}).ok and len(http.seen) == 2


def test_a_server_of_old_without_tokens_is_written_to_without_one():
    transport, http = connected(
        lambda seen: Reply(b'no', 404) if seen.path.endswith('authorize') else EMPTY)
    assert transport.post('defect/1', {}).ok and 'key' not in http.seen[1].params


def test_an_answer_without_a_token_is_an_error_before_the_write():
    transport, http = connected({'OperationResult': {'Errors': [], 'Warnings': []}})
    with pytest.raises(RallyRESTAPIError):
        transport.put('defect/create', {})
    assert [seen.method for seen in http.seen] == ['GET']


# Refused sign-in

def test_a_wrong_password_is_offered_once_and_never_again():
    transport, http = connected(REFUSED)
    assert transport.get('user').status == 401
    for _ in range(3):
        with pytest.raises(AuthenticationError) as caught:
            transport.get('defect')
        assert caught.value.args == ('Invalid credentials',)
    assert len(http.seen) == 1


def test_a_session_that_was_dropped_is_renewed_in_the_middle_of_a_run():
    service = Service()
    refusals = [REFUSED]

    def handler(seen):
        if refusals and seen.path.endswith('defect/2'):
            return refusals.pop()
        return service(seen)

    transport, http = connected(handler)
    transport.get('defect/1')
    assert transport.get('defect/2').ok
    assert [seen.path.split('/')[-1] for seen in http.seen] == ['1', '2', 'authorize', '2']


def test_a_password_that_was_changed_is_tried_a_second_time_only_to_be_sure():
    service = Service()
    transport, http = connected(service)
    transport.get('defect/1')
    service.accepts = False
    failures = []

    def read():
        try:
            failures.append(transport.get('defect/2').status)
        except AuthenticationError as error:
            failures.append(error.args[0])

    threads = [threading.Thread(target=read) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(GUARD_S)
    assert failures.count('Invalid credentials') == 12
    asked_to_sign_in = [seen for seen in http.seen if seen.path.endswith('authorize')]
    assert len(asked_to_sign_in) == 1
    before = len(http.seen)
    with pytest.raises(AuthenticationError):
        transport.get('defect/3')
    assert len(http.seen) == before


def test_a_write_refused_to_a_read_only_key_is_an_answer_not_a_lockout():
    transport, http = connected(
        lambda seen: REFUSED if seen.method != 'GET' else EMPTY, apikey='_key12345')
    transport.get('defect/1')
    assert transport.put('defect/create', {}).status == 401
    assert transport.get('defect/1').ok


# Failures

def test_a_lost_read_is_read_again():
    transport, http = connected(sequence(requests.exceptions.ReadTimeout('x'), EMPTY))
    assert transport.get('defect').ok and transport.request_count == 2


def test_a_wrong_header_of_an_answer_is_a_lost_answer_and_no_mistake_of_the_session():
    wrong = requests.exceptions.InvalidHeader(
        IOError('Content-Length contained multiple unmatching values (1, 2)'))
    transport, http = connected(sequence(wrong, EMPTY))
    assert transport.get('defect').ok and transport.request_count == 2
    http.handler = lambda seen: wrong if seen.method == 'PUT' else {
        'OperationResult': {'SecurityToken': 't', 'Errors': []}}
    with pytest.raises(TransportError) as caught:
        transport.put('defect/create', {'Defect': {'Name': 'n'}})
    assert caught.value.outcome_unknown


def test_a_lost_write_is_not_sent_again_and_says_what_was_sent():
    def handler(seen):
        if seen.method == 'GET':
            return {'OperationResult': {'SecurityToken': 'token-secret', 'Errors': []}}
        return requests.ConnectionError(
            'Connection aborted to https://h/defect/create?key=token-secret')

    transport, http = connected(handler)
    with pytest.raises(TransportError) as caught:
        transport.put('defect/create', {'Defect': {'Name': 'n'}})
    error = caught.value
    assert error.outcome_unknown and error.payload == {'Defect': {'Name': 'n'}}
    assert (error.method, error.kind) == ('PUT', 'reset')
    assert error.url == SERVICE + 'defect/create'
    assert [seen.method for seen in http.seen] == ['GET', 'PUT']


def test_no_secret_is_in_a_failure_its_cause_or_its_pickle():
    def handler(seen):
        return requests.exceptions.ProxyError(
            'Cannot connect with pass-word to http://u:pass-word@proxy, key=x', request=seen)

    transport, http = connected(handler)
    with pytest.raises(ConnectFailed) as caught:
        transport.get('defect')
    error = caught.value
    for text in (str(error), repr(error), str(error.cause), repr(error.__cause__)):
        assert 'pass-word' not in text
    assert b'pass-word' not in pickle.dumps(error, 2)
    assert getattr(error.cause, 'request', None) is None
    assert getattr(error, '__context__', None) in (None, error.cause)


def test_a_time_limit_names_the_server_as_it_was_given():
    transport, http = connected(requests.exceptions.ConnectTimeout('x'), server='H:8443')
    with pytest.raises(Timeout) as caught:
        transport.get('defect')
    assert caught.value.args == ('Request timed out on attempt to reach H:8443',)


def test_an_answer_cut_short_is_noticed_though_the_library_does_not_tell():
    class Raw(object):
        """What the library keeps of an answer of which 5 of 9 bytes came."""

        _fp_bytes_read = 5

        def __init__(self, content):
            self.waiting = [content, b'']

        def read(self, *args, **kwargs):
            return self.waiting.pop(0) if self.waiting else b''

        def close(self):
            pass

        def release_conn(self):
            pass

    class Cutting(FakeHTTP):
        def send(self, request, **options):
            response = super(Cutting, self).send(request, **options)
            if len(self.seen) == 1:
                response.raw = Raw(b'{"a":')
                response.headers['Content-Length'] = '9'
            return response

    http = Cutting(lambda seen: EMPTY)
    transport = Transport('h', Credentials(apikey='_key12345'), adapter=http,
                          retry=RetryPolicy(sleep=lambda seconds: None))
    assert transport.get('attachment', wants_json=False).json() == EMPTY
    assert len(http.seen) == 2


class Broken(FakeHTTP):
    """A service whose first answer breaks while it is read; `closed` says what became of it."""

    def __init__(self, headers=None, error=None):
        super(Broken, self).__init__(lambda seen: EMPTY)
        self.headers, self.error, self.closed = headers or {}, error, []

    def send(self, request, **options):
        response = super(Broken, self).send(request, **options)
        number = len(self.seen)
        response.raw.close = lambda: self.closed.append(number)
        if number == 1:
            response.headers.update(self.headers)
            if self.error is not None:
                response.raw.read = self._fail
        return response

    def _fail(self, *args, **options):
        raise self.error


@pytest.mark.parametrize('options', [
    {'error': IOError('reset')}, {'error': requests.exceptions.ChunkedEncodingError('cut')},
    {'error': socket.timeout('late')}, {'headers': {'Content-Length': 'some'}},
])
def test_the_response_of_a_read_that_failed_is_closed_before_it_is_read_again(options):
    http = Broken(**options)
    transport = Transport('h', Credentials(apikey='_key12345'), adapter=http,
                          retry=RetryPolicy(sleep=lambda seconds: http.closed.append('wait')))
    assert transport.get('defect').json() == EMPTY
    assert len(http.seen) == 2 and http.closed[:2] == [1, 'wait']


# Settings per request

def test_every_request_has_a_finite_timeout_and_the_process_none():
    transport, http = connected(Service(), timeout=(3, 4))
    transport.get('defect')
    transport.put('defect/create', {}, timeout=9)
    assert [seen.options['timeout'] for seen in http.seen] == [(3, 4), (3, 4), (9, 9)]
    assert socket.getdefaulttimeout() is None


def test_another_time_limit_shares_all_else():
    transport, http = connected(Service(), timeout=(3, 4))
    quick = transport.within(2)
    quick.post('defect/1', {})
    quick.get('defect', timeout=1)
    transport.get('defect')
    assert [seen.options['timeout'] for seen in http.seen if not seen.path.endswith('authorize')] \
        == [(2, 2), (1, 1), (3, 4)]
    assert quick.request_count == transport.request_count == len(http.seen)
    assert quick.session is transport.session and quick.token() == transport.token()
    with pytest.raises(ConfigError):
        transport.within(0)


def test_an_option_that_no_request_has_is_refused():
    transport, http = connected(EMPTY)
    with pytest.raises(TypeError):
        transport.get('defect', time_out=1)
    assert http.seen == []


def test_proxy_and_certificates_go_with_each_request_and_the_environment_stays(monkeypatch, tmpdir):
    monkeypatch.setenv('HTTPS_PROXY', 'proxy:1')
    monkeypatch.setenv('REQUESTS_CA_BUNDLE', str(tmpdir))
    before = dict(os.environ)
    transport, http = connected(EMPTY)
    transport.get('defect')
    assert http.seen[0].options['proxies'] == {'https': 'http://proxy:1'}
    assert http.seen[0].options['verify'] == str(tmpdir)
    assert dict(os.environ) == before


@pytest.mark.parametrize('no_proxy,used', [('h', False), ('.corp,h', False), ('other', True)])
def test_no_proxy_is_honoured(monkeypatch, no_proxy, used):
    monkeypatch.setenv('HTTPS_PROXY', 'proxy:1')
    monkeypatch.setenv('NO_PROXY', no_proxy)
    assert bool(connected(EMPTY)[0].proxies) is used


# Listening, counting, sharing

def test_listeners_hear_of_requests_answers_and_failures_without_secrets():
    heard = []
    transport, http = connected(Service())
    transport.wire_log.add(heard.append)
    transport.put('defect/create', {'Defect': {'Name': 'my pass-word'}}, purpose='create')
    http.handler = lambda seen: requests.exceptions.ReadTimeout('x')
    with pytest.raises(Timeout):
        transport.post('defect/1', {})
    transport.wire_log.remove(heard.append)
    assert [each.kind for each in heard] == [
        'request', 'answer', 'request', 'answer', 'request', 'failure']
    assert [each.purpose for each in heard[:3]] == ['token', 'token', 'create']
    assert heard[3].status == 200 and heard[2].number == 2
    shown = u' '.join(ensure_text(repr(each.url)) + u' ' + ensure_text(each.body or u'')
                      for each in heard)
    assert 'pass-word' not in shown and 'token-1' not in shown and 'key=***' in shown


def test_a_listener_that_was_removed_hears_nothing():
    heard = []
    transport, http = connected(EMPTY)
    transport.wire_log.add(heard.append)
    transport.wire_log.remove(heard.append)
    transport.get('user')
    assert heard == []


def test_requests_are_counted_exactly_over_threads_and_twelve_run_at_once_at_most():
    running, most, lock = [0], [0], threading.Lock()
    gate = threading.Event()

    def handler(seen):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
            if running[0] == 12:
                gate.set()
        gate.wait(GUARD_S)
        with lock:
            running[0] -= 1
        return EMPTY

    transport, http = connected(handler)
    threads = [threading.Thread(target=transport.get, args=('defect',)) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(GUARD_S)
    assert transport.request_count == len(http.seen) == 32 and most[0] == 12


@pytest.mark.skipif(not hasattr(os, 'fork'), reason="this system does not fork")
def test_a_child_process_has_connections_and_locks_of_its_own():
    transport, http = connected(EMPTY)
    transport.get('defect')
    session = transport.session
    session.headers['X-Set'] = 'later'
    pool = session.get_adapter('https://elsewhere.test').poolmanager
    with transport._wire._slots:
        pid = os.fork()
        if pid == 0:
            try:
                fine = (transport.get('defect').ok and http.seen[-1].headers['X-Set'] == 'later'
                        and session.get_adapter('https://elsewhere.test').poolmanager is not pool)
            finally:
                os._exit(0 if fine else 1)
    assert os.waitpid(pid, 0)[1] == 0
    assert transport.session.get_adapter('https://elsewhere.test').poolmanager is pool


def test_a_transport_shows_and_pickles_no_secret():
    transport, http = connected(EMPTY)
    credentials = Credentials('u', 'pass-word')
    assert 'pass-word' not in repr(transport) + repr(vars(transport.session)) + repr(credentials)
    for holder in (transport, credentials):
        with pytest.raises(TypeError):
            pickle.dumps(holder)

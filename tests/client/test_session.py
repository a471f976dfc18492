# -*- coding: utf-8 -*-
"""`rally.session`: what scripts and tests set on it or patch in the HTTP library takes effect."""
from __future__ import absolute_import, division, print_function, unicode_literals

import copy
import os
import pickle
import threading

import pytest
import requests
from requests.adapters import HTTPAdapter
from requests.packages.urllib3.response import HTTPResponse

from pyral import (
    ConfigError,
    Rally,
    RallyRESTAPIError,
    RallyRESTResponse,
    RetryPolicy,
    TransportError,
)
from pyral._compat import dump_json
from pyral.http.transport import Credentials, Transport
from pyral.rallyresp import ErrorResponse
from tests.fake_http import FakeHTTP, FakeRally, Reply, result
from tests.peers import Scripted

MADE_UP = 'made up by a test'
WAYS = ['key', 'word']


def connect(emu, way):
    """Return a connection by key or by password that asks each time once."""
    options = {'retry': RetryPolicy(attempts=1)}
    if way == 'word':
        options.update(user=emu.user, password=emu.password, apikey=None)
    return emu.connect(**options)


def response_of(body):
    """Return a response of the HTTP library as tests make them."""
    response = requests.Response()
    response.status_code, response._content = 200, dump_json(body)
    response.headers['Content-Length'] = str(len(response._content))
    return response


class Told(object):
    """A response of a test's own, which knows its JSON and no more."""

    status_code = 200

    def __init__(self, body):
        self.headers, self._body = {}, body

    def json(self):
        return self._body


def made_up_page(url):
    """Return a page of one defect."""
    return result([{'_ref': url + '/defect/1', '_type': 'Defect', 'Name': MADE_UP,
                    'ObjectID': 1}])


@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('answer', [response_of, Told])
@pytest.mark.parametrize('name', ['send', 'request', 'get'])
def test_a_read_sees_what_is_patched(emu, monkeypatch, way, name, answer):
    rally = connect(emu, way)
    monkeypatch.setattr(requests.Session, name, lambda session, *args, **options: answer(
        made_up_page(rally.service_url)))
    sent = rally.get('Defect', fetch='Name')
    assert [each.Name for each in sent] == [MADE_UP]


@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('owner', [requests.Session, HTTPAdapter, None])
@pytest.mark.parametrize('call, name', [
    ('create', 'put'), ('update', 'post'), ('delete', 'delete'), ('createMultiple', 'post')])
def test_a_write_that_a_test_keeps_in_never_arrives(emu, monkeypatch, way, owner, call, name):
    rally = connect(emu, way)
    rally.create('Tag', {'Name': 'before'})  # signed in, connected
    defect = next(rally.get('Defect'))
    values = [{'Name': 'escaped'}] if call == 'createMultiple' else {'Name': 'escaped'}
    arguments = [defect.oid] if call == 'delete' else [
        dict(values, ObjectID=defect.oid) if call == 'update' else values]
    for patched in ['send'] if owner is HTTPAdapter else ['send', 'request', name]:
        def kept_in(*args, **options):
            raise requests.ConnectionError('kept in')

        with monkeypatch.context() as patch:
            patch.setattr(rally.session if owner is None else owner, patched, kept_in)
            if owner is HTTPAdapter and emu.emulator is not None:
                rally.session.mount(emu.url, HTTPAdapter())
            with pytest.raises(Exception) as caught:
                getattr(rally, call)('Defect', *arguments)
        assert 'kept in' in str(caught.value)
    assert emu.connect().get('Defect', query='Name = "escaped"').resultCount == 0
    assert emu.connect().get('Defect', query=['ObjectID = {0}'.format(defect.oid)]).resultCount


@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('verb', ['get', 'head', 'options', 'request', 'prepared'])
def test_what_a_script_asks_by_the_session_is_signed(emu, way, verb):
    rally = connect(emu, way)
    url = rally.service_url + '/defect'
    if verb == 'prepared':
        session = rally.session
        response = session.send(session.prepare_request(requests.Request('GET', url)))
    else:
        arguments = ('GET', url) if verb == 'request' else (url,)
        response = getattr(rally.session, verb)(*arguments)
    names = [name.lower() for name in response.request.headers]
    assert ('zsessionid' if way == 'key' else 'authorization') in names
    if verb in ('get', 'request', 'prepared'):
        assert response.json()['QueryResult']['Errors'] == []


@pytest.mark.parametrize('way', WAYS)
def test_a_script_may_write_by_the_session_with_the_token(emu, way):
    rally, token = connect(emu, way), None
    token = rally.obtainSecurityToken()
    answer = rally.session.put(
        rally.service_url + '/tag/create', params={'key': token} if token else None,
        json={'Tag': {'Name': 'by hand'}}).json()
    assert answer['CreateResult']['Errors'] == []
    assert rally.get('Tag', query='Name = "by hand"').resultCount == 1


@pytest.mark.parametrize('way', WAYS)
@pytest.mark.parametrize('shown', [
    'https://elsewhere.test/x', 'http://rally.test/x', 'https://rally.test:444/x',
    'https://rally.test.evil.test/x', 'https://rally.test@evil.test/x', 'https://sub.rally.test/x',
    'https://user:word@rally.test/x'])
def test_a_request_elsewhere_carries_nothing_of_ours(way, shown):
    service = FakeRally()

    def handler(seen):
        if seen.host == 'rally.test' and seen.path != '/x':
            return Reply(service(seen), headers={'Set-Cookie': 'JSESSIONID=proof; Path=/'})
        return Reply({})

    http = FakeHTTP(handler)
    rally = Rally('rally.test', 'ann', 'ann-Secret1', adapter=http,
                  apikey='_annKey0001' if way == 'key' else None)
    rally.obtainSecurityToken()
    for prefix in ('https://', 'http://'):
        rally.session.mount(prefix, http)
    rally.session.get(shown)
    named = ' '.join('{0}: {1}'.format(*each) for each in http.seen[-1].headers.items())
    for secret in ('_annKey0001', 'YW5uOmFubi1TZWNyZXQx', 'proof'):
        assert secret not in named
    rally.session.get('https://RALLY.test:443/x')
    headers = http.seen[-1].headers
    assert headers.get('ZSESSIONID') == ('_annKey0001' if way == 'key' else None)
    assert headers.get('Cookie') == (None if way == 'key' else 'JSESSIONID=proof')
    assert ('Authorization' in headers) is (way == 'word')


@pytest.mark.parametrize('way', WAYS)
def test_a_redirect_takes_no_proof_elsewhere(way):
    service = FakeRally()

    def handler(seen):
        if seen.path == '/moved':
            return Reply(b'', 302, {'Location': 'https://elsewhere.test/x'})
        return {} if seen.path == '/x' else Reply(
            service(seen), headers={'Set-Cookie': 'JSESSIONID=proof; Path=/'})

    http = FakeHTTP(handler)
    rally = Rally('rally.test', 'ann', 'ann-Secret1', adapter=http,
                  apikey='_annKey0001' if way == 'key' else None)
    rally.session.mount('https://', http)
    rally.session.get('https://rally.test/moved')
    assert http.seen[-1].host == 'elsewhere.test'
    names = set(name.lower() for name in http.seen[-1].headers)
    assert not names.intersection(['zsessionid', 'authorization', 'cookie'])
    assert rally.session.get('https://rally.test/moved', allow_redirects=False).next.url == (
        'https://elsewhere.test/x')


@pytest.mark.parametrize('way', WAYS)
def test_netrc_and_environment_replace_nothing_that_was_given(emu, monkeypatch, tmpdir, way):
    netrc = tmpdir.join('netrc')
    netrc.write('machine {0} login nobody password of-netrc\n'.format(
        emu.url.split('://')[1].split(':')[0]))
    os.chmod(str(netrc), 0o600)
    rally = connect(emu, way)
    for name, value in (('NETRC', str(netrc)), ('HTTP_PROXY', 'http://127.0.0.1:1'),
                        ('http_proxy', 'http://127.0.0.1:1'), ('ALL_PROXY', 'http://127.0.0.1:1'),
                        ('REQUESTS_CA_BUNDLE', str(netrc))):
        monkeypatch.setenv(str(name), str(value))
    rally.session.trust_env, rally.session.verify = True, False
    seen = heard_by(rally.session)
    assert rally.get('Defect').status_code == 200
    assert rally.session.get(rally.service_url + '/user').ok
    assert [each['verify'] for each in seen] == [False, False]
    assert not any(each['proxies'] for each in seen)


def heard_by(session):
    """Return a list of the settings each request of a session is sent with, from now on."""
    seen, send = [], session.send

    def heard(request, **settings):
        seen.append(dict(settings, headers=request.headers, thread=threading.current_thread()))
        return send(request, **settings)

    session.send = heard
    return seen


@pytest.mark.parametrize('threads', [1, 4])
def test_settings_made_later_hold_for_each_request_of_each_thread(emu, threads):
    rally = connect(emu, 'word')
    rally.createMultiple('Tag', [{'Name': 'T{0}'.format(each)} for each in range(12)])
    session, heard, seen = rally.session, [], heard_by(rally.session)
    session.verify, session.cert = False, os.path.abspath(__file__)
    session.proxies['https'] = 'http://127.0.0.1:1'  # not the scheme of this server
    session.headers['X-Gateway'] = 'G'
    session.hooks['response'].append(
        lambda response, **options: heard.append(len(response.content)))
    assert len(list(rally.get('Tag', fetch='Name', pagesize=2, threads=threads))) >= 12
    assert len(heard) == len(seen) >= 6
    for each in seen:
        assert (each['verify'], each['cert']) == (False, session.cert)
        assert each['proxies'] == {'https': 'http://127.0.0.1:1'}
        assert each['headers']['X-Gateway'] == 'G'
    if threads > 1:
        assert len(set(each['thread'] for each in seen)) > 1


def test_a_proxy_set_later_is_used(emu):
    peer = Scripted(b'HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n')
    rally = emu.connect(retry=RetryPolicy(attempts=1))
    rally.session.mount('http://', HTTPAdapter())
    rally.session.adapters.pop(emu.url, None)
    rally.session.proxies['http'] = peer.url
    try:
        assert rally.get('Defect').status_code == 502
    finally:
        peer.close()


@pytest.mark.parametrize('name', ['verify', 'cert'])
def test_a_file_that_is_not_there_is_told_as_such_and_nothing_is_sent(name):
    with Scripted() as peer:
        transport = Transport(peer.url.replace('http:', 'https:'), Credentials(apikey='_key12345'))
        setattr(transport.session, name, '/no/such.pem')
        with pytest.raises(TransportError) as caught:
            transport.put('defect/create', {'Defect': {}})
    assert caught.value.kind == 'tls' and not caught.value.outcome_unknown
    assert '/no/such.pem' in caught.value.args[0] and 'no such file' in caught.value.hint
    assert transport.request_count == 1


@pytest.mark.parametrize('header', [('X-Number', 5), ('X-Lines', 'a\nb')])
def test_a_header_that_cannot_be_sent_is_told_as_such(emu, header):
    rally = connect(emu, 'key')
    rally.session.headers[str(header[0])] = header[1]
    for call in (lambda: rally.get('Tag'), lambda: rally.create('Tag', {'Name': 'never'})):
        with pytest.raises(ConfigError) as caught:
            call()
        assert caught.value.field == 'headers'


def test_an_adapter_mounted_later_answers(emu):
    rally = connect(emu, 'key')
    rally.session.mount(emu.url, FakeHTTP(lambda seen: made_up_page(rally.service_url)))
    assert [each.Name for each in rally.get('Defect', fetch='Name')] == [MADE_UP]


@pytest.mark.parametrize('way', WAYS)
def test_a_hook_that_refuses_an_answer_leaves_it_to_be_read(emu, way):
    rally = connect(emu, way)
    rally.session.hooks['response'].append(
        lambda response, **options: response.raise_for_status())
    with pytest.raises(RallyRESTAPIError) as caught:
        rally.update('Defect', {'ObjectID': 99999, 'Name': 'x'})
    assert not caught.value.outcome_unknown


@pytest.mark.parametrize('way', WAYS)
def test_another_session_may_take_its_place(emu, way):
    rally, own = connect(emu, way), requests.Session()
    if emu.emulator is not None:
        own.mount(emu.url, emu.emulator.adapter())
    own.headers['X-Own'] = 'yes'
    seen = heard_by(own)
    rally.session = own
    assert rally.create('Tag', {'Name': 'by another'}).Name == 'by another'
    assert rally.session is own and seen and all(
        each['headers']['X-Own'] == 'yes' for each in seen)


class Keeping(requests.Session):
    """What a cache puts in the place of `requests.Session`."""

    def __init__(self):
        super(Keeping, self).__init__()
        self.kept = {}

    def send(self, request, **options):
        if request.method != 'GET':
            return super(Keeping, self).send(request, **options)
        if request.url not in self.kept:
            answer = super(Keeping, self).send(request, **options)
            self.kept[request.url] = answer.status_code, answer.headers, answer.content
        response = requests.Response()
        response.request, response.url = request, request.url
        response.status_code, response.headers, response._content = self.kept[request.url]
        response.raw = HTTPResponse(b'', preload_content=False)
        return response


@pytest.mark.parametrize('way', WAYS)
def test_a_cache_in_the_place_of_the_library_s_session_keeps_answers(emu, monkeypatch, way):
    monkeypatch.setattr(requests, 'Session', Keeping)
    rally = connect(emu, way)
    made = rally.create('Defect', {'Name': 'Kept'})
    first = [each.Name for each in rally.get('Defect', fetch='Name', project=None)]
    rally.delete('Defect', made.oid)
    assert made.Name in first
    assert [each.Name for each in rally.get('Defect', fetch='Name', project=None)] == first
    assert connect(emu, way).get('Defect', fetch='Name', project=None).resultCount < len(first)


def test_the_session_is_shared_by_copies_and_not_pickled(rally):
    assert copy.copy(rally.session) is copy.deepcopy(rally.session) is rally.session
    with pytest.raises(TypeError) as caught:
        pickle.dumps(rally.session)
    assert 'connect again' in str(caught.value)


def test_cookies_of_a_script_stay_when_the_sign_in_is_renewed(emu):
    rally = connect(emu, 'word')
    rally.session.cookies.set('GATEWAY', 'mine', path='/')
    rally.obtainSecurityToken()
    rally._transport._wire.forget_cookies()
    assert [cookie.name for cookie in rally.session.cookies] == ['GATEWAY']


# Responses and reads by hand

def test_a_response_made_by_hand_reads_all_its_pages(rally):
    rally.createMultiple('Tag', [{'Name': 'T{0}'.format(each)} for each in range(5)])
    context = rally.contextHelper.currentContext()
    url = rally.service_url + '/tag?fetch=Name&order=ObjectID&pagesize=2'
    expected = [tag.Name for tag in rally.get('Tag', fetch='Name', order='ObjectID')]
    for arguments, names in (((), expected), (('full', 0), expected), (('full', 3), expected[:3])):
        response = RallyRESTResponse(rally.session, context, url, rally.session.get(url),
                                     *arguments)
        assert [tag.Name for tag in response] == names
        assert response.resultCount == len(expected) and response.session is rally.session


@pytest.mark.parametrize('answer, errors', [
    (ErrorResponse(404, 'nobody there'), ['nobody there']),
    (response_of(result([], Errors=['refused'])), ['refused']),
    (Told(result([], Errors=['refused'])), ['refused']),
])
def test_a_failed_response_made_by_hand_tells_its_errors(rally, answer, errors):
    context = rally.contextHelper.currentContext()
    response = RallyRESTResponse(rally.session, context, rally.service_url + '/tag', answer)
    assert response.errors == errors and not response


def test_a_resource_is_read_by_its_objectid_as_of_old(rally):
    context, tag = rally.contextHelper.currentContext(), next(rally.get('Tag', fetch='Name'))
    answer = rally._getResourceByOID(context, 'Tag', tag.oid)
    assert answer.status_code == 200 and answer.json()['Tag']['Name'] == tag.Name
    response = rally._getResourceByOID(context, 'Tag', tag.oid, unwrap=True)
    assert [each.Name for each in response] == [tag.Name]

"""The doctor on every interpreter: a connection that is there, and hosts that are not."""
from __future__ import absolute_import, division, print_function

import json
import ssl

import pytest

from pyral.doctor import examine
from pyral.http import library
from tests.peers import Scripted

pytestmark = pytest.mark.usefixtures('bare_environment')


def test_a_connection_that_works_has_no_failure(emu):
    findings = emu.sign_in().doctor(time_limit=20)
    assert findings.verdict != 'failure', findings
    assert [findings.of(check).verdict for check in ('service', 'sign-in', 'workspace')] == [
        'ok'] * 3
    assert emu.password not in findings.to_json() + findings._repr_html_() + str(findings)


@pytest.mark.parametrize('server, check, advice', [
    (u'm\xfcller.invalid', 'DNS', 'Check its spelling'),
    ('a' * 100 + '.example', 'DNS', 'Check its spelling'),
    ('ftp://localhost', 'server', 'is not http or https'),
    ('127.0.0.1:1', 'TCP', 'Check the port'),
])
def test_a_host_that_is_not_there_is_told_in_any_letters(server, check, advice):
    findings = examine(server=server, apikey='_abcdefgh', environ={}, time_limit=20)
    assert findings.of(check).verdict == 'failure' and advice in findings.of(check).advice
    assert json.loads(findings.to_json())['verdict'] == 'failure'


def test_plain_http_is_told_with_how_to_write_it():
    with Scripted(b'HTTP/1.1 400 x\r\nContent-Length: 0\r\n\r\n') as peer:
        found = examine(server=peer.netloc, apikey='_abcdefgh', environ={}, time_limit=20)
    assert found.of('TLS').text == peer.netloc + ' speaks plain http, not https'
    assert "'http://" + peer.netloc in found.of('TLS').advice


def test_versions_are_those_that_run_here():
    found = library.versions()
    assert found['OpenSSL'] in ssl.OPENSSL_VERSION and found['requests'].split('.')[0] == '2'
    facts = examine(['--server=ftp://x'], environ={}).of('versions').facts
    assert facts['requests'] == found['requests'] and facts['Python'].count('.') == 2

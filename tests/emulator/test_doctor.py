"""The doctor: a table of set-ups that do not connect, each made for real, and what it says."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import threading
import time

import pytest

from pyral import Rally
from pyral.cli import main
from pyral.doctor import examination, examine, examined_setup, network_checks
from tests.emulator.doctor_cases import CASES
from tests.emulator.doctor_setups import KEY, PASSWORD, SETUPS, USER, Servers
from tests.peers import Peer, drain
from tests.threads import GUARD_S

pytestmark = pytest.mark.usefixtures('bare_environment')


@pytest.fixture(autouse=True)
def as_long_as_it_takes(monkeypatch):
    """Let no check end before it has told what it found, however busy the machine is."""
    monkeypatch.setattr(examination, '_GRACE_S', GUARD_S)
    for module in (examination, examined_setup, network_checks):
        monkeypatch.setattr(module, 'LOOK_S', GUARD_S)


@pytest.fixture(scope='module')
def servers(tmp_path_factory):
    found = Servers(tmp_path_factory.mktemp('doctor'))
    assert found.plain.url  # what a test opens is closed after it
    yield found
    found.close()


def fits(pattern, text):
    """Say whether a text is what a pattern says, with anything where it says `...`."""
    parts = [re.escape(part) for part in pattern.split('...')]
    return re.fullmatch('.*'.join(parts), text, re.DOTALL) is not None


@pytest.mark.parametrize('case', CASES, ids=[case.name for case in CASES])
def test_the_doctor_finds_what_is_wrong_and_says_what_to_do(case, servers, monkeypatch):
    keywords = {'time_limit': GUARD_S, **SETUPS[case.name](servers)}
    keywords.setdefault('schema_cache', str(servers.folder / 'schemas'))
    monkeypatch.setenv('NETRC', keywords.pop('NETRC', str(servers.folder / 'none')))
    told = []
    findings = examine(on_finding=told.append, **keywords)
    assert told == list(findings)
    of_check = [each for each in findings if each.check == case.check]
    found = [each for each in of_check if fits(case.text, each.text)]
    assert len(found) == 1, findings
    assert (found[0].verdict, fits(case.advice, found[0].advice)) == (case.verdict, True), found
    error = found[0].facts.get('error')
    assert error is None or any(text in error for text in case.seen), error
    assert findings.exit_code == int(any(each.verdict == 'failure' for each in findings))


def requests_of(emulator, action):
    """Return the requests that an action makes, as method and path below the service."""
    before = len(emulator.requests())
    action()
    return [
        '{} {}'.format(each.method, each.path.partition('/v2.0/')[2])
        for each in emulator.requests()[before:]
    ]


#: What is asked for -> requests beyond those that each examination makes.
PRICES = [
    ({'apikey': KEY}, ['POST tag/0']),
    ({'apikey': KEY, 'tries_write': False}, []),
    ({'user': USER, 'password': PASSWORD}, ['GET security/authorize']),
    ({'apikey': KEY, 'workspace': 'Main', 'project': 'Team A'}, ['POST tag/0']),
    ({'apikey': '_robReadOnly0001'}, ['POST tag/0', 'POST tag/0']),
]


@pytest.mark.parametrize('keywords, more', PRICES)
def test_an_examination_costs_what_the_page_says(servers, tmp_path, keywords, more):
    def run(folder=servers.folder / 'schemas'):
        keep = {'schema_cache': str(folder), 'environ': {}, 'server': servers.plain.url}
        assert examine(**keep, **keywords).exit_code == 0

    run()
    kept = requests_of(servers.plain, run)
    if keywords is PRICES[0][0]:
        assert len(requests_of(servers.plain, lambda: run(tmp_path))) == len(kept) + 1
    who = ['GET user', 'GET subscription/N/Workspaces', 'GET project']
    assert [re.sub(r'(?<=[a-z]/)\d{2,}', 'N', each) for each in kept] == [
        *who,
        *more,
        'GET workspace/N',
        'GET hierarchicalrequirement',
    ]


def test_an_examination_writes_nothing_and_a_refused_key_is_sent_once(servers):
    asked = requests_of(servers.plain, lambda: examine(**SETUPS['wrong_key'](servers)))
    assert asked == ['GET user']
    keywords = SETUPS['key_with_a_line_end'](servers)
    findings = examine(**keywords, schema_cache=str(servers.folder / 'schemas'))
    refusal = "Could not read: Could not read Tag 0 to update."
    assert findings.of('writing').facts == {'status': 200, 'said': refusal}


def test_a_connection_that_is_there_is_examined_as_it_is(servers):
    keep = str(servers.folder / 'schemas')
    rally = Rally(servers.plain.url, apikey=KEY, project='Team A', warn=False, schema_cache=keep)
    findings = rally.doctor(time_limit=GUARD_S)
    assert findings.exit_code == 0 and findings.of('project').text.startswith("'Team A'")
    assert findings.of('settings').facts['apikey'] == {'value': '***', 'source': 'the connection'}
    rally.session.proxies['http'] = 'http://127.0.0.1:9'
    assert rally.doctor(time_limit=GUARD_S).of('proxy').verdict == 'failure'


def test_a_connection_with_an_adapter_of_its_own_needs_no_network(servers):
    rally = Rally('http://rally.invalid', apikey=KEY, adapter=servers.plain.adapter(), warn=False)
    findings = rally.doctor(time_limit=GUARD_S)
    assert findings.exit_code == 0 and findings.of('DNS').facts == {'made': False}
    assert findings.of('service').verdict == 'ok'


#: Headers and body of an answer with status 429, the check that reads them, and what it says.
ODD = [
    ([('Date', 'Mon, 01 Jan 99999 00:00:00 GMT')], 'clock', "the answer gives a date that is none"),
    ([('Date', 'Mon, 99 Foo 2026 99:00:00 GMT')], 'clock', "the answer gives a date that is none"),
    (
        [('Date', 'Mon, 01 Jan 2024 00:00:00 GMT'), ('Age', '9' * 5000)],
        'clock',
        "ahead of the serv",
    ),
    ([('Date', 'Mon, 01 Jan 2024 00:00:00 GMT'), ('Age', '\xb2')], 'clock', "ahead of the service"),
    ([('Retry-After', '7')], 'service', "It asks to wait 7 s."),
    ([('Retry-After', 'Mon, 01 Jan 2029 00:00:00 GMT')], 'service', "wait until Mon, 01 Jan 2029"),
    ([('Content-Encoding', 'br')], 'service', "(429: bytes that are no text)"),
]


@pytest.mark.parametrize('headers, check, said', ODD)
def test_what_is_odd_in_an_answer_is_told_and_fails_no_check_by_itself(
    servers, headers, check, said
):
    findings = examine(**servers.answering('429 Slow', headers, b'\x01\x02\x03'))
    assert said in findings.of(check).text + findings.of(check).advice
    assert 'failed by itself' not in str(findings)


FOLDERS = [
    ('schemas', 'ok'),
    ('a/b', 'ok'),
    ('.', 'ok'),
    ('file', 'warning'),
    ('file/b', 'warning'),
]


@pytest.mark.parametrize('folder, verdict', FOLDERS)
def test_a_folder_for_schemas_may_be_relative(servers, tmp_path, monkeypatch, folder, verdict):
    (tmp_path / 'file').write_bytes(b'')
    monkeypatch.chdir(tmp_path)
    found = examine(**servers.of('nowhere.invalid', PYRAL_SCHEMA_CACHE=folder), time_limit=GUARD_S)
    assert found.of('schema cache').verdict == verdict, found


def test_the_public_service_is_not_taken_for_a_slip_of_itself(servers, monkeypatch):
    def unknown(*_):
        raise OSError('no DNS here')

    monkeypatch.setattr('pyral.doctor.network_checks.addresses_of', unknown)
    assert 'Did you mean' not in examine(server='rally1.rallydev.com', apikey=KEY).of('DNS').advice


@pytest.mark.parametrize('name', ['wrong_password', 'proxy_refuses_the_password', 'wrong_key'])
def test_no_secret_is_in_a_finding(servers, name):
    keywords = {'time_limit': GUARD_S, **SETUPS[name](servers)}
    findings = examine(**keywords)
    shown = str(findings) + findings.to_json() + findings._repr_html_() + repr(findings[:])
    shown += repr([vars(examination), findings[0].facts])
    assert not any(word in shown for word in ('wrong-word', '_nobodysKey0001', KEY))
    assert '***' in shown


def test_what_failed_stops_what_depends_on_it_and_the_json_says_so(servers):
    findings = examine(**SETUPS['closed_port'](servers))
    facts = json.loads(findings.to_json())
    assert (facts['verdict'], facts['exit_code']) == ('failure', 1)
    kept = [each['check'] for each in facts['findings'] if each['facts'].get('because') == 'TCP']
    assert kept == ['TLS', 'service', 'clock', 'sign-in', 'workspace', 'project', 'writing',
                    'schema', 'page']  # fmt: skip
    assert findings.of('page').text == "not made, because TCP failed"
    assert 'page' not in str(findings).replace(findings.summary, '')
    assert findings.summary == 'Failed: TCP. Not made: ' + ', '.join(kept) + '.'


def test_a_check_that_does_not_end_is_left_and_one_that_fails_is_told(servers, monkeypatch):
    begun, hold, allowed = threading.Event(), threading.Event(), []

    class Hasty(threading.Thread):
        """Lets the time for a check be over as soon as the check hangs, and no sooner."""

        def join(self, timeout=None):
            allowed.append(timeout)
            while self.is_alive() and not begun.is_set():
                super().join(0.01)

    def hangs(*_):
        begun.set()
        hold.wait(GUARD_S)
        return []

    monkeypatch.setattr('pyral.doctor.network_checks.addresses_of', hangs)
    with monkeypatch.context() as patched:
        patched.setattr(examination.threading, 'Thread', Hasty)
        patched.setattr(examination, '_GRACE_S', 0.25)
        findings = examine(**{**SETUPS['closed_port'](servers), 'time_limit': 0.05})
    hold.set()
    assert allowed[-1] == pytest.approx(0.05 + 2 * 0.05 + 0.25)
    assert findings.of('DNS').text == "it did not end within 0.05 s"
    assert findings.of('page').text == "not made, because DNS failed"
    monkeypatch.setattr('pyral.doctor.network_checks.addresses_of', lambda *_: {}['api_key=' + KEY])
    told = examine(**SETUPS['closed_port'](servers)).of('DNS')
    assert told.text.startswith('the check failed by itself: KeyError') and KEY not in told.text


class Interrupting(Peer):
    """Sends this process a signal at the first request, and answers none."""

    def serve(self, connection):
        """Tell once that a request is waiting."""
        if connection.recv(1) and not self.told:
            self.told = True
            os.kill(os.getpid(), signal.SIGALRM)
        drain(connection)

    told = False


@pytest.mark.skipif(not hasattr(signal, 'SIGALRM'), reason="this system has no such signal")
def test_ctrl_c_ends_an_examination_at_once(servers):
    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        begun = time.monotonic()
        with Interrupting() as peer, pytest.raises(KeyboardInterrupt):
            examine(**servers.of(peer.url), time_limit=GUARD_S)
        assert time.monotonic() - begun < GUARD_S / 2
    finally:
        signal.signal(signal.SIGALRM, before)


#: A fault, the requests it strikes, and what the check says whose request it is.
LATE = [
    (
        'status',
        'Workspaces',
        'workspace',
        'failure',
        "503: HTML page instead of JSON: 'Proxy error'",
    ),
    ('garble', 'project', 'project', 'failure', "Response for request: .../project either..."),
    ('reset', 'schema', 'schema', 'failure', "Connection to '...' was lost: ..."),
    ('status', 'hierarchical', 'page', 'failure', "503: HTML page instead of JSON: 'Proxy error'"),
    ('garble', 'tag/0', 'writing', 'note', "it is not known whether the API key may write: ..."),
    ('reset', 'tag/0', 'writing', 'note', "it is not known whether the API key may write: ..."),
]


@pytest.mark.parametrize('kind, path, check, verdict, text', LATE)
def test_what_fails_in_passing_fails_the_check_it_meets(servers, kind, path, check, verdict, text):
    servers.plain.order_fault(kind, path=path)
    found = examine(**servers.of(servers.plain.url), schema_cache=False).of(check)
    assert (found.verdict, fits(text, found.text)) == (verdict, True), found


def test_a_slow_way_to_the_service_is_a_warning(servers, monkeypatch):
    monkeypatch.setattr('pyral.doctor.service_checks._SLOW_ANSWER_S', 0.0)
    keep = str(servers.folder / 'schemas')
    found = examine(**servers.of(servers.plain.url), schema_cache=keep).of('page')
    assert (found.verdict, found.facts['items'] > 0) == ('warning', True)
    assert 'pagesize' in found.advice and found.facts['kb_per_s'] > 0


#: Versions that do not go together -> what is said.
BAD_PAIRS = [
    ({'requests': '2.28.1', 'urllib3': '2.0.7'}, "requests before 2.30 does not go with urllib3 2"),
    ({'requests': '2.32.1', 'urllib3': '1.26.1'}, "requests 2.32.0 and 2.32.1 were withdrawn"),
    ({'OpenSSL': 'LibreSSL 2.8.3', 'urllib3': '2.1.0'}, "urllib3 2 wants OpenSSL 1.1.1 or newer"),
    ({'OpenSSL': 'OpenSSL 1.0.0t'}, "OpenSSL before 1.0.1 knows no TLS 1.2"),
    ({'OpenSSL': 'OpenSSL 1.0.2k', 'urllib3': '1.26.5'}, None),
    ({'OpenSSL': 'OpenSSL 3.0.1', 'urllib3': '2.6.0', 'requests': '2.9.1'}, "requests before 2.30"),
]


@pytest.mark.parametrize('versions, text', BAD_PAIRS)
def test_versions_that_do_not_go_together_are_told(monkeypatch, versions, text):
    whole = {'requests': '2.34.0', 'urllib3': '1.26.20', 'OpenSSL': 'OpenSSL 3.0.1', **versions}
    monkeypatch.setattr('pyral.http.library.versions', lambda: whole)
    told = [each for each in examine(['--server=ftp://x'], environ={}) if each.check == 'versions']
    assert [each.verdict for each in told] == ['ok', 'warning'][: 1 + bool(text)]
    assert text is None or told[-1].text.startswith(text)


def test_letters_that_a_bare_locale_took_for_bytes_are_letters_again():
    findings = examine(server='m\udcc3\udcbcller.invalid', apikey=KEY, environ={})
    assert 'm\u00fcller.invalid' in str(findings) and findings.to_json().encode('utf-8')


def test_a_setting_that_is_none_is_a_mistake_of_the_caller():
    with pytest.raises(TypeError, match="'sever'"):
        examine(sever='rally1.rallydev.com')


def command(monkeypatch, servers, *arguments):
    """Run `pyral doctor` and return its exit code and what it wrote."""
    monkeypatch.setenv('RALLY_SERVER', servers.plain.url)
    monkeypatch.setenv('APIKEY', KEY)
    out = io.StringIO()
    code = main(['doctor', *arguments], io.StringIO(), out, out)
    return code, out.getvalue()


def test_the_command_tells_a_verdict_a_line_and_ends_with_its_exit_code(servers, monkeypatch):
    code, text = command(monkeypatch, servers)
    assert code == 0 and text.splitlines()[-1] == 'No failure.' and KEY not in text
    verdicts = [line.split()[0] for line in text.splitlines()[:-1] if line[:1] != ' ']
    assert set(verdicts) <= {'ok', 'note'} and len(verdicts) >= 18
    code, text = command(monkeypatch, servers, '--project', 'Wbe', '--no-write')
    assert code == 1 and 'Did you mean Web?' in ' '.join(text.split())
    assert "note     writing       not tried" in text and 'Not made: ' not in text
    code, text = command(monkeypatch, servers, '--json', '--conf', 'nowhere')
    assert code == 1 and json.loads(text)['verdict'] == 'failure'


@pytest.mark.parametrize('arguments', [['--jsn'], ['--time-limit', 'long'], ['extra']])
def test_wrong_arguments_of_the_command_send_nothing(servers, monkeypatch, arguments):
    assert requests_of(servers.plain, lambda: None) == []
    done = []
    asked = requests_of(
        servers.plain, lambda: done.append(command(monkeypatch, servers, *arguments))
    )
    assert done[0][0] == 2 and asked == []

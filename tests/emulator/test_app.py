"""The emulator as a whole: the class, the command line, the in-process adapter, a kept database."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading

import pytest
import requests

from pyral._version import VERSION_TEXT
from pyral.emulator import Emulator
from pyral.emulator.__main__ import main
from tests.peers import OWN_ADDRESS
from tests.threads import GUARD_S

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def ask(emulator, path='/defect', session=None, **params):
    """Ask an emulator over its socket or in process."""
    session = session or requests.Session()
    session.trust_env = False
    if emulator.url.endswith('.invalid'):
        session.mount(emulator.url, emulator.adapter())
    return session.get(
        emulator.url + '/slm/webservice/v2.0' + path,
        params=params,
        headers={'ZSESSIONID': emulator.apikey},
        timeout=GUARD_S,
    ).json()


def create_tag(emulator, name):
    session = requests.Session()
    session.mount(emulator.url, emulator.adapter())
    answer = session.put(
        emulator.url + '/slm/webservice/v2.0/tag/create',
        json={'Tag': {'Name': name}},
        headers={'ZSESSIONID': emulator.apikey},
    )
    assert answer.json()['CreateResult']['Errors'] == []


def tag_names(emulator):
    rows = ask(emulator, '/tag', pagesize=2000)['QueryResult']['Results']
    return [row['_refObjectName'] for row in rows]


def test_an_emulator_listens_inside_its_context():
    with Emulator(world='empty', host=OWN_ADDRESS) as emulator:
        assert emulator.url == 'http://' + emulator.server
        assert ask(emulator)['QueryResult']['Errors'] == []
        assert ask(emulator, '/subscription')['Subscription']['_ref'].startswith(emulator.url)
        assert emulator.password not in repr(emulator)
    with pytest.raises(requests.ConnectionError):
        ask(emulator)


def test_in_process_it_needs_no_socket_and_resets():
    with Emulator(world='empty', listen=False) as emulator:
        assert emulator.url == 'http://emulator.invalid'
        create_tag(emulator, 'passing')
        kept = emulator.snapshot()
        emulator.reset()
        assert tag_names(emulator) == []
        emulator.restore(kept)
        assert tag_names(emulator) == ['passing']


def test_requests_are_recorded_and_faults_can_be_ordered():
    with Emulator(world='empty', listen=False) as emulator:
        emulator.order_fault('status', status=502, body='', path='/defect')
        session = requests.Session()
        session.mount(emulator.url, emulator.adapter())
        answer = session.get(
            emulator.url + '/slm/webservice/v2.0/defect', headers={'ZSESSIONID': emulator.apikey}
        )
        assert answer.status_code == 502
        assert [(one.status, one.fault) for one in emulator.requests()] == [(502, 'status')]


def test_a_broken_connection_in_process_is_a_connection_error():
    with Emulator(world='empty', listen=False) as emulator:
        emulator.order_fault('reset')
        with pytest.raises(requests.ConnectionError):
            ask(emulator)
        assert ask(emulator)['QueryResult']['Errors'] == []


def test_the_adapter_is_safe_for_threads():
    with Emulator(world='empty', listen=False) as emulator:
        session, errors = requests.Session(), []

        def work():
            for _ in range(5):
                if ask(emulator, '/user', session)['User']['Errors']:
                    errors.append(1)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert errors == []


def test_a_kept_database_keeps_data_and_login(tmp_path):
    db = str(tmp_path / 'kept.db')
    with Emulator(world='empty', listen=False, db=db) as first:
        create_tag(first, 'kept')
        login = (first.user, first.password, first.apikey, first.workspace, first.project)
    with Emulator(world='empty', listen=False, db=db) as second:
        assert (
            second.user,
            second.password,
            second.apikey,
            second.workspace,
            second.project,
        ) == login
        assert tag_names(second) == ['kept']
        second.reset()
        assert tag_names(second) == []


def test_the_time_can_stand_still():
    with Emulator(world='empty', listen=False, now='2024-02-01T10:11:12.345Z') as emulator:
        create_tag(emulator, 'now')
        row = ask(emulator, '/tag', fetch='CreationDate')['QueryResult']['Results'][0]
        assert row['CreationDate'] == '2024-02-01T10:11:12.345Z'


@pytest.mark.parametrize(
    ('arguments', 'words'),
    [
        (['--port', 'x'], ['--port', "'x'"]),
        (['--port', '70000'], ['--port']),
        (['--bogus'], ["unknown option '--bogus'", "'pyral.emulator -h'"]),
        (['--prot', '8010'], ["unknown option '--prot'. Did you mean --port?"]),
        (['--verb'], ["'--verb'", '--verbose']),
        (['--prot=8010'], ["unknown option '--prot'. Did you mean --port?"]),
        (['A=b'], ["'A=b' is one argument too many"]),
        (['python', 'report.py'], ["'python' is one argument too many", 'behind --']),
        (['--world', 'empty', '--'], ['--', 'a command to run']),
        (['--scale', '0'], ['--scale']),
        (['--world', 'no/such/file.json'], ['no/such/file.json']),
        (['--world', 'empty', '--db', '/no/such/folder/x.db'], ['/no/such/folder/x.db']),
        (['--world', 'empty', '--host', '203.0.113.1', '--port', '0'], ['203.0.113.1']),
        (['--world', 'empty', '--now', 'someday'], ['someday']),
        (['--world', 'empty', '--tls-cert', '/no/such.pem'], ['/no/such.pem']),
        (['--world', 'empty', '--serve', 'no/such=/apps'], ['no/such', 'no such folder']),
        (['--world', 'empty', '--serve', 'apps'], ["'apps'", 'DIR=/PREFIX']),
        (['--world', 'empty', '--serve', '.=/slm/x'], ['/slm/x', 'answers there itself']),
        (['--world', 'empty', '--serve', '.=/a', '--serve', '.=/a'], ['/a', 'is served there']),
        (['--world', 'empty', '--tls-key', '/no/such.key'], ['--tls-key', '--tls-cert']),
    ],
)
def test_a_start_that_fails_is_one_clear_line_and_exit_code_2(arguments, words, capsys):
    try:
        code = main(arguments)
    except SystemExit as leaving:
        code = leaving.code
    captured = capsys.readouterr()
    assert code == 2
    assert captured.err.count('\n') == 1 and captured.err.startswith('pyral.emulator: ')
    assert all(word in captured.err for word in words), captured.err
    assert captured.out == ''


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as leaving:
        main(['--version'])
    assert leaving.value.code == 0
    assert capsys.readouterr().out == f'pyral.emulator {VERSION_TEXT}\n'


@pytest.mark.parametrize('arguments', [['--version'], ['-h'], ['--prot', '1'], ['--port', 'x']])
def test_a_command_that_starts_it_is_called_by_its_own_name(arguments, capsys):
    with pytest.raises(SystemExit):
        main(arguments, program='pyral serve')
    captured = capsys.readouterr()
    shown = captured.out or captured.err
    assert 'pyral serve' in shown and 'pyral.emulator' not in shown


def test_each_request_is_a_line_of_the_log_without_secrets(caplog):
    caplog.set_level('INFO', logger='pyral.emulator.requests')
    with Emulator(world='empty', listen=False) as emulator:
        create_tag(emulator, 'one')
        ask(emulator, '/tag', query='(Name = "one")', key='hidden', fetch='Name\nX')
        ask(emulator, '/tag', query='(Nonsense = 1)')
    lines = [each.getMessage() for each in caplog.records]
    assert any(' 200 in ' in line and ', 1 items' in line for line in lines)
    assert any('GET /slm/webservice/v2.0/tag?query=(Name = "one")' in line for line in lines)
    assert any('Could not find the attribute' in line or 'Nonsense' in line for line in lines)
    assert not any('hidden' in line or '\n' in line for line in lines)


def test_a_taken_port_is_one_clear_line(capsys):
    with socket.socket() as taken:
        taken.bind(('127.0.0.1', 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(['--world', 'empty', '--port', str(port)]) == 2
    error = capsys.readouterr().err
    assert 'cannot listen on 127.0.0.1:{}'.format(port) in error and error.count('\n') == 1


def test_a_wrong_world_file_is_one_line_with_the_place(tmp_path, capsys):
    file = tmp_path / 'wrong.json'
    file.write_text('{"subscription": 5}')
    assert main(['--world', str(file)]) == 2
    error = capsys.readouterr().err
    assert 'wrong.json' in error and "'users' is missing" in error and error.count('\n') == 1


@pytest.mark.parametrize('ending', [signal.SIGTERM, signal.SIGINT])
def test_the_command_announces_itself_and_stops_cleanly(ending):
    process = subprocess.Popen(
        [sys.executable, '-m', 'pyral.emulator', '--world', 'empty', '--port', '0', '--json'],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        shown = json.loads(process.stdout.readline())
        assert list(shown) == [
            'url',
            'server',
            'user',
            'password',
            'apikey',
            'workspace',
            'project',
        ]
        # With a scheme, because clients speak https to a server without one.
        assert shown['server'] == shown['url'] and shown['url'].startswith('http://')
        answer = requests.get(
            shown['url'] + '/slm/webservice/v2.0/user',
            timeout=GUARD_S,
            auth=(shown['user'], shown['password']),
        )
        assert answer.json()['User']['UserName'] == shown['user']
        process.send_signal(ending)
        out, error = process.communicate(timeout=GUARD_S)
        assert (process.returncode, out, error) == (0, b'', b'')
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate()

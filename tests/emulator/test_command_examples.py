"""The examples in the help of the command do what they say, in the demo world."""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys

import pytest
import requests

from pyral import Rally
from pyral.cli import command, main
from pyral.cli.streams import TextSink
from pyral.emulator import Emulator
from tests.meta.page_scripts import load

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PARSER = command.build_parser(TextSink(io.BytesIO()))
ON_ITEMS = ('create', 'copy', 'set', 'delete', 'attach', 'query')


def examples(*verbs):
    """Return the examples of verbs, each with its verb."""
    return [(verb, line) for verb in verbs for _, line in PARSER.verbs[verb].examples]


EXAMPLES = examples(*ON_ITEMS)
#: What programs before the pipe print: `my_export`, `make`, `cut`, and a query of ours.
PIPED = {
    'my_export': b'{"Name": "Exported"}\n',
    'make': b'cc -o program\n',
    'cut': b'DE40\nDE46\n',
    'pyral': b'{"FormattedID": "DE40"}\n',
}
FILES = {
    'stories.csv': 'Name,PlanEstimate\nPay by invoice,3\n',
    'ids.txt': 'DE40\nDE46\n',
    'description.html': '<p>Longer</p>',
    'log.txt': 'one line',
    'screen.png': 'picture',
}


@pytest.fixture(scope='module')
def emulator():
    """A demo Rally."""
    with Emulator(world='demo') as one:
        yield one


@pytest.mark.parametrize('verb, line', EXAMPLES, ids=[line for _, line in EXAMPLES])
def test_an_example_does_what_it_says(verb, line, emulator, tmp_path, monkeypatch):
    emulator.reset()
    monkeypatch.chdir(tmp_path)
    for name, value in emulator.environment().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv('PYRAL_SCHEMA_CACHE', str(tmp_path / 'schema'))
    for name, text in FILES.items():
        (tmp_path / name).write_text(text)
    with Rally(emulator.url, apikey=emulator.apikey) as rally:
        for tag in ('urgent', 'obsolete'):
            rally.create('Tag', {'Name': tag}, project=None)
        sprint = rally.current('Iteration').Name
    before, _, last = line.rpartition(' | ')
    words = [each.replace('Sprint 154', sprint) for each in shlex.split(last)]
    piped = PIPED[before.split()[0]] if before else b''
    if verb == 'delete' and not {'--yes', '--dry-run'} & set(words):
        words.append('--yes')  # a terminal is asked
    out, error = io.BytesIO(), io.BytesIO()
    emulator.app.request_log.clear()
    code = main(words[1:], io.BytesIO(piped), out, error)
    # What the examples of `query` ask about is wrong: that is what they show.
    assert code == (1 if verb == 'query' else 0), error.getvalue().decode()
    assert out.getvalue().strip()
    methods = {entry.method for entry in emulator.requests()} - {'GET'}
    assert bool(methods) == (verb != 'query' and '--dry-run' not in words)


def test_the_examples_of_every_verb_run():
    on_the_page = load('command').RUN_BY_TESTS
    assert sorted([*on_the_page, *ON_ITEMS, 'config', 'doctor', 'serve']) == sorted(PARSER.verbs)


@pytest.fixture
def settings(emulator, no_settings, tmp_path, monkeypatch):
    """A user whose folder has profiles of the demo Rally, and nothing else."""
    kept = tmp_path / 'settings' / 'pyral'
    kept.mkdir(parents=True)
    for name in ('HOME', 'USERPROFILE'):
        monkeypatch.setenv(name, str(tmp_path))
    for name in ('XDG_CONFIG_HOME', 'APPDATA'):
        monkeypatch.setenv(name, str(kept.parent))
    monkeypatch.setenv('PYRAL_SCHEMA_CACHE', str(tmp_path / 'schema'))
    monkeypatch.chdir(tmp_path)
    (kept / 'config').write_text(
        f'[default]\nserver = {emulator.url}\napikey = {emulator.apikey}\nproject = Shop\n'
        f'[prod]\nserver = {emulator.url}\napikey = {emulator.apikey}\nproject = Catalog\n'
    )
    (kept / 'config').chmod(0o600)
    emulator.app.request_log.clear()


def outcome(line):
    """Return the exit code and the output of a command."""
    out, error = io.BytesIO(), io.BytesIO()
    code = main(shlex.split(line)[1:], io.BytesIO(), out, error)
    assert error.getvalue() == b''
    return code, out.getvalue().decode('utf-8')


@pytest.mark.parametrize('line', [line for _, line in examples('config')])
def test_config_shows_the_settings_of_the_profile_and_sends_nothing(line, settings, emulator):
    code, shown = outcome(line)
    rows = {row['Setting']: row for row in map(json.loads, shown.splitlines())}
    name, project = ('prod', 'Catalog') if '--profile prod' in line else ('default', 'Shop')
    assert code == 0 and emulator.requests() == []
    assert rows['server']['Value'] == emulator.url and rows['project']['Value'] == project
    assert f'profile {name}' in rows['project']['From'] and emulator.apikey not in shown


@pytest.mark.parametrize('line', [line for _, line in examples('doctor')])
def test_the_doctor_has_no_complaint_about_the_demo_world(line, settings, emulator):
    code, shown = outcome(line)
    if '--json' in line:
        found = {each['check']: each['verdict'] for each in json.loads(shown)['findings']}
    else:
        found = {name: verdict for verdict, name in re.findall(r'^(\w+) +([\w-]+)', shown, re.M)}
    assert code == 0 and 'failure' not in found.values() and emulator.apikey not in shown
    assert found['sign-in'] == 'ok' and len(emulator.requests()) > 3


def test_the_page_about_connecting_shows_what_the_doctor_says(settings, emulator, monkeypatch):
    with open(
        os.path.join(ROOT, 'doc', 'source', 'connecting_trouble.rst'), encoding='utf-8'
    ) as page:
        shown = page.read().partition('$ pyral doctor\n')[2].partition('\nEach check')[0]
    monkeypatch.setenv('RALLY_SERVER', emulator.url.partition('//')[2])
    monkeypatch.setenv('APIKEY', emulator.apikey)
    code, said = outcome('pyral doctor')
    texts = [
        ' '.join(each.split())
        for each in (shown, said.replace(emulator.url.rpartition(':')[2], '8010'))
    ]
    # Versions, proxies and folders differ from machine to machine.
    first, last = [re.findall('ok TCP.* ok schema cache|Failed: .*', text) for text in texts]
    assert code == 1 and first == last and len(first) == 2


REPORT = """
import os
import requests
service = os.environ['RALLY_SERVER'] + '/slm/webservice/v2.0'
answer = requests.get(service + '/user', headers={'ZSESSIONID': os.environ['APIKEY']})
print(answer.json()['User']['UserName'])
"""


@pytest.mark.parametrize('line', [line for _, line in examples('serve')])
def test_serve_starts_answers_and_ends(line, tmp_path):
    (tmp_path / 'report.py').write_text(REPORT)
    # A port of its own, as the one of the example may be taken here.
    words = [{'python': sys.executable, '8010': '0'}.get(each, each) for each in shlex.split(line)]
    process = subprocess.Popen(
        [sys.executable, '-m', *words],
        cwd=str(tmp_path),
        env=dict(os.environ, PYTHONPATH=ROOT),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        if '--' not in words:
            told = dict(process.stdout.readline().split()[-2:] for _ in range(5))
            answer = requests.get(
                told['at'] + '/slm/webservice/v2.0/user',
                headers={'ZSESSIONID': told['apikey']},
                timeout=60,
            )
            assert answer.json()['User']['UserName'] == told['user']
            process.send_signal(signal.SIGINT)
        rest = process.stdout.read().split()
        assert process.wait(60) == 0
        assert rest[-1:] == ['Shop' if '--' not in words else 'paula@example.com']
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()

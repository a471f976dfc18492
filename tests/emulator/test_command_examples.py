"""The examples in the help of the verbs that write do on the demo world what they say."""

from __future__ import annotations

import io
import shlex

import pytest

from pyral import Rally
from pyral.cli import command, main
from pyral.cli.streams import TextSink
from pyral.emulator import Emulator

PARSER = command.build_parser(TextSink(io.BytesIO()))
EXAMPLES = [
    (verb, line)
    for verb in ('create', 'set', 'delete', 'attach', 'query')
    for _, line in PARSER.verbs[verb].examples
]
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

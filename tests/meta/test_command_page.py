"""The page of the command is that of the parser: verbs, options, exit codes."""

import pytest

from tests.meta.page_scripts import load


@pytest.fixture(scope='module')
def writer():
    """The script that writes the page."""
    return load('command')


def test_the_page_is_that_of_the_parser(writer, capsys):
    assert writer.main(['--check']) == 0, capsys.readouterr().out


def test_a_stale_page_is_seen(writer, tmp_path, monkeypatch, capsys):
    with open(writer.PAGE, encoding='utf-8') as source:
        text = source.read()
    stale = tmp_path / 'command.rst'
    stale.write_text(text.replace('.. option:: --count', '.. option:: --cuont'), encoding='utf-8')
    monkeypatch.setattr(writer, 'PAGE', str(stale))
    assert writer.main(['--check']) == 1 and 'run: python doc/command.py' in capsys.readouterr().out
    assert writer.main([]) == 0 and stale.read_text(encoding='utf-8') == text


def test_each_verb_whose_examples_are_run_exists(writer):
    verbs = writer.build_parser().verbs
    assert [name for name in writer.RUN_BY_TESTS if name not in verbs] == []

"""The tools of a contributor: the formatter's excludes, the targets of make, change fragments."""

import os
import re
import shutil
import subprocess
import sys

import pytest

from tests import compile_27, matrix
from tests.compile_27 import files_of_2_7, python_files

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def test_the_formatter_leaves_alone_exactly_what_2_7_reads(tmp_path):
    """In a tree of ill-formed files with the real names, the formatter shows what it changes."""
    paths = python_files()
    for path in paths:
        target = tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text('x = {  }\n')
    with open(os.path.join(ROOT, 'pyproject.toml'), encoding='utf-8') as settings:
        (tmp_path / 'pyproject.toml').write_text(settings.read())
    subprocess.run(
        [sys.executable, '-m', 'ruff', 'format', '--no-cache', '-q', '.'],
        cwd=str(tmp_path),
        check=True,
    )
    left_alone = {path for path in paths if (tmp_path / path).read_text() == 'x = {  }\n'}
    assert left_alone == files_of_2_7()


def test_change_fragments_are_named_for_the_tool():
    with open(os.path.join(ROOT, 'pyproject.toml'), encoding='utf-8') as settings:
        kinds = re.findall(r'\[\[tool\.towncrier\.type\]\]\ndirectory = "(\w+)"', settings.read())
    assert sorted(kinds) == ['change', 'feature', 'fix', 'removal']
    named = re.compile(r'[a-z0-9-]+\.({0})\.rst'.format('|'.join(kinds)))
    names = os.listdir(os.path.join(ROOT, 'doc', 'changes.d'))
    assert [name for name in names if not named.fullmatch(name)] == ['README.rst']


def test_fragments_become_an_entry_in_the_style_of_versions(tmp_path):
    fragments = tmp_path / 'doc' / 'changes.d'
    fragments.mkdir(parents=True)
    for name in ('pyproject.toml', 'VERSIONS', 'doc/changes.jinja'):
        shutil.copy(os.path.join(ROOT, name), str(tmp_path / name))
    (fragments / 'dark-mode.feature.rst').write_text('``Rally(dark=True)`` is darker.\n')
    (fragments / 'half-pages.fix.rst').write_text('Half a page is ' + 'no ' * 25 + 'page.\n')
    # In a copy without the repository the tool deletes the fragments by itself.
    command = [sys.executable, '-m', 'towncrier', 'build', '--yes', '--version', '98.7.6']
    subprocess.run(command + ['--dir', str(tmp_path)], check=True, stdout=subprocess.DEVNULL)
    text = (tmp_path / 'VERSIONS').read_text()
    with open(os.path.join(ROOT, 'VERSIONS'), encoding='utf-8') as versions:
        head, entries = versions.read().split('.. newest first\n')
    entry = (
        '\n98.7.6\n------\n\nNew\n~~~\n\n* ``Rally(dark=True)`` is darker.\n\n'
        'Fixed\n~~~~~\n\n* Half a page is' + ' no' * 21 + '\n  no no no no page.\n'
    )
    assert text == head + '.. newest first\n' + entry + entries
    assert list(fragments.iterdir()) == []


def targets():
    """Return the targets of the Makefile that are no files."""
    with open(os.path.join(ROOT, 'Makefile'), encoding='utf-8') as makefile:
        lines = makefile.read().replace('\\\n', ' ')
    return set(re.search(r'^\.PHONY:(.*)$', lines, re.M).group(1).split())


def pages():
    """Return {name: text} of the README and all pages of the documentation."""
    paths = [os.path.join(ROOT, 'README.rst')]
    for folder, _, files in os.walk(os.path.join(ROOT, 'doc', 'source')):
        paths += [os.path.join(folder, file) for file in files if file.endswith('.rst')]
    found = {}
    for path in paths:
        with open(path, encoding='utf-8') as page:
            found[os.path.basename(path)] = page.read()
    return found


def test_make_help_lists_every_target():
    done = subprocess.run(['make', 'help'], cwd=ROOT, text=True, capture_output=True, check=True)
    listed = re.findall(r'^make ([a-z-]+) +\S', done.stdout, re.M)
    assert sorted(listed) == sorted(targets())


def test_every_target_that_a_page_names_is_there():
    named = {
        (page, target)
        for page, text in pages().items()
        for target in re.findall(r'(?:``|^ {3,4})make ([a-z-]+)', text, re.M)
    }
    assert len(named) > 15
    assert [each for each in sorted(named) if each[1] not in targets()] == []


def test_every_file_that_the_page_for_contributors_names_is_there():
    named = re.findall(r'\b(?:doc|pyral|tests)/[\w./]+\w', pages()['contributing.rst'])
    assert len(named) > 10
    assert [path for path in named if not os.path.exists(os.path.join(ROOT, path))] == []


def test_the_test_runs_that_the_page_shows_find_tests():
    shown = re.findall(r'^    \.venv/bin/python -m pytest (.*)$', pages()['contributing.rst'], re.M)
    assert len(shown) == 3
    for arguments in shown:
        command = [sys.executable, '-m', 'pytest', '--collect-only', '-q', '-p', 'no:xdist']
        command += arguments.replace('-n auto ', '').split()
        done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
        assert done.returncode == 0, done.stdout


def test_the_hooks_of_pre_commit_are_valid_and_download_nothing():
    config = os.path.join(ROOT, '.pre-commit-config.yaml')
    command = [sys.executable, '-m', 'pre_commit', 'validate-config', config]
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True)
    assert done.returncode == 0, done.stdout
    with open(config, encoding='utf-8') as hooks:
        text = hooks.read()
    assert re.findall(r'repo: (\S+)', text) == ['local']
    assert set(re.findall(r'language: (\S+)', text)) == {'system'}


@pytest.mark.skipif('2.7' not in matrix.interpreters(), reason="no Python 2.7 found")
def test_what_2_7_cannot_read_is_named_by_its_line(monkeypatch, tmp_path, capfd):
    (tmp_path / 'tests' / 'unit').mkdir(parents=True)
    (tmp_path / 'tests' / 'unit' / 'test_new.py').write_text('x = 1\ndef f(a: int): pass\n')
    (tmp_path / 'tests' / 'meta').mkdir()
    (tmp_path / 'tests' / 'meta' / 'test_new.py').write_text('def f(a: int): pass\n')
    for path in ('tests/__init__.py', 'tests/conftest.py', 'setup.py'):
        (tmp_path / path).write_text('')
    monkeypatch.setattr(compile_27, 'ROOT', str(tmp_path))
    monkeypatch.chdir(tmp_path)  # where the names that are given count from
    for names in ([], ['tests/unit/test_new.py']):
        assert compile_27.main(names) == 1
        assert capfd.readouterr().out == 'tests/unit/test_new.py:2: invalid syntax\n'
    assert compile_27.main(['tests/conftest.py', 'tests/meta/test_new.py']) == 0

"""The code on the pages runs: `pycon` blocks as doctests, `python` blocks as code.

All blocks of a page run in order in one namespace, as a reader would type them.
"""
import doctest
import os
import re
import textwrap

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SOURCE = os.path.join(ROOT, 'doc', 'source')
BLOCK = re.compile(
    r'^\.\. code-block:: (?P<kind>python|pycon)\n(?:   :.*\n)*\n(?P<body>(?:(?:   .*)?\n)+)', re.M)


def pages():
    """Return the README and every page that has code to run."""
    paths = [os.path.join(ROOT, 'README.rst')]
    for folder, _, files in os.walk(SOURCE):
        paths += [os.path.join(folder, file) for file in sorted(files) if file.endswith('.rst')]
    return [path for path in paths if BLOCK.search(read(path))]


def read(path):
    """Return a page's text, ending in a line end so that a last block is whole."""
    with open(path, encoding='utf-8') as page:
        return page.read() + '\n'


def run_block(kind, body, line, path, names):
    """Run one block in the page's namespace; output of a doctest must match."""
    if kind == 'python':
        exec(compile('\n' * line + body, path, 'exec'), names)
        return
    parser, runner = doctest.DocTestParser(), doctest.DocTestRunner(
        optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE, verbose=False)
    test = parser.get_doctest(body, names, os.path.basename(path), path, line)
    shown = []
    test.globs = names
    runner.run(test, out=shown.append, clear_globs=False)
    names.update(test.globs)
    assert not shown, ''.join(shown)


@pytest.mark.parametrize('path', pages(), ids=os.path.basename)
def test_the_code_of_a_page_runs(path, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith('RALLY_') or name == 'APIKEY']:
        monkeypatch.delenv(name)
    names = {'__name__': '__page__'}
    text = read(path)
    try:
        for block in BLOCK.finditer(text):
            run_block(block.group('kind'), textwrap.dedent(block.group('body')),
                      text[:block.start('body')].count('\n'), path, names)
    finally:
        for value in list(names.values()):
            if type(value).__name__ == 'Emulator':
                value.stop()


def test_every_page_is_reachable_from_the_index():
    index = read(os.path.join(SOURCE, 'index.rst'))
    names = [file[:-4] for file in os.listdir(SOURCE)
             if file.endswith('.rst') and file != 'index.rst']
    assert [name for name in names if not re.search(r'^   {0}$'.format(name), index, re.M)] == []

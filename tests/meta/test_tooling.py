"""The tools of a contributor: the formatter's excludes, the targets of make, change fragments."""

import ast
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
#: what the other interpreters of `make test` run; what it imports from `tests` follows
SUITES_OF_2_7 = ('tests/unit/', 'tests/client/', 'tests/compat/')


def python_files():
    """Return the paths of all Python sources and stubs, from the project's root."""
    found = ['setup.py']
    for top in ('doc', 'examples', 'pyral', 'tests'):
        for folder, _, files in os.walk(os.path.join(ROOT, top)):
            inside = os.path.relpath(folder, ROOT).replace(os.sep, '/')
            found += [f'{inside}/{file}' for file in files if file.endswith(('.py', '.pyi'))]
    return found


def imported(path):
    """Return the paths of the files below `tests` that a file imports."""
    with open(os.path.join(ROOT, path), encoding='utf-8') as source:
        tree = ast.parse(source.read())
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            parents = path.split('/')[: -node.level] if node.level else []
            base = '.'.join(parents + ([node.module] if node.module else []))
            names.update([base] + [f'{base}.{each.name}' for each in node.names])
    parts = [name.split('.') for name in names if name.startswith('tests.')]
    folders = {'/'.join(part[:end]) for part in parts for end in range(1, len(part) + 1)}
    paths = [folder + ending for folder in folders for ending in ('.py', '/__init__.py')]
    return [path for path in paths if os.path.exists(os.path.join(ROOT, path))]


def is_read_by_2_7(path):
    """Say whether a file is the SDK's, an example, or of a suite that 2.7 runs."""
    if path.startswith('pyral/'):
        return not path.startswith('pyral/emulator/')
    return path.startswith(SUITES_OF_2_7 + ('examples/', 'setup.py'))


def files_of_2_7():
    """Return the paths of all that Python 2.7 reads."""
    found = set()
    todo = [path for path in python_files() if is_read_by_2_7(path)]
    todo += ['tests/__init__.py', 'tests/conftest.py']
    while todo:
        path = todo.pop()
        if path not in found:
            found.add(path)
            todo += imported(path) if path.endswith('.py') else []
    return found


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

"""Compile what Python 2.7 reads: the SDK, the examples, and the tests that run on 2.7.

A hook of pre-commit: `python -m tests.compile_27 [file ...]`, all files by default. Where there is
no Python 2.7, nothing is compiled, and that is said.
"""

import ast
import os
import subprocess
import sys

from tests import matrix

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
#: Python 2.7 code that compiles its arguments in memory and says which of them it cannot read.
COMPILE = """
import io, sys
failed = 0
for path in sys.argv[1:]:
    try:
        compile(io.open(path, 'rb').read(), path, 'exec', 0, True)
    except SyntaxError as problem:
        failed = 1
        print('{0}:{1}: {2}'.format(path, problem.lineno, problem.msg))
sys.exit(failed)
"""
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
        return not path.startswith('pyral/emulator/') or path == 'pyral/emulator/__init__.py'
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


def main(names):
    """Compile the named files that 2.7 reads; return 0 if it can."""
    given = {os.path.relpath(name, ROOT).replace(os.sep, '/') for name in names}
    paths = [path for path in sorted(files_of_2_7()) if path.endswith('.py')]
    paths = [path for path in paths if path in given or not names]
    python = matrix.interpreters().get('2.7')
    if python is None:
        print('skipped: no Python 2.7 found')
        return 0
    return subprocess.call([python, '-c', COMPILE] + paths, cwd=ROOT)


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

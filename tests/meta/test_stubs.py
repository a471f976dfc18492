"""The stubs beside the modules: there, true to what runs, and good for users' code."""

import ast
import inspect
import os
import shutil
import subprocess
import sys
from unittest import mock

import pytest

import pyral
from pyral import Rally, restapi
from pyral.reading import queries

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGE = os.path.join(ROOT, 'pyral')
TYPED_USER = os.path.join('tests', 'data', 'typed_user.py')
#: The modules people import: those of the package's `__all__`, and what those hand out.
PUBLIC = [
    '__init__',
    'advice',
    'cargotruck',
    'config/__init__',
    'context/__init__',
    'entity/__init__',
    'errors',
    'http/retry_policy',
    'http/transport',
    'hydrate',
    'multiop',
    'proj_utils',
    'query_builder',
    'rallyresp',
    'refs',
    'restapi',
    'schema/__init__',
    'search_utils',
]
#: The modules without stubs have no annotations, and the checker is not asked about them.
SETTINGS = "[mypy]\nignore_missing_imports = True\n[mypy-pyral.*]\nignore_errors = True\n"


def stubbed():
    """Return the dotted names of all modules with stubs, below the package."""
    found = []
    for folder, _, files in os.walk(PACKAGE):
        inside = os.path.relpath(os.path.join(folder, ''), ROOT).replace(os.sep, '.')
        found += [(inside + '.' + file[:-4]) for file in files if file.endswith('.pyi')]
    names = {name.replace('.__init__', '') for name in found if name != 'pyral.__init__'}
    # A package is checked with all that is in it.
    return sorted(name for name in names if name.rpartition('.')[0] not in names)


def run(*arguments):
    """Run this interpreter with arguments; return what it said and its exit code."""
    done = subprocess.run(
        [sys.executable] + list(arguments),
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.stdout, done.returncode


def names_in(stub):
    """Return the names a stub defines or hands on at its top level, and its `__all__`."""
    with open(os.path.join(PACKAGE, stub), encoding='utf-8') as source:
        tree = ast.parse(source.read())
    names, exported = set(), None
    for node in tree.body:
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update(each.asname for each in node.names if each.asname)
        elif isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            names.add(node.name)
        elif isinstance(node, ast.AnnAssign):
            names.add(node.target.id)
        elif isinstance(node, ast.Assign):
            names.update(each.id for each in node.targets)
            if node.targets[0].id == '__all__':
                exported = ast.literal_eval(node.value)
    return names, exported


@pytest.mark.parametrize('module', PUBLIC)
def test_every_public_module_has_a_stub(module):
    assert os.path.exists(os.path.join(PACKAGE, module + '.pyi'))


def signatures(name):
    """Return for each signature of a method of `Rally` in the stub its arguments after `self`."""
    with open(os.path.join(PACKAGE, 'restapi.pyi'), encoding='utf-8') as source:
        tree = ast.parse(source.read())
    body = next(node for node in tree.body if getattr(node, 'name', None) == 'Rally').body
    same = {node.targets[0].id: node.value.id for node in body if isinstance(node, ast.Assign)}
    found = [
        node
        for node in body
        if isinstance(node, ast.FunctionDef) and node.name == same.get(name, name)
    ]
    assert found and not any(node.args.kwarg for node in found), name
    return [{each.arg for each in node.args.args[1:] + node.args.kwonlyargs} for node in found]


class Known(Exception):
    """Carries the keywords a method knows out of it."""


def keywords_of(monkeypatch, name):
    """Return the keywords that a method of `Rally` takes when it runs."""

    def tell(where, given, known, strict=False, values_go=None):
        raise Known(known)

    monkeypatch.setattr(restapi, 'check_keywords', tell)
    monkeypatch.setattr(queries, 'check_keywords', tell)
    method = getattr(Rally, name)
    parameters = inspect.signature(method).parameters.values()
    needed = [each.name for each in parameters if each.default is each.empty]
    values = [{'ObjectID': 1} for each in needed if each not in ('self', 'scope', 'kwargs')]
    connected = Rally.__new__(Rally)
    connected._strict, connected._threads = True, None
    connected._connection = mock.Mock()
    with pytest.raises(Known) as raised:
        method(connected, *values)
    plain = {each.name for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD}
    if any(each.name == 'scope' for each in parameters):
        plain |= {'workspace', 'project'}  # by position or by keyword
    return (plain | set(raised.value.args[0])) - {'self'}


#: What `dry_run` takes are the keywords of the method it names.
OPEN_METHODS = sorted(
    name
    for name, method in inspect.getmembers(Rally, inspect.isfunction)
    if 'kwargs' in inspect.signature(method).parameters
    and (name == '__init__' or not name.startswith('_'))
    and name != 'dry_run'
)


@pytest.mark.parametrize('name', OPEN_METHODS)
def test_the_stub_offers_the_keywords_that_a_method_knows(monkeypatch, name):
    known = keywords_of(monkeypatch, name)
    for offered in signatures(name):
        assert sorted(offered) == sorted(known)


def test_the_stub_of_the_package_says_what_the_package_does():
    names, exported = names_in('__init__.pyi')
    assert sorted(exported) == sorted(pyral.__all__)
    assert sorted(set(exported) - names) == []


def test_the_stubs_agree_with_what_runs(tmp_path):
    settings = tmp_path / 'mypy.ini'
    settings.write_text(SETTINGS)
    said, code = run(
        '-m', 'mypy.stubtest', '--concise', '--mypy-config-file', str(settings), *stubbed()
    )
    assert code == 0, said


def test_a_strict_checker_passes_the_code_of_a_user(tmp_path):
    settings = tmp_path / 'mypy.ini'
    settings.write_text(SETTINGS)  # as for an installed package, whose own errors nobody is shown
    said, code = run('-m', 'mypy', '--config-file', str(settings), '--strict', TYPED_USER)
    assert code == 0, said


def test_pyright_passes_the_code_of_a_user(tmp_path):
    pytest.importorskip('pyright', reason="pyright is not installed (pip install pyright)")
    if shutil.which('node') is None:
        pytest.skip("pyright needs Node.js, and there is no `node` on this machine")
    said, code = run('-m', 'pyright', '--version')  # fetches what the package leaves out
    if code != 0:
        pytest.skip("pyright could not be set up: " + (said.strip().splitlines() or ['?'])[-1])
    wrong = tmp_path / 'wrong_user.py'  # the check must be able to fail
    wrong.write_text('from pyral import Rally\nRally(server=8010)\n')
    said, code = run('-m', 'pyright', '--pythonpath', sys.executable, TYPED_USER, str(wrong))
    assert code == 1 and said.count(' - error: ') == 1 and 'wrong_user.py:2' in said, said


def test_a_wrong_stub_is_seen(tmp_path):
    """The check itself must be able to fail: a stub with an argument too many."""
    package = tmp_path / 'wrongly'
    package.mkdir()
    (package / '__init__.py').write_text('def served(count):\n    return count\n')
    (package / '__init__.pyi').write_text('def served(count: int, more: int) -> int: ...\n')
    done = subprocess.run(
        [sys.executable, '-m', 'mypy.stubtest', '--concise', 'wrongly'],
        cwd=str(tmp_path),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert done.returncode == 1 and 'served' in done.stdout

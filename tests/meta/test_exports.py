"""Exported names, documented settings, and a library that never prints."""

import ast
import importlib
import inspect
import os
import re

import pytest

import pyral
from pyral import config
from pyral.restapi import CONNECT_KEYWORDS, Rally
from pyral.schema.standard_types import STANDARD_PARENTS

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGE = os.path.join(ROOT, 'pyral')
#: Modules of the SDK that hold one thing each and export nothing by a list.
WITHOUT_LIST = {'_compat', '_version'}
#: Names that the package shares inside, kept out of `from pyral.entity import *`.
INTERNAL = {
    'context.__init__': {'Location'},
    'entity.__init__': {'blank'},
    'entity.classes': {'class_for', 'class_of', 'entity_from', 'parents_in'},
}


def sources(folder=PACKAGE, skip=()):
    """Yield (dotted name below pyral, syntax tree) of every module in a folder and below."""
    for here, folders, files in os.walk(folder):
        folders[:] = [each for each in folders if each not in skip]
        for file in sorted(files):
            if file.endswith('.py'):
                path = os.path.join(here, file)
                with open(path, encoding='utf-8') as source:
                    yield (
                        os.path.relpath(path, PACKAGE)[:-3].replace(os.sep, '.'),
                        ast.parse(source.read()),
                    )


def is_bare(tree):
    """Return whether a module is a docstring and the `__future__` import: a package's own file."""
    return all(
        isinstance(node, ast.Expr) or getattr(node, 'module', None) == '__future__'
        for node in tree.body
    )


SDK = [
    name
    for name, tree in sources(skip=('emulator',))
    if name not in WITHOUT_LIST and not is_bare(tree)
]


def module_of(name):
    """Import a module by its name below pyral."""
    return importlib.import_module(('pyral.' + name).replace('.__init__', ''))


@pytest.mark.parametrize('name', SDK)
def test_a_module_lists_what_it_exports_and_has_it(name):
    module = module_of(name)
    assert [each for each in module.__all__ if not hasattr(module, each)] == []
    assert len(set(module.__all__)) == len(module.__all__)
    assert list(module.__all__) == sorted(module.__all__)


@pytest.mark.parametrize('name', [each for each in SDK if each != '__init__'])
def test_what_others_use_of_a_module_is_exported_or_listed_as_internal(name):
    """A class or function that starts without `_` and is defined here is in the list."""
    module = module_of(name)
    defined = [
        each
        for each, value in vars(module).items()
        if not each.startswith('_')
        and getattr(value, '__module__', None) == module.__name__
        and (inspect.isclass(value) or inspect.isfunction(value))
    ]
    # Types of one's own get their classes at run time, whenever another test met them first.
    defined = [
        each
        for each in defined
        if getattr(vars(module)[each], '_type_path', 'Defect') in STANDARD_PARENTS
        or each in module.__all__
    ]
    internal = INTERNAL.get(name, set())
    assert sorted(set(defined) - set(module.__all__) - internal) == []


def documented(page):
    """Return every literal on a page of the documentation."""
    with open(os.path.join(ROOT, 'doc', 'source', page), encoding='utf-8') as source:
        return set(re.findall(r'``([^`]+)``', source.read()))


def test_every_keyword_of_rally_is_documented():
    accepted = set(CONNECT_KEYWORDS) | {
        name
        for name, each in inspect.signature(Rally.__init__).parameters.items()
        if name != 'self' and each.kind is not each.VAR_KEYWORD
    }
    assert sorted(accepted - documented('configuration.rst')) == []


def test_every_setting_is_documented():
    spellings = set()
    for setting in config.SETTINGS:
        spellings |= set(setting.items) | {setting.variable}
        spellings |= set(config.OTHER_VARIABLES.get(setting.name, ()))
        spellings |= {'--{0}='.format(option) for option in setting.options}
    spellings |= {
        '--{0}='.format(option) for option in config.CONFIG_OPTIONS + config.PROFILE_OPTIONS
    }
    spellings |= {config.CONFIG_VARIABLE, config.PROFILE_VARIABLE}
    assert sorted(spellings - documented('configuration.rst')) == []


def prints(tree):
    """Return the lines of a syntax tree where something is printed."""
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, 'id', None) == 'print'
    ]


def test_nothing_in_the_package_prints():
    found = [
        '{0}:{1}'.format(name, line)
        for name, tree in sources()
        for line in prints(tree)
        if name not in ('emulator.__main__', '__main__') and not name.startswith('cli')
    ]
    assert found == []


def test_a_print_is_seen():
    """The test itself must be able to fail."""
    assert prints(ast.parse('def say():\n    print("hello")\n')) == [2]


def test_dir_shows_what_is_public():
    assert dir(pyral) == sorted(pyral.__all__)

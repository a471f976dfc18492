"""The compatibility page is true: names, signatures, and a test behind every statement.

`python tests/meta/test_compat_page.py` writes the tests in the table of statements anew.
"""

import ast
import importlib
import inspect
import os
import re

import pytest

import pyral
from pyral import Rally
from pyral.emulator import Emulator

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = os.path.join(ROOT, 'doc', 'source', 'compat.rst')
STATEMENTS = range(1, 147)
DEFECTS = range(1, 122)
NUMBERED = re.compile(r'test_0*(\d+)[a-z]?_')
LITERAL = re.compile(r'``([^`]+)``')


def page():
    """Return the text of the page."""
    with open(PAGE, encoding='utf-8') as source:
        return source.read()


def table(title):
    """Return the rows of the table below a title, each a list of cells, without the head."""
    body = page().partition('\n{0}\n{1}\n'.format(title, '-' * len(title)))[2]
    body = re.split(r'\n\S[^\n]*\n-{3,}\n', body)[0]
    rows = re.split(r'(?m)^   \* - ', body)[1:]
    return [[' '.join(cell.split()) for cell in re.split(r'(?m)^     - ', row)] for row in rows][1:]


def functions_in(*folders):
    """Return (file, name of test) of every test function below these folders of tests/."""
    found = []
    for folder in folders:
        for here, _, files in os.walk(os.path.join(ROOT, 'tests', folder)):
            for file in sorted(files):
                if file.startswith('test_') and file.endswith('.py'):
                    with open(os.path.join(here, file), encoding='utf-8') as source:
                        tree = ast.parse(source.read())
                    found += [
                        (file, node.name)
                        for node in ast.walk(tree)
                        if isinstance(node, ast.FunctionDef) and node.name.startswith('test_')
                    ]
    return found


def found_by_statement():
    """Return {statement: [(file, test)]} by the numbers in the names of the compat tests."""
    by_number = {}
    for file, name in functions_in('compat'):
        match = NUMBERED.match(name)
        if match:
            by_number.setdefault(int(match.group(1)), []).append((file, name))
    return by_number


def named_tests(number):
    """Return what the table says of the tests of a statement."""
    found = sorted(found_by_statement()[number])[:3]
    return ', '.join('``{0}::{1}``'.format(file, name) for file, name in found)


def resolve(dotted):
    """Return what a dotted name stands for, importing the modules on the way."""
    module, _, name = dotted.rpartition('.')
    try:
        return getattr(importlib.import_module(module), name)
    except ImportError:
        return getattr(resolve(module), name)


def test_every_statement_has_a_test_that_carries_its_number():
    found = found_by_statement()
    assert [number for number in STATEMENTS if number not in found] == []


def test_the_table_of_statements_names_tests_that_exist():
    found = found_by_statement()
    rows = table('The acceptance statements')
    assert [label for label, _, _ in rows] == [
        '.. _statement-{0}: {0}'.format(each) for each in STATEMENTS
    ]
    assert all(statement for _, statement, _ in rows)
    wrong = []
    for number, (_, _, tests) in enumerate(rows, 1):
        named = [tuple(each.split('::')) for each in LITERAL.findall(tests)]
        if not named or any(each not in found[number] for each in named):
            wrong.append(number)
    assert wrong == [], "python tests/meta/test_compat_page.py mends this"


def test_every_known_defect_is_answered_and_held_by_a_test():
    rows = table('What was mended')
    assert [number for number, _, _ in rows] == ['W-{0:02d}'.format(each) for each in DEFECTS]
    statements = found_by_statement()
    names = [name for _, name in functions_in('compat', 'client', 'unit')]
    wrong = []
    for defect, _, held in rows:
        tests = LITERAL.findall(held)
        numbers = re.findall(r'\d+', LITERAL.sub('', held))
        if not tests + numbers:
            wrong.append((defect, 'nothing'))
        wrong += [
            (defect, test)
            for test in tests
            if not any(re.match(test + r'(_|$)', name) for name in names)
        ]
        wrong += [(defect, number) for number in numbers if int(number) not in statements]
    assert wrong == []


def test_every_name_on_the_page_can_be_imported():
    missing = []
    for module, names in table('Where names are'):
        module = LITERAL.findall(module)[0]
        for name in LITERAL.findall(names):
            if not hasattr(importlib.import_module(module), name):
                missing.append('{0}.{1}'.format(module, name))
    assert missing == []


def test_a_historic_path_gives_the_objects_of_the_module_the_page_names():
    rows = [[LITERAL.findall(cell)[0] for cell in row] for row in table('Where the code is')]
    assert len(rows) >= 5
    wrong = []
    for historic, code in rows:
        old, new = importlib.import_module(historic), importlib.import_module(code)
        shared = [name for name in old.__all__ if hasattr(new, name)]
        wrong += [
            (historic, name) for name in shared if getattr(old, name) is not getattr(new, name)
        ]
        wrong += [historic] if not shared else []
    assert wrong == []


def test_a_patch_at_a_historic_path_does_not_reach_the_package(monkeypatch):
    monkeypatch.setattr('pyral.rallyresp.RallyRESTResponse', None)
    with Emulator(world='empty', listen=False) as emulator:
        rally = Rally(emulator.url, apikey=emulator.apikey, adapter=emulator.adapter())
        assert isinstance(rally.get('Defect'), pyral.RallyRESTResponse)


def test_every_public_name_of_the_package_is_on_the_page():
    listed = [
        LITERAL.findall(names)
        for module, names in table('Where names are')
        if LITERAL.findall(module) == ['pyral']
    ][0]
    modules = [name for name in pyral.__all__ if inspect.ismodule(getattr(pyral, name))]
    assert sorted(listed + modules) == sorted(pyral.__all__)


def test_every_class_of_errors_that_is_raised_for_a_historic_one_is_among_the_differences():
    named = {
        LITERAL.findall(before)[0]: LITERAL.findall(here)
        for before, here in table('What differs on purpose')
    }
    below = [
        name
        for name in pyral.errors.__all__
        if name not in ('RallyRESTAPIError', 'UnreferenceableOIDError')
        and inspect.isclass(getattr(pyral.errors, name))
        and issubclass(getattr(pyral.errors, name), pyral.RallyRESTAPIError)
    ]
    assert sorted(set(below) - set(named['RallyRESTAPIError'])) == []
    for before in ('RallyResponseError', 'MultipleOperationError'):
        assert 'UnknownOutcomeError' in named[before]


@pytest.mark.parametrize('call', [LITERAL.findall(row[0])[0] for row in table('Signatures')])
def test_a_signature_on_the_page_is_the_real_one(call):
    name, _, arguments = call.partition('(')
    target = resolve('pyral.' + name)
    # Attributes of a class are functions here, with the instance as first argument.
    parameters = [
        str(each) for each in inspect.signature(target).parameters.values() if each.name != 'self'
    ]
    assert '({0})'.format(', '.join(parameters)) == '(' + arguments


def test_every_public_method_of_rally_is_among_the_signatures():
    methods = [
        name
        for name, _ in inspect.getmembers(pyral.Rally, inspect.isfunction)
        if not name.startswith('_')
    ]
    listed = [LITERAL.findall(row[0])[0].partition('(')[0] for row in table('Signatures')]
    assert [name for name in methods if 'Rally.' + name not in listed] == []


if __name__ == '__main__':
    head, mark, body = page().partition('The acceptance statements\n')
    for one in STATEMENTS:
        body = re.sub(
            r'(_statement-{0}:\n(?:.*\n)+?     - (?:.*\n)+?     - ).*'.format(one),
            lambda row, one=one: row.group(1) + named_tests(one),
            body,
            count=1,
        )
    with open(PAGE, 'w', encoding='utf-8') as target:
        target.write(head + mark + body)

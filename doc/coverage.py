"""Write the page `coverage.rst`: each section of the protocol with the tests that hold it.

Run `python doc/coverage.py` after marking tests; a test says when the page is stale. The tests are
read, not imported: a marker `@pytest.mark.fact('5.4', 'rest/put')` on a test, or `pytestmark` of a
module, names what it holds. What there is to hold stands in `coverage.json`.
"""

from __future__ import annotations

import ast
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
PAGE = os.path.join(HERE, 'source', 'coverage.rst')
FACTS = os.path.join(HERE, 'coverage.json')
SUITES = ('contract', 'emulator', 'fuzz')

HEAD = """\
Test coverage of the protocol
=============================

.. This page is written by doc/coverage.py from the tests; change the tests' markers, not the page.

Each section of the protocol reference and each statement of the vendor's two public pages, with
the tests that hold the emulator to it: {facts} facts, {tests} tests. Tests are functions below
``tests/``; their names are sentences. The mark ``@pytest.mark.fact('5.4')`` on a test puts it here.
"""
EXCEPTIONS = """\

Without a test
--------------

"""


def marked_facts(node):
    """Return the ids of a `pytest.mark.fact(...)` expression, or of a list of marks."""
    if isinstance(node, (ast.List, ast.Tuple)):
        return [fact for one in node.elts for fact in marked_facts(one)]
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return []
    mark = node.func
    is_fact = (
        mark.attr == 'fact' and isinstance(mark.value, ast.Attribute) and mark.value.attr == 'mark'
    )
    return [one.value for one in node.args] if is_fact else []


def tests_of(path):
    """Return (test name, ids) of the marked tests of a module, in order."""
    with open(path, encoding='utf-8') as source:
        tree = ast.parse(source.read(), path)
    of_module = [
        fact
        for node in tree.body
        if isinstance(node, ast.Assign)
        and any(getattr(target, 'id', '') == 'pytestmark' for target in node.targets)
        for fact in marked_facts(node.value)
    ]
    found = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith('test_'):
            own = [fact for mark in node.decorator_list for fact in marked_facts(mark)]
            if own or of_module:
                found.append((node.name, list(dict.fromkeys(own + of_module))))
    return found


def collect(root=ROOT):
    """Return {fact: [(module, test)]}, modules as paths below `tests/` without `.py`."""
    held = {}
    for suite in SUITES:
        folder = os.path.join(root, 'tests', suite)
        for name in sorted(os.listdir(folder)):
            if name.startswith('test_') and name.endswith('.py'):
                for test, facts in tests_of(os.path.join(folder, name)):
                    for fact in facts:
                        held.setdefault(fact, []).append(('{}/{}'.format(suite, name[:-3]), test))
    return held


def read_facts():
    """Return what there is to hold: parts with their facts, and the exceptions with reasons."""
    with open(FACTS, encoding='utf-8') as source:
        return json.load(source)


def sentence(test):
    """Return the name of a test as a sentence."""
    words = test[len('test_') :].replace('_', ' ')
    return words[0].upper() + words[1:]


def label(fact):
    """Return how the page cites a fact."""
    if '/' in fact:
        return fact
    return 'WSAPI {} {}'.format('section' if fact[0].isdigit() else 'appendix', fact)


def lines_of_fact(fact, text, tests):
    """Return the lines of one fact: a heading, and its tests by module."""
    lines = ['', '**{}**: {}'.format(label(fact), text), '']
    by_module = {}
    for module, test in tests:
        by_module.setdefault(module, []).append(sentence(test))
    for module, names in by_module.items():
        lines.append('* ``{}``: {}.'.format(module, '; '.join(names)))
    return lines


def page(facts, held):
    """Return the text of the page."""
    tests = {test for found in held.values() for test in found}
    count = sum(len(part['facts']) for part in facts['parts'])
    lines = [HEAD.format(facts=count, tests=len(tests)).rstrip()]
    for part in facts['parts']:
        lines += ['', part['title'], '-' * len(part['title'])]
        for fact, text in part['facts']:
            if fact in held:
                lines += lines_of_fact(fact, text, held[fact])
    texts = {fact: text for part in facts['parts'] for fact, text in part['facts']}
    lines.append(EXCEPTIONS.rstrip())
    lines += [
        '',
        '.. list-table::',
        '   :header-rows: 1',
        '   :widths: 15 35 50',
        '',
        '   * - where',
        '     - what',
        '     - why there is no test',
    ]
    for fact, reason in facts['exceptions'].items():
        lines += [
            '   * - {}'.format(label(fact)),
            '     - {}'.format(texts[fact]),
            '     - {}'.format(reason),
        ]
    return '\n'.join(lines) + '\n'


def complaints(facts, held):
    """Return what is wrong: facts nobody holds, ids nobody knows, exceptions that are none."""
    known = {fact for part in facts['parts'] for fact, _ in part['facts']}
    excused = set(facts['exceptions'])
    return (
        ["no test holds {}".format(fact) for fact in sorted(known - set(held) - excused)]
        + [
            "{} is marked by {} and is no fact".format(fact, held[fact][0])
            for fact in sorted(set(held) - known)
        ]
        + ["{} is excused and has a test".format(fact) for fact in sorted(excused & set(held))]
        + ["{} is excused and is no fact".format(fact) for fact in sorted(excused - known)]
    )


def main():
    """Write the page; return 1 when something is without a test."""
    facts, held = read_facts(), collect()
    wrong = complaints(facts, held)
    for line in wrong:
        sys.stderr.write('coverage: {}\n'.format(line))
    with open(PAGE, 'w', encoding='utf-8') as target:
        target.write(page(facts, held))
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main())

"""Write the parts of the page `architecture.rst` that follow from the code: tables and flows.

Run `python doc/architecture.py` after adding or rewording a module, or after changing the way of a
request; a test says when the page is stale. The tables hold the first sentence of each module's
docstring, by the ranks that `tests/meta/test_layers.py` keeps. The flows are recorded: which files
are entered, in order, while an operation runs against an emulator in this process.
"""

from __future__ import annotations

import ast
import contextlib
import itertools
import os
import re
import sys
from typing import Any, Callable, Iterator

from written_parts import page, wrapped

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
PACKAGE = os.path.join(ROOT, 'pyral')
PAGE = os.path.join(HERE, 'source', 'architecture.rst')
LAYERS = os.path.join(ROOT, 'tests', 'meta', 'test_layers.py')

FIRST_SENTENCE = re.compile(r'(.+?[.!?])(?=\s+[^a-z\s]|$)', re.S)
#: Files of this rank and below are pieces that everything uses; flows leave them out.
PLAIN_RANK = {'sdk': 2, 'emulator': 1}
WIDTH = 116


def ranks() -> dict[str, dict[int, list[str]]]:
    """Return the tables of ranks of the layer test: {'sdk': {rank: names}, 'emulator': ...}."""
    with open(LAYERS, encoding='utf-8') as source:
        tree = ast.parse(source.read())
    found = {
        node.targets[0].id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id.endswith('_RANKS')
    }
    return {'sdk': found['SDK_RANKS'], 'emulator': found['EMULATOR_RANKS']}


def first_sentence(docstring: str) -> str:
    """Return the first sentence of a docstring, with its code as the page writes it."""
    paragraph = ' '.join(docstring.strip().split('\n\n')[0].split())
    match = FIRST_SENTENCE.match(paragraph)
    sentence = match.group(1) if match else paragraph
    return re.sub(r'`+([^`]+)`+', lambda code: f'``{code.group(1).strip()}``', sentence)


def sentence_of(path: str) -> str:
    """Return the first sentence of a module's docstring."""
    with open(path, encoding='utf-8') as source:
        return first_sentence(ast.get_docstring(ast.parse(source.read())) or '')


def files_of(top: str, name: str) -> list[tuple[str, str]]:
    """Return (name on the page, path) of a package or module below `top` and of what is in it."""
    path = os.path.join(top, name)
    if os.path.isfile(path + '.py'):
        return [(name, path + '.py')]
    found = [(name + '/', os.path.join(path, '__init__.py'))]
    for entry in sorted(os.listdir(path)):
        inner = os.path.splitext(entry)[0]
        is_package = os.path.isfile(os.path.join(path, entry, '__init__.py'))
        if is_package or (entry.endswith('.py') and inner != '__init__'):
            found += [(f'{name}/{each}', file) for each, file in files_of(path, inner)]
    return found


def row(*cells: str) -> list[str]:
    """Return the lines of a row of a list table."""
    lines = []
    for number, cell in enumerate(cells):
        start = '   * - ' if number == 0 else '     - '
        lines += wrapped(cell, WIDTH, start, '       ') or [start.rstrip()]
    return lines


def table(half: str) -> str:
    """Return the table of one half: rank, package or module, first sentence."""
    top = PACKAGE if half == 'sdk' else os.path.join(PACKAGE, 'emulator')
    lines = ['.. list-table::', '   :header-rows: 1', '   :widths: 6 28 66', '']
    lines += row('rank', 'package or module', 'what it is')
    for rank, names in sorted(ranks()[half].items()):
        for name in names:
            for shown, path in files_of(top, name):
                lines += row(str(rank), f'``{shown}``', sentence_of(path))
    return '\n'.join(lines)


@contextlib.contextmanager
def entered(below: str, without: str | None = None) -> Iterator[list[str]]:
    """Record the files below a folder that are entered, each at its first time, in this thread."""
    found: list[str] = []

    def look(frame: Any, event: str, argument: Any) -> None:
        path = frame.f_code.co_filename
        if event != 'call' or not path.startswith(below) or (without and path.startswith(without)):
            return
        name = os.path.relpath(path, below)[: -len('.py')].replace(os.sep, '/')
        if name not in found:
            found.append(name)

    sys.setprofile(look)
    try:
        yield found
    finally:
        sys.setprofile(None)


def record(half: str, run: Callable[[], Any]) -> list[str]:
    """Return the files of one half that a run enters, without those of its lowest ranks."""
    below = PACKAGE if half == 'sdk' else os.path.join(PACKAGE, 'emulator')
    without = os.path.join(PACKAGE, 'emulator') if half == 'sdk' else None
    with entered(below + os.sep, without and without + os.sep) as found:
        run()
    plain = {
        name for rank, names in ranks()[half].items() if rank <= PLAIN_RANK[half] for name in names
    }
    return [name for name in found if name.split('/')[0] not in plain]


def flows() -> dict[str, list[str]]:
    """Run the operations the page tells of and return {flow: files}."""
    sys.path.insert(0, ROOT)
    try:
        import requests

        from pyral import Rally
        from pyral.emulator import Emulator
    finally:
        sys.path.remove(ROOT)
    with Emulator(world='demo', listen=False) as emulator, requests.Session() as session:
        rally = Rally(
            emulator.url, apikey=emulator.apikey, adapter=emulator.adapter(), schema_cache=False
        )
        session.mount(emulator.url, emulator.adapter())
        session.headers['ZSESSIONID'] = emulator.apikey
        made = rally.create('Defect', {'Name': "made to be changed"})
        address = f'{emulator.url}/slm/webservice/v2.0'

        def get() -> list[Any]:
            return list(rally.get('Defect', fetch='Name,Owner', query='Owner != null', limit=3))

        def touch() -> Callable[[], Any]:
            first = get()[0]
            return lambda: first.Owner.EmailAddress

        def ask() -> None:
            session.get(
                f'{address}/defect',
                params={'query': '(State = Open)', 'fetch': 'Name', 'order': 'Rank'},
            ).json()

        states = itertools.cycle(['Open', 'Fixed'])

        def change() -> None:
            values = {'Defect': {'State': next(states)}}
            session.post(f'{address}/defect/{made.oid}', json=values).json()

        def create() -> None:
            rally.create('Defect', {'Name': "one more", 'Owner': made.CreatedBy})

        runs: dict[str, tuple[str, Callable[[], Callable[[], Any]]]] = {
            'get': ('sdk', lambda: get),
            'lazy read': ('sdk', touch),
            'create': ('sdk', lambda: create),
            'emulator query': ('emulator', lambda: ask),
            'emulator update': ('emulator', lambda: change),
        }
        found = {}
        for name, (half, prepare) in runs.items():
            prepare()()
            found[name] = record(half, prepare())
        return found


def chain(files: list[str]) -> str:
    """Return the files of a flow as a paragraph."""
    return '\n'.join(wrapped(' → '.join(f'``{name}``' for name in files), WIDTH))


def parts() -> dict[str, str]:
    """Return {name: text} of all that this script writes."""
    written = {f'flow of {name}': chain(files) for name, files in flows().items()}
    written['modules of the sdk'] = table('sdk')
    written['modules of the emulator'] = table('emulator')
    return written


def main() -> None:
    """Write the page."""
    with open(PAGE, encoding='utf-8') as source:
        text = source.read()
    with open(PAGE, 'w', encoding='utf-8') as target:
        target.write(page(text, parts()))


if __name__ == '__main__':
    main()

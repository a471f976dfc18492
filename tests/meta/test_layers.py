"""The table of ranks, held: a module imports only from a lower rank, never from its own."""

import ast
import functools
import os
import re

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGE = os.path.join(ROOT, 'pyral')

#: rank -> modules of the SDK (a sub-package counts as one module)
SDK_RANKS = {
    0: [
        '_version',
        '_compat',
        'entity_tree',
        'moments',
        'page_sizes',
        'process_lock',
        'query_tokens',
        'seen',
        'timed',
        'wirelog',
        'workers',
    ],
    1: [
        'cohort',
        'details',
        'json_reading',
        'messages',
        'query_nodes',
        'redact',
        'refs',
        'registry',
        'retry',
        'scope',
        'sieve',
    ],
    2: ['batching', 'errors', 'payload', 'project_trees'],
    3: [
        'advice',
        'answer',
        'batch_items',
        'config',
        'delivery',
        'envelope',
        'netfaults',
        'netsettings',
        'origin',
        'page_run',
        'query_advice',
        'query_parser',
        'record',
        'schema',
        'schema_cache',
        'security',
    ],
    4: ['entity', 'exchange', 'interaction', 'paging', 'places', 'query_builder'],
    5: ['choosing', 'hydrate', 'reading', 'schema_reading', 'transport'],
    6: ['context', 'loading', 'rallyresp'],
    7: ['connection', 'queries'],
    8: ['aftermath', 'facade_places', 'multiop', 'people', 'ranking', 'searching', 'writing'],
    9: ['attachments'],
    10: ['facade_features'],
    11: ['restapi', 'cargotruck', 'proj_utils', 'search_utils'],
    12: ['__init__'],
}
#: rank -> rooms of the emulator, below `pyral.emulator`
EMULATOR_RANKS = {
    0: [
        'clock',
        'envelope',
        'errors',
        'faults',
        'fetch',
        'journal',
        'model',
        'refs',
        'settings',
        'tls',
    ],
    1: ['store', 'wire'],
    2: ['auth', 'catalogue', 'scope'],
    3: ['definitions', 'language', 'plan', 'request'],
    4: ['levels', 'summaries'],
    5: ['render', 'rules'],
    6: ['handlers', 'worlds'],
    7: ['routes'],
    8: ['exchange'],
    9: ['adapter', 'app', 'server'],
    10: ['__init__'],
    11: ['__main__', 'pytest_plugin'],
}
#: third-party package -> the only modules that may import it
DOORS = {
    'six': {'_compat'},
    'requests': {'transport', 'emulator.adapter'},
    'sqlalchemy': {'emulator.store', 'emulator.language'},
}


def rank_of(table):
    """Return {module: rank}."""
    return {name: rank for rank, names in table.items() for name in names}


def modules():
    """Yield (dotted name below pyral, room, path) of every module of the package."""
    for folder, _, files in os.walk(PACKAGE):
        for file in sorted(files):
            if file.endswith('.py'):
                path = os.path.join(folder, file)
                yield os.path.relpath(path, PACKAGE)[:-3].replace(os.sep, '.'), path


def descendants(tree, wanted):
    """Return the ids of all nodes below the nodes that `wanted` picks."""
    return {id(child) for node in ast.walk(tree) if wanted(node) for child in ast.walk(node)}


@functools.lru_cache(maxsize=None)
def imports(path, dotted):
    """Return (absolute dotted module, line, inside a function?) of every import of a file."""
    return list(find_imports(path, dotted))


def find_imports(path, dotted):
    """Yield what `imports` keeps."""
    with open(path, encoding='utf-8') as source:
        tree = ast.parse(source.read())
    inside = descendants(
        tree, lambda node: isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda))
    )
    # What only a type checker imports is no edge: it runs nowhere.
    typing_only = descendants(
        tree,
        lambda node: isinstance(node, ast.If) and getattr(node.test, 'id', None) == 'TYPE_CHECKING',
    )
    package = ('pyral.' + dotted).split('.')[:-1]
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno, id(node) in inside
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            name = '.'.join(base + ([node.module] if node.module else []))
            for alias in node.names:
                yield name + '.' + alias.name, node.lineno, id(node) in inside


def room(dotted):
    """Return (half, room) of a name below pyral: ('emulator', 'store') or ('sdk', 'refs')."""
    parts = dotted.split('.')
    if parts[0] == 'emulator':
        return 'emulator', parts[1] if len(parts) > 1 else '__init__'
    return 'sdk', parts[0] or '__init__'


def edges():
    """Yield (from, to, place) of every import of the package by the package."""
    known = {dotted for dotted, _ in modules()}
    for dotted, path in modules():
        for target, line, _ in imports(path, dotted):
            if target != 'pyral' and not target.startswith('pyral.'):
                continue
            name = target[len('pyral.') :]
            while name and name not in known and name + '.__init__' not in known:
                name = name.rpartition('.')[0]
            if name in known or name + '.__init__' in known:
                yield dotted, name or '__init__', '{0}.py:{1}'.format(dotted, line)


def test_every_module_has_a_rank():
    tables = {'sdk': rank_of(SDK_RANKS), 'emulator': rank_of(EMULATOR_RANKS)}
    homeless = [dotted for dotted, _ in modules() if room(dotted)[1] not in tables[room(dotted)[0]]]
    assert homeless == []


def test_every_ranked_room_exists():
    rooms = {room(dotted) for dotted, _ in modules()}
    missing = [
        (half, name)
        for half, table in (('sdk', SDK_RANKS), ('emulator', EMULATOR_RANKS))
        for name in rank_of(table)
        if (half, name) not in rooms
    ]
    assert missing == []


def test_a_module_imports_only_from_a_lower_rank():
    ranks = {'sdk': rank_of(SDK_RANKS), 'emulator': rank_of(EMULATOR_RANKS)}
    wrong = []
    for source, target, place in edges():
        (half, from_room), (other_half, to_room) = room(source), room(target)
        if half != other_half or (half, from_room) == (other_half, to_room):
            continue
        if ranks[half][to_room] >= ranks[half][from_room]:
            wrong.append('{0} imports {1}'.format(place, to_room))
    assert wrong == []


def test_the_emulator_and_the_sdk_share_only_the_version():
    crossing = [
        (place, target) for source, target, place in edges() if room(source)[0] != room(target)[0]
    ]
    assert [pair for pair in crossing if pair[1] != '_version'] == []


@pytest.mark.parametrize('package', sorted(DOORS))
def test_one_door_for_each_foreign_package(package):
    users = set()
    for dotted, path in modules():
        if any(name.split('.')[0] == package for name, _, _ in imports(path, dotted)):
            half, name = room(dotted)
            users.add(name if half == 'sdk' else 'emulator.' + name)
    assert users <= DOORS[package]


def test_no_import_hides_inside_a_function():
    hidden = [
        '{0}.py:{1}'.format(dotted, line)
        for dotted, path in modules()
        for _, line, inside in imports(path, dotted)
        if inside
    ]
    assert hidden == []


def documented_ranks(title):
    """Return {module: rank} as a table of the architecture page has it."""
    with open(os.path.join(ROOT, 'doc', 'source', 'architecture.rst'), encoding='utf-8') as page:
        section = re.split(r'^{0}\n-+$'.format(title), page.read(), flags=re.M)[1]
    rows = re.findall(r'^   \* - (\d+)\n     - (.*)$', section.split('\nFlows\n')[0], re.M)
    found = {}
    for rank, names in rows:
        for name in re.findall(r'``(\w+)``', names):
            if found.setdefault(name, int(rank)) != int(rank):
                break
    return found


@pytest.mark.parametrize('title, table', [('The SDK', SDK_RANKS), ('The emulator', EMULATOR_RANKS)])
def test_the_architecture_page_has_the_same_table(title, table):
    shown = documented_ranks(title)
    assert {name: shown.get(name) for name in rank_of(table)} == rank_of(table)


def test_an_upward_import_is_seen(tmp_path):
    """The test itself must be able to fail: refs importing transport is an upward edge."""
    path = tmp_path / 'refs.py'
    path.write_text('from pyral.http.transport import Transport\nfrom .entity import Persistable\n')
    ranks = rank_of(SDK_RANKS)
    found = [room(name[len('pyral.') :])[1] for name, _, _ in imports(str(path), 'refs')]
    assert all(ranks[name] > ranks['refs'] for name in found) and len(found) == 2

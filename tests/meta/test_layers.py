"""The table of ranks, held: an import goes to a lower rank, between packages and inside them.

A package counts as one at the top; below it the same rule holds for its files: no cycle, imports
under `TYPE_CHECKING` included, because a reader follows them too.
"""

import ast
import functools
import os

import pytest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PACKAGE = os.path.join(ROOT, 'pyral')

#: rank -> packages and modules of the SDK
SDK_RANKS = {
    0: ['_version', '_compat', '_locks', '_threads', '_dates', '_scalars', '_signals'],
    1: ['redact', 'refs', 'service_texts'],
    2: ['errors'],
    3: ['advice', 'proj_utils'],
    4: ['config', '_progress'],
    5: ['http'],
    6: ['schema'],
    7: ['context'],
    8: ['entity', 'query'],
    9: ['rows'],
    10: ['reading'],
    11: ['connection', 'lazy', 'people', 'resolving'],
    12: ['doctor', 'writing'],
    13: [
        'restapi',
        'hydrate',
        'rallyresp',
        'query_builder',
        'multiop',
        'cargotruck',
        'search_utils',
    ],
    14: ['__init__'],
    15: ['cli', 'pytest_plugin'],
    16: ['__main__'],
}
#: rank -> packages and modules of the emulator, below `pyral.emulator`
EMULATOR_RANKS = {
    0: ['clock', 'envelope', 'markup', 'model', 'refs', 'settings', 'texts'],
    1: ['errors'],
    2: ['store'],
    3: ['access', 'catalogue'],
    4: ['language', 'request'],
    5: ['answers', 'rules'],
    6: ['handlers', 'worlds'],
    7: ['web'],
    8: ['embedded'],
    9: ['__init__'],
    10: ['__main__', 'pytest_plugin'],
}
#: third-party package -> the only packages that may import it
ONLY_IMPORTERS = {
    'six': {'_compat'},
    'requests': {'http', 'emulator.web'},
    'pytest': {'pytest_plugin'},
    'sqlalchemy': {'emulator.store', 'emulator.language'},
}
#: The most `.py` files on the top level of the SDK.
MOST_TOP_LEVEL_FILES = 26


def rank_of(table):
    """Return {module: rank}."""
    return {name: rank for rank, names in table.items() for name in names}


def modules(package=PACKAGE):
    """Return {dotted name below the package: path}; a package's own file is `name.__init__`."""
    found = {}
    for folder, _, files in os.walk(package):
        for file in sorted(files):
            if file.endswith('.py'):
                path = os.path.join(folder, file)
                found[os.path.relpath(path, package)[:-3].replace(os.sep, '.')] = path
    return found


def descendants(tree, wanted):
    """Return the ids of all nodes below the nodes that `wanted` picks."""
    return {id(child) for node in ast.walk(tree) if wanted(node) for child in ast.walk(node)}


@functools.lru_cache(maxsize=None)
def imports(path, dotted):
    """Return (absolute dotted module, line, inside a function?) of every import of a file."""
    return list(find_imports(path, dotted))


def find_imports(path, dotted):
    """Yield what `imports` keeps; what only a type checker imports is an edge as well."""
    with open(path, encoding='utf-8') as source:
        tree = ast.parse(source.read())
    inside = descendants(
        tree,
        lambda node: isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)),
    )
    package = ('pyral.' + dotted).split('.')[:-1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno, id(node) in inside
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            name = '.'.join(base + ([node.module] if node.module else []))
            for alias in node.names:
                yield name + '.' + alias.name, node.lineno, id(node) in inside
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == 'importlib.import_module':
            # An import all the same, made late so that `import pyral` costs less. The emulator is
            # no part of the SDK, and used where it is installed.
            name = getattr(node.args[0], 'value', None)
            if isinstance(name, str) and not name.startswith('pyral.emulator'):
                yield name, node.lineno, False


def part_of(dotted):
    """Return (half, package or module) of a name below pyral: ('sdk', 'refs')."""
    parts = dotted.split('.')
    if parts[0] == 'emulator':
        return 'emulator', parts[1] if len(parts) > 1 else '__init__'
    return 'sdk', parts[0] or '__init__'


def target_of(name, known):
    """Return the module that an imported name below `pyral` is or stands in."""
    while name and name not in known and name + '.__init__' not in known:
        name = name.rpartition('.')[0]
    return name if name in known else (name + '.__init__').lstrip('.')


def edges(package=PACKAGE):
    """Yield (from, to, place) of every import of the package by the package."""
    known = modules(package)
    for dotted, path in known.items():
        for target, line, _ in imports(path, dotted):
            if target == 'pyral' or target.startswith('pyral.'):
                yield dotted, target_of(target[len('pyral.') :], known), f'{dotted}.py:{line}'


def upward(found, tables):
    """Return what is wrong with edges: those between packages that do not go to a lower rank."""
    wrong = []
    for source, target, place in found:
        (half, here), (other_half, there) = part_of(source), part_of(target)
        if (half, here) == (other_half, there) or half != other_half:
            continue
        if tables[half][there] >= tables[half][here]:
            wrong.append(f'{place} imports {there}')
    return wrong


def cycles(graph):
    """Return the groups of names that reach one another, each sorted: {name: names it imports}."""
    reach = {name: set(graph[name]) for name in graph}
    grown = True
    while grown:
        grown = False
        for name in reach:
            wider = set().union(reach[name], *(reach.get(each, ()) for each in reach[name]))
            grown, reach[name] = grown or wider != reach[name], wider
    groups = {
        tuple(sorted(each for each in reach if each in reach[name] and name in reach[each]))
        for name in reach
        if name in reach[name]
    }
    return sorted(groups)


def graph_of(found):
    """Return {file: files it imports} of the edges."""
    graph = {}
    for source, target, _ in found:
        if source != target:
            graph.setdefault(source, set()).add(target)
            graph.setdefault(target, set())
    return graph


def sibling_graphs(found):
    """Return {folder: {file or folder in it: those beside it that it imports}}, all levels."""
    graphs = {}
    for source, target, _ in found:
        mine, theirs = source.split('.'), target.split('.')
        shared = len(os.path.commonprefix([mine, theirs]))
        if shared < len(mine) and shared < len(theirs) and mine != theirs:
            graph = graphs.setdefault('.'.join(mine[:shared]), {})
            graph.setdefault(mine[shared], set()).add(theirs[shared])
            graph.setdefault(theirs[shared], set())
    return graphs


TABLES = {'sdk': rank_of(SDK_RANKS), 'emulator': rank_of(EMULATOR_RANKS)}


def test_every_package_and_module_has_a_rank():
    unranked = [
        dotted for dotted in modules() if part_of(dotted)[1] not in TABLES[part_of(dotted)[0]]
    ]
    assert unranked == []


def test_every_ranked_package_and_module_exists():
    parts_there = {part_of(dotted) for dotted in modules()}
    missing = [
        (half, name)
        for half, table in TABLES.items()
        for name in table
        if (half, name) not in parts_there
    ]
    assert missing == []


def test_an_import_between_packages_goes_to_a_lower_rank():
    assert upward(edges(), TABLES) == []


def test_no_files_import_one_another():
    assert cycles(graph_of(edges())) == []


def test_no_files_or_folders_beside_one_another_form_a_cycle():
    found = {place: cycles(graph) for place, graph in sibling_graphs(edges()).items()}
    assert {place: groups for place, groups in found.items() if groups} == {}


def test_the_top_level_holds_few_files():
    top = [name for name in os.listdir(PACKAGE) if name.endswith('.py')]
    assert len(top) <= MOST_TOP_LEVEL_FILES


def test_the_emulator_and_the_sdk_share_only_the_version():
    crossing = {
        (source, target)
        for source, target, _ in edges()
        if part_of(source)[0] != part_of(target)[0] and target != '_version'
    }
    # The pytest plugin, which is neither, has a former name.
    assert crossing == {('emulator.pytest_plugin', 'pytest_plugin')}


@pytest.mark.parametrize('package', sorted(ONLY_IMPORTERS))
def test_each_foreign_package_has_its_only_importers(package):
    users = set()
    for dotted, path in modules().items():
        if any(name.split('.')[0] == package for name, _, _ in imports(path, dotted)):
            half, name = part_of(dotted)
            users.add(name if half == 'sdk' else 'emulator.' + name)
    assert users <= ONLY_IMPORTERS[package]


def test_no_import_hides_inside_a_function():
    hidden = [
        f'{dotted}.py:{line}'
        for dotted, path in modules().items()
        for _, line, inside in imports(path, dotted)
        if inside
    ]
    assert hidden == []


@pytest.fixture
def broken_package(tmp_path):
    """Return a copy of nothing but wrong imports: upward, late, for type checkers, in a package."""
    files = {
        '__init__': '',
        'refs': 'from pyral.http.transport import Transport\n',
        'http/__init__': '',
        'http/transport': 'from pyral.http import answer\n',
        'errors': "import importlib\n\nimportlib.import_module('pyral.query.remarks')\n",
        'query/__init__': '',
        'query/remarks': '',
        'http/answer': (
            'from typing import TYPE_CHECKING\n\n'
            'if TYPE_CHECKING:\n    from pyral.http.transport import Transport\n'
        ),
        'reading/__init__': '',
        'reading/one/__init__': '',
        'reading/one/deep': 'from pyral.reading.two import broad\n',
        'reading/two/__init__': '',
        'reading/two/broad': '',
        'reading/two/wide': 'from pyral.reading.one import deep\n',
    }
    for name, text in files.items():
        path = tmp_path / (name + '.py')
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return list(edges(str(tmp_path)))


def test_an_upward_import_is_seen(broken_package):
    assert upward(broken_package, TABLES) == ['errors.py:3 imports query', 'refs.py:1 imports http']


def test_a_cycle_of_files_is_seen_even_if_only_a_type_checker_goes_round(broken_package):
    assert cycles(graph_of(broken_package)) == [('http.answer', 'http.transport')]


def test_a_cycle_of_folders_is_seen_where_no_files_go_round(broken_package):
    assert cycles(sibling_graphs(broken_package)['reading']) == [('one', 'two')]

"""The examples in docstrings: all that the API reference shows has one, and all of them run.

Which names those are is read from the pages: the classes, functions and methods they list, and the
methods and properties Sphinx shows below a class, which are those that have a docstring. An example
meets a prepared Rally where it speaks of one. An error that an example catches is raised.
"""

import ast
import contextlib
import functools
import importlib
import inspect
import io
import os
import re
import sys
import textwrap
import types
import warnings

import pytest
import requests

import pyral
from pyral.emulator import Emulator
from pyral.entity.base import Computed
from tests.meta.test_docs import SOURCE, read, run_doctest

#: `.. autoclass:: pyral.Rally`, and its options.
DIRECTIVE = re.compile(
    r'^\.\. auto(?P<kind>\w+):: (?P<path>\S+)\n(?P<options>(?:   :.*\n(?: {10,}.*\n)*)*)', re.M
)
OPTION = re.compile(r'^   :(?P<name>[\w-]+):(?P<value>.*(?:\n {10,}.*)*)$', re.M)

#: Code in a docstring: what stands indented after an empty line, but not below `:param x:`; or a
#: session, which loses its indent where nothing follows it.
CODE = re.compile(r'(?:(?<=\n\n)|\A)(?:(?: {4}.*\n?|\n(?= {4}))+|>>> .*\n?(?:.+\n?)*)')

#: What an example meets that shows an error: a fault of the emulator, or an error of the network.
TROUBLES = {
    'Rally.findWritten': {'kind': 'unanswered', 'method': 'PUT'},
    'PyralError.find': {'kind': 'unanswered', 'method': 'PUT'},
    'UnknownOutcomeError': {'kind': 'unanswered', 'method': 'PUT'},
    'TransportError': {'kind': 'reset'},
    'Timeout': requests.exceptions.ReadTimeout("no answer"),
    'ConflictError': {'kind': 'errors', 'errors': ["Concurrency conflict"], 'method': 'POST'},
    'RateLimitedError': {'kind': 'status', 'status': 429},
    'ServerError': {'kind': 'status', 'status': 500},
    'GatewayError': {'kind': 'status', 'status': 502},
    'RallyResponseError': {'kind': 'garble'},
}
#: What has no example, and why.
WITHOUT_EXAMPLE = {
    'Rally.search': "the service has withdrawn it",
}


def words_of(text):
    """Return the names in `a, b`, the value of an option."""
    return text.replace(',', ' ').split()


def members_of(cls, with_inherited):
    """Return (name, member) of the methods and properties that Sphinx shows below a class."""
    found = []
    for name in dir(cls) if with_inherited else vars(cls):
        member = getattr(cls, name)
        is_shown = inspect.isroutine(member) or isinstance(member, (property, Computed))
        if is_shown and not name.startswith('_'):
            found.append((cls.__name__ + '.' + name, member))
    return found


def entries_of(page):
    """Return (name, object, module) of what an API page shows with a docstring."""
    found = []
    for directive in DIRECTIVE.finditer(page):
        options = {
            option['name']: words_of(option['value'])
            for option in OPTION.finditer(directive['options'])
        }
        path, hidden = directive['path'], options.get('exclude-members', ())
        if directive['kind'] == 'data':
            continue
        if directive['kind'] == 'module':
            module = importlib.import_module(path)
            names = options['members'] or module.__all__ if 'members' in options else ()
        elif directive['kind'] in ('method', 'attribute'):
            path, _, member = path.rpartition('.')
            module = importlib.import_module(path.rpartition('.')[0])
            cls = getattr(module, path.rpartition('.')[2])
            found.append((cls.__name__ + '.' + member, getattr(cls, member), module))
            continue
        else:
            module = importlib.import_module(path.rpartition('.')[0])
            names = [path.rpartition('.')[2]]
        for name in names:
            item = getattr(module, name)
            if name in hidden or not (inspect.isroutine(item) or inspect.isclass(item)):
                continue
            shown = [(name, item)]
            if inspect.isclass(item) and 'members' in options:
                wanted = options['members'] if directive['kind'] != 'module' else ()
                shown += [
                    (label, one)
                    for label, one in members_of(item, 'inherited-members' in options)
                    if not wanted or label.rpartition('.')[2] in wanted
                ]
            found += [(label, one, module) for label, one in shown if inspect.getdoc(one)]
    return found


REFERENCE = os.path.join(SOURCE, 'reference')
ENTRIES = [
    entry
    for page in sorted(os.listdir(REFERENCE))
    for entry in entries_of(read(os.path.join(REFERENCE, page)))
]
#: (name, module, code) of every example.
EXAMPLES = [
    (name, module, textwrap.dedent(block.group()))
    for name, item, module in ENTRIES
    for block in CODE.finditer(inspect.getdoc(item))
]


def test_every_public_docstring_has_an_example():
    lacking = {name for name, _, _ in ENTRIES} - {name for name, _, _ in EXAMPLES}
    assert sorted(lacking) == sorted(WITHOUT_EXAMPLE)


def test_every_public_name_is_on_one_page_of_the_reference():
    """A method, function or class once, an old name as a line of its own; nothing internal."""
    text = ''.join(read(os.path.join(REFERENCE, page)) for page in os.listdir(REFERENCE))
    shown = [name for name, _, _ in ENTRIES] + re.findall(r'^\.\. py:method:: ([\w.]+)', text, re.M)
    assert sorted({name for name in shown if shown.count(name) > 1}) == []
    public = {name for name, _ in members_of(pyral.Rally, True)}
    public |= {
        name
        for name in pyral.__all__
        if callable(getattr(pyral, name)) and not name.startswith('AgileCentral')
    }
    assert sorted(public - set(shown)) == []
    internal = {'EntityHydrator', 'Catalogue', 'processSchemaInfo', 'error_for', 'nearest'}
    assert [name for name in shown if name.partition('.')[0] in internal] == []


def test_the_names_are_those_that_the_page_shows():
    page = """
.. autoclass:: pyral.multiop.Outcome

.. autoclass:: pyral.multiop.BatchResult
   :members:

.. automodule:: pyral.proj_utils
   :members:
   :exclude-members: flatten, projeny

.. automodule:: pyral.entity
   :members: CustomField, addEntity

.. autoexception:: pyral.advice.RallyWarning

.. automethod:: pyral.Rally.get

.. autoattribute:: pyral.Rally.requests_made

.. autodata:: pyral.AgileCentral
"""
    assert [name for name, _, _ in entries_of(page)] == [
        'Outcome',
        'BatchResult',
        'BatchResult.complete',
        'BatchResult.failed',
        'BatchResult.errors',
        'projectAncestors',
        'projectDescendants',
        'CustomField',
        'CustomField.Name',
        'addEntity',
        'RallyWarning',
        'Rally.get',
        'Rally.requests_made',
    ]


def is_error(name, module):
    """Say whether a name of a module is a class of errors."""
    item = getattr(module, name, None)
    return inspect.isclass(item) and issubclass(item, pyral.PyralError)


def test_the_example_of_an_error_catches_it():
    """That it is raised is held where the examples run."""
    assert [
        name
        for name, module, code in EXAMPLES
        if is_error(name, module) and 'except pyral.{0} as error'.format(name) not in code
    ] == []


class Prepared:
    """A Rally with what the examples name; each example finds it as it was at first."""

    #: What an example may name, and how it is had.
    NAMES = {
        'rally': lambda rally: rally,
        'defect': lambda rally: changed_defect(rally),
        'tag': lambda rally: rally.get('Tag', query='Name = legal', instance=True),
        'context': lambda rally: rally.contextHelper.currentContext(),
        'catalogue': lambda rally: rally.contextHelper.catalogue(),
        'url': lambda rally: rally.service_url + '/defect',
    }

    def __init__(self, emulator, folder):
        self.emulator, self._folder = emulator, folder
        rally = self.connect(emulator.url)
        rally.createMultiple('Defect', [{'Name': name} for name in 'abc'])
        rally.createMultiple('Tag', [{'Name': 'legal'}, {'Name': 'usability'}])
        rally.createMultiple('Story', [{'Name': 'a'}, {'Name': 'b'}])
        path = folder / 'log.txt'
        path.write_text('all is well')
        rally.addAttachment('DE1', str(path))
        rally.addCollectionItems('DE3', 'Tags', ['legal'])
        rally.close()
        self._snapshot = emulator.snapshot()

    def connect(self, server, *args, **options):
        """Return a `Rally`: the prepared one, unless the server is another."""
        if server not in (self.emulator.url, 'rally1.rallydev.com') or 'adapter' in options:
            return pyral.Rally(server, *args, **options)
        return pyral.Rally(
            self.emulator.url,
            apikey=options.get('apikey', self.emulator.apikey),
            adapter=self.emulator.adapter(),
            retry=pyral.RetryPolicy(attempts=1),
            lazy=options.get('lazy', 'batch'),
            schema_cache=str(self._folder),
        )

    def names_for(self, code):
        """Return the names that an example needs of a Rally, which is restored for it."""
        words = set(re.findall(r'[A-Za-z_]\w*', code))
        if not words & {'Rally', 'server', 'emulator', *self.NAMES}:
            return {}
        self.emulator.app.forget()
        self.emulator.restore(self._snapshot)
        names = {'server': self.emulator.url, 'emulator': self.emulator}
        if words & set(self.NAMES):
            rally = self.connect(self.emulator.url)
            names.update((name, had(rally)) for name, had in self.NAMES.items() if name in words)
            names['rally'] = rally
        return names


def changed_defect(rally):
    """Return the third defect, with a name that was set and not sent."""
    defect = rally.get('Defect', fetch=True, query='FormattedID = DE3', instance=True)
    defect.Name = 'set'
    return defect


@pytest.fixture(scope='module')
def prepared(tmp_path_factory):
    with Emulator(world='empty', listen=False) as emulator:
        yield Prepared(emulator, tmp_path_factory.mktemp('examples'))


def cause_trouble(trouble, emulator, monkeypatch):
    """Order a fault, or let every request end with an error."""
    if isinstance(trouble, dict):
        emulator.order_fault(**trouble)
    elif trouble is not None:

        def fail(*args, **options):
            raise trouble

        monkeypatch.setattr(requests.Session, 'send', fail)


class Marks(ast.NodeTransformer):
    """Lets each `except` of a code note that it was reached."""

    def __init__(self):
        self.expected = []

    def visit_ExceptHandler(self, node):
        caught = ast.unparse(node.type)
        self.expected.append(caught)
        node.body[:0] = ast.parse('reached.append({0!r})'.format(caught)).body
        return node


def run_example(name, code, names):
    """Run an example; what it prints in a session must match, what it catches must be raised."""
    if code.startswith('>>>'):
        run_doctest(code, 0, name, names)
        return
    marks, names['reached'] = Marks(), []
    tree = ast.fix_missing_locations(marks.visit(ast.parse(code)))
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(tree, name, 'exec'), names)
    assert names['reached'] == marks.expected


def close_all(names, emulator):
    """End the connections of an example, and the emulators that it made itself."""
    for value in list(names.values()):
        if isinstance(value, pyral.Rally):
            value.close()
        elif isinstance(value, Emulator) and value is not emulator:
            value.stop()


@pytest.mark.parametrize('name, module, code', EXAMPLES, ids=[name for name, _, _ in EXAMPLES])
def test_the_code_in_docstrings_runs(prepared, name, module, code, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, 'argv', ['script'])
    connect = functools.partial(prepared.connect)
    connect.from_profile = lambda *args, **options: connect(prepared.emulator.url, **options)
    (tmp_path / 'log.txt').write_text('all is well')
    builder = pyral.RallyUrlBuilder('defect')
    builder.qualify('Name', 'State = Open', None, 20, 1)
    names = {
        **vars(pyral),
        **{each: getattr(module, each) for each in module.__all__},
        'Rally': connect,
        'pyral': types.SimpleNamespace(**{**vars(pyral), 'Rally': connect}),
        'apikey': prepared.emulator.apikey,
        'builder': builder,
        'items': [{'Name': 'urgent'}],
        'name': 'x',
        'sys': sys,
        **prepared.names_for(code),
    }
    try:
        cause_trouble(TROUBLES.get(name), prepared.emulator, monkeypatch)
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            run_example(name, code, names)
    finally:
        close_all(names, prepared.emulator)

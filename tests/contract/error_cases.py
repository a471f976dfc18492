"""Everything that goes wrong, provoked one by one: the rows of the table on the page about errors.

A case is a function that must raise. What the page shows of it - class, text, field, what to do -
is what was raised, so the page is true as long as `test_error_table.py` passes. Write the table
anew with `python -m tests.contract.error_cases`.
"""

from __future__ import annotations

import os
import pickle
import re
import sys
import warnings
from typing import Any, Callable

import requests
from requests.adapters import BaseAdapter

import pyral
from pyral import PyralError, Rally, RetryPolicy, UnknownOutcomeError
from pyral.emulator import Emulator
from tests.emulated import WORLD

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PAGE = os.path.join(ROOT, 'doc', 'source', 'errors.rst')
BEGIN, END = '.. error table: begins\n', '.. error table: ends\n'
ONCE = RetryPolicy(attempts=1)
#: What differs from run to run, or from one version of the HTTP library to the next.
VARYING = (
    (re.compile(r'\b\d{6,}\b'), '<oid>'),
    (re.compile(r'at 0x[0-9a-f]+'), ''),
    (re.compile(r"(?<=was lost: ).*"), '...'),
    (re.compile(r"(?<=invalid': ).*"), '...'),
    (re.compile(r'\(\d+ items were'), '(... items were'),
)
LONGEST = 260


class Broken(BaseAdapter):
    """Stands for a network on which one thing always goes wrong."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self._error = error

    def send(self, request: Any, **options: Any) -> Any:
        """Raise it."""
        raise self._error

    def close(self) -> None:
        """There is nothing to close."""


class EmulatedRally:
    """An emulator in this process, and connections to it."""

    def __init__(self) -> None:
        self.emulator = Emulator(world=WORLD, listen=False)
        self.rally = self.connect()
        self.rally.typedef('Defect')
        self.defect = next(self.rally.get('Defect', fetch=True, limit=1, project=None))
        self.lost = next(self.rally.get('Defect', fetch='Name', limit=1, project=None))

    def connect(self, **options: Any) -> Rally:
        """Return a connection that repeats nothing."""
        options.setdefault('apikey', self.emulator.apikey)
        return Rally(
            self.emulator.url, adapter=self.emulator.adapter(), retry=ONCE, warn=False, **options
        )

    def broken(self, error: Exception) -> Rally:
        """Connect over a broken network."""
        return Rally(self.emulator.url, apikey='_key12345', adapter=Broken(error), retry=ONCE)

    def told(self, *texts: str) -> Any:
        """Read where the service answers with these errors."""
        self.emulator.order_fault('errors', errors=list(texts))
        return self.rally.get('Defect').raise_for_errors()

    def create(self, **values: Any) -> Any:
        """Create a defect."""
        return self.rally.create('Defect', dict({'Name': 'x'}, **values))

    def read(self, query: str, **options: Any) -> Any:
        """Read defects."""
        return self.rally.get('Defect', query=query, **options).raise_for_errors()

    def status(self, status: int, **details: Any) -> Any:
        """Read where a gateway answers with a status."""
        self.emulator.order_fault('status', status=status, **details)
        return self.rally.get('Defect').raise_for_errors()

    def fault(self, kind: str, **details: Any) -> Any:
        """Read while something is wrong with the answer."""
        self.emulator.order_fault(kind, **details)
        return self.rally.get('Defect', limit=5).raise_for_errors()

    def write(self, kind: str, **details: Any) -> Any:
        """Create while something is wrong with the answer."""
        self.emulator.order_fault(kind, method='PUT', **details)
        return self.create()


Act = Callable[[EmulatedRally], Any]


def refused_address(stage: EmulatedRally) -> Any:
    """Connect from an address that the subscription does not admit."""
    stage.emulator.app.settings.change({'allowed_addresses': '192.0.2.1'})
    try:
        return stage.connect()
    finally:
        stage.emulator.app.settings.change({'allowed_addresses': ''})


FOREIGN = 'https://elsewhere.example/slm/webservice/v2.0/user/7'

#: group -> (situation, what provokes it)
CASES: dict[str, list[tuple[str, Act]]] = {
    'Errors of the service': [
        ('wrong credentials', lambda s: s.connect(apikey='_noSuchKey0001')),
        (
            'a write with a read-only key',
            lambda s: s.connect(apikey='_robReadOnly0001').create('Tag', {'Name': 'x'}),
        ),
        (
            'missing or stale ``key``',
            lambda s: s.told('Not authorized to perform action: Invalid key'),
        ),
        ('no right for it', lambda s: s.told('Not authorized to create: Defect')),
        (
            'no right to change it',
            lambda s: s.told('Not authorized to update: Defect 100000001'),
        ),
        ('read of a missing object', lambda s: s.rally._connection.read_item('defect/5')),
        ('update of a missing object', lambda s: s.rally.update('Defect', 5, {'Name': 'x'})),
        ('delete of a missing object', lambda s: s.rally.delete('Defect', 5)),
        (
            'an id that is none',
            lambda s: s.told('Could not read object: Object not found for Object ID: None'),
        ),
        ('unknown type', lambda s: s.rally._connection.read_item('bogus/5')),
        ('required attribute is null', lambda s: s.create(Name=None)),
        ('text too long', lambda s: s.create(Notes='x' * 40000)),
        ('HTML not allowed', lambda s: s.create(Name='<script>x</script>')),
        ('value not in the list', lambda s: s.create(Severity='Dreadful')),
        ('wrong schedule state', lambda s: s.create(ScheduleState='In Progress')),
        ('bad date', lambda s: s.create(TargetDate='soon')),
        ('bad number', lambda s: s.create(PlanEstimate='many')),
        (
            'bad reference',
            lambda s: s.rally.create('Defect', {'Name': 'x', 'Owner': 'somebody'}, resolve=False),
        ),
        ('reference to a missing object', lambda s: s.create(Owner='user/5')),
        (
            'reference into another workspace',
            lambda s: s.told(
                'Could not set value for Test Case: Cannot connect object to value, Test Case '
                'value is in a different workspace. [object workspace OID=100000001, value '
                'workspace OID=100000002'
            ),
        ),
        (
            'a test set of another project',
            lambda s: s.told('Could not set value for Test Set: null'),
        ),
        (
            'someone else changed it',
            lambda s: s.told(
                'Concurrency conflict: [Object has been modified since being read for update in '
                'this context]'
            ),
        ),
        ('unknown attribute in a query', lambda s: s.read('(Nonsense = 1)')),
        (
            'attribute nobody can ask for',
            lambda s: s.rally.get(
                'ProjectPermission', query='(Project = null)', project=None
            ).raise_for_errors(),
        ),
        ('unknown attribute to order by', lambda s: s.read('(Name != "")', order='Nonsense')),
        (
            'malformed JSON body',
            lambda s: s.told(
                'Cannot parse input stream due to I/O error as JSON document: Parse error'
            ),
        ),
        ('refused address', refused_address),
        ('wrong method on a path', lambda s: s.status(405)),
        ('path outside the API', lambda s: s.status(404)),
    ],
    'Errors of a gateway or proxy': [
        ('HTTP 403', lambda s: s.status(403)),
        ('HTTP 407', lambda s: s.status(407)),
        ('HTTP 408', lambda s: s.status(408)),
        ('HTTP 413', lambda s: s.status(413)),
        ('HTTP 414', lambda s: s.status(414)),
        ('HTTP 429', lambda s: s.status(429)),
        ('HTTP 500', lambda s: s.status(500)),
        ('HTTP 502', lambda s: s.status(502)),
        ('HTTP 503', lambda s: s.status(503)),
        ('HTTP 504', lambda s: s.status(504, count=-1)),
        ('HTTP 524', lambda s: s.status(524, count=-1)),
        (
            'HTML with status 200',
            lambda s: s.fault('garble', body='<html><title>Please sign in</title></html>'),
        ),
        ('an empty body with status 200', lambda s: s.fault('garble', body='')),
        ('JSON of something else', lambda s: s.fault('garble', body='{"status": "fine"}')),
        ('a write that a gateway gave up', lambda s: s.write('status', status=502)),
        ('a write answered with HTML', lambda s: s.write('garble', body='<html>try later</html>')),
    ],
    'Errors of the network': [
        (
            'name unknown',
            lambda s: s.broken(requests.ConnectionError('[Errno -2] Name or service not known')),
        ),
        (
            'refused',
            lambda s: s.broken(
                requests.ConnectionError(
                    'Failed to establish a new connection: [Errno 111] Connection refused'
                )
            ),
        ),
        (
            'a certificate that expired',
            lambda s: s.broken(
                requests.exceptions.SSLError(
                    'certificate verify failed: certificate has expired (_ssl.c:992)'
                )
            ),
        ),
        (
            'a certificate that is not yet valid',
            lambda s: s.broken(
                requests.exceptions.SSLError(
                    'certificate verify failed: certificate is not yet valid (_ssl.c:992)'
                )
            ),
        ),
        (
            'a certificate of another host',
            lambda s: s.broken(
                requests.exceptions.SSLError(
                    "certificate verify failed: Hostname mismatch, it is not valid for 'h'"
                )
            ),
        ),
        (
            'a self-signed certificate',
            lambda s: s.broken(
                requests.exceptions.SSLError(
                    'certificate verify failed: self-signed certificate (_ssl.c:992)'
                )
            ),
        ),
        (
            'a certificate of an authority of your own',
            lambda s: s.broken(
                requests.exceptions.SSLError(
                    'certificate verify failed: unable to get local issuer certificate (_ssl.c:992)'
                )
            ),
        ),
        (
            'plain http where https is asked',
            lambda s: s.broken(
                requests.exceptions.SSLError(
                    '[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:992)'
                )
            ),
        ),
        (
            'proxy',
            lambda s: s.broken(
                requests.exceptions.ProxyError(
                    'Tunnel connection failed: 407 Proxy Authentication Required'
                )
            ),
        ),
        ('no connection in time', lambda s: s.broken(requests.exceptions.ConnectTimeout('x'))),
        ('no answer in time', lambda s: s.broken(requests.exceptions.ReadTimeout('x'))),
        ('the connection breaks', lambda s: s.fault('reset')),
        ('the connection breaks at a write', lambda s: s.write('unanswered')),
        ('another server', lambda s: s.rally.getCollection(FOREIGN).raise_for_errors()),
        ('redirect to another server', lambda s: s.status(302, headers={'Location': FOREIGN})),
        (
            'redirect of a write',
            lambda s: s.write('status', status=302, headers={'Location': '/slm/login'}),
        ),
        (
            'pages that repeat',
            lambda s: (
                s.emulator.order_fault('repeat-page', skip=1, count=-1),
                list(s.rally.get('Task', pagesize=2, order='ObjectID', project=None)),
            ),
        ),
    ],
    'Errors on connecting': [
        ('unknown workspace', lambda s: s.connect(workspace='Acme')),
        ('unknown project', lambda s: s.connect(project='Acme')),
        ('no Rally there', lambda s: (s.emulator.order_fault('status', status=404), s.connect())),
        ('an invalid server', lambda s: Rally('https://rally.example/slm')),
        ('an invalid time limit', lambda s: s.connect(timeout=0)),
        (
            'certificates that are not there',
            lambda s: s.connect(verify_ssl_cert='/no/such/file.pem'),
        ),
    ],
    'Errors of the package': [
        ('unknown attribute', lambda s: s.create(Nonsense=1)),
        ('unknown type', lambda s: s.rally.get('Defekt')),
        ('a query that cannot be read', lambda s: s.rally.get('Defect', query='Name like x')),
        ('a name that nobody has', lambda s: s.create(Owner='Ed Editr')),
        (
            'a name that several have',
            lambda s: s.create(Project='Web'),
        ),
        ('an item that cannot be found', lambda s: s.rally.update('Defect', 'DE999999', {})),
        (
            'a batch that cannot be sent',
            lambda s: s.rally.updateMultiple('Defect', [{'Name': 'x'}]),
        ),
        (
            'a batch that broke off',
            lambda s: (
                s.emulator.order_fault('unanswered', path='batch'),
                s.rally.createMultiple('Tag', [{'Name': 'x'}]),
            ),
        ),
        ('no such attribute', lambda s: s.defect.Nonsense),
        ('an attribute that was not fetched', lambda s: s.lost.Notes),
        (
            'lazy loading is off',
            lambda s: (
                next(
                    s.connect(lazy='never').get(
                        'Defect',
                        fetch='Owner',
                        limit=1,
                        query='Owner != null',
                        project=None,
                    )
                ).Owner.EmailAddress
            ),
        ),
        (
            'an entity without a connection',
            lambda s: (
                pickle.loads(
                    pickle.dumps(
                        next(
                            s.rally.get(
                                'Defect',
                                fetch='Owner',
                                limit=1,
                                query='Owner != null',
                                project=None,
                            )
                        )
                    )
                ).Owner.EmailAddress
            ),
        ),
        (
            'a reference that leads nowhere',
            lambda s: (
                s.rally._connection.entity(
                    {
                        '_ref': s.emulator.url + '/slm/webservice/v2.0/defect/1',
                        '_type': 'Defect',
                        'Owner': {'_ref': 'user/5', '_type': 'User'},
                    }
                ).Owner.EmailAddress
            ),
        ),
    ],
}


def raised(emulated: EmulatedRally, act: Act) -> PyralError:
    """Return what a case raises, as it comes out of a pickle."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            act(emulated)
    except PyralError as error:
        return pickle.loads(pickle.dumps(error))
    finally:
        emulated.emulator.app.faults.clear()
    raise AssertionError('nothing was raised')


def shown(text: Any) -> str:
    """Return a text as the table has it: one line, without what varies."""
    line = ' '.join(str(text).split())
    for pattern, stand_in in VARYING:
        line = pattern.sub(stand_in, line)
    line = line if len(line) <= LONGEST else line[:LONGEST].rpartition(' ')[0] + ' ...'
    return line.replace('\\', '\\\\').replace('*', '\\*').replace('`', "'").replace('|', '\\|')


def row(situation: str, error: PyralError) -> str:
    """Return the row of one case."""
    kind = getattr(error, 'kind', None)
    names = [each.__name__ for each in type(error).__mro__]
    is_unknown = UnknownOutcomeError.__name__ in names
    said = next(name for name in names if name != UnknownOutcomeError.__name__)
    is_public = said in pyral.__all__
    name = (':exc:`{}`' if is_public else '``{}``').format(said)
    name += ', ``{}``'.format(kind) if kind else ''
    if is_unknown:
        name += ', :exc:`UnknownOutcomeError`'
    to_do = ' '.join(
        [str(error.hint or '')]
        + ['Did you mean {}?'.format(', '.join(error.suggestions))] * bool(error.suggestions)
    )
    cells = [situation, name, shown(error.args[0]), shown(error.field or ''), shown(to_do)]
    return '   * - ' + '\n     - '.join(cells).replace('- \n', '-\n').rstrip() + '\n'


def table(emulated: EmulatedRally) -> str:
    """Return the table, a part for each group."""
    parts = []
    for group, cases in CASES.items():
        rows = ''.join(row(situation, raised(emulated, act)) for situation, act in cases)
        parts.append(
            '{}\n{}\n\n.. list-table::\n   :header-rows: 1\n   :widths: 16 18 30 8 28\n\n'
            '   * - what happens\n     - class\n     - ``args[0]``\n     - field\n'
            '     - what to do\n{}'.format(group, '~' * len(group), rows)
        )
    return '\n'.join(parts)


def on_page(text: str) -> str:
    """Return what stands between the marks of the page."""
    return text.partition(BEGIN)[2].partition(END)[0].strip('\n')


def main() -> None:
    """Write the table of the page anew."""
    with open(PAGE, encoding='utf-8') as source:
        text = source.read()
    head, begin, rest = text.partition(BEGIN)
    tail = rest.partition(END)[2]
    with open(PAGE, 'w', encoding='utf-8') as target:
        target.write(head + begin + '\n' + table(EmulatedRally()).strip('\n') + '\n\n' + END + tail)


if __name__ == '__main__':
    sys.exit(main())

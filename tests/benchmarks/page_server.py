"""The service the benchmarks measure against: an emulator, and in front of it lean pages.

    python -m tests.benchmarks.page_server --folder DIR

Where rows are set, queries on defects are answered from rows that are put together by joining
bytes, and creating defects by a row that exists already, so that the time of a benchmark is the
client's and not the server's; everything else goes to an emulator with a small world. Every answer
waits a set time, and longer for every row. It speaks HTTPS, prints one line of JSON when it is
ready, and ends when its input ends.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
import threading
import time
from urllib.parse import parse_qs

from pyral.emulator import Emulator
from pyral.emulator.web.server import Server
from pyral.emulator.web.tls import make_certificate
from tests.benchmarks.bench_world import world

#: A number of eight digits stands here in the bytes of a row.
MARK = '########'
FIRST_NUMBER = 10000000
#: Pages that are kept ready, so that a second run over them costs nothing.
KEPT_PAGES = 256
#: The tags of every row; what a fetched user shows; what is shown whatever is fetched.
TAGS = {'urgent': 22345678, 'legal': 22345679}
PERSON = {'DisplayName': 'Ed Editor'}
ALWAYS = (
    '_rallyAPIMajor',
    '_rallyAPIMinor',
    '_ref',
    '_refObjectUUID',
    '_objectVersion',
    '_refObjectName',
    '_type',
)
_BASE = r'/slm/webservice/v2\.0/'
QUERY_PATH = re.compile(_BASE + r'defects?(\.js)?$', re.I)
ITEM_PATH = re.compile(_BASE + r'defect/\d+(\.js)?$', re.I)
CREATE_PATH = re.compile(_BASE + r'defect/create(\.js)?$', re.I)
BATCH_PATH = re.compile(_BASE + r'batch(\.js)?$', re.I)


def reference(base, kind, number, name):
    """Return a reference object as the service shows one."""
    return {
        '_rallyAPIMajor': '2',
        '_rallyAPIMinor': '0',
        '_ref': '{}/{}/{}'.format(base, kind.lower(), number),
        '_refObjectUUID': '7c0f2a5e-3a52-4b39-9d02-0000' + MARK,
        '_refObjectName': name,
        '_type': kind,
    }


def collection(base, name, kind):
    """Return a collection object as the service shows one."""
    return {
        '_rallyAPIMajor': '2',
        '_rallyAPIMinor': '0',
        '_ref': '{}/Defect/{}/{}'.format(base, MARK, name),
        '_type': kind,
        'Count': 2,
    }


def tags(base):
    """Return a collection object that names its members, as the service shows tags."""
    return dict(
        collection(base, 'Tags', 'Tag'),
        _tagsNameArray=[
            {'Name': name, '_ref': '/tag/{}'.format(oid)} for name, oid in TAGS.items()
        ],
    )


def row_parts(base, fetch=None):
    """Return the bytes between the places of a row where its number stands.

    :param fetch: the names that are shown, None for all.
    """
    row = {
        '_rallyAPIMajor': '2',
        '_rallyAPIMinor': '0',
        '_ref': '{}/defect/{}'.format(base, MARK),
        '_refObjectUUID': '3f0c7f5e-3a52-4b39-9d02-0000' + MARK,
        '_objectVersion': '4',
        '_refObjectName': 'Login fails on the second try, case ' + MARK,
        'ObjectID': MARK,
        'CreationDate': '2024-02-01T10:11:12.345Z',
        '_CreatedAt': 'Feb 1',
        'FormattedID': 'DE' + MARK,
        'Name': 'Login fails on the second try, case ' + MARK,
        'State': 'Open',
        'ScheduleState': 'In-Progress',
        'Severity': 'Major Problem',
        'Priority': 'Normal',
        'PlanEstimate': 3.0,
        'LastUpdateDate': '2024-03-01T10:11:12.345Z',
        'Ready': False,
        'Blocked': False,
        'Description': '<p>Seen twice this week.</p>' * 4,
        'Owner': dict(
            reference(base, 'User', 12345678, 'Ed Editor'), **({} if fetch is None else PERSON)
        ),
        'Project': reference(base, 'Project', 12345679, 'Team A'),
        'Iteration': reference(base, 'Iteration', 12345680, 'Iteration 7'),
        'Tasks': collection(base, 'Tasks', 'Task'),
        'Tags': tags(base),
        '_type': 'Defect',
    }
    if fetch is not None:
        row = {name: value for name, value in row.items() if name in fetch or name in ALWAYS}
    text = json.dumps(row).replace('"ObjectID": "{}"'.format(MARK), '"ObjectID": ' + MARK)
    return text.encode('ascii').split(MARK.encode('ascii'))


NO_ERRORS = b'"_rallyAPIMajor": "2", "_rallyAPIMinor": "0", "Errors": [], "Warnings": []'


class Pages:
    """Pages of as many rows as are set; `total` may change between runs."""

    def __init__(self, base):
        self._base, self._parts = base, {None: row_parts(base)}
        self._kept = {}
        self.total = 0

    def page(self, start, size, fetch=None):
        """Return a page as bytes, and its number of rows.

        :param fetch: the names that its rows show, None for all.
        """
        count = max(0, min(size, self.total - start + 1))
        key = (start, size, self.total, fetch)
        found = self._kept.get(key)
        if found is None:
            if fetch not in self._parts:
                self._parts[fetch] = row_parts(self._base, fetch)
            found = self._made(self._parts[fetch], start, size, count)
            if len(self._kept) < KEPT_PAGES:
                self._kept[key] = found
        return found, count

    def row(self, number):
        """Return one row as bytes."""
        return (b'%d' % (FIRST_NUMBER + number)).join(self._parts[None])

    def _made(self, parts, start, size, count):
        first = FIRST_NUMBER + start
        rows = [b'%d' % number for number in range(first, first + count)]
        head = (
            '{{"QueryResult": {{"_rallyAPIMajor": "2", "_rallyAPIMinor": "0", "Errors": [], '
            '"Warnings": [], "TotalResultCount": {}, "StartIndex": {}, "PageSize": {}, '
            '"Results": ['
        ).format(self.total, start, size)
        return b''.join(
            [
                head.encode('ascii'),
                b', '.join([number.join(parts) for number in rows]),
                b']}}',
            ]
        )


class Front:
    """The WSGI application: counts, waits, and answers or passes on."""

    def __init__(self, app):
        self._app = app
        self._lock = threading.Lock()
        self.pages = None
        self.base_s = self.item_s = 0.0
        self._forget()

    def _forget(self):
        self.requests = self.most = self.running = 0
        self.asked = []

    def __call__(self, environ, start_response):
        path = environ['PATH_INFO']
        if path == '/bench':
            return self._control(environ, start_response)
        with self._lock:
            self.requests += 1
            self.running += 1
            self.most = max(self.most, self.running)
        try:
            if self.pages.total:
                for pattern, answer in self._LEAN:
                    if pattern.match(path):
                        return self._send(start_response, *answer(self, environ))
            time.sleep(self.base_s)
            return self._app(environ, start_response)
        finally:
            with self._lock:
                self.running -= 1

    def _send(self, start_response, content, count):
        if self.base_s or self.item_s:
            time.sleep(self.base_s + self.item_s * count)
        start_response('200 OK', [('Content-Type', 'application/json; charset=utf-8')])
        return [content]

    def _page(self, environ):
        params = parse_qs(environ['QUERY_STRING'])
        start = max(1, int(params.get('start', ['1'])[0]))
        size = min(2000, int(params.get('pagesize', ['20'])[0]))
        self.asked.append((start, size))
        fetch = params.get('fetch', ['true'])[0]
        names = None if fetch == 'true' else frozenset(fetch.split(','))
        return self.pages.page(start, size, names)

    def _item(self, environ):
        return b'{"Defect": %s, "Errors": [], "Warnings": []}}' % self.pages.row(1)[:-1], 1

    def _created(self, environ):
        return b'{"CreateResult": {%s, "Object": %s}}' % (NO_ERRORS, self.pages.row(1)), 1

    def _batch(self, environ):
        count = len(json.loads(environ['wsgi.input'].read())['Batch'])
        each = b'{%s, "Object": %s}' % (NO_ERRORS, self.pages.row(1))
        return b'{"BatchResult": {%s, "Results": [%s]}}' % (
            NO_ERRORS,
            b', '.join([each] * count),
        ), count

    _LEAN = ((QUERY_PATH, _page), (ITEM_PATH, _item), (CREATE_PATH, _created), (BATCH_PATH, _batch))

    def _control(self, environ, start_response):
        """Tell what was asked since the last time, and take new settings."""
        params = {name: values[0] for name, values in parse_qs(environ['QUERY_STRING']).items()}
        with self._lock:
            said = {'requests': self.requests, 'at_once': self.most, 'pages': sorted(self.asked)}
            self._forget()
            self.base_s = float(params.get('base_ms', 0)) / 1000
            self.item_s = float(params.get('item_us', 0)) / 1000000
            self.pages.total = int(params.get('items', 0))
        start_response('200 OK', [('Content-Type', 'application/json')])
        return [json.dumps(said).encode('ascii')]


def main(arguments):
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser(prog='page_server')
    parser.add_argument('--folder', required=True)
    parser.add_argument('--defects', type=int, default=400)
    options = parser.parse_args(arguments)
    path = os.path.join(options.folder, 'world.json')
    with open(path, 'w') as target:
        json.dump(world(options.defects), target)
    emulator = Emulator(world=path, listen=False)
    front = Front(emulator.app)
    certificate = make_certificate('127.0.0.1')
    server = Server(front, tls=certificate.context())
    front.pages = Pages(server.url + '/slm/webservice/v2.0')
    server.start()
    print(
        json.dumps(
            {
                'url': server.url,
                'server': server.netloc,
                'user': emulator.user,
                'password': emulator.password,
                'apikey': emulator.apikey,
                'bundle': certificate.trusted,
            }
        ),
        flush=True,
    )
    sys.stdin.read()
    server.stop()
    emulator.stop()


if __name__ == '__main__':
    main(sys.argv[1:])

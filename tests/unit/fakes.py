"""Small stand-ins for the service, for tests that open no socket and need no emulator."""
from __future__ import absolute_import, division, print_function

import json
import threading

from pyral._compat import query_pairs
from pyral.http.answer import Answer

BASE = 'https://rally.test/slm/webservice/v2.0/'


def row(number, kind='defect', name=None, **attributes):
    """Return a raw item as a query row shows it."""
    item = {
        '_ref': '{0}{1}/{2}'.format(BASE, kind, number),
        '_refObjectName': name or '{0} {1}'.format(kind, number),
        '_type': {'defect': 'Defect', 'user': 'User', 'task': 'Task',
                  'tag': 'Tag'}.get(kind, kind),
        '_rallyAPIMajor': '2', '_rallyAPIMinor': '0',
    }
    item.update(attributes)
    return item


def page(items, total=None, start=1, page_size=None, errors=(), warnings=()):
    """Return a QueryResult body."""
    return {'QueryResult': {
        'Errors': list(errors), 'Warnings': list(warnings),
        'TotalResultCount': len(items) if total is None else total,
        'StartIndex': start, 'PageSize': len(items) if page_size is None else page_size,
        'Results': items}}


def answer(body, status=200, url=BASE + 'defect', headers=None):
    """Return a transport answer with a JSON body, or with text."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode('utf-8')
    return Answer(status, headers or {'Content-Type': 'application/json'}, content, url)


class FakeTransport(object):
    """Answers by a function of (path, params); counts requests, and how many ran at once.

    :param handler: returns an Answer, a body, or raises.
    """

    session = latency_s = None

    def __init__(self, handler):
        self._handler = handler
        self._lock = threading.Lock()
        self.requests = []
        self._running = 0
        self.most_at_once = 0

    def address(self, path, params=()):
        """Return the URL a request would have."""
        query = '&'.join('{0}={1}'.format(*pair) for pair in params)
        url = path if '://' in path else BASE + path
        return url + '?' + query if query else url

    def get(self, path, params=(), purpose=None, divisible=False):
        """Answer one request."""
        given = dict(params)
        with self._lock:
            self.requests.append((path, given))
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)
        try:
            found = self._handler(path, given)
        finally:
            with self._lock:
                self._running -= 1
        return found if isinstance(found, Answer) else answer(found, url=self.address(path))

    @property
    def starts(self):
        """The start indexes asked for, in the order of asking."""
        return [int(params['start']) for _, params in self.requests if 'start' in params]


def paged(items, cap=2000, before=None):
    """Return a handler that serves `items` page by page.

    :param cap: the service's largest page.
    :param before: called with the start index; what it returns, if anything, is the answer.
    """
    def handle(path, params):
        start = int(params.get('start', 1))
        special = before(start) if before is not None else None
        if special is not None:
            return special
        size = min(cap, int(params.get('pagesize', dict(query_pairs(path)).get('pagesize', 20))))
        return page(items[start - 1:start - 1 + size], len(items), start, size)
    return handle


class KnownSchema(object):
    """Stands for the catalogues of a server: knows one catalogue, or none.

    :param catalogue: a `Catalogue` or None.
    """

    def __init__(self, catalogue=None):
        self.catalogue = catalogue

    def loaded(self, workspace):
        """Return the catalogue, whatever the workspace."""
        return self.catalogue

    known = loaded


class World(object):
    """A few objects, and answers to the requests that lazy loading makes.

    :param objects: {(lower-case type, number): item with full attributes}.
    """

    def __init__(self, objects):
        self.objects = objects
        self.transport = FakeTransport(self._answer)

    @property
    def requests(self):
        return self.transport.requests

    def _answer(self, path, params):
        steps = path.split('/')
        if len(steps) == 2:
            return self._read(path, steps[0].lower(), int(steps[1]))
        if len(steps) == 3:
            rows_ = [item for (kind, _), item in sorted(self.objects.items())
                     if self._owner(item, steps[2]) == (steps[0].lower(), int(steps[1]))]
            return paged(rows_)(path, params)
        return paged(self._query(path.lower(), params['query']))(path, params)

    def _read(self, path, kind, number):
        item = self.objects.get((kind, number))
        if item is None:
            return {'OperationResult': {'Errors': ['Cannot find object to read'], 'Warnings': []}}
        return {item['_type']: dict(item, Errors=[], Warnings=[])}

    def _owner(self, item, collection):
        attribute = {'Tasks': 'WorkProduct', 'Tags': 'Tagged',
                     'Revisions': 'RevisionHistory'}[collection]
        owner = item.get(attribute)
        if owner is None:
            return None
        kind, number = owner['_ref'].rsplit('/', 2)[1:]
        return kind, int(number)

    def _query(self, kind, query):
        attribute, _, rest = query.lstrip('(').partition(' in "')
        wanted = set(rest.partition('"')[0].split(','))
        found = []
        for (each_kind, number), item in sorted(self.objects.items()):
            if each_kind != kind:
                continue
            if attribute == 'ObjectID':
                oid = str(number)
            else:
                oid = item[attribute.partition('.')[0]]['_ref'].rpartition('/')[2]
            if oid in wanted:
                found.append(item)
        return found


def reference(item):
    """Return the reference object other items hold for an item."""
    return dict((key, value) for key, value in item.items() if key[:1] == '_')


def defects_and_users(count, users):
    """Return a World of defects owned by users in turn, and the defects' rows."""
    people = [row(1000 + number, 'user', 'user {0}'.format(number), UserName='u%d' % number,
                  EmailAddress='u%d@x.test' % number) for number in range(users)]
    defects = [row(number, 'defect', Name='d%d' % number, FormattedID='DE%d' % number,
                   Owner=reference(people[number % users])) for number in range(1, count + 1)]
    objects = dict((('user', 1000 + number), item) for number, item in enumerate(people))
    objects.update((('defect', number + 1), item) for number, item in enumerate(defects))
    return World(objects), defects

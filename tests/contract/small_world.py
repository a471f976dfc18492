"""The small world as its users see it: fixtures, and a way to ask that hides nothing of the wire.

`api` asks as the administrator, `as_editor` and `as_viewer` as others do. Each test gets the world
as it was at the start, on every backend.
"""

from __future__ import annotations

import json
import os
from datetime import timedelta

import pytest
import requests

from pyral.emulator import Emulator
from pyral.emulator.clock import parse_iso

WORLD = os.path.join(os.path.dirname(__file__), '..', 'data', 'worlds', 'small.json')
NOW = '2026-03-18T15:30:00.000Z'
#: The clock moves on with each request, so that stamps of different requests differ.
TICK = timedelta(seconds=1)
BASE = '/slm/webservice/v2.0'
#: A further backend: the SQLAlchemy URL of an empty database.
OTHER = os.environ.get('PYRAL_TEST_DATABASE_SMALL')


class Api:
    """One user's way to one service.

    :param url: scheme, host and port.
    :param apikey: who asks.
    :param adapter: a transport adapter to mount, for a service without a socket.
    :param clock: the emulator's clock, which moves on with each request.
    """

    def __init__(self, url, apikey, adapter=None, project=None, clock=None):
        self.url = url
        self.clock = clock
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers['ZSESSIONID'] = apikey
        if adapter is not None:
            self.session.mount(url, adapter)
        self._project = project

    def send(self, method, path, body=None, **params):
        """Return the raw response; a body that is not bytes is sent as JSON."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode('utf-8')
        if self.clock is not None:
            self.clock.move(TICK)
        base = '' if path.startswith('/slm/') else BASE
        return self.session.request(method, self.url + base + path, params=params, data=body)

    def ask(self, method, path, body=None, **params):
        """Return the value below the envelope's only key."""
        answer = self.send(method, path, body, **params).json()
        assert len(answer) == 1
        return next(iter(answer.values()))

    def get(self, path, **params):
        """Read one object or a query's result."""
        return self.ask('GET', path, **params)

    def rows(self, path, query=None, fetch='true', **params):
        """Return the rows of a query or a collection."""
        if query is not None:
            params['query'] = query
        result = self.get(path, fetch=fetch, pagesize=2000, **params)
        assert result['Errors'] == []
        return result['Results']

    def one(self, path, query, **params):
        """Return the only row of a query."""
        (row,) = self.rows(path, query, **params)
        return row

    def named(self, type_path, name):
        """Return the only object of a type with this name."""
        return self.one('/' + type_path, '(Name = "{}")'.format(name))

    @property
    def project(self):
        """Return the project the tests write to."""
        if self._project is None:
            self._project = self.named('project', 'Team A')
        return self._project

    def try_create(self, type_path, values, **params):
        """Return what a create answers, refused or not."""
        return self.ask(
            'PUT', '/{}/create'.format(type_path), {type_path.rsplit('/', 1)[-1]: values}, **params
        )

    def create(self, type_path, **values):
        """Create an object in the tests' project and return it."""
        result = self.try_create(type_path, values, project=self.project['_ref'])
        assert (result['Errors'], result['Warnings']) == ([], [])
        return result['Object']

    def try_update(self, item, values, **params):
        """Return what an update answers, refused or not."""
        return self.ask('POST', path_of(item), {item['_type'].rsplit('/', 1)[-1]: values}, **params)

    def update(self, item, **values):
        """Update an object and return it."""
        result = self.try_update(item, values)
        assert (result['Errors'], result['Warnings']) == ([], [])
        return result['Object']

    def delete(self, item):
        """Return what a delete answers."""
        return self.ask('DELETE', path_of(item))

    def read(self, item, fetch=None):
        """Read an object again."""
        return self.get(path_of(item), **({} if fetch is None else {'fetch': fetch}))

    def members(self, item, collection, fetch='true', **params):
        """Return the members of a collection."""
        return self.rows('{}/{}'.format(path_of(item), collection), None, fetch, **params)

    def add(self, item, collection, *items, **params):
        """Return what adding members answers."""
        return self.ask(
            'POST',
            '{}/{}/add'.format(path_of(item), collection),
            {'CollectionItems': list(items)},
            **params,
        )

    def remove(self, item, collection, *items):
        """Return what removing members answers."""
        return self.ask(
            'POST',
            '{}/{}/remove'.format(path_of(item), collection),
            {'CollectionItems': list(items)},
        )

    def revisions(self, item):
        """Return the descriptions of an object's revisions, the newest first."""
        history = self.read(item)['RevisionHistory']
        return [row['Description'] for row in self.members(history, 'Revisions')]


def path_of(item):
    """Return the path of an object below the version."""
    return item['_ref'].split(BASE, 1)[1]


@pytest.fixture(scope='session', params=['memory', 'file', *(['database'] if OTHER else [])])
def small_backend(request, tmp_path_factory):
    """An emulator of the small world, and its contents at the start."""
    db = OTHER if request.param == 'database' else None
    if request.param == 'file':
        db = str(tmp_path_factory.mktemp('small') / 'rally.db')
    with Emulator(world=WORLD, listen=False, now=NOW, db=db) as emulator:
        yield emulator, emulator.snapshot()


@pytest.fixture
def emulator(small_backend):
    """The emulator with its world as at the start."""
    shared, beginning = small_backend
    shared.restore(beginning)
    shared.store.clock.set(parse_iso(NOW))
    return shared


def user_of(emulator, apikey):
    """Return one user's way to the emulator."""
    return Api(emulator.url, apikey, emulator.adapter(), clock=emulator.store.clock)


@pytest.fixture
def api(emulator):
    """The service as its administrator sees it."""
    return user_of(emulator, emulator.apikey)


@pytest.fixture
def as_editor(emulator):
    """The service as an editor of Team A sees it."""
    return user_of(emulator, '_edKey0001')


def with_key(emulator, api, user_name, key):
    """Give a user an API key and return the user's way to the emulator."""
    with emulator.store.writing() as tx:
        user = tx.get(api.one('/user', '(UserName = "{}")'.format(user_name))['ObjectID'])
        tx.update(user.oid, doc={**user.doc, '_apikey': key})
    return user_of(emulator, key)


@pytest.fixture
def as_viewer(emulator, api):
    """The service as somebody sees it who may read Team A and change nothing."""
    return with_key(emulator, api, 'vic@example.com', '_vicKey0001')

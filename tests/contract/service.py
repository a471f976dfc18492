"""Speak to a service as any client would: paths, parameters, JSON, and nothing of the SDK."""
from __future__ import annotations

import json

import requests

BASE = '/slm/webservice/v2.0'


class Service:
    """One user's way to one service.

    :param url: scheme, host and port.
    :param apikey: who asks.
    :param adapter: a transport adapter to mount, for a service without a socket.
    """

    def __init__(self, url, apikey, adapter=None, project=None):
        self.url = url
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
        return self.ask('PUT', '/{}/create'.format(type_path),
                        {type_path.rsplit('/', 1)[-1]: values}, **params)

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
        return self.ask('POST', '{}/{}/add'.format(path_of(item), collection),
                        {'CollectionItems': list(items)}, **params)

    def remove(self, item, collection, *items):
        """Return what removing members answers."""
        return self.ask('POST', '{}/{}/remove'.format(path_of(item), collection),
                        {'CollectionItems': list(items)})

    def revisions(self, item):
        """Return the descriptions of an object's revisions, the newest first."""
        history = self.read(item)['RevisionHistory']
        return [row['Description'] for row in self.members(history, 'Revisions')]


def path_of(item):
    """Return the path of an object below the version."""
    return item['_ref'].split(BASE, 1)[1]

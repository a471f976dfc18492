"""An HTTP service made of functions: a `requests` adapter, and a small Rally behind it.

For tests of the transport and of connecting that need answers no real service gives. It opens no
socket. `FakeRally` understands the queries by which workspaces and projects are looked up, and no
more; tests of everything else run against the emulator.
"""
from __future__ import absolute_import, division, print_function

import io
import json
import re

import requests
from requests.adapters import BaseAdapter

from pyral import Rally
from pyral._compat import query_pairs, unquote, urlsplit
from pyral.http.retry_policy import RetryPolicy

SERVICE = '/slm/webservice/v2.0/'


class Reply(object):
    """A response to give: status, body (dict, text or bytes), headers."""

    def __init__(self, body, status=200, headers=None):
        if not isinstance(body, bytes):
            body = (body if isinstance(body, type(u'')) else json.dumps(body)).encode('utf-8')
        self.body, self.status, self.headers = body, status, headers or {}


class Seen(object):
    """A request that arrived."""

    def __init__(self, request, options):
        self.method, self.url, self.headers = request.method, request.url, request.headers
        self.body, self.options = request.body, options
        parts = urlsplit(request.url)
        self.host, self.path = parts.netloc, unquote(parts.path)
        self.params = dict(query_pairs(parts.query))

    def __repr__(self):
        return '{0} {1}'.format(self.method, self.url)


class _Raw(io.BytesIO):
    """A body, with the headers where the HTTP library looks for cookies."""

    def __init__(self, body, headers):
        super(_Raw, self).__init__(body)
        self._headers = headers
        self._original_response = self

    @property
    def msg(self):
        return self

    def isclosed(self):
        return True

    def get_all(self, name, default=None):
        found = [value for key, value in self._headers.items() if key.lower() == name.lower()]
        return found or default or []

    getheaders = get_all  # the name on 2.7


class FakeHTTP(BaseAdapter):
    """Answers by `handler(seen)`: a `Reply`, a dict for 200, or an exception to raise."""

    def __init__(self, handler):
        super(FakeHTTP, self).__init__()
        self.handler = handler
        self.seen = []

    def send(self, request, stream=False, timeout=None, verify=True, cert=None, proxies=None):
        seen = Seen(request, {'timeout': timeout, 'verify': verify, 'proxies': proxies})
        self.seen.append(seen)
        reply = self.handler(seen)
        if isinstance(reply, Exception):
            raise reply
        if not isinstance(reply, Reply):
            reply = Reply(reply)
        response = requests.Response()
        response.status_code, response.request, response.url = reply.status, request, request.url
        response.headers.update(reply.headers)
        response.raw = _Raw(reply.body, reply.headers)
        return response

    def close(self):
        """Nothing is open."""


def sequence(*replies):
    """Return a handler that gives one reply after the other, the last one for ever."""
    waiting = list(replies)
    return lambda seen: waiting.pop(0) if len(waiting) > 1 else waiting[0]


def result(items, kind='QueryResult', **more):
    """Return a query result."""
    body = {'Errors': [], 'Warnings': [], 'TotalResultCount': len(items), 'StartIndex': 1,
            'PageSize': 2000, 'Results': items}
    body.update(more)
    return {kind: body}


class FakeRally(object):
    """Workspaces and projects for the tests of connecting; call it as a handler.

    :param workspaces: `(oid, name, state)` triples
    :param projects: `(oid, name, parent oid or None, workspace oid)` tuples
    :param defaults: `(workspace oid or None, project oid or None)` of the account
    """

    ORIGIN = 'https://rally.test'

    def __init__(self, workspaces=((101, 'Alpha WS', 'Open'),),
                 projects=((1001, 'P1', None, 101),), defaults=(101, 1001), user='u@test',
                 nested=True):
        self.workspaces = dict((oid, (name, state)) for oid, name, state in workspaces)
        self.projects = dict((each[0], each[1:]) for each in projects)
        self.defaults, self.user, self.nested = defaults, user, nested
        self.http = FakeHTTP(self)

    @property
    def seen(self):
        """The requests that arrived."""
        return self.http.seen

    def __call__(self, seen):
        if '/slm/schema/' in seen.path:
            return result([])
        path = seen.path.split(SERVICE)[1].lower()
        if path == 'security/authorize':
            return {'OperationResult': {'Errors': [], 'Warnings': [],
                                        'SecurityToken': 'token-of-the-session'}}
        if path in ('user', 'user:current'):
            return {'User': self._user()}
        if path.startswith('userprofile/'):
            return {'UserProfile': self._profile()}
        if path.startswith('subscription') and not path.endswith('/workspaces'):
            return {'Subscription': self._ref('subscription', 1, 'Sub')}
        if path.endswith('workspaces') or path == 'workspace':
            return result([row for row in map(self._workspace, sorted(self.workspaces))
                           if self._matches(row, seen)])
        if path == 'project':
            return result(self._project_rows(seen))
        return self._single(path)

    def _single(self, path):
        kind, oid = path.split('/')[:2]
        known = {'workspace': (self.workspaces, self._workspace),
                 'project': (self.projects, self._project)}
        rows, shown = known.get(kind, ({}, None))
        if int(oid) in rows:
            return {kind.capitalize(): dict(shown(int(oid)), Errors=[], Warnings=[])}
        return {'OperationResult': {'Errors': ['Cannot find object to read'], 'Warnings': []}}

    def _project_rows(self, seen):
        scope = int(seen.params['workspace'].split('/')[1])
        rows = [self._project(oid) for oid in sorted(
            self.projects, key=lambda oid: (self.projects[oid][0], oid))]
        return [row for row in rows if self.projects[row['ObjectID']][2] == scope
                and self._matches(row, seen)]

    def _matches(self, row, seen):
        for name, operator, value in re.findall(
                r'\(([\w.]+) (=|contains) "([^"]*)"\)', seen.params.get('query', '')):
            shown = row
            for step in name.split('.'):
                shown = (shown or {}).get(step)
                if step == 'Parent' and shown:
                    shown = self._project(shown['ObjectID'])
            if shown is None or not (shown == value if operator == '=' else value in shown):
                return False
        return True

    def _ref(self, kind, oid, name, **more):
        ref = {'_ref': '{0}{1}{2}/{3}'.format(self.ORIGIN, SERVICE, kind, oid), '_type': kind,
               '_refObjectName': name, 'Name': name, 'ObjectID': oid}
        ref.update(more)
        return ref

    def _workspace(self, oid):
        name, state = self.workspaces[oid]
        return self._ref('workspace', oid, name, State=state)

    def _project(self, oid):
        name, parent, workspace = self.projects[oid]
        above = self._ref('project', parent, self.projects[parent][0]) if parent else None
        return self._ref('project', oid, name, State='Open', Parent=above,
                         Workspace=self._workspace(workspace))

    def _profile(self):
        workspace, project = self.defaults
        return self._ref(
            'userprofile', 9, None,
            DefaultWorkspace=self._workspace(workspace) if workspace else None,
            DefaultProject=self._project(project) if project else None)

    def _user(self):
        profile = self._profile() if self.nested else self._ref('userprofile', 9, None)
        return self._ref('user', 7, 'U Ser', UserName=self.user, DisplayName='U Ser',
                         UserProfile=profile, Subscription=self._ref('subscription', 1, 'Sub'))


SCHEMA = [{
    'ElementName': 'Defect', 'TypePath': 'Defect', 'Name': 'Defect', 'IDPrefix': 'DE',
    'Attributes': [{'ElementName': name, 'Name': name, 'AttributeType': kind} for name, kind in (
        ('Name', 'STRING'), ('State', 'RATING'), ('Owner', 'OBJECT'), ('ObjectID', 'INTEGER'),
        ('FormattedID', 'INTEGER'), ('Tags', 'COLLECTION'), ('Blocked', 'BOOLEAN'),
        ('PlanEstimate', 'QUANTITY'), ('Notes', 'TEXT'), ('TargetDate', 'DATE'))],
}]


def scripted(*replies):
    """Return a connected `Rally` whose answers about defects and batches come one by one."""
    return scripted_http(*replies)[0]


def scripted_http(*replies):
    """Return such a `Rally`, and the list of the requests that took one of the answers."""
    service, waiting, asked = FakeRally(), list(replies), []

    def answer(seen):
        if '/slm/schema/' in seen.path:
            return result(SCHEMA)
        if '/defect' in seen.path.lower() or seen.path.endswith('/batch'):
            asked.append(seen)
            reply = waiting.pop(0)
            return reply(seen) if callable(reply) else reply
        return service(seen)

    return Rally('rally.test', apikey='_key', adapter=FakeHTTP(answer),
                 retry=RetryPolicy(attempts=1)), asked


def raw_defect(oid, **values):
    """Return an item as the service sends it."""
    return dict({'_ref': 'https://rally.test/slm/webservice/v2.0/defect/{0}'.format(oid),
                 '_type': 'Defect', 'ObjectID': oid, 'FormattedID': 'DE1', 'Name': 'x'}, **values)

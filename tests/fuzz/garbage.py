"""Requests that are almost right, and some that are nothing like it; all from one `Random`.

Nothing here sends anything, so a request can be printed and made again from its seed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Mapping, Sequence
from urllib.parse import quote

BASE = '/slm/webservice/v2.0'
TYPES = [
    'defect',
    'hierarchicalrequirement',
    'task',
    'testcase',
    'testcaseresult',
    'testcasestep',
    'testset',
    'testfolder',
    'portfolioitem',
    'portfolioitem/feature',
    'portfolioitem/theme',
    'artifact',
    'requirement',
    'iteration',
    'release',
    'milestone',
    'project',
    'workspace',
    'subscription',
    'user',
    'userprofile',
    'projectpermission',
    'workspacepermission',
    'userpermission',
    'tag',
    'attachment',
    'attachmentcontent',
    'conversationpost',
    'revision',
    'revisionhistory',
    'recyclebinentry',
    'typedefinition',
    'attributedefinition',
    'allowedattributevalue',
    'preference',
    'flowstate',
    'state',
    'changeset',
    'build',
    'nonsense',
    'persistable',
    'domainobject',
    'blocker',
    'weblinkdefinition',
]
FIELDS = [
    'Name',
    'Description',
    'Owner',
    'Project',
    'Iteration',
    'Release',
    'State',
    'ScheduleState',
    'PlanEstimate',
    'Blocked',
    'BlockedReason',
    'Tags',
    'Tasks',
    'Parent',
    'Children',
    'ObjectID',
    'FormattedID',
    'ObjectUUID',
    'CreationDate',
    'TargetDate',
    'Severity',
    'Priority',
    'WorkProduct',
    'c_Customer',
    'c_Platforms',
    'c_EffortFactor',
    'c_Ticket',
    'c_Approver',
    'Estimate',
    'ToDo',
    'StartDate',
    'EndDate',
    'UserName',
    'EmailAddress',
    'Disabled',
    'Role',
    'User',
    'Workspace',
    'Content',
    'ContentType',
    'Size',
    'Artifact',
    'TestCase',
    'Verdict',
    'Build',
    'Date',
    'Method',
    'ElementName',
    'AttributeType',
    'TypeDefinition',
    'AllowedValues',
    'TypePath',
    'Attributes',
    'PortfolioItem',
    'Requirement',
    'Milestones',
    'Predecessors',
    'Successors',
    'DragAndDropRank',
    'RevisionHistory',
    'Revisions',
    '_ref',
    '_type',
    '_password',
    '_apikey',
    'TeamMembers',
    'Nonsense',
]
PARAMETERS = [
    'query',
    'order',
    'fetch',
    'shallowFetch',
    'start',
    'pagesize',
    'workspace',
    'project',
    'projectScopeUp',
    'projectScopeDown',
    'key',
    'jsonp',
    'pretty',
    'compact',
    'includePermissions',
    'search',
    'types',
    'rankAbove',
    'rankBelow',
    'rankTo',
    'title',
    '_method',
    'shared',
    'itemquery',
    'itemorder',
    'itemfetch',
    'itemtypes',
    'itempagesize',
    'includeitems',
    'userOID',
    'rootProjectOID',
    'permission',
]
OPERATORS = ['=', '!=', '<', '<=', '>', '>=', 'contains', '!contains', 'in', 'CONTAINS', '==', '~']
TEXTS = [
    '',
    ' ',
    'null',
    'true',
    'false',
    'x',
    'Open',
    'Defined',
    'Accepted',
    'today',
    'today-7',
    'lastmonth',
    'currentuser',
    '0',
    '-1',
    '1.5',
    '1e309',
    'NaN',
    '9' * 40,
    'DE7',
    'US101',
    'TOP',
    'BOTTOM',
    '2024-02-30',
    '2024-02-01T10:11:12.345Z',
    "' OR 1=1 --",
    '"',
    '\\',
    '(',
    ')',
    '\x00',
    '\ud800',
    '\U0001f600',
    '<script>alert(1)</script>',
    '%',
    '_',
    '\u202e',
    'x' * 300,
    'x' * 40000,
    'Tasks:summary[State;Owner]',
    'Tags:summary[+]',
    'Name,Project[',
    'AA==',
    'America/Denver',
    '../..',
    '/',
    '//',
    'Infinity',
    '\r\nX-Injected: 1',
]
METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'BREW']
#: Routes with the methods that fit; those that have more to go wrong come more often.
ROUTES = [
    ('/{type}', 'GET'),
    ('/{type}', 'GET'),
    ('/{type}', 'GET'),
    ('/{type}/{id}', 'GET'),
    ('/{type}/{id}', 'POST'),
    ('/{type}/{id}', 'POST'),
    ('/{type}/{id}', 'PUT'),
    ('/{type}/{id}', 'DELETE'),
    ('/{type}/create', 'PUT'),
    ('/{type}/create', 'POST'),
    ('/{type}/create', 'POST'),
    ('/{type}/{id}/{field}', 'GET'),
    ('/{type}/{id}/{field}/add', 'POST'),
    ('/{type}/{id}/{field}/remove', 'POST'),
    ('/{type}/{id}/copy', 'POST'),
    ('/batch', 'POST'),
    ('/batch', 'POST'),
    ('/security/authorize', 'GET'),
    ('/user', 'GET'),
    ('/users', 'GET'),
    ('/user:current', 'GET'),
    ('/user:current/permissions/all', 'GET'),
    ('/subscription', 'GET'),
    ('/subscriptions', 'GET'),
    ('/rss/{type}', 'GET'),
    ('/user/{id}/setpermissionflags', 'POST'),
    ('/user/{id}/permissionmap', 'GET'),
    ('/user/{id}/permissionmap', 'POST'),
    ('/projectpermission/bulkupdate', 'POST'),
    ('/{type}/groupby/{field}', 'GET'),
    ('/project/{id}/typedefinition/{id}/scopedattributedefinition/{id}', 'POST'),
    ('/project/{id}/typedefinition/{text}/scopedattributedefinition', 'GET'),
    ('/recyclebinentry/{id}/restore', 'POST'),
    ('/{text}', 'GET'),
    ('/{type}/{text}', 'GET'),
    ('@/slm/schema/v2.0/workspace/{id}', 'GET'),
    ('@/slm/schema/v2.0/project/{id}/{text}', 'GET'),
    ('@/slm/attachment/{id}/{text}', 'GET'),
    ('@/slm/profile/image/{id}/{text}', 'GET'),
    ('@/slm/doc/webservice/{text}', 'GET'),
    ('@/slm/slm/{text}', 'GET'),
    ('@/', 'GET'),
    ('@/browse/{type}', 'GET'),
    ('@/browse/{type}/{id}', 'GET'),
    ('@/browse/{type}/{id}/{field}', 'GET'),
    ('@/browse?type={text}', 'GET'),
    ('@/browse?find={text}', 'GET'),
    ('@/browse?find={id}', 'GET'),
    ('@/browse/{type}?columns={field},{text}&place={text}', 'GET'),
    ('@/browse/{type}?order={field}&query={text}', 'GET'),
    ('@/{text}', 'GET'),
    ('@/slm/webservice/{text}/{type}', 'GET'),
]
#: How often the method fits the route.
FITTING = 0.92
#: How often a request is about one type of all that there are.
ABOUT_A_TYPE = 0.4


@dataclass
class Shot:
    """One request.

    :ivar target: path and parameters as they stand in the request line.
    """

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None

    def __str__(self) -> str:
        body = '' if self.body is None else ' ' + repr(self.body[:2000])
        return '{} {} {}{}'.format(self.method, self.target[:2000], self.headers, body)


class Garbage:
    """Makes requests.

    :param random: decides everything.
    :param known: type and identifier of objects that exist, as they stand in a path.
    :param model: by the path of every type its attributes, each with the type it leads to, or none.
    """

    def __init__(
        self,
        random: Random,
        known: list[tuple[str, str]],
        model: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.random, self.known = random, known
        self.model = model or {}
        #: The type that a request is about, if it is about one, and the attributes it names.
        self.kind: str | None = None
        self.fields: Sequence[str] = FIELDS
        self.leads: Mapping[str, str] = {}

    def turn_to_a_type(self) -> None:
        """Let the next request be about one of all types and its attributes, or about anything."""
        self.kind, self.fields, self.leads = None, FIELDS, {}
        if self.model and self.random.random() < ABOUT_A_TYPE:
            path = self.random.choice(sorted(self.model))
            self.kind, self.leads = path.lower(), self.model[path]
            self.fields = sorted(self.leads) or FIELDS

    def shot(self) -> Shot:
        """Return the next request."""
        random = self.random
        self.turn_to_a_type()
        method, path = self.method_and_path()
        names = random.sample(PARAMETERS, random.choice([0, 0, 1, 2, 3, 5]))
        pairs = [
            '{}={}'.format(name, quote(self.parameter(name).encode('utf-8', 'replace')))
            for name in names
        ]
        target = path + ('&' if '?' in path else '?') + '&'.join(pairs) if pairs else path
        headers = {}
        if random.random() < 0.2:
            headers['Content-Type'] = random.choice(
                ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'x', '']
            )
        body = None if method in ('GET', 'HEAD') and random.random() < 0.9 else self.body()
        return Shot(method, target, headers, body)

    def method_and_path(self) -> tuple[str, str]:
        """Return a method and the path of some route, its parts filled."""
        route, method = self.random.choice(ROUTES)
        if self.random.random() > FITTING:
            method = self.random.choice(METHODS)
        kind, oid = self.place()
        if self.kind is not None:
            kind = self.kind
            own = [one for known, one in self.known if known.lower() == kind]
            if own and self.random.random() < 0.8:
                oid = self.random.choice(own)
        filled = route.lstrip('@').format(
            type=kind,
            id=oid,
            field=self.random.choice(self.fields),
            text=quote(self.text()[:3000].encode('utf-8', 'replace'), safe=''),
        )
        return method, filled if route.startswith('@') else BASE + filled

    def place(self) -> tuple[str, str]:
        """Return a type and an id: mostly of an object that exists, or a pair of strangers."""
        if self.random.random() < 0.65:
            return self.random.choice(self.known)
        if self.random.random() < 0.5:
            return self.random.choice(TYPES), self.random.choice(self.known)[1]
        return self.random.choice(TYPES), self.random.choice(
            [
                '0',
                '-1',
                '1',
                '9' * 18,
                '9' * 40,
                'x',
                'a' * 32,
                '12u34p2',
                '00000000-0000-0000-0000-000000000000',
            ]
        )

    def reference(self) -> str:
        """Return a reference, in one of its forms."""
        root = self.random.choice(['', '/', 'http://127.0.0.1' + BASE + '/', 'https://x.invalid/'])
        return root + '/'.join(self.place())

    def text(self) -> str:
        """Return a text."""
        return (
            self.random.choice(TEXTS)
            if self.random.random() < 0.8
            else ''.join(
                chr(
                    self.random.choice(
                        [self.random.randrange(32, 127), self.random.randrange(0x800)]
                    )
                )
                for _ in range(self.random.randrange(12))
            )
        )

    def parameter(self, name: str) -> str:
        """Return a value for a parameter: one that fits its name, or anything."""
        if self.random.random() < 0.2:
            return self.text()
        if name in ('query', 'itemquery'):
            return self.query(self.random.choice([0, 0, 1, 2, 4]))
        if name in ('order', 'itemorder'):
            return ','.join(
                self.attribute() + self.random.choice(['', ' ASC', ' DESC', ' FOO'])
                for _ in range(self.random.randrange(1, 4))
            )
        if name in ('fetch', 'shallowFetch', 'types', 'itemfetch', 'itemtypes'):
            return ','.join(self.attribute() for _ in range(self.random.randrange(1, 6)))
        if name in ('workspace', 'project', 'rankAbove', 'rankBelow', 'userOID', 'rootProjectOID'):
            return self.reference()
        return self.text()

    def attribute(self) -> str:
        """Return a path of attributes."""
        return '.'.join(
            self.random.choice(self.fields) for _ in range(self.random.choice([1, 1, 1, 2, 3]))
        )

    def query(self, depth: int) -> str:
        """Return a query, now and then with a character lost."""
        if depth:
            junction = self.random.choice(['AND', 'OR', 'or'])
            text = '({} {} {})'.format(self.query(depth - 1), junction, self.query(depth - 1))
        else:
            value = self.random.choice([self.text, self.reference])()
            text = '({} {} {})'.format(
                self.attribute(),
                self.random.choice(OPERATORS),
                '"{}"'.format(value) if self.random.random() < 0.5 else value,
            )
        if self.random.random() < 0.1 and text:
            lost = self.random.randrange(len(text))
            text = text[:lost] + text[lost + 1 :]
        return text

    def value(self, depth: int = 0) -> object:
        """Return a JSON value."""
        random = self.random
        kind = random.randrange(9 if depth < 3 else 6)
        if kind == 0:
            return random.choice([None, True, False, [], {}])
        if kind == 1:
            return random.choice([0, -1, 1.5, 10**30, -1e300, float('nan'), float('inf'), 3])
        if kind in (2, 3):
            return self.text()
        if kind == 4:
            return self.reference()
        if kind == 5:
            return {'_ref': self.reference()}
        if kind == 6:
            return [self.value(depth + 1) for _ in range(random.randrange(4))]
        if kind == 7:
            return {
                random.choice(self.fields): self.value(depth + 1)
                for _ in range(random.randrange(5))
            }
        return [{'_ref': self.reference()} for _ in range(random.randrange(3))]

    def fitting(self, name: str) -> object:
        """Return a value for an attribute: mostly an object of the type it leads to, if to any."""
        target = self.leads.get(name, '').lower()
        places = [place for place in self.known if place[0].lower() == target]
        if not places or self.random.random() < 0.3:
            return self.value()
        return '/'.join(['', *self.random.choice(places)])

    def document(self) -> object:
        """Return the document of a write, of a kind that some route takes."""
        names = [
            self.random.choice(self.fields) for _ in range(self.random.choice([0, 1, 1, 2, 5]))
        ]
        names += [name for name in self.leads if self.leads[name] and self.random.random() < 0.3]
        inner = {name: self.fitting(name) for name in names}
        if self.random.random() < 0.5:
            inner['Name'] = 'garbage'
        kind = self.random.randrange(10)
        if kind < 6:
            own = (self.kind or 'Defect').rpartition('/')[2]
            return {self.random.choice([own, own, 'x', 'User', 'Task']): inner}
        if kind == 6:
            return {'CollectionItems': [self.value() for _ in range(self.random.randrange(3))]}
        if kind == 7:
            return {'Batch': [self.entry() for _ in range(self.random.randrange(4))]}
        if kind == 8:
            return {'SetPermissionFlags': inner}
        return self.value()

    def entry(self) -> object:
        """Return an entry of a batch."""
        if self.random.random() < 0.15:
            return self.value()
        method, path = self.method_and_path()
        return {
            'Entry': {
                'Path': path[len(BASE) :] if path.startswith(BASE) else path,
                'Method': method,
                'Body': {'Defect': {self.random.choice(self.fields): self.value()}},
            }
        }

    def body(self) -> bytes | None:
        """Return the bytes of a body: mostly JSON, now and then with bytes flipped or lost."""
        kind = self.random.random()
        if kind < 0.05:
            return None
        if kind < 0.1:
            return self.noise(200)
        raw = json.dumps(self.document()).encode('ascii')
        if kind < 0.25:
            cut = self.random.randrange(len(raw))
            raw = raw[:cut] + self.noise(3) + raw[cut + self.random.randrange(3) :]
        return raw

    def noise(self, most: int) -> bytes:
        """Return a few random bytes."""
        return bytes(self.random.randrange(256) for _ in range(self.random.randrange(most)))

    def raw(self) -> bytes:
        """Return bytes for a bare connection: a request that was damaged, or none at all."""
        if self.random.random() < 0.2:
            return self.noise(400)
        shot = self.shot()
        body = shot.body or b''
        lines = [
            '{} {} HTTP/{}'.format(
                shot.method,
                shot.target[:70000],
                self.random.choice(['1.1', '1.0', '0.9', '3', 'x']),
            )
        ]
        lines += [
            'Host: x',
            'ZSESSIONID: _raw',
            'Content-Length: {}'.format(
                self.random.choice([len(body), len(body) + 5, 0, -1, 'x', 10**12])
            ),
        ]
        if self.random.random() < 0.2:
            lines.append(
                self.random.choice(
                    [
                        'Transfer-Encoding: chunked',
                        'Expect: 100-continue',
                        ': x',
                        'A' * 70000,
                        'Connection: Upgrade',
                        'Cookie: ' + '=;' * 300,
                        'Content-Length: 3',
                        'Content-Length:\t3',
                        'Transfer-Encoding : chunked',
                        'Origin: http://[',
                        'Host: x',
                        ' folded: x',
                    ]
                )
            )
        raw = bytearray('\r\n'.join(lines).encode('utf-8', 'replace') + b'\r\n\r\n' + body)
        for _ in range(self.random.choice([0, 0, 1, 5])):
            raw[self.random.randrange(len(raw))] = self.random.randrange(256)
        return bytes(raw)

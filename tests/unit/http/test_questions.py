# coding: utf-8
"""Each answer is held against its question: whatever belongs to another request is told."""
from __future__ import absolute_import, division, print_function, unicode_literals

import random

import pytest

from pyral.errors import RallyResponseError, UnknownOutcomeError
from pyral.http.questions import (
    ENVELOPES,
    KINDS,
    MEMBERS,
    SUBTYPES,
    Question,
    fits,
    question_of,
)
from pyral.http.retry_policy import RetryPolicy
from pyral.http.transport import Credentials, Transport
from tests.fake_http import FakeHTTP
from tests.unit.fakes import page, row

BASE = 'https://h/slm/webservice/v2.0/'
FINE = {'Errors': [], 'Warnings': []}


def shown(kind, oid, **values):
    """Return an item with all that can say what it is."""
    path = kind.lower()
    return dict({'_ref': '{0}{1}/{2}'.format(BASE, path, oid), '_type': kind, 'ObjectID': oid,
                 '_refObjectName': 'N%d' % oid, 'Name': 'N%d' % oid}, **values)


def receipt(kind, item=None, **more):
    return {kind: dict(FINE, **dict(more, **({'Object': item} if item else {})))}


#: Requests and the answers that belong to them; no answer fits the question of another one, but
#: for those of one set of `ALIKE`.
ANSWERED = {
    'query': (('GET', 'defect?start=1'), page([shown('Defect', 1), shown('Defect', 2)])),
    'page 2': (('GET', 'defect?start=21'), page([shown('Defect', 3)], 40, 21, 20)),
    'page 3': (('GET', 'defect?start=41'), page([shown('Defect', 4)], 60, 41, 20)),
    'other type': (('GET', 'task?start=1'), page([shown('Task', 5)])),
    'artifacts': (('GET', 'artifact?start=1'), page([shown('TestCase', 6), shown(
        'PortfolioItem/Epic', 7)])),
    'plural': (('GET', 'Tags?start=1'), page([shown('Tag', 8)])),
    'me': (('GET', 'user'), {'User': dict(shown('User', 9), **FINE)}),
    'current': (('GET', 'user:current'), {'User': dict(shown('User', 9), **FINE)}),
    'subscription': (('GET', 'subscription'), {'Subscription': dict(shown(
        'Subscription', 10), **FINE)}),
    'read': (('GET', 'defect/1'), {'Defect': dict(shown('Defect', 1), **FINE)}),
    'read other': (('GET', 'defect/2'), {'Defect': dict(shown('Defect', 2), **FINE)}),
    'read feature': (('GET', 'portfolioitem/feature/11'), {'Feature': dict(shown(
        'PortfolioItem/Feature', 11), **FINE)}),
    'read content': (('GET', 'attachmentcontent/12'), {'AttachmentContent': dict(shown(
        'AttachmentContent', 12, Content='QQ=='), **FINE)}),
    'tasks': (('GET', 'HierarchicalRequirement/13/Tasks?start=1'), page([shown('Task', 5)])),
    'tags': (('GET', 'Defect/1/Tags?start=1'), page([shown('Tag', 8)])),
    'schema': (('GET', '/slm/schema/v2.0/workspace/14'), page([{'_type': 'TypeDefinition'}])),
    'create': (('PUT', 'defect/create', {'Defect': {'Name': 'N15'}}),
               receipt('CreateResult', shown('Defect', 15))),
    'create other': (('PUT', 'defect/create', {'Defect': {'Name': 'N16'}}),
                     receipt('CreateResult', shown('Defect', 16))),
    'create task': (('PUT', 'task/create', {'Task': {'Name': 'N15'}}),
                    receipt('CreateResult', shown('Task', 15))),
    'update': (('POST', 'defect/1', {'Defect': {'State': 'Open'}}),
               receipt('OperationResult', shown('Defect', 1))),
    'update other': (('POST', 'defect/2', {'Defect': {'State': 'Open'}}),
                     receipt('OperationResult', shown('Defect', 2))),
    'rename': (('POST', 'defect/17', {'Defect': {'Name': 'N17'}}),
               receipt('OperationResult', shown('Defect', 17))),
    'rename again': (('POST', 'defect/17', {'Defect': {'Name': 'new'}}),
                     receipt('OperationResult', shown('Defect', 17, Name='new'))),
    'delete': (('DELETE', 'defect/1'), receipt('OperationResult')),
    'add': (('POST', 'Defect/1/Tags/add', {'CollectionItems': []}),
            receipt('OperationResult', Results=[shown('Tag', 8)])),
    'add tasks': (('POST', 'Defect/1/Tasks/add', {'CollectionItems': []}),
                  receipt('OperationResult', Results=[shown('Task', 5)])),
    'token': (('GET', 'security/authorize'), receipt('OperationResult', SecurityToken='t')),
    'batch': (('POST', 'batch', {'Batch': []}), receipt('BatchResult', Results=[FINE])),
}
ALIKE = [
    {'me', 'current'}, {'other type', 'tasks'}, {'plural', 'tags'}, {'artifacts', 'query'},
    {'artifacts', 'other type'}, {'artifacts', 'tasks'},
    # A page of the index 1 may come from one who does not page; that rows repeat tells it.
    {'query', 'page 2'}, {'query', 'page 3'},
    # The answer to a delete says nothing but that all is well, and the item of the others is that
    # of this delete.
    {'update', 'delete', 'add'}, {'update', 'add tasks'}, {'update other', 'delete'},
    {'rename', 'delete'}, {'rename again', 'delete'}, {'delete', 'add tasks'}, {'delete', 'token'},
]


class Counted(FakeHTTP):
    """A service that counts how often its connections are closed."""

    closed = 0

    def close(self):
        self.closed += 1


def ask(name, body):
    """Send a request of the table, get a body for an answer; return transport and service."""
    request = ANSWERED[name][0]
    http = Counted(lambda seen: body)
    transport = Transport('h', Credentials(apikey='_key12345'), adapter=http,
                          retry=RetryPolicy(attempts=1))
    (method, path), payload = request[:2], request[2] if len(request) > 2 else None
    try:
        return transport.request(method, path, body=payload), http
    except RallyResponseError as error:
        return error, http


@pytest.mark.parametrize('name', sorted(ANSWERED))
def test_its_own_answer_fits_each_question(name):
    answer, http = ask(name, ANSWERED[name][1])
    assert answer.json() == ANSWERED[name][1] and http.closed == 0


@pytest.mark.parametrize('name', sorted(ANSWERED))
def test_the_answer_to_another_request_raises_and_closes_the_connections(name):
    is_write = ANSWERED[name][0][0] != 'GET'
    for other in sorted(ANSWERED):
        if other == name or any({name, other} <= each for each in ALIKE):
            continue
        error, http = ask(name, ANSWERED[other][1])
        assert isinstance(error, RallyResponseError), (name, other)
        assert 'belongs to another request' in error.args[0] and http.closed == 1
        assert isinstance(error, UnknownOutcomeError) is is_write, (name, other)


@pytest.mark.parametrize('name', sorted(ANSWERED))
def test_what_says_nothing_of_itself_fits(name):
    def bare(value):
        if isinstance(value, list):
            return [bare(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {key: bare(each) for key, each in value.items() if key not in (
            '_type', '_ref', '_refObjectName', 'Name', 'ObjectID', 'StartIndex')}

    answer, _ = ask(name, bare(ANSWERED[name][1]))
    assert answer.status == 200


REFUSED = {kind: {kind: {'Errors': ['no'], 'Warnings': []}} for kind in (
    'QueryResult', 'OperationResult', 'CreateResult', 'BatchResult', 'DeleteResult')}


@pytest.mark.parametrize('name', sorted(ANSWERED))
def test_a_refusal_comes_in_the_envelopes_of_the_table(name):
    verb = question_of(ANSWERED[name][0][0], BASE + ANSWERED[name][0][1].lstrip('/')
                       if '/schema/' not in ANSWERED[name][0][1] else ANSWERED[name][0][1]).verb
    for kind in sorted(REFUSED):
        found, _ = ask(name, REFUSED[kind])
        assert isinstance(found, RallyResponseError) is not (kind in ENVELOPES[verb][1])


@pytest.mark.parametrize('method, path, question', [
    ('GET', 'defect', ('query', 'defect', None, None)),
    ('GET', 'defect.js?start=5', ('query', 'defect', None, 5)),
    ('GET', 'PortfolioItem/Feature', ('query', 'portfolioitem/feature', None, None)),
    ('GET', 'HierarchicalRequirement/5/Children', ('collection', 'children', None, None)),
    ('GET', 'project/5/TeamMembers?start=3', ('collection', 'user', None, 3)),
    ('GET', 'defect//5', ('read', 'defect', 5, None)),
    ('GET', 'typedefinition/-12513', ('read', 'typedefinition', -12513, None)),
    ('GET', 'projectpermission/1u2p3', ('read', 'projectpermission', '1u2p3', None)),
    ('GET', 'properties', ('query', 'properties', None, None)),
    ('PUT', 'PortfolioItem/Feature/create', ('create', 'portfolioitem/feature', None, None)),
    ('PUT', 'defect/5', ('update', 'defect', 5, None)),
    ('POST', 'defect/5/copy', ('copy', 'defect', None, None)),
    ('POST', 'defect/5/Tags/remove', ('remove', 'tags', 5, None)),
    ('DELETE', 'portfolioitem/epic/5', ('delete', 'portfolioitem/epic', 5, None)),
])
def test_a_question_is_read_from_its_address(method, path, question):
    assert question_of(method, BASE + path) == Question(*question)


@pytest.mark.parametrize('method, path', [
    ('GET', 'rss/defect'), ('GET', 'defect/groupby/State'), ('GET', 'defect/no-id'),
    ('GET', 'user:current/permissions/all'), ('GET', 'user/5/permissionmap/x'),
    ('POST', 'user/5/setpermissionflags'), ('POST', 'projectpermission/bulkupdate'),
    ('POST', 'defect'), ('GET', '../../attachment/5/x.png'), ('POST', 'recyclebinentry/5/restore')])
def test_nothing_is_asked_of_answers_nobody_knows(method, path):
    assert question_of(method, BASE + path) is None


@pytest.mark.parametrize('asked, said, expected', [
    ('defect', 'Defect', True), ('defect', 'Task', False), ('defect', None, True),
    ('defect', '', True), ('defect', 'DEFECT', True),
    ('hierarchicalrequirement', 'UserStory', True),
    ('hierarchicalrequirement', 'Hierarchical Requirement', True),
    ('artifact', 'Defect', True), ('artifact', 'PortfolioItem/Epic', True),
    ('artifact', 'Epic', True),
    ('artifact', 'User', False), ('portfolioitem', 'Feature', True),
    ('portfolioitem', 'PortfolioItem/Epic', True), ('portfolioitem', 'Defect', False),
    ('portfolioitem/epic', 'Epic', True), ('portfolioitem/epic', 'PortfolioItem/Epic', True),
    ('portfolioitem/epic', 'PortfolioItem/Feature', False), ('portfolioitem/epic', 'Task', False),
    ('portfolioitem/epic', 'PortfolioItem', True), ('domainobject', 'Anything', True),
    ('userpermission', 'ProjectPermission', True), ('userpermission', 'User', False),
    ('newtype', 'NewerType', True), ('scope', 'Project', True),
    ('writableproject', 'Project', True),
])
def test_a_type_fits_another(asked, said, expected):
    assert fits(asked, said) is expected


def test_the_tables_hold_together():
    for name, below in SUBTYPES.items():
        assert name == name.lower() and name not in KINDS
        assert below is None or name not in below
    assert not set(SUBTYPES) & KINDS
    assert set(MEMBERS.values()) <= KINDS | set(SUBTYPES)


def test_random_answers_of_other_items_are_told():
    seed = random.randrange(1 << 30)
    dice = random.Random(seed)
    names = sorted(ANSWERED)
    names = [each for each in names if each.startswith(('read', 'update', 'create'))]
    for _ in range(300):
        name = dice.choice(names)
        body = dict(list(ANSWERED[name][1].values())[0])
        item = dict(body.get('Object') or body)
        wrong = {'_ref': BASE + 'defect/999', 'ObjectID': 999, '_type': 'Iteration'}
        if name.startswith('create'):
            wrong = {'_type': 'Iteration', 'Name': 'other', '_ref': BASE + 'iteration/15'}
        for key in dice.sample(sorted(wrong), dice.randrange(1, len(wrong) + 1)):
            item[key] = wrong[key]
        for key in dice.sample(['_rallyAPIMajor', '_refObjectName', '_refObjectUUID'], 1):
            item.pop(key, None)
        kind = list(ANSWERED[name][1])[0]
        damaged = {kind: dict(body, Object=item) if 'Object' in body else dict(item, **FINE)}
        found, _ = ask(name, damaged)
        assert isinstance(found, RallyResponseError), (seed, name, damaged)


def test_ids_are_compared_as_numbers_and_uuids_with_uuids():
    uuid = '3f0c7f5e-3a52-4b39-9d02-9c1f6a3f2a11'
    service = {'Defect': dict(row(7), ObjectID=7.0, _refObjectUUID=uuid, **FINE)}
    transport = Transport('h', Credentials(apikey='_key12345'), adapter=FakeHTTP(
        lambda seen: service))
    for path in ('defect/7', 'Defect/007', 'defect/' + uuid, 'defect/' + uuid.replace('-', '')):
        assert transport.get(path).status == 200
    for path in ('defect/8', 'defect/' + uuid.replace('3f', '4f')):
        with pytest.raises(RallyResponseError):
            transport.get(path)

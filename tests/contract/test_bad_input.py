"""Input nobody should send: a clear refusal, never a traceback, and nothing changed in the data."""

from __future__ import annotations

import http.client
from functools import partial
from urllib.parse import quote

import pytest

from pyral.emulator import Emulator
from tests.answer_checks import fingerprint
from tests.contract.small_world import BASE
from tests.processor_time import least_s
from tests.threads import GUARD_S

MALFORMED = 'Cannot parse input stream due to I/O error as JSON document: '


@pytest.fixture
def defect(hostile):
    return hostile.defect


WRITES = ['/defect/create', '{defect}', '{defect}/Tags/add', '{defect}/Tags/remove', '/batch']
NO_JSON = [
    b'',
    b'{',
    b'{]',
    b'nonsense',
    b'{"Defect": {"Name": "x"}',
    b'{"Defect": {"Name": "x"}} and',
    b"{'Defect': {'Name': 'x'}}",
    b'{"Defect": {"Name": "x", /* no */}}',
    b'\x00\x01\x02\xff\xfe',
    b'\xff\xfe{\x00',
    b'{"Defect": {"Name": "\xc3\x28"}}',
    b'{"Defect": {"Name": "\xed\xa0\x80"}}',
    b'<Defect><Name>x</Name></Defect>',
    b'\x1f\x8b\x08\x00' + b'\x55' * 40,
    b'{"a": 1e}',
    b'-',
    b'[' * 100000,
    b'{"a":' * 50000 + b'1' + b'}' * 50000,
    b'"' + b'\\u' * 10,
    b'9' * 5000,
]


@pytest.mark.fact('16', '4.3')
@pytest.mark.parametrize('path', WRITES)
@pytest.mark.parametrize('body', NO_JSON, ids=[repr(body[:16]) for body in NO_JSON])
def test_what_is_no_json_is_refused_in_the_envelope_of_the_write(hostile, defect, path, body):
    errors = hostile.errors('POST', path.format(defect=defect), body)
    assert len(errors) == 1


@pytest.mark.fact('16')
def test_the_text_about_malformed_json_says_where(hostile):
    (error,) = hostile.errors('POST', '/defect/create', b'{"Defect": {"Name": nonsense}}')
    assert error.startswith(MALFORMED) and 'line 1 column 21' in error


#: Values as a body may spell them: what is no JSON, what only some parsers take, what is too much.
RAW_VALUES = [
    'NaN',
    '-Infinity',
    '1e999',
    '1' + '0' * 400,
    '1' + '0' * 5000,
    '"\\ud800"',
    '"\\u0000"',
    '{"_ref": {"_ref": 1}}',
    '{"_ref": "x", "_ref": []}',
    '[' * 60 + ']' * 60,
    '{"a":' * 3000 + '1' + '}' * 3000,
    '01',
    '.5',
    'undefined',
    '{,}',
    '[1,]',
    '[{"_ref": null}]',
    '"/defect/99999999999999999999999999"',
    '"\\u0661\\u0662"',
]


@pytest.mark.fact('4.3', '8.3', '16')
@pytest.mark.parametrize(
    'name', ['PlanEstimate', 'TargetDate', 'Owner', 'Blocked', 'ScheduleState']
)
def test_a_value_that_no_attribute_holds_is_refused(hostile, defect, name):
    for raw in RAW_VALUES:
        body = '{{"Defect": {{"{}": {}}}}}'.format(name, raw).encode()
        assert all(text.strip() for text in hostile.errors('POST', defect, body))


WRONG_ENVELOPES = [
    [],
    [1],
    {},
    None,
    True,
    7,
    'text',
    {'Defect': None},
    {'Defect': []},
    {'Defect': 'x'},
    {'Defect': 3},
    {'Defect': [{'Name': 'x'}]},
    [{'Defect': {'Name': 'x'}}],
    {'Defect': True},
]


@pytest.mark.fact('16', '4.3')
@pytest.mark.parametrize('path', ['/defect/create', '{defect}'])
@pytest.mark.parametrize('body', WRONG_ENVELOPES, ids=repr)
def test_a_wrong_envelope_is_refused(hostile, defect, path, body):
    hostile.errors('POST', path.format(defect=defect), body)


@pytest.mark.fact('12')
@pytest.mark.parametrize(
    'body',
    [
        [],
        None,
        {'Batch': None},
        {'Batch': {}},
        {'Batch': 'x'},
        {'Entries': [1]},
        {'Batch': [{'Entry': {'Path': '/batch', 'Method': 'POST', 'Body': {'Batch': []}}}] * 501},
    ],
    ids=lambda body: repr(body)[:30],
)
def test_a_batch_that_is_none_is_refused(hostile, body):
    hostile.errors('POST', '/batch', body)


@pytest.mark.fact('12')
@pytest.mark.parametrize(
    'entry',
    [
        None,
        1,
        'x',
        [],
        {},
        {'Entry': None},
        {'Entry': []},
        {'Entry': {}},
        {'Entry': {'Path': None, 'Method': 'POST'}},
        {'Entry': {'Path': 7, 'Method': 'GET'}},
        {'Entry': {'Path': '/defect/create', 'Method': None, 'Body': {}}},
        {'Entry': {'Path': '/defect/create', 'Method': 'BREW', 'Body': {}}},
        {'Entry': {'Path': '/defect/create', 'Method': 'PUT'}},
        {'Entry': {'Path': '/defect/create', 'Method': 'PUT', 'Body': 'x'}},
        {'Entry': {'Path': '/emulator/reset', 'Method': 'POST', 'Body': {}}},
        {'Entry': {'Path': '/../../emulator/reset', 'Method': 'POST', 'Body': {}}},
        {'Entry': {'Path': '/batch', 'Method': 'POST', 'Body': {'Batch': []}}},
        {'Entry': {'Path': '/defect/1/2/3/4', 'Method': 'GET'}},
        {'Entry': {'Path': 'http://elsewhere.example/defect/1', 'Method': 'GET'}},
        {'Entry': {'Path': '/' + 'x' * 100000, 'Method': 'GET'}},
        {'Entry': {'Path': '/\x00', 'Method': '\x00'}},
    ],
    ids=lambda entry: repr(entry)[:60],
)
def test_an_entry_that_is_none_is_refused_alone(hostile, entry):
    good = {'Entry': {'Path': '/tag/create', 'Method': 'PUT', 'Body': {'Tag': {'Name': 'good'}}}}
    response = hostile.send('POST', '/batch', {'Batch': [entry, good]}, harm=True)
    first, second = response.json()['BatchResult']['Results']
    assert first['Errors'] and second['Errors'] == []


DEEP = '(' * 20000 + 'A = 1' + ')' * 20000
BAD_QUERIES = [
    '(',
    ')',
    '()',
    '(()',
    '((()))',
    '(Name',
    '(Name =',
    '(Name = "',
    '= x',
    'x',
    '(= x)',
    '(Name x)',
    '(Name = x) junk',
    '(Name ' + '\x00' + ' x)',
    '(\u202e = x)',
    DEEP,
    '(Name = x; DROP TABLE objects)',
    '(' + 'Parent.' * 400 + 'Name = x)',
    '(.Name = x)',
    '(Name. = x)',
    '(Parent..Name = x)',
    '(ObjectID = ' + '9' * 400 + ')x',
    '((Name = a) XOR (Name = b))',
    '(Name between a and b)',
    '(_password = x)',
    '(Owner._apikey = x)',
    '(doc = x)',
    '(ObjectID = NaN)',
    '(CreationDate > 2024-13-45)',
    '(CreationDate > today-99999999999999999999)',
    '(PlanEstimate = --5)',
]


@pytest.mark.fact('5.9', '5.1', '16')
@pytest.mark.parametrize('query', BAD_QUERIES, ids=lambda query: repr(query[:40]))
def test_a_query_that_is_none_is_refused(hostile, query):
    # Such lengths exceed what addresses hold; a form carries them (section 1.2).
    body = 'query=' + quote(query)
    hostile.errors(
        'POST',
        '/hierarchicalrequirement',
        body.encode(),
        _method='GET',
        headers={'Content-Type': 'application/x-www-form-urlencoded'},
    )


INJECTIONS = [
    "' OR '1'='1",
    "x'; DROP TABLE objects; --",
    "x\\' OR 1=1",
    "%",
    "_",
    "%' OR 'a'='a",
    "\u02bc OR 1=1",
    "{0}",
    "%s",
    "${7*7}",
    "{{7*7}}",
]


@pytest.mark.fact('16', '5.8')
@pytest.mark.parametrize('value', INJECTIONS)
@pytest.mark.parametrize('operator', ['=', 'contains', 'in'])
def test_sql_in_a_query_is_only_text(hostile, operator, value):
    query = '(Name {} "{}")'.format(operator, value.replace('\\', '\\\\'))
    result = hostile.send('GET', '/defect', query=query).json()['QueryResult']
    assert (result['Errors'], result['TotalResultCount']) == ([], 0)


def test_a_query_of_three_thousand_conditions_is_answered_or_refused(hostile):
    query = '(' * 3000 + '(Name = x)' + ' OR (Name = "Logo"))' * 3000
    hostile.send(
        'POST',
        '/defect',
        'query={}'.format(quote(query)).encode(),
        _method='GET',
        headers={'Content-Type': 'application/x-www-form-urlencoded'},
    )


def test_what_is_no_text_cannot_be_searched_for(hostile):
    (error,) = hostile.errors('GET', '/defect', query='(Name = "a\x00b")')
    assert error.startswith('Could not parse: ')


@pytest.mark.fact('16', '3.2')
@pytest.mark.parametrize(
    'order',
    [
        "Name; DROP TABLE objects",
        "Name,(SELECT 1)",
        "1",
        "Name'",
        ",",
        "Name,,",
        "_password",
        "Project.Name.Name.Name",
        "Tags",
        ".",
        "Parent." * 300 + "Name",
        "\x00",
        "Name\x00 DESC",
    ],
)
def test_an_order_that_is_none_harms_nothing(hostile, order):
    hostile.send('GET', '/defect', order=order)


@pytest.mark.fact('3.3', '19')
@pytest.mark.parametrize(
    ('start', 'pagesize', 'expected'),
    [
        ('-1', '-1', (1, 20)),
        ('0', '0', (1, 20)),
        ('x', 'y', (1, 20)),
        ('', '', (1, 20)),
        ('1e3', '1.5', (1, 20)),
        ('9' * 30, '9' * 30, None),
        (' 1 ', ' 5 ', (1, 5)),
        ('\u0661', '\u0662', None),
        ('1;2', '2001', (1, 2000)),
        ('NaN', 'Infinity', (1, 20)),
        ('-9223372036854775809', '-9223372036854775809', (1, 20)),
        ('9' * 6000, '9' * 6000, None),
    ],
)
def test_absurd_paging_is_brought_back_into_its_bounds(hostile, start, pagesize, expected):
    result = hostile.send('GET', '/defect', start=start, pagesize=pagesize).json()['QueryResult']
    assert result['Errors'] == [] and result['TotalResultCount'] == 2
    assert result['StartIndex'] >= 1 and 1 <= result['PageSize'] <= 2000
    if expected is not None:
        assert (result['StartIndex'], result['PageSize']) == expected


@pytest.mark.fact('6', '6.1')
@pytest.mark.parametrize(
    'fetch',
    [
        ',',
        ',,,',
        '[',
        ']',
        'Tags:summary[',
        'Tags:summary[]',
        'Tags:summary[;+;]',
        ':summary',
        'Nothing:summary',
        'Name:summary',
        'Tags:summary[_password]',
        '_password',
        '*',
        '"',
        'a' * 50000,
        ','.join(['Name'] * 5000),
        'Parent[' * 500,
        '\x00',
        'Tags:summary[' + 'Name+' * 200 + ']',
        'Tags:summary[Project.Owner.Name]',
        'Name,\u202eObjectID',
    ],
    ids=lambda fetch: repr(fetch[:30]),
)
@pytest.mark.parametrize('name', ['fetch', 'shallowFetch'])
def test_a_fetch_list_that_is_none_harms_nothing(hostile, name, fetch):
    body = '{}={}'.format(name, quote(fetch)).encode()
    response = hostile.send(
        'POST',
        '/defect',
        body,
        _method='GET',
        headers={'Content-Type': 'application/x-www-form-urlencoded'},
    )
    assert 'ann-Secret1' not in response.text and 'pbkdf2' not in response.text


PATHS = [
    '/',
    '//',
    '/%00',
    '/defect/%00',
    '/defect/1%2e5',
    '/defect/' + '9' * 400,
    '/defect/-0',
    '/defect/create/create',
    '/defect/1/Tags/add/add',
    '/' + 'a' * 20000,
    '/defect/..',
    '/..%2f..%2fetc/passwd',
    '/defect/%ff%fe',
    '/%c3%28',
    '/d\u00e9faut',
    '/defect;a=b',
    '/defect/1/_password',
    '/defect/1/%5B%5D',
    '/user:nobody',
    '/rss',
    '/rss/rss/rss',
    '/rss/' + 'x' * 300,
    '/create',
    '/batch/batch',
    '/security',
    '/security/authorize/x',
    '/artifact/create',
    '/portfolioitem/create',
    '/portfolioitem/nothing',
    '/.js',
    '/defect/.js',
    '/slm/schema/v2.0/workspace/' + '9' * 30,
    '/slm/schema/v2.0/workspace/1/../../x',
    '/slm/attachment/1/../../../etc/passwd',
    '/slm/attachment/' + '9' * 30 + '/x',
    '/slm/webservice/v9.9/defect',
    '/slm/webservice/%00/defect',
    '/slm',
    '/slm/',
]
METHODS = [
    'GET',
    'POST',
    'PUT',
    'DELETE',
    'HEAD',
    'OPTIONS',
    'PATCH',
    'TRACE',
    'BREW',
    'get',
    'X' * 300,
]


@pytest.mark.fact('16', '1.1', '1.2')
@pytest.mark.parametrize('path', PATHS, ids=lambda path: repr(path[:40]))
def test_a_path_that_is_none_harms_nothing_by_any_method(hostile, path):
    for method in METHODS:
        body = None if method in ('GET', 'HEAD') else {'Defect': {}}
        response = hostile.send(method, path, body)
        assert response.status_code in (200, 204, 302, 401, 404, 405)


@pytest.mark.fact('16')
@pytest.mark.parametrize('path', WRITES + ['/defect', '/defect/1/copy', '/user', '/subscription'])
@pytest.mark.parametrize('method', ['PATCH', 'BREW', 'TRACE', 'CONNECT'])
def test_a_method_that_is_none_is_a_405(hostile, defect, method, path):
    response = hostile.send(method, path.format(defect=defect), {})
    assert response.status_code == 405 and response.headers['Allow']


STRANGE = [
    '\x00',
    '\U0001f600',
    "'",
    '<script>',
    'x' * 10000,
    '-1',
    '/',
    '/user/1',
    'null',
    '%',
    '\r\nX: y',
]
PARAMETERS = [
    'workspace',
    'project',
    'types',
    'search',
    'jsonp',
    'pretty',
    'compact',
    'key',
    'projectScopeUp',
    'projectScopeDown',
    'includePermissions',
    '_method',
    '\x00',
    '',
]


@pytest.mark.fact('3.1')
@pytest.mark.parametrize('name', PARAMETERS, ids=repr)
def test_a_parameter_that_is_none_harms_nothing(hostile, name):
    for value in STRANGE:
        assert 'X' not in hostile.send('GET', '/defect', **{name: value}).headers


@pytest.mark.fact('11', '14')
@pytest.mark.parametrize('name', ['rankAbove', 'rankBelow', 'rankTo', 'workspace', 'project'])
@pytest.mark.parametrize('value', STRANGE, ids=lambda value: repr(value[:10]))
def test_a_place_that_is_none_is_refused(hostile, defect, name, value):
    means_everything = value == 'null' and name in ('workspace', 'project')
    response = hostile.send('POST', defect, {'Defect': {}}, **{name: value})
    (answer,) = response.json().values()
    assert bool(answer['Errors']) is not means_everything


@pytest.mark.fact('1.5')
def test_a_body_beyond_all_measure_is_refused_before_it_is_read():
    """Over a socket: the length alone is enough."""
    with Emulator(world='empty') as listening:
        before = fingerprint(listening.store)
        connection = http.client.HTTPConnection(*listening.server.split(':'), timeout=GUARD_S)
        connection.putrequest('PUT', BASE + '/defect/create')
        connection.putheader('Content-Length', str(10**15))
        connection.putheader('ZSESSIONID', listening.apikey)
        connection.endheaders()
        assert connection.getresponse().status == 413
        connection.close()
        assert fingerprint(listening.store) == before


@pytest.mark.fact('10', '16')
def test_contents_of_attachments_have_a_limit(hostile):
    body = {'AttachmentContent': {'Content': 'A' * (4 * (50_000_000 // 3 + 2))}}
    hostile.errors('PUT', '/attachmentcontent/create', body)


@pytest.mark.fact('2.1', '2.3')
@pytest.mark.parametrize(
    'headers',
    [
        {'ZSESSIONID': '\u00e9\u00ff'},
        {'ZSESSIONID': 'x' * 50000},
        {'ZSESSIONID': "' OR 1=1 --"},
        {'Authorization': 'Basic ' + 'A' * 50000},
        {'Authorization': 'Basic \u00ff'},
        {'Authorization': 'Digest x'},
        {'Authorization': ''},
        {'Authorization': 'Bearer'},
        {'Cookie': 'JSESSIONID=' + 'x' * 5000},
        {'Cookie': '=;=;=;\u00ff'},
        {'Cookie': 'ZSESSIONID'},
    ],
    ids=lambda headers: repr(headers)[:40],
)
def test_credentials_that_are_none_are_a_401(hostile, headers):
    headers = {name: value.encode('latin-1') for name, value in headers.items()}
    response = hostile.send('GET', '/defect', headers={'ZSESSIONID': None, **headers})
    assert response.status_code == 401


@pytest.mark.fact('16', '19')
def test_absurdly_many_attributes_are_each_named_in_no_time(hostile):
    """Checked once one by one against all before it, such a body held up everybody for minutes."""

    def create(count):
        body = {'Defect': {'k{}'.format(number): 1 for number in range(count)}}
        result = hostile.send('POST', '/defect/create', body).json()['CreateResult']
        assert len(result['Warnings']) == count
        assert result['Errors'] == ['Validation error: Defect.Name should not be null']

    # Ten times as many; each against all before it would be a hundred times the work.
    bound_s = 50 * least_s(partial(create, 2000), 0, times=1)
    assert least_s(partial(create, 20000), bound_s, times=3) < bound_s

"""Values nobody should send inside sound requests: refused or kept as they are, without harm."""

from __future__ import annotations

import json

import pytest

from tests.contract.small_world import path_of


@pytest.fixture
def defect(hostile):
    return hostile.defect


REFS = [
    'xyz',
    ' ',
    '/',
    '//',
    'defect',
    '/defect/',
    '/defect/x',
    'defect/1e3',
    '/0/0',
    'http://',
    'http://evil.example/',
    'ftp://x/defect/1/2/3/4',
    'defect/' + '9' * 500,
    '/user/0x10',
    '../user/1',
    'user/1;drop',
    '\x00',
    'user/\u0661',
    'javascript:alert(1)',
    'user/-',
    'user/--1',
    'user/' + '-' * 36,
    'x' * 100000,
]


@pytest.mark.fact('8.1', '16')
@pytest.mark.parametrize('ref', REFS, ids=lambda ref: repr(ref[:30]))
@pytest.mark.parametrize('wrap', [lambda ref: ref, lambda ref: {'_ref': ref}], ids=['text', '_ref'])
def test_a_reference_that_is_none_is_refused(hostile, defect, wrap, ref):
    hostile.errors('POST', defect, {'Defect': {'Owner': wrap(ref)}})


@pytest.mark.fact('8.1', '16')
@pytest.mark.parametrize(
    'value',
    [
        7,
        -1,
        1.5,
        True,
        [],
        [1],
        {},
        {'_ref': None},
        {'_ref': 7},
        {'_ref': []},
        {'Name': 'Ed'},
        {'_ref': {'_ref': '/user/1'}},
    ],
    ids=repr,
)
def test_a_value_that_is_no_reference_is_refused(hostile, defect, value):
    hostile.errors('POST', defect, {'Defect': {'Owner': value}})


@pytest.mark.fact('8.1')
@pytest.mark.parametrize(
    'host',
    [
        'https://rally1.rallydev.com',
        'http://other.example:99',
        'http://[::1]',
        'HTTPS://UNKNOWN.EXAMPLE',
    ],
)
def test_the_host_of_a_reference_is_not_compared(hostile, defect, host):
    ref = '{}/slm/webservice/v2.0{}'.format(
        host, path_of(hostile.api.one('/user', '(UserName = "vic@example.com")'))
    )
    done = hostile.send('POST', defect, {'Defect': {'Owner': ref}}, harm=True).json()
    assert done['OperationResult']['Object']['Owner']['_refObjectName'] == 'Vic Viewer'


@pytest.mark.fact('16')
@pytest.mark.parametrize(
    ('type_path', 'values'),
    [
        ('iteration', {'StartDate': '0001-01-01T00:00:00Z'}),
        ('iteration', {'EndDate': '9999-12-31T23:59:59Z'}),
        ('release', {'ReleaseStartDate': '0001-01-01'}),
        ('milestone', {'StartDate': '0001-01-01T00:00:00Z'}),
        ('milestone', {'TargetDate': '9999-12-31T23:59:59Z'}),
    ],
)
def test_a_date_at_the_end_of_time_is_refused(hostile, type_path, values):
    item = path_of(hostile.api.rows('/' + type_path, fetch='ObjectID')[0])
    hostile.errors('POST', item, {type_path: values})


@pytest.mark.fact('16')
@pytest.mark.parametrize(
    ('path', 'field'),
    [
        ('/attributedefinition/create', 'Name'),
        ('/attributedefinition/create', 'Note'),
        ('/attributedefinition/create', 'AllowedValues'),
        ('/typedefinition/create', 'DisplayName'),
        ('{definition}', 'Name'),
        ('{definition}', 'URL'),
    ],
)
@pytest.mark.parametrize('text', ['\udfff x', 'a\0b'], ids=['surrogate', 'null'])
def test_what_no_database_keeps_is_refused_in_definitions_too(hostile, path, field, text):
    owner = hostile.api.one('/typedefinition', '(ElementName = Defect)')
    rows = hostile.api.members(owner, 'Attributes')
    definition = next(path_of(row) for row in rows if row['ElementName'] == 'c_EffortFactor')
    given = [text] if field == 'AllowedValues' else text
    body = {'Name': 'Fine', 'TypeDefinition': owner['_ref'], 'AttributeType': 'STRING'}
    hostile.errors('POST', path.format(definition=definition), {'Any': {**body, field: given}})


VALUES = [
    ('Name', None),
    ('Name', ''),
    ('Name', '   '),
    ('Name', 'x' * 257),
    ('Name', 'x' * 10**6),
    ('Name', []),
    ('Name', {}),
    ('Name', {'a': 1}),
    ('Name', '<script>alert(1)</script>'),
    ('Name', '<img src=x onerror=alert(1)>'),
    ('Name', '<b onclick="x()">b</b>'),
    ('Description', '<script>1</script>'),
    ('Description', '<iframe src="x"></iframe>'),
    ('Description', 'x' * 32769),
    ('Description', []),
    ('State', 'Nonsense'),
    ('State', []),
    ('State', {'_ref': '/state/1'}),
    ('PlanEstimate', 'many'),
    ('PlanEstimate', []),
    ('PlanEstimate', {}),
    ('PlanEstimate', 1e308),
    ('PlanEstimate', -1e308),
    ('Blocked', 'perhaps'),
    ('Blocked', []),
    ('Blocked', 2),
    ('TargetDate', 'soon'),
    ('TargetDate', 12),
    ('TargetDate', '2024-02-30'),
    ('TargetDate', '99999-01-01'),
    ('TargetDate', '0000-00-00T00:00:00Z'),
    ('TargetDate', []),
    ('Tags', 'urgent'),
    ('Tags', 7),
    ('Tags', {}),
    ('Tags', [None]),
    ('Tags', ['x']),
    ('Tags', [[]]),
    ('Tags', [{'_ref': 'x'}]),
    ('Iteration', '/user/1'),
    ('Project', None),
    ('Project', '/project/1'),
    ('c_Customer', 'None such'),
    ('c_EffortFactor', 'x'),
    ('c_EffortFactor', '1,5'),
    ('c_Ticket', 'text'),
    ('c_Ticket', [1]),
]


@pytest.mark.fact('16', '8.3')
@pytest.mark.parametrize(('name', 'value'), VALUES, ids=lambda part: repr(part)[:40])
def test_a_value_that_does_not_fit_is_refused(hostile, defect, name, value):
    hostile.errors('POST', defect, {'Defect': {'DisplayColor': '#ffffff', name: value}})


@pytest.mark.fact('16', '8.3')
@pytest.mark.parametrize(
    'raw', [b'NaN', b'Infinity', b'-Infinity', b'1e400', b'9' * 400, b'-0.' + b'0' * 400 + b'1e500']
)
@pytest.mark.parametrize('name', [b'PlanEstimate', b'c_EffortFactor'])
def test_a_number_that_is_none_is_refused(hostile, defect, name, raw):
    hostile.errors('POST', defect, b'{"Defect": {"' + name + b'": ' + raw + b'}}')


@pytest.mark.fact('16')
@pytest.mark.parametrize(
    'name',
    [
        '',
        ' ',
        '\x00',
        '_ref',
        '_password',
        '_apikey',
        '__class__',
        'ObjectID; DROP',
        'x' * 100000,
        'Owner.Name',
        'name\n',
        '<b>',
        '\ud800',
        '_login',
        'doc',
        'oid',
    ],
    ids=lambda name: repr(name[:20]),
)
def test_an_attribute_that_is_none_is_left_out(hostile, defect, name):
    body = json.dumps({'Defect': {name: 'x'}}).encode()
    response = hostile.send('POST', defect, body)
    (answer,) = response.json().values()
    assert answer['Errors'] == []


@pytest.mark.fact('16')
@pytest.mark.parametrize(
    'name',
    [
        'A \u0000 b',
        '\U0001f600 \u202e \u200b',
        '\ud800',
        'a\r\nSet-Cookie: x=1',
        '\u2028',
        '</script>',
        '"); alert("',
        "' OR 1=1 --",
        '&lt;b&gt;',
        'a < b > c',
        '1 < 2',
        '%00',
        '{{7*7}}',
        '../../etc/passwd',
    ],
    ids=repr,
)
def test_strange_names_are_kept_as_they_are_or_refused(hostile, name):
    body = json.dumps({'Tag': {'Name': name}}).encode()
    response = hostile.send('POST', '/tag/create', body, harm=True)
    answer = response.json()['CreateResult']
    if not answer['Errors']:
        assert answer['Object']['Name'] == name
        assert hostile.api.read(answer['Object'])['Name'] == name
    assert 'Set-Cookie' not in response.headers


@pytest.mark.fact('1.5', '16')
@pytest.mark.parametrize(
    'content_type',
    [
        'application/xml',
        'multipart/form-data; boundary=x',
        'text/javascript;charset=utf-16',
        'image/png',
        'application/x-www-form-urlencoded',
        '',
        ';;;',
        'text/plain; charset=nonsense',
        'a' * 5000,
    ],
)
def test_a_wrong_content_type_does_not_matter(hostile, content_type):
    response = hostile.send(
        'POST',
        '/tag/create',
        {'Tag': {'Name': 'typed'}},
        harm=True,
        headers={'Content-Type': content_type},
    )
    assert response.json()['CreateResult']['Errors'] == []

"""How answers travel: envelopes, errors, versions, JSONP, CORS, feeds.

WSAPI reference, sections 1, 4, 15, 16 and 18.
"""

import gzip
import json

import pytest
import requests

from tests.emulator.service import opened

HEAD = ['_rallyAPIMajor', '_rallyAPIMinor', 'Errors', 'Warnings']


@pytest.mark.fact('4.1', '4.2')
def test_a_query_result_has_the_recorded_keys_in_order(service):
    answer = service.send('GET', '/defect').json()
    assert list(answer) == ['QueryResult']
    assert list(answer['QueryResult']) == [
        *HEAD,
        'TotalResultCount',
        'StartIndex',
        'PageSize',
        'Results',
    ]
    assert answer['QueryResult']['_rallyAPIMajor'] == '2'


@pytest.mark.fact('4.2', '5.9')
@pytest.mark.parametrize(
    ('path', 'params', 'error'),
    [
        ('/bogus', {}, 'Requested type name "bogus" is unknown.'),
        ('/Bogus/Type', {}, 'Requested type name "bogus/type" is unknown.'),
        ('/defect', {'query': '(Name="x")'}, 'Could not parse: Unknown operator ")"'),
        ('/defect', {'order': 'Bogus'}, 'Cannot sort using unknown attribute Bogus'),
        ('/defect', {'workspace': 'xyz'}, 'Cannot parse object reference from "xyz"'),
        ('/revisionhistory', {}, 'Type "RevisionHistory" is not queryable'),
    ],
)
def test_a_refused_query_keeps_its_envelope(service, path, params, error):
    answer = service.send('GET', path, pagesize=7, **params).json()
    assert answer == {
        'QueryResult': {
            '_rallyAPIMajor': '2',
            '_rallyAPIMinor': '0',
            'Errors': [error],
            'Warnings': [],
            'TotalResultCount': 0,
            'StartIndex': 0,
            'PageSize': 0,
            'Results': [],
        }
    }


@pytest.mark.fact('4.2')
def test_a_create_on_an_unknown_type_is_a_create_result(service):
    answer = service.send('PUT', '/PushRequests/create', {'X': {}}).json()
    assert answer['CreateResult']['Errors'] == ['Requested type name "pushrequests" is unknown.']


@pytest.mark.fact('16')
@pytest.mark.parametrize(
    'path',
    [
        '/slm',
        '/slm/other',
        '/slm/webservice/v9.9/defect',
        '/slm/webservice/v2.0/',
        '/slm/webservice/v2.0/%00',
        '/slm/webservice/v2.0/a b',
    ],
)
def test_a_path_outside_the_api_is_an_html_404(service, path):
    response = service.send('GET', path)
    assert response.status_code == 404
    assert response.headers['Content-Type'] == 'text/html;charset=ISO-8859-1'


@pytest.mark.fact('16')
@pytest.mark.parametrize(
    ('method', 'path'),
    [
        ('PATCH', '/defect/1'),
        ('DELETE', '/defect'),
        ('DELETE', '/batch'),
        ('POST', '/security/authorize'),
        ('BREW', '/defect'),
        ('GET', '/defect/create'),
        ('DELETE', '/portfolioitem/feature/create'),
        ('GET', '/defect/create.js'),
    ],
)
def test_a_wrong_method_is_a_405_that_names_the_right_ones(service, method, path):
    response = service.send(method, path)
    assert response.status_code == 405
    assert response.headers['Allow']


@pytest.mark.fact('rest/delete')
def test_the_method_is_taken_in_any_case(service):
    path = '/defect/{}'.format(service.oid('bug'))
    request = service.session.prepare_request(requests.Request('GET', service.base + path))
    request.method = 'delete'
    answer = service.session.send(request).json()
    assert answer['OperationResult']['Errors'] == []


@pytest.mark.fact('16')
@pytest.mark.parametrize(
    'body',
    [
        b'',
        b'{',
        b'[]',
        b'"x"',
        b'{}',
        b'{"A": {}, "B": {}}',
        b'{"Defect": []}',
        b'\xff\xfe',
        b'{"Defect": ' + b'[' * 100000,
        b'null',
        b'{"Defect": {"Name": "\xe9"}}',
    ],
)
@pytest.mark.parametrize('path', ['/defect/create', '/defect/{bug}'])
def test_a_malformed_body_is_an_error_in_the_envelope_of_the_write(service, body, path):
    response = service.session.request(
        'POST', service.base + path.format(**service.tiny.oids), data=body
    )
    assert response.status_code == 200
    ((key, value),) = response.json().items()
    assert key == ('CreateResult' if 'create' in path else 'OperationResult')
    assert value['Errors'][0].startswith(
        'Cannot parse input stream due to I/O error as JSON document: '
    )


@pytest.mark.fact('1.5')
def test_json_is_one_line_with_blanks_and_no_opening_bracket(service):
    text = service.send('GET', '/defect').text
    assert text.startswith('{"QueryResult": {"_rallyAPIMajor": "2", ')
    assert '\n' not in text and '<' not in text and '\\u003Cfails>' in text


@pytest.mark.fact('1.5', '3.1')
def test_pretty_indents(service):
    text = service.send('GET', '/defect', pretty='true').text
    assert text.startswith('{\n  "QueryResult": {\n')


@pytest.mark.fact('15', 'rest/jsonp-function', 'rest/jsonp-variable')
@pytest.mark.parametrize(
    ('callback', 'before'), [('cb', 'cb('), ('var response =', 'var response =(')]
)
@pytest.mark.parametrize('path', ['/defect', '/defect/1', '/bogus', '/subscription.js'])
def test_jsonp_wraps_every_answer(service, callback, before, path):
    answer = service.send('GET', path, jsonp=callback)
    text = answer.text
    assert answer.headers['Content-Type'] == 'text/javascript; charset=utf-8'
    assert text.startswith(before) and text.endswith(')')
    assert len(json.loads(text[len(before) : -1])) == 1


@pytest.mark.fact('15')
def test_jsonp_can_be_switched_off_by_the_subscription(service):
    with service.app.store.writing() as tx:
        sub = tx.get(service.oid('sub'))
        tx.update(sub.oid, doc={**sub.doc, 'JSONPEnabled': False})
    assert service.send('GET', '/defect', jsonp='cb').text.startswith('{"QueryResult"')


@pytest.mark.fact('1.5')
def test_large_answers_are_compressed_for_those_who_take_it(service):
    plain = service.send('GET', '/artifact', fetch='true', headers={'Accept-Encoding': 'identity'})
    packed = service.session.get(
        service.base + '/artifact?fetch=true',
        stream=True,
        headers={'Accept-Encoding': 'deflate, gzip;q=0.5'},
    )
    assert 'Content-Encoding' not in plain.headers
    assert packed.headers['Content-Encoding'] == 'gzip'
    assert gzip.decompress(packed.raw.read(decode_content=False)) == plain.content
    refused = service.send(
        'GET', '/artifact', fetch='true', headers={'Accept-Encoding': 'gzip;q=0'}
    )
    assert 'Content-Encoding' not in refused.headers


@pytest.mark.fact('1.1', '1.4')
def test_references_repeat_the_version_of_the_request(service):
    answer = service.send('GET', '/slm/webservice/v2.x/defect').json()
    ref = answer['QueryResult']['Results'][0]['_ref']
    assert '/slm/webservice/v2.x/defect/' in ref
    assert answer['QueryResult']['Warnings'] == []
    assert service.session.get(ref).json()['Defect']['Errors'] == []


@pytest.mark.fact('18', '1.4', 'use/deprecation')
@pytest.mark.parametrize(
    ('version', 'state'), [('1.43', 'Not Supported'), ('current', 'Deprecated')]
)
def test_an_old_version_answers_with_a_warning(service, version, state):
    result = service.get('/slm/webservice/{}/defect.js'.format(version))
    assert result['TotalResultCount'] == 1
    assert 'API status is {}'.format(state) in result['Warnings'][0]
    item = service.get('/slm/webservice/{}/defect/{}.js'.format(version, service.oid('bug')))
    assert state in item['Warnings'][0]


@pytest.mark.fact('1.4')
@pytest.mark.parametrize(
    ('version', 'status'),
    [
        ('1.07', 404),
        ('1.08', 200),
        ('1.43', 200),
        ('1.44', 404),
        ('1', 404),
        ('2.1', 404),
        ('v4.0', 404),
        ('current.1', 404),
        ('V2.0', 200),
    ],
)
def test_only_the_versions_there_were_are_answered(service, version, status):
    address = '/slm/webservice/{}/defect'.format(version)
    assert service.send('GET', address).status_code == status


@pytest.mark.fact('15', 'rest/cors')
def test_cors_echoes_the_origin_and_never_a_star(service):
    response = service.send('GET', '/defect', headers={'Origin': 'https://apps.example.com'})
    assert response.headers['Access-Control-Allow-Origin'] == 'https://apps.example.com'
    assert response.headers['Access-Control-Allow-Credentials'] == 'true'
    assert 'Access-Control-Allow-Origin' not in service.send('GET', '/defect').headers


@pytest.mark.fact('15')
def test_a_cors_preflight_needs_no_credentials(service):
    response = service.other(headers={}).send(
        'OPTIONS',
        '/defect/create',
        headers={'Origin': 'https://apps.example.com', 'Access-Control-Request-Method': 'PUT'},
    )
    assert response.status_code == 204
    assert 'PUT' in response.headers['Access-Control-Allow-Methods']
    assert 'ZSESSIONID' in response.headers['Access-Control-Allow-Headers']


@pytest.mark.fact('15')
def test_a_401_is_readable_for_pages_of_an_allowed_origin(service):
    response = service.other(headers={}).send(
        'GET', '/defect', headers={'Origin': 'https://apps.example.com'}
    )
    assert response.status_code == 401
    assert response.headers['Access-Control-Allow-Origin'] == 'https://apps.example.com'


@pytest.mark.fact('15')
@pytest.mark.parametrize(
    ('settings', 'origin', 'allowed'),
    [
        ({'CORSAllowedDomains': 'apps.example.com, other.org'}, 'https://apps.example.com', True),
        ({'CORSAllowedDomains': 'example.com'}, 'https://apps.example.com:8443', True),
        ({'CORSAllowedDomains': 'example.com'}, 'https://badexample.com', False),
        ({'CORSAllowedDomains': 'example.com'}, 'null', False),
        ({'CORSAllowedDomains': 'example.com:8443'}, 'http://example.com:8443', True),
        ({'CORSAllowedDomains': 'example.com:8443'}, 'http://example.com', False),
        ({'CORSAllowedDomains': 'HTTPS://Example.com/'}, 'https://example.com', True),
        ({'CORSAllowedDomains': 'https://example.com'}, 'http://example.com', False),
        ({'CORSAllowedDomains': '*.example.com'}, 'http://example.com', False),
        ({'CORSEnabled': False}, 'https://apps.example.com', False),
    ],
)
def test_the_subscription_limits_the_origins(service, settings, origin, allowed):
    with service.app.store.writing() as tx:
        sub = tx.get(service.oid('sub'))
        tx.update(sub.oid, doc={**sub.doc, **settings})
    response = service.send('GET', '/defect', headers={'Origin': origin})
    assert ('Access-Control-Allow-Origin' in response.headers) is allowed


@pytest.mark.fact('15', '13')
def test_an_administrator_sets_the_allowed_origins_and_nobody_else(service):
    path = '/subscription/{}'.format(service.oid('sub'))
    wish = {'Subscription': {'CORSAllowedDomains': 'https://apps.example.com'}}
    viewer = service.other(headers={'ZSESSIONID': service.tiny.viewer_key})
    assert opened(viewer.send('POST', path, wish))['Errors'] == [
        'Not authorized to update: Subscription {}'.format(service.oid('sub'))
    ]
    readers = ['https://apps.example.com', 'https://evil.example.com']
    for method, allowed in (('OPTIONS', readers), ('GET', readers[:1])):
        if method == 'GET':
            assert opened(service.send('POST', path, wish))['Errors'] == []
        answers = [service.send(method, '/defect', headers={'Origin': one}) for one in readers]
        assert [
            one.headers['Access-Control-Allow-Origin']
            for one in answers
            if 'Access-Control-Allow-Origin' in one.headers
        ] == allowed


@pytest.mark.fact('15')
def test_an_administrator_switches_jsonp_off(service):
    path = '/subscription/{}'.format(service.oid('sub'))
    assert (
        opened(service.send('POST', path, {'Subscription': {'JSONPEnabled': False}}))['Errors']
        == []
    )
    assert service.send('GET', '/defect', jsonp='cb').text.startswith('{"QueryResult"')


@pytest.mark.fact('15', 'use/schema-ttl')
def test_what_a_browser_keeps_is_kept_for_one_origin(service):
    path = '/slm/schema/v2.0/workspace/{}'.format(service.oid('east'))
    kept = service.send('GET', path)
    assert 'max-age' in kept.headers['Cache-Control'] and 'Origin' in kept.headers['Vary']


@pytest.mark.fact('3.1')
def test_unknown_parameters_are_ignored(service):
    assert service.names('/defect', bogus='x', includeDeleted='true', compact='false') == [
        'Login <fails>'
    ]


@pytest.mark.fact('3.1')
def test_a_stray_ampersand_is_harmless(service):
    response = service.session.get(service.base + '/defect?&pagesize=5&')
    assert response.json()['QueryResult']['PageSize'] == 5


@pytest.mark.fact('16')
def test_what_nobody_foresaw_is_an_envelope_too(service, monkeypatch):
    def broken(*args):
        raise RuntimeError("secret details")

    monkeypatch.setattr(service.app.runner, 'run', broken)
    result = service.get('/defect')
    assert result['Errors'] == [
        "An unexpected error occurred in the emulator: RuntimeError. Its log says more."
    ]


feedparser = pytest.importorskip('feedparser')


@pytest.mark.fact('15', 'use/rss')
def test_a_feed_is_valid_rss_with_an_item_for_each_row(service):
    response = service.send(
        'GET',
        '/rss/artifact',
        title='My <items> & more',
        query='(Name contains "log")',
        order='Name',
    )
    assert response.headers['Content-Type'].startswith('application/rss+xml')
    feed = feedparser.parse(response.content)
    assert not feed.bozo and feed.version == 'rss20'
    assert feed.feed.title == 'My <items> & more'
    assert [entry.title for entry in feed.entries] == ['Log in', 'Login <fails>']
    assert (
        feed.entries[0].link
        == feed.entries[0].id
        == '{}/hierarchicalrequirement/{}'.format(service.base, service.oid('story'))
    )
    assert feed.entries[0].published_parsed.tm_year >= 2026


@pytest.mark.fact('15')
def test_a_feed_takes_paging_and_refuses_as_a_query_does(service):
    feed = feedparser.parse(service.send('GET', '/rss/artifact', pagesize=2).content)
    assert len(feed.entries) == 2
    assert service.get('/rss/bogus')['Errors'] == ['Requested type name "bogus" is unknown.']

"""Paths that need no login: doubled prefixes, the documentation page, v3.0, folders of files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import requests

from pyral.emulator import Emulator
from pyral.emulator.web.adapter import InProcessAdapter
from pyral.emulator.web.folders import CONTENT_TYPES
from tests.contract.small_world import NOW, WORLD

ORIGIN = 'http://emulator.invalid'


def stranger_of(emulator_or_app):
    """Return a session of somebody who proves nothing."""
    session = requests.Session()
    session.trust_env = False
    session.mount(ORIGIN, InProcessAdapter(getattr(emulator_or_app, 'app', emulator_or_app)))
    return session


@pytest.fixture
def stranger(service):
    return stranger_of(service.app)


def location(answer):
    """Return where a redirect leads, below the origin."""
    assert answer.status_code == 302
    assert answer.headers['Location'].startswith(ORIGIN + '/')
    return answer.headers['Location'][len(ORIGIN) :]


@pytest.mark.fact('1.1')
@pytest.mark.parametrize('method', ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'])
@pytest.mark.parametrize(
    ('path', 'target'),
    [
        ('/slm/slm/webservice/v2.0/defect', '/slm/webservice/v2.0/defect'),
        (
            '/slm/slm/webservice/v2.0/defect?query=(Name%20=%20%22a&fetch=Name',
            '/slm/webservice/v2.0/defect?query=(Name%20=%20%22a&fetch=Name',
        ),
        ('/slm/slm/slm/schema/v2.0/workspace/1', '/slm/schema/v2.0/workspace/1'),
        ('/slm//slm/attachment/1/a%20b.txt', '/slm/attachment/1/a%20b.txt'),
        ('/SLM/slm/webservice/v2.0/tag', '/slm/webservice/v2.0/tag'),
        ('/slm/slm//example.com/x', '/slm//example.com/x'),
        ('/slm/slm', '/slm'),
    ],
)
def test_a_doubled_prefix_is_redirected_to_the_single_one(stranger, method, path, target):
    answer = stranger.request(method, ORIGIN + path, allow_redirects=False)
    assert location(answer) == target


@pytest.mark.fact('1.1')
def test_a_client_that_follows_the_redirect_is_served(service):
    answer = service.send('GET', '/slm/slm/webservice/v2.0/defect', fetch='Name')
    assert answer.json()['QueryResult']['TotalResultCount'] == 1
    assert answer.url.endswith('/slm/webservice/v2.0/defect?fetch=Name')


@pytest.mark.fact('1.1')
@pytest.mark.parametrize('path', ['/slm/slmx/1', '/slmslm/slm', '/x/slm/slm/webservice/v2.0/tag'])
def test_other_paths_are_not_redirected(service, path):
    assert service.send('GET', path, follow=False).status_code == 404


QUERY_KEYS = {'TotalResultCount', 'StartIndex', 'PageSize', 'Results'}


@pytest.mark.fact('1.4')
@pytest.mark.parametrize(
    ('method', 'path', 'envelope'),
    [
        ('GET', 'webservice/v3.0/defect', 'QueryResult'),
        ('GET', 'webservice/v3.0/defects?query=(x', 'QueryResult'),
        ('GET', 'webservice/v3.0/portfolioitem/feature', 'QueryResult'),
        ('GET', 'webservice/v3.0/subscription', 'OperationResult'),
        ('GET', 'webservice/v3.0/Subscription/595548e8-ec1c-4d82-9954-38a0e1fcd05a', None),
        ('GET', 'webservice/v3.0/tag/595548e8-ec1c-4d82-9954-38a0e1fcd05a/x', 'QueryResult'),
        ('PUT', 'webservice/v3.0/defect/create', 'CreateResult'),
        ('POST', 'webservice/v3.0/defect/create', 'CreateResult'),
        ('POST', 'webservice/v3.0/defect/12', 'OperationResult'),
        ('PUT', 'webservice/v3.0/defect/12', 'OperationResult'),
        ('DELETE', 'webservice/v3.0/defect/12', 'OperationResult'),
        ('DELETE', 'webservice/v3.0', 'OperationResult'),
        ('PATCH', 'webservice/V3.0/defect/12', 'OperationResult'),
        ('POST', 'webservice/v3.0/batch', 'BatchResult'),
        ('GET', 'webservice/v3.0/security/authorize', 'OperationResult'),
        ('GET', 'webservice/v3.x/no/such/path/at/all', None),
        ('GET', 'webservice/v3/%00', 'OperationResult'),
        ('GET', 'schema/v3.0/workspace/12', 'QueryResult'),
    ],
)
def test_v3_is_answered_with_an_error_that_names_v2(stranger, method, path, envelope):
    answer = stranger.request(method, ORIGIN + '/slm/' + path, data=b'{"Defect": {}}')
    assert answer.status_code == 200
    assert answer.headers['Content-Type'] == 'application/json;  charset=utf-8'
    ((key, value),) = answer.json().items()
    assert envelope in (None, key)
    (error,) = value['Errors']
    assert 'is not served here' in error and 'v2.0' in error
    assert value['Warnings'] == []
    if key == 'QueryResult':
        assert QUERY_KEYS <= set(value) and value['TotalResultCount'] == 0


@pytest.mark.fact('1.4')
def test_v3_is_told_to_a_page_that_asks_by_jsonp(stranger):
    answer = stranger.get(ORIGIN + '/slm/webservice/v3.0/defect?jsonp=cb')
    assert answer.text.startswith('cb({"QueryResult": ') and 'Use v2.0' in answer.text


@pytest.mark.fact('1.2')
@pytest.mark.parametrize(
    'path', ['', '/', '/versioning.jsp', '/index.html?x=y', '/a/b', '/v2.0/doc.js']
)
def test_the_page_of_the_documentation_works_without_login_and_network(stranger, path):
    answer = stranger.get(ORIGIN + '/slm/doc/webservice' + path)
    assert answer.status_code == 200
    assert answer.headers['Content-Type'] == 'text/html; charset=utf-8'
    assert "default-src 'none'" in answer.headers['Content-Security-Policy']
    assert 'doc/source/protocol' in answer.text
    assert '://' not in answer.text.replace(ORIGIN, '')


@pytest.mark.fact('1.2')
def test_the_page_of_the_documentation_lists_what_can_be_asked(stranger):
    text = stranger.get(ORIGIN + '/slm/doc/webservice').text
    for path, methods in (
        ('/slm/webservice/v2.0/&lt;type&gt;/create', 'PUT, POST'),
        ('/slm/webservice/v2.0/&lt;type&gt;/&lt;oid&gt;', 'GET, PUT, POST, DELETE'),
        ('/slm/webservice/v2.0/&lt;type&gt;/groupby/&lt;field&gt;', 'GET'),
        ('/slm/webservice/v2.0/batch', 'POST'),
        ('/slm/profile/image/&lt;oid&gt;/&lt;size&gt;', 'GET'),
    ):
        assert f'<td><code>{methods}</code></td><td><code>{path}</code></td>' in text


@pytest.mark.fact('1.2', '16')
def test_the_documentation_is_only_read(stranger):
    answer = stranger.post(ORIGIN + '/slm/doc/webservice')
    assert (answer.status_code, answer.headers['Allow']) == (405, 'GET, HEAD')
    assert stranger.head(ORIGIN + '/slm/doc/webservice').content == b''


FILES = {
    'sdk.js': b'var Rally = {};',
    'css/app.css': b'body {}',
    'app/index.html': b'<p>app</p>',
    'a b/\xc3\xa4.txt'.encode('latin-1').decode('utf-8'): b'text',
    'data.json': b'{}',
    'image.png': b'\x89PNG',
    'no-suffix': b'bytes',
    'script.unknown': b'bytes',
    '.env': b'SECRET=1',
    '.git/config': b'[core]',
}


@pytest.fixture(scope='module')
def build(tmp_path_factory):
    """A folder with an App SDK build, and beside it what nobody may read."""
    folder = tmp_path_factory.mktemp('serve')
    (folder / 'outside.txt').write_bytes(b'outside')
    (folder / 'sdk-other').mkdir()
    (folder / 'sdk-other' / 'x.txt').write_bytes(b'outside')
    for name, content in FILES.items():
        file = folder / 'sdk' / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (folder / 'sdk' / 'link.txt').symlink_to(folder / 'outside.txt')
    (folder / 'sdk' / 'linked').symlink_to(folder)
    (folder / 'sdk' / 'inner.txt').symlink_to(folder / 'sdk' / 'sdk.js')
    (folder / 'sdk' / 'loop').symlink_to('loop')
    return folder / 'sdk'


@pytest.fixture(scope='module')
def served(build):
    with Emulator(
        world=WORLD,
        now=NOW,
        listen=False,
        serve=[(build, '/apps/2.1'), '{}=/apps'.format(build / 'css')],
    ) as emulator:
        yield emulator


@pytest.fixture(scope='module')
def files(served):
    return stranger_of(served)


@pytest.mark.parametrize(
    ('path', 'name', 'content_type'),
    [
        ('/apps/2.1/sdk.js', 'sdk.js', 'text/javascript; charset=utf-8'),
        ('/apps/2.1/sdk.js?wsapiVersion=v2.0', 'sdk.js', 'text/javascript; charset=utf-8'),
        ('/apps/2.1//css/./app.css', 'css/app.css', 'text/css; charset=utf-8'),
        ('/apps/2.1/app/', 'app/index.html', 'text/html; charset=utf-8'),
        ('/apps/2.1/app/index.html', 'app/index.html', 'text/html; charset=utf-8'),
        ('/apps/2.1/a%20b/%C3%A4.txt', 'a b/ä.txt', 'text/plain; charset=utf-8'),
        ('/apps/2.1/data.json', 'data.json', 'application/json; charset=utf-8'),
        ('/apps/2.1/image.png', 'image.png', 'image/png'),
        ('/apps/2.1/no-suffix', 'no-suffix', 'application/octet-stream'),
        ('/apps/2.1/script.unknown', 'script.unknown', 'application/octet-stream'),
        ('/apps/2.1/inner.txt', 'sdk.js', 'text/javascript; charset=utf-8'),
        ('/apps/app.css', 'css/app.css', 'text/css; charset=utf-8'),
    ],
)
def test_files_of_a_folder_are_served_with_their_type_and_without_login(
    files, path, name, content_type
):
    answer = files.get(ORIGIN + path)
    assert (answer.status_code, answer.content) == (200, FILES[name])
    assert answer.headers['Content-Type'] == content_type
    assert answer.headers['X-Content-Type-Options'] == 'nosniff'


def raw(emulator, target, method='GET'):
    """Return status and body of a request whose path nobody tidies up on its way."""
    path, _, query = target.partition('?')
    started = []
    environ = {
        'REQUEST_METHOD': method,
        'PATH_INFO': path,
        'QUERY_STRING': query,
        'SERVER_NAME': 'emulator.invalid',
        'SERVER_PORT': '80',
        'SERVER_PROTOCOL': 'HTTP/1.1',
        'wsgi.url_scheme': 'http',
        'wsgi.input': open(os.devnull, 'rb'),
    }
    with environ['wsgi.input']:
        body = b''.join(emulator.app(environ, lambda status, *_: started.append(status)))
    return started[0], body


@pytest.mark.parametrize(
    'below',
    [
        '../outside.txt',
        '../sdk-other/x.txt',
        '..',
        'css/../../outside.txt',
        'css/../sdk.js',
        '..\\outside.txt',
        'css\\app.css',
        '../../../../../../etc/passwd',
        '/etc/passwd',
        'C:/outside.txt',
        'C:outside.txt',
        'sdk.js\0.png',
        'link.txt',
        'linked/outside.txt',
        'linked/sdk/sdk.js/../../outside.txt',
        'loop',
        '.env',
        '.git/config',
        'css',
        'css/',
        'nothing.js',
        'sdk.js/',
        'sdk.js/x',
        'x' * 5000,
        '\udcff',
    ],
)
def test_nothing_but_files_inside_the_folder_is_ever_read(served, below):
    target = '/apps/2.1/' + below
    status, body = raw(served, target.encode('utf-8', 'surrogateescape').decode('latin-1'))
    if below == 'css':
        assert status == '302 FOUND' and body == b''
    else:
        assert status == '404 NOT FOUND'
        assert b'outside' not in body.replace(b'outside.txt', b'') and b'SECRET' not in body


@pytest.mark.parametrize(('path', 'target'), [('', '/'), ('/a%20b', '/a%20b/'), ('/app', '/app/')])
def test_a_folder_is_redirected_to_the_path_its_page_is_relative_to(files, path, target):
    answer = files.get(ORIGIN + '/apps/2.1' + path, allow_redirects=False)
    assert (answer.status_code, answer.headers['Location']) == (302, '/apps/2.1' + target)


@pytest.mark.parametrize('method', ['POST', 'PUT', 'DELETE', 'PATCH'])
def test_files_are_only_read(files, method):
    answer = files.request(method, ORIGIN + '/apps/2.1/sdk.js', data=b'x')
    assert (answer.status_code, answer.headers['Allow']) == (405, 'GET, HEAD')
    assert files.get(ORIGIN + '/apps/2.1/sdk.js').content == FILES['sdk.js']


def test_a_head_of_a_file_has_its_headers_and_no_body(files):
    answer = files.head(ORIGIN + '/apps/2.1/sdk.js')
    assert answer.content == b''
    assert answer.headers['Content-Type'] == 'text/javascript; charset=utf-8'


def test_the_api_is_served_beside_the_files_and_a_reset_keeps_them(served, files):
    served.reset()
    assert files.get(ORIGIN + '/slm/webservice/v2.0/defect').status_code == 401
    assert files.get(ORIGIN + '/apps/2.1/sdk.js').status_code == 200
    assert files.get(ORIGIN + '/appsx/sdk.js').status_code == 404
    entry = served.requests()[-2]
    assert (entry.path, entry.status) == ('/apps/2.1/sdk.js', 200)


def test_text_types_say_their_charset():
    for kind in CONTENT_TYPES.values():
        assert (
            kind.startswith('text/') or 'json' in kind or kind.startswith('application/xml')
        ) is ('charset=utf-8' in kind)


@pytest.mark.parametrize(
    'spelled',
    [
        lambda build: '{}=/apps/2.1'.format(build),
        lambda build: Path('{}=/apps/2.1'.format(build)),
        lambda build: ['{}=/apps/2.1/'.format(build)],
        lambda build: (build, '/apps/2.1'),
        lambda build: [(str(build), '/apps/2.1')],
        lambda build: {build: '/apps/2.1'},
        lambda build: {str(build): '/apps/2.1'},
    ],
)
def test_folders_are_named_in_every_way(build, spelled):
    with Emulator(world='empty', listen=False, serve=spelled(build)) as emulator:
        assert emulator.folders == {'/apps/2.1': build.resolve()}


WRONG = [
    ('{build}/none=/apps/2.1', 'there is no such folder'),
    ('{build}/sdk.js=/apps/2.1', 'there is no such folder'),
    ('{build}', 'expected DIR=/PREFIX'),
    ('=/apps', 'expected DIR=/PREFIX'),
    ('{build}=apps/2.1', 'a prefix is a path such as /apps/2.1'),
    ('{build}=', 'a prefix is a path such as /apps/2.1'),
    ('{build}=/', 'a prefix is a path such as /apps/2.1'),
    ('{build}=/apps/../x', 'a prefix is a path such as /apps/2.1'),
    ('{build}=/apps//x', 'a prefix is a path such as /apps/2.1'),
    ('{build}=/apps/a b', 'a prefix is a path such as /apps/2.1'),
    ('{build}=/slm/x', 'the emulator answers there itself'),
    ('{build}=/SLM', 'the emulator answers there itself'),
    ('{build}=/emulator', 'the emulator answers there itself'),
    ('{build}=/browse/x', 'the emulator answers there itself'),
]


@pytest.mark.parametrize(('text', 'reason'), WRONG)
def test_a_folder_that_cannot_be_served_is_refused_at_the_start(build, text, reason):
    with pytest.raises(ValueError, match=reason):
        Emulator(world='empty', listen=False, serve=text.format(build=build))


def test_a_prefix_is_taken_once(build):
    with pytest.raises(ValueError, match='cannot serve .* at /apps: .* is served there'):
        Emulator(world='empty', listen=False, serve=[(build, '/apps'), (build / 'css', '/apps/')])

"""Response headers: those that stand on every answer, and those that only some answers have."""

from __future__ import annotations

import hashlib

import pytest

pytestmark = pytest.mark.fact('1.5')

ALWAYS = {
    'X-XSS-Protection': '1; mode=block',
    'P3P': 'CP="NON DSP COR CURa PSAa PSDa OUR NOR BUS PUR COM NAV STA"',
    'X-Content-Type-Options': 'nosniff',
}
NEVER_KEPT = {
    'Cache-Control': 'private,max-age=0,must-revalidate',
    'Expires': 'Thu, 01 Jan 1970 00:00:00 GMT',
}
#: Answers to a GET of data, with either outcome.
DATA = [
    ('GET', '/defect'),
    ('GET', '/defect?fetch=true'),
    ('GET', '/defect/{bug}'),
    ('GET', '/defect/1'),
    ('GET', '/defect/{bug}/Tags'),
    ('GET', '/defect?query=nonsense'),
    ('GET', '/defect?order=Nonsense'),
    ('GET', '/defect?jsonp=cb'),
    ('GET', '/nonsense'),
    ('GET', '/subscription'),
    ('GET', '/user'),
]
#: Answers of the service to anything else, and pages.
OTHER = [
    ('POST', '/defect/create'),
    ('POST', '/defect/{bug}'),
    ('POST', '/defect/{bug}/Tags/add'),
    ('POST', '/batch'),
    ('DELETE', '/defect/1'),
    ('GET', '/security/authorize'),
    ('PATCH', '/defect'),
    ('GET', '/slm/nowhere'),
    ('OPTIONS', '/defect'),
]
#: Answers that say themselves how long they may be kept.
KEPT = [
    ('GET', '/slm/schema/v2.0/workspace/{east}'),
    ('GET', '/browse'),
    ('GET', '/emulator/about'),
]


def answer_to(service, method, path):
    return service.send(method, path.format(**service.tiny.oids))


@pytest.mark.parametrize(('method', 'path'), DATA + OTHER + KEPT)
def test_every_answer_has_the_headers_of_the_service(service, method, path):
    headers = answer_to(service, method, path).headers
    assert {name: headers.get(name) for name in ALWAYS} == ALWAYS
    assert headers['Vary'].split(', ')[0] == 'Accept-Encoding'
    assert 'Strict-Transport-Security' not in headers
    again = answer_to(service, method, path).headers
    assert headers['RallyRequestID'] != again['RallyRequestID']


@pytest.mark.parametrize(('method', 'path'), DATA + OTHER)
def test_no_answer_is_kept_unseen(service, method, path):
    headers = answer_to(service, method, path).headers
    assert {name: headers.get(name) for name in NEVER_KEPT} == NEVER_KEPT


@pytest.mark.parametrize(('method', 'path'), KEPT)
def test_what_may_be_kept_says_so_itself(service, method, path):
    headers = answer_to(service, method, path).headers
    assert 'Expires' not in headers and headers['Cache-Control'] != NEVER_KEPT['Cache-Control']


@pytest.mark.parametrize(('method', 'path'), DATA)
def test_an_answer_of_data_is_named_by_its_body(service, method, path):
    answer = answer_to(service, method, path)
    assert answer.headers['ETag'] == f'W/"0{hashlib.md5(answer.content).hexdigest()}"'
    assert answer_to(service, method, path).headers['ETag'] == answer.headers['ETag']


@pytest.mark.parametrize(('method', 'path'), OTHER)
def test_no_other_answer_is_named(service, method, path):
    assert 'ETag' not in answer_to(service, method, path).headers


@pytest.mark.parametrize('path', ['/security/authorize', '/security/authorize/', '/defect'])
@pytest.mark.parametrize('auth', [None, ('nobody', 'wrong')])
def test_only_the_security_token_is_asked_for_under_further_headers(service, path, auth):
    if auth:
        service.session.headers.pop('ZSESSIONID')
        service.session.auth = auth
    headers = service.send('GET', path).headers
    asked = 'authorize' in path
    assert (headers.get('Pragma'), headers.get('X-Frame-Options')) == (
        ('no-cache', 'DENY') if asked else (None, None)
    )
    assert ('RallyRequestID' in headers) is (auth is None)

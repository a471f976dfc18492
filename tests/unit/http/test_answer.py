# coding: utf-8
"""What came back over HTTP, by kind: envelope, page, nothing."""
from __future__ import absolute_import, division, print_function

import pytest

from pyral.errors import AuthenticationError, GatewayError, RallyResponseError
from pyral.http.answer import Answer

URL = 'https://h/slm/webservice/v2.0/defect?key=secret-token'
PAGE = b'<html><head><title>502\n Bad Gateway</title></head><body><h1>nginx</h1></body></html>'


def answer(content, status=200, **headers):
    """Return an answer with these bytes."""
    return Answer(status, headers, content, URL)


def test_json_is_read_once_and_errors_are_the_envelopes():
    found = answer(b'{"QueryResult": {"Errors": ["e"], "Results": []}}')
    assert found.json() is found.json()
    assert found.errors == ['e'] and found.is_json and found.ok


@pytest.mark.parametrize('content', [b'', b'<html>', b'[1]', b'{"QueryResult": {"Err', b'"text"',
                                     b'\xff\xfe'])
def test_what_is_no_json_object_is_refused_with_the_stated_text(content):
    with pytest.raises(RallyResponseError) as caught:
        answer(content).json()
    text = caught.value.args[0]
    assert text.startswith('Response for request: https://h/slm/')
    assert text.endswith(' either was not JSON content or was an invalidly formed/incomplete '
                         'JSON structure')
    assert 'secret-token' not in text and caught.value.hint


@pytest.mark.parametrize('content,problem', [
    (PAGE, u"HTML page instead of JSON: '502 Bad Gateway'"),
    (b'<html><style>p{}</style><body><p> </p><p>Sign in \xc3\xa9</p>',
     u"HTML page instead of JSON: 'Sign in \xe9'"),
    (b'', u'empty body'), (b'   ', u'empty body'), (b'no route', u'no route'),
    (b'<b>Error 401 The username or password you entered is incorrect.</b>',
     u'Error 401 The username or password you entered is incorrect.'),
    (b'x An Authentication object was not found in the SecurityContext x',
     u'An Authentication object was not found in the SecurityContext'),
])
def test_what_came_instead_is_named(content, problem):
    assert answer(content, 502).problem() == problem
    assert answer(content, 502).errors == [problem]


def test_an_http_error_with_an_envelope_keeps_its_errors():
    assert answer(b'{"OperationResult": {"Errors": ["e"]}}', 500).errors == ['e']


def test_a_long_text_is_shown_in_part():
    assert len(answer(b'x' * 9999, 500).problem()) < 250


def test_the_exception_of_a_page_names_status_and_first_line():
    error = answer(PAGE, 502).error()
    assert isinstance(error, GatewayError)
    assert error.args == (u"502 HTML page instead of JSON: '502 Bad Gateway'",)
    assert (error.status_code, error.method) == (502, 'GET')


def test_a_sign_in_page_is_an_authentication_error_with_the_stated_message():
    error = answer(b'<html>nope</html>', 401).error('Invalid credentials')
    assert isinstance(error, AuthenticationError) and error.args == ('Invalid credentials',)


def test_cookies_and_the_token_are_not_handed_on():
    found = answer(b'{}', 200, **{'Set-Cookie': 'JSESSIONID=abc', 'Content-Type': 'text/plain'})
    assert found.headers == {'Content-Type': 'text/plain'}
    assert found.url.endswith('key=***') and 'abc' not in repr(found)

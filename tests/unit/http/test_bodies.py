# coding: utf-8
"""Bodies and redirects: values to bytes, bytes to a body, a redirect to an address."""
from __future__ import absolute_import, division, print_function

import datetime
import io

import pytest
import requests

from pyral._compat import ensure_text
from pyral.errors import RallyRESTAPIError, TransportError
from pyral.http import bodies
from pyral.http.answer import Answer
from pyral.http.base_url import BaseUrl
from pyral.http.bodies import cleaned, encoded, leads_on, next_address
from pyral.http.limits import Limits
from pyral.http.retrying import Request, RequestOptions
from pyral.redact import Redactor

HERE = BaseUrl.parse('h')


def request_of(method='GET', **options):
    """Return a request to the server `h`."""
    return Request(method, 'https://h/a/b', None, None, RequestOptions(**options))


def redirect_to(address, status=302):
    """Return an answer that leads to an address."""
    return Answer(status, {'Location': address}, b'', 'https://h/a/b')


@pytest.mark.parametrize('body, sent', [
    (None, None), (b'\xff', b'\xff'), (u'é', u'é'.encode('utf-8')),
    ({'A': [1, None]}, b'{"A": [1, null]}'), ({u'é': u'é'}, b'{"\\u00e9": "\\u00e9"}'),
])
def test_a_body_becomes_bytes(body, sent):
    assert encoded(body) == sent


def circle():
    """Return a list that holds itself."""
    found = []
    found.append(found)
    return found


@pytest.mark.parametrize('body', [{'A': object()}, {'A': datetime.date(2026, 1, 1)}, circle()])
def test_what_json_has_no_form_for_is_refused_before_anything_is_sent(body):
    with pytest.raises(RallyRESTAPIError) as caught:
        encoded(body)
    assert 'Nothing was sent' in caught.value.hint


class Response(object):
    """A response of the HTTP library, as far as a body is read from it."""

    def __init__(self, content, **headers):
        self.headers = dict((name.replace('_', '-'), value) for name, value in headers.items())
        self.raw = io.BytesIO(content)

    def iter_content(self, size):
        return iter(lambda: self.raw.read(3), b'')


def whole(response, content_stream=None):
    """Return the body of a response, read within ample limits."""
    with Limits() as bounds:
        return bodies.whole(response, bounds, content_stream)


def test_a_body_is_read_whole_piece_by_piece():
    assert whole(Response(b'1234567')) == b'1234567'
    assert whole(Response(b'1234567', Content_Length='7')) == b'1234567'
    assert whole(Response(b'1234567', Content_Length='7, 7')) == b'1234567'


@pytest.mark.parametrize('announced', ['seven', '-1', '1' * 16, '', u'\xb2', '1_0'])
def test_an_announced_length_that_is_none_is_an_error(announced):
    with pytest.raises(IOError):
        whole(Response(b'1234567', Content_Length=announced))


def test_a_body_goes_through_the_stream_that_takes_a_part_out():
    class Upper(object):
        """Keeps every piece in capitals."""

        size = 0

        def without_content(self, pieces):
            return b''.join(piece.upper() for piece in pieces)

    assert whole(Response(b'abcdefg'), Upper()) == b'ABCDEFG'


def test_a_redirect_is_followed_unless_the_caller_wants_it_or_it_is_none():
    assert leads_on(request_of(), redirect_to('/c'))
    assert not leads_on(request_of(follows=False), redirect_to('/c'))
    assert not leads_on(request_of(), redirect_to('/c', 304))
    assert not leads_on(request_of(), redirect_to('/c', 200))
    assert not leads_on(request_of(), Answer(302, {}, b'', 'https://h/a/b'))


@pytest.mark.parametrize('location, address', [
    ('/c?d=1', 'https://h/c?d=1'), ('c', 'https://h/a/c'), ('https://h/c', 'https://h/c'),
    ('http://h/c', 'https://h/c'),
])
def test_a_redirect_leads_to_an_address_on_this_server(location, address):
    found = next_address(request_of(), 'https://h/a/b', redirect_to(location), HERE)
    assert found == (address, None)


@pytest.mark.parametrize('location', ['https://elsewhere/c', 'https://h:1/c', 'https://u@h/c'])
def test_a_redirect_elsewhere_is_refused(location):
    address, refusal = next_address(
        request_of(), 'https://h/a/b', redirect_to(location), HERE)
    assert address is None and refusal.failure.kind == 'foreign' and refusal.failure.unsent
    assert (refusal.error.method, refusal.error.status_code) == ('GET', 302)


@pytest.mark.parametrize('status, is_followed', [
    (300, False), (301, False), (302, False), (303, False), (307, True), (308, True)])
def test_a_write_is_sent_on_only_by_a_redirect_that_keeps_it_a_write(status, is_followed):
    address, end = next_address(
        request_of('PUT'), 'https://h/a/b', redirect_to('/c', status), HERE)
    assert (address is not None) is is_followed
    if status == 303:
        assert end.answer.status == 303  # it is done
    elif not is_followed:
        assert isinstance(end.error, TransportError) and end.error.outcome_unknown
        assert not end.failure.unsent


def test_an_error_of_the_http_library_is_kept_without_its_request_and_its_secrets():
    error = requests.ConnectionError('to https://h?key=x with very-secret', request=object())
    kept = cleaned(error, Redactor(['very-secret']))
    assert type(kept) is requests.ConnectionError and kept.request is None
    assert 'very-secret' not in str(kept) and 'key=***' in str(kept)


def test_an_error_that_wants_more_than_a_text_is_kept_as_an_error_of_input():
    kept = cleaned(UnicodeDecodeError('utf-8', b'\xff', 0, 1, 'no text'), Redactor())
    assert type(kept) is IOError and u'no text' in ensure_text(str(kept))

# coding: utf-8
"""Every HTTP status against every verb of writing: done, refused or unknown, as the page says."""
from __future__ import absolute_import, division, print_function, unicode_literals

import io
import os
import re
import sys

import pytest

from pyral import RallyResponseError, RallyRESTAPIError, UnknownOutcomeError
from pyral.errors import TransportError
from pyral.http.answer import Answer
from pyral.http.outcomes import DONE, REFUSED, UNKNOWN, outcome_of
from pyral.http.retry_policy import RetryPolicy
from pyral.http.transport import Credentials, Transport
from tests.fake_http import FakeHTTP, Reply, raw_defect, scripted_http, sequence

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
WRITES = {'PUT': 'defect/create', 'POST': 'defect/1', 'DELETE': 'defect/1'}
KINDS = {'PUT': 'CreateResult', 'POST': 'OperationResult', 'DELETE': 'OperationResult'}
PAGES = ['', '<html>busy</html>', '{"message": "blocked"}', '[]', '{"a": {}, "b": {}}', '{"Def']
LEADS = {'Location': '/slm/webservice/v2.0/defect/1'}


def rows():
    """Return {status: its three outcomes} of the table on the page; None for all others."""
    with io.open(os.path.join(ROOT, 'doc', 'source', 'reliability.rst'), encoding='utf-8') as page:
        text = page.read().partition('outcome table: begins')[2].partition('outcome table: ends')[0]
    found = {}
    for row in text.split('   * - ')[2:]:
        statuses, one, two, three = [part.strip() for part in row.split('\n     - ')]
        for first, last in re.findall(r'(\d+)(?: to (\d+))?', statuses) or [(None, None)]:
            for status in range(int(first), int(last or first) + 1) if first else [None]:
                found[status] = (one, two, three.partition('\n')[0])
    return found


TABLE = rows()
#: The statuses that are sent. Those that the page does not name are all alike; one interpreter
#: sends each, the older ones some, and the function that decides is asked about all on every one.
STATUSES = [status for status in range(100, 1000)
            if sys.version_info >= (3, 9) or status in TABLE or status % 7 == 0]


def expected(status, column):
    return TABLE.get(status, TABLE[None])[column]


def envelope(method, *errors):
    return {KINDS[method]: {'Errors': list(errors), 'Warnings': []}}


def connected(handler):
    http = FakeHTTP(handler if callable(handler) else lambda seen: handler)
    return http, Transport('h', Credentials(apikey='_key12345'), adapter=http,
                           retry=RetryPolicy(attempts=1))


def claimed(handler, method):
    """Return what is claimed of a write, and how often it was sent."""
    http, transport = connected(handler)
    try:
        answer = transport.request(method, WRITES[method], body=b'{}')
    except (RallyRESTAPIError, RallyResponseError) as error:
        return UNKNOWN if error.outcome_unknown else REFUSED, len(http.seen)
    return outcome_of(answer), len(http.seen)


def test_the_page_has_a_row_for_each_group():
    assert len(TABLE) > 130 and set(sum(TABLE.values(), ())) == {
        DONE, REFUSED, UNKNOWN, 'sent on'}


@pytest.mark.parametrize('method', sorted(WRITES))
def test_each_status_means_what_the_page_says(method):
    bodies = [envelope(method), envelope(method, 'no')]
    for status in STATUSES:
        page = PAGES[status % len(PAGES)]
        for column, body in enumerate(bodies + [page]):
            wanted = expected(status, column)
            if wanted == 'sent on':
                wanted = UNKNOWN  # it is redirected again, and for ever
            found, sent = claimed(Reply(body, status, LEADS), method)
            assert found == wanted, (status, body)
            assert sent == (2 if status in (307, 308) and body == page else 1), (status, body)


def test_where_a_redirect_leads_makes_the_difference():
    for method in WRITES:
        for status in list(range(300, 311)) + [399]:
            for location in ('https://elsewhere/x', 'http://[', None):
                headers = {'Location': location} if location else {}
                found, sent = claimed(Reply('', status, headers), method)
                is_refused = status in (307, 308) and location is not None
                assert (found, sent) == (REFUSED if is_refused else UNKNOWN, 1), (status, location)


@pytest.mark.parametrize('status', [307, 308])
@pytest.mark.parametrize('method', sorted(WRITES))
def test_a_write_is_sent_on_once_and_says_what_the_second_says(method, status):
    moved = Reply('', status, LEADS)
    for second, wanted in ((Reply(envelope(method)), DONE), (Reply('', 404), REFUSED),
                           (Reply('', 403), UNKNOWN), (moved, UNKNOWN)):
        assert claimed(sequence(moved, second), method) == (wanted, 2)


def test_the_function_and_its_docstring_agree_with_the_page():
    for status in range(100, 1000):
        for column, body in enumerate([b'{"CreateResult": {"Errors": []}}',
                                       b'{"CreateResult": {"Errors": ["no"]}}', b'x']):
            wanted = expected(status, column)
            assert outcome_of(Answer(status, LEADS, body, 'https://h/x')) == (
                UNKNOWN if wanted == 'sent on' else wanted)


def test_no_status_makes_a_read_look_empty_or_complete():
    for status in STATUSES:
        answer = connected(Reply('', status))[1].get('defect')
        if answer.ok:
            with pytest.raises(RallyResponseError):
                answer.errors
        else:
            assert answer.errors, status


MOVED = Reply('', 303, {'Location': '/slm/webservice/v2.0/defect/12'})
READ = {'Defect': dict(raw_defect(12), Errors=[], Warnings=[])}


def test_after_a_303_the_item_is_read_where_the_answer_would_have_had_it():
    rally, asked = scripted_http(MOVED, READ)
    assert rally.create('Defect', {'Name': 'x'}).oid == 12
    assert [seen.method for seen in asked] == ['PUT', 'GET']
    rally, asked = scripted_http(Reply('', 303, {'Location': '/slm/x'}), READ)
    assert rally.update('Defect', 12, {'Name': 'x'}).oid == 12
    assert [seen.method for seen in asked] == ['POST', 'GET']
    rally, asked = scripted_http(MOVED)
    assert rally.delete('Defect', 12) is True and len(asked) == 1
    rally, asked = scripted_http(MOVED)
    assert rally.dropCollectionItems('defect/12', 'Tags', 'tag/5')
    assert len(asked) == 1


@pytest.mark.parametrize('location', ['/slm/x', '/slm/webservice/v2.0/task/12'])
def test_a_create_whose_303_names_no_item_of_its_type_is_unknown(location):
    rally, _ = scripted_http(Reply('', 303, {'Location': location}))
    with pytest.raises(UnknownOutcomeError):
        rally.create('Defect', {'Name': 'x'})


def test_a_batch_whose_answer_stands_elsewhere_is_unknown():
    rally, _ = scripted_http(MOVED)
    with pytest.raises(UnknownOutcomeError) as caught:
        rally.createMultiple('Defect', [{'Name': 'x'}])
    assert caught.value.outcomes[0].is_unknown


def test_the_error_of_a_redirect_says_what_may_be():
    with pytest.raises(TransportError) as caught:
        connected(Reply('', 302, LEADS))[1].post('defect/1', {'a': 1})
    error = caught.value
    assert isinstance(error, UnknownOutcomeError) and error.kind == 'redirect'
    assert error.payload == {'a': 1} and error.status_code == 302


class Forgetful(object):
    """A service whose tokens are stale a number of times before one holds."""

    def __init__(self, stale, same=False):
        self.stale, self.same, self.tokens = stale, same, 0

    def __call__(self, seen):
        if seen.path.endswith('authorize'):
            self.tokens += 1
            return {'OperationResult': {
                'Errors': [], 'SecurityToken': 't' if self.same else 't%d' % self.tokens}}
        if seen.method == 'GET':
            return {'QueryResult': {'Errors': [], 'Results': []}}
        if self.same or self.tokens <= self.stale:
            return envelope(seen.method, 'Not authorized to perform action: Invalid key')
        return envelope(seen.method)


@pytest.mark.parametrize('service, is_done, tokens', [
    (Forgetful(1), True, 2), (Forgetful(2), True, 3), (Forgetful(5), True, 6),
    (Forgetful(99), False, 6), (Forgetful(99, same=True), False, 2)])
def test_stale_tokens_in_a_row_are_renewed_as_long_as_new_ones_come(service, is_done, tokens):
    transport = Transport('h', Credentials('u', 'pass-word'), adapter=FakeHTTP(service))
    assert (not transport.post('defect/1', {}).errors) is is_done
    assert service.tokens == tokens

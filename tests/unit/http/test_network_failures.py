"""DNS, refusal, certificate, proxy and time limit are distinguished."""
from __future__ import absolute_import, division, print_function

import pytest
import requests

from pyral.errors import ConnectFailed, Timeout, TransportError
from pyral.http.network_failures import Failure, failure_of, transport_error


class ConnectTimeoutError(Exception):
    """Stands for the class of that name in the HTTP library's own library."""


class NewConnectionError(ConnectTimeoutError):
    """Likewise; it is a time-out only by descent."""


class MaxRetryError(Exception):
    """Likewise: the reason is an attribute."""

    def __init__(self, text, reason):
        super(MaxRetryError, self).__init__(text)
        self.reason = reason


def wrapped(reason):
    """Return what the HTTP library raises for a failure to connect."""
    return requests.ConnectionError(MaxRetryError('Max retries exceeded with url: /x', reason))


@pytest.mark.parametrize('error,kind,unsent', [
    (wrapped(NewConnectionError('[Errno -2] Name or service not known')), 'dns', True),
    (wrapped(NewConnectionError('[Errno 11001] getaddrinfo failed')), 'dns', True),
    (wrapped(NewConnectionError('[Errno 111] Connection refused')), 'refused', True),
    (requests.exceptions.ConnectTimeout(MaxRetryError('x', ConnectTimeoutError('timed out'))),
     'timeout', True),
    (requests.ConnectionError('Max retries exceeded with url: /x'), 'refused', False),
    (requests.exceptions.SSLError('[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed'),
     'tls', True),
    (requests.exceptions.SSLError('EOF occurred in violation of protocol'), 'tls', False),
    (requests.exceptions.ProxyError('Tunnel connection failed: 407'), 'proxy', True),
    (requests.exceptions.ConnectTimeout('x'), 'timeout', True),
    (requests.exceptions.ReadTimeout('x'), 'timeout', False),
    (requests.ConnectionError('Read timed out.'), 'timeout', False),
    (requests.ConnectionError('Connection aborted.', IOError(104, 'reset by peer')),
     'reset', False),
    (requests.exceptions.ChunkedEncodingError('IncompleteRead'), 'reset', False),
    (IOError('broken'), 'reset', False),
])
def test_a_failure_is_recognised(error, kind, unsent):
    assert failure_of(error) == Failure(kind, unsent)


@pytest.mark.parametrize('failure,cls,message', [
    (Failure('dns', True), ConnectFailed, "Target Rally host: 'srv' non-existent or unreachable"),
    (Failure('refused', False), ConnectFailed,
     "Target Rally host: 'srv' non-existent or unreachable"),
    (Failure('tls', True), ConnectFailed, 'SSL certificate verification failed'),
    (Failure('timeout', False), Timeout, 'Request timed out on attempt to reach srv'),
    (Failure('proxy', True), ConnectFailed, "Proxy error on the way to 'srv': the whole text"),
    (Failure('reset', False), TransportError, "Connection to 'srv' was lost: the whole text"),
])
def test_the_message_is_the_stated_one_and_the_hint_fits(failure, cls, message):
    error = transport_error(failure, 'srv', IOError('the whole text'), False)
    assert type(error) is cls and error.args == (message,)
    assert error.kind == failure.kind and error.hint and not error.outcome_unknown


@pytest.mark.parametrize('kind', ['dns', 'refused', 'tls', 'timeout', 'proxy', 'reset', 'size'])
@pytest.mark.parametrize('unsent', [True, False])
def test_a_system_in_another_language_is_no_other_error(kind, unsent):
    cause = IOError(10054, 'Une connexion a \xe9t\xe9 ferm\xe9e')
    assert failure_of(requests.ConnectionError(cause)).kind == 'reset'
    error = transport_error(Failure(kind, unsent), 'srv', cause, False)
    assert error.kind == kind and error.hint
    assert kind not in ('proxy', 'reset') or 'Une connexion' in error.args[0]


def test_a_write_that_may_have_arrived_says_so_and_one_that_did_not_does_not():
    unknown = transport_error(Failure('reset', False), 'srv', IOError('x'), True)
    assert unknown.outcome_unknown and 'not known' in unknown.hint
    assert not transport_error(Failure('dns', True), 'srv', IOError('x'), True).outcome_unknown

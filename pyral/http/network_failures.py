"""Network failures by kind: DNS, connection refused, TLS certificate, proxy, timeout, reset.

It looks at exceptions by class name and text only and makes ours from them; it never sends
anything. The original library called all of these 404.
"""
from __future__ import absolute_import, division, print_function

import re
from collections import namedtuple

from pyral._compat import fill, text_type
from pyral.errors import ConnectFailed, Timeout, TransportError
from pyral.service_texts import UNKNOWN_OUTCOME

#: `kind` as in `TransportError.kind`; `unsent` is True where surely nothing reached the service.
Failure = namedtuple('Failure', 'kind unsent')

# First match wins: failure, class names anywhere in the chain, pattern in the text. The refusal
# comes before the time limit, because urllib3 1.26 derives NewConnectionError from its time-out.
_UNCONNECTED = Failure('timeout', True)
_FAILURES = (
    (Failure('proxy', True), ('ProxyError', 'ProxySchemeUnknown', 'InvalidProxyURL'), None),
    (Failure('tls', True), ('SSLCertVerificationError', 'CertificateError'),
     r'certificate verify failed|CERTIFICATE_VERIFY_FAILED|hostname .* doesn.t match'),
    (Failure('dns', True), ('NameResolutionError', 'gaierror'),
     r'Name or service not known|getaddrinfo failed|nodename nor servname|'
     r'Temporary failure in name resolution|No address associated|Name does not resolve'),
    (Failure('refused', True), ('NewConnectionError', 'ConnectionRefusedError'),
     r'Failed to establish a new connection'),
    (_UNCONNECTED, ('ConnectTimeout', 'ConnectTimeoutError'), None),
    (Failure('timeout', False), ('ReadTimeout', 'ReadTimeoutError', 'timeout', 'TimeoutError'),
     r'[Rr]ead timed out'),
    (Failure('tls', False), ('SSLError', 'SSLEOFError'), None),
    (Failure('refused', False), (), r'Max retries exceeded with url'),
    (Failure('reset', False), (), None),
)

_HINTS = {
    'dns': "The host name is not known here: check its spelling, the VPN, and DNS; a network that "
           "needs a proxy wants HTTPS_PROXY.",
    'refused': "The host does not take connections at that port: check server and port, and "
               "whether the service runs.",
    'tls': "Give the certificates of your organisation with verify_ssl_cert=<file> or in "
           "REQUESTS_CA_BUNDLE; verify_ssl_cert=False trusts anyone.",
    'proxy': "Check HTTPS_PROXY (user and password in it, too) and NO_PROXY.",
    'unconnected': "No connection came about in time: check server, network and proxy; "
                   "timeout=(connect seconds, read seconds) allows more.",
    'timeout': "timeout=(connect seconds, read seconds) allows more; a smaller pagesize, fewer "
               "fetch names or a narrower query need less.",
    'reset': "The connection broke while the answer was awaited or read. Where it always does, "
             "check scheme (https or http) and port of the server, and what stands in between.",
}
#: What the library for TLS says of a certificate, between its codes.
_TLS_REASON = u'(?:certificate verify failed: |hostname )[^\\[(\'"]*[^\\[(]*'


def failure_of(error):
    """Return the `Failure` an exception of the HTTP library stands for."""
    names, texts = _chain(error)
    joined = u' '.join(texts)
    for failure, classes, pattern in _FAILURES:
        if names.intersection(classes) or (pattern and re.search(pattern, joined)):
            return failure
    return Failure('reset', False)


def transport_error(failure, server, cause, is_write, proxy=None, **details):
    """Return the exception for `failure`, with the message the contract states for it.

    :param server: the server as the user gave it
    :param cause: a cleaned exception of the HTTP library
    :param is_write: True for requests that change something
    :param proxy: the address of the proxy that was used, without credentials
    """
    details.update(kind=failure.kind, cause=cause, hint=_hint(failure, cause, proxy))
    if is_write and not failure.unsent:
        details.update(outcome_unknown=True, hint=UNKNOWN_OUTCOME)
    return _class_of(failure)(_message(failure, server, cause), **details)


def _hint(failure, cause, proxy):
    reason = re.search(_TLS_REASON, text_type(cause)) if failure.kind == 'tls' else None
    if reason:
        return fill("The reason: {0}. {1}", reason.group().strip(), _HINTS['tls'])
    if failure.kind == 'proxy' and proxy:
        return fill("The proxy is {0}. {1}", proxy, _HINTS['proxy'])
    return _HINTS['unconnected' if failure == _UNCONNECTED else failure.kind]


def _class_of(failure):
    if failure.kind == 'timeout':
        return Timeout
    return ConnectFailed if failure.unsent or failure.kind == 'refused' else TransportError


def _message(failure, server, cause):
    if failure.kind in ('dns', 'refused'):
        return fill("Target Rally host: '{0}' non-existent or unreachable", server)
    if failure.kind == 'tls' and failure.unsent:
        return fill("SSL certificate verification failed")
    if failure.kind == 'timeout':
        return fill("Request timed out on attempt to reach {0}", server)
    if failure.kind == 'proxy':
        return fill("Proxy error on the way to '{0}': {1}", server, text_type(cause))
    return fill("Connection to '{0}' was lost: {1}", server, text_type(cause))


def _chain(error):
    """Names of the classes in an exception, its causes and arguments, and all their texts."""
    names, texts, seen, waiting = set(), [], set(), [error]
    while waiting:
        each = waiting.pop()
        if id(each) in seen or not isinstance(each, BaseException):
            continue
        seen.add(id(each))
        names.update(cls.__name__ for cls in type(each).__mro__)
        try:
            texts.append(text_type(each))
        except UnicodeError:
            texts.append(text_type(repr(each)))
        waiting.extend(each.args)
        waiting.extend([getattr(each, 'reason', None), getattr(each, '__cause__', None),
                        getattr(each, '__context__', None)])
    return names, texts


__all__ = ['Failure', 'failure_of', 'transport_error']

"""Network failures by kind: DNS, connection refused, TLS certificate, proxy, timeout, reset, size.

It looks at exceptions by class name and text only and makes ours from them; it never sends
anything. The original library called all of these 404.
"""
from __future__ import absolute_import, division, print_function

import re
from collections import namedtuple

from pyral._compat import fill, text_of, text_type
from pyral.errors import ConnectFailed, Timeout, TransportError
from pyral.http import certificates
from pyral.http.limits import OVERHEAD, OVERSIZE
from pyral.service_texts import UNKNOWN_OUTCOME

#: `kind` as in `TransportError.kind`; `unsent` is True where surely nothing reached the service.
Failure = namedtuple('Failure', 'kind unsent')

# First match wins: failure, class names anywhere in the chain, pattern in the text. The refusal
# comes before the time limit, because urllib3 1.26 derives NewConnectionError from its time-out.
_UNCONNECTED = Failure('timeout', True)
_FAILURES = (
    (Failure('proxy', True), ('ProxyError', 'ProxySchemeUnknown', 'InvalidProxyURL'), None),
    (Failure('tls', True), ('SSLCertVerificationError', 'CertificateError'),
     r'certificate verify failed|CERTIFICATE_VERIFY_FAILED|hostname .{0,150} doesn.t match|'
     r'Could not find (?:a suitable )?(?:the )?TLS '),
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
#: A limit of the size of an answer that was reached -> what that is; no exception of the HTTP
#: library tells.
_OVERSIZED = {OVERSIZE: Failure('size', False), OVERHEAD: Failure('head', False)}

#: What is too large by the kind of a failure.
_TOO_LARGE = {'size': 'answer', 'head': 'head of the answer'}
_HINTS = {
    'dns': "The host name is not known here: check its spelling, the VPN, and DNS; a network that "
           "needs a proxy wants HTTPS_PROXY.",
    'refused': "The host does not take connections at that port: check server and port, and "
               "whether the service runs.",
    'proxy': "Check HTTPS_PROXY (user and password in it, too) and NO_PROXY.",
    'unconnected': "No connection came about in time: check server, network and proxy; "
                   "timeout=(connect seconds, read seconds) allows more.",
    'timeout': "timeout=(connect seconds, read seconds) allows more, and deadline=seconds for all "
               "of an answer; a smaller pagesize, fewer fetch names or a narrower query need less.",
    'size': "max_answer=bytes, or a pair (as sent, decompressed), allows more; a smaller pagesize, "
            "fewer fetch names or a narrower query need less.",
    'head': "No service sends so many headers: check the name of the server, its proxy, and what "
            "stands in between.",
    'reset': "The connection broke while the answer was awaited or read. Where it always does, "
             "check scheme (https or http) and port of the server, and what stands in between.",
}
#: What the library for TLS says of a certificate, between its codes.
_TLS_REASON = u'(?:certificate verify failed: |hostname )[^\\[(\'"]*[^\\[(]*'
_TRUST = "{0} with verify_ssl_cert=<file> or in REQUESTS_CA_BUNDLE; verify_ssl_cert=False trusts " \
         "anyone."
_TLS_ADVICE = {
    certificates.HOST: "The certificate is of another host: give the server by the name that its "
                       "certificate has, and check what the name leads to here.",
    certificates.EXPIRED: "The certificate has expired: whoever runs the server must renew it; "
                          "where it is new, the clock of this machine is wrong.",
    certificates.EARLY: "The certificate is not yet valid: check the clock of this machine.",
    certificates.SELF_SIGNED: "The certificate is self-signed. " + _TRUST.format(
        "Where it is the right one, give it"),
    certificates.AUTHORITY: "The authority that signed the certificate is not trusted here. " +
                            _TRUST.format("Give the certificates of your organisation"),
    certificates.NO_FILE: "There is no such file: check verify and cert of rally.session.",
    None: "It may be of another host, expired, not yet valid, self-signed, or of an authority that "
          "is not trusted here. For the last: " + _TRUST.format(
              "give the certificates of your organisation"),
}
_PLAIN_HTTP = ("The server speaks plain http at that port, not https: write it as '{0}', or give "
               "the port of https. Over http, anyone in between can read the credentials.")
_BROKEN_TLS = ("The handshake broke off before a certificate was judged: check server and port, "
               "and what stands in between.")


def failure_at(limit):
    """Return the `Failure` where a limit of the size was reached, None for another limit."""
    return _OVERSIZED.get(limit)


def failure_of(error):
    """Return the `Failure` an exception of the HTTP library stands for."""
    names, texts = _chain(error)
    joined = u' '.join(texts)
    for failure, classes, pattern in _FAILURES:
        if names.intersection(classes) or (pattern and re.search(pattern, joined)):
            return failure
    return Failure('reset', False)


def transport_error(failure, server, cause, is_write, proxy=None, look=None, **details):
    """Return the exception for `failure`, with the message the contract states for it.

    :param server: the server as the user gave it
    :param cause: a cleaned exception of the HTTP library
    :param is_write: True for requests that change something
    :param proxy: the address of the proxy that was used, without credentials
    :param look: called without arguments where the cause does not say what is wrong with a
        certificate; returns one of the reasons of `certificates`, or None
    """
    details.update(kind=failure.kind, cause=cause)
    if is_write and not failure.unsent:
        details.update(outcome_unknown=True, hint=UNKNOWN_OUTCOME)
    elif failure.kind == 'tls':
        details.update(hint=_tls_hint(failure, cause, server, look))
    elif failure.kind == 'proxy' and proxy:
        details.update(hint=fill("The proxy is {0}. {1}", proxy, _HINTS['proxy']))
    else:
        details.update(hint=_HINTS['unconnected' if failure == _UNCONNECTED else failure.kind])
    return _class_of(failure)(_message(failure, server, cause), **details)


def _tls_hint(failure, cause, server, look):
    text = text_of(cause)
    reason = certificates.reason_in(text)
    if reason == certificates.PLAIN_HTTP:
        return fill(_PLAIN_HTTP, 'http://' + text_type(server).rpartition(u'://')[2])
    if reason is None and not failure.unsent:
        return _BROKEN_TLS
    if reason is None and look is not None:
        reason = look()
    told = re.search(_TLS_REASON, text)
    told = fill("The reason: {0}. ", told.group().rstrip(u'"),. ')) if told else ''
    return fill('{0}{1}', told, _TLS_ADVICE[reason])


def _class_of(failure):
    if failure.kind == 'timeout':
        return Timeout
    return ConnectFailed if failure.unsent or failure.kind == 'refused' else TransportError


def _message(failure, server, cause):
    if failure.kind in ('dns', 'refused'):
        return fill("Target Rally host: '{0}' non-existent or unreachable", server)
    if (failure.kind == 'tls' and failure.unsent
            and certificates.reason_in(text_of(cause)) != certificates.NO_FILE):
        return fill("SSL certificate verification failed")
    if failure.kind == 'timeout':
        return fill("Request timed out on attempt to reach {0}", server)
    if failure.kind in _TOO_LARGE:
        return fill("The {0} of '{1}' is too large", _TOO_LARGE[failure.kind], server)
    if failure.kind == 'proxy':
        return fill("Proxy error on the way to '{0}': {1}", server, text_of(cause))
    return fill("Connection to '{0}' was lost: {1}", server, text_of(cause))


def _chain(error):
    """Names of the classes in an exception, its causes and arguments, and all their texts."""
    names, texts, seen, waiting = set(), [], set(), [error]
    while waiting:
        each = waiting.pop()
        if id(each) in seen or not isinstance(each, BaseException):
            continue
        seen.add(id(each))
        names.update(cls.__name__ for cls in type(each).__mro__)
        texts.append(text_of(each))
        waiting.extend(each.args)
        waiting.extend([getattr(each, 'reason', None), getattr(each, '__cause__', None),
                        getattr(each, '__context__', None)])
    return names, texts


__all__ = ['Failure', 'failure_at', 'failure_of', 'transport_error']

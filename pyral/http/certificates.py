"""Why a TLS certificate is refused: wrong host, expired, not yet valid, self-signed, no authority.

Python 3.7 and later say it in the error. For 2.7 and 3.6, which only say that verification failed,
a second handshake looks at the certificate; it checks nothing and sends nothing.
"""
from __future__ import absolute_import, division, print_function

import os
import re
import socket
import tempfile
import time

from pyral._compat import ensure_binary

try:
    import ssl
except ImportError:  # a Python that was built without it speaks no TLS
    ssl = None

__all__ = ['AUTHORITY', 'EARLY', 'EXPIRED', 'HOST', 'NO_FILE', 'PLAIN_HTTP', 'SELF_SIGNED',
           'decoded', 'is_for', 'reason_in', 'reason_of', 'reason_seen']

HOST = 'of another host'
EXPIRED = 'expired'
EARLY = 'not yet valid'
SELF_SIGNED = 'self-signed'
AUTHORITY = 'of an authority that is not trusted here'
#: No certificate came, because the server does not speak TLS.
PLAIN_HTTP = 'plain http'

#: The file or folder of certificates is not there.
NO_FILE = 'no file'

#: What OpenSSL, `ssl` and urllib3 say; the first that is found counts.
_TEXTS = (
    (NO_FILE, u'Could not find (?:a suitable TLS CA certificate bundle|the TLS \\w+ file)'),
    (EXPIRED, u'certificate has expired'),
    (EARLY, u'certificate is not yet valid'),
    (AUTHORITY, u'self[- ]signed certificate in certificate chain|unable to get (?:local )?issuer'),
    (SELF_SIGNED, u'self[- ]signed certificate'),
    (HOST, u'(?i)hostname mismatch|ip address mismatch|certificate is not valid for|'
           u'(?:hostname|ip address) .{0,150} doesn.t match|no appropriate (?:common|subject)'),
    (PLAIN_HTTP, u'(?i)wrong[_ ]version[_ ]number|unknown[_ ]protocol|http[_ ]request\\b|'
                 u'record[_ ]layer[_ ]failure'),
)


def reason_in(text):
    """Return the reason that a text of a TLS error names, or None."""
    return next((reason for reason, pattern in _TEXTS if re.search(pattern, text)), None)


def reason_seen(host, port, timeout_s):
    """Return the reason that the certificate of a server shows, or None where none can be seen."""
    try:
        return reason_of(decoded(_certificate(host, port, timeout_s)), host)
    except (EnvironmentError, AttributeError, KeyError, ValueError, TypeError, Warning):
        return None


def reason_of(known, host):
    """Return the reason why a certificate would be refused that names no trusted authority.

    :param known: what `decoded` returned
    """
    now = time.time()
    if ssl.cert_time_to_seconds(known['notAfter']) < now:
        return EXPIRED
    if ssl.cert_time_to_seconds(known['notBefore']) > now:
        return EARLY
    if known.get('issuer') == known.get('subject'):
        return SELF_SIGNED
    return AUTHORITY if is_for(known, host) else HOST


def _certificate(host, port, timeout_s):
    """Return the certificate of a server, as bytes."""
    context = ssl.SSLContext(getattr(ssl, 'PROTOCOL_TLS_CLIENT', ssl.PROTOCOL_SSLv23))
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = socket.create_connection((host.strip('[]'), port), timeout_s)
    try:
        connection = context.wrap_socket(connection, server_hostname=host.strip('[]'))
        return connection.getpeercert(True)
    finally:
        connection.close()


def decoded(certificate):
    """Return what a certificate says; it is read by the function the tests of `ssl` use."""
    handle, path = tempfile.mkstemp(suffix='.pem')
    try:
        with os.fdopen(handle, 'wb') as target:
            target.write(ensure_binary(ssl.DER_cert_to_PEM_cert(certificate)))
        return vars(ssl)['_ssl']._test_decode_cert(path)
    finally:
        os.unlink(path)


def is_for(known, host):
    """Say whether a certificate names a host; where Python cannot tell any more, it does."""
    host, match = host.strip('[]'), getattr(ssl, 'match_hostname', None)
    # That of 2.7 knows no addresses.
    if match is None or ('IP Address', host) in known.get('subjectAltName', ()):
        return True
    try:
        match(known, host)
    except ValueError:  # CertificateError
        return False
    return True

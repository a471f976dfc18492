"""The HTTP library (requests and urllib3): versions, CA bundle, and how it would set up TLS.

For whoever has to say why a connection fails; nothing here sends or opens anything.
"""
from __future__ import absolute_import, division, print_function

import os
import sys

import requests
from requests import certs
from requests.adapters import HTTPAdapter
from requests.packages.urllib3.util import ssl_

try:
    import ssl
except ImportError:  # a Python that was built without it speaks no TLS
    ssl = None

__all__ = ['ca_bundle', 'checks_names', 'tls_context', 'uses_sockets', 'versions']


def versions():
    """Return the versions of the HTTP library and of TLS, by name; those that are not there lack.

        >>> sorted(versions())[:2]
        ['OpenSSL', 'certifi']
    """
    found = {'requests': requests.__version__}
    for name in ('urllib3', 'certifi', 'idna'):
        version = getattr(sys.modules.get(name), '__version__', None)
        if version is not None:
            found[name] = version
    if ssl is not None:
        found['OpenSSL'] = u' '.join(ssl.OPENSSL_VERSION.split()[:2])
    return found


def uses_sockets(session, url):
    """Say whether a session sends requests for an address over connections of the HTTP library."""
    try:
        return type(session.get_adapter(url)).send == HTTPAdapter.send
    except (AttributeError, requests.RequestException):
        return False


def checks_names():
    """Say whether TLS itself compares the host with the names of a certificate."""
    return hasattr(ssl, 'HAS_NEVER_CHECK_COMMON_NAME')


def ca_bundle():
    """Return the path of the authorities that are trusted where nothing else is given."""
    return certs.where()


def tls_context(verify, cert=None):
    """Return a `ssl.SSLContext` for a connection as the HTTP library makes it.

    :param verify: True, False, or the path of a bundle or folder of authorities to trust
    :param cert: the path of a certificate of the client, or a pair of it and its key
    :raises EnvironmentError: a file cannot be read, or holds no certificate
    :raises AttributeError: this Python has no `SSLContext`, or no `ssl` at all
    """
    context = ssl_.create_urllib3_context(
        cert_reqs=ssl.CERT_NONE if verify is False else ssl.CERT_REQUIRED)
    # Before 3.7, Python compares names by functions of its own, which know no addresses.
    context.check_hostname = verify is not False and checks_names()
    if verify is not False:
        path = ca_bundle() if verify is True else verify
        if os.path.isdir(path):
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(cafile=path)
    if cert:
        context.load_cert_chain(*([cert] if not isinstance(cert, (list, tuple)) else cert))
    return context

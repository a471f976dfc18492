"""A transport with another time limit: what `timeout=` of a single call becomes.

It sends nothing itself; everything but the limit is the transport's own.
"""
from __future__ import absolute_import, division, print_function


class TimedTransport(object):
    """A transport whose requests have a time limit of their own.

    :param transport: a `Transport`
    :param timeout: seconds, or a pair for connecting and reading
    """

    def __init__(self, transport, timeout):
        self._transport = transport
        self._timeout = timeout

    def __getattr__(self, name):
        if name.startswith('_'):
            raise AttributeError(name)
        return getattr(self._transport, name)

    def __repr__(self):
        return '<{0!r} within {1!r} seconds>'.format(self._transport, self._timeout)

    def get(self, path_or_url, params=None, **options):
        """Read; see `Transport.request`."""
        return self.request('GET', path_or_url, params, **options)

    def put(self, path_or_url, body=None, params=None, **options):
        """Create; see `Transport.request`."""
        return self.request('PUT', path_or_url, params, body, **options)

    def post(self, path_or_url, body=None, params=None, **options):
        """Update; see `Transport.request`."""
        return self.request('POST', path_or_url, params, body, **options)

    def delete(self, path_or_url, params=None, **options):
        """Delete; see `Transport.request`."""
        return self.request('DELETE', path_or_url, params, **options)

    def request(self, method, path_or_url, params=None, body=None, **options):
        """Send one request; see `Transport.request`."""
        options.setdefault('timeout', self._timeout)
        return self._transport.request(method, path_or_url, params, body, **options)


__all__ = ['TimedTransport']

"""The connection pool of a session: a deadline for heads and bodies, and no lock to be left held.

The transport adapter of the HTTP library with two differences. A connection reads within the
limits of the thread that uses it (`limits`), from the first byte of the answer on, that of a proxy
included; and a pool keeps its free connections without a lock, so that a signal handler may send
a request while the code it interrupted does.
"""
from __future__ import absolute_import, division, print_function

import weakref
from collections import deque
from functools import partial

from requests.adapters import HTTPAdapter

from pyral._compat import Empty, Full, raise_from
from pyral._locks import ProcessLock
from pyral.http import limits

#: Bytes of a request that go out at once, each piece within the time limit for one.
_PIECE = 1 << 18


class FreeConnections(object):
    """What is free in a pool, the latest first: the methods of a queue that a pool calls.

    Appending and popping are one step each for all threads and signal handlers. Nothing waits
    here; a pool whose queue is empty makes a connection.
    """

    def __init__(self, maxsize=0):
        self._most = maxsize
        self._items = deque()

    def put(self, item, block=True, timeout=None):
        """Add one.

        :raises Full: there are enough
        """
        if 0 < self._most <= len(self._items):
            raise Full()
        self._items.append(item)

    def get(self, block=True, timeout=None):
        """Take the latest.

        :raises Empty: there is none
        """
        try:
            return self._items.pop()
        except IndexError:
            raise_from(Empty(), None)

    def qsize(self):
        """Return how many there are."""
        return len(self._items)


class ServiceAdapter(HTTPAdapter):
    """The transport adapter of a session whose connections keep limits."""

    def init_poolmanager(self, *args, **kwargs):
        """Make the pools anew."""
        super(ServiceAdapter, self).init_poolmanager(*args, **kwargs)
        _limit(self.poolmanager)

    def proxy_manager_for(self, proxy, **proxy_kwargs):
        """Return the pools of connections by a proxy."""
        return _limit(super(ServiceAdapter, self).proxy_manager_for(proxy, **proxy_kwargs))


#: Class of pools -> the one with our connections.
_LIMITED_POOLS = {}


def _limit(manager):
    """Let a manager of pools make pools with our connections."""
    manager.pools.lock = ProcessLock()
    manager.pool_classes_by_scheme = dict(
        (scheme, _limited_pool(pool)) for scheme, pool in manager.pool_classes_by_scheme.items())
    return manager


def _limited_pool(pool):
    if pool in _LIMITED_POOLS.values():
        return pool
    if pool not in _LIMITED_POOLS:
        def connect(self):
            return _limited_connection(pool._new_conn(self))

        _LIMITED_POOLS[pool] = type(
            pool.__name__, (pool,), {'_new_conn': connect, 'QueueCls': FreeConnections})
    return _LIMITED_POOLS[pool]


def _limited_connection(connection):
    """Let a new connection send and read within limits.

    It is the object that changes, not its class: what records requests puts one of its own there.
    """
    connection.response_class = _limited_response(connection.response_class)
    send = getattr(type(connection), 'send', None)
    if send is not None:
        connection.send = partial(_send, weakref.ref(connection), send)
    return connection


#: Class of responses -> the one that reads within limits.
_LIMITED_RESPONSES = {}


def _limited_response(response):
    if response not in _LIMITED_RESPONSES:
        def begin(self, *args, **kwargs):
            response.__init__(self, *args, **kwargs)
            limits.limit_reads(self.fp)

        # 2.7: the class of the standard library is of the old style; drop `object` with it.
        _LIMITED_RESPONSES[response] = type(
            response.__name__, (response, object), {'__init__': begin})
    return _LIMITED_RESPONSES[response]


def _send(connection, send, data):
    """Send a long body piece by piece; a time limit would be for all of it otherwise."""
    connection, bounds = connection(), limits.current()
    if not isinstance(data, bytes) or bounds is None:
        return send(connection, data)
    for start in range(0, max(1, len(data)), _PIECE):
        if connection.sock is not None:
            connection.sock.settimeout(bounds.within(connection.sock.gettimeout()))
        send(connection, data[start:start + _PIECE])


__all__ = ['FreeConnections', 'ServiceAdapter']

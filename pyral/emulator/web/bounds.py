"""Bounds of the server: connections by file descriptors, and the bytes of unfinished requests."""

from __future__ import annotations

import threading

try:
    import resource
except ImportError:  # pragma: no cover - Windows
    resource = None  # type: ignore[assignment]

__all__ = ['ByteBudget', 'most_connections']

#: Each connection has a thread.
MOST_CONNECTIONS = 1000
#: Descriptors that a database, its snapshots and the process itself need.
RESERVED = 160


def most_connections() -> int:
    """Return how many connections may be open at once."""
    if resource is None:
        return MOST_CONNECTIONS // 4
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(4, min(MOST_CONNECTIONS, max(limit - RESERVED, limit // 2)))


class ByteBudget:
    """Bytes that all requests may hold together.

    :param most: how many.
    """

    def __init__(self, most: int) -> None:
        self._most, self._held = most, 0
        self._lock = threading.Lock()

    @property
    def held(self) -> int:
        """How many bytes are held now."""
        return self._held

    def change(self, by: int) -> bool:
        """Take or give back bytes; returns whether there were as many."""
        with self._lock:
            if by > 0 and self._held + by > self._most:
                return False
            self._held += by
            return True

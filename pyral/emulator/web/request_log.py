"""The request log: the latest requests in a ring buffer, without secrets."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any, Mapping

__all__ = ['LoggedRequest', 'RequestLog', 'integration_of', 'masked']

#: The oldest entries give way, so that memory stays flat.
MOST_ENTRIES = 5000
#: Parameters whose values are never kept.
SECRET_PARAMS = frozenset(['key'])
MASK = '***'
INTEGRATION = 'x-rallyintegration'
#: Headers whose name is spelled in a way of its own.
SPELLED = {INTEGRATION + 'os': 'OS', 'x-trace-id': 'TraceId'}
#: Longer values are cut, so that memory stays flat.
LONGEST = 4000


@dataclass
class LoggedRequest:
    """One request and how it was answered.

    :ivar at: when it came, by the emulator's clock.
    :ivar ms: how long the answer took.
    :ivar items: rows in the answer.
    :ivar fault: the kind of the fault it met, if any was ordered.
    """

    number: int
    at: str
    method: str
    path: str
    params: list[tuple[str, str]]
    status: int = 0
    ms: float = 0.0
    items: int = 0
    bytes: int = 0
    user: str | None = None
    auth: str | None = None
    agent: str | None = None
    integration: dict[str, str] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    fault: str | None = None

    def shown(self) -> dict[str, Any]:
        """Return the entry as plain data."""
        return {**asdict(self), 'params': dict(self.params)}


class RequestLog:
    """The latest requests, oldest first."""

    def __init__(self) -> None:
        self._entries: deque[LoggedRequest] = deque(maxlen=MOST_ENTRIES)
        self._lock = threading.Lock()
        self._count = 0

    def open(self, at: str, method: str, path: str, params: list[tuple[str, str]]) -> LoggedRequest:
        """Begin the entry of a request; it is kept at once, and completed by its answer."""
        with self._lock:
            self._count += 1
            entry = LoggedRequest(self._count, at, method, path, masked(params))
            self._entries.append(entry)
        return entry

    def entries(self) -> list[LoggedRequest]:
        """Return what is kept."""
        with self._lock:
            return list(self._entries)

    @property
    def count(self) -> int:
        """Return how many requests came since the start or the last `clear`."""
        return self._count

    def clear(self) -> None:
        """Forget every request and count from the start."""
        with self._lock:
            self._entries.clear()
            self._count = 0


def masked(params: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return parameters with the secret ones hidden and the endless ones cut."""
    return [
        (name, MASK if name.lower() in SECRET_PARAMS else value[:LONGEST]) for name, value in params
    ]


def integration_of(headers: Mapping[str, str]) -> dict[str, str]:
    """Return what a client says of itself, by the last word of each header (section 17).

    :param headers: by lower-case name.
    """
    said = {
        name[len(INTEGRATION) :].title(): value
        for name, value in headers.items()
        if name.startswith(INTEGRATION)
    }
    said.update((shown, headers[name]) for name, shown in SPELLED.items() if name in headers)
    said.pop('Os', None)
    return {name: utf8(value)[:LONGEST] for name, value in said.items()}


def utf8(text: str) -> str:
    """Return a header's value, which HTTP hands on byte by byte, as the UTF-8 it was meant as."""
    try:
        return text.encode('latin-1').decode('utf-8')
    except UnicodeError:
        return text

"""The request log: the latest requests in a ring buffer, without secrets, and a line for each."""

from __future__ import annotations

import logging
import re
import sys
import threading
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any, Mapping
from urllib.parse import quote

__all__ = [
    'LoggedRequest',
    'RequestLog',
    'hidden',
    'in_a_line',
    'integration_of',
    'log_line',
    'masked',
]

log = logging.getLogger('pyral.emulator.requests')

#: The oldest entries give way, so that memory stays flat.
MOST_ENTRIES = 5000
#: What all entries hold together, whatever requests are made of.
MOST_BYTES = 16 * 1024 * 1024
#: About what an entry costs beside its texts.
BARE_ENTRY = 1500
MASK = '***'
#: What ends a line, or cannot be written into one.
CONTROL = re.compile(r'[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]')
#: Names of what is never kept.
SECRET = r'(?:api[_-]?|access[_-]?|security[_-]?)?(?:key|token)|passw(?:or)?d|passwd|[jz]sessionid'
SECRET_NAME = re.compile(SECRET, re.IGNORECASE)
#: A secret inside of another text, such as a path or an address.
SECRET_PART = re.compile(
    rf"(?<![A-Za-z])({SECRET})=[^&;,\s\"'<>()]*|(?<=://)[^/?#\s@]{{1,400}}@", re.IGNORECASE
)
INTEGRATION = 'x-rallyintegration'
#: Headers whose name is spelled in a way of its own.
SPELLED = {INTEGRATION + 'os': 'OS', 'x-trace-id': 'TraceId'}
#: Longer values are cut, and so are longer names; further parameters and headers are left out.
LONGEST = 4000
LONGEST_NAME = 200
MOST_PARAMS = 100
#: What stays readable of a query in a line; a line break does not.
KEPT = ' ()=<>!"\'/:,.*@'
#: What the values of all parameters of a request may hold together.
MOST_TEXT = 32_000


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

    def weight(self) -> int:
        """Return about how many bytes the entry keeps."""
        texts = [self.path, self.user or '', self.agent or '', *self.errors]
        texts += [text for pair in self.params for text in pair]
        texts += [text for pair in self.integration.items() for text in pair]
        return BARE_ENTRY + sum(map(sys.getsizeof, texts))

    def shown(self) -> dict[str, Any]:
        """Return the entry as plain data."""
        return {**asdict(self), 'params': dict(self.params)}

    def asked(self) -> str:
        """Return method, path and query in one line, the query readable."""
        query = '&'.join(
            f'{name}={quote(value, safe=KEPT, errors="replace")}' for name, value in self.params
        )
        # A line is one line, whatever a client put into what it asked for.
        path = quote(self.path, safe=KEPT, errors='replace')
        return f'{self.method} {path}?{query}' if query else f'{self.method} {path}'


class RequestLog:
    """The latest requests, oldest first."""

    def __init__(self) -> None:
        #: Each entry with its weight.
        self._entries: deque[tuple[LoggedRequest, int]] = deque()
        self._lock = threading.Lock()
        self._count = self._bytes = 0

    def open(
        self,
        at: str,
        method: str,
        path: str,
        params: list[tuple[str, str]],
        headers: Mapping[str, str],
    ) -> LoggedRequest:
        """Begin the entry of a request; it is kept at once, and completed by its answer.

        :param headers: by lower-case name.
        """
        agent = headers.get('user-agent')
        entry = LoggedRequest(
            0,
            at,
            method[:LONGEST_NAME],
            hidden(path),
            masked(params),
            agent=None if agent is None else hidden(agent),
            integration=integration_of(headers),
        )
        weight = entry.weight()
        with self._lock:
            self._count += 1
            entry.number = self._count
            self._entries.append((entry, weight))
            self._bytes += weight
            while len(self._entries) > MOST_ENTRIES or self._bytes > MOST_BYTES:
                self._bytes -= self._entries.popleft()[1]
        return entry

    def entries(self) -> list[LoggedRequest]:
        """Return what is kept."""
        with self._lock:
            return [entry for entry, _ in self._entries]

    @property
    def count(self) -> int:
        """Return how many requests came since the start or the last `clear`."""
        return self._count

    def clear(self) -> None:
        """Forget every request and count from the start."""
        with self._lock:
            self._entries.clear()
            self._count = self._bytes = 0


def log_line(entry: LoggedRequest) -> None:
    """Log a request that was answered: method, path, query, status, time, rows, and what failed."""
    if not log.isEnabledFor(logging.INFO):
        return
    rows = f', {entry.items} items' if entry.items else ''
    faulty = f', fault {entry.fault}' if entry.fault else ''
    errors = ': ' + in_a_line(entry.errors[0]) if entry.errors else ''
    log.info(
        '%s %s in %.0f ms%s%s%s',
        entry.asked(),
        entry.status,
        entry.ms,
        rows,
        faulty,
        errors,
    )


def in_a_line(text: str) -> str:
    """Return a text as it is logged: in one line, without secrets."""
    return CONTROL.sub(' ', hidden(text))


def hidden(text: str) -> str:
    """Return a text without the secrets in it, cut where it is endless."""
    text = text[:LONGEST]
    return SECRET_PART.sub(_mask, text) if '=' in text or '@' in text else text


def _mask(found: re.Match[str]) -> str:
    return MASK + '@' if found.group(1) is None else f'{found.group(1)}={MASK}'


def masked(params: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return parameters with the secret ones hidden and the endless ones cut."""
    found, left = [], MOST_TEXT
    for name, value in params[:MOST_PARAMS]:
        secret = SECRET_NAME.fullmatch(name[:LONGEST_NAME].strip())
        pair = hidden(name[:LONGEST_NAME]), MASK if secret else hidden(value[:left])
        left = max(0, left - len(pair[1]))
        found.append(pair)
    return found


def integration_of(headers: Mapping[str, str]) -> dict[str, str]:
    """Return what a client says of itself, by the last word of each header (section 17).

    :param headers: by lower-case name.
    """
    said = {
        name[len(INTEGRATION) :].title(): value
        for name, value in headers.items()
        if name.startswith(INTEGRATION) and len(name) <= LONGEST_NAME
    }
    said.update((shown, headers[name]) for name, shown in SPELLED.items() if name in headers)
    said.pop('Os', None)
    return {name: hidden(utf8(value)) for name, value in [*said.items()][:MOST_PARAMS]}


def utf8(text: str) -> str:
    """Return a header's value, which HTTP hands on byte by byte, as the UTF-8 it was meant as."""
    try:
        return text.encode('latin-1').decode('utf-8')
    except UnicodeError:
        return text

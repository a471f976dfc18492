"""Fault injection: which requests fail, lag, break off or get wrong answers, to test clients.

A fault is a rule with a filter and a number of requests left. The first rule that fits a request
applies to it. What it does to the answer is in `request_handling`; here it is only chosen.
"""

from __future__ import annotations

import random
import re
import threading
from dataclasses import dataclass, field
from typing import Any, Mapping

__all__ = ['Fault', 'FaultError', 'Faults', 'KINDS']

#: Every kind of fault, with what it does.
KINDS: Mapping[str, str] = {
    'status': "answer with `status` and `headers` instead of serving the request",
    'delay': "wait `delay_ms`, then serve the request",
    'reset': "reset the connection instead of serving the request",
    'unanswered': "serve the request, then reset the connection without an answer",
    'truncate': "serve the request, and break off in the middle of the body",
    'garble': "serve the request, and answer with `body`, which is no JSON",
    'errors': "answer with an OperationResult that holds `errors`",
    'expire-token': "let every security token become stale, then serve the request",
    'expire-session': "end every session, then serve the request: old cookies prove nothing",
    'repeat-page': "answer a query with its first page, whatever `start` says",
    'short-page': "leave `rows` rows out at the end of a page",
    'wrong-total': "add `rows` to TotalResultCount",
}
GARBAGE = "<html><body><h1>Proxy error</h1></body></html>"
#: A rule with this count applies until it is taken back.
ALWAYS = -1


class FaultError(ValueError):
    """The order of a fault cannot be understood."""


@dataclass
class Fault:
    """One rule.

    :ivar kind: a key of `KINDS`.
    :ivar count: requests left that it applies to; -1 is without end.
    :ivar skip: requests that fit and pass unharmed first.
    :ivar probability: how likely it applies to a request that fits.
    :ivar seed: decides which ones.
    :ivar method: the only method it applies to.
    :ivar path: it applies only to paths in which this regular expression is found.
    :ivar struck: how many requests it has applied to.
    """

    kind: str
    count: int = 1
    skip: int = 0
    probability: float = 1.0
    seed: int = 0
    method: str | None = None
    path: str | None = None
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    body: str = GARBAGE
    errors: list[str] = field(default_factory=lambda: ["Fault ordered at the emulator"])
    delay_ms: float = 0
    rows: int = 1
    struck: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise FaultError(
                "unknown kind of fault {!r}; choose from {}".format(self.kind, ", ".join(KINDS))
            )
        for name, (least, most) in BOUNDS.items():
            if not least <= getattr(self, name) <= most:
                raise FaultError(
                    f"{name} of a fault cannot be {getattr(self, name)!r}; it is from {least} to"
                    f" {most}"
                )
        if any(LINE_END.search(str(part)) for pair in self.headers.items() for part in pair):
            raise FaultError("a header of a fault cannot hold the end of a line")
        self._random = random.Random(self.seed)
        try:
            self._path = re.compile(self.path or '', re.IGNORECASE)
        except re.error as error:
            raise FaultError(f"path is no regular expression: {error}") from None

    @classmethod
    def of(cls, order: Mapping[str, Any]) -> Fault:
        """Make a rule from plain data.

        :raises FaultError: for an unknown key or a value of the wrong type.
        """
        known = {name: kind for name, kind in TYPES.items() if name in order}
        for name in order:
            if name not in TYPES:
                raise FaultError(
                    "unknown key {!r} of a fault; choose from {}".format(name, ", ".join(TYPES))
                )
        for name, kind in known.items():
            value = order[name]
            if value is not None and (not isinstance(value, kind) or isinstance(value, bool)):
                raise FaultError(f"{name} of a fault cannot be {value!r}")
        if order.get('kind') is None:
            raise FaultError(f"a fault needs a kind; choose from {', '.join(KINDS)}")
        return cls(**{name: value for name, value in order.items() if value is not None})

    def fits(self, method: str, path: str) -> bool:
        """Say whether the rule applies to such a request, and count it down when it does."""
        if self.count == 0 or (self.method and self.method.upper() != method):
            return False
        if not self._path.search(path):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self._random.random() >= self.probability:
            return False
        if self.count != ALWAYS:
            self.count -= 1
        self.struck += 1
        return True

    def shown(self) -> dict[str, Any]:
        """Return the rule as plain data, with how often it applied."""
        return {name: getattr(self, name) for name in (*TYPES, 'struck')}


NUMBER = (int, float)
TYPES: Mapping[str, Any] = {
    'kind': str,
    'count': int,
    'skip': int,
    'probability': NUMBER,
    'seed': int,
    'method': str,
    'path': str,
    'status': int,
    'headers': dict,
    'body': str,
    'errors': list,
    'delay_ms': NUMBER,
    'rows': int,
}


#: What a number of a fault may be; 600,000 ms are ten minutes.
BOUNDS: Mapping[str, tuple[float, float]] = {
    'count': (ALWAYS, 10**9),
    'skip': (0, 10**9),
    'probability': (0, 1),
    'status': (200, 599),
    'delay_ms': (0, 600000),
}
LINE_END = re.compile('[\r\n\0]')


class Faults:
    """The rules in force, in the order they were given."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def order(self, *faults: Fault) -> None:
        """Add rules at the end."""
        with self._lock:
            self._faults.extend(faults)

    def next_for(self, method: str, path: str) -> Fault | None:
        """Return the fault that applies to a request, if any."""
        if not self._faults:
            return None
        with self._lock:
            return next((one for one in self._faults if one.fits(method, path)), None)

    def all(self) -> list[Fault]:
        """Return the rules, used up ones too."""
        with self._lock:
            return list(self._faults)

    def clear(self) -> None:
        """Take every rule back."""
        with self._lock:
            self._faults.clear()

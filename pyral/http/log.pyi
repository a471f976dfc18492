import logging
from typing import Any, Callable, NamedTuple, Tuple

from pyral.errors import TransportError
from pyral.http.answer import Answer
from pyral.http.retrying import Request
from pyral.redact import Redactor

LOG: logging.Logger

class WireEvent(NamedTuple):
    kind: Any
    number: Any
    method: Any
    url: Any
    body: Any
    status: Any
    elapsed_s: Any
    answer: Any
    error: Any
    purpose: Any

class WireLog:
    _listeners: Tuple[Callable[[WireEvent], Any], ...]
    def __init__(self, redactor: Redactor) -> None: ...
    def add(self, listener: Callable[[WireEvent], Any]) -> None: ...
    def remove(self, listener: Callable[[WireEvent], Any]) -> None: ...
    def asked(self, number: int, request: Request, url: str) -> None: ...
    def answered(self, number: int, request: Request, answer: Answer) -> None: ...
    def failed(
        self, number: int, request: Request, error: TransportError, elapsed_s: float
    ) -> None: ...

class InteractionLog:
    def __init__(
        self, transport: Any, dest: Any, user: Any, attrget: bool = ..., append: bool = ...
    ) -> None: ...
    def close(self) -> None: ...

__all__ = [
    'InteractionLog',
    'WireEvent',
    'WireLog',
]

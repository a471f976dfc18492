import logging
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple, Union

import requests
from requests.adapters import BaseAdapter

from pyral.http.answer import Answer
from pyral.http.base_url import Origin
from pyral.http.log import WireLog
from pyral.http.retry import RetryBudget, RetryPolicy
from pyral.redact import Redactor

LOG: logging.Logger
DEFAULT_TIMEOUT: Tuple[float, float]
MAX_PARALLEL: int

_Params = Union[Mapping[str, Any], Sequence[Tuple[str, Any]], None]
_Timeout = Union[float, Tuple[float, float], None]

class Transport:
    server: str
    origin: Origin
    service_url: str
    schema_url: str
    timeout: Tuple[float, float]
    retry: RetryPolicy
    verify: Union[bool, str]
    proxies: Dict[str, str]
    redactor: Redactor
    wire_log: WireLog
    request_count: int
    latency_s: Optional[float]
    retry_budget: RetryBudget
    def __init__(
        self, server: str, user: Optional[str] = ..., password: Optional[str] = ...,
        apikey: Optional[str] = ..., headers: Optional[Mapping[str, str]] = ...,
        verify: Any = ..., timeout: _Timeout = ..., retry: Optional[RetryPolicy] = ...,
        adapter: Optional[BaseAdapter] = ..., environ: Optional[Mapping[str, str]] = ...,
    ) -> None: ...
    @property
    def session(self) -> requests.Session: ...
    @property
    def has_credentials(self) -> bool: ...
    def get(self, path_or_url: str, params: _Params = ..., **options: Any) -> Answer: ...
    def put(
        self, path_or_url: str, body: Any = ..., params: _Params = ..., **options: Any
    ) -> Answer: ...
    def post(
        self, path_or_url: str, body: Any = ..., params: _Params = ..., **options: Any
    ) -> Answer: ...
    def delete(self, path_or_url: str, params: _Params = ..., **options: Any) -> Answer: ...
    def request(
        self, method: str, path_or_url: str, params: _Params = ..., body: Any = ...,
        timeout: _Timeout = ..., retry: Optional[RetryPolicy] = ..., purpose: Optional[str] = ...,
        wants_json: bool = ..., headers: Optional[Mapping[str, str]] = ..., follows: bool = ...,
        divisible: bool = ...,
        sieve: Optional[Any] = ...,
    ) -> Answer: ...
    def address(self, path_or_url: str, params: _Params = ...) -> str: ...
    def token(self) -> Optional[str]: ...
    def close(self) -> None: ...

class TimedTransport:
    def __init__(self, transport: Transport, timeout: _Timeout) -> None: ...
    def __getattr__(self, name: str) -> Any: ...
    def get(self, path_or_url: str, params: _Params = ..., **options: Any) -> Answer: ...
    def put(
        self, path_or_url: str, body: Any = ..., params: _Params = ..., **options: Any
    ) -> Answer: ...
    def post(
        self, path_or_url: str, body: Any = ..., params: _Params = ..., **options: Any
    ) -> Answer: ...
    def delete(self, path_or_url: str, params: _Params = ..., **options: Any) -> Answer: ...
    def request(
        self, method: str, path_or_url: str, params: _Params = ..., body: Any = ...,
        **options: Any,
    ) -> Answer: ...

__all__ = [
    'DEFAULT_TIMEOUT',
    'MAX_PARALLEL',
    'TimedTransport',
    'Transport',
]

import logging
from typing import Any, Mapping, Optional, Sequence, Tuple, TypeVar, Union

import requests
from requests.adapters import BaseAdapter

from pyral.http.answer import Answer
from pyral.http.base_url import BaseUrl
from pyral.http.log import WireLog
from pyral.http.retry_policy import RetryBudget, RetryPolicy
from pyral.http.sign_in import Credentials
from pyral.redact import Redactor

_T = TypeVar('_T', bound='Transport')

LOG: logging.Logger
DEFAULT_TIMEOUT: Tuple[float, float]
MAX_PARALLEL: int

_Params = Union[Mapping[str, Any], Sequence[Tuple[str, Any]], None]
_Timeout = Union[float, Tuple[float, float], None]

class Transport:
    server: str
    base_url: BaseUrl
    service_url: str
    schema_url: str
    timeout: Tuple[float, float]
    deadline: Optional[float]
    max_answer: Tuple[float, float]
    retry: RetryPolicy
    redactor: Redactor
    wire_log: WireLog
    retry_budget: RetryBudget
    def __init__(
        self, server: Any, credentials: Optional[Credentials] = ...,
        headers: Optional[Mapping[str, str]] = ..., verify: Any = ..., timeout: _Timeout = ...,
        retry: Optional[RetryPolicy] = ..., adapter: Optional[BaseAdapter] = ...,
        environ: Optional[Mapping[str, str]] = ..., deadline: Optional[float] = ...,
        max_answer: Union[None, float, Tuple[float, float]] = ...,
    ) -> None: ...
    def within(
        self: _T, timeout: _Timeout = ..., deadline: Optional[float] = ...,
        retry: Optional[RetryPolicy] = ...,
    ) -> _T: ...
    @property
    def request_count(self) -> int: ...
    @property
    def latency_s(self) -> Optional[float]: ...
    @property
    def session(self) -> requests.Session: ...
    @session.setter
    def session(self, session: Any) -> None: ...
    @property
    def proxies(self) -> Mapping[str, str]: ...
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
        **options: Any,
    ) -> Answer: ...
    def address(self, path_or_url: str, params: _Params = ...) -> str: ...
    def token(self) -> Optional[str]: ...
    def close(self) -> None: ...

__all__ = [
    'Credentials',
    'DEFAULT_TIMEOUT',
    'MAX_PARALLEL',
    'Transport',
]

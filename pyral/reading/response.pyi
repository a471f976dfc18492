from typing import Any, Callable, Dict, Generic, Iterable, List, Optional, Tuple

from typing_extensions import TypeVar

from pyral.entity.hydrator import EntityHydrator
from pyral.errors import RallyResponseError as RallyResponseError
from pyral.http.envelope import Page
from pyral.rows.of_response import WithRows

_R = TypeVar('_R', bound='RallyRESTResponse[Any]')
#: The class of the items.
_E = TypeVar('_E', default=Any)

class ErrorResponse:
    status: int
    status_code: int
    errors: List[str]
    headers: Dict[str, Any]
    url: Optional[str]
    ok: bool
    is_json: bool
    cause: Optional[BaseException]
    def __init__(
        self, status_code: int, errors: Any, url: Optional[str] = ...,
        cause: Optional[BaseException] = ...,
    ) -> None: ...

class RallyRESTResponse(WithRows, Generic[_E]):
    resource: str
    session: Any
    context: Any
    debug: bool
    threads: Any
    max_threads: int
    status_code: int
    headers: Any
    target: str
    hydrator: EntityHydrator
    request_type: str
    startIndex: int
    pageSize: int
    first_page: bool
    warnings: List[str]
    errors: List[str]
    data: Any
    content: Any
    served: int
    _stream: Any
    _progress: Any
    def __init__(
        self, session: Any, context: Any, resource: Optional[str], answer: Any,
        hydration: str = ..., limit: Optional[int] = ...,
        fetch_page: Optional[Callable[[int], Page]] = ..., start: Optional[int] = ...,
        threads: Any = ..., target: Optional[str] = ..., is_tolerant: bool = ...,
    ) -> None: ...
    @property
    def resultCount(self) -> int: ...
    @resultCount.setter
    def resultCount(self, count: int) -> None: ...
    @property
    def total(self) -> int: ...
    @property
    def complete(self) -> bool: ...
    def __class_getitem__(cls, item: Any) -> Any: ...
    def raise_for_errors(self: _R) -> _R: ...
    def first(self) -> Optional[_E]: ...
    def one(self) -> _E: ...
    def __iter__(self: _R) -> _R: ...
    def __next__(self) -> _E: ...
    def next(self) -> _E: ...
    def close(self) -> None: ...
    def _repr_html_(self) -> str: ...
    def __dir__(self) -> List[str]: ...
    def __copy__(self: _R) -> _R: ...
    def __deepcopy__(self: _R, memo: Any) -> _R: ...
    def __reduce_ex__(self, protocol: Any) -> Any: ...
    def __bool__(self) -> bool: ...
    def __nonzero__(self) -> bool: ...

class ReadOptions:
    start: int
    limit: Optional[int]
    threads: Any
    target: Optional[str]
    is_tolerant: bool
    is_open: bool
    progress: Any
    def __init__(
        self, start: int = ..., limit: Optional[int] = ..., threads: Any = ...,
        target: Optional[str] = ..., is_tolerant: bool = ..., is_open: bool = ...,
        progress: Any = ...,
    ) -> None: ...

def respond(
    transport: Any, path: str, params: Iterable[Tuple[str, Any]], context: Any,
    hydration: str = ..., options: ReadOptions = ...,
) -> RallyRESTResponse[Any]: ...

AgileCentralRESTResponse = RallyRESTResponse
AgileCentralResponseError = RallyResponseError

__all__ = ['AgileCentralRESTResponse', 'AgileCentralResponseError', 'ErrorResponse',
           'RallyRESTResponse', 'ReadOptions', 'respond']

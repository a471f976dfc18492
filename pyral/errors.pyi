from typing import Any, Iterable, List, Optional, Sequence, Tuple, Type, TypeVar

_E = TypeVar('_E', bound='PyralError')

class PyralError(Exception):
    cause: Optional[BaseException]
    hint: Optional[str]
    field: Optional[str]
    suggestions: Tuple[str, ...]
    _details: Tuple[Tuple[str, Any], ...]
    def __init__(self, *args: Any, **details: Any) -> None: ...
    def find(self, rally: Any) -> List[Any]: ...
    @property
    def message(self) -> str: ...
    def copy(self: _E) -> _E: ...

class ConfigError(PyralError, ValueError): ...
class RallyAttributeNameError(PyralError): ...
class InvalidRallyTypeNameError(PyralError): ...
class QuerySyntaxError(PyralError, ValueError):
    query: Optional[str]
    position: Optional[int]
    reason: Optional[str]
    corrected: Optional[str]


class _RequestError(PyralError):
    status_code: Optional[int]
    errors: List[str]
    warnings: List[str]
    method: Optional[str]
    url: Optional[str]
    payload: Any
    outcome_unknown: bool
    def __new__(cls: Type[_E], *args: Any, **details: Any) -> _E: ...
    def __init__(self, *args: Any, **details: Any) -> None: ...
    @property
    def outcome(self) -> Optional[str]: ...
    def with_unknown_outcome(self: _E, **details: Any) -> _E: ...

class MultipleOperationError(_RequestError):
    outcomes: Sequence[Any]

class MissingAttributeError(PyralError, AttributeError): ...
class DetachedEntityError(PyralError, AttributeError): ...
class LazyLoadError(PyralError): ...

class RallyRESTAPIError(_RequestError): ...

class ServerNameError(ConfigError, RallyRESTAPIError): ...
class UnknownOutcomeError(RallyRESTAPIError): ...

class TransportError(RallyRESTAPIError):
    kind: Optional[str]

class ConnectFailed(TransportError): ...
class Timeout(TransportError): ...
class AuthenticationError(RallyRESTAPIError): ...
class NotFoundError(RallyRESTAPIError): ...
class UnresolvedNameError(NotFoundError): ...
class MultipleFoundError(RallyRESTAPIError): ...
class ConflictError(RallyRESTAPIError): ...
class RateLimitedError(RallyRESTAPIError): ...
class ServerError(RallyRESTAPIError): ...
class UnreferenceableOIDError(RallyRESTAPIError, AttributeError): ...

class RallyResponseError(_RequestError):
    resume_at: Optional[int]

class GatewayError(ServerError, RallyResponseError): ...
class UnrecognizedAllowedValuesReference(PyralError): ...

def error_for(
    status_code: Optional[int], errors: Optional[Sequence[Any]], message: Optional[str] = ...,
    is_page: bool = ..., **details: Any,
) -> RallyRESTAPIError: ...
def first_names(names: Iterable[str], most: int = ...) -> str: ...
def nearest(name: str, candidates: Iterable[str], limit: int = ...) -> Tuple[str, ...]: ...

__all__ = [
    'AuthenticationError',
    'ConfigError',
    'ConflictError',
    'ConnectFailed',
    'DetachedEntityError',
    'GatewayError',
    'InvalidRallyTypeNameError',
    'LazyLoadError',
    'MissingAttributeError',
    'MultipleFoundError',
    'MultipleOperationError',
    'NotFoundError',
    'PyralError',
    'QuerySyntaxError',
    'RallyAttributeNameError',
    'RallyRESTAPIError',
    'RallyResponseError',
    'RateLimitedError',
    'ServerError',
    'ServerNameError',
    'Timeout',
    'TransportError',
    'UnknownOutcomeError',
    'UnrecognizedAllowedValuesReference',
    'UnreferenceableOIDError',
    'UnresolvedNameError',
    'error_for',
    'first_names',
    'nearest',
]

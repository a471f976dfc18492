from typing import Any, Dict, NamedTuple, NoReturn, Optional

class _NotGiven:
    def __bool__(self) -> bool: ...
    def __nonzero__(self) -> bool: ...

NOT_GIVEN: _NotGiven

class _LocationFields(NamedTuple):
    base_url: Optional[str]
    workspace_ref: Optional[str]
    project_ref: Optional[str]
    loader: Any

class Location(_LocationFields):
    def __new__(
        cls, base_url: Optional[str] = ..., workspace_ref: Optional[str] = ...,
        project_ref: Optional[str] = ..., loader: Any = ...,
    ) -> Location: ...

class RallyContext:
    server: str
    user: Optional[str]
    service_url: str
    subscription_name: Optional[str]
    workspace: Optional[str]
    project: Optional[str]
    workspace_ref: Optional[str]
    project_ref: Optional[str]
    loader: Any
    base_url: Optional[str]
    def __init__(
        self, server: str, user: Optional[str], password: Optional[str], service_url: str,
        subscription: Optional[str] = ..., workspace: Optional[str] = ...,
        project: Optional[str] = ..., location: Location = ...,
    ) -> None: ...
    def __setattr__(self, name: str, value: Any) -> NoReturn: ...
    def __delattr__(self, name: str) -> None: ...
    def __copy__(self) -> RallyContext: ...
    def __deepcopy__(self, memo: Any) -> RallyContext: ...
    def __eq__(self, other: object) -> bool: ...
    def __ne__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    def asDict(self) -> Dict[str, Any]: ...
    def subscription(self) -> Optional[str]: ...
    def serviceURL(self) -> str: ...
    def identity(self) -> str: ...

def is_current(value: Any) -> bool: ...
def flag(value: Any) -> str: ...

__all__ = [
    'Location',
    'NOT_GIVEN',
    'RallyContext',
    'flag',
    'is_current',
]

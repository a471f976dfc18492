from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from pyral.errors import RallyRESTAPIError

SIGN_IN_TEXTS: Tuple[str, ...]

class Answer:
    status: int
    headers: Dict[str, str]
    content: bytes
    url: str
    method: str
    elapsed_s: float
    _payload: Any
    def __init__(
        self, status: int, headers: Mapping[str, str], content: bytes, url: str,
        method: str = ..., elapsed_s: float = ...,
        mask: Optional[Callable[[str], str]] = ...,
    ) -> None: ...
    @property
    def status_code(self) -> int: ...
    @property
    def ok(self) -> bool: ...
    @property
    def location(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def is_json(self) -> bool: ...
    @property
    def is_page(self) -> bool: ...
    @property
    def errors(self) -> List[str]: ...
    def json(self) -> Dict[str, Any]: ...
    def problem(self) -> str: ...
    def shown(self, text: str) -> str: ...
    def error(self, message: Optional[str] = ..., **details: Any) -> RallyRESTAPIError: ...

def checked(answer: Answer, server: str) -> Answer: ...

__all__ = [
    'Answer',
    'SIGN_IN_TEXTS',
    'checked',
]

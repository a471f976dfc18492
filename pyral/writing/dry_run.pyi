from typing import Any, Dict, NamedTuple, Optional

class NotSent(Exception): ...

class WriteRequest(NamedTuple):
    method: str
    url: str
    body: Optional[Dict[str, Any]]
    def to_dict(self) -> Dict[str, Any]: ...

def planned_write(
    transport: Any, method: str, path: str, params: Any, body: Any
) -> WriteRequest: ...
def content_note(size: int) -> str: ...

__all__ = ['NotSent', 'WriteRequest', 'content_note', 'planned_write']

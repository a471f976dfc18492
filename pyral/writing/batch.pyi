from typing import Any, Dict, Iterable, List, NamedTuple, Optional

from pyral.connection import Connection
from pyral.errors import MultipleOperationError as MultipleOperationError

CHUNK: int

class Outcome(NamedTuple):
    place: int
    item: Any
    result: Optional[Dict[str, Any]]
    errors: List[str]
    warnings: List[str]
    @property
    def is_unknown(self) -> bool: ...

class BatchResult(List[Dict[str, Any]]):
    outcomes: List[Outcome]
    def __init__(self, outcomes: Iterable[Outcome] = ...) -> None: ...
    @property
    def complete(self) -> bool: ...
    @property
    def failed(self) -> List[Outcome]: ...
    @property
    def errors(self) -> List[str]: ...

def create_many(
    connection: Connection, type_name: Any, items: Iterable[Any],
    fields: Optional[Iterable[str]], scope: Dict[str, Any],
) -> BatchResult: ...
def update_many(
    connection: Connection, type_name: Any, items: Iterable[Any],
    fields: Optional[Iterable[str]], scope: Dict[str, Any],
) -> BatchResult: ...
def createMultiple(
    rally: Any, entityName: Any, items: Iterable[Any], fields: Optional[Iterable[str]] = ...,
    **scope: Any,
) -> BatchResult: ...
def updateMultiple(
    rally: Any, entityName: Any, items: Iterable[Any], fields: Optional[Iterable[str]] = ...,
    **scope: Any,
) -> BatchResult: ...

__all__ = [
    'BatchResult', 'MultipleOperationError', 'Outcome', 'createMultiple', 'create_many',
    'updateMultiple', 'update_many',
]

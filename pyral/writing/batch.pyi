from typing import Any, Dict, Iterable, List, NamedTuple, Optional

from pyral._progress import Progress
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
def delete_many(
    connection: Connection, type_name: Any, items: Iterable[Any], scope: Dict[str, Any],
) -> BatchResult: ...
def entry(method: str, path: str, body: Optional[Dict[str, Any]] = ...) -> Dict[str, Any]: ...
def result_row(connection: Connection, path: str, *known: Any) -> Dict[str, Any]: ...
def send_entries(
    connection: Connection, progress: Optional[Progress], items: List[Any],
    entries: List[Dict[str, Any]], scope: Dict[str, Any], what: str,
    rows: Optional[List[Dict[str, Any]]] = ...,
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
    'delete_many', 'entry', 'result_row', 'send_entries', 'updateMultiple', 'update_many',
]

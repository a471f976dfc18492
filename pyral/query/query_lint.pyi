from typing import Any, Callable, Dict, Iterable, List, Optional

from pyral.query.schema_check import QueryFinding as QueryFinding

class QueryLint:
    query: Any
    type_path: str
    sent: Optional[str]
    corrected: Optional[str]
    findings: List[QueryFinding]
    def __init__(
        self, query: Any, type_path: str, sent: Optional[str], corrected: Optional[str],
        findings: Iterable[Any], tree: Any = ..., checked: Iterable[Any] = ...,
    ) -> None: ...
    @property
    def is_refused(self) -> bool: ...
    @property
    def is_fine(self) -> bool: ...
    def rows(self) -> List[Dict[str, Any]]: ...
    def to_dict(self) -> Dict[str, Any]: ...

def lint(
    query: Any, type_def: Any, catalogue: Any, values_of: Callable[[Any], Any]
) -> QueryLint: ...

__all__ = ['QueryFinding', 'QueryLint', 'lint']

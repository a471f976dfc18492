from typing import Any, Dict, Iterable, List, Optional, Tuple

from pyral.entity.page_mates import RowCohort, Walk

class EntityHydrator:
    context: Any
    hydration: str
    walk: Walk
    path: Tuple[str, ...]
    def __init__(
        self, context: Any, hydration: str = ..., walk: Optional[Walk] = ...,
        path: Tuple[str, ...] = ...,
    ) -> None: ...
    def hydrateInstance(self, item: Dict[str, Any], existingInstance: Any = ...) -> Any: ...
    def page(self, items: Iterable[Dict[str, Any]]) -> List[Any]: ...
    def batch(self, lists: Iterable[List[Dict[str, Any]]]) -> RowCohort: ...
    def members(self, rows: Iterable[Dict[str, Any]], cohort: RowCohort) -> List[Any]: ...

__all__ = ['EntityHydrator']

from typing import Any, Dict, Iterable, List, Optional, Tuple

from pyral.entity.page_mates import MemberMates, RecentItems

class EntityHydrator:
    context: Any
    hydration: str
    recent_items: RecentItems
    path: Tuple[str, ...]
    def __init__(
        self, context: Any, hydration: str = ..., recent_items: Optional[RecentItems] = ...,
        path: Tuple[str, ...] = ...,
    ) -> None: ...
    def hydrateInstance(self, item: Dict[str, Any], existingInstance: Any = ...) -> Any: ...
    def page(self, items: Iterable[Dict[str, Any]]) -> List[Any]: ...
    def batch(self, lists: Iterable[List[Dict[str, Any]]]) -> MemberMates: ...
    def members(self, rows: Iterable[Dict[str, Any]], mates: MemberMates) -> List[Any]: ...

__all__ = ['EntityHydrator']

from typing import Any, Iterable, Iterator, List

from pyral.proj_utils import flatten as flatten
from pyral.proj_utils import projectAncestors as projectAncestors
from pyral.proj_utils import projectDescendants as projectDescendants
from pyral.proj_utils import projeny as projeny

class MockRallyRESTResponse:
    status_code: int
    errors: List[str]
    warnings: List[str]
    resultCount: int
    startIndex: int
    pageSize: int
    def __init__(self, items: Iterable[Any]) -> None: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __next__(self) -> Any: ...
    def next(self) -> Any: ...
    def __bool__(self) -> bool: ...
    def __nonzero__(self) -> bool: ...

__all__ = [
    'MockRallyRESTResponse', 'flatten', 'projectAncestors', 'projectDescendants', 'projeny',
]

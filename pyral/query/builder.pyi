from typing import Any, Iterable, List, Optional, Sequence, Union

from pyral.query.nodes import Condition, Group

def build(criteria: Any) -> Optional[str]: ...
def tree(criteria: Any) -> Union[Condition, Group, None]: ...
def encode(text: str) -> str: ...
def literal(value: Any) -> str: ...

class RallyUrlBuilder:
    parts: List[str]
    entity: str
    fetch: Any
    query: Any
    order: Optional[str]
    pagesize: Any
    startIndex: Any
    workspace: Optional[str]
    project: Optional[str]
    scopeUp: Optional[str]
    scopeDown: Optional[str]
    pretty: bool
    def __init__(self, entity: str) -> None: ...
    def qualify(
        self, fetch: Any, query: Any, order: Optional[str], pagesize: Any, startIndex: Any
    ) -> None: ...
    def augmentWorkspace(
        self, augments: Optional[Iterable[str]], workspace_ref: Optional[str]
    ) -> None: ...
    def augmentProject(
        self, augments: Optional[Iterable[str]], project_ref: Optional[str]
    ) -> None: ...
    def augmentScoping(self, augments: Optional[Iterable[str]]) -> None: ...
    def beautifyResponse(self) -> None: ...
    def build(self, pretty: Optional[bool] = ...) -> str: ...

class RallyQueryFormatter:
    @staticmethod
    def parenGroups(criteria: Any) -> Optional[str]: ...
    @staticmethod
    def validatePartsSyntax(parts: Sequence[str]) -> List[str]: ...
    @staticmethod
    def constructSubsetExpression(field: str, relation: str, values: Any) -> str: ...
    @staticmethod
    def constructRangefulExpression(
        attr_name: str, cond: str, lesser: Any, greater: Any
    ) -> str: ...

AgileCentralUrlBuilder = RallyUrlBuilder
AgileCentralQueryFormatter = RallyQueryFormatter

__all__ = [
    'AgileCentralQueryFormatter', 'AgileCentralUrlBuilder', 'RallyQueryFormatter',
    'RallyUrlBuilder', 'build', 'encode', 'literal', 'tree',
]

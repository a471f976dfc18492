from typing import Any, Callable, List, NamedTuple, Optional

from pyral.query.nodes import Condition

ERROR: str
WARNING: str
NOTE: str

class QueryFinding(NamedTuple):
    severity: str
    text: str
    condition: Any

class Checked(NamedTuple):
    condition: Condition
    attribute: Any
    values: List[str]
    findings: List[QueryFinding]
    corrected: Optional[Condition]

def check(
    condition: Condition, type_def: Any, catalogue: Any, values_of: Callable[[Any], Any],
    by_name: bool = ...,
) -> Checked: ...

__all__ = ['Checked', 'ERROR', 'NOTE', 'QueryFinding', 'WARNING', 'check']

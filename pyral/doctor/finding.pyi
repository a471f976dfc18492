from typing import Any, Dict, List, Mapping, Optional

OK: str
NOTE: str
WARNING: str
FAILURE: str

class Finding:
    check: str
    verdict: str
    text: str
    advice: str
    seconds: float
    facts: Dict[str, Any]
    def __init__(
        self, check: str, verdict: str, text: str, advice: str = ...,
        facts: Optional[Mapping[str, Any]] = ..., seconds: float = ...,
    ) -> None: ...
    @property
    def was_made(self) -> bool: ...
    def to_dict(self) -> Dict[str, Any]: ...

class Findings(List[Finding]):
    @property
    def verdict(self) -> str: ...
    @property
    def exit_code(self) -> int: ...
    @property
    def summary(self) -> str: ...
    def of(self, check: str) -> Optional[Finding]: ...
    def to_json(self) -> str: ...

__all__ = ['FAILURE', 'Finding', 'Findings', 'NOTE', 'OK', 'WARNING']

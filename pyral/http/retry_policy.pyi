from typing import Any, Callable, Optional, Tuple

CONNECT: str
THROTTLED: str
UNAVAILABLE: str
LOST: str
GARBLED: str
READ_METHODS: Tuple[str, ...]
NO_RETRY: RetryPolicy

class RetryPolicy:
    attempts: int
    base_s: float
    cap_s: float
    call_budget_s: float
    rally_budget: int
    respect_retry_after: bool
    sleep: Callable[[float], Any]
    clock: Callable[[], float]
    random: Callable[[], float]
    def __init__(
        self, attempts: int = ..., base_s: float = ..., cap_s: float = ...,
        call_budget_s: float = ..., rally_budget: int = ..., respect_retry_after: bool = ...,
        sleep: Callable[[float], Any] = ..., clock: Callable[[], float] = ...,
        random: Callable[[], float] = ...,
    ) -> None: ...
    def __setattr__(self, name: str, value: Any) -> None: ...
    def replace(self, **changes: Any) -> RetryPolicy: ...
    def may_repeat(
        self, method: str, condition: str, attempt: int, elapsed_s: float
    ) -> bool: ...
    def wait_s(self, attempt: int, retry_after_s: Optional[float] = ...) -> float: ...

class RetryBudget:
    taken: int
    def __init__(self, amount: int) -> None: ...
    def take(self) -> bool: ...
    def give_back(self) -> None: ...

def condition_of_status(status_code: int) -> Optional[str]: ...
def seconds_of_retry_after(
    value: Optional[str], now: Callable[[], float] = ...
) -> Optional[float]: ...

__all__ = [
    'CONNECT',
    'GARBLED',
    'LOST',
    'NO_RETRY',
    'READ_METHODS',
    'RetryBudget',
    'RetryPolicy',
    'THROTTLED',
    'UNAVAILABLE',
    'condition_of_status',
    'seconds_of_retry_after',
]

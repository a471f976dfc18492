from typing import Any, Iterable, List, Optional

class CargoTruck:
    orders: List[Any]
    num_loaders: int
    cargo: List[Any]
    def __init__(self, orders: Iterable[Any], num_loaders: int) -> None: ...
    def load(self, agent: Any, method_name: str, timeout: Optional[float] = ...) -> None: ...
    def dump(self) -> List[Any]: ...

__all__ = [
    'CargoTruck',
]

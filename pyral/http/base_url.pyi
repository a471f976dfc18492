from typing import Any, Dict, NamedTuple

DEFAULT_PORTS: Dict[str, int]

class _OriginFields(NamedTuple):
    scheme: Any
    host: Any
    port: Any

class Origin(_OriginFields):
    @classmethod
    def parse(cls, server: Any) -> Origin: ...
    @property
    def netloc(self) -> str: ...
    @property
    def url(self) -> str: ...
    def admit(self, url: str) -> str: ...

__all__ = [
    'DEFAULT_PORTS',
    'Origin',
]

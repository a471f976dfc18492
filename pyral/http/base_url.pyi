from typing import Any, Dict, NamedTuple

DEFAULT_PORTS: Dict[str, int]

class _BaseUrlFields(NamedTuple):
    scheme: Any
    host: Any
    port: Any

class BaseUrl(_BaseUrlFields):
    @classmethod
    def parse(cls, server: Any) -> BaseUrl: ...
    @property
    def netloc(self) -> str: ...
    @property
    def url(self) -> str: ...
    def admit(self, url: str, mask: Any = ...) -> str: ...

__all__ = [
    'BaseUrl',
    'DEFAULT_PORTS',
]

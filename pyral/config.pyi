import logging
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Optional, Tuple

LOG: logging.Logger
PROTOCOL: str
SERVER: str
WEB_SERVICE: str
SCHEMA_SERVICE: str
AUTH_ENDPOINT: str
WS_API_VERSION: str
USER_NAME: str
PASSWORD: str
START_INDEX: int
MAX_PAGESIZE: int
KILO_PAGESIZE: int
MAX_ITEMS: int
DEFAULT_SESSION_TIMEOUT: int
TRUTHY_VALUES: List[str]
FALSEY_VALUES: List[str]
RALLY_REST_HEADERS: Dict[str, str]
CONFIG_OPTIONS: Tuple[str, ...]
CONFIG_VARIABLE: str
INERT_OPTIONS: Tuple[str, ...]
INERT_ITEMS: Tuple[str, ...]

class Setting(NamedTuple):
    name: Any
    options: Any
    variable: Any
    items: Any
    default: Any

SETTINGS: Tuple[Setting, ...]
OTHER_VARIABLES: Dict[str, Tuple[str, ...]]

def rallyWorkset(args: Iterable[Any]) -> List[str]: ...
def rallySettings(args: Iterable[Any]) -> List[str]: ...
def resolve(
    args: Iterable[Any], environ: Mapping[str, str], folder: str
) -> Dict[str, str]: ...
def read_config_file(path: str) -> Dict[str, str]: ...
def integration_headers(overrides: Optional[Mapping[str, str]] = ...) -> Dict[str, str]: ...
def timestamp() -> str: ...
def credential(value: Any, name: str) -> Any: ...
def warning(message: str) -> None: ...

__all__ = [
    'AUTH_ENDPOINT',
    'CONFIG_OPTIONS',
    'DEFAULT_SESSION_TIMEOUT',
    'FALSEY_VALUES',
    'KILO_PAGESIZE',
    'MAX_ITEMS',
    'MAX_PAGESIZE',
    'OTHER_VARIABLES',
    'PASSWORD',
    'PROTOCOL',
    'RALLY_REST_HEADERS',
    'SCHEMA_SERVICE',
    'SERVER',
    'SETTINGS',
    'START_INDEX',
    'Setting',
    'TRUTHY_VALUES',
    'USER_NAME',
    'WEB_SERVICE',
    'WS_API_VERSION',
    'credential',
    'integration_headers',
    'rallySettings',
    'rallyWorkset',
    'read_config_file',
    'resolve',
    'timestamp',
    'warning',
]

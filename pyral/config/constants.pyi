from typing import Any, Dict, List, NamedTuple, Tuple

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
PROFILE_OPTIONS: Tuple[str, ...]
PROFILE_VARIABLE: str
OTHER_VARIABLES: Dict[str, Tuple[str, ...]]

def variables_of(setting: Setting) -> Tuple[str, ...]: ...

__all__ = [
    'AUTH_ENDPOINT',
    'CONFIG_OPTIONS',
    'CONFIG_VARIABLE',
    'DEFAULT_SESSION_TIMEOUT',
    'FALSEY_VALUES',
    'INERT_ITEMS',
    'INERT_OPTIONS',
    'KILO_PAGESIZE',
    'MAX_ITEMS',
    'MAX_PAGESIZE',
    'OTHER_VARIABLES',
    'PASSWORD',
    'PROFILE_OPTIONS',
    'PROFILE_VARIABLE',
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
    'variables_of',
]

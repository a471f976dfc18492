from typing import Any, Dict, List, Mapping, Optional

from pyral.config.chain import LOG as LOG
from pyral.config.chain import ReportedSetting as ReportedSetting
from pyral.config.chain import connection_settings as connection_settings
from pyral.config.chain import rallySettings as rallySettings
from pyral.config.chain import rallyWorkset as rallyWorkset
from pyral.config.chain import reported_settings as reported_settings
from pyral.config.chain import resolve as resolve
from pyral.config.chain import sourced_settings as sourced_settings
from pyral.config.constants import AUTH_ENDPOINT as AUTH_ENDPOINT
from pyral.config.constants import CONFIG_OPTIONS as CONFIG_OPTIONS
from pyral.config.constants import CONFIG_VARIABLE as CONFIG_VARIABLE
from pyral.config.constants import DEFAULT_SESSION_TIMEOUT as DEFAULT_SESSION_TIMEOUT
from pyral.config.constants import FALSEY_VALUES as FALSEY_VALUES
from pyral.config.constants import INERT_ITEMS as INERT_ITEMS
from pyral.config.constants import INERT_OPTIONS as INERT_OPTIONS
from pyral.config.constants import KILO_PAGESIZE as KILO_PAGESIZE
from pyral.config.constants import MAX_ITEMS as MAX_ITEMS
from pyral.config.constants import MAX_PAGESIZE as MAX_PAGESIZE
from pyral.config.constants import OTHER_VARIABLES as OTHER_VARIABLES
from pyral.config.constants import PASSWORD as PASSWORD
from pyral.config.constants import PROFILE_OPTIONS as PROFILE_OPTIONS
from pyral.config.constants import PROFILE_VARIABLE as PROFILE_VARIABLE
from pyral.config.constants import PROTOCOL as PROTOCOL
from pyral.config.constants import RALLY_REST_HEADERS as RALLY_REST_HEADERS
from pyral.config.constants import SCHEMA_SERVICE as SCHEMA_SERVICE
from pyral.config.constants import SERVER as SERVER
from pyral.config.constants import SETTINGS as SETTINGS
from pyral.config.constants import START_INDEX as START_INDEX
from pyral.config.constants import TRUTHY_VALUES as TRUTHY_VALUES
from pyral.config.constants import USER_NAME as USER_NAME
from pyral.config.constants import WEB_SERVICE as WEB_SERVICE
from pyral.config.constants import WS_API_VERSION as WS_API_VERSION
from pyral.config.constants import Setting as Setting

def profile_file(environ: Mapping[str, str]) -> Optional[str]: ...
def profile_names(environ: Optional[Mapping[str, str]] = ...) -> List[str]: ...
def read_config_file(path: str) -> Dict[str, str]: ...
def integration_headers(overrides: Optional[Mapping[str, str]] = ...) -> Dict[str, str]: ...
def timestamp() -> str: ...
def credential(value: Any, name: str) -> Any: ...
def warning(message: str) -> None: ...

__all__ = [
    'AUTH_ENDPOINT',
    'CONFIG_OPTIONS',
    'CONFIG_VARIABLE',
    'DEFAULT_SESSION_TIMEOUT',
    'FALSEY_VALUES',
    'INERT_ITEMS',
    'INERT_OPTIONS',
    'KILO_PAGESIZE',
    'LOG',
    'MAX_ITEMS',
    'MAX_PAGESIZE',
    'OTHER_VARIABLES',
    'PASSWORD',
    'PROFILE_OPTIONS',
    'PROFILE_VARIABLE',
    'PROTOCOL',
    'RALLY_REST_HEADERS',
    'ReportedSetting',
    'SCHEMA_SERVICE',
    'SERVER',
    'SETTINGS',
    'START_INDEX',
    'Setting',
    'TRUTHY_VALUES',
    'USER_NAME',
    'WEB_SERVICE',
    'WS_API_VERSION',
    'connection_settings',
    'credential',
    'integration_headers',
    'profile_file',
    'profile_names',
    'rallySettings',
    'rallyWorkset',
    'read_config_file',
    'reported_settings',
    'resolve',
    'sourced_settings',
    'timestamp',
    'warning',
]

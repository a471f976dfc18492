"""Configuration: where settings may stand, which one wins, and the constants scripts import."""
from __future__ import absolute_import, division, print_function

from pyral.config.chain import (
    LOG,
    ReportedSetting,
    connection_settings,
    rallySettings,
    rallyWorkset,
    reported_settings,
    resolve,
    sourced_settings,
)
from pyral.config.constants import (
    AUTH_ENDPOINT,
    CONFIG_OPTIONS,
    CONFIG_VARIABLE,
    DEFAULT_SESSION_TIMEOUT,
    FALSEY_VALUES,
    INERT_ITEMS,
    INERT_OPTIONS,
    KILO_PAGESIZE,
    MAX_ITEMS,
    MAX_PAGESIZE,
    OTHER_VARIABLES,
    PASSWORD,
    PROFILE_OPTIONS,
    PROFILE_VARIABLE,
    PROTOCOL,
    RALLY_REST_HEADERS,
    SCHEMA_SERVICE,
    SERVER,
    SETTINGS,
    START_INDEX,
    TRUTHY_VALUES,
    USER_NAME,
    WEB_SERVICE,
    WS_API_VERSION,
    Setting,
)
from pyral.config.files import read_config_file
from pyral.config.output import timestamp, warning
from pyral.config.profiles import profile_file, profile_names
from pyral.config.sent import credential, integration_headers

__all__ = [
    'AUTH_ENDPOINT', 'CONFIG_OPTIONS', 'CONFIG_VARIABLE', 'DEFAULT_SESSION_TIMEOUT',
    'FALSEY_VALUES', 'INERT_ITEMS', 'INERT_OPTIONS', 'KILO_PAGESIZE', 'LOG', 'MAX_ITEMS',
    'MAX_PAGESIZE', 'OTHER_VARIABLES', 'PASSWORD', 'PROFILE_OPTIONS', 'PROFILE_VARIABLE',
    'PROTOCOL', 'RALLY_REST_HEADERS', 'ReportedSetting', 'SCHEMA_SERVICE', 'SERVER', 'SETTINGS',
    'START_INDEX', 'Setting', 'TRUTHY_VALUES', 'USER_NAME', 'WEB_SERVICE', 'WS_API_VERSION',
    'connection_settings', 'credential', 'integration_headers', 'profile_file', 'profile_names',
    'rallySettings', 'rallyWorkset', 'read_config_file', 'reported_settings', 'resolve',
    'sourced_settings', 'timestamp', 'warning',
]

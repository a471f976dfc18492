"""Constants of the configuration: the settings, their names in each place, and their defaults."""
from __future__ import absolute_import, division, print_function

import os
import sys
from collections import namedtuple

from pyral._version import VERSION_TEXT

__all__ = [
    'AUTH_ENDPOINT', 'CONFIG_OPTIONS', 'CONFIG_VARIABLE', 'DEFAULT_SESSION_TIMEOUT',
    'FALSEY_VALUES', 'INERT_ITEMS', 'INERT_OPTIONS', 'KILO_PAGESIZE', 'MAX_ITEMS', 'MAX_PAGESIZE',
    'OTHER_VARIABLES', 'PASSWORD', 'PROFILE_OPTIONS', 'PROFILE_VARIABLE', 'PROTOCOL',
    'RALLY_REST_HEADERS', 'SCHEMA_SERVICE', 'SERVER', 'SETTINGS', 'START_INDEX', 'Setting',
    'TRUTHY_VALUES', 'USER_NAME', 'WEB_SERVICE', 'WS_API_VERSION', 'variables_of',
]

PROTOCOL = 'https'
SERVER = 'rally1.rallydev.com'
WEB_SERVICE = 'slm/webservice/%s'
SCHEMA_SERVICE = 'slm/schema/%s'
AUTH_ENDPOINT = 'security/authorize'
WS_API_VERSION = 'v2.0'

#: What stands for "no user" and "no password given"; a connection sends neither.
USER_NAME = 'wiley@acme.com'
PASSWORD = 'no-password-given'

START_INDEX = 1
MAX_PAGESIZE = 2000
KILO_PAGESIZE = 1000
MAX_ITEMS = 1000000
DEFAULT_SESSION_TIMEOUT = 10

TRUTHY_VALUES = ['t', 'true', 'y', 'yes', '1']
FALSEY_VALUES = ['f', 'false', 'n', 'no', '0']


def _operating_system():
    """Return what the integration header says.

    The module `platform` would say the same, but is slow to import and may start a process.
    """
    if hasattr(os, 'uname'):
        facts = os.uname()
        return '-'.join((facts[0], facts[2], facts[4]))
    if hasattr(sys, 'getwindowsversion'):
        return 'Windows-{0}.{1}.{2}'.format(*sys.getwindowsversion()[:3])
    return sys.platform


RALLY_REST_HEADERS = {
    'X-RallyIntegrationName': 'Rally REST API toolkit for Python',
    'X-RallyIntegrationVendor': 'CA Technologies',
    'X-RallyIntegrationVersion': VERSION_TEXT,
    'X-RallyIntegrationLibrary': 'pyral-' + VERSION_TEXT,
    'X-RallyIntegrationPlatform': 'Python {0}.{1}.{2}'.format(*sys.version_info),
    'X-RallyIntegrationOS': _operating_system(),
    'User-Agent': 'Pyral Agile Central WebServices Agent',
    'Content-Type': 'application/json',
    'Accept-Encoding': 'gzip',
}

#: One setting: its name, options, variable, names in a file, and default.
Setting = namedtuple('Setting', 'name options variable items default')

SETTINGS = (
    Setting('server', ('rallyServer', 'server'), 'RALLY_SERVER', ('SERVER',), SERVER),
    Setting('user', ('rallyUser', 'user'), 'RALLY_USER', ('USER',), USER_NAME),
    Setting('password', ('rallyPassword', 'password'), 'RALLY_PASSWORD', ('PASSWORD',), PASSWORD),
    Setting('apikey', ('apikey', 'api_key'), 'APIKEY', ('APIKEY', 'API_KEY'), ''),
    Setting('workspace', ('rallyWorkspace', 'workspace'), 'RALLY_WORKSPACE', ('WORKSPACE',),
            'default'),
    Setting('project', ('rallyProject', 'project'), 'RALLY_PROJECT', ('PROJECT',), 'default'),
)
#: Further variables of a setting; its own wins, then the first of these that is set.
OTHER_VARIABLES = {'apikey': ('RALLY_APIKEY', 'RALLY_API_KEY')}

#: Options that name a config file, and options and items that are accepted and have no effect.
CONFIG_OPTIONS = ('rallyConfig', 'config', 'conf', 'cfg')
CONFIG_VARIABLE = 'RALLY_CONFIG'
INERT_OPTIONS = ('ping',)
INERT_ITEMS = ('RALLY_PING',)
#: What names a profile.
PROFILE_OPTIONS = ('rallyProfile', 'profile')
PROFILE_VARIABLE = 'RALLY_PROFILE'


def variables_of(setting):
    """Return the names of a setting's variables, the one that wins first."""
    return (setting.variable,) + OTHER_VARIABLES.get(setting.name, ())

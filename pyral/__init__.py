"""The Python SDK for the Rally Web Services API (WSAPI v2.0).

    from pyral import Rally

    rally = Rally('rally1.rallydev.com', apikey='_abc...', workspace='Main', project='Shop')
    for defect in rally.get('Defect', fetch='FormattedID,Name', query='State = Open'):
        print(defect.FormattedID, defect.Name)

`Rally` is a connection and has all that can be done: `help(pyral.Rally)`. `rallyWorkset` reads the
settings of a script, and every error that is raised is a `PyralError`. `pyral.emulator` is a
service to try it on, without an account.

pytest loads a plugin of this package and shall leave its asserts alone: PYTEST_DONT_REWRITE.
"""
from __future__ import absolute_import, division, print_function

from pyral import (
    cargotruck,
    config,
    context,
    entity,
    errors,
    hydrate,
    multiop,
    proj_utils,
    query_builder,
    rallyresp,
    refs,
    restapi,
    search_utils,
)
from pyral._version import VERSION as __version__
from pyral.config import rallySettings, rallyWorkset
from pyral.errors import (
    AuthenticationError,
    ConfigError,
    ConflictError,
    ConnectFailed,
    DetachedEntityError,
    GatewayError,
    InvalidRallyTypeNameError,
    LazyLoadError,
    MissingAttributeError,
    MultipleFoundError,
    MultipleOperationError,
    NotFoundError,
    PyralError,
    QuerySyntaxError,
    RallyAttributeNameError,
    RallyResponseError,
    RallyRESTAPIError,
    RateLimitedError,
    ServerError,
    ServerNameError,
    Timeout,
    TransportError,
    UnknownOutcomeError,
    UnrecognizedAllowedValuesReference,
    UnreferenceableOIDError,
    UnresolvedNameError,
)
from pyral.http.retry_policy import RetryPolicy
from pyral.query_builder import RallyUrlBuilder
from pyral.rallyresp import RallyRESTResponse
from pyral.restapi import AgileCentral, Rally

#: The names of the years 2015 to 2018.
AgileCentralRESTAPIError = RallyRESTAPIError
AgileCentralRESTResponse = RallyRESTResponse
AgileCentralUrlBuilder = RallyUrlBuilder

__all__ = [
    'AgileCentral',
    'AgileCentralRESTAPIError',
    'AgileCentralRESTResponse',
    'AgileCentralUrlBuilder',
    'AuthenticationError',
    'ConfigError',
    'ConflictError',
    'ConnectFailed',
    'DetachedEntityError',
    'GatewayError',
    'InvalidRallyTypeNameError',
    'LazyLoadError',
    'MissingAttributeError',
    'MultipleFoundError',
    'MultipleOperationError',
    'NotFoundError',
    'PyralError',
    'QuerySyntaxError',
    'Rally',
    'RallyAttributeNameError',
    'RallyRESTAPIError',
    'RallyRESTResponse',
    'RallyResponseError',
    'RallyUrlBuilder',
    'RateLimitedError',
    'RetryPolicy',
    'ServerError',
    'ServerNameError',
    'Timeout',
    'TransportError',
    'UnknownOutcomeError',
    'UnrecognizedAllowedValuesReference',
    'UnreferenceableOIDError',
    'UnresolvedNameError',
    '__version__',
    'cargotruck',
    'config',
    'context',
    'entity',
    'errors',
    'hydrate',
    'multiop',
    'proj_utils',
    'query_builder',
    'rallySettings',
    'rallyWorkset',
    'rallyresp',
    'refs',
    'restapi',
    'search_utils',
]


def __dir__():
    """Show what is public, not what this file imports or Python keeps; from Python 3.7 on."""
    return sorted(__all__)

"""The Python SDK for the Rally Web Services API (WSAPI v2.0): re-exports only."""
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

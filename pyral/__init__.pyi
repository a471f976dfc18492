from typing import List, Tuple

from pyral import cargotruck as cargotruck
from pyral import config as config
from pyral import context as context
from pyral import entity as entity
from pyral import errors as errors
from pyral import hydrate as hydrate
from pyral import multiop as multiop
from pyral import proj_utils as proj_utils
from pyral import query_builder as query_builder
from pyral import rallyresp as rallyresp
from pyral import refs as refs
from pyral import restapi as restapi
from pyral import search_utils as search_utils
from pyral.config import rallySettings as rallySettings
from pyral.config import rallyWorkset as rallyWorkset
from pyral.errors import AuthenticationError as AuthenticationError
from pyral.errors import ConfigError as ConfigError
from pyral.errors import ConflictError as ConflictError
from pyral.errors import ConnectFailed as ConnectFailed
from pyral.errors import DetachedEntityError as DetachedEntityError
from pyral.errors import GatewayError as GatewayError
from pyral.errors import InvalidRallyTypeNameError as InvalidRallyTypeNameError
from pyral.errors import LazyLoadError as LazyLoadError
from pyral.errors import MissingAttributeError as MissingAttributeError
from pyral.errors import MultipleFoundError as MultipleFoundError
from pyral.errors import MultipleOperationError as MultipleOperationError
from pyral.errors import NotFoundError as NotFoundError
from pyral.errors import PyralError as PyralError
from pyral.errors import QuerySyntaxError as QuerySyntaxError
from pyral.errors import RallyAttributeNameError as RallyAttributeNameError
from pyral.errors import RallyResponseError as RallyResponseError
from pyral.errors import RallyRESTAPIError as RallyRESTAPIError
from pyral.errors import RateLimitedError as RateLimitedError
from pyral.errors import ServerError as ServerError
from pyral.errors import ServerNameError as ServerNameError
from pyral.errors import Timeout as Timeout
from pyral.errors import TransportError as TransportError
from pyral.errors import UnknownOutcomeError as UnknownOutcomeError
from pyral.errors import UnrecognizedAllowedValuesReference as UnrecognizedAllowedValuesReference
from pyral.errors import UnreferenceableOIDError as UnreferenceableOIDError
from pyral.errors import UnresolvedNameError as UnresolvedNameError
from pyral.http.retry_policy import RetryPolicy as RetryPolicy
from pyral.query_builder import RallyUrlBuilder as RallyUrlBuilder
from pyral.rallyresp import RallyRESTResponse as RallyRESTResponse
from pyral.restapi import AgileCentral as AgileCentral
from pyral.restapi import Rally as Rally

AgileCentralRESTAPIError = RallyRESTAPIError
AgileCentralRESTResponse = RallyRESTResponse
AgileCentralUrlBuilder = RallyUrlBuilder

__version__: Tuple[int, int, int]

__all__ = [
    'AgileCentral', 'AgileCentralRESTAPIError', 'AgileCentralRESTResponse',
    'AgileCentralUrlBuilder', 'AuthenticationError', 'ConfigError', 'ConflictError',
    'ConnectFailed', 'DetachedEntityError', 'GatewayError', 'InvalidRallyTypeNameError',
    'LazyLoadError', 'MissingAttributeError', 'MultipleFoundError', 'MultipleOperationError',
    'NotFoundError', 'PyralError', 'QuerySyntaxError', 'Rally', 'RallyAttributeNameError',
    'RallyRESTAPIError', 'RallyRESTResponse', 'RallyResponseError', 'RallyUrlBuilder',
    'RateLimitedError',
    'RetryPolicy', 'ServerError', 'ServerNameError', 'Timeout', 'TransportError',
    'UnknownOutcomeError', 'UnrecognizedAllowedValuesReference', 'UnreferenceableOIDError',
    'UnresolvedNameError', '__version__', 'cargotruck', 'config', 'context', 'entity', 'errors',
    'hydrate', 'multiop', 'proj_utils', 'query_builder', 'rallySettings',
    'rallyWorkset', 'rallyresp', 'refs', 'restapi', 'search_utils',
]

def __dir__() -> List[str]: ...

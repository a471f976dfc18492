from pyral.errors import RallyResponseError as RallyResponseError
from pyral.reading.response import AgileCentralResponseError as AgileCentralResponseError
from pyral.reading.response import AgileCentralRESTResponse as AgileCentralRESTResponse
from pyral.reading.response import ErrorResponse as ErrorResponse
from pyral.reading.response import RallyRESTResponse as RallyRESTResponse

__all__ = [
    'AgileCentralRESTResponse',
    'AgileCentralResponseError',
    'ErrorResponse',
    'RallyRESTResponse',
    'RallyResponseError',
]

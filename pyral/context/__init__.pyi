from pyral.context.directory import PROJECT_PATH_ELEMENT_SEPARATOR as PROJECT_PATH_ELEMENT_SEPARATOR
from pyral.context.directory import Place as Place
from pyral.context.helper import AgileCentralContext as AgileCentralContext
from pyral.context.helper import AgileCentralContextHelper as AgileCentralContextHelper
from pyral.context.helper import RallyContextHelper as RallyContextHelper
from pyral.context.scope import NOT_GIVEN as NOT_GIVEN
from pyral.context.scope import RallyContext as RallyContext
from pyral.errors import RallyRESTAPIError as RallyRESTAPIError

__all__ = [
    'AgileCentralContext',
    'AgileCentralContextHelper',
    'NOT_GIVEN',
    'PROJECT_PATH_ELEMENT_SEPARATOR',
    'Place',
    'RallyContext',
    'RallyContextHelper',
    'RallyRESTAPIError',
]

"""Who is connected, and the workspace and project that requests are made in."""
from __future__ import absolute_import, division, print_function

from pyral.context.directory import PROJECT_PATH_ELEMENT_SEPARATOR, Place
from pyral.context.helper import (
    AgileCentralContext,
    AgileCentralContextHelper,
    RallyContextHelper,
)
from pyral.context.scope import (
    NOT_GIVEN,
    Location,  # noqa: F401 - pickles name it
    RallyContext,
)
from pyral.errors import RallyRESTAPIError

__all__ = ['AgileCentralContext', 'AgileCentralContextHelper', 'NOT_GIVEN',
           'PROJECT_PATH_ELEMENT_SEPARATOR', 'Place', 'RallyContext', 'RallyContextHelper',
           'RallyRESTAPIError']

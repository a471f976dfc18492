"""The entity classes: objects of the service as Python objects."""
from __future__ import absolute_import, division, print_function

from pyral.entity.classes import *  # noqa: F401,F403 - the classes of the standard types, too
from pyral.entity.classes import (
    __all__,  # noqa: F401
    _blank_of,  # noqa: F401 - pickles name it
    blank,  # noqa: F401 - pickles name it
)

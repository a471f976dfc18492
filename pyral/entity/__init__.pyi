from pyral.entity.classes import *  # noqa: F403
from pyral.entity.classes import __all__ as __all__

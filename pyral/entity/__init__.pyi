from pyral.entity.classes import *  # noqa: F403
from pyral.entity.classes import classFor as classFor

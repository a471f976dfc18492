"""The Python SDK for the Rally Web Services API (WSAPI v2.0): re-exports only."""
from __future__ import absolute_import, division, print_function

from pyral import errors, refs
from pyral._version import VERSION as __version__

__all__ = ['__version__', 'errors', 'refs']

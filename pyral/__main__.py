# PYTHON_ARGCOMPLETE_OK
"""The command line: `python -m pyral` does what the script `pyral` does."""
from __future__ import absolute_import, division, print_function

import sys

from pyral.cli import main

__all__ = ['main']

if __name__ == '__main__':
    sys.exit(main())

# PYTHON_ARGCOMPLETE_OK
"""The command line: `python -m pyral` does what the script `pyral` does."""
from __future__ import absolute_import, division, print_function

from pyral.cli import end_process

__all__ = ['end_process']

if __name__ == '__main__':
    end_process()

"""Importing the package costs little beyond `requests`."""
from __future__ import absolute_import, division, print_function

import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CODE = ("import sys, requests; before = set(sys.modules); import pyral; "
        "print(' '.join(set(sys.modules) - before))")


def test_importing_pyral_imports_nothing_else_that_requests_does_not():
    names = subprocess.check_output([sys.executable, '-c', CODE], cwd=ROOT).decode('ascii').split()
    assert 'pyral.restapi' in names
    assert set(name.partition('.')[0] for name in names) <= set(['pyral', 'six', 'array'])
    assert not any(name.startswith('pyral.emulator') for name in names)

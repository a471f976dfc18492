"""Importing the package: what it costs, and the names it gives."""
from __future__ import absolute_import, division, print_function

import os
import subprocess
import sys

import pyral
from pyral import errors

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
#: What a script that only reads and writes items goes without.
RARELY_USED = ('pyral.cli', 'pyral.doctor', 'pyral.emulator', 'pyral.query.query_lint')
CODE = ("import sys, requests; before = set(sys.modules); import pyral; "
        "print(' '.join(set(sys.modules) - before))")


def test_importing_pyral_imports_nothing_else_that_requests_does_not():
    names = subprocess.check_output([sys.executable, '-c', CODE], cwd=ROOT).decode('ascii').split()
    assert 'pyral.restapi' in names
    assert set(name.partition('.')[0] for name in names) <= set([
        'pyral', 'six', 'array', 'encodings'])
    assert [name for name in names if name.startswith(RARELY_USED)] == []


def test_every_exported_name_exists_and_the_list_is_sorted():
    assert pyral.__all__ == sorted(pyral.__all__)
    assert [name for name in pyral.__all__ if not hasattr(pyral, name)] == []
    assert pyral.AgileCentral is pyral.Rally


def test_every_class_of_errors_is_exported():
    assert set(errors.__all__) - set(pyral.__all__) == set(['error_for', 'first_names', 'nearest'])

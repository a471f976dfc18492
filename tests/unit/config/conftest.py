"""What the tests of settings share: an empty current folder, and the user's file of profiles."""
from __future__ import absolute_import, division, print_function

import pytest

from tests.unit.config.written_files import write


@pytest.fixture(autouse=True)
def folder(no_settings, monkeypatch, tmpdir):
    """A folder with the current folder in it, which is empty, and the place of the user's files."""
    monkeypatch.setenv('XDG_CONFIG_HOME', str(tmpdir.join('user')))
    monkeypatch.chdir(tmpdir.mkdir('work'))
    return tmpdir


@pytest.fixture
def profiles(folder):
    """Return a function that writes the file of profiles, and returns its path."""
    return lambda text, mode=0o600: write(folder.join('user', 'pyral', 'config'), text, mode)

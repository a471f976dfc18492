"""Unit tests are pure: whoever opens a socket here fails."""
from __future__ import absolute_import, division, print_function

import socket

import pytest


@pytest.fixture(autouse=True)
def no_socket(monkeypatch):
    """Make every attempt to connect anywhere an error that names where to."""
    def refuse(self, address, *rest):
        raise AssertionError("a unit test tried to connect to {0!r}".format(address))

    monkeypatch.setattr(socket.socket, 'connect', refuse)
    monkeypatch.setattr(socket.socket, 'connect_ex', refuse)

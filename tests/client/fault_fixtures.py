"""Fixtures for faults: an emulator on a port, faults to order, a proxy that spoils bytes."""
from __future__ import absolute_import, division, print_function

import json
import os
import sys

import pytest
import requests

from pyral import Rally, RetryPolicy
from tests.emulated import WORLD
from tests.flaky_proxy import FlakyProxy

#: Repeats at once: what is tested is whether, not how patiently.
IMPATIENT = RetryPolicy(base_s=0.0, cap_s=0.0)


class FaultyService(object):
    """An emulator that listens, wherever it runs.

    :param facts: what it says of itself.
    """

    def __init__(self, facts):
        for name in ('url', 'user', 'password', 'apikey', 'workspace', 'project'):
            setattr(self, name, str(facts[name]))
        self.port = int(self.url.rpartition(':')[2])
        self._shared = {}
        self._session = requests.Session()
        self._session.trust_env = False

    def order(self, kind, **details):
        """Order a fault."""
        self._control('POST', 'faults', dict(details, kind=kind))

    def clear(self):
        """Take every fault back and empty the log; the world stays as it is."""
        self._control('DELETE', 'faults')
        self.forget()

    def reset(self):
        """Put the world back as it was; sessions are gone, too."""
        self._control('POST', 'reset')

    def requests(self):
        """Return what was asked, as dicts, oldest first."""
        return self._control('GET', 'requests')['requests']

    def forget(self):
        """Empty the log of requests."""
        self._control('DELETE', 'requests')

    def _control(self, method, what, order=None):
        url = '{0}/emulator/{1}'.format(self.url, what)
        answer = self._session.request(method, url, json=order)
        answer.raise_for_status()
        return answer.json()

    def shared(self, way, server=None):
        """Return a connection that the tests of a module share, ready for writing defects."""
        if (way, server) not in self._shared:
            rally = self._shared[(way, server)] = getattr(self, way)(server)
            rally.typedef('Defect')
            rally.obtainSecurityToken()
        return self._shared[(way, server)]

    def by_key(self, server=None, **options):
        """Return a `Rally` that signs in with the API key."""
        options.setdefault('retry', IMPATIENT)
        return Rally(server or self.url, apikey=self.apikey, warn=False, **options)

    def by_word(self, server=None, **options):
        """Return a `Rally` that signs in with user and password."""
        options.setdefault('retry', IMPATIENT)
        options.setdefault('password', self.password)
        return Rally(server or self.url, self.user, options.pop('password'), warn=False, **options)


@pytest.fixture(scope='module')
def service_of_the_module():
    """One emulator for the tests of a module."""
    known = os.environ.get('PYRAL_TEST_SERVER')
    if known:
        found = FaultyService(json.loads(known))
        found.reset()
        yield found
        found.reset()
    elif sys.version_info < (3, 9):
        pytest.skip("the emulator needs Python 3.9; name a running one in PYRAL_TEST_SERVER")
    else:
        from pyral.emulator import Emulator
        with Emulator(world=WORLD) as emulator:
            yield FaultyService(dict((name, getattr(emulator, name)) for name in (
                'url', 'user', 'password', 'apikey', 'workspace', 'project')))


@pytest.fixture
def service(service_of_the_module, monkeypatch):
    """The service as at the beginning, without this machine's proxies."""
    for name in list(os.environ):
        if name.lower().endswith('_proxy'):
            monkeypatch.delenv(name)
    service_of_the_module.clear()
    yield service_of_the_module
    service_of_the_module.clear()


@pytest.fixture(scope='module')
def proxy_of_the_module(service_of_the_module):
    """A proxy before the emulator, for all tests of a module."""
    with FlakyProxy(service_of_the_module.port) as found:
        yield found


@pytest.fixture
def proxy(service, proxy_of_the_module):
    """A proxy before the emulator; it spoils what is ordered."""
    yield proxy_of_the_module
    proxy_of_the_module.probability = 0.0
    proxy_of_the_module.forget()

"""One emulated Rally for the suites of the SDK: in this process, or elsewhere for old Pythons.

The emulator needs Python 3.9. On older interpreters the environment variable PYRAL_TEST_SERVER
holds the facts of an emulator process (the JSON object it prints when it is ready).
"""
from __future__ import absolute_import, division, print_function

import json
import os
import sys

import requests

from pyral import Rally

WORLD = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'data', 'worlds', 'small.json')


class Emulated(object):
    """An emulator, wherever it runs: facts, connections, and a way back to the beginning."""

    def __init__(self, facts, emulator=None):
        self.emulator = emulator
        for name in ('url', 'user', 'password', 'apikey', 'workspace', 'project'):
            setattr(self, name, str(facts[name]))

    def connect(self, **keywords):
        """Return a new `Rally`; with an API key unless a user is given."""
        if 'user' not in keywords and 'apikey' not in keywords:
            keywords['apikey'] = self.apikey
        if self.emulator is not None:
            keywords.setdefault('adapter', self.emulator.adapter())
        return Rally(keywords.pop('server', self.url), **keywords)

    def sign_in(self, **keywords):
        """Return a new `Rally` connected with user and password."""
        return self.connect(user=self.user, password=self.password, **keywords)

    def reset(self):
        """Put the world back as it was."""
        if self.emulator is not None:
            self.emulator.reset()
        else:
            requests.post(self.url + '/emulator/reset').raise_for_status()


class Wire(object):
    """Records what a connection sends, as (method, path with query, body) of each request."""

    def __init__(self, rally):
        self._prefix = rally.service_url + '/'
        self._base_url = rally._transport.base_url.url
        self.sent = []
        rally._transport.wire_log.add(self._hear)

    def _hear(self, heard):
        if heard.kind == 'request':
            url = heard.url
            url = url[len(self._prefix):] if url.startswith(self._prefix) else url
            body = json.loads(heard.body) if heard.body else None
            self.sent.append((heard.method, url, body))

    @property
    def lines(self):
        """`GET Defect?fetch=...` of each request."""
        return ['{0} {1}'.format(method, url) for method, url, _ in self.sent]

    @property
    def paths(self):
        """`GET Defect` of each request, without its parameters."""
        return [line.partition('?')[0] for line in self.lines]

    def clear(self):
        """Forget what was sent."""
        del self.sent[:]


def find():
    """Return the `Emulated` for this run, or None where there is no way to have one."""
    facts = os.environ.get('PYRAL_TEST_SERVER')
    if facts:
        return Emulated(json.loads(facts))
    return start(WORLD) if sys.version_info >= (3, 9) else None


def start(world):
    """Return an `Emulated` in this process, with a world of one's own."""
    from pyral.emulator import Emulator
    emulator = Emulator(world=world, listen=False)
    facts = dict((name, getattr(emulator, name)) for name in
                 ('url', 'user', 'password', 'apikey', 'workspace', 'project'))
    return Emulated(facts, emulator)

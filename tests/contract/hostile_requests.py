"""Hostile requests to the emulator: every answer is checked, and that no data changed."""

from __future__ import annotations

import json

import pytest

from pyral.emulator import Emulator
from tests.answer_checks import Alarm, complaint, fingerprint
from tests.contract.small_world import BASE, NOW, WORLD, path_of, user_of


class HostileClient:
    """Sends what it is told to, and checks what every answer owes."""

    def __init__(self, emulator):
        self.emulator, self.api = emulator, user_of(emulator, emulator.apikey)
        self.beginning, self.whole = emulator.snapshot(), fingerprint(emulator.store)
        self.harmed = False
        #: The path of a defect.
        self.defect = path_of(self.api.named('defect', 'Sign in fails for names with umlauts'))

    def heal(self):
        """Put the data back, if a request was meant to change them."""
        if self.harmed:
            self.emulator.restore(self.beginning)
            self.harmed = False

    def send(self, method, path, body=None, harm=False, headers=None, **params):
        """Return the response to a mad request, which was sound and (unless `harm`) harmless."""
        self.harmed = self.harmed or harm
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode('utf-8')
        with Alarm() as alarm:
            response = self.api.session.request(
                method,
                self.api.url + path
                if path.startswith('/slm/') or path == '/'
                else self.api.url + BASE + path,
                params=params,
                data=body,
                headers=headers,
                allow_redirects=False,
            )
        assert alarm.heard == []
        assert (
            complaint(
                response.status_code,
                response.headers.get('Content-Type', ''),
                response.content,
                method,
            )
            is None
        )
        assert self.harmed or fingerprint(self.emulator.store) == self.whole
        return response

    def errors(self, method, path, body=None, **params):
        """Return the errors of a request that must be refused in an envelope."""
        response = self.send(method, path, body, **params)
        assert response.status_code == 200
        (answer,) = response.json().values()
        assert answer['Errors'], "nobody refused it"
        assert all(text.strip() for text in answer['Errors'])
        assert 'Object' not in answer
        return answer['Errors']


@pytest.fixture(scope='module')
def shared_hostile():
    """One backend is enough: input is refused before it meets the database, or passes safely."""
    with Emulator(world=WORLD, listen=False, now=NOW) as emulator:
        yield HostileClient(emulator)


@pytest.fixture
def hostile(shared_hostile):
    yield shared_hostile
    shared_hostile.heal()

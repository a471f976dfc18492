"""The fuzzer: garbage sent to a listening emulator; sound answers, unharmed data, a live server."""

from __future__ import annotations

import gzip
import http.client
import os
import socket
import time
from dataclasses import dataclass
from random import Random

from pyral.emulator import Emulator
from pyral.emulator.catalogue.catalogue import catalogue_for
from pyral.emulator.model import Model
from pyral.emulator.store.reading import of_type
from tests.answer_checks import Alarm, complaint, fingerprint, refused
from tests.fuzz.garbage import Garbage, Shot
from tests.threads import GUARD_S

WORLD = os.path.join(os.path.dirname(__file__), '..', 'data', 'worlds', 'small.json')
#: After so many shots the world is put back, so that garbage does not pile up.
ROUND = 400
#: Every so many shots one goes over a bare socket.
BARE = 12
ANSWER_WITHIN = GUARD_S


@dataclass
class Find:
    """What was wrong, and with what it can be made again."""

    seed: int
    number: int
    shot: str
    trouble: str

    def __str__(self) -> str:
        return "seed {0.seed}, shot {0.number}: {0.trouble}\n    {0.shot}".format(self)


class Fuzzer:
    """One emulator, and the requests sent to it.

    :param seed: decides every request; the same seed finds the same again.
    """

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.shots = self.writes = self.accepted = 0
        self.statuses: dict[int, int] = {}
        self.finds: list[Find] = []

    def run(self, shots: int | None = None, seconds: float = 60, most_finds: int = 10) -> None:
        """Fire until the shots or the seconds are used up, or enough was found."""
        end = time.monotonic() + seconds
        with Emulator(world=WORLD, seed=self.seed, now='2026-03-18T15:30:00.000Z') as emulator:
            known, model = known_places(emulator), attributes_of_types(emulator)
            beginning = emulator.snapshot()
            while len(self.finds) < most_finds and time.monotonic() < end:
                # A round of its own `Random` can be repeated without the rounds before it.
                garbage = Garbage(
                    Random('{}/{}'.format(self.seed, self.shots // ROUND)), known, model
                )
                emulator.restore(beginning)
                emulator.app.forget()
                for _ in range(ROUND):
                    if self.shots == shots:
                        return
                    if len(self.finds) >= most_finds or time.monotonic() >= end:
                        break
                    self.fire(emulator, garbage)

    def fire(self, emulator: Emulator, garbage: Garbage) -> None:
        """Fire once, and keep what is wrong with the outcome."""
        self.shots += 1
        with Alarm() as alarm:
            if self.shots % BARE == 0:
                raw = garbage.raw()
                shown, trouble = repr(raw[:2000]), self._bare(emulator, raw)
            else:
                shot = garbage.shot()
                shown, trouble = str(shot), self._request(emulator, shot)
        if alarm.heard:
            trouble = "logged: " + alarm.heard[0]
        if trouble:
            self.finds.append(Find(self.seed, self.shots, shown, trouble))

    def _request(self, emulator: Emulator, shot: Shot) -> str | None:
        before = None if shot.method in ('GET', 'HEAD', 'OPTIONS') else fingerprint(emulator.store)
        host, port = emulator.server.split(':')
        connection = http.client.HTTPConnection(host, int(port), timeout=ANSWER_WITHIN)
        try:
            connection.putrequest(shot.method, shot.target, skip_accept_encoding=True)
            connection.putheader('ZSESSIONID', emulator.apikey)
            for name, value in shot.headers.items():
                connection.putheader(name, value)
            if shot.body is not None:
                connection.putheader('Content-Length', str(len(shot.body)))
            connection.endheaders(shot.body)
            response = connection.getresponse()
            body = response.read()
        except (OSError, http.client.HTTPException) as error:
            return "no answer: {!r}".format(error)
        finally:
            connection.close()
        self.statuses[response.status] = self.statuses.get(response.status, 0) + 1
        if response.getheader('Content-Encoding') == 'gzip':
            body = gzip.decompress(body)
        if response.getheader('X-Injected'):
            return "a header was injected"
        trouble = complaint(
            response.status, response.getheader('Content-Type', ''), body, shot.method
        )
        if trouble is None and before is not None:
            self.writes += 1
            if not refused(response.status, body):
                self.accepted += 1
            elif fingerprint(emulator.store) != before:
                return "it was refused, and changed the data: {!r}".format(body[:500])
        return trouble

    def _bare(self, emulator: Emulator, raw: bytes) -> str | None:
        host, port = emulator.server.split(':')
        before = fingerprint(emulator.store)
        try:
            with socket.create_connection((host, int(port)), timeout=ANSWER_WITHIN) as connection:
                connection.sendall(raw)
                connection.shutdown(socket.SHUT_WR)
                answer = b''.join(iter(lambda: connection.recv(65536), b''))
        except socket.timeout:
            return "the connection hangs"
        except OSError:
            # It may be closed in the middle of nonsense; a new one must open.
            answer = b''
        if fingerprint(emulator.store) != before:
            return "nobody who was let in changed the data"
        if answer.startswith(b'HTTP/') and answer.split()[1] in (b'500', b'502', b'503'):
            return "status {!r}".format(answer.split(b'\r\n')[0])
        if b'Traceback' in answer:
            return "the answer shows a traceback"
        return None


def known_places(emulator: Emulator) -> list[tuple[str, str]]:
    """Return type and identifier of objects of many types, most by ObjectID, some by UUID."""
    with emulator.store.reading() as tx:
        objs = [obj for kind in Model.load().types for obj in of_type(tx, kind)[:12]]
    return [(obj.type.lower(), str(obj.oid)) for obj in objs] + [
        (obj.type, obj.uuid) for obj in objs[::5]
    ]


def attributes_of_types(emulator: Emulator) -> dict[str, dict[str, str]]:
    """Return the attributes of all types that some workspace has, with the types they lead to."""
    found: dict[str, dict[str, str]] = {}
    with emulator.store.reading() as tx:
        for workspace in of_type(tx, 'Workspace'):
            for one in catalogue_for(tx, workspace.oid).types():
                found.setdefault(one.path, {}).update(
                    {attr.name: attr.target or '' for attr in one.attributes.values()}
                )
    return found

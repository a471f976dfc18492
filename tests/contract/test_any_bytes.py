"""Whatever comes over the wire: the truth, or an error of ours that says what to do."""

from __future__ import annotations

import gc
import pickle
import random
import warnings
from itertools import count

import pytest

from pyral import PyralError, Rally, RallyResponseError, RallyRESTAPIError, RetryPolicy
from pyral.emulator import Emulator
from tests.emulated import WORLD
from tests.flaky_proxy import KINDS, FlakyProxy
from tests.proxy_faults import LIES
from tests.threads import GUARD_S

IMPATIENT = RetryPolicy(base_s=0.0, cap_s=0.0)
NAMES = ('Defect {}'.format(number) for number in count())


@pytest.fixture(scope='module')
def wire():
    """A connection over a proxy, and the proxy."""
    with Emulator(world=WORLD) as emulator:
        with FlakyProxy(int(emulator.server.rpartition(':')[2])) as proxy:
            rally = Rally(
                proxy.url,
                emulator.user,
                emulator.password,
                retry=IMPATIENT,
                warn=False,
                timeout=(GUARD_S, GUARD_S),
            )
            rally.createMultiple('Defect', [{'Name': next(NAMES)} for _ in range(9)])
            yield rally, proxy


def read_lazily(rally):
    for defect in rally.get('Defect', fetch='Name,Project,Owner,Tags', pagesize=4, project=None):
        assert defect.Project.Name and (defect.Owner, list(defect.Tags))


#: What a program does, each a few requests.
DEEDS = (
    read_lazily,
    lambda rally: rally.create('Defect', {'Name': next(NAMES)}).Name,
    lambda rally: rally.createMultiple('Defect', [{'Name': next(NAMES)} for _ in range(3)]).errors,
    lambda rally: rally.update('Defect', 'DE1', {'Notes': next(NAMES)}).Notes,
    lambda rally: [
        each.Name for each in rally.getCollection(rally.getProject()._ref + '/Children')
    ],
    lambda rally: (rally.getProjects(), rally.getWorkspaces(), rally.getAllUsers()),
    lambda rally: rally.getAllowedValues('Defect', 'State'),
    lambda rally: list(rally.get('Defect', query='Nonsense = 1')),
)


def sound(error):
    """Say whether an error tells what happened, and survives a journey to another process."""
    again = pickle.loads(pickle.dumps(error, 2))
    told = bool(error.args and error.args[0]) and str(again) == str(error)
    if isinstance(error, (RallyRESTAPIError, RallyResponseError)) and error.status_code:
        told = told and bool(error.url and error.method)
    return told


@pytest.mark.parametrize('kind', sorted(LIES) + sorted(set(KINDS) - {'delay', 'dribble'}))
def test_only_errors_of_ours_come_out(wire, kind):
    rally, proxy = wire
    dice = random.Random(kind)
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')
        for _ in range(8 if kind in LIES else 3):
            proxy.forget()
            proxy.order(*[None] * dice.randrange(3) + [kind])
            try:
                dice.choice(DEEDS)(rally)
            except PyralError as error:
                assert sound(error), repr(error)
        # Where an answer has several lengths, urllib3 leaves its socket to the garbage collector.
        gc.collect()
    proxy.forget()

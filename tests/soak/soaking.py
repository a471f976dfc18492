"""Client and emulator under constant faults: many threads against a plain model kept beside.

Every thread owns its defects and knows what they should be like. Requests meet faults ordered at
the emulator and a proxy that spoils bytes, all from one seed. A write without an answer is looked
up, never repeated blindly. At the end model, client and database must agree item by item.

    python -m tests.soak.soaking --seconds 600 --seed 1

The short form rests between steps (`--rest`), so that it may run beside other tests.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import random
import sys
import threading
import time
from collections import Counter

from pyral import Rally, RetryPolicy
from pyral.emulator import Emulator
from pyral.emulator.store.reading import of_type
from pyral.errors import (
    MultipleOperationError,
    PyralError,
    RallyResponseError,
    RallyRESTAPIError,
)
from tests.emulated import WORLD
from tests.flaky_proxy import FlakyProxy
from tests.soak.hostile_peer import HostilePeer

#: Faults ordered at the emulator: kind, probability, more.
ORDERS = (
    ('status', 0.03, {'status': 503}),
    ('status', 0.03, {'status': 502}),
    ('status', 0.02, {'status': 429, 'headers': {'Retry-After': '0'}}),
    ('status', 0.003, {'status': 401, 'path': '^(?!.*(authorize|user))'}),
    ('status', 0.005, {'status': 500}),
    ('reset', 0.03, {}),
    ('unanswered', 0.03, {}),
    ('truncate', 0.04, {}),
    ('garble', 0.04, {}),
    ('errors', 0.005, {'path': 'defect'}),
    ('expire-token', 0.005, {}),
    ('delay', 0.04, {'delay_ms': 20}),
    ('repeat-page', 0.04, {'path': 'defect$'}),
    ('short-page', 0.04, {'path': 'defect$'}),
    ('wrong-total', 0.04, {'path': 'defect$', 'rows': 2}),
)
PROXY_PROBABILITY = 0.3
#: So often an operation is begun again after an error that said nothing was done.
MOST_TRIES = 60
#: Each page of a long read may meet a fault that ends it, so a thread keeps no more items.
MOST_OWN = 100
#: A thread may take so much longer than it was told to work.
GRACE_S = 1800


class Unexplained(Exception):
    """The client did something that no fault explains."""


class Incomplete(RallyResponseError):
    """A read that was not complete, as its response told: a short page, or a wrong total."""


class Keeper(object):
    """One thread's defects: the model, and what is done to it.

    :param number: tells the thread's items from those of others.
    """

    def __init__(self, rally, number, seed, tally):
        self.rally, self.tally = rally, tally
        self.prefix = 'soak-{0}-'.format(number)
        self.random = random.Random('{0}/{1}'.format(seed, number))
        #: ObjectID -> (Name, PlanEstimate) as they should be.
        self.model, self._made = {}, 0

    def step(self):
        """Do one thing at random."""
        growing = [self.create] * 3 + [self.create_many, self.delete]
        deeds = (
            [self.read_all, self.read_one] * 2
            + [self.update] * 3
            + (growing if len(self.model) < MOST_OWN else [self.delete] * len(growing))
        )
        self.random.choice(deeds)()
        self.tally['steps'] += 1

    def _new(self):
        self._made += 1
        return {
            'Name': '{0}{1}'.format(self.prefix, self._made),
            'PlanEstimate': float(self.random.randrange(1, 90)),
        }

    def create(self):
        """Create one; where the answer is lost, look."""
        values = self._new()

        def settle(error):
            found = self._sure(lambda: error.find(self.rally))
            self._adopt(found, values)

        made = self._write(lambda: self.rally.create('Defect', values), settle)
        if made is not None:
            self.model[made.oid] = (values['Name'], values['PlanEstimate'])

    def create_many(self):
        """Create some in one request."""
        rows = [self._new() for _ in range(self.random.randrange(1, 5))]

        def settle(error):
            for values, found in zip(rows, self._sure(lambda: error.find(self.rally))):
                self._adopt(found, values)

        made = self._write(lambda: self.rally.createMultiple('Defect', rows), settle)
        for outcome in made.outcomes if made is not None else ():
            if outcome.result is not None:
                values = rows[outcome.place]
                self.model[int(outcome.result['ObjectID'])] = (
                    values['Name'],
                    values['PlanEstimate'],
                )

    def update(self):
        """Change one."""
        if not self.model:
            return
        oid = self.random.choice(sorted(self.model))
        name, before = self.model[oid]
        wanted = float(self.random.randrange(100, 900))

        def settle(error):
            found = self._sure(lambda: error.find(self.rally))
            after = found[0].PlanEstimate if found else None
            if after not in (before, wanted):
                raise Unexplained('{0} is {1}, not {2} or {3}'.format(oid, after, before, wanted))
            self.model[oid] = (name, after)

        changed = self._write(
            lambda: self.rally.update('Defect', oid, {'PlanEstimate': wanted}), settle
        )
        if changed is not None:
            self.model[oid] = (name, wanted)

    def delete(self):
        """Delete one."""
        if len(self.model) < 5:
            return
        oid = self.random.choice(sorted(self.model))

        def settle(error):
            if not self._sure(lambda: error.find(self.rally)):
                del self.model[oid]

        if self._write(lambda: self.rally.delete('Defect', oid), settle):
            del self.model[oid]

    def read_all(self):
        """Read the thread's own by pages, and compare."""
        pagesize, threads = self.random.choice([3, 7, 20, 100]), self.random.choice([1, 4])
        served = self._sure(lambda: self._served(pagesize, threads))
        self.tally['items'] += len(served)
        if len(set(served)) != len(served):
            self.tally['duplicates'] += len(served) - len(set(served))
            raise Unexplained('served twice: {0}'.format(served))
        self._compare(dict((oid, (name, points)) for oid, name, points in served))

    def read_one(self):
        """Read one, and compare."""
        if not self.model:
            return
        oid = self.random.choice(sorted(self.model))
        found = self._sure(lambda: self._items('(ObjectID = {0})'.format(oid), 1, 1))
        if found != [(oid,) + self.model[oid]]:
            raise Unexplained('{0} is {1}, not {2}'.format(oid, found, self.model[oid]))
        self.tally['items'] += 1

    def _served(self, pagesize, threads):
        return self._items('(Name contains "{0}")'.format(self.prefix), pagesize, threads)

    def _items(self, query, pagesize, threads):
        response = self.rally.get(
            'Defect',
            fetch='ObjectID,Name,PlanEstimate',
            query=query,
            project=None,
            pagesize=pagesize,
            threads=threads,
        )
        response.raise_for_errors()
        served = [(item.oid, item.Name, item.PlanEstimate) for item in response]
        if not response.complete:
            raise Incomplete('fewer came than were announced, and it is said so')
        return served

    def _compare(self, shown):
        if shown != self.model:
            lost = set(self.model) - set(shown)
            self.tally['losses'] += len(lost)
            raise Unexplained(
                'lost {0}, strange {1}, different {2}'.format(
                    sorted(lost),
                    sorted(set(shown) - set(self.model)),
                    sorted(
                        oid for oid in shown if oid in self.model and shown[oid] != self.model[oid]
                    ),
                )
            )

    def _adopt(self, found, values):
        if len(found) > 1:
            self.tally['duplicates'] += len(found) - 1
            raise Unexplained('{0} exists {1} times'.format(values['Name'], len(found)))
        for item in found:
            self.model[item.oid] = (values['Name'], values['PlanEstimate'])

    def _write(self, write, settle):
        """Return what a write returns; None where it was looked up, or was surely not done."""
        try:
            return write()
        except PyralError as error:
            if getattr(error, 'outcome_unknown', False):
                self.tally['writes looked up'] += 1
                settle(error)
            else:
                self.tally['writes refused: {0}'.format(type(error).__name__)] += 1
                if isinstance(error, MultipleOperationError) and error.outcomes:
                    raise Unexplained('outcomes of a batch of one request')
            return None

    def _sure(self, read):
        """Return what a read returns; one that gave up, and said so, is begun again."""
        for _ in range(MOST_TRIES):
            try:
                return read()
            except (RallyRESTAPIError, RallyResponseError) as error:
                self.tally['reads given up: {0}'.format(type(error).__name__)] += 1
        raise Unexplained('a read does not come through')


class Soak(object):
    """One run: emulator, proxy, threads.

    :param seed: decides everything random.
    :param threads: how many work at once, half of them with a password.
    :param rest: seconds each of them rests between two steps, at most.
    """

    def __init__(self, seed, threads=8, rest=0.0):
        self.seed, self.rest, self.tally, self.failures = seed, rest, Counter(), []
        self.emulator = Emulator(world=WORLD).start()
        self.proxy = FlakyProxy(int(self.emulator.server.rpartition(':')[2]), seed=seed)
        host, _, port = self.emulator.server.rpartition(':')
        self.hostile = HostilePeer((host, int(port)), seed, max(0.05, rest))
        policy = RetryPolicy(base_s=0.002, cap_s=0.02, rally_budget=10**6)
        by_key = Rally(self.proxy.url, apikey=self.emulator.apikey, retry=policy, warn=False)
        by_word = Rally(
            self.proxy.url, self.emulator.user, self.emulator.password, retry=policy, warn=False
        )
        self.rallies = [by_key, by_word]
        for rally in self.rallies:
            rally.typedef('Defect')
        self.keepers = [
            Keeper(self.rallies[number % 2], number, seed, Counter()) for number in range(threads)
        ]

    def run(self, seconds, faults=0):
        """Work for so long, and until so many requests met a fault and a write was looked up.

        :returns: the report as text.
        """
        self.seconds = seconds
        self.proxy.probability = PROXY_PROBABILITY
        self._least = faults
        self._ordered = [
            self.emulator.order_fault(
                kind, count=-1, probability=share, seed=self.seed * 100 + place, **more
            )
            for place, (kind, share, more) in enumerate(ORDERS)
        ]
        self.hostile.start()
        until = time.monotonic() + seconds
        threads = [
            threading.Thread(target=self._work, args=(keeper, until), daemon=True)
            for keeper in self.keepers
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(seconds + GRACE_S)
            if thread.is_alive():
                self.failures.append('a thread hangs')
        self.hostile.stop()
        self.proxy.probability = 0.0
        self.emulator.app.faults.clear()
        self._judge()
        return self._report()

    def close(self):
        """Stop everything."""
        for rally in self.rallies:
            rally.close()
        self.proxy.close()
        self.emulator.stop()

    def _work(self, keeper, until):
        try:
            while self._goes_on(until) and not self.failures:
                keeper.step()
                time.sleep(self.rest * keeper.random.random())
        except BaseException as error:
            logging.getLogger('pyral.soak').exception('%s', keeper.prefix)
            self.failures.append('{0}: {1}: {2}'.format(keeper.prefix, type(error).__name__, error))

    def _goes_on(self, until):
        struck = self.proxy.faults + sum(fault.struck for fault in self._ordered)
        looked = any(keeper.tally['writes looked up'] for keeper in self.keepers)
        return time.monotonic() < until or struck < self._least or not looked

    def _judge(self):
        """Compare model, client and database."""
        with self.emulator.store.reading() as tx:
            kept = {
                one.oid: (one.name, one.doc.get('PlanEstimate'))
                for one in of_type(tx, 'Defect')
                if (one.name or '').startswith('soak-') and not one.recycled
            }
        model = {}
        for keeper in self.keepers:
            model.update(keeper.model)
            self.tally.update(keeper.tally)
            shown = {oid: (name, points) for oid, name, points in keeper._served(200, 1)}
            if shown != keeper.model:
                self.failures.append('{0}: client and model differ'.format(keeper.prefix))
        names = Counter(name for name, _ in kept.values())
        self.tally['duplicates'] += sum(count - 1 for count in names.values())
        self.tally['losses'] += len(set(model) - set(kept))
        if {oid: (name, float(points)) for oid, (name, points) in kept.items()} != model:
            self.failures.append('database and model differ')

    def _report(self):
        struck = Counter()
        for fault in self._ordered:
            name = fault.kind
            if name == 'status':
                name += ' {0}'.format(fault.status)
            struck['emulator ' + name] += fault.struck
        for kind, count in self.proxy.counts.items():
            if kind != 'requests':
                struck['proxy ' + kind] += count
        lines = [
            'seed {0}, {1} threads'.format(self.seed, len(self.keepers)),
            'requests {0}, of them with a fault {1}'.format(
                self.proxy.counts['requests'], sum(struck.values())
            ),
        ]
        lines += ['  {0:<32}{1}'.format(kind, count) for kind, count in sorted(struck.items())]
        lines.append('hostile connections {0}'.format(self.hostile.made))
        lines.append(
            'repeated by the client {0}'.format(sum(rally.retries_made for rally in self.rallies))
        )
        lines += [
            '{0} {1}'.format(name, self.tally[name])
            for name in sorted(set(self.tally) | {'items', 'duplicates', 'losses'})
        ]
        lines.append(
            'model, client and database agree on {0} defects'.format(
                sum(len(keeper.model) for keeper in self.keepers)
            )
            if not self.failures
            else 'FAILED: ' + '; '.join(self.failures)
        )
        self.faulted = sum(struck.values())
        return '\n'.join(lines)


def main(arguments=None):
    """Soak from a shell; 0 where everything agrees."""
    parser = argparse.ArgumentParser(prog='soak', description=__doc__.splitlines()[0])
    parser.add_argument('--seconds', type=float, default=600)
    parser.add_argument('--faults', type=int, default=0, help="go on until so many struck")
    parser.add_argument('--seed', type=int, default=int(time.time()) % 100000)
    parser.add_argument('--threads', type=int, default=8)
    parser.add_argument('--rest', type=float, default=0.0, help="seconds between two steps")
    parser.add_argument('--outcome', help="a file for what came of it, as JSON")
    options = parser.parse_args(arguments)
    soak = Soak(options.seed, options.threads, options.rest)
    try:
        try:
            report = soak.run(options.seconds, options.faults)
        except Exception as error:  # whoever waits for the outcome must be told
            logging.getLogger('pyral.soak').exception('the soak broke off')
            soak.failures.append('{0}: {1}'.format(type(error).__name__, error))
            soak.faulted, report = 0, 'FAILED: ' + '; '.join(soak.failures)
        sys.stdout.write(report + '\n')
        if options.outcome:
            _write_outcome(options.outcome, soak, report)
    finally:
        soak.close()
    return 1 if soak.failures else 0


def _write_outcome(path, soak, report):
    """Write the file in one go: whoever waits for it reads it as soon as it is there."""
    with open(path + '.part', 'w', encoding='utf-8') as target:
        json.dump(
            {
                'report': report,
                'failures': soak.failures,
                'tally': soak.tally,
                'faulted': soak.faulted,
                'seconds': soak.seconds,
            },
            target,
        )
    os.replace(path + '.part', path)


if __name__ == '__main__':
    sys.exit(main())

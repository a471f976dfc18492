"""Fuzz the emulator for a while (`python -m tests.fuzz --seconds 60 --seed 1`); 1 with a find.

Two thirds of the time garbage is sent to every route, a quarter random users attack rights, and in
the rest the masking of secrets in the SDK is attacked.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time

from tests.fuzz.fuzzer import Fuzzer
from tests.fuzz.masking import attack_masking
from tests.fuzz.rights import Attack, Find
from tests.fuzz.rights_independence import compare
from tests.fuzz.rights_world import random_world

#: How long one random world is attacked.
WORLD_SECONDS = 60
#: How many reads of each of its users are compared with those of the world disturbed.
COMPARED = 40


def main(arguments: list[str] | None = None) -> int:
    """Run the fuzzer; return the exit code."""
    parser = argparse.ArgumentParser(prog='python -m tests.fuzz', description=__doc__)
    parser.add_argument('--seconds', type=float, default=60)
    parser.add_argument('--shots', type=int, help="stop after so many requests")
    parser.add_argument(
        '--seed',
        type=int,
        default=int(time.time()),
        help="what to repeat; another one each time when not given",
    )
    asked = parser.parse_args(arguments)
    logging.getLogger('pyral.emulator').propagate = False
    fuzzer = Fuzzer(asked.seed)
    fuzzer.run(asked.shots, asked.seconds * 2 / 3)
    for find in fuzzer.finds:
        print(find)
    print(
        "fuzz: seed {}, {} requests ({} writes, {} accepted), answers {}: {} found".format(
            fuzzer.seed,
            fuzzer.shots,
            fuzzer.writes,
            fuzzer.accepted,
            ", ".join(
                '{} x {}'.format(count, status) for status, count in sorted(fuzzer.statuses.items())
            ),
            len(fuzzer.finds),
        )
    )
    held = attack_rights(asked.seed, asked.seconds / 4)
    tried, shown = attack_masking(asked.seed, asked.seconds / 12)
    print("masking: seed {}, {} texts: {} shown".format(asked.seed, tried, len(shown)))
    for find in shown:
        print(find)
    return 1 if fuzzer.finds or shown or not held else 0


def attack_rights(seed: int, seconds: float) -> bool:
    """Attack random worlds, one after the other; say whether all of them held."""
    end, worlds = time.monotonic() + seconds, 0
    done: dict[str, int] = {}
    while time.monotonic() < end:
        name = f'{seed}/{worlds}'
        worlds += 1
        try:
            with random_world(name, rounds=2) as world:
                found = Attack(world, name).run(min(WORLD_SECONDS, end - time.monotonic()))
                found['compared'] = compare(world, name, COMPARED)
        except Find as find:
            print(find)
            return False
        done = {key: done.get(key, 0) + count for key, count in found.items()}
    told = ", ".join(f'{count} {key}' for key, count in done.items())
    print(f"rights: seed {seed}, {worlds} worlds, {told}: held")
    return True


if __name__ == '__main__':
    sys.exit(main())

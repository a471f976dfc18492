"""Fuzz the emulator for a while (`python -m tests.fuzz --seconds 60 --seed 1`); 1 with a find."""

from __future__ import annotations

import argparse
import logging
import sys
import time

from tests.fuzz.fuzzer import Fuzzer


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
    fuzzer.run(asked.shots, asked.seconds)
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
    return 1 if fuzzer.finds else 0


if __name__ == '__main__':
    sys.exit(main())

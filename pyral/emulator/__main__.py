"""Command line of the emulator: `python -m pyral.emulator --world demo --port 8010`.

It prints where it listens and how to log in, serves until Ctrl-C or SIGTERM, and leaves with a
clear line and exit code 2 when it cannot start. `-- COMMAND ...` runs a command against it and
leaves with the command's exit code: any script gets a Rally of its own that way.
"""

from __future__ import annotations

import argparse
import difflib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from typing import Any, Sequence

from .._version import VERSION_TEXT
from . import Emulator
from .store.database_errors import DatabaseError
from .worlds import WorldError

__all__ = ['main']

PROGRAM = 'pyral.emulator'
DEFAULT_PORT = 8010
#: What the first line of `--json` holds, in this order.
SHOWN = ('url', 'server', 'user', 'password', 'apikey', 'workspace', 'project')


def whole(low: int, high: int) -> Any:
    """Return the reader of a whole number within bounds."""

    def read(text: str) -> int:
        if not text.isdigit() or not low <= int(text) <= high:
            raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from {low} to {high}")
        return int(text)

    return read


class Parser(argparse.ArgumentParser):
    """A parser whose refusal is one line, with the near miss."""

    def error(self, message: str) -> Any:
        """Say what is wrong in one line, and leave."""
        self.exit(2, f"{self.prog}: {message}\n")

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Return the options; leave where there is one more than are known."""
        options, unknown = self.parse_known_args(args, namespace)
        if unknown:
            self.error(self._surplus(unknown[0]))
        return options

    def _surplus(self, text: str) -> str:
        if text[:1] != '-':
            return f"'{text}' is one argument too many. A command to run stands behind --."
        text = text.partition('=')[0]
        known = [name for each in self._actions for name in each.option_strings]
        near = difflib.get_close_matches(text, known, 1)
        meant = f" Did you mean {near[0]}?" if near and text[:2] == '--' else ''
        return f"unknown option '{text}'.{meant} '{self.prog} -h' lists them."


def arguments(program: str = PROGRAM) -> argparse.ArgumentParser:
    """Return the description of the command line.

    :param program: what the user typed to get here.
    """
    parser = Parser(
        prog=program,
        allow_abbrev=False,
        description="Run a Rally that fits in a process.",
        epilog="After `--` comes a command to run against it: {}.".format(
            "RALLY_SERVER, RALLY_USER, RALLY_PASSWORD, APIKEY, RALLY_WORKSPACE and RALLY_PROJECT "
            "are set for it, and its exit code is ours"
        ),
    )
    add = parser.add_argument
    add('--host', default='127.0.0.1', help="where to listen (default: %(default)s)")
    add(
        '--port',
        type=whole(0, 65535),
        default=DEFAULT_PORT,
        help="0 picks a free port (default: %(default)s)",
    )
    add(
        '--world',
        default='demo',
        metavar='demo|empty|FILE.json',
        help="what the subscription holds (default: %(default)s)",
    )
    add('--db', metavar='FILE', help="keep the data in a file, or at a SQLAlchemy URL")
    add(
        '--seed',
        type=whole(0, 2**31),
        default=0,
        metavar='N',
        help="decides what is random about the world (default: %(default)s)",
    )
    add(
        '--scale',
        type=whole(1, 100000),
        default=1,
        metavar='N',
        help="multiplies the artifacts of the world (default: %(default)s)",
    )
    add('--latency-ms', type=whole(0, 600000), default=0, metavar='N', help="added to every answer")
    add(
        '--latency-per-item-us',
        type=whole(0, 1000000),
        default=0,
        metavar='N',
        help="added for every row of an answer",
    )
    add('--now', metavar='DATE', help="stand still at this time, in ISO 8601")
    add(
        '--strict-tokens',
        action='store_true',
        help="accept a security token only in the session it was given to",
    )
    add('--strict-case', action='store_true', help="compare texts in queries by exact letters")
    add(
        '--serve',
        action='append',
        default=[],
        metavar='DIR=/PREFIX',
        help="serve the files of a folder below a path, such as sdk=/apps/2.1; may be repeated",
    )
    add(
        '--allow-host',
        action='append',
        default=[],
        metavar='NAME',
        help="also answer control requests to this name, such as a container's; may be repeated",
    )
    add('--tls', action='store_true', help="serve HTTPS, with a certificate made on the spot")
    add('--tls-cert', metavar='FILE', help="serve HTTPS with this certificate")
    add('--tls-key', metavar='FILE', help="the private key of --tls-cert")
    add('--json', action='store_true', help="print one line of JSON when ready")
    add('--verbose', action='store_true', help="log to the error output, every request among it")
    add('--version', action='version', version=f'{program} {VERSION_TEXT}')
    return parser


def create(options: argparse.Namespace) -> Emulator:
    """Return the emulator the command line describes, not started yet."""
    tls: Any = options.tls
    if options.tls_key and not options.tls_cert:
        raise ValueError(f"--tls-key {options.tls_key} needs --tls-cert")
    if options.tls_cert:
        tls = (options.tls_cert, options.tls_key or options.tls_cert)
    return Emulator(
        world=options.world,
        host=options.host,
        port=options.port,
        db=options.db,
        seed=options.seed,
        scale=options.scale,
        latency_ms=options.latency_ms,
        latency_per_item_us=options.latency_per_item_us,
        tls=tls,
        now=options.now,
        strict_tokens=options.strict_tokens,
        strict_case=options.strict_case,
        serve=options.serve,
        allow_host=options.allow_host,
    )


def announce(emulator: Emulator, as_json: bool) -> None:
    """Print where the emulator listens and how to log in."""
    shown = {name: getattr(emulator, name) for name in SHOWN}
    # What a client takes as its server: without a scheme it would speak https.
    shown['server'] = emulator.url
    if emulator.certificate is not None:
        shown['certificate'] = emulator.certificate.trusted
    if as_json:
        print(json.dumps(shown), flush=True)
        return
    print(f"A Rally listens at {emulator.url}")
    print("Open it in a browser, or point a client at it. Ctrl-C stops it.")
    for name in ('user', 'password', 'apikey', 'workspace', 'project', 'certificate'):
        if name in shown:
            print(f"  {name:<11} {shown[name]}")
    for prefix, folder in emulator.folders.items():
        print(f"  {'serves':<11} {emulator.url}{prefix} from {folder}")
    sys.stdout.flush()


def reason(error: BaseException, options: argparse.Namespace) -> str:
    """Return one line that says why the emulator cannot start."""
    if isinstance(error, OSError) and error.filename is None:
        return f"cannot listen on {options.host}:{options.port}: {error.strerror or error}"
    return ' '.join(str(error).split())


def split(argv: Sequence[str]) -> tuple[list[str], list[str] | None]:
    """Return our own arguments, and the command after `--`, None without one."""
    given = list(argv)
    if '--' not in given:
        return given, None
    place = given.index('--')
    return given[:place], given[place + 1 :]


def run(command: Sequence[str], emulator: Emulator) -> int:
    """Run a command whose environment names this emulator; return its exit code.

    :raises OSError: when there is no such command.
    """
    environment = {**os.environ, **emulator.environment()}
    # The command shares our terminal and hears Ctrl-C itself; we wait for what it makes of it.
    return subprocess.call(list(command), env=environment)


def main(argv: Sequence[str] | None = None, program: str = PROGRAM) -> int:
    """Run the emulator until it is told to stop, or until its command ends.

    :param argv: the arguments; those of the process when not given.
    :param program: what the user typed to get here.
    :returns: the exit code: the command's, or 0 after a clean stop, 2 when it could not start.
    """
    own, command = split(sys.argv[1:] if argv is None else argv)
    parser = arguments(program)
    options = parser.parse_args(own)
    if command == []:
        parser.error("after -- comes a command to run, such as: -- python my_script.py")
    # What went wrong inside is said even to those who do not want to hear everything.
    logging.basicConfig(
        level=logging.DEBUG if options.verbose else logging.WARNING,
        stream=sys.stderr,
        format='%(asctime)s %(levelname)s %(message)s',
    )
    stopped = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopped.set())
    emulator: Emulator | None = None
    try:
        emulator = create(options)
        emulator.start()
    except (OSError, WorldError, DatabaseError, ValueError) as error:
        if emulator is not None:
            emulator.stop()
        print(f"{program}: {reason(error, options)}", file=sys.stderr)
        return 2
    try:
        if command:
            return run(command, emulator)
        announce(emulator, options.json)
        stopped.wait()
    except OSError as error:
        print(f"{program}: cannot run {(command or [''])[0]}: {error.strerror}", file=sys.stderr)
        return 2
    finally:
        emulator.stop()
    return 0


if __name__ == '__main__':
    sys.exit(main())

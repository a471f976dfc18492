"""`pyral doctor`: why a connection does not come about, a verdict a line and what to do."""
from __future__ import absolute_import, division, print_function

import argparse

from pyral.doctor import examine

__all__ = ['add', 'run']

_DESCRIPTION = """\
Settings and where they stand, proxy, DNS, TCP, TLS, the service, the clock, the key or password,
workspace and project, rights, the schema and the speed of a page are checked in this order, each
with one verdict: ok, note, warning or failure. What depends on a failed check is not made. Nothing
is written; an update of an item that cannot exist tells whether an API key is read-only.

The exit code is 0 where nothing failed, 1 where something did."""


def add(verbs):
    """Describe the verb."""
    parser = verbs.add(
        'doctor', run, "Check settings, network, service and account.", _DESCRIPTION, examples=[
            ("why does it not connect?", "pyral doctor"),
            ("for a report or a monitor", "pyral doctor --json")])
    parser.add_argument('--json', action='store_true', help="write the findings as one JSON object")
    parser.add_argument('-o', '--format', choices=('table', 'json'), metavar='FORMAT',
                        help="table or json, which is what --json asks for")
    parser.add_argument('--time-limit', type=_seconds, default=20, metavar='SECONDS',
                        help="for each check (20)")
    parser.add_argument('--no-write', action='store_true',
                        help="do not find out whether an API key is read-only")


def _seconds(text):
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds <= 3600:
        raise argparse.ArgumentTypeError("'{0}' is no number of seconds".format(text))
    return seconds


def run(session):
    """Write the findings as they come, or all of them as JSON, and return the exit code."""
    options = session.options
    is_json = options.json or options.format == 'json'

    def show(finding):
        if finding.was_made and not is_json:
            session.write_line(str(finding))
            session.out.flush()

    findings = examine(session.setting_arguments(), time_limit=options.time_limit,
                       tries_write=not options.no_write, on_finding=show)
    session.write_line(findings.to_json() if is_json else findings.summary)
    return findings.exit_code

"""Write the page `connecting_trouble.rst`: what the doctor finds, by the errors that people see.

Run `python doc/connecting.py` after changing `tests/emulator/doctor_cases.py`, whose set-ups the
tests make for real; `--check` only says whether the page is what it would write.
"""

from __future__ import annotations

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(HERE, 'source', 'connecting_trouble.rst')
sys.path.insert(0, os.path.dirname(HERE))

import pyral  # noqa: E402
from tests.emulator.doctor_cases import CASES, SECTIONS  # noqa: E402

HEAD = """\
If it does not connect
======================

.. This page is written by doc/connecting.py from tests/emulator/doctor_cases.py; change those.

.. index:: ! it does not connect, ! connection refused, ! cannot connect, ! connection problems, ! doctor, ! pyral doctor, ! troubleshooting

Ask the doctor first. On the command line, with the settings that your scripts have:

.. code-block:: text

   $ pyral doctor
   ok       versions      pyral 2.0.0, Python 3.13.1, requests 2.32.3, ...
   ok       settings      server from environment RALLY_SERVER; apikey from environment APIKEY
   ok       server        https://127.0.0.1:8010
   ok       certificates  the authorities of '/etc/ssl/certs/ca-certificates.crt' are trusted
   ok       credentials   an API key from environment APIKEY
   ok       proxy         none
   ok       DNS           127.0.0.1 is 127.0.0.1
   ok       TCP           127.0.0.1 port 8010 takes connections
   failure  TLS           127.0.0.1:8010 speaks plain http, not https
                          -> Write the server as 'http://127.0.0.1:8010', or give the port of
                             https. Over http, anyone in between can read the credentials.
   ok       schema cache  '.../.cache/pyral'
   Failed: TLS. Not made: service, clock, sign-in, workspace, project, writing, schema, page.

Each check has one verdict (``ok``, ``note``, ``warning``, ``failure``) and says what to do; what depends on a failed check
is not made. The exit code is 0 where nothing failed, 1 where something did, 2 for options that do not fit. ``--json``
writes all findings, and what else is known, as one object. No secret is in it, so that it can be sent to whoever helps.

In a script, where no connection comes about, and for a connection that is there:

.. code-block:: python

   import pyral
   from pyral.doctor import examine
   from pyral.emulator import Emulator

   with Emulator(world='empty') as emu:
       findings = examine(server=emu.url, apikey='_wrong', project='Shop')
       for finding in findings:
           if finding.verdict == 'failure':
               print(finding.check, finding.text, finding.advice)

       rally = pyral.Rally(emu.url, apikey=emu.apikey)
       print(rally.doctor().of('sign-in').text)

``examine`` takes the settings as keywords, as options (``args=sys.argv[1:]``), or from environment and files as
:doc:`configuration` says, and ``verify_ssl_cert`` and ``schema_cache`` as :class:`Rally` does. It raises for nothing that it
finds. Each check has ``time_limit`` seconds (20), and a few more where it looks a second time; Ctrl-C ends it at once.

What the doctor sends
---------------------

A request that fails is not sent again. The service gets these requests, in this order; the proxy check asks a proxy for a tunnel, and DNS,
TCP and TLS open a connection each.

.. list-table::
   :header-rows: 1
   :widths: 20 12 68

   * - check
     - requests
     - what is asked
   * - service, clock, sign-in
     - 1
     - who is asking; one more where the service does not say which workspace is the default
   * - workspace
     - 1
     - the open workspaces; one more where it is named by reference
   * - project
     - 1
     - its open projects (one for each 2,000); one more where it is named by reference or path
   * - writing
     - 1
     - with a password, the security token; with an API key, an update of the tag with the ObjectID 0, which cannot
       exist, with nothing in it. The service shows nowhere what a key may do, and refuses writes of a read-only key before
       all else (that key is asked twice, as any refusal within a run is). ``--no-write``, or ``tries_write=False``, leaves
       it out; then it says that it was not tried.
   * - schema
     - 2
     - the schema of the workspace; 1 where it is kept already
   * - page
     - 1
     - 200 stories

A key or password that is refused is sent once and no more, so that no account is locked.
"""  # noqa: E501
FOOT = """\

Texts in quotes are those of the doctor; ``...`` stands for what differs. Each set-up above is made for real by the tests.
"""  # noqa: E501


def page() -> str:
    """Return the page."""
    parts = [HEAD]
    for section, title in SECTIONS.items():
        parts += ['', title, '-' * len(title)]
        for case in CASES:
            if case.section == section:
                # What people search for stands in the heading.
                head = literal(f'{case.seen[0]}: {case.title}' if case.seen else case.title)
                parts += ['', head, '~' * len(head), '']
                if case.seen:
                    parts += ['You see: ' + ', '.join(map(shown, case.seen)), '']
                said = f'The doctor says ({case.verdict}, {case.check}): "{literal(case.text)}"'
                parts += [
                    said + (f'\n\n**What to do:** {literal(case.advice)}' if case.advice else '')
                ]
    return '\n'.join(parts) + '\n' + FOOT


def shown(text: str) -> str:
    """Return what people see as a literal; the name of an error leads to the reference."""
    return f':exc:`{text}`' if text in pyral.__all__ else f'``{text}``'


def literal(text: str) -> str:
    """Return a text in which nothing is markup."""
    for sign in '\\*`|_':
        text = text.replace(sign, '\\' + sign)
    return text


def main(arguments: list[str]) -> int:
    """Write the page, or say whether it is up to date."""
    if arguments == ['--check']:
        with open(PAGE, encoding='utf-8') as source:
            return int(source.read() != page())
    with open(PAGE, 'w', encoding='utf-8') as target:
        target.write(page())
    return 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))

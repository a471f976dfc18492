# PYTHON_ARGCOMPLETE_OK
"""The command `pyral`: verbs that read and write from a terminal, with tables and JSON lines.

`python -m pyral` and the script `pyral` call `end_process`, which calls `main`. A verb is a module
of `pyral.cli.verbs` with two functions, and an entry in `pyral.cli.command.VERBS`:

    def add(verbs):
        parser = verbs.add('get', run, "List the items of a type.", examples=[
            ("the open defects", "pyral get Defect -q 'State = Open'")])
        parser.add_argument('type', metavar='TYPE', help="such as Defect")
        options.add_output(parser)          # -o, --output, for what gives rows

    def run(session):
        rows = session.rally.rows(session.options.type, 'FormattedID,Name')
        session.write_rows(rows)

`session` is a `session.CommandSession`: `options` are the parsed arguments, `rally` connects when
it is first looked at, `write_rows`, `write_item` and `write_line` write to the standard output as
the options and the stream want it, `on_progress` goes to the library, `note` writes a line to the
error output, `confirm` asks on a terminal. What stops a verb is raised: `failures.UsageError` (exit
code 2) and `failures.CommandFailed` (1); the errors of the library need no handling. `run` returns
None or an exit code.
"""
from __future__ import absolute_import, division, print_function

from pyral.cli.command import end_process, main

__all__ = ['end_process', 'main']

"""The command line of `pyral`: the verbs, and how a run of one ends."""
from __future__ import absolute_import, division, print_function

import os
import signal
import sys
import warnings

from pyral._compat import text_of
from pyral._version import VERSION_TEXT
from pyral.advice import RallyWarning
from pyral.cli.completion import complete
from pyral.cli.failures import (
    DONE,
    FAILED,
    INTERRUPTED,
    PIPE_CLOSED,
    USAGE,
    CommandFailed,
    PipeClosed,
    UsageError,
    exit_code_of,
)
from pyral.cli.parser import EXIT_CODES, CommandParser, HelpShown, Verbs, add_connection, no_verb
from pyral.cli.session import CommandSession, Reporter
from pyral.cli.streams import TextSink, argument_text, discard_rest, take_closed_numbers
from pyral.cli.verbs import (
    attach,
    config,
    copy_items,
    create,
    delete,
    doctor,
    export,
    fields,
    get,
    me,
    open_page,
    projects,
    query,
    serve,
    set_fields,
    show,
    types,
    users,
    values,
)
from pyral.errors import PyralError
from pyral.restapi import Rally

__all__ = ['VERBS', 'build_parser', 'end_process', 'main']

#: The modules of the verbs, in the order of the help.
VERBS = (
    get,
    show,
    export,
    create,
    copy_items,
    set_fields,
    delete,
    attach,
    query,
    types,
    fields,
    values,
    users,
    projects,
    me,
    open_page,
    config,
    doctor,
    serve,
)

#: What a shell adds to the number of the signal that ended a program.
_SIGNALS = 128
_ENDS = (PyralError, UsageError, CommandFailed, EnvironmentError, ImportError, ValueError)


def build_parser(sink=None):
    """Return the `CommandParser` of the command.

    :param sink: a `TextSink`: where help goes.
    """
    parser = CommandParser(
        prog='pyral', sink=sink, epilog=EXIT_CODES,
        description="Read and write Rally from a terminal. 'pyral VERB -h' tells of a verb.")
    parser.add_argument('--version', action='version', version='pyral ' + VERSION_TEXT,
                        help="show the version and end")
    add_connection(parser)
    verbs = Verbs(parser)
    for module in VERBS:
        module.add(verbs)
    return parser


def end_process():
    """Run the command with the arguments of the process, and end it: the script `pyral`."""
    take_closed_numbers()
    ended_by = _end_as_by_interrupt()
    code = main()
    if code == INTERRUPTED and ended_by:
        code = _SIGNALS + ended_by[0]
    if code in (INTERRUPTED, PIPE_CLOSED) or ended_by:
        os._exit(code)  # threads that still read would be waited for, or complain on 2.7
    sys.exit(code)


def _end_as_by_interrupt():
    """Let the other signals that end a process do what Ctrl-C does: what was written is whole.

    :returns: a list that will hold the number of the signal that came.
    """
    found = []

    def end(number, _):
        found.append(number)
        raise KeyboardInterrupt

    for name in ('SIGTERM', 'SIGHUP'):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, end)
    return found


def main(argv=None, stdin=None, stdout=None, stderr=None, connect=Rally):
    """Run the command and return its exit code.

    :param argv: the arguments; those of the process when not given.
    :param stdin: and `stdout`, `stderr`: streams in place of those of the process.
    :param connect: is called as `Rally` is, and returns one.
    """
    argv = list(sys.argv[1:] if argv is None else argv)
    stdout = sys.stdout if stdout is None else stdout
    out = TextSink(stdout)
    reporter = Reporter(TextSink(sys.stderr if stderr is None else stderr))
    reporter.as_json = '--json-errors' in argv
    code = DONE
    with warnings.catch_warnings():
        warnings.simplefilter('always', RallyWarning)
        warnings.showwarning = lambda message, *_, **__: reporter.warning(text_of(message))
        try:
            code = _outcome(argv, sys.stdin if stdin is None else stdin, out, reporter, connect)
            out.flush()
        except PipeClosed:
            discard_rest(stdout)
            code = PIPE_CLOSED
        except KeyboardInterrupt:
            code = INTERRUPTED
        except (EnvironmentError, ValueError) as error:  # what was held back cannot be written
            discard_rest(stdout)
            if code == DONE:
                reporter.error(error)
            code = code or FAILED
    return code


def _outcome(argv, stdin, out, reporter, connect):
    """Run a verb, tell what stops it, and return the exit code."""
    session = None
    try:
        argv = [argument_text(each) for each in argv]
        parser = build_parser(out)
        complete(parser)
        if not argv:
            parser.print_help()
            return USAGE
        options = parser.parse_args(argv)
        if getattr(options, 'run', None) is None:
            raise no_verb()
        session = CommandSession(options, stdin, out, reporter, connect)
        return options.run(session) or DONE
    except HelpShown:
        return DONE
    except KeyboardInterrupt:
        out.flush()
        return INTERRUPTED
    except _ENDS as error:
        reporter.error(error, session.rows_written if session is not None else 0)
        return exit_code_of(error)
    finally:
        if session is not None:
            session.close()

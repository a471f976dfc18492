"""A run of one verb: its options, its connection, and what it writes to the streams."""
from __future__ import absolute_import, division, print_function

import getpass
import sys

from pyral import config
from pyral._compat import ensure_native, ensure_text, fill, raise_from
from pyral.cli import formats
from pyral.cli.failures import (
    CommandFailed,
    PipeClosed,
    UsageError,
    counted,
    facts_of,
    sentence_of,
)
from pyral.cli.inputs import text_of
from pyral.cli.output_file import OutputFile, check_place, format_of_name
from pyral.cli.progress_bar import ProgressBar
from pyral.cli.streams import is_terminal
from pyral.cli.tables import one_line
from pyral.errors import NotFoundError

__all__ = ['CommandSession', 'Reporter']

_YES = (u'y', u'yes')


class Reporter(object):
    """Tells errors and warnings on the error output, one a line.

    :param sink: the `TextSink` of the error output.
    """

    def __init__(self, sink):
        self.sink = sink
        self.as_json = False
        self.bar = None
        self._warned = set()

    def error(self, error, rows_written=0):
        """Tell what stopped the verb.

        :param rows_written: what went to the output before.
        """
        if self.as_json:
            self._write(formats.as_json(dict(facts_of(error), rows_written=rows_written)))
            return
        sentence = sentence_of(error)
        if rows_written:
            sentence += fill(u" (after {0}: the output is not all there is)",
                             counted(rows_written, u"row"))
        self._write(u'pyral: ' + sentence)

    def warning(self, text):
        """Tell a warning, once for each text."""
        text = u' '.join(ensure_text(text, errors='replace').split())
        if text in self._warned:
            return
        self._warned.add(text)
        self._write(formats.as_json({'warning': text}) if self.as_json
                    else u'pyral: warning: ' + text)

    def note(self, text):
        """Tell something that is neither."""
        self._write(formats.as_json({'note': text}) if self.as_json else u'pyral: ' + text)

    def _write(self, line):
        line = one_line(line)
        if self.bar is not None:
            self.bar.clear()
        try:
            self.sink.write(line + u'\n')
            self.sink.flush()
        except (PipeClosed, IOError, OSError):  # there is nobody to tell it to
            return


class CommandSession(object):
    """What a verb works with.

    :param options: the parsed arguments.
    :param stdin: as `sys.stdin`.
    :param out: the `TextSink` of the standard output.
    :param reporter: a `Reporter`.
    :param connect: is called as `Rally` is, and returns one.
    """

    def __init__(self, options, stdin, out, reporter, connect):
        self.options, self.stdin, self.out, self.reporter = options, stdin, out, reporter
        self.rows_written = 0
        self.note = reporter.note
        self._connect, self._rally, self._bar, self._input = connect, None, None, None

    @property
    def rally(self):
        """The connection, made when it is first asked for."""
        if self._rally is None:
            found = config.connection_settings(None, {}, args=self.setting_arguments())
            if 'user' in found and 'password' not in found and 'apikey' not in found:
                found.update(self._asked_password(found))
            self._rally = self._connected(found)
        return self._rally

    def close(self):
        """End the connection."""
        self.clear_bar()
        if self._rally is not None:
            self._rally.close()

    def setting_arguments(self):
        """Return the options that are settings as `rallyWorkset` takes them."""
        given = vars(self.options)
        found = ['--conf={0}'.format(name) for name in given.get('config_files') or ()]
        if given.get('profile') is not None:
            found.append('--profile={0}'.format(given['profile']))
        for setting in config.SETTINGS:
            value = given.get('setting_' + setting.name)
            if value is not None:
                found.append('--{0}={1}'.format(setting.name, value))
        return found

    @property
    def is_interactive(self):
        """Whether somebody at a terminal can answer a question."""
        return is_terminal(self.stdin) and self.reporter.sink.is_terminal

    def confirm(self, question):
        """Ask on the terminal and say whether the answer is yes; without one it is no."""
        if not self.is_interactive:
            return False
        self.clear_bar()
        self.reporter.sink.write(question + u' [y/N] ')
        self.reporter.sink.flush()
        answer = u''
        try:
            answer = ensure_text(self.input_bytes().readline(), errors='replace')
        finally:
            if not answer.endswith(u'\n'):  # Ctrl-C or Ctrl-D: what follows gets a line of its own
                self.reporter.sink.write(u'\n')
        return answer.strip().lower() in _YES

    def input_text(self):
        """Return the standard input as text; more than one argument may ask for it.

        :raises UsageError: there is none, or it is no text.
        """
        if self._input is None:
            self._input = text_of(self.input_bytes().read(), u"the standard input")
        return self._input

    def input_bytes(self):
        """Return the standard input as a file of bytes.

        :raises UsageError: the process was started without one.
        """
        if self.stdin is None:
            raise UsageError(u"the standard input is closed, and - reads it")
        return getattr(self.stdin, 'buffer', self.stdin)

    def on_progress(self, done, total):
        """Show how much is done, where that is seen and disturbs nothing."""
        if self._bar is None:
            is_free = not self.out.is_terminal or not self.rows_written
            self._bar = self.reporter.bar = ProgressBar(self.reporter.sink, is_free)
        self._bar(done, total)

    def clear_bar(self):
        """Take the bar away, before something else is written; it does not come again."""
        if self._bar is not None:
            self._bar.clear()
            self._bar.is_shown = False

    def format(self, default=None):
        """Return the format that the options and the stream ask for; no request.

        :raises UsageError: Parquet for a terminal, or a file name that tells no format.
        :raises CommandFailed: the output is to go to a stream that the process does not have.
        """
        asked = getattr(self.options, 'format', None)
        name = getattr(self.options, 'output', None)
        if name not in (None, '-'):
            check_place(name)
            asked = asked or format_of_name(name)
        elif self.out.is_closed:
            raise CommandFailed(u"the standard output is closed")
        if asked is None:
            asked = default or ('table' if self.out.is_terminal else 'jsonl')
        if asked == 'parquet':
            formats.check_parquet()
            if name in (None, '-') and not self.out.takes_bytes:
                raise UsageError(u"Parquet is not written to a terminal",
                                 u"Name a file with --output FILE, or write to a pipe.")
        return asked

    def write_rows(self, rows):
        """Write rows in the format asked for and return how many there were.

        :param rows: `Rows`, or `formats.PlainRows`.
        """
        format_name = self.format()
        escapes = not getattr(self.options, 'no_escape', False)
        name = getattr(self.options, 'output', None)
        if name in (None, '-'):
            hidden = formats.write(rows, format_name, self.out, self._count, escapes,
                                   self.clear_bar)
            self.out.flush()
            if hidden:
                self.note(fill(u"the terminal is too narrow for {0} of {1} columns; '-o jsonl' "
                               u"has all", hidden, len(rows.columns)))
            return self.rows_written
        target = OutputFile(name, format_name)
        try:
            with target as sink:
                formats.write(rows, format_name, sink, self._count, escapes)
        except BaseException:
            if target.left is not None:
                self.note(fill(u"{0} went to {1}; there is no {2}",
                               counted(self.rows_written, u"row"), target.left, name))
            raise
        return self.rows_written

    def write_item(self, columns, cells, page):
        """Write one item: a page for `table`, else what `write_rows` does with one row.

        :param columns: a list of `Column`.
        :param cells: their values.
        :param page: is called with a width, None for any, and returns the text of the page.
        """
        format_name = self.format()
        if format_name not in ('table', 'json'):
            self.write_rows(formats.PlainRows(columns, [cells]))
            return
        if format_name == 'table':
            text = page(self.out.width if self.out.is_terminal else None)
        else:
            text = formats.item_as_json(columns, cells)
        name = getattr(self.options, 'output', None)
        if name in (None, '-'):
            self.clear_bar()
            is_page = format_name == 'table'
            (self.out if is_page else formats.shown(self.out, self.clear_bar)).write(text)
            return
        with OutputFile(name, format_name) as sink:
            sink.write(text)

    def tell_written(self):
        """Say on a terminal what the output file holds."""
        if self.reporter.sink.is_terminal:
            self.note(fill(u"{0} in {1}", counted(self.rows_written, u"row"), self.options.output))

    def tell_rest(self, rows):
        """Say on a terminal that a limit left items out.

        :param rows: the `Rows` that were written.
        """
        if self.out.is_terminal and self.options.limit and rows.total > self.rows_written:
            self.note(fill(u"{0} of {1} are shown", self.rows_written, rows.total))

    def write_line(self, text):
        """Write a line of text."""
        self.clear_bar()
        self.out.write(ensure_text(text) + u'\n')

    def _count(self, count):
        self.rows_written += count

    def _connected(self, found):
        """Return the connection of settings.

        :raises UsageError: they name a workspace or a project that is not there.
        """
        try:
            return self._connect(warn=False, **found)
        except NotFoundError as error:
            if error.status_code or not (found.get('workspace') or found.get('project')):
                raise
            facts = facts_of(error)
        raise UsageError(facts['error'], facts['hint'], facts['suggestions'])

    def _asked_password(self, found):
        """Return the password that is lacking, if somebody at the terminal can be asked for it."""
        if not self.is_interactive or self.stdin is not sys.stdin:
            return {}
        prompt = fill(u"Password of {0} on {1}: ", found['user'],
                      found.get('server', config.SERVER))
        try:
            return {'password': getpass.getpass(ensure_native(prompt))}
        except EOFError:
            raise_from(CommandFailed(u"no password was given"), None)
        except UnicodeError:
            raise_from(CommandFailed(u"the password holds signs that are no text",
                                     u"Does the terminal write another encoding than the "
                                     u"locale says?"), None)

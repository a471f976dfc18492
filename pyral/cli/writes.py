"""Outcomes of writes: a row for each item that was written, a line of the error output for others.

A write goes out once. What is interrupted, or gets no answer, is told as unknown and never sent
again.
"""
from __future__ import absolute_import, division, print_function

import contextlib
import json
import signal
import warnings

from pyral import refs
from pyral._compat import ensure_native, ensure_text, fill, raise_from, text_type
from pyral.cli import formats
from pyral.cli.failures import (
    DONE,
    FAILED,
    INTERRUPTED,
    CommandFailed,
    PipeClosed,
    UsageError,
    counted,
)
from pyral.errors import MultipleOperationError, PyralError, first_names

__all__ = ['COLUMNS', 'MISSING', 'Writes', 'add_dry_run', 'row_of', 'show_plan']

COLUMNS = formats.columns('FormattedID', 'Name', 'Reference')
#: What is said of an id that names nothing.
MISSING = u"there is no such item, or it cannot be seen"
_LOOK = u"Look whether it was before you write it again."
_MOST_NAMED = 10
#: What a batch remarks on failures, each of which is told by itself here.
_SUMMED_UP = (r'(create|update|delete|addCollectionItems|dropCollectionItems)Multiple: '
              r'\d+ of \d+ items failed')


def add_dry_run(parser):
    """Add `--dry-run`."""
    parser.add_argument('--dry-run', action='store_true', help=(
        "show the requests that would write, and send none of them; names are looked up"))


def show_plan(session, plan):
    """Write the requests of a dry run: as text for people, as JSON for programs.

    :param plan: an iterable of `WriteRequest`s.
    """
    format_name = session.format()
    if format_name not in ('table', 'json', 'jsonl'):
        raise UsageError(fill(u"a dry run is shown as table, json or jsonl, not as {0}",
                              format_name))
    plan = list(plan)
    if format_name == 'json':
        session.write_line(json.dumps([each.to_dict() for each in plan], indent=2))
    for each in plan if format_name == 'jsonl' else ():
        session.write_line(formats.as_json(each.to_dict()))
    if format_name == 'table':
        session.write_line(u'\n\n'.join(ensure_text(text_type(each)) for each in plan))
    session.out.flush()  # what cannot be shown is not told as shown
    session.note(fill(u"dry run: {0} would be sent; nothing was written", counted(
        len(plan), u"request")))


class Writes(object):
    """What became of the items of one run.

    :param session: the `CommandSession`.
    """

    def __init__(self, session):
        self._session = session
        self.has_failed = self.is_interrupted = False

    @property
    def exit_code(self):
        """The exit code of the run."""
        if self.is_interrupted:
            return INTERRUPTED
        return FAILED if self.has_failed else DONE

    def write_rows(self, columns, rows):
        """Write the rows of what is written, and carry the writes through where that fails.

        How much goes out before a full disk or a closed pipe shows is chance, and no measure of
        what is to be written. Where nothing was begun, nothing is.

        :param rows: an iterator that writes items as it goes on.
        """
        done = []

        def noted():
            for row in rows:
                done.append(row)
                yield row

        try:
            self._session.write_rows(formats.PlainRows(columns, noted()))
        except (PipeClosed, EnvironmentError) as error:
            if not done:
                raise
            done.extend(rows)
            if not isinstance(error, PipeClosed):
                self._session.note(fill(u"{0} written all the same: {1}", counted(
                    len(done), u"item"), first_names([next(cell for cell in row if cell)
                                                      for row in done], _MOST_NAMED)))
            raise_from(error, None)

    def fail(self, label, problem, hint=None):
        """Tell that one item was not written.

        :param label: what the item is called.
        :param problem: an error or a text.
        """
        self.has_failed = True
        if isinstance(problem, PyralError):
            is_unknown = getattr(problem, 'outcome_unknown', False)
            hint = _LOOK if is_unknown else hint or problem.hint
            suggestions, refusals = problem.suggestions, getattr(problem, 'errors', ())
            problem = u"; ".join(refusals) or ensure_text(problem.message)
            if is_unknown:
                problem = fill(u"it is not known whether this was written: {0}", problem)
        else:
            suggestions = ()
        self._session.reporter.error(CommandFailed(
            fill(u"{0}: {1}", label, problem), hint, suggestions))

    def one(self, label, call):
        """Return what a call that writes returns, None where it failed, which is told."""
        if self.is_interrupted:
            return None
        try:
            return call()
        except PyralError as error:
            self.fail(label, error)
        except KeyboardInterrupt:
            self.is_interrupted = True
            self.fail(label, u"interrupted; it is not known whether this was written", _LOOK)
        return None

    def many(self, labels, call):
        """Yield the outcome of each item that a batch wrote; others are told.

        :param labels: what the items are called.
        :param call: returns a `BatchResult`.
        """
        sent, error = None, None
        try:
            with _quiet():
                outcomes = call().outcomes
        except MultipleOperationError as caught:
            if caught.method is None:
                raise_from(UsageError(caught.message, caught.hint, caught.suggestions), None)
            error, outcomes = caught, list(caught.outcomes)
            sent = len(outcomes)
            if caught.outcome_unknown and not any(each.is_unknown for each in outcomes):
                sent += len((caught.payload or {}).get('Batch', ()))
        except KeyboardInterrupt as interrupt:
            if not hasattr(interrupt, 'outcomes'):
                raise
            outcomes, self.is_interrupted = interrupt.outcomes, True
            sent = len(outcomes)
        with _uninterrupted(self.is_interrupted):
            for each in outcomes:
                if each.result is not None:
                    yield each
                elif each.is_unknown:
                    self.fail(labels[each.place], each.errors[0], _LOOK)
                else:
                    self.fail(labels[each.place], u"; ".join(each.errors))
            if sent is not None:
                self._tell_rest(labels, len(outcomes), sent, error)

    def _tell_rest(self, labels, known, sent, error):
        """Tell of the items that an answer does not tell of, and of those that were not sent."""
        for label in labels[known:sent]:
            self.fail(label, u"it is not known whether this was written", _LOOK)
        if error is not None and sent == known and not error.outcome_unknown:
            self.fail(labels[known] if known < len(labels) else labels[-1], error.message,
                      u"Nothing of this request was written.")
        self.tell_unsent(labels[sent:])

    def tell_unsent(self, labels):
        """Tell of items that were not sent, because what came before them ended the run."""
        if labels:
            self.has_failed = True
            self._session.reporter.error(CommandFailed(
                fill(u"{0} not sent: {1}", counted(len(labels), u"item"),
                     first_names(labels, _MOST_NAMED))))


def row_of(outcome):
    """Return the cells of `COLUMNS` for the outcome of a batch."""
    found = outcome.result
    return [found['FormattedID'], found['Name'], refs.parse(found['_ref']).short]


@contextlib.contextmanager
def _uninterrupted(is_wanted):
    """Let no further Ctrl-C lose what became of the items; some programs send two."""
    try:
        before = signal.signal(signal.SIGINT, signal.SIG_IGN) if is_wanted else None
    except ValueError:  # only the main thread may
        before = None
    try:
        yield
    finally:
        if before is not None:
            signal.signal(signal.SIGINT, before)


@contextlib.contextmanager
def _quiet():
    with warnings.catch_warnings():
        warnings.filterwarnings('ignore', ensure_native(_SUMMED_UP))
        yield

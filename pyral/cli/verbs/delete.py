"""`pyral delete`: delete items, after --yes or a yes at the terminal."""
from __future__ import absolute_import, division, print_function

from pyral._compat import ensure_native, fill
from pyral.cli.failures import FAILED, UsageError
from pyral.cli.options import add_output
from pyral.cli.targets import add_items, by_type, given_ids, targets
from pyral.cli.writes import COLUMNS, MISSING, Writes, add_dry_run, show_plan

__all__ = ['add', 'run']

#: So many of the items are shown before the question.
_MOST_SHOWN = 20


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('delete', run, "Delete items.", (
        "What is to be deleted is shown, and nothing is deleted without --yes or a yes at the "
        "terminal."), examples=[
        ("one, after a question", "pyral delete DE40"),
        ("those of a file, without one", "pyral delete -f ids.txt --yes"),
        ("see what would be sent", "pyral delete US135 TA7 --dry-run"),
        ("what has no FormattedID", "pyral delete --type Tag obsolete"),
    ])
    add_items(parser)
    parser.add_argument('-y', '--yes', action='store_true', help="delete without a question")
    add_dry_run(parser)
    add_output(parser)


def run(session):
    """Delete the items."""
    options = session.options
    session.format()
    if not (options.yes or options.dry_run or session.is_interactive):
        raise UsageError(u"nothing is deleted without --yes where nobody can be asked",
                         u"--dry-run shows what would be deleted.")
    found, missing = targets(session, given_ids(session, options.ids))
    writes = Writes(session)
    for label in missing:
        writes.fail(label, MISSING)
    if options.dry_run:
        show_plan(session, [request for members in by_type(found)
                            for request in session.rally.dry_run(*_call(members))])
        return writes.exit_code
    if found and not options.yes and not _is_wanted(session, found):
        session.note(u"nothing was deleted")
        return FAILED
    writes.write_rows(COLUMNS, _deleted(session, writes, found))
    return writes.exit_code


def _is_wanted(session, found):
    """Show what is to be deleted and say whether it shall be."""
    for target in found[:_MOST_SHOWN]:
        session.note(fill(u"{0}  {1}  ({2})", target.label, target.name or u'',
                          target.type_def.DisplayName))
    if len(found) > _MOST_SHOWN:
        session.note(fill(u"and {0} more", len(found) - _MOST_SHOWN))
    return session.confirm(u"Delete this item?" if len(found) == 1
                           else fill(u"Delete these {0} items?", len(found)))


def _call(members):
    """Return the method that deletes items of one type, and its arguments."""
    type_name = ensure_native(members[0].type_def.TypePath)
    if len(members) == 1:
        return 'delete', type_name, members[0].ref
    return 'deleteMultiple', type_name, [target.ref for target in members]


def _deleted(session, writes, found):
    """Yield the row of each item that was deleted."""
    done = 0
    for members in by_type(found):
        if writes.is_interrupted:
            writes.tell_unsent([target.label for target in members])
            continue
        for target in _gone(session, writes, members, done, len(found)):
            yield [target.formatted_id, target.name, target.ref]
        done += len(members)
        session.on_progress(done, len(found))


def _gone(session, writes, members, before, total):
    """Return the items of one type that were deleted."""
    method, type_name, given = _call(members)
    delete = getattr(session.rally, method)
    if len(members) == 1:
        return members if writes.one(members[0].label, lambda: delete(type_name, given)) else []
    return [members[outcome.place] for outcome in writes.many(
        [target.label for target in members],
        lambda: delete(type_name, given, on_progress=lambda done, _: session.on_progress(
            before + done, total)))]

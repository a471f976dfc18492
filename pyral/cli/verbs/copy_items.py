"""`pyral copy`: have the service copy items, each in a request."""
from __future__ import absolute_import, division, print_function

from pyral._compat import ensure_native
from pyral.cli.options import add_output
from pyral.cli.targets import add_items, given_ids, targets
from pyral.cli.writes import COLUMNS, MISSING, Writes, add_dry_run, show_plan

__all__ = ['add', 'run']


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('copy', run, "Copy items.", (
        "What goes along, such as tags and steps, the service decides, and the name says that it\n"
        "is a copy. Not every type can be copied."), examples=[
        ("a defect", "pyral copy DE40"),
        ("name the copy", "pyral copy TC12 | pyral set -f - Name='Pay by card, again'"),
        ("see what would be sent", "pyral copy DE40 US135 --dry-run"),
    ])
    add_items(parser)
    add_dry_run(parser)
    add_output(parser)


def run(session):
    """Copy the items."""
    options = session.options
    session.format()
    found, missing = targets(session, given_ids(session, options.ids))
    writes = Writes(session)
    for label in missing:
        writes.fail(label, MISSING)
    if options.dry_run:
        show_plan(session, [request for target in found
                            for request in session.rally.dry_run('copy', *_item(target))])
        return writes.exit_code
    writes.write_rows(COLUMNS, _copied(session, writes, found))
    return writes.exit_code


def _item(target):
    return ensure_native(target.type_def.TypePath), target.ref


def _copied(session, writes, found):
    """Yield the row of each copy."""
    for place, target in enumerate(found):
        session.on_progress(place, len(found))
        made = writes.one(target.label, lambda target=target: session.rally.copy(
            *_item(target), fetch='FormattedID,Name,ObjectID'))
        if made is not None:
            yield [getattr(made, 'FormattedID', None), getattr(made, 'Name', None), made.ref]
        if writes.is_interrupted:
            writes.tell_unsent([each.label for each in found[place + 1:]])
            return

"""`pyral set`: change fields of items, of one or of many in few requests."""
from __future__ import absolute_import, division, print_function

from pyral import refs
from pyral._compat import ensure_native, fill
from pyral.cli.assignments import (
    ADD,
    HELP,
    changes_of,
    check_input,
    is_assignment,
    parsed,
)
from pyral.cli.failures import UsageError
from pyral.cli.options import add_output
from pyral.cli.targets import add_ids, by_type, given_ids, targets
from pyral.cli.writes import COLUMNS, MISSING, Writes, add_dry_run, row_of, show_plan
from pyral.errors import PyralError

__all__ = ['add', 'run']


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('set', run, "Change fields of items.", HELP, examples=[
        ("close two defects", "pyral set DE40 DE41 State=Closed"),
        ("hand over, take a tag out", "pyral set US135 Owner=mei@example.com Tags-=urgent"),
        ("the ids of a table", "cut -f1 defects.tsv | pyral set -f - State=Closed"),
        ("what a query finds",
         "pyral get Defect -q 'State = Fixed' | pyral set -f - State=Closed --dry-run"),
        ("a text from a file", "pyral set US135 Description=@description.html"),
        ("what has no FormattedID", "pyral set --type Iteration 'Sprint 154' State=Accepted"),
    ])
    parser.add_argument('arguments', metavar='ID ... FIELD=VALUE', nargs='+', help=(
        "FormattedIDs, references, addresses of pages or ObjectIDs, and what to set"))
    add_ids(parser)
    add_dry_run(parser)
    add_output(parser)
    parser.collects = 'arguments'


def run(session):
    """Change the items."""
    session.format()
    given = session.options.arguments
    assignments = parsed(each for each in given if is_assignment(each))
    check_input(assignments, session.options.file)
    ids = given_ids(session, [each for each in given if not is_assignment(each)])
    if not assignments:
        raise UsageError(u"nothing is to be set", u"Give FIELD=VALUE, as in State=Open.")
    found, missing = targets(session, ids)
    changes = [(members,) + changes_of(session, members[0].type_def, assignments)
               for members in by_type(found)]
    if session.options.dry_run:
        writes = Writes(session)
        for label in missing:
            writes.fail(label, MISSING)
        show_plan(session, [request for each in changes for request in _plan(session, *each)])
        return writes.exit_code
    writes = Writes(session)
    for label in missing:
        writes.fail(label, MISSING)
    writes.write_rows(COLUMNS, (
        row for each in changes for row in _changed(session, writes, *each)))
    return writes.exit_code


def _bodies(members, values):
    return [dict(values, ObjectID=refs.parse(target.ref).oid) for target in members]


def _plan(session, members, values, edits):
    """Return the requests for the items of one type."""
    rally, type_name = session.rally, ensure_native(members[0].type_def.TypePath)
    plan = []
    if values and len(members) > 1:
        plan.extend(rally.dry_run('updateMultiple', type_name, _bodies(members, values)))
    elif values:
        plan.extend(rally.dry_run('update', type_name, members[0].ref, dict(values)))
    for name, how, items in edits:
        plan.extend(rally.dry_run(*_edit(members, name, how, items)))
    return plan


def _edit(members, name, how, items):
    """Return the method that edits a collection of items of one type, and its arguments."""
    method = 'addCollectionItems' if how == ADD else 'dropCollectionItems'
    if len(members) == 1:
        return method, members[0].ref, name, items
    return method + 'Multiple', [target.ref for target in members], name, items


def _changed(session, writes, members, values, edits):
    """Yield the rows of the items of one type that were changed."""
    changed = _updated(session, writes, members, values)
    if edits:
        changed = list(changed)
        edited = [_edited(session, writes, [target for target, _ in changed], *edit)
                  for edit in edits if changed]
        changed = [(target, row) for target, row in changed
                   if all(target.ref in each for each in edited)]
    for _, row in changed:
        yield row


def _edited(session, writes, members, name, how, items):
    """Return the references of the items of which a collection was changed; others are told."""
    labels = [fill(u"{0}: {1}", target.label, name) for target in members]
    if writes.is_interrupted:
        writes.tell_unsent(labels)
        return set()
    call = _edit(members, name, how, items)
    edit, given = getattr(session.rally, call[0]), call[1:]
    if len(members) == 1:
        done = writes.one(labels[0], lambda: (edit(*given), True))
        return set([members[0].ref] if done is not None else [])
    try:
        return set(members[outcome.place].ref for outcome in writes.many(
            labels, lambda: edit(*given, on_progress=session.on_progress)))
    except PyralError as error:  # before anything was sent, and so for all of them
        for label in labels:
            writes.fail(label, error)
        return set()


def _updated(session, writes, members, values):
    """Yield each item whose values were set, with its row."""
    rally, type_name = session.rally, ensure_native(members[0].type_def.TypePath)
    if writes.is_interrupted:
        writes.tell_unsent([target.label for target in members])
        return
    if not values:
        for target in members:
            yield target, [target.formatted_id, target.name, target.ref]
        return
    if len(members) == 1:
        made = writes.one(members[0].label, lambda: rally.update(
            type_name, members[0].ref, dict(values), fetch='FormattedID,Name,ObjectID'))
        if made is not None:
            yield members[0], [getattr(made, 'FormattedID', None), getattr(made, 'Name', None),
                               made.ref]
        return
    labels = [target.label for target in members]
    for outcome in writes.many(labels, lambda: rally.updateMultiple(
            type_name, _bodies(members, values), on_progress=session.on_progress)):
        yield members[outcome.place], row_of(outcome)

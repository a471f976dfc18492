"""`pyral create`: new items, from arguments or from JSON, JSON Lines or CSV."""
from __future__ import absolute_import, division, print_function

from collections import OrderedDict

from pyral._compat import ensure_native, ensure_text, fill
from pyral.cli.assignments import (
    HELP,
    REMOVE,
    SET,
    changes_of,
    check_input,
    parsed,
    typed_record,
)
from pyral.cli.definitions import named_type
from pyral.cli.failures import UsageError
from pyral.cli.inputs import json_records, read_records
from pyral.cli.options import add_output, add_type
from pyral.cli.writes import COLUMNS, Writes, add_dry_run, row_of, show_plan

__all__ = ['add', 'run']


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('create', run, "Create items.", HELP, examples=[
        ("a defect with an owner and two tags",
         "pyral create Defect Name='Total is wrong' Owner=mei@example.com Tags=legal,urgent"),
        ("a task below a story", "pyral create Task Name=Measure WorkProduct=US135 Estimate=2"),
        ("all lines of a table, in one project",
         "pyral create Story -f stories.csv --project Shop"),
        ("from another program", "my_export | pyral create Defect -f - Iteration=current"),
        ("see what would be sent", "pyral create Defect Name=x --dry-run"),
    ])
    add_type(parser)
    parser.add_argument('assignments', metavar='FIELD=VALUE', nargs='*', help=(
        "a value; with -f or --json it counts for all items"))
    group = parser.add_argument_group('items')
    group.add_argument('-f', '--file', metavar='FILE', help=(
        "items as JSON, JSON lines, CSV or TSV, the first line of which has the names of the "
        "fields; - for the standard input"))
    group.add_argument('--json', metavar='TEXT', help="an item, or a list of items, as JSON")
    add_dry_run(parser)
    add_output(parser)
    parser.collects = 'assignments'


def run(session):
    """Create the items."""
    options = session.options
    session.format()
    assignments = parsed(options.assignments)
    check_input(assignments, options.file)
    records, is_text = _records(session)
    type_def = named_type(session.rally.contextHelper.catalogue(), options.type)
    items = _items(session, type_def, assignments, records, is_text)
    type_name = ensure_native(type_def.TypePath)
    many = len(items) > 1
    if options.dry_run:
        return show_plan(session, session.rally.dry_run(
            'createMultiple' if many else 'create', type_name, items if many else items[0]))
    writes = Writes(session)
    rows = _created_many(session, writes, type_name, items) if many else (
        _created(session, writes, type_name, items[0]))
    writes.write_rows(COLUMNS, rows)
    return writes.exit_code


def _records(session):
    """Return the records that are given besides the arguments, and whether they are texts."""
    options = session.options
    if options.file is not None and options.json is not None:
        raise UsageError(u"--file and --json cannot both be given")
    if options.json is not None:
        return json_records(ensure_text(options.json, errors='replace')), False
    if options.file is not None:
        return read_records(session, options.file)
    if not options.assignments:
        raise UsageError(u"there is nothing to create", u"Give FIELD=VALUE, --json or -f FILE.")
    return [{}], False


def _items(session, type_def, assignments, records, is_text):
    """Return the values of each item."""
    for each in assignments:
        if each.how == REMOVE:
            raise UsageError(fill(u"{0}-= has no meaning for a new item", each.name))
    values, _ = changes_of(session, type_def, [each._replace(how=SET) for each in assignments])
    # What is empty need not be sent for a new item.
    values = [(name, value) for name, value in values.items() if value not in (None, [])]
    items = []
    for record in records:
        item = OrderedDict(typed_record(session, type_def, record, is_text))
        item.update(values)
        items.append(dict(item))
    if not items:
        raise UsageError(u"there is no item in it")
    return items


def _label(place, item):
    return fill(u"item {0} ({1})", place + 1, item.get('Name') or u'no name')


def _created(session, writes, type_name, item):
    """Yield the row of one new item."""
    label = fill(u"{0} '{1}'", type_name, item.get('Name') or u'')
    made = writes.one(label, lambda: session.rally.create(
        type_name, item, fetch='FormattedID,Name,ObjectID'))
    if made is not None:
        yield [getattr(made, 'FormattedID', None), getattr(made, 'Name', None), made.ref]


def _created_many(session, writes, type_name, items):
    """Yield the rows of new items."""
    labels = [_label(place, item) for place, item in enumerate(items)]
    for outcome in writes.many(labels, lambda: session.rally.createMultiple(
            type_name, items, on_progress=session.on_progress)):
        yield row_of(outcome)

"""`pyral get`: the items of a type that meet a condition, as a table, JSON lines or a file."""
from __future__ import absolute_import, division, print_function

from pyral._compat import fill
from pyral.cli.default_fields import fields_of
from pyral.cli.definitions import named_type
from pyral.cli.options import add_output, add_query, add_type, scope_of
from pyral.cli.query_check import check_names, parsed_query

__all__ = ['add', 'run']


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('get', run, "List the items of a type.", examples=[
        ("open defects", "pyral get Defect -q 'State = Open' --fields FormattedID,Name,Owner"),
        ("how many stories nobody owns", "pyral get Story -q 'Owner = null' --count"),
        ("a file for a spreadsheet", "pyral get Task --order Rank --output tasks.csv"),
    ])
    add_type(parser)
    add_query(parser)
    parser.add_argument('--count', action='store_true', help="print how many there are, no items")
    add_output(parser)


def run(session):
    """Write the items, or how many there are."""
    options = session.options
    session.format()
    node, query = parsed_query(options.query)
    rally = session.rally
    catalogue = rally.contextHelper.catalogue()
    type_def = named_type(catalogue, options.type)
    check_names(node, options.order, type_def, catalogue)
    if options.count:
        response = rally.get(type_def.TypePath, fetch='ObjectID', query=query, pagesize=1,
                             strict=True, **scope_of(options))
        session.write_line(fill(u"{0}", response.total))
        return
    rows = rally.rows(
        type_def.TypePath, fields_of(type_def, options.fields), query, options.order,
        limit=options.limit, on_progress=session.on_progress, **scope_of(options))
    session.write_rows(rows)
    if session.out.is_terminal and not session.rows_written:
        session.note(fill(u"no {0} meets this", options.type))
    session.tell_rest(rows)

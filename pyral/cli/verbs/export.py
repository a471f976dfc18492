"""`pyral export`: all items of a type to a file, as they come, in the memory of a page."""
from __future__ import absolute_import, division, print_function

from pyral.cli.options import add_format, add_query, add_type
from pyral.cli.verbs import get

__all__ = ['add', 'run']


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('export', run, "Write the items of a type to a file.", (
        "The format follows from the name. The file has that name when it is whole: what an\n"
        "interrupted export leaves is named FILE.part, and the error output says so."), examples=[
            ("all stories of the workspace", "pyral export Story stories.parquet --all-projects"),
            ("open defects with the address of their owner, for a spreadsheet",
             "pyral export Defect open.csv -q 'State = Open' "
             "--fields Name,Owner.EmailAddress"),
            ("tasks to another program", "pyral export Task - -o csv | head -3")])
    add_type(parser)
    parser.add_argument('file', metavar='FILE', nargs='?', help=(
        "ends in .csv, .tsv, .json, .jsonl or .parquet; - for the standard output, with -o"))
    parser.add_argument('--output', metavar='FILE', help="another way to give FILE, as get has it")
    add_query(parser)
    add_format(parser)
    parser.set_defaults(count=False)


def run(session):
    """Write the items.

    :raises UsageError: no file is given, or two are.
    """
    options = session.options
    if (options.file is None) == (options.output is None):
        options.parser.error('the following arguments are required: FILE' if options.file is None
                             else 'FILE is given twice')
    options.output = options.output if options.file is None else options.file
    get.run(session)
    if options.output != '-':
        session.tell_written()

"""`pyral show`: one item by its FormattedID, reference or ObjectID, as a page or as JSON."""
from __future__ import absolute_import, division, print_function

from pyral.cli.items import columns_and_cells, item_page, named_item
from pyral.cli.options import add_item, add_output

__all__ = ['add', 'run']


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('show', run, "Show one item with its fields.", examples=[
        ("a story by its id", "pyral show US135"),
        ("fields of a defect, and of what it refers to",
         "pyral show DE40 --fields FormattedID,Owner.EmailAddress,Tasks.Name"),
        ("a story for a program", "pyral show US135 -o json"),
    ])
    add_item(parser)
    parser.add_argument('--fields', metavar='NAMES', help="fields with commas between them")
    parser.add_argument('--all', action='store_true', help="on a page: empty fields as well")
    add_output(parser)


def run(session):
    """Write the item."""
    options = session.options
    session.format()
    entity = named_item(session, options.id)
    columns, cells = columns_and_cells(session, entity, options.fields)
    session.write_item(columns, cells, lambda width: item_page(
        session, entity, columns, cells, options.all or options.fields is not None, width))

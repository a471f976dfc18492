"""Options that several verbs share: how rows are written, which items are meant."""
from __future__ import absolute_import, division, print_function

import argparse

from pyral.cli.completion import fields, propose, types
from pyral.cli.formats import FORMATS
from pyral.cli.parser import whole_number

__all__ = ['add_format', 'add_item', 'add_output', 'add_query', 'add_type',
           'scope_of']


def add_output(parser):
    """Add `-o FORMAT` and `--output FILE`, for a verb that writes rows or an item."""
    group = add_format(parser)
    group.add_argument('--output', metavar='FILE',
                       help="write to a file, in the format that its name ends in")


def add_format(parser):
    """Add `-o FORMAT` alone, for a verb that says by itself where it writes."""
    group = parser.add_argument_group('output')
    group.add_argument('-o', '--format', choices=FORMATS, metavar='FORMAT', help=(
        'one of {0}; by default a table on a terminal and jsonl elsewhere'.format(
            ', '.join(FORMATS))))
    group.add_argument('--no-escape', action='store_true', help=(
        "csv and tsv: leave text that a spreadsheet would run as a formula as it is"))
    return group


def add_type(parser):
    """Add the argument that names a type."""
    propose(parser.add_argument('type', metavar='TYPE',
                                help="such as Defect or Story; 'pyral types' lists them"), types)


def add_item(parser):
    """Add the argument that names an item."""
    parser.add_argument('id', metavar='ID', help=(
        "FormattedID (US135), reference (project/100003), address of a page, or ObjectID"))


def add_query(parser):
    """Add what says which items of a type are meant, and which of their fields."""
    group = parser.add_argument_group('items')
    group.add_argument('-q', '--query', metavar='TEXT',
                       help="a condition, such as 'State = Open AND Owner.UserName = mei@acme.com'")
    propose(group.add_argument('--fields', metavar='NAMES', help=(
        "names with commas between them, dots lead on: FormattedID,Owner.DisplayName; "
        "'all' for all but collections")), fields)
    propose(group.add_argument('--order', metavar='FIELDS',
                               help="such as 'Rank' or 'Name DESC'"), fields)
    group.add_argument('--limit', type=whole_number(1), metavar='N', help="no more than so many")
    group.add_argument('--all-projects', action='store_true',
                       help="items of the whole workspace, whatever the project is")
    for name in ('down', 'up'):
        what = {'down': "the projects below it", 'up': "those above it"}[name]
        group.add_argument('--' + name, dest=name, action='store_true', default=None,
                           help="items of {0} as well".format(what))
        group.add_argument('--no-' + name, dest=name, action='store_false', default=None,
                           help=argparse.SUPPRESS if name == 'up' else "not of " + what)
    return group


def scope_of(options):
    """Return the keywords of a read for the options of `add_query`."""
    found = {}
    if options.all_projects:
        found['project'] = None
    for name, keyword in (('down', 'projectScopeDown'), ('up', 'projectScopeUp')):
        if getattr(options, name) is not None:
            found[keyword] = getattr(options, name)
    return found

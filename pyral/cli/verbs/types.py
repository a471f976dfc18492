"""`pyral types`: the types of items that a workspace has, standard and custom."""
from __future__ import absolute_import, division, print_function

from pyral.cli.definitions import can_be_listed, matching
from pyral.cli.formats import PlainRows, columns
from pyral.cli.options import add_output

__all__ = ['add', 'run']

_COLUMNS = columns('Type', 'DisplayName', 'Prefix', 'Parent', 'Creatable:boolean')


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('types', run, "List the types of the workspace.", examples=[
        ("types with 'test' in their names", "pyral types test")])
    parser.add_argument('text', metavar='TEXT', nargs='?', help="only names that contain it")
    parser.add_argument('--all', action='store_true', help="those as well that cannot be listed")
    add_output(parser)


def run(session):
    """Write the types."""
    options = session.options
    session.format()
    found = sorted(
        (each for each in session.rally.contextHelper.catalogue(to_show=True)
         if options.all or can_be_listed(each)),
        key=lambda each: each.TypePath.lower())
    session.write_rows(PlainRows(_COLUMNS, [
        [each.TypePath, each.DisplayName, each.IDPrefix or None, each.Parent, each.Creatable]
        for each in matching(options.text, found, lambda each: (each.TypePath, each.DisplayName))]))

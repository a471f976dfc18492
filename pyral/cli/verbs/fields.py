"""`pyral fields`: the fields of a type, what they hold, which of them must be given."""
from __future__ import absolute_import, division, print_function

from pyral.cli.formats import PlainRows, columns
from pyral.cli.items import named_type
from pyral.cli.options import add_output, add_type
from pyral.cli.verbs.types import contains

__all__ = ['add', 'run']

_COLUMNS = columns('Field', 'Kind', 'RefersTo', 'Required:boolean', 'ReadOnly:boolean',
                   'Custom:boolean', 'MaxLength:integer', 'DisplayName')


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('fields', run, "List the fields of a type.", examples=[
        ("the fields of a defect with 'date' in their names", "pyral fields Defect date")])
    add_type(parser)
    parser.add_argument('text', metavar='TEXT', nargs='?', help="only names that contain it")
    parser.add_argument('--all', action='store_true', help="those as well that pages hide")
    add_output(parser)


def run(session):
    """Write the fields."""
    options = session.options
    session.format()
    type_def = named_type(session.rally.contextHelper.catalogue(to_show=True), options.type)
    found = sorted((each for each in type_def.Attributes if options.all or not each.Hidden),
                   key=lambda each: each.ElementName.lower())
    session.write_rows(PlainRows(_COLUMNS, [
        [each.ElementName, each.AttributeType, each.target, each.Required, each.ReadOnly,
         each.Custom, each.MaxLength if (each.MaxLength or 0) > 0 else None, each.Name]
        for each in found if contains(options.text, (each.ElementName, each.Name))]))

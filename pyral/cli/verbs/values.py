"""`pyral values`: the values that a field allows."""
from __future__ import absolute_import, division, print_function

from pyral._compat import ensure_native, fill
from pyral.cli.completion import fields, propose
from pyral.cli.definitions import named_attribute, named_type
from pyral.cli.failures import CommandFailed
from pyral.cli.formats import PlainRows, columns
from pyral.cli.options import add_output, add_type

__all__ = ['add', 'run']

_COLUMNS = columns('Value')


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('values', run, "List the values that a field allows.", examples=[
        ("the states of a defect", "pyral values Defect State")])
    add_type(parser)
    propose(parser.add_argument('field', metavar='FIELD',
                                help="such as State; 'pyral fields TYPE' lists them"), fields)
    add_output(parser)


def run(session):
    """Write the values."""
    options = session.options
    session.format()
    type_def = named_type(session.rally.contextHelper.catalogue(to_show=True), options.type)
    attribute = named_attribute(type_def, options.field)
    name = ensure_native(attribute.ElementName)
    values = session.rally.getAllowedValues(type_def.TypePath, name)
    if values == [True] and attribute.target:
        raise CommandFailed(
            fill(u"{0} of {1} has no list of values: it is a {2}", name, type_def.TypePath,
                 attribute.target), fill(u"'pyral get {0}' lists them.", attribute.target))
    if not values or values == [True]:
        raise CommandFailed(fill(u"{0} of {1} has no list of values: it is of the kind {2}", name,
                                 type_def.TypePath, attribute.AttributeType))
    session.write_rows(PlainRows(_COLUMNS, [[each] for each in values]))

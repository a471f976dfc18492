"""`pyral fields`: the fields of a type, what they hold, which of them must be given."""
from __future__ import absolute_import, division, print_function

from pyral.cli.definitions import matching, named_type
from pyral.cli.formats import PlainRows, columns
from pyral.cli.options import add_output, add_type

__all__ = ['add', 'run']

_COLUMNS = columns('Field', 'Kind', 'RefersTo', 'Required:boolean', 'ReadOnly:boolean',
                   'Custom:boolean', 'MaxLength:integer', 'DisplayName')
#: For people: what is true of a field, in words.
_TABLE = columns('Field', 'Kind', 'RefersTo', 'Rules')


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
    is_table = session.format() == 'table'
    type_def = named_type(session.rally.contextHelper.catalogue(to_show=True), options.type)
    found = sorted((each for each in type_def.Attributes if options.all or not each.Hidden),
                   key=lambda each: each.ElementName.lower())
    found = matching(options.text, found, lambda each: (each.ElementName, each.Name))
    session.write_rows(PlainRows(_TABLE if is_table else _COLUMNS, [
        _in_words(each) if is_table else
        [each.ElementName, each.AttributeType, each.target, each.Required, each.ReadOnly,
         each.Custom, _longest(each), each.Name] for each in found]))


def _longest(attribute):
    return attribute.MaxLength if (attribute.MaxLength or 0) > 0 else None


def _in_words(attribute):
    rules = [word for word, is_true in (
        ('required', attribute.Required), ('read-only', attribute.ReadOnly),
        ('custom', attribute.Custom)) if is_true]
    if _longest(attribute) and not attribute.ReadOnly:
        rules.append('at most {0} characters'.format(attribute.MaxLength))
    return [attribute.ElementName, attribute.AttributeType, attribute.target, ', '.join(rules)]

"""`pyral users`: the users of the workspace, with or without the disabled ones."""
from __future__ import absolute_import, division, print_function

from pyral._compat import fill
from pyral.cli.completion import fields_of_users, propose
from pyral.cli.default_fields import named_fields
from pyral.cli.definitions import named_type
from pyral.cli.options import add_output
from pyral.cli.parser import whole_number
from pyral.cli.query_check import check_names, parsed_query
from pyral.people import EVERYONE

__all__ = ['add', 'run']

_ENABLED = '(Disabled = false)'
_FIELDS = 'UserName,DisplayName,EmailAddress,Role,Disabled'
_ORDER = 'UserName'


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('users', run, "List the users of the workspace.", examples=[
        ("who is a product owner", "pyral users -q 'Role = \"Product Owner\"'"),
        ("everybody, as a file for a spreadsheet", "pyral users --disabled --output users.csv")])
    parser.add_argument('-q', '--query', metavar='TEXT',
                        help="a condition, such as 'Role = \"Product Owner\"'")
    propose(parser.add_argument('--fields', metavar='NAMES', default=_FIELDS, help=(
        "names with commas between them, 'all' for all but collections (default: %(default)s)")),
        fields_of_users)
    propose(parser.add_argument('--order', metavar='FIELDS', default=_ORDER,
                                help="such as 'LastName DESC' (default: %(default)s)"),
            fields_of_users)
    parser.add_argument('--limit', type=whole_number(1), metavar='N', help="no more than so many")
    parser.add_argument('--count', action='store_true', help="print how many there are, no users")
    parser.add_argument('--disabled', action='store_true', help="the disabled users as well")
    add_output(parser)


def run(session):
    """Write the users."""
    options = session.options
    session.format()
    # Without a condition the service answers with the caller alone.
    node, condition = parsed_query(options.query)
    query = [each for each in (condition, EVERYONE if options.disabled else _ENABLED) if each]
    rally = session.rally
    catalogue = rally.contextHelper.catalogue()
    type_def = named_type(catalogue, 'User')
    check_names(node, options.order, type_def, catalogue)
    if options.count:
        response = rally.get('User', fetch='ObjectID', query=query, pagesize=1, project=None,
                             strict=True)
        session.write_line(fill(u"{0}", response.total))
        return
    rows = rally.rows(
        'User', named_fields(type_def, options.fields), query, options.order, project=None,
        limit=options.limit, on_progress=session.on_progress)
    session.write_rows(rows)
    session.tell_rest(rows)

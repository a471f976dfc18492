"""`pyral users`: the users of the workspace, with or without the disabled ones."""
from __future__ import absolute_import, division, print_function

from pyral.cli.options import add_output
from pyral.cli.parser import whole_number
from pyral.cli.query_check import parsed_query
from pyral.people import EVERYONE

__all__ = ['add', 'run']

_ENABLED = '(Disabled = false)'
_FIELDS = 'UserName,DisplayName,EmailAddress,Role,Disabled'


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('users', run, "List the users of the workspace.", examples=[
        ("who is a product owner", "pyral users -q 'Role = \"Product Owner\"'"),
        ("everybody, as a file for a spreadsheet", "pyral users --disabled --output users.csv")])
    parser.add_argument('-q', '--query', metavar='TEXT',
                        help="a condition, such as 'Role = \"Product Owner\"'")
    parser.add_argument('--fields', metavar='NAMES', default=_FIELDS,
                        help="names with commas between them (default: %(default)s)")
    parser.add_argument('--limit', type=whole_number(1), metavar='N', help="no more than so many")
    parser.add_argument('--disabled', action='store_true', help="the disabled users as well")
    add_output(parser)


def run(session):
    """Write the users."""
    options = session.options
    session.format()
    # Without a condition the service answers with the caller alone.
    condition = parsed_query(options.query)[1]
    query = [each for each in (condition, EVERYONE if options.disabled else _ENABLED) if each]
    rows = session.rally.rows(
        'User', options.fields, query, 'UserName', project=None, limit=options.limit,
        on_progress=session.on_progress)
    session.write_rows(rows)
    session.tell_rest(rows)

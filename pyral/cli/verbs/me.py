"""`pyral me`: the user whose credentials are in use, and the workspace and project."""
from __future__ import absolute_import, division, print_function

from pyral.cli.formats import columns
from pyral.cli.options import add_output
from pyral.cli.pages import page_of
from pyral.cli.tables import cell_text

__all__ = ['add', 'run']

_COLUMNS = columns('UserName', 'DisplayName', 'EmailAddress', 'Role', 'Server', 'Workspace',
                   'Project', 'Reference')


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('me', run, "Show who you are connected as, and where.", examples=[
        ("who am I?", "pyral me")])
    add_output(parser)


def run(session):
    """Write the user."""
    rally = session.rally
    user, helper = rally.me(), rally.contextHelper
    workspace, project = helper.currentWorkspace(), helper.currentProject()
    cells = [user.UserName, user.DisplayName, user.EmailAddress, user.Role,
             rally.service_url.partition('/slm/')[0], workspace.name,
             project.name if project is not None else None, user.ref]
    pairs = [(column.name, cell_text(column, value)) for column, value in zip(_COLUMNS, cells)]
    session.write_item(_COLUMNS, cells, lambda width: page_of(
        [pairs[1][1] or pairs[0][1]], pairs, [], width))

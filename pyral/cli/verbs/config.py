"""`pyral config`: each setting, what it is and where it came from; secrets are masked."""
from __future__ import absolute_import, division, print_function

from pyral.cli.formats import PlainRows, columns
from pyral.cli.options import add_output
from pyral.config import reported_settings

__all__ = ['add', 'run']

_COLUMNS = columns('Setting', 'Value', 'From')


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('config', run, "Show each setting and where it came from.", (
        "Nothing is sent. A later place of this list wins: defaults, environment, files of the\n"
        "folder, the profile, --conf, options. Secrets are masked."), examples=[
            ("which server, account and project would be used?", "pyral config"),
            ("those of a profile", "pyral config --profile prod")])
    add_output(parser)


def run(session):
    """Write the settings."""
    session.format()
    session.write_rows(PlainRows(_COLUMNS, [
        [each.name, each.shown or None, each.source]
        for each in reported_settings(session.setting_arguments())]))

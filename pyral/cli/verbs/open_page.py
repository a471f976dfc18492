"""`pyral open`: the web address of an item, for a browser or a message."""
from __future__ import absolute_import, division, print_function

from pyral.cli.items import named_item, web_address
from pyral.cli.options import add_item

__all__ = ['add', 'run']


def add(verbs):
    """Describe the verb."""
    parser = verbs.add('open', run, "Print the web address of an item.", examples=[
        ("the address of a defect", "pyral open DE40")])
    add_item(parser)


def run(session):
    """Print the address."""
    session.write_line(web_address(session, named_item(session, session.options.id)))

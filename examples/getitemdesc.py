#!/usr/bin/env python
"""Show an item with all its attributes, and its description after them.

usage: getitemdesc.py [options] <entity> <ObjectID or FormattedID>
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, item_by_id, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 2:
        raise UsageError("the name of a type and an ObjectID or FormattedID are expected")
    entity, ident = args
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    item = item_by_id(rally, entity, ident)
    print(item.details())
    print()
    print(item.Description or "(no description)")


if __name__ == '__main__':
    run(main, __doc__)

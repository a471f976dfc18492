#!/usr/bin/env python
"""Show a type as the schema of the workspace describes it.

usage: get_schema.py [options] <entity>
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import Failure, UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 1:
        raise UsageError("the name of a type is expected, for example Defect")
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    schema_item = rally.typedef(args[0])
    if schema_item is None:
        raise Failure("There is no type %s; mind the letter case." % args[0])
    print(schema_item)


if __name__ == '__main__':
    run(main, __doc__)

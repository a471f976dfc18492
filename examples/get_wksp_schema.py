#!/usr/bin/env python
"""List the types of the workspace, with the number of attributes of each.

usage: get_wksp_schema.py [options]
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if args:
        raise UsageError("no arguments are expected; name a workspace with --rallyWorkspace=")
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    types = rally.getSchemaInfo(rally.getWorkspace())
    print("%s has %d types" % (rally.getWorkspace().Name, len(types)))
    for each in sorted(types, key=lambda each: each['ElementName']):
        print("%-40s %4d attributes" % (each['ElementName'], len(each['Attributes'])))


if __name__ == '__main__':
    run(main, __doc__)

#!/usr/bin/env python
"""List the workspaces and projects of your subscription.

usage: wksprj.py [options]
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if args:
        raise UsageError("no arguments are expected, only options")
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    workspaces = rally.getWorkspaces()
    for wksp in workspaces:
        print("%s %s" % (wksp.oid, wksp.Name))
        projects = rally.getProjects(workspace=wksp.Name)
        for proj in projects:
            print("    %12s  %s" % (proj.oid, proj.Name))


if __name__ == '__main__':
    run(main, __doc__)

#!/usr/bin/env python
"""Check that a connection comes about: print the current workspace and project.

usage: rallyfire.py [options]

What was asked and answered stands in fire.log then.
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
    rally.enableLogging('fire.log')
    wksp = rally.getWorkspace()
    proj = rally.getProject()
    print("Workspace: %12s   %-18s" % (wksp.oid, wksp.Name))
    print("Project  : %12s   %-18s" % (proj.oid, proj.Name))
    response = rally.get('Project', fetch='Name', limit=1)  # one question for the log
    response.raise_for_errors()


if __name__ == '__main__':
    run(main, __doc__)

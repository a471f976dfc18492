#!/usr/bin/env python
"""List workspaces and their projects with ObjectID, name and state, closed projects too.

usage: periscope.py [options] {workspace=NAME ...} {project=NAME ...}

Without arguments all workspaces and projects are listed.
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    workspaces, projects = names_in(args)
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    for wksp in rally.getWorkspaces():
        if workspaces and wksp.Name not in workspaces:
            continue
        print("%-12s  %s" % (wksp.oid, wksp.Name))
        for state, is_closed in (("Open", False), ("Closed", True)):
            for proj in rally.getProjects(workspace=wksp, closed=is_closed):
                if not projects or proj.Name in projects:
                    print("    %-12s  %-36s  %s" % (proj.oid, proj.Name, state))


def names_in(args):
    """Return the names of workspaces and those of projects among the arguments."""
    names = {'workspace': [], 'project': []}
    for arg in args:
        kind, _, name = arg.partition('=')
        if kind not in names or not name:
            raise UsageError("'%s' is neither workspace=NAME nor project=NAME" % arg)
        names[kind].append(name)
    return names['workspace'], names['project']


if __name__ == '__main__':
    run(main, __doc__)

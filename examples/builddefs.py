#!/usr/bin/env python
"""Show the build definitions of projects, with the last build and the number of builds.

usage: builddefs.py [options] [<workspace> [<project> ...]]

Without a workspace it is the current one, without projects all of its projects.
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import run

FIELDS = 'ObjectID,CreationDate,Name,LastStatus,LastBuild,Start,Builds'
ROW = "%-12s %-10s %-24s %-10s %-16s %9s"


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    if args:
        rally.setWorkspace(args[0])
    projects = [rally.getProject(name) or name for name in args[1:]] or rally.getProjects()
    for project in projects:
        definitions = list(rally.get('BuildDefinition', fetch=FIELDS, order='Name',
                                     project=project))
        if definitions:
            show(rally.getWorkspace(), project, definitions)


def show(workspace, project, definitions):
    """Print a table of build definitions."""
    print("%s, %s" % (workspace.Name, project.Name))
    print(ROW % ("BuildDef OID", "CreateDate", "Name", "LastStatus", "LastBuild", "NumBuilds"))
    for each in definitions:
        last = (each.LastBuild.Start or '-') if each.LastBuild else '-'
        print(ROW % (each.oid, each.CreationDate[:10], each.Name, each.LastStatus,
                     last[:16].replace('T', ' '), len(each.Builds)))


if __name__ == '__main__':
    run(main, __doc__)

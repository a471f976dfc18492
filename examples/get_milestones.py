#!/usr/bin/env python
"""List the milestones of the current project and the projects below it.

usage: get_milestones.py [options]
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, run

FIELDS = 'FormattedID,Name,TargetDate,TargetProject,TotalArtifactCount,Projects'


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if args:
        raise UsageError("no arguments are expected; name a project with --rallyProject=")
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    milestones = rally.get('Milestone', fetch=FIELDS, projectScopeDown=True)
    for milestone in sorted(milestones, key=lambda each: (target(each), each.FormattedID)):
        print("%s  %-6s %-32s %4d artifacts  %-10s  %s" % (
            milestone.oid, milestone.FormattedID, milestone.Name, milestone.TotalArtifactCount,
            (milestone.TargetDate or '-')[:10], target(milestone)))
        for project in sorted(milestone.Projects, key=lambda each: each.Name):
            print("              %s" % project.Name)


def target(milestone):
    """Return the name of the project a milestone aims at."""
    return milestone.TargetProject.Name if milestone.TargetProject else '-'


if __name__ == '__main__':
    run(main, __doc__)

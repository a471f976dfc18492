#!/usr/bin/env python
"""List the iterations that today falls into, for each project of the workspace.

usage: curiter.py [options]
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
    iterations = rally.get('Iteration', fetch='Name,Project,StartDate,EndDate,State', project=None,
                           query=['StartDate <= today', 'EndDate >= today'])
    for iteration in sorted(iterations, key=lambda each: (each.Project.Name, each.StartDate)):
        print("%-24s  %-20s  %s  %s  %s" % (
            iteration.Project.Name, iteration.Name, iteration.StartDate[:10],
            iteration.EndDate[:10], iteration.State))


if __name__ == '__main__':
    run(main, __doc__)

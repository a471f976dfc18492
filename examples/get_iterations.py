#!/usr/bin/env python
"""List iterations of all projects of the workspace.

usage: get_iterations.py [options] [<limit>]

The limit is 100 when left out.
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) > 1 or not all(arg.isdigit() for arg in args):
        raise UsageError("one number at most is expected")
    limit = int(args[0]) if args else 100
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    response = rally.get('Iteration', fetch='Name,Project,StartDate,EndDate,State',
                         order='StartDate,Project.Name', project=None, limit=limit)
    for number, iteration in enumerate(response, 1):
        print("%4d  %-24s  %-20s  %s  %s  %s" % (
            number, iteration.Project.Name, iteration.Name, iteration.StartDate[:10],
            iteration.EndDate[:10], iteration.State))


if __name__ == '__main__':
    run(main, __doc__)

#!/usr/bin/env python
"""List the defects that are not closed, 400 at most.

usage: showdefects.py [options]
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if args:
        raise UsageError("no arguments are expected; name a project with --rallyProject=")
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    response = rally.get('Defect', fetch='FormattedID,Name,State', query='State != Closed',
                         order='FormattedID', limit=400)
    for defect in response:
        print("%-8s %-52s  %s" % (defect.FormattedID, defect.Name, defect.State))
    print("%d defects" % response.total)


if __name__ == '__main__':
    run(main, __doc__)

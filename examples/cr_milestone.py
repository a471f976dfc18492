#!/usr/bin/env python
"""Create a milestone.

usage: cr_milestone.py [options] <name> <target_date>
   eg: cr_milestone.py "Beta" 2024-05-31
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 2:
        raise UsageError("a name and a target date are expected")
    name, target_date = args
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    milestone = rally.create('Milestone', {
        'Name': name,
        'TargetDate': target_date,
        'Projects': [rally.getProject()],
    })
    print("%s  %s  %s  %s" % (
        milestone.FormattedID, milestone.oid, milestone.Name, milestone.TargetDate))


if __name__ == '__main__':
    run(main, __doc__)

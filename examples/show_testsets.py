#!/usr/bin/env python
"""List test sets, 400 at most, with their test cases.

usage: show_testsets.py [options]
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
    response = rally.get('TestSet', fetch='FormattedID,Name,ScheduleState,TestCases',
                         order='FormattedID', limit=400)
    for test_set in response:
        print("%-8s %-40s  %s" % (test_set.FormattedID, test_set.Name, test_set.ScheduleState))
        for test_case in test_set.TestCases:
            print("    %-8s %s" % (test_case.FormattedID, test_case.Name))
    print("%d test sets" % response.total)


if __name__ == '__main__':
    run(main, __doc__)

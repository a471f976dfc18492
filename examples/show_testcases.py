#!/usr/bin/env python
"""List test cases, 400 at most: type, last run, last verdict and test sets.

usage: show_testcases.py [options]
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
    response = rally.get('TestCase', fetch='FormattedID,Name,Type,LastRun,LastVerdict,TestSets',
                         order='FormattedID', limit=400)
    for test_case in response:
        print("%-8s %-40s  %-14s  %-10s  %-12s  %s" % (
            test_case.FormattedID, test_case.Name, test_case.Type, (test_case.LastRun or '-')[:10],
            test_case.LastVerdict or '-',
            " ".join(test_set.FormattedID for test_set in test_case.TestSets)))
    print("%d test cases" % response.total)


if __name__ == '__main__':
    run(main, __doc__)

#!/usr/bin/env python
"""List test case results by date, 400 at most.

usage: showtcrs.py [options]
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
    response = rally.get('TestCaseResult', fetch='Date,Build,Verdict,TestCase,FormattedID',
                         order='Date', limit=400)
    for result in response:
        print("%s  %-8s  %-16s  %s" % (
            result.Date, result.TestCase.FormattedID, result.Build, result.Verdict))
    print("%d test case results" % response.total)


if __name__ == '__main__':
    run(main, __doc__)

#!/usr/bin/env python
"""Show a test case: its name, type, defect status and last verdict.

usage: gettc.py [options] <TestCase FormattedID>
"""
from __future__ import print_function

import sys

from pyral import Rally, rallyWorkset

from common import UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 1:
        raise UsageError("one FormattedID of a test case is expected, for example TC1184")
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    query_criteria = 'FormattedID = "%s"' % args[0]
    response = rally.get('TestCase', fetch=True, query=query_criteria, project=None)
    if response.errors:
        print("\n".join(response.errors))
        sys.exit(1)
    testCase = None
    for each in response:
        # The service compares the number only: DE12 would find TC12.
        if each.FormattedID != args[0].upper():
            continue
        testCase = each
        print("%s %s %s %s" % (testCase.Name, testCase.Type,
                               testCase.DefectStatus, testCase.LastVerdict))
    if testCase is None:
        print("There is no test case %s." % args[0])
        return 1


if __name__ == '__main__':
    run(main, __doc__)

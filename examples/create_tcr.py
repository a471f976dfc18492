#!/usr/bin/env python
"""Create a test case result that belongs to a test case and to a test set.

usage: create_tcr.py [options] <TestCase id> <TestSet id> <build> <verdict> [<date>]
   eg: create_tcr.py TC12 TS3 4.2.1 Pass 2024-05-31

The date is now when it is left out.
"""
from __future__ import print_function

import time

from pyral import Rally, rallyWorkset

from common import UsageError, item_by_id, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) not in (4, 5):
        raise UsageError("a test case, a test set, a build and a verdict are expected")
    case_id, set_id, build, verdict = args[:4]
    date = args[4] if len(args) == 5 else time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    test_case = item_by_id(rally, 'TestCase', case_id, 'FormattedID', "test case")
    test_set = item_by_id(rally, 'TestSet', set_id, 'FormattedID', "test set")
    result = rally.create('TestCaseResult', {
        'TestCase': test_case.ref,
        'TestSet': test_set.ref,
        'Build': build,
        'Date': date,
        'Verdict': verdict,
    })
    print("%s  %s  %s  %s  %s  %s" % (
        result.oid, result.TestCase.ref, result.TestSet.ref, result.Build, result.Date,
        result.Verdict))


if __name__ == '__main__':
    run(main, __doc__)

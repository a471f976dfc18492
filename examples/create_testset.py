#!/usr/bin/env python
"""Create a test set with test cases in it, and show it.

usage: create_testset.py [options] <name> [<TestCase FormattedID> ...]
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, item_by_id, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if not args:
        raise UsageError("a name is expected, then the test cases")
    name, case_ids = args[0], args[1:]
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    test_cases = [item_by_id(rally, 'TestCase', case_id, 'FormattedID', "test case")
                  for case_id in case_ids]
    test_set = rally.create('TestSet', {
        'Name': name,
        'Project': rally.getProject().ref,
        'ScheduleState': 'Defined',
        'TestCases': test_cases,
    })
    print(test_set.details())


if __name__ == '__main__':
    run(main, __doc__)

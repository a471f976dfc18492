#!/usr/bin/env python
"""Add test case results to a test case from a CSV file.

usage: add_tcrs.py [options] <TestCase FormattedID> <csv file>

Each line of the file is: build,date,verdict (2024-05-31 or 2024-05-31T10:00:00Z; Pass, Fail, ...).
"""
from __future__ import print_function

import io

from pyral import Rally, rallyWorkset

from common import Failure, UsageError, item_by_id, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 2:
        raise UsageError("the FormattedID of a test case and a CSV file are expected")
    test_case_id, filename = args
    results = results_in(filename)
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    test_case = item_by_id(rally, 'TestCase', test_case_id, 'FormattedID', "test case")
    verdicts = rally.getAllowedValues('TestCaseResult', 'Verdict')
    wrong = [verdict for _, _, verdict in results if verdict not in verdicts]
    if wrong:
        raise Failure("'%s' is no verdict; it is one of %s." % (wrong[0], ", ".join(verdicts)))
    for build, date, verdict in results:
        result = rally.create('TestCaseResult', {
            'TestCase': test_case.ref,
            'Build': build,
            'Date': date,
            'Verdict': verdict,
        })
        print("Created  TestCaseResult OID: %s  TestCase: %s  Build: %s  Date: %s  Verdict: %s" % (
            result.oid, test_case.FormattedID, result.Build, result.Date, result.Verdict))


def results_in(filename):
    """Return (build, date, verdict) for each line of a file that is not empty."""
    results = []
    with io.open(filename, encoding='utf-8') as lines:
        for number, line in enumerate(lines, 1):
            fields = [field.strip() for field in line.split(',')]
            if len(fields) == 3 and all(fields):
                results.append(fields)
            elif line.strip():
                raise Failure("%s, line %d: build,date,verdict is expected" % (filename, number))
    return results


if __name__ == '__main__':
    run(main, __doc__)

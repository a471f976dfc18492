#!/usr/bin/env python
"""Show an artifact of any type by its FormattedID: DE, S, US, TA, TC, TS, F, I, T and others.

usage: get_artifact.py [options] <FormattedID>
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import Failure, UsageError, plain_id, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 1:
        raise UsageError("one FormattedID is expected, for example F12")
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    # Over all types the service compares the number only: DE12 finds US12 and TA12 too.
    response = rally.get('Artifact', fetch=True, query={'FormattedID': args[0]}, project=None)
    for artifact in response:
        if plain_id(artifact.FormattedID) == plain_id(args[0]):
            print(artifact.details())
            return
    raise Failure("There is no artifact %s." % args[0])


if __name__ == '__main__':
    run(main, __doc__)

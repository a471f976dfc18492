#!/usr/bin/env python
"""List what can be scheduled, for each project: release, iteration and accepted date.

usage: get_schedulable_artifacts.py [options] [<project> ...]

Without projects it is the current one.
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import run

FIELDS = 'FormattedID,Name,Release,Iteration,AcceptedDate'


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    for name in args or [rally.getProject().ref]:
        response = rally.get('SchedulableArtifact', fetch=FIELDS, order='FormattedID',
                             project=name)
        response.raise_for_errors()
        print(name if args else rally.getProject().Name)
        for artifact in response:
            print("    %-8s %-40s  %-16s  %-16s  %s" % (
                artifact.FormattedID, artifact.Name, name_of(artifact.Release),
                name_of(artifact.Iteration), (artifact.AcceptedDate or '-')[:10]))
        print("    %d items" % response.total)


def name_of(timebox):
    """Return the name of a release or iteration that may be missing."""
    return timebox.Name if timebox else '-'


if __name__ == '__main__':
    run(main, __doc__)

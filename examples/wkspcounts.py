#!/usr/bin/env python
"""Count the items of each type in a workspace or in all of them.

usage: wkspcounts.py [options] {workspace | all} [-byproject] [<type>]

The type is one of UserStory, Task, Defect, TestCase, TestCaseResult, TestSet, TestFolder, Feature;
without it all of them are counted.
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import Failure, UsageError, run

TYPES = ('UserStory', 'Task', 'Defect', 'TestCase', 'TestCaseResult', 'TestSet', 'TestFolder',
         'Feature')


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    places = [arg for arg in args if arg not in TYPES + ('-byproject',)]
    types = [arg for arg in args if arg in TYPES]
    if len(places) > 1 or len(types) > 1:
        raise UsageError("at most one workspace and one of the types are expected")
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    wanted = places[0] if places else rally.getWorkspace().Name
    workspaces = [wksp for wksp in rally.getWorkspaces() if wanted in ('all', wksp.Name)]
    if not workspaces:
        raise Failure("There is no workspace '%s'." % wanted)
    for wksp in workspaces:
        print(wksp.Name)
        show_counts(rally, types or TYPES, "    ", workspace=wksp, project=None)
        if '-byproject' in args:
            for proj in rally.getProjects(workspace=wksp):
                print("    %s" % proj.Name)
                show_counts(rally, types or TYPES, "        ", workspace=wksp, project=proj)


def show_counts(rally, types, margin, **scope):
    """Print how many items of the types there are in a scope."""
    for each in types:
        response = rally.get(each, fetch='ObjectID', limit=1, **scope)
        response.raise_for_errors()
        print("%s%-16s : %5d items" % (margin, each, response.total))


if __name__ == '__main__':
    run(main, __doc__)

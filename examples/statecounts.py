#!/usr/bin/env python
"""Count the artifacts of a type in each of their states.

usage: statecounts.py [options] <artifact type>

The type is one of Story, UserStory, HierarchicalRequirement, Defect, Task.
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, run

STATE_OF = {
    'Story': 'ScheduleState',
    'UserStory': 'ScheduleState',
    'HierarchicalRequirement': 'ScheduleState',
    'Defect': 'State',
    'Task': 'State',
}


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 1 or args[0] not in STATE_OF:
        raise UsageError("one type is expected: %s" % ", ".join(sorted(STATE_OF)))
    artifact_type = args[0]
    attribute = STATE_OF[artifact_type]
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    for state in rally.getAllowedValues(artifact_type, attribute):
        response = rally.get(artifact_type, fetch='ObjectID', query={attribute: state}, limit=1)
        response.raise_for_errors()
        print("%16s : %5d" % (state, response.total))


if __name__ == '__main__':
    run(main, __doc__)

#!/usr/bin/env python
"""Update a task; without anything more to say it is completed.

usage: uptask.py [options] <task id> [<attribute>=<value> ...]
   eg: uptask.py TA12 State=In-Progress ToDo=3
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if not args or not all('=' in assignment for assignment in args[1:]):
        raise UsageError("a task is expected, then attributes with their values")
    task_data = dict(assignment.split('=', 1) for assignment in args[1:])
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    rally.enableLogging('rally.hist.uptask')
    task = rally.update('Task', args[0], task_data or {'State': 'Completed', 'ToDo': 0},
                        project=None)
    print("Task updated")
    print("ObjectID: %s  FormattedID: %s  State: %s  ToDo: %s" % (
        task.oid, task.FormattedID, task.State, task.ToDo))


if __name__ == '__main__':
    run(main, __doc__)

#!/usr/bin/env python
"""Create a task under a user story.

usage: crtask.py [options] <story FormattedID> [<name> [<estimate in hours>]]
   eg: crtask.py US12 "Write the help page" 4
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, item_by_id, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) not in (1, 2, 3):
        raise UsageError("a story is expected, then a name and an estimate if you like")
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    rally.enableLogging('rally.hist.crtask')
    story = item_by_id(rally, 'UserStory', args[0], 'FormattedID,Name', "story")
    task_data = {
        'WorkProduct': story.ref,
        'Name': args[1] if len(args) > 1 else "Review: %s" % story.Name,
        'State': 'Defined',
    }
    if len(args) == 3:
        task_data['Estimate'] = task_data['ToDo'] = hours(args[2])
    task = rally.create('Task', task_data)
    print("Created  Task: %s   OID: %s" % (task.FormattedID, task.oid))


def hours(text):
    """Return a number of hours."""
    try:
        return float(text)
    except ValueError:
        raise UsageError("'%s' is no number of hours" % text)


if __name__ == '__main__':
    run(main, __doc__)

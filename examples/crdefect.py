#!/usr/bin/env python
"""Create a defect in the current project.

usage: crdefect.py [options] <name> <severity> <priority> <description> [<submitter>]

Severity and priority are values of your workspace (allowedValues.py Defect Severity Priority).
The submitter is a user's display name; it is you when left out.
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import Failure, UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) not in (4, 5):
        raise UsageError("name, severity, priority and description are expected")
    name, severity, priority, description = args[:4]
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    proj = rally.getProject()
    defect_data = {
        'Project': proj.ref,
        'Name': name,
        'Severity': severity,
        'Priority': priority,
        'State': 'Open',
        'ScheduleState': 'Defined',
        'Description': description,
    }
    if len(args) == 5:
        defect_data['SubmittedBy'] = the_user(rally, args[4]).ref
    defect = rally.create('Defect', defect_data)
    print("Defect created, ObjectID: %s  FormattedID: %s" % (defect.oid, defect.FormattedID))


def the_user(rally, name):
    """Return the user with a display name."""
    users = rally.getUserInfo(name=name)
    if len(users) != 1:
        raise Failure("%d users have the display name '%s'." % (len(users), name))
    return users.pop(0)


if __name__ == '__main__':
    run(main, __doc__)

#!/usr/bin/env python
"""List all users of a workspace: ObjectID, name, user name, role and time zone.

usage: allusers.py [options]
   eg: allusers.py --rallyWorkspace="Product Engineering"
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if args:
        raise UsageError("no arguments are expected; name a workspace with --rallyWorkspace=")
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    all_users = rally.getAllUsers()
    for user in all_users:
        tz = time_zone(user)
        role = user.Role or '-No Role-'
        values = (int(user.oid), user.Name, user.UserName, role, tz)
        print("%12d %-24s %-30s %-16s %s" % values)


def time_zone(user):
    """Return the time zone of a user; only administrators see those of others."""
    profile = getattr(user, 'UserProfile', None)
    return getattr(profile, 'TimeZone', None) or 'default'


if __name__ == '__main__':
    run(main, __doc__)

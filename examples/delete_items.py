#!/usr/bin/env python
"""Delete the items of a type that meet a criterion, 200 at most.

usage: delete_items.py [options] [--dry-run] <entity> <criteria>
   eg: delete_items.py Defect "Name contains obsolete"

Only the current project is looked at. With --dry-run the items are listed and stay.
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, run

MOST = 200


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 2:
        raise UsageError("the name of a type and a criterion are expected")
    entity, criteria = args
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    response = rally.get(entity, fetch='FormattedID,Name', query=criteria, limit=MOST)
    items = list(response)
    print("%d items meet the criterion." % response.total)
    if '--dry-run' in options:
        for item in items:
            print("    %s  %s" % (getattr(item, 'FormattedID', item.oid), item.Name))
        return
    rally.enableLogging('rally.hist.delete_items')
    for number, item in enumerate(items, 1):
        rally.delete(entity, item)
        if number % 50 == 0:
            print("%d deleted ..." % number)
    print("%d items deleted, %d are left." % (len(items), response.total - len(items)))


if __name__ == '__main__':
    run(main, __doc__)

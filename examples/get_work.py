#!/usr/bin/env python
"""Show what has been worked on since a date, under the portfolio items it belongs to.

usage: get_work.py [options] <date>
   eg: get_work.py 2024-05-31
"""
from __future__ import print_function

import re

from pyral import Rally, rallyWorkset

from common import UsageError, run

FIELDS = 'FormattedID,Name,ScheduleState,LastUpdateDate,PortfolioItem,Parent'


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 1 or not re.match(r'\d{4}-\d\d-\d\d', args[0]):
        raise UsageError("a date is expected, for example 2024-05-31")
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    stories = rally.get('UserStory', fetch=FIELDS, query='LastUpdateDate >= %s' % args[0],
                        order='FormattedID', projectScopeDown=True)
    shown = set()
    for line in sorted([line_to(story) for story in stories],
                       key=lambda line: [item.oid for item in line]):
        for depth, item in enumerate(line):
            if item not in shown:
                shown.add(item)
                print("%s%s  %s%s" % (
                    "    " * depth, item.FormattedID, item.Name,
                    "  (%s, %s)" % (item.ScheduleState, item.LastUpdateDate[:10])
                    if item is line[-1] else ""))


def line_to(story):
    """Return the items from the topmost down to a story; they load as they are read."""
    line, item = [], story
    while item:
        line.insert(0, item)
        # A story may belong to a portfolio item or to another story, a portfolio item has a parent.
        item = getattr(item, 'PortfolioItem', None) or item.Parent
    return line


if __name__ == '__main__':
    run(main, __doc__)

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
    shown = []
    for story in sorted(stories, key=lambda each: [item.oid for item in line_of(each)]):
        line = line_of(story)
        for depth, item in enumerate(line):
            if item not in shown:
                shown.append(item)
                print("%s%s  %s" % ("    " * depth, item.FormattedID, item.Name))
        print("%s%s  %s  (%s, %s)" % (
            "    " * len(line), story.FormattedID, story.Name, story.ScheduleState,
            story.LastUpdateDate[:10]))


def line_of(story):
    """Return the portfolio items above a story, the topmost first; they load as they are read."""
    line, item = [], story.PortfolioItem
    while item:
        line.insert(0, item)
        item = item.Parent
    return line


if __name__ == '__main__':
    run(main, __doc__)

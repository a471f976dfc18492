#!/usr/bin/env python
"""Update one attribute of a user story.

usage: updstory.py [options] <FormattedID or ObjectID> <attribute> <value>
   eg: updstory.py US12 ScheduleState In-Progress
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 3:
        raise UsageError("a story, an attribute and a value are expected")
    story_id, attribute, value = args
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    story = rally.update('UserStory', story_id, {attribute: value}, project=None)
    print("Story %s updated, %s is now %s" % (
        story.FormattedID, attribute, getattr(story, attribute)))


if __name__ == '__main__':
    run(main, __doc__)

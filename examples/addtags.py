#!/usr/bin/env python
"""Add tags to a user story, and take off those with a minus sign before them.

usage: addtags.py [options] <story FormattedID> <tag> [<tag> ...]
   eg: addtags.py US12 urgent "customer request" -obsolete
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import Failure, UsageError, item_by_id, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) < 2:
        raise UsageError("the FormattedID of a story and at least one tag are expected")
    story_id, names = args[0], args[1:]
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    tags = dict((tag.Name, tag) for tag in rally.get('Tag', fetch='Name', order='Name',
                                                     project=None))
    print("Tags: %s" % ", ".join(sorted(tags)))
    added = known(tags, [name for name in names if not name.startswith('-')])
    dropped = known(tags, [name[1:] for name in names if name.startswith('-')])
    rally.enableLogging('rally.hist.addtags')
    story = item_by_id(rally, 'UserStory', story_id, 'FormattedID,Name,Tags', "story")
    if added:
        print("Added: %s" % ", ".join(sorted(rally.addCollectionItems(story, added))))
    if dropped:
        response = rally.dropCollectionItems(story, dropped)
        response.raise_for_errors()
        print("Taken off: %s" % ", ".join(sorted(tag.Name for tag in dropped)))
    story = item_by_id(rally, 'UserStory', story_id, 'FormattedID,Tags', "story")
    print("%s: %s" % (story.FormattedID, ", ".join(sorted(tag.Name for tag in story.Tags))))


def known(tags, names):
    """Return the tags with these names."""
    unknown = [name for name in names if name not in tags]
    if unknown:
        raise Failure("There is no tag %s." % ", ".join("'%s'" % name for name in unknown))
    return [tags[name] for name in names]


if __name__ == '__main__':
    run(main, __doc__)

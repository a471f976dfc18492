#!/usr/bin/env python
"""List the features and stories of a release, of the current one unless it is named.

usage: currls.py [options] [<release>]
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import Failure, UsageError, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) > 1:
        raise UsageError("one release at most is expected")
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    release = the_release(rally, *args)
    print("%s, %s to %s" % (
        release.Name, release.ReleaseStartDate[:10], release.ReleaseDate[:10]))
    in_release = {'Release.Name': release.Name}
    features = list(rally.get('Feature', fetch='FormattedID,Name', query=in_release,
                              order='FormattedID', projectScopeDown=True))
    stories = list(rally.get('UserStory', fetch='FormattedID,Name,ScheduleState,PortfolioItem',
                             query=in_release, order='FormattedID', projectScopeDown=True))
    for feature in features:
        print("%-8s %s" % (feature.FormattedID, feature.Name))
        show([story for story in stories if story.PortfolioItem == feature])
    others = [story for story in stories if story.PortfolioItem not in features]
    if others:
        print("Stories of no feature of this release")
        show(others)


def the_release(rally, *names):
    """Return the release of the current project with a name, or else the current one."""
    query = {'Name': names[0]} if names else ['ReleaseStartDate <= today', 'ReleaseDate >= today']
    for release in rally.get('Release', fetch='Name,ReleaseStartDate,ReleaseDate', query=query,
                             order='ReleaseStartDate DESC'):
        return release
    raise Failure("%s has no %s." % (
        rally.getProject().Name, "release '%s'" % names if names else "current release"))


def show(stories):
    """Print stories, one a line."""
    for story in stories:
        print("    %-8s %-44s  %s" % (story.FormattedID, story.Name, story.ScheduleState))


if __name__ == '__main__':
    run(main, __doc__)

#!/usr/bin/env python
"""Compare a release as it began with what it is now: items and plan estimates.

usage: release_start_items.py [options] <project> <release>

The history of the items tells what came in and which estimates changed after the start. What has
left the release since is not found.
"""
from __future__ import print_function

import re

from pyral import Rally, rallyWorkset

from common import UsageError, one, run

FIELDS = 'FormattedID,Name,PlanEstimate,ScheduleState,CreationDate,RevisionHistory'
CHANGE = re.compile(r'(RELEASE|PLAN ESTIMATE) (added|changed from|removed) \[(.*?)\]')


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 2:
        raise UsageError("a project and a release are expected")
    project_name, release_name = args
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    rally.setProject(project_name)
    release = one(rally.get('Release', fetch='Name,ReleaseStartDate', query={'Name': release_name}),
                  "release '%s' in %s" % (release_name, project_name))
    start = release.ReleaseStartDate
    print("%s began on %s" % (release.Name, start[:10]))
    began = now = 0.0
    items = rally.get('SchedulableArtifact', fetch=FIELDS, order='FormattedID',
                      query={'Release.Name': release_name}, projectScopeDown=True)
    for item in items:
        at_start, estimate = planned_at(item, start), item.PlanEstimate or 0.0
        print("%-8s %-40s  %6s  %6.1f  %s" % (
            item.FormattedID, item.Name, "-" if at_start is None else "%.1f" % at_start, estimate,
            item.ScheduleState))
        began += at_start or 0.0
        now += estimate
    print("planned at the start %.1f, now %.1f, variance %+.1f" % (began, now, now - began))


def planned_at(item, start):
    """Return an item's estimate as of the start, or None where it came in later."""
    if item.CreationDate > start:
        return None
    estimate = item.PlanEstimate or 0.0
    later = [each for each in item.RevisionHistory.Revisions if each.CreationDate > start]
    for revision in sorted(later, key=lambda each: each.RevisionNumber, reverse=True):
        for name, verb, before in CHANGE.findall(revision.Description):
            if name == 'RELEASE' and verb != 'removed':
                return None
            if name == 'PLAN ESTIMATE':
                estimate = 0.0 if verb == 'added' else float(before)
    return estimate


if __name__ == '__main__':
    run(main, __doc__)

#!/usr/bin/env python
"""The thirty-second highlight: list the current iteration, then create, update and delete a defect.

usage: quickstart.py [options]

Settings come from rally-v2.0.cfg, RALLY_* environment variables and the options, as always.
Without a Rally at hand:  python -m pyral.emulator -- python examples/quickstart.py
"""
from __future__ import print_function, unicode_literals

from pyral import Rally, rallyWorkset

from common import Failure, UsageError, run


def current_iteration(rally):
    """Return the iteration of the current project that today falls into."""
    response = rally.get('Iteration', fetch='Name,StartDate,EndDate',
                         query=['StartDate <= today', 'EndDate >= today'])
    for iteration in response:
        return iteration
    raise Failure('No iteration of {0} covers today.'.format(rally.getProject().Name))


def show_stories(rally, iteration):
    """Print the stories of an iteration; tasks and owners load when they are read."""
    print()
    print('{0}, begun on {1}'.format(iteration.Name, iteration.StartDate[:10]))
    stories = rally.get('UserStory', fetch='FormattedID,Name,Owner,ScheduleState,Tasks',
                        query='Iteration.Name = "{0}"'.format(iteration.Name), order='Rank')
    for story in stories:
        owner = story.Owner.DisplayName if story.Owner else 'nobody yet'
        print()
        print('  {0:<6} {1}'.format(story.FormattedID, story.Name))
        print('         {0}, {1}'.format(story.ScheduleState, owner))
        for task in story.Tasks:
            print('         {0:<6} {1:<12} {2:>4.1f} h to do   {3}'.format(
                task.FormattedID, task.State, task.ToDo or 0, task.Name))


def life_of_a_defect(rally):
    """Create a defect, update it, show it, delete it."""
    print()
    defect = rally.create('Defect', {
        'Name': 'Coupon is applied twice when the page is reloaded',
        'Severity': 'Major Problem',
        'Priority': 'Resolve Immediately',
        'State': 'Open',
    })
    print('created  {0}  {1}'.format(defect.FormattedID, defect.Name))
    defect = rally.update('Defect', {
        'FormattedID': defect.FormattedID,
        'State': 'Fixed',
        'Notes': 'The discount is now bound to the order, not to the request.',
    })
    print('updated  {0}  {1}, {2}'.format(defect.FormattedID, defect.State, defect.Severity))
    for revision in defect.RevisionHistory.Revisions:
        print('         revision {0}: {1}'.format(revision.RevisionNumber, revision.Description))
    rally.delete('Defect', defect.FormattedID)
    print('deleted  {0}'.format(defect.FormattedID))


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    if args != options:
        raise UsageError('no arguments are expected')
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    print('Connected to {0}: workspace "{1}", project "{2}".'.format(
        server, rally.getWorkspace().Name, rally.getProject().Name))
    show_stories(rally, current_iteration(rally))
    life_of_a_defect(rally)
    print()
    print('All this took {0} requests.'.format(rally.requests_made))


if __name__ == '__main__':
    run(main, __doc__)

#!/usr/bin/env python
"""Show the revisions of a defect, the oldest first.

usage: defrevs.py [options] <defect FormattedID>
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, item_by_id, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) != 1:
        raise UsageError("the FormattedID of a defect is expected")
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    defect = item_by_id(rally, 'Defect', args[0], 'FormattedID,Name,State,RevisionHistory',
                        "defect")
    print("%s  %s  (%s)" % (defect.FormattedID, defect.Name, defect.State))
    revisions = sorted(defect.RevisionHistory.Revisions, key=lambda each: each.RevisionNumber)
    for revision in revisions:
        print("%3d) %s  %s  %s" % (
            revision.RevisionNumber, revision.CreationDate[:19].replace('T', ' '),
            revision.User.Name if revision.User else '-', revision.Description))


if __name__ == '__main__':
    run(main, __doc__)

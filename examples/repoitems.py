#!/usr/bin/env python
"""List the changesets of an SCM repository, with the artifacts they belong to.

usage: repoitems.py [options] <repository> [<days>]

With a number of days only the changesets since then; 1000 at most.
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, one, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) not in (1, 2) or not all(days.isdigit() for days in args[1:]):
        raise UsageError("a repository is expected, then a number of days if you like")
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    repository = one(rally.get('SCMRepository', fetch='Name', query={'Name': args[0]},
                               project=None), "repository '%s'" % args[0])
    query = ['SCMRepository = "%s"' % repository.ref]
    if len(args) == 2:
        query.append('CommitTimestamp >= today-%s' % args[1])
    changesets = rally.get('Changeset', order='CommitTimestamp DESC', query=query, project=None,
                           fetch='Revision,CommitTimestamp,Author,Message,Artifacts', limit=1000)
    for changeset in changesets:
        author = changeset.Author.UserName if changeset.Author else '-'
        artifacts = [artifact.FormattedID for artifact in changeset.Artifacts]
        print("%-12s  %s  %-24s  %s" % (
            changeset.Revision, changeset.CommitTimestamp, author, changeset.oid))
        print("    %s" % changeset.Message)
        if artifacts:
            print("    %s" % ", ".join(artifacts))


if __name__ == '__main__':
    run(main, __doc__)

#!/usr/bin/env python
"""Delete an SCM repository.

usage: delete_repo.py [options] {workspace} <name>
"""
from __future__ import print_function

from pyral import Rally, rallyWorkset

from common import UsageError, one, run


def main(args):
    options = [arg for arg in args if arg.startswith('--')]
    args = [arg for arg in args if arg not in options]
    if len(args) not in (1, 2):
        raise UsageError("the name of a repository is expected, a workspace may stand before it")
    name = args[-1]
    server, user, password, apikey, workspace, project = rallyWorkset(options)
    rally = Rally(server, user, password, apikey=apikey, workspace=workspace, project=project)
    if len(args) == 2:
        rally.setWorkspace(args[0])
    repository = one(rally.get('SCMRepository', fetch='Name,SCMType', query={'Name': name},
                               project=None), "repository '%s'" % name)
    rally.delete('SCMRepository', repository)
    print("Deleted  %s  %s  %s" % (repository.oid, repository.Name, repository.SCMType))


if __name__ == '__main__':
    run(main, __doc__)
